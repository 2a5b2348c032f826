use std::panic::{AssertUnwindSafe, catch_unwind};

use geo::{BoundingRect, Coord, Geometry, Intersects, MapCoords, MultiPolygon, Rect, Relate};

use crate::{Literals, SpatialRelation};

/// A geometry literal as filters hold it: longitude first, with its boxes.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) geometry: Geometry<f64>,
    /// West, south, east, north; two when it crosses the antimeridian.
    pub(crate) boxes: Vec<[f64; 4]>,
}

/// A geometry literal carried to longitude and latitude.
pub(crate) fn shape(geometry: &Geometry<f64>, literals: Literals<'_>) -> Result<Shape, String> {
    let geometry = geometry.try_map_coords(|position| carried(position, literals))?;
    let boxes = box_of(&geometry).into_iter().collect();
    Ok(Shape { geometry, boxes })
}

/// A box carried to longitude and latitude; west > east is two boxes (clause 6.5, `bboxTaggedText`).
pub(crate) fn box_shape(edges: [f64; 4], literals: Literals<'_>) -> Result<Shape, String> {
    let [west, south, east, north] = edges;
    if let Literals::Carried(_) = literals {
        return shape(&densified(edges), literals);
    }
    for (x, y) in [(west, south), (east, north)] {
        carried(Coord { x, y }, literals)?;
    }
    let boxes = halves(edges);
    let rectangles: Vec<_> = boxes.iter().map(|edges| flat(*edges)).collect();
    let geometry = match <[Geometry<f64>; 1]>::try_from(rectangles) {
        Ok([one]) => one,
        Err(two) => joined(two),
    };
    Ok(Shape { geometry, boxes })
}

/// The boxes that do not cross the antimeridian of one that may: it does when west > east.
pub(crate) fn halves([west, south, east, north]: [f64; 4]) -> Vec<[f64; 4]> {
    if west > east {
        vec![[west, south, 180.0, north], [-180.0, south, east, north]]
    } else {
        vec![[west, south, east, north]]
    }
}

/// A box of no width or height is a line or a point: as a polygon it would be invalid.
fn flat([west, south, east, north]: [f64; 4]) -> Geometry<f64> {
    let (low, high) = (Coord { x: west, y: south }, Coord { x: east, y: north });
    if low == high {
        return Geometry::Point(low.into());
    }
    if west == east || south == north {
        return Geometry::LineString(vec![low, high].into());
    }
    Geometry::Polygon(Rect::new(low, high).to_polygon())
}

fn joined(parts: Vec<Geometry<f64>>) -> Geometry<f64> {
    let polygons: Vec<_> = parts
        .iter()
        .filter_map(|part| if let Geometry::Polygon(one) = part { Some(one.clone()) } else { None })
        .collect();
    if polygons.len() == parts.len() {
        return Geometry::MultiPolygon(MultiPolygon::new(polygons));
    }
    Geometry::GeometryCollection(parts.into())
}

/// The outline of a box with points between its corners: its edges are curves elsewhere.
fn densified([west, south, east, north]: [f64; 4]) -> Geometry<f64> {
    const STEPS: u32 = 16;
    let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)];
    let mut ring = Vec::new();
    for pair in corners.windows(2) {
        let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
        ring.extend((0..STEPS).map(|step| {
            let part = f64::from(step) / f64::from(STEPS);
            Coord { x: x1 + (x2 - x1) * part, y: y1 + (y2 - y1) * part }
        }));
    }
    Geometry::Polygon(geo::Polygon::new(ring.into(), Vec::new()))
}

fn carried(position: Coord<f64>, literals: Literals<'_>) -> Result<Coord<f64>, String> {
    let [x, y] = match literals {
        Literals::LonLat => [position.x, position.y],
        Literals::Carried(carry) => carry([position.x, position.y])?,
    };
    if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) {
        return Ok(Coord { x, y });
    }
    Err(format!(
        "({} {}) is outside longitudes -180 to 180 and latitudes -90 to 90; longitude stands first",
        position.x, position.y
    ))
}

pub(crate) fn box_of(geometry: &Geometry<f64>) -> Option<[f64; 4]> {
    let rect = geometry.bounding_rect()?;
    Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
}

pub(crate) fn boxes_meet(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// Whether the relation holds in the plane of longitude and latitude (OGC 06-103r4, DE-9IM); unknown
/// for geometries so broken that they have no answer.
pub(crate) fn relate(
    relation: SpatialRelation,
    a: &Geometry<f64>,
    b: &Geometry<f64>,
) -> Option<bool> {
    // Geometries of rows may be invalid, and the graph of such may not close.
    catch_unwind(AssertUnwindSafe(|| match relation {
        SpatialRelation::Intersects => a.intersects(b),
        SpatialRelation::Disjoint => !a.intersects(b),
        SpatialRelation::Equals => a.relate(b).is_equal_topo(),
        SpatialRelation::Touches => a.relate(b).is_touches(),
        SpatialRelation::Within => a.relate(b).is_within(),
        SpatialRelation::Overlaps => a.relate(b).is_overlaps(),
        SpatialRelation::Crosses => a.relate(b).is_crosses(),
        SpatialRelation::Contains => a.relate(b).is_contains(),
    }))
    .ok()
}
