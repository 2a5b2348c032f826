//! From the points of a traverse to a ring, and how well it closes.

use super::Tolerance;
use super::error::{OpenTraverse, TraverseError};
use super::leg::{Arrival, By, Course, FixedBy, destination, way};
use crate::defect::Defect;
use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;

/// By how much a traverse misses its first turning point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Misclosure {
    /// From where the last leg ends to the first turning point, in metres.
    pub length_m: f64,
    /// The direction of that way, in degrees from true north, 0 to 360.
    pub bearing_deg: f64,
    /// The length of the legs it comes from, in metres: those since the last point given by
    /// coordinates, the whole perimeter if there is none.
    pub measured_m: f64,
}

impl Misclosure {
    /// The n of 1:n, the length measured over the misclosure; infinite if there is none.
    pub fn one_in(&self) -> f64 {
        self.measured_m / self.length_m
    }
}

/// Whether the misclosure is spread over the legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Adjustment {
    /// Turning points are where the legs lead to; the last side closes the ring.
    None,
    /// The compass rule: each turning point moves in the direction of the misclosure, by the share
    /// of it that its legs are of all legs (Bowditch, 1808).
    CompassRule,
}

/// The turning points of a traverse that closes well enough.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyedRing {
    approach: Vec<LonLat>,
    turning_points: Vec<LonLat>,
    adjusted: Vec<LonLat>,
    perimeter_m: f64,
    misclosure: Option<Misclosure>,
    flagged: bool,
}

impl SurveyedRing {
    /// The points between the reference and the first turning point: the benchmarks.
    pub fn benchmarks(&self) -> &[LonLat] {
        self.approach.split_last().map_or(&[], |(_, benchmarks)| benchmarks)
    }

    /// The turning points in the order they were measured, the first not repeated.
    ///
    /// # Accuracy
    /// The compass rule moves no point by more than the misclosure, and neither the first turning
    /// point nor any up to the last one given by coordinates.
    pub fn turning_points(&self, adjustment: Adjustment) -> &[LonLat] {
        match adjustment {
            Adjustment::None => &self.turning_points,
            Adjustment::CompassRule => &self.adjusted,
        }
    }

    /// The turning points as a closed ring of longitudes and latitudes in degrees.
    pub fn ring(&self, adjustment: Adjustment) -> Vec<[f64; 2]> {
        let points = self.turning_points(adjustment);
        points.iter().chain(points.first()).map(|point| (*point).into()).collect()
    }

    /// The area inside the turning points, checked like any other.
    ///
    /// # Errors
    /// All defects, as [`HazardPolygon::new`] gives them.
    pub fn polygon(&self, adjustment: Adjustment) -> Result<HazardPolygon, Vec<Defect>> {
        HazardPolygon::new(vec![vec![self.ring(adjustment)]])
    }

    /// The length of all sides as measured, in metres; between points given by coordinates, of the
    /// geodesic.
    pub fn perimeter_m(&self) -> f64 {
        self.perimeter_m
    }

    /// By how much the last leg misses the first turning point; `None` if the last turning point is
    /// given by coordinates, so that nothing was measured back.
    pub fn misclosure(&self) -> Option<Misclosure> {
        self.misclosure
    }

    /// Tells whether somebody should look at it: the misclosure is beyond the tolerance for flags,
    /// or nothing was measured back to the first turning point.
    pub fn is_flagged(&self) -> bool {
        self.flagged
    }
}

/// Closes the ring, if it closes within the tolerance.
pub(super) fn close(course: Course, tolerance: &Tolerance) -> Result<SurveyedRing, TraverseError> {
    let Course { approach, first, mut arrivals } = course;
    let mut perimeter_m: f64 = arrivals.iter().map(|arrival| arrival.length_m).sum();
    let is_leg = |arrival: &Arrival| matches!(arrival.by, By::Leg(_));
    let free = arrivals.iter().rposition(|arrival| !is_leg(arrival)).map_or(0, |fixed| fixed + 1);
    let measured_m: f64 = arrivals[free..].iter().map(|arrival| arrival.length_m).sum();
    let misclosure = arrivals.last().filter(|last| is_leg(last)).map(|last| {
        let (length_m, bearing_deg) = way(last.at, first);
        Misclosure { length_m, bearing_deg, measured_m }
    });
    match misclosure {
        Some(misclosure) => {
            let is_fix = |arrival: &Arrival| arrival.by == By::Point(FixedBy::Satellite);
            let fixed = arrivals.iter().any(is_fix);
            if !is_within(&misclosure, fixed, tolerance) {
                let reversed = reversed_leg(&arrivals[free..], &misclosure, tolerance);
                return Err(TraverseError::Open(OpenTraverse {
                    misclosure,
                    tolerance: *tolerance,
                    fixed,
                    reversed_leg: reversed.map(|leg| free + leg + 1),
                }));
            }
            arrivals.pop();
        }
        None => perimeter_m += arrivals.last().map_or(0.0, |last| last.at.distance_m(first)),
    }
    let turning_points: Vec<LonLat> =
        std::iter::once(first).chain(arrivals.iter().map(|arrival| arrival.at)).collect();
    let adjusted = match misclosure {
        Some(misclosure) => adjust(first, &arrivals, free, &misclosure),
        None => turning_points.clone(),
    };
    // What cannot be compared is flagged.
    let flagged = !misclosure.is_some_and(|m| m.one_in() >= tolerance.flag_one_in);
    Ok(SurveyedRing { approach, turning_points, adjusted, perimeter_m, misclosure, flagged })
}

/// Tells whether a misclosure is tolerated; comparisons with NaN say no.
fn is_within(misclosure: &Misclosure, fixed: bool, tolerance: &Tolerance) -> bool {
    let Misclosure { length_m, measured_m, .. } = *misclosure;
    let Tolerance { reject_one_in, reject_unfixed_m, .. } = *tolerance;
    reject_one_in > 0.0
        && length_m * reject_one_in <= measured_m
        && (fixed || length_m <= reject_unfixed_m)
}

/// Moves each point that was measured since the last one fixed.
fn adjust(
    first: LonLat,
    arrivals: &[Arrival],
    free: usize,
    misclosure: &Misclosure,
) -> Vec<LonLat> {
    let mut walked_m = 0.0;
    let moved = arrivals.iter().enumerate().map(|(i, arrival)| {
        if i < free {
            return arrival.at;
        }
        walked_m += arrival.length_m;
        let share = walked_m / misclosure.measured_m;
        destination(arrival.at, misclosure.bearing_deg, misclosure.length_m * share)
    });
    std::iter::once(first).chain(moved).collect()
}

/// Finds the one leg that would close the traverse well if it had been read the other way round.
fn reversed_leg(legs: &[Arrival], misclosure: &Misclosure, tolerance: &Tolerance) -> Option<usize> {
    let vector = |length_m: f64, bearing_deg: f64| {
        let (sin, cos) = bearing_deg.to_radians().sin_cos();
        [length_m * sin, length_m * cos]
    };
    let gap = vector(misclosure.length_m, misclosure.bearing_deg);
    let would_miss = |arrival: &Arrival| {
        let By::Leg(bearing_deg) = arrival.by else { return f64::INFINITY };
        let leg = vector(arrival.length_m, bearing_deg);
        (gap[0] + 2.0 * leg[0]).hypot(gap[1] + 2.0 * leg[1])
    };
    let candidates = legs.iter().map(would_miss).enumerate();
    let (leg, miss) = candidates.min_by(|a, b| a.1.total_cmp(&b.1))?;
    (miss * tolerance.flag_one_in <= misclosure.measured_m).then_some(leg)
}
