//! What can go wrong at the door of the store, without naming the database library.

use std::error::Error;
use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The cause behind a failure, kept for the log.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why an operation was refused or failed. Nothing of it was applied.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The named thing is not in this programme.
    #[error("there is no {kind} {id}")]
    NotFound {
        /// `programme`, `record`, `submission` or `token`.
        kind: &'static str,
        /// Its code or id as asked for.
        id: String,
    },
    /// The named thing is there already.
    #[error("{kind} {id} exists already")]
    Exists {
        /// `programme`, `token`, `submission`.
        kind: &'static str,
        /// Its code or id.
        id: String,
    },
    /// The record has moved on since the caller read it.
    #[error("record {id} is at version {found}, not {expected}")]
    Stale {
        /// The record.
        id: String,
        /// The version the caller knew.
        expected: u32,
        /// The version recorded now.
        found: u32,
    },
    /// Features of a submission contradict recorded ones or each other.
    #[error("{} feature(s) contradict what is recorded", .0.len())]
    RecordsRefused(Vec<RecordConflict>),
    /// This `Idempotency-Key` belongs to another submission.
    #[error("the idempotency key \"{key}\" was used with other bytes or options")]
    IdempotencyKeyReused {
        /// The key.
        key: String,
    },
    /// A value cannot be kept as it is.
    #[error("{subject} cannot be stored: {reason}")]
    Unstorable {
        /// What holds the value.
        subject: String,
        /// Why it cannot be kept, for the sender.
        reason: String,
    },
    /// Boundaries cross one another so often that the ledger cannot cut them.
    #[error("boundaries cross one another too often to be cut: {}", records.join(", "))]
    Tangled {
        /// The records with the most crossings, the most first, as people call them.
        records: Vec<String>,
    },
    /// The layers of the programme cannot be as asked for.
    #[error(transparent)]
    Layer(#[from] survey::layer::LayerError),
    /// A rule of the database itself was violated; which one tells the constraint's name.
    #[error("the database refused the change by {constraint}")]
    Conflict {
        /// Name of the constraint, or the database's own words where it has no name.
        constraint: String,
    },
    /// Stored data no longer satisfies its rules; it is never skipped.
    #[error("{subject} is corrupt: {reason}")]
    Corrupt {
        /// What is corrupt.
        subject: String,
        /// How this was noticed.
        reason: String,
    },
    /// The source of records or bytes failed while they were being written.
    #[error("the source of the submission failed")]
    Source(#[source] Cause),
    /// The database cannot be reached or is too busy now; trying again may help.
    #[error("the database is not available: {reason}")]
    Unavailable {
        /// In which way.
        reason: String,
        /// The driver's own words.
        #[source]
        source: Option<Cause>,
    },
    /// The database was laid out by another version of this program.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The location of the database was refused.
    #[error(transparent)]
    Location(#[from] crate::location::LocationError),
    /// Anything else the database answered: a fault of ours.
    #[error("transaction {transaction} failed")]
    Database {
        /// Name of the transaction.
        transaction: &'static str,
        /// The driver's own words.
        #[source]
        source: Cause,
    },
}

impl StoreError {
    /// Whether the same request may succeed when repeated unchanged.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::NotFound { .. }
            | Self::Exists { .. }
            | Self::Stale { .. }
            | Self::RecordsRefused(_)
            | Self::IdempotencyKeyReused { .. }
            | Self::Unstorable { .. }
            | Self::Tangled { .. }
            | Self::Layer(_)
            | Self::Conflict { .. }
            | Self::Corrupt { .. }
            | Self::Source(_)
            | Self::Schema(_)
            | Self::Location(_)
            | Self::Database { .. } => false,
        }
    }

    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), source: None }
    }

    pub(crate) fn unavailable_by(reason: impl Into<String>, source: impl Into<Cause>) -> Self {
        Self::Unavailable { reason: reason.into(), source: Some(source.into()) }
    }
}

/// Why the layout of the database does not fit this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Migrations known here were not run yet.
    #[error("the database lacks the migrations {}; run `safeground migrate`", missing.join(", "))]
    Older {
        /// Versions not applied yet, oldest first.
        missing: Vec<String>,
    },
    /// A newer program has changed the layout.
    #[error("the database holds the migrations {}, unknown to this version", unknown.join(", "))]
    Newer {
        /// Versions applied but not known here.
        unknown: Vec<String>,
    },
}

/// One feature that contradicts a recorded one or another feature of the same submission.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordConflict {
    /// Position of the feature in the submission, from 0.
    pub index: u64,
    /// The feature's human id.
    pub local_id: String,
    /// In which way it contradicts.
    pub kind: ConflictKind,
}

