//! Outlines that are valid and hardly meant.

use std::f64::consts::PI;

use super::rounding::{Rounding, rounding};
use crate::distance::metres_per_degree;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;

/// The thresholds from which on an outline is suspicious.
///
/// The defaults are those of ordinary survey; each is to be set where people measure otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutlineLimits {
    /// Area in square metres below which it is a sliver.
    pub sliver_m2: f64,
    /// Share of the area of a circle of the same perimeter below which it is a sliver: 1 for a
    /// circle, 0.785 for a square, 0.01 for a strip of 1 m by 300 m.
    pub sliver_compactness: f64,
    /// Angle in degrees at a vertex below which the boundary turns back on itself in a needle.
    pub needle_angle_deg: f64,
    /// Length in metres of both edges of a needle at least.
    pub needle_length_m: f64,
    /// Length in metres below which an edge is shorter than what the receiver can tell.
    pub close_vertices_m: f64,
    /// Share of edges, 0 to 1, that are that short from which on vertices are too close.
    pub close_vertices_share: f64,
    /// Number of such edges below which nobody cares.
    pub close_vertices_least: usize,
    /// Length in metres of an edge that is hardly meant.
    pub long_edge_m: f64,
    /// Area in square metres of one outline that is hardly meant.
    pub large_m2: f64,
    /// Share of the side of a square of the same area, 0 to 1, from which on the step to which the
    /// coordinates are rounded is too coarse.
    pub rounding_share: f64,
}

impl Default for OutlineLimits {
    /// Under 1 m² or a hundredth of a circle, needles under 3° and over 20 m, more than half of
    /// the edges under 1 m and at least 8 of them, edges over 5 km, areas over 10 km², coordinates
    /// rounded to more than a tenth of the side.
    fn default() -> Self {
        Self {
            sliver_m2: 1.0,
            sliver_compactness: 0.01,
            needle_angle_deg: 3.0,
            needle_length_m: 20.0,
            close_vertices_m: 1.0,
            close_vertices_share: 0.5,
            close_vertices_least: 8,
            long_edge_m: 5_000.0,
            large_m2: 10.0e6,
            rounding_share: 0.1,
        }
    }
}

/// What is suspicious about an outline, and the values measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SuspicionKind {
    /// So thin or tiny that it is more likely a fault of drawing.
    Sliver {
        /// Area in square metres.
        area_m2: f64,
        /// Length of all rings in metres.
        perimeter_m: f64,
    },
    /// The boundary goes out and comes back close to itself.
    Needle {
        /// Angle at the tip in degrees.
        angle_deg: f64,
        /// Length of the shorter of the two edges in metres.
        length_m: f64,
        /// Number of needles; the place and the values are of the sharpest.
        count: usize,
    },
    /// Neighbouring vertices lie closer together than they could be measured.
    CloseVertices {
        /// Edges that are so short.
        short: usize,
        /// All edges.
        edges: usize,
    },
    /// Two neighbouring vertices lie far apart.
    LongEdge {
        /// Length in metres.
        length_m: f64,
    },
    /// A very large area.
    Large {
        /// Area in square metres.
        area_m2: f64,
    },
    /// Coordinates are rounded to a step that is coarse for so small an area.
    CoarseForSize {
        /// The step.
        rounding: Rounding,
        /// Side in metres of a square of the same area.
        side_m: f64,
    },
}

/// One suspicion: what, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspicion {
    /// What, with the values measured.
    pub kind: SuspicionKind,
    /// A position of the boundary that shows it: longitude, latitude in degrees.
    pub at: [f64; 2],
}

