//! The audit: one line for each operation, chained by hashes.
//!
//! Each line's hash covers the line and the hash before it, so a line changed, removed or slipped
//! in breaks the chain from there on. `audit_heads` keeps the end of each chain, which shows when
//! lines are cut off; copy it elsewhere now and then to notice a chain forged as a whole.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::TxResult;
use crate::schema::{audit, audit_heads};
use crate::sql_types::Instant;
use crate::store::{By, Revision};
use crate::tx::{Tx, both};

/// The chain of operations that concern no single programme. No programme can have this code.
pub const SERVER: &str = "_server";

/// Begins the bytes of every hash, so that a hash of something else is never taken for one.
const DOMAIN: &[u8] = b"safeground audit 1";

/// Lines verified from one page.
const PAGE: i64 = 5_000;

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Position in the chain, from 1.
    pub seq: u64,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// Name of the operation.
    pub operation: String,
    /// What it acted on.
    pub subject: String,
    /// The revision it made.
    pub revision: Option<Revision>,
    /// Further facts.
    pub detail: String,
}

/// What verifying a chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Lines read.
    pub lines: u64,
    /// The first fault; `None` if the chain holds.
    pub fault: Option<String>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
struct AuditRow {
    programme: String,
    seq: i64,
    at: Instant,
    actor: String,
    operation: String,
    subject: String,
    revision: Option<i64>,
    detail: String,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl AuditRow {
    fn computed_hash(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        let numbers = [self.seq, self.at.0.timestamp_micros(), self.revision.unwrap_or(-1)];
        for number in numbers {
            hasher.update(number.to_be_bytes());
        }
        let texts = [&self.programme, &self.actor, &self.operation, &self.subject, &self.detail];
        for text in texts {
            // With its length, so that no two lines run into the same bytes.
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(&self.prev_hash);
        hasher.finalize().to_vec()
    }
}

/// What an operation tells the audit.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// The programme, or [`SERVER`].
    pub chain: &'a str,
    pub at: Instant,
    pub operation: &'static str,
    pub subject: String,
    pub revision: Option<Revision>,
    pub detail: Value,
}

impl Tx<'_> {
    /// Begins the chain of a new programme.
    pub(crate) fn audit_begin(&mut self, programme: &str) -> TxResult<()> {
        both!(self, |conn| diesel::insert_into(audit_heads::table)
            .values((
                audit_heads::programme.eq(programme),
                audit_heads::seq.eq(0),
                audit_heads::hash.eq(vec![0_u8; 32]),
            ))
            .execute(*conn))?;
        Ok(())
    }

    /// The seal of the first line of a chain.
    pub(crate) fn audit_root(&mut self, chain: &str) -> TxResult<Option<Vec<u8>>> {
        Ok(both!(self, |conn| audit::table
            .filter(audit::programme.eq(chain))
            .filter(audit::seq.eq(1))
            .select(audit::hash)
            .first(*conn)
            .optional())?)
    }

    /// Appends a line. The last statement of every operation, since it locks the chain's end.
    pub(crate) fn audit_append(&mut self, by: &By, line: Line<'_>) -> TxResult<()> {
        let (seq, prev_hash) =
            both!(self, |conn| diesel::update(audit_heads::table.find(line.chain))
                .set(audit_heads::seq.eq(audit_heads::seq + 1))
                .returning((audit_heads::seq, audit_heads::hash))
                .get_result::<(i64, Vec<u8>)>(*conn))?;
        let mut row = AuditRow {
            programme: line.chain.to_owned(),
            seq,
            at: line.at,
            actor: by.actor.clone(),
            operation: line.operation.to_owned(),
            subject: line.subject,
            revision: line.revision.map(u64::cast_signed),
            detail: line.detail.to_string(),
            prev_hash,
            hash: Vec::new(),
        };
        row.hash = row.computed_hash();
        both!(self, |conn| diesel::insert_into(audit::table).values(&row).execute(*conn))?;
        both!(self, |conn| diesel::update(audit_heads::table.find(line.chain))
            .set(audit_heads::hash.eq(&row.hash))
            .execute(*conn))?;
        Ok(())
    }

    /// A page of lines, oldest first.
    pub(crate) fn audit_lines(
        &mut self,
        chain: &str,
        after: u64,
        limit: usize,
    ) -> TxResult<Vec<AuditLine>> {
        let rows = self.audit_page(chain, after.cast_signed(), limit as i64)?;
        let line = |row: AuditRow| AuditLine {
            seq: row.seq.unsigned_abs(),
            at: row.at.0,
            actor: row.actor,
            operation: row.operation,
            subject: row.subject,
            revision: row.revision.map(i64::unsigned_abs),
            detail: row.detail,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    fn audit_page(&mut self, chain: &str, after: i64, limit: i64) -> TxResult<Vec<AuditRow>> {
        Ok(both!(self, |conn| audit::table
            .filter(audit::programme.eq(chain))
            .filter(audit::seq.gt(after))
            .order(audit::seq)
            .limit(limit)
            .select(AuditRow::as_select())
            .load(*conn))?)
    }

    /// Recomputes a whole chain; the first fault ends it.
    pub(crate) fn audit_verify(&mut self, chain: &str) -> TxResult<AuditVerdict> {
        let head = both!(self, |conn| audit_heads::table
            .find(chain)
            .select((audit_heads::seq, audit_heads::hash))
            .first::<(i64, Vec<u8>)>(*conn)
            .optional())?;
        let Some((head_seq, head_hash)) = head else {
            return Ok(AuditVerdict {
                lines: 0,
                fault: Some("the chain's end is not recorded".into()),
            });
        };
        let (mut seq, mut hash) = (0_i64, vec![0_u8; 32]);
        loop {
            let page = self.audit_page(chain, seq, PAGE)?;
            let Some(last) = page.last() else { break };
            let next_seq = last.seq;
            for row in page {
                let fault = if row.seq != seq + 1 {
                    Some(format!("line {} is missing", seq + 1))
                } else if row.prev_hash != hash {
                    Some(format!("line {} does not follow the line before it", row.seq))
                } else if row.hash != row.computed_hash() {
                    Some(format!("line {} was changed", row.seq))
                } else {
                    None
                };
                if fault.is_some() {
                    return Ok(AuditVerdict { lines: seq.unsigned_abs(), fault });
                }
                (seq, hash) = (row.seq, row.hash);
            }
            seq = next_seq;
        }
        let fault = if (seq, &hash) == (head_seq, &head_hash) {
            None
        } else {
            Some(format!("the chain ends at line {seq}, but {head_seq} lines were written"))
        };
        Ok(AuditVerdict { lines: seq.unsigned_abs(), fault })
    }
}
