//! Submissions: what was sent, what was found in it, what became of it.

use std::io::Read;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rayon::prelude::*;
use serde_json::Value;
use survey::access::Role;
use survey::{Finding, RecordId};
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::prepare::json_text;
use crate::schema::{submission_bodies, submissions};
use crate::sql_types::{Id, Instant, Json};
use crate::store::{By, Revision};
use crate::tx::{Tx, both};

/// Bytes of the body in one row.
const CHUNK_BYTES: usize = 1 << 20;
/// Chunks compressed together.
const CHUNKS_AT_ONCE: usize = 16;
/// zstd's fastest level: bodies are kept, hardly ever read.
const ZSTD_LEVEL: i32 = 1;

/// What to do when some features cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Apply nothing.
    Reject,
    /// Apply the others, and say which were left out.
    Skip,
}

impl OnError {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Reject => "reject",
            Self::Skip => "skip",
        }
    }
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionStatus {
    /// It waits for a decision.
    Received,
    /// Its records were written.
    Applied,
    /// Nothing of it was written, for the reasons in its findings.
    Rejected,
}

impl SubmissionStatus {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Applied => "applied",
            Self::Rejected => "rejected",
        }
    }
}

/// What was sent and how it is to be taken.
pub struct SubmissionDraft<'a> {
    /// Code of the programme.
    pub programme: &'a str,
    /// Name of the collection.
    pub collection: &'a str,
    /// When it was received, UTC.
    pub received_at: DateTime<Utc>,
    /// `Idempotency-Key` of the request.
    pub idempotency_key: Option<&'a str>,
    /// Every option that decides what the bytes mean, in a fixed form: the same bytes with the
    /// same options are the same submission.
    pub options: &'a str,
    /// What to do when records contradict recorded ones.
    pub on_error: OnError,
    /// SHA-256 of the bytes as sent.
    pub body_sha256: [u8; 32],
    /// Number of bytes as sent.
    pub body_bytes: u64,
    /// The bytes as sent.
    pub body: &'a mut (dyn Read + Send),
    /// Tells what checking found; asked once the records were drawn. The caller decides how many
    /// are worth keeping.
    pub findings: &'a dyn Fn() -> Vec<Finding>,
    /// What a record has to be for the submission to be applied.
    pub expects: Option<(RecordId, Expected)>,
    /// The role of whoever sends it.
    pub role: Role,
}

/// What is expected of a record that is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Anything,
    /// That it is not there.
    Absent,
    /// That this is its current version.
    Version(u32),
}

impl Expected {
    /// Whether a record with this current version, or none, is as expected.
    pub(crate) fn is_met(self, current: Option<u32>) -> bool {
        match self {
            Self::Anything => true,
            Self::Absent => current.is_none(),
            Self::Version(version) => current == Some(version),
        }
    }
}

impl std::fmt::Debug for SubmissionDraft<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SubmissionDraft")
            .field("programme", &self.programme)
            .field("collection", &self.collection)
            .field("idempotency_key", &self.idempotency_key)
            .field("options", &self.options)
            .field("body_bytes", &self.body_bytes)
            .finish_non_exhaustive()
    }
}

/// By what an earlier submission is recognised.
#[derive(Debug, Clone, Copy)]
pub struct SubmissionLookup<'a> {
    /// Code of the programme.
    pub programme: &'a str,
    /// Name of the collection.
    pub collection: &'a str,
    /// `Idempotency-Key` of the request.
    pub idempotency_key: Option<&'a str>,
    /// SHA-256 of the bytes as sent.
    pub body_sha256: [u8; 32],
    /// The options, as in [`SubmissionDraft::options`].
    pub options: &'a str,
}

impl<'a> SubmissionDraft<'a> {
    /// By what this submission is recognised when it is repeated.
    pub fn lookup(&self) -> SubmissionLookup<'a> {
        SubmissionLookup {
            programme: self.programme,
            collection: self.collection,
            idempotency_key: self.idempotency_key,
            body_sha256: self.body_sha256,
            options: self.options,
        }
    }
}

/// A submission as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSubmission {
    /// The submission.
    pub id: Uuid,
    /// Name of the collection it was sent to.
    pub collection: String,
    /// Who sent it.
    pub actor: String,
    /// When it was received, UTC.
    pub received_at: DateTime<Utc>,
    /// `Idempotency-Key` of the request.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the bytes as sent.
    pub body_sha256: Vec<u8>,
    /// Number of bytes as sent.
    pub body_bytes: u64,
    /// The options, as in [`SubmissionDraft::options`].
    pub options: String,
    /// What was to be done when features could not be applied.
    pub on_error: OnError,
    /// What became of it.
    pub status: SubmissionStatus,
    /// When that was decided, UTC.
    pub decided_at: Option<DateTime<Utc>>,
    /// The revision it made.
    pub revision: Option<Revision>,
    /// The answer that was given.
    pub receipt: Option<Value>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = submissions, treat_none_as_default_value = false)]
