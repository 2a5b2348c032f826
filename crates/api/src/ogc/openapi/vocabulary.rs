//! Schemas that others are made of, in the words of OpenAPI 3.0.

use serde_json::{Value, json};

use super::reference;

/// An object with these members; those that are listed are always there.
pub fn object(required: &[&str], members: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": members })
}

/// A list of things that have a schema.
pub fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// The schema of that name among the components.
pub fn named(name: &str) -> Value {
    reference("schemas", name)
}

/// As `schema`, or null. A reference cannot be made nullable in OpenAPI 3.0, an object can.
pub fn or_null(mut schema: Value) -> Value {
    schema["nullable"] = json!(true);
    schema
}

/// A text.
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// A whole number from 0.
pub fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

/// A number.
pub fn number() -> Value {
    json!({ "type": "number" })
}

/// True or false.
pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// A day, `YYYY-MM-DD`.
pub fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

/// An instant, RFC 3339.
pub fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// The id of something.
pub fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// Links, RFC 8288.
pub fn links() -> Value {
    list(named("link"))
}

/// Longitude and latitude of the lower left and the upper right corner.
pub fn bbox() -> Value {
    json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } })
}

/// An object of which the names are not known beforehand.
pub fn values() -> Value {
    json!({ "type": "object", "additionalProperties": {} })
}