/// Looks for everything that makes an outline suspicious.
///
/// `area_m2` is the area of the polygon, which whoever asks has measured already:
/// [`HazardPolygon::area_m2`].
///
/// # Shape
/// At most one suspicion of each kind, in the order of [`SuspicionKind`].
///
/// # Accuracy
/// Lengths are those of straight lines in longitude and latitude, to a thousandth up to 50 km;
/// angles to a thousandth of themselves.
///
/// # Examples
/// ```
/// use geometry::HazardPolygon;
/// use geometry::suspicion::{OutlineLimits, SuspicionKind, suspicions};
///
/// // 11 m by 54 m in coordinates of 4 decimals.
/// let (west, east, south, north) = (103.2, 103.2005, 13.1, 13.1001);
/// let shell = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
/// let polygon = HazardPolygon::new(vec![vec![shell]]).unwrap();
/// let found = suspicions(&polygon, polygon.area_m2(), &OutlineLimits::default());
/// assert!(matches!(found[0].kind, SuspicionKind::CoarseForSize { .. }));
/// ```
pub fn suspicions(polygon: &HazardPolygon, area_m2: f64, limits: &OutlineLimits) -> Vec<Suspicion> {
    let mut outline = Outline::default();
    for (_, ring) in polygon.rings() {
        outline.walk(ring, limits);
    }
    let first = polygon.rings().find_map(|(_, ring)| ring.first()).copied().unwrap_or_default();
    let mut found = Vec::new();
    let mut add = |kind, at| found.push(Suspicion { kind, at });
    let perimeter_m = outline.perimeter_m;
    let circle_m2 = perimeter_m * perimeter_m / (4.0 * PI);
    if area_m2 < limits.sliver_m2 || area_m2 < limits.sliver_compactness * circle_m2 {
        add(SuspicionKind::Sliver { area_m2, perimeter_m }, first);
    }
    if let Some(Tip { cosine, length_m, at }) = outline.sharpest {
        let angle_deg = cosine.clamp(-1.0, 1.0).acos().to_degrees();
        add(SuspicionKind::Needle { angle_deg, length_m, count: outline.needles }, at);
    }
    let Outline { short, edges, .. } = outline;
    if short >= limits.close_vertices_least
        && short as f64 > limits.close_vertices_share * edges as f64
    {
        add(SuspicionKind::CloseVertices { short, edges }, outline.first_short.unwrap_or(first));
    }
    if let Some((length_m, at)) = outline.longest
        && length_m > limits.long_edge_m
    {
        add(SuspicionKind::LongEdge { length_m }, at);
    }
    if area_m2 > limits.large_m2 {
        add(SuspicionKind::Large { area_m2 }, first);
    }
    let positions = polygon.rings().flat_map(|(_, ring)| ring.iter().copied());
    let side_m = area_m2.max(0.0).sqrt();
    if let Some(rounding) = rounding(positions)
        && rounding.step_m() > limits.rounding_share * side_m
    {
        add(SuspicionKind::CoarseForSize { rounding, side_m }, first);
    }
    found
}

/// The tip of a needle.
#[derive(Clone, Copy, Debug)]
struct Tip {
    cosine: f64,
    length_m: f64,
    at: Position,
}

/// What one walk along all rings tells.
#[derive(Debug, Default)]
struct Outline {
    perimeter_m: f64,
    longest: Option<(f64, Position)>,
    sharpest: Option<Tip>,
    needles: usize,
    edges: usize,
    short: usize,
    first_short: Option<Position>,
}

/// An edge as east and north in metres, and its length.
type Edge = [f64; 3];

