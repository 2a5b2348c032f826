//! Spatial questions: which hazardous areas are at, near or in a place.
//!
//! The answers say what is recorded as of a revision. An empty answer means that nothing is
//! recorded there, never that there is nothing. `effective` answers with the areas as they were in
//! the field at the end of a day: one that was closed, withdrawn or redrawn later as it was then;
//! `as_of` with what was known at a revision or an instant.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use view::{HazardAnswer, Snapshot};

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::items::item_value;
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// Questions reach no further than this; a wider one is a listing by `bbox`.
pub const DISTANCE_MAX_M: f64 = 100_000.0;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 10_000;

/// Parameters of the question at a point.
pub const OF_AT: &[&str] = &["lon", "lat", "limit", "as_of", "effective"];

/// Parameters of the question near a point.
pub const OF_NEARBY: &[&str] = &["lon", "lat", "distance_m", "limit", "as_of", "effective"];

/// Parameters of the question in a box.
pub const OF_IN: &[&str] = &["bbox", "limit", "as_of", "effective"];

const CAVEAT: &str =
    "Only what is recorded. Absence of a record does not mean absence of a hazard.";

fn answer(snapshot: &Snapshot, hazards: &[HazardAnswer], limit: usize) -> HttpResponse {
    let features: Vec<Value> = hazards
        .iter()
        .take(limit)
        .map(|hazard| {
            let mut feature = item_value(snapshot, &hazard.record);
            if let Some(distance_m) = hazard.distance_m {
                feature["distance_m"] = json!(distance_m);
            }
            feature["located"] = json!(hazard.located);
            feature["classification"] = json!(hazard.classification);
            feature
        })
        .collect();
    let mut document = json!({
        "type": "FeatureCollection",
        "revision": snapshot.revision(),
        "caveat": CAVEAT,
        "numberMatched": hazards.len(),
        "numberReturned": features.len(),
        "features": features,
    });
    if let Some(day) = snapshot.effective() {
        document["effective"] = json!(day);
    }
    HttpResponse::Ok().content_type("application/geo+json").body(document.to_string())
}

/// `GET /programmes/{programme}/hazards/at?lon=&lat=`: hazardous areas that hold the point. A point
/// on a boundary is inside; areas without a usable boundary answer with their caution area.
pub async fn list_hazards_at(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_AT)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let position = parameters.position()?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    Ok(answer(&snapshot, &snapshot.hazardous_at(position), limit))
}

/// `GET /programmes/{programme}/hazards/nearby?lon=&lat=&distance_m=`: hazardous areas within a
/// true distance of the point, nearest first.
pub async fn list_hazards_nearby(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_NEARBY)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let position = parameters.position()?;
    parameters.required("distance_m")?;
    let distance_m = parameters.number("distance_m")?.unwrap_or_default();
    if !(0.0..=DISTANCE_MAX_M).contains(&distance_m) {
        return Err(invalid("distance_m", &format!("give metres from 0 to {DISTANCE_MAX_M}")));
    }
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    Ok(answer(&snapshot, &snapshot.hazardous_within(position, distance_m), limit))
}

/// `GET /programmes/{programme}/hazards/in?bbox=`: hazardous areas that touch a box.
pub async fn list_hazards_in(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, OF_IN)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    parameters.required("bbox")?;
    let (limit, bbox) = (parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?, parameters.bbox()?);
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    let hazards = match bbox {
        Some(bbox) => snapshot.hazardous_in(&bbox),
        None => Vec::new(),
    };
    Ok(answer(&snapshot, &hazards, limit))
}
