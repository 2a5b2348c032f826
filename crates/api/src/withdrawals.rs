//! Withdrawing a record: a further version that claims nothing.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use store::{By, Withdrawal};
use survey::Locking;
use survey::access::Action;

use crate::actor::Caller;
use crate::app::App;
use crate::items::found;
use crate::ogc::precondition;
use crate::problem::{Problem, WITHDRAWN};
use crate::programmes::collection;
use crate::query::{Parameters, invalid};

/// The parameters.
pub const PARAMETERS: &[&str] = &["reason", "effective_on"];

/// A reason fits on a form.
const REASON_LENGTH_MAX: usize = 1_000;

/// What is recorded when a client that knows no reasons withdraws a record.
const UNREASONED: &str = "withdrawn without a reason";

/// `DELETE …/collections/{collection}/items/{item}?reason=…&effective_on=…`: withdraws a record.
///
/// Nothing is removed: every version stays, and land that the record alone called hazardous becomes
/// an adjustment, never a release. `If-Match` names the version the caller has read; where the
/// programme requires it, and a reason, nobody takes back what they have not seen. `effective_on` is the day from which the record claims
/// nothing, by default today.
///
/// # Source
/// OGC API – Features, Part 4 (20-002), delete and optimistic locking.
pub async fn withdraw_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let served = app.programme(&caller, &code, Action::Review)?;
    let collection = collection(&served.programme(), &name)?;
    let record = found(&served.snapshot(), &collection.name, &item)?;
    if !record.is_in_force() {
        return Err(Problem::new(WITHDRAWN, format!("{} is withdrawn already", record.local_id)));
    }
    let policy = served.programme().locking(&collection.name);
    precondition::guard(&request, &record, policy)?;
    let expected_version = record.version;
    let reason = match (parameters.text("reason"), policy) {
        (None, Locking::Recommended) => UNREASONED.to_owned(),
        _ => parameters.required("reason")?.trim().to_owned(),
    };
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH_MAX {
        return Err(invalid("reason", &format!("say why in 1 to {REASON_LENGTH_MAX} characters")));
    }
    let effective_on = parameters.day("effective_on")?.unwrap_or_else(|| app.today());
    if effective_on > app.today() || effective_on < record.effective_on {
        let first = record.effective_on;
        return Err(invalid("effective_on", &format!("give a day from {first} until today")));
    }
    let by = By::new(caller.name(), app.now());
    let written = app
        .block(move |app| {
            app.store().record_withdraw(
                &by,
                &Withdrawal {
                    programme: &code,
                    collection: &collection.name,
                    id: record.id,
                    expected_version,
                    effective_on,
                    reason: &reason,
                },
            )
        })
        .await?;
    app.refresh(&served).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", written.version)))
        .json(json!({ "version": written.version, "revision": written.revision })))
}
