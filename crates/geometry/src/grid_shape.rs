//! Shapes on the grid: polygons with holes in exact coordinates.

use crate::densify;
use crate::grid::{GridArea, GridBox, GridPoint};
use crate::plane;

/// An area of land on the grid: polygons of rings of [`GridPoint`].
///
/// What it covers is defined for any rings whatever: a point is covered if the rings wind round
/// it a number of times that is not zero. Shapes made by [`crate::faces`], [`crate::overlay`],
/// [`crate::union_all`] and [`GridShape::clipped_to`] are moreover valid in the sense of OGC
/// Simple Features, and canonical: the same land always has the same rings in the same order.
///
/// # Shape
/// Polygons → rings → points. The first ring of a polygon is its shell, counter-clockwise; the
/// others are holes, clockwise: the interior is on the left. The first point of a ring is not
/// repeated at its end.
///
/// # Coordinates
/// Equal-area plane, see [`GridPoint`].
///
/// # Examples
/// ```
/// use geometry::{GridArea, GridPoint, GridShape};
///
/// let square = [(0, 0), (4, 0), (4, 4), (0, 4)].map(|(x, y)| GridPoint::new(x, y));
/// let shape = GridShape::from_polygons([[square]])?;
/// assert_eq!(shape.area(), GridArea::from_doubled(32));
/// # Ok::<(), geometry::OffGrid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct GridShape {
    points: Box<[GridPoint]>,
    /// For each ring the number of points up to its end.
    ring_ends: Box<[u32]>,
    /// For each polygon the number of rings up to its end.
    polygon_ends: Box<[u32]>,
}

/// A coordinate beyond [`crate::GRID_LIMIT`] was given for a grid shape, or more than 2³² points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grid shape takes coordinates up to 2^39 units either way and fewer than 2^32 points")]
pub struct OffGrid;

impl GridShape {
    /// Makes a shape of polygons, each a sequence of rings (the shell first).
    ///
    /// The rings are taken as they are, whatever their direction or crossings; see the type's
    /// own text for what they then cover. Empty rings and polygons are left out.
    ///
    /// # Errors
    /// [`OffGrid`] if a coordinate is beyond [`crate::GRID_LIMIT`].
    pub fn from_polygons<P, R, I>(polygons: P) -> Result<Self, OffGrid>
    where
        P: IntoIterator<Item = R>,
        R: IntoIterator<Item = I>,
        I: IntoIterator<Item = GridPoint>,
    {
        let mut builder = GridShapeBuilder::default();
        for polygon in polygons {
            for ring in polygon {
                builder.points.extend(ring);
                builder.end_ring();
            }
            builder.end_polygon();
        }
        builder.checked()
    }

    /// Carries polygons of [lon, lat] rings to the grid.
    ///
    /// Edges over [`crate::limits::EDGE_M`], and those that bulge by more than
    /// [`crate::limits::BULGE_M`], get further vertices on their geodesic, then all vertices are
    /// projected ([`plane::forward`]) and snapped. The vertices on an edge do not depend on the
    /// direction in which it is given, so neighbours keep sharing it. The closing position of a
    /// ring may be given or left out.
    ///
    /// Positions must be finite and in range, as those of a checked polygon are; others land
    /// somewhere on the plane's edge.
    ///
    /// # Units
    /// Degrees, longitude first.
    pub fn from_lon_lat<'a, P, R>(parts: P) -> Self
    where
        P: IntoIterator<Item = R>,
        R: IntoIterator<Item = &'a [[f64; 2]]>,
    {
        let mut builder = GridShapeBuilder::default();
        for part in parts {
            for ring in part {
                densify::snap_ring(ring, &mut builder.points);
                builder.end_ring();
            }
            builder.end_polygon();
        }
        for p in &mut builder.points {
            *p = p.clamped();
        }
        builder.build()
    }

    /// Says whether the shape has no rings.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Counts the vertices of all rings.
    pub fn vertex_count(&self) -> usize {
        self.points.len()
    }

    /// Walks the rings of all polygons, in order.
    pub fn rings(&self) -> impl ExactSizeIterator<Item = &[GridPoint]> {
        (0..self.ring_ends.len()).map(|i| self.ring(i))
    }

    /// Walks the polygons; each gives its rings, the shell first.
    pub fn polygons(
        &self,
    ) -> impl ExactSizeIterator<Item = impl ExactSizeIterator<Item = &[GridPoint]>> {
        (0..self.polygon_ends.len()).map(|i| {
            let (start, end) = span(&self.polygon_ends, i);
            (start..end).map(|ring| self.ring(ring))
        })
    }

    fn ring(&self, i: usize) -> &[GridPoint] {
        let (start, end) = span(&self.ring_ends, i);
        &self.points[start..end]
    }

