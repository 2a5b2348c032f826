//! The one polygon other crates see.

use std::ops::Range;

use crate::bbox::{self, Bbox, PlainBox};
use crate::defect::{Defect, Rule};
use crate::densify;
use crate::distance::Origin;
use crate::grid_shape::GridShape;
use crate::lon_lat::LonLat;
use crate::predicate::{self, Position, Side, orient};
use crate::validity::{self, Rings};

/// Marks a ring start that also starts a part.
const NEW_PART: u32 = 1 << 31;

/// An area with a valid boundary: one or more parts, each a shell with or without holes.
///
/// Whoever holds one need not check it again: it is valid by OGC Simple Features, oriented, finite,
/// in range and within [`limits`](crate::limits).
///
/// # Coordinates
/// CRS84: degrees on WGS 84, longitude first. Edges are straight in longitude and latitude (RFC
/// 7946, section 3.1.1); none crosses the antimeridian, an area that does has parts on both sides.
///
/// # Shape
/// Shells wind counter-clockwise, holes clockwise; each ring repeats its first position at its end.
/// Rings keep the order, the first vertex and all other vertices they were sent with, except that a
/// vertex equal to the one before it is dropped, −0 is 0, and rings that wind the wrong way are
/// turned round.
///
/// # Examples
/// ```
/// use geometry::{HazardPolygon, LonLat, Rule};
///
/// let shell = vec![[103.0, 13.0], [103.1, 13.0], [103.1, 13.1], [103.0, 13.1], [103.0, 13.0]];
/// let polygon = HazardPolygon::new(vec![vec![shell]]).unwrap();
/// assert!(polygon.covers(LonLat::new(103.05, 13.0).unwrap()), "a boundary is inside");
///
/// let bowtie = vec![[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
/// let defects = HazardPolygon::new(vec![vec![bowtie]]).unwrap_err();
/// assert_eq!(defects[0].rule, Rule::SelfCrossing);
/// assert_eq!(defects[0].at, Some([0.5, 0.5]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HazardPolygon {
    /// All rings, one after the other, closed.
    positions: Box<[Position]>,
    /// Where each ring but the first starts in `positions`, marked with [`NEW_PART`] if it is a
    /// shell; the usual polygon has one ring, and then this allocates nothing.
    breaks: Box<[u32]>,
    bbox: Bbox,
}

impl HazardPolygon {
    /// Checks the parts of a polygon; each is its rings, the shell first, each ring closed.
    ///
    /// A part without rings, or without any part, is refused: an empty area is no area. Nothing is
    /// repaired.
    ///
    /// # Errors
    /// All defects, up to [`MAX_DEFECTS`](crate::limits::MAX_DEFECTS), ordered by part, ring and
    /// vertex as sent. Rings whose positions cannot be used are left out of the checks that compare
    /// rings.
    pub fn new(parts: Vec<Vec<Vec<[f64; 2]>>>) -> Result<Self, Vec<Defect>> {
        let rings = validity::check(&parts)?;
        drop(parts);
        Ok(Self::oriented(rings))
    }

    /// Checks the parts of a polygon by every rule but the limits on its size.
    pub(crate) fn unbounded(parts: Vec<Vec<Vec<Position>>>) -> Option<Self> {
        validity::check_topology(&parts).ok().map(Self::oriented)
    }

    /// Takes valid rings and makes them wind as they should.
    pub(crate) fn oriented(mut rings: Rings) -> Self {
        for ring in &rings.rings {
            if ring.is_counter_clockwise() != ring.is_shell() {
                rings.positions[ring.range()].reverse();
            }
        }
        let breaks = rings.rings.iter().skip(1).map(|ring| {
            let mark = if ring.is_shell() { NEW_PART } else { 0 };
            ring.start | mark
        });
        Self::assemble(rings.positions, breaks.collect())
    }

    /// Puts together what is known to be valid: closed rings, and the start of each but the first
    /// with whether it is a shell.
    pub(crate) fn trusted(positions: Vec<Position>, starts: &[(usize, bool)]) -> Self {
        let breaks = starts.iter().map(|&(start, shell)| {
            let mark = if shell { NEW_PART } else { 0 };
            start as u32 | mark
        });
        Self::assemble(positions, breaks.collect())
    }

