use geo::{
    Coord, Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use serde_json::{Value as Json, json};

use crate::SyntaxError;
use crate::limits::Budget;
use crate::parser::Parsed;
use crate::wkt::{checked_line, checked_ring};

/// Reads a GeoJSON geometry (RFC 7946, clause 3.1), heights dropped.
pub(crate) fn geometry(json: &Json, at: &str, budget: &mut Budget) -> Parsed<Geometry<f64>> {
    let kind = json["type"].as_str().unwrap_or_default();
    if kind == "GeometryCollection" {
        let members = json["geometries"].as_array().filter(|list| !list.is_empty());
        let members = members.ok_or_else(|| SyntaxError::new(at, "\"geometries\" are missing"))?;
        let mut found = Vec::with_capacity(members.len());
        for (n, member) in members.iter().enumerate() {
            let place = format!("{at}/geometries/{n}");
            if member["type"] == "GeometryCollection" {
                return Err(SyntaxError::new(
                    place,
                    "a collection inside a collection is not CQL2",
                ));
            }
            found.push(geometry(member, &place, budget)?);
        }
        return Ok(Geometry::GeometryCollection(GeometryCollection::new_from(found)));
    }
    let place = format!("{at}/coordinates");
    let coordinates = &json["coordinates"];
    let wrong = |reason: String| SyntaxError::new(&place, reason);
    let mut position = |json: &Json| position(json, budget);
    match kind {
        "Point" => position(coordinates).map(|found| Geometry::Point(Point(found))),
        "MultiPoint" => each(coordinates, |one| position(one).map(Point))
            .map(|found| Geometry::MultiPoint(MultiPoint::new(found))),
        "LineString" => {
            each(coordinates, &mut position).and_then(checked_line).map(Geometry::LineString)
        }
        "MultiLineString" => {
            each(coordinates, |one| each(one, &mut position).and_then(checked_line))
                .map(|found| Geometry::MultiLineString(MultiLineString::new(found)))
        }
        "Polygon" => polygon(coordinates, &mut position).map(Geometry::Polygon),
        "MultiPolygon" => each(coordinates, |one| polygon(one, &mut position))
            .map(|found| Geometry::MultiPolygon(MultiPolygon::new(found))),
        other => Err(format!("{other:?} is no type of a GeoJSON geometry")),
    }
    .map_err(wrong)
}

fn polygon(
    json: &Json,
    position: &mut impl FnMut(&Json) -> Result<Coord<f64>, String>,
) -> Result<Polygon<f64>, String> {
    let mut rings = each(json, |one| each(one, &mut *position).and_then(checked_ring))?;
    let exterior = rings.remove(0);
    Ok(Polygon::new(exterior, rings))
}

fn each<T>(json: &Json, one: impl FnMut(&Json) -> Result<T, String>) -> Result<Vec<T>, String> {
    let list = json.as_array().filter(|list| !list.is_empty());
    list.ok_or("an array with something in it is expected")?.iter().map(one).collect()
}

fn position(json: &Json, budget: &mut Budget) -> Result<Coord<f64>, String> {
    budget.vertex()?;
    let numbers = json.as_array().map(|list| list.iter().map(Json::as_f64).collect::<Vec<_>>());
    match numbers.as_deref() {
        Some([Some(x), Some(y)] | [Some(x), Some(y), Some(_)]) => Ok(Coord { x: *x, y: *y }),
        _ => Err("a position of 2 or 3 numbers is expected".to_owned()),
    }
}

/// Writes a GeoJSON geometry.
pub(crate) fn to_geojson(geometry: &Geometry<f64>) -> Json {
    let position = |position: &Coord<f64>| json!([position.x, position.y]);
    let line = |line: &geo::LineString<f64>| line.coords().map(position).collect::<Json>();
    let rings = |polygon: &Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(line).collect::<Json>()
    };
    let (kind, coordinates) = match geometry {
        Geometry::Point(point) => ("Point", position(&point.0)),
        Geometry::Line(one) => ("LineString", json!([position(&one.start), position(&one.end)])),
        Geometry::LineString(one) => ("LineString", line(one)),
        Geometry::Polygon(polygon) => ("Polygon", rings(polygon)),
        Geometry::MultiPoint(points) => {
            ("MultiPoint", points.iter().map(|point| position(&point.0)).collect())
        }
        Geometry::MultiLineString(lines) => ("MultiLineString", lines.iter().map(line).collect()),
        Geometry::MultiPolygon(polygons) => ("MultiPolygon", polygons.iter().map(rings).collect()),
        Geometry::Rect(rect) => ("Polygon", rings(&rect.to_polygon())),
        Geometry::Triangle(triangle) => ("Polygon", rings(&triangle.to_polygon())),
        Geometry::GeometryCollection(parts) => {
            let parts: Json = parts.iter().map(to_geojson).collect();
            return json!({"type": "GeometryCollection", "geometries": parts});
        }
    };
    json!({"type": kind, "coordinates": coordinates})
}
