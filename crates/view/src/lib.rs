//! The live view: the current records of a programme and its land ledger, in memory.
//!
//! [`ProgrammeView`] is loaded from the store and follows its changes; readers take a [`Snapshot`]
//! from it, which never changes and never keeps them waiting. No HTTP, no SQL. What a view cannot
//! understand or does not connect to, it refuses: a view that is behind must be loaded anew and
//! never answers wrongly.

mod areas;
mod collection;
mod error;
mod ledger;
mod points;
mod record;
mod regions;
mod shelves;
mod snapshot;
mod view;

pub use error::{ApplyError, Corrupt, UnknownRegion};
pub use ledger::{ClusterKey, ParcelFacts};
pub use record::{HazardClaim, Place, Record};
pub use regions::{Region, Regions};
pub use snapshot::{Count, HazardAnswer, ItemsPage, ItemsQuery, Snapshot};
pub use view::{Changes, Loaded, Loading, ProgrammeView};
