//! Finding, rejecting and reading submissions. Applying one is in [`super::apply`].

use std::io::Write;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::Line;
use crate::error::{StoreError, TxError, TxResult};
use crate::sql_types::Instant;
use crate::store::{By, Store};
use crate::submissions::{
    StoredSubmission, SubmissionDraft, SubmissionLookup, SubmissionRow, SubmissionStatus,
};

/// What became of a submission that was to be rejected.
#[derive(Debug, Clone, PartialEq)]
pub enum Rejected {
    /// It is recorded as rejected, under this id.
    Recorded(Uuid),
    /// The same submission was decided before; this is what was answered then.
    Repeated(Box<StoredSubmission>),
}

impl Store {
    /// The submission of which this one is a repetition, if any: by its `Idempotency-Key` whatever
    /// became of it, by its bytes, collection and options if it was applied.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyKeyReused`].
    pub fn submission_find(
        &self,
        lookup: &SubmissionLookup<'_>,
    ) -> Result<Option<StoredSubmission>, StoreError> {
        self.read("submission_find", |tx| {
            tx.submission_find(lookup)?.map(SubmissionRow::decode).transpose()
        })
    }

    /// Records a submission of which nothing is applied, with its bytes and findings. `answer`
    /// makes the receipt from the submission's id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme, [`StoreError::IdempotencyKeyReused`],
    /// [`StoreError::Source`] when the body cannot be read.
    pub fn submission_reject(
        &self,
        by: &By,
        mut draft: SubmissionDraft<'_>,
        answer: &dyn Fn(Uuid) -> Value,
    ) -> Result<Rejected, StoreError> {
        let mut repeated = None;
        let rejected = self.write("submission_reject", |tx| {
            tx.programme(draft.programme)?;
            if let Some(row) = tx.submission_find(&draft.lookup())? {
                repeated = Some(row.decode()?);
                return Err(TxError::Abandoned);
            }
            let (id, at) = (Uuid::now_v7(), Instant::at(by.at));
            tx.submission_receive(id, &mut draft, by)?;
            let findings = (draft.findings)();
            tx.findings_append(draft.programme, id, &findings)?;
            let decision = (SubmissionStatus::Rejected, None);
            tx.submission_decide(draft.programme, id, decision, at, &answer(id))?;
            let detail = json!({ "collection": draft.collection, "findings": findings.len() });
            tx.audit_append(
                by,
                Line {
                    chain: draft.programme,
                    at,
                    operation: "submission_reject",
                    subject: format!("submission {id}"),
                    revision: None,
                    detail,
                },
            )?;
            Ok(id)
        });
        match repeated {
            Some(earlier) => Ok(Rejected::Repeated(Box::new(earlier))),
            None => rejected.map(Rejected::Recorded),
        }
    }

    /// A submission by its id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn submission(&self, programme: &str, id: Uuid) -> Result<StoredSubmission, StoreError> {
        self.read("submission", |tx| tx.submission(programme, id)?.decode())
    }

    /// Submissions of a programme before `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn submissions(
        &self,
        programme: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<StoredSubmission>, StoreError> {
        self.read("submissions", |tx| {
            let rows = tx.submissions(programme, before, limit)?;
            rows.into_iter().map(SubmissionRow::decode).collect::<TxResult<_>>()
        })
    }

    /// Findings of a submission as they were serialised, from position `from`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such submission.
    pub fn submission_findings(
        &self,
        programme: &str,
        id: Uuid,
        from: u32,
        limit: usize,
    ) -> Result<Vec<Value>, StoreError> {
        self.read("submission_findings", |tx| {
            tx.submission(programme, id)?;
            tx.findings(programme, id, from, limit)
        })
    }

    /// Writes the bytes of a submission as they were sent.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Source`] when `out` fails.
    pub fn submission_body(
        &self,
        programme: &str,
        id: Uuid,
        out: &mut dyn Write,
    ) -> Result<(), StoreError> {
        self.read("submission_body", |tx| {
            tx.submission(programme, id)?;
            let mut chunk_no = 0;
            while let Some(chunk) = tx.body_chunk(programme, id, chunk_no)? {
                out.write_all(&chunk).map_err(|error| StoreError::Source(error.into()))?;
                chunk_no += 1;
            }
            Ok(())
        })
    }
}
