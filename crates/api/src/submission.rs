//! One submission from its bytes to its receipt, whoever sends it.

use std::fmt::Write;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, bounded};
use exchange::ReadLimits;
use serde::Serialize;
use serde_json::{Value, json};
use store::{
    Applied, By, OnError, RecordConflict, Rejected, Store, StoreError, SubmissionDraft,
    SubmissionLookup,
};
use survey::access::Role;
use survey::{CheckContext, Collection, Finding, Known, PreparedRecord, Programme};
use uuid::Uuid;

use crate::intake::{self, Batch, Body, Examined, Measure, Refused, Summary};
use crate::mapping::Mapping;
use crate::ogc::precondition::Guard;
use crate::spool::Spooled;

/// Longest `Idempotency-Key` taken: a UUID has 36 characters, a digest 64.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 200;

/// What somebody asks to be recorded.
#[derive(Debug)]
pub struct Request<'a> {
    /// The programme it goes to.
    pub programme: &'a Programme,
    /// The collection its features belong to.
    pub collection: &'a Collection,
    /// Who sends it, for the audit.
    pub actor: &'a str,
    /// The role of whoever sends it.
    pub role: Role,
    /// Makes a repeated request harmless.
    pub idempotency_key: Option<&'a str>,
    /// What happens when some features have errors.
    pub on_error: OnError,
    /// Take the repairs that are suggested for boundaries.
    pub accept_repairs: bool,
    /// Check everything and write nothing.
    pub dry_run: bool,
    /// Changes to foreign properties.
    pub mapping: &'a Mapping,
    /// The bytes.
    pub body: &'a Spooled,
    /// Bounds while reading them.
    pub limits: ReadLimits,
    /// The layer, sheet or table of a file with several.
    pub layer: Option<&'a str>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// For the edit of one record, what it has to be. The same edit at another time is another
    /// submission.
    pub edits: Option<Guard>,
}

/// What became of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its features are recorded.
    Applied,
    /// Nothing was applied, because of errors.
    Rejected,
    /// Nothing was written, as asked; it would have been applied.
    WouldApply,
    /// Nothing was written, as asked; it would have been rejected.
    WouldReject,
}

/// The answer to a submission; stored with it and given again when it is repeated.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// Id of the submission; absent after a dry run.
    pub submission: Option<Uuid>,
    /// What became of it.
    pub outcome: Outcome,
    /// Programme it went to.
    pub programme: String,
    /// Collection its features belong to.
    pub collection: String,
    /// `reject` or `skip`.
    pub on_error: OnError,
    /// SHA-256 of the bytes as sent, in hexadecimal.
    pub sha256: String,
    /// Number of bytes as sent.
    pub bytes: u64,
    /// Counts of what was found.
    pub features: Summary,
    /// Where and why the body became unreadable, if it did.
    pub unreadable: Option<Unreadable>,
    /// What was written, after it was.
    pub applied: Option<Applied>,
    /// What would be written, after a dry run that would be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_write: Option<WouldWrite>,
    /// The findings, in the order of the features.
    pub findings: Vec<Finding>,
}

/// What a dry run found out about the records.
#[derive(Debug, Clone, Serialize)]
pub struct WouldWrite {
    /// Records that would be new.
    pub created: u64,
    /// Records that would get a further version.
    pub updated: u64,
    /// Records whose content is the same already.
    pub unchanged: u64,
    /// Features that would be left out because they contradict recorded ones.
    pub left_out: Vec<RecordConflict>,
}

/// A body that could not be read to its end.
#[derive(Debug, Clone, Serialize)]
pub struct Unreadable {
    /// Stable code.
    pub code: String,
    /// What is wrong and how to mend it.
    pub message: String,
    /// Byte of the unpacked body at which reading stopped.
    pub byte_offset: u64,
    /// The same place as a line, from 1.
    pub line: u64,
}

/// The answer to a submission.
#[derive(Debug)]
pub enum Answer {
    /// It was dealt with now.
    New(Box<Receipt>),
    /// The same submission had been answered already; this is that answer, nothing was done now.
    Repeated(Value),
}

impl Answer {
    /// The receipt as JSON.
    pub fn document(&self) -> Value {
        match self {
            Self::New(receipt) => serde_json::to_value(receipt).unwrap_or_default(),
            Self::Repeated(document) => document.clone(),
        }
    }

    /// Whether it had been answered already.
    pub fn is_repeated(&self) -> bool {
        matches!(self, Self::Repeated(_))
    }
}

