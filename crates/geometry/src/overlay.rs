//! Cutting and joining shapes on the grid.

use std::borrow::Borrow;

use crate::arrangement::{Arrangement, Bounds, Laid, Segments, Tangled};
use crate::cluster::clusters;
use crate::grid::{GridArea, GridBox};
use crate::grid_shape::{GridShape, GridShapeBuilder};

/// A piece of the plane covered by one particular set of sources; see [`faces`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The numbers of the sources that cover the face, ascending; at least one.
    pub sources: Vec<u32>,
    /// The land of the face, in as many polygons as it takes.
    pub shape: GridShape,
    /// The exact area of the shape.
    pub area: GridArea,
}

/// Cuts the plane by sources into disjoint faces, one for each set of sources that cover land.
///
/// A source covers what its rings wind round a number of times that is not zero. The edges of all
/// sources are laid over one another by iterated snap rounding on the absolute grid, so that
/// * the faces with source `i` add up to source `i` as snapped, exactly; snapping moves an edge
///   by a grid unit or so, and so changes the area of a source by less than 1 mm × its perimeter;
/// * faces do not overlap, and neighbours share every vertex of their common boundary;
/// * the result does not depend on the order of the sources, but for their numbers, nor on sources
///   elsewhere;
/// * cutting the faces once more changes nothing.
///
/// It neither fails nor panics on any shapes whatever.
///
/// # Shape
/// Ordered by `sources`. Each face's shape is valid (OGC Simple Features) and canonical.
///
/// # Examples
/// ```
/// use geometry::{GridPoint, GridShape, faces};
///
/// let square = |x: i64| {
///     let ring = [(x, 0), (x + 4, 0), (x + 4, 4), (x, 4)].map(|(x, y)| GridPoint::new(x, y));
///     GridShape::from_polygons([[ring]])
/// };
/// let cut = faces(&[square(0)?, square(1)?]);
/// let covered: Vec<_> = cut.iter().map(|f| (f.sources.as_slice(), f.area.doubled())).collect();
/// assert_eq!(covered, [(&[0][..], 8), (&[0, 1][..], 24), (&[1][..], 8)]);
/// # Ok::<(), geometry::OffGrid>(())
/// ```
pub fn faces(sources: &[GridShape]) -> Vec<Face> {
    // Without bounds nothing is refused.
    faces_within(sources, Bounds::None).unwrap_or_default()
}

/// As [`faces`], for shapes that may be hostile.
///
/// # Errors
/// [`Tangled`] when the shapes cross one another more often than the limits of this crate allow
/// ([`limits::MAX_CROSSINGS`](crate::limits::MAX_CROSSINGS) and those beside it). Which shapes are
/// refused together depends on nothing but them.
pub fn try_faces(sources: &[GridShape]) -> Result<Vec<Face>, Tangled> {
    faces_within(sources, Bounds::Limits)
}

fn faces_within(sources: &[GridShape], bounds: Bounds) -> Result<Vec<Face>, Tangled> {
    let mut faces = Vec::with_capacity(sources.len());
    let mut add = |sources: Vec<u32>, shape: GridShape| {
        let area = shape.area();
        faces.push(Face { sources, shape, area });
    };
    lay_within(bounds, sources, |laid| match laid {
        Laid::Ring(source, shape) => add(vec![source], shape),
        Laid::Cut(arrangement) => {
            let sets = arrangement.sets();
            let groups: Vec<u32> = (0..sets.len() as u32).collect();
            let shapes = arrangement.shapes(&groups, sets.len() - 1);
            for (set, shape) in sets.iter().skip(1).zip(shapes) {
                add(set.clone(), shape);
            }
        }
    })?;
    faces.sort_unstable_by(|a, b| a.sources.cmp(&b.sources));
    Ok(faces)
}

/// A set operation on two areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OverlayOp {
    /// What both cover.
    Intersection,
    /// What either covers.
    Union,
    /// What the first covers and the second does not.
    Difference,
    /// What one of them covers and the other does not.
    SymmetricDifference,
}

impl OverlayOp {
    fn keeps(self, a: bool, b: bool) -> bool {
        match self {
            Self::Intersection => a && b,
            Self::Union => a || b,
            Self::Difference => a && !b,
            Self::SymmetricDifference => a != b,
        }
    }
}

/// Combines two shapes.
///
/// All operations cut alike, so |A ∪ B| − |A ∩ B| = |A ⊖ B| to the last unit. The result is valid
/// and canonical; what is said of [`faces`] holds here too.
///
/// # Examples
/// ```
/// use geometry::{GridPoint, GridShape, OverlayOp, overlay};
///
/// let square = |x: i64| {
///     let ring = [(x, 0), (x + 4, 0), (x + 4, 4), (x, 4)].map(|(x, y)| GridPoint::new(x, y));
///     GridShape::from_polygons([[ring]])
/// };
/// let both = overlay(OverlayOp::Intersection, &square(0)?, &square(1)?);
/// assert_eq!(both.area().doubled(), 24);
/// # Ok::<(), geometry::OffGrid>(())
/// ```
pub fn overlay(op: OverlayOp, a: &GridShape, b: &GridShape) -> GridShape {
    combine(&[a, b], |set| op.keeps(set.contains(&0), set.contains(&1)))
}

