//! Areas as reported beside areas as derived from boundaries.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Datelike;
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::records::{HazardousArea, LandRelease};
use survey::reported::{Groups, Key, Summary};
use survey::{Day, Record as _, RecordId};
use view::{ComparedRecord, Snapshot};

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::formats::{Format, cell, csv};
use crate::problem::Problem;
use crate::query::Parameters;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 10_000;

/// The parameters.
pub const PARAMETERS: &[&str] =
    &["collection", "group_by", "regions_on", "limit", "cursor", "as_of", "effective", "f"];

/// Collections whose records have areas that were reported.
pub const COLLECTIONS: [&str; 2] = [LandRelease::COLLECTION, HazardousArea::COLLECTION];

/// What makes groups of them.
pub const GROUPS: [&str; 3] = ["region", "organisation", "year"];

struct Comparison {
    summary: Summary,
    groups: Groups,
    page: Vec<ComparedRecord>,
    matched: usize,
    next: Option<RecordId>,
}

/// `GET /programmes/{programme}/reported?collection=&group_by=`: reported and derived area of each
/// record and of all together, by region, organisation or year.
pub async fn get_reported(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let Clocks { as_of, effective } = Clocks::read(&parameters)?;
    let snapshot = app.picture_on(&served, Clocks { as_of, effective }).await?;
    let tolerance = served.programme().rules.area_tolerance_percent;
    let collection = parameters.word("collection", &COLLECTIONS)?.unwrap_or(COLLECTIONS[0]);
    let group_by = parameters.word("group_by", &GROUPS)?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = parameters.after_record()?;
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv])?;
    let regions_on = parameters.day("regions_on")?;
    let compared = {
        let snapshot = Arc::clone(&snapshot);
        let compare = move |_: &App| {
            let land = Land { snapshot: &snapshot, regions_on };
            compare(land, collection, group_by, tolerance, after, limit)
        };
        app.block(compare).await?
    };
    let land = Land { snapshot: &snapshot, regions_on };
    if format == Format::Csv {
        return table(land, &compared, group_by, tolerance);
    }
    let records: Vec<Value> = compared
        .page
        .iter()
        .map(|one| record_document(&code, land, collection, one, tolerance))
        .collect();
    let groups: Vec<Value> = compared
        .groups
        .iter()
        .map(|(key, summary)| {
            let mut document = summary.document();
            document.insert(group_by.unwrap_or_default().to_owned(), json!(key.text()));
            Value::Object(document)
        })
        .collect();
    let links: Vec<Value> = compared
        .next
        .iter()
        .map(|next| {
            let group_by = group_by.map(|key| format!("group_by={key}&")).unwrap_or_default();
            let root = format!("/programmes/{code}/reported?collection={collection}");
            let as_of = as_of.map(|_| format!("as_of={}&", snapshot.revision()));
            let as_of = as_of.unwrap_or_default();
            let of_day = |name: &str, day: Option<Day>| {
                day.map(|day| format!("{name}={day}&")).unwrap_or_default()
            };
            let days = [of_day("regions_on", regions_on), of_day("effective", effective)].concat();
            let href = format!("{root}&{group_by}{as_of}{days}limit={limit}&cursor={next}");
            json!({ "rel": "next", "type": "application/json", "href": href })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "revision": snapshot.revision(),
        "collection": collection,
        "tolerance_percent": tolerance,
        "summary": compared.summary.document(),
        "group_by": group_by,
        "groups": groups,
        "numberMatched": compared.matched,
        "numberReturned": records.len(),
        "records": records,
        "links": links,
    })))
}

/// Records, and the day by whose regions they are told.
#[derive(Clone, Copy)]
struct Land<'a> {
    snapshot: &'a Snapshot,
    regions_on: Option<Day>,
}

