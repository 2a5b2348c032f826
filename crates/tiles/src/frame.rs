//! Land in the units of a tile.

use geometry::{GridPoint, GridShape, HazardPolygon, union_all};

use crate::mercator::{Projection, world};
use crate::ring::{Edges, Point, cut, doubled_area, is_star, tidy};
use crate::tile::{EXTENT, MARGIN, Tile};

/// Holes that cover less than so many square units are filled: a quarter of a pixel of a display
/// that shows a tile on 512 of them. An area is never drawn smaller for it.
const HOLE_UNITS2: i64 = 16;

/// What carries land into the units of one tile, with room to work in.
///
/// A vertex comes to the same place on the map in every tile of a zoom, so that what is cut by the
/// edge of a tile goes on in the next, and what is side by side stays side by side.
///
/// # Units
/// [`EXTENT`] to a tile's side, from its north-west corner, east and south.
#[derive(Clone, Debug)]
pub struct Frame {
    scale: f64,
    left: i64,
    top: i64,
    step: i64,
    least: i64,
    rings: Vec<Vec<Point>>,
    spare: Vec<Point>,
    edges: Edges,
    outline: Outline,
}

/// The rings of an area in the units of a tile: valid, each shell clockwise on the screen and before
/// its holes, which turn the other way; not closed.
///
/// # Source
/// Mapbox Vector Tile Specification 2.1, section 4.3.4.4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    points: Vec<[i32; 2]>,
    ends: Vec<u32>,
    dots: Vec<[i32; 2]>,
}

impl Outline {
    /// The rings.
    pub fn rings(&self) -> impl Iterator<Item = &[[i32; 2]]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.points[start as usize..*end as usize])
    }

    /// Whether nothing is left to be filled.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The middles of parts too small to be filled.
    pub fn dots(&self) -> &[[i32; 2]] {
        &self.dots
    }

    fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
        self.dots.clear();
    }

    fn push(&mut self, ring: impl Iterator<Item = Point>) {
        self.points.extend(ring.map(|[x, y]| [x as i32, y as i32]));
        self.ends.push(self.points.len() as u32);
    }
}

impl Frame {
    /// A frame for a tile, as seen in a copy of the world so many worlds to the east of its own.
    ///
    /// # Units
    /// `step`: the grid vertices are snapped to, a power of two of units. `least`: parts that are
    /// shorter than so many units either way become dots.
    pub fn new(tile: Tile, copy: i64, step: i64, least: i64) -> Self {
        let side = 1_i64 << tile.zoom();
        Self {
            scale: (side * EXTENT) as f64 / step as f64,
            left: (i64::from(tile.column()) + copy * side) * EXTENT,
            top: i64::from(tile.row()) * EXTENT,
            step,
            least,
            rings: Vec::new(),
            spare: Vec::new(),
            edges: Edges::default(),
            outline: Outline::default(),
        }
    }

    /// Where a place on the square of the world is; none outside the tile and its margin.
    pub fn dot(&self, place: [f64; 2]) -> Option<[i32; 2]> {
        within(self.snapped(place))
    }

    /// A line as it is drawn in the tile: its pieces inside the tile and its margin.
    pub fn line(&self, positions: &[[f64; 2]]) -> Vec<Vec<[i32; 2]>> {
        let mut pieces: Vec<Vec<[i32; 2]>> = Vec::new();
        let points = positions.iter().map(|position| self.snapped(world(*position)));
        let points: Vec<Point> = points.collect();
        for (from, to) in points.iter().zip(points.iter().skip(1)) {
            let Some([from, to]) = clipped(*from, *to) else { continue };
            match pieces.last_mut() {
                Some(piece) if piece.last() == Some(&from) => piece.push(to),
                _ => pieces.push(vec![from, to]),
            }
        }
        for piece in &mut pieces {
            piece.dedup();
        }
        pieces.retain(|piece| piece.len() > 1);
        pieces
    }

    fn snapped(&self, [x, y]: [f64; 2]) -> Point {
        let snap = |part: f64| rounded(part * self.scale) * self.step;
        [snap(x) - self.left, snap(y) - self.top]
    }

    /// An area as it is drawn in the tile. `is_inside` says that none of it lies outside the tile
    /// and its margin.
    pub fn outline(&mut self, area: &HazardPolygon, is_inside: bool) -> &Outline {
        self.outline_of(area.parts(), is_inside)
    }

