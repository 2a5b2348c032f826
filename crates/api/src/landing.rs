//! The doors: what this server is, its programmes, problems and rules, and whether it is well.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::actor::Caller;
use crate::app::App;
use crate::ogc::base::Base;
use crate::problem::{self, Problem};
use crate::query::Parameters;

/// `GET /`: what this is and where to go on.
pub async fn get_landing(
    app: web::Data<App>,
    request: HttpRequest,
    _caller: Caller,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let base = Base::of(&app, &request);
    Ok(HttpResponse::Ok().json(json!({
        "title": "Safeground",
        "description": "The record of truth for humanitarian mine action. Absence of a record does \
                        not mean absence of a hazard.",
        "version": env!("CARGO_PKG_VERSION"),
        "links": [
            { "rel": "self", "type": "application/json", "href": base.href("/") },
            { "rel": "data", "type": "application/json", "href": base.href("/programmes") },
            { "rel": "describedby", "type": "application/json", "href": base.href("/rules"),
              "title": "Every finding a submission can meet" },
            { "rel": "describedby", "type": "application/json", "href": base.href("/problems"),
              "title": "Every problem document this server can answer with" },
        ],
    })))
}

/// `GET /problems`: the catalogue of problem documents.
pub async fn list_problems(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    Ok(HttpResponse::Ok().json(problem::catalogue_document()))
}

/// `GET /problems/{code}`: one kind of problem.
pub async fn get_problem(
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let document = problem::catalogue_document();
    let found = document["problems"].as_array().into_iter().flatten();
    found
        .clone()
        .find(|kind| kind["code"] == json!(*code))
        .map(|kind| HttpResponse::Ok().json(kind))
        .ok_or_else(|| Problem::not_found("problem", &code))
}

/// `GET /rules`: the catalogue of findings.
pub async fn list_rules(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Parameters::read(&request, &[])?;
    let rules: Vec<Value> = survey::rules::CATALOGUE
        .iter()
        .map(|rule| {
            json!({
                "code": rule.code,
                "severity": rule.severity,
                "title": rule.title,
                "explanation": rule.explanation,
                "source": rule.source,
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "rules": rules })))
}

/// `GET /health/live`: the process answers.
pub async fn get_live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// `GET /health/ready`: the programmes are up to date with the database. One that is stopped by a
/// damaged record answers for itself.
pub async fn get_ready(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    app.assert_ready().await?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ready" })))
}
