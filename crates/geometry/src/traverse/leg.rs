//! From bearings and distances to positions.

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use super::error::{LegFault, LegRule, Stretch};
use super::{MAX_LEG_M, MAX_STEPS, Traverse};
use crate::lon_lat::{LonLat, normalised};
use crate::notation::{UtmPoint, UtmZone};

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Largest magnetic declination in degrees that a compass can be used with.
const MAX_DECLINATION_DEG: f64 = 60.0;

/// The north a bearing is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum North {
    /// The meridian.
    True,
    /// The needle of a compass.
    Magnetic,
    /// The northings of a UTM zone.
    Grid,
}

/// The unit of a bearing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BearingUnit {
    /// 360 in a circle.
    Degrees,
    /// 6400 in a circle.
    Mils,
}

impl BearingUnit {
    /// How many there are in a circle.
    pub const fn circle(self) -> f64 {
        match self {
            Self::Degrees => 360.0,
            Self::Mils => 6400.0,
        }
    }
}

/// A direction, clockwise from north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bearing {
    /// The number as it was read off.
    pub value: f64,
    /// Its unit.
    pub unit: BearingUnit,
    /// The north it is counted from.
    pub north: North,
}

impl Bearing {
    /// A bearing from true north in degrees.
    pub const fn true_deg(value: f64) -> Self {
        Self { value, unit: BearingUnit::Degrees, north: North::True }
    }

    /// A bearing from magnetic north in degrees.
    pub const fn magnetic_deg(value: f64) -> Self {
        Self { value, unit: BearingUnit::Degrees, north: North::Magnetic }
    }

    /// A bearing from magnetic north in mils, 6400 in a circle.
    pub const fn magnetic_mils(value: f64) -> Self {
        Self { value, unit: BearingUnit::Mils, north: North::Magnetic }
    }

    /// A bearing from grid north in degrees.
    pub const fn grid_deg(value: f64) -> Self {
        Self { value, unit: BearingUnit::Degrees, north: North::Grid }
    }
}

/// A way from one point to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The direction at its start.
    pub bearing: Bearing,
    /// Its length on the ground in metres, horizontal.
    pub distance_m: f64,
}

/// How coordinates were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FixedBy {
    /// A satellite receiver.
    Satellite,
    /// A map or an image.
    Map,
}

/// What leads to the next point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A bearing and a distance.
    Leg(Leg),
    /// The point itself, by coordinates.
    Point {
        /// Where it is.
        at: LonLat,
        /// How that was found.
        fixed_by: FixedBy,
    },
}

/// The points a traverse comes to, and how.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// The points from the reference, without it, to the first turning point.
    pub(super) approach: Vec<LonLat>,
    pub(super) first: LonLat,
    /// Where each step of the perimeter leads.
    pub(super) arrivals: Vec<Arrival>,
}

/// The end of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) at: LonLat,
    /// Length of the step in metres.
    pub(super) length_m: f64,
    pub(super) by: By,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum By {
    /// A leg of this true bearing in degrees.
    Leg(f64),
    Point(FixedBy),
}

/// Walks all steps, if none has a fault.
pub(super) fn walk(traverse: &Traverse) -> Result<Course, Vec<LegFault>> {
    let zone = traverse.grid_zone.or_else(|| UtmZone::of(traverse.reference));
    let mut walker = Walker {
        at: traverse.reference,
        declination_deg: traverse.declination_deg,
        zone,
        faults: Vec::new(),
    };
    let steps = traverse.approach.len().saturating_add(traverse.perimeter.len());
    if steps > MAX_STEPS {
        let fix = "Split the area into several.".to_owned();
        return Err(vec![LegFault::new(Stretch::Perimeter, 0, LegRule::TooManySteps, &steps, fix)]);
    }
    let approach = walker.walk(Stretch::Approach, &traverse.approach);
    let first = walker.at;
    let arrivals = walker.walk(Stretch::Perimeter, &traverse.perimeter);
    let closes = matches!(traverse.perimeter.last(), Some(Step::Leg(_)));
    let turning_points = traverse.perimeter.len() + usize::from(!closes);
    if turning_points < 3 {
        let fix =
            "Add the legs that are missing; the last one leads back to the first turning point."
                .to_owned();
        let fault =
            LegFault::new(Stretch::Perimeter, 0, LegRule::TooFewPoints, &turning_points, fix);
        walker.faults.push(fault);
    }
    if !walker.faults.is_empty() {
        return Err(walker.faults);
    }
    Ok(Course { approach: approach.iter().map(|arrival| arrival.at).collect(), first, arrivals })
}

struct Walker {
    at: LonLat,
    declination_deg: Option<f64>,
    zone: Option<UtmZone>,
    faults: Vec<LegFault>,
}

