//! The land ledger as facts to be added up.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use geometry::GridArea;
use survey::progress::{CauseWords, ClaimFact, Dictionary, Fact, FactChange, Word};
use survey::{LandChange, LandEntry, RecordId, Stretch};
use uuid::Uuid;

use crate::error::Corrupt;
use crate::shelves::Shelves;

/// Names a cluster of records whose land touches; parcels come and go by cluster.
pub type ClusterKey = Uuid;

/// One parcel of the ledger, without its shape. Those of one cluster come in the order of their
/// numbers, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelFacts {
    /// The cluster it belongs to.
    pub cluster: ClusterKey,
    /// The region it lies in.
    pub region: Option<RecordId>,
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
        Ok(Self { facts: Shelves::of(flat.facts), claims: Shelves::of(flat.claims) })
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
        let new = flattened(parcels, causes)?;
        Ok(Self {
            facts: replaced(&self.facts, &clusters, new.facts),
            claims: replaced(&self.claims, &clusters, new.claims),
        })
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|(_, fact)| fact)
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

/// The table in which clusters have new entries, or none any more.
fn replaced<V: Clone>(
    table: &Shelves<FactKey, V>,
    clusters: &[ClusterKey],
    new: Vec<(FactKey, V)>,
) -> Shelves<FactKey, V> {
    let mut changes: Vec<(FactKey, Option<V>)> = Vec::new();
    for cluster in clusters {
        let first = (*cluster, 0, 0);
        let behind = table.from(Bound::Included(&first));
        let own = behind.take_while(|((of, _, _), _)| of == cluster);
        changes.extend(own.map(|(key, _)| (*key, None)));
    }
    changes.extend(new.into_iter().map(|(key, value)| (key, Some(value))));
    table.changed(changes)
}

#[derive(Default)]
struct Flat {
    facts: Vec<(FactKey, Fact)>,
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
            flat.facts.extend((0..).zip(facts).map(|(place, fact)| (key(place), fact)));
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
    let region = match parcel.region {
        None => survey::progress::NO_WORD,
        Some(region) => causes.region(region).ok_or_else(|| unknown(region))?,
    };
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
