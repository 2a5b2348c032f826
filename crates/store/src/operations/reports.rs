//! Freezing reports, and reading them back.

use std::fmt::Write;

use serde_json::json;
use uuid::Uuid;

use crate::audit::Line;
use crate::error::{StoreError, TxResult};
use crate::reports::{HeadRow, NewReport, ReportHead, ReportRow, StoredReport};
use crate::sql_types::{Id, Instant, Json};
use crate::store::{By, Store};

impl Store {
    /// Keeps a report as it was answered. It is never changed and never deleted; the programme's
    /// records and its revision stay as they were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme, and for a revision that was never made;
    /// [`StoreError::Conflict`] when the title is empty or longer than 200 characters.
    pub fn report_freeze(&self, by: &By, new: &NewReport<'_>) -> Result<Uuid, StoreError> {
        self.write("report_freeze", |tx| {
            let newest = tx.programme(new.programme)?.revision.unsigned_abs();
            if !(1..=newest).contains(&new.revision) {
                let id = new.revision.to_string();
                return Err(StoreError::NotFound { kind: "revision", id }.into());
            }
            let (id, at) = (Uuid::now_v7(), Instant::at(by.at));
            tx.report_insert(&ReportRow {
                programme: new.programme,
                id: Id(id),
                title: new.title,
                kind: new.kind,
                revision: new.revision.cast_signed(),
                parameters: Json(json!(new.parameters).to_string()),
                document: new.document,
                document_sha256: &new.document_sha256,
                frozen_at: at,
                frozen_by: &by.actor,
            })?;
            let detail = json!({
                "title": new.title,
                "kind": new.kind,
                "of_revision": new.revision,
                "parameters": new.parameters,
                "sha256": hexadecimal(&new.document_sha256),
            });
            tx.audit_append(
                by,
                Line {
                    chain: new.programme,
                    at,
                    operation: "report_freeze",
                    subject: format!("report {id}"),
                    revision: None,
                    detail,
                },
            )?;
            Ok(id)
        })
    }

    /// A frozen report by its id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn report(&self, programme: &str, id: Uuid) -> Result<StoredReport, StoreError> {
        self.read("report", |tx| {
            let (head, document) = tx.report(programme, id)?;
            Ok(StoredReport { head: head.decode()?, document })
        })
    }

    /// Frozen reports of a programme before `before`, newest first, at most `limit`, without their
    /// documents.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn reports(
        &self,
        programme: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<ReportHead>, StoreError> {
        self.read("reports", |tx| {
            let rows = tx.reports(programme, before, limit)?;
            rows.into_iter().map(HeadRow::decode).collect::<TxResult<_>>()
        })
    }
}

fn hexadecimal(digest: &[u8; 32]) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
