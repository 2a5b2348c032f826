//! The greatest distance between two boundaries.

use crate::distance::metres_per_degree;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;

/// Length in metres of a piece of an edge that is not divided further.
const PIECE_M: f64 = 0.01;

/// Measurements for each edge at most, before the upper bound is taken for the distance.
const STEPS_MAX: usize = 200;

/// The Hausdorff distance of two boundaries in metres: the greatest distance from a place on
/// either to the nearest place on the other.
///
/// # Accuracy
/// One centimetre, or a thousandth of the distance if that is more, for distances up to 50 km and
/// up to 80° of latitude; never too small by more.
///
/// # Source
/// Hausdorff (1914), "Grundzüge der Mengenlehre"; edges are divided until a nearest edge common to
/// both ends of a piece bounds the distance in between, as a distance to a segment is convex.
///
/// # Examples
/// ```
/// use geometry::HazardPolygon;
/// use geometry::suspicion::hausdorff_m;
///
/// let square = |lon: f64| {
///     let (east, north) = (lon + 0.001, 0.001);
///     let shell = vec![[lon, 0.0], [east, 0.0], [east, north], [lon, north], [lon, 0.0]];
///     HazardPolygon::new(vec![vec![shell]]).unwrap()
/// };
/// let metres = hausdorff_m(&square(103.0), &square(103.0001));
/// assert!((metres - 11.132).abs() < 0.01, "a ten thousandth of a degree on the equator");
/// ```
pub fn hausdorff_m(a: &HazardPolygon, b: &HazardPolygon) -> f64 {
    let there = Boundary::of(b).furthest_m(a, f64::INFINITY);
    there.max(Boundary::of(a).furthest_m(b, f64::INFINITY))
}

/// A boundary that distances are measured to.
pub(super) struct Boundary {
    edges: Vec<[Position; 2]>,
}

/// A place, its distance to a boundary and the edge that is nearest.
#[derive(Clone, Copy)]
struct Measured {
    place: Position,
    metres: f64,
    nearest: usize,
}

impl Boundary {
    pub(super) fn of(polygon: &HazardPolygon) -> Self {
        let edges = polygon.rings().flat_map(|(_, ring)| ring.windows(2));
        Self { edges: edges.map(|edge| [edge[0], edge[1]]).collect() }
    }

    /// The greatest distance from a place on another boundary to this one; once it is known to be
    /// more than `enough`, anything more than that.
    pub(super) fn furthest_m(&self, other: &HazardPolygon, enough: f64) -> f64 {
        let mut furthest = 0.0_f64;
        for (_, ring) in other.rings() {
            let ends: Vec<Measured> = ring.iter().map(|place| self.measure(*place)).collect();
            furthest = ends.iter().fold(furthest, |furthest, end| furthest.max(end.metres));
            if furthest > enough {
                return furthest;
            }
            for pair in ends.windows(2) {
                furthest = self.along_edge_m(pair[0], pair[1], furthest);
                if furthest > enough {
                    return furthest;
                }
            }
        }
        furthest
    }

    /// The greatest distance from an edge between two measured places, if more than `furthest`.
    fn along_edge_m(&self, a: Measured, b: Measured, mut furthest: f64) -> f64 {
        let mut pieces = vec![(a, b)];
        let mut steps = 0;
        while let Some((a, b)) = pieces.pop() {
            let length = Scale::at(a.place[1]).between(a.place, b.place);
            let at_most = self.at_most_m(a, b, length);
            let slack = PIECE_M.max(furthest * 1e-3);
            if at_most <= furthest + slack {
                continue;
            }
            if length <= PIECE_M || steps >= STEPS_MAX {
                furthest = furthest.max(at_most);
                continue;
            }
            steps += 1;
            let [p, q] = [a.place, b.place];
            let middle = self.measure([(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0]);
            furthest = furthest.max(middle.metres);
            pieces.extend([(a, middle), (middle, b)]);
        }
        furthest
    }

    /// A length that no place between two measured ones exceeds in its distance.
    fn at_most_m(&self, a: Measured, b: Measured, length: f64) -> f64 {
        let by_ends = (a.metres + b.metres + length) / 2.0;
        let by =
            |edge: usize, at: Measured| Scale::at(at.place[1]).to_edge(at.place, self.edges[edge]);
        let by_nearest_of_a = a.metres.max(by(a.nearest, b));
        let by_nearest_of_b = b.metres.max(by(b.nearest, a));
        by_ends.min(by_nearest_of_a).min(by_nearest_of_b)
    }

    fn measure(&self, place: Position) -> Measured {
        let scale = Scale::at(place[1]);
        let (mut metres, mut nearest) = (f64::INFINITY, 0);
        for (number, edge) in self.edges.iter().enumerate() {
            let squared = scale.to_edge_squared(place, *edge);
            if squared < metres {
                (metres, nearest) = (squared, number);
            }
        }
        Measured { place, metres: metres.sqrt(), nearest }
    }
}

/// The plane that touches the Earth along a parallel: metres in a degree each way.
#[derive(Clone, Copy)]
struct Scale([f64; 2]);

impl Scale {
    fn at(lat: f64) -> Self {
        let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
        Self(metres_per_degree(sin_lat, cos_lat))
    }

