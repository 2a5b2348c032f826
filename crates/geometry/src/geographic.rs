//! Overlay of checked polygons: from longitudes and latitudes to the grid, and back to polygons
//! that are valid again.

use crate::defect::Defect;
use crate::grid_shape::GridShape;
use crate::overlay::{OverlayOp, overlay, union_all};
use crate::plane_grid::PlaneGrid;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;

impl GridShape {
    /// The land of the shape as a checked polygon; `None` if there is none.
    ///
    /// An edge is straight on the plane here and straight in longitude and latitude there. Where
    /// that or the rounding of degrees would make edges cross, they are laid on a grid of 2⁻³¹ of
    /// a degree, and so made valid without moving by more than a tenth of a millimetre.
    ///
    /// # Errors
    /// The defect if there is more land, or there are more vertices or parts, than
    /// [`limits`](crate::limits) allows; there are no others.
    ///
    /// # Accuracy
    /// That of [`GridShape::to_polygon_parts`].
    pub fn to_polygon(&self) -> Result<Option<HazardPolygon>, Vec<Defect>> {
        let mut parts = self.to_polygon_parts();
        if HazardPolygon::unbounded(parts.clone()).is_none() {
            parts = valid_parts(&parts);
        }
        if parts.is_empty() { Ok(None) } else { HazardPolygon::new(parts).map(Some) }
    }
}

/// Makes the rings of parts valid in longitude and latitude.
fn valid_parts(parts: &[Vec<Vec<Position>>]) -> Vec<Vec<Vec<Position>>> {
    let grid = PlaneGrid::DEGREES;
    let shape = grid.shape(parts.iter().map(|rings| rings.iter().map(Vec::as_slice)));
    grid.parts(&union_all(&[shape]))
}

impl HazardPolygon {
    /// Combines two polygons; `None` if nothing is left.
    ///
    /// For several steps, or for areas alone, stay on the grid with [`HazardPolygon::to_grid`] and
    /// [`overlay()`](crate::overlay()): results there are exact, and this is those, carried back.
    ///
    /// # Errors
    /// As [`GridShape::to_polygon`].
    ///
    /// # Examples
    /// ```
    /// use geometry::{HazardPolygon, OverlayOp};
    ///
    /// let square = |west: f64| {
    ///     let (east, south, north) = (west + 0.002, 13.0, 13.002);
    ///     let shell = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    ///     HazardPolygon::new(vec![vec![shell.to_vec()]]).unwrap()
    /// };
    /// let (a, b) = (square(103.0), square(103.001));
    /// let both = a.overlay(OverlayOp::Intersection, &b).unwrap().unwrap();
    /// assert!((both.area_m2() - a.area_m2() / 2.0).abs() < 0.1);
    /// assert_eq!(a.overlay(OverlayOp::Difference, &a), Ok(None));
    /// ```
    pub fn overlay(&self, op: OverlayOp, other: &Self) -> Result<Option<Self>, Vec<Defect>> {
        overlay(op, &self.to_grid(), &other.to_grid()).to_polygon()
    }
}
