//! The standard doors: OGC API – Features, Parts 1 to 5, for each programme.

pub mod about;
pub mod answer;
pub mod base;
pub mod choice;
pub mod collections;
pub mod conformance;
pub mod crs;
pub mod cursor;
pub mod downloads;
pub mod edit;
pub mod feature;
pub mod filter;
pub mod functions;
pub mod html;
pub mod items;
pub mod openapi;
pub mod parameters;
pub mod precondition;
pub mod receivables;
pub mod schemas;
pub mod simplification;
