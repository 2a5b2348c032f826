//! Loading a programme, and following its changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use survey::layer::Layers;
use survey::progress::{Dictionary, Word};
use survey::{RecordId, StoredRecord};

use crate::collection::Table;
use crate::error::{ApplyError, Corrupt};
use crate::figures::Gathered;
use crate::ledger::{Cause, Causes, ClusterKey, Ledger, ParcelFacts, word};
use crate::record::{Keeper, Record};
use crate::regions::Regions;
use crate::snapshot::{REGIONS, Snapshot};

/// The live view of one programme: its current records and its ledger, in memory.
///
/// Whoever asks takes a [`Snapshot`] and is never kept waiting, whatever is being written; whoever
/// writes changes a copy that shares nearly everything with the one before, and puts it in its
/// place.
#[derive(Debug, Default)]
pub struct ProgrammeView {
    current: ArcSwap<Snapshot>,
    writing: Mutex<Keeper>,
}

/// What has happened in a programme since a revision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The revision the changes connect to.
    pub after: u64,
    /// The revision they lead to.
    pub revision: u64,
    /// The layers the programme has then.
    pub layers: Layers,
    /// New versions of records; of several of one record the last counts.
    pub records: Vec<StoredRecord>,
    /// Clusters that have no parcels any more.
    pub removed_clusters: Vec<ClusterKey>,
    /// All parcels of every cluster that has new ones: of those in which a changed record has or
    /// had land, and also where only its organisation, method or kind of hazard has changed.
    pub parcels: Vec<ParcelFacts>,
}

impl ProgrammeView {
    /// A view of nothing, at revision 0, to be filled by [`Self::replace`].
    pub fn new() -> Self {
        Self::default()
    }

    /// What the view shows now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Whether anything has been loaded. A view that has not been loaded must not answer.
    pub fn is_loaded(&self) -> bool {
        self.current.load().loaded
    }

    /// Puts everything that was loaded in the place of what the view showed.
    pub fn replace(&self, loaded: Loaded) {
        let mut keeper = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        *keeper = loaded.keeper;
        self.current.store(Arc::new(loaded.snapshot));
    }

    /// Follows the programme by what has happened since the revision shown.
    ///
    /// Changes that are shown already do nothing.
    ///
    /// # Errors
    /// The view stays as it was and is to be loaded anew:
    /// [`ApplyError::Gap`] when the changes do not begin where the view ends;
    /// [`ApplyError::Incomplete`] when they leave out parcels of a changed record;
    /// [`ApplyError::Corrupt`] when one cannot be understood;
    /// [`ApplyError::NotLoaded`] when there is nothing to change.
    pub fn apply(&self, changes: Changes) -> Result<(), ApplyError> {
        let mut keeper = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = self.current.load_full();
        if !shown.loaded {
            return Err(ApplyError::NotLoaded);
        }
        if changes.revision <= shown.revision {
            return Ok(());
        }
        if changes.after != shown.revision {
            return Err(ApplyError::Gap { shown: shown.revision, after: changes.after });
        }
        let next = changed(&shown, changes, &mut keeper)?;
        self.current.store(Arc::new(next));
        Ok(())
    }
}

fn changed(
    shown: &Snapshot,
    changes: Changes,
    keeper: &mut Keeper,
) -> Result<Snapshot, ApplyError> {
    let mut next = Snapshot { gathered: Gathered::default(), ..shown.clone() };
    next.layers = changes.layers;
    let mut by_collection: BTreeMap<Arc<str>, Vec<Arc<Record>>> = BTreeMap::new();
    let mut changed_causes: HashMap<RecordId, Cause> = HashMap::new();
    for stored in changes.records {
        let before = shown.record(stored.id);
        let number = before
            .map(|record| record.cause.record)
            .or_else(|| changed_causes.get(&stored.id).map(|cause| cause.record));
        let number = number.unwrap_or_else(|| {
            next.next_number += 1;
            next.next_number - 1
        });
        let (collection, record) =
            keep(stored, number, keeper, &next.layers, &mut next.dictionary)?;
        changed_causes.insert(record.id, record.cause);
        by_collection.entry(collection).or_default().push(Arc::new(record));
    }
    for (collection, records) in by_collection {
        let is_regions = *collection == *REGIONS;
        match next.tables.iter_mut().find(|(name, _)| *name == collection) {
            Some((_, table)) => *table = table.changed(&records),
            None => next.tables.push((collection, Table::of(records))),
        }
        if is_regions {
            next.regions = Arc::new(regions_of(&next)?);
            if renames(&shown.regions, &next.regions) {
                return Err(ApplyError::Incomplete);
            }
        }
    }
    next.tables.sort_by(|(a, _), (b, _)| a.cmp(b));
    next.ledger =
        next.ledger.changed(&changes.removed_clusters, &changes.parcels, &InSnapshot(&next))?;
    changed_causes.retain(|id, cause| shown.cause(*id).is_some_and(|before| before != *cause));
    if next.ledger.contradicts(&changed_causes.into_values().collect::<Vec<_>>()) {
        return Err(ApplyError::Incomplete);
    }
    next.revision = changes.revision;
    Ok(next)
}

