//! The land ledger as facts to be added up.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use geometry::GridArea;
use survey::progress::{CauseWords, Dictionary, Fact, FactChange, Word};
use survey::{Day, LandChange, LandEntry, RecordId, RegionSpan, Stretch};
use uuid::Uuid;

use crate::error::Corrupt;
use crate::lifecycle::LandTable;
use crate::shelves::Shelves;

/// Names a cluster of records whose land touches; parcels come and go by cluster.
pub type ClusterKey = Uuid;

/// One parcel of the ledger, without its shape.
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

/// All facts, those of one cluster beside each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    facts: Shelves<FactKey, Fact>,
    /// Of facts whose land has not always been in the region it is in now: the regions before,
    /// each until a day.
    earlier_regions: Shelves<FactKey, Arc<[(Day, Word)]>>,
    lands: LandTable,
}

/// The cluster a fact is of, and its place there.
type FactKey = (ClusterKey, u32);

/// What the ledger needs to know about records.
pub(crate) trait Causes {
    fn cause(&self, record: RecordId) -> Option<Cause>;
    fn region(&self, record: RecordId) -> Option<Word>;
}

impl Ledger {
    pub(crate) fn of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<Self, Corrupt> {
        let (facts, earlier) = facts_of(parcels, causes)?;
        Ok(Self {
            facts: Shelves::of(facts),
            earlier_regions: Shelves::of(earlier),
            lands: LandTable::of(parcels, causes)?,
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
        let mut changes: Vec<(FactKey, Option<Fact>)> = Vec::new();
        let mut earlier_changes: Vec<(FactKey, Option<Arc<[(Day, Word)]>>)> = Vec::new();
        let mut gone: Vec<&Fact> = Vec::new();
        for cluster in clusters {
            let first = (cluster, 0);
            let behind = self.facts.from(Bound::Included(&first));
            let own = behind.take_while(|((of, _), _)| *of == cluster);
            for (key, fact) in own {
                changes.push((*key, None));
                gone.push(fact);
            }
            let behind = self.earlier_regions.from(Bound::Included(&first));
            let own = behind.take_while(|((of, _), _)| *of == cluster);
            earlier_changes.extend(own.map(|(key, _)| (*key, None)));
        }
        let (new, earlier) = facts_of(parcels, causes)?;
        changes.extend(new.into_iter().map(|(key, fact)| (key, Some(fact))));
        earlier_changes.extend(earlier.into_iter().map(|(key, spans)| (key, Some(spans))));
        let lands = self.lands.changed(gone.into_iter(), parcels, causes)?;
        Ok(Self {
            facts: self.facts.changed(changes),
            earlier_regions: self.earlier_regions.changed(earlier_changes),
            lands,
        })
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().map(|(_, fact)| fact)
    }

    /// All facts, each with the region its land lay in on a day; none when that is the region it
    /// is in now for all of them.
    pub(crate) fn facts_with_regions_on(
        &self,
        day: Option<Day>,
    ) -> Option<impl Iterator<Item = Fact>> {
        let day = day.filter(|_| self.earlier_regions.len() > 0)?;
        let mut earlier = self.earlier_regions.iter().peekable();
        Some(self.facts.iter().map(move |(key, fact)| {
            let mut fact = *fact;
            if let Some((_, spans)) = earlier.next_if(|(of, _)| *of == key)
                && let Some((_, region)) = spans.iter().find(|(until, _)| day <= *until)
            {
                fact.region = *region;
            }
            fact
        }))
    }

    /// The land of every hazardous area.
    pub(crate) fn lands(&self) -> &LandTable {
        &self.lands
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

type KeyedFacts = (Vec<(FactKey, Fact)>, Vec<(FactKey, Arc<[(Day, Word)]>)>);

fn facts_of(parcels: &[ParcelFacts], causes: &impl Causes) -> Result<KeyedFacts, Corrupt> {
    let mut sorted: Vec<&ParcelFacts> = parcels.iter().collect();
    sorted.sort_by_key(|parcel| parcel.cluster);
    let (mut facts, mut earlier) = (Vec::new(), Vec::new());
    for of_cluster in sorted.chunk_by(|a, b| a.cluster == b.cluster) {
        let mut place = 0;
        for parcel in of_cluster {
            let spans = spans_of(parcel, causes)?;
            for fact in facts_of_parcel(parcel, causes)? {
                let key = (parcel.cluster, place);
                facts.push((key, fact));
                earlier.extend(spans.as_ref().map(|spans| (key, Arc::clone(spans))));
                place += 1;
            }
        }
    }
    Ok((facts, earlier))
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

fn facts_of_parcel(parcel: &ParcelFacts, causes: &impl Causes) -> Result<Vec<Fact>, Corrupt> {
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
