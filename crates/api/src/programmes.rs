//! The programmes there are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::{CollectionRef, Programme};

use crate::actor::Caller;
use crate::app::App;
use crate::ogc::base::Base;
use crate::ogc::collections::programme_document;
use crate::problem::Problem;
use crate::query::Parameters;

/// The collection of that name, be it of a record type or a layer of the programme.
///
/// # Errors
/// `not-found`.
pub fn collection(programme: &Programme, name: &str) -> Result<CollectionRef, Problem> {
    programme.collection(name).ok_or_else(|| Problem::not_found("collection", name))
}

/// `GET /programmes`: the programmes this caller may read.
pub async fn list_programmes(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let base = Base::of(&app, &request);
    let programmes: Vec<Value> = app
        .readable(&caller)
        .iter()
        .map(|served| programme_document(&base, &served.programme(), served.snapshot().revision()))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "programmes": programmes })))
}
