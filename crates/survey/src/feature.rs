//! A feature on its way in: as read, and as checked.

use std::fmt;
use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, Geometry, HazardPolygon, RawGeometry};
use serde_json::{Map, Value};

use crate::finding::Finding;
use crate::id::{Day, RecordId};
use crate::programme::Programme;

/// One feature as read from a file, before any check.
#[derive(Clone, Debug, PartialEq)]
pub struct WireFeature {
    /// Its position in what was sent, from 0.
    pub index: u64,
    /// Its own id; a number is written as text.
    pub id: Option<String>,
    /// Its geometry.
    pub geometry: WireGeometry,
    /// The JSON text of its geometry as sent.
    ///
    /// It is kept with the record when the geometry is unusable. The reader may leave it out for a
    /// geometry it could read; the text is then written anew from the positions.
    pub raw_geometry: Option<String>,
    /// Its properties as sent.
    pub properties: Map<String, Value>,
}

/// The geometry of a feature as read.
#[derive(Clone, Debug, PartialEq)]
pub enum WireGeometry {
    /// None was sent, or `null`.
    Absent,
    /// What was sent is no GeoJSON geometry.
    Unreadable {
        /// Where in the feature, as a JSON pointer, for example `/geometry/coordinates/0/3`.
        pointer: String,
        /// What is wrong, without a full stop.
        reason: String,
        /// The positions that could be made out in it, longitude and latitude, unchecked: they
        /// tell roughly where the land is.
        positions: Vec<[f64; 2]>,
    },
    /// Positions, not yet checked.
    Read(RawGeometry),
}

/// The outcome of checking one feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// All that was found, errors first met first.
    pub findings: Vec<Finding>,
    /// The record, ready to be written; none when the feature is refused.
    pub record: Option<PreparedRecord>,
    /// The unlocated form of a hazardous area that is refused for its geometry only. It is written
    /// when the rest of a submission is to be applied in spite of errors, so that the area cannot
    /// vanish from the map.
    pub fallback: Option<PreparedRecord>,
}

impl Checked {
    /// Tells whether the feature is refused.
    pub const fn is_refused(&self) -> bool {
        self.record.is_none()
    }
}

/// A checked record, ready to be written as a new version.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedRecord {
    /// The position of the feature in what was sent, from 0.
    pub index: u64,
    /// The record the feature names by its id, when that id is a UUID.
    pub id: Option<RecordId>,
    /// The name people use for it, without blanks around it.
    pub local_id: String,
    /// The day it took effect in the field.
    pub effective_on: Day,
    /// The organisation it is of.
    pub organisation: Option<String>,
    /// The checked geometry; none when the record has none or is unlocated.
    pub geometry: Option<Geometry>,
    /// The land to be wary of when the geometry was unusable.
    pub caution: Option<HazardPolygon>,
    /// The geometry as sent, as JSON text, when it was unusable as it was.
    pub raw_geometry: Option<String>,
    /// The properties as sent, trimmed; `local_id` is always among them.
    pub properties: Map<String, Value>,
}

/// What a check may know besides the feature.
#[derive(Clone, Copy)]
pub struct CheckContext<'a> {
    /// The day it is in the programme.
    pub today: Day,
    /// The programme the feature is for.
    pub programme: &'a Programme,
    /// The records that exist.
    pub known: &'a dyn Known,
    /// Whether the sender takes the repairs that are suggested for boundaries.
    pub accept_repairs: bool,
}

impl fmt::Debug for CheckContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckContext")
            .field("today", &self.today)
            .field("programme", &self.programme.code)
            .finish_non_exhaustive()
    }
}

/// Knows what is recorded in the programme.
pub trait Known: Sync {
    /// Tells whether a record with this local identifier is in the collection, in what is stored
    /// or in what was sent along. Identifiers are compared by
    /// [`local_id_key`](crate::local_id_key).
    fn exists(&self, collection: &str, local_id: &str) -> bool;

    /// The land of the region with this local identifier; none when there is no such region.
    fn region(&self, local_id: &str) -> Option<Arc<HazardPolygon>>;

    /// Records in force of a collection whose box is nearly that of a polygon, found through an
    /// index: no more than [`MAX_LOOKALIKES`](crate::limits::MAX_LOOKALIKES), in any order.
    ///
    /// Whether they are alike is for whoever asks to find out.
    fn lookalikes(&self, collection: &str, bbox: &Bbox, limits: &LikenessLimits) -> Vec<Lookalike>;

    /// How much land in square metres is hazardous by this record, as far as the ledger knows.
    fn remaining_m2(&self, _collection: &str, _local_id: &str) -> Option<f64> {
        None
    }

    /// The day on which the closure of a hazardous area was recorded, in UTC; none when it is not
    /// closed, or not known.
    fn closed_on(&self, _hazardous_area: &str) -> Option<Day> {
        None
    }

    /// How many items an activity found; none when there is no such activity, or it is not known.
    fn items_found(&self, _activity: &str) -> Option<u64> {
        None
    }
}

/// A record that may have nearly the same boundary as another.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookalike {
    /// The record.
    pub id: RecordId,
    /// The name people use for it.
    pub local_id: String,
    /// Its boundary.
    pub polygon: Arc<HazardPolygon>,
}

/// Knows every record that is asked for, and of none where it is: for checks of single features.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllKnown;

impl Known for AllKnown {
    fn exists(&self, _collection: &str, _local_id: &str) -> bool {
        true
    }

    fn region(&self, _local_id: &str) -> Option<Arc<HazardPolygon>> {
        None
    }

    fn lookalikes(&self, _: &str, _: &Bbox, _: &LikenessLimits) -> Vec<Lookalike> {
        Vec::new()
    }
}
