//! The versions of a record, and in what two of them differ.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::land::{collection, feature, hazardous_area, square};
use tests::running::{Asking, Product, Server};

const COLLECTIONS: &str = "/programmes/kh/collections";
const AREA: &str = "/programmes/kh/collections/hazardous-areas/items/KH-HA-1";

struct Scene {
    server: Server,
    contributor: Asking,
    reviewer: Asking,
    manager: Asking,
    _product: Product,
}

impl Scene {
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let with = |role: &str| Asking::with_token(&product.token("kh", role));
        let (contributor, reviewer, manager) =
            (with("contributor"), with("reviewer"), with("manager"));
        Self { server: product.serve(), contributor, reviewer, manager, _product: product }
    }

    fn send(&self, name: &str, features: &[Value]) {
        let path = format!("/programmes/kh/submissions?collection={name}");
        let answer = self.server.post(&path, &self.contributor, collection(features).as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
    }

    /// An area of 100 m, drawn anew as one of 80 m and with other properties.
    fn redrawn(&self) {
        let mut first = hazardous_area("KH-HA-1", "2016-03-01", &square(103.0, 13.5, 100.0));
        first["properties"]["name"] = json!("Phum Thmei");
        first["properties"]["evidence"] = json!([{ "kind": "direct" }]);
        self.send("hazardous-areas", &[first]);
        let mut second = hazardous_area("KH-HA-1", "2017-03-01", &square(103.0, 13.5, 80.0));
        second["properties"]["name"] = json!("Phum Chas");
        second["properties"]["reason"] = json!("measured anew");
        second["properties"]["accuracy_m"] = json!(2.5);
        self.send("hazardous-areas", &[second]);
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn status(&self, path: &str) -> u16 {
        self.server.get(path).status
    }
}

fn m2(document: &Value, pointer: &str) -> f64 {
    document.pointer(pointer).and_then(Value::as_f64).unwrap()
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.01 * b.max(1.0)
}

#[test]
fn two_versions_of_an_area_tell_which_land_was_added_and_removed_and_how_much_stayed() {
    let scene = Scene::new();
    scene.redrawn();
    let found = scene.get(&format!("{AREA}/versions/2?compare=1"));
    assert_eq!((&found["from"]["version"], &found["to"]["version"]), (&json!(1), &json!(2)));
    assert_eq!(found["changed"], json!(["effective_on", "properties", "geometry"]));
    let land = &found["geometry"]["land"];
    assert!(is_near(m2(land, "/removed/area_m2"), 3_600.0), "{land}");
    assert!(is_near(m2(land, "/unchanged/area_m2"), 6_400.0), "{land}");
    assert_eq!(land["removed"]["geometry"]["type"], "Polygon");
    assert_eq!(land["added"], json!({ "area_m2": 0.0, "geometry": null }));
    let whole = m2(land, "/removed/area_m2") + m2(land, "/unchanged/area_m2");
    assert!((whole - m2(&found, "/from/area_m2")).abs() < 0.05, "{whole}: {}", found["from"]);

    let back = scene.get(&format!("{AREA}/versions/1?compare=2"));
    assert_eq!(back["geometry"]["land"]["added"], land["removed"], "the other way round");
    let same = scene.get(&format!("{AREA}/versions/1?compare=1"));
    assert_eq!((&same["changed"], &same["properties"]), (&json!([]), &json!([])));
}

#[test]
fn two_versions_tell_each_property_that_differs_with_both_values() {
    let scene = Scene::new();
    scene.redrawn();
    let found = scene.get(&format!("{AREA}/versions/2?compare=1"));
    let named = |name: &str| {
        let all = found["properties"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).cloned()
    };
    let name = json!({
        "name": "name", "change": "changed", "before": "Phum Thmei", "after": "Phum Chas",
    });
    assert_eq!(named("name"), Some(name));
    assert_eq!(named("evidence").unwrap()["before"], json!([{ "kind": "direct" }]));
    assert_eq!(named("evidence").unwrap()["change"], "removed");
    assert_eq!(named("accuracy_m").unwrap()["after"], 2.5);
    assert_eq!(named("classification"), None, "it is the same in both");
}

#[test]
fn the_list_of_versions_leads_to_comparisons_and_both_to_pages_for_people() {
    let scene = Scene::new();
    scene.redrawn();
    let listed = scene.get(&format!("{AREA}/versions"));
    assert!(listed["versions"][0].get("compare_href").is_none(), "nothing was before it");
    let comparison = listed["versions"][1]["compare_href"].as_str().unwrap();
    assert_eq!(scene.get(comparison)["from"]["version"], 1);
    for link in scene.get(comparison)["links"].as_array().unwrap() {
        let answer = scene.server.get(link["href"].as_str().unwrap());
        assert_eq!(answer.status, 200, "{link}");
        let media_type = answer.header("content-type").unwrap();
        assert!(media_type.starts_with(link["type"].as_str().unwrap()), "{link}: {media_type}");
    }
    for path in ["versions", "versions/1", "versions/2?compare=1"] {
        let browser = Asking::default().header("Accept", "text/html,*/*;q=0.8");
        let page = scene.server.ask(&format!("{AREA}/{path}"), &browser);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    }
}

#[test]
fn versions_that_are_not_there_are_compared_with_nothing() {
    let scene = Scene::new();
    scene.redrawn();
    assert_eq!(scene.status(&format!("{AREA}/versions/2?compare=9")), 404);
    assert_eq!(scene.status(&format!("{AREA}/versions/9?compare=1")), 404);
    for refused in ["0", "-1", "one", ""] {
        let answer = scene.server.get(&format!("{AREA}/versions/2?compare={refused}"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "invalid-parameter"),
            "{refused}"
        );
    }
}

#[test]
fn versions_of_a_withdrawn_record_are_compared_too() {
    let scene = Scene::new();
    scene.redrawn();
    assert_eq!(scene.server.delete(AREA, &scene.reviewer).status, 200);
    assert_eq!(scene.status(AREA), 410);
    let found = scene.get(&format!("{AREA}/versions/3?compare=2"));
    assert_eq!(found["changed"], json!(["state", "effective_on"]));
    assert_eq!(found["to"]["state"], "withdrawn");
    assert_eq!(found["geometry"]["changed"], false, "it is kept as it was drawn");
}

#[test]
fn lines_and_points_of_layers_changed_or_did_not_and_have_no_land() {
    let scene = Scene::new();
    let manager = scene.manager.clone().header("Content-Type", "application/json");
    for (name, kind) in [("roads", "line"), ("wells", "point")] {
        let definition = json!({
            "name": name,
            "title": name,
            "geometry": [kind],
            "id_property": "number",
            "properties": [
                { "name": "number", "type": "text", "required": true },
                { "name": "width_m", "type": "number" },
            ],
        });
        let made = scene.server.post(COLLECTIONS, &manager, definition.to_string().as_bytes());
        assert_eq!(made.status, 201, "{}", made.json());
    }
    let road = |east: f64, width: u32| {
        let line = json!({ "type": "LineString", "coordinates": [[103.0, 13.0], [east, 13.1]] });
        feature(&line, &json!({ "number": "R1", "width_m": width }))
    };
    for (east, width) in [(103.2, 4), (103.2, 5), (103.3, 5)] {
        scene.send("roads", &[road(east, width)]);
    }
    for east in [103.0, 103.1] {
        let well = json!({ "type": "Point", "coordinates": [east, 13.0] });
        scene.send("wells", &[feature(&well, &json!({ "number": "W1" }))]);
    }
    let compared = |path: &str| scene.get(&format!("{COLLECTIONS}/{path}"));
    let widened = compared("roads/items/R1/versions/2?compare=1");
    assert_eq!(widened["changed"], json!(["properties"]));
    let moved = compared("roads/items/R1/versions/3?compare=2");
    assert_eq!(moved["changed"], json!(["geometry"]));
    let geometry = json!({ "changed": true, "before": "LineString", "after": "LineString" });
    assert_eq!(moved["geometry"], geometry);
    assert_eq!(compared("wells/items/W1/versions/2?compare=1")["changed"], json!(["geometry"]));
}
