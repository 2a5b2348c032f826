//! The absolute integer grid on the equal-area plane: points, boxes and exact areas.
//!
//! A grid coordinate is a plane coordinate ([`crate::plane`], metres) times [`GRID_PER_M`],
//! rounded. The grid is fixed to the Earth and never depends on what else takes part in an
//! operation, so cutting the same land twice gives the same pieces.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Grid units in a metre of the plane: 2¹³, so one unit is about 0.12 mm.
///
/// A power of two, so that the way from metres to units and back is exact in `f64`; this one,
/// because doubled areas up to 60,000 km² then fit in 63 bits.
pub const GRID_PER_M: f64 = 8192.0;

/// Largest magnitude of a grid coordinate: 2³⁹ units.
///
/// The whole plane reaches 2³⁷·¹ units from its origin. At 2³⁹ differences of coordinates keep to
/// 2⁴⁰ and the largest exact product in this crate, three of them deep, to 2¹²³.
pub const GRID_LIMIT: i64 = 1 << 39;

/// A point of the grid.
///
/// # Coordinates
/// `x` to the east, `y` to the north, equal-area plane, from the equator at longitude 0.
///
/// # Units
/// 1/[`GRID_PER_M`] metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridPoint {
    /// Easting in grid units.
    pub x: i64,
    /// Northing in grid units.
    pub y: i64,
}

impl GridPoint {
    /// Names the grid point with these coordinates.
    pub const fn new(x: i64, y: i64) -> Self {
        Self { x, y }
    }

    /// Snaps a point of the plane (x, y in metres) to the nearest grid point.
    ///
    /// A half goes up (towards +∞) on both axes, as the half-open pixels of
    /// [`crate::faces`] have it.
    pub fn from_plane([x, y]: [f64; 2]) -> Self {
        Self { x: (x * GRID_PER_M + 0.5).floor() as i64, y: (y * GRID_PER_M + 0.5).floor() as i64 }
    }

    /// Gives the point's plane coordinates in metres, exactly.
    pub fn to_plane(self) -> [f64; 2] {
        [self.x as f64 / GRID_PER_M, self.y as f64 / GRID_PER_M]
    }

    /// Says whether both coordinates are within [`GRID_LIMIT`].
    pub fn is_on_grid(self) -> bool {
        let range = -GRID_LIMIT..=GRID_LIMIT;
        range.contains(&self.x) && range.contains(&self.y)
    }

    /// Moves the point to the nearest one within [`GRID_LIMIT`].
    pub(crate) fn clamped(self) -> Self {
        Self { x: self.x.clamp(-GRID_LIMIT, GRID_LIMIT), y: self.y.clamp(-GRID_LIMIT, GRID_LIMIT) }
    }
}

/// A closed, axis-parallel box of the grid; its boundary belongs to it.
///
/// # Units
/// Grid units, as [`GridPoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GridBox {
    /// South-west corner.
    pub min: GridPoint,
    /// North-east corner.
    pub max: GridPoint,
}

impl GridBox {
    /// Makes the smallest box around two points.
    pub fn new(a: GridPoint, b: GridPoint) -> Self {
        Self {
            min: GridPoint::new(a.x.min(b.x), a.y.min(b.y)),
            max: GridPoint::new(a.x.max(b.x), a.y.max(b.y)),
        }
    }

    /// Makes the smallest box around points; `None` if there are none.
    pub fn around(points: impl IntoIterator<Item = GridPoint>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(Self { min: first, max: first }, |b, p| Self {
            min: GridPoint::new(b.min.x.min(p.x), b.min.y.min(p.y)),
            max: GridPoint::new(b.max.x.max(p.x), b.max.y.max(p.y)),
        }))
    }

    /// Says whether the boxes share a point; touching is enough.
    pub fn intersects(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Says whether the point is in the box or on its boundary.
    pub fn contains(&self, p: GridPoint) -> bool {
        (self.min.x..=self.max.x).contains(&p.x) && (self.min.y..=self.max.y).contains(&p.y)
    }

    /// Says whether the other box lies wholly in this one.
    pub fn contains_box(&self, other: &Self) -> bool {
        self.contains(other.min) && self.contains(other.max)
    }

    /// Makes the smallest box around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: GridPoint::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: GridPoint::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    /// Moves all four sides outward by `by` grid units, no further than [`GRID_LIMIT`].
    #[must_use]
    pub fn expanded(&self, by: i64) -> Self {
        let low = |v: i64| v.saturating_sub(by).clamp(-GRID_LIMIT, GRID_LIMIT);
        let high = |v: i64| v.saturating_add(by).clamp(-GRID_LIMIT, GRID_LIMIT);
        Self {
            min: GridPoint::new(low(self.min.x), low(self.min.y)),
            max: GridPoint::new(high(self.max.x), high(self.max.y)),
        }
    }
}

