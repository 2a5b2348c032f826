//! From longitudes and latitudes to the grid: geodesic densification, projection, snapping.
//!
//! # What an edge means
//! Two things, each where it is the right one:
//! - *Where is it?* Covering, crossing and distance take an edge as straight in longitude and
//!   latitude, as RFC 7946, section 3.1.1, defines it and every map viewer draws it. These answers
//!   are exact and decide where people may walk.
//! - *How much is it?* Measuring and cutting take it as the shortest line on the ground, the
//!   geodesic, which is what a surveyor who walked from post to post, and every other tool that
//!   measures on the ellipsoid, has measured. So areas can be checked from outside.
//!
//! In the middle of an edge of length L at latitude φ the two are up to L² tan φ / 8R apart:
//!
//! | edge | at 13° | at 48° | at 70° |
//! |---|---|---|---|
//! | 100 m | 0.05 mm | 0.2 mm | 0.5 mm |
//! | 1 km | 5 mm | 22 mm | 54 mm |
//! | 5 km | 0.1 m | 0.6 m | 1.4 m |
//! | 10 km | 0.5 m | 2.2 m | 5.4 m |
//!
//! That endangers no one: whether a place is in a hazardous area is never asked of the grid, only
//! of the polygon as it was sent; neighbours that share an edge share it in both meanings, so no
//! land falls between them; and edges of which it would show are none anyone has walked (the survey
//! rules ask about those over 5 km).
//!
//! # Accuracy
//! Before rounding to the grid, areas agree with the geodesic area (`GeographicLib`'s Planimeter)
//! within one part in a million from 0.1 ha to 3,000 km², up to 70° of latitude. Rounding moves
//! each vertex by up to half a grid unit (0.06 mm) either way, and the area by at most that times
//! the boundary's length along the axes of the plane: measured, under 0.03 m² on shapes up to 1 ha
//! (0.003 m² on a square of 0.1 ha), and from 20 ha up within the one part in a million too.

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use crate::grid::GridPoint;
use crate::limits::{BULGE_M, BULGE_PER_M, EDGE_M};
use crate::plane;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Metres in a degree of latitude, or of longitude on the equator, never underestimated.
///
/// The longest degree of a WGS 84 meridian, at the pole, has 111,694 m; one of the equator
/// 111,319 m.
const M_PER_DEGREE_AT_MOST: f64 = 111_700.0;

/// Smallest radius of curvature of the ellipsoid, that of the meridian at the equator, in metres.
const LEAST_RADIUS_M: f64 = 6_335_000.0;

/// Latitude in degrees from which edges are not divided any finer towards the pole, so that a
/// hostile ring around it stays within bounds.
const STEEPEST_LAT: f64 = 72.0;

/// Length in metres under which no edge bulges by [`BULGE_M`], up to [`STEEPEST_LAT`].
const STRAIGHT_M: f64 = 18.0;

/// Walks a closed or open ring of [lon, lat] positions and hands out plane points.
///
/// The closing position may be repeated at the end or not; it is handed out once either way.
/// Edges that are long, or bulge in the plane, get further points on the geodesic. The points of an edge do not
/// depend on the direction it is walked in, so that two polygons sharing an edge share them all.
///
/// # Units
/// Degrees in, metres of the plane out.
pub(crate) fn for_each_plane_point(ring: &[[f64; 2]], mut out: impl FnMut([f64; 2])) {
    let open = match ring {
        [first, inner @ .., last] if first == last && !inner.is_empty() => &ring[..ring.len() - 1],
        _ => ring,
    };
    let Some(&first) = open.first() else { return };
    let mut a = first;
    let mut cos_a = cos_degrees(a[1]);
    for &b in open.iter().skip(1).chain([&first]) {
        let cos_b = cos_degrees(b[1]);
        out(plane::forward_degrees(a));
        let pieces = pieces(a, b, cos_a.max(cos_b));
        if pieces > 1.0 && pieces.is_finite() {
            between(a, b, pieces, |p| out(plane::forward_degrees(p)));
        }
        (a, cos_a) = (b, cos_b);
    }
}

/// Snaps a ring of [lon, lat] positions to the grid, densified; vertices that fall together
/// become one.
pub(crate) fn snap_ring(ring: &[[f64; 2]], points: &mut Vec<GridPoint>) {
    let start = points.len();
    for_each_plane_point(ring, |p| {
        let p = GridPoint::from_plane(p);
        if points.len() == start || points.last() != Some(&p) {
            points.push(p);
        }
    });
    while points.len() > start + 1 && points.last() == points.get(start) {
        points.pop();
    }
}

fn cos_degrees(lat: f64) -> f64 {
    lat.to_radians().cos()
}

