//! The functions that filters may use.
//!
//! # Source
//! OGC API – Features – Part 3: Filtering (19-079r2), `/req/filter/get-functions-operation` and
//! `/req/filter/get-functions-response-json`; CQL2 (21-065r2), requirements class *Functions*.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::about;
use super::answer::JSON;
use super::collections::this;
use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;

/// `GET …/functions`: every function with its arguments and what it returns; those of the standard
/// first, in the order of its clauses.
pub async fn list_functions(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    about::answer(&app, &caller, &request, &code, "Functions", |base, _served| {
        let own = view::functions().into_iter().map(|function| function.describe());
        let functions: Vec<Value> = cql2::standard_functions().into_iter().chain(own).collect();
        let href = format!("{}/functions", base.programme(&code));
        Ok(json!({ "links": this(&href, JSON), "functions": functions }))
    })
}
