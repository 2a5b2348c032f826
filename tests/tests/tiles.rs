//! Tiles over real HTTP, as map clients ask for them.

#![expect(
    clippy::unwrap_used,
    clippy::used_underscore_binding,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, region, square};
use tests::running::{Answer, Asking, Product, Server};
use tiles::{EXTENT, MARGIN};

use geo::CoordsIter;
use mvt_reader::Reader;
use mvt_reader::feature::{Feature, Value as Read};

const KH: &str = "/programmes/kh";
const SET: &str = "tiles/WebMercatorQuad";
const AREAS: &str = "/programmes/kh/collections/hazardous-areas/tiles/WebMercatorQuad";

struct Scene {
    server: Server,
    contributor: Asking,
    _product: Product,
}

impl Scene {
    /// A programme open to everybody, with a suspected area of 400 m, a confirmed one of 30 m and a
    /// release.
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let scene = Self { server: product.serve(), contributor, _product: product };
        let mut small = hazardous_area("HA-2", "2018-03-01", &square(102.948, 13.5, 30.0));
        small["properties"]["classification"] = json!("confirmed");
        small["properties"]["evidence"] = json!([{ "kind": "direct" }]);
        let large = hazardous_area("HA-1", "2016-03-01", &square(102.9425, 13.5, 400.0));
        scene.send("hazardous-areas", &[large, small]);
        let release = clearance("LR-1", "HA-1", "2019-05-01", &square(102.9425, 13.5, 200.0));
        scene.send("land-releases", &[release]);
        scene
    }

    fn send(&self, name: &str, features: &[Value]) {
        let path = format!("{KH}/submissions?collection={name}");
        let answer = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    fn get(&self, path: &str) -> Answer {
        self.server.get(path)
    }

    fn document(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn revision(&self) -> u64 {
        self.document(KH)["revision"].as_u64().unwrap()
    }
}

/// The tile of a zoom around HA-1.
fn at(zoom: u8) -> String {
    let tile = tiles::Tile::holding(zoom, tiles::world([102.9435, 13.501]));
    format!("{zoom}/{}/{}", tile.row(), tile.column())
}

/// The features of a layer.
fn features(answer: &Answer, layer: &str) -> Vec<Feature> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let reader = Reader::new(answer.body.clone()).unwrap();
    let place = reader.get_layer_names().unwrap().iter().position(|name| name == layer);
    place.map(|place| reader.get_features(place).unwrap()).unwrap_or_default()
}

