//! To the types of the `geo` crates, for whatever is done there with a checked polygon.

use geo::{Coord, InteriorPoint, LineString, MultiPolygon, Polygon};

use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;

impl From<&HazardPolygon> for MultiPolygon<f64> {
    /// Copies the rings as they are: shells counter-clockwise, holes clockwise, closed.
    fn from(polygon: &HazardPolygon) -> Self {
        let line = |ring: &[[f64; 2]]| -> LineString<f64> {
            ring.iter().map(|&[x, y]| Coord { x, y }).collect()
        };
        let part = |mut rings: std::vec::IntoIter<LineString<f64>>| {
            let shell = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(shell, rings.collect())
        };
        polygon.parts().map(|rings| part(rings.map(line).collect::<Vec<_>>().into_iter())).collect()
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
