//! Fewer vertices, with the same neighbours.

mod mesh;

use std::borrow::Borrow;

use crate::polygon::HazardPolygon;
use crate::predicate::Position;
use mesh::Mesh;

/// Leaves out vertices of polygons, all together, so that what was side by side stays side by side.
///
/// Meant for maps on which a tolerance cannot be seen. Never measure or decide on the result.
///
/// * A boundary that polygons share vertex by vertex, as the pieces of a cut do, loses the same
///   vertices in all of them; where three or more meet, the vertex stays.
/// * No vertex is moved, none is new, and nothing crosses that did not before: a vertex goes only if
///   no other lies in the triangle it makes with its neighbours.
/// * Every ring, part and polygon is still there, and valid.
/// * Old and new boundary are nowhere further apart than the tolerance (their Hausdorff distance);
///   a hazardous area never shrinks, nor grows, by more.
///
/// Vertices at the antimeridian and the poles stay, so that both sides go on fitting together.
///
/// # Shape
/// As many polygons as given, in the same order. A tolerance that is not greater than 0 leaves all
/// as they are.
///
/// # Units
/// `tolerance_m`: true metres on the WGS 84 ellipsoid.
///
/// # Source
/// Order: Visvalingam & Whyatt (1993), "Line generalisation by repeated elimination of points", The
/// Cartographic Journal 30. Distance and topology are this module's own conditions.
///
/// # Examples
/// ```
/// use geometry::{HazardPolygon, simplified};
///
/// let shell = vec![[0.0, 0.0], [0.5, -1e-6], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
/// let area = HazardPolygon::new(vec![vec![shell]]).unwrap();
/// assert_eq!(simplified(&[&area], 1.0)[0].vertex_count(), 5, "11 cm off the line");
/// assert_eq!(simplified(&[&area], 0.1)[0].vertex_count(), 6);
/// ```
pub fn simplified<P: Borrow<HazardPolygon>>(
    polygons: &[P],
    tolerance_m: f64,
) -> Vec<HazardPolygon> {
    let all = || polygons.iter().map(Borrow::borrow);
    if tolerance_m.is_nan() || tolerance_m <= 0.0 {
        return all().cloned().collect();
    }
    // Rings that touch at a vertex on an edge can come to lie on each other, which no triangle
    // shows. A polygon that this spoils keeps its vertices, and so on until none is spoilt.
    let mut as_sent = vec![false; polygons.len()];
    loop {
        let mut mesh = Mesh::new(all().zip(as_sent.iter().copied()));
        mesh.thin(tolerance_m);
        let (mut result, mut spoilt) = (Vec::with_capacity(polygons.len()), false);
        for (polygon, as_sent) in all().zip(&mut as_sent) {
            if let Some(thinned) = thinned(polygon, &mesh) {
                result.push(thinned);
            } else {
                (*as_sent, spoilt) = (true, true);
            }
        }
        if !spoilt {
            return result;
        }
    }
}

/// The polygon without the vertices that have gone; `None` if it is no longer valid.
fn thinned(polygon: &HazardPolygon, mesh: &Mesh) -> Option<HazardPolygon> {
    let kept = |ring: &[Position]| -> Vec<Position> {
        let open = &ring[..ring.len() - 1];
        let mut kept: Vec<Position> =
            open.iter().copied().filter(|position| mesh.keeps(*position)).collect();
        kept.extend(kept.first().copied());
        kept
    };
    let parts: Vec<Vec<Vec<Position>>> =
        polygon.parts().map(|rings| rings.map(kept).collect()).collect();
    let vertices: usize = parts.iter().flatten().map(Vec::len).sum();
    if vertices == polygon.vertex_count() {
        return Some(polygon.clone());
    }
    HazardPolygon::unbounded(parts)
}
