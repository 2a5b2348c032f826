//! The land ledger as facts to be added up.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use geometry::GridArea;
use rayon::prelude::*;
use survey::progress::{CauseWords, ClaimFact, Dictionary, Fact, FactChange, Word};
use survey::{Day, LandChange, LandEntry, RecordId, RegionSpan, Stretch};
use uuid::Uuid;

use crate::error::Corrupt;
use crate::lifecycle::LandTable;
use crate::shelves::Shelves;

/// Names a cluster of records whose land touches; parcels come and go by cluster.
pub type ClusterKey = Uuid;

/// One parcel of the ledger, without its shape. Those of one cluster come in the order of their
/// numbers, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelFacts {
    /// The cluster it belongs to.
    pub cluster: ClusterKey,
    /// The region it lies in, in the latest edition of regions.
    pub region: Option<RecordId>,
    /// The regions it lay in before, as far as they were others, oldest first.
    pub earlier_regions: Vec<RegionSpan>,
    /// How much land it is.
    pub area: GridArea,
    /// What happened to it.
    pub timeline: Vec<LandEntry>,
    /// The hazardous areas that lay on it, and until when.
    pub stretches: Vec<Stretch>,
}

/// A record as a cause in the ledger: its number, and what figures are grouped by.
pub(crate) type Cause = CauseWords;

/// The cluster, the number of the parcel in it, and the place of the fact in the parcel.
pub(crate) type FactKey = (ClusterKey, u32, u32);

/// All facts, those of one parcel and one cluster beside each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    facts: Shelves<FactKey, Fact>,
    /// Of facts whose land has not always been in the region it is in now: the regions before,
    /// each until a day.
    earlier_regions: Shelves<FactKey, Arc<[(Day, Word)]>>,
    lands: LandTable,
    claims: Shelves<FactKey, ClaimFact>,
}

/// What the ledger needs to know about records.
pub(crate) trait Causes {
    fn cause(&self, record: RecordId) -> Option<Cause>;
    fn region(&self, record: RecordId) -> Option<Word>;
}

impl Ledger {
    pub(crate) fn of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Self, Corrupt> {
        let flat = flattened(parcels, causes)?;
        Ok(Self {
            facts: Shelves::of(flat.facts),
            earlier_regions: Shelves::of(flat.earlier_regions),
            lands: LandTable::of(parcels, causes)?,
            claims: Shelves::of(flat.claims),
        })
    }

