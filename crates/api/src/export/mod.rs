//! Records as files of every format: what is written, and how it is sent.

mod layer;
mod records;
mod sending;

pub use layer::{Added, cells, layer, take_out};
pub(crate) use records::{Exported, Records};
pub(crate) use sending::{Exports, send};
