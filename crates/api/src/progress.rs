//! What was identified, cancelled, reduced and cleared, and what remains.

use actix_web::{HttpRequest, HttpResponse, web};
use survey::access::Action;
use survey::progress::{GroupKey, ProgressQuery};

use crate::actor::Caller;
use crate::app::App;
use crate::formats::{Format, csv};
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// Reads the query of a progress request.
///
/// # Errors
/// `invalid-parameter`.
pub fn progress_query(parameters: &Parameters) -> Result<ProgressQuery, Problem> {
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
    Ok(ProgressQuery { group_by, from, to, region })
}

/// `GET /programmes/{programme}/progress`: figures by region, period, outcome and more.
pub async fn get_progress(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &["group_by", "from", "to", "region", "f"])?;
    let snapshot = app.programme(&caller, &code, Action::ReadRecords)?.snapshot();
    let query = progress_query(&parameters)?;
    if query.group_by.contains(&GroupKey::DeviceType) {
        return Err(invalid("group_by", "items found are in /balance; ask there"));
    }
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv])?;
    let progress =
        snapshot.progress(&query).map_err(|error| invalid("region", &error.to_string()))?;
    match format {
        Format::Csv => csv(&progress.headings(), &progress.cells()),
        Format::Json | Format::Html => {
            Ok(HttpResponse::Ok().json(progress.document(snapshot.revision())))
        }
    }
}
