//! What tiles tell of single records.

use survey::records::Region as RegionRecord;
use survey::{Collection, QueryableKind, Record as _};
use tiles::{Layer, Value};

use super::OF_REGIONS;
use crate::record::Record;
use crate::relief::is_unlocated;
use crate::row::{number_at, text_at, texts_at, truth_at};
use crate::snapshot::Snapshot;

/// Gives the next feature the properties of a record, its id, and what the ledger says of it.
pub(super) fn tag_properties<'a>(
    layer: &mut Layer<'a>,
    snapshot: &Snapshot,
    collection: &'a Collection,
    record: &Record,
) {
    layer.tag_unique("id", Value::Text(&record.id.to_string()));
    for (slot, queryable) in collection.queryables().iter().enumerate() {
        let name = queryable.name.as_str();
        let value = match queryable.kind {
            QueryableKind::Text | QueryableKind::Date | QueryableKind::Timestamp => {
                let Some(text) = text_at(record, slot) else { continue };
                if name == "local_id" {
                    layer.tag_unique(name, Value::Text(&text));
                } else {
                    layer.tag(name, Value::Text(&text));
                }
                continue;
            }
            QueryableKind::Texts => {
                let texts = texts_at(record, slot);
                if !texts.is_empty() {
                    layer.tag(name, Value::Text(&texts.join(", ")));
                }
                continue;
            }
            QueryableKind::Boolean => truth_at(record, slot).map(Value::Boolean),
            QueryableKind::Integer => number_at(record, slot).map(|it| Value::Integer(it as i64)),
            QueryableKind::Number => number_at(record, slot).map(Value::Number),
        };
        if let Some(value) = value {
            layer.tag(name, value);
        }
    }
    // A layer may have a property of this name.
    if collection.queryables().iter().all(|queryable| queryable.name != "version") {
        layer.tag("version", Value::Integer(i64::from(record.version)));
    }
    if is_unlocated(record) {
        layer.tag("located", Value::Boolean(false));
    }
    if let Some(claim) = record.hazard {
        layer.tag("closed", Value::Boolean(claim.closed));
    }
    if let Some(lifecycle) = snapshot.lifecycle(record) {
        layer.tag("stage", Value::Text(lifecycle.stage.name()));
        if let Some(land) = lifecycle.land {
            layer.tag("remaining_m2", Value::Number(land.remaining.m2()));
        }
    }
    if collection.name == RegionRecord::COLLECTION
        && let Some(figures) = snapshot.progress_of(record.id)
    {
        let areas = [
            figures.identified,
            figures.cancelled,
            figures.reduced,
            figures.cleared,
            figures.remaining.unwrap_or_default(),
        ];
        for ((name, _), area) in OF_REGIONS.iter().zip(areas) {
            layer.tag(name, Value::Number(area.m2()));
        }
    }
}
