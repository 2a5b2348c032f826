//! What was identified, cancelled, reduced and cleared, and what remains.

use actix_web::{HttpRequest, HttpResponse, web};
use survey::access::Action;
use survey::progress::{GroupKey, Progress, ProgressQuery};
use view::Snapshot;

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::formats::{Format, csv};
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// Parameters that say which figures are wanted, apart from `as_of`.
pub const PARAMETERS: &[&str] = &["group_by", "from", "to", "region", "regions_on", "effective"];

/// The rows of a report when nothing is said about them.
pub const GROUP_BY_DEFAULT: &str = "region";

/// Reads the query of a progress request. `effective` asks for the land as it was at the end of a
/// day: nothing that took effect later counts, so that it also ends the period. Figures are split by
/// the latest edition of the regions unless the request names a day.
///
/// # Errors
/// `invalid-parameter`.
pub fn progress_query(parameters: &Parameters) -> Result<ProgressQuery, Problem> {
    let group_by = parameters.text("group_by").unwrap_or(GROUP_BY_DEFAULT);
    let group_by = group_by
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse::<GroupKey>().map_err(|error| invalid("group_by", &error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (from, to) = (parameters.day("from")?, parameters.day("to")?);
    let effective = Clocks::read(parameters)?.effective;
    if let (Some(from), Some(day)) = (from, effective)
        && from > day
    {
        return Err(invalid("from", &format!("{from} lies after \"effective\" ({day})")));
    }
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(invalid("from", &format!("{from} lies after \"to\" ({to})")));
    }
    let to = to.into_iter().chain(effective).min();
    let region = parameters.text("region").map(str::to_owned);
    let regions_on = parameters.day("regions_on")?;
    Ok(ProgressQuery { group_by, from, to, region, regions_on })
}

/// The figures that are asked for, and the document they are answered with.
///
/// # Errors
/// `invalid-parameter`.
pub fn answer(
    picture: &Snapshot,
    parameters: &Parameters,
) -> Result<(Progress, serde_json::Value), Problem> {
    let query = progress_query(parameters)?;
    let progress =
        picture.progress(&query).map_err(|error| invalid("region", &error.to_string()))?;
    let mut document = progress.document(picture.revision());
    if let Some(day) = Clocks::read(parameters)?.effective {
        document["effective"] = serde_json::json!(day);
    }
    Ok((progress, document))
}

/// `GET /programmes/{programme}/progress`: figures by region, period, outcome and more, as known now
/// or `as_of` a revision or an instant.
pub async fn get_progress(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &[PARAMETERS, &["as_of", "f"]].concat())?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    if progress_query(&parameters)?.group_by.contains(&GroupKey::DeviceType) {
        return Err(invalid("group_by", "items found are in /balance; ask there"));
    }
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv])?;
    let picture = app.picture(&served, Clocks::read(&parameters)?.as_of).await?;
    let (progress, document) = answer(&picture, &parameters)?;
    match format {
        Format::Csv => csv(&progress.headings(), &progress.cells()),
        Format::Json | Format::Html => Ok(HttpResponse::Ok().json(document)),
    }
}
