//! One consistent picture of a programme.

use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, LonLat};
use survey::layer::Layers;
use survey::lifecycle::LandOfArea;
use survey::limits::MAX_LOOKALIKES;
use survey::progress::{Dictionary, Fact, Progress, ProgressQuery};
use survey::{Classification, Day, Known, Lookalike, RecordId};

use crate::collection::Table;
use crate::error::UnknownRegion;
use crate::figures::Gathered;
use crate::ledger::{Cause, Ledger};
use crate::lifecycle::{Lifecycle, lifecycle};
use crate::record::{Place, Record};
use crate::regions::Regions;

/// Everything a programme holds as of one revision; it never changes.
///
/// Answers say what is recorded. None says of land that nothing is there, or that it is released.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(crate) revision: u64,
    pub(crate) loaded: bool,
    /// The day whose records it holds; none for those of now.
    pub(crate) effective: Option<Day>,
    pub(crate) tables: Vec<(Arc<str>, Table)>,
    /// The layers of the programme.
    pub(crate) layers: Layers,
    pub(crate) ledger: Ledger,
    pub(crate) dictionary: Arc<Dictionary>,
    pub(crate) regions: Arc<Regions>,
    pub(crate) gathered: Gathered,
    /// The number the next new record gets among the causes of the ledger.
    pub(crate) next_number: u32,
}

/// A recorded hazardous area that answers a question about a place.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardAnswer {
    /// The record.
    pub record: Arc<Record>,
    /// How sure it is that the land is hazardous.
    pub classification: Classification,
    /// Whether its boundary is known; if not, its caution area answers.
    pub located: bool,
    /// Whether the area is recorded as closed or handed over.
    pub closed: bool,
    /// Metres from the place asked about, 0 inside, where the question was about a distance.
    pub distance_m: Option<f64>,
}

/// Number of records of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The collection.
    pub collection: Arc<str>,
    /// Records in force.
    pub records: usize,
    /// Of those, records of which nothing usable is known about where they are.
    pub nowhere: usize,
}

/// The collection whose records figures are reported by.
pub(crate) const REGIONS: &str = <survey::records::Region as survey::Record>::COLLECTION;
const AREAS: &str = <survey::records::HazardousArea as survey::Record>::COLLECTION;
const ACTIVITIES: &str = <survey::records::Activity as survey::Record>::COLLECTION;

/// The collection whose records answer questions about hazards.
const HAZARDOUS_AREAS: &str = <survey::records::HazardousArea as survey::Record>::COLLECTION;

