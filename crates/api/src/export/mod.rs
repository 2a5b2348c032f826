//! Records as files of every format: what is written, and how it is sent.

pub(crate) mod jobs;
mod kept;
mod layer;
mod records;
pub(crate) mod running;
mod sending;

pub use kept::ExportSettings;
pub(crate) use kept::Kept;
pub use layer::{Added, cells, layer, take_out};
pub(crate) use records::{Exported, Records};
pub(crate) use sending::{Exports, send, send_part};