/// Why a submission has no receipt.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The store refused or failed.
    #[error("the store did not take the submission")]
    Store(#[source] StoreError),
    /// The temporary files failed.
    #[error("the body could not be kept while it was checked")]
    Spool(#[source] std::io::Error),
}

/// Checks a body and, unless it is refused or only tried, records it in one transaction, which
/// writes what was checked while the rest still is.
///
/// The same bytes with the same options, or the same idempotency key, give the same answer and no
/// second record.
///
/// # Errors
/// See [`SubmitError`]; nothing of the submission was applied then.
pub fn submit(
    store: &Store,
    known: &dyn Known,
    request: &Request<'_>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Answer, SubmitError> {
    let options = options(request);
    if !request.dry_run {
        let lookup = SubmissionLookup {
            programme: &request.programme.code,
            collection: &request.collection.name,
            idempotency_key: request.idempotency_key,
            body_sha256: request.body.sha256(),
            options: &options,
        };
        if let Some(before) = store.submission_find(&lookup).map_err(SubmitError::Store)? {
            return Ok(Answer::Repeated(before.receipt.unwrap_or_default()));
        }
    }
    let bytes = request.body.reader().map_err(SubmitError::Spool)?;
    let body = Body { bytes, limits: request.limits, layer: request.layer };
    let context = CheckContext {
        accept_repairs: request.accept_repairs,
        today: request.received_at.date_naive(),
        programme: request.programme,
        known,
    };
    let measure = Measure {
        collection: request.collection,
        context: &context,
        on_error: request.on_error,
        mapping: request.mapping,
    };
    let recording = Recording { store, request, options: &options, examined: OnceLock::new() };
    let written = std::thread::scope(|scope| {
        let (sender, batches) = bounded(1);
        let verdict = &recording.examined;
        let examining = scope.spawn(move || {
            let examined = intake::examine(body, measure, &sender, progress);
            // Set once, and before the end of the records is seen.
            let _first = verdict.set(examined);
            drop(sender);
        });
        let first = batches.recv();
        let records = Records { batch: Vec::new().into_iter(), batches, verdict };
        let written = match first {
            Ok(Ok(first)) => Some(recording.write(Records { batch: first.into_iter(), ..records })),
            Ok(Err(Refused)) => None,
            Err(_no_records) if recording.is_refused() => None,
            Err(_no_records) => Some(recording.write(records)),
        };
        if let Err(panic) = examining.join() {
            std::panic::resume_unwind(panic);
        }
        written
    });
    recording.conclude(written)
}

/// The records of a submission, as they are handed on by its examination.
struct Records<'a> {
    batch: std::vec::IntoIter<PreparedRecord>,
    batches: Receiver<Batch>,
    verdict: &'a OnceLock<std::io::Result<Examined>>,
}

impl Iterator for Records<'_> {
    type Item = Result<PreparedRecord, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(record) = self.batch.next() {
                return Some(Ok(record));
            }
            match self.batches.recv() {
                Ok(Ok(batch)) => self.batch = batch.into_iter(),
                Ok(Err(Refused)) => return Some(Err(Refused)),
                // An examination that broke off is no end of the records.
                Err(_end) => {
                    return (!matches!(self.verdict.get(), Some(Ok(_)))).then_some(Err(Refused));
                }
            }
        }
    }
}

/// A submission between its examination and the store.
struct Recording<'a> {
    store: &'a Store,
    request: &'a Request<'a>,
    options: &'a str,
    /// Set when the body was examined to its end.
    examined: OnceLock<std::io::Result<Examined>>,
}

/// What the store did with the records of a submission.
enum Written {
    Applied(store::Outcome),
    Tried(Applied),
}

