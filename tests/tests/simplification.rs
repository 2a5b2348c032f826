//! Boundaries with fewer vertices, for maps: who is given one is told, and cannot take it for what
//! was recorded.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Asking, Product, Server};

const ITEMS: &str = "/programmes/kh/collections/hazardous-areas/items";

struct Scene {
    server: Server,
    contributor: Asking,
    _product: Product,
}

/// A ring of some `count` positions, `side` degrees across.
fn round(lon: f64, lat: f64, side: f64, count: u32) -> Value {
    let at = |number: u32| {
        let angle = f64::from(number % count) / f64::from(count) * std::f64::consts::TAU;
        json!([lon + side / 2.0 * angle.cos(), lat + side / 2.0 * angle.sin()])
    };
    json!({ "type": "Polygon", "coordinates": [(0..=count).map(at).collect::<Vec<_>>()] })
}

impl Scene {
    /// A round area of a kilometre, one of three metres, and a square.
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let server = product.serve();
        let areas = [
            hazardous_area("ROUND", "2016-03-01", &round(103.0, 13.5, 0.01, 400)),
            hazardous_area("TINY", "2016-03-01", &round(103.1, 13.5, 0.000_03, 60)),
            hazardous_area("SQUARE", "2016-03-01", &square(103.2, 13.5, 100.0)),
        ];
        let path = "/programmes/kh/submissions?collection=hazardous-areas";
        let sent = server.post(path, &contributor, collection(&areas).as_bytes());
        assert_eq!(sent.status, 201, "{}", sent.json());
        Self { server, contributor, _product: product }
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.server.get(&format!("{ITEMS}{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }
}

fn vertices(feature: &Value) -> usize {
    feature["geometry"]["coordinates"][0].as_array().unwrap().len()
}

fn named<'a>(page: &'a Value, name: &str) -> &'a Value {
    let features = page["features"].as_array().unwrap();
    features.iter().find(|one| one["properties"]["local_id"] == name).unwrap()
}

#[test]
fn req_zoom_level_response_boundaries_have_as_many_vertices_as_the_map_can_show() {
    let scene = Scene::new();
    let count = |query: &str| vertices(&scene.get(&format!("/ROUND?{query}")));
    assert_eq!(count(""), 401);
    assert_eq!(count("zoom-level=24"), 401, "under five millimetres");
    let (near, far) = (count("zoom-level=16.5"), count("zoom-level=9"));
    assert!(4 <= far && far < near && near < 401, "{far} {near}");
    assert!(count("max-allowable-offset=1") < 401);
    assert_eq!(count("max-allowable-offset=0"), 401);
    let page = scene.get("?zoom-level=9");
    assert_eq!(page["numberReturned"], 3, "nothing vanishes");
    assert!(vertices(named(&page, "TINY")) >= 4);
    assert_eq!(page["simplified"], json!({ "zoom_level": 9.0 }));
}

#[test]
fn a_feature_whose_boundary_was_simplified_says_so_and_no_other_does() {
    let scene = Scene::new();
    let page = scene.get("?max-allowable-offset=5");
    assert_eq!(named(&page, "ROUND")["simplified"], json!({ "max_offset_m": 5.0 }));
    assert_eq!(named(&page, "TINY")["simplified"], json!({ "max_offset_m": 5.0 }));
    assert!(named(&page, "SQUARE").get("simplified").is_none(), "it is as it was recorded");
    assert!(scene.get("")["features"][0].get("simplified").is_none());
    let without = scene.get("?max-allowable-offset=5&skipGeometry=true");
    assert!(named(&without, "ROUND").get("simplified").is_none());
    let fg = scene.get("/ROUND?max-allowable-offset=5&profile=jsonfg&crs=EPSG:3857");
    assert!(fg["place"]["coordinates"][0].as_array().unwrap().len() < 401);
}

#[test]
fn what_was_simplified_is_not_taken_back_as_an_edit() {
    let scene = Scene::new();
    let path = format!("{ITEMS}/ROUND");
    let read = scene.server.get(&format!("{path}?max-allowable-offset=5"));
    let sending = scene.contributor.clone().header("Content-Type", "application/geo+json");
    let put = |asking: &Asking, body: &Value| {
        scene.server.put(&path, asking, body.to_string().as_bytes())
    };
    let refused = put(&sending, &read.json());
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-body"));
    let mut unmarked = read.json();
    unmarked.as_object_mut().unwrap().remove("simplified");
    let guarded = sending.header("If-Match", read.header("etag").unwrap());
    assert_eq!(put(&guarded, &unmarked).status, 412, "that tag is of no version");
    assert_eq!(vertices(&scene.get("/ROUND")), 401);
}

#[test]
fn files_have_boundaries_as_they_were_recorded() {
    let scene = Scene::new();
    for format in ["csv", "geojson", "gpkg"] {
        let answer = scene.server.get(&format!("{ITEMS}?f={format}&zoom-level=9"));
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid-parameter"), "{format}");
    }
    for link in scene.get("?zoom-level=9")["links"].as_array().unwrap() {
        let href = link["href"].as_str().unwrap();
        assert_eq!(scene.server.get(href).status, 200, "{href}");
    }
}

#[test]
fn tolerances_that_are_none_are_refused() {
    let scene = Scene::new();
    for query in [
        "zoom-level=-1",
        "zoom-level=x",
        "zoom-level=NaN",
        "max-allowable-offset=-1",
        "max-allowable-offset=1e9",
        "zoom-level=9&max-allowable-offset=1",
    ] {
        assert_eq!(scene.server.get(&format!("{ITEMS}?{query}")).status, 400, "{query}");
    }
}
