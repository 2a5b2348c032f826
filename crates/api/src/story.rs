//! The whole story of one hazardous area in time.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use exchange::{FeatureText, GeometryRef, Properties, write_feature};
use geometry::{Geometry, GridShape};
use serde_json::{Map, Value, json};
use store::{RecordLedger, StoreError, StoredVersion};
use survey::access::Action;
use survey::records::HazardousArea;
use survey::story::{Event, HazardState, Step, remaining_shape, story};
use survey::{LandRole, Record as _, VersionState};
use view::Snapshot;

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::history::{cause_document, version_href};
use crate::items::GEOJSON;
use crate::items::found;
use crate::ogc::base::Base;
use crate::problem::Problem;
use crate::programmes::collection;
use crate::query::Parameters;

/// The parameters.
pub const PARAMETERS: &[&str] = &["limit", "after", "as_of", "effective"];

/// Steps of one page: each has a polygon of its own.
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// `GET …/collections/hazardous-areas/items/{item}/story`: what happened to an area, day by day,
/// each day with the land that remained; as known now, or `as_of` a revision or an instant.
pub async fn get_story(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let Clocks { as_of, effective } = Clocks::read(&parameters)?;
    let snapshot = app.picture(&served, as_of).await?;
    let past = as_of.map(|_| snapshot.revision());
    let collection = collection(&served.programme(), &name)?;
    if collection.name != HazardousArea::COLLECTION {
        return Err(Problem::not_found("story of", &collection.name));
    }
    let record = found(&snapshot, &collection.name, &item)?;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = parameters.day("after")?;
    let id = record.id;
    let root = Base::of(&app, &request).programme(&code);
    let here = format!("{root}/collections/{name}/items/{id}/story");
    let local_id = record.local_id.clone();
    let body = app
        .block(move |app| {
            let name = HazardousArea::COLLECTION;
            let ledger = match past {
                None => app.store().record_ledger(&code, name, id)?,
                Some(revision) => app.store().record_ledger_as_of(&code, name, id, revision)?,
            };
            let states = ledger.versions.iter().map(state).collect::<Result<Vec<_>, _>>()?;
            let parcels = ledger.cluster.as_ref().map(|it| it.parcels.as_slice());
            let mut steps = story(id, &states, parcels.unwrap_or_default());
            steps.retain(|step| after.is_none_or(|after| step.on > after));
            steps.retain(|step| effective.is_none_or(|day| step.on <= day));
            let more = steps.len() > limit;
            steps.truncate(limit);
            let mut links = vec![json!({ "rel": "self", "type": GEOJSON, "href": here })];
            if let Some(last) = steps.last().filter(|_| more) {
                let as_of = past.map(|revision| format!("as_of={revision}&")).unwrap_or_default();
                let day = effective.map(|day| format!("effective={day}&")).unwrap_or_default();
                let href = format!("{here}?{as_of}{day}limit={limit}&after={}", last.on);
                links.push(json!({ "rel": "next", "type": GEOJSON, "href": href }));
            }
            let head = json!({
                "revision": ledger.revision,
                "hazardous_area": { "id": id, "local_id": local_id },
                "numberReturned": steps.len(),
                "links": links,
            });
            Ok::<_, Problem>(document(&root, &snapshot, &ledger, &steps, &head))
        })
        .await?;
    Ok(HttpResponse::Ok().content_type(GEOJSON).body(body))
}

/// What a version says of the area.
fn state(stored: &StoredVersion) -> Result<HazardState, Problem> {
    let record = &stored.record;
    let corrupt = |reason: String| StoreError::Corrupt {
        subject: format!("{} version {}", record.id, record.version),
        reason,
    };
    let facts = survey::collection(&record.collection)
        .ok_or_else(|| corrupt("its collection is unknown".to_owned()))?
        .read_stored(&record.properties)
        .map_err(|finding| corrupt(finding.message))?;
    let Some(LandRole::Hazard { classification, closed, .. }) = facts.land_role else {
        return Err(corrupt("it is no hazardous area".to_owned()).into());
    };
    let shape = match &record.geometry {
        Some(Geometry::Polygon(polygon)) => polygon.to_grid(),
        Some(Geometry::Point(_) | Geometry::Shape(_)) | None => GridShape::default(),
    };
    let withdrawn = record.state == VersionState::Withdrawn;
    let (version, on) = (record.version, record.effective_on);
    Ok(HazardState { version, on, classification, closed, withdrawn, shape })
}

fn document(
    root: &str,
    snapshot: &Snapshot,
    ledger: &RecordLedger,
    steps: &[Step],
    head: &Value,
) -> Vec<u8> {
    let parcels = ledger.cluster.as_ref().map(|it| it.parcels.as_slice()).unwrap_or_default();
    let recorded: HashMap<u32, &StoredVersion> =
        ledger.versions.iter().map(|stored| (stored.record.version, stored)).collect();
    let mut body = b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec();
    for (place, step) in steps.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        let events: Vec<Value> = step
            .events
            .iter()
            .map(|event| event_document(root, snapshot, &recorded, event))
            .collect();
        let mut properties = Map::new();
        for (name, value) in [
            ("on", json!(step.on)),
            ("events", json!(events)),
            ("gained_m2", json!(step.gained.m2())),
            ("released_m2", json!(step.released.m2())),
            ("adjusted_m2", json!(step.adjusted.m2())),
            ("remaining_m2", json!(step.remaining.m2())),
        ] {
            properties.insert(name.to_owned(), value);
        }
        let parts = remaining_shape(step, parcels).to_polygon_parts();
        let feature = FeatureText {
            id: Some(&step.on.to_string()),
            geometry: Some(GeometryRef::Parts(&parts)),
            properties: Properties::Map(&properties),
            ..FeatureText::default()
        };
        write_feature(&mut body, &feature);
    }
    body.extend_from_slice(b"],");
    body.extend_from_slice(head.to_string().trim_start_matches('{').as_bytes());
    body
}

fn event_document(
    root: &str,
    snapshot: &Snapshot,
    recorded: &HashMap<u32, &StoredVersion>,
    event: &Event,
) -> Value {
    let mut document = json!({ "event": event.kind.name() });
    document["cause"] = cause_document(root, snapshot, event.cause);
    if let Some(outcome) = event.outcome {
        document["outcome"] = json!(outcome);
        document["area_m2"] = json!(event.area.map(|area| area.m2()));
    } else if let Some(stored) = recorded.get(&event.cause.version) {
        let record = &stored.record;
        document["classification"] = json!(event.classification);
        document["recorded_at"] = json!(record.recorded_at);
        document["reason"] = json!(stored.reason);
        let href = version_href(root, &record.collection, record.id, record.version);
        document["cause"]["href"] = json!(href);
    }
    document
}