impl Snapshot {
    /// The revision it shows; 0 before anything was loaded.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn table(&self, collection: &str) -> Option<&Table> {
        self.tables.iter().find(|(name, _)| **name == *collection).map(|(_, table)| table)
    }

    /// A record by its id or the name people use for it, withdrawn records included.
    pub fn item(&self, collection: &str, name: &str) -> Option<Arc<Record>> {
        let table = self.table(collection)?;
        let by_id = name.parse().ok().and_then(|id: RecordId| table.records.get(&id));
        by_id.or_else(|| table.by_local_id(name)).cloned()
    }

    /// Number of records of a collection that are in force.
    pub fn count(&self, collection: &str) -> usize {
        self.table(collection).map_or(0, Table::in_force)
    }

    /// Number of records it holds, withdrawn ones too.
    pub fn len(&self) -> usize {
        self.tables.iter().map(|(_, table)| table.records.len()).sum()
    }

    /// Whether it holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of records of every collection.
    pub fn counts(&self) -> Vec<Count> {
        let count = |(collection, table): &(Arc<str>, Table)| Count {
            collection: Arc::clone(collection),
            records: table.in_force(),
            nowhere: table.nowhere(),
        };
        self.tables.iter().map(count).collect()
    }

    /// The box around everything a collection's records in force are known to cover: west, south,
    /// east, north, whole when it would cross the antimeridian.
    pub fn extent(&self, collection: &str) -> Option<[f64; 4]> {
        self.table(collection)?.span().extent
    }

    /// The first and the last day on which a collection's records in force took effect.
    pub fn days(&self, collection: &str) -> Option<[Day; 2]> {
        self.table(collection)?.span().days
    }

    /// The regions by which figures are reported.
    pub fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Recorded hazardous areas that hold a position, in order of id; a boundary is inside.
    ///
    /// Unlocated areas answer with their caution area. Areas without even that answer nowhere:
    /// [`Self::counts`] tells how many there are.
    pub fn hazardous_at(&self, position: LonLat) -> Vec<HazardAnswer> {
        let Some(table) = self.table(HAZARDOUS_AREAS) else { return Vec::new() };
        let covering = table.areas.covering(position, &table.records);
        in_order(covering.filter_map(|record| self.answer(record, None)).collect())
    }

    /// Recorded hazardous areas that have a position in common with a box, in order of id.
    pub fn hazardous_in(&self, bbox: &Bbox) -> Vec<HazardAnswer> {
        let Some(table) = self.table(HAZARDOUS_AREAS) else { return Vec::new() };
        in_order(table.meeting(bbox).filter_map(|record| self.answer(&record, None)).collect())
    }

    /// Recorded hazardous areas no further from a position than so many metres, nearest first.
    ///
    /// # Accuracy
    /// Distances are true distances on the ellipsoid, as of
    /// [`geometry::HazardPolygon::distance_m`].
    pub fn hazardous_within(&self, position: LonLat, metres: f64) -> Vec<HazardAnswer> {
        let Some(table) = self.table(HAZARDOUS_AREAS) else { return Vec::new() };
        let mut answers: Vec<HazardAnswer> = table
            .areas
            .within(position, metres, &table.records)
            .filter_map(|(record, distance_m)| self.answer(record, Some(distance_m)))
            .collect();
        answers.sort_by(|a, b| {
            let distance = |it: &HazardAnswer| it.distance_m.unwrap_or_default();
            distance(a).total_cmp(&distance(b)).then(a.record.id.cmp(&b.record.id))
        });
        answers
    }

    /// Figures of land release, from the ledger.
    ///
    /// # Errors
    /// [`UnknownRegion`] when the query names a region that is not there.
    pub fn progress(&self, query: &ProgressQuery) -> Result<Progress, UnknownRegion> {
        let wanted = self.inside(query.region.as_deref())?;
        let is_inside = |fact: &Fact| {
            wanted.as_ref().is_none_or(|wanted| wanted.get(fact.region as usize) == Some(&true))
        };
        Ok(match self.ledger.facts_with_regions_on(query.regions_on) {
            None => {
                let parts = self.ledger.facts_in_parts().into_iter();
                let facts = parts.map(|facts| facts.filter(|fact| is_inside(fact))).collect();
                survey::progress::progress_of_parts(facts, &self.dictionary, query)
            }
            Some(facts) => {
                let facts = facts.filter(is_inside);
                survey::progress::progress(facts, &self.dictionary, query)
            }
        })
    }

    /// How far a hazardous area has come; none for a record that is no hazardous area.
    pub fn lifecycle(&self, record: &Record) -> Option<Lifecycle> {
        lifecycle(record, self.ledger.lands())
    }

    /// What became of the land that a hazardous area claims.
    pub(crate) fn land(&self, record: &Record) -> Option<LandOfArea> {
        self.ledger.lands().land(record.cause.record)
    }

    /// Number of facts in the ledger.
    pub fn fact_count(&self) -> usize {
        self.ledger.len()
    }

    /// An area that is to be continued in others answers until all its land has gone to them.
    fn answer(&self, record: &Arc<Record>, distance_m: Option<f64>) -> Option<HazardAnswer> {
        let claim = record.hazard?;
        let claims_land = || {
            let land = self.land(record);
            land.is_some_and(|land| land.remaining > geometry::GridArea::ZERO)
        };
        (claim.in_force || claims_land()).then(|| HazardAnswer {
            record: Arc::clone(record),
            classification: claim.classification,
            located: !matches!(record.place, Place::Caution(_)),
            closed: claim.closed,
            distance_m,
        })
    }

    /// A record by its id, with its collection.
    pub fn find(&self, id: RecordId) -> Option<(&str, &Arc<Record>)> {
        self.tables.iter().find_map(|(name, table)| Some((&**name, table.records.get(&id)?)))
    }

    pub(crate) fn record(&self, id: RecordId) -> Option<&Arc<Record>> {
        self.tables.iter().find_map(|(_, table)| table.records.get(&id))
    }

    pub(crate) fn cause(&self, id: RecordId) -> Option<Cause> {
        self.record(id).map(|record| record.cause)
    }
}

impl Known for Snapshot {
    fn exists(&self, collection: &str, local_id: &str) -> bool {
        self.table(collection).is_some_and(|table| {
            table.by_local_id(local_id).is_some_and(|record| record.is_in_force())
        })
    }

    fn region(&self, local_id: &str) -> Option<Arc<HazardPolygon>> {
        let record = self.table(REGIONS)?.by_local_id(local_id)?;
        record.boundary().filter(|_| record.is_in_force()).map(Arc::clone)
    }

    fn lookalikes(&self, collection: &str, bbox: &Bbox, limits: &LikenessLimits) -> Vec<Lookalike> {
        let Some(table) = self.table(collection) else { return Vec::new() };
        let alike = table.areas.alike(bbox, limits, &table.records);
        let lookalike = |record: &Arc<Record>| {
            let polygon = Arc::clone(record.boundary()?);
            Some(Lookalike { id: record.id, local_id: record.local_id.to_string(), polygon })
        };
        alike.filter_map(lookalike).take(MAX_LOOKALIKES).collect()
    }

    fn remaining_m2(&self, collection: &str, local_id: &str) -> Option<f64> {
        let record = self.table(collection)?.by_local_id(local_id)?;
        Some(self.ledger.lands().land(record.cause.record)?.remaining.m2())
    }

    fn closed_on(&self, hazardous_area: &str) -> Option<Day> {
        let record = self.table(AREAS)?.by_local_id(hazardous_area)?;
        let is_closed = record.is_in_force() && record.hazard.is_some_and(|claim| claim.closed);
        is_closed.then(|| record.recorded_at.date_naive())
    }

    fn items_found(&self, activity: &str) -> Option<u64> {
        let record = self.table(ACTIVITIES)?.by_local_id(activity)?;
        let properties = record.properties().ok().filter(|_| record.is_in_force())?;
        let devices = properties.get("devices")?.as_array()?;
        Some(devices.iter().filter_map(|device| device.get("found")?.as_u64()).sum())
    }
}

fn in_order(mut answers: Vec<HazardAnswer>) -> Vec<HazardAnswer> {
    answers.sort_by_key(|answer| answer.record.id);
    answers
}
