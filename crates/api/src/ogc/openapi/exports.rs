//! Exports in the background, as the definition of the interface tells them.

use exchange::Format;
use serde_json::{Map, Value, json};
use survey::Programme;

use super::{JSON, content, reference, responses, secured};

const TAG: &str = "Exports";

/// The paths of exports.
pub fn paths(programme: &Programme) -> Map<String, Value> {
    let status = || content(&[JSON], &status(), "How far the export is.");
    let read_refusals = ["400", "410"];
    let operation = |id: &str, summary: &str, success: (&str, Value), refusals: &[&str]| {
        json!({
            "operationId": id,
            "tags": [TAG],
            "summary": summary,
            "security": secured(),
            "responses": responses(&[success], refusals),
        })
    };
    let jobs = json!({
        "type": "object",
        "required": ["jobs", "links"],
        "properties": {
            "jobs": { "type": "array", "items": self::status() },
            "links": { "type": "array", "items": { "type": "object" } },
        },
    });
    let listed = content(&[JSON], &jobs, "Your exports, the newest first.");
    let mut asked = operation(
        "exports.create",
        "Have a file of a collection made in the background",
        ("201", located(status())),
        &["400", "409", "413", "415", "429"],
    );
    asked["requestBody"] = request(programme);
    let mut result = operation(
        "exports.result",
        "The file of a finished export",
        ("200", file("The file.")),
        &["400", "410", "416"],
    );
    result["responses"]["206"] = file("The part of the file that the header Range asks for.");
    result["responses"]["304"] = json!({ "description": "Your copy is current." });
    let here = json!([{
        "name": "export",
        "in": "path",
        "required": true,
        "description": "The id of the export.",
        "schema": { "type": "string" },
    }]);
    let all = [
        (
            "/exports",
            json!({
                "get": operation("exports", "Your exports", ("200", listed), &["400"]),
                "post": asked,
            }),
        ),
        (
            "/exports/{export}",
            json!({
                "parameters": here,
                "get": operation(
                    "exports.status", "How far an export is", ("200", status()), &read_refusals,
                ),
                "delete": operation(
                    "exports.dismiss", "Stop an export, or throw its file away",
                    ("200", status()), &read_refusals,
                ),
            }),
        ),
        ("/exports/{export}/result", json!({ "parameters": here, "get": result })),
    ];
    all.into_iter().map(|(path, item)| (path.to_owned(), item)).collect()
}

fn request(programme: &Programme) -> Value {
    let words: Vec<&str> = Format::all().iter().map(|format| format.word()).collect();
    let collections: Vec<String> =
        programme.collections().map(|collection| collection.name.to_string()).collect();
    json!({
        "required": true,
        "content": { JSON: { "schema": {
            "type": "object",
            "required": ["collection", "format"],
            "additionalProperties": false,
            "properties": {
                "collection": { "type": "string", "enum": collections },
                "format": { "type": "string", "enum": words },
                "parameters": {
                    "type": "object",
                    "description": "The parameters of the listing, by name, besides limit, offset, \
                                    cursor and f.",
                },
            },
        } } },
    })
}

/// OGC 18-062r2, schema `statusInfo`, with members of ours.
fn status() -> Value {
    let instant = json!({ "type": "string", "format": "date-time" });
    let count = json!({ "type": "integer", "minimum": 0 });
    json!({
        "type": "object",
        "required": ["jobID", "status", "type", "created", "progress", "links"],
        "properties": {
            "jobID": { "type": "string" },
            "processID": { "type": "string" },
            "type": { "type": "string", "enum": ["process"] },
            "status": {
                "type": "string",
                "enum": ["accepted", "running", "successful", "failed", "dismissed"],
            },
            "message": { "type": "string" },
            "created": instant,
            "started": instant,
            "finished": instant,
            "updated": instant,
            "expires": instant,
            "progress": { "type": "integer", "minimum": 0, "maximum": 100 },
            "collection": { "type": "string" },
            "format": { "type": "string" },
            "parameters": { "type": "object" },
            "revision": count,
            "features": count,
            "features_matched": count,
            "bytes": count,
            "sha256": { "type": "string" },
            "problem": { "type": "object" },
            "links": { "type": "array", "items": reference("schemas", "document") },
        },
    })
}

fn located(mut answer: Value) -> Value {
    answer["headers"] = json!({ "Location": { "schema": { "type": "string", "format": "uri" } } });
    answer
}

fn file(description: &str) -> Value {
    let schema = json!({ "type": "string", "format": "binary" });
    let types: Vec<&str> = Format::all().iter().map(|format| format.media_type()).collect();
    let mut answer = content(&types, &schema, description);
    let text = || json!({ "schema": { "type": "string" } });
    answer["headers"] = json!({
        "ETag": text(),
        "Content-Disposition": text(),
        "Accept-Ranges": text(),
        "Content-Range": text(),
    });
    answer
}