pub(crate) struct SubmissionRow {
    programme: String,
    id: Id,
    collection: String,
    actor: String,
    received_at: Instant,
    idempotency_key: Option<String>,
    body_sha256: Vec<u8>,
    body_bytes: i64,
    options: String,
    on_error: String,
    status: String,
    decided_at: Option<Instant>,
    revision: Option<i64>,
    receipt: Option<Json>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = submission_bodies)]
struct ChunkRow {
    programme: String,
    submission_id: Id,
    chunk_no: i32,
    encoding: String,
    bytes: Vec<u8>,
}

impl SubmissionRow {
    pub(crate) fn decode(self) -> TxResult<StoredSubmission> {
        let corrupt = |reason: &str| TxError::corrupt(format!("submission {}", self.id.0), reason);
        let receipt = self.receipt.as_ref().map(|Json(text)| serde_json::from_str(text));
        let receipt = receipt.transpose().map_err(|error| corrupt(&error.to_string()))?;
        let on_error = [OnError::Reject, OnError::Skip]
            .into_iter()
            .find(|known| known.word() == self.on_error)
            .ok_or_else(|| corrupt("its on_error is unknown"))?;
        let status =
            [SubmissionStatus::Received, SubmissionStatus::Applied, SubmissionStatus::Rejected]
                .into_iter()
                .find(|known| known.word() == self.status)
                .ok_or_else(|| corrupt("its status is unknown"))?;
        Ok(StoredSubmission {
            id: self.id.0,
            collection: self.collection,
            actor: self.actor,
            received_at: self.received_at.0,
            idempotency_key: self.idempotency_key,
            body_sha256: self.body_sha256,
            body_bytes: self.body_bytes.unsigned_abs(),
            options: self.options,
            on_error,
            status,
            decided_at: self.decided_at.map(|at| at.0),
            revision: self.revision.map(i64::unsigned_abs),
            receipt,
        })
    }

    fn is(&self, lookup: &SubmissionLookup<'_>) -> bool {
        self.collection == lookup.collection
            && self.body_sha256 == lookup.body_sha256
            && self.options == lookup.options
    }
}

