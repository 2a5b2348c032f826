//! Frozen reports: documents kept as they were answered, with what they can be made again from.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::schema::report_snapshots;
use crate::sql_types::{Id, Instant, Json};
use crate::store::Revision;
use crate::tx::{Tx, both};

/// A report to be frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReport<'a> {
    /// Code of the programme.
    pub programme: &'a str,
    /// What people call it, up to 200 characters.
    pub title: &'a str,
    /// What kind of figures it holds, for example `progress`.
    pub kind: &'a str,
    /// The revision it was made from.
    pub revision: Revision,
    /// What was asked, by the names of the query's parameters.
    pub parameters: &'a Map<String, Value>,
    /// The document as it was answered.
    pub document: &'a str,
    /// Its SHA-256.
    pub document_sha256: [u8; 32],
}

/// A frozen report without its document.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportHead {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub title: String,
    /// What kind of figures it holds.
    pub kind: String,
    /// The revision it was made from.
    pub revision: Revision,
    /// What was asked.
    pub parameters: Map<String, Value>,
    /// SHA-256 of the document, taken when it was frozen.
    pub document_sha256: Vec<u8>,
    /// When it was frozen, UTC.
    pub frozen_at: DateTime<Utc>,
    /// Who froze it.
    pub frozen_by: String,
}

/// A frozen report.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredReport {
    /// What is told about it.
    pub head: ReportHead,
    /// The document as it was answered.
    pub document: String,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = report_snapshots)]
pub(crate) struct HeadRow {
    id: Id,
    title: String,
    kind: String,
    revision: i64,
    parameters: Json,
    document_sha256: Vec<u8>,
    frozen_at: Instant,
    frozen_by: String,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = report_snapshots)]
pub(crate) struct ReportRow<'a> {
    pub programme: &'a str,
    pub id: Id,
    pub title: &'a str,
    pub kind: &'a str,
    pub revision: i64,
    pub parameters: Json,
    pub document: &'a str,
    pub document_sha256: &'a [u8],
    pub frozen_at: Instant,
    pub frozen_by: &'a str,
}

impl HeadRow {
    pub(crate) fn decode(self) -> TxResult<ReportHead> {
        let Id(id) = self.id;
        let parameters = serde_json::from_str(&self.parameters.0)
            .map_err(|error| TxError::corrupt(format!("report {id}"), error))?;
        Ok(ReportHead {
            id,
            title: self.title,
            kind: self.kind,
            revision: self.revision.unsigned_abs(),
            parameters,
            document_sha256: self.document_sha256,
            frozen_at: self.frozen_at.0,
            frozen_by: self.frozen_by,
        })
    }
}

impl Tx<'_> {
    pub(crate) fn report_insert(&mut self, row: &ReportRow<'_>) -> TxResult<()> {
        both!(self, |conn| diesel::insert_into(report_snapshots::table)
            .values(row)
            .execute(*conn))?;
        Ok(())
    }

    pub(crate) fn report(&mut self, programme: &str, id: Uuid) -> TxResult<(HeadRow, String)> {
        let found = both!(self, |conn| report_snapshots::table
            .find((programme, Id(id)))
            .select((HeadRow::as_select(), report_snapshots::document))
            .first(*conn)
            .optional())?;
        found.ok_or_else(|| StoreError::NotFound { kind: "report", id: id.to_string() }.into())
    }

    /// Reports of a programme, newest first, before `before`.
    pub(crate) fn reports(
        &mut self,
        programme: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> TxResult<Vec<HeadRow>> {
        let before = Id(before.unwrap_or(Uuid::max()));
        Ok(both!(self, |conn| report_snapshots::table
            .filter(report_snapshots::programme.eq(programme))
            .filter(report_snapshots::id.lt(before))
            .order(report_snapshots::id.desc())
            .limit(limit as i64)
            .select(HeadRow::as_select())
            .load(*conn))?)
    }
}
