//! The land ledger as facts to be added up.

use std::collections::HashMap;
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

    /// Whether a fact says of a changed record what is no longer so.
    pub(crate) fn contradicts(&self, changed: &[Cause]) -> bool {
        if changed.is_empty() {
            return false;
        }
        let changed: HashMap<u32, Cause> =
            changed.iter().map(|cause| (cause.record, *cause)).collect();
        self.facts().any(|fact| {
            changed.get(&fact.record).is_some_and(|cause| {
                let (of_area, of_release) = match fact.change {
                    FactChange::ClaimedAgain => (true, false),
                    FactChange::Land(LandChange::Identified { .. }) => (true, true),
                    FactChange::Land(_) => (false, true),
                };
                cause.organisation != fact.organisation
                    || (of_area && cause.hazard_type != fact.hazard_type)
                    || (of_release && cause.method != fact.method)
            })
        })
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
    let unknown =
        |record: RecordId| Corrupt::of_parcel(parcel.cluster, format!("{record} is unknown"));
    if let Some(record) = parcel.causes().find(|record| causes.cause(*record).is_none()) {
        return Err(unknown(record));
    }
    let region = match parcel.region {
        None => NO_WORD,
        Some(region) => causes.region(region).ok_or_else(|| unknown(region))?,
    };
    let (timeline, stretches) = (&parcel.timeline, &parcel.stretches);
    Ok(facts::facts(region, parcel.area, timeline, stretches, |record| {
        causes.cause(record).unwrap_or_else(|| nameless(u32::MAX))
    }))
}

/// A record of which nothing is known that figures are grouped by.
pub(crate) fn nameless(number: u32) -> Cause {
    Cause { record: number, organisation: NO_WORD, method: NO_WORD, hazard_type: NO_WORD }
}

/// The word for a text in a dictionary that is shared with older snapshots; added where new.
pub(crate) fn word(dictionary: &mut Arc<Dictionary>, text: Option<&str>) -> Word {
    let Some(text) = text else { return NO_WORD };
    match dictionary.find(text) {
        Some(word) => word,
        None => Arc::make_mut(dictionary).word(text),
    }
}
