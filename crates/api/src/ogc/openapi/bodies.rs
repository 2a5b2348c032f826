//! What is sent besides features and files: layers, reports, exports, webhooks.

use exchange::Format;
use serde_json::{Map, Value, json};
use survey::layer::Layer;
use survey::{Collection, Programme};

use super::inputs::schema;
use super::vocabulary::object;
use crate::exports::ONLY_OF_PAGES;
use crate::ogc::parameters;
use crate::report::{ReportKind, TITLE_LENGTH_MAX};
use crate::webhooks::COLLECTIONS_MAX;
use crate::webhooks::address::LENGTH_MAX;

/// Every schema of a body, by name.
pub fn schemas(programme: &Programme) -> Map<String, Value> {
    let layer = Layer::definition_schema();
    let all = [
        ("layerPatch", patch(&layer)),
        ("layer", layer),
        ("reportRequest", report()),
        ("exportRequest", export(programme)),
        ("webhookRequest", webhook(programme)),
        ("webhookPatch", webhook_patch()),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// An object with these members and no others.
fn closed(required: &[&str], members: Value) -> Value {
    let mut schema = object(required, members);
    schema["additionalProperties"] = json!(false);
    schema
}

/// A merge patch (RFC 7396) of what has a schema: nothing is needed, and null takes a member away
/// that may be left out.
fn patch(whole: &Value) -> Value {
    let mut patch = whole.clone();
    let needed = patch.as_object_mut().and_then(|patch| patch.remove("required"));
    let needed = needed.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    for (name, member) in patch["properties"].as_object_mut().into_iter().flatten() {
        if !needed.iter().any(|one| one == name) {
            member["nullable"] = json!(true);
        }
    }
    patch
}

/// Parameters of a query in a body: as in an address, or as numbers.
fn parameters_of(names: &[&str]) -> Value {
    let of = |name: &&str| ((*name).to_owned(), schema(name, &[]));
    let members: Map<String, Value> = names.iter().map(of).collect();
    closed(&[], Value::Object(members))
}

fn report() -> Value {
    let of_kind = |(word, kind): &(&str, ReportKind)| {
        let names = [kind.parameters(), &["as_of"]].concat();
        let mut required = vec!["title", "kind"];
        // The kind that is meant where none is said.
        if *kind == ReportKind::Progress {
            required.pop();
        }
        closed(
            &required,
            json!({
                "title": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": TITLE_LENGTH_MAX,
                    "pattern": r"^[^\x00]*[^\s\x00][^\x00]*$",
                },
                "kind": { "type": "string", "enum": [word] },
                "parameters": parameters_of(&names),
            }),
        )
    };
    json!({ "oneOf": ReportKind::ALL.iter().map(of_kind).collect::<Vec<_>>() })
}

/// The parameters that a listing of a collection has in a file of all that match.
fn of_listing(programme: &Programme, collection: &Collection) -> Value {
    let mut members = Map::new();
    for name in parameters::OF_ITEMS.iter().filter(|name| !ONLY_OF_PAGES.contains(name)) {
        let parameter = if parameters::OF_NAMES.contains(name) {
            parameters::of_names(name, collection)
        } else {
            parameters::documented(name, programme)
        };
        members.insert((*name).to_owned(), parameter["schema"].clone());
    }
    for queryable in collection.queryables() {
        let parameter = parameters::of_queryable(queryable);
        members.entry(queryable.name.clone()).or_insert_with(|| parameter["schema"].clone());
    }
    closed(&[], Value::Object(members))
}

fn export(programme: &Programme) -> Value {
    let words: Vec<&str> = Format::all().iter().map(|format| format.word()).collect();
    let of_collection = |collection: &Collection| {
        closed(
            &["collection", "format"],
            json!({
                "collection": { "type": "string", "enum": [collection.name] },
                "format": { "type": "string", "enum": words },
                "parameters": of_listing(programme, collection),
            }),
        )
    };
    let collections = programme.collections().map(|collection| of_collection(&collection));
    json!({ "oneOf": collections.collect::<Vec<_>>() })
}

fn webhook(programme: &Programme) -> Value {
    let names: Vec<String> =
        programme.collections().map(|collection| collection.name.to_string()).collect();
    closed(
        &["address"],
        json!({
            "address": {
                "type": "string",
                "format": "uri",
                "maxLength": LENGTH_MAX,
                "description": "Where messages are sent to, over TLS.",
                "example": "https://example.org/changes",
            },
            "collections": {
                "type": "array",
                "maxItems": COLLECTIONS_MAX,
                "items": { "type": "string", "enum": names },
            },
            "bbox": {
                "type": "array",
                "nullable": true,
                "minItems": 4,
                "maxItems": 4,
                "items": { "type": "number" },
            },
            "secret": {
                "type": "string",
                "nullable": true,
                "description": "whsec_ and the Base64 of 24 to 64 random bytes.",
                "pattern": "^whsec_([A-Za-z0-9+/]{4}){8,21}$",
            },
            "since": { "type": "integer", "nullable": true, "minimum": 0 },
        }),
    )
}

fn webhook_patch() -> Value {
    closed(&["status"], json!({ "status": { "type": "string", "enum": ["active", "paused"] } }))
}
