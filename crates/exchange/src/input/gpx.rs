//! GPX: waypoints, routes and tracks.

use std::io::Read;

use geometry::RawGeometry;
use serde_json::{Map, Value};

use super::xml::{Piece, Pieces};
use super::{Draft, Shape, Sink, Stop};

/// The kinds of features in a file, by the element of each and its name as a layer.
const KINDS: &[(&str, &str)] = &[("wpt", "waypoints"), ("rte", "routes"), ("trk", "tracks")];

/// Reads waypoints as points, routes and tracks as lines; `layer` leaves two of the kinds out.
///
/// What stands in a feature beside its positions becomes properties: `name`, `desc`, `time`, …
///
/// # Source
/// <https://www.topografix.com/GPX/1/1/>.
pub(super) fn read(body: impl Read, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> = KINDS.iter().map(|(_, name)| (*name).to_owned()).collect();
    let only = match sink.layer {
        Some(_) => Some(sink.choose(&names, "layer")?),
        None => None,
    };
    let (all, one) = (sink.limits.decompressed_bytes, sink.limits.feature_bytes);
    let mut pieces = Pieces::new(body, all, one);
    loop {
        match pieces.next()? {
            Piece::Begin(name, attributes) => {
                let kind = KINDS.iter().position(|(element, _)| *element == name);
                if let Some(kind) = kind.filter(|kind| only.is_none_or(|only| only == *kind)) {
                    feature(&mut pieces, kind, &attributes, sink)?;
                }
            }
            Piece::Done => return Ok(()),
            Piece::Text(_) | Piece::End => {}
        }
    }
}

fn feature(
    pieces: &mut Pieces<impl Read>,
    kind: usize,
    attributes: &[(String, String)],
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut properties = Map::new();
    let mut lines: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    let mut fault = None;
    let mut path: Vec<String> = Vec::new();
    let (mut text, mut bytes) = (String::new(), 0);
    loop {
        match pieces.next()? {
            Piece::Begin(name, attributes) => {
                text.clear();
                if name == "trkseg" && lines.last().is_some_and(|line| !line.is_empty()) {
                    lines.push(Vec::new());
                }
                if matches!(name.as_str(), "trkpt" | "rtept") {
                    bytes += size_of::<[f64; 2]>();
                    match position(&attributes) {
                        Ok(at) if bytes <= sink.limits.feature_bytes => {
                            lines.last_mut().into_iter().for_each(|line| line.push(at));
                        }
                        Ok(_) => {}
                        Err(reason) => fault = Some(reason),
                    }
                }
                path.push(name);
            }
            Piece::Text(more) => {
                bytes += more.len();
                if bytes <= sink.limits.feature_bytes {
                    text.push_str(&more);
                }
            }
            Piece::End => {
                let Some(name) = path.pop() else { break };
                let text = std::mem::take(&mut text);
                if path.is_empty() && !text.trim().is_empty() {
                    properties.insert(name, Value::String(text));
                }
            }
            Piece::Done => return Err(pieces.broken("it ends inside a feature")),
        }
    }
    if bytes > sink.limits.feature_bytes {
        return sink.put_too_large();
    }
    let shape = match (kind, fault) {
        (0, _) => position(attributes).map(RawGeometry::Point),
        (_, Some(reason)) => Err(reason),
        (_, None) if lines.len() == 1 => Ok(RawGeometry::LineString(lines.swap_remove(0))),
        (_, None) => Ok(RawGeometry::MultiLineString(lines)),
    };
    let shape = shape.map_or_else(|reason| Shape::unreadable(KINDS[kind].0, reason), Shape::Read);
    sink.put(Draft { id: None, shape, properties })
}

fn position(attributes: &[(String, String)]) -> Result<[f64; 2], String> {
    let number = |name: &str| {
        let found = attributes.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.trim().parse::<f64>().ok())
    };
    number("lon")
        .zip(number("lat"))
        .map(<[f64; 2]>::from)
        .ok_or_else(|| "a position has no \"lon\" and \"lat\" that are numbers".to_owned())
}
