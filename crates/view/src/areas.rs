//! Polygons by place, in a few indexes of growing size, so that a change costs little.

use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, LonLat, PolygonIndex};
use survey::RecordId;

use crate::record::Record;
use crate::shelves::Shelves;

/// A version of a record.
type Key = (RecordId, u32);

/// Spatial indexes, the largest and oldest first, each over the polygons that were added at one
/// time or have been put together since.
///
/// Nothing is ever taken out: what an index finds counts only if the record still has that version,
/// which its reader, who looks the record up anyway, sees. What no longer counts goes when indexes
/// are put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Areas {
    indexes: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    index: Arc<PolygonIndex<Key>>,
    keys: Arc<[Key]>,
}

/// An index smaller than this is made anew with every change, which takes some fifty microseconds.
const SMALL: usize = 128;

/// Each index is at least so many times larger than the next, which bounds their number.
const STEP: usize = 4;

/// Areas in nearly the same box that are looked at in one index.
const LOOKED_AT: usize = 64;

type Records = Shelves<RecordId, Arc<Record>>;

impl Areas {
    /// The areas of all records.
    pub(crate) fn of(records: &Records) -> Self {
        let keys = records.iter().filter_map(|(_, record)| key_of(record)).collect();
        let mut areas = Self::default();
        areas.push(keys, records);
        areas
    }

    /// The areas after some records have changed; `records` are those after the change.
    pub(crate) fn changed(&self, changed: &[Arc<Record>], records: &Records) -> Self {
        let mut keys: Vec<Key> = changed.iter().filter_map(key_of).collect();
        let mut areas = self.clone();
        let held: usize = areas.indexes.iter().map(|part| part.keys.len()).sum();
        if held + keys.len() > 2 * records.len() + SMALL {
            return Self::of(records);
        }
        if keys.is_empty() {
            return areas;
        }
        while let Some(last) = areas
            .indexes
            .pop_if(|last| last.keys.len() < SMALL || last.keys.len() < STEP * keys.len())
        {
            keys.extend_from_slice(&last.keys);
        }
        areas.push(keys, records);
        areas
    }

    fn push(&mut self, mut keys: Vec<Key>, records: &Records) {
        keys.sort_unstable();
        keys.dedup();
        let polygons: Vec<(Key, Arc<HazardPolygon>)> = keys
            .into_iter()
            .filter_map(|key| {
                let record = current(key, records)?;
                Some((key, Arc::clone(record.area()?)))
            })
            .collect();
        if polygons.is_empty() {
            return;
        }
        let keys = polygons.iter().map(|(key, _)| *key).collect();
        self.indexes.push(Part { index: Arc::new(PolygonIndex::bulk_load(polygons)), keys });
    }

    /// The records whose area holds a position, on its boundary included.
    pub(crate) fn covering<'r>(
        &self,
        position: LonLat,
        records: &'r Records,
    ) -> impl Iterator<Item = &'r Arc<Record>> {
        self.found(records, move |index| index.covering(position))
    }

    /// The records whose area has a position in common with a box.
    pub(crate) fn meeting<'r>(
        &self,
        bbox: &Bbox,
        records: &'r Records,
    ) -> impl Iterator<Item = &'r Arc<Record>> {
        self.found(records, |index| index.intersecting(bbox))
    }

    /// The records whose area lies in nearly the same box.
    pub(crate) fn alike<'r>(
        &'r self,
        bbox: &'r Bbox,
        limits: &'r LikenessLimits,
        records: &'r Records,
    ) -> impl Iterator<Item = &'r Arc<Record>> {
        let parts = self.indexes.iter();
        // What no longer counts is looked at too, so that the work has a bound of its own.
        let found = parts.flat_map(|part| part.index.alike(bbox, limits).take(LOOKED_AT));
        found.filter_map(|(key, _)| current(key, records))
    }

    fn found<'r>(
        &self,
        records: &'r Records,
        find: impl Fn(&PolygonIndex<Key>) -> Vec<Key>,
    ) -> impl Iterator<Item = &'r Arc<Record>> {
        let keys = self.indexes.iter().flat_map(move |part| find(&part.index));
        keys.filter_map(|key| current(key, records)).collect::<Vec<_>>().into_iter()
    }

    /// The records whose area is no further away than so many metres, with the distance.
    pub(crate) fn within<'r>(
        &self,
        position: LonLat,
        metres: f64,
        records: &'r Records,
    ) -> impl Iterator<Item = (&'r Arc<Record>, f64)> {
        self.indexes
            .iter()
            .flat_map(move |part| part.index.within(position, metres))
            .filter_map(|(key, distance_m)| Some((current(key, records)?, distance_m)))
    }
}

/// The key of a record that is found by its area.
fn key_of(record: &Arc<Record>) -> Option<Key> {
    (record.is_in_force() && record.area().is_some()).then_some((record.id, record.version))
}

fn current((id, version): Key, records: &Records) -> Option<&Arc<Record>> {
    records.get(&id).filter(|record| record.version == version)
}
