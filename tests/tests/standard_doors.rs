//! The doors of OGC API – Features over real HTTP, each test named by the requirement it is for.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use api::query::percent_encoded as encoded;
use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, square};
use tests::running::{Answer, Asking, Product, Server};

const KH: &str = "/programmes/kh";
const AREAS: &str = "/programmes/kh/collections/hazardous-areas";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

struct Scene {
    server: Server,
    contributor: Asking,
    reviewer: Asking,
    reader: Asking,
    manager: Asking,
    _product: Product,
}

impl Scene {
    /// A programme open to everybody, with twelve areas in a row and one release.
    fn new() -> Self {
        let product = Product::on_sqlite();
        let extent = "102,10,108,15";
        let add = ["programme", "add", "kh", "--name", "Cambodia", "--public-read"];
        product.run(&[&add[..], &["--extent", extent, "--national-crs", "32648"]].concat());
        let with = |role: &str| Asking::with_token(&product.token("kh", role));
        let (contributor, reviewer, reader) =
            (with("contributor"), with("reviewer"), with("reader"));
        let manager = with("manager");
        let server = product.serve();
        let scene = Self { server, contributor, reviewer, reader, manager, _product: product };
        let areas: Vec<Value> = (0..12).map(area).collect();
        scene.send("hazardous-areas", &areas);
        let released = clearance("LR-1", "HA-0", "2019-05-01", &square(lon(0), 13.5, 50.0));
        scene.send("land-releases", &[released]);
        scene
    }

