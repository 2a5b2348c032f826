//! Formats in and out. No HTTP, no SQL.
//!
//! In: [`read_features`] tells the features of a text apart in bounded memory, [`parse_feature`]
//! reads one of them. Out: [`write_feature`] and [`FeatureCollectionWriter`] write GeoJSON,
//! [`table`] writes comma-separated values. Coordinates are WGS 84 longitude and latitude in
//! degrees, longitude first (OGC:CRS84), as RFC 7946 has it.

mod choice;
mod crs;
mod error;
mod feature;
mod format;
mod input;
pub mod layer;
mod limits;
mod out;
pub mod page;
mod plain;
mod reader;
mod scan;
mod source;
mod split;
pub mod table;
mod wkb;
mod write;

pub use choice::chosen_members;
pub use error::{ReadError, ReadErrorCode};
pub use feature::parse_feature;
pub use format::Format;
pub use input::{Incoming, ReadOptions, read_any};
pub use limits::{MAX_DEPTH, ReadLimits};
pub use out::{LayerWriter, WriteError, WriteOptions, Written, write_layer};
pub use reader::{FeatureFault, FeatureReader, RawFeature, read_features};
pub use write::{
    FeatureCollectionWriter, FeatureText, GeometryRef, Properties, write_feature, write_geometry,
    write_polygon,
};
