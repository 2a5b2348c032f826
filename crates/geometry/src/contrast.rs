//! What two areas have in common, and what each has alone.

use crate::grid::GridArea;
use crate::grid_shape::GridShape;
use crate::overlay::{faces, is_tangled};

/// Two areas laid over one another; see [`contrast`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contrast {
    /// The land of the first alone.
    pub first: GridShape,
    /// The land of the second alone.
    pub second: GridShape,
    /// The land of both.
    pub both: GridShape,
}

impl Contrast {
    /// The areas of the three, in the order of the members: first and both add up to the first area
    /// as snapped, second and both to the second, to the last unit.
    pub fn areas(&self) -> [GridArea; 3] {
        [self.first.area(), self.second.area(), self.both.area()]
    }
}

/// Lays two areas over one another.
///
/// What is said of [`faces`] holds here too. `None` if their edges lie so densely over one another
/// that cutting them could take more memory than there is; boundaries that somebody drew never do.
///
/// # Coordinates
/// Equal-area plane, see [`GridPoint`](crate::GridPoint).
///
/// # Examples
/// ```
/// use geometry::{GridPoint, GridShape, contrast};
///
/// let square = |x: i64| {
///     let ring = [(x, 0), (x + 4, 0), (x + 4, 4), (x, 4)].map(|(x, y)| GridPoint::new(x, y));
///     GridShape::from_polygons([[ring]])
/// };
/// let found = contrast(&square(0)?, &square(1)?).expect("squares are not tangled");
/// assert_eq!(found.areas().map(|area| area.doubled()), [8, 8, 24]);
/// # Ok::<(), geometry::OffGrid>(())
/// ```
pub fn contrast(first: &GridShape, second: &GridShape) -> Option<Contrast> {
    let shapes = [first.clone(), second.clone()];
    if is_tangled(&shapes) {
        return None;
    }
    let mut found = Contrast::default();
    for face in faces(&shapes) {
        match face.sources.as_slice() {
            [0] => found.first = face.shape,
            [1] => found.second = face.shape,
            _ => found.both = face.shape,
        }
    }
    Some(found)
}