fn text(feature: &Feature, name: &str) -> String {
    match feature.properties.as_ref().and_then(|all| all.get(name)) {
        Some(Read::String(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn names(answer: &Answer, layer: &str) -> Vec<String> {
    let mut names: Vec<String> =
        features(answer, layer).iter().map(|feature| text(feature, "local_id")).collect();
    names.sort();
    names
}

#[test]
fn a_tile_shows_every_collection_with_its_properties() {
    let scene = Scene::new();
    let answer = scene.get(&format!("{KH}/{SET}/{}", at(14)));
    let media_type = answer.header("content-type").unwrap();
    assert_eq!(media_type, "application/vnd.mapbox-vector-tile");
    assert_eq!(names(&answer, "hazardous-areas"), ["HA-1", "HA-2"]);
    assert_eq!(names(&answer, "land-releases"), ["LR-1"]);
    let areas = features(&answer, "hazardous-areas");
    let large = areas.iter().find(|area| text(area, "local_id") == "HA-1").unwrap();
    assert_eq!(text(large, "classification"), "suspected");
    assert_eq!(text(large, "identified_on"), "2016-03-01");
    let item = scene.document(&format!("{KH}/collections/hazardous-areas/items/HA-1"));
    assert_eq!(text(large, "id"), item["id"].as_str().unwrap());
    let properties = large.properties.as_ref().unwrap();
    let remaining = item["lifecycle"]["land"]["remaining_m2"].as_f64().unwrap();
    assert_eq!(properties["remaining_m2"], Read::Double(remaining));
    assert_eq!(properties["closed"], Read::Bool(false));
}

#[test]
fn regions_tell_what_was_released_in_them_and_their_parts() {
    let scene = Scene::new();
    let country = region("KH", "Cambodia", &square(102.9, 13.4, 40_000.0));
    let mut part = region("KH-1", "North", &square(102.92, 13.45, 20_000.0));
    part["properties"]["level"] = json!(2);
    part["properties"]["parent"] = json!("KH");
    scene.send("regions", &[country, part]);
    let total = &scene.document(&format!("{KH}/progress"))["total"];
    let answer = scene.get(&format!("{KH}/{SET}/{}", at(9)));
    let regions = features(&answer, "regions");
    assert_eq!(regions.len(), 2);
    for region in regions {
        let properties = region.properties.unwrap();
        for name in ["cleared_m2", "remaining_m2"] {
            let figure = total[name].as_f64().unwrap();
            let Read::Double(drawn) = properties[name] else { panic!("{properties:?}") };
            assert!((drawn - figure).abs() < 0.001, "{name}: {drawn} for {figure}");
        }
    }
}

#[test]
fn areas_too_small_to_be_drawn_are_points_at_every_zoom() {
    let scene = Scene::new();
    for zoom in 0..=22 {
        let answer = scene.get(&format!("{AREAS}/{}", at(zoom)));
        let drawn = features(&answer, "hazardous-areas").len();
        let points = features(&answer, "hazardous-areas-points").len();
        let expected = if zoom < 16 { 2 } else { 1 };
        assert!(drawn + points >= expected, "zoom {zoom}: {drawn} areas, {points} points");
    }
    let far = scene.get(&format!("{AREAS}/{}", at(8)));
    assert_eq!(names(&far, "hazardous-areas-points"), ["HA-1", "HA-2"]);
}

#[test]
fn an_unchanged_tile_costs_a_304_and_a_changed_one_is_another() {
    let scene = Scene::new();
    let path = format!("{KH}/{SET}/{}", at(12));
    let first = scene.get(&path);
    assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    let etag = first.header("etag").unwrap().to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    let known = Asking::default().header("If-None-Match", &etag);
    let again = scene.server.ask(&path, &known);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let before = scene.revision();
    scene.send(
        "hazardous-areas",
        &[hazardous_area("HA-3", "2020-01-01", &square(102.96, 13.5, 300.0))],
    );
    let changed = scene.server.ask(&path, &known);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));

    let pinned = scene.get(&format!("{path}?revision={before}"));
    assert_eq!(pinned.body, first.body);
    let lasting = pinned.header("cache-control").unwrap();
    assert!(lasting.contains("immutable") && lasting.contains("max-age=31536000"), "{lasting}");
    let live = scene.get(&format!("{path}?revision={}", scene.revision()));
    assert_eq!(live.body, changed.body);
    assert_eq!(scene.get(&format!("{path}?revision=999")).status, 400);
    assert_eq!(scene.get(&format!("{path}?revision=1&as_of=1")).status, 400);
}

#[test]
fn records_written_one_by_one_show_in_the_next_tile() {
    let scene = Scene::new();
    let path = format!("{AREAS}/{}", at(12));
    assert_eq!(names(&scene.get(&path), "hazardous-areas-points"), ["HA-2"]);
    for number in 3..6 {
        let place = square(102.9425 + f64::from(number) * 0.003, 13.51, 30.0);
        scene.send(
            "hazardous-areas",
            &[hazardous_area(&format!("HA-{number}"), "2020-01-01", &place)],
        );
    }
    let all = ["HA-2", "HA-3", "HA-4", "HA-5"];
    assert_eq!(names(&scene.get(&path), "hazardous-areas-points"), all);
    let reviewer = Asking::with_token(&scene._product.token("kh", "reviewer"));
    let item = format!("{KH}/collections/hazardous-areas/items/HA-4?reason=entered+twice");
    let withdrawn = scene.server.delete(&item, &reviewer);
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.json());
    assert_eq!(names(&scene.get(&path), "hazardous-areas-points"), ["HA-2", "HA-3", "HA-5"]);
}

#[test]
fn tiles_are_filtered_as_items_are() {
    let scene = Scene::new();
    let shown = |query: &str| {
        let answer = scene.get(&format!("{AREAS}/{}?{query}", at(14)));
        if answer.status == 204 { Vec::new() } else { names(&answer, "hazardous-areas") }
    };
    assert_eq!(shown("filter=classification='confirmed'"), ["HA-2"]);
    assert_eq!(shown("classification=suspected"), ["HA-1"]);
    assert_eq!(shown("datetime=2016-01-01/2017-01-01"), ["HA-1"]);
    assert_eq!(shown("effective=2017-01-01"), ["HA-1"]);
    assert_eq!(shown("filter=remaining_m2%3E10000"), ["HA-1"]);
    assert_eq!(shown("filter=false=true"), Vec::<String>::new());
    assert_eq!(shown("q=ha-2"), ["HA-2"]);
    assert_eq!(shown("q=nowhere"), Vec::<String>::new());
    let refused = scene.get(&format!("{AREAS}/{}?filter=colour='red'", at(14)));
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-parameter"));
    let chosen = scene.get(&format!("{KH}/{SET}/{}?collections=land-releases", at(14)));
    assert!(features(&chosen, "hazardous-areas").is_empty());
    assert_eq!(names(&chosen, "land-releases"), ["LR-1"]);
}

#[test]
fn tiles_tell_what_is_asked_for_of_each_record() {
    let scene = Scene::new();
    let told = |query: &str| {
        let found = features(&scene.get(&format!("{AREAS}/{}?{query}", at(14))), "hazardous-areas");
        let names = found[0].properties.iter().flatten().map(|(name, _)| name.clone());
        names.collect::<std::collections::BTreeSet<String>>()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(told("properties=local_id,stage"), set(&["local_id", "stage"]));
    assert_eq!(told("properties=id,%20remaining_m2"), set(&["id", "remaining_m2"]));
    assert!(told("").is_superset(&set(&["id", "local_id", "stage", "classification"])));
    let refused = scene.get(&format!("{AREAS}/{}?properties=colour", at(14)));
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-parameter"));
    let of_all = scene.get(&format!("{KH}/{SET}/{}?properties=id", at(14)));
    assert_eq!((of_all.status, of_all.code().as_str()), (400, "unknown-parameter"));
}

#[test]
fn a_tile_of_nothing_is_no_content_and_one_off_the_map_is_not_there() {
    let scene = Scene::new();
    let empty = scene.get(&format!("{KH}/{SET}/5/0/0"));
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    assert!(empty.header("etag").is_some());
    for place in ["1/2/0", "23/0/0", "x/0/0", "-1/0/0", "3/0/4294967296"] {
        let answer = scene.get(&format!("{KH}/{SET}/{place}"));
        assert_eq!((answer.status, answer.code().as_str()), (404, "not-found"), "{place}");
    }
    assert_eq!(scene.get(&format!("{KH}/tiles/WorldCRS84Quad/0/0/0")).status, 404);
    assert_eq!(scene.get(&format!("{KH}/{SET}/0/0/0?colour=red")).code(), "unknown-parameter");
}

#[test]
fn tilejson_names_the_revision_in_the_addresses_of_tiles() {
    let scene = Scene::new();
    let path = format!("{AREAS}?f=tilejson&filter=classification='confirmed'");
    let document = scene.document(&path);
    assert_eq!(document["tilejson"], "3.0.0");
    let media_type = scene.get(&path).header("content-type").unwrap().to_owned();
    assert_eq!(media_type, "application/vnd.mapbox.tile+json");
    let address = document["tiles"][0].as_str().unwrap();
    assert!(address.starts_with("http://"), "{address}");
    assert!(address.contains(&format!("revision={}", scene.revision())), "{address}");
    let [zoom, row, column] =
        at(14).split('/').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
    let address = address.replace("{z}", &zoom).replace("{y}", &row).replace("{x}", &column);
    assert_eq!(names(&scene.get(&address), "hazardous-areas"), ["HA-2"]);
    let bounds = document["bounds"].as_array().unwrap();
    assert!(bounds[0].as_f64().unwrap() <= 102.948 && bounds[2].as_f64().unwrap() > 102.948);
    let layers = document["vector_layers"].as_array().unwrap();
    assert_eq!(layers.len(), 3);
    let answer = scene.get(&address);
    let declared = layers[0]["fields"].as_object().unwrap();
    for area in features(&answer, "hazardous-areas") {
        for name in area.properties.unwrap().keys() {
            assert!(declared.contains_key(name), "{name} is not declared");
        }
    }
}

#[test]
fn tiles_of_an_earlier_picture_are_found_by_its_description() {
    let scene = Scene::new();
    let earlier = scene.revision() - 1;
    for clocks in [format!("as_of={earlier}"), format!("as_of={earlier}&effective=2018-01-01")] {
        let path = format!("{KH}/{SET}?{clocks}");
        let document = scene.document(&format!("{path}&f=tilejson"));
        let address = document["tiles"][0].as_str().unwrap();
        assert!(address.contains(&format!("revision={earlier}")), "{address}");
        let [zoom, row, column] =
            at(14).split('/').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        let filled = |address: &str, places: [&str; 3]| {
            let filled = address.replace(places[0], &zoom).replace(places[1], &row);
            scene.get(&filled.replace(places[2], &column))
        };
        let tile = filled(address, ["{z}", "{y}", "{x}"]);
        assert_eq!(tile.status, 200, "{address}: {}", String::from_utf8_lossy(&tile.body));
        let described = scene.document(&path);
        let item = href(&described, "item");
        assert_eq!(filled(&item, ["{tileMatrix}", "{tileRow}", "{tileCol}"]).body, tile.body);
        assert!(href(&described, "self").contains(&format!("as_of={earlier}")));
    }
}

#[test]
fn req_tiles_tilesets_lead_to_tiles_and_to_their_matrix_set() {
    let scene = Scene::new();
    for root in [KH.to_owned(), format!("{KH}/collections/hazardous-areas")] {
        let landing = scene.document(&root);
        let rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
        let list = scene.document(href(&landing, rel).as_str());
        let tileset = &list["tilesets"][0];
        assert_eq!(tileset["dataType"], "vector");
        let described = scene.document(&href(tileset, "self"));
        assert_eq!(described["tileMatrixSetURI"], tileset["tileMatrixSetURI"]);
        let scheme = scene
            .document(&href(&described, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"));
        assert_eq!(scheme["id"], "WebMercatorQuad");
        assert_eq!(scheme["tileMatrices"][3]["matrixWidth"], 8);
        let limit = &described["tileMatrixSetLimits"][14];
        let item = href(&described, "item")
            .replace("{tileMatrix}", "14")
            .replace("{tileRow}", &limit["minTileRow"].to_string())
            .replace("{tileCol}", &limit["minTileCol"].to_string());
        assert_eq!(scene.get(&item).status, 200);
    }
    let sets = scene.document(&format!("{KH}/tileMatrixSets"));
    assert_eq!(sets["tileMatrixSets"][0]["id"], "WebMercatorQuad");
    assert_eq!(scene.get(&format!("{KH}/tileMatrixSets/other")).status, 404);
}

fn href(document: &Value, rel: &str) -> String {
    let links = document["links"].as_array().unwrap();
    let link = links.iter().find(|link| link["rel"] == rel).unwrap_or(&Value::Null);
    link["href"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_programme_that_is_not_open_keeps_its_tiles_to_those_who_may_read() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "ua", "--name", "Ukraine"]);
    let reader = Asking::with_token(&product.token("ua", "reader"));
    let server = product.serve();
    let path = "/programmes/ua/tiles/WebMercatorQuad/0/0/0";
    assert_eq!(server.get(path).status, 401);
    let answer = server.ask(path, &reader);
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert!(answer.header("vary").unwrap().contains("Authorization"));
}

#[test]
fn the_style_asks_nothing_of_anybody_else() {
    let scene = Scene::new();
    let list = scene.document(&format!("{KH}/styles"));
    let style = scene.document(list["styles"][0]["links"][0]["href"].as_str().unwrap());
    assert_eq!(style["version"], 8);
    let here = format!("http://{}/", scene.server.address());
    for (place, _) in style.to_string().match_indices("http") {
        assert!(style.to_string()[place..].starts_with(&here));
    }
    let source = scene.document(style["sources"]["programme"]["url"].as_str().unwrap());
    let drawn: Vec<&Value> =
        source["vector_layers"].as_array().unwrap().iter().map(|layer| &layer["id"]).collect();
    let sprite = style["sprite"].as_str().unwrap();
    let patterns = scene.document(&format!("{sprite}.json"));
    for layer in style["layers"].as_array().unwrap() {
        let of = &layer["source-layer"];
        assert!(of.is_null() || drawn.contains(&of), "{layer}");
        if let Some(pattern) = layer["paint"].get("fill-pattern") {
            let names = pattern.as_array().unwrap().iter().skip(3).step_by(2);
            assert!(names.into_iter().all(|name| patterns[name.as_str().unwrap()].is_object()));
        }
    }
    for file in ["sprite.png", "sprite@2x.png"] {
        let image = scene.get(&format!("{KH}/styles/land-release/{file}"));
        assert_eq!(image.header("content-type"), Some("image/png"));
        assert!(
            image.body.starts_with(b"\x89PNG\r\n\x1a\n") && image.body.ends_with(b"IEND\xaeB`\x82")
        );
    }
    assert_eq!(scene.get(&format!("{KH}/styles/other")).status, 404);
    assert_eq!(scene.get(&format!("{KH}/styles/land-release/other.png")).status, 404);
}

#[test]
fn the_map_of_an_area_goes_into_one_file_for_phones() {
    let scene = Scene::new();
    let product = &scene._product;
    for ending in ["pmtiles", "mbtiles"] {
        let out = product.folder().join(format!("map.{ending}"));
        let name = out.to_string_lossy().into_owned();
        let told = product.run(&["tiles", "--programme", "kh", "--zoom", "0-12", &name]);
        assert!(told.contains("tiles of revision"), "{told}");
        assert!(!product.folder().join(format!("map.{ending}.part")).exists());
    }
    let file = std::fs::read(product.folder().join("map.pmtiles")).unwrap();
    assert_eq!(&file[..8], b"PMTiles\x03");
    let number = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
    let (metadata, length) = (number(24), number(32));
    let metadata: Value =
        serde_json::from_slice(&unpacked(&file[metadata..metadata + length])).unwrap();
    assert_eq!(metadata["vector_layers"][0]["id"], "regions");
    // The first tile in the file is that of zoom 0, which begins where tiles begin.
    let start = number(56);
    let first = unpacked(&file[start..]);
    let live = scene.get(&format!("{KH}/{SET}/0/0/0"));
    assert_eq!(first, live.body);
    let refused = product.try_run(&["tiles", "--programme", "kh", "map.zip"]);
    assert!(!refused.status.success());
    let unknown = ["tiles", "--programme", "kh", "--collections", "roads", "map.pmtiles"];
    let told = String::from_utf8(product.try_run(&unknown).stderr).unwrap();
    assert!(told.contains("kh has no collection roads"), "{told}");
}

#[test]
fn a_file_of_the_land_on_both_sides_of_the_antimeridian_hides_neither() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "fj", "--name", "Fiji"]);
    let server = product.serve();
    let token = Asking::with_token(&product.token("fj", "contributor"));
    let areas = [
        hazardous_area("FJ-1", "2018-03-01", &square(179.9, -17.0, 400.0)),
        hazardous_area("FJ-2", "2018-03-01", &square(-179.9, -17.0, 400.0)),
    ];
    let path = "/programmes/fj/submissions?collection=hazardous-areas";
    assert_eq!(server.post(path, &token, collection(&areas).as_bytes()).status, 201);
    let name = product.folder().join("fj.pmtiles").to_string_lossy().into_owned();
    let bbox = "--bbox=179,-18,-179,-16";
    product.run(&["tiles", "--programme", "fj", bbox, "--zoom", "0-6", &name]);
    let file = std::fs::read(&name).unwrap();
    let degrees = |at: usize| i32::from_le_bytes(file[at..at + 4].try_into().unwrap()) / 10_000_000;
    assert_eq!([degrees(102), degrees(110)], [-180, 180], "west and east");
    assert_eq!([degrees(119), degrees(123)], [180, -17], "the middle");
}

