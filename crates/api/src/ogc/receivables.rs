//! The schemas that a feature has to validate against before it is created, replaced or updated.
//!
//! # Source
//! OGC 20-002, `/req/features/representation-geojson-replace`; RFC 7946; RFC 7396.

use serde_json::{Map, Value, json};
use survey::{Collection, MissingGeometry};

use super::schemas::{DRAFT, feature_schema};

/// What is sent to make or change a feature, by the word for it in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A new feature.
    Create,
    /// A feature in place of another.
    Replace,
    /// What is to be changed of a feature, as a merge patch.
    Update,
}

impl Mutation {
    /// Each, with its word.
    pub const ALL: &[(&'static str, Self)] =
        &[("create", Self::Create), ("replace", Self::Replace), ("update", Self::Update)];
}

/// The schema of what is sent to a collection: a GeoJSON feature, or a merge patch of one.
pub fn sent_schema(id: &str, collection: &Collection, mutation: Mutation) -> Value {
    let mut own = feature_schema(id, collection);
    let definitions = own.as_object_mut().and_then(|own| own.remove("$defs"));
    let geometry = geometry(collection);
    let mut properties = own["properties"].as_object().cloned().unwrap_or_default();
    properties.remove(collection.geometry_name());
    properties.retain(|_, schema| schema["readOnly"] != true);
    let mut required = own["required"].as_array().cloned().unwrap_or_default();
    // A record that comes without a number is known by its id.
    required.retain(|name| *name != "local_id" && *name != collection.geometry_name());
    let is_open = collection.layer().is_none();
    let mut schema = match mutation {
        Mutation::Create | Mutation::Replace => feature(geometry, properties, required, is_open),
        Mutation::Update => patch(geometry, properties, is_open),
    };
    schema["$schema"] = json!(DRAFT);
    schema["$id"] = json!(id);
    schema["title"] = json!(collection.title);
    if let Some(definitions) = definitions {
        schema["$defs"] = definitions;
    }
    schema
}

fn feature(
    geometry: Value,
    properties: Map<String, Value>,
    required: Vec<Value>,
    is_open: bool,
) -> Value {
    json!({
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": { "const": "Feature" },
            "geometry": geometry,
            "properties": {
                "type": "object",
                "required": required,
                "properties": properties,
                "additionalProperties": is_open,
            },
        },
    })
}

/// Properties stand in a patch by themselves, or in its member `properties`.
fn patch(geometry: Value, properties: Map<String, Value>, is_open: bool) -> Value {
    let or_nothing = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name, or_nothing(schema))).collect();
    let mut members = properties.clone();
    members.insert("type".to_owned(), json!({ "const": "Feature" }));
    members.insert("geometry".to_owned(), geometry);
    members.insert(
        "properties".to_owned(),
        json!({ "type": "object", "properties": properties, "additionalProperties": is_open }),
    );
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

/// The geometry that is taken, written out: a client need not ask anybody else for it.
fn geometry(collection: &Collection) -> Value {
    let kinds = collection.kinds();
    let position = json!({
        "type": "array", "minItems": 2, "maxItems": 4, "items": { "type": "number" },
    });
    let list =
        |least: usize, of: &Value| json!({ "type": "array", "minItems": least, "items": of });
    let line = list(2, &position);
    let rings = list(1, &list(4, &position));
    let all = [
        (kinds.point, "Point", position.clone()),
        (kinds.point, "MultiPoint", list(1, &position)),
        (kinds.line, "LineString", line.clone()),
        (kinds.line, "MultiLineString", list(1, &line)),
        (kinds.area, "Polygon", rings.clone()),
        (kinds.area, "MultiPolygon", list(1, &rings)),
    ];
    let taken = all.into_iter().filter(|(is_taken, ..)| *is_taken).map(|(_, kind, coordinates)| {
        json!({
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": { "type": { "const": kind }, "coordinates": coordinates },
        })
    });
    let mut forms: Vec<Value> = taken.collect();
    if forms.is_empty() || collection.geometry.missing != MissingGeometry::Refused {
        forms.push(json!({ "type": "null" }));
    }
    json!({ "oneOf": forms })
}
