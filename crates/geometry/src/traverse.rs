//! Areas measured on the ground by bearings and distances.
//!
//! From a reference point a leg leads to a benchmark or straight to the first turning point, and
//! from there from turning point to turning point until the last leg comes back to the first. What
//! it misses it by is the [`Misclosure`], which says how far the whole can be trusted: a traverse
//! that misses by too much is refused, one that misses by a good deal is flagged.
//!
//! A ring that has been measured is not yet an area: it goes through
//! [`HazardPolygon::new`](crate::HazardPolygon::new), as everything does. One that crosses the
//! antimeridian is refused there, like any other that is not drawn as two parts.
//!
//! # Coordinates
//! CRS84. Each leg is a geodesic of WGS 84 from the point it starts at.
//!
//! # Accuracy
//! Of the computation: under a micrometre for each leg, and for grid bearings the turn of the grid
//! along a leg, under a millimetre for legs of 100 m up to 60° of latitude. Of the measurement: see
//! the misclosure.
//!
//! # Source
//! Karney (2013), "Algorithms for geodesics", through geographiclib-rs. Limits of misclosure: ours,
//! after common practice with compass and tape.

mod error;
mod leg;
mod ring;

#[cfg(test)]
mod tests;

pub use error::{LegFault, LegRule, OpenTraverse, Stretch, TraverseError};
pub use leg::{Bearing, BearingUnit, FixedBy, Leg, North, Step};
pub use ring::{Adjustment, Misclosure, SurveyedRing};

use crate::lon_lat::LonLat;
use crate::notation::UtmZone;

/// Steps of a traverse, the way to the first turning point included.
///
/// The boundaries of hazardous areas we know have fewer than 100 turning points.
pub const MAX_STEPS: usize = 10_000;

/// Longest leg in metres, and largest distance from a point to the next given by coordinates.
///
/// No bearing is sighted over 20 km; longer ones are a slip of the pen or of units.
pub const MAX_LEG_M: f64 = 20_000.0;

/// A traverse as it is recorded in the field.
///
/// # Examples
/// ```
/// use geometry::LonLat;
/// use geometry::traverse::{Adjustment, Bearing, Leg, Step, Tolerance, Traverse};
///
/// let magnetic = |degrees, distance_m| {
///     Step::Leg(Leg { bearing: Bearing::magnetic_deg(degrees), distance_m })
/// };
/// let traverse = Traverse {
///     reference: LonLat::new(103.2, 13.1)?,
///     approach: vec![magnetic(45.0, 30.0), magnetic(90.0, 12.0)],
///     perimeter: vec![
///         magnetic(0.0, 100.0),
///         magnetic(90.0, 80.0),
///         magnetic(180.0, 100.4),
///         magnetic(270.0, 80.0),
///     ],
///     declination_deg: Some(-0.6),
///     grid_zone: None,
/// };
/// let ring = traverse.survey(&Tolerance::default()).unwrap();
/// let misclosure = ring.misclosure().unwrap();
/// assert!((misclosure.length_m - 0.4).abs() < 0.001);
/// assert_eq!(misclosure.one_in().round(), 900.0);
/// let area = ring.polygon(Adjustment::CompassRule).unwrap();
/// assert!((area.area_m2() - 8016.0).abs() < 0.2);
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Traverse {
    /// Where it starts, by coordinates.
    pub reference: LonLat,
    /// The steps from the reference to the first turning point; the points between them are
    /// benchmarks. Without any, the reference is the first turning point.
    pub approach: Vec<Step>,
    /// The steps from the first turning point round the area. A leg at the end leads back to the
    /// first turning point; a point given by coordinates at the end is the last turning point.
    pub perimeter: Vec<Step>,
    /// Magnetic declination in degrees, positive when magnetic north is east of true north.
    pub declination_deg: Option<f64>,
    /// The zone whose grid the grid bearings refer to; that of the reference if not said.
    pub grid_zone: Option<UtmZone>,
}

/// Misclosures that are refused, and those that are flagged.
///
/// # Units
/// Ratios are the length measured over the misclosure: 100 is 1:100. A limit that is not a number
/// refuses, or flags, everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Refused below this ratio.
    pub reject_one_in: f64,
    /// Refused above this misclosure in metres, if no turning point after the first was fixed by
    /// satellite.
    pub reject_unfixed_m: f64,
    /// Flagged below this ratio.
    pub flag_one_in: f64,
}

impl Default for Tolerance {
    /// Refused beyond 1:20, or 10 m without a fix by satellite; flagged beyond 1:100.
    fn default() -> Self {
        Self { reject_one_in: 20.0, reject_unfixed_m: 10.0, flag_one_in: 100.0 }
    }
}

impl Traverse {
    /// Computes the turning points, and judges how well the traverse closes.
    ///
    /// # Errors
    /// [`TraverseError::Faults`] with all faults of its steps, or [`TraverseError::Open`] if it
    /// misses its first turning point by more than the tolerance.
    pub fn survey(&self, tolerance: &Tolerance) -> Result<SurveyedRing, TraverseError> {
        let course = leg::walk(self).map_err(TraverseError::Faults)?;
        ring::close(course, tolerance)
    }
}
