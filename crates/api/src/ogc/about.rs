//! Documents about a programme: whoever may read its records may read them.

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use survey::access::Action;

use super::answer::{self, JSON};
use super::base::Base;
use crate::actor::Caller;
use crate::app::{App, Served};
use crate::problem::Problem;
use crate::query::Parameters;

/// Answers with a document about a programme, as JSON or as a page; it takes no parameter but `f`.
///
/// # Errors
/// `not-found`, `forbidden`, `unknown-parameter`, `not-acceptable`, and what `make` returns.
pub fn answer(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    code: &str,
    title: &str,
    make: impl FnOnce(&Base, &Served) -> Result<Value, Problem>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(request, &["f"])?;
    let served = app.programme(caller, code, Action::ReadRecords)?;
    let document = make(&Base::of(app, request), &served)?;
    answer::document(request, parameters.text("f"), JSON, title, &document)
}
