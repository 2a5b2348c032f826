//! Exports in the background: asking for one, how far it is, its file, and calling it off.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use exchange::Format;
use serde_json::{Map, Value, json};
use survey::Collection;
use survey::access::Action;

use crate::actor::Caller;
use crate::app::{App, Served};
use crate::clocks::{AsOf, Clocks};
use crate::export::jobs::{Job, State, Wanted};
use crate::export::{Kept, running, send_part};
use crate::ogc::answer::{JSON, cacheable, is_known};
use crate::ogc::base::Base;
use crate::ogc::choice::{Style, items_query};
use crate::ogc::collections::{instant, link};
use crate::ogc::downloads::{self, Download};
use crate::ogc::edit::read_object;
use crate::ogc::parameters;
use crate::problem::{
    EXPORT_WITHOUT_RESULT, INVALID_BODY, Problem, RANGE_NOT_SATISFIABLE, UNAUTHENTICATED,
};
use crate::programmes::collection;
use crate::query::{Parameters, invalid};
use crate::range::{self, Part};

const RESULTS: &str = "http://www.opengis.net/def/rel/ogc/1.0/results";

/// Members of the body of a request.
pub const MEMBERS: &[&str] = &["collection", "format", "parameters"];

/// Parameters of a listing that no whole file can have.
pub const ONLY_OF_PAGES: &[&str] = &["limit", "offset", "cursor", "f"];

/// A programme and somebody who may read it. Exports belong to whoever made them, and strangers
/// cannot be told from each other: without a token there are none.
fn served(app: &App, caller: &Caller, code: &str) -> Result<Arc<Served>, Problem> {
    let served = app.programme(caller, code, Action::ReadRecords)?;
    if caller.is_public() {
        let detail = "an export belongs to whoever asks for it; send a token, or take the items \
                      with f=… at once";
        return Err(Problem::new(UNAUTHENTICATED, detail));
    }
    Ok(served)
}

/// The parameters of a listing, as texts they would have in an address.
fn texts(parameters: Map<String, Value>) -> Result<BTreeMap<String, String>, Problem> {
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Number(_) | Value::Bool(_) => Ok((name, value.to_string())),
        // A filter in JSON.
        Value::Object(_) if name == "filter" => Ok((name, value.to_string())),
        Value::Array(parts) if parts.iter().all(|part| part.is_string() || part.is_number()) => {
            let part = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
            Ok((name, parts.iter().map(part).collect::<Vec<_>>().join(",")))
        }
        _ => Err(invalid(&name, "give a text, a number, true or false, or a list of these")),
    };
    parameters.into_iter().map(text).collect()
}

fn format(word: &str) -> Result<Format, Problem> {
    Format::by_word(word).ok_or_else(|| {
        let words: Vec<&str> = Format::all().iter().map(|format| format.word()).collect();
        Problem::new(INVALID_BODY, format!("\"format\" is one of: {}", words.join(", ")))
    })
}

fn known_of(collection: &Collection) -> Vec<&str> {
    let mut known = parameters::of_items(collection);
    known.retain(|name| !ONLY_OF_PAGES.contains(name));
    known
}