impl Outline {
    fn walk(&mut self, ring: &[Position], limits: &OutlineLimits) {
        let least_cosine = limits.needle_angle_deg.to_radians().cos();
        let mut before: Option<Edge> = None;
        let mut first: Option<Edge> = None;
        let mut scale = ring.first().map_or([0.0; 2], |at| scale_at(at[1]));
        for pair in ring.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let next_scale = if a[1] == b[1] { scale } else { scale_at(b[1]) };
            let edge = edge_between(a, b, scale, next_scale);
            scale = next_scale;
            self.edge(edge[2], a, limits);
            if let Some(before) = before {
                self.turn(before, edge, a, least_cosine, limits);
            }
            first.get_or_insert(edge);
            before = Some(edge);
        }
        if let (Some(last), Some(first), Some(&at)) = (before, first, ring.first()) {
            self.turn(last, first, at, least_cosine, limits);
        }
    }

    fn edge(&mut self, length_m: f64, from: Position, limits: &OutlineLimits) {
        self.perimeter_m += length_m;
        self.edges += 1;
        if self.longest.is_none_or(|(longest, _)| length_m > longest) {
            self.longest = Some((length_m, from));
        }
        if length_m < limits.close_vertices_m {
            self.short += 1;
            self.first_short.get_or_insert(from);
        }
    }

    fn turn(&mut self, a: Edge, b: Edge, at: Position, least_cosine: f64, limits: &OutlineLimits) {
        let length_m = a[2].min(b[2]);
        if length_m < limits.needle_length_m {
            return;
        }
        // Back along the first edge and out along the second.
        let cosine = -(a[0] * b[0] + a[1] * b[1]) / (a[2] * b[2]);
        if cosine > least_cosine {
            self.needles += 1;
            if self.sharpest.is_none_or(|sharpest| cosine > sharpest.cosine) {
                self.sharpest = Some(Tip { cosine, length_m, at });
            }
        }
    }
}

fn scale_at(lat: f64) -> [f64; 2] {
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    metres_per_degree(sin_lat, cos_lat)
}

