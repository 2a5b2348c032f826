//! Features as GeoJSON text, written straight from checked geometry.

use std::io::{self, Write};

use geometry::{Geometry, HazardPolygon, LonLat, Shape, ShapeKind};
use serde::Serialize;
use serde_json::{Map, Value};

/// One feature to be written.
///
/// # Examples
/// ```
/// use exchange::{FeatureText, Properties, write_feature};
/// let mut out = Vec::new();
/// write_feature(&mut out, &FeatureText {
///     id: Some("HA-1"),
///     properties: Properties::Text(r#"{"local_id":"HA-1"}"#),
///     added: &[("version", 2.into())],
///     ..FeatureText::default()
/// });
/// assert_eq!(
///     String::from_utf8(out)?,
///     r#"{"type":"Feature","id":"HA-1","geometry":null,"properties":{"local_id":"HA-1","version":2}}"#
/// );
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FeatureText<'a> {
    /// The feature's id.
    pub id: Option<&'a str>,
    /// Its geometry; `null` is written where there is none.
    pub geometry: Option<GeometryRef<'a>>,
    /// Its properties.
    pub properties: Properties<'a>,
    /// Properties written behind those; their names must not be among them.
    pub added: &'a [(&'a str, Value)],
    /// Further members of the Feature: the JSON text of an object, without white space around it,
    /// whose members are copied as they stand; empty for none.
    pub members_text: &'a str,
    /// Further members of the Feature, for example `bbox` or `links`.
    pub members: &'a [(&'a str, Value)],
}