    fn send(&self, name: &str, features: &[Value]) {
        let path = format!("{KH}/submissions?collection={name}");
        let answer = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn items(&self, query: &str) -> Vec<String> {
        names(&self.get(&format!("{AREAS}/items?limit=100&{query}")))
    }

    fn refused(&self, query: &str) -> Value {
        let answer = self.server.get(&format!("{AREAS}/items?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        answer.json()
    }
}

fn lon(number: u32) -> f64 {
    103.0 + f64::from(number) * 0.01
}

fn area(number: u32) -> Value {
    let day = format!("20{:02}-03-01", 10 + number);
    let mut area = hazardous_area(&format!("HA-{number}"), &day, &square(lon(number), 13.5, 100.0));
    area["properties"]["name"] = json!(format!("Phum {number}"));
    area["properties"]["accuracy_m"] = json!(f64::from(number));
    if number % 2 == 1 {
        area["properties"]["classification"] = json!("confirmed");
        area["properties"]["evidence"] = json!([{ "kind": "direct" }]);
    }
    area
}

fn names(page: &Value) -> Vec<String> {
    let features = page["features"].as_array().into_iter().flatten();
    features
        .map(|it| it["properties"]["local_id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn link<'a>(document: &'a Value, rel: &str) -> Option<&'a Value> {
    document["links"].as_array()?.iter().find(|link| link["rel"] == rel)
}

#[test]
fn req_core_the_landing_page_leads_everywhere() {
    let scene = Scene::new();
    let landing = scene.get(KH);
    let definition = link(&landing, "service-desc").unwrap();
    assert_eq!(definition["type"], "application/vnd.oai.openapi+json;version=3.0");
    for rel in ["service-desc", "service-doc", "conformance", "data", "self", "alternate"] {
        let link = link(&landing, rel).unwrap();
        assert!(link["type"].is_string(), "{link}");
        let answer = scene.server.get(link["href"].as_str().unwrap());
        assert_eq!(answer.status, 200, "{link}");
        let media_type = answer.header("content-type").unwrap().to_owned();
        let declared = link["type"].as_str().unwrap();
        assert!(media_type.starts_with(declared), "{rel}: {media_type} for {declared}");
    }
    let conformance = scene.get(&format!("{KH}/conformance"));
    let classes = conformance["conformsTo"].as_array().unwrap();
    assert!(
        classes.contains(&json!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"))
    );
}

#[test]
fn req_core_a_collection_is_the_same_by_itself_and_in_the_list() {
    let scene = Scene::new();
    let list = scene.get(&format!("{KH}/collections"));
    for listed in list["collections"].as_array().unwrap() {
        let alone = scene.get(&format!("{KH}/collections/{}", listed["id"].as_str().unwrap()));
        assert_eq!(&alone, listed);
        assert_eq!(alone["crs"][0], CRS84);
        assert_eq!(alone["storageCrs"], CRS84);
        let items = link(&alone, "items").unwrap();
        assert_eq!(items["type"], "application/geo+json");
    }
    let areas = scene.get(AREAS);
    let bbox = &areas["extent"]["spatial"]["bbox"][0];
    assert!(bbox[0].as_f64().unwrap() <= 103.0 && bbox[2].as_f64().unwrap() >= lon(11), "{bbox}");
    assert_eq!(areas["itemCount"], 12);
}

#[test]
fn req_core_unknown_parameters_and_values_are_refused() {
    let scene = Scene::new();
    for query in [
        "colour=red",
        "limit=0",
        "limit=-1",
        "limit=unlimited",
        "bbox=1,2,3",
        "bbox=200,0,201,1",
        "datetime=yesterday",
        "offset=-1",
        "f=xml",
        "crs=EPSG:1",
        "properties=colour",
        "sortby=colour",
        "skipGeometry=perhaps",
        "profile=other",
        "filter-lang=sql",
        "accuracy_m=x",
        "name=%FF",
        "name=%E1%9E",
        "q=phum,%C0%AF",
        "%FF=x",
    ] {
        let problem = scene.refused(query);
        assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
        assert!(problem["code"].is_string() && problem["description"].is_string());
    }
    let clamped = scene.get(&format!("{AREAS}/items?limit=100000000"));
    assert_eq!(clamped["numberReturned"], 12);
}

#[test]
fn req_core_a_box_matches_exactly_and_across_the_antimeridian() {
    let scene = Scene::new();
    assert_eq!(scene.items("bbox=103.009,13.49,103.021,13.51"), ["HA-1", "HA-2"]);
    assert_eq!(scene.items("bbox=103.009,13.49,0,103.021,13.51,100"), ["HA-1", "HA-2"]);
    assert_eq!(scene.items("bbox=177,-70,-177,70").len(), 0);
    assert_eq!(scene.items("bbox=103.1,-90,-170,90").len(), 2);
    let latitude_first =
        "bbox=13.49,103.009,13.51,103.021&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326";
    assert_eq!(scene.items(latitude_first), ["HA-1", "HA-2"]);
}

#[test]
fn req_core_days_instants_and_open_intervals_select_by_the_day_in_the_field() {
    let scene = Scene::new();
    assert_eq!(scene.items("datetime=2012-03-01"), ["HA-2"]);
    assert_eq!(scene.items("datetime=2012-03-01T08:00:00Z"), ["HA-2"]);
    assert_eq!(scene.items("datetime=../2011-12-31"), ["HA-0", "HA-1"]);
    assert_eq!(scene.items("datetime=2020-01-01/"), ["HA-10", "HA-11"]);
    assert_eq!(scene.items("datetime=2011-01-01/2013-01-01"), ["HA-1", "HA-2"]);
}

#[test]
fn req_core_pages_add_up_to_what_was_matched_while_others_write() {
    let scene = Scene::new();
    for order in ["", "&sortby=-accuracy_m", "&filter=accuracy_m%3E%3D0"] {
        let mut seen = Vec::new();
        let mut path = format!("{AREAS}/items?limit=5{order}");
        let mut first = None;
        loop {
            let page = scene.get(&path);
            assert_eq!(page["numberReturned"], page["features"].as_array().unwrap().len());
            let matched = page["numberMatched"].as_u64().unwrap();
            assert_eq!(*first.get_or_insert(matched), matched);
            seen.extend(names(&page));
            let Some(next) = link(&page, "next") else { break };
            assert_eq!(next["type"], "application/geo+json");
            path = next["href"].as_str().unwrap().to_owned();
            let number =
                100 + u32::try_from(seen.len()).unwrap() + u32::try_from(order.len()).unwrap();
            let written = hazardous_area(
                &format!("HA-{number}"),
                "2016-03-01",
                &square(104.0 + f64::from(number) * 0.01, 13.5, 50.0),
            );
            scene.send("hazardous-areas", &[written]);
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
        assert_eq!(seen.len() as u64, first.unwrap(), "{order}");
    }
}

#[test]
fn a_cursor_answers_only_the_question_it_was_made_for() {
    let scene = Scene::new();
    let page = scene.get(&format!("{AREAS}/items?limit=5&q=phum"));
    let next = link(&page, "next").unwrap()["href"].as_str().unwrap();
    for changed in
        [next.replace("q=phum", "q=phun"), next.replace("cursor=", "cursor=1"), format!("{next}0")]
    {
        let answer = scene.server.get(&changed);
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid-cursor"), "{changed}");
    }
    assert_eq!(names(&scene.get(&format!("{AREAS}/items?offset=10"))), ["HA-10", "HA-11"]);
}

#[test]
fn req_crs_coordinates_come_in_the_order_of_the_authority() {
    let scene = Scene::new();
    let first = |crs: &str| {
        let answer = scene.server.get(&format!("{AREAS}/items?limit=1&crs={crs}"));
        let position = answer.json()["features"][0]["geometry"]["coordinates"][0][0].clone();
        (answer.header("content-crs").unwrap().to_owned(), position)
    };
    let (header, lon_lat) = first(CRS84);
    assert_eq!(header, format!("<{CRS84}>"));
    let latitude_first = "http://www.opengis.net/def/crs/EPSG/0/4326";
    let (header, lat_lon) = first(latitude_first);
    assert_eq!(header, format!("<{latitude_first}>"));
    assert_eq!(json!([lat_lon[1], lat_lon[0]]), lon_lat);
    let (_, utm) = first("http://www.opengis.net/def/crs/EPSG/0/32648");
    let (east, north) = (utm[0].as_f64().unwrap(), utm[1].as_f64().unwrap());
    assert!((200_000.0..400_000.0).contains(&east) && (1.4e6..1.6e6).contains(&north), "{utm}");
}

#[test]
fn req_filter_text_and_json_select_the_same() {
    let scene = Scene::new();
    let text = |filter: &str| scene.items(&format!("filter={}", encoded(filter)));
    assert_eq!(text("local_id = 'HA-3'"), ["HA-3"]);
    assert_eq!(text("accuracy_m BETWEEN 2 AND 3.5"), ["HA-2", "HA-3"]);
    assert_eq!(text("classification = 'confirmed' AND NOT accuracy_m < 9"), ["HA-9", "HA-11"]);
    assert_eq!(text("CASEI(name) LIKE casei('PHUM 1_')"), ["HA-10", "HA-11"]);
    assert_eq!(text("identified_on >= DATE('2020-01-01')"), ["HA-10", "HA-11"]);
    assert_eq!(text("S_INTERSECTS(geometry, BBOX(103.009,13.49,103.021,13.51))"), ["HA-1", "HA-2"]);
    assert_eq!(
        text(
            "S_WITHIN(geometry, POLYGON((103.005 13.4,103.015 13.4,103.015 13.6,103.005 13.6,103.005 13.4)))"
        ),
        ["HA-1"]
    );
    assert_eq!(text("reported_on IS NULL").len(), 12);
    assert_eq!(text("reported_on = DATE('2020-01-01')").len(), 0);
    assert_eq!(text("NOT reported_on = DATE('2020-01-01')").len(), 0, "unknown is not true");
    assert_eq!(text("stage = 'released_in_part'"), ["HA-0"]);
    assert_eq!(text("remaining_m2 < 8000"), ["HA-0"]);
    let json = encoded(r#"{"op":"=","args":[{"property":"local_id"},"HA-3"]}"#);
    assert_eq!(scene.items(&format!("filter={json}&filter-lang=cql2-json")), ["HA-3"]);
    assert_eq!(scene.items("classification=confirmed&accuracy_m=3"), ["HA-3"]);
    let latitude_first = "filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326";
    let point = encoded("S_INTERSECTS(geometry, POINT(13.5001 103.0101))");
    assert_eq!(scene.items(&format!("filter={point}&{latitude_first}")), ["HA-1"]);
}

#[test]
fn req_filter_what_cannot_be_understood_is_refused_with_its_place() {
    let scene = Scene::new();
    let refused = |filter: &str| scene.refused(&format!("filter={}", encoded(filter)));
    assert!(refused("accuracy_m >> 3")["detail"].as_str().unwrap().contains("at "), "a place");
    let unknown = refused("clasification = 'confirmed'");
    assert!(unknown["detail"].as_str().unwrap().contains("classification"), "{unknown}");
    refused("S_INTERSECTS(geometry, POINT(90 180))");
    refused("name > 3");
}

#[test]
fn req_schemas_the_properties_are_described_for_reading_filtering_and_sorting() {
    let scene = Scene::new();
    let queryables = scene.get(&format!("{AREAS}/queryables"));
    assert_eq!(queryables["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(queryables["$id"].as_str().unwrap().ends_with("/hazardous-areas/queryables"));
    let geometry = &queryables["properties"]["geometry"];
    assert!(geometry["format"].as_str().unwrap().starts_with("geometry-"));
    assert!(geometry.get("type").is_none());
    assert_eq!(queryables["properties"]["identified_on"]["format"], "date");
    assert_eq!(
        queryables["properties"]["classification"]["enum"],
        json!(["suspected", "confirmed"])
    );
    let schema = scene.get(&format!("{AREAS}/schema"));
    assert_eq!(schema["properties"]["geometry"]["x-ogc-role"], "primary-geometry");
    assert_eq!(schema["properties"]["identified_on"]["x-ogc-role"], "primary-instant");
    let sortables = scene.get(&format!("{AREAS}/sortables"));
    assert!(sortables["properties"].get("geometry").is_none());
    for (name, property) in queryables["properties"].as_object().unwrap() {
        if property["type"] == "number" {
            let answer = scene.server.get(&format!("{AREAS}/items?sortby={name}"));
            assert_eq!(answer.status, 200, "{name}");
        }
    }
    assert_eq!(scene.items("sortby=-accuracy_m")[0], "HA-11");
    assert_eq!(scene.items("sortby=-classification,accuracy_m")[0], "HA-0");
}

#[test]
fn properties_text_search_and_profiles_shape_the_answer() {
    let scene = Scene::new();
    let page = scene.get(&format!(
        "{AREAS}/items?q=phum%2011,nowhere&properties=local_id,name&skipGeometry=true"
    ));
    assert_eq!(
        page["features"][0]["properties"],
        json!({ "local_id": "HA-11", "name": "Phum 11" })
    );
    assert_eq!(page["features"][0]["geometry"], Value::Null);
    let fg = scene.get(&format!("{AREAS}/items/HA-1?profile=jsonfg&crs=EPSG:32648"));
    assert_eq!(fg["time"]["date"], "2011-03-01");
    assert_eq!(fg["geometry"], Value::Null);
    assert_eq!(fg["place"]["type"], "Polygon");
    assert_eq!(fg["coordRefSys"], "http://www.opengis.net/def/crs/EPSG/0/32648");
}

#[test]
fn every_page_can_be_read_by_people_too() {
    let scene = Scene::new();
    for path in [
        "",
        "/api",
        "/conformance",
        "/functions",
        "/collections",
        "/collections/hazardous-areas",
        "/collections/hazardous-areas/items",
        "/collections/hazardous-areas/items/HA-1",
        "/collections/hazardous-areas/queryables",
        "/collections/hazardous-areas/schema",
    ] {
        let browser =
            Asking::default().header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let page = scene.server.ask(&format!("{KH}{path}"), &browser);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(String::from_utf8_lossy(&page.body).contains("<h1>"), "{path}");
        let anything = Asking::default().header("Accept", "*/*");
        let json = scene.server.ask(&format!("{KH}{path}"), &anything);
        assert!(json.header("content-type").unwrap().contains("json"), "{path}");
        let head = scene.server.head(&format!("{KH}{path}"), &anything);
        assert_eq!((head.status, head.body.len()), (200, 0), "HEAD {path}");
        let etag = json.header("etag").unwrap();
        let again =
            scene.server.ask(&format!("{KH}{path}"), &anything.header("If-None-Match", etag));
        assert_eq!(again.status, 304, "{path}");
    }
}

fn version_tag(answer: &Answer) -> String {
    answer.header("etag").unwrap_or_default().to_owned()
}

fn new_area(name: &str) -> String {
    hazardous_area(name, "2021-03-01", &square(105.0, 13.5, 80.0)).to_string()
}

const AS_GEOJSON: (&str, &str) = ("Content-Type", "application/geo+json");

#[test]
fn req_create_a_record_is_made_under_an_id_of_the_server() {
    let scene = Scene::new();
    let sending = scene.contributor.clone().header(AS_GEOJSON.0, AS_GEOJSON.1);
    let made = scene.server.post(&format!("{AREAS}/items"), &sending, new_area("HA-N").as_bytes());
    assert_eq!(made.status, 201, "{}", made.json());
    let location = made.header("location").unwrap().to_owned();
    let read = scene.server.get(&location);
    assert_eq!(read.json()["properties"]["local_id"], "HA-N");
    assert!(location.ends_with(read.json()["id"].as_str().unwrap()));
    let twice = scene.server.post(&format!("{AREAS}/items"), &sending, new_area("HA-N").as_bytes());
    assert_eq!(twice.status, 422, "the number is taken");
    let untyped = scene.contributor.clone().header("Content-Type", "text/plain");
    assert_eq!(scene.server.post(&format!("{AREAS}/items"), &untyped, b"{}").status, 415);
    let broken = scene.server.post(&format!("{AREAS}/items"), &sending, b"{\"type\":\"Feature\"");
    assert_eq!(broken.status, 400);
    let faulty = new_area("HA-M").replace("suspected", "perhaps");
    let faulty = scene.server.post(&format!("{AREAS}/items"), &sending, faulty.as_bytes());
    assert_eq!(faulty.status, 422);
    assert!(faulty.json()["findings"][0]["message"].is_string(), "{}", faulty.json());
    let reading = scene.reader.clone().header(AS_GEOJSON.0, AS_GEOJSON.1);
    assert_eq!(scene.server.post(&format!("{AREAS}/items"), &reading, b"{}").status, 403);
}

#[test]
fn req_optimistic_locking_a_version_that_was_not_read_is_not_replaced() {
    let scene = Scene::new();
    let path = format!("{AREAS}/items/HA-1");
    let tag = version_tag(&scene.server.get(&path));
    let sending = scene.contributor.clone().header(AS_GEOJSON.0, AS_GEOJSON.1);
    let body = |name: &str| {
        let mut area = area(1);
        area["properties"]["name"] = json!(name);
        area.to_string()
    };
    let put = |asking: Asking, name: &str| scene.server.put(&path, &asking, body(name).as_bytes());
    let first = put(sending.clone().header("If-Match", &tag), "first");
    assert_eq!(first.status, 200, "{}", first.json());
    assert_eq!(first.json()["version"], 2);
    let second = put(sending.clone().header("If-Match", &tag), "second");
    assert_eq!((second.status, second.code().as_str()), (412, "precondition-failed"));
    for (header, value, expected) in [
        ("If-Match", "\"7\"", 412),
        ("If-Match", "*", 200),
        ("If-Match", "\"7\", \"3\"", 200),
        ("If-Match", "W/\"4-gzip\"", 200),
        ("If-None-Match", "*", 412),
        ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT", 412),
    ] {
        let answer = put(sending.clone().header(header, value), &format!("{header} {value}"));
        assert_eq!(answer.status, expected, "{header}: {value}: {}", answer.json());
    }
    // The same content again makes no version, and what was said before can be said again.
    assert_eq!(put(sending.clone(), "first").json()["version"], 6);
    assert_eq!(put(sending.clone(), "first").json()["version"], 6);
    let missing = format!("{AREAS}/items/018f0000-0000-7000-8000-000000000000");
    assert_eq!(scene.server.put(&missing, &sending, body("x").as_bytes()).status, 404);
    let guarded = sending.clone().header("If-Match", "\"1\"");
    assert_eq!(scene.server.put(&missing, &guarded, body("x").as_bytes()).status, 412);
}

#[test]
fn req_update_a_merge_patch_changes_what_it_names() {
    let scene = Scene::new();
    let path = format!("{AREAS}/items/HA-2");
    let patching = scene.contributor.clone().header("Content-Type", "application/merge-patch+json");
    let patch = json!({ "properties": { "name": "Phum Thmei", "accuracy_m": null } }).to_string();
    let patched = scene.server.patch(&path, &patching, patch.as_bytes());
    assert_eq!(patched.status, 200, "{}", patched.json());
    let properties = &patched.json()["properties"];
    assert_eq!(properties["name"], "Phum Thmei");
    assert!(properties.get("accuracy_m").is_none());
    assert_eq!(properties["classification"], "suspected");
    let moved = json!({ "geometry": square(104.5, 13.5, 60.0) }).to_string();
    let moved = scene.server.patch(&path, &patching, moved.as_bytes());
    assert_eq!(moved.json()["version"], 3);
    assert_eq!(scene.items("bbox=104.4,13.4,104.6,13.6"), ["HA-2"]);
    // The land that was left is an adjustment; the edit is in the ledger and in the history.
    let versions = scene.get(&format!("{path}/versions"));
    assert_eq!(versions["versions"].as_array().unwrap().len(), 3);
}

#[test]
fn req_crs_a_feature_is_taken_in_the_system_it_declares() {
    let scene = Scene::new();
    let mut feature: Value = serde_json::from_str(&new_area("HA-L")).unwrap();
    let as_sent = feature["geometry"].clone();
    for ring in feature["geometry"]["coordinates"].as_array_mut().unwrap() {
        for position in ring.as_array_mut().unwrap() {
            position.as_array_mut().unwrap().reverse();
        }
    }
    // QGIS leaves the angle brackets out.
    for (name, brackets) in [("HA-L1", false), ("HA-L2", true)] {
        let uri = "http://www.opengis.net/def/crs/EPSG/0/4326";
        let crs = if brackets { format!("<{uri}>") } else { uri.to_owned() };
        feature["properties"]["local_id"] = json!(name);
        let sending = scene.contributor.clone().header(AS_GEOJSON.0, AS_GEOJSON.1);
        let sending = sending.header("Content-Crs", &crs);
        let made =
            scene.server.post(&format!("{AREAS}/items"), &sending, feature.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.json());
        let positions = |geometry: &Value| {
            serde_json::from_value::<Vec<Vec<[f64; 2]>>>(geometry["coordinates"].clone()).unwrap()
        };
        assert_eq!(positions(&made.json()["geometry"]), positions(&as_sent));
    }
}

#[test]
fn req_delete_a_record_that_is_withdrawn_is_gone_with_its_history() {
    let scene = Scene::new();
    let path = format!("{AREAS}/items/HA-3");
    assert_eq!(scene.server.delete(&path, &scene.contributor).status, 403);
    let stale = scene.reviewer.clone().header("If-Match", "\"9\"");
    assert_eq!(scene.server.delete(&path, &stale).status, 412);
    assert_eq!(scene.server.delete(&path, &scene.reviewer).status, 200);
    let gone = scene.server.get(&path);
    assert_eq!(gone.status, 410);
    let versions = gone.json()["versions"].as_str().unwrap().to_owned();
    assert_eq!(scene.get(&versions)["versions"].as_array().unwrap().len(), 2);
    assert_eq!(scene.server.get(&format!("{AREAS}/items/nothing")).status, 404);
}

#[test]
fn options_say_what_each_caller_may_do() {
    let scene = Scene::new();
    let allow = |path: &str, asking: &Asking| {
        let answer = scene.server.options(path, asking);
        assert_eq!(answer.status, 200, "{path}");
        answer.header("allow").unwrap().to_owned()
    };
    let (items, unknown) = (format!("{AREAS}/items"), format!("{AREAS}/items/unknown_id"));
    assert_eq!(allow(&items, &Asking::default()), "GET, HEAD, OPTIONS");
    assert_eq!(allow(&items, &scene.contributor), "GET, HEAD, OPTIONS, POST");
    assert_eq!(allow(&unknown, &scene.contributor), "GET, HEAD, OPTIONS, PUT, PATCH");
    assert_eq!(allow(&unknown, &scene.reviewer), "GET, HEAD, OPTIONS, PUT, PATCH, DELETE");
}

#[test]
fn options_say_what_each_caller_may_do_with_collections_submissions_and_reports() {
    let scene = Scene::new();
    let allow = |path: &str, asking: &Asking| {
        let answer = scene.server.options(&format!("{KH}/{path}"), asking);
        assert_eq!(answer.status, 200, "{path}");
        answer.header("allow").unwrap().to_owned()
    };
    let nobody = Asking::default();
    assert_eq!(allow("collections", &nobody), "GET, HEAD, OPTIONS");
    assert_eq!(allow("collections", &scene.manager), "GET, HEAD, OPTIONS, POST");
    assert_eq!(allow("collections/hazardous-areas", &scene.manager), "GET, HEAD, OPTIONS");
    let layer =
        json!({ "name": "wells", "title": "Wells", "geometry": ["point"], "properties": [] });
    let sending = scene.manager.clone().header("Content-Type", "application/json");
    let made =
        scene.server.post(&format!("{KH}/collections"), &sending, layer.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.json());
    let all = "GET, HEAD, OPTIONS, PUT, PATCH, DELETE";
    assert_eq!(allow("collections/wells", &scene.manager), all);
    assert_eq!(allow("collections/wells", &scene.contributor), "GET, HEAD, OPTIONS");
    assert_eq!(allow("submissions", &nobody), "OPTIONS");
    assert_eq!(allow("submissions", &scene.contributor), "GET, HEAD, OPTIONS, POST");
    assert_eq!(allow("reports", &scene.reader), "GET, HEAD, OPTIONS");
    assert_eq!(allow("reports", &scene.reviewer), "GET, HEAD, OPTIONS, POST");
    let posts = scene.server.options(&format!("{KH}/submissions"), &scene.contributor);
    assert!(posts.header("accept-post").unwrap().starts_with("application/geo+json, "));
}

#[test]
fn req_filter_get_functions_response_json_every_function_is_listed_and_can_be_used() {
    let scene = Scene::new();
    let landing = scene.get(KH);
    let listed = link(&landing, "http://www.opengis.net/def/rel/ogc/1.0/functions").unwrap();
    let document = scene.get(listed["href"].as_str().unwrap());
    let functions = document["functions"].as_array().unwrap();
    let named = |name: &str| functions.iter().find(|one| one["name"] == name).unwrap();
    let year = named("year");
    assert_eq!(year["arguments"], json!([{ "title": "day", "type": ["date", "datetime"] }]));
    assert_eq!(year["returns"], json!(["integer"]));
    assert_eq!(named("s_intersects")["returns"], json!(["boolean"]));
    let text = |filter: &str| scene.items(&format!("filter={}", encoded(filter)));
    assert_eq!(text("year(identified_on) = 2013"), ["HA-3"]);
    assert_eq!(text("month(identified_on) = 3 AND year(recorded_at) > 2000").len(), 12);
    assert_eq!(text("length(name) = 7"), ["HA-10", "HA-11"]);
    assert_eq!(
        text("NOT year(reported_on) = 2013").len(),
        0,
        "of what is missing nothing is known"
    );
    let json =
        encoded(r#"{"op":"=","args":[{"op":"year","args":[{"property":"identified_on"}]},2013]}"#);
    assert_eq!(scene.items(&format!("filter={json}&filter-lang=cql2-json")), ["HA-3"]);
    let unknown = scene.refused(&format!("filter={}", encoded("yaer(identified_on) = 2013")));
    assert!(unknown["detail"].as_str().unwrap().contains("year"), "{unknown}");
    scene.refused(&format!("filter={}", encoded("year(name) = 2013")));
}

#[test]
fn req_json_fg_documents_have_the_members_that_their_classes_ask_for() {
    let scene = Scene::new();
    let classes = scene.get(&format!("{KH}/conformance"))["conformsTo"].clone();
    let of_json_fg = |document: &Value| {
        let told = document["conformsTo"].as_array().unwrap().clone();
        for class in &told {
            assert!(classes.as_array().unwrap().contains(class), "{class} is not declared");
        }
        assert!(told.contains(&json!("http://www.opengis.net/spec/json-fg-1/1.0/conf/core")));
    };
    let feature = |feature: &Value| {
        assert_eq!(feature["type"], "Feature");
        assert_eq!(feature["featureType"], "hazardous-areas");
        let date = feature["time"]["date"].as_str().unwrap();
        assert_eq!(date.len(), "2011-03-01".len());
        for member in ["geometry", "place", "time", "properties"] {
            assert!(feature.get(member).is_some(), "{member} has to be there, if null");
        }
        let both = !feature["geometry"].is_null() && !feature["place"].is_null();
        assert!(!both, "in WGS 84 a place is told as geometry, in other systems as place");
    };
    for (crs, is_other) in [("", false), ("&crs=EPSG:32648", true)] {
        let page = scene.get(&format!("{AREAS}/items?profile=jsonfg{crs}"));
        of_json_fg(&page);
        assert_eq!(page.get("coordRefSys").is_some(), is_other);
        for one in page["features"].as_array().unwrap() {
            feature(one);
            assert!(one.get("conformsTo").is_none(), "it is told once, of the whole document");
            assert_eq!(one["geometry"].is_null(), is_other);
        }
        let item = scene.get(&format!("{AREAS}/items/HA-1?profile=jsonfg{crs}"));
        of_json_fg(&item);
        feature(&item);
        assert_eq!(item.get("coordRefSys").is_some(), is_other);
    }
    assert!(scene.get(&format!("{AREAS}/items"))["features"][0].get("place").is_none());
}

#[test]
fn pages_and_documents_lead_to_each_other_with_everything_that_was_asked() {
    let scene = Scene::new();
    let asked = "as_of=2&effective=2019-01-01&crs=EPSG:4326&filter=accuracy_m%3E%3D2";
    let listing = format!("{AREAS}/items?{asked}&limit=3&offset=1");
    let found = scene.get(&listing);
    let page = link(&found, "alternate").unwrap()["href"].as_str().unwrap().to_owned();
    for part in ["as_of=2", "effective=2019-01-01", "offset=1", "limit=3", "accuracy_m", "f=html"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = String::from_utf8(scene.server.get(&page).body).unwrap();
    let cells: Vec<&str> = page.split("<th scope=\"row\"><a href=\"").skip(1).collect();
    assert_eq!(cells.len(), 3);
    for cell in cells {
        let href = cell.split('"').next().unwrap().replace("&amp;", "&");
        assert!(href.contains("as_of=2") && href.contains("effective=2019-01-01"), "{href}");
        assert!(!href.contains("filter"), "{href}");
        assert_eq!(scene.server.get(&href).status, 200, "{href}");
    }
    let item = scene.get(&format!("{AREAS}/items/HA-3?as_of=2&effective=2019-01-01"));
    for rel in ["self", "alternate"] {
        let href = link(&item, rel).unwrap()["href"].as_str().unwrap();
        assert!(href.contains("as_of=2&effective=2019-01-01"), "{href}");
        assert_eq!(scene.server.get(href).status, 200, "{href}");
    }
    let tiles =
        scene.get(&format!("{AREAS}/tiles/WebMercatorQuad?as_of=2&classification=confirmed"));
    for rel in ["self", "alternate"] {
        let href = link(&tiles, rel).unwrap()["href"].as_str().unwrap();
        assert!(href.contains("as_of=2&classification=confirmed"), "{href}");
        assert_eq!(scene.server.get(href).status, 200, "{href}");
    }
}

#[test]
fn pages_of_other_origins_may_read() {
    let scene = Scene::new();
    let elsewhere = Asking::default().header("Origin", "https://maps.example");
    let answer = scene.server.ask(&format!("{AREAS}/items"), &elsewhere);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let exposed = answer.header("access-control-expose-headers").unwrap().to_ascii_lowercase();
    assert!(exposed.contains("etag") && exposed.contains("content-crs"), "{exposed}");
    let asking = elsewhere
        .header("Access-Control-Request-Method", "PATCH")
        .header("Access-Control-Request-Headers", "authorization,content-type,if-match");
    let preflight = scene.server.options(&format!("{AREAS}/items/HA-1"), &asking);
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
}

#[test]
fn compressed_answers_on_one_connection_do_not_wait_for_each_other() {
    let scene = Scene::new();
    let mut connection = TcpStream::connect(scene.server.address()).unwrap();
    let request = format!("GET {AREAS}/items HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    let started = Instant::now();
    for _ in 0..50 {
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The last chunk is empty.
        while !answer.ends_with(b"\r\n0\r\n\r\n") {
            let mut bytes = [0; 4_096];
            let read = connection.read(&mut bytes).unwrap();
            assert!(read > 0, "the connection was closed");
            answer.extend_from_slice(&bytes[..read]);
        }
    }
    // A client acknowledges after 40 ms what it has nothing to answer to.
    assert!(started.elapsed() < Duration::from_millis(50 * 35), "{:?}", started.elapsed());
}
