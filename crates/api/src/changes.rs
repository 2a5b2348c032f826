//! The ordered feed of what changed.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use store::{Change, Revision};
use survey::access::Action;

use crate::actor::Caller;
use crate::app::App;
use crate::live::stream_changes;
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// No revision is greater: databases count them with a sign.
pub const REVISION_MAX: Revision = Revision::MAX >> 1;

/// The parameters.
pub const PARAMETERS: &[&str] = &["since", "limit"];

/// `GET /programmes/{programme}/changes?since=`: committed changes after a revision, oldest first;
/// as they happen, for who asks for `text/event-stream`.
pub async fn list_changes(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if request.method() == Method::GET && asks_for_events(&request) {
        return stream_changes(app, caller, request, code).await;
    }
    let parameters = Parameters::read(&request, PARAMETERS)?;
    app.programme(&caller, &code, Action::ReadRecords)?;
    let with_people = caller.is_member(&code);
    let since = match parameters.text("since") {
        None => 0,
        Some(text) => {
            let since = text.parse().ok().filter(|since| *since <= REVISION_MAX);
            since.ok_or_else(|| invalid("since", "give a revision, from 0"))?
        }
    };
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let code = code.into_inner();
    let changes = app.block(move |app| after(app, &code, since, limit)).await?;
    let changes: Vec<Value> =
        changes.iter().map(|change| change_document(change, with_people)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::VARY, "Accept"))
        .json(json!({ "changes": changes })))
}

/// Changes after a revision, which must be one that there is: whoever waits for others behind one of the
/// future would not be told of those before it.
fn after(app: &App, code: &str, since: Revision, limit: usize) -> Result<Vec<Change>, Problem> {
    let changes = app.store().changes(code, since, limit)?;
    if changes.is_empty() {
        let newest = app.store().programme(code)?.revision;
        if since > newest {
            return Err(unknown_since(newest));
        }
    }
    Ok(changes)
}

/// What is said of a `since` that names no revision up to the newest.
pub fn unknown_since(newest: Revision) -> Problem {
    invalid("since", &format!("give a revision from 0 to {newest}, the newest"))
}

/// Whether the header `Accept` names the type of streams before any other that is given here.
fn asks_for_events(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let ranges = accept.unwrap_or_default().split(',');
    let types = ranges.filter_map(|range| range.split(';').next()).map(str::trim);
    let known = ["text/event-stream", "application/json", "application/*", "*/*"];
    let first = types.map(str::to_ascii_lowercase).find(|kind| known.contains(&kind.as_str()));
    first.is_some_and(|kind| kind == known[0])
}

/// A change as it is told; who made it is told to members only.
pub fn change_document(change: &Change, with_people: bool) -> Value {
    let mut document = json!({
        "revision": change.revision,
        "operation": change.operation,
        "submission": change.submission,
        "collection": change.collection,
        "record_count": change.record_count,
        "bbox": change.bbox.map(|bbox| [bbox.west, bbox.south, bbox.east, bbox.north]),
        "recorded_at": change.recorded_at,
    });
    if with_people {
        document["actor"] = json!(change.actor);
    }
    document
}
