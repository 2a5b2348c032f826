//! What was identified, cancelled, reduced and cleared, and what remains.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use survey::Day;
use survey::access::Action;
use survey::progress::{GroupKey, ProgressQuery};

use crate::actor::Caller;
use crate::app::App;
use crate::problem::{NOT_ACCEPTABLE, Problem};
use crate::query::{Parameters, invalid};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
}

fn format(parameters: &Parameters, request: &HttpRequest) -> Result<Format, Problem> {
    match parameters.word("f", &["json", "csv"])? {
        Some("csv") => return Ok(Format::Csv),
        Some(_) => return Ok(Format::Json),
        None => {}
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let Some(accept) = accept else { return Ok(Format::Json) };
    let wanted = accept.split(',').filter_map(|range| range.split(';').next()).map(str::trim);
    for range in wanted {
        match range {
            "text/csv" => return Ok(Format::Csv),
            "*/*" | "application/*" | "application/json" => return Ok(Format::Json),
            _ => {}
        }
    }
    Err(Problem::new(NOT_ACCEPTABLE, "ask for application/json or text/csv"))
}

/// Reads the query of a progress request. Figures are split by the regions of `today` unless the
/// request names another day.
///
/// # Errors
/// `invalid-parameter`.
pub fn progress_query(parameters: &Parameters, today: Day) -> Result<ProgressQuery, Problem> {
    let group_by = parameters.text("group_by").unwrap_or("region");
    let group_by = group_by
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse::<GroupKey>().map_err(|error| invalid("group_by", &error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (from, to) = (parameters.day("from")?, parameters.day("to")?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(invalid("from", &format!("{from} lies after \"to\" ({to})")));
    }
    let region = parameters.text("region").map(str::to_owned);
    let regions_on = parameters.day("regions_on")?.or(Some(today));
    Ok(ProgressQuery { group_by, from, to, region, regions_on })
}

/// `GET /programmes/{programme}/progress`: figures by region, period, outcome and more.
pub async fn get_progress(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let known = ["group_by", "from", "to", "region", "regions_on", "f"];
    let parameters = Parameters::read(&request, &known)?;
    let snapshot = app.programme(&caller, &code, Action::ReadRecords)?.snapshot();
    let query = progress_query(&parameters, app.now().date_naive())?;
    let format = format(&parameters, &request)?;
    let progress =
        snapshot.progress(&query).map_err(|error| invalid("region", &error.to_string()))?;
    let csv = || exchange::table::to_csv(&progress.headings(), &progress.cells());
    Ok(match format {
        Format::Json => HttpResponse::Ok().json(progress.document(snapshot.revision())),
        Format::Csv => HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8; header=present")
            .body(csv().map_err(Problem::internal)?),
    })
}
