//! Small programmes and records, each saying only what a test is about.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeZone, Utc};
use geometry::{Geometry, HazardPolygon, LonLat};
use serde_json::{Map, Value, json};
use store::{Applied, By, OnError, Outcome, Store, StoreError, SubmissionDraft};
use survey::layer::Layer;
use survey::{Day, PreparedRecord, Programme, RecordId};

pub const HAZARDS: &str = "hazardous-areas";
pub const RELEASES: &str = "land-releases";
pub const REGIONS: &str = "regions";
pub const ACTIVITIES: &str = "activities";
pub const SETTLEMENTS: &str = "settlements";

/// About 100 m in degrees near the equator.
const STEP_DEG: f64 = 0.001;

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 31, 12, 0, 0).unwrap()
}

pub fn by(actor: &str) -> By {
    By::new(actor, noon())
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Adds programme `KH`.
pub fn add_kh(store: &Store) {
    store.programme_add(&by("setup"), &Programme::new("KH", "Cambodia")).unwrap();
}

/// A rectangle in steps of about 100 m from a corner in Cambodia.
pub fn rectangle([x, y]: [f64; 2], [width, height]: [f64; 2]) -> HazardPolygon {
    let at = |x: f64, y: f64| [102.5 + x * STEP_DEG, 13.5 + y * STEP_DEG];
    let (east, north) = (x + width, y + height);
    let ring = vec![at(x, y), at(east, y), at(east, north), at(x, north), at(x, y)];
    HazardPolygon::new(vec![vec![ring]]).unwrap()
}

fn record(
    local_id: &str,
    effective_on: &str,
    geometry: Option<HazardPolygon>,
    properties: Value,
) -> PreparedRecord {
    let Value::Object(mut properties) = properties else { unreachable!() };
    properties.insert("local_id".into(), local_id.into());
    PreparedRecord {
        index: 0,
        id: None,
        local_id: local_id.to_owned(),
        effective_on: day(effective_on),
        organisation: None,
        geometry: geometry.map(Geometry::Polygon),
        caution: None,
        raw_geometry: None,
        properties,
    }
}

pub fn hazard(local_id: &str, on: &str, polygon: HazardPolygon) -> PreparedRecord {
    let properties = json!({ "classification": "suspected", "identified_on": on });
    record(local_id, on, Some(polygon), properties)
}

pub fn unlocated_hazard(local_id: &str, on: &str) -> PreparedRecord {
    let properties = json!({ "classification": "suspected", "identified_on": on });
    let mut record = record(local_id, on, None, properties);
    record.caution = Some(rectangle([0.0, 0.0], [1.0, 1.0]));
    record.raw_geometry = Some("{\"type\":\"Polygon\",\"coordinates\":[]}".into());
    record
}

pub fn release(local_id: &str, on: &str, polygon: HazardPolygon) -> PreparedRecord {
    let properties = json!({ "outcome": "cleared", "released_on": on });
    record(local_id, on, Some(polygon), properties)
}

pub fn region(local_id: &str, polygon: HazardPolygon) -> PreparedRecord {
    let properties = json!({ "name": local_id, "level": 1 });
    record(local_id, "1900-01-01", Some(polygon), properties)
}

pub fn activity(local_id: &str, on: &str) -> PreparedRecord {
    let properties = json!({ "activity_type": "clearance", "started_on": on });
    record(local_id, on, None, properties)
}

/// A layer of points with a name each.
pub fn settlements() -> Layer {
    let document = json!({
        "name": SETTLEMENTS,
        "title": "Settlements",
        "geometry": ["point"],
        "properties": [{ "name": "name", "type": "text" }],
    });
    serde_json::from_value(document).unwrap()
}

/// A record of that layer, as its check makes it on a day.
pub fn settlement(local_id: &str, on: &str, name: &str) -> PreparedRecord {
    let mut settlement = record(local_id, on, None, json!({ "name": name }));
    settlement.geometry = Some(LonLat::new(102.5, 13.5).unwrap().into());
    settlement
}

/// The same record with one property changed.
pub fn with(mut record: PreparedRecord, property: &str, value: Value) -> PreparedRecord {
    record.properties.insert(property.to_owned(), value);
    record
}

pub fn identified(mut record: PreparedRecord, id: u128) -> PreparedRecord {
    record.id = Some(RecordId::from(id));
    record
}

/// What is sent along with records.
#[derive(Debug, Clone)]
pub struct Sending {
    pub programme: &'static str,
    pub collection: &'static str,
    pub key: Option<String>,
    pub body: Vec<u8>,
    pub on_error: OnError,
}

impl Sending {
    /// A body never sent before.
    pub fn to(collection: &'static str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            programme: "KH",
            collection,
            key: None,
            body: format!("body {number}").into_bytes(),
            on_error: OnError::Reject,
        }
    }

    pub fn apply(
        &self,
        store: &Store,
        records: Vec<PreparedRecord>,
    ) -> Result<Outcome, StoreError> {
        let mut body = self.body.as_slice();
        let draft = self.draft(&mut body);
        let numbered = records.into_iter().enumerate().map(|(index, mut record)| {
            record.index = index as u64;
            Ok::<_, Infallible>(record)
        });
        store.submission_apply(&by("field team"), draft, numbered, &receipt)
    }

    pub fn draft<'a>(&'a self, body: &'a mut &[u8]) -> SubmissionDraft<'a> {
        SubmissionDraft {
            programme: self.programme,
            collection: self.collection,
            received_at: noon(),
            idempotency_key: self.key.as_deref(),
            options: "on_error=reject",
            on_error: self.on_error,
            body_sha256: digest(&self.body),
            body_bytes: self.body.len() as u64,
            body,
            findings: &Vec::new,
            expects: None,
            role: survey::access::Role::Manager,
        }
    }
}

