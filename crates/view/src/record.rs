//! A record as the view keeps it: everything that is answered, in as little memory as it takes.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use geometry::{Bbox, Geometry, HazardPolygon, LonLat, Shape};
use serde::Deserialize;
use serde_json::{Map, Value};
use survey::lifecycle::AreaWords;
use survey::{
    Classification, Collection, Day, LandRole, Queryable, RecordId, StoredFacts, StoredRecord,
    VersionState,
};

use crate::error::Corrupt;
use crate::ledger::Cause;

/// The current version of a record.
///
/// Properties are kept as JSON text, which takes a third of the memory of a map and is what goes
/// out most often.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record.
    pub id: RecordId,
    /// The name people use for it.
    pub local_id: Box<str>,
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
    pub recorded_by: Arc<str>,
    /// The organisation it is of.
    pub organisation: Option<Arc<str>>,
    /// Where it is.
    pub place: Place,
    /// The geometry as it was sent, as JSON text, when it was unusable.
    pub raw_geometry: Option<Box<str>>,
    /// The properties: the JSON text of an object, without white space around it.
    pub properties: Box<str>,
    /// Where in that text the value of each queryable begins, in the order of
    /// [`Collection::queryables`]; 0 where there is none.
    pub(crate) starts: Box<[u32]>,
    /// What it says about hazards, if anything.
    pub hazard: Option<HazardClaim>,
    /// The record among the causes of the ledger.
    pub(crate) cause: Cause,
}

/// Where a record is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// At a position.
    Point(LonLat),
    /// On an area with a checked boundary.
    Area(Arc<HazardPolygon>),
    /// Points, lines or areas as they were drawn, of a layer.
    Shape(Arc<Shape>),
    /// Unlocated: its boundary was unusable, and this is the land to be wary of. It counts no
    /// area.
    Caution(Arc<HazardPolygon>),
    /// Nothing usable is known.
    Unknown,
}

/// What a record says about hazards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HazardClaim {
    /// How sure it is that the land is hazardous.
    pub classification: Classification,
    /// Whether it still says so.
    pub in_force: bool,
    /// Whether the area is closed or handed over.
    pub closed: bool,
    /// What its lifecycle is told from.
    pub(crate) words: AreaWords,
}

impl Record {
    /// Whether the record counts: it has not been taken back.
    pub fn is_in_force(&self) -> bool {
        self.state == VersionState::InForce
    }

    /// The properties by name.
    ///
    /// # Errors
    /// When the text is no JSON object, which cannot be as long as the store is sound.
    pub fn properties(&self) -> Result<Map<String, Value>, serde_json::Error> {
        serde_json::from_str(&self.properties)
    }

    /// The smallest box around the place, the caution area included.
    pub fn bbox(&self) -> Option<Bbox> {
        match &self.place {
            Place::Point(at) => {
                Some(Bbox { west: at.lon(), south: at.lat(), east: at.lon(), north: at.lat() })
            }
            Place::Area(area) | Place::Caution(area) => Some(area.bbox()),
            Place::Shape(shape) => Some(shape.bbox()),
            Place::Unknown => None,
        }
    }

    /// The number of positions it is drawn from.
    pub(crate) fn vertex_count(&self) -> usize {
        match &self.place {
            Place::Point(_) => 1,
            Place::Area(area) | Place::Caution(area) => area.vertex_count(),
            Place::Shape(shape) => shape.vertex_count(),
            Place::Unknown => 0,
        }
    }

    /// Whether the record has a position in common with a box, if only on its edge.
    ///
    /// An unlocated record answers with its caution area, and matches every box if it has none:
    /// it may be anywhere.
    ///
    /// # Source
    /// OGC 17-069r4, requirement `/req/core/fc-bbox-response`.
    pub fn meets(&self, bbox: &Bbox) -> bool {
        match &self.place {
            Place::Point(at) => bbox.contains(*at),
            Place::Area(area) | Place::Caution(area) => area.intersects_bbox(bbox),
            Place::Shape(shape) => shape.intersects_bbox(bbox),
            Place::Unknown => true,
        }
    }

