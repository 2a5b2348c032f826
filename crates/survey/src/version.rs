//! A record as it is kept: the plain data that storage, live view and interface share.

use chrono::{DateTime, Utc};
use geometry::{Geometry, HazardPolygon};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{Day, RecordId, SourceKey};

/// Whether a version of a record counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// It counts, until a later version takes its place.
    InForce,
    /// The record is taken back: from `effective_on` of this version on it counts no more. It is
    /// kept, and so is everything it said before.
    Withdrawn,
}

impl VersionState {
    /// The name used in storage and answers, for example `in_force`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One version of a record.
///
/// Versions are never changed and never deleted; a correction is a further version.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// The collection, for example `hazardous-areas`.
    pub collection: String,
    /// The record.
    pub id: RecordId,
    /// The name people use for it; unique in its collection and programme by
    /// [`local_id_key`](crate::local_id_key).
    pub local_id: String,
    /// The version, from 1.
    pub version: u32,
    /// The revision of the programme that made this version.
    pub revision: u64,
    /// Whether it counts.
    pub state: VersionState,
    /// The day it took effect in the field.
    pub effective_on: Day,
    /// The instant it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Who recorded it.
    pub recorded_by: String,
    /// The organisation it is of.
    pub organisation: Option<String>,
    /// The checked geometry; none when the record is unlocated.
    pub geometry: Option<Geometry>,
    /// The land to be wary of when the geometry was unusable. It answers maps and points, and
    /// counts no area.
    pub caution: Option<HazardPolygon>,
    /// The geometry as it was sent, as JSON text, when it was unusable.
    pub raw_geometry: Option<String>,
    /// The properties as they were sent, trimmed.
    pub properties: Map<String, Value>,
}

impl StoredRecord {
    /// The version as a source of figures.
    pub const fn key(&self) -> SourceKey {
        SourceKey { record: self.id, version: self.version }
    }

    /// Tells whether nothing usable is known of where the record is.
    pub const fn is_unlocated(&self) -> bool {
        self.geometry.is_none()
    }
}
