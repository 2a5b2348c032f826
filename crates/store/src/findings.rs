//! What checking found in submissions.

use diesel::prelude::*;
use serde_json::Value;
use survey::Finding;
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::prepare::json_text;
use crate::schema::findings;
use crate::sql_types::{Id, Json};
use crate::tx::{Tx, both, insert_rows};

#[derive(Debug, Insertable)]
#[diesel(table_name = findings, treat_none_as_default_value = false)]
struct FindingRow<'a> {
    programme: &'a str,
    submission_id: Id,
    seq: i32,
    feature_index: Option<i64>,
    rule: &'a str,
    severity: &'a str,
    document: Json,
}

impl Tx<'_> {
    /// Records what checking found in a submission.
    pub(crate) fn findings_append(
        &mut self,
        programme: &str,
        id: Uuid,
        findings: &[Finding],
    ) -> TxResult<()> {
        let mut rows = Vec::with_capacity(findings.len());
        for (seq, finding) in findings.iter().enumerate() {
            let document = json_text(finding).map_err(|error| StoreError::Unstorable {
                subject: format!("finding {seq}"),
                reason: error.to_string(),
            })?;
            rows.push(FindingRow {
                programme,
                submission_id: Id(id),
                seq: i32::try_from(seq).unwrap_or(i32::MAX),
                feature_index: finding.index.map(u64::cast_signed),
                rule: finding.rule,
                severity: finding.severity.name(),
                document,
            });
        }
        insert_rows!(self, findings::table, &rows);
        Ok(())
    }

    /// Findings of a submission as documents, from position `from`.
    pub(crate) fn findings(
        &mut self,
        programme: &str,
        id: Uuid,
        from: u32,
        limit: usize,
    ) -> TxResult<Vec<Value>> {
        let documents: Vec<Json> = both!(self, |conn| findings::table
            .filter(findings::programme.eq(programme))
            .filter(findings::submission_id.eq(Id(id)))
            .filter(findings::seq.ge(from.cast_signed()))
            .order(findings::seq)
            .limit(limit as i64)
            .select(findings::document)
            .load(*conn))?;
        documents
            .iter()
            .map(|Json(text)| {
                serde_json::from_str(text)
                    .map_err(|error| TxError::corrupt(format!("a finding of {id}"), error))
            })
            .collect()
    }
}
