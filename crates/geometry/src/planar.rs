//! The same rules and the same overlay on any plane: OGC Simple Features without the Earth.
//!
//! For boundaries in local or projected coordinates, and for the published collections of hard
//! cases, which are planar. Coordinates are any finite numbers, in any unit.
//!
//! Verdicts are exact for the numbers as they are. Overlay works on a grid fitted to all that takes
//! part in one call: its unit is a power of two, 2⁻³⁸ of half the larger side of their common box,
//! or 2⁻⁵³ of the largest coordinate if that is more. So results come back in the same
//! numbers exactly, and no vertex moves by more than the unit's half but where an edge is led
//! through a vertex nearer than that.

use crate::defect::Defect;
use crate::grid_shape::GridShape;
use crate::overlay::{self, OverlayOp};
use crate::plane_grid::{PlaneGrid, power_of_two, scale_to_64};
use crate::predicate::Position;
use crate::validity::{self, Frame, Rings};

/// A valid area of the plane; unlike a [`HazardPolygon`](crate::HazardPolygon) it may be empty.
///
/// # Shape
/// Parts → rings → positions. The first ring of a part is its shell, counter-clockwise, the others
/// are its holes, clockwise; each repeats its first position at its end.
///
/// # Examples
/// ```
/// use geometry::OverlayOp;
/// use geometry::planar::{self, Polygon};
///
/// let square = |x: f64| {
///     let ring = [[x, 0.0], [x + 2.0, 0.0], [x + 2.0, 2.0], [x, 2.0], [x, 0.0]];
///     Polygon::new(&[vec![ring.to_vec()]]).unwrap()
/// };
/// let both = planar::overlay(OverlayOp::Intersection, &square(0.0), &square(1.0));
/// assert_eq!(planar::area(&both), 2.0);
///
/// let bowtie = [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
/// let defects = planar::validity(&[vec![bowtie.to_vec()]]).unwrap_err();
/// assert_eq!(defects[0].rule, geometry::Rule::SelfCrossing);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    parts: Vec<Vec<Vec<Position>>>,
}

impl Polygon {
    /// Checks the parts of a polygon; each is its rings, the shell first, each ring closed.
    ///
    /// # Errors
    /// As [`validity`].
    pub fn new(parts: &[Vec<Vec<[f64; 2]>>]) -> Result<Self, Vec<Defect>> {
        let (rings, scale) = check(parts)?;
        let mut polygon = Self::default();
        for (number, ring) in rings.rings.iter().enumerate() {
            let mut positions: Vec<Position> =
                rings.ring(number).iter().map(|p| p.map(|v| v / scale)).collect();
            if ring.is_counter_clockwise() != ring.is_shell() {
                positions.reverse();
            }
            if ring.is_shell() {
                polygon.parts.push(Vec::new());
            }
            if let Some(part) = polygon.parts.last_mut() {
                part.push(positions);
            }
        }
        Ok(polygon)
    }

    /// The parts, each the rings of one shell and its holes; every ring closed.
    pub fn parts(&self) -> &[Vec<Vec<[f64; 2]>>] {
        &self.parts
    }

    /// Tells whether there are no parts.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn positions(&self) -> impl Iterator<Item = Position> {
        self.parts.iter().flatten().flatten().copied()
    }

    fn on(&self, grid: &PlaneGrid) -> GridShape {
        grid.shape(self.parts.iter().map(|rings| rings.iter().map(Vec::as_slice)))
    }

    fn from_grid(grid: &PlaneGrid, shape: &GridShape) -> Self {
        Self { parts: grid.parts(shape) }
    }
}

/// Checks the parts of an area of the plane by OGC Simple Features.
///
/// Parts and holes without positions, and no parts at all, are valid: they are empty. Coordinates
/// nearer to zero than 10⁻³¹ of the largest one count as zero.
///
/// # Errors
/// All defects, up to [`MAX_DEFECTS`](crate::limits::MAX_DEFECTS), in the units of the plane; more
/// vertices, parts and rings than [`limits`](crate::limits) allows are one of them.
///
/// # Source
/// OGC 06-103r4, clauses 6.1.11.1 and 6.1.14.
pub fn validity(parts: &[Vec<Vec<[f64; 2]>>]) -> Result<(), Vec<Defect>> {
    check(parts).map(|_| ())
}

/// Checks parts scaled into the range of the exact predicates; gives the scale too.
fn check(parts: &[Vec<Vec<Position>>]) -> Result<(Rings, f64), Vec<Defect>> {
    let numbers = parts.iter().flatten().flatten().flatten();
    let finite = numbers.filter(|number| number.is_finite());
    let largest = finite.fold(0.0_f64, |largest, number| largest.max(number.abs()));
    let scale = if largest == 0.0 { power_of_two(0) } else { scale_to_64(largest) };
    let scaled_ring =
        |ring: &Vec<Position>| ring.iter().map(|p| p.map(|v| v * scale)).collect::<Vec<_>>();
    let scaled: Vec<Vec<Vec<Position>>> =
        parts.iter().map(|rings| rings.iter().map(scaled_ring).collect()).collect();
    let frame = Frame { unit: 1.0 / scale, may_be_empty: true };
    Ok((validity::check_in(frame, &scaled)?, scale))
}

/// Combines two areas.
///
/// All operations cut alike, so |A ∪ B| − |A ∩ B| = |A ⊖ B| on the grid to the last unit. The
/// result is valid. It neither fails nor panics.
///
/// # Accuracy
/// The grid of this module: the area is right to its unit times the length of both boundaries.
pub fn overlay(op: OverlayOp, a: &Polygon, b: &Polygon) -> Polygon {
    let grid = PlaneGrid::fitting(a.positions().chain(b.positions()));
    Polygon::from_grid(&grid, &overlay::overlay(op, &a.on(&grid), &b.on(&grid)))
}

/// Joins areas into one.
///
/// # Accuracy
/// As [`overlay()`].
pub fn union_all(polygons: &[Polygon]) -> Polygon {
    let grid = PlaneGrid::fitting(polygons.iter().flat_map(Polygon::positions));
    let shapes: Vec<GridShape> = polygons.iter().map(|polygon| polygon.on(&grid)).collect();
    Polygon::from_grid(&grid, &overlay::union_all(&shapes))
}

/// The area in square units of the plane.
///
/// # Accuracy
/// The rounding of `f64`, from a vertex of each ring.
pub fn area(polygon: &Polygon) -> f64 {
    let twice = |ring: &Vec<Position>| -> f64 {
        let Some(&[x0, y0]) = ring.first() else { return 0.0 };
        let swept = |edge: &[Position]| {
            let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
            (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        };
        ring.windows(2).map(swept).sum()
    };
    polygon.parts.iter().flatten().map(twice).sum::<f64>() / 2.0
}