    /// As [`Self::outline`], of areas as they were drawn: for each its rings, the outer one first,
    /// turning either way, crossing or not.
    pub fn outline_of<'p, R: Iterator<Item = &'p [[f64; 2]]>>(
        &mut self,
        parts: impl Iterator<Item = R>,
        is_inside: bool,
    ) -> &Outline {
        self.outline.clear();
        let mut rings = std::mem::take(&mut self.rings);
        let mut used = 0;
        let mut shells: Vec<usize> = Vec::new();
        for part in parts {
            for (number, positions) in part.enumerate() {
                if used == rings.len() {
                    rings.push(Vec::new());
                }
                let ring = &mut rings[used];
                self.take(ring, positions);
                if number == 0 {
                    let mut bounds = box_of(ring);
                    if bounds.is_some_and(|bounds| self.is_small(bounds)) {
                        self.outline.dots.extend(bounds.map(middle_of).and_then(within));
                        break;
                    }
                    if !is_inside {
                        self.cut(ring);
                        bounds = box_of(ring);
                    }
                    tidy(ring);
                    if ring.is_empty() {
                        self.outline.dots.extend(bounds.map(middle_of).and_then(within));
                        break;
                    }
                    if doubled_area(ring) < 0 {
                        ring.reverse();
                    }
                    shells.push(used);
                } else {
                    if !is_inside {
                        self.cut(ring);
                    }
                    tidy(ring);
                    if doubled_area(ring) > 0 {
                        ring.reverse();
                    }
                    if doubled_area(ring) > -2 * HOLE_UNITS2 {
                        continue;
                    }
                }
                used += 1;
            }
        }
        let rings_used = &rings[..used];
        let is_star = matches!(rings_used, [ring] if is_star(ring));
        if is_star || self.edges.are_simple(rings_used.iter().map(Vec::as_slice)) {
            for ring in rings_used {
                self.outline.push(ring.iter().copied());
            }
        } else {
            self.push_valid(rings_used, &shells);
            if self.outline.is_empty() {
                // Its holes have come to fill it.
                let bounds = shells.iter().filter_map(|shell| box_of(&rings_used[*shell]));
                self.outline.dots.extend(bounds.map(middle_of).filter_map(within));
            }
        }
        self.rings = rings;
        &self.outline
    }

    /// Takes the positions of a closed ring, turned round: the second axis goes down.
    fn take(&self, ring: &mut Vec<Point>, positions: &[[f64; 2]]) {
        ring.clear();
        let open = &positions[..positions.len().saturating_sub(1)];
        let mut projection = Projection::new();
        ring.extend(open.iter().rev().map(|position| self.snapped(projection.world(*position))));
    }

    fn is_small(&self, [west, north, east, south]: [i64; 4]) -> bool {
        east - west < self.least && south - north < self.least
    }

    /// Cuts a ring to the tile and its margin.
    fn cut(&mut self, ring: &mut Vec<Point>) {
        cut(ring, &mut self.spare, -MARGIN, EXTENT + MARGIN);
    }

    /// Makes rings that touch or cross valid, whose land is what they wind round.
    fn push_valid(&mut self, rings: &[Vec<Point>], shells: &[usize]) {
        let ends = shells.iter().skip(1).copied().chain([rings.len()]);
        let polygons = shells.iter().zip(ends).map(|(start, end)| {
            rings[*start..end].iter().map(|ring| ring.iter().map(|[x, y]| GridPoint::new(*x, *y)))
        });
        // Everything was cut to the tile, which is far smaller than the grid.
        let Ok(shape) = GridShape::from_polygons(polygons) else { return };
        for polygon in union_all(&[shape]).polygons() {
            for ring in polygon {
                self.outline.push(ring.iter().map(|point| [point.x, point.y]));
            }
        }
    }
}

/// Between 2⁵² and 2⁵³, where numbers lie one apart: what is added to it is rounded.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// The nearest whole number, the even one of two, of what is less than 2⁵¹ either way: the digits that
/// adding it to [`WHOLE`] leaves, which takes two instructions where a conversion takes ten.
fn rounded(number: f64) -> i64 {
    (number + WHOLE).to_bits().cast_signed() - WHOLE.to_bits().cast_signed()
}

/// The part of a segment inside the tile and its margin.
///
/// # Source
/// Liang and Barsky, A new concept and method for line clipping, 1984.
fn clipped(from: Point, to: Point) -> Option<[[i32; 2]; 2]> {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    let reach = [to[0] - from[0], to[1] - from[1]].map(|part| part as f64);
    for axis in 0..2 {
        let (start, reach) = (from[axis] as f64, reach[axis]);
        let bounds = [-MARGIN as f64 - start, (EXTENT + MARGIN) as f64 - start];
        if reach == 0.0 {
            if bounds[0] > 0.0 || bounds[1] < 0.0 {
                return None;
            }
            continue;
        }
        let (near, far) = (bounds[0] / reach, bounds[1] / reach);
        enters = enters.max(near.min(far));
        leaves = leaves.min(near.max(far));
    }
    let at = |share: f64| {
        let part = |axis: usize| (from[axis] as f64 + share * reach[axis]).round() as i32;
        [part(0), part(1)]
    };
    (enters <= leaves).then(|| [at(enters), at(leaves)])
}

fn within([x, y]: Point) -> Option<[i32; 2]> {
    let drawn = -MARGIN..=EXTENT + MARGIN;
    (drawn.contains(&x) && drawn.contains(&y)).then_some([x as i32, y as i32])
}

fn middle_of([west, north, east, south]: [i64; 4]) -> Point {
    [(west + east) / 2, (north + south) / 2]
}

fn box_of(ring: &[Point]) -> Option<[i64; 4]> {
    let mut points = ring.iter().map(|[x, y]| [*x, *y, *x, *y]);
    let first = points.next()?;
    Some(
        points.fold(first, |a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
    )
}