impl Tx<'_> {
    /// The submission of which this one is a repetition: by its key whatever became of it, by its
    /// bytes if it was applied (a rejected one may pass now).
    pub(crate) fn submission_find(
        &mut self,
        lookup: &SubmissionLookup<'_>,
    ) -> TxResult<Option<SubmissionRow>> {
        if let Some(key) = lookup.idempotency_key {
            let known: Option<SubmissionRow> = both!(self, |conn| submissions::table
                .filter(submissions::programme.eq(lookup.programme))
                .filter(submissions::idempotency_key.eq(key))
                .select(SubmissionRow::as_select())
                .first(*conn)
                .optional())?;
            match known {
                Some(row) if row.is(lookup) => return Ok(Some(row)),
                Some(_) => {
                    return Err(StoreError::IdempotencyKeyReused { key: key.to_owned() }.into());
                }
                None => {}
            }
        }
        Ok(both!(self, |conn| submissions::table
            .filter(submissions::programme.eq(lookup.programme))
            .filter(submissions::body_sha256.eq(&lookup.body_sha256[..]))
            .filter(submissions::collection.eq(lookup.collection))
            .filter(submissions::options.eq(lookup.options))
            .filter(submissions::status.eq(SubmissionStatus::Applied.word()))
            .order(submissions::id.desc())
            .select(SubmissionRow::as_select())
            .first(*conn)
            .optional())?)
    }

    /// Records what was received and its bytes.
    pub(crate) fn submission_receive(
        &mut self,
        id: Uuid,
        draft: &mut SubmissionDraft<'_>,
        by: &By,
    ) -> TxResult<()> {
        let row = SubmissionRow {
            programme: draft.programme.to_owned(),
            id: Id(id),
            collection: draft.collection.to_owned(),
            actor: by.actor.clone(),
            received_at: Instant::at(draft.received_at),
            idempotency_key: draft.idempotency_key.map(str::to_owned),
            body_sha256: draft.body_sha256.to_vec(),
            body_bytes: draft.body_bytes.cast_signed(),
            options: draft.options.to_owned(),
            on_error: draft.on_error.word().to_owned(),
            status: SubmissionStatus::Received.word().to_owned(),
            decided_at: None,
            revision: None,
            receipt: None,
        };
        both!(self, |conn| diesel::insert_into(submissions::table).values(&row).execute(*conn))?;
        self.body_append(id, draft)
    }

    /// Records what became of a submission, and the answer given.
    pub(crate) fn submission_decide(
        &mut self,
        programme: &str,
        id: Uuid,
        (status, revision): (SubmissionStatus, Option<Revision>),
        at: Instant,
        receipt: &Value,
    ) -> TxResult<()> {
        let receipt = json_text(receipt).map_err(|error| StoreError::Unstorable {
            subject: "the receipt".into(),
            reason: error.to_string(),
        })?;
        both!(self, |conn| diesel::update(submissions::table.find((programme, Id(id))))
            .set((
                submissions::status.eq(status.word()),
                submissions::decided_at.eq(Some(at)),
                submissions::revision.eq(revision.map(u64::cast_signed)),
                submissions::receipt.eq(Some(receipt)),
            ))
            .execute(*conn))?;
        Ok(())
    }

    fn body_append(&mut self, id: Uuid, draft: &mut SubmissionDraft<'_>) -> TxResult<()> {
        let (mut chunk_no, mut bytes) = (0, 0);
        loop {
            let mut chunks = Vec::with_capacity(CHUNKS_AT_ONCE);
            while chunks.len() < CHUNKS_AT_ONCE {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                Read::take(&mut *draft.body, CHUNK_BYTES as u64)
                    .read_to_end(&mut chunk)
                    .map_err(|error| StoreError::Source(error.into()))?;
                if chunk.is_empty() {
                    break;
                }
                bytes += chunk.len() as u64;
                chunks.push(chunk);
            }
            if chunks.is_empty() {
                break;
            }
            let encoded: Vec<(&str, Vec<u8>)> = chunks.into_par_iter().map(encoded).collect();
            for (encoding, bytes) in encoded {
                let row = ChunkRow {
                    programme: draft.programme.to_owned(),
                    submission_id: Id(id),
                    chunk_no,
                    encoding: encoding.to_owned(),
                    bytes,
                };
                both!(self, |conn| diesel::insert_into(submission_bodies::table)
                    .values(&row)
                    .execute(*conn))?;
                chunk_no += 1;
            }
        }
        if bytes == draft.body_bytes {
            return Ok(());
        }
        let message = format!("the body has {bytes} bytes, not {}", draft.body_bytes);
        Err(StoreError::Source(message.into()).into())
    }

    pub(crate) fn submission(&mut self, programme: &str, id: Uuid) -> TxResult<SubmissionRow> {
        let row = both!(self, |conn| submissions::table
            .find((programme, Id(id)))
            .select(SubmissionRow::as_select())
            .first(*conn)
            .optional())?;
        row.ok_or_else(|| StoreError::NotFound { kind: "submission", id: id.to_string() }.into())
    }

    /// Submissions of a programme, newest first, before `before`.
    pub(crate) fn submissions(
        &mut self,
        programme: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> TxResult<Vec<SubmissionRow>> {
        let before = Id(before.unwrap_or(Uuid::max()));
        Ok(both!(self, |conn| submissions::table
            .filter(submissions::programme.eq(programme))
            .filter(submissions::id.lt(before))
            .order(submissions::id.desc())
            .limit(limit as i64)
            .select(SubmissionRow::as_select())
            .load(*conn))?)
    }

    /// One chunk of the body as it was sent; `None` after the last.
    pub(crate) fn body_chunk(
        &mut self,
        programme: &str,
        id: Uuid,
        chunk_no: i32,
    ) -> TxResult<Option<Vec<u8>>> {
        let row: Option<ChunkRow> = both!(self, |conn| submission_bodies::table
            .find((programme, Id(id), chunk_no))
            .select(ChunkRow::as_select())
            .first(*conn)
            .optional())?;
        let Some(row) = row else { return Ok(None) };
        match row.encoding.as_str() {
            "zstd" => zstd::bulk::decompress(&row.bytes, CHUNK_BYTES)
                .map(Some)
                .map_err(|error| TxError::corrupt(format!("the body of submission {id}"), error)),
            _ => Ok(Some(row.bytes)),
        }
    }
}

fn encoded(chunk: Vec<u8>) -> (&'static str, Vec<u8>) {
    match zstd::bulk::compress(&chunk, ZSTD_LEVEL) {
        Ok(smaller) if smaller.len() < chunk.len() => ("zstd", smaller),
        // Already compressed, or no memory to compress in.
        Ok(_) | Err(_) => ("identity", chunk),
    }
}
