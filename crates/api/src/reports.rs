//! Frozen reports over HTTP: freezing one, listing them, and each as it was answered.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use store::By;
use survey::access::Action;
use uuid::Uuid;

use crate::actor::Caller;
use crate::app::App;
use crate::ogc::base::Base;
use crate::problem::{BODY_TOO_LARGE, Problem, UNREADABLE_BODY};
use crate::query::Parameters;
use crate::report::{ReportRequest, head_document};
use crate::submission::hexadecimal;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// Parameters of the list.
pub const OF_LIST: &[&str] = &["limit", "before"];

/// A request to freeze a report needs no more.
const BODY_BYTES_MAX: usize = 64 << 10;

/// `POST /programmes/{programme}/reports`: freezes a report. The body says `title`, `kind` and the
/// `parameters` of the query; `as_of` among them freezes what was known then.
///
/// What is answered is what is told about it; the document is at `Location`.
pub async fn create_report(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let served = app.programme(&caller, &code, Action::Review)?;
    Parameters::read(&request, &[])?;
    let body = payload
        .to_bytes_limited(BODY_BYTES_MAX)
        .await
        .map_err(|_limit| {
            let detail = format!("a request for a report has up to {BODY_BYTES_MAX} bytes");
            Problem::new(BODY_TOO_LARGE, detail)
        })?
        .map_err(|error| {
            let detail = "the connection broke before the whole request was there; send it again";
            Problem::new(UNREADABLE_BODY, detail).caused_by(error.to_string())
        })?;
    let report = ReportRequest::read(&body)?;
    let picture = app.picture(&served, report.as_of).await?;
    let by = By::new(caller.name(), app.now());
    let root = Base::of(&app, &request).programme(&code);
    let code = code.into_inner();
    let head = app
        .block(move |app| {
            let document = report.document(&picture)?;
            let parameters = report.stored_parameters();
            let new = report.frozen(&code, &picture, &parameters, &document);
            let id = app.store().report_freeze(&by, &new)?;
            Ok::<_, Problem>(app.store().report(&code, id)?.head)
        })
        .await?;
    let location = format!("{root}/reports/{}", head.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(head_document(&root, &head, true)))
}

fn report_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_error| Problem::not_found("report", text))
}

/// `GET /programmes/{programme}/reports`: frozen reports, newest first.
pub async fn list_reports(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_LIST)?;
    app.programme(&caller, &code, Action::ReadRecords)?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let before = parameters.text("before").map(report_id).transpose()?;
    let with_people = caller.is_member(&code);
    let root = Base::of(&app, &request).programme(&code);
    let heads = app.block(move |app| app.store().reports(&code, before, limit)).await?;
    let reports: Vec<Value> =
        heads.iter().map(|head| head_document(&root, head, with_people)).collect();
    Ok(HttpResponse::Ok().json(json!({ "reports": reports })))
}

/// `GET /programmes/{programme}/reports/{report}`: the document as it was answered, to the bit; its
/// SHA-256 is the `ETag`.
pub async fn get_report(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let (code, text) = path.into_inner();
    app.programme(&caller, &code, Action::ReadRecords)?;
    let id = report_id(&text)?;
    let report = app.block(move |app| app.store().report(&code, id)).await?;
    let digest = hexadecimal(&report.head.document_sha256);
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::ETAG, format!("\"{digest}\"")))
        .body(report.document))
}
