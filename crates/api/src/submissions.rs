//! Uploads over HTTP: receive, check, record, answer; and what became of earlier ones.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use store::{OnError, StoredSubmission};
use survey::access::{Action, Role};
use uuid::Uuid;

use crate::actor::Caller;
use crate::app::App;
use crate::mapping::Mapping;
use crate::ogc::base::Base;
use crate::problem::{
    INVALID_HEADER, Problem, SUBMISSION_REJECTED, UNREADABLE_BODY, UNSUPPORTED_MEDIA_TYPE,
};
use crate::programmes::collection;
use crate::query::{Parameters, invalid};
use crate::spool;
use crate::submission::{self, Answer, IDEMPOTENCY_KEY_LENGTH_MAX, Outcome, Request, hexadecimal};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// Parameters of the list.
pub const OF_LIST: &[&str] = &["limit", "before"];

/// Parameters of a new submission.
pub const OF_NEW: &[&str] = &["collection", "on_error", "accept_repairs", "dry_run", "layer"];

/// How a submission with errors is taken.
pub const ON_ERROR: &[&str] = &["reject", "skip"];

/// The types of bodies that are taken, the usual first.
pub const MEDIA_TYPES: &[&str] = &[
    "application/geo+json",
    "application/geo+json-seq",
    "application/json",
    "application/json-seq",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/flatgeobuf",
    "application/geopackage+sqlite3",
    #[cfg(feature = "geoparquet")]
    "application/vnd.apache.parquet",
    "application/vnd.sqlite3",
    "application/x-sqlite3",
    "application/vnd.google-earth.kml+xml",
    "application/vnd.google-earth.kmz",
    "application/gpx+xml",
    "application/xml",
    "text/xml",
    "application/vnd.shp+zip",
    "application/x-shapefile",
    "application/zip",
    "application/x-zip-compressed",
];

/// What curl declares for whatever it is told to send: says nothing of what it is.
const UNDECLARED: &str = "application/x-www-form-urlencoded";

fn media_type_is_readable(request: &HttpRequest) -> Result<(), Problem> {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    if media_type == UNDECLARED {
        return Ok(());
    }
    if !MEDIA_TYPES.contains(&media_type.as_str()) {
        return Err(Problem::new(
            UNSUPPORTED_MEDIA_TYPE,
            format!("send one of: {}; gzip is recognised", MEDIA_TYPES.join(", ")),
        ));
    }
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"').to_ascii_lowercase())
    });
    match charset.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(other) => Err(Problem::new(
            UNSUPPORTED_MEDIA_TYPE,
            format!("texts are read as UTF-8 (RFC 8259 §8.1), not {other}; convert the file"),
        )),
    }
}

fn encoding_is_readable(request: &HttpRequest) -> Result<(), Problem> {
    let Some(value) = request.headers().get(header::CONTENT_ENCODING) else { return Ok(()) };
    match value.to_str().unwrap_or_default().to_ascii_lowercase().as_str() {
        "identity" | "gzip" | "x-gzip" => Ok(()),
        other => Err(Problem::new(
            UNSUPPORTED_MEDIA_TYPE,
            format!("a body can be plain or gzip, not \"{other}\""),
        )),
    }
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > IDEMPOTENCY_KEY_LENGTH_MAX || !printable {
        return Err(Problem::new(
            INVALID_HEADER,
            format!(
                "{IDEMPOTENCY_KEY} is 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} printable ASCII characters \
                 without spaces; a UUID is a good one"
            ),
        ));
    }
    Ok(Some(text.to_owned()))
}

/// `POST /programmes/{programme}/submissions?collection=…`: checks and records features.
///
/// Options: `on_error=reject|skip` (default `reject`), `accept_repairs=true|false` (take the
/// repairs suggested for boundaries; each is recorded), `dry_run=true|false`, `layer` (of a file with
/// several). The body is of any format that [`exchange::read_any`] knows, seen from its bytes. Answers 201 when
/// applied, 200 after a dry run or when the same submission had been answered before, 422 when
/// rejected; the receipt is the same document in each case.
pub async fn create_submission(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_NEW)?;
    let served = app.programme(&caller, &code, Action::Submit)?;
    let collection = collection(&served.programme(), parameters.required("collection")?)
        .map_err(|_unknown| invalid("collection", "there is no collection of that name"))?;
    let accept_repairs = parameters.flag("accept_repairs")?;
    let on_error = match parameters.word("on_error", ON_ERROR)? {
        Some("skip") => OnError::Skip,
        _ => OnError::Reject,
    };
    let dry_run = parameters.flag("dry_run")?;
    let layer = parameters.text("layer").map(str::to_owned);
    let key = idempotency_key(&request)?;
    media_type_is_readable(&request)?;
    encoding_is_readable(&request)?;

    let declared_bytes = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let limits = app.limits();
    let body = spool::receive(payload, declared_bytes, limits.bytes_max).await?;
    if dry_run && body.bytes() == 0 {
        return Err(Problem::new(UNREADABLE_BODY, "there is no body to be checked; send a file"));
    }

    let (programme, snapshot) = (served.programme(), served.snapshot());
    let actor = caller.name().to_owned();
    let role = caller.role(&served.programme().code).unwrap_or(Role::Contributor);
    let answer = app
        .block(move |app| {
            let request = Request {
                programme: &programme,
                collection: &collection,
                actor: &actor,
                role,
                idempotency_key: key.as_deref(),
                on_error,
                accept_repairs,
                dry_run,
                mapping: &Mapping::default(),
                body: &body,
                limits: limits.read,
                layer: layer.as_deref(),
                received_at: app.now(),
                edits: None,
            };
            submission::submit(app.store(), snapshot.as_ref(), &request, &mut |_features| ())
        })
        .await?;
    if let Answer::New(receipt) = &answer
        && receipt.outcome == Outcome::Applied
    {
        app.refresh(&served).await?;
    }
    view(&Base::of(&app, &request), &answer)
}

