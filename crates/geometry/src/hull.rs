//! An area around positions, when no better one is known.

use crate::bbox::smallest_span;
use crate::distance::metres_per_degree;
use crate::lon_lat;
use crate::polygon::{HazardPolygon, plain_box_of};
use crate::predicate::{Position, compare, orient};

/// Narrowest margin in metres, so that one position gives an area.
const MIN_MARGIN_M: f64 = 1.0;

/// Corners of the shape that stands for a circle around a position; it is drawn around the circle.
const CORNERS: u32 = 16;

/// Nearest to a pole, in degrees, that a circle is drawn; beyond, it is drawn larger.
const STEEPEST_LAT_DEG: f64 = 89.9;

/// Longest edge of a hull in degrees of longitude; longer ones get vertices in between.
const EDGE_DEG: f64 = 90.0;

/// Draws the convex hull of positions, widened by a margin.
///
/// For a boundary that cannot be used as it was sent: every position that is finite and in range
/// lies inside, with at least `margin_m` to the edge, at a pole more. The margin is at least 1 m, so
/// that one position, or several on a line, give an area. `None` if no position can be used.
///
/// # Coordinates
/// Convex in longitude and latitude. Of the two ways around the globe the shorter is taken; an area
/// that crosses the antimeridian has a part on each side.
///
/// # Shape
/// Valid as every [`HazardPolygon`], but not bounded by the limit on area: positions on two
/// continents give an area over both.
///
/// # Examples
/// ```
/// use geometry::{LonLat, convex_hull};
///
/// let sent = [[103.0, 13.0], [f64::NAN, 13.1], [103.1, 95.0]];
/// let area = convex_hull(&sent, 50.0).unwrap();
/// assert!(area.covers(LonLat::new(103.0004, 13.0)?), "43 m to the east");
/// assert!(convex_hull(&sent[1..], 50.0).is_none());
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn convex_hull(positions: &[[f64; 2]], margin_m: f64) -> Option<HazardPolygon> {
    let usable = positions.iter().copied().filter(|position| lon_lat::is_usable(*position));
    let usable: Vec<Position> = usable.map(lon_lat::normalised).collect();
    if usable.is_empty() {
        return None;
    }
    let hull = hull_of(unwrapped(usable));
    let margin_m = margin_m.max(MIN_MARGIN_M);
    let widened = hull_of(hull.iter().flat_map(|corner| circle(*corner, margin_m)).collect());
    let bounds @ [west, south, east, north] = plain_box_of(&widened);
    let parts = if east - west >= 360.0 {
        parts_of(&rectangle([-180.0, south, 180.0, north]))
    } else {
        parts_of(&widened)
    };
    HazardPolygon::unbounded(parts).or_else(|| {
        // Rounding on a sliver at the antimeridian can spoil it; a box cannot be spoilt.
        HazardPolygon::unbounded(parts_of(&rectangle(bounds)))
    })
}

/// Moves longitudes by a turn where the positions are closer together across the antimeridian.
fn unwrapped(mut positions: Vec<Position>) -> Vec<Position> {
    let spans: Vec<_> = positions.iter().map(|position| (position[0], position[0])).collect();
    let (west, east) = smallest_span(&spans);
    if west > east {
        for position in positions.iter_mut().filter(|position| position[0] < west) {
            position[0] += 360.0;
        }
    }
    positions
}

/// The convex hull, counter-clockwise and not closed; positions on its edges are left out.
///
/// # Source
/// Andrew (1979), "Another efficient algorithm for convex hulls in two dimensions".
pub(crate) fn hull_of(mut positions: Vec<Position>) -> Vec<Position> {
    positions.sort_unstable_by(|a, b| compare(*a, *b));
    positions.dedup();
    if positions.len() < 3 {
        return positions;
    }
    let mut hull: Vec<Position> = Vec::with_capacity(positions.len());
    let mut chain = |positions: &mut dyn Iterator<Item = Position>| {
        let start = hull.len();
        for position in positions {
            while hull.len() > start + 1
                && orient(hull[hull.len() - 2], hull[hull.len() - 1], position) <= 0.0
            {
                hull.pop();
            }
            hull.push(position);
        }
        hull.pop();
    };
    chain(&mut positions.iter().copied());
    chain(&mut positions.iter().rev().copied());
    hull
}

/// Corners around the circle of a radius in metres; on the ellipsoid they may lie further out.
fn circle([lon, lat]: Position, radius_m: f64) -> impl Iterator<Item = Position> {
    let steps = f64::from(CORNERS);
    let radius_m = radius_m / (std::f64::consts::PI / steps).cos();
    let metres = |lat: f64| {
        let (sin, cos) = lat.to_radians().sin_cos();
        metres_per_degree(sin, cos)
    };
    // A degree of latitude is shortest at the equator.
    let up = (radius_m / metres(0.0)[1]).min(180.0);
    let steepest = (lat.abs() + up).min(STEEPEST_LAT_DEG);
    let across = (radius_m / metres(steepest)[0]).min(180.0);
    (0..CORNERS).map(move |corner| {
        let (sin, cos) = (f64::from(corner) * std::f64::consts::TAU / steps).sin_cos();
        [lon + across * cos, (lat + up * sin).clamp(-90.0, 90.0)]
    })
}

/// Cuts an open ring at the antimeridian, moves its pieces into range and closes them.
fn parts_of(ring: &[Position]) -> Vec<Vec<Vec<Position>>> {
    let strips = [(-540.0, -180.0, 360.0), (-180.0, 180.0, 0.0), (180.0, 540.0, -360.0)];
    let pieces = strips.into_iter().filter_map(|(west, east, turn)| {
        let mut piece = clipped(ring, |p| p[0] - west, west);
        piece = clipped(&piece, |p| east - p[0], east);
        let [left, _, right, _] = plain_box_of(&piece);
        (right > left).then(|| {
            let moved = piece.iter().map(|p| [(p[0] + turn).clamp(-180.0, 180.0), p[1]]);
            vec![closed(moved.collect())]
        })
    });
    pieces.collect()
}

/// Keeps what is on the inner side of a meridian.
fn clipped(ring: &[Position], inner: impl Fn(Position) -> f64, lon: f64) -> Vec<Position> {
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (i, &position) in ring.iter().enumerate() {
        let before = ring[(i + ring.len() - 1) % ring.len()];
        let (from, to) = (inner(before), inner(position));
        if (from < 0.0) != (to < 0.0) {
            let along = from / (from - to);
            kept.push([lon, before[1] + along * (position[1] - before[1])]);
        }
        if to >= 0.0 {
            kept.push(position);
        }
    }
    kept
}

/// Divides edges that are too long and repeats the first position at the end.
fn closed(mut ring: Vec<Position>) -> Vec<Position> {
    ring.extend(ring.first().copied());
    let mut divided = Vec::with_capacity(ring.len());
    for edge in ring.windows(2) {
        let (a, b) = (edge[0], edge[1]);
        let pieces = ((b[0] - a[0]).abs() / EDGE_DEG).ceil().max(1.0);
        let along = (0..pieces as u32).map(|i| f64::from(i) / pieces);
        divided.extend(along.map(|t| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]));
    }
    divided.extend(divided.first().copied());
    divided
}

fn rectangle([west, south, east, north]: [f64; 4]) -> Vec<Position> {
    vec![[west, south], [east, south], [east, north], [west, north]]
}
