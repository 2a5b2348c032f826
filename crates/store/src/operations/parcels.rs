//! Parcels by where they are.

use diesel::prelude::*;
use geometry::GridBox;

use crate::error::{StoreError, TxResult};
use crate::ledger::ParcelRow;
use crate::operations::ledger::StoredParcel;
use crate::schema::parcels;
use crate::store::Store;
use crate::tx::{Tx, both};

impl Store {
    /// Parcels, with their shapes, whose own boxes touch one of these; at most `limit`, in the order
    /// of clusters and numbers.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub fn parcels_near(
        &self,
        programme: &str,
        boxes: &[GridBox],
        limit: usize,
    ) -> Result<Vec<StoredParcel>, StoreError> {
        self.read("parcels_near", |tx| {
            let mut rows: Vec<ParcelRow> = Vec::new();
            for bounds in boxes {
                rows.extend(tx.parcels_touching(programme, bounds, limit)?);
            }
            rows.sort_unstable_by_key(|row| (row.cluster_id, row.parcel_no));
            rows.dedup_by_key(|row| (row.cluster_id, row.parcel_no));
            rows.truncate(limit);
            rows.into_iter().map(ParcelRow::decode_stored).collect::<TxResult<_>>()
        })
    }
}

impl Tx<'_> {
    fn parcels_touching(
        &mut self,
        programme: &str,
        bounds: &GridBox,
        limit: usize,
    ) -> TxResult<Vec<ParcelRow>> {
        Ok(both!(self, |conn| parcels::table
            .filter(parcels::programme.eq(programme))
            .filter(parcels::min_x.le(bounds.max.x))
            .filter(parcels::max_x.ge(bounds.min.x))
            .filter(parcels::min_y.le(bounds.max.y))
            .filter(parcels::max_y.ge(bounds.min.y))
            .order((parcels::cluster_id, parcels::parcel_no))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(ParcelRow::as_select())
            .load(*conn))?)
    }
}
