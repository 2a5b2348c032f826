//! Formats in and out. No HTTP, no SQL.
//!
//! In: [`read_features`] tells the features of a text apart in bounded memory, [`parse_feature`]
//! reads one of them. Coordinates are WGS 84 longitude and latitude in degrees, longitude first
//! (OGC:CRS84), as RFC 7946 has it.

mod crs;
mod error;
mod limits;
mod reader;
mod scan;
mod source;

pub use error::{ReadError, ReadErrorCode};
pub use limits::{MAX_DEPTH, ReadLimits};
pub use reader::{FeatureFault, FeatureReader, RawFeature, read_features};
