//! What tiles tell of single records.

use survey::records::Region as RegionRecord;
use survey::{Collection, Queryable, QueryableKind, Record as _};
use tiles::{Layer, Value};

use super::{OF_REGIONS, TileQuery};
use crate::record::Record;
use crate::relief::is_unlocated;
use crate::row::{number_at, text_at, texts_at, truth_at};
use crate::snapshot::Snapshot;

/// What is told of the records of one collection.
pub(super) struct Told<'a> {
    snapshot: &'a Snapshot,
    /// Only these; all when none are named.
    names: Option<&'a [String]>,
    /// Where a record keeps each property that is told.
    own: Vec<(usize, &'a Queryable)>,
    has_version: bool,
    is_of_regions: bool,
}

impl<'a> Told<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        query: &'a TileQuery,
        collection: &'a Collection,
    ) -> Self {
        let names = query.properties.as_deref();
        let is_told = |name: &str| names.is_none_or(|names| names.iter().any(|it| it == name));
        let own = collection.queryables().iter().enumerate();
        Self {
            snapshot,
            names,
            own: own.filter(|(_, queryable)| is_told(&queryable.name)).collect(),
            // A layer may have a property of this name.
            has_version: is_told("version")
                && collection.queryables().iter().all(|queryable| queryable.name != "version"),
            is_of_regions: collection.name == RegionRecord::COLLECTION,
        }
    }

    fn tells(&self, name: &str) -> bool {
        self.names.is_none_or(|names| names.iter().any(|it| it == name))
    }

    /// Gives the next feature the properties of a record, its id, and what the ledger says of it.
    pub(super) fn tag(&self, layer: &mut Layer<'a>, record: &Record) {
        if self.tells("id") {
            let mut text = uuid::Uuid::encode_buffer();
            let id = record.id.uuid().as_hyphenated().encode_lower(&mut text);
            layer.tag_unique("id", Value::Text(id));
        }
        for (slot, queryable) in &self.own {
            tag_own(layer, record, *slot, queryable);
        }
        if self.has_version {
            layer.tag("version", Value::Integer(i64::from(record.version)));
        }
        if is_unlocated(record) && self.tells("located") {
            layer.tag("located", Value::Boolean(false));
        }
        if let Some(claim) = record.hazard {
            self.tag_hazard(layer, record, claim.closed);
        }
        if self.is_of_regions {
            self.tag_region(layer, record);
        }
    }

    fn tag_hazard(&self, layer: &mut Layer<'a>, record: &Record, closed: bool) {
        if self.tells("closed") {
            layer.tag("closed", Value::Boolean(closed));
        }
        let (has_stage, has_remaining) = (self.tells("stage"), self.tells("remaining_m2"));
        if !has_stage && !has_remaining {
            return;
        }
        let Some(lifecycle) = self.snapshot.lifecycle(record) else { return };
        if has_stage {
            layer.tag("stage", Value::Text(lifecycle.stage.name()));
        }
        if let Some(land) = lifecycle.land.filter(|_| has_remaining) {
            layer.tag("remaining_m2", Value::Number(land.remaining.m2()));
        }
    }

    fn tag_region(&self, layer: &mut Layer<'a>, record: &Record) {
        let Some(figures) = self.snapshot.progress_of(record.id) else { return };
        let areas = [
            figures.identified,
            figures.cancelled,
            figures.reduced,
            figures.cleared,
            figures.remaining.unwrap_or_default(),
        ];
        for ((name, _), area) in OF_REGIONS.iter().zip(areas) {
            if self.tells(name) {
                layer.tag(name, Value::Number(area.m2()));
            }
        }
    }
}

fn tag_own<'a>(layer: &mut Layer<'a>, record: &Record, slot: usize, queryable: &'a Queryable) {
    let name = queryable.name.as_str();
    let value = match queryable.kind {
        QueryableKind::Text | QueryableKind::Date | QueryableKind::Timestamp => {
            let Some(text) = text_at(record, slot) else { return };
            if name == "local_id" {
                layer.tag_unique(name, Value::Text(&text));
            } else {
                layer.tag(name, Value::Text(&text));
            }
            return;
        }
        QueryableKind::Texts => {
            let texts = texts_at(record, slot);
            if !texts.is_empty() {
                layer.tag(name, Value::Text(&texts.join(", ")));
            }
            return;
        }
        QueryableKind::Boolean => truth_at(record, slot).map(Value::Boolean),
        QueryableKind::Integer => number_at(record, slot).map(|it| Value::Integer(it as i64)),
        QueryableKind::Number => number_at(record, slot).map(Value::Number),
    };
    if let Some(value) = value {
        layer.tag(name, value);
    }
}
