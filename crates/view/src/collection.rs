//! The current records of one collection, by id, by name and by place.

use std::ops::{Bound, ControlFlow};
use std::sync::{Arc, OnceLock};

use geometry::Bbox;
use survey::{Day, RecordId, local_id_key};

use crate::ahead::AHEAD;
use crate::areas::Areas;
use crate::points::Points;
use crate::record::{Place, Record};
use crate::relief::Relief;
use crate::shapes::Shapes;
use crate::shelves::Shelves;

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: Shelves<RecordId, Arc<Record>>,
    names: Shelves<Arc<str>, RecordId>,
    pub(crate) areas: Areas,
    points: Points,
    shapes: Shapes,
    /// Records that may be anywhere.
    nowhere: Shelves<RecordId, ()>,
    in_force: usize,
    /// Found when it is first asked for.
    span: OnceLock<Span>,
    /// What maps are drawn from, made when the first is.
    pub(crate) relief: OnceLock<Relief>,
}

/// Where and when the records of a collection are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    /// West, south, east, north.
    pub(crate) extent: Option<[f64; 4]>,
    /// The first and the last day on which one took effect.
    pub(crate) days: Option<[Day; 2]>,
}

impl Span {
    fn and(self, record: &Record) -> Self {
        let day = record.effective_on;
        let days = self.days.map_or([day, day], |[from, to]| [from.min(day), to.max(day)]);
        let whole = |bbox: Bbox| {
            let across = bbox.west > bbox.east;
            let (west, east) = if across { (-180.0, 180.0) } else { (bbox.west, bbox.east) };
            [west, bbox.south, east, bbox.north]
        };
        let extent = match (self.extent, record.bbox().map(whole)) {
            (Some([w, s, e, n]), Some([west, south, east, north])) => {
                Some([w.min(west), s.min(south), e.max(east), n.max(north)])
            }
            (known, found) => known.or(found),
        };
        Self { extent, days: Some(days) }
    }
}

impl Table {
    pub(crate) fn of(records: Vec<Arc<Record>>) -> Self {
        let records = Shelves::of(records.into_iter().map(|record| (record.id, record)).collect());
        let all = || records.iter().map(|(_, record)| record);
        let nowhere = all().filter(|record| is_nowhere(record)).map(|record| (record.id, ()));
        Self {
            names: Shelves::of(all().map(|record| (name_of(record), record.id)).collect()),
            areas: Areas::of(&records),
            points: Points::of(all()),
            shapes: Shapes::of(all()),
            nowhere: Shelves::of(nowhere.collect()),
            in_force: all().filter(|record| record.is_in_force()).count(),
            span: OnceLock::new(),
            relief: OnceLock::new(),
            records,
        }
    }