/// Tells bodies apart; the store takes the caller's word for what the digest is of.
fn digest(body: &[u8]) -> [u8; 32] {
    let mut digest = [7_u8; 32];
    for (place, byte) in body.iter().enumerate() {
        digest[place % 32] = digest[place % 32].wrapping_mul(31).wrapping_add(*byte);
    }
    digest
}

fn receipt(applied: &Applied) -> Value {
    json!({ "submission": applied.submission, "created": applied.created })
}

/// Applies records to programme `KH`.
pub fn apply(store: &Store, collection: &'static str, records: Vec<PreparedRecord>) -> Applied {
    match Sending::to(collection).apply(store, records).unwrap() {
        Outcome::Applied(applied) => applied,
        Outcome::Repeated(earlier) => panic!("was applied before: {earlier:?}"),
    }
}

/// Properties as stored, without the local id.
pub fn properties(record: &survey::StoredRecord) -> Map<String, Value> {
    let mut properties = record.properties.clone();
    properties.remove("local_id");
    properties
}

/// Freezes a report on programme `KH` at its first revision.
pub fn freeze(store: &Store) -> uuid::Uuid {
    let parameters = Map::from_iter([("group_by".to_owned(), json!("region"))]);
    let document = "{\"revision\":1,\"rows\":[]}";
    let report = store::NewReport {
        programme: "KH",
        title: "Annual report",
        kind: "progress",
        revision: 1,
        parameters: &parameters,
        document,
        document_sha256: digest(document.as_bytes()),
    };
    store.report_freeze(&by("reviewer"), &report).unwrap()
}

/// Adds a webhook for everything that follows.
pub fn webhook(store: &Store) -> uuid::Uuid {
    let new = store::NewWebhook {
        programme: "KH",
        address: "https://example.org/changes",
        collections: &[],
        bbox: None,
        secret: "whsec_",
        since: None,
    };
    store.webhook_add(&by("manager"), &new).unwrap()
}

/// A try that failed.
pub fn attempt(number: u64) -> store::Attempt {
    store::Attempt {
        message: "msg_1".to_owned(),
        attempt: number,
        change_count: 1,
        at: noon(),
        duration_ms: 12,
        http_status: Some(500),
        fault: Some("HTTP 500".to_owned()),
    }
}
