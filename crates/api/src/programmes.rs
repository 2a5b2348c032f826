//! Programmes and their collections.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use survey::{COLLECTIONS, Collection, Programme};
use view::Snapshot;

use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::query::Parameters;

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The collection of that name, or `not-found`.
///
/// # Errors
/// `not-found`.
pub fn collection(name: &str) -> Result<&'static Collection, Problem> {
    survey::collection(name).ok_or_else(|| Problem::not_found("collection", name))
}

fn programme_document(programme: &Programme, revision: u64) -> Value {
    let root = format!("/programmes/{}", programme.code);
    json!({
        "code": programme.code,
        "title": programme.name,
        "time_zone": programme.time_zone,
        "national_crs": programme.national_crs,
        "languages": programme.languages,
        "extent": programme.extent.map(|bbox| json!({ "spatial": { "bbox": [bbox], "crs": CRS84 } })),
        "revision": revision,
        "links": [
            { "rel": "self", "type": "application/json", "href": root },
            { "rel": "data", "type": "application/json", "href": format!("{root}/collections") },
            { "rel": "progress", "type": "application/json", "href": format!("{root}/progress") },
            { "rel": "submissions", "type": "application/json", "href": format!("{root}/submissions") },
            { "rel": "reports", "type": "application/json", "href": format!("{root}/reports") },
            { "rel": "changes", "type": "application/json", "href": format!("{root}/changes") },
        ],
    })
}

/// `GET /programmes`: the programmes this caller may read.
pub async fn list_programmes(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let programmes: Vec<Value> = app
        .readable(&caller)
        .iter()
        .map(|served| programme_document(&served.programme(), served.snapshot().revision()))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "programmes": programmes })))
}

/// `GET /programmes/{programme}`: one programme.
pub async fn get_programme(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let document = programme_document(&served.programme(), served.snapshot().revision());
    Ok(HttpResponse::Ok().json(document))
}

fn collection_document(programme: &str, collection: &Collection, snapshot: &Snapshot) -> Value {
    let root = format!("/programmes/{programme}/collections/{}", collection.name);
    json!({
        "id": collection.name,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "itemCount": snapshot.count(collection.name),
        "links": [
            { "rel": "self", "type": "application/json", "href": root },
            { "rel": "items", "type": "application/geo+json", "href": format!("{root}/items") },
            { "rel": "describedby", "type": "application/schema+json", "href": format!("{root}/schema") },
        ],
    })
}

/// `GET /programmes/{programme}/collections`: the collections, the same in every programme.
pub async fn list_collections(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let snapshot = app.programme(&caller, &code, Action::ReadRecords)?.snapshot();
    let collections: Vec<Value> = COLLECTIONS
        .iter()
        .map(|collection| collection_document(&code, collection, &snapshot))
        .collect();
    let href = format!("/programmes/{code}/collections");
    Ok(HttpResponse::Ok().json(json!({
        "collections": collections,
        "links": [{ "rel": "self", "type": "application/json", "href": href }],
    })))
}

/// `GET /programmes/{programme}/collections/{collection}`: one collection.
pub async fn get_collection(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let (code, name) = path.into_inner();
    let snapshot = app.programme(&caller, &code, Action::ReadRecords)?.snapshot();
    let document = collection_document(&code, collection(&name)?, &snapshot);
    Ok(HttpResponse::Ok().json(document))
}

/// `GET /programmes/{programme}/collections/{collection}/schema`: JSON Schema of the properties.
pub async fn get_schema(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let (code, name) = path.into_inner();
    app.programme(&caller, &code, Action::ReadRecords)?;
    let schema = collection(&name)?.schema();
    Ok(HttpResponse::Ok().content_type("application/schema+json").body(schema.to_string()))
}
