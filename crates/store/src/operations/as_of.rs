//! Reading a programme as it was known at a revision. Writes nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use survey::ledger::{RegionMap, RegionShape};
use survey::records::Region;
use survey::{Record, RecordId, StoredRecord, VersionState};

use super::read::{Item, visit_clusters, visit_records};
use crate::cut::{Component, Cutting, Fresh};
use crate::error::{StoreError, TxResult};
use crate::land::{boundaries_of, by_record};
use crate::ledger::{IDS_PER_QUERY, ParcelRow};
use crate::records::{VersionRow, decode_all};
use crate::sql_types::{Id, Instant};
use crate::store::{Revision, Store};
use crate::tx::Tx;

impl Store {
    /// The revision that was the newest at an instant; `None` before the programme was added.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn revision_at(
        &self,
        programme: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<Revision>, StoreError> {
        self.read("revision_at", |tx| {
            tx.programme(programme)?;
            tx.revision_at(programme, Instant::at(at))
        })
    }

    /// As [`Store::load`], as it was known at a revision: the versions that were the newest then,
    /// withdrawn ones too, and the ledger cut from the versions that were there, by the regions of
    /// then. The programme's settings are not handed over, since only the present ones are kept.
    ///
    /// # Errors
    /// As [`Store::load`]; [`StoreError::NotFound`] also for a revision that was never made.
    pub fn load_as_of(
        &self,
        programme: &str,
        as_of: Revision,
        visit: &mut dyn FnMut(Item) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.read("load_as_of", |tx| {
            let newest = tx.programme(programme)?.revision.unsigned_abs();
            if !(1..=newest).contains(&as_of) {
                return Err(StoreError::NotFound { kind: "revision", id: as_of.to_string() }.into());
            }
            let mut regions: Vec<RegionShape> = Vec::new();
            let (_, components) = tx.members_from_records(programme, as_of, &mut |rows| {
                let mut newest: Vec<VersionRow> = Vec::new();
                for (_, versions) in by_record(rows) {
                    let Some(last) = versions.last() else { continue };
                    if last.collection == Region::COLLECTION
                        && last.state()? == VersionState::InForce
                    {
                        regions.extend(boundaries_of(versions)?);
                    }
                    newest.push(last.clone());
                }
                visit_records(newest, visit)
            })?;
            let regions = Arc::new(RegionMap::new(regions));
            let cutting = Cutting {
                programme,
                revision: as_of,
                as_of,
                regions: &regions,
                fresh: &Fresh::new(),
                components: &components,
            };
            let each = &mut |_: &mut Tx<'_>, _: &[Component], rows: Vec<ParcelRow>| {
                visit_clusters(rows, visit)
            };
            tx.cut_each(cutting, each, &mut |_| ())
        })
    }

    /// Hands over the versions of each of these records that were there at a revision, oldest
    /// first, record by record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a version cannot be read.
    pub fn versions_as_of(
        &self,
        programme: &str,
        records: &[RecordId],
        as_of: Revision,
        visit: &mut dyn FnMut(&[StoredRecord]),
    ) -> Result<(), StoreError> {
        let ids: Vec<Id> = records.iter().map(|record| Id(record.uuid())).collect();
        self.read("versions_as_of", |tx| -> TxResult<()> {
            for ids in ids.chunks(IDS_PER_QUERY) {
                let mut rows = tx.versions_of_records(programme, ids)?;
                rows.retain(|row| row.is_known(as_of));
                decode_all(rows)?.chunk_by(|a, b| a.id == b.id).for_each(&mut *visit);
            }
            Ok(())
        })
    }
}
