//! To the types of the `geo` crates, for whatever is done there with a checked polygon.

use geo::{
    Coord, Geometry, InteriorPoint, LineString, MultiLineString, MultiPoint, MultiPolygon, Polygon,
};

use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;
use crate::shape::{Shape, ShapeKind};

impl From<&HazardPolygon> for MultiPolygon<f64> {
    /// Copies the rings as they are: shells counter-clockwise, holes clockwise, closed.
    fn from(polygon: &HazardPolygon) -> Self {
        polygon.parts().map(area).collect()
    }
}

fn line(positions: &[[f64; 2]]) -> LineString<f64> {
    positions.iter().map(|&[x, y]| Coord { x, y }).collect()
}

fn area<'a>(rings: impl Iterator<Item = &'a [[f64; 2]]>) -> Polygon<f64> {
    let mut rings = rings.map(line);
    let shell = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Polygon::new(shell, rings.collect())
}

impl From<&Shape> for Geometry<f64> {
    /// Copies the positions as they are, in the same kind of geometry.
    fn from(shape: &Shape) -> Self {
        let mut parts = shape.parts();
        match shape.kind() {
            ShapeKind::MultiPoint => {
                let positions = parts.flatten().flatten();
                positions.map(|&[x, y]| Coord { x, y }).collect::<MultiPoint<f64>>().into()
            }
            ShapeKind::LineString => match parts.next().and_then(|mut lines| lines.next()) {
                Some(positions) => line(positions).into(),
                None => LineString::new(Vec::new()).into(),
            },
            ShapeKind::MultiLineString => {
                MultiLineString::new(parts.flatten().map(line).collect()).into()
            }
            ShapeKind::Polygon => match parts.next() {
                Some(rings) => area(rings).into(),
                None => Polygon::new(LineString::new(Vec::new()), Vec::new()).into(),
            },
            ShapeKind::MultiPolygon => parts.map(area).collect::<MultiPolygon<f64>>().into(),
        }
    }
}

impl HazardPolygon {
    /// A position inside the polygon, well away from its boundary where it can be: where a label
    /// or a sign for the whole stands.
    ///
    /// # Examples
    /// ```
    /// use geometry::HazardPolygon;
    ///
    /// let horseshoe = vec![
    ///     [0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [2.0, 3.0], [2.0, 1.0], [1.0, 1.0], [1.0, 3.0],
    ///     [0.0, 3.0], [0.0, 0.0],
    /// ];
    /// let polygon = HazardPolygon::new(vec![vec![horseshoe]]).unwrap();
    /// assert!(polygon.covers(polygon.label_position()), "unlike its centre of gravity");
    /// ```
    pub fn label_position(&self) -> LonLat {
        let inside = MultiPolygon::from(self).interior_point();
        let position = inside.and_then(|point| LonLat::new(point.x(), point.y()).ok());
        // A polygon of slivers may have none that rounding leaves inside; a vertex always is.
        position.filter(|at| self.covers(*at)).unwrap_or_else(|| {
            let first = self.parts().flatten().flatten().next();
            LonLat::trusted(first.copied().unwrap_or_default())
        })
    }
}
