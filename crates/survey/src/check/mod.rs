//! The check of one feature: every fault it has, and the record it makes.

pub(crate) mod area;
pub(crate) mod dates;
pub(crate) mod layer;
pub(crate) mod references;
pub(crate) mod schema;
pub(crate) mod work;

mod faults;
mod likeness;
mod place;
mod properties;
mod shape;
mod text;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::feature::{CheckContext, Checked, PreparedRecord, WireFeature};
use crate::finding::{Finding, Findings};
use crate::id::{RecordId, local_id_key};
use crate::land::LandRole;
use crate::record::{MissingGeometry, Record, StoredFacts};
use crate::rules;
use faults::Fault;
pub use likeness::DuplicateBoundaries;
use schema::Fields;
use shape::{Hedge, Repairs, Shape};

/// Checks one feature as a record type.
pub(crate) fn feature<R: Record>(
    fields: &Fields,
    wire: WireFeature,
    context: &CheckContext<'_>,
) -> Checked {
    let WireFeature { index, id, geometry, raw_geometry, mut properties } = wire;
    let mut out = Findings::default();
    let had_name = name_by_id(&mut properties, id.as_deref(), &mut out);
    let record = properties::read::<R>(fields, &mut properties, context.today, &mut out);
    let properties_refused = out.has_errors() || record.is_none();

    let region = record.as_ref().and_then(|record| record.region());
    let claimed =
        region.and_then(|name| Some(place::Claimed { name, land: context.known.region(name)? }));
    let releases = record
        .as_ref()
        .is_some_and(|record| matches!(record.land_role(), Some(LandRole::Release { .. })));
    let repairs = if releases { Repairs::AddingNothing } else { Repairs::Any };
    let mut shape_findings = Findings::default();
    let shape = shape::check(
        geometry,
        raw_geometry,
        R::GEOMETRY,
        claimed.as_ref(),
        repairs,
        context,
        &mut shape_findings,
    );
    let shape_refused = shape_findings.has_errors();

    let before = out.as_slice().len();
    if let Some(record) = &record {
        let geometry = match &shape {
            Shape::Checked(geometry) | Shape::Repaired(geometry, _) => Some(geometry),
            Shape::Absent | Shape::Unusable(_) => None,
        };
        record.check(geometry, context, &mut out);
        references::check(record, context, &mut out);
        likeness::check(record, record_id(id.as_deref()), geometry, context, &mut out);
    }
    let rules_refused = out.as_slice()[before..].iter().any(Finding::is_error);
    let refused_for_more = properties_refused || rules_refused;

    let mut prepared = None;
    let mut fallback = None;
    if let Some(record) = record.filter(|_| !refused_for_more) {
        let base = base::<R>(&record, index, id.as_deref(), properties);
        match shape {
            Shape::Checked(geometry) if !shape_refused => {
                prepared = Some(PreparedRecord { geometry: Some(geometry), ..base });
            }
            Shape::Repaired(geometry, sent) if !shape_refused => {
                let (geometry, raw_geometry) = (Some(geometry), Some(sent));
                prepared = Some(PreparedRecord { geometry, raw_geometry, ..base });
            }
            Shape::Absent if !shape_refused => prepared = Some(base),
            Shape::Unusable(hedge) if R::GEOMETRY.missing == MissingGeometry::Unlocated => {
                shape_findings.push(
                    Finding::new(&rules::KEPT_UNLOCATED, "/geometry")
                        .with("positions", hedge.positions),
                );
                let Hedge { caution, raw, .. } = hedge;
                fallback = Some(PreparedRecord { caution, raw_geometry: raw, ..base });
            }
            Shape::Checked(_) | Shape::Repaired(..) | Shape::Absent | Shape::Unusable(_) => {}
        }
    }
    let name = id.or(had_name);
    let findings = out.into_vec().into_iter().chain(shape_findings.into_vec());
    let findings = findings.map(|finding| finding.of_feature(index, name.as_deref())).collect();
    Checked { findings, record: prepared, fallback }
}

/// Names a record without local identifier by the id of its feature; gives the name.
fn name_by_id(
    properties: &mut Map<String, Value>,
    id: Option<&str>,
    out: &mut Findings,
) -> Option<String> {
    let given = match properties.get("local_id") {
        Some(Value::String(name)) => !name.trim().is_empty(),
        Some(Value::Null) | None => false,
        Some(_) => true,
    };
    if !given {
        if let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) {
            properties.insert("local_id".to_owned(), Value::from(id));
        } else {
            out.push(Finding::new(&rules::MISSING_LOCAL_ID, "/properties/local_id"));
            out.mark_faulty("local_id");
        }
    }
    properties.get("local_id")?.as_str().map(|name| name.trim().to_owned())
}

/// The record a feature names by its id, when that is a UUID.
fn record_id(id: Option<&str>) -> Option<RecordId> {
    id.and_then(|id| id.trim().parse().ok())
}

/// The record without anything about where it is.
fn base<R: Record>(
    record: &R,
    index: u64,
    id: Option<&str>,
    properties: Map<String, Value>,
) -> PreparedRecord {
    PreparedRecord {
        index,
        id: record_id(id),
        local_id: record.local_id().to_owned(),
        effective_on: record.effective_on(),
        organisation: record.organisation().map(str::to_owned),
        geometry: None,
        caution: None,
        raw_geometry: None,
        properties,
    }
}

/// Reads the typed facts of a stored record back.
pub(crate) fn stored<R: Record>(properties: &Map<String, Value>) -> Result<StoredFacts, Finding> {
    Fault::reading::<R>(properties).map(|record| StoredFacts::of(&record)).map_err(|fault| {
        Finding::new(&rules::STORED_RECORD_UNREADABLE, fault.place())
            .with("reason", fault.message())
    })
}

/// The local identifiers met so far in one submission.
///
/// Two features of one submission with the same local identifier would be two versions of one
/// record in no order; the second is refused. Rejected features count too: which of the two is
/// meant is for a person to say.
///
/// # Examples
/// ```
/// let mut seen = survey::DuplicateIds::default();
/// assert!(seen.meet(0, "KH-HA-7").is_none());
/// assert_eq!(seen.meet(1, "kh-ha-7").unwrap().rule, "duplicate-local-id");
/// ```
#[derive(Debug, Default)]
pub struct DuplicateIds {
    first: HashMap<Box<str>, u64>,
}

impl DuplicateIds {
    /// Takes note of the local identifier of a feature; a finding if it was there before.
    pub fn meet(&mut self, index: u64, local_id: &str) -> Option<Finding> {
        let key = local_id_key(local_id).into_boxed_str();
        if let Some(first) = self.first.get(&key) {
            let finding = Finding::new(&rules::DUPLICATE_LOCAL_ID, "/properties/local_id")
                .with("local_id", local_id)
                .with("first", first);
            return Some(finding.of_feature(index, Some(local_id)));
        }
        self.first.insert(key, index);
        None
    }
}
