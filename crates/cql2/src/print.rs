use chrono::SecondsFormat;
use geo::{Coord, Geometry, LineString, Polygon};

use crate::lexer::is_plain_identifier;
use crate::{Expression, Literal};

/// Writes an expression in the text encoding, so that reading it gives the same expression.
///
/// A text that ends in a backslash, or a property name with a double quote, has no spelling in the
/// text encoding; such are only in JSON.
pub fn to_text(expression: &Expression) -> String {
    let list = |parts: &[Expression]| parts.iter().map(to_text).collect::<Vec<_>>().join(", ");
    let joined =
        |parts: &[Expression], word: &str| parts.iter().map(inner).collect::<Vec<_>>().join(word);
    match expression {
        Expression::Literal(literal) => literal_text(literal),
        Expression::Property(name) if is_plain_identifier(name) => name.clone(),
        Expression::Property(name) => format!("\"{name}\""),
        Expression::And(parts) => joined(parts, " AND "),
        Expression::Or(parts) => joined(parts, " OR "),
        Expression::Not(part) => format!("NOT {}", inner(part)),
        Expression::Compare(op, two) => {
            format!("{} {} {}", inner(&two[0]), op.name(), inner(&two[1]))
        }
        Expression::Like(two) => format!("{} LIKE {}", inner(&two[0]), inner(&two[1])),
        Expression::Between(three) => {
            let [value, least, most] = &**three;
            format!("{} BETWEEN {} AND {}", inner(value), inner(least), inner(most))
        }
        Expression::In(value, parts) => format!("{} IN ({})", inner(value), joined(parts, ", ")),
        Expression::IsNull(part) => format!("{} IS NULL", inner(part)),
        Expression::Spatial(relation, two) => call(relation.name(), &two[..]),
        Expression::Temporal(relation, two) => call(relation.name(), &two[..]),
        Expression::Array(relation, two) => call(relation.name(), &two[..]),
        Expression::Arithmetic(op, two) => {
            format!("{} {} {}", inner(&two[0]), op.name(), inner(&two[1]))
        }
        Expression::CaseInsensitive(part) => format!("CASEI({})", inner(part)),
        Expression::AccentInsensitive(part) => format!("ACCENTI({})", inner(part)),
        Expression::Interval(two) => {
            format!("INTERVAL({}, {})", interval_end(&two[0]), interval_end(&two[1]))
        }
        Expression::List(parts) => format!("({})", list(parts)),
        Expression::Call(name, parts) => format!("{name}({})", list(parts)),
    }
}

fn call(name: &str, two: &[Expression]) -> String {
    format!("{}({}, {})", name.to_ascii_uppercase(), to_text(&two[0]), to_text(&two[1]))
}

/// In brackets unless it is one word.
fn inner(expression: &Expression) -> String {
    let text = to_text(expression);
    match expression {
        Expression::And(_)
        | Expression::Or(_)
        | Expression::Not(_)
        | Expression::Compare(..)
        | Expression::Like(_)
        | Expression::Between(_)
        | Expression::In(..)
        | Expression::IsNull(_)
        | Expression::Arithmetic(..) => format!("({text})"),
        _ => text,
    }
}

fn interval_end(expression: &Expression) -> String {
    match expression {
        Expression::Literal(literal) => format!("'{}'", instant_text(literal)),
        other => to_text(other),
    }
}

/// A date, a timestamp or `..`, as both encodings write it between quotes.
pub(crate) fn instant_text(literal: &Literal) -> String {
    match literal {
        Literal::Date(date) => date.format("%Y-%m-%d").to_string(),
        Literal::Timestamp(time) => time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        _ => "..".to_owned(),
    }
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(held) => held.to_string().to_ascii_uppercase(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(number) => format!("{number:?}"),
        Literal::Text(text) => format!("'{}'", text.replace('\'', "\\'")),
        Literal::Date(_) => format!("DATE('{}')", instant_text(literal)),
        Literal::Timestamp(_) => format!("TIMESTAMP('{}')", instant_text(literal)),
        Literal::Open => "'..'".to_owned(),
        Literal::Geometry(geometry) => geometry_text(geometry),
        Literal::Box([west, south, east, north]) => {
            format!("BBOX({west:?}, {south:?}, {east:?}, {north:?})")
        }
    }
}

fn geometry_text(geometry: &Geometry<f64>) -> String {
    match geometry {
        Geometry::Point(point) => format!("POINT({})", position(&point.0)),
        Geometry::Line(line) => line_tag(&LineString::new(vec![line.start, line.end])),
        Geometry::LineString(line) => line_tag(line),
        Geometry::Polygon(polygon) => format!("POLYGON{}", rings(polygon)),
        Geometry::MultiPoint(points) => {
            let points = points.iter().map(|point| format!("({})", position(&point.0)));
            format!("MULTIPOINT{}", bracketed(points))
        }
        Geometry::MultiLineString(lines) => {
            format!("MULTILINESTRING{}", bracketed(lines.iter().map(positions)))
        }
        Geometry::MultiPolygon(polygons) => {
            format!("MULTIPOLYGON{}", bracketed(polygons.iter().map(rings)))
        }
        Geometry::GeometryCollection(parts) => {
            format!("GEOMETRYCOLLECTION{}", bracketed(parts.iter().map(geometry_text)))
        }
        Geometry::Rect(rect) => format!("POLYGON{}", rings(&rect.to_polygon())),
        Geometry::Triangle(triangle) => format!("POLYGON{}", rings(&triangle.to_polygon())),
    }
}

fn line_tag(line: &LineString<f64>) -> String {
    format!("LINESTRING{}", positions(line))
}

fn bracketed(parts: impl Iterator<Item = String>) -> String {
    format!("({})", parts.collect::<Vec<_>>().join(", "))
}

fn position(position: &Coord<f64>) -> String {
    format!("{:?} {:?}", position.x, position.y)
}

fn positions(line: &LineString<f64>) -> String {
    bracketed(line.coords().map(position))
}

fn rings(polygon: &Polygon<f64>) -> String {
    bracketed(std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(positions))
}
