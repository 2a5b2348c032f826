//! Whether two boundaries are probably one.

use super::box_table::BoxMargin;
use super::hausdorff::Boundary;
use crate::bbox::Bbox;
use crate::overlay::try_faces;
use crate::polygon::HazardPolygon;

/// Vertices of two polygons together up to which their land is compared.
const OVERLAY_VERTICES_MAX: usize = 20_000;

/// Edges of one times edges of the other up to which their distance is measured.
const DISTANCE_PAIRS_MAX: usize = 1_000_000;

/// From which on two boundaries are probably one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LikenessLimits {
    /// The land they have in common as a share, 0 to 1, of the land of either: more than this.
    pub overlap: f64,
    /// Or nowhere further apart than so many metres.
    pub distance_m: f64,
}

impl Default for LikenessLimits {
    /// More than 95 % in common, or nowhere more than 2 m apart.
    fn default() -> Self {
        Self { overlap: 0.95, distance_m: 2.0 }
    }
}

/// How two boundaries are alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Likeness {
    /// They have the same rings, wherever each begins.
    Same,
    /// They have much of their land in common.
    Overlap {
        /// The common land as a share of the land of either, 0 to 1.
        ratio: f64,
    },
    /// They are nowhere far from one another.
    Near {
        /// The greatest distance from either to the other in metres.
        distance_m: f64,
    },
}

/// Tells whether two polygons are probably the same one, entered or measured twice.
///
/// Boxes are compared first, so that asking about polygons elsewhere costs nothing. Polygons of
/// more than 20,000 vertices together, or a million pairs of edges, are only compared for being
/// the same: the work for any two is bounded.
///
/// # Examples
/// ```
/// use geometry::HazardPolygon;
/// use geometry::suspicion::{Likeness, LikenessLimits, likeness};
///
/// let square = |lon: f64| {
///     let (east, north) = (lon + 0.001, 13.001);
///     let shell = vec![[lon, 13.0], [east, 13.0], [east, north], [lon, north], [lon, 13.0]];
///     HazardPolygon::new(vec![vec![shell]]).unwrap()
/// };
/// let limits = LikenessLimits::default();
/// assert_eq!(likeness(&square(103.2), &square(103.2), &limits), Some(Likeness::Same));
/// let beside = likeness(&square(103.2), &square(103.200_02), &limits);
/// assert!(matches!(beside, Some(Likeness::Overlap { ratio }) if (ratio - 0.961).abs() < 0.001));
/// assert_eq!(likeness(&square(103.2), &square(103.201), &limits), None);
/// ```
pub fn likeness(a: &HazardPolygon, b: &HazardPolygon, limits: &LikenessLimits) -> Option<Likeness> {
    if !boxes_are_alike(&a.bbox(), &b.bbox(), limits) {
        return None;
    }
    if a.vertex_count() == b.vertex_count() && outline_key(a) == outline_key(b) {
        return Some(Likeness::Same);
    }
    if a.vertex_count() + b.vertex_count() <= OVERLAY_VERTICES_MAX {
        let ratio = overlap_ratio(a, b);
        if ratio > limits.overlap {
            return Some(Likeness::Overlap { ratio });
        }
    }
    if a.vertex_count() * b.vertex_count() <= DISTANCE_PAIRS_MAX {
        let limit = limits.distance_m;
        let there = Boundary::of(b).furthest_m(a, limit);
        let distance_m =
            if there > limit { there } else { there.max(Boundary::of(a).furthest_m(b, limit)) };
        if distance_m <= limit {
            return Some(Likeness::Near { distance_m });
        }
    }
    None
}

fn boxes_are_alike(a: &Bbox, b: &Bbox, limits: &LikenessLimits) -> bool {
    let [lon, lat] = BoxMargin::new(limits.distance_m, limits.overlap).degrees(a);
    (a.west - b.west).abs() <= lon
        && (a.east - b.east).abs() <= lon
        && (a.south - b.south).abs() <= lat
        && (a.north - b.north).abs() <= lat
}