/// Reads what is wanted; the picture is named by its revision, so that it is the one of now even if
/// its turn comes late.
async fn wanted(
    app: &Arc<App>,
    served: &Arc<Served>,
    mut body: Map<String, Value>,
) -> Result<Wanted, Problem> {
    if let Some(name) = body.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        let detail = format!("\"{name}\" is not known; known are: {}", MEMBERS.join(", "));
        return Err(Problem::new(INVALID_BODY, detail));
    }
    let programme = served.programme();
    let refuse = |detail: &str| Problem::new(INVALID_BODY, detail);
    let text = |name: &str| match body.get(name) {
        Some(Value::String(text)) => Ok(text.as_str()),
        _ => Err(refuse(&format!("\"{name}\" is a text, and needed"))),
    };
    let collection = collection(&programme, text("collection")?)?;
    let format = format(text("format")?)?;
    let given = match body.remove("parameters") {
        None => BTreeMap::new(),
        Some(Value::Object(parameters)) => texts(parameters)?,
        Some(_) => return Err(refuse("\"parameters\" is an object")),
    };
    let parameters = Parameters::of(given.clone(), &known_of(&collection))?;
    let style = Style::read(&parameters, &programme, &collection)?;
    let query = items_query(&parameters, &programme, &collection)?;
    let download = Download::new(format, &parameters, &style)?;
    let mut clocks = Clocks::read(&parameters)?;
    let revision = if let Some(as_of) = clocks.as_of {
        let code = programme.code.clone();
        app.block(move |app| as_of.revision(app.store(), &code, app.now())).await?
    } else {
        let live = served.snapshot();
        app.remember(&programme.code, &live);
        live.revision()
    };
    clocks.as_of = Some(AsOf::Revision(revision));
    Ok(Wanted { collection, query, style, clocks, revision, download, parameters: given })
}

/// How much of it is done, in percent. All features may be written and the file not yet whole.
fn progress(job: &Job, state: &State) -> u64 {
    match (state, job.matched()) {
        (State::Successful(_), _) => 100,
        (_, Some(matched)) if matched > 0 => (job.written() * 100 / matched).min(99),
        _ => 0,
    }
}

/// The status of an export.
///
/// # Source
/// OGC 18-062r2, schema `statusInfo`.
fn status_document(base: &Base, job: &Job) -> Value {
    let (wanted, course) = (&job.wanted, job.course());
    let root = format!("{}/exports/{}", base.programme(&job.programme), job.id);
    let updated = course.finished.or(course.started).unwrap_or(course.created);
    let mut document = json!({
        "jobID": job.id,
        "processID": "export",
        "type": "process",
        "status": course.state.word(),
        "created": instant(course.created),
        "updated": instant(updated),
        "progress": progress(job, &course.state),
        "collection": &*wanted.collection.name,
        "format": wanted.download.format.word(),
        "parameters": wanted.parameters,
        "revision": wanted.revision,
        "features": job.written(),
    });
    let mut add = |name: &str, value: Value| document[name] = value;
    let times =
        [("started", course.started), ("finished", course.finished), ("expires", course.expires())];
    for (name, at) in times {
        if let Some(at) = at {
            add(name, instant(at).into());
        }
    }
    if let Some(matched) = job.matched() {
        add("features_matched", matched.into());
    }
    let mut links = vec![link("self", JSON, &root, "How far the export is")];
    match &course.state {
        State::Accepted | State::Running | State::Dismissed => {}
        State::Successful(kept) => {
            add("bytes", kept.bytes().into());
            add("sha256", kept.sha256().into());
            let (href, format) = (format!("{root}/result"), wanted.download.format);
            links.push(link(RESULTS, format.media_type(), &href, format.title()));
        }
        State::Failed { code, detail } => {
            add("message", detail.as_str().into());
            add("problem", json!({ "type": format!("/problems/{code}"), "code": code }));
        }
    }
    add("links", links.into());
    document
}

fn answer(base: &Base, job: &Job) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer.json(status_document(base, job))
}

/// `POST /programmes/{programme}/exports`: asks for a file of a collection. The body says
/// `collection`, `format` and the `parameters` of the listing; `Location` is where to see how far it
/// is. What is exported is the picture of now, or of `as_of`, whenever its turn comes.
pub async fn create_export(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let served = served(&app, &caller, &code)?;
    Parameters::read(&request, &[])?;
    let body = read_object(&request, payload, [JSON, JSON]).await?;
    let wanted = wanted(&app, &served, body).await?;
    let job = app.jobs().accept(&code, caller.name(), wanted, app.now())?;
    tracing::info!(
        export.id = %job.id,
        programme = job.programme,
        collection = &*job.wanted.collection.name,
        format = job.wanted.download.format.word(),
        revision = job.wanted.revision,
        maker = caller.name(),
        "an export is asked for"
    );
    running::start(&app, served, Arc::clone(&job));
    let base = Base::of(&app, &request);
    let location = format!("{}/exports/{}", base.programme(&code), job.id);
    let document = status_document(&base, &job);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(document))
}

