//! Shapefiles: shapes and values side by side.

use std::io::{Read, Seek};

use encoding_rs::{Encoding, UTF_8};
use geometry::RawGeometry;
use zip::ZipArchive;

use super::bytes::Bytes;
use super::carried::{Frame, unsupported};
use super::zipped::{small, unpacked};
use super::{Draft, Shape, Sink, Stop, damaged};
use crate::plain;

mod dbase;

use dbase::Table;

const HEADER_BYTES: usize = 100;

/// Reads a Shapefile of an archive: the one asked for, or the only one.
///
/// # Source
/// ESRI Shapefile Technical Description, July 1998.
pub(super) fn read(
    archive: &mut ZipArchive<impl Read + Seek>,
    shapes: &[String],
    names: &[String],
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let layers: Vec<String> = shapes.iter().map(|name| layer(name).to_owned()).collect();
    let chosen = &shapes[sink.choose(&layers, "layer")?];
    let companion = |ending: &str| {
        let wanted = format!("{}{ending}", &chosen[..chosen.len() - 4]).to_lowercase();
        names.iter().find(|name| name.to_lowercase() == wanted)
    };
    let frame = match companion(".prj") {
        Some(name) => Frame::parse(String::from_utf8_lossy(&small(archive, name)?).trim())?,
        None => return Err(unsupported("there is no .prj beside the .shp that tells it")),
    };
    let declared = match companion(".cpg") {
        Some(name) => encoding(&small(archive, name)?)?,
        None => None,
    };
    let limit = sink.limits.decompressed_bytes;
    let mut table = match companion(".dbf") {
        Some(name) => Some(Table::open(unpacked(archive, name, limit)?, declared)?),
        None => None,
    };
    let file = archive.by_name(chosen).map_err(|error| damaged("archive", error))?;
    records(&mut file.take(limit), table.as_mut(), &frame, sink)
}

fn layer(name: &str) -> &str {
    let stem = &name[..name.len() - 4];
    stem.rsplit('/').next().unwrap_or(stem)
}

/// The encoding that a `.cpg` names.
fn encoding(text: &[u8]) -> Result<Option<&'static Encoding>, Stop> {
    let text = String::from_utf8_lossy(text).trim().to_lowercase();
    let label = text.replace("ansi ", "windows-").replace("cp", "windows-");
    let bare = label.chars().all(|it| it.is_ascii_digit());
    let label = match label.as_str() {
        "" => return Ok(None),
        "65001" | "utf8" => "utf-8".to_owned(),
        digits if bare && digits.starts_with("8859") => format!("iso-8859-{}", &digits[4..]),
        digits if bare => format!("windows-{digits}"),
        other => other.to_owned(),
    };
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(damaged(
            "Shapefile",
            format!("its .cpg names the encoding \"{text}\", which is not known"),
        )),
    }
}

fn records(
    file: &mut impl Read,
    mut table: Option<&mut Table>,
    frame: &Frame,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let told = |error: std::io::Error| damaged("Shapefile", error);
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).map_err(told)?;
    if header[..4] != [0, 0, 0x27, 0x0A] {
        return Err(damaged("Shapefile", "it does not begin as one does"));
    }
    loop {
        let mut head = Vec::new();
        file.by_ref().take(8).read_to_end(&mut head).map_err(told)?;
        let Ok(head) = <[u8; 8]>::try_from(head.as_slice()) else { return Ok(()) };
        let [_, _, _, _, words @ ..] = head;
        let bytes = u64::from(u32::from_be_bytes(words)) * 2;
        let values = table.as_deref_mut().map(Table::row).transpose()?.flatten();
        if bytes > sink.limits.feature_bytes as u64 {
            std::io::copy(&mut file.by_ref().take(bytes), &mut std::io::sink()).map_err(told)?;
            sink.put_too_large()?;
            continue;
        }
        let mut content = Vec::new();
        let read = file.by_ref().take(bytes).read_to_end(&mut content).map_err(told)?;
        if (read as u64) < bytes {
            return Err(damaged("Shapefile", "it ends inside a shape"));
        }
        let shape = match shape(&content) {
            Ok(shape) => shape.map_or(Shape::None, |shape| frame.carry(Shape::Read(shape))),
            Err(reason) => Shape::unreadable("a shape", reason),
        };
        let values = values.unwrap_or_default();
        if !values.is_deleted {
            sink.put(Draft { id: values.id, shape, properties: values.properties })?;
        }
    }
}

