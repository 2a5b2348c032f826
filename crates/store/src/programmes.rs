//! Programmes, and the revision that orders their writes.
//!
//! Every write that changes a programme begins with [`Tx::programme_advance`], an
//! `UPDATE … SET revision = revision + 1 … RETURNING`. On PostgreSQL that locks the programme's row
//! until the transaction ends, so writes of one programme happen one after another, revision *n*
//! is committed before *n* + 1 is given out, and a reader that asks for `revision > last` misses
//! nothing. A feed over a sequence number taken without such a lock does miss rows of transactions
//! that commit late, and needs the oldest running transaction to be watched; within one programme
//! the lock is simpler, and the ledger needs it anyway. Programmes do not wait for each other.

use chrono::{DateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use survey::Programme;

use crate::error::{StoreError, TxError, TxResult};
use crate::schema::programmes;
use crate::sql_types::{Instant, Json};
use crate::store::{By, Revision};
use crate::tx::{Tx, both};

/// A programme as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredProgramme {
    /// Its settings.
    pub programme: Programme,
    /// Number of changes committed so far.
    pub revision: Revision,
    /// When it was added, UTC.
    pub created_at: DateTime<Utc>,
    /// When the last change was recorded, UTC.
    pub changed_at: DateTime<Utc>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = programmes)]
pub(crate) struct ProgrammeRow {
    pub code: String,
    pub revision: i64,
    pub document_revision: i64,
    pub regions_revision: i64,
    pub document: Json,
    pub created_at: Instant,
    pub changed_at: Instant,
}

/// A programme whose next revision a transaction has taken.
#[derive(Debug, Clone)]
pub(crate) struct Advanced {
    pub code: String,
    /// The revision being written.
    pub revision: Revision,
    /// The revision that changed regions last, before this one.
    pub regions_revision: Revision,
    /// When this revision is recorded.
    pub at: Instant,
}

impl ProgrammeRow {
    pub(crate) fn decode(self) -> TxResult<StoredProgramme> {
        let programme = serde_json::from_str(&self.document.0)
            .map_err(|error| TxError::corrupt(format!("programme {}", self.code), error))?;
        Ok(StoredProgramme {
            programme,
            revision: self.revision.unsigned_abs(),
            created_at: self.created_at.0,
            changed_at: self.changed_at.0,
        })
    }
}

fn missing(code: &str) -> TxError {
    StoreError::NotFound { kind: "programme", id: code.to_owned() }.into()
}

/// The settings as they are stored.
pub(crate) fn document(programme: &Programme) -> TxResult<Json> {
    let text = serde_json::to_string(programme).map_err(|error| StoreError::Unstorable {
        subject: format!("programme {}", programme.code),
        reason: error.to_string(),
    })?;
    Ok(Json(text))
}

impl Tx<'_> {
    /// A sign of life.
    pub(crate) fn ping(&mut self) -> TxResult<()> {
        both!(self, |conn| diesel::select(1.into_sql::<diesel::sql_types::Integer>())
            .get_result::<i32>(*conn))?;
        Ok(())
    }

    pub(crate) fn programme(&mut self, code: &str) -> TxResult<ProgrammeRow> {
        let row = both!(self, |conn| programmes::table
            .find(code)
            .select(ProgrammeRow::as_select())
            .first(*conn)
            .optional())?;
        row.ok_or_else(|| missing(code))
    }

    pub(crate) fn programmes(&mut self) -> TxResult<Vec<ProgrammeRow>> {
        Ok(both!(self, |conn| programmes::table
            .order(programmes::code)
            .select(ProgrammeRow::as_select())
            .load(*conn))?)
    }

    pub(crate) fn programme_insert(&mut self, row: &ProgrammeRow) -> TxResult<()> {
        both!(self, |conn| diesel::insert_into(programmes::table).values(row).execute(*conn))?;
        Ok(())
    }

    /// Takes the next revision and keeps other writers of the programme out until the end of the
    /// transaction. The first statement of every write of a programme.
    pub(crate) fn programme_advance(&mut self, code: &str, by: &By) -> TxResult<Advanced> {
        let now = Instant::at(by.at);
        let row = both!(self, |conn| diesel::update(programmes::table.find(code))
            .set((
                programmes::revision.eq(programmes::revision + 1),
                programmes::changed_at.eq(case_when(
                    programmes::changed_at.lt(now),
                    now.into_sql::<crate::sql_types::InstantSql>()
                )
                .otherwise(programmes::changed_at)),
            ))
            .returning(ProgrammeRow::as_returning())
            .get_result(*conn)
            .optional())?;
        let row = row.ok_or_else(|| missing(code))?;
        Ok(Advanced {
            code: row.code,
            revision: row.revision.unsigned_abs(),
            regions_revision: row.regions_revision.unsigned_abs(),
            at: row.changed_at,
        })
    }

    pub(crate) fn programme_set_document(
        &mut self,
        advanced: &Advanced,
        document: &Json,
    ) -> TxResult<()> {
        both!(self, |conn| diesel::update(programmes::table.find(&advanced.code))
            .set((
                programmes::document.eq(document),
                programmes::document_revision.eq(advanced.revision.cast_signed()),
            ))
            .execute(*conn))?;
        Ok(())
    }

    pub(crate) fn programme_regions_changed(&mut self, advanced: &Advanced) -> TxResult<()> {
        both!(self, |conn| diesel::update(programmes::table.find(&advanced.code))
            .set(programmes::regions_revision.eq(advanced.revision.cast_signed()))
            .execute(*conn))?;
        Ok(())
    }
}
