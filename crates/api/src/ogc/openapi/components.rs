//! What the paths refer to: parameters, refusals, schemas, security.

use serde_json::{Map, Value, json};
use survey::Programme;

use super::vocabulary::{object, text};
use super::{PROBLEM, answers, bodies, content, features};
use crate::ogc::parameters;

/// Answers that are refusals, by status.
const REFUSALS: &[(&str, &str)] = &[
    ("400", "A parameter, header or body cannot be used."),
    ("401", "A valid token is needed."),
    ("403", "This token may not do that here."),
    ("404", "There is no such resource."),
    ("406", "None of the forms asked for can be given."),
    ("409", "It conflicts with what is recorded."),
    ("410", "It was here, and is gone: a record that was withdrawn, an export that expired."),
    ("412", "The record is not as the condition says."),
    ("413", "The body is larger than is taken."),
    ("415", "The body is of a type that cannot be read."),
    ("416", "The file does not have those bytes."),
    ("422", "The feature breaks rules, which the answer names."),
    ("428", "The version that was read must be named."),
    ("429", "Too many are not finished yet."),
    ("500", "The server failed."),
    ("503", "The server cannot answer reliably now."),
];

/// The components of a programme's definition.
pub fn components(programme: &Programme) -> Value {
    let mut declared: Map<String, Value> = parameters::OF_ITEMS
        .iter()
        .filter(|name| !parameters::OF_NAMES.contains(name))
        .map(|name| ((*name).to_owned(), parameters::documented(name, programme)))
        .collect();
    for (name, description) in [
        ("If-Match", "The ETag of the version that was read."),
        ("If-Unmodified-Since", "The Last-Modified of the version that was read."),
    ] {
        declared.insert(
            name.to_owned(),
            json!({
                "name": name,
                "in": "header",
                "description": description,
                "schema": { "type": "string" },
            }),
        );
    }
    let refusals: Map<String, Value> = REFUSALS
        .iter()
        .map(|(status, text)| {
            let answer = content(&[(PROBLEM, "problem")], text);
            (format!("Refusal{status}"), answer)
        })
        .collect();
    let mut all = features::schemas();
    all.extend(answers::schemas());
    all.extend(bodies::schemas(programme));
    all.insert("problem".to_owned(), problem());
    for collection in programme.collections() {
        let name = &collection.name;
        all.insert(format!("{name}.feature"), features::feature_of(&collection));
        all.insert(format!("{name}.patch"), features::patch_of(&collection));
    }
    json!({
        "parameters": declared,
        "responses": refusals,
        "schemas": all,
        "securitySchemes": {
            "token": { "type": "http", "scheme": "bearer", "description": "A token of Safeground." },
        },
    })
}

/// RFC 9457, with members of ours.
fn problem() -> Value {
    object(
        &["type", "title", "status", "detail", "code"],
        json!({
            "type": text(),
            "title": text(),
            "status": { "type": "integer" },
            "detail": text(),
            "code": text(),
            "description": text(),
        }),
    )
}
