//! One record as a GeoJSON feature, as asked for.

use exchange::{FeatureText, GeometryRef, Properties, chosen_members, write_feature};
use serde::Serialize;
use serde_json::{Value, json};
use survey::Day;
use survey::lifecycle::Stage;
use view::{Lifecycle, Place, Record, Snapshot};

use super::choice::Style;
use super::crs::{self, Carried};
use super::simplification::{SIMPLIFIED, Simplified};
use crate::problem::Problem;
use crate::query::invalid;

const JSON_FG: &[&str] = &[
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
];

/// The members a feature has besides those of GeoJSON: its version, and what the ledger says.
///
/// An unlocated hazardous area is drawn by its caution area, and says so in `located`. A hazardous
/// area tells in `lifecycle` how far it has come, by the land ledger.
#[derive(Serialize)]
struct Members {
    version: u32,
    revision: u64,
    located: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<LifecycleTold>,
}

#[derive(Serialize)]
struct LifecycleTold {
    stage: Stage,
    #[serde(skip_serializing_if = "Option::is_none")]
    land: Option<LandTold>,
}

#[derive(Serialize)]
struct LandTold {
    claimed_m2: f64,
    remaining_m2: f64,
    hazardous_again_m2: f64,
    cancelled_m2: f64,
    reduced_m2: f64,
    cleared_m2: f64,
    adjusted_m2: f64,
    last_released_on: Option<Day>,
}

impl From<Lifecycle> for LifecycleTold {
    fn from(Lifecycle { stage, land }: Lifecycle) -> Self {
        let land = land.map(|land| LandTold {
            claimed_m2: land.claimed().m2(),
            remaining_m2: land.remaining.m2(),
            hazardous_again_m2: land.again.m2(),
            cancelled_m2: land.cancelled.m2(),
            reduced_m2: land.reduced.m2(),
            cleared_m2: land.cleared.m2(),
            adjusted_m2: land.adjusted.m2(),
            last_released_on: land.last_released_on,
        });
        Self { stage, land }
    }
}

fn members(snapshot: &Snapshot, record: &Record) -> Result<String, Problem> {
    let members = Members {
        version: record.version,
        revision: record.revision,
        located: record.is_located(),
        lifecycle: snapshot.lifecycle(record).map(LifecycleTold::from),
    };
    serde_json::to_string(&members).map_err(Problem::internal)
}

/// The members JSON-FG adds to every feature; `place` is the geometry in systems other than WGS 84.
///
/// # Source
/// OGC Features and Geometries JSON, Part 1 (21-045), clause 7.
fn json_fg_members(
    record: &Record,
    collection: &str,
    carried: Option<&Carried>,
) -> Vec<(&'static str, Value)> {
    let place = carried.map_or(Value::Null, |carried| {
        let mut text = Vec::new();
        exchange::write_geometry(&mut text, carried);
        serde_json::from_slice(&text).unwrap_or(Value::Null)
    });
    vec![
        ("featureType", json!(collection)),
        ("time", json!({ "date": record.effective_on })),
        ("place", place),
    ]
}

/// Adds what a JSON-FG document says of all it holds: what it conforms to, and the reference system
/// of its places.
pub fn complete_json_fg(document: &mut Value, style: &Style) {
    if style.json_fg {
        document["conformsTo"] = json!(JSON_FG);
        if !style.coordinates.is_crs84() {
            document["coordRefSys"] = json!(style.coordinates.uri());
        }
    }
}

/// Why a record cannot be given in the system asked for, and what can be asked instead: leaving it out
/// unasked would show less hazardous land than there is.
fn not_carried(style: &Style, record: &Record, reason: &str) -> Problem {
    let (local_id, system) = (&record.local_id, &style.coordinates);
    // What is not known to lie elsewhere is in every box.
    let bbox = system.zone().filter(|_| record.is_located());
    let [west, south, east, north] = bbox.unwrap_or_default();
    let bbox = bbox.map(|_| format!("{west},{south},{east},{north}"));
    let instead = match &bbox {
        Some(bbox) => format!("ask for the items of this zone with bbox={bbox}, or"),
        None => "ask".to_owned(),
    };
    let reason =
        format!("{local_id} cannot be given in it: {reason}; {instead} without crs for all");
    let problem = invalid("crs", &reason).with("item", json!(record.id));
    match bbox {
        Some(bbox) => problem.with("bbox", bbox),
        None => problem,
    }
}

/// Appends a record to `out` as one line of GeoJSON, with its boundary as recorded or simplified.
///
/// # Errors
/// `invalid-parameter` when its place cannot be carried to the reference system asked for.
pub fn write(
    out: &mut Vec<u8>,
    snapshot: &Snapshot,
    (record, simplified): (&Record, Option<&Simplified>),
    collection: &str,
    style: &Style,
) -> Result<(), Problem> {
    let members_text = members(snapshot, record)?;
    let mut members = Vec::new();
    let place: &Place = simplified.map_or(&record.place, |simplified| &simplified.place);
    if let Some(Simplified { offset_m, .. }) = simplified {
        members.push((SIMPLIFIED, json!({ "max_offset_m": offset_m })));
    }
    let carried = if style.skip_geometry {
        None
    } else {
        style.coordinates.place(place).map_err(|reason| not_carried(style, record, &reason))?
    };
    if style.json_fg {
        members.extend(json_fg_members(record, collection, carried.as_ref()));
    }
    let geometry = match &carried {
        _ if style.skip_geometry => None,
        Some(_) if style.json_fg => None,
        Some(carried) => Some(GeometryRef::from(carried)),
        None => crs::stored(place),
    };
    let chosen: String;
    let properties = match &style.properties {
        None => Properties::Text(&record.properties),
        Some(names) => {
            let is_wanted = |name: &str| names.iter().any(|it| it == name);
            chosen = chosen_members(&record.properties, is_wanted).map_err(Problem::internal)?;
            Properties::Text(&chosen)
        }
    };
    let id = record.id.to_string();
    let feature = FeatureText {
        id: Some(&id),
        geometry,
        properties,
        members_text: &members_text,
        members: &members,
        ..FeatureText::default()
    };
    write_feature(out, &feature);
    Ok(())
}

/// A record as a GeoJSON feature in the usual style, to be added to.
pub fn value(snapshot: &Snapshot, record: &Record) -> Value {
    let mut text = Vec::new();
    match write(&mut text, snapshot, (record, None), "", &Style::default()) {
        Ok(()) => serde_json::from_slice(&text).unwrap_or(Value::Null),
        Err(_unreachable) => Value::Null,
    }
}
