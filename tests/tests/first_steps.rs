//! What somebody meets who has read no more than the README.

use serde_json::{Value, json};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const KH: &str = "/programmes/kh";
const AREAS: &str = "/programmes/kh/collections/hazardous-areas";
const COLLECTIONS: &str = "/programmes/kh/collections";

/// A table as spreadsheets write it where numbers have a decimal comma.
const DECIMAL_COMMAS: &str = "code;name;lon;lat\nS1;Bavel;102,87;13,25\nS2;Samlout;102,98;12,71\n";

struct Scene {
    server: Server,
    manager: Asking,
    product: Product,
}

/// A programme with one area.
fn scene() -> Scene {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
    let manager = Asking::with_token(&product.token("kh", "manager"));
    let server = product.serve();
    let scene = Scene { server, manager, product };
    let area = hazardous_area("HA-1", "2016-03-01", &square(103.0, 13.5, 100.0));
    let path = format!("{KH}/submissions?collection=hazardous-areas");
    let sent = scene.server.post(&path, &scene.manager, collection(&[area]).as_bytes());
    assert_eq!(sent.status, 201, "{}", sent.json());
    scene
}

impl Scene {
    fn infer(&self, query: &str, file: &str) -> Answer {
        let path = format!("{COLLECTIONS}?infer=true&name=schools{query}");
        self.server.post(&path, &self.manager, file.as_bytes())
    }
}

/// The addresses of all that is read, of the programme and of its area.
fn addresses() -> impl Iterator<Item = String> {
    let reads = api::routes::ROUTES.iter().filter(|(method, _)| *method == "GET");
    let known = reads.map(|(_, path)| {
        let path = path.replace("{programme}", "kh").replace("{collection}", "hazardous-areas");
        path.replace("{item}", "HA-1")
            .replace("{version}", "1")
            .replace("{set}/{zoom}/{row}/{column}", "WebMercatorQuad/0/0/0")
            .replace("{set}", "WebMercatorQuad")
            .replace("{style}", "land-release")
            .replace("{file}", "sprite.json")
            .replace("/hazards/at", "/hazards/at?lon=103&lat=13.5")
            .replace("/hazards/nearby", "/hazards/nearby?lon=103&lat=13.5&distance_m=100")
            .replace("/hazards/in", "/hazards/in?bbox=102,13,104,14")
            .replace("{code}", "not-found")
    });
    // The viewer may be left out of the build, and a stream has no end.
    known
        .filter(|path| !path.contains(['{', '*']) && !path.contains("viewer"))
        .filter(|path| !path.ends_with("/stream"))
}

/// RFC 9110 §9.1: whatever answers GET answers HEAD.
#[test]
fn whatever_is_read_answers_head_has_a_tag_and_is_not_sent_twice() {
    let scene = scene();
    let mut read = 0;
    for path in addresses() {
        let answer = scene.server.ask(&path, &scene.manager);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        let looked = scene.server.head(&path, &scene.manager);
        assert_eq!((looked.status, looked.body.len()), (200, 0), "{path}");
        for name in ["content-type", "etag"] {
            assert_eq!(looked.header(name), answer.header(name), "{path}");
        }
        // How far exports are changes while one looks.
        if answer.header("cache-control") == Some("no-store") {
            continue;
        }
        let etag = answer.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
        let known = scene.manager.clone().header("If-None-Match", &etag);
        let again = scene.server.ask(&path, &known);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(&*etag), "{path}");
        read += 1;
    }
    assert!(read > 30, "{read} are read");
}

#[test]
fn a_refused_method_is_told_all_that_are_there() {
    let scene = scene();
    let refused = scene.server.put(&format!("{KH}/balance"), &scene.manager, b"{}");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")));
    let refused = scene.server.put(&format!("{KH}/webhooks"), &scene.manager, b"{}");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, POST")));
}

/// A cache that is told less gives compressed bytes to those who cannot read them.
#[test]
fn compressed_answers_say_that_they_vary_by_encoding() {
    let scene = scene();
    let asking = Asking::default().header("Accept-Encoding", "gzip");
    for path in [KH, AREAS, &format!("{AREAS}/items"), &format!("{KH}/balance"), "/problems"] {
        let answer = scene.server.ask(path, &asking);
        assert_eq!(answer.header("content-encoding"), Some("gzip"), "{path}");
        let vary = answer.headers("vary").join(", ").to_ascii_lowercase();
        assert!(vary.contains("accept-encoding") && vary.contains("authorization"), "{vary}");
    }
}

#[test]
fn a_layer_is_found_out_from_the_table_that_is_named() {
    let scene = scene();
    let file = "<gpx version=\"1.1\"><wpt lat=\"13\" lon=\"103\"><name>A</name></wpt>\
                <trk><name>B</name><trkseg><trkpt lat=\"13\" lon=\"103\"/>\
                <trkpt lat=\"13.1\" lon=\"103\"/></trkseg></trk></gpx>";
    for (layer, kind) in [("waypoints", "point"), ("tracks", "line")] {
        let inferred = scene.infer(&format!("&layer={layer}"), file);
        assert_eq!(inferred.status, 200, "{}", inferred.json());
        assert_eq!(inferred.json()["definition"]["geometry"], json!([kind]));
    }
}