/// `GET /programmes/{programme}/exports`: those of the caller, newest first.
pub async fn list_exports(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    served(&app, &caller, &code)?;
    let base = Base::of(&app, &request);
    let jobs = app.jobs().of(&code, caller.name(), app.now());
    let documents: Vec<Value> = jobs.iter().map(|job| status_document(&base, job)).collect();
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(answer.json(json!({ "jobs": documents, "links": [] })))
}

fn found(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    (code, export): &(String, String),
) -> Result<Arc<Job>, Problem> {
    Parameters::read(request, &[])?;
    served(app, caller, code)?;
    app.jobs().find(code, caller.name(), export, app.now())
}

/// `GET /programmes/{programme}/exports/{export}`: how far it is.
pub async fn get_export(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let job = found(&app, &caller, &request, &path)?;
    Ok(answer(&Base::of(&app, &request), &job))
}

/// `DELETE /programmes/{programme}/exports/{export}`: stops it, or throws its file away.
pub async fn dismiss_export(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let job = found(&app, &caller, &request, &path)?;
    job.dismiss(app.now());
    tracing::info!(export.id = %job.id, "an export is called off");
    Ok(answer(&Base::of(&app, &request), &job))
}

fn result(job: &Job) -> Result<Arc<Kept>, Problem> {
    let detail = match job.course().state {
        State::Successful(kept) => return Ok(kept),
        State::Accepted => "the export waits for its turn; look at its status".to_owned(),
        State::Running => "the export is being written; look at its status".to_owned(),
        State::Failed { detail, .. } => format!("the export has failed: {detail}"),
        State::Dismissed => "the export was called off; ask for it again".to_owned(),
    };
    Err(Problem::new(EXPORT_WITHOUT_RESULT, detail))
}

/// `GET /programmes/{programme}/exports/{export}/result`: the file, or the part of it that the
/// header `Range` asks for.
pub async fn get_export_result(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let job = found(&app, &caller, &request, &path)?;
    let kept = result(&job)?;
    let (etag, bytes) = (format!("\"{}\"", kept.sha256()), kept.bytes());
    if is_known(&request, &etag) {
        let mut same = HttpResponse::NotModified();
        cacheable(&mut same, &etag);
        return Ok(same.finish());
    }
    let (mut answer, part) = match range::wanted(&request, &etag, bytes) {
        Part::Whole => (HttpResponse::Ok(), 0..bytes),
        Part::Bytes(part) => {
            let mut answer = HttpResponse::PartialContent();
            let told = format!("bytes {}-{}/{bytes}", part.start, part.end - 1);
            answer.insert_header((header::CONTENT_RANGE, told));
            (answer, part)
        }
        Part::Unsatisfiable => {
            let detail = format!("the file has {bytes} bytes");
            return Err(Problem::new(RANGE_NOT_SATISFIABLE, detail).of_bytes(bytes));
        }
    };
    let wanted = &job.wanted;
    cacheable(&mut answer, &etag);
    let (format, name) = (wanted.download.format, &*wanted.collection.name);
    downloads::describe(&mut answer, format, &job.programme, name, wanted.revision);
    answer.insert_header((header::ACCEPT_RANGES, "bytes"));
    answer.insert_header(("OGC-NumberReturned", job.written().to_string()));
    // Ranges count the bytes of the file, so that nothing may be compressed on the way.
    answer.insert_header((header::CONTENT_ENCODING, "identity"));
    if request.method() == Method::HEAD {
        let nothing = futures_util::stream::empty::<std::io::Result<web::Bytes>>();
        return Ok(answer.body(SizedStream::new(bytes, nothing)));
    }
    send_part(&app, kept, part, answer)
}
