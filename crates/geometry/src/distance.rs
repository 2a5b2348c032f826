//! True distances from a position to an edge, a polygon, a box.
//!
//! A polygon has many edges and a geodesic is dear, so the search narrows down: in the plane that
//! touches the Earth at the position first, then on the straight line through space, which grows
//! with the geodesic, and on the geodesic itself at the end.

use crate::bbox::PlainBox;
use crate::ellipsoid::{A_M, E2};
use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;

/// Smallest radius of curvature of WGS 84 in metres: along the meridian at the equator.
const SMALLEST_RADIUS_M: f64 = A_M * (1.0 - E2);

/// Beyond this distance in metres, and this latitude, the touching plane is no guide.
const NEAR_M: f64 = 50_000.0;
const NEAR_LAT_DEG: f64 = 80.0;

/// Longest piece of an edge in degrees on which a distance has one minimum.
pub(crate) const PIECE_DEG: f64 = 0.25;

/// Up to this length in metres the geodesic follows from the chord to a tenth of a millimetre.
const CHORD_M: f64 = 20_000.0;

/// Ratio by which lengths of chords may rank two positions differently than geodesics do.
const CHORD_SLACK: f64 = 1.005;

/// Metres in a degree of a great circle, at most.
const DEGREE_AT_MOST_M: f64 = 111_700.0;

/// Metres in a degree of latitude, at least: at the equator.
const DEGREE_AT_LEAST_M: f64 = 110_574.0;

/// Metres in a degree of longitude on the equator, roundly; at any latitude they are more than this
/// times its cosine.
const EQUATOR_DEGREE_M: f64 = 111_319.0;

/// A position that distances are measured from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    at: LonLat,
    space: [f64; 3],
    sin_lat: f64,
    cos_lat: f64,
    /// Metres in a degree of longitude and of latitude here.
    metres: [f64; 2],
    /// Metres in a degree of longitude, at least, anywhere within [`NEAR_M`].
    least_lon_m: f64,
    /// [`Origin::shrink`] within [`NEAR_M`]; 0 where the touching plane is no guide.
    least_shrink: f64,
}

impl Origin {
    pub(crate) fn new(at: LonLat) -> Self {
        let (sin_lat, cos_lat) = at.lat().to_radians().sin_cos();
        let metres = metres_per_degree(sin_lat, cos_lat);
        let furthest = (at.lat().abs() + NEAR_M / DEGREE_AT_LEAST_M).min(90.0);
        let least_lon_m = furthest.to_radians().cos() * EQUATOR_DEGREE_M;
        let space = in_space(at.into());
        let mut origin =
            Self { at, space, sin_lat, cos_lat, metres, least_lon_m, least_shrink: 0.0 };
        if at.lat().abs() <= NEAR_LAT_DEG {
            origin.least_shrink = origin.shrink(NEAR_M);
        }
        origin
    }

    pub(crate) fn position(&self) -> Position {
        self.at.into()
    }

    /// The distance to a polygon in metres; 0 inside.
    pub(crate) fn to_polygon_m(&self, polygon: &HazardPolygon) -> f64 {
        if polygon.covers(self.at) {
            return 0.0;
        }
        self.to_near_edges_m(polygon).unwrap_or_else(|| self.to_far_edges_m(polygon))
    }

    /// The distance when it is small enough for the touching plane to find the edges that matter.
    ///
    /// A way of true length `d` has a length of at most `d / shrink(d)` in that plane, because it
    /// stays in the parallels that are `d` away; an edge that is further off in the plane is
    /// further off on the Earth.
    fn to_near_edges_m(&self, polygon: &HazardPolygon) -> Option<f64> {
        if self.at.lat().abs() > NEAR_LAT_DEG {
            return None;
        }
        let edges = || polygon.rings().flat_map(|(_, ring)| ring.windows(2));
        let mut nearest = (f64::INFINITY, 0.0, [[0.0; 2]; 2]);
        for edge in edges() {
            let (squared, along) = self.in_plane(edge[0], edge[1]);
            if squared < nearest.0 {
                nearest = (squared, along, [edge[0], edge[1]]);
            }
        }
        if nearest.0 > NEAR_M * NEAR_M {
            return None;
        }
        let (mut best, _) = self.to_edge_from_m(nearest.2, nearest.1);
        if best > NEAR_M {
            return None;
        }
        let reach = best / self.shrink(best) + 1e-6;
        for edge in edges() {
            let (squared, along) = self.in_plane(edge[0], edge[1]);
            if squared <= reach * reach {
                best = best.min(self.to_edge_from_m([edge[0], edge[1]], along).0);
            }
        }
        Some(best)
    }

