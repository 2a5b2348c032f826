//! The store on both databases: every scenario runs on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::match_wild_err_arm,
    reason = "a test fails by panicking"
)]

mod append_only;
mod audit;
mod builders;
mod catalogue;
mod databases;
mod feed;
mod history;
mod layers;
mod layout;
mod ledger;
mod races;
mod records;
mod submissions;
mod tokens;
mod webhooks;
