//! Routes and tracks: positions in the order in which someone moves.

use crate::defect::{Defect, Rule};
use crate::distance::{PIECE_DEG, between, radii};
use crate::limits;
use crate::lon_lat::LonLat;
use crate::predicate::Position;

/// A line of positions, in the order of travel: a road to be driven, a track that was walked.
///
/// Between two positions it is straight in longitude and latitude, as all edges are here, and takes
/// the shorter way round the globe: a leg from 179° to −179° crosses the antimeridian.
///
/// # Examples
/// ```
/// use geometry::{LonLat, Route};
///
/// let positions = [LonLat::new(179.5, 0.0)?, LonLat::new(-179.5, 0.0)?];
/// let route = Route::new(&positions)?;
/// assert!((route.length_m() - 111_319.491).abs() < 0.001);
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    legs: Vec<Leg>,
}

/// A straight part of a route, on one side of the antimeridian.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leg {
    pub(crate) a: Position,
    pub(crate) b: Position,
    /// The length of the route up to here.
    pub(crate) start_m: f64,
    length_m: f64,
}

impl Route {
    /// Makes a route through positions; a single one is a route of no length.
    ///
    /// # Errors
    /// [`Rule::Empty`] without positions, [`Rule::TooManyVertices`] with more than
    /// [`limits::MAX_VERTICES`], [`Rule::EdgeTooLong`] if two successive positions are exactly half
    /// the globe apart in longitude, [`Rule::TooLarge`] if it is longer than
    /// [`limits::MAX_BOUNDARY_KM`].
    pub fn new(positions: &[LonLat]) -> Result<Self, Defect> {
        let Some(&first) = positions.first() else {
            return Err(Defect::new(Rule::Empty, "The route has no positions"));
        };
        if positions.len() > limits::MAX_VERTICES {
            let (count, limit) = (positions.len(), limits::MAX_VERTICES);
            let fault = format_args!("The route has {count} positions, more than {limit}");
            return Err(Defect::new(Rule::TooManyVertices, fault));
        }
        let mut route = Self { legs: Vec::with_capacity(positions.len()) };
        for (pair, number) in positions.windows(2).zip(1..) {
            let (from, to) = (pair[0].into(), pair[1].into());
            if from != to {
                route.go(from, to).map_err(|defect| Defect { vertex: Some(number), ..defect })?;
            }
        }
        if route.legs.is_empty() {
            route.push(first.into(), first.into());
        }
        let length_km = route.length_m() / 1000.0;
        if length_km > limits::MAX_BOUNDARY_KM {
            let limit = limits::MAX_BOUNDARY_KM;
            let fault = format_args!("The route is {length_km:.0} km long, more than {limit}");
            return Err(Defect::new(Rule::TooLarge, fault));
        }
        Ok(route)
    }

    /// The length in metres on the WGS 84 ellipsoid.
    ///
    /// # Accuracy
    /// One part in 10⁹.
    pub fn length_m(&self) -> f64 {
        self.legs.last().map_or(0.0, |leg| leg.start_m + leg.length_m)
    }

    pub(crate) fn legs(&self) -> &[Leg] {
        &self.legs
    }

    fn go(&mut self, from: Position, to: Position) -> Result<(), Defect> {
        let across = to[0] - from[0];
        if across.abs() < 180.0 {
            self.push(from, to);
            return Ok(());
        }
        if across.abs() == 180.0 {
            let fault = "A leg of the route spans exactly half of the globe, so it could go either \
                         way round";
            return Err(Defect::new(Rule::EdgeTooLong, fault).at(from));
        }
        let edge = 180.0_f64.copysign(from[0]);
        let share = (edge - from[0]) / (across - 360.0_f64.copysign(across));
        let lat = from[1] + share * (to[1] - from[1]);
        for (from, to) in [(from, [edge, lat]), ([-edge, lat], to)] {
            if from != to {
                self.push(from, to);
            }
        }
        Ok(())
    }

    fn push(&mut self, a: Position, b: Position) {
        let start_m = self.length_m();
        self.legs.push(Leg { a, b, start_m, length_m: edge_length_m(a, b) });
    }
}

impl Leg {
    /// The distance in metres from the start of the route to a place on the leg.
    pub(crate) fn along_m(&self, share: f64) -> f64 {
        match share {
            0.0 => self.start_m,
            1.0 => self.start_m + self.length_m,
            _ => self.start_m + edge_length_m(self.a, between(self.a, self.b, share)),
        }
    }