const ENDS: &str = "it ends too early, or tells more positions than it has";

fn shape(content: &[u8]) -> Result<Option<RawGeometry>, String> {
    let mut bytes = Bytes::new(content);
    let kind = bytes.u32(true).ok_or(ENDS)?;
    match kind {
        0 => Ok(None),
        1 | 11 | 21 => {
            let at = position(&mut bytes).ok_or(ENDS)?;
            Ok(Some(RawGeometry::Point(at)))
        }
        8 | 18 | 28 => {
            bytes.take(32).ok_or(ENDS)?;
            let count = bytes.count(true, 16).ok_or(ENDS)?;
            let all: Option<Vec<_>> = (0..count).map(|_| position(&mut bytes)).collect();
            Ok(Some(RawGeometry::MultiPoint(all.ok_or(ENDS)?)))
        }
        3 | 13 | 23 => {
            let mut lines = parts(&mut bytes).ok_or(ENDS)?;
            Ok(match lines.len() {
                0 => None,
                1 => Some(RawGeometry::LineString(lines.swap_remove(0))),
                _ => Some(RawGeometry::MultiLineString(lines)),
            })
        }
        5 | 15 | 25 => Ok(polygons(parts(&mut bytes).ok_or(ENDS)?)),
        other => Err(format!("shapes of kind {other} are none of points, lines and polygons")),
    }
}

fn position(bytes: &mut Bytes<'_>) -> Option<[f64; 2]> {
    Some([bytes.f64(true)?, bytes.f64(true)?])
}

fn parts(bytes: &mut Bytes<'_>) -> Option<Vec<Vec<[f64; 2]>>> {
    bytes.take(32)?;
    let parts = bytes.u32(true)? as usize;
    let points = bytes.u32(true)? as usize;
    if parts > bytes.left() / 4 || points > bytes.left() / 16 {
        return None;
    }
    let begins: Option<Vec<usize>> =
        (0..parts).map(|_| bytes.u32(true).map(|it| it as usize)).collect();
    let begins = begins?;
    let all: Option<Vec<[f64; 2]>> = (0..points).map(|_| position(bytes)).collect();
    let all = all?;
    let ends = begins.iter().skip(1).copied().chain([points]);
    begins.iter().zip(ends).map(|(begin, end)| all.get(*begin..end).map(<[_]>::to_vec)).collect()
}

/// Rings that run clockwise are shells; each other is a hole of the smallest shell around it, or a
/// shell of its own where there is none.
fn polygons(rings: Vec<Vec<[f64; 2]>>) -> Option<RawGeometry> {
    let (shells, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| plain::turning(ring) <= 0.0);
    let mut parts: Vec<Vec<Vec<[f64; 2]>>> = shells.into_iter().map(|shell| vec![shell]).collect();
    let shells = parts.len();
    for hole in holes {
        let around = (0..shells)
            .filter(|place| is_around(&parts[*place][0], &hole))
            .min_by(|a, b| size(&parts[*a][0]).total_cmp(&size(&parts[*b][0])));
        match around {
            Some(place) => parts[place].push(hole),
            None => parts.push(vec![hole]),
        }
    }
    match parts.len() {
        0 => None,
        1 => Some(RawGeometry::Polygon(parts.swap_remove(0))),
        _ => Some(RawGeometry::MultiPolygon(parts)),
    }
}

fn size(ring: &[[f64; 2]]) -> f64 {
    plain::turning(ring).abs()
}

/// Whether a ring holds the first position of another that is not on it.
fn is_around(shell: &[[f64; 2]], hole: &[[f64; 2]]) -> bool {
    let is_vertex = |at: &&[f64; 2]| shell.contains(at);
    let Some([x, y]) = hole.iter().find(|at| !is_vertex(at)).or(hole.first()) else { return false };
    let mut inside = false;
    for (a, b) in shell.iter().zip(shell.iter().skip(1)) {
        if (a[1] > *y) != (b[1] > *y) {
            let crossing = a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
            inside ^= *x < crossing;
        }
    }
    inside
}

/// What is used where nothing tells the encoding of texts.
fn undeclared(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { encoding_rs::WINDOWS_1252 }
}
