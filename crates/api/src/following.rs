//! Keeps a live view in step with the store, and makes pictures of earlier times from it.

use std::sync::mpsc::{Receiver, sync_channel};

use store::{Item, Revision, Store, StoreError, StoredCluster};
use survey::effective::version_on;
use survey::layer::Layers;
use survey::{Day, Programme, StoredRecord};
use view::{ApplyError, Changes, Corrupt, Loaded, Loading, ParcelFacts, ProgrammeView, Snapshot};

/// Why a view could not be brought up to the store. It stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store cannot be read.
    #[error("the store cannot be read")]
    Store(#[source] StoreError),
    /// A record or parcel of the store cannot be understood; it is never skipped.
    #[error("a stored record cannot be understood")]
    Corrupt(#[source] Corrupt),
}

impl FollowError {
    /// What the store says when it is read. What it cannot read concerns the programme it is in, and
    /// no other.
    fn of_store(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { subject, reason } => {
                Self::Corrupt(Corrupt { what: subject, reason })
            }
            other => Self::Store(other),
        }
    }
}

/// Brings `view` to the newest revision of the programme: by the changes since its revision, or by
/// loading everything when it is empty or the changes do not connect. Returns the settings the
/// programme has then; none when there was nothing new.
///
/// # Errors
/// See [`FollowError`].
pub fn follow(
    store: &Store,
    programme: &str,
    view: &ProgrammeView,
) -> Result<Option<Programme>, FollowError> {
    let shown = view.snapshot().revision();
    if view.is_loaded() {
        let newest = store.programme(programme).map_err(FollowError::of_store)?.revision;
        if shown == newest {
            return Ok(None);
        }
        let (settings, changes) =
            changes(store, programme, shown).map_err(FollowError::of_store)?;
        match view.apply(changes) {
            Ok(()) => return Ok(settings),
            Err(ApplyError::Corrupt(corrupt)) => return Err(FollowError::Corrupt(corrupt)),
            Err(lost) => tracing::info!(programme, %lost, "the live view is loaded anew"),
        }
    }
    load(store, programme, view)
}

fn load(
    store: &Store,
    programme: &str,
    view: &ProgrammeView,
) -> Result<Option<Programme>, FollowError> {
    let mut settings = None;
    view.replace(loaded(Layers::default(), |visit| {
        store.load(programme, &mut |item| {
            if let Item::Programme(programme) = &item {
                settings = Some(Programme::clone(programme));
            }
            visit(item)
        })
    })?);
    Ok(settings)
}

/// The picture of a programme as it was known at a revision, made from the versions that were there
/// then; equal to the one that was shown when the revision was the newest. Nothing is written.
///
/// # Errors
/// See [`FollowError`]; the store's `NotFound` when the revision was never made.
pub fn as_of(store: &Store, programme: &str, revision: Revision) -> Result<Snapshot, FollowError> {
    // Earlier records satisfy the layers of now, which only ever grow.
    let layers = store.programme(programme).map_err(FollowError::of_store)?.programme.layers;
    let made =
        loaded(layers, |visit| store.load_as_of(programme, revision, visit).map(|()| revision))?;
    Ok(made.into_snapshot())
}

/// The same picture with each record as it was in the field at the end of a day, see
/// [`Snapshot::effective_on`].
///
/// # Errors
/// See [`FollowError`].
pub fn effective_on(
    store: &Store,
    programme: &str,
    picture: &Snapshot,
    day: Day,
) -> Result<Snapshot, FollowError> {
    let mut versions: Vec<StoredRecord> = Vec::new();
    let mut corrupt = None;
    let visit = &mut |of_record: &[StoredRecord]| match version_on(of_record, day) {
        Ok(version) => versions.extend(version.cloned()),
        Err(reason) => {
            let what = of_record.first().map(|one| format!("{} {}", one.collection, one.id));
            corrupt.get_or_insert(Corrupt { what: what.unwrap_or_default(), reason });
        }
    };
    store
        .versions_as_of(programme, &picture.revised(), picture.revision(), visit)
        .map_err(FollowError::of_store)?;
    match corrupt {
        Some(corrupt) => Err(FollowError::Corrupt(corrupt)),
        None => picture.effective_on(day, versions).map_err(FollowError::Corrupt),
    }
}

type Visit<'a> = &'a mut dyn FnMut(Item) -> Result<(), StoreError>;

/// Items handed over together.
const BATCH: usize = 1_000;

/// Puts together what is read, while more is being read.
fn loaded(
    layers: Layers,
    load: impl FnOnce(Visit<'_>) -> Result<Revision, StoreError>,
) -> Result<Loaded, FollowError> {
    let (read, batches) = sync_channel::<Vec<Item>>(2);
    std::thread::scope(|scope| {
        let keeping = scope.spawn(move || kept(layers, batches));
        let mut batch = Vec::with_capacity(BATCH);
        // What cannot be understood ends the other thread, and so the reading; why is told below.
        let hand_over = |batch: Vec<Item>| {
            read.send(batch).map_err(|_gone| StoreError::Source("nobody takes the records".into()))
        };
        let revision = load(&mut |item| {
            batch.push(item);
            if batch.len() < BATCH {
                return Ok(());
            }
            hand_over(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
        });
        let revision = revision.and_then(|revision| hand_over(batch).map(|()| revision));
        drop(read);
        let kept = keeping.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (loading, revision) = (kept?, revision.map_err(FollowError::of_store)?);
        loading.finish(revision).map_err(FollowError::Corrupt)
    })
}

fn kept(layers: Layers, batches: Receiver<Vec<Item>>) -> Result<Loading, FollowError> {
    let mut loading = Loading::new();
    loading.layers(layers);
    for item in batches.into_iter().flatten() {
        match item {
            Item::Programme(programme) => loading.layers(programme.layers.clone()),
            Item::Record(record) => loading.record(*record).map_err(FollowError::Corrupt)?,
            Item::Cluster(cluster) => parcels(cluster).for_each(|one| loading.parcel(one)),
        }
    }
    Ok(loading)
}

fn changes(
    store: &Store,
    programme: &str,
    after: u64,
) -> Result<(Option<Programme>, Changes), StoreError> {
    let mut settings = None;
    let mut changes = Changes { after, ..Changes::default() };
    changes.revision = store.changes_since(programme, after, &mut |item| {
        match item {
            Item::Programme(programme) => {
                changes.layers = programme.layers.clone();
                settings = Some(*programme);
            }
            Item::Record(record) => changes.records.push(*record),
            Item::Cluster(cluster) if cluster.parcels.is_empty() => {
                changes.removed_clusters.push(cluster.id.uuid());
            }
            Item::Cluster(cluster) => changes.parcels.extend(parcels(cluster)),
        }
        Ok(())
    })?;
    Ok((settings, changes))
}

fn parcels(cluster: StoredCluster) -> impl Iterator<Item = ParcelFacts> {
    let key = cluster.id.uuid();
    cluster.parcels.into_iter().map(move |parcel| ParcelFacts {
        cluster: key,
        region: parcel.region,
        earlier_regions: parcel.earlier_regions,
        area: parcel.area,
        timeline: parcel.timeline,
        stretches: parcel.stretches,
    })
}