impl Walker {
    fn walk(&mut self, stretch: Stretch, steps: &[Step]) -> Vec<Arrival> {
        let mut arrivals = Vec::with_capacity(steps.len());
        for (i, step) in steps.iter().enumerate() {
            let arrival = match step {
                Step::Leg(leg) => self.leg(stretch, i + 1, leg),
                Step::Point { at, fixed_by } => self.point(stretch, i + 1, *at, *fixed_by),
            };
            if let Some(arrival) = arrival {
                self.at = arrival.at;
                arrivals.push(arrival);
            }
        }
        arrivals
    }

    fn fault(&mut self, stretch: Stretch, number: usize, rule: LegRule, found: f64, fix: String) {
        self.faults.push(LegFault::new(stretch, number, rule, &found, fix));
    }

    fn leg(&mut self, stretch: Stretch, number: usize, leg: &Leg) -> Option<Arrival> {
        let before = self.faults.len();
        let length_m = leg.distance_m;
        if !(length_m > 0.0 && length_m <= MAX_LEG_M) {
            let fix = "Type the horizontal distance in metres, or leave the leg out.".to_owned();
            self.fault(stretch, number, LegRule::DistanceRange, length_m, fix);
        }
        let bearing_deg = self.true_bearing(stretch, number, leg.bearing);
        let bearing_deg = bearing_deg.filter(|_| self.faults.len() == before)?;
        let at = destination(self.at, bearing_deg, length_m);
        Some(Arrival { at, length_m, by: By::Leg(bearing_deg) })
    }

    /// Brings a bearing to degrees from true north.
    fn true_bearing(&mut self, stretch: Stretch, number: usize, bearing: Bearing) -> Option<f64> {
        let circle = bearing.unit.circle();
        if !(0.0..=circle).contains(&bearing.value) {
            let degrees = bearing.unit == BearingUnit::Degrees;
            let fix = if degrees && (0.0..=BearingUnit::Mils.circle()).contains(&bearing.value) {
                "Give the unit as mils if it was read in mils, or correct the bearing.".to_owned()
            } else if degrees && (-360.0..0.0).contains(&bearing.value) {
                format!("Type {} if it was counted to the left.", bearing.value + 360.0)
            } else {
                "Correct the bearing.".to_owned()
            };
            let rule = if degrees { LegRule::DegreesRange } else { LegRule::MilsRange };
            self.fault(stretch, number, rule, bearing.value, fix);
            return None;
        }
        let degrees = bearing.value * (360.0 / circle);
        match bearing.north {
            North::True => Some(degrees),
            North::Magnetic => self.declination(stretch, number).map(|turn| degrees + turn),
            North::Grid => self.convergence(stretch, number).map(|turn| degrees + turn),
        }
    }

    fn declination(&mut self, stretch: Stretch, number: usize) -> Option<f64> {
        match self.declination_deg {
            Some(declination) if declination.abs() <= MAX_DECLINATION_DEG => Some(declination),
            Some(declination) => {
                let fix = "Type it in degrees, west of north with a minus sign.".to_owned();
                self.fault(stretch, number, LegRule::DeclinationRange, declination, fix);
                None
            }
            None => {
                let fix =
                    "Type the declination of the place and year, 0 only if it is 0.".to_owned();
                self.fault(stretch, number, LegRule::DeclinationMissing, f64::NAN, fix);
                None
            }
        }
    }

    fn convergence(&mut self, stretch: Stretch, number: usize) -> Option<f64> {
        let point = self.zone.and_then(|zone| UtmPoint::in_zone(self.at, zone));
        if point.is_none() {
            let fix = "Name the zone the grid bearings refer to, or give true bearings.".to_owned();
            self.fault(stretch, number, LegRule::NoGridHere, f64::NAN, fix);
        }
        point.map(|point| point.convergence_deg())
    }

    fn point(
        &mut self,
        stretch: Stretch,
        number: usize,
        at: LonLat,
        fixed_by: FixedBy,
    ) -> Option<Arrival> {
        let length_m = self.at.distance_m(at);
        if length_m > MAX_LEG_M {
            let fix =
                "Check its coordinates, and whether longitude and latitude are swapped.".to_owned();
            self.fault(stretch, number, LegRule::PointFarAway, length_m, fix);
            return None;
        }
        Some(Arrival { at, length_m, by: By::Point(fixed_by) })
    }
}

/// The position a geodesic leads to.
pub(super) fn destination(from: LonLat, bearing_deg: f64, length_m: f64) -> LonLat {
    let (lat, lon): (f64, f64) = WGS84.direct(from.lat(), from.lon(), bearing_deg, length_m);
    LonLat::trusted(normalised([lon.clamp(-180.0, 180.0), lat.clamp(-90.0, 90.0)]))
}

/// The length in metres and the bearing in degrees, 0 to 360, of the geodesic between positions.
pub(super) fn way(from: LonLat, to: LonLat) -> (f64, f64) {
    let (length_m, bearing_deg, _, _): (f64, f64, f64, f64) =
        WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon());
    (length_m, bearing_deg.rem_euclid(360.0))
}
