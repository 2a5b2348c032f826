//! Exports in the background, as the definition of the interface tells them.

use exchange::Format;
use serde_json::{Map, Value, json};

use super::answers::Schemas;
use super::inputs::of_path;
use super::vocabulary::{count, instant, links, list, named, object, text, values};
use super::{Form, JSON, body, content, responses, secured};

const TAG: &str = "Exports";

/// The paths of exports.
pub fn paths() -> Map<String, Value> {
    let status = || content(&[(JSON, "statusInfo")], "How far the export is.");
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
    let listed = content(&[(JSON, "jobList")], "Your exports, the newest first.");
    let mut asked = operation(
        "exports.create",
        "Have a file of a collection made in the background",
        ("201", located(status())),
        &["400", "409", "413", "415", "429"],
    );
    asked["requestBody"] = body(&[(JSON, "exportRequest")]);
    let mut result = operation(
        "exports.result",
        "The file of a finished export",
        ("200", file("The file.")),
        &["400", "410", "416"],
    );
    result["responses"]["206"] = file("The part of the file that the header Range asks for.");
    let here = of_path("/{export}");
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

/// OGC 18-062r2, schemas `statusInfo` and `jobList`, with members of ours.
pub fn schemas() -> Schemas {
    let status = object(
        &["jobID", "status", "type", "created", "progress", "links"],
        json!({
            "jobID": text(),
            "processID": text(),
            "type": { "type": "string", "enum": ["process"] },
            "status": {
                "type": "string",
                "enum": ["accepted", "running", "successful", "failed", "dismissed"],
            },
            "message": text(),
            "created": instant(),
            "started": instant(),
            "finished": instant(),
            "updated": instant(),
            "expires": instant(),
            "progress": { "type": "integer", "minimum": 0, "maximum": 100 },
            "collection": text(),
            "format": text(),
            "parameters": { "type": "object", "additionalProperties": text() },
            "revision": count(),
            "features": count(),
            "features_matched": count(),
            "bytes": count(),
            "sha256": text(),
            "problem": values(),
            "links": links(),
        }),
    );
    let jobs =
        object(&["jobs", "links"], json!({ "jobs": list(named("statusInfo")), "links": links() }));
    vec![("statusInfo", status), ("jobList", jobs)]
}

fn located(mut answer: Value) -> Value {
    answer["headers"] = json!({ "Location": { "schema": { "type": "string", "format": "uri" } } });
    answer
}

fn file(description: &str) -> Value {
    let forms: Vec<Form> =
        Format::all().iter().map(|format| (format.media_type(), "file")).collect();
    let mut answer = content(&forms, description);
    let text = || json!({ "schema": text() });
    answer["headers"] = json!({
        "ETag": text(),
        "Content-Disposition": text(),
        "Accept-Ranges": text(),
        "Content-Range": text(),
    });
    answer
}