/// Counts the pieces an edge is to be divided in, without a geodesic, never too few.
///
/// A piece is at most [`EDGE_M`] long, and its plane line leaves its geodesic by no more than
/// [`BULGE_M`] or [`BULGE_PER_M`] of the whole edge, whichever is more. `cos` is the larger cosine
/// of the ends' latitudes. An edge over the equator has a larger one in between, by less than the
/// margin of [`M_PER_DEGREE_AT_MOST`] for any edge short enough for that to matter. The count does
/// not depend on the direction of the edge.
///
/// The line bulges because its azimuth α turns by −2 tan φ sin α cos² α / R for each metre in this
/// projection, and that of a geodesic by tan φ sin α / R; over a length L that makes
/// L² tan φ sin α (1 + 2 cos² α) / 8R.
fn pieces(a: [f64; 2], b: [f64; 2], cos: f64) -> f64 {
    let dx = (b[0] - a[0]).abs() * cos * M_PER_DEGREE_AT_MOST;
    let dy = (b[1] - a[1]).abs() * M_PER_DEGREE_AT_MOST;
    // Most edges are too short to bulge at any latitude.
    if dx * dx + dy * dy <= STRAIGHT_M * STRAIGHT_M {
        return 1.0;
    }
    let length_m = dx.hypot(dy);
    let lat = a[1].abs().max(b[1].abs()).min(STEEPEST_LAT);
    let bulge_m = lat.to_radians().tan() * dx * (length_m + 2.0 * dy * dy / length_m)
        / (8.0 * LEAST_RADIUS_M);
    let allowed_m = BULGE_M.max(BULGE_PER_M * length_m);
    (length_m / EDGE_M).max((bulge_m / allowed_m).sqrt()).ceil()
}

/// Hands out the points that divide the geodesic between two positions into so many equal pieces,
/// in order from `a` to `b`.
fn between(a: [f64; 2], b: [f64; 2], pieces: f64, mut out: impl FnMut([f64; 2])) {
    let forward = (a[0], a[1]) <= (b[0], b[1]);
    let (from, to) = if forward { (a, b) } else { (b, a) };
    let (length_m, azimuth, _, _): (f64, f64, f64, f64) =
        WGS84.inverse(from[1], from[0], to[1], to[0]);
    for i in 1..pieces as u32 {
        let step = if forward { f64::from(i) } else { pieces - f64::from(i) };
        let (lat, lon): (f64, f64) =
            WGS84.direct(from[1], from[0], azimuth, length_m * (step / pieces));
        // The geodesic's longitudes are normalised; near the antimeridian the edge's side counts.
        out([from[0] + (lon - from[0] + 540.0).rem_euclid(360.0) - 180.0, lat]);
    }
}

/// Measures what a ring encloses in the plane, its edges divided, without rounding anything.
///
/// # Units
/// Degrees in, square metres out; not negative, whichever way the ring winds.
pub(crate) fn plane_area_m2(ring: &[[f64; 2]]) -> f64 {
    let (mut first, mut last, mut twice) = (None, [0.0; 2], 0.0);
    for_each_plane_point(ring, |[x, y]| {
        // As seen from the first point, so that small differences are not lost in large numbers.
        let [x0, y0] = *first.get_or_insert([x, y]);
        let here = [x - x0, y - y0];
        twice += last[0] * here[1] - here[0] * last[1];
        last = here;
    });
    f64::abs(twice) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<[f64; 2]> {
        let numbers: Vec<f64> = text.split(' ').map(|number| number.parse().unwrap()).collect();
        numbers.chunks(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    /// Source: `GeographicLib`'s Planimeter; the file says how. What the grid's rounding adds is
    /// tested beside the file.
    #[test]
    fn before_rounding_areas_of_every_size_agree_to_one_part_in_a_million() {
        let file = include_str!("../tests/plane/planimeter.tsv");
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let expected: f64 = fields[1].parse().unwrap();
            let of_part = |part: &str| {
                let areas: Vec<f64> = part.split('/').map(|r| plane_area_m2(&numbers(r))).collect();
                areas[0] - areas[1..].iter().sum::<f64>()
            };
            let found: f64 = fields[2].split(';').map(of_part).sum();
            let off_m2 = (found - expected).abs();
            // Planimeter's own noise is 0.0003 m².
            assert!(off_m2 <= 1e-6 * expected + 3e-4, "{}: {off_m2} m²", fields[0]);
        }
    }

    #[test]
    fn an_edge_is_divided_alike_in_both_directions() {
        for (a, b) in [([30.0, 48.0], [30.01, 48.003]), ([30.0, -69.0], [29.999, -69.002])] {
            let walk = |from, to| {
                let cos = cos_degrees(a[1]).max(cos_degrees(b[1]));
                let mut points = Vec::new();
                between(from, to, pieces(from, to, cos), |p| points.push(p));
                points
            };
            let mut back = walk(b, a);
            back.reverse();
            assert_eq!(walk(a, b), back);
            assert!(!back.is_empty());
        }
    }
}