    /// The ledger in which clusters have new parcels, or none any more.
    pub(crate) fn changed(
        &self,
        removed: &[ClusterKey],
        parcels: &[ParcelFacts],
        causes: &impl Causes,
    ) -> Result<Self, Corrupt> {
        let mut clusters: Vec<ClusterKey> = removed.to_vec();
        clusters.extend(parcels.iter().map(|parcel| parcel.cluster));
        clusters.sort_unstable();
        clusters.dedup();
        let gone =
            clusters.iter().flat_map(|cluster| own(&self.facts, *cluster)).map(|(_, fact)| fact);
        let lands = self.lands.changed(gone, parcels, causes)?;
        let new = flattened(parcels, causes)?;
        Ok(Self {
            facts: replaced(&self.facts, &clusters, new.facts),
            earlier_regions: replaced(&self.earlier_regions, &clusters, new.earlier_regions),
            lands,
            claims: replaced(&self.claims, &clusters, new.claims),
        })
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// All facts in a few parts.
    pub(crate) fn facts_in_parts(&self) -> Vec<impl Iterator<Item = &Fact>> {
        self.facts.parts().into_iter().map(|part| part.map(|(_, fact)| fact)).collect()
    }

    /// All claims of hazardous areas in the order of their records and days.
    pub(crate) fn claims_by_record(&self) -> Arc<[ClaimFact]> {
        let mut claims: Vec<ClaimFact> = self.claims.iter().map(|(_, claim)| *claim).collect();
        claims.par_sort_unstable_by_key(|claim| (claim.record, claim.from));
        claims.into()
    }

    /// All facts, each with the region its land lay in on a day; none when that is the region it
    /// is in now for all of them.
    pub(crate) fn facts_with_regions_on(
        &self,
        day: Option<Day>,
    ) -> Option<impl Iterator<Item = Fact>> {
        let day = self.day_of_other_regions(day)?;
        let mut earlier = self.earlier_regions.iter().peekable();
        Some(self.facts.iter().map(move |(key, fact)| {
            let mut fact = *fact;
            if let Some((_, spans)) = earlier.next_if(|(of, _)| *of == key) {
                fact.region = region_on(spans, day).unwrap_or(fact.region);
            }
            fact
        }))
    }

    /// All claims of hazardous areas, as [`Self::facts_with_regions_on`].
    pub(crate) fn claims_with_regions_on(
        &self,
        day: Option<Day>,
    ) -> Option<impl Iterator<Item = ClaimFact>> {
        let day = self.day_of_other_regions(day)?;
        Some(self.claims.iter().map(move |(key, claim)| {
            let region = self.earlier_region(key, day).unwrap_or(claim.region);
            ClaimFact { region, ..*claim }
        }))
    }

    /// The day, if the regions on it were others for some land.
    pub(crate) fn day_of_other_regions(&self, day: Option<Day>) -> Option<Day> {
        day.filter(|_| self.earlier_regions.len() > 0)
    }

    /// The region a parcel lay in on a day, if that was another than now. Every parcel has a first
    /// fact, and all its facts have the same regions.
    pub(crate) fn earlier_region(&self, (cluster, number, _): &FactKey, day: Day) -> Option<Word> {
        region_on(self.earlier_regions.get(&(*cluster, *number, 0))?, day)
    }

    /// The land of every hazardous area.
    pub(crate) fn lands(&self) -> &LandTable {
        &self.lands
    }

    /// All facts with their keys, in the order of keys.
    pub(crate) fn keyed_facts(&self) -> impl Iterator<Item = (&FactKey, &Fact)> {
        self.facts.iter()
    }

    /// All claims of hazardous areas, with their keys.
    pub(crate) fn claims(&self) -> impl Iterator<Item = (&FactKey, &ClaimFact)> {
        self.claims.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether a fact says of a record what is no longer so.
    pub(crate) fn contradicts(&self, changed: &[Cause]) -> bool {
        if changed.is_empty() {
            return false;
        }
        let numbers: HashSet<u32> = changed.iter().map(|cause| cause.record).collect();
        let differs = |fact: &Fact, cause: &Cause| {
            cause.record == fact.record
                && (cause.organisation != fact.organisation
                    || cause.method != fact.method
                    || (matches!(fact.change, FactChange::Land(LandChange::Identified { .. }))
                        && cause.hazard_type != fact.hazard_type))
        };
        self.facts()
            .filter(|fact| numbers.contains(&fact.record))
            .any(|fact| changed.iter().any(|cause| differs(fact, cause)))
    }
}

fn region_on(spans: &[(Day, Word)], day: Day) -> Option<Word> {
    spans.iter().find(|(until, _)| day <= *until).map(|(_, region)| *region)
}

/// The regions a parcel lay in before, if any was another.
fn spans_of(
    parcel: &ParcelFacts,
    causes: &impl Causes,
) -> Result<Option<Arc<[(Day, Word)]>>, Corrupt> {
    let word = |span: &RegionSpan| Ok((span.until, word_of(span.region, parcel, causes)?));
    let spans: Vec<(Day, Word)> =
        parcel.earlier_regions.iter().map(word).collect::<Result<_, _>>()?;
    Ok((!spans.is_empty()).then(|| spans.into()))
}

fn word_of(
    region: Option<RecordId>,
    parcel: &ParcelFacts,
    causes: &impl Causes,
) -> Result<Word, Corrupt> {
    let Some(region) = region else { return Ok(survey::progress::NO_WORD) };
    causes
        .region(region)
        .ok_or_else(|| Corrupt::of_parcel(parcel.cluster, format!("record {region} is unknown")))
}

/// The entries of a cluster.
fn own<V: Clone>(table: &Shelves<FactKey, V>, cluster: ClusterKey) -> Vec<(&FactKey, &V)> {
    let first = (cluster, 0, 0);
    let behind = table.from(Bound::Included(&first));
    behind.take_while(|((of, _, _), _)| *of == cluster).collect()
}

/// The table in which clusters have new entries, or none any more.
fn replaced<V: Clone>(
    table: &Shelves<FactKey, V>,
    clusters: &[ClusterKey],
    new: Vec<(FactKey, V)>,
) -> Shelves<FactKey, V> {
    let mut changes: Vec<(FactKey, Option<V>)> = Vec::new();
    for cluster in clusters {
        changes.extend(own(table, *cluster).into_iter().map(|(key, _)| (*key, None)));
    }
    changes.extend(new.into_iter().map(|(key, value)| (key, Some(value))));
    table.changed(changes)
}

#[derive(Default)]
struct Flat {
    facts: Vec<(FactKey, Fact)>,
    earlier_regions: Vec<(FactKey, Arc<[(Day, Word)]>)>,
    claims: Vec<(FactKey, ClaimFact)>,
}

fn flattened(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Flat, Corrupt> {
    let mut sorted: Vec<&ParcelFacts> = parcels.iter().collect();
    sorted.sort_by_key(|parcel| parcel.cluster);
    let mut flat = Flat::default();
    for of_cluster in sorted.chunk_by(|a, b| a.cluster == b.cluster) {
        for (number, parcel) in (0_u32..).zip(of_cluster) {
            let (facts, claims) = flattened_parcel(parcel, causes)?;
            let key = |place| (parcel.cluster, number, place);
            let spans = spans_of(parcel, causes)?;
            for (place, fact) in (0..).zip(facts) {
                flat.facts.push((key(place), fact));
                let spans = spans.as_ref().map(|spans| (key(place), Arc::clone(spans)));
                flat.earlier_regions.extend(spans);
            }
            flat.claims.extend((0..).zip(claims).map(|(place, claim)| (key(place), claim)));
        }
    }
    Ok(flat)
}

fn flattened_parcel(
    parcel: &ParcelFacts,
    causes: &impl Causes,
) -> Result<(Vec<Fact>, Vec<ClaimFact>), Corrupt> {
    let unknown = |record: RecordId| {
        Corrupt::of_parcel(parcel.cluster, format!("record {record} is unknown"))
    };
    let causing = parcel.timeline.iter().map(|entry| entry.cause.record);
    for record in causing.chain(parcel.stretches.iter().map(|stretch| stretch.hazard.record)) {
        causes.cause(record).ok_or_else(|| unknown(record))?;
    }
    let region = word_of(parcel.region, parcel, causes)?;
    let nothing = Cause {
        record: u32::MAX,
        organisation: survey::progress::NO_WORD,
        method: survey::progress::NO_WORD,
        hazard_type: survey::progress::NO_WORD,
    };
    let words = |record| causes.cause(record).unwrap_or(nothing);
    let (timeline, stretches) = (&parcel.timeline, &parcel.stretches);
    let claims = survey::progress::claims(region, stretches, words);
    Ok((survey::progress::facts(region, parcel.area, timeline, stretches, words), claims))
}

/// The words of a dictionary that is shared with older snapshots, added to where needed.
pub(crate) fn word(dictionary: &mut Arc<Dictionary>, text: Option<&str>) -> Word {
    let Some(text) = text else { return survey::progress::NO_WORD };
    match dictionary.find(text) {
        Some(word) => word,
        None => Arc::make_mut(dictionary).word(text),
    }
}
