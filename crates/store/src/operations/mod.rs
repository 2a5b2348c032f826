//! What can be done with the store: one file for each kind of operation.
//!
//! An operation that writes is one transaction of its own name. It ends with exactly one line in
//! the audit, and if it changes a programme it begins with the programme's next revision and adds
//! exactly one row to the feed of changes. How far a webhook was told is no record of the programme:
//! it is noted without either.

pub(crate) mod apply;
mod as_of;
mod audit;
mod layers;
pub(crate) mod ledger;
mod moves;
mod parcels;
mod programmes;
pub(crate) mod read;
mod reports;
pub(crate) mod submissions;
mod tokens;
mod webhooks;
pub(crate) mod withdraw;

/// Names of all operations that write, as they appear in the audit. A test performs each.
pub const OPERATIONS: &[&str] = &[
    "programme_add",
    "programme_update",
    "layer_set",
    "layer_remove",
    "token_issue",
    "token_revoke",
    "submission_apply",
    "submission_reject",
    "record_withdraw",
    "ledger_rebuild",
    "report_freeze",
    "webhook_add",
    "webhook_pause",
    "webhook_resume",
    "webhook_disable",
    "webhook_test",
    "webhook_remove",
];
