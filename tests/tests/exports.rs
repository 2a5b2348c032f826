//! Exports in the background over real HTTP: asked for, watched, fetched in parts, called off.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const EXPORTS: &str = "/programmes/kh/exports";
const ITEMS: &str = "/programmes/kh/collections/hazardous-areas/items";

struct Scene {
    server: Server,
    contributor: Asking,
    reader: Asking,
    product: Product,
}

impl Scene {
    /// A programme open to everybody with three areas in a row; the last has no boundary.
    fn new(environment: &[(&str, &str)]) -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let reader = Asking::with_token(&product.token("kh", "reader"));
        let server = product.serve_with(environment);
        let scene = Self { server, contributor, reader, product };
        let mut nowhere = area(2, "2019-03-01");
        nowhere["geometry"] = Value::Null;
        scene.send(&[area(0, "2019-03-01"), area(1, "2020-03-01"), nowhere]);
        scene
    }

    fn send(&self, areas: &[Value]) {
        let path = "/programmes/kh/submissions?collection=hazardous-areas";
        let body = collection(areas);
        let answer = self.server.post(path, &self.contributor, body.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    fn ask(&self, format: &str, parameters: &Value) -> Answer {
        let body = json!({
            "collection": "hazardous-areas",
            "format": format,
            "parameters": parameters,
        });
        self.server.post(EXPORTS, &self.reader, body.to_string().as_bytes())
    }

    /// The status of an export once it is finished.
    fn finished(&self, asked: &Answer) -> Value {
        assert_eq!(asked.status, 201, "{}", asked.json());
        let location = asked.header("location").unwrap();
        let begun = Instant::now();
        loop {
            let status = self.server.ask(location, &self.reader).json();
            if !["accepted", "running"].contains(&status["status"].as_str().unwrap()) {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{status}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn result(&self, format: &str, parameters: &Value) -> Answer {
        let asked = self.ask(format, parameters);
        let status = self.finished(&asked);
        assert_eq!(status["status"], "successful", "{status}");
        self.server.ask(&result_of(&status), &self.reader)
    }
}

fn area(number: u32, identified_on: &str) -> Value {
    let lon = 103.0 + f64::from(number) * 0.01;
    hazardous_area(&format!("HA-{number}"), identified_on, &square(lon, 13.5, 100.0))
}

fn result_of(status: &Value) -> String {
    let links = status["links"].as_array().unwrap();
    let result = links.iter().find(|link| link["rel"].as_str().unwrap().ends_with("/results"));
    result.unwrap()["href"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_made_in_the_background_is_the_one_of_the_listing() {
    let scene = Scene::new(&[]);
    for (query, parameters) in [
        ("", json!({})),
        ("&local_id=HA-1", json!({ "local_id": "HA-1" })),
        ("&filter=local_id%20LIKE%20'HA-%25'", json!({ "filter": "local_id LIKE 'HA-%'" })),
        ("&bbox=102.99,13.4,103.005,13.6", json!({ "bbox": [102.99, 13.4, 103.005, 13.6] })),
        (
            "&sortby=-local_id&properties=local_id,name&skipGeometry=true&bom=true",
            json!({
                "sortby": "-local_id",
                "properties": ["local_id", "name"],
                "skipGeometry": true,
                "bom": true,
            }),
        ),
    ] {
        let here = scene.server.get(&format!("{ITEMS}?f=csv{query}"));
        let result = scene.result("csv", &parameters);
        assert_eq!(result.status, 200);
        assert_eq!(result.body, here.body, "{parameters}");
        for header in ["content-type", "content-disposition", "content-crs"] {
            assert_eq!(result.header(header), here.header(header), "{header}");
        }
    }
    let filter = json!({ "op": "=", "args": [{ "property": "local_id" }, "HA-1"] });
    let result = scene.result("csv", &json!({ "filter": filter, "filter-lang": "cql2-json" }));
    assert_eq!(String::from_utf8_lossy(&result.body).lines().count(), 2);
}

#[test]
fn every_format_is_made_and_its_status_tells_what_was_made() {
    let scene = Scene::new(&[]);
    for format in exchange::Format::all() {
        let asked = scene.ask(format.word(), &json!({}));
        let status = scene.finished(&asked);
        assert_eq!(status["status"], "successful", "{status}");
        assert_eq!(status["progress"], 100);
        assert_eq!((&status["features"], &status["features_matched"]), (&json!(3), &json!(3)));
        assert_eq!(status["revision"], 2);
        assert!(status["expires"].as_str() > status["finished"].as_str());
        let result = scene.server.ask(&result_of(&status), &scene.reader);
        assert_eq!(status["bytes"], result.body.len(), "{}", format.word());
        assert_eq!(
            result.header("etag").unwrap(),
            format!("\"{}\"", status["sha256"].as_str().unwrap())
        );
    }
    let listed = scene.server.ask(EXPORTS, &scene.reader).json();
    assert_eq!(listed["jobs"].as_array().unwrap().len(), exchange::Format::all().len());
}

#[test]
fn a_file_is_fetched_in_parts_that_make_the_whole() {
    let scene = Scene::new(&[]);
    let status = scene.finished(&scene.ask("gpkg", &json!({})));
    let address = result_of(&status);
    let ask = |name: &str, value: &str| {
        let asking = scene.reader.clone().header(name, value).header("Accept-Encoding", "gzip, br");
        scene.server.ask(&address, &asking)
    };
    let whole = ask("X-Nothing", "1");
    let bytes = whole.body.len();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let (first, rest) = (ask("Range", "bytes=0-999"), ask("Range", "bytes=1000-"));
    assert_eq!((first.status, rest.status), (206, 206));
    assert_eq!(first.header("content-range").unwrap(), format!("bytes 0-999/{bytes}"));
    assert_eq!([first.body, rest.body].concat(), whole.body);
    let beyond = scene.reader.clone().header("Range", &format!("bytes={bytes}-"));
    let beyond = scene.server.ask(&address, &beyond);
    assert_eq!((beyond.status, beyond.code().as_str()), (416, "range-not-satisfiable"));
    assert_eq!(beyond.header("content-range").unwrap(), format!("bytes */{bytes}"));
    let etag = whole.header("etag").unwrap();
    assert_eq!(ask("If-None-Match", etag).status, 304);
    let other = scene.reader.clone().header("Range", "bytes=0-9").header("If-Range", "\"another\"");
    assert_eq!(scene.server.ask(&address, &other).status, 200);
    let head = scene.server.head(&address, &scene.reader);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length").unwrap(), bytes.to_string());
}

#[test]
fn an_export_is_of_the_picture_that_was_asked_for() {
    let scene = Scene::new(&[]);
    scene.send(&[area(3, "2021-03-01")]);
    let lines = |parameters: &Value| {
        String::from_utf8_lossy(&scene.result("csv", parameters).body).lines().count() - 1
    };
    assert_eq!(lines(&json!({})), 4);
    assert_eq!(lines(&json!({ "as_of": 2 })), 3);
    assert_eq!(lines(&json!({ "effective": "2019-12-31" })), 2);
    assert_eq!(lines(&json!({ "as_of": "2", "effective": "2020-12-31" })), 3);
}

#[test]
fn an_export_belongs_to_whoever_asked_for_it() {
    let scene = Scene::new(&[]);
    let stranger = scene.server.post(EXPORTS, &Asking::default(), b"{}");
    assert_eq!((stranger.status, stranger.code().as_str()), (401, "unauthenticated"));
    let asked = scene.ask("csv", &json!({}));
    let status = scene.finished(&asked);
    let location = asked.header("location").unwrap();
    for path in [location, &result_of(&status)] {
        assert_eq!(scene.server.get(path).status, 401);
        let other = scene.server.ask(path, &scene.contributor);
        assert_eq!((other.status, other.code().as_str()), (410, "export-gone"));
    }
    assert_eq!(scene.server.delete(location, &scene.contributor).status, 410);
    assert_eq!(scene.server.ask(EXPORTS, &scene.contributor).json()["jobs"], json!([]));
}

#[test]
fn what_no_file_can_have_is_refused_at_once() {
    let scene = Scene::new(&[]);
    for (parameters, code) in [
        (json!({ "limit": 10 }), "unknown-parameter"),
        (json!({ "colour": "red" }), "unknown-parameter"),
        (json!({ "filter": "colour = 'red'" }), "invalid-parameter"),
        (json!({ "crs": "http://www.opengis.net/def/crs/EPSG/0/3857" }), "invalid-parameter"),
        (json!({ "as_of": 99 }), "invalid-parameter"),
        (json!({ "q": null }), "invalid-parameter"),
        (json!([]), "invalid-body"),
    ] {
        let refused = scene.ask("csv", &parameters);
        assert_eq!((refused.status, refused.code().as_str()), (400, code), "{parameters}");
    }
    assert_eq!(scene.ask("dwg", &json!({})).code(), "invalid-body");
    assert_eq!(scene.ask("gpx", &json!({ "skipGeometry": true })).code(), "invalid-parameter");
    for body in ["{}", r#"{ "collection": "hazardous-areas", "format": "csv", "f": "csv" }"#] {
        let refused = scene.server.post(EXPORTS, &scene.reader, body.as_bytes());
        assert_eq!(refused.code(), "invalid-body", "{body}");
    }
    let nowhere = r#"{ "collection": "wishes", "format": "csv" }"#;
    assert_eq!(scene.server.post(EXPORTS, &scene.reader, nowhere.as_bytes()).status, 404);
}

#[test]
fn an_export_that_was_called_off_has_no_file_any_more() {
    let scene = Scene::new(&[]);
    let asked = scene.ask("csv", &json!({}));
    let address = result_of(&scene.finished(&asked));
    let location = asked.header("location").unwrap();
    let dismissed = scene.server.delete(location, &scene.reader).json();
    assert_eq!(dismissed["status"], "dismissed");
    let gone = scene.server.ask(&address, &scene.reader);
    assert_eq!((gone.status, gone.code().as_str()), (404, "export-without-result"));
    assert_eq!(scene.server.ask(location, &scene.reader).json()["status"], "dismissed");
    assert_eq!(scene.server.ask(&format!("{EXPORTS}/nonsense"), &scene.reader).status, 404);
}

#[test]
fn a_server_that_starts_anew_says_that_exports_are_gone_and_leaves_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let scene = Scene::new(&[("SAFEGROUND_EXPORTS_FOLDER", path)]);
    let asked = scene.ask("csv", &json!({}));
    scene.finished(&asked);
    let location = asked.header("location").unwrap().to_owned();
    let Scene { server, reader, product, .. } = scene;
    let path_of = location.split_once("/programmes").unwrap().1.to_owned();
    server.kill();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let gone = product.serve().ask(&format!("/programmes{path_of}"), &reader);
    assert_eq!((gone.status, gone.code().as_str()), (410, "export-gone"));
}

#[test]
fn an_export_beyond_the_room_fails_and_says_so() {
    let scene = Scene::new(&[("SAFEGROUND_EXPORTS_BYTES_MAX", "700")]);
    let status = scene.finished(&scene.ask("geojson", &json!({})));
    assert_eq!(
        (&status["status"], &status["problem"]["code"]),
        (&json!("failed"), &json!("unavailable"))
    );
    assert!(status["message"].as_str().unwrap().contains("700 bytes"), "{status}");
    // What failed takes no room.
    let small = scene.ask("csv", &json!({ "properties": "local_id", "skipGeometry": true }));
    assert_eq!(scene.finished(&small)["status"], "successful");
}
