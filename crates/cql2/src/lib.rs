//! Filters in the Common Query Language of OGC (CQL2, OGC 21-065r2, version 1.0): read from text or
//! JSON, checked against the properties a collection offers, and evaluated row by row.
//!
//! ```text
//! text ─▶ parse_text ─┐
//!                     ├─▶ Expression ─▶ Filter::compile(schema) ─▶ Filter::matches(row)
//! JSON ─▶ parse_json ─┘
//! ```
//!
//! The crate knows neither records nor SQL: a [`Schema`] names the properties, and a [`Row`] gives
//! their values. Positions are longitude first, in degrees (CRS84). A filter is three-valued: a
//! comparison with an absent value is unknown (`None`), and only `Some(true)` selects a row.
//!
//! ```
//! use cql2::{Filter, Kind, Limits, Literals, Row, Schema, Value, parse_text};
//!
//! struct Site(&'static str, f64);
//! impl Row for Site {
//!     fn value(&self, index: usize) -> Value<'_> {
//!         if index == 0 { Value::from(self.0) } else { Value::Number(self.1) }
//!     }
//! }
//!
//! let schema = Schema::new([("status", Kind::Text), ("area", Kind::Number)]);
//! let text = "status = 'open' AND area BETWEEN 10 AND 20";
//! let expression = parse_text(text, &Limits::default()).unwrap();
//! let filter = Filter::compile(&expression, &schema, Literals::LonLat).unwrap();
//! assert_eq!(filter.matches(&Site("open", 12.0)), Some(true));
//! assert_eq!(filter.matches(&Site("closed", 12.0)), Some(false));
//! ```

mod boxes;
mod check;
mod compile;
mod evaluate;
mod expression;
mod fold;
mod functions;
mod geojson;
mod json;
mod lexer;
mod limits;
mod parser;
mod print;
mod print_json;
mod schema;
mod spatial;
mod temporal;
mod value;
mod wkt;

pub use check::FilterError;
pub use compile::{Filter, Literals};
pub use expression::{
    Arithmetic, ArrayRelation, Comparison, Expression, Literal, SpatialRelation, TemporalRelation,
};
pub use functions::{Function, standard_functions};
pub use json::parse_json;
pub use limits::{Limits, SyntaxError};
pub use parser::parse_text;
pub use print::to_text;
pub use print_json::to_json;
pub use schema::{Kind, Schema};
pub use value::{Row, Value};
