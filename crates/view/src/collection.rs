//! The current records of one collection, by id, by name and by place.

use std::ops::Bound;
use std::sync::Arc;

use geometry::Bbox;
use survey::{RecordId, local_id_key};

use crate::areas::Areas;
use crate::points::Points;
use crate::record::{Place, Record};
use crate::shelves::Shelves;

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: Shelves<RecordId, Arc<Record>>,
    names: Shelves<Arc<str>, RecordId>,
    pub(crate) areas: Areas,
    points: Points,
    /// Records that may be anywhere.
    nowhere: Shelves<RecordId, ()>,
}

/// A record that is new or changed, or gone.
pub(crate) type RecordChange = (RecordId, Option<Arc<Record>>);

impl Table {
    pub(crate) fn of(records: Vec<Arc<Record>>) -> Self {
        let records = Shelves::of(records.into_iter().map(|record| (record.id, record)).collect());
        let all = || records.iter().map(|(_, record)| record);
        let nowhere = all().filter(|record| is_nowhere(record)).map(|record| (record.id, ()));
        Self {
            names: Shelves::of(all().map(|record| (name_of(record), record.id)).collect()),
            areas: Areas::of(&records),
            points: Points::of(all()),
            nowhere: Shelves::of(nowhere.collect()),
            records,
        }
    }

    /// The table after some records have changed; of several changes to one record the last
    /// counts.
    pub(crate) fn changed(&self, changes: Vec<RecordChange>) -> Self {
        let mut ids: Vec<RecordId> = changes.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let records = self.records.changed(changes);
        let among = |table: &Shelves<RecordId, Arc<Record>>| -> Vec<Arc<Record>> {
            ids.iter().filter_map(|id| table.get(id).cloned()).collect()
        };
        let (gone, here) = (among(&self.records), among(&records));
        let no_names = gone.iter().map(|record| (name_of(record), None));
        let names = here.iter().map(|record| (name_of(record), Some(record.id)));
        let nowhere = ids
            .iter()
            .map(|id| (*id, records.get(id).filter(|record| is_nowhere(record)).map(|_| ())));
        Self {
            names: self.names.changed(no_names.chain(names).collect()),
            areas: self.areas.changed(&here, &records),
            points: self.points.changed(&gone, &here),
            nowhere: self.nowhere.changed(nowhere.collect()),
            records,
        }
    }

    /// Number of records that may be anywhere.
    pub(crate) fn nowhere(&self) -> usize {
        self.nowhere.len()
    }

    pub(crate) fn by_local_id(&self, local_id: &str) -> Option<&Arc<Record>> {
        self.records.get(self.names.get(local_id_key(local_id).as_str())?)
    }

    /// Records that meet a box, in order of id, behind a record; at most `limit`.
    pub(crate) fn page(
        &self,
        bbox: Option<&Bbox>,
        after: Option<RecordId>,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let records = self.records.from(start).map(|(_, record)| record);
        let Some(bbox) = bbox else { return records.take(limit).cloned().collect() };
        let most = LOOKED_AT_LEAST.saturating_add(limit.saturating_mul(LOOKED_AT_EACH));
        let mut page = Vec::new();
        let mut looked_at = 0;
        for record in records.take(most) {
            looked_at += 1;
            if record.meets(bbox) {
                page.push(Arc::clone(record));
                if page.len() == limit {
                    return page;
                }
            }
        }
        if looked_at < most {
            return page;
        }
        self.page_by_place(bbox, start, limit)
    }

    /// As [`Self::page`], where few of many records meet the box.
    fn page_by_place(
        &self,
        bbox: &Bbox,
        start: Bound<&RecordId>,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let behind = |id: &RecordId| match start {
            Bound::Excluded(after) => id > after,
            Bound::Included(_) | Bound::Unbounded => true,
        };
        let mut page: Vec<Arc<Record>> = self.meeting(bbox).filter(|it| behind(&it.id)).collect();
        page.sort_unstable_by_key(|record| record.id);
        let nowhere = self.nowhere.from(start).take(limit);
        page.extend(nowhere.filter_map(|(id, ())| self.records.get(id).cloned()));
        page.sort_by_key(|record| record.id);
        page.truncate(limit);
        page
    }

    /// Records with a place that meet a box, in no order.
    pub(crate) fn meeting(&self, bbox: &Bbox) -> impl Iterator<Item = Arc<Record>> {
        let points = self.points.near(bbox);
        let points: Vec<Arc<Record>> = points
            .iter()
            .filter_map(|id| self.records.get(id))
            .filter(|record| record.meets(bbox))
            .cloned()
            .collect();
        self.areas.meeting(bbox, &self.records).cloned().chain(points)
    }
}

/// Records looked at one after the other before the index is asked: where most of them meet the
/// box, a page is full long before.
const LOOKED_AT_LEAST: usize = 4_096;
const LOOKED_AT_EACH: usize = 64;

fn name_of(record: &Record) -> Arc<str> {
    local_id_key(&record.local_id).into()
}

fn is_nowhere(record: &Record) -> bool {
    matches!(record.place, Place::Unknown)
}
