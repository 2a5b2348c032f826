//! The live view: current records and the land ledger in memory, read from immutable snapshots.
//!
//! No HTTP, no SQL. A [`ProgrammeView`] is fed by whoever reads the store; readers take a
//! [`Snapshot`] and never wait. A view whose changes do not connect refuses them and must be loaded
//! again; it never answers wrongly.

mod ahead;
mod areas;
mod collection;
mod effective;
mod error;
mod figures;
mod functions;
mod items;
mod ledger;
mod lifecycle;
mod parcels;
mod points;
mod record;
mod regions;
mod relief;
mod reported;
mod row;
mod shapes;
mod shelves;
mod snapshot;
mod tile;
mod view;

pub use ahead::AHEAD;
pub use error::{ApplyError, Corrupt, UnknownRegion};
pub use figures::WorkQuery;
pub use functions::functions;
pub use items::{Direction, ItemsPage, ItemsQuery, SortKey, Total};
pub use ledger::{ClusterKey, ParcelFacts};
pub use lifecycle::Lifecycle;
pub use parcels::{Inside, ParcelRef, ParcelsFound, ParcelsQuery};
pub use record::{HazardClaim, Place, Record};
pub use regions::{Region, Regions};
pub use reported::{ComparedRecord, ReportedAreas, ReportedQuery};
pub use row::{ID, RecordRow, filter_schema, queryable_names, queryables};
pub use snapshot::{Count, HazardAnswer, Snapshot};
pub use tile::{Detail, DrawnTile, TILE_BYTES_MAX, TileQuery, kinds_counted, tile_properties};
pub use view::{Changes, Loaded, Loading, ProgrammeView};
