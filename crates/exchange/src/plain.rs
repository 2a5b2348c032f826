//! Geometry of six kinds, and how other formats spell it: geo-types, GeoJSON, WKT.

use geo_types::{Geometry, LineString, Polygon};
use geometry::RawGeometry;

/// Takes a geometry of the `geo` crates, if it is of a kind that every format knows.
pub(crate) fn from_geo(shape: &Geometry<f64>) -> Result<RawGeometry, String> {
    let taken = match shape {
        Geometry::Point(at) => RawGeometry::Point([at.x(), at.y()]),
        Geometry::MultiPoint(points) => {
            RawGeometry::MultiPoint(points.iter().map(|at| [at.x(), at.y()]).collect())
        }
        Geometry::LineString(line) => RawGeometry::LineString(positions(line)),
        Geometry::MultiLineString(lines) => {
            RawGeometry::MultiLineString(lines.iter().map(positions).collect())
        }
        Geometry::Polygon(polygon) => RawGeometry::Polygon(rings(polygon)),
        Geometry::MultiPolygon(parts) => {
            RawGeometry::MultiPolygon(parts.iter().map(rings).collect())
        }
        _ => return Err("only points, lines and polygons, or several of a kind, go out".into()),
    };
    let stray = taken.positions().flatten().find(|number| !number.is_finite());
    match stray {
        Some(number) => Err(format!("{number} is no coordinate")),
        None => Ok(taken),
    }
}

fn positions(line: &LineString<f64>) -> Vec<[f64; 2]> {
    line.coords().map(|at| [at.x, at.y]).collect()
}

fn rings(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(positions).collect()
}

/// The same geometry as one of several parts, for formats whose layers hold one kind only.
pub(crate) fn promoted(shape: &RawGeometry) -> RawGeometry {
    match shape.clone() {
        RawGeometry::Point(at) => RawGeometry::MultiPoint(vec![at]),
        RawGeometry::LineString(line) => RawGeometry::MultiLineString(vec![line]),
        RawGeometry::Polygon(rings) => RawGeometry::MultiPolygon(vec![rings]),
        several => several,
    }
}

/// Its box as west, south, east, north; none if it has no positions.
pub(crate) fn bounds(shape: &RawGeometry) -> Option<[f64; 4]> {
    shape.positions().map(|[x, y]| [x, y, x, y]).reduce(joined)
}

/// The box around two, each as west, south, east, north.
pub(crate) fn joined(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Twice the signed area of a ring: positive where it runs counter-clockwise.
pub(crate) fn turning(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else { return 0.0 };
    let pairs = ring.windows(2).filter_map(|pair| <[[f64; 2]; 2]>::try_from(pair).ok());
    pairs.map(|[a, b]| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)).sum()
}

/// A number in the shortest form that reads back as the same.
pub(crate) fn number(value: f64) -> String {
    // Adding zero turns -0 into 0 and changes nothing else.
    (value + 0.0).to_string()
}

/// Appends a geometry as `GeoJSON` (RFC 7946, section 3.1).
pub(crate) fn write_json(out: &mut String, shape: &RawGeometry) {
    out.push_str(r#"{"type":""#);
    out.push_str(shape.kind());
    out.push_str(r#"","coordinates":"#);
    let at = |out: &mut String, at: &[f64; 2]| {
        out.push('[');
        out.push_str(&number(at[0]));
        out.push(',');
        out.push_str(&number(at[1]));
        out.push(']');
    };
    write(out, shape, &Spelling { open: '[', close: ']', at: &at, bare_points: true });
    out.push('}');
}

/// A geometry as well-known text.
///
/// # Source
/// OGC 06-103r4, clause 7.
pub(crate) fn to_wkt(shape: &RawGeometry) -> String {
    let mut out = shape.kind().to_ascii_uppercase();
    out.push(' ');
    let at = |out: &mut String, at: &[f64; 2]| {
        out.push_str(&number(at[0]));
        out.push(' ');
        out.push_str(&number(at[1]));
    };
    let spelling = Spelling { open: '(', close: ')', at: &at, bare_points: false };
    if shape.positions().next().is_none() {
        out.push_str("EMPTY");
    } else {
        write(&mut out, shape, &spelling);
    }
    out
}

struct Spelling<'a> {
    open: char,
    close: char,
    at: &'a dyn Fn(&mut String, &[f64; 2]),
    /// Whether a single position goes without brackets of its own.
    bare_points: bool,
}

impl Spelling<'_> {
    fn list<T>(&self, out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
        out.push(self.open);
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                out.push(',');
            }
            write(out, item);
        }
        out.push(self.close);
    }
}

fn write(out: &mut String, shape: &RawGeometry, spelling: &Spelling<'_>) {
    let line = |out: &mut String, line: &Vec<[f64; 2]>| spelling.list(out, line, spelling.at);
    let lines = |out: &mut String, lines: &Vec<Vec<[f64; 2]>>| spelling.list(out, lines, line);
    match shape {
        RawGeometry::Point(at) if spelling.bare_points => (spelling.at)(out, at),
        RawGeometry::Point(at) => spelling.list(out, &[*at], spelling.at),
        RawGeometry::MultiPoint(points) if spelling.bare_points => line(out, points),
        RawGeometry::MultiPoint(points) => {
            spelling.list(out, points, |out, at| spelling.list(out, &[*at], spelling.at));
        }
        RawGeometry::LineString(positions) => line(out, positions),
        RawGeometry::MultiLineString(parts) | RawGeometry::Polygon(parts) => lines(out, parts),
        RawGeometry::MultiPolygon(parts) => spelling.list(out, parts, lines),
    }
}
