//! One submission from its bytes to its receipt, whoever sends it.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use exchange::ReadLimits;
use serde::Serialize;
use serde_json::{Value, json};
use store::{
    Applied, By, OnError, RecordConflict, Rejected, Store, StoreError, SubmissionDraft,
    SubmissionLookup,
};
use survey::access::Role;
use survey::{CheckContext, Collection, Finding, Known, Programme};
use uuid::Uuid;

use crate::intake::{self, Body, Examined, Summary};
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

/// Checks a body and, unless it is refused or only tried, records it in one transaction.
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
    progress: &mut dyn FnMut(u64),
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
    let context = CheckContext {
        accept_repairs: request.accept_repairs,
        today: request.received_at.date_naive(),
        programme: request.programme,
        known,
    };
    let bytes = request.body.reader().map_err(SubmitError::Spool)?;
    let examined = intake::examine(
        Body { bytes, limits: request.limits, layer: request.layer },
        request.collection,
        &context,
        request.on_error,
        request.mapping,
        progress,
    )
    .map_err(SubmitError::Spool)?;
    record(store, request, &options, examined)
}

fn record(
    store: &Store,
    request: &Request<'_>,
    options: &str,
    mut examined: Examined,
) -> Result<Answer, SubmitError> {
    let refused = examined.is_refused(request.on_error);
    let mut receipt = unwritten(request, &mut examined, refused);
    let by = By::new(request.actor, request.received_at);
    let mut body = request.body.reader().map_err(SubmitError::Spool)?;
    let draft = SubmissionDraft {
        programme: &request.programme.code,
        collection: &request.collection.name,
        received_at: request.received_at,
        idempotency_key: request.idempotency_key,
        options,
        on_error: request.on_error,
        body_sha256: request.body.sha256(),
        body_bytes: request.body.bytes(),
        body: &mut body,
        findings: &receipt.findings,
        expects: request.edits.map(|guard| (guard.id, guard.expected)),
        role: request.role,
    };
    if request.dry_run {
        if !refused {
            let records = examined.queue.into_reader().map_err(SubmitError::Spool)?;
            let tried = store.submission_try(&by, &draft, records).map_err(SubmitError::Store)?;
            let Applied { created, updated, unchanged, left_out, .. } = tried;
            receipt.would_write = Some(WouldWrite { created, updated, unchanged, left_out });
        }
        return Ok(Answer::New(Box::new(receipt)));
    }
    if refused {
        let kept = store.submission_reject(&by, draft, &|id| {
            document(&Receipt { submission: Some(id), ..receipt.clone() })
        });
        return match kept.map_err(SubmitError::Store)? {
            Rejected::Repeated(before) => Ok(Answer::Repeated(before.receipt.unwrap_or_default())),
            Rejected::Recorded(id) => {
                receipt.submission = Some(id);
                Ok(Answer::New(Box::new(receipt)))
            }
        };
    }
    let records = examined.queue.into_reader().map_err(SubmitError::Spool)?;
    let applied = store.submission_apply(&by, draft, records, &|applied| {
        let submission = Some(applied.submission);
        document(&Receipt { submission, applied: Some(applied.clone()), ..receipt.clone() })
    });
    match applied.map_err(SubmitError::Store)? {
        store::Outcome::Repeated(before) => {
            Ok(Answer::Repeated(before.receipt.unwrap_or_default()))
        }
        store::Outcome::Applied(applied) => {
            receipt.submission = Some(applied.submission);
            receipt.applied = Some(applied);
            Ok(Answer::New(Box::new(receipt)))
        }
    }
}

/// The receipt before anything is written.
fn unwritten(request: &Request<'_>, examined: &mut Examined, refused: bool) -> Receipt {
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
        unreadable: examined.broken.take().map(|error| Unreadable {
            code: error.code().as_str().to_owned(),
            message: error.message().to_owned(),
            byte_offset: error.byte_offset(),
            line: error.line(),
        }),
        applied: None,
        would_write: None,
        findings: std::mem::take(&mut examined.findings),
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
