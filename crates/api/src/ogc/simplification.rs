//! Boundaries with fewer vertices, for maps on which the difference cannot be seen.
//!
//! A simplified boundary may leave out hazardous land, by no more than the tolerance. So every
//! feature whose boundary is not as it was recorded says so in its member `simplified`, files have
//! none, and a feature that says so is not taken back as an edit.
//!
//! # Source
//! OGC API – Features – Part 7: Geometry Simplification (24-020, draft), `/req/zoom-level/parameter`
//! and `/req/zoom-level/response`; `max-allowable-offset` is as other servers have it, in metres.

use std::sync::Arc;

use geometry::{HazardPolygon, simplified};
use serde_json::{Value, json};
use view::{Place, Record};

use crate::problem::{INVALID_BODY, Problem};
use crate::query::{Parameters, invalid};

/// The greatest tolerance in metres: a pixel of a map of the world.
pub const OFFSET_MAX_M: f64 = 100_000.0;

/// The member of what was simplified.
pub const SIMPLIFIED: &str = "simplified";

/// Half the width of a pixel at the equator at zoom 0, for tiles of 256 pixels, in metres.
const HALF_PIXEL_M: f64 = 20_037_508.342_789_244 / 256.0;

/// Vertices that are simplified together, so that neighbours stay neighbours; more take more memory.
const TOGETHER_MAX: usize = 500_000;

/// How far boundaries may be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Simplification {
    /// By so many metres on the ground.
    OffsetM(f64),
    /// By half a pixel of a map in Web Mercator at this zoom, which may have decimals.
    Zoom(f64),
}

impl Simplification {
    /// Reads whether boundaries are to be simplified.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn read(parameters: &Parameters) -> Result<Option<Self>, Problem> {
        let offset = parameters.number("max-allowable-offset")?;
        if offset.is_some_and(|offset| !(0.0..=OFFSET_MAX_M).contains(&offset)) {
            let reason = format!("give metres from 0 to {OFFSET_MAX_M}");
            return Err(invalid("max-allowable-offset", &reason));
        }
        let zoom = parameters.number("zoom-level")?;
        if zoom.is_some_and(|zoom| zoom < 0.0) {
            return Err(invalid("zoom-level", "give a number from 0"));
        }
        match (offset, zoom) {
            (Some(_), Some(_)) => {
                let reason = "it says the same as max-allowable-offset; give one of them";
                Err(invalid("zoom-level", reason))
            }
            (Some(offset), None) => Ok(Some(Self::OffsetM(offset))),
            (None, Some(zoom)) => Ok(Some(Self::Zoom(zoom))),
            (None, None) => Ok(None),
        }
    }

    /// The tolerance in metres for areas none of which reaches further from the equator than this
    /// latitude.
    fn tolerance_m(self, latitude: f64) -> f64 {
        match self {
            Self::OffsetM(offset_m) => offset_m,
            Self::Zoom(zoom) => HALF_PIXEL_M / zoom.exp2() * latitude.to_radians().cos().max(0.0),
        }
    }

    /// What a listing says of the features it holds.
    pub fn told(self) -> Value {
        match self {
            Self::OffsetM(offset_m) => json!({ "max_offset_m": offset_m }),
            Self::Zoom(zoom) => json!({ "zoom_level": zoom }),
        }
    }

    /// The places of records with simplified boundaries, in the order of the records; `None` where
    /// every vertex stayed, and for points, lines and areas that are only drawn.
    ///
    /// What is side by side in what is given stays side by side; no part and no area vanishes.
    pub fn of(self, records: &[Arc<Record>]) -> Vec<Option<Simplified>> {
        let mut places: Vec<Option<Simplified>> = vec![None; records.len()];
        let mut lot: Vec<(usize, &HazardPolygon)> = Vec::new();
        let mut vertices = 0;
        for (number, record) in records.iter().enumerate() {
            let (Place::Area(area) | Place::Caution(area)) = &record.place else { continue };
            if vertices + area.vertex_count() > TOGETHER_MAX {
                self.thin(&lot, records, &mut places);
                lot.clear();
                vertices = 0;
            }
            vertices += area.vertex_count();
            lot.push((number, area));
        }
        self.thin(&lot, records, &mut places);
        places
    }

    fn thin(
        self,
        lot: &[(usize, &HazardPolygon)],
        records: &[Arc<Record>],
        places: &mut [Option<Simplified>],
    ) {
        let areas: Vec<&HazardPolygon> = lot.iter().map(|(_, area)| *area).collect();
        let reach = |area: &&HazardPolygon| area.bbox().south.abs().max(area.bbox().north.abs());
        let offset_m = self.tolerance_m(areas.iter().map(reach).fold(0.0, f64::max));
        for ((number, area), thinned) in lot.iter().zip(simplified(&areas, offset_m)) {
            if thinned.vertex_count() == area.vertex_count() {
                continue;
            }
            let thinned = Arc::new(thinned);
            let place = match &records[*number].place {
                Place::Caution(_) => Place::Caution(thinned),
                _ => Place::Area(thinned),
            };
            places[*number] = Some(Simplified { place, offset_m });
        }
    }
}

/// Where a record is, with a simplified boundary.
#[derive(Debug, Clone, PartialEq)]
pub struct Simplified {
    /// The place.
    pub place: Place,
    /// How far the boundary is at most from the recorded one, in metres on the ground.
    pub offset_m: f64,
}

/// Refuses a feature whose boundary was simplified: as an edit it would lose land.
///
/// # Errors
/// `invalid-body`.
pub fn require_as_recorded(feature: &serde_json::Map<String, Value>) -> Result<(), Problem> {
    match feature.get(SIMPLIFIED) {
        None | Some(Value::Null) => Ok(()),
        Some(_) => {
            let detail = "/simplified: this boundary was simplified for a map, and is not the one \
                          that was recorded; read the item without zoom-level and \
                          max-allowable-offset, and edit that";
            Err(Problem::new(INVALID_BODY, detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pixel_is_narrower_on_the_ground_away_from_the_equator() {
        let at = |latitude| Simplification::Zoom(10.0).tolerance_m(latitude);
        assert!((at(0.0) - 76.437).abs() < 0.001, "{}", at(0.0));
        assert!((at(60.0) - 38.218).abs() < 0.001, "{}", at(60.0));
        assert!(at(90.0) < 1e-6 && Simplification::Zoom(1e300).tolerance_m(0.0) == 0.0);
        assert_eq!(Simplification::OffsetM(5.0).tolerance_m(60.0), 5.0);
    }
}