    fn vector(self, a: Position, b: Position) -> [f64; 2] {
        let mut turn = b[0] - a[0];
        if turn > 180.0 {
            turn -= 360.0;
        } else if turn < -180.0 {
            turn += 360.0;
        }
        [turn * self.0[0], (b[1] - a[1]) * self.0[1]]
    }

    fn between(self, a: Position, b: Position) -> f64 {
        let [x, y] = self.vector(a, b);
        x.hypot(y)
    }

    fn to_edge(self, place: Position, edge: [Position; 2]) -> f64 {
        self.to_edge_squared(place, edge).sqrt()
    }

    fn to_edge_squared(self, place: Position, [a, b]: [Position; 2]) -> f64 {
        let [x, y] = self.vector(place, a);
        let (dx, dy) = ((b[0] - a[0]) * self.0[0], (b[1] - a[1]) * self.0[1]);
        let squared = dx * dx + dy * dy;
        let along =
            if squared > 0.0 { (-(x * dx + y * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
        let (x, y) = (x + along * dx, y + along * dy);
        x * x + y * y
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::likeness::tests::{polygon, star};
    use super::*;
    use crate::lon_lat::LonLat;

    #[test]
    fn a_place_between_vertices_may_be_the_furthest() {
        // A notch of 30 m in the middle of the northern edge.
        let whole = polygon(&[[0.0, 0.0], [200.0, 0.0], [200.0, 100.0], [0.0, 100.0]]);
        let notch = [[101.0, 100.0], [101.0, 70.0], [99.0, 70.0], [99.0, 100.0]];
        let points = [&[[0.0, 0.0], [200.0, 0.0], [200.0, 100.0]][..], &notch, &[[0.0, 100.0]]];
        let notched = polygon(&points.concat());
        assert!((hausdorff_m(&whole, &notched) - 30.0).abs() < 0.05);
        // From the middle of the wide edge to the corners of the notch there is a metre at most.
        assert!(Boundary::of(&notched).furthest_m(&whole, f64::INFINITY) < 1.02);
    }

    #[test]
    fn the_antimeridian_is_no_distance() {
        let strip = |west: f64, east: f64| {
            vec![vec![[west, 0.0], [east, 0.0], [east, 0.001], [west, 0.001], [west, 0.0]]]
        };
        let across =
            HazardPolygon::new(vec![strip(179.999, 180.0), strip(-180.0, -179.999)]).unwrap();
        let west = HazardPolygon::new(vec![strip(179.999, 180.0)]).unwrap();
        assert!((hausdorff_m(&across, &west) - 111.3).abs() < 0.1);
    }

    /// The distance by brute force: many places on one, each to many places on the other.
    fn sampled_m(a: &HazardPolygon, b: &HazardPolygon) -> f64 {
        let places = |polygon: &HazardPolygon| -> Vec<LonLat> {
            let edges = polygon.rings().flat_map(|(_, ring)| ring.windows(2));
            edges
                .flat_map(|edge| {
                    let (p, q) = (edge[0], edge[1]);
                    (0..60).map(move |i| {
                        let t = f64::from(i) / 60.0;
                        LonLat::trusted([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])])
                    })
                })
                .collect()
        };
        let (a, b) = (places(a), places(b));
        let rough = |p: LonLat, q: LonLat| {
            ((p.lon() - q.lon()) * 108_440.0).hypot((p.lat() - q.lat()) * 110_644.0)
        };
        let nearest = |p: &LonLat, all: &[LonLat]| {
            let mut best = (f64::INFINITY, *p);
            for q in all {
                let metres = rough(*p, *q);
                if metres < best.0 {
                    best = (metres, *q);
                }
            }
            p.distance_m(best.1)
        };
        let one_way = |from: &[LonLat], to: &[LonLat]| {
            from.iter().map(|p| nearest(p, to)).fold(0.0, f64::max)
        };
        one_way(&a, &b).max(one_way(&b, &a))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_distance_is_that_of_places_sampled_along_the_edges(a in star(), b in star()) {
            let (a, b) = (polygon(&a), polygon(&b));
            let (exact, sampled) = (hausdorff_m(&a, &b), sampled_m(&a, &b));
            // Samples are at most 2 m apart on either boundary.
            prop_assert!(exact >= sampled - 2.1, "{exact} {sampled}");
            prop_assert!(exact <= sampled + 2.1, "{exact} {sampled}");
            prop_assert!((exact - hausdorff_m(&b, &a)).abs() < 0.02 + 2e-3 * exact, "both ways");
        }
    }
}
