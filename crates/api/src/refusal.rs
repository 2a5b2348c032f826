//! What the store and the intake refuse, as problems. Exhaustive, so that a new error stops the
//! compiler here.

use serde_json::json;
use store::StoreError;
use survey::layer::LayerError;

use crate::following::FollowError;
use crate::problem::{
    CONFLICT, CORRUPT_RECORD, IDEMPOTENCY_KEY_REUSED, INVALID_BODY, NOT_FOUND, PRECONDITION_FAILED,
    Problem, SUBMISSION_REJECTED, UNAVAILABLE,
};
use crate::submission::SubmitError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::NotFound { .. } => Self::new(NOT_FOUND, text),
            StoreError::Stale { .. } => Self::new(
                PRECONDITION_FAILED,
                format!("{text}; read it again, and decide on what it says now"),
            ),
            StoreError::Exists { .. } | StoreError::Conflict { .. } => {
                Self::new(CONFLICT, text).caused_by(error)
            }
            StoreError::RecordsRefused(ref conflicts) => {
                let first = conflicts.first().map_or_else(String::new, |conflict| {
                    format!(
                        "; feature {} ({}): {}",
                        conflict.index, conflict.local_id, conflict.kind
                    )
                });
                let told = serde_json::to_value(conflicts).unwrap_or_default();
                Self::new(SUBMISSION_REJECTED, format!("{text}{first}"))
                    .with("conflicts", told)
                    .caused_by(error)
            }
            StoreError::Tangled { records } => {
                let detail = format!(
                    "{text}; nothing was applied. Draw their boundaries with fewer edges across \
                     those of the others"
                );
                Self::new(SUBMISSION_REJECTED, detail).with("records", records)
            }
            StoreError::Layer(error) => error.into(),
            StoreError::Unstorable { .. } => Self::new(SUBMISSION_REJECTED, text).caused_by(error),
            StoreError::IdempotencyKeyReused { .. } => Self::new(
                IDEMPOTENCY_KEY_REUSED,
                format!("{text}; take a new key for a new submission"),
            ),
            StoreError::Corrupt { .. } => Self::new(
                CORRUPT_RECORD,
                "a stored record cannot be read; the programme's operator must look at it",
            )
            .caused_by(error),
            StoreError::Unavailable { .. } => {
                Self::new(UNAVAILABLE, "the database is not available now").caused_by(error)
            }
            StoreError::Source(_)
            | StoreError::Schema(_)
            | StoreError::Location(_)
            | StoreError::Database { .. } => Self::internal(error),
        }
    }
}

impl From<LayerError> for Problem {
    fn from(error: LayerError) -> Self {
        let text = error.to_string();
        match error {
            LayerError::Unknown(_) => Self::new(NOT_FOUND, text),
            LayerError::InUse { .. } => Self::new(CONFLICT, text),
            LayerError::Invalid(faults) => {
                Self::new(INVALID_BODY, text).with("faults", json!(faults))
            }
            LayerError::Incompatible(faults) => {
                Self::new(CONFLICT, text).with("faults", json!(faults))
            }
        }
    }
}

impl From<FollowError> for Problem {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Store(error) => error.into(),
            FollowError::Corrupt(_) => Self::new(
                CORRUPT_RECORD,
                "a stored record cannot be read; the programme's operator must look at it",
            )
            .caused_by(error),
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Store(error) => error.into(),
            SubmitError::Spool(_) => Self::internal(error),
        }
    }
}