/// In which way a feature contradicts recorded ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Two features of one submission are the same record.
    RepeatedInSubmission,
    /// The id given belongs to a record with another `local_id`.
    IdHasOtherLocalId,
    /// The id given belongs to a record of another collection.
    IdInOtherCollection,
    /// The `local_id` belongs to a record with another id.
    LocalIdHasOtherId,
    /// A closed hazardous area is opened again without `change_reason`.
    ReopenedWithoutReason,
    /// A closed hazardous area is opened again as of a day on which it was not closed or released.
    ReopenedTooEarly,
    /// A confirmed hazardous area becomes suspected without `change_reason`.
    SuspectedAgainWithoutReason,
    /// A confirmed hazardous area becomes suspected by the word of somebody who is no reviewer.
    SuspectedAgainUnreviewed,
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RepeatedInSubmission => "two features of the submission are the same record",
            Self::IdHasOtherLocalId => "the id belongs to a record with another local_id",
            Self::IdInOtherCollection => "the id belongs to a record of another collection",
            Self::LocalIdHasOtherId => "the local_id belongs to a record with another id",
            Self::ReopenedWithoutReason => {
                "the area was closed and is opened again; say why in change_reason"
            }
            Self::ReopenedTooEarly => {
                "the area is opened again as of a day before it was closed or released; give the \
                 day of the new evidence in identified_on"
            }
            Self::SuspectedAgainWithoutReason => {
                "the area was confirmed and is suspected now; say why in change_reason"
            }
            Self::SuspectedAgainUnreviewed => {
                "the area was confirmed and is suspected now; a reviewer has to send that"
            }
        })
    }
}

/// What query bodies return; turned into [`StoreError`] at the door, where the transaction's
/// name is known.
#[derive(Debug)]
pub(crate) enum TxError {
    Store(StoreError),
    Diesel(DieselError),
    /// The operation found that there is nothing to write; roll back, this is no failure.
    Abandoned,
}

pub(crate) type TxResult<T> = Result<T, TxError>;

impl From<StoreError> for TxError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DieselError> for TxError {
    fn from(error: DieselError) -> Self {
        Self::Diesel(error)
    }
}

impl TxError {
    pub(crate) fn corrupt(subject: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::Store(StoreError::Corrupt { subject: subject.into(), reason: reason.to_string() })
    }

    pub(crate) fn named(self, transaction: &'static str) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Diesel(error) => from_diesel(transaction, error),
            Self::Abandoned => StoreError::Database {
                transaction,
                source: "the operation gave up without a reason".into(),
            },
        }
    }
}

/// SQLite names no unique constraint, only its columns; these are the names PostgreSQL uses.
const UNIQUE_COLUMNS: &[(&str, &str)] = &[
    ("programmes.code", "programmes_pkey"),
    ("records.programme, records.id", "records_pkey"),
    ("records.programme, records.collection, records.local_id_key", "records_local_id_unique"),
    ("submissions.programme, submissions.id", "submissions_pkey"),
    ("submissions.programme, submissions.idempotency_key", "submissions_idempotency_key_unique"),
    ("tokens.name", "tokens_name_unique"),
    ("tokens.secret_sha256", "tokens_secret_unique"),
];

fn from_diesel(transaction: &'static str, error: DieselError) -> StoreError {
    if let DieselError::DatabaseError(kind, information) = &error {
        let message = information.message();
        let violated = matches!(
            kind,
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::RestrictViolation
        );
        if violated || message.contains("append-only") {
            return StoreError::Conflict {
                constraint: constraint_name(information.constraint_name(), message),
            };
        }
        let lost = matches!(
            kind,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
        );
        if lost || is_temporary(message) {
            return StoreError::unavailable_by(format!("{transaction} was interrupted"), error);
        }
    }
    StoreError::Database { transaction, source: error.into() }
}

fn constraint_name(named: Option<&str>, message: &str) -> String {
    if let Some(name) = named {
        return name.to_owned();
    }
    if let Some(columns) = message.strip_prefix("UNIQUE constraint failed: ") {
        let known = UNIQUE_COLUMNS.iter().find(|(listed, _)| *listed == columns);
        return known.map_or(columns, |(_, name)| *name).to_owned();
    }
    message.strip_prefix("CHECK constraint failed: ").unwrap_or(message).to_owned()
}

/// Words of both databases that mean "not now" rather than "never". The drivers give no codes
/// for them.
fn is_temporary(message: &str) -> bool {
    [
        "database is locked",
        "database table is locked",
        "deadlock detected",
        "could not serialize",
        "lock timeout",
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "too many clients",
        "connection to server",
    ]
    .iter()
    .any(|words| message.contains(words))
}
