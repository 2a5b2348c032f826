//! Grids for planes other than the equal-area one: any plane units, or degrees.

use crate::grid::GridPoint;
use crate::grid_shape::{GridShape, GridShapeBuilder};
use crate::predicate::Position;

/// A square grid on a plane: its unit is a power of two, so that every grid point is a number of the
/// plane exactly, and the way from a grid point to the plane and back changes nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlaneGrid {
    /// The distance of neighbouring grid points.
    unit: f64,
    /// Whole units that are taken off before a coordinate becomes one of the grid.
    origin: [i64; 2],
}

/// Units in half the extent of what a grid is fitted to: 2³⁸, half of what a grid has room for.
const EXTENT_LOG2: i32 = 38;

/// The smallest unit, so that all that is computed with it is a normal number.
const SMALLEST_LOG2: i32 = -960;

impl PlaneGrid {
    /// The grid for longitudes and latitudes: 2⁻³¹ of a degree, 0.05 mm on the equator.
    pub(crate) const DEGREES: Self = Self { unit: 1.0 / 2_147_483_648.0, origin: [0, 0] };

    /// Fits a grid to positions: its origin near the middle of them, its unit the smallest power of
    /// two with which they keep to 2³⁸ units either way, but none so small that a grid point would
    /// need more than 53 bits.
    ///
    /// Coordinates must be finite.
    pub(crate) fn fitting(positions: impl Iterator<Item = Position>) -> Self {
        let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for p in positions {
            for axis in 0..2 {
                min[axis] = min[axis].min(p[axis]);
                max[axis] = max[axis].max(p[axis]);
            }
        }
        if min[0] > max[0] {
            return Self { unit: 1.0, origin: [0, 0] };
        }
        let half = |axis: usize| max[axis] / 2.0 - min[axis] / 2.0;
        let size = |axis: usize| max[axis].abs().max(min[axis].abs());
        let extent = log2_above(half(0).max(half(1)));
        let magnitude = log2_above(size(0).max(size(1)));
        let unit = power_of_two((extent - EXTENT_LOG2).max(magnitude - 53).max(SMALLEST_LOG2));
        let middle = |axis: usize| ((min[axis] / 2.0 + max[axis] / 2.0) / unit).round() as i64;
        Self { unit, origin: [middle(0), middle(1)] }
    }

    /// Snaps a position to the nearest grid point, a half going up.
    pub(crate) fn snap(&self, at: Position) -> GridPoint {
        let snapped = |axis: usize| {
            let units = at[axis] / self.unit;
            let below = units.floor();
            let up = i64::from(units - below >= 0.5);
            (below as i64).saturating_add(up).saturating_sub(self.origin[axis])
        };
        GridPoint::new(snapped(0), snapped(1)).clamped()
    }

    /// Gives the position of a grid point, exactly.
    pub(crate) fn position(&self, p: GridPoint) -> Position {
        [(p.x + self.origin[0]) as f64 * self.unit, (p.y + self.origin[1]) as f64 * self.unit]
    }

    /// Snaps the rings of parts; vertices that fall together become one.
    pub(crate) fn shape<'a, P, R>(&self, parts: P) -> GridShape
    where
        P: IntoIterator<Item = R>,
        R: IntoIterator<Item = &'a [Position]>,
    {
        let mut builder = GridShapeBuilder::default();
        for part in parts {
            for ring in part {
                let start = builder.points.len();
                for at in ring {
                    let p = self.snap(*at);
                    if builder.points.len() == start || builder.points.last() != Some(&p) {
                        builder.points.push(p);
                    }
                }
                while builder.points.len() > start + 1
                    && builder.points.last() == builder.points.get(start)
                {
                    builder.points.pop();
                }
                builder.end_ring();
            }
            builder.end_polygon();
        }
        builder.build()
    }

    /// Gives the polygons of a shape as parts of closed rings.
    pub(crate) fn parts(&self, shape: &GridShape) -> Vec<Vec<Vec<Position>>> {
        let closed = |ring: &[GridPoint]| {
            ring.iter().chain(ring.first()).map(|p| self.position(*p)).collect::<Vec<_>>()
        };
        shape.polygons().map(|rings| rings.map(closed).collect()).collect()
    }
}

/// The smallest power of two above a finite number, as its logarithm.
fn log2_above(number: f64) -> i32 {
    (number.abs().to_bits() >> 52) as i32 - 1022
}

/// Two to a power from −1022 to 1023.
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// A power of two by which numbers up to `largest` in magnitude have to be multiplied to keep
/// within 64.
pub(crate) fn scale_to_64(largest: f64) -> f64 {
    power_of_two((6 - log2_above(largest)).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GRID_LIMIT;

    #[test]
    fn a_grid_fits_any_extent_and_gives_its_points_back() {
        for scale in [1e-270, 1e-9, 1.0, 12.5, 5.4e6, 1e18, 1e300] {
            for offset in [0.0, 1.0, -1e6] {
                let corners = [[scale * offset, scale], [scale * (offset + 1.0), -3.0 * scale]];
                let grid = PlaneGrid::fitting(corners.into_iter());
                for corner in corners {
                    let p = grid.snap(corner);
                    assert!(p.x.abs() <= GRID_LIMIT / 2 + 1 && p.y.abs() <= GRID_LIMIT / 2 + 1);
                    assert_eq!(grid.snap(grid.position(p)), p, "{scale} {offset}");
                    let moved = grid.position(p)[0] - corner[0];
                    assert!(moved.abs() <= grid.unit / 2.0);
                }
            }
        }
    }

    #[test]
    fn numbers_of_any_size_are_scaled_into_reach() {
        for largest in [f64::MIN_POSITIVE, 1e-200, 0.3, 64.0, 90.0, 1e9, f64::MAX] {
            let scaled = largest * scale_to_64(largest);
            assert!((1e-7..=64.0).contains(&scaled), "{largest}: {scaled}");
            assert_eq!(scaled / scale_to_64(largest), largest);
        }
    }

    #[test]
    fn degrees_keep_to_the_grid() {
        assert_eq!(PlaneGrid::DEGREES.snap([180.0, -90.0]).x, 180 << 31);
        assert!(PlaneGrid::DEGREES.snap([180.0, -90.0]).is_on_grid());
    }
}