    /// The checked boundary; none when it is not known, even if there is a caution area.
    pub fn boundary(&self) -> Option<&Arc<HazardPolygon>> {
        match &self.place {
            Place::Area(area) => Some(area),
            Place::Caution(_) | Place::Point(_) | Place::Shape(_) | Place::Unknown => None,
        }
    }

    /// The polygon the record is found by.
    pub(crate) fn area(&self) -> Option<&Arc<HazardPolygon>> {
        match &self.place {
            Place::Area(area) | Place::Caution(area) => Some(area),
            Place::Point(_) | Place::Shape(_) | Place::Unknown => None,
        }
    }

    /// What was drawn that the record is found by.
    pub(crate) fn shape(&self) -> Option<&Arc<Shape>> {
        match &self.place {
            Place::Shape(shape) => Some(shape),
            Place::Area(_) | Place::Caution(_) | Place::Point(_) | Place::Unknown => None,
        }
    }

    /// Whether its place or boundary is known.
    pub fn is_located(&self) -> bool {
        matches!(self.place, Place::Point(_) | Place::Area(_) | Place::Shape(_))
    }
}

/// Turns stored records into those of the view, sharing texts that stand in many.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    texts: HashSet<Arc<str>>,
}

impl Keeper {
    pub(crate) fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&text));
        text
    }

    pub(crate) fn keep(
        &mut self,
        stored: StoredRecord,
        collection: &Collection,
        facts: &StoredFacts,
        cause: Cause,
    ) -> Result<Record, Corrupt> {
        let (properties, starts) = written(&stored.properties, collection.queryables())
            .map_err(|error| Corrupt::of(&stored, error.to_string()))?;
        let hazard = match facts.land_role {
            Some(LandRole::Hazard { classification, in_force, closed, .. }) => {
                let mut words = AreaWords::deserialize(&stored.properties)
                    .map_err(|error| Corrupt::of(&stored, error.to_string()))?;
                words.is_withdrawn = stored.state == VersionState::Withdrawn;
                Some(HazardClaim { classification, in_force, closed, words })
            }
            Some(LandRole::Release { .. } | LandRole::Region { .. }) | None => None,
        };
        let place = match (stored.geometry, stored.caution) {
            (Some(Geometry::Point(at)), _) => Place::Point(at),
            (Some(Geometry::Polygon(area)), _) => Place::Area(Arc::new(area)),
            (Some(Geometry::Shape(shape)), _) => Place::Shape(Arc::new(shape)),
            (None, Some(area)) => Place::Caution(Arc::new(area)),
            (None, None) => Place::Unknown,
        };
        Ok(Record {
            id: stored.id,
            local_id: stored.local_id.into(),
            version: stored.version,
            revision: stored.revision,
            state: stored.state,
            effective_on: stored.effective_on,
            recorded_at: stored.recorded_at,
            recorded_by: self.shared(&stored.recorded_by),
            organisation: stored.organisation.as_deref().map(|name| self.shared(name)),
            place,
            raw_geometry: stored.raw_geometry.map(Into::into),
            properties: properties.into(),
            starts,
            hazard,
            cause,
        })
    }
}

/// The JSON text of properties, and where the value of each queryable begins in it.
fn written(
    properties: &Map<String, Value>,
    queryables: &[Queryable],
) -> Result<(String, Box<[u32]>), serde_json::Error> {
    let mut text = Vec::with_capacity(512);
    let mut starts = vec![0; queryables.len()].into_boxed_slice();
    text.push(b'{');
    for (place, (name, value)) in properties.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        serde_json::to_writer(&mut text, name)?;
        text.push(b':');
        if let Some(slot) = queryables.iter().position(|queryable| queryable.name == *name) {
            starts[slot] = u32::try_from(text.len()).unwrap_or(0);
        }
        serde_json::to_writer(&mut text, value)?;
    }
    text.push(b'}');
    let text = String::from_utf8(text).map_err(serde::ser::Error::custom)?;
    Ok((text, starts))
}
