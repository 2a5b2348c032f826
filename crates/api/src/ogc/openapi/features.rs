//! GeoJSON as it is sent and answered, RFC 7946, in the words of OpenAPI 3.0.

use serde_json::{Map, Value, json};
use survey::{Collection, GeometryKinds, MissingGeometry, QueryableKind};

use super::vocabulary::{count, instant, links, list, named, object, or_null, text, values};
use crate::ogc::schemas;

const DAY_OR_NOTHING: &str = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$";

/// Kinds of geometry with how deep positions are nested in them.
const KINDS: &[(&str, usize)] = &[
    ("Point", 0),
    ("MultiPoint", 1),
    ("LineString", 1),
    ("MultiLineString", 2),
    ("Polygon", 2),
    ("MultiPolygon", 3),
];

/// The name of the schema of a kind of geometry, as OGC 17-069r4 calls it.
fn schema_name(kind: &str) -> String {
    format!("{}{}GeoJSON", kind[..1].to_ascii_lowercase(), &kind[1..])
}

/// The schemas of geometries, features and collections of these.
pub fn schemas() -> Map<String, Value> {
    let position =
        json!({ "type": "array", "minItems": 2, "maxItems": 4, "items": { "type": "number" } });
    let mut all = Map::new();
    for (kind, depth) in KINDS {
        let coordinates = (0..*depth).fold(position.clone(), |inner, _| list(inner));
        let members = json!({
            "type": { "type": "string", "enum": [kind] },
            "coordinates": coordinates,
        });
        all.insert(schema_name(kind), object(&["type", "coordinates"], members));
    }
    let kinds: Vec<Value> = KINDS.iter().map(|(kind, _)| named(&schema_name(kind))).collect();
    let geometries = object(
        &["type", "geometries"],
        json!({
            "type": { "type": "string", "enum": ["GeometryCollection"] },
            "geometries": list(json!({ "oneOf": kinds.clone() })),
        }),
    );
    all.insert("geometrycollectionGeoJSON".to_owned(), geometries);
    let of_feature = [kinds, vec![named("geometrycollectionGeoJSON")]].concat();
    let feature = object(
        &["type", "geometry", "properties"],
        json!({
            "type": { "type": "string", "enum": ["Feature"] },
            "id": text(),
            "geometry": { "type": "object", "nullable": true, "oneOf": of_feature },
            "properties": or_null(values()),
            "links": links(),
        }),
    );
    let features = object(
        &["type", "features"],
        json!({
            "type": { "type": "string", "enum": ["FeatureCollection"] },
            "features": list(named("featureGeoJSON")),
            "links": links(),
            "timeStamp": instant(),
            "numberMatched": count(),
            "numberReturned": count(),
        }),
    );
    all.insert("featureGeoJSON".to_owned(), feature);
    all.insert("featureCollectionGeoJSON".to_owned(), features);
    all
}

/// The geometry that the features of a collection may have.
fn geometry(collection: &Collection) -> Value {
    let GeometryKinds { point, line, area } = collection.kinds();
    let is_taken = |kind: &str| {
        (point && kind.ends_with("Point"))
            || (line && kind.ends_with("LineString"))
            || (area && kind.ends_with("Polygon"))
    };
    let taken = KINDS.iter().filter(|(kind, _)| is_taken(kind));
    let taken: Vec<Value> = taken.map(|(kind, _)| named(&schema_name(kind))).collect();
    if taken.is_empty() {
        // A table: JSON Schema says "null" by a list of no other values.
        return json!({ "type": "object", "nullable": true, "enum": [null] });
    }
    let can_be_null = collection.geometry.missing != MissingGeometry::Refused;
    json!({ "type": "object", "nullable": can_be_null, "oneOf": taken })
}

/// A property that may be left out, and so may be null.
fn optional(mut schema: Value, kind: QueryableKind) -> Value {
    // An empty text is as good as none, as forms send it.
    if kind == QueryableKind::Date {
        return json!({ "type": "string", "nullable": true, "pattern": DAY_OR_NOTHING });
    }
    // A list of values takes only what it lists, null too.
    if let Some(codes) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        codes.push(Value::Null);
    }
    or_null(schema)
}

/// A feature of a collection as it is sent. What each property is stands in the collection's schema,
/// in JSON Schema; OpenAPI 3.0 knows less.
pub fn feature_of(collection: &Collection) -> Value {
    let mut required = collection.schema()["required"].as_array().cloned().unwrap_or_default();
    // A record that comes without a number is known by its id.
    required.retain(|name| name != "local_id");
    let mut properties = Map::new();
    for queryable in collection.queryables() {
        let schema = schemas::queryable_schema(queryable);
        let is_required = required.contains(&json!(queryable.name));
        let schema = if is_required { schema } else { optional(schema, queryable.kind) };
        properties.insert(queryable.name.clone(), schema);
    }
    let members = json!({
        "type": { "type": "string", "enum": ["Feature"] },
        "geometry": geometry(collection),
        "properties": { "type": "object", "required": required, "properties": properties },
    });
    object(&["type", "geometry", "properties"], members)
}

/// What may be changed of a feature, as a merge patch (RFC 7396): null takes a property away.
pub fn patch_of(collection: &Collection) -> Value {
    let queryables = collection.queryables().iter();
    let properties: Map<String, Value> = queryables
        .map(|it| (it.name.clone(), optional(schemas::queryable_schema(it), it.kind)))
        .collect();
    let mut members = properties.clone();
    members.insert(collection.geometry_name().to_owned(), geometry(collection));
    for (name, schema) in [
        ("type", json!({ "type": "string", "enum": ["Feature"] })),
        ("geometry", geometry(collection)),
        ("properties", json!({ "type": "object", "properties": properties })),
    ] {
        members.insert(name.to_owned(), schema);
    }
    let mut patch = object(&[], Value::Object(members));
    patch["additionalProperties"] = json!(false);
    patch["description"] = json!(
        "Properties by themselves or among \"properties\". What else a feature tells, such as its id and \
         links, may be sent back with it, and changes nothing."
    );
    patch
}
