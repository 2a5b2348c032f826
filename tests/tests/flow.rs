//! The main job end to end, over the built product and real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::land::{clearance, collection, hazardous_area, region, square};
use tests::running::{Asking, Product, Server};

const PLACE: (f64, f64) = (103.0, 13.5);

struct Scene {
    server: Server,
    contributor: Asking,
    product: Product,
}

/// A programme with one region of 4 km and the public outside.
fn scene() -> Scene {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let token = product.token("kh", "contributor");
    let server = product.serve();
    let contributor = Asking::with_token(&token);
    let province = region("KH-1", "Province", &square(PLACE.0, PLACE.1, 4_000.0));
    let sent = server.post(
        "/programmes/kh/submissions?collection=regions",
        &contributor,
        collection(&[province]).as_bytes(),
    );
    assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
    Scene { server, contributor, product }
}

impl Scene {
    fn send(&self, name: &str, features: &[Value]) -> Value {
        let path = format!("/programmes/kh/submissions?collection={name}");
        let sent = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
        sent.json()
    }

    fn ask(&self, path: &str) -> Value {
        let answer = self.server.ask(&format!("/programmes/kh{path}"), &self.contributor);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }
}

fn close(actual: &Value, expected: f64) -> bool {
    let actual = actual.as_f64().unwrap();
    (actual - expected).abs() <= expected.abs() * 0.01 + 0.01
}

//   4 km province   ┌──────────────┐
//   1 km hazard     │  ┌────┐      │
//   500 m cleared   │  │▒▒  │      │
//                   └──┴────┴──────┘
#[test]
fn what_is_uploaded_comes_out_as_progress_by_region() {
    let scene = scene();
    let hazard = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 1_000.0);
    scene.send("hazardous-areas", &[hazardous_area("KH-HA-1", "2016-03-01", &hazard)]);
    let half = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 500.0);
    scene.send("land-releases", &[clearance("KH-LR-1", "KH-HA-1", "2018-05-20", &half)]);

    let progress = scene.ask("/progress?group_by=region");
    let row = &progress["rows"][0];
    assert_eq!(row["region"], "KH-1");
    assert!(close(&row["identified_m2"], 1e6), "{row}");
    assert!(close(&row["cleared_m2"], 0.25e6), "{row}");
    assert!(close(&row["remaining_m2"], 0.75e6), "{row}");
    let figure = |name: &str| progress["total"][name].as_f64().unwrap();
    let parts = figure("cancelled_m2")
        + figure("reduced_m2")
        + figure("cleared_m2")
        + figure("remaining_m2")
        + figure("adjusted_m2");
    assert!((figure("identified_m2") - parts).abs() < 1e-6, "{progress}");

    let lifecycle = &scene.ask("/collections/hazardous-areas/items/KH-HA-1")["lifecycle"];
    assert_eq!(lifecycle["stage"], "released_in_part");
    assert_eq!(lifecycle["land"]["remaining_m2"], progress["total"]["remaining_m2"]);
    assert_eq!(scene.ask("/progress?regions_on=2010-01-01"), scene.ask("/progress"));
}

#[test]
fn totals_are_the_sum_of_the_rows_and_land_in_no_region_has_a_row_of_its_own() {
    let scene = scene();
    let inside = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 1_000.0);
    let across = square(PLACE.0 - 0.005, PLACE.1 + 0.02, 1_000.0);
    scene.send(
        "hazardous-areas",
        &[
            hazardous_area("KH-HA-1", "2016-03-01", &inside),
            hazardous_area("KH-HA-2", "2017-03-01", &across),
        ],
    );
    let progress = scene.ask("/progress?group_by=region,year");
    let rows = progress["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["region"].is_null()), "{progress}");
    for column in ["identified_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "outside_m2"] {
        let sum: f64 = rows.iter().map(|row| row[column].as_f64().unwrap()).sum();
        let total = progress["total"][column].as_f64().unwrap();
        assert!((sum - total).abs() < 1e-6, "{column}: {sum} is not {total}");
    }
    let by_region = scene.ask("/progress?group_by=region");
    let remaining: f64 = by_region["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["remaining_m2"].as_f64().unwrap())
        .sum();
    assert!((remaining - by_region["total"]["remaining_m2"].as_f64().unwrap()).abs() < 1e-6);
}

#[test]
fn progress_comes_as_csv_too() {
    let scene = scene();
    let hazard = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 1_000.0);
    scene.send("hazardous-areas", &[hazardous_area("KH-HA-1", "2016-03-01", &hazard)]);
    let asking = scene.contributor.clone().header("Accept", "text/csv");
    let csv = scene.server.ask("/programmes/kh/progress?group_by=region", &asking);
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("region,"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("KH-1,")), "{text}");
    assert!(text.lines().last().unwrap().starts_with("total,"), "{text}");
}

