//! Layers: collections that managers make of any file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::land::{collection, feature, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const COLLECTIONS: &str = "/programmes/kh/collections";

struct Scene {
    server: Server,
    manager: Asking,
    contributor: Asking,
    product: Product,
}

fn scene() -> Scene {
    let product = Product::on_sqlite();
    for (code, name) in [("kh", "Cambodia"), ("ua", "Ukraine")] {
        product.run(&["programme", "add", code, "--name", name, "--public-read"]);
    }
    let manager = Asking::with_token(&product.token("kh", "manager"));
    let contributor = Asking::with_token(&product.token("kh", "contributor"));
    Scene { server: product.serve(), manager, contributor, product }
}

impl Scene {
    fn make(&self, definition: &Value) -> Answer {
        let asking = self.manager.clone().header("Content-Type", "application/json");
        self.server.post(COLLECTIONS, &asking, definition.to_string().as_bytes())
    }

    fn send(&self, layer: &str, features: &[Value]) -> Answer {
        let path = format!("/programmes/kh/submissions?collection={layer}");
        self.server.post(&path, &self.contributor, collection(features).as_bytes())
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn names(&self, question: &str) -> Vec<String> {
        let found = self.get(&format!("{COLLECTIONS}/{question}"));
        let features = found["features"].as_array().unwrap();
        let name = |it: &Value| it["properties"]["local_id"].as_str().unwrap().to_owned();
        features.iter().map(name).collect()
    }
}

fn point(name: &str, lon: f64, lat: f64, people: u32) -> Value {
    let geometry = json!({ "type": "Point", "coordinates": [lon, lat] });
    feature(&geometry, &json!({ "pcode": name, "ឈ្មោះ": format!("ភូមិ {name}"), "people": people }))
}

fn settlements() -> Value {
    json!({
        "name": "settlements",
        "title": "Settlements",
        "geometry": ["point"],
        "id_property": "pcode",
        "properties": [
            { "name": "pcode", "type": "text", "required": true },
            { "name": "ឈ្មោះ", "title": "Name", "type": "text" },
            { "name": "people", "type": "integer" },
        ],
    })
}

#[test]
fn a_layer_is_found_out_from_a_file_made_and_filled() {
    let scene = scene();
    let file: Vec<Value> = (0..8).map(|n| point(&format!("V{n}"), 103.0, 13.0, n)).collect();
    let path = format!("{COLLECTIONS}?infer=true&name=settlements");
    let inferred = scene.server.post(&path, &scene.manager, collection(&file).as_bytes()).json();
    assert_eq!((&inferred["features"], &inferred["faults"]), (&json!(8), &json!([])));
    let definition = &inferred["definition"];
    assert_eq!(definition["id_property"], "pcode");
    assert_eq!(definition["geometry"], json!(["point"]));
    assert!(
        scene.server.get(&format!("{COLLECTIONS}/settlements")).status == 404,
        "it is not made"
    );

    let made = scene.make(definition);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    assert_eq!(scene.send("settlements", &file).status, 201);
    let listed = scene.get(COLLECTIONS);
    let mut listed = listed["collections"].as_array().unwrap().iter();
    let made = listed.find(|listed| listed["id"] == "settlements").unwrap();
    assert_eq!((&made["title"], &made["itemCount"]), (&json!("Settlements"), &json!(8)));
}

#[test]
fn records_of_a_layer_are_found_filtered_sorted_edited_and_have_a_history() {
    let scene = scene();
    assert_eq!(scene.make(&settlements()).status, 201);
    let sent =
        [point("V1", 103.0, 13.0, 50), point("V2", 104.0, 13.0, 7), point("V3", 104.5, 12.0, 9)];
    assert_eq!(scene.send("settlements", &sent).status, 201);
    assert_eq!(scene.names("settlements/items?sortby=-people"), ["V1", "V3", "V2"]);
    assert_eq!(scene.names("settlements/items?bbox=103.9,12.9,104.1,13.1"), ["V2"]);
    assert_eq!(
        scene.names("settlements/items?filter=people%20%3C%2010&sortby=people"),
        ["V2", "V3"]
    );
    assert_eq!(scene.names("settlements/items?people=9"), ["V3"]);
    assert_eq!(scene.names("settlements/items?q=V1"), ["V1"]);
    let queryables = scene.get(&format!("{COLLECTIONS}/settlements/queryables"));
    assert_eq!(queryables["properties"]["ឈ្មោះ"]["type"], "string");
    let schema = scene.get(&format!("{COLLECTIONS}/settlements/schema"));
    assert_eq!(schema["properties"]["people"]["type"], "integer");
    assert_eq!(schema["properties"]["geometry"]["format"], "geometry-point-or-multipoint");
    let api = scene.get("/programmes/kh/api");
    assert!(api["paths"]["/collections/settlements/items"]["post"].is_object());

    let path = format!("{COLLECTIONS}/settlements/items/V2");
    let patch = br#"{"properties": {"people": 8}}"#;
    let asking = scene.contributor.clone().header("Content-Type", "application/merge-patch+json");
    let changed = scene.server.patch(&path, &asking, patch);
    assert_eq!(changed.status, 200, "{}", String::from_utf8_lossy(&changed.body));
    assert_eq!(scene.get(&path)["properties"]["people"], 8);
    let versions = scene.get(&format!("{path}/versions"));
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);
    let before = scene.get(&format!("{path}?as_of=3"));
    assert_eq!(before["properties"]["people"], 7);

