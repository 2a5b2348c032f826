//! KML: each placemark a feature.

use std::io::Read;

use geometry::RawGeometry;
use serde_json::{Map, Value};

use super::xml::{Piece, Pieces};
use super::{Draft, Shape, Sink, Stop};

/// Reads the placemarks of a document, in whatever folders.
///
/// `ExtendedData` become properties, and so do `name` and `description` where no datum has that
/// name. A datum `id` is the feature's id, or else the placemark's own.
///
/// # Source
/// OGC 12-007r2, clauses 9.1, 9.3, 10.
pub(super) fn read(body: impl Read, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (all, one) = (sink.limits.decompressed_bytes, sink.limits.feature_bytes);
    let mut pieces = Pieces::new(body, all, one);
    loop {
        match pieces.next()? {
            Piece::Begin(name, attributes) if name == "Placemark" => {
                let id = attributes.into_iter().find(|(name, _)| name == "id").map(|(_, id)| id);
                placemark(&mut pieces, id, sink)?;
            }
            Piece::Done => return Ok(()),
            Piece::Begin(..) | Piece::Text(_) | Piece::End => {}
        }
    }
}

fn placemark(
    pieces: &mut Pieces<impl Read>,
    own_id: Option<String>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut mark = Placemark::default();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut bytes = 0;
    loop {
        match pieces.next()? {
            Piece::Begin(name, attributes) => {
                text.clear();
                mark.begin(&name, attributes);
                path.push(name);
            }
            Piece::Text(more) => {
                bytes += more.len();
                // What is over the limit is passed over, not kept.
                if bytes <= sink.limits.feature_bytes {
                    text.push_str(&more);
                }
            }
            Piece::End => {
                let Some(name) = path.pop() else { break };
                mark.end(&name, &path, std::mem::take(&mut text));
            }
            Piece::Done => return Err(pieces.broken("it ends inside a placemark")),
        }
    }
    if bytes > sink.limits.feature_bytes {
        return sink.put_too_large();
    }
    sink.put(mark.draft(own_id))
}

#[derive(Default)]
struct Placemark {
    data: Map<String, Value>,
    told: Vec<(&'static str, String)>,
    datum: Option<String>,
    parts: Vec<Part>,
    rings: Vec<Vec<[f64; 2]>>,
    fault: Option<(String, String)>,
}

enum Part {
    Point([f64; 2]),
    Line(Vec<[f64; 2]>),
    Polygon(Vec<Vec<[f64; 2]>>),
}

impl Placemark {
    fn begin(&mut self, name: &str, attributes: Vec<(String, String)>) {
        if matches!(name, "Data" | "SimpleData") {
            self.datum =
                attributes.into_iter().find(|(name, _)| name == "name").map(|(_, value)| value);
        }
        if name == "Polygon" {
            self.rings.clear();
        }
    }

    fn end(&mut self, name: &str, path: &[String], text: String) {
        match (name, path.last().map(String::as_str)) {
            ("value", Some("Data")) | ("SimpleData", _) => {
                if let Some(datum) = &self.datum
                    && !text.is_empty()
                {
                    self.data.insert(datum.clone(), text.into());
                }
            }
            ("name", None) => self.told.push(("name", text)),
            ("description", None) => self.told.push(("description", text)),
            ("coordinates", Some(inside)) => self.coordinates(inside, &text),
            ("Polygon", _) => self.parts.push(Part::Polygon(std::mem::take(&mut self.rings))),
            ("Model" | "Track" | "MultiTrack", _) => {
                let reason = format!("a {name} is none of points, lines and polygons");
                self.fault = Some((name.to_owned(), reason));
            }
            _ => {}
        }
    }

    fn coordinates(&mut self, inside: &str, text: &str) {
        let positions = match positions(text) {
            Ok(positions) => positions,
            Err(reason) => {
                self.fault = Some((text.to_owned(), reason));
                return;
            }
        };
        match inside {
            "Point" => match positions.first() {
                Some(at) => self.parts.push(Part::Point(*at)),
                None => self.fault = Some((text.to_owned(), "a point has no position".to_owned())),
            },
            "LinearRing" => self.rings.push(positions),
            _ => self.parts.push(Part::Line(positions)),
        }
    }

    fn draft(self, own_id: Option<String>) -> Draft {
        let mut properties = self.data;
        let id = match properties.remove("id") {
            Some(Value::String(id)) => Some(id),
            _ => own_id,
        };
        let local_id = properties.get("local_id").and_then(Value::as_str).map(str::to_owned);
        for (name, text) in self.told {
            // Our own placemarks are named by their `local_id`, or else by their id.
            let is_told = [id.as_deref(), local_id.as_deref()].contains(&Some(text.as_str()));
            if !text.is_empty() && !is_told {
                properties.entry(name).or_insert(Value::String(text));
            }
        }
        let shape = match self.fault {
            Some((text, reason)) => Shape::unreadable(text, reason),
            None => shape(self.parts),
        };
        Draft { id, shape, properties }
    }
}

fn shape(parts: Vec<Part>) -> Shape {
    let (mut points, mut lines, mut polygons) = (Vec::new(), Vec::new(), Vec::new());
    let is_one = parts.len() == 1;
    for part in parts {
        match part {
            Part::Point(at) => points.push(at),
            Part::Line(line) => lines.push(line),
            Part::Polygon(rings) => polygons.push(rings),
        }
    }
    let shape = match (points.len(), lines.len(), polygons.len()) {
        (0, 0, 0) => return Shape::None,
        (_, 0, 0) if is_one => RawGeometry::Point(points.swap_remove(0)),
        (_, 0, 0) => RawGeometry::MultiPoint(points),
        (0, _, 0) if is_one => RawGeometry::LineString(lines.swap_remove(0)),
        (0, _, 0) => RawGeometry::MultiLineString(lines),
        (0, 0, _) if is_one => RawGeometry::Polygon(polygons.swap_remove(0)),
        (0, 0, _) => RawGeometry::MultiPolygon(polygons),
        _ => {
            let reason = "it mixes points, lines and polygons; make a placemark of each";
            return Shape::unreadable("MultiGeometry", reason);
        }
    };
    Shape::Read(shape)
}

/// Positions as `lon,lat[,height]` with blanks between them.
fn positions(text: &str) -> Result<Vec<[f64; 2]>, String> {
    let position = |tuple: &str| {
        let mut numbers = tuple.split(',').map(|number| number.trim().parse::<f64>());
        if let (Some(Ok(lon)), Some(Ok(lat))) = (numbers.next(), numbers.next()) {
            return Ok([lon, lat]);
        }
        let tuple: String = tuple.chars().take(40).collect();
        Err(format!("\"{tuple}\" is not longitude, latitude with a comma between them"))
    };
    text.split_whitespace().map(position).collect()
}
