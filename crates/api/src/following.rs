//! Keeps a live view in step with the store.

use store::{Item, Store, StoreError, StoredCluster};
use view::{ApplyError, Changes, Corrupt, Loading, ParcelFacts, ProgrammeView};

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

/// Brings `view` to the newest revision of the programme: by the changes since its revision, or by
/// loading everything when it is empty or the changes do not connect.
///
/// # Errors
/// See [`FollowError`].
pub fn follow(store: &Store, programme: &str, view: &ProgrammeView) -> Result<(), FollowError> {
    let shown = view.snapshot().revision();
    if view.is_loaded() {
        let newest = store.programme(programme).map_err(FollowError::Store)?.revision;
        if shown == newest {
            return Ok(());
        }
        let changes = changes(store, programme, shown).map_err(FollowError::Store)?;
        match view.apply(changes) {
            Ok(()) => return Ok(()),
            Err(ApplyError::Corrupt(corrupt)) => return Err(FollowError::Corrupt(corrupt)),
            Err(lost) => tracing::info!(programme, %lost, "the live view is loaded anew"),
        }
    }
    load(store, programme, view)
}

fn load(store: &Store, programme: &str, view: &ProgrammeView) -> Result<(), FollowError> {
    let mut loading = Loading::new();
    let mut corrupt = None;
    let revision = store
        .load(programme, &mut |item| {
            match item {
                Item::Programme(_) => {}
                Item::Record(record) => {
                    if let Err(error) = loading.record(*record) {
                        corrupt.get_or_insert(error);
                    }
                }
                Item::Cluster(cluster) => parcels(cluster).for_each(|one| loading.parcel(one)),
            }
            Ok(())
        })
        .map_err(FollowError::Store)?;
    if let Some(corrupt) = corrupt {
        return Err(FollowError::Corrupt(corrupt));
    }
    view.replace(loading.finish(revision).map_err(FollowError::Corrupt)?);
    Ok(())
}

fn changes(store: &Store, programme: &str, after: u64) -> Result<Changes, StoreError> {
    let mut changes = Changes { after, ..Changes::default() };
    changes.revision = store.changes_since(programme, after, &mut |item| {
        match item {
            Item::Programme(_) => {}
            Item::Record(record) => changes.records.push(*record),
            Item::Cluster(cluster) if cluster.parcels.is_empty() => {
                changes.removed_clusters.push(cluster.id.uuid());
            }
            Item::Cluster(cluster) => changes.parcels.extend(parcels(cluster)),
        }
        Ok(())
    })?;
    Ok(changes)
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