#[test]
fn a_point_on_a_boundary_is_inside_and_distances_are_true_metres() {
    let scene = scene();
    let (lon, lat) = (PLACE.0 + 0.01, PLACE.1 + 0.01);
    scene.send(
        "hazardous-areas",
        &[hazardous_area("KH-HA-1", "2016-03-01", &square(lon, lat, 1_000.0))],
    );
    let corner = scene.ask(&format!("/hazards/at?lon={lon}&lat={lat}"));
    assert_eq!(corner["numberMatched"], 1);
    let south = lat - 100.0 / 110_600.0;
    let outside = scene.ask(&format!("/hazards/at?lon={lon}&lat={south}"));
    assert_eq!(outside["numberMatched"], 0);
    assert!(outside["caveat"].as_str().unwrap().contains("Absence of a record"));
    let near = scene.ask(&format!("/hazards/nearby?lon={lon}&lat={south}&distance_m=150"));
    let distance_m = near["features"][0]["distance_m"].as_f64().unwrap();
    assert!((distance_m - 100.0).abs() < 1.0, "{distance_m}");
    let far = scene.ask(&format!("/hazards/nearby?lon={lon}&lat={south}&distance_m=50"));
    assert_eq!(far["numberMatched"], 0);
    let boxed = scene.ask(&format!("/hazards/in?bbox={lon},{lat},{},{}", lon + 0.1, lat + 0.1));
    assert_eq!(boxed["numberMatched"], 1);
}

#[test]
fn items_are_read_page_by_page_without_gaps_or_repeats() {
    let scene = scene();
    let areas: Vec<Value> = (0..25)
        .map(|number| {
            let lon = PLACE.0 + f64::from(number) * 0.001;
            let name = format!("KH-HA-{number}");
            hazardous_area(&name, "2016-03-01", &square(lon, PLACE.1 + 0.01, 50.0))
        })
        .collect();
    scene.send("hazardous-areas", &areas);
    let mut path = "/collections/hazardous-areas/items?limit=10".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = scene.ask(&path);
        let features = page["features"].as_array().unwrap();
        assert_eq!(page["numberReturned"], features.len());
        seen.extend(features.iter().map(|item| item["properties"]["local_id"].clone()));
        let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        let Some(next) = next else { break };
        let (_, behind) = next["href"].as_str().unwrap().split_once("/programmes/kh").unwrap();
        path = behind.to_owned();
    }
    assert_eq!(seen.len(), 25);
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 25);

    let item = scene.ask("/collections/hazardous-areas/items/KH-HA-7");
    assert_eq!(item["type"], "Feature");
    assert_eq!(item["properties"]["local_id"], "KH-HA-7");
}

#[test]
fn the_schema_of_a_collection_is_derived_from_its_type() {
    let scene = scene();
    let schema = scene.ask("/collections/land-releases/schema");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let required = schema["required"].as_array().unwrap();
    assert!(required.contains(&json!("outcome")), "{schema}");
    assert!(schema["properties"]["depth_cm"]["description"].is_string(), "{schema}");
}

#[test]
fn a_server_asked_to_stop_stops_in_order_and_loses_nothing() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let asking = Asking::with_token(&product.token("kh", "manager"));
    let server = product.serve();
    let hazard = square(PLACE.0, PLACE.1, 100.0);
    let sent = server.post(
        "/programmes/kh/submissions?collection=hazardous-areas",
        &asking,
        collection(&[hazardous_area("KH-HA-1", "2016-03-01", &hazard)]).as_bytes(),
    );
    assert_eq!(sent.status, 201);
    assert!(server.stop());
    let again = product.serve();
    let item = again.ask("/programmes/kh/collections/hazardous-areas/items/KH-HA-1", &asking);
    assert_eq!(item.status, 200);
}

//   before  ┌────┐   after  ┌────┐
//           │▒▒  │          │    │   ▒ cleared, then taken back
//           └────┘          └────┘
#[test]
fn a_withdrawn_release_makes_its_land_hazardous_again_and_stays_in_the_history() {
    let scene = scene();
    let hazard = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 1_000.0);
    scene.send("hazardous-areas", &[hazardous_area("KH-HA-1", "2016-03-01", &hazard)]);
    let half = square(PLACE.0 + 0.01, PLACE.1 + 0.01, 500.0);
    scene.send("land-releases", &[clearance("KH-LR-1", "KH-HA-1", "2018-05-20", &half)]);
    assert!(close(&scene.ask("/progress")["total"]["remaining_m2"], 0.75e6));

    let reviewer = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let path = "/programmes/kh/collections/land-releases/items/KH-LR-1?reason=failed+inspection";
    let forbidden = scene.server.delete(path, &scene.contributor.clone().header("If-Match", "*"));
    assert_eq!((forbidden.status, forbidden.code().as_str()), (403, "forbidden"));
    let withdrawn = scene.server.delete(path, &reviewer.header("If-Match", "\"1\""));
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.json());
    assert_eq!(withdrawn.json()["version"], 2);

    let total = &scene.ask("/progress")["total"];
    assert!(close(&total["remaining_m2"], 1e6), "{total}");
    assert!(close(&total["cleared_m2"], 0.0), "{total}");
    let at = scene.ask(&format!("/hazards/at?lon={}&lat={}", PLACE.0 + 0.011, PLACE.1 + 0.011));
    assert_eq!(at["features"].as_array().unwrap().len(), 1, "{at}");
}
