//! Files of every format over real HTTP.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const AREAS: &str = "/programmes/kh/collections/hazardous-areas";
const WORDS: [&str; 11] = [
    "geojson",
    "geojsonseq",
    "ndjson",
    "csv",
    "xlsx",
    "fgb",
    "gpkg",
    "parquet",
    "kml",
    "gpx",
    "shp",
];

/// Those that this build has: `GeoParquet` is a feature.
fn words() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().filter(|word| exchange::Format::by_word(word).is_some())
}

struct Scene {
    server: Server,
    contributor: Asking,
    _product: Product,
}

impl Scene {
    /// A programme open to everybody with three areas in a row; the last has no boundary.
    fn new() -> Self {
        let product = Product::on_sqlite();
        let add = ["programme", "add", "kh", "--name", "Cambodia", "--public-read"];
        product.run(&[&add[..], &["--national-crs", "32648"]].concat());
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let server = product.serve();
        let scene = Self { server, contributor, _product: product };
        let mut nowhere = area(2);
        nowhere["geometry"] = Value::Null;
        scene.send(&collection(&[area(0), area(1), nowhere]));
        scene
    }

    fn send(&self, body: &str) {
        let path = "/programmes/kh/submissions?collection=hazardous-areas";
        let answer = self.server.post(path, &self.contributor, body.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    fn items(&self, query: &str) -> Answer {
        let answer = self.server.get(&format!("{AREAS}/items?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", String::from_utf8_lossy(&answer.body));
        answer
    }

    fn csv(&self, query: &str) -> String {
        String::from_utf8_lossy(&self.items(&format!("f=csv&{query}")).body).into_owned()
    }
}

fn area(number: u32) -> Value {
    let lon = 103.0 + f64::from(number) * 0.01;
    let mut area = hazardous_area(&format!("HA-{number}"), "2019-03-01", &square(lon, 13.5, 100.0));
    area["properties"]["name"] = json!(format!("ភូមិ {number}, «Мост»"));
    area
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().skip(1).collect()
}

#[test]
fn items_come_in_every_format_whole_and_named() {
    let scene = Scene::new();
    for word in words() {
        let answer = scene.items(&format!("f={word}"));
        let disposition = answer.header("content-disposition").unwrap();
        assert!(
            disposition.starts_with("attachment; filename=\"kh-hazardous-areas-r2."),
            "{disposition}"
        );
        assert!(!answer.body.is_empty(), "{word}");
        assert_eq!(answer.header("ogc-numbermatched"), Some("3"), "{word}");
        let media_type = answer.header("content-type").unwrap().to_owned();
        if word != "geojson" {
            let accepting = Asking::default().header("Accept", &media_type);
            let accepted = scene.server.ask(&format!("{AREAS}/items"), &accepting);
            assert_eq!(accepted.header("content-type"), Some(media_type.as_str()));
        }
        let begins: &[u8] = match word {
            "geojson" | "ndjson" => b"{\"type\":\"Feature",
            "geojsonseq" => b"\x1e{",
            "csv" => b"id,geometry,",
            "xlsx" | "shp" => b"PK\x03\x04",
            "fgb" => b"fgb\x03",
            "parquet" => b"PAR1",
            "gpkg" => b"SQLite format 3\0",
            _ => b"<?xml",
        };
        assert!(answer.body.starts_with(begins), "{word}");
    }
}

#[test]
fn a_file_is_chosen_filtered_and_ordered_like_a_page() {
    let scene = Scene::new();
    assert_eq!(lines(&scene.csv("")).len(), 3);
    assert_eq!(lines(&scene.csv("local_id=HA-1")).len(), 1);
    assert_eq!(lines(&scene.csv("filter=local_id%20LIKE%20%27HA-%25%27")).len(), 3);
    // What may be anywhere matches every box.
    assert_eq!(lines(&scene.csv("bbox=102.99,13.4,103.005,13.6")).len(), 2);
    let ordered = scene.csv("sortby=-local_id&properties=local_id&skipGeometry=true");
    let ids: Vec<&str> = lines(&ordered).iter().map(|line| &line[line.len() - 4..]).collect();
    assert_eq!(ids, ["HA-2", "HA-1", "HA-0"]);
    assert!(ordered.starts_with("id,local_id\r\n"), "{ordered}");
    let marked = scene.items("f=csv&bom=true").body;
    assert!(marked.starts_with(b"\xEF\xBB\xBFid,"));
    let placed = scene.csv("geometry=lonlat&properties=local_id");
    assert!(placed.starts_with("id,lon,lat,local_id\r\n"), "{placed}");
    let told: Value = scene.items("f=geojson").json();
    let located: Vec<&Value> = told["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| &feature["properties"]["located"])
        .collect();
    assert_eq!(located, [true, true, false]);
}

#[test]
fn a_file_with_a_limit_is_a_page_that_leads_to_the_next() {
    let scene = Scene::new();
    let first = scene.items("f=csv&limit=2&bom=true");
    assert_eq!(first.header("ogc-numberreturned"), Some("2"));
    assert_eq!(first.header("ogc-numbermatched"), Some("3"));
    let next = first.header("link").unwrap();
    let address = next.trim_start_matches('<').split('>').next().unwrap();
    assert!(next.ends_with("rel=\"next\"; type=\"text/csv\""), "{next}");
    let second = scene.server.get(address);
    assert!(second.body.starts_with(b"\xEF\xBB\xBF"));
    assert_eq!(second.header("ogc-numberreturned"), Some("1"));
    assert_eq!(second.header("link"), None);
}

#[test]
fn a_file_is_of_one_picture_and_known_again_by_its_tag() {
    let scene = Scene::new();
    for word in words() {
        let path = format!("{AREAS}/items?f={word}");
        let head = scene.server.head(&path, &Asking::default());
        let got = scene.server.get(&path);
        assert_eq!(head.status, 200);
        assert!(head.body.is_empty());
        for name in ["etag", "content-type", "content-disposition", "ogc-numbermatched"] {
            assert_eq!(head.header(name), got.header(name), "{word}: {name}");
        }
        let known = Asking::default().header("If-None-Match", got.header("etag").unwrap());
        assert_eq!(scene.server.ask(&path, &known).status, 304, "{word}");
    }
    let before = scene.csv("as_of=2");
    scene.send(&collection(&[area(3)]));
    assert_eq!(lines(&before).len(), 3);
    assert_eq!(scene.csv("as_of=2"), before);
    assert_eq!(lines(&scene.csv("")).len(), 4);
}

#[test]
fn what_a_file_cannot_have_is_refused_by_name() {
    let scene = Scene::new();
    let utm = "crs=http://www.opengis.net/def/crs/EPSG/0/32648";
    for (query, parameter) in [
        (format!("f=gpkg&{utm}"), "crs"),
        ("f=csv&profile=jsonfg".to_owned(), "profile"),
        ("f=fgb&skipGeometry=true".to_owned(), "skipGeometry"),
        ("f=dxf".to_owned(), "f"),
        ("f=csv&geometry=mgrs".to_owned(), "geometry"),
    ] {
        let answer = scene.server.get(&format!("{AREAS}/items?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["parameter"], parameter);
    }
}

#[test]
fn pages_collections_and_the_definition_offer_the_files() {
    let scene = Scene::new();
    let utm = "crs=http://www.opengis.net/def/crs/EPSG/0/32648&local_id=HA-1&limit=1&as_of=2";
    for document in
        [scene.server.get(AREAS).json(), scene.items("").json(), scene.items(utm).json()]
    {
        let links = document["links"].as_array().unwrap();
        let files = links.iter().filter(|link| link["href"].as_str().unwrap().contains("f="));
        let files: Vec<&Value> =
            files.filter(|link| link["title"].as_str().unwrap().starts_with("All")).collect();
        assert_eq!(files.len(), words().count());
        for link in files {
            let answer = scene.server.get(link["href"].as_str().unwrap());
            assert_eq!(answer.status, 200, "{link}");
            let media_type = answer.header("content-type").unwrap();
            assert!(media_type.starts_with(link["type"].as_str().unwrap()), "{link}");
        }
    }
    let definition = scene.server.get("/programmes/kh/api").json();
    let listing = &definition["paths"]["/collections/hazardous-areas/items"]["get"];
    let form = listing["parameters"].as_array().unwrap().iter().find(|it| it["name"] == "f");
    let offered: BTreeSet<&str> = form.unwrap()["schema"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(words().all(|word| offered.contains(word)), "{offered:?}");
    let page = String::from_utf8(scene.items("f=html").body).unwrap();
    assert!(page.contains("All of them: Shapefile, zipped"), "{page}");
}

#[test]
fn who_may_not_read_gets_no_file() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    product.run(&["programme", "add", "ua", "--name", "Ukraine"]);
    let stranger = Asking::with_token(&product.token("ua", "manager"));
    let server = product.serve();
    for word in words() {
        let path = format!("{AREAS}/items?f={word}");
        assert_eq!(server.get(&path).status, 401);
        assert_eq!(server.ask(&path, &stranger).status, 404);
    }
}

fn area_of(server: &Server, local_id: &str) -> Value {
    server.get(&format!("{AREAS}/items/{local_id}")).json()
}

#[test]
fn a_file_that_was_downloaded_can_be_sent_again() {
    let scene = Scene::new();
    let before: Vec<Value> =
        (0..2).map(|number| area_of(&scene.server, &format!("HA-{number}"))).collect();
    let path = "/programmes/kh/submissions?collection=hazardous-areas&dry_run=true";
    for word in words().filter(|word| !["gpx", "shp"].contains(word)) {
        let download = scene.items(&format!("f={word}&filter=located%20=%20true"));
        let media_type = download.header("content-type").unwrap();
        let asking = scene.contributor.clone().header("Content-Type", media_type);
        let answer = scene.server.post(path, &asking, &download.body);
        let receipt = answer.json();
        assert_eq!(answer.status, 200, "{word}: {receipt}");
        assert_eq!(receipt["outcome"], "would_apply", "{word}: {receipt}");
        assert_eq!(receipt["features"]["received"], 2, "{word}");
    }
    let changed = scene.csv("filter=located%20=%20true").replace("Мост", "Місто");
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    let answer = scene.server.post(path, &scene.contributor, changed.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.json());
    assert_eq!(answer.json()["applied"]["updated"], 2);
    for (number, before) in (0..2).zip(&before) {
        let after = area_of(&scene.server, &format!("HA-{number}"));
        assert_eq!(after["geometry"], before["geometry"]);
        assert_eq!(after["properties"]["name"], format!("ភូមិ {number}, «Місто»"));
        assert_eq!(after["properties"]["identified_on"], before["properties"]["identified_on"]);
    }
}

#[test]
fn geojson_has_nested_properties_as_items_have_them_and_comes_back_unchanged() {
    let scene = Scene::new();
    let mut rich = area(7);
    rich["properties"]["evidence"] = json!([{ "kind": "direct" }]);
    rich["properties"]["classification"] = json!("confirmed");
    rich["properties"]["accuracy_m"] = json!(5.0);
    rich["properties"]["form"] = json!({ "pages": [1, { "of": null }], "text": "{\"a\":1}" });
    scene.send(&collection(&[rich]));
    let item = area_of(&scene.server, "HA-7");
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    for word in ["geojson", "geojsonseq", "ndjson"] {
        let file = scene.items(&format!("f={word}"));
        let text = String::from_utf8(file.body.clone()).unwrap();
        let features = text
            .split(['\n', '\u{1e}'])
            .filter_map(|line| serde_json::from_str::<Value>(line.trim_end_matches(',')).ok());
        let mut found: Value =
            features.into_iter().find(|one| one["id"] == item["id"]).expect("it is in the file");
        let properties = found["properties"].as_object_mut().unwrap();
        assert_eq!(properties.remove("version"), Some(json!(1)), "{word}");
        assert_eq!(properties.remove("located"), Some(json!(true)), "{word}");
        assert_eq!(found["properties"], item["properties"], "{word}");
        assert_eq!(found["geometry"], item["geometry"], "{word}");

        let located = scene.items(&format!("f={word}&filter=located%20=%20true"));
        let asking =
            scene.contributor.clone().header("Content-Type", file.header("content-type").unwrap());
        let answer = scene.server.post(path, &asking, &located.body);
        let receipt = answer.json();
        assert_eq!((answer.status, &receipt["applied"]["updated"]), (201, &json!(0)), "{receipt}");
        assert_eq!(receipt["applied"]["unchanged"], 3, "{word}: {receipt}");
        assert_eq!(area_of(&scene.server, "HA-7"), item, "{word}");
    }
    let chosen: Value = scene.items("f=geojson&properties=evidence&local_id=HA-7").json();
    let properties = &chosen["features"][0]["properties"];
    assert_eq!(properties, &json!({ "evidence": item["properties"]["evidence"] }));
}

#[test]
fn a_table_that_comes_back_unchanged_writes_nothing_and_loses_no_further_property() {
    let scene = Scene::new();
    let mut rich = area(7);
    rich["properties"]["team"] = json!("North");
    rich["properties"]["form"] = json!({ "pages": [1, { "of": null }], "text": "{\"a\":1}" });
    scene.send(&collection(&[rich]));
    let item = area_of(&scene.server, "HA-7");
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    for word in words().filter(|word| !["gpx", "shp"].contains(word)) {
        let file = scene.items(&format!("f={word}&filter=located%20=%20true"));
        let asking =
            scene.contributor.clone().header("Content-Type", file.header("content-type").unwrap());
        let receipt = scene.server.post(path, &asking, &file.body).json();
        assert_eq!(receipt["applied"]["unchanged"], 3, "{word}: {receipt}");
        assert_eq!(area_of(&scene.server, "HA-7"), item, "{word}");
    }
    let table = scene.csv("local_id=HA-7");
    assert!(table.contains("further_properties") && table.contains("North"), "{table}");
    let shapefile = scene.items("f=shp&local_id=HA-7").body;
    assert!(!shapefile.windows(10).any(|bytes| bytes == b"further_pr"));
}

#[test]
fn rows_are_refused_with_their_place_and_the_rule() {
    let scene = Scene::new();
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    let table = "local_id,classification,identified_on,geometry\n\
                 HA-7,suspected,2019-03-01,\"POLYGON((103 13,103.001 13,103.001 13.001,103 13))\"\n\
                 HA-8,wrong,01/02/2019,\"POLYGON((103 13\"\n";
    let answer = scene.server.post(path, &scene.contributor, table.as_bytes());
    assert_eq!(answer.status, 422);
    let problem = answer.json();
    let pointers: BTreeSet<&str> = problem["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["index"] == 1)
        .filter_map(|finding| finding["pointer"].as_str())
        .collect();
    for pointer in ["/properties/classification", "/properties/identified_on", "/geometry"] {
        assert!(pointers.contains(pointer), "{pointer}: {problem}");
    }
    for (body, code) in [
        (&b"fgb\x03fgb\0\xff\xff\xff\xff"[..], "malformed-file"),
        (b"PK\x03\x04 and nothing more", "malformed-file"),
        (b"SQLite format 3\0 and nothing more", "malformed-file"),
        (b"PAR1 and nothing more", "malformed-file"),
        (b"<kml><Placemark>", "malformed-file"),
        (b"name,lon,lat\nCa\xf1o,1,2\n", "wrong-charset"),
    ] {
        let answer = scene.server.post(path, &scene.contributor, body);
        assert_eq!(answer.status, 400, "{code}");
        assert_eq!(answer.json()["unreadable"]["code"], code);
    }
}

#[test]
fn a_foreign_file_is_imported_by_a_mapping_file() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let table = product.file(
        "imsma.csv",
        "ID;Type;Found;Hectares;Lon;Lat;wkt\n\
         A-1;CHA;31/12/2019;1.0;;;\"POLYGON((103 13,103.001 13,103.001 13.001,103 13.001,103 13))\"\n",
    );
    let mapping = product.file(
        "imsma.toml",
        "[properties]\n\
         local_id = { from = \"ID\" }\n\
         classification = { from = \"Type\", values = { SHA = \"suspected\", CHA = \"confirmed\" } }\n\
         identified_on = { from = \"Found\", date = \"%d/%m/%Y\" }\n\
         reported_area_m2 = { from = \"Hectares\", unit = \"ha\" }\n",
    );
    let (table, mapping) = (table.to_str().unwrap(), mapping.to_str().unwrap());
    let import = ["import", "--programme", "kh", "--collection", "hazardous-areas", table];
    let with = |file: &str| product.try_run(&[&import[..], &["--mapping", file]].concat());
    let wrong = product.file("wrong.json", "{\"properties\": {\"colour\": {\"from\": \"ID\"}}}");
    let refused = with(wrong.to_str().unwrap());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("properties.colour"), "{told}");
    let applied = with(mapping);
    let told = String::from_utf8_lossy(&applied.stdout).into_owned();
    assert!(applied.status.success(), "{told}");
    let out = product.folder().join("out.geojson");
    let export = ["export", "--programme", "kh", "--collection", "hazardous-areas"];
    product.run(&[&export[..], &[out.to_str().unwrap()]].concat());
    let told: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let properties = &told["features"][0]["properties"];
    assert_eq!(properties["local_id"], "A-1");
    assert_eq!(properties["classification"], "confirmed");
    assert_eq!(properties["identified_on"], "2019-12-31");
    assert_eq!(properties["reported_area_m2"], 10_000.0);
}
