//! Reading a programme as it was known at a revision. Writes nothing.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use survey::ledger::{RegionMap, RegionShape};
use survey::records::Region;
use survey::{Record, RecordId, StoredRecord, VersionState};
use uuid::Uuid;

use super::ledger::{RecordLedger, StoredParcel};
use super::read::{Item, visit_clusters, visit_records};
use crate::cut::{Component, Cutting, Fresh};
use crate::error::{StoreError, TxResult};
use crate::land::{boundaries_of, by_record};
use crate::ledger::{IDS_PER_QUERY, ParcelRow, decode_cluster};
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
            let ground =
                tx.ground_as_of(programme, as_of, &mut |newest| visit_records(newest, visit))?;
            tx.cut_as_of(programme, as_of, &ground, &mut |rows| visit_clusters(rows, visit))
        })
    }

    /// As [`Store::parcels`], as they were cut at a revision. Cuts their clusters alone, but reads
    /// where every record was then.
    ///
    /// # Errors
    /// As [`Store::load_as_of`].
    pub fn parcels_as_of(
        &self,
        programme: &str,
        as_of: Revision,
        wanted: &[(RecordId, u32)],
    ) -> Result<Vec<StoredParcel>, StoreError> {
        let wanted: HashSet<(Uuid, i32)> = wanted
            .iter()
            .filter_map(|(cluster, number)| Some((cluster.uuid(), i32::try_from(*number).ok()?)))
            .collect();
        let clusters: HashSet<Uuid> = wanted.iter().map(|(cluster, _)| *cluster).collect();
        self.read("parcels_as_of", |tx| {
            let mut ground = tx.ground_as_of(programme, as_of, &mut |_| Ok(()))?;
            ground.components.retain(|component| clusters.contains(&component.id.0));
            let mut found = Vec::new();
            tx.cut_as_of(programme, as_of, &ground, &mut |rows| {
                let rows = rows
                    .into_iter()
                    .filter(|row| wanted.contains(&(row.cluster_id.0, row.parcel_no)));
                for row in rows {
                    found.push(row.decode_stored()?);
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// As [`Store::record_ledger`], as it was known at a revision.
    ///
    /// # Errors
    /// As [`Store::record_ledger`] and [`Store::load_as_of`].
    pub fn record_ledger_as_of(
        &self,
        programme: &str,
        collection: &str,
        id: RecordId,
        as_of: Revision,
    ) -> Result<RecordLedger, StoreError> {
        self.read("record_ledger_as_of", |tx| {
            let mut rows = tx.versions_of(programme, collection, id)?;
            rows.retain(|row| row.is_known(as_of));
            if rows.is_empty() {
                return Err(StoreError::NotFound { kind: "record", id: id.to_string() }.into());
            }
            let versions =
                rows.into_iter().map(VersionRow::decode_version).collect::<TxResult<_>>()?;
            let mut ground = tx.ground_as_of(programme, as_of, &mut |_| Ok(()))?;
            ground.components.retain(|component| component.records.contains(&Id(id.uuid())));
            let mut parcels = Vec::new();
            tx.cut_as_of(programme, as_of, &ground, &mut |rows| {
                parcels.extend(rows);
                Ok(())
            })?;
            Ok(RecordLedger { revision: as_of, versions, cluster: decode_cluster(parcels)? })
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

/// Where the records were at a revision: the regions, and the records that touch.
struct Ground {
    regions: Arc<RegionMap>,
    components: Vec<Component>,
}

impl Tx<'_> {
    /// `each` takes the newest versions of then.
    fn ground_as_of(
        &mut self,
        programme: &str,
        as_of: Revision,
        each: &mut dyn FnMut(Vec<VersionRow>) -> TxResult<()>,
    ) -> TxResult<Ground> {
        let newest = self.programme(programme)?.revision.unsigned_abs();
        if !(1..=newest).contains(&as_of) {
            return Err(StoreError::NotFound { kind: "revision", id: as_of.to_string() }.into());
        }
        let mut regions: Vec<RegionShape> = Vec::new();
        let (_, components) = self.members_from_records(programme, as_of, &mut |rows| {
            let mut newest: Vec<VersionRow> = Vec::new();
            for (_, versions) in by_record(rows) {
                let Some(last) = versions.last() else { continue };
                if last.collection == Region::COLLECTION && last.state()? == VersionState::InForce {
                    regions.extend(boundaries_of(versions)?);
                }
                newest.push(last.clone());
            }
            each(newest)
        })?;
        Ok(Ground { regions: Arc::new(RegionMap::new(regions)), components })
    }

    fn cut_as_of(
        &mut self,
        programme: &str,
        as_of: Revision,
        ground: &Ground,
        each: &mut dyn FnMut(Vec<ParcelRow>) -> TxResult<()>,
    ) -> TxResult<()> {
        let cutting = Cutting {
            programme,
            revision: as_of,
            as_of,
            regions: &ground.regions,
            fresh: &Fresh::new(),
            components: &ground.components,
        };
        let each = &mut |_: &mut Tx<'_>, _: &[Component], rows: Vec<ParcelRow>| each(rows);
        self.cut_each(cutting, each, &mut |_| ())
    }
}