/// Joins shapes into one: the land that any of them covers.
///
/// Given a single shape, it makes any rings valid and canonical without changing what they cover.
pub fn union_all(shapes: &[GridShape]) -> GridShape {
    let shapes: Vec<&GridShape> = shapes.iter().collect();
    combine(&shapes, |set| !set.is_empty())
}

/// Joins the land covered by the sets of shapes that are to be kept.
fn combine(shapes: &[&GridShape], keep: impl Fn(&[u32]) -> bool) -> GridShape {
    let mut parts = Vec::new();
    lay_by_cluster(shapes, |laid| match laid {
        Laid::Ring(source, shape) if keep(&[source]) => parts.push(shape),
        Laid::Ring(..) => {}
        Laid::Cut(arrangement) => parts.extend(kept(&arrangement, &keep)),
    });
    joined(parts)
}

/// Joins the land whose winding numbers are to be kept: for each shape, by ascending number, how
/// often its rings wind round, where that is not zero.
///
/// Of a shape that is alone and a single ring the winding is given as 1, whichever way it turns.
pub(crate) fn wound(shapes: &[GridShape], keep: impl Fn(&[(u32, i32)]) -> bool) -> GridShape {
    let mut parts = Vec::new();
    lay_by_cluster(shapes, |laid| match laid {
        Laid::Ring(source, shape) if keep(&[(source, 1)]) => parts.push(shape),
        Laid::Ring(..) => {}
        Laid::Cut(arrangement) => parts.extend(arrangement.wound(&keep)),
    });
    joined(parts)
}

/// The land a shape winds round zero times, but which lies between land it winds round one way and
/// land it winds round the other way.
pub(crate) fn between_turns(shape: &GridShape) -> GridShape {
    let mut parts = Vec::new();
    lay_by_cluster(std::slice::from_ref(shape), |laid| {
        if let Laid::Cut(arrangement) = laid {
            parts.extend(arrangement.between_turns());
        }
    });
    joined(parts)
}

/// Says whether the edges of shapes lie so densely over one another that cutting them could take
/// more memory than there is.
pub(crate) fn is_tangled(shapes: &[GridShape]) -> bool {
    Segments::new(shapes.iter().map(|shape| (0, shape))).is_tangled()
}

fn kept(arrangement: &Arrangement, keep: impl Fn(&[u32]) -> bool) -> Vec<GridShape> {
    let groups: Vec<u32> = arrangement.sets().iter().map(|set| u32::from(keep(set))).collect();
    arrangement.shapes(&groups, 1)
}

/// Puts the polygons of shapes that do not touch into one canonical shape.
fn joined(mut parts: Vec<GridShape>) -> GridShape {
    if parts.len() < 2 {
        return parts.pop().unwrap_or_default();
    }
    let mut polygons: Vec<Vec<_>> = Vec::with_capacity(parts.len());
    polygons.extend(parts.iter().flat_map(|part| part.polygons().map(Iterator::collect)));
    polygons.sort_unstable();
    let mut builder =
        GridShapeBuilder::with_capacity(parts.iter().map(GridShape::vertex_count).sum());
    for rings in polygons {
        for ring in rings {
            builder.points.extend_from_slice(ring);
            builder.end_ring();
        }
        builder.end_polygon();
    }
    builder.build()
}

/// Lays shapes over one another, those apart from one another apart, and hands out each lot.
fn lay_by_cluster<S: Borrow<GridShape>>(shapes: &[S], found: impl FnMut(Laid)) {
    let laid = lay_within(Bounds::None, shapes, found);
    debug_assert!(laid.is_ok(), "without bounds nothing is refused");
}

/// As [`lay_by_cluster`], within bounds.
fn lay_within<S: Borrow<GridShape>>(
    bounds: Bounds,
    shapes: &[S],
    mut found: impl FnMut(Laid),
) -> Result<(), Tangled> {
    let (mut numbers, mut boxes): (Vec<u32>, Vec<GridBox>) = (Vec::new(), Vec::new());
    for (shape, number) in shapes.iter().zip(0..) {
        if let Some(bounds) = shape.borrow().bbox() {
            numbers.push(number);
            boxes.push(bounds);
        }
    }
    for members in clusters(&boxes) {
        let numbers = members.iter().map(|&m| numbers[m as usize]);
        found(Laid::new(numbers.map(|i| (i, shapes[i as usize].borrow())), bounds)?);
    }
    Ok(())
}