/// An exact area: a whole number of half square grid units.
///
/// Parts of a cut add up to the whole to the last unit, in any order; that is why areas are
/// carried in this type and turned into square metres only to be shown.
///
/// # Units
/// Half a square grid unit, 2⁻²⁷ m² ≈ 0.0075 mm². Signed, so that differences can be taken.
///
/// # Examples
/// ```
/// use geometry::GridArea;
/// let hectare = GridArea::from_doubled(10_000 << 27);
/// assert_eq!((hectare + hectare).m2(), 20_000.0);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridArea(i128);

/// Half square grid units in a square metre: 2 × 2¹³ × 2¹³.
const DOUBLED_PER_M2: f64 = 2.0 * GRID_PER_M * GRID_PER_M;

impl GridArea {
    /// No area.
    pub const ZERO: Self = Self(0);

    /// Names the area of this many half square grid units.
    pub const fn from_doubled(doubled: i128) -> Self {
        Self(doubled)
    }

    /// Gives the exact area in half square grid units.
    pub const fn doubled(self) -> i128 {
        self.0
    }

    /// Gives the area in square metres, correctly rounded.
    pub fn m2(self) -> f64 {
        self.0 as f64 / DOUBLED_PER_M2
    }

    /// Gives the area without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl fmt::Debug for GridArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GridArea({} ≈ {} m²)", self.0, self.m2())
    }
}

impl Add for GridArea {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for GridArea {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for GridArea {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl SubAssign for GridArea {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Neg for GridArea {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for GridArea {
    fn sum<I: Iterator<Item = Self>>(areas: I) -> Self {
        areas.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a GridArea> for GridArea {
    fn sum<I: Iterator<Item = &'a GridArea>>(areas: I) -> Self {
        areas.copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapping_rounds_halves_up_on_both_sides_of_zero() {
        let half = 0.5 / GRID_PER_M;
        assert_eq!(GridPoint::from_plane([half, -half]), GridPoint::new(1, 0));
        assert_eq!(GridPoint::from_plane([3.0 * half, -3.0 * half]), GridPoint::new(2, -1));
    }

    #[test]
    fn metres_and_units_convert_exactly() {
        let p = GridPoint::new(-123_456_789_012, 98_765_432_109);
        assert_eq!(GridPoint::from_plane(p.to_plane()), p);
    }

    #[test]
    fn boxes_touch_at_corners_and_expand_to_the_limit() {
        let a = GridBox::new(GridPoint::new(5, 5), GridPoint::new(0, 0));
        let b = GridBox::new(GridPoint::new(5, 5), GridPoint::new(9, 9));
        assert!(a.intersects(&b) && b.intersects(&a));
        assert!(!a.expanded(-1).intersects(&b));
        assert_eq!(a.union(&b), GridBox::new(GridPoint::new(0, 0), GridPoint::new(9, 9)));
        assert_eq!(a.expanded(i64::MAX).max, GridPoint::new(GRID_LIMIT, GRID_LIMIT));
        assert!(a.expanded(1).contains_box(&a) && !a.contains_box(&b));
    }

    #[test]
    fn areas_add_without_loss_where_floats_would_not() {
        let whole: GridArea =
            [1_i128 << 100, 1, -(1 << 100)].map(GridArea::from_doubled).iter().sum();
        assert_eq!(whole, GridArea::from_doubled(1));
    }
}