impl Recording<'_> {
    fn examined(&self) -> Option<&Examined> {
        self.examined.get().and_then(|examined| examined.as_ref().ok())
    }

    fn is_refused(&self) -> bool {
        self.examined().is_none_or(|examined| examined.is_refused(self.request.on_error))
    }

    /// Gives the records to the store, which fails when they end with a refusal.
    fn write(&self, records: Records<'_>) -> Result<Written, StoreError> {
        self.with_draft(|by, draft| {
            if self.request.dry_run {
                return self.store.submission_try(by, &draft, records).map(Written::Tried);
            }
            let answer = |applied: &Applied| {
                let submission = Some(applied.submission);
                document(&Receipt { submission, applied: Some(applied.clone()), ..self.receipt() })
            };
            self.store.submission_apply(by, draft, records, &answer).map(Written::Applied)
        })
    }

    /// Answers when all is examined; what is refused is recorded as such.
    fn conclude(
        mut self,
        written: Option<Result<Written, StoreError>>,
    ) -> Result<Answer, SubmitError> {
        self.examined = match self.examined.take() {
            Some(Err(error)) => return Err(SubmitError::Spool(error)),
            Some(Ok(examined)) => OnceLock::from(Ok(examined)),
            None => OnceLock::new(),
        };
        match written {
            Some(Err(error)) if !self.is_refused() => Err(SubmitError::Store(error)),
            Some(Ok(Written::Tried(tried))) => {
                let Applied { created, updated, unchanged, left_out, .. } = tried;
                let would_write = Some(WouldWrite { created, updated, unchanged, left_out });
                Ok(Answer::New(Box::new(Receipt { would_write, ..self.receipt() })))
            }
            Some(Ok(Written::Applied(store::Outcome::Applied(applied)))) => {
                let submission = Some(applied.submission);
                let receipt = Receipt { submission, applied: Some(applied), ..self.receipt() };
                Ok(Answer::New(Box::new(receipt)))
            }
            Some(Ok(Written::Applied(store::Outcome::Repeated(before)))) => {
                Ok(Answer::Repeated(before.receipt.unwrap_or_default()))
            }
            Some(Err(_)) | None => self.reject(),
        }
    }

    fn reject(&self) -> Result<Answer, SubmitError> {
        if self.request.dry_run {
            return Ok(Answer::New(Box::new(self.receipt())));
        }
        let kept = self.with_draft(|by, draft| {
            self.store.submission_reject(by, draft, &|id| {
                document(&Receipt { submission: Some(id), ..self.receipt() })
            })
        });
        match kept.map_err(SubmitError::Store)? {
            Rejected::Repeated(before) => Ok(Answer::Repeated(before.receipt.unwrap_or_default())),
            Rejected::Recorded(id) => {
                Ok(Answer::New(Box::new(Receipt { submission: Some(id), ..self.receipt() })))
            }
        }
    }

    fn with_draft<T>(
        &self,
        run: impl FnOnce(&By, SubmissionDraft<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let request = self.request;
        let mut body = request.body.reader().map_err(|error| StoreError::Source(error.into()))?;
        let findings =
            || self.examined().map(|examined| examined.findings.clone()).unwrap_or_default();
        let draft = SubmissionDraft {
            programme: &request.programme.code,
            collection: &request.collection.name,
            received_at: request.received_at,
            idempotency_key: request.idempotency_key,
            options: self.options,
            on_error: request.on_error,
            body_sha256: request.body.sha256(),
            body_bytes: request.body.bytes(),
            body: &mut body,
            findings: &findings,
            expects: request.edits.map(|guard| (guard.id, guard.expected)),
            role: request.role,
        };
        run(&By::new(request.actor, request.received_at), draft)
    }

    /// The receipt, but for what is known only when it is written.
    fn receipt(&self) -> Receipt {
        let request = self.request;
        let (nothing, refused) = (Examined::default(), self.is_refused());
        let examined = self.examined().unwrap_or(&nothing);
        Receipt {
            submission: None,
            outcome: match (request.dry_run, refused) {
                (true, false) => Outcome::WouldApply,
                (true, true) => Outcome::WouldReject,
                (false, false) => Outcome::Applied,
                (false, true) => Outcome::Rejected,
            },
            programme: request.programme.code.clone(),
            collection: request.collection.name.to_string(),
            on_error: request.on_error,
            sha256: hexadecimal(&request.body.sha256()),
            bytes: request.body.bytes(),
            features: examined.summary.clone(),
            unreadable: examined.broken.as_ref().map(|error| Unreadable {
                code: error.code().as_str().to_owned(),
                message: error.message().to_owned(),
                byte_offset: error.byte_offset(),
                line: error.line(),
            }),
            applied: None,
            would_write: None,
            findings: examined.findings.clone(),
        }
    }
}

fn document(receipt: &Receipt) -> Value {
    serde_json::to_value(receipt).unwrap_or_default()
}

/// Every option that changes what the bytes mean, in a fixed form.
fn options(request: &Request<'_>) -> String {
    let Request { on_error, accept_repairs, mapping, .. } = request;
    let mut options = json!({ "on_error": on_error, "mapping": mapping });
    if *accept_repairs {
        options["accept_repairs"] = json!(true);
    }
    if let Some(layer) = request.layer {
        options["layer"] = json!(layer);
    }
    if let Some(guard) = request.edits {
        options["edit"] = json!({ "record": guard.id, "received_at": request.received_at });
    }
    options.to_string()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
