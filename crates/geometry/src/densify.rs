//! From longitudes and latitudes to the grid: geodesic densification, projection, snapping.

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use crate::grid::GridPoint;
use crate::limits::EDGE_M;
use crate::plane;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Metres in a degree of latitude, or of longitude on the equator, never underestimated.
///
/// The longest degree of a WGS 84 meridian, at the pole, has 111,694 m; one of the equator
/// 111,319 m.
const M_PER_DEGREE_AT_MOST: f64 = 111_700.0;

/// Walks a closed or open ring of [lon, lat] positions and hands out plane points.
///
/// The closing position may be repeated at the end or not; it is handed out once either way.
/// Edges longer than [`EDGE_M`] get further points on the geodesic. The points of an edge do not
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
        if may_be_long(a, b, cos_a.max(cos_b)) {
            between(a, b, |p| out(plane::forward_degrees(p)));
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

/// Says, without a geodesic, whether an edge could be longer than [`EDGE_M`].
///
/// `cos` is the larger cosine of the ends' latitudes. An edge over the equator has a larger one
/// in between, by less than the margin of [`M_PER_DEGREE_AT_MOST`] for any edge this short.
fn may_be_long(a: [f64; 2], b: [f64; 2], cos: f64) -> bool {
    let (dx, dy) = ((b[0] - a[0]) * cos, b[1] - a[1]);
    const LIMIT: f64 = EDGE_M / M_PER_DEGREE_AT_MOST;
    dx * dx + dy * dy > LIMIT * LIMIT
}

/// Hands out the points strictly between two positions, evenly spaced on their geodesic, at most
/// [`EDGE_M`] apart, in order from `a` to `b`.
fn between(a: [f64; 2], b: [f64; 2], mut out: impl FnMut([f64; 2])) {
    let forward = (a[0], a[1]) <= (b[0], b[1]);
    let (from, to) = if forward { (a, b) } else { (b, a) };
    let (length_m, azimuth, _, _): (f64, f64, f64, f64) =
        WGS84.inverse(from[1], from[0], to[1], to[0]);
    let pieces = (length_m / EDGE_M).ceil();
    if !pieces.is_finite() {
        return;
    }
    for i in 1..pieces as u32 {
        let step = if forward { f64::from(i) } else { pieces - f64::from(i) };
        let (lat, lon): (f64, f64) =
            WGS84.direct(from[1], from[0], azimuth, length_m * (step / pieces));
        // The geodesic's longitudes are normalised; near the antimeridian the edge's side counts.
        out([from[0] + (lon - from[0] + 540.0).rem_euclid(360.0) - 180.0, lat]);
    }
}