    /// The table after some records have changed; of several versions of one record the last
    /// counts.
    pub(crate) fn changed(&self, changed: &[Arc<Record>]) -> Self {
        let set = |record: &Arc<Record>| (record.id, Some(Arc::clone(record)));
        let records = self.records.changed(changed.iter().map(set).collect());
        let mut ids: Vec<RecordId> = changed.iter().map(|record| record.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let steps: Vec<(Option<Arc<Record>>, Arc<Record>)> = ids
            .iter()
            .filter_map(|id| Some((self.records.get(id).cloned(), records.get(id)?.clone())))
            .collect();
        let count = |counts: bool| usize::from(counts);
        let mut in_force = self.in_force;
        let mut names = Vec::with_capacity(steps.len());
        let mut nowhere = Vec::with_capacity(steps.len());
        for (before, after) in &steps {
            in_force += count(after.is_in_force());
            if let Some(before) = before {
                in_force -= count(before.is_in_force());
                names.push((name_of(before), None));
            }
            nowhere.push((after.id, is_nowhere(after).then_some(())));
        }
        names.extend(steps.iter().map(|(_, after)| (name_of(after), Some(after.id))));
        let relief = self.relief.get().and_then(|relief| relief.changed(&steps));
        let current: Vec<Arc<Record>> = steps.iter().map(|(_, after)| Arc::clone(after)).collect();
        Self {
            names: self.names.changed(names),
            areas: self.areas.changed(&current, &records),
            points: self.points.changed(&steps),
            shapes: self.shapes.changed(&steps),
            nowhere: self.nowhere.changed(nowhere),
            in_force,
            span: OnceLock::new(),
            relief: relief.map(OnceLock::from).unwrap_or_default(),
            records,
        }
    }

    /// Where and when the records in force are.
    pub(crate) fn span(&self) -> Span {
        *self.span.get_or_init(|| {
            let records = self.records.iter().map(|(_, record)| record);
            let in_force = records.filter(|record| record.is_in_force());
            in_force.fold(Span::default(), |span, record| span.and(record))
        })
    }

    /// Number of records that count.
    pub(crate) fn in_force(&self) -> usize {
        self.in_force
    }

    /// Number of records that may be anywhere.
    pub(crate) fn nowhere(&self) -> usize {
        self.nowhere.len()
    }

    pub(crate) fn by_local_id(&self, local_id: &str) -> Option<&Arc<Record>> {
        self.records.get(self.names.get(local_id_key(local_id).as_str())?)
    }

    /// Hands out the records that count, in order of id, behind a record, until told to stop.
    ///
    /// `ahead` is told the records that come next, so that what will be read of them is on its way
    /// from memory.
    pub(crate) fn look_through(
        &self,
        after: Option<RecordId>,
        ahead: &dyn Fn(&[&Arc<Record>]),
        mut look: impl FnMut(&Arc<Record>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut records = self.records.from(start).map(|(_, record)| record);
        let mut next: Vec<&Arc<Record>> = Vec::with_capacity(AHEAD);
        loop {
            next.clear();
            next.extend(records.by_ref().take(AHEAD));
            if next.is_empty() {
                return ControlFlow::Continue(());
            }
            ahead(&next);
            next.iter()
                .filter(|record| record.is_in_force())
                .try_for_each(|record| look(record))?;
        }
    }

    /// Records that count, meet a box and are wanted, in order of id, behind a record; at most
    /// `limit`.
    pub(crate) fn page(
        &self,
        bbox: &Bbox,
        wanted: &dyn Fn(&Record) -> bool,
        after: Option<RecordId>,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut page = Vec::new();
        let meets =
            |record: &Arc<Record>| record.is_in_force() && record.meets(bbox) && wanted(record);
        let records = self.records.from(start).map(|(_, record)| record);
        let most = LOOKED_AT_LEAST + limit.saturating_mul(LOOKED_AT_EACH);
        for (number, record) in records.enumerate() {
            if number == most || (number == SAMPLE && !self.is_filled_soon(page.len(), limit)) {
                return self.page_by_place(bbox, wanted, start, limit);
            }
            if meets(record) {
                page.push(Arc::clone(record));
                if page.len() == limit {
                    return page;
                }
            }
        }
        page
    }

    /// Whether a page is full sooner by looking at one record after the other than by asking the
    /// index for all that meet the box: where so many of a sample do that fewer are looked at than
    /// the index would find.
    fn is_filled_soon(&self, of_sample: usize, limit: usize) -> bool {
        limit.saturating_mul(SAMPLE * SAMPLE) <= of_sample * of_sample * self.in_force
    }

    /// As [`Self::page`], where few of many records meet the box.
    fn page_by_place(
        &self,
        bbox: &Bbox,
        wanted: &dyn Fn(&Record) -> bool,
        start: Bound<&RecordId>,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let behind = |id: &RecordId| match start {
            Bound::Excluded(after) => id > after,
            Bound::Included(_) | Bound::Unbounded => true,
        };
        let mut page: Vec<Arc<Record>> = self.meeting(bbox).filter(|it| behind(&it.id)).collect();
        page.sort_unstable_by_key(|record| record.id);
        let nowhere = self.nowhere.from(start).filter_map(|(id, ())| self.records.get(id));
        page.retain(|record| wanted(record));
        page.extend(nowhere.filter(|record| wanted(record)).take(limit).cloned());
        page.sort_by_key(|record| record.id);
        page.truncate(limit);
        page
    }

    /// Records that count, in order of id.
    pub(crate) fn all_in_force(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.iter().map(|(_, record)| record).filter(|record| record.is_in_force())
    }

    /// Records that count, and meet a box or may be anywhere, in no order.
    pub(crate) fn all_meeting<'t>(
        &'t self,
        bbox: Option<&'t Bbox>,
    ) -> Box<dyn Iterator<Item = Arc<Record>> + 't> {
        let Some(bbox) = bbox else {
            return Box::new(self.all_in_force().cloned());
        };
        let nowhere = self.nowhere.iter().filter_map(|(id, ())| self.records.get(id).cloned());
        Box::new(self.meeting(bbox).chain(nowhere))
    }

    /// Records with a place that count and meet a box, in no order.
    pub(crate) fn meeting(&self, bbox: &Bbox) -> impl Iterator<Item = Arc<Record>> {
        let mut near = self.points.near(bbox);
        near.extend(self.shapes.meeting(bbox));
        let others: Vec<Arc<Record>> = near
            .iter()
            .filter_map(|id| self.records.get(id))
            .filter(|record| record.meets(bbox))
            .cloned()
            .collect();
        self.areas.meeting(bbox, &self.records).cloned().chain(others)
    }
}

/// Records looked at before it is decided how to go on.
const SAMPLE: usize = 256;

/// Records looked at one after the other before the index is asked after all, however many of the
/// first met the box.
const LOOKED_AT_LEAST: usize = 4_096;
const LOOKED_AT_EACH: usize = 64;

fn name_of(record: &Record) -> Arc<str> {
    local_id_key(&record.local_id).into()
}

fn is_nowhere(record: &Record) -> bool {
    record.is_in_force() && matches!(record.place, Place::Unknown)
}
