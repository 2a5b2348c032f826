//! Layers: collections that managers make of any file.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use exchange::ReadOptions;
use serde_json::{Map, Value, json};
use store::By;
use survey::access::Action;
use survey::layer::Layer;

use crate::actor::Caller;
use crate::app::{App, Served};
use crate::inference::{infer, title_of};
use crate::ogc::answer::JSON;
use crate::ogc::base::Base;
use crate::ogc::edit::{MERGE_PATCH, merge, read_object};
use crate::problem::{CONFLICT, INVALID_BODY, METHOD_NOT_ALLOWED, Problem, UNREADABLE_BODY};
use crate::query::Parameters;
use crate::spool;

/// Parameters of a new layer.
pub const OF_NEW: &[&str] = &["infer", "layer", "name", "title"];

fn definition(document: Map<String, Value>) -> Result<Layer, Problem> {
    serde_json::from_value(Value::Object(document)).map_err(|error| {
        Problem::new(INVALID_BODY, format!("this is no definition of a layer: {error}"))
    })
}

/// `POST /programmes/{programme}/collections`: makes a layer of a definition. With `infer=true` the
/// body is a file, and the definition found out from it is answered and nothing is made; `name` and
/// `title` are then those of the layer, and `layer` is the table to read of a file with several.
pub async fn create_layer(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let served = app.programme(&caller, &code, Action::Manage)?;
    let parameters = Parameters::read(&request, OF_NEW)?;
    if parameters.flag("infer")? {
        let name = parameters.required("name")?.to_owned();
        let title = parameters.text("title").map_or_else(|| title_of(&name), str::to_owned);
        let table = parameters.text("layer").map(str::to_owned);
        return answer_inferred(&app, payload, table, name, title).await;
    }
    let layer = definition(read_object(&request, payload, [JSON, JSON]).await?)?;
    if served.programme().collection(&layer.name).is_some_and(|it| it.layer().is_some()) {
        let detail = format!("there is a layer \"{}\" already; change it by PUT", layer.name);
        return Err(Problem::new(CONFLICT, detail));
    }
    let href = Base::of(&app, &request).collection(&code, &layer.name);
    let made = set(&app, &served, &caller, layer).await?;
    Ok(HttpResponse::Created().insert_header((header::LOCATION, href)).json(made))
}

async fn answer_inferred(
    app: &Arc<App>,
    payload: web::Payload,
    table: Option<String>,
    name: String,
    title: String,
) -> Result<HttpResponse, Problem> {
    let limits = app.limits();
    let body = spool::receive(payload, None, limits.bytes_max).await?;
    let inferred = app
        .block(move |_app| {
            let file = body.reader().map_err(Problem::internal)?;
            let options = ReadOptions { layer: table.as_deref() };
            infer(file, limits.read, &options, &name, &title)
                .map_err(|error| Problem::new(UNREADABLE_BODY, error.to_string()))
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({
        "definition": inferred.layer,
        "features": inferred.features,
        "may_be_listed": inferred.offers,
        "left_out": inferred.left_out,
        "faults": inferred.faults,
    })))
}

/// Makes or changes a layer, and answers what is then there.
async fn set(
    app: &Arc<App>,
    served: &Arc<Served>,
    caller: &Caller,
    layer: Layer,
) -> Result<Value, Problem> {
    let (by, code) = (By::new(caller.name(), app.now()), served.programme().code.clone());
    let name = layer.name.clone();
    let revision = app.block(move |app| app.store().layer_set(&by, &code, &layer)).await?;
    app.refresh(served).await?;
    let collection = served.programme().collection(&name);
    Ok(json!({
        "definition": collection.as_ref().and_then(|it| it.layer()),
        "revision": revision,
    }))
}

/// What somebody is about to change who may: the layer as it is now, and its programme.
fn changing(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    code: &str,
    name: &str,
) -> Result<(Arc<Served>, Layer), Problem> {
    let served = app.programme(caller, code, Action::Manage)?;
    let layer = known(&served, name)?;
    Parameters::read(request, &[])?;
    Ok((served, layer))
}

/// The layer of that name, as it is now.
fn known(served: &Served, name: &str) -> Result<Layer, Problem> {
    let found = served.programme().collection(name);
    let found = found.ok_or_else(|| Problem::not_found("collection", name))?;
    let refused = || {
        let detail = format!("\"{name}\" is a record type, which is the same in every programme");
        Problem::new(METHOD_NOT_ALLOWED, detail).allowing(&["GET", "HEAD", "OPTIONS"])
    };
    found.layer().cloned().ok_or_else(refused)
}

fn named(mut document: Map<String, Value>, name: &str) -> Result<Layer, Problem> {
    if document.get("name").is_some_and(|given| given != name) {
        let detail = format!("/name: the layer is \"{name}\" here and keeps its name");
        return Err(Problem::new(INVALID_BODY, detail));
    }
    document.insert("name".to_owned(), json!(name));
    definition(document)
}

/// `PUT /programmes/{programme}/collections/{collection}`: replaces the definition of a layer; its
/// records must satisfy the new one.
pub async fn replace_layer(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let (served, _current) = changing(&app, &caller, &request, &code, &name)?;
    let layer = named(read_object(&request, payload, [JSON, JSON]).await?, &name)?;
    Ok(HttpResponse::Ok().json(set(&app, &served, &caller, layer).await?))
}

/// `PATCH /programmes/{programme}/collections/{collection}`: changes parts of the definition of a
/// layer, by a merge patch (RFC 7396); `properties` is replaced as a whole.
pub async fn update_layer(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let (served, current) = changing(&app, &caller, &request, &code, &name)?;
    let mut document = json!(current);
    let patch = read_object(&request, payload, [MERGE_PATCH, JSON]).await?;
    merge(&mut document, &Value::Object(patch));
    let layer = named(document.as_object().cloned().unwrap_or_default(), &name)?;
    Ok(HttpResponse::Ok().json(set(&app, &served, &caller, layer).await?))
}

/// `DELETE /programmes/{programme}/collections/{collection}`: takes a layer away that has no records
/// in force; the history of those it had stays.
pub async fn remove_layer(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let (served, _current) = changing(&app, &caller, &request, &code, &name)?;
    let by = By::new(caller.name(), app.now());
    let revision = app.block(move |app| app.store().layer_remove(&by, &code, &name)).await?;
    app.refresh(&served).await?;
    Ok(HttpResponse::Ok().json(json!({ "revision": revision })))
}