    /// The squared distance to an edge in the touching plane, and where along the edge.
    fn in_plane(&self, a: Position, b: Position) -> (f64, f64) {
        let mut x = a[0] - self.at.lon();
        if x > 180.0 {
            x -= 360.0;
        } else if x < -180.0 {
            x += 360.0;
        }
        let x = x * self.metres[0];
        let y = (a[1] - self.at.lat()) * self.metres[1];
        let (dx, dy) = ((b[0] - a[0]) * self.metres[0], (b[1] - a[1]) * self.metres[1]);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 { (-(x * dx + y * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        let (x, y) = (x + along * dx, y + along * dy);
        (x * x + y * y, along)
    }

    /// The least ratio of true to plane length within `reach` metres of the position.
    fn shrink(&self, reach: f64) -> f64 {
        let turn = reach / SMALLEST_RADIUS_M;
        let furthest = (self.at.lat().abs().to_radians() + turn).cos();
        // Radii of curvature differ by less than 2 % of the turn, in radians.
        (furthest / self.cos_lat).min(1.0) * (1.0 - 0.02 * turn)
    }

    /// The distance to an edge when it has one minimum near `along`, and where that is: steps on the
    /// chord.
    fn to_edge_from_m(&self, [a, b]: [Position; 2], mut along: f64) -> (f64, f64) {
        let (dlon, dlat) = ((b[0] - a[0]).to_radians(), (b[1] - a[1]).to_radians());
        for _ in 0..8 {
            let (sin_lon, cos_lon) = (a[0] + along * (b[0] - a[0])).to_radians().sin_cos();
            let (sin_lat, cos_lat) = (a[1] + along * (b[1] - a[1])).to_radians().sin_cos();
            let [prime, meridian] = radii(sin_lat);
            let here = [
                prime * cos_lat * cos_lon,
                prime * cos_lat * sin_lon,
                prime * (1.0 - E2) * sin_lat,
            ];
            let (east, north) = (prime * cos_lat * dlon, meridian * dlat);
            let step = [
                -sin_lon * east - sin_lat * cos_lon * north,
                cos_lon * east - sin_lat * sin_lon * north,
                cos_lat * north,
            ];
            let away = [0, 1, 2].map(|i| here[i] - self.space[i]);
            let change = dot(away, step) / dot(step, step);
            let next = if change.is_finite() { (along - change).clamp(0.0, 1.0) } else { along };
            let moved = (next - along).abs() * dot(step, step).sqrt();
            along = next;
            if moved < 1e-4 {
                break;
            }
        }
        (self.to_place_m(between(a, b, along)), along)
    }

    /// A length in metres that the distance to an edge does not fall short of.
    pub(crate) fn at_least_to_edge_m(&self, a: Position, b: Position) -> f64 {
        let near = self.in_plane(a, b).0.sqrt() * self.least_shrink;
        if near > 0.0 && near < NEAR_M {
            return near;
        }
        (self.chord_m(a) + self.chord_m(b) - longest_m(a, b)) / 2.0
    }

    /// The distance to a piece of an edge, no longer than [`PIECE_DEG`], and where on it that is, as
    /// a share of its length.
    pub(crate) fn to_short_edge_m(&self, a: Position, b: Position) -> (f64, f64) {
        let (squared, along) = self.in_plane(a, b);
        if self.at.lat().abs() <= NEAR_LAT_DEG && squared <= NEAR_M * NEAR_M {
            return self.to_edge_from_m([a, b], along);
        }
        let ends = [(self.to_place_m(a), 0.0), (self.to_place_m(b), 1.0)];
        let inner = self.to_piece_m(a, b, longest_m(a, b));
        ends.into_iter().fold(inner, |best, end| if end.0 <= best.0 { end } else { best })
    }

    /// The distance at any range.
    ///
    /// A place on an edge of length `l` between ends at distances `a` and `b` is no nearer than
    /// `(a + b - l) / 2`. Chords tell cheaply which edges may matter, geodesics which of those do.
    fn to_far_edges_m(&self, polygon: &HazardPolygon) -> f64 {
        let edges = || polygon.rings().flat_map(|(_, ring)| ring.windows(2));
        let chords = edges().map(|edge| self.chord_m(edge[0]));
        let reach = chords.fold(f64::INFINITY, f64::min) * CHORD_SLACK;
        let mut left: Vec<([Position; 2], f64)> = Vec::new();
        let mut best = f64::INFINITY;
        for edge in edges() {
            let (a, b) = (edge[0], edge[1]);
            let length = longest_m(a, b);
            if self.chord_m(a) + self.chord_m(b) - length <= 2.0 * reach {
                let (to_a, to_b) = (self.to_place_m(a), self.to_place_m(b));
                best = best.min(to_a);
                left.push(([a, b], (to_a + to_b - length) / 2.0));
            }
        }
        for ([a, b], at_least) in left {
            if at_least <= best {
                best = best.min(self.to_long_edge_m(a, b, best));
            }
        }
        best
    }

    /// The distance to an edge of any length, if less than `best`: the least over pieces that have
    /// one minimum each.
    fn to_long_edge_m(&self, a: Position, b: Position, mut best: f64) -> f64 {
        let extent = (b[0] - a[0]).abs().max((b[1] - a[1]).abs());
        let pieces = (extent / PIECE_DEG).ceil().max(1.0);
        let ends = (0..=pieces as u32).map(|i| between(a, b, f64::from(i) / pieces));
        let ends: Vec<(Position, f64)> = ends.map(|end| (end, self.to_place_m(end))).collect();
        best = ends.iter().fold(best, |best, end| best.min(end.1));
        for pair in ends.windows(2) {
            let [(a, to_a), (b, to_b)] = [pair[0], pair[1]];
            let length = longest_m(a, b);
            if (to_a + to_b - length) / 2.0 <= best {
                best = best.min(self.to_piece_m(a, b, length).0);
            }
        }
        best
    }

    /// The distance to a piece of an edge, and where on it that is.
    ///
    /// Where the distance changes along the piece, its ends have been looked at.
    fn to_piece_m(&self, a: Position, b: Position, length: f64) -> (f64, f64) {
        least(length, |along| self.to_place_m(between(a, b, along)))
    }

    /// The straight way through space, which is no longer than any on the Earth.
    fn chord_m(&self, place: Position) -> f64 {
        let place = in_space(place);
        let away = [0, 1, 2].map(|i| place[i] - self.space[i]);
        dot(away, away).sqrt()
    }

    /// The geodesic distance to a place.
    fn to_place_m(&self, place: Position) -> f64 {
        let chord = self.chord_m(place);
        if chord > CHORD_M {
            return self.at.distance_m(LonLat::trusted(place));
        }
        let [prime, meridian] = radii(self.sin_lat);
        chord * (1.0 + chord * chord / (24.0 * prime * meridian))
    }

    /// A length in metres that no way from the position into the box falls short of.
    ///
    /// On the ellipsoid no way is shorter than on a sphere of its smallest radius of curvature with
    /// the same latitudes; there the nearest place is straight north or south, or on the nearer of
    /// the two meridians.
    pub(crate) fn at_least_to_box_m(&self, [west, south, east, north]: PlainBox) -> f64 {
        let (lon, lat) = (self.at.lon(), self.at.lat());
        // No clamp: the box of an empty tree is inside out.
        let lat_gap = (south - lat).max(lat - north).max(0.0);
        let gap = if lon < west {
            (west - lon).min(lon + 360.0 - east)
        } else if lon > east {
            (lon - east).min(west + 360.0 - lon)
        } else {
            0.0
        };
        // A shorter way than this stays where no degree is shorter than here assumed.
        let (across, up) = (gap * self.least_lon_m, lat_gap * DEGREE_AT_LEAST_M);
        let near = (across * across + up * up).sqrt() * (1.0 - 1e-12);
        if near < NEAR_M {
            return (near - 1e-6).max(0.0);
        }
        let nearest_lat = if gap > 0.0 {
            self.sin_lat.atan2(self.cos_lat * gap.to_radians().cos()).to_degrees()
        } else {
            lat
        };
        let nearest_lat = nearest_lat.max(south).min(north);
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin();
        let (up, across) = (half(nearest_lat - lat), half(gap));
        let cos_nearest = nearest_lat.to_radians().cos();
        let haversine = up * up + self.cos_lat * cos_nearest * across * across;
        // The margin is that of rounding, which is far smaller.
        let angle = 2.0 * haversine.clamp(0.0, 1.0).sqrt().asin();
        (SMALLEST_RADIUS_M * angle * (1.0 - 1e-12) - 1e-6).max(0.0)
    }
}

/// The least of a measure with one minimum on a line of some length, and where that is, as a share
/// of the length: by golden section, to half a millimetre.
///
/// Where the measure does not change along the line, the half millimetre makes no difference.
pub(crate) fn least(length_m: f64, mut measure: impl FnMut(f64) -> f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.0, 1.0);
    let mut inner = [1.0 - GOLDEN, GOLDEN];
    let mut values = [measure(inner[0]), measure(inner[1])];
    let tolerance = 5e-4 / length_m.max(5e-4);
    while high - low > tolerance {
        if values[0] < values[1] {
            (high, inner[1], values[1]) = (inner[1], inner[0], values[0]);
            inner[0] = high - GOLDEN * (high - low);
            values[0] = measure(inner[0]);
        } else {
            (low, inner[0], values[0]) = (inner[0], inner[1], values[1]);
            inner[1] = low + GOLDEN * (high - low);
            values[1] = measure(inner[1]);
        }
    }
    if values[0] <= values[1] { (values[0], inner[0]) } else { (values[1], inner[1]) }
}

/// Radii of curvature in metres: in the prime vertical and in the meridian.
pub(crate) fn radii(sin_lat: f64) -> [f64; 2] {
    let w = 1.0 - E2 * sin_lat * sin_lat;
    let prime = A_M / w.sqrt();
    [prime, prime * (1.0 - E2) / w]
}

/// Metres in a degree of longitude and of latitude.
pub(crate) fn metres_per_degree(sin_lat: f64, cos_lat: f64) -> [f64; 2] {
    let [prime, meridian] = radii(sin_lat);
    [(prime * cos_lat).to_radians(), meridian.to_radians()]
}

/// A position in space: metres from the centre of the Earth.
fn in_space([lon, lat]: Position) -> [f64; 3] {
    let (sin_lon, cos_lon) = lon.to_radians().sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let prime = A_M / (1.0 - E2 * sin_lat * sin_lat).sqrt();
    [prime * cos_lat * cos_lon, prime * cos_lat * sin_lon, prime * (1.0 - E2) * sin_lat]
}

/// A length in metres an edge does not exceed.
pub(crate) fn longest_m(a: Position, b: Position) -> f64 {
    let crosses_equator = (a[1] < 0.0) != (b[1] < 0.0);
    let lat = if crosses_equator { 0.0 } else { a[1].abs().min(b[1].abs()) };
    ((b[0] - a[0]).abs() * lat.to_radians().cos() + (b[1] - a[1]).abs()) * DEGREE_AT_MOST_M
}

pub(crate) fn between(a: Position, b: Position, along: f64) -> Position {
    [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
