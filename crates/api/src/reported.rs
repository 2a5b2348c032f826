//! Areas as reported beside areas as derived from boundaries.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::records::{HazardousArea, LandRelease};
use survey::reported::ReportedKey;
use survey::{Day, Record as _};
use view::{ComparedRecord, ReportedAreas, ReportedQuery, Snapshot};

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::formats::{Format, csv};
use crate::ogc::base::Base;
use crate::problem::Problem;
use crate::query::Parameters;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 10_000;

/// The parameters.
pub const PARAMETERS: &[&str] =
    &["collection", "group_by", "regions_on", "limit", "cursor", "as_of", "effective", "f"];

/// Collections whose records have areas that were reported.
pub const COLLECTIONS: [&str; 2] = [LandRelease::COLLECTION, HazardousArea::COLLECTION];

/// The words for what makes groups of them.
pub fn groups() -> Vec<&'static str> {
    ReportedKey::ALL.iter().map(|(word, _)| *word).collect()
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
    let collection = parameters.word("collection", &COLLECTIONS)?.unwrap_or(COLLECTIONS[0]);
    let group_by = parameters.word("group_by", &groups())?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = parameters.after_record()?;
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv])?;
    let regions_on = parameters.day("regions_on")?;
    let query = ReportedQuery {
        collection: collection.to_owned(),
        group_by: group_by.and_then(ReportedKey::named),
        tolerance_percent: served.programme().rules.area_tolerance_percent,
        regions_on,
    };
    let (query, areas) = {
        let snapshot = Arc::clone(&snapshot);
        app.block(move |_| {
            let areas = snapshot.reported(&query).map_err(Problem::internal)?;
            Ok::<_, Problem>((query, areas))
        })
        .await?
    };
    let start = after.map_or(0, |after| areas.records.partition_point(|it| it.record.id <= after));
    let end = (start + limit).min(areas.records.len());
    let page = &areas.records[start..end];
    if format == Format::Csv {
        let (headings, rows) = snapshot.reported_table(&query, &areas, page);
        return csv(&headings, &rows);
    }
    let root = Base::of(&app, &request).programme(&code);
    let records: Vec<Value> =
        page.iter().map(|one| record_document(&root, &snapshot, &query, one)).collect();
    let groups = group_documents(&areas, group_by.unwrap_or_default());
    let next = page.last().filter(|_| end < areas.records.len()).map(|last| last.record.id);
    let links: Vec<Value> = next
        .iter()
        .map(|next| {
            let group_by = group_by.map(|key| format!("group_by={key}&")).unwrap_or_default();
            let here = format!("{root}/reported?collection={collection}");
            let as_of = as_of.map(|_| format!("as_of={}&", snapshot.revision()));
            let as_of = as_of.unwrap_or_default();
            let of_day = |name: &str, day: Option<Day>| {
                day.map(|day| format!("{name}={day}&")).unwrap_or_default()
            };
            let days = [of_day("regions_on", regions_on), of_day("effective", effective)].concat();
            let href = format!("{here}&{group_by}{as_of}{days}limit={limit}&cursor={next}");
            json!({ "rel": "next", "type": "application/json", "href": href })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "revision": snapshot.revision(),
        "collection": collection,
        "tolerance_percent": query.tolerance_percent,
        "summary": areas.summary.document(),
        "group_by": group_by,
        "groups": groups,
        "numberMatched": areas.records.len(),
        "numberReturned": records.len(),
        "records": records,
        "links": links,
    })))
}

fn group_documents(areas: &ReportedAreas, group_by: &str) -> Vec<Value> {
    let of_group = areas.groups.iter().map(|(key, summary)| {
        let mut document = summary.document();
        document.insert(group_by.to_owned(), json!(key.text()));
        Value::Object(document)
    });
    of_group.collect()
}

fn record_document(
    root: &str,
    snapshot: &Snapshot,
    query: &ReportedQuery,
    one: &ComparedRecord,
) -> Value {
    let columns = snapshot.reported_columns(query, one);
    let mut document: Map<String, Value> =
        columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (collection, record) = (&query.collection, &one.record);
    let href = crate::history::version_href(root, collection, record.id, record.version);
    document.insert("href".to_owned(), json!(href));
    Value::Object(document)
}
