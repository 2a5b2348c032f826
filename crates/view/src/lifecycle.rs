//! What has become of the land of each hazardous area, and how far the area has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use geometry::GridArea;
use survey::lifecycle::{LandOfArea, Stage, land_of_areas, stage};
use survey::progress::{Fact, FactChange};
use survey::{Day, LandChange, RecordId};

use crate::error::Corrupt;
use crate::ledger::{Causes, ParcelFacts};
use crate::record::Record;

/// How far a hazardous area has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// In a word.
    pub stage: Stage,
    /// What has become of its land; none when the ledger knows no land of it, because it is
    /// unlocated or a point.
    pub land: Option<LandOfArea>,
}

/// The land of every hazardous area, by the number of its record, on pages that copies share.
///
/// Numbers stand close together, so that a page is found without a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct LandTable(Arc<[Arc<Page>]>);

/// Numbers of a page.
const PAGE: usize = 512;

/// The land of the areas whose numbers are on one page.
#[derive(Debug, Default)]
struct Page {
    /// For each number the place in `lands` after the one before its own; 0 where there is none.
    places: Box<[u16]>,
    lands: Box<[Kept]>,
}

impl Page {
    fn get(&self, slot: usize) -> Option<&Kept> {
        let place = self.places.get(slot).copied().unwrap_or_default();
        self.lands.get(usize::from(place).checked_sub(1)?)
    }

    fn changed(&self, changes: &[(usize, Option<Kept>)]) -> Self {
        let mut slots: Vec<Option<Kept>> = (0..PAGE).map(|slot| self.get(slot).copied()).collect();
        for (slot, land) in changes {
            slots[*slot] = *land;
        }
        let mut lands = Vec::new();
        let places = slots.into_iter().map(|land| {
            lands.extend(land);
            if land.is_some() { lands.len() as u16 } else { 0 }
        });
        Self { places: places.collect(), lands: lands.into() }
    }
}

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
        let lands = lands(parcels, causes)?;
        Ok(Self::default().with(lands.into_iter().map(|(key, land)| (key, Some(land)))))
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
        let lands = lands(parcels, causes)?.into_iter().map(|(key, land)| (key, Some(land)));
        Ok(self.with(claims.map(|fact| (fact.record, None)).chain(lands)))
    }

    /// The table with land set or taken away; of several changes to one number the last counts.
    fn with(&self, changes: impl Iterator<Item = (u32, Option<Kept>)>) -> Self {
        let mut by_page: BTreeMap<usize, Vec<(usize, Option<Kept>)>> = BTreeMap::new();
        for (number, land) in changes {
            let number = number as usize;
            by_page.entry(number / PAGE).or_default().push((number % PAGE, land));
        }
        let last = by_page.last_key_value().map_or(0, |(page, _)| page + 1);
        let page = |number: usize| {
            let page = self.0.get(number).cloned().unwrap_or_default();
            by_page.get(&number).map_or(page.clone(), |changes| Arc::new(page.changed(changes)))
        };
        Self((0..last.max(self.0.len())).map(page).collect())
    }

    pub(crate) fn land(&self, record: u32) -> Option<LandOfArea> {
        let number = record as usize;
        self.0.get(number / PAGE)?.get(number % PAGE).map(|kept| kept.land())
    }

    /// Where on its page the land of a record is kept: what has to be read before it.
    pub(crate) fn place(&self, record: u32) -> Option<u16> {
        let number = record as usize;
        self.0.get(number / PAGE)?.places.get(number % PAGE).copied()
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