#[test]
fn land_on_both_sides_of_the_antimeridian_is_cut_to_each_tile() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "fj", "--name", "Fiji", "--public-read"]);
    let server = product.serve();
    let token = Asking::with_token(&product.token("fj", "contributor"));
    let mut area = hazardous_area("FJ-1", "2018-03-01", &square(179.98, -16.5, 400.0));
    let ring = |west: f64, east: f64| {
        json!([[[west, -16.52], [east, -16.52], [east, -16.5], [west, -16.5], [west, -16.52]]])
    };
    let parts = [ring(179.98, 180.0), ring(-180.0, -179.98)];
    area["geometry"] = json!({ "type": "MultiPolygon", "coordinates": parts });
    let path = "/programmes/fj/submissions?collection=hazardous-areas";
    assert_eq!(server.post(path, &token, collection(&[area]).as_bytes()).status, 201);
    for zoom in [4, 8, 12] {
        let edge = 1_u32 << zoom;
        let row = tiles::Tile::holding(zoom, tiles::world([179.99, -16.51])).row();
        for column in [edge - 1, 0] {
            let place = format!("{zoom}/{row}/{column}");
            let address = format!("/programmes/fj/collections/hazardous-areas/{SET}/{place}");
            let answer = server.get(&address);
            let shown: Vec<Feature> = ["hazardous-areas", "hazardous-areas-points"]
                .iter()
                .flat_map(|layer| features(&answer, layer))
                .collect();
            assert!(!shown.is_empty(), "{place}");
            let drawn = -MARGIN..=EXTENT + MARGIN;
            for at in shown.iter().flat_map(|one| one.get_geometry().coords_iter()) {
                assert!(drawn.contains(&(at.x as i64)), "{place}: {at:?}");
            }
        }
    }
}

/// The first member of gzipped bytes.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::bufread::GzDecoder::new(bytes), &mut out).unwrap();
    out
}
