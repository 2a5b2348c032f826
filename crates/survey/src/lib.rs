//! Record types of mine action, their rules, what a check finds, and the timeline of land.

pub mod access;
pub mod balance;
pub mod doubt;
pub mod effective;
pub mod facts;
pub mod layer;
pub mod ledger;
pub mod lifecycle;
pub mod limits;
pub mod progress;
pub mod records;
pub mod registry;
pub mod reported;
pub mod rules;
pub mod story;
pub mod timeline;
pub mod work;

mod check;
mod feature;
mod finding;
mod id;
mod land;
mod programme;
mod queryable;
mod record;
mod version;

pub use check::{DuplicateBoundaries, DuplicateIds};
pub use feature::{
    AllKnown, CheckContext, Checked, Known, Lookalike, PreparedRecord, WireFeature, WireGeometry,
};
pub use finding::{Finding, Findings, Severity};
pub use id::{Day, RecordId, SourceKey, local_id_key};
pub use land::{
    Classification, LandChange, LandEntry, LandRole, LandSource, Outcome, Parcel, RegionSpan,
    Stretch, StretchEnd,
};
pub use programme::{Locking, Programme, ProgrammeRules};
pub use queryable::{Queryable, QueryableKind};
pub use record::{Attributes, GeometryRule, MissingGeometry, Record, Reference, StoredFacts};
pub use registry::{COLLECTIONS, Collection, CollectionRef, GeometryKinds, bears_on, collection};
pub use version::{StoredRecord, VersionState};