/// Whether a region goes by another code than before, which facts are written with.
fn renames(before: &Regions, after: &Regions) -> bool {
    after.iter().any(|region| {
        before.by_id(region.id).is_some_and(|known| known.local_id != region.local_id)
    })
}

fn regions_of(snapshot: &Snapshot) -> Result<Regions, Corrupt> {
    match snapshot.table(REGIONS) {
        Some(table) => Regions::of(table.records.iter().map(|(_, record)| record)),
        None => Ok(Regions::default()),
    }
}

/// Reads a stored record; returns its collection too.
pub(crate) fn keep(
    stored: StoredRecord,
    number: u32,
    keeper: &mut Keeper,
    layers: &Layers,
    dictionary: &mut Arc<Dictionary>,
) -> Result<(Arc<str>, Record), Corrupt> {
    let collection = layers
        .collection(&stored.collection)
        .ok_or_else(|| Corrupt::of(&stored, "its collection is unknown"))?;
    let facts = collection
        .read_stored(&stored.properties)
        .map_err(|finding| Corrupt::of(&stored, finding.message))?;
    let cause = Cause {
        record: number,
        organisation: word(dictionary, stored.organisation.as_deref()),
        method: word(dictionary, facts.attributes.method.as_deref()),
        hazard_type: word(dictionary, facts.attributes.hazard_type.as_deref()),
    };
    if collection.name == REGIONS {
        word(dictionary, Some(&stored.local_id));
    }
    let name = keeper.shared(&collection.name);
    Ok((name, keeper.keep(stored, &collection, &facts, cause)?))
}

struct InSnapshot<'a>(&'a Snapshot);

impl Causes for InSnapshot<'_> {
    fn cause(&self, record: RecordId) -> Option<Cause> {
        self.0.cause(record)
    }

    fn region(&self, record: RecordId) -> Option<Word> {
        let region = self.0.table(REGIONS)?.records.get(&record)?;
        self.0.dictionary.find(&region.local_id)
    }
}

/// Everything a programme holds, ready to be shown.
#[derive(Debug)]
pub struct Loaded {
    snapshot: Snapshot,
    keeper: Keeper,
}

impl Loaded {
    /// A picture that will not be followed by changes.
    pub fn into_snapshot(self) -> Snapshot {
        self.snapshot
    }

    /// Takes the current version of every record and all parcels.
    ///
    /// # Errors
    /// [`Corrupt`] when one of them cannot be understood; nothing is skipped.
    pub fn of(
        revision: u64,
        records: impl IntoIterator<Item = StoredRecord>,
        parcels: impl IntoIterator<Item = ParcelFacts>,
    ) -> Result<Self, Corrupt> {
        let mut loading = Loading::new();
        for record in records {
            loading.record(record)?;
        }
        for parcel in parcels {
            loading.parcel(parcel);
        }
        loading.finish(revision)
    }
}

/// Takes what a programme holds piece by piece, so that it never stands in memory twice.
#[derive(Debug, Default)]
pub struct Loading {
    keeper: Keeper,
    dictionary: Arc<Dictionary>,
    layers: Layers,
    records: BTreeMap<Arc<str>, Vec<Arc<Record>>>,
    parcels: Vec<ParcelFacts>,
    next_number: u32,
}

impl Loading {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the layers of the programme, before any record of one.
    pub fn layers(&mut self, layers: Layers) {
        self.layers = layers;
    }

    /// Takes the current version of a record.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be understood. Loading must then stop: a record that is left out
    /// could be a hazard that is not told.
    pub fn record(&mut self, stored: StoredRecord) -> Result<(), Corrupt> {
        let number = self.next_number;
        self.next_number += 1;
        let (collection, record) =
            keep(stored, number, &mut self.keeper, &self.layers, &mut self.dictionary)?;
        self.records.entry(collection).or_default().push(Arc::new(record));
        Ok(())
    }

    /// Takes a parcel; records and parcels may come in any order.
    pub fn parcel(&mut self, parcel: ParcelFacts) {
        self.parcels.push(parcel);
    }

    /// Puts everything together.
    ///
    /// # Errors
    /// [`Corrupt`] when a parcel names a record that did not come.
    pub fn finish(self, revision: u64) -> Result<Loaded, Corrupt> {
        let table = |(name, records)| (name, Table::of(records));
        let mut snapshot = Snapshot {
            revision,
            loaded: true,
            tables: self.records.into_iter().map(table).collect(),
            layers: self.layers,
            dictionary: self.dictionary,
            next_number: self.next_number,
            ..Snapshot::default()
        };
        snapshot.regions = Arc::new(regions_of(&snapshot)?);
        snapshot.ledger = Ledger::of(&self.parcels, &InSnapshot(&snapshot))?;
        Ok(Loaded { snapshot, keeper: self.keeper })
    }
}