fn view(base: &Base, answer: &Answer) -> Result<HttpResponse, Problem> {
    let document = answer.document();
    if document["outcome"] == "rejected" {
        return Err(rejection(&document));
    }
    let mut response = match answer {
        Answer::New(receipt) if receipt.outcome == Outcome::Applied => HttpResponse::Created(),
        Answer::New(_) | Answer::Repeated(_) => HttpResponse::Ok(),
    };
    if let (Some(programme), Some(id)) =
        (document["programme"].as_str(), document["submission"].as_str())
    {
        let location = format!("{}/submissions/{id}", base.programme(programme));
        response.insert_header((header::LOCATION, location));
    }
    if answer.is_repeated() {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    Ok(response.json(document))
}

fn rejection(document: &Value) -> Problem {
    let with_errors = document["features"]["with_errors"].as_u64().unwrap_or_default();
    let problem = match document["unreadable"]["message"].as_str() {
        Some(message) => Problem::new(UNREADABLE_BODY, message),
        None if with_errors == 0 => {
            Problem::new(SUBMISSION_REJECTED, "the body holds no features; nothing was applied")
        }
        None => Problem::new(
            SUBMISSION_REJECTED,
            format!(
                "{with_errors} feature(s) have errors, so nothing was applied; mend them, or send \
                 again with on_error=skip to apply the others"
            ),
        ),
    };
    problem.with_all(document.as_object().cloned().unwrap_or_default())
}

fn submission_document(submission: &StoredSubmission) -> Value {
    json!({
        "submission": submission.id,
        "collection": submission.collection,
        "actor": submission.actor,
        "received_at": submission.received_at,
        "status": submission.status,
        "bytes": submission.body_bytes,
        "sha256": hexadecimal(&submission.body_sha256),
        "revision": submission.revision,
    })
}

/// `GET /programmes/{programme}/submissions`: earlier submissions, newest first.
pub async fn list_submissions(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_LIST)?;
    app.programme(&caller, &code, Action::Submit)?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let before = parameters.text("before").map(submission_id).transpose()?;
    let code = code.into_inner();
    let found = app.block(move |app| app.store().submissions(&code, before, limit)).await?;
    let submissions: Vec<Value> = found.iter().map(submission_document).collect();
    Ok(HttpResponse::Ok().json(json!({ "submissions": submissions })))
}

fn submission_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_error| Problem::not_found("submission", text))
}

/// The receipt as it was given, and how the submission was sent. One that is not decided yet has no
/// receipt, and tells how it was sent alone.
fn receipt_document(programme: &str, stored: StoredSubmission) -> Value {
    let options: Value = serde_json::from_str(&stored.options).unwrap_or_default();
    let mut document = submission_document(&stored);
    document["programme"] = json!(programme);
    document["idempotency_key"] = json!(stored.idempotency_key);
    document["on_error"] = json!(stored.on_error);
    document["accept_repairs"] = json!(options["accept_repairs"] == true);
    document["layer"] = options["layer"].clone();
    if let (Some(members), Some(Value::Object(receipt))) =
        (document.as_object_mut(), stored.receipt)
    {
        members.extend(receipt);
    }
    document
}

/// `GET /programmes/{programme}/submissions/{submission}`: the receipt as it was given, and by whom,
/// when and with which options it was sent.
pub async fn get_submission(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let (code, text) = path.into_inner();
    app.programme(&caller, &code, Action::Submit)?;
    let id = submission_id(&text)?;
    let document = app
        .block(move |app| {
            app.store().submission(&code, id).map(|stored| receipt_document(&code, stored))
        })
        .await?;
    Ok(HttpResponse::Ok().json(document))
}

/// `GET /programmes/{programme}/submissions/{submission}/body`: the bytes as they were sent.
pub async fn get_submission_body(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let (code, text) = path.into_inner();
    app.programme(&caller, &code, Action::Submit)?;
    let id = submission_id(&text)?;
    let body = app
        .block(move |app| {
            let mut body = Vec::new();
            app.store().submission_body(&code, id, &mut body).map(|()| body)
        })
        .await?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(body))
}
