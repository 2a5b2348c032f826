//! What other answers take from items: a record as a feature, by whatever name it is asked for.

pub use crate::ogc::answer::GEOJSON;
pub use crate::ogc::feature::value as item_value;
pub use crate::ogc::items::found;
pub use crate::query::percent_encoded;
