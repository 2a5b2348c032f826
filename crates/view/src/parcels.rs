//! From a figure back to its parcels.

use std::collections::HashSet;

use geometry::GridArea;
use survey::progress::{Drill, NO_WORD, Word};
use survey::{Day, RecordId};

use crate::error::UnknownRegion;
use crate::ledger::ClusterKey;
use crate::snapshot::Snapshot;

/// Where the land of a figure lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inside {
    /// Anywhere.
    #[default]
    Anywhere,
    /// In no region.
    NoRegion,
    /// In a region or its parts.
    Region(String),
    /// In a row of a report: a region without its parts, or at a level with those rolled up to it.
    Row {
        /// The region of the row (`local_id`).
        region: String,
        /// The level of the report.
        level: Option<u8>,
    },
}

/// Which parcels are wanted; organisations and the like by their texts, an empty text for none
/// recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParcelsQuery {
    /// The figure; its words are taken from the texts below.
    pub drill: Drill,
    /// Where.
    pub inside: Inside,
    /// Kind of contamination.
    pub hazard_type: Option<String>,
    /// Responsible organisation.
    pub organisation: Option<String>,
    /// Method.
    pub method: Option<String>,
    /// Only land on which this hazardous area lay.
    pub hazard: Option<RecordId>,
    /// The day by whose regions land is told; the latest edition if none is named.
    pub regions_on: Option<Day>,
}

/// A parcel of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParcelRef {
    /// Its cluster.
    pub cluster: ClusterKey,
    /// Its number in the cluster, from 0.
    pub number: u32,
    /// Its area.
    pub area: GridArea,
    /// How many times that counts in the figure.
    pub times: i64,
}

impl ParcelRef {
    /// What it contributes to the figure.
    pub fn counted(&self) -> GridArea {
        GridArea::from_doubled(self.area.doubled() * i128::from(self.times))
    }
}

/// The parcels of a figure, in the order of clusters and numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParcelsFound {
    /// The parcels.
    pub parcels: Vec<ParcelRef>,
    /// The figure: what all of them contribute.
    pub figure: GridArea,
}

impl Snapshot {
    /// The parcels of a figure.
    ///
    /// # Errors
    /// [`UnknownRegion`] when the query names a region that is not there.
    pub fn parcels(&self, query: &ParcelsQuery) -> Result<ParcelsFound, UnknownRegion> {
        let word = |text: &Option<String>| -> Option<Option<Word>> {
            match text.as_deref() {
                None => Some(None),
                Some("") => Some(Some(NO_WORD)),
                Some(text) => self.dictionary.find(text).map(Some),
            }
        };
        let words = (word(&query.hazard_type), word(&query.organisation), word(&query.method));
        let regions = self.wanted_land(&query.inside)?;
        // A text that no record holds is in no figure.
        let (Some(hazard_type), Some(organisation), Some(method)) = words else {
            return Ok(ParcelsFound::default());
        };
        let drill = Drill { hazard_type, organisation, method, ..query.drill };
        let hazard = query.hazard.map(|id| self.parcels_under(id));
        let mut found = ParcelsFound::default();
        let day = self.ledger.day_of_other_regions(query.regions_on);
        for (key @ (cluster, number, _), fact) in self.ledger.keyed_facts() {
            let earlier = day.and_then(|day| self.ledger.earlier_region(key, day));
            let region = earlier.unwrap_or(fact.region);
            let inside = match &regions {
                Wanted::All => true,
                Wanted::None => region == NO_WORD,
                Wanted::Words(words) => words.get(region as usize) == Some(&true),
            };
            if !inside || hazard.as_ref().is_some_and(|held| !held.contains(&(*cluster, *number))) {
                continue;
            }
            let times = drill.times(fact);
            if times == 0 {
                continue;
            }
            match found.parcels.last_mut() {
                Some(last) if (last.cluster, last.number) == (*cluster, *number) => {
                    last.times += times;
                }
                _ => found.parcels.push(ParcelRef {
                    cluster: *cluster,
                    number: *number,
                    area: fact.area,
                    times,
                }),
            }
        }
        found.parcels.retain(|parcel| parcel.times != 0);
        found.figure = found.parcels.iter().map(ParcelRef::counted).sum();
        Ok(found)
    }

    fn parcels_under(&self, hazard: RecordId) -> HashSet<(ClusterKey, u32)> {
        let Some(cause) = self.cause(hazard) else { return HashSet::new() };
        let own = self.ledger.claims().filter(|(_, claim)| claim.record == cause.record);
        own.map(|((cluster, number, _), _)| (*cluster, *number)).collect()
    }

    fn wanted_land(&self, inside: &Inside) -> Result<Wanted, UnknownRegion> {
        Ok(match inside {
            Inside::Anywhere => Wanted::All,
            Inside::NoRegion => Wanted::None,
            Inside::Region(code) => match self.inside(Some(code))? {
                Some(words) => Wanted::Words(words),
                None => Wanted::All,
            },
            Inside::Row { region, level } => {
                let unknown = || UnknownRegion { local_id: region.clone() };
                let of_row = self.regions().by_local_id(region).ok_or_else(unknown)?;
                let same = |other: &&crate::Region| match level {
                    None => other.id == of_row.id,
                    Some(level) => self.regions().at_level(other, *level).id == of_row.id,
                };
                let members: Vec<_> = self.regions().iter().filter(same).collect();
                Wanted::Words(self.marked(&members))
            }
        })
    }
}

enum Wanted {
    All,
    None,
    Words(Vec<bool>),
}
