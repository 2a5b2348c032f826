//! Work in the field, apart from the land that is released by it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use survey::work::WorkKey;
use view::WorkQuery;

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::formats::{Format, csv};
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// The parameters.
pub const PARAMETERS: &[&str] =
    &["group_by", "from", "to", "region", "regions_on", "as_of", "effective", "f"];

fn work_query(parameters: &Parameters) -> Result<WorkQuery, Problem> {
    let words = parameters.text("group_by").unwrap_or("organisation").split(',').map(str::trim);
    let known: Vec<&str> = WorkKey::ALL.iter().map(|(word, _)| *word).collect();
    let key = |word: &str| {
        WorkKey::named(word).ok_or_else(|| {
            invalid("group_by", &format!("\"{word}\" is not one of: {}", known.join(", ")))
        })
    };
    let group_by = words.filter(|word| !word.is_empty()).map(key).collect::<Result<_, _>>()?;
    let (from, to) = (parameters.day("from")?, parameters.day("to")?);
    let to = to.into_iter().chain(Clocks::read(parameters)?.effective).min();
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(invalid("from", &format!("{from} lies after \"to\" ({to})")));
    }
    let region = parameters.text("region").map(str::to_owned);
    Ok(WorkQuery { group_by, from, to, region, regions_on: parameters.day("regions_on")? })
}

/// `GET /programmes/{programme}/work`: area worked on and output, whether released or not.
pub async fn get_work(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    let query = work_query(&parameters)?;
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv])?;
    let keys: Vec<&'static str> = query.group_by.iter().map(|key| key.word()).collect();
    let work = {
        let snapshot = Arc::clone(&snapshot);
        let unknown = |error: view::UnknownRegion| invalid("region", &error.to_string());
        app.block(move |_| snapshot.work(&query).map_err(unknown)).await?
    };
    if format == Format::Csv {
        return csv(&work.headings(), &work.cells());
    }
    let rows = work.rows.iter().map(|(of_row, figures)| {
        let mut document = figures.document();
        for (key, value) in keys.iter().zip(of_row) {
            document.insert((*key).to_owned(), json!(value.text()));
        }
        Value::Object(document)
    });
    Ok(HttpResponse::Ok().json(json!({
        "revision": snapshot.revision(),
        "group_by": keys,
        "rows": rows.collect::<Vec<_>>(),
        "total": work.total.document(),
    })))
}