/// A number that two polygons share if they have the same edges, wherever their rings begin and in
/// whatever order they come; others share it with a chance of one in 2¹²⁸.
///
/// It is for finding slips, not for keeping out forgers, and may change with the next version.
pub fn outline_key(polygon: &HazardPolygon) -> u128 {
    // A sum does not depend on the order of what is added.
    polygon.rings().flat_map(|(_, ring)| ring.windows(2)).fold(0, |sum: u128, edge| {
        let numbers = [edge[0][0], edge[0][1], edge[1][0], edge[1][1]].map(f64::to_bits);
        let half = |seed: u64| numbers.iter().fold(seed, |hash, number| mixed(hash ^ number));
        let (high, low) = (half(0x243f_6a88_85a3_08d3), half(0x1319_8a2e_0370_7344));
        sum.wrapping_add(u128::from(high) << 64 | u128::from(low))
    })
}

/// Spreads every bit over all others.
///
/// # Source
/// Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", variant 13.
fn mixed(mut number: u64) -> u64 {
    number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The land two polygons have in common as a share of the land of either, 0 to 1.
///
/// # Accuracy
/// That of the grid: a millimetre times the perimeter.
///
/// # Examples
/// ```
/// use geometry::HazardPolygon;
/// use geometry::suspicion::overlap_ratio;
///
/// let square = |lon: f64| {
///     let (east, north) = (lon + 0.001, 13.001);
///     let shell = vec![[lon, 13.0], [east, 13.0], [east, north], [lon, north], [lon, 13.0]];
///     HazardPolygon::new(vec![vec![shell]]).unwrap()
/// };
/// let ratio = overlap_ratio(&square(103.2), &square(103.2005));
/// assert!((ratio - 1.0 / 3.0).abs() < 1e-4);
/// ```
pub fn overlap_ratio(a: &HazardPolygon, b: &HazardPolygon) -> f64 {
    let shapes = [a.to_grid(), b.to_grid()];
    // Boundaries that cross so often are not drawings of one area.
    let Ok(faces) = try_faces(&shapes) else { return 0.0 };
    let of_both = faces.iter().filter(|face| face.sources == [0, 1]);
    let common_m2: f64 = of_both.map(|face| face.area.m2()).sum();
    let [a, b] = shapes;
    let either_m2 = a.area().m2() + b.area().m2() - common_m2;
    if either_m2 > 0.0 { (common_m2 / either_m2).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::hausdorff_m;
    use super::*;

    const PER_LON: f64 = 108_400.0;
    const PER_LAT: f64 = 110_640.0;

    /// Points in metres east and north of a place in Cambodia, as a closed ring.
    pub(crate) fn ring(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
        let mut ring: Vec<_> =
            points.iter().map(|p| [103.2 + p[0] / PER_LON, 13.1 + p[1] / PER_LAT]).collect();
        ring.push(ring[0]);
        ring
    }

    pub(crate) fn polygon(points: &[[f64; 2]]) -> HazardPolygon {
        HazardPolygon::new(vec![vec![ring(points)]]).unwrap()
    }

    fn field(x: f64, y: f64) -> HazardPolygon {
        polygon(&[[x, y], [x + 90.0, y - 10.0], [x + 110.0, y + 60.0], [x + 5.0, y + 80.0]])
    }

    #[test]
    fn a_boundary_that_begins_elsewhere_or_runs_the_other_way_is_the_same() {
        let points = [[0.0, 0.0], [90.0, -10.0], [110.0, 60.0], [5.0, 80.0]];
        let turned = [points[2], points[3], points[0], points[1]];
        let backwards = [points[3], points[2], points[1], points[0]];
        let limits = LikenessLimits::default();
        for other in [&turned, &backwards] {
            assert_eq!(likeness(&polygon(&points), &polygon(other), &limits), Some(Likeness::Same));
        }
        assert_ne!(outline_key(&field(0.0, 0.0)), outline_key(&field(0.0, 1e-6)));
    }

    #[test]
    fn parts_in_another_order_are_the_same() {
        let [a, b] = [0.0, 300.0]
            .map(|x| vec![ring(&[[x, 0.0], [x + 90.0, 0.0], [x + 90.0, 60.0], [x, 80.0]])]);
        let one = HazardPolygon::new(vec![a.clone(), b.clone()]).unwrap();
        let other = HazardPolygon::new(vec![b, a]).unwrap();
        assert_eq!(likeness(&one, &other, &LikenessLimits::default()), Some(Likeness::Same));
    }

    #[test]
    fn a_boundary_measured_again_is_nearly_the_same() {
        let limits = LikenessLimits::default();
        let again = polygon(&[[1.0, 1.0], [90.0, -11.0], [109.0, 61.0], [5.0, 79.0]]);
        let found = likeness(&field(0.0, 0.0), &again, &limits);
        assert!(matches!(found, Some(Likeness::Overlap { ratio }) if ratio > 0.95), "{found:?}");
        assert_eq!(likeness(&field(0.0, 0.0), &field(4.0, 0.0), &limits), None);
    }

    #[test]
    fn a_narrow_lane_measured_again_is_told_by_its_distance() {
        let lane = |y: f64| polygon(&[[0.0, y], [200.0, y], [200.0, y + 4.0], [0.0, y + 4.0]]);
        let found = likeness(&lane(0.0), &lane(1.5), &LikenessLimits::default());
        let Some(Likeness::Near { distance_m }) = found else { panic!("{found:?}") };
        assert!((distance_m - 1.5).abs() < 0.01, "{distance_m}");
        let beside = likeness(&lane(0.0), &lane(4.0), &LikenessLimits::default());
        assert_eq!(beside, None, "the lane beside it is another");
    }

    #[test]
    fn work_is_bounded_for_boundaries_of_any_size() {
        let circle = |radius: f64| {
            let points: Vec<[f64; 2]> = (0..30_000)
                .map(|i| {
                    let (sin, cos) = (f64::from(i) / 30_000.0 * std::f64::consts::TAU).sin_cos();
                    [radius * cos, radius * sin]
                })
                .collect();
            polygon(&points)
        };
        let limits = LikenessLimits::default();
        assert_eq!(likeness(&circle(900.0), &circle(900.0), &limits), Some(Likeness::Same));
        assert_eq!(likeness(&circle(900.0), &circle(900.5), &limits), None);
    }

    /// A star-shaped boundary around a place.
    pub(crate) fn star() -> impl Strategy<Value = Vec<[f64; 2]>> {
        prop::collection::vec(20.0..60.0_f64, 3..12).prop_map(|radii| {
            let count = radii.len() as f64;
            let point = |(i, radius): (usize, &f64)| {
                let (sin, cos) = (i as f64 / count * std::f64::consts::TAU).sin_cos();
                [radius * cos, radius * sin]
            };
            radii.iter().enumerate().map(point).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_boundary_moved_by_a_few_metres_is_that_far_away(
            points in star(), x in -6.0..6.0_f64, y in -6.0..6.0_f64,
        ) {
            let moved: Vec<_> = points.iter().map(|p| [p[0] + x, p[1] + y]).collect();
            let (a, b) = (polygon(&points), polygon(&moved));
            let metres = hausdorff_m(&a, &b);
            prop_assert!(metres <= x.hypot(y) * 1.001 + 0.01, "{metres}");
            let ratio = overlap_ratio(&a, &b);
            prop_assert!((0.0..=1.0).contains(&ratio));
            let limits = LikenessLimits::default();
            match likeness(&a, &b, &limits) {
                Some(Likeness::Overlap { ratio: told }) => prop_assert_eq!(told, ratio),
                Some(Likeness::Near { distance_m }) => {
                    prop_assert!((distance_m - metres).abs() < 0.02);
                    prop_assert!(ratio <= limits.overlap);
                }
                Some(Likeness::Same) => prop_assert!(outline_key(&a) == outline_key(&b)),
                None => prop_assert!(ratio <= limits.overlap || metres > limits.distance_m),
            }
        }
    }
}
