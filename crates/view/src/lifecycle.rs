//! What has become of the land of each hazardous area, and how far the area has come.

use std::collections::BTreeMap;

use geometry::GridArea;
use survey::lifecycle::{LandOfArea, Stage, land_of_areas, stage};
use survey::progress::{Fact, FactChange};
use survey::{Day, LandChange, RecordId};

use crate::error::Corrupt;
use crate::ledger::{Causes, ParcelFacts};
use crate::record::Record;
use crate::shelves::Shelves;

/// How far a hazardous area has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// In a word.
    pub stage: Stage,
    /// What has become of its land; none when the ledger knows no land of it, because it is
    /// unlocated or a point.
    pub land: Option<LandOfArea>,
}

/// The land of every hazardous area, by the number of its record.
#[derive(Clone, Debug, Default)]
pub(crate) struct LandTable(Shelves<u32, Kept>);

/// As [`LandOfArea`], in half the memory: half square grid units fit 64 bits, as they do in the
/// store.
#[derive(Clone, Copy, Debug)]
struct Kept {
    areas: [i64; 6],
    last_released_on: Option<Day>,
}

impl Kept {
    fn of(land: &LandOfArea) -> Self {
        let areas =
            [land.remaining, land.again, land.cancelled, land.reduced, land.cleared, land.adjusted];
        let fits = |area: GridArea| i64::try_from(area.doubled()).unwrap_or(i64::MAX);
        Self { areas: areas.map(fits), last_released_on: land.last_released_on }
    }

    fn land(self) -> LandOfArea {
        let [remaining, again, cancelled, reduced, cleared, adjusted] =
            self.areas.map(|doubled| GridArea::from_doubled(i128::from(doubled)));
        let last_released_on = self.last_released_on;
        LandOfArea { remaining, again, cancelled, reduced, cleared, adjusted, last_released_on }
    }
}

impl LandTable {
    pub(crate) fn of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Self, Corrupt> {
        Ok(Self(Shelves::of(lands(parcels, causes)?.into_iter().collect())))
    }

    /// The table after facts were taken away and parcels came in their place.
    pub(crate) fn changed<'f>(
        &self,
        gone: impl Iterator<Item = &'f Fact>,
        parcels: &[ParcelFacts],
        causes: &impl Causes,
    ) -> Result<Self, Corrupt> {
        // Every stretch of an area on a parcel shows in one of these facts.
        let claims = gone.filter(|fact| {
            matches!(
                fact.change,
                FactChange::ClaimedAgain | FactChange::Land(LandChange::Identified { .. })
            )
        });
        let mut changes: Vec<(u32, Option<Kept>)> =
            claims.map(|fact| (fact.record, None)).collect();
        changes.extend(lands(parcels, causes)?.into_iter().map(|(key, land)| (key, Some(land))));
        Ok(Self(self.0.changed(changes)))
    }

    pub(crate) fn land(&self, record: u32) -> Option<LandOfArea> {
        self.0.get(&record).map(|kept| kept.land())
    }
}

fn lands(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<BTreeMap<u32, Kept>, Corrupt> {
    let mut lands: BTreeMap<u32, LandOfArea> = BTreeMap::new();
    for parcel in parcels {
        for (record, land) in land_of_areas(parcel.area, &parcel.stretches) {
            let unknown = |record: RecordId| {
                Corrupt::of_parcel(parcel.cluster, format!("record {record} is unknown"))
            };
            let number = causes.cause(record).ok_or_else(|| unknown(record))?.record;
            lands.entry(number).or_default().add(&land);
        }
    }
    Ok(lands.into_iter().map(|(number, land)| (number, Kept::of(&land))).collect())
}

/// How far the area of a record has come; none for a record that is no hazardous area.
pub(crate) fn lifecycle(record: &Record, table: &LandTable) -> Option<Lifecycle> {
    let claim = record.hazard?;
    let land = table.land(record.cause.record);
    Some(Lifecycle { stage: stage(&claim.words, land.as_ref()), land })
}