    let misspelt = feature(&json!(null), &json!({ "pcode": "V4", "peple": 3 }));
    let refused = scene.send("settlements", &[misspelt]).json();
    assert_eq!(refused["findings"][0]["rule"], "property-not-in-layer");
    assert_eq!(refused["findings"][0]["suggestion"], "people");
}

fn countries() -> Vec<Value> {
    let ring = |ring: Value| json!({ "type": "Polygon", "coordinates": [ring] });
    let antarctica =
        ring(json!([[-180, -90], [180, -90], [180, -84], [0, -70], [-180, -84], [-180, -90],]));
    let fiji = json!({ "type": "MultiPolygon", "coordinates": [
        [[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]],
        [[[-180, -17], [-179, -17], [-179, -16], [-180, -16], [-180, -17]]],
    ] });
    let one = |geometry: &Value, name: &str| feature(geometry, &json!({ "ISO_A3": name }));
    vec![
        one(&antarctica, "ATA"),
        one(&fiji, "FJI"),
        one(
            &ring(json!([[102.5, 10], [107.5, 10], [107.5, 14.5], [102.5, 14.5], [102.5, 10],])),
            "KHM",
        ),
    ]
}

#[test]
fn lines_and_countries_are_kept_as_they_are_drawn_and_leave_the_ledger_alone() {
    let scene = scene();
    let area = hazardous_area("KH-HA-1", "2016-03-01", &square(103.0, 13.5, 200.0));
    assert_eq!(scene.send("hazardous-areas", &[area]).status, 201);
    let before = scene.get("/programmes/kh/progress");
    let roads = scene.product.file(
        "roads.geojson",
        &collection(&[feature(
            &json!({ "type": "LineString", "coordinates": [[103, 13], [103.2, 13.2]] }),
            &json!({ "class": "primary" }),
        )]),
    );
    let countries = scene.product.file("countries.geojson", &collection(&countries()));
    for (name, file) in [("roads", &roads), ("countries", &countries)] {
        let file = file.display().to_string();
        scene.product.run(&["layer", "add", "--programme", "kh", "--name", name, &file]);
    }
    let listed = scene.product.run(&["layer", "list", "--programme", "kh"]);
    assert!(listed.contains("countries") && listed.contains("lines"), "{listed}");
    assert_eq!(scene.server.get("/health/ready").status, 200);

    assert_eq!(scene.names("roads/items?bbox=103.05,13.05,103.1,13.1"), ["1"]);
    assert!(scene.names("roads/items?bbox=103.0,13.1,103.05,13.2").is_empty(), "only its box does");
    assert_eq!(scene.names("countries/items?bbox=179.5,-16.5,-179.5,-16.4"), ["FJI"]);
    assert_eq!(scene.names("countries/items?bbox=-10,-80,10,-75"), ["ATA"]);
    assert_eq!(scene.names("countries/items?bbox=103,11,103.1,11.1"), ["KHM"]);
    let within = "countries/items?filter=S_INTERSECTS(geometry,POINT(104%2012))";
    assert_eq!(scene.names(within), ["KHM"]);
    let fiji = scene.get(&format!("{COLLECTIONS}/countries/items/FJI"));
    assert_eq!(fiji["geometry"], self::countries()[1]["geometry"]);
    let road = scene.get(&format!(
        "{COLLECTIONS}/roads/items/1?crs=http://www.opengis.net/def/crs/EPSG/0/4326"
    ));
    assert_eq!(road["geometry"]["type"], "LineString");
    assert_eq!(road["geometry"]["coordinates"][0], json!([13, 103]));

    assert_eq!(drawn(&scene, "roads", 12, [103.1, 13.1]), ["LINESTRING"]);
    assert!(drawn(&scene, "roads", 12, [103.1, 12.8]).is_empty());
    assert_eq!(drawn(&scene, "countries", 6, [103.5, 11.5]), ["MULTIPOLYGON"]);

    let after = scene.get("/programmes/kh/progress");
    assert_eq!(before["total"], after["total"]);
    let doctor = scene.product.try_run(&["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    let out = scene.product.folder().join("roads.csv");
    let out = out.display().to_string();
    scene.product.run(&["export", &out, "--programme", "kh", "--collection", "roads"]);
    assert!(std::fs::read_to_string(&out).unwrap().contains("primary"));
}

/// What the tile of a zoom that holds a position shows of a layer, and how.
fn drawn(scene: &Scene, layer: &str, zoom: u8, position: [f64; 2]) -> Vec<String> {
    let tile = tiles::Tile::holding(zoom, tiles::world(position));
    let place = format!("{zoom}/{}/{}", tile.row(), tile.column());
    let path = format!("{COLLECTIONS}/{layer}/tiles/WebMercatorQuad/{place}");
    let answer = scene.server.get(&path);
    if answer.status == 204 {
        return Vec::new();
    }
    let reader = mvt_reader::Reader::new(answer.body).unwrap();
    let names = reader.get_layer_names().unwrap();
    let number = names.iter().position(|name| name == layer).unwrap();
    let features = reader.get_features(number).unwrap();
    // The name of the kind comes first when a geometry is told.
    let kind = |told: String| told.split(['(', ' ']).next().unwrap_or_default().to_owned();
    features.iter().map(|feature| kind(format!("{:?}", feature.geometry))).collect()
}

#[test]
fn the_style_draws_layers_and_activities_whatever_geometry_their_records_have() {
    let scene = scene();
    for (name, geometry) in
        [("settlements", vec!["point"]), ("roads", vec!["line", "area"]), ("notes", vec![])]
    {
        let properties = json!([{ "name": "note", "type": "text" }]);
        let definition =
            json!({ "name": name, "title": name, "geometry": geometry, "properties": properties });
        let made = scene.make(&definition);
        assert_eq!(made.status, 201, "{}", made.json());
    }
    let style = scene.get("/programmes/kh/styles/land-release");
    let drawn_in = |style: &Value, name: &str| -> Vec<String> {
        let layers = style["layers"].as_array().unwrap().iter();
        let of_name = layers.filter(|layer| layer["source-layer"] == name);
        of_name.map(|layer| layer["type"].as_str().unwrap().to_owned()).collect()
    };
    for name in ["settlements", "roads", "activities"] {
        assert_eq!(drawn_in(&style, name), ["fill", "line", "circle"]);
        assert_eq!(drawn_in(&style, &format!("{name}-points")), ["circle"]);
        assert_eq!(drawn_in(&style, &format!("{name}-squares")), ["circle"]);
    }
    assert!(drawn_in(&style, "notes").is_empty());
    let colour = |name: &str| {
        let layers = style["layers"].as_array().unwrap();
        let line = layers.iter().find(|layer| layer["id"] == format!("{name}-line")).unwrap();
        line["paint"]["line-color"].as_str().unwrap().to_owned()
    };
    assert_ne!(colour("settlements"), colour("roads"));
    let elsewhere = scene.get("/programmes/ua/styles/land-release");
    assert!(drawn_in(&elsewhere, "settlements").is_empty());
}

#[test]
fn nothing_of_a_layer_shows_in_another_programme_and_no_name_is_shadowed() {
    let scene = scene();
    assert_eq!(scene.make(&settlements()).status, 201);
    assert_eq!(scene.server.get("/programmes/ua/collections/settlements").status, 404);
    assert_eq!(scene.server.get("/programmes/ua/collections/settlements/items").status, 404);
    assert_eq!(scene.make(&settlements()).status, 409);
    let mut shadowing = settlements();
    shadowing["name"] = json!("regions");
    let refused = scene.make(&shadowing);
    assert_eq!(refused.code(), "invalid-body");
    assert_eq!(refused.json()["faults"][0]["rule"], "layer-name-taken");
    let outsider = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let body = settlements().to_string();
    assert_eq!(scene.server.post(COLLECTIONS, &outsider, body.as_bytes()).code(), "forbidden");
}

#[test]
fn a_layer_grows_does_not_narrow_and_goes_when_it_is_empty() {
    let scene = scene();
    assert_eq!(scene.make(&settlements()).status, 201);
    assert_eq!(scene.send("settlements", &[point("V1", 103.0, 13.0, 5)]).status, 201);
    let layer = format!("{COLLECTIONS}/settlements");
    let asking = scene.manager.clone().header("Content-Type", "application/json");
    let mut wider = settlements();
    let roof = json!({ "name": "roof", "type": "text", "values": ["tin", "tiles"] });
    wider["properties"].as_array_mut().unwrap().push(roof);
    wider["properties"][2]["type"] = json!("number");
    let changed = scene.server.put(&layer, &asking, wider.to_string().as_bytes());
    assert_eq!(changed.status, 200, "{}", String::from_utf8_lossy(&changed.body));
    let mut roofed = point("V2", 103.0, 13.0, 5);
    roofed["properties"]["roof"] = json!("tin");
    assert_eq!(scene.send("settlements", &[roofed]).status, 201);
    assert_eq!(scene.names("settlements/items?roof=tin"), ["V2"]);
    assert_eq!(scene.names("settlements/items?people=5&sortby=pcode"), ["V1", "V2"]);
    let titled = scene.server.patch(&layer, &asking, br#"{"title": "Villages"}"#);
    assert_eq!(titled.json()["definition"]["title"], "Villages");

    let narrowed = scene.server.put(&layer, &asking, settlements().to_string().as_bytes());
    assert_eq!(narrowed.code(), "conflict");
    assert_eq!(narrowed.json()["faults"][0]["rule"], "layer-narrowed");
    assert_eq!(scene.server.delete(&layer, &scene.manager).code(), "conflict");
    for name in ["V1", "V2"] {
        let item = format!("{layer}/items/{name}");
        assert_eq!(scene.server.delete(&item, &scene.manager).status, 200);
    }
    assert_eq!(scene.server.delete(&layer, &scene.manager).status, 200);
    assert_eq!(scene.server.get(&layer).status, 404);
    let fixed = scene.server.delete(&format!("{COLLECTIONS}/regions"), &scene.manager);
    assert_eq!(fixed.code(), "method-not-allowed");
}

#[test]
fn locking_can_be_required_of_a_layer_before_it_is_made() {
    let scene = scene();
    let locked = ["--locking-required", "settlements", "--locking-required", "regions"];
    let add = ["programme", "add", "la", "--name", "Laos"];
    let told = scene.product.run(&[&add[..], &locked].concat());
    assert!(told.contains("\"settlements\" is no record type"), "{told}");
    assert!(!told.contains("\"regions\""), "{told}");
    let refused = scene.product.try_run(&[&add[..], &["--locking-required", "No name"]].concat());
    assert!(!refused.status.success());
    let manager = Asking::with_token(&scene.product.token("la", "manager"));
    let server = scene.product.serve();
    let root = "/programmes/la/collections";
    let sending = manager.clone().header("Content-Type", "application/json");
    let made = server.post(root, &sending, settlements().to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.json());
    let sent = collection(&[point("V1", 103.0, 13.0, 50)]);
    let path = "/programmes/la/submissions?collection=settlements";
    assert_eq!(server.post(path, &manager, sent.as_bytes()).status, 201);
    let patching = manager.header("Content-Type", "application/merge-patch+json");
    let (path, patch) = (format!("{root}/settlements/items/V1"), br#"{"properties":{"people":9}}"#);
    let unnamed = server.patch(&path, &patching, patch);
    assert_eq!((unnamed.status, unnamed.code().as_str()), (428, "precondition-required"));
    assert_eq!(server.patch(&path, &patching.header("If-Match", "\"1\""), patch).status, 200);
}

#[test]
fn a_file_of_a_layer_that_was_downloaded_can_be_sent_again_and_changes_nothing() {
    let scene = scene();
    assert_eq!(scene.make(&settlements()).status, 201);
    assert_eq!(scene.send("settlements", &[point("V1", 103.0, 13.0, 50)]).status, 201);
    for format in built_in(&["geojson", "csv", "gpkg", "parquet"]) {
        let file = scene.server.get(&format!("{COLLECTIONS}/settlements/items?f={format}"));
        let asking =
            scene.contributor.clone().header("Content-Type", file.header("content-type").unwrap());
        let path = "/programmes/kh/submissions?collection=settlements";
        let receipt = scene.server.post(path, &asking, &file.body);
        assert_eq!(receipt.status, 201, "{format}: {}", receipt.json());
        assert_eq!(receipt.json()["applied"]["unchanged"], 1, "{format}: {}", receipt.json());
    }
}

/// Those of these formats that this build has: `GeoParquet` is a feature.
fn built_in<'f>(formats: &[&'f str]) -> Vec<&'f str> {
    let all = formats.iter().filter(|format| exchange::Format::by_word(format).is_some());
    all.copied().collect()
}

/// Files as others have them: their own names of columns, days as people write them.
fn foreign(format: &str) -> Vec<u8> {
    use exchange::layer::{Cell, Column, ColumnKind, GeometryKind, Layer, Row};
    let names = ["CODE", "Name", "Found"].map(|name| Column::new(name, ColumnKind::Text));
    let layer = Layer { columns: names.to_vec(), ..Layer::new("wells", GeometryKind::Point) };
    let at = exchange::layer::shape_of(&geometry::Geometry::Point(
        geometry::LonLat::new(104.5, 11.5).unwrap(),
    ));
    let values = [format, "Phum", "31/12/2019"].map(|text| Cell::Text(text.into()));
    let row = Row { id: format, geometry: Some(&at), values: &values };
    let mut out = Vec::new();
    let format = exchange::Format::by_word(format).unwrap();
    exchange::write_layer(format, &layer, &exchange::WriteOptions::default(), [row], &mut out)
        .unwrap();
    out
}

#[test]
fn a_mapping_file_fits_files_of_every_format_to_a_layer() {
    let scene = scene();
    let made = scene.make(&json!({
        "name": "wells",
        "title": "Wells",
        "geometry": ["point"],
        "id_property": "number",
        "properties": [
            { "name": "number", "type": "text", "required": true },
            { "name": "title", "type": "text" },
            { "name": "found_on", "type": "date" },
        ],
    }));
    assert_eq!(made.status, 201, "{}", made.json());
    let mapping = scene.product.file(
        "wells.toml",
        "[properties]\n\
         number = { from = \"CODE\" }\n\
         title = { from = \"Name\" }\n\
         found_on = { from = \"Found\", date = \"%d/%m/%Y\" }\n",
    );
    let mut formats = built_in(&[
        "geojson",
        "geojsonseq",
        "ndjson",
        "csv",
        "xlsx",
        "fgb",
        "gpkg",
        "parquet",
        "kml",
        "shp",
    ]);
    for format in &formats {
        let path = scene.product.folder().join(format!("foreign.{format}"));
        std::fs::write(&path, foreign(format)).unwrap();
        let import = ["import", "--programme", "kh", "--collection", "wells", "--mapping"];
        let files = [mapping.to_str().unwrap(), path.to_str().unwrap()];
        scene.product.run(&[&import[..], &files].concat());
    }
    let found = scene.product.folder().join("wells.geojson");
    let export = ["export", "--programme", "kh", "--collection", "wells"];
    scene.product.run(&[&export[..], &[found.to_str().unwrap()]].concat());
    let found: Value = serde_json::from_slice(&std::fs::read(&found).unwrap()).unwrap();
    let mut told: Vec<&str> = Vec::new();
    for feature in found["features"].as_array().unwrap() {
        assert_eq!(feature["properties"]["found_on"], "2019-12-31", "{feature}");
        assert_eq!(feature["properties"]["title"], "Phum");
        told.push(feature["properties"]["number"].as_str().unwrap());
    }
    told.sort_unstable();
    formats.sort_unstable();
    assert_eq!(told, formats);
}