#[test]
fn positions_that_cannot_be_read_are_told_before_a_layer_is_made() {
    let scene = scene();
    let inferred = scene.infer("", DECIMAL_COMMAS).json();
    let fault = &inferred["faults"][0];
    assert_eq!(
        (&fault["rule"], &fault["pointer"]),
        (&json!("geometry-unreadable"), &json!("/geometry"))
    );
    let message = fault["message"].as_str().unwrap();
    assert!(message.contains("2 of 2") && message.contains("with a full stop"), "{message}");

    let file = scene.product.file("schools.csv", DECIMAL_COMMAS);
    let add = ["layer", "add", file.to_str().unwrap(), "--programme", "kh", "--name", "schools"];
    let refused = scene.product.try_run(&add);
    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("with a full stop"), "{told}");
    assert!(!scene.product.run(&["layer", "list", "--programme", "kh"]).contains("schools"));
}

#[test]
fn a_layer_of_which_nothing_was_imported_is_taken_away_again() {
    let scene = scene();
    let twice = "code,name,lon,lat\nS1,Bavel,102.87,13.25\nS2,Samlout,102.98,12.71\n";
    let file = scene.product.file("schools.csv", &twice.replace("102.98", "402.98"));
    let path = file.to_str().unwrap();
    let add = ["layer", "add", path, "--programme", "kh", "--name", "schools"];
    assert!(!scene.product.try_run(&add).status.success());
    assert!(!scene.product.run(&["layer", "list", "--programme", "kh"]).contains("schools"));
    scene.product.file("schools.csv", twice);
    scene.product.run(&add);
}

#[test]
fn truth_values_of_tables_are_found_out_in_any_case() {
    let scene = scene();
    let file =
        "code,open,closed,note,lon,lat\nS1,True,true,true,103,13\nS2,False,FALSE,seen,103,13\n";
    let properties = scene.infer("", file).json()["definition"]["properties"].clone();
    let kind = |name: &str| {
        let found = properties.as_array().unwrap().iter().find(|it| it["name"] == name);
        found.unwrap()["type"].clone()
    };
    assert_eq!([kind("open"), kind("closed"), kind("note")], ["boolean", "boolean", "text"]);
}

#[test]
fn programmes_that_could_not_be_used_are_not_added() {
    let product = Product::on_sqlite();
    for (arguments, told) in [
        (["Bad_1", "--name", "x"].as_slice(), "small letters, digits and hyphens"),
        (["ok", "--name", "x", "--national-crs", "99999"].as_slice(), "--national-crs 99999"),
    ] {
        let refused = product.try_run(&[&["programme", "add"], arguments].concat());
        assert!(!refused.status.success(), "{arguments:?}");
        let errors = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(errors.contains(told), "{errors}");
    }
    assert!(!product.run(&["programme", "list"]).contains("ok"));
}

/// On a receiver or in a browser of maps, the name is all that is seen of a record.
#[test]
fn placemarks_and_tracks_are_called_by_the_number_people_use() {
    let scene = scene();
    for word in ["kml", "gpx"] {
        let answer = scene.server.get(&format!("{AREAS}/items?f={word}"));
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.contains("<name>HA-1</name>"), "{text}");
    }
}

/// What a program of others writes again, unchanged, is no new version.
#[test]
fn the_same_values_in_other_spellings_change_nothing() {
    let scene = scene();
    let definition = json!({
        "name": "wells", "title": "Wells", "geometry": ["point"], "id_property": "code",
        "properties": [
            { "name": "code", "type": "text" },
            { "name": "people", "type": "integer" },
            { "name": "seen", "type": "timestamp" },
        ],
    });
    let asking = scene.manager.clone().header("Content-Type", "application/json");
    let made = scene.server.post(COLLECTIONS, &asking, definition.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.json());
    let send = |people: Value, seen: &str| -> Value {
        let well = json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": [103, 13] },
            "properties": { "code": "W1", "people": people, "seen": seen },
        });
        let path = format!("{KH}/submissions?collection=wells");
        scene.server.post(&path, &scene.manager, collection(&[well]).as_bytes()).json()
    };
    assert_eq!(send(json!(113), "2026-01-02T03:04:05Z")["applied"]["created"], 1);
    assert_eq!(send(json!(113.0), "2026-01-02T03:04:05.000Z")["applied"]["unchanged"], 1);
}

/// Decoding puts other characters where bytes are none, and would answer another question.
#[test]
fn a_query_that_is_not_percent_encoded_is_refused_with_the_fix() {
    let scene = scene();
    for broken in ["name=%zz", "name=%f", "name=%ff", "%ff=1", "filter=name%20LIKE%20'%a%'"] {
        let refused = scene.server.get(&format!("{AREAS}/items?{broken}"));
        assert_eq!((refused.status, &*refused.code()), (400, "invalid-parameter"), "{broken}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("%25"), "{broken}");
    }
    let whole = format!("{AREAS}/items?filter=name%20LIKE%20'%25%E1%9E%97%25'");
    assert_eq!(scene.server.get(&whole).status, 200);
}
