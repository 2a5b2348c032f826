//! What the live view and the history are read from.

use std::collections::HashSet;

use rayon::prelude::*;
use survey::{Programme, RecordId, StoredRecord};
use uuid::Uuid;

use crate::changes::Change;
use crate::error::{StoreError, TxResult};
use crate::ledger::{PAGE_ROWS, ParcelRow, StoredCluster, decode_cluster};
use crate::records::{StoredVersion, VersionRow, decode_all};
use crate::sql_types::Id;
use crate::store::{Revision, Store};
use crate::tx::Tx;

/// One thing on its way from the store to a live view.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// The programme's settings; sent first.
    Programme(Box<Programme>),
    /// The current version of a record, withdrawn ones included: the ledger may name it as a cause.
    Record(Box<StoredRecord>),
    /// All parcels of a cluster, in place of those it had. Without parcels it is to be forgotten.
    Cluster(StoredCluster),
}

impl Store {
    /// Hands over a programme's settings, the current versions of its records (withdrawn ones too)
    /// and its parcels, from one snapshot.
    /// Returns the revision they are of.
    ///
    /// Memory is bounded: pages are handed over as they are read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when anything cannot be read; what
    /// `visit` returns.
    pub fn load(
        &self,
        programme: &str,
        visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
    ) -> Result<Revision, StoreError> {
        self.read("load", |tx| {
            let stored = tx.programme(programme)?.decode()?;
            visit(Item::Programme(Box::new(stored.programme)))?;
            let mut after = Id(Uuid::nil());
            loop {
                let page = tx.records_page(programme, after, PAGE_ROWS)?;
                let Some(last) = page.last().map(|row| row.id) else { break };
                visit_records(page, visit)?;
                after = last;
            }
            visit_parcels(tx, programme, visit)?;
            Ok(stored.revision)
        })
    }

    /// Hands over what changed after revision `since`: the settings, the current versions of
    /// changed records (withdrawn ones too) and the clusters cut anew or gone, from one snapshot.
    /// Returns the revision they lead to.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn changes_since(
        &self,
        programme: &str,
        since: Revision,
        visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
    ) -> Result<Revision, StoreError> {
        self.read("changes_since", |tx| {
            let stored = tx.programme(programme)?.decode()?;
            if stored.revision <= since {
                return Ok(stored.revision);
            }
            visit(Item::Programme(Box::new(stored.programme)))?;
            let mut after = (since, Id(Uuid::max()));
            loop {
                let page = tx.records_changed_page(programme, after, PAGE_ROWS)?;
                let Some(last) = page.last() else { break };
                after = (last.revision.unsigned_abs(), last.id);
                visit_records(page, visit)?;
            }
            visit_changed_clusters(tx, programme, since, visit)?;
            Ok(stored.revision)
        })
    }

    /// Rows of the feed after revision `after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn changes(
        &self,
        programme: &str,
        after: Revision,
        limit: usize,
    ) -> Result<Vec<Change>, StoreError> {
        self.read("changes", |tx| {
            tx.programme(programme)?;
            tx.changes(programme, after, limit)
        })
    }

    /// All versions of a record, oldest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn versions(
        &self,
        programme: &str,
        collection: &str,
        id: RecordId,
    ) -> Result<Vec<StoredVersion>, StoreError> {
        self.read("versions", |tx| {
            let rows = tx.versions_of(programme, collection, id)?;
            if rows.is_empty() {
                return Err(StoreError::NotFound { kind: "record", id: id.to_string() }.into());
            }
            rows.into_iter().map(VersionRow::decode_version).collect::<TxResult<_>>()
        })
    }

    /// The current version of a record, withdrawn or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn record(
        &self,
        programme: &str,
        collection: &str,
        id: RecordId,
    ) -> Result<StoredVersion, StoreError> {
        self.read("record", |tx| {
            let row = tx.record_current(programme, collection, id)?;
            let row =
                row.ok_or_else(|| StoreError::NotFound { kind: "record", id: id.to_string() })?;
            row.decode_version()
        })
    }

    /// Keys ([`survey::local_id_key`]) of all records in force of a collection.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn local_id_keys(
        &self,
        programme: &str,
        collection: &str,
    ) -> Result<HashSet<String>, StoreError> {
        self.read("local_id_keys", |tx| {
            Ok(tx.local_id_keys(programme, collection)?.into_iter().collect())
        })
    }

    /// How many records of a collection are in force.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn records_count(&self, programme: &str, collection: &str) -> Result<u64, StoreError> {
        self.read("records_count", |tx| tx.records_count(programme, collection))
    }
}

pub(super) fn visit_records(
    page: Vec<VersionRow>,
    visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
) -> TxResult<()> {
    for record in decode_all(page)? {
        visit(Item::Record(Box::new(record)))?;
    }
    Ok(())
}

fn visit_parcels(
    tx: &mut Tx<'_>,
    programme: &str,
    visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
) -> TxResult<()> {
    let mut after = (Id(Uuid::nil()), -1);
    let mut rows: Vec<ParcelRow> = Vec::new();
    loop {
        let page = tx.parcels_page(programme, after, PAGE_ROWS)?;
        let Some(last) = page.last().map(|row| (row.cluster_id, row.parcel_no)) else { break };
        after = last;
        rows.extend(page);
        // The last cluster may go on in the next page.
        let whole = rows.partition_point(|row| row.cluster_id < last.0);
        let rest = rows.split_off(whole);
        visit_clusters(std::mem::replace(&mut rows, rest), visit)?;
    }
    visit_clusters(rows, visit)
}

fn visit_changed_clusters(
    tx: &mut Tx<'_>,
    programme: &str,
    since: Revision,
    visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
) -> TxResult<()> {
    let cut = tx.clusters_cut_since(programme, since)?;
    for gone in tx.clusters_gone(programme, since)? {
        // It may have come back in a later revision.
        if cut.binary_search(&Id(gone)).is_err() {
            let cluster =
                StoredCluster { id: RecordId::from(gone), revision: since, parcels: Vec::new() };
            visit(Item::Cluster(cluster))?;
        }
    }
    for ids in cut.chunks(PAGE_ROWS) {
        visit_clusters(tx.parcels_of_clusters(programme, ids)?, visit)?;
    }
    Ok(())
}

/// Parses whole clusters on all cores and hands them over in order.
pub(super) fn visit_clusters(
    rows: Vec<ParcelRow>,
    visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
) -> TxResult<()> {
    let mut grouped: Vec<Vec<ParcelRow>> = Vec::new();
    for row in rows {
        match grouped.last_mut() {
            Some(group)
                if group.first().is_some_and(|first| first.cluster_id == row.cluster_id) =>
            {
                group.push(row);
            }
            _ => grouped.push(vec![row]),
        }
    }
    let clusters: Vec<Option<StoredCluster>> =
        grouped.into_par_iter().map(decode_cluster).collect::<TxResult<_>>()?;
    for cluster in clusters.into_iter().flatten() {
        visit(Item::Cluster(cluster))?;
    }
    Ok(())
}
