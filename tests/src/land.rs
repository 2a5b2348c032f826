//! Features for tests: each states only what it is about.

use serde_json::{Value, json};

/// A square ring of about `side_m` metres with its south-west corner at `lon`, `lat`.
pub fn square(lon: f64, lat: f64, side_m: f64) -> Value {
    let height = side_m / 110_600.0;
    let width = side_m / (111_320.0 * lat.to_radians().cos());
    json!({
        "type": "Polygon",
        "coordinates": [[
            [lon, lat], [lon + width, lat], [lon + width, lat + height], [lon, lat + height],
            [lon, lat],
        ]],
    })
}

/// A feature with these properties.
pub fn feature(geometry: &Value, properties: &Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

/// A collection of these features.
pub fn collection(features: &[Value]) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// A suspected hazardous area.
pub fn hazardous_area(local_id: &str, identified_on: &str, geometry: &Value) -> Value {
    feature(
        geometry,
        &json!({
            "local_id": local_id,
            "classification": "suspected",
            "identified_on": identified_on,
            "organisation": "Survey Group",
        }),
    )
}

/// A release by clearance of land in one hazardous area.
pub fn clearance(local_id: &str, of: &str, released_on: &str, geometry: &Value) -> Value {
    feature(
        geometry,
        &json!({
            "local_id": local_id,
            "outcome": "cleared",
            "released_on": released_on,
            "hazardous_areas": [of],
            "organisation": "Clearance Group",
            "depth_cm": 20,
        }),
    )
}

/// A region of the first level.
pub fn region(local_id: &str, name: &str, geometry: &Value) -> Value {
    feature(geometry, &json!({ "local_id": local_id, "name": name, "level": 1 }))
}