    /// The number of equal pieces, none longer than `longest_m` or [`PIECE_DEG`].
    pub(crate) fn piece_count(&self, longest_m: f64) -> u32 {
        let extent = (self.b[0] - self.a[0]).abs().max((self.b[1] - self.a[1]).abs());
        // Equal in degrees, pieces nearer to the equator are longer than the mean.
        let mean_m = longest_m / 2.0;
        (extent / PIECE_DEG).max(self.length_m / mean_m).ceil().max(1.0) as u32
    }
}

/// The length in metres of an edge that is straight in longitude and latitude.
///
/// # Source
/// Gauss–Legendre quadrature of order five of the arc on the ellipsoid, on pieces of a quarter of a
/// degree.
pub(crate) fn edge_length_m(a: Position, b: Position) -> f64 {
    const NODES: [(f64, f64); 5] = [
        (0.0, 0.568_888_888_888_888_9),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
        (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    ];
    let (dlon, dlat) = ((b[0] - a[0]).to_radians(), (b[1] - a[1]).to_radians());
    let pieces = ((b[0] - a[0]).abs().max((b[1] - a[1]).abs()) / PIECE_DEG).ceil().max(1.0);
    let speed = |share: f64| {
        let (sin, cos) = (a[1] + share * (b[1] - a[1])).to_radians().sin_cos();
        let [prime, meridian] = radii(sin);
        (prime * cos * dlon).hypot(meridian * dlat)
    };
    let piece = |i: u32| -> f64 {
        let weighed = |(node, weight): (f64, f64)| {
            weight * speed((f64::from(i) + (node + 1.0) / 2.0) / pieces)
        };
        NODES.into_iter().map(weighed).sum()
    };
    (0..pieces as u32).map(piece).sum::<f64>() / (2.0 * pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(positions: &[[f64; 2]]) -> Result<Route, Defect> {
        let positions: Vec<LonLat> =
            positions.iter().map(|[lon, lat]| LonLat::new(*lon, *lat).unwrap()).collect();
        Route::new(&positions)
    }

    #[test]
    fn a_meridian_is_as_long_as_its_geodesic_and_a_parallel_as_its_circle() {
        let quadrant = route(&[[30.0, 0.0], [30.0, 90.0]]).unwrap();
        assert!((quadrant.length_m() - 10_001_965.729).abs() < 1e-3, "{}", quadrant.length_m());
        let (sin, cos) = 60.0_f64.to_radians().sin_cos();
        let parallel = radii(sin)[0] * cos * 100.0_f64.to_radians();
        let walked = route(&[[-50.0, 60.0], [0.0, 60.0], [50.0, 60.0]]).unwrap().length_m();
        assert!((walked - parallel).abs() < 1e-6, "{walked} {parallel}");
    }

    #[test]
    fn a_leg_takes_the_shorter_way_round_the_globe() {
        let across = route(&[[179.0, 10.0], [-179.0, 12.0]]).unwrap();
        let ends: Vec<_> = across.legs().iter().map(|leg| (leg.a, leg.b)).collect();
        assert_eq!(ends, [([179.0, 10.0], [180.0, 11.0]), ([-180.0, 11.0], [-179.0, 12.0])]);
        let back = route(&[[-180.0, 0.0], [179.0, 1.0]]).unwrap();
        assert_eq!(back.legs()[0].a, [180.0, 0.0]);
        assert_eq!(back.legs().len(), 1);
        assert_eq!(route(&[[0.0, 0.0], [180.0, 0.0]]).unwrap_err().rule, Rule::EdgeTooLong);
    }

    #[test]
    fn a_route_needs_a_position_and_one_is_enough() {
        assert_eq!(route(&[]).unwrap_err().rule, Rule::Empty);
        let stay = route(&[[1.0, 1.0], [1.0, 1.0]]).unwrap();
        assert_eq!((stay.legs().len(), stay.length_m()), (1, 0.0));
        let round: Vec<[f64; 2]> = (0..4_000).map(|i| [f64::from(i % 2) * 170.0, 0.0]).collect();
        assert_eq!(route(&round).unwrap_err().rule, Rule::TooLarge);
    }
}
