//! Records, versions, submissions, the land ledger and the audit, in SQLite or PostgreSQL.
//!
//! The only crate that names the database library. [`Store`] is the door: each public method that
//! writes is one durable transaction of its own name, with one line in the audit and, if it
//! changes a programme, one row in the feed of changes. There is no other way to write.
//!
//! All methods block; call them from threads that may.
//!
//! # Examples
//! ```no_run
//! use store::{By, Location, MigrateOptions, OpenOptions, Store};
//!
//! let location = Location::parse("sqlite:var/safeground.sqlite", &|name| std::env::var(name).ok())?;
//! store::migrate(&location, &MigrateOptions::default())?;
//! let store = Store::open(&location, &OpenOptions::default())?;
//! let by = By::new("setup", chrono::Utc::now());
//! store.programme_add(&by, &survey::Programme::new("KH", "Cambodia"))?;
//! # Ok::<(), store::StoreError>(())
//! ```

mod audit;
mod boundaries;
mod changes;
mod cut;
mod error;
mod findings;
mod history;
mod land;
mod ledger;
mod location;
mod migrations;
mod operations;
#[cfg(feature = "postgres")]
mod postgis;
#[cfg(feature = "postgres")]
mod postgres;
mod prepare;
mod programmes;
mod records;
mod reports;
mod schema;
mod sql_types;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod submissions;
mod tokens;
mod tx;
mod webhooks;
#[cfg(feature = "sqlite")]
mod writer;

pub use audit::{AuditLine, AuditVerdict, SERVER as SERVER_AUDIT};
pub use changes::Change;
pub use cut::{GiantCluster, LedgerChange, Progress, SharedLand};
pub use error::{Cause, ConflictKind, RecordConflict, SchemaError, StoreError};
pub use ledger::StoredCluster;
pub use location::{Environment, Location, LocationError, check_transport};
pub use migrations::{MigrateOptions, Migrated, migrate};
pub use operations::OPERATIONS;
pub use operations::apply::{Applied, Outcome};
pub use operations::ledger::{DifferenceKind, LedgerDifference, RecordLedger, StoredParcel};
pub use operations::read::Item;
pub use operations::submissions::Rejected;
pub use operations::withdraw::{Withdrawal, Written};
pub use programmes::StoredProgramme;
pub use records::StoredVersion;
pub use reports::{NewReport, ReportHead, StoredReport};
pub use store::{By, OpenOptions, Revision, Store};
pub use submissions::{
    Expected, OnError, StoredSubmission, SubmissionDraft, SubmissionLookup, SubmissionStatus,
};
pub use tokens::{IssuedToken, NewToken, StoredToken, TokenActor};
pub use webhooks::{Attempt, AttemptOutcome, NewWebhook, StoredWebhook, WebhookStatus};
