//! The ordered feed of what changed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use store::Change;
use survey::access::Action;

use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// The parameters.
pub const PARAMETERS: &[&str] = &["since", "limit"];

/// `GET /programmes/{programme}/changes?since=`: committed changes after a revision, oldest first.
pub async fn list_changes(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, PARAMETERS)?;
    app.programme(&caller, &code, Action::ReadRecords)?;
    let since = match parameters.text("since") {
        None => 0,
        Some(text) => text
            .parse::<u64>()
            .map_err(|error| invalid("since", "give a revision, from 0").caused_by(error))?,
    };
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let code = code.into_inner();
    let changes = app.block(move |app| app.store().changes(&code, since, limit)).await?;
    let changes: Vec<Value> = changes.iter().map(change_document).collect();
    Ok(HttpResponse::Ok().json(json!({ "changes": changes })))
}

/// A change as it is told.
pub fn change_document(change: &Change) -> Value {
    json!({
        "revision": change.revision,
        "operation": change.operation,
        "submission": change.submission,
        "collection": change.collection,
        "record_count": change.record_count,
        "bbox": change.bbox.map(|bbox| [bbox.west, bbox.south, bbox.east, bbox.north]),
        "recorded_at": change.recorded_at,
        "actor": change.actor,
    })
}