fn compare(
    land: Land<'_>,
    collection: &str,
    group_by: Option<&str>,
    tolerance: f64,
    after: Option<RecordId>,
    limit: usize,
) -> Result<Comparison, Problem> {
    let all = land.snapshot.compared(collection).map_err(Problem::internal)?;
    let (mut summary, mut groups) = (Summary::default(), Groups::default());
    for one in &all {
        summary.add(&one.areas, tolerance);
        let key = match group_by {
            None => continue,
            Some("region") => region(land, one),
            Some("organisation") => one.record.organisation.as_deref().map(str::to_owned),
            Some(_) => Some(format!("{:04}", one.record.effective_on.year())),
        };
        groups.entry(Key::from(key)).or_default().add(&one.areas, tolerance);
    }
    let start = after.map_or(0, |after| all.partition_point(|one| one.record.id <= after));
    let page: Vec<ComparedRecord> = all.iter().skip(start).take(limit).cloned().collect();
    let more = start + page.len() < all.len();
    let next = page.last().filter(|_| more).map(|last| last.record.id);
    Ok(Comparison { summary, groups, matched: all.len(), page, next })
}

fn region(land: Land<'_>, one: &ComparedRecord) -> Option<String> {
    land.snapshot.region_of(&one.record, land.regions_on).map(|region| region.local_id.to_string())
}

/// What is told of each record.
fn record_columns(
    land: Land<'_>,
    one: &ComparedRecord,
    tolerance: f64,
) -> Vec<(&'static str, Value)> {
    let record = &one.record;
    let mut columns = vec![
        ("local_id", json!(record.local_id)),
        ("id", json!(record.id)),
        ("version", json!(record.version)),
        ("effective_on", json!(record.effective_on)),
        ("organisation", json!(record.organisation.as_deref())),
        ("region", json!(region(land, one))),
    ];
    columns.extend(one.areas.columns());
    columns.push(("beyond_tolerance", json!(one.areas.is_beyond(tolerance))));
    columns.push(("counted_as_released_m2", json!(one.released.map(|area| area.m2()))));
    columns
}

fn record_document(
    code: &str,
    land: Land<'_>,
    collection: &str,
    one: &ComparedRecord,
    tolerance: f64,
) -> Value {
    let columns = record_columns(land, one, tolerance);
    let mut document: Map<String, Value> =
        columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let href = crate::history::version_href(code, collection, one.record.id, one.record.version);
    document.insert("href".to_owned(), json!(href));
    Value::Object(document)
}

/// The groups where they are asked for, and the page of records otherwise.
fn table(
    land: Land<'_>,
    compared: &Comparison,
    group_by: Option<&'static str>,
    tolerance: f64,
) -> Result<HttpResponse, Problem> {
    let cells = |columns: Vec<(&'static str, Value)>| -> Vec<String> {
        columns.into_iter().map(|(_, value)| cell(&value)).collect()
    };
    let Some(key) = group_by else {
        let rows: Vec<Vec<String>> =
            compared.page.iter().map(|one| cells(record_columns(land, one, tolerance))).collect();
        return csv(&RECORD_HEADINGS, &rows);
    };
    let mut headings = vec![key];
    headings.extend(compared.summary.columns().into_iter().map(|(name, _)| name));
    let row = |key: &str, summary: &Summary| -> Vec<String> {
        [key.to_owned()].into_iter().chain(cells(summary.columns())).collect()
    };
    let groups = compared.groups.iter();
    let mut rows: Vec<Vec<String>> =
        groups.map(|(key, summary)| row(key.text().unwrap_or_default(), summary)).collect();
    rows.push(row("total", &compared.summary));
    csv(&headings, &rows)
}

/// The names of [`record_columns`].
const RECORD_HEADINGS: [&str; 12] = [
    "local_id",
    "id",
    "version",
    "effective_on",
    "organisation",
    "region",
    "reported_area_m2",
    "derived_area_m2",
    "difference_m2",
    "ratio",
    "beyond_tolerance",
    "counted_as_released_m2",
];