/// A checked geometry, however it is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GeometryRef<'a> {
    /// A position.
    Point(LonLat),
    /// A position in another reference system.
    Position([f64; 2]),
    /// An area.
    Polygon(&'a HazardPolygon),
    /// Points, lines or areas as they were drawn.
    Shape(&'a Shape),
    /// The same in another reference system, one list of positions for each line or ring.
    Drawn(ShapeKind, &'a [Vec<Vec<[f64; 2]>>]),
    /// Land of the ledger: parts of closed rings, shells counter-clockwise. None at all is `null`.
    Parts(&'a [Vec<Vec<[f64; 2]>>]),
}

impl<'a> From<&'a Geometry> for GeometryRef<'a> {
    fn from(geometry: &'a Geometry) -> Self {
        match geometry {
            Geometry::Point(position) => Self::Point(*position),
            Geometry::Polygon(polygon) => Self::Polygon(polygon),
            Geometry::Shape(shape) => Self::Shape(shape),
        }
    }
}

/// The properties of a feature to be written.
#[derive(Clone, Copy, Debug, Default)]
pub enum Properties<'a> {
    /// None.
    #[default]
    None,
    /// By name.
    Map(&'a Map<String, Value>),
    /// The JSON text of an object, without white space around it. It is copied as it stands.
    Text(&'a str),
}

/// Appends a feature to `out` as one line of GeoJSON.
///
/// # Coordinates
/// CRS84, longitude first, in the shortest form that reads back as the same number; `-0` becomes
/// `0`. Shells run counter-clockwise and holes clockwise, as [`HazardPolygon`] keeps them.
///
/// # Source
/// RFC 7946 §3.
pub fn write_feature(out: &mut Vec<u8>, feature: &FeatureText<'_>) {
    out.extend_from_slice(br#"{"type":"Feature""#);
    if let Some(id) = feature.id {
        out.extend_from_slice(br#","id":"#);
        write_json(out, id);
    }
    if let [b'{', inner @ .., b'}'] = feature.members_text.as_bytes()
        && !inner.is_empty()
    {
        out.push(b',');
        out.extend_from_slice(inner);
    }
    write_members(out, feature.members);
    out.extend_from_slice(br#","geometry":"#);
    match feature.geometry {
        Some(geometry) => write_geometry(out, geometry),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":"#);
    write_properties(out, feature.properties, feature.added);
    out.push(b'}');
}

/// Appends a geometry to `out` as GeoJSON.
///
/// # Shape
/// `Point`; `Polygon` for one part; `MultiPolygon` for several; a [`Shape`] in its own kind.
pub fn write_geometry<'a>(out: &mut Vec<u8>, geometry: impl Into<GeometryRef<'a>>) {
    match geometry.into() {
        GeometryRef::Point(position) => write_point(out, [position.lon(), position.lat()]),
        GeometryRef::Position(at) => write_point(out, at),
        GeometryRef::Polygon(polygon) => write_polygon(out, polygon),
        GeometryRef::Parts([]) => out.extend_from_slice(b"null"),
        GeometryRef::Parts(parts) => {
            let rings = |part: &'a Vec<Vec<[f64; 2]>>| part.iter().map(Vec::as_slice);
            write_parts(out, parts.len() != 1, parts.iter().map(rings));
        }
        GeometryRef::Shape(shape) => {
            out.reserve(shape.vertex_count() * BYTES_A_VERTEX);
            write_drawn(out, shape.kind(), shape.parts());
        }
        GeometryRef::Drawn(kind, parts) => {
            let lines = |part: &'a Vec<Vec<[f64; 2]>>| part.iter().map(Vec::as_slice);
            write_drawn(out, kind, parts.iter().map(lines));
        }
    }
}

fn write_point(out: &mut Vec<u8>, at: [f64; 2]) {
    out.extend_from_slice(br#"{"type":"Point","coordinates":"#);
    write_position(out, at);
    out.push(b'}');
}

/// Appends a polygon to `out` as GeoJSON `Polygon` or `MultiPolygon`.
pub fn write_polygon(out: &mut Vec<u8>, polygon: &HazardPolygon) {
    out.reserve(polygon.vertex_count() * BYTES_A_VERTEX);
    write_parts(out, polygon.part_count() != 1, polygon.parts());
}

/// Writes what was drawn in the kind of geometry it was drawn in.
fn write_drawn<'p, P: Iterator<Item = &'p [[f64; 2]]>>(
    out: &mut Vec<u8>,
    kind: ShapeKind,
    parts: impl Iterator<Item = P>,
) {
    if kind.is_area() {
        return write_parts(out, kind == ShapeKind::MultiPolygon, parts);
    }
    out.extend_from_slice(br#"{"type":"#);
    write_json(out, kind.name());
    out.extend_from_slice(br#","coordinates":"#);
    let several = kind == ShapeKind::MultiLineString;
    if several {
        out.push(b'[');
    }
    separated(out, parts.flatten(), |out, line| {
        out.push(b'[');
        separated(out, line, |out, position| write_position(out, *position));
        out.push(b']');
    });
    out.extend_from_slice(if several { b"]}" } else { b"}" });
}

fn write_parts<'p, P: Iterator<Item = &'p [[f64; 2]]>>(
    out: &mut Vec<u8>,
    several: bool,
    parts: impl Iterator<Item = P>,
) {
    out.extend_from_slice(if several {
        br#"{"type":"MultiPolygon","coordinates":["#
    } else {
        br#"{"type":"Polygon","coordinates":"#
    });
    separated(out, parts, |out, part| {
        out.push(b'[');
        separated(out, part, |out, ring| {
            out.push(b'[');
            separated(out, ring, |out, position| write_position(out, *position));
            out.push(b']');
        });
        out.push(b']');
    });
    out.extend_from_slice(if several { b"]}" } else { b"}" });
}

/// Room made beforehand for `[lon,lat],` with sixteen digits each.
const BYTES_A_VERTEX: usize = 40;

fn separated<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

fn write_position(out: &mut Vec<u8>, [lon, lat]: [f64; 2]) {
    out.push(b'[');
    write_number(out, lon);
    out.push(b',');
    write_number(out, lat);
    out.push(b']');
}

fn write_number(out: &mut Vec<u8>, number: f64) {
    // Adding zero turns -0 into 0 and changes nothing else.
    write_json(out, &(number + 0.0));
    if out.ends_with(b".0") {
        out.truncate(out.len() - 2);
    }
}

fn write_properties(out: &mut Vec<u8>, properties: Properties<'_>, added: &[(&str, Value)]) {
    let start = out.len();
    match properties {
        Properties::None => out.extend_from_slice(b"{}"),
        Properties::Map(map) => write_json(out, map),
        Properties::Text(text) => out.extend_from_slice(text.as_bytes()),
    }
    if added.is_empty() {
        return;
    }
    out.truncate(out.len() - 1);
    if out.len() == start + 1 {
        let mut members = Vec::new();
        write_members(&mut members, added);
        out.extend_from_slice(&members[1..]);
    } else {
        write_members(out, added);
    }
    out.push(b'}');
}

/// Appends members, each with a comma before it.
fn write_members(out: &mut Vec<u8>, members: &[(&str, Value)]) {
    for (name, value) in members {
        out.push(b',');
        write_json(out, *name);
        out.push(b':');
        write_json(out, value);
    }
}

fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let length = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        // Texts, numbers and JSON values always serialise; half a value must not stay behind.
        out.truncate(length);
        out.extend_from_slice(b"null");
    }
}

/// Writes a `FeatureCollection` one feature at a time.
///
/// # Examples
/// ```
/// use exchange::{FeatureCollectionWriter, FeatureText};
/// let mut writer = FeatureCollectionWriter::new(Vec::new(), &[])?;
/// writer.write(&FeatureText { id: Some("1"), ..FeatureText::default() })?;
/// let text = writer.finish(&[("numberReturned", 1.into())])?;
/// assert!(text.ends_with(b"}\n],\"numberReturned\":1}\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FeatureCollectionWriter<W> {
    out: W,
    line: Vec<u8>,
    written: u64,
}

impl<W: Write> FeatureCollectionWriter<W> {
    /// Begins a collection; `members` stand before its features.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn new(mut out: W, members: &[(&str, Value)]) -> io::Result<Self> {
        let mut line = br#"{"type":"FeatureCollection""#.to_vec();
        write_members(&mut line, members);
        line.extend_from_slice(br#","features":["#);
        out.write_all(&line)?;
        Ok(Self { out, line, written: 0 })
    }

    /// Writes one feature, on a line of its own.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&mut self, feature: &FeatureText<'_>) -> io::Result<()> {
        self.line.clear();
        self.line.extend_from_slice(if self.written == 0 { b"\n" } else { b",\n" });
        write_feature(&mut self.line, feature);
        self.written += 1;
        self.out.write_all(&self.line)
    }

    /// Number of features written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What is written to; a caller may take bytes away from it between two features.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the collection; `members` stand behind its features.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn finish(mut self, members: &[(&str, Value)]) -> io::Result<W> {
        self.line.clear();
        self.line.extend_from_slice(b"\n]");
        write_members(&mut self.line, members);
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::RawGeometry;
    use proptest::prelude::*;
    use serde_json::json;

    fn written(feature: &FeatureText<'_>) -> String {
        let mut out = Vec::new();
        write_feature(&mut out, feature);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn members_and_properties_are_added_without_a_comma_too_many() {
        let added: &[(&str, Value)] = &[("version", json!(1)), ("state", json!("in_force"))];
        for (properties, expected) in [
            (Properties::None, r#"{"version":1,"state":"in_force"}"#),
            (Properties::Text("{}"), r#"{"version":1,"state":"in_force"}"#),
            (Properties::Text(r#"{"a":"}"}"#), r#"{"a":"}","version":1,"state":"in_force"}"#),
            (
                Properties::Map(json!({"a": "ក\n\""}).as_object().unwrap()),
                "{\"a\":\"ក\\n\\\"\",\"version\":1,\"state\":\"in_force\"}",
            ),
        ] {
            let feature = FeatureText { properties, added, ..FeatureText::default() };
            let text = written(&feature);
            assert_eq!(
                text,
                format!(r#"{{"type":"Feature","geometry":null,"properties":{expected}}}"#)
            );
        }
        let members: &[(&str, Value)] = &[("bbox", json!([1, 2, 3, 4]))];
        let text = written(&FeatureText { id: Some("a\"b"), members, ..FeatureText::default() });
        assert_eq!(
            text,
            r#"{"type":"Feature","id":"a\"b","bbox":[1,2,3,4],"geometry":null,"properties":{}}"#
        );
    }

    #[test]
    fn polygons_are_written_as_polygon_or_multi_polygon() {
        let square =
            |x: f64| vec![vec![[x, 0.0], [x + 1.0, 0.0], [x + 1.0, 1.5], [x, 1.5], [x, 0.0]]];
        let one: Geometry = HazardPolygon::new(vec![square(0.0)]).unwrap().into();
        let mut out = Vec::new();
        write_geometry(&mut out, &one);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1.5],[0,1.5],[0,0]]]}"#
        );
        let two: Geometry = HazardPolygon::new(vec![square(0.0), square(3.0)]).unwrap().into();
        let mut out = Vec::new();
        write_geometry(&mut out, &two);
        let value: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["type"], "MultiPolygon");
        assert_eq!(value["coordinates"][1][0][1], json!([4, 0]));
    }

    proptest! {
        #[test]
        fn a_position_reads_back_as_the_same_numbers(lon in -180.0..=180.0_f64, lat in -90.0..=90.0_f64) {
            let point = Geometry::try_from(RawGeometry::Point([lon, lat])).unwrap();
            let mut out = Vec::new();
            write_geometry(&mut out, &point);
            let value: Value = serde_json::from_slice(&out).unwrap();
            let read = [0, 1].map(|place| value["coordinates"][place].as_f64().unwrap());
            prop_assert_eq!(read.map(f64::to_bits), [lon + 0.0, lat + 0.0].map(f64::to_bits));
        }
    }

    #[test]
    fn minus_zero_is_written_as_zero() {
        let mut out = Vec::new();
        write_geometry(&mut out, GeometryRef::Point(LonLat::new(-0.0, -0.0).unwrap()));
        assert_eq!(out, br#"{"type":"Point","coordinates":[0,0]}"#);
    }
}