    fn assemble(positions: Vec<Position>, breaks: Vec<u32>) -> Self {
        let mut polygon = Self {
            positions: positions.into_boxed_slice(),
            breaks: breaks.into_boxed_slice(),
            bbox: Bbox { west: 0.0, south: 0.0, east: 0.0, north: 0.0 },
        };
        polygon.bbox = polygon.measure_bbox();
        polygon
    }

    fn measure_bbox(&self) -> Bbox {
        let [west, south, east, north] = plain_box_of(&self.positions);
        if east - west <= 180.0 {
            return Bbox { west, south, east, north };
        }
        let spans: Vec<_> = self
            .rings()
            .filter(|(shell, _)| *shell)
            .map(|(_, ring)| plain_box_of(ring))
            .map(|[west, _, east, _]| (west, east))
            .collect();
        let (west, east) = bbox::smallest_span(&spans);
        Bbox { west, south, east, north }
    }

    /// The parts, each the rings of one shell and its holes; every ring closed.
    pub fn parts(&self) -> impl Iterator<Item = impl Iterator<Item = &[[f64; 2]]>> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let first = next;
            if first > self.breaks.len() {
                return None;
            }
            let further = self.breaks[first..].iter().take_while(|start| *start & NEW_PART == 0);
            next = first + 1 + further.count();
            Some((first..next).map(|ring| &self.positions[self.ring_range(ring)]))
        })
    }

    /// All rings, each with whether it is a shell.
    pub(crate) fn rings(&self) -> impl Iterator<Item = (bool, &[Position])> {
        (0..=self.breaks.len()).map(|ring| {
            let is_shell = ring == 0 || self.breaks[ring - 1] & NEW_PART != 0;
            (is_shell, &self.positions[self.ring_range(ring)])
        })
    }

    fn ring_range(&self, ring: usize) -> Range<usize> {
        let offset = |start: &u32| (start & !NEW_PART) as usize;
        let start = if ring == 0 { 0 } else { offset(&self.breaks[ring - 1]) };
        let end = self.breaks.get(ring).map_or(self.positions.len(), offset);
        start..end
    }

    /// The number of parts, at least 1.
    pub fn part_count(&self) -> usize {
        1 + self.breaks.iter().filter(|start| *start & NEW_PART != 0).count()
    }

    /// The number of positions of all rings, closing positions included.
    pub fn vertex_count(&self) -> usize {
        self.positions.len()
    }

    /// The smallest box around the polygon.
    ///
    /// It crosses the antimeridian when that makes it narrower (RFC 7946, section 5.2).
    pub fn bbox(&self) -> Bbox {
        self.bbox
    }

    /// Tells whether the position is inside or on the boundary, of a hole too.
    ///
    /// A position at 180° is also at −180°. A pole is at every longitude.
    ///
    /// # Accuracy
    /// Exact for the coordinates as they are: no tolerance, no rounding.
    pub fn covers(&self, position: LonLat) -> bool {
        if !self.bbox.contains(position) {
            return false;
        }
        let [lon, lat] = position.into();
        if lat.abs() >= 90.0 {
            // The box holds the pole only if a vertex is there.
            return true;
        }
        self.covers_plain([lon, lat]) || (lon.abs() >= 180.0 && self.covers_plain([-lon, lat]))
    }

    fn covers_plain(&self, position: Position) -> bool {
        let mut inside = false;
        for (_, ring) in self.rings() {
            match predicate::side_of_ring(position, ring) {
                Side::Boundary => return true,
                Side::Inside => inside = !inside,
                Side::Outside => {}
            }
        }
        inside
    }

    /// Tells whether the box and the polygon have a position in common, if only on the boundary.
    ///
    /// # Accuracy
    /// Exact, as [`Self::covers`].
    pub fn intersects_bbox(&self, bbox: &Bbox) -> bool {
        self.bbox.intersects(bbox) && bbox.pieces().any(|piece| self.intersects_plain(piece))
    }

    fn intersects_plain(&self, piece: PlainBox) -> bool {
        let edges = || self.rings().flat_map(|(_, ring)| ring.windows(2));
        edges().any(|edge| edge_meets_box(edge[0], edge[1], piece))
            || self.covers_plain([piece[0], piece[1]])
    }

    /// The length in metres of the shortest way on the WGS 84 ellipsoid from a position to the
    /// polygon; 0 inside and on the boundary.
    ///
    /// Edges are the straight lines in longitude and latitude they are everywhere here, so the
    /// nearest place is on that line, not on the geodesic between its ends.
    ///
    /// # Accuracy
    /// One millimetre, at any distance and latitude, across the antimeridian too.
    ///
    /// # Examples
    /// ```
    /// use geometry::{HazardPolygon, LonLat};
    ///
    /// let shell = vec![[-180.0, 0.0], [-179.9, 0.0], [-179.9, 1.0], [-180.0, 1.0], [-180.0, 0.0]];
    /// let polygon = HazardPolygon::new(vec![vec![shell]]).unwrap();
    /// let across = LonLat::new(179.999, 0.5).unwrap();
    /// assert!((polygon.distance_m(across) - 111.315).abs() < 0.001);
    /// ```
    pub fn distance_m(&self, position: LonLat) -> f64 {
        Origin::new(position).to_polygon_m(self)
    }

    /// The shape on the equal-area grid, for measuring and overlay.
    ///
    /// Edges are divided along their geodesics where they are long or bulge in the plane
    /// ([`EDGE_M`](crate::limits::EDGE_M), [`BULGE_M`](crate::limits::BULGE_M)), then all vertices
    /// are projected and snapped.
    pub fn to_grid(&self) -> GridShape {
        GridShape::from_lon_lat(self.parts())
    }

    /// The area in square metres on the WGS 84 ellipsoid, never negative.
    ///
    /// It is measured on the equal-area plane before anything is rounded to the grid; what the
    /// ledger counts is [`GridShape::covered_area`] of [`Self::to_grid`], which differs from it by
    /// at most 0.06 mm times the boundary (measured along the plane's axes).
    ///
    /// # Accuracy
    /// One part in a million of the geodesic area from 0.1 ha to 3,000 km², up to 70° of latitude.
    pub fn area_m2(&self) -> f64 {
        let area = |(is_shell, ring): (bool, &[Position])| {
            let area_m2 = densify::plane_area_m2(ring);
            if is_shell { area_m2 } else { -area_m2 }
        };
        self.rings().map(area).sum::<f64>().max(0.0)
    }

    /// Checks the polygon again by every rule; for what was stored and read back.
    pub(crate) fn recheck(&self) -> Result<(), Vec<Defect>> {
        let parts: Vec<Vec<Vec<Position>>> =
            self.parts().map(|rings| rings.map(<[Position]>::to_vec).collect()).collect();
        if Self::new(parts)? == *self {
            return Ok(());
        }
        let fault = "A stored ring winds the wrong way or repeats a vertex";
        Err(vec![Defect::new(Rule::NotNormalised, fault)])
    }
}

/// The box around positions.
pub(crate) fn plain_box_of(positions: &[Position]) -> PlainBox {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    positions
        .iter()
        .fold(none, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])])
}

/// Tells whether an edge meets a box: no vertical, horizontal or edge-wise line separates them.
pub(crate) fn edge_meets_box(
    a: Position,
    b: Position,
    [west, south, east, north]: PlainBox,
) -> bool {
    if a[0].max(b[0]) < west || a[0].min(b[0]) > east {
        return false;
    }
    if a[1].max(b[1]) < south || a[1].min(b[1]) > north {
        return false;
    }
    let corners = [[west, south], [east, south], [east, north], [west, north]];
    let sides = corners.map(|corner| orient(a, b, corner));
    !(sides.iter().all(|side| *side > 0.0) || sides.iter().all(|side| *side < 0.0))
}
