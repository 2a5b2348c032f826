//! The store on both databases: every scenario runs on SQLite and on PostgreSQL.

mod append_only;
mod audit;
mod builders;
mod catalogue;
mod databases;
mod feed;
mod history;
mod layout;
mod ledger;
mod races;
mod records;
mod submissions;
mod tokens;