    /// Sums the signed areas of the rings: shells count, holes are taken off.
    ///
    /// For rings that overlap themselves or one another this is not what they cover; give such a
    /// shape to [`crate::union_all`] first.
    pub fn area(&self) -> GridArea {
        self.rings().map(ring_area).sum()
    }

    /// Measures the land that the rings cover, never negative.
    ///
    /// Snapping may turn a sliver thinner than a grid unit inside out, so that its signed area is
    /// negative although what it covers is not; then the rings are made valid first.
    pub fn covered_area(&self) -> GridArea {
        let winds_right = |(place, ring): (usize, &[GridPoint])| {
            let area = ring_area(ring);
            if place == 0 { area >= GridArea::ZERO } else { area <= GridArea::ZERO }
        };
        if self.polygons().all(|rings| rings.enumerate().all(winds_right)) {
            return self.area();
        }
        crate::union_all(std::slice::from_ref(self)).area()
    }

    /// Gives the smallest box around the shape; `None` if it is empty.
    pub fn bbox(&self) -> Option<GridBox> {
        GridBox::around(self.points.iter().copied())
    }

    /// Says whether the point is inside or on the boundary, exactly.
    pub fn covers(&self, p: GridPoint) -> bool {
        let mut winding = 0;
        for ring in self.rings() {
            match crate::exact::winding(ring, p) {
                Some(w) => winding += w,
                None => return true,
            }
        }
        winding != 0
    }

    /// Gives the polygons in degrees: parts → rings → closed positions [lon, lat].
    ///
    /// # Accuracy
    /// The grid's 0.12 mm on the plane; under 1 mm on the ground up to 86° of latitude.
    pub fn to_polygon_parts(&self) -> Vec<Vec<Vec<[f64; 2]>>> {
        let position = |p: &GridPoint| {
            let at = plane::inverse(p.to_plane());
            [at.lon(), at.lat()]
        };
        let closed = |ring: &[GridPoint]| {
            let mut positions: Vec<_> = Vec::with_capacity(ring.len() + 1);
            positions.extend(ring.iter().map(position));
            positions.extend(positions.first().copied());
            positions
        };
        self.polygons().map(|rings| rings.map(closed).collect()).collect()
    }
}

fn span(ends: &[u32], i: usize) -> (usize, usize) {
    let start = if i == 0 { 0 } else { ends[i - 1] as usize };
    (start, ends[i] as usize)
}

/// Measures the area to the left of a ring, exactly: positive if it runs counter-clockwise.
pub(crate) fn ring_area(ring: &[GridPoint]) -> GridArea {
    let [first, rest @ ..] = ring else { return GridArea::ZERO };
    let twice = rest.windows(2).fold(0_i128, |sum, pair| {
        let (a, b) = (pair[0], pair[1]);
        sum + i128::from(a.x - first.x) * i128::from(b.y - first.y)
            - i128::from(b.x - first.x) * i128::from(a.y - first.y)
    });
    GridArea::from_doubled(twice)
}

/// Builds a [`GridShape`] ring by ring.
#[derive(Debug, Default)]
pub(crate) struct GridShapeBuilder {
    /// Points of the ring being built are pushed here, then [`GridShapeBuilder::end_ring`].
    pub(crate) points: Vec<GridPoint>,
    ring_ends: Vec<u32>,
    polygon_ends: Vec<u32>,
}

impl GridShapeBuilder {
    pub(crate) fn with_capacity(points: usize) -> Self {
        Self { points: Vec::with_capacity(points), ..Self::default() }
    }

    /// Closes the ring of the points pushed since the last call, if there are any.
    pub(crate) fn end_ring(&mut self) {
        let end = self.points.len() as u32;
        if end > self.ring_ends.last().copied().unwrap_or(0) {
            self.ring_ends.push(end);
        }
    }

    /// Closes the polygon of the rings ended since the last call, if there are any.
    pub(crate) fn end_polygon(&mut self) {
        let end = self.ring_ends.len() as u32;
        if end > self.polygon_ends.last().copied().unwrap_or(0) {
            self.polygon_ends.push(end);
        }
    }

    /// Finishes a shape whose coordinates are known to be on the grid.
    pub(crate) fn build(self) -> GridShape {
        GridShape {
            points: self.points.into(),
            ring_ends: self.ring_ends.into(),
            polygon_ends: self.polygon_ends.into(),
        }
    }

    pub(crate) fn checked(self) -> Result<GridShape, OffGrid> {
        let fits = u32::try_from(self.points.len()).is_ok();
        if fits && self.points.iter().all(|p| p.is_on_grid()) {
            Ok(self.build())
        } else {
            Err(OffGrid)
        }
    }
}
