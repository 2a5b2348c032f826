//! The land ledger as facts to be added up.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use geometry::GridArea;
use survey::progress::{CauseWords, Dictionary, Fact, FactChange, Word};
use survey::{LandChange, LandEntry, RecordId, Stretch};
use uuid::Uuid;

use crate::error::Corrupt;
use crate::shelves::Shelves;

/// Names a cluster of records whose land touches; parcels come and go by cluster.
pub type ClusterKey = Uuid;

/// One parcel of the ledger, without its shape.
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

/// All facts, those of one cluster beside each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    facts: Shelves<(ClusterKey, u32), Fact>,
}

/// What the ledger needs to know about records.
pub(crate) trait Causes {
    fn cause(&self, record: RecordId) -> Option<Cause>;
    fn region(&self, record: RecordId) -> Option<Word>;
}

impl Ledger {
    pub(crate) fn of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Self, Corrupt> {
        let facts = facts_of(parcels, causes)?;
        Ok(Self { facts: Shelves::of(facts) })
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
        let mut changes: Vec<((ClusterKey, u32), Option<Fact>)> = Vec::new();
        for cluster in clusters {
            let first = (cluster, 0);
            let behind = self.facts.from(Bound::Included(&first));
            let own = behind.take_while(|((of, _), _)| *of == cluster);
            changes.extend(own.map(|(key, _)| (*key, None)));
        }
        let new = facts_of(parcels, causes)?;
        changes.extend(new.into_iter().map(|(key, fact)| (key, Some(fact))));
        Ok(Self { facts: self.facts.changed(changes) })
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|(_, fact)| fact)
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

type KeyedFact = ((ClusterKey, u32), Fact);

fn facts_of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Vec<KeyedFact>, Corrupt> {
    let mut sorted: Vec<&ParcelFacts> = parcels.iter().collect();
    sorted.sort_by_key(|parcel| parcel.cluster);
    let mut facts = Vec::new();
    for of_cluster in sorted.chunk_by(|a, b| a.cluster == b.cluster) {
        let mut place = 0;
        for parcel in of_cluster {
            for fact in facts_of_parcel(parcel, causes)? {
                facts.push(((parcel.cluster, place), fact));
                place += 1;
            }
        }
    }
    Ok(facts)
}

fn facts_of_parcel(parcel: &ParcelFacts, causes: &impl Causes) -> Result<Vec<Fact>, Corrupt> {
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
    Ok(survey::progress::facts(region, parcel.area, timeline, stretches, words))
}

/// The words of a dictionary that is shared with older snapshots, added to where needed.
pub(crate) fn word(dictionary: &mut Arc<Dictionary>, text: Option<&str>) -> Word {
    let Some(text) = text else { return survey::progress::NO_WORD };
    match dictionary.find(text) {
        Some(word) => word,
        None => Arc::make_mut(dictionary).word(text),
    }
}
