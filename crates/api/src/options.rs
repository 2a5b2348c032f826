//! What each caller may do with a resource that is edited.
//!
//! # Source
//! OGC API – Features – Part 4 (20-002), requirements class *create-replace-delete*: the answer to
//! OPTIONS lists the methods allowed in the context of the request.

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use survey::access::{Action, decide};

use crate::actor::Caller;
use crate::app::App;
use crate::ogc::answer::{GEOJSON, JSON};
use crate::ogc::edit::MERGE_PATCH;
use crate::problem::Problem;
use crate::programmes::collection;
use crate::submissions::MEDIA_TYPES;

/// Begins the answer to OPTIONS: the methods this caller may use, those that read first.
fn allowed(
    app: &App,
    caller: &Caller,
    code: &str,
    read: Action,
    methods: &[(&'static str, Action)],
) -> Result<HttpResponseBuilder, Problem> {
    let served = app.programme(caller, code, Action::ReadRecords)?;
    let public_read = served.programme().public_read;
    let may = |action| decide(caller.role(code), public_read, action).is_ok();
    let reading = [("GET", read), ("HEAD", read), ("OPTIONS", Action::ReadRecords)];
    let methods =
        reading.iter().chain(methods).filter(|(_, action)| may(*action)).map(|(method, _)| *method);
    let allow = methods.collect::<Vec<_>>().join(", ");
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::ALLOW, allow));
    Ok(answer)
}

/// `OPTIONS …/collections`.
pub async fn of_collections(
    app: web::Data<App>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut answer =
        allowed(&app, &caller, &code, Action::ReadRecords, &[("POST", Action::Manage)])?;
    Ok(answer.insert_header(("Accept-Post", JSON)).finish())
}

/// `OPTIONS …/collections/{collection}`: record types are the same in every programme, so that only
/// layers are changed.
pub async fn of_collection(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    if collection(&served.programme(), &name)?.layer().is_none() {
        return Ok(allowed(&app, &caller, &code, Action::ReadRecords, &[])?.finish());
    }
    let methods = ["PUT", "PATCH", "DELETE"].map(|method| (method, Action::Manage));
    let mut answer = allowed(&app, &caller, &code, Action::ReadRecords, &methods)?;
    Ok(answer.insert_header(("Accept-Patch", format!("{MERGE_PATCH}, {JSON}"))).finish())
}

/// `OPTIONS …/collections/{collection}/items`.
pub async fn of_items(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let mut answer =
        allowed(&app, &caller, &code, Action::ReadRecords, &[("POST", Action::Submit)])?;
    collection(&app.programme(&caller, &code, Action::ReadRecords)?.programme(), &name)?;
    Ok(answer.insert_header(("Accept-Post", format!("{GEOJSON}, {JSON}"))).finish())
}

/// `OPTIONS …/collections/{collection}/items/{item}`: also for an id that is not there, which
/// clients ask about before they know one.
pub async fn of_item(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, _item) = path.into_inner();
    let methods = [("PUT", Action::Submit), ("PATCH", Action::Submit), ("DELETE", Action::Review)];
    let mut answer = allowed(&app, &caller, &code, Action::ReadRecords, &methods)?;
    collection(&app.programme(&caller, &code, Action::ReadRecords)?.programme(), &name)?;
    Ok(answer.insert_header(("Accept-Patch", format!("{MERGE_PATCH}, {JSON}"))).finish())
}

/// `OPTIONS …/submissions`.
pub async fn of_submissions(
    app: web::Data<App>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut answer = allowed(&app, &caller, &code, Action::Submit, &[("POST", Action::Submit)])?;
    Ok(answer.insert_header(("Accept-Post", MEDIA_TYPES.join(", "))).finish())
}

/// `OPTIONS …/reports`.
pub async fn of_reports(
    app: web::Data<App>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut answer =
        allowed(&app, &caller, &code, Action::ReadRecords, &[("POST", Action::Review)])?;
    Ok(answer.insert_header(("Accept-Post", JSON)).finish())
}
