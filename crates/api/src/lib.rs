//! HTTP for Safeground: routes, actors, uploads, problem documents. The only crate that names
//! actix.
//!
//! A handler extracts, parses, runs one operation and views the result. Which routes there are
//! stands in [`routes`]; who may do what is decided by [`app::App::programme`] alone; every error
//! becomes a status in [`problem`] alone.

pub mod actor;
pub mod app;
mod balance;
pub mod basemap;
mod boundaries;
mod changes;
pub mod clocks;
mod comparison;
pub mod export;
mod exports;
pub mod following;
mod formats;
mod hazards;
mod history;
pub mod inference;
pub mod intake;
mod items;
mod landing;
mod layers;
mod live;
pub mod mapping;
mod ogc;
mod options;
mod parcels;
pub mod pictures;
pub mod problem;
mod programmes;
mod progress;
pub mod query;
mod range;
mod refusal;
pub mod report;
mod reported;
mod reports;
pub mod routes;
pub mod server;
pub mod spool;
mod story;
pub mod submission;
mod submissions;
mod tagging;
mod tiles;
mod values;
mod viewer;
mod webhooks;
mod withdrawals;
mod work;

pub use tiles::tilejson;
pub use webhooks::address::Reach;
