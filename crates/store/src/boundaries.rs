//! The boundaries of the records in force, without anything else about them.

use diesel::prelude::*;
use geometry::Geometry;
use survey::{Lookalike, RecordId, VersionState};
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::ledger::PAGE_ROWS;
use crate::schema::{record_versions, records};
use crate::sql_types::Id;
use crate::store::Store;
use crate::tx::{Tx, both};

/// A record, the name people use for it and its geometry as it is stored.
type BoundaryRow = (Id, String, Option<Vec<u8>>);

impl Store {
    /// Hands over the checked boundary of each record in force of a collection that has one, in
    /// order of id; with its names, so that others can be compared with it.
    ///
    /// Memory is bounded: pages are handed over as they are read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a boundary cannot be read; when the database cannot be asked.
    pub fn boundaries(
        &self,
        programme: &str,
        collection: &str,
        visit: &mut dyn FnMut(Lookalike),
    ) -> Result<(), StoreError> {
        self.read("boundaries", |tx| {
            let mut after = Id(Uuid::nil());
            loop {
                let page = tx.boundaries_page(programme, collection, after)?;
                let Some(last) = page.last().map(|(id, ..)| *id) else { return Ok(()) };
                for row in page {
                    decode(row, programme, collection)?.into_iter().for_each(&mut *visit);
                }
                after = last;
            }
        })
    }
}

fn decode(
    (id, local_id, bytes): BoundaryRow,
    programme: &str,
    collection: &str,
) -> TxResult<Option<Lookalike>> {
    let geometry =
        bytes.as_deref().map(Geometry::from_wkb).transpose().map_err(|error| {
            TxError::corrupt(format!("{programme}/{collection}/{}", id.0), error)
        })?;
    Ok(match geometry {
        Some(Geometry::Polygon(polygon)) => {
            Some(Lookalike { id: RecordId::from(id.0), local_id, polygon: polygon.into() })
        }
        Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None,
    })
}

impl Tx<'_> {
    fn boundaries_page(
        &mut self,
        programme: &str,
        collection: &str,
        after: Id,
    ) -> TxResult<Vec<BoundaryRow>> {
        Ok(both!(self, |conn| records::table
            .inner_join(
                record_versions::table.on(record_versions::programme
                    .eq(records::programme)
                    .and(record_versions::id.eq(records::id))
                    .and(record_versions::version.eq(records::version))),
            )
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .filter(records::state.eq(VersionState::InForce.name()))
            .filter(records::id.gt(after))
            .order(records::id)
            .limit(PAGE_ROWS as i64)
            .select((records::id, records::local_id, record_versions::geometry))
            .load(*conn))?)
    }
}