fn edge_between(a: Position, b: Position, at_a: [f64; 2], at_b: [f64; 2]) -> Edge {
    let east = (b[0] - a[0]) * (at_a[0] + at_b[0]) / 2.0;
    let north = (b[1] - a[1]) * (at_a[1] + at_b[1]) / 2.0;
    [east, north, east.hypot(north)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lon_lat::LonLat;

    /// A polygon of points in metres east and north of a place in Cambodia.
    fn polygon(points: &[[f64; 2]]) -> HazardPolygon {
        let [per_lon, per_lat] = scale_at(13.123_456_789);
        let place =
            |p: &[f64; 2]| [103.234_567_891 + p[0] / per_lon, 13.123_456_789 + p[1] / per_lat];
        let mut ring: Vec<_> = points.iter().map(place).collect();
        ring.push(ring[0]);
        HazardPolygon::new(vec![vec![ring]]).unwrap()
    }

    fn of(polygon: &HazardPolygon) -> Vec<SuspicionKind> {
        let found = suspicions(polygon, polygon.area_m2(), &OutlineLimits::default());
        found.into_iter().map(|one| one.kind).collect()
    }

    fn rectangle(width_m: f64, height_m: f64) -> HazardPolygon {
        polygon(&[[0.0, 0.0], [width_m, 0.0], [width_m, height_m], [0.0, height_m]])
    }

    #[test]
    fn an_ordinary_field_is_not_suspicious() {
        assert_eq!(of(&rectangle(80.0, 50.0)), []);
        assert_eq!(of(&polygon(&[[0.0, 0.0], [40.0, 5.0], [60.0, 40.0], [10.0, 70.0]])), []);
    }

    #[test]
    fn a_thin_strip_and_a_tiny_area_are_slivers() {
        let thin = of(&rectangle(300.0, 0.7));
        let [SuspicionKind::Sliver { area_m2, perimeter_m }] = thin[..] else { panic!("{thin:?}") };
        assert!((area_m2 - 210.0).abs() < 0.5 && (perimeter_m - 601.4).abs() < 0.5);
        assert!(matches!(of(&rectangle(0.9, 0.9))[0], SuspicionKind::Sliver { .. }));
        assert_eq!(of(&rectangle(100.0, 1.5)), [], "a lane is no sliver");
    }

    #[test]
    fn a_needle_has_a_width_and_is_told_at_its_tip() {
        let base = [[0.0, 0.0], [80.0, 0.0], [80.0, 30.0]];
        let tip = [[200.0, 31.0], [80.0, 32.0], [0.0, 60.0]];
        let with_needle = polygon(&[&base[..], &tip[..]].concat());
        let found = suspicions(&with_needle, with_needle.area_m2(), &OutlineLimits::default());
        let SuspicionKind::Needle { angle_deg, length_m, count } = found[0].kind else {
            panic!("{found:?}")
        };
        assert_eq!(count, 1);
        assert!((angle_deg - 0.955).abs() < 0.01, "{angle_deg}");
        assert!((length_m - 120.0).abs() < 0.2, "{length_m}");
        assert_eq!(found[0].at, with_needle.rings().next().unwrap().1[3]);
    }

    #[test]
    fn a_needle_at_the_first_vertex_is_found_too() {
        let first = polygon(&[[200.0, 31.0], [80.0, 32.0], [0.0, 60.0], [0.0, 0.0], [80.0, 30.0]]);
        assert!(of(&first).iter().any(|kind| matches!(kind, SuspicionKind::Needle { .. })));
    }

    #[test]
    fn short_spikes_and_ordinary_corners_are_no_needles() {
        let corner = polygon(&[[0.0, 0.0], [100.0, 0.0], [100.0, 6.0]]);
        assert_eq!(of(&corner), [], "3.4 degrees");
        let short = polygon(&[[0.0, 0.0], [80.0, 0.0], [95.0, 0.2], [80.0, 0.4], [0.0, 60.0]]);
        assert_eq!(of(&short), [], "15 m");
    }

    #[test]
    fn a_track_recorded_every_half_metre_is_denser_than_its_receiver_is_accurate() {
        let track: Vec<[f64; 2]> = (0..200)
            .map(|i| {
                let (sin, cos) = (f64::from(i) / 200.0 * 2.0 * PI).sin_cos();
                [15.0 * cos, 15.0 * sin]
            })
            .collect();
        let found = of(&polygon(&track));
        assert_eq!(found, [SuspicionKind::CloseVertices { short: 200, edges: 200 }]);
        let few: Vec<_> = track.iter().step_by(20).copied().collect();
        assert_eq!(of(&polygon(&few)), []);
    }

    #[test]
    fn five_kilometres_between_vertices_and_ten_square_kilometres_are_told() {
        let found = of(&rectangle(5_100.0, 2_100.0));
        let [SuspicionKind::LongEdge { length_m }, SuspicionKind::Large { area_m2 }] = found[..]
        else {
            panic!("{found:?}")
        };
        assert!((length_m - 5_100.0).abs() < 5.0 && (area_m2 - 10.71e6).abs() < 0.01e6);
        assert_eq!(of(&rectangle(4_900.0, 2_000.0)), []);
    }

    #[test]
    fn four_decimals_are_enough_for_a_square_kilometre_and_not_for_a_field() {
        let square = |east: f64, north: f64| {
            let (west, south) = (103.2003, 13.1007);
            let shell =
                vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
            HazardPolygon::new(vec![vec![shell]]).unwrap()
        };
        assert!(
            of(&square(103.2103, 13.1107))
                .iter()
                .all(|kind| !matches!(kind, SuspicionKind::CoarseForSize { .. }))
        );
        let found = of(&square(103.2008, 13.1012));
        let [SuspicionKind::CoarseForSize { rounding, side_m }] = found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(rounding, Rounding::Decimals(4));
        assert!((side_m - 54.7).abs() < 0.5, "{side_m}");
    }

    proptest! {
        #[test]
        fn a_length_is_that_of_the_geodesic_to_a_thousandth(
            lon in -179.0..179.0_f64, lat in -80.0..80.0_f64,
            dlon in -0.2..0.2_f64, dlat in -0.2..0.2_f64,
        ) {
            let (a, b) = ([lon, lat], [lon + dlon, lat + dlat]);
            let length = edge_between(a, b, scale_at(a[1]), scale_at(b[1]))[2];
            let true_m =
                LonLat::try_from(a).unwrap().distance_m(LonLat::try_from(b).unwrap());
            prop_assert!((length - true_m).abs() <= 1e-3 * true_m, "{length} {true_m}");
        }

        #[test]
        fn rectangles_within_all_limits_are_never_suspicious(
            width in 12.0..4_000.0_f64, share in 0.1..1.0_f64,
        ) {
            prop_assume!(width * share > 12.0 && width * width * share < 9.9e6);
            prop_assert_eq!(of(&rectangle(width, width * share)), []);
        }
    }
}
