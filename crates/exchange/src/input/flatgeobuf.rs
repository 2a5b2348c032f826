//! `FlatGeobuf`: the features behind the index, one after the other.

use std::io::{self, Read};

use flatgeobuf::{
    Column, ColumnType, Geometry, GeometryType, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};
use geometry::RawGeometry;
use serde_json::{Map, Value};

use super::bytes::Bytes;
use super::carried::{Frame, unsupported};
use super::{Draft, Shape, Sink, Stop, damaged, too_many_bytes};

const HEADER_BYTES_MAX: u32 = 10 * 1024 * 1024;

/// Bytes of a node of the index.
const NODE_BYTES: u64 = 40;

/// A buffer that begins with its length.
type Sized = Vec<u8>;

/// A column: its name and the kind of its values.
struct Kind {
    name: String,
    kind: ColumnType,
}

/// Reads the features in the order of the file.
///
/// # Source
/// <https://flatgeobuf.org>, version 3.
pub(super) fn read(mut body: impl Read, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut magic = [0; 8];
    body.read_exact(&mut magic).map_err(|error| told(&error))?;
    if magic[3] != 3 || &magic[4..7] != b"fgb" {
        return Err(damaged("FlatGeobuf", "it is not of version 3"));
    }
    let header = sized(&mut body, HEADER_BYTES_MAX)?
        .ok_or_else(|| damaged("FlatGeobuf", "it has no header"))?;
    let Ok(header) = header else { return Err(damaged("FlatGeobuf", "its header is too large")) };
    let about =
        size_prefixed_root_as_header(&header).map_err(|error| damaged("FlatGeobuf", error))?;
    let frame = match about.crs() {
        None => Frame::LonLat,
        Some(crs) => match (crs.code_string(), crs.code(), crs.wkt()) {
            (Some(code), _, _) => Frame::parse(&format!("{}:{code}", crs.org().unwrap_or("EPSG")))?,
            (None, code, _) if code > 0 => {
                Frame::parse(&format!("{}:{code}", crs.org().unwrap_or("EPSG")))?
            }
            (None, _, Some(wkt)) if !wkt.is_empty() => Frame::parse(wkt)?,
            _ => return Err(unsupported("it says that the system is unknown")),
        },
    };
    let columns: Vec<Kind> = about.columns().into_iter().flatten().map(kind).collect();
    let count = about.features_count();
    if count > sink.limits.features {
        return Err(damaged("FlatGeobuf", format!("it tells {count} features")));
    }
    let index = index_bytes(count, about.index_node_size());
    let skipped = io::copy(&mut body.by_ref().take(index), &mut io::sink());
    if skipped.map_err(|error| told(&error))? < index {
        return Err(damaged("FlatGeobuf", "it ends in its index"));
    }
    let most = u32::try_from(sink.limits.feature_bytes).unwrap_or(u32::MAX);
    let mut left = sink.limits.decompressed_bytes;
    while let Some(feature) = sized(&mut body, most)? {
        match feature {
            Err(bytes) => {
                let bytes = u64::from(bytes);
                io::copy(&mut body.by_ref().take(bytes), &mut io::sink())
                    .map_err(|it| told(&it))?;
                sink.put_too_large()?;
                left = left.saturating_sub(bytes);
            }
            Ok(feature) => {
                left = left.saturating_sub(feature.len() as u64);
                sink.put(draft(&feature, &columns, about.geometry_type(), &frame)?)?;
            }
        }
        if left == 0 {
            return Err(too_many_bytes(sink.limits.decompressed_bytes));
        }
    }
    Ok(())
}

fn told(error: &io::Error) -> Stop {
    damaged("FlatGeobuf", error)
}

fn kind(column: Column<'_>) -> Kind {
    Kind { name: column.name().to_owned(), kind: column.type_() }
}

/// A buffer with its length; its length alone if it is longer than it may be; none at the end.
fn sized(body: &mut impl Read, most: u32) -> Result<Option<Result<Sized, u32>>, Stop> {
    let mut length = Vec::new();
    body.by_ref().take(4).read_to_end(&mut length).map_err(|error| told(&error))?;
    let Ok(length) = <[u8; 4]>::try_from(length.as_slice()) else {
        return if length.is_empty() {
            Ok(None)
        } else {
            Err(damaged("FlatGeobuf", "it ends early"))
        };
    };
    let bytes = u32::from_le_bytes(length);
    if bytes > most {
        return Ok(Some(Err(bytes)));
    }
    let mut all = length.to_vec();
    let read = body.take(u64::from(bytes)).read_to_end(&mut all).map_err(|error| told(&error))?;
    if read < bytes as usize {
        return Err(damaged("FlatGeobuf", "it ends inside a feature"));
    }
    Ok(Some(Ok(all)))
}

fn index_bytes(features: u64, node_size: u16) -> u64 {
    if features == 0 || node_size < 2 {
        return 0;
    }
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(u64::from(node_size));
        nodes += level;
    }
    // A tree of one item has a root all the same.
    let nodes = if features == 1 { 2 } else { nodes };
    nodes * NODE_BYTES
}

fn draft(
    buffer: &[u8],
    columns: &[Kind],
    layer: GeometryType,
    frame: &Frame,
) -> Result<Draft, Stop> {
    let feature =
        size_prefixed_root_as_feature(buffer).map_err(|error| damaged("FlatGeobuf", error))?;
    let own: Vec<Kind> = feature.columns().into_iter().flatten().map(kind).collect();
    let columns = if own.is_empty() { columns } else { &own };
    let bytes = feature.properties().map(|it| it.bytes()).unwrap_or_default();
    let mut properties = properties(bytes, columns)
        .ok_or_else(|| damaged("FlatGeobuf", "the values of a feature end too early"))?;
    let id = match properties.remove("id") {
        Some(Value::String(id)) => Some(id),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let shape = match feature.geometry().map(|it| shape(it, layer)) {
        None => Shape::None,
        Some(Ok(shape)) if shape.positions().next().is_none() => Shape::None,
        Some(Ok(shape)) => frame.carry(Shape::Read(shape)),
        Some(Err(reason)) => Shape::unreadable("a FlatGeobuf geometry", reason),
    };
    Ok(Draft { id, shape, properties })
}

fn properties(bytes: &[u8], columns: &[Kind]) -> Option<Map<String, Value>> {
    let mut bytes = Bytes::new(bytes);
    let mut all = Map::new();
    while bytes.left() > 0 {
        let place = usize::from(u16::from_le_bytes(bytes.take(2)?.try_into().ok()?));
        let column = columns.get(place)?;
        let value = value(&mut bytes, column.kind)?;
        if !value.is_null() {
            all.insert(column.name.clone(), value);
        }
    }
    Some(all)
}

fn value(bytes: &mut Bytes<'_>, kind: ColumnType) -> Option<Value> {
    Some(match kind {
        ColumnType::Bool => (bytes.u8()? != 0).into(),
        ColumnType::Byte => i8::from_le_bytes(bytes.take(1)?.try_into().ok()?).into(),
        ColumnType::UByte => bytes.u8()?.into(),
        ColumnType::Short => i16::from_le_bytes(bytes.take(2)?.try_into().ok()?).into(),
        ColumnType::UShort => u16::from_le_bytes(bytes.take(2)?.try_into().ok()?).into(),
        ColumnType::Int => i32::from_le_bytes(bytes.take(4)?.try_into().ok()?).into(),
        ColumnType::UInt => bytes.u32(true)?.into(),
        ColumnType::Long => i64::from_le_bytes(bytes.take(8)?.try_into().ok()?).into(),
        ColumnType::ULong => u64::from_le_bytes(bytes.take(8)?.try_into().ok()?).into(),
        ColumnType::Float => f32::from_le_bytes(bytes.take(4)?.try_into().ok()?).into(),
        ColumnType::Double => bytes.f64(true)?.into(),
        ColumnType::Binary => {
            let count = bytes.count(true, 1)?;
            bytes.take(count)?;
            Value::Null
        }
        ColumnType::String | ColumnType::DateTime | ColumnType::Json => {
            let count = bytes.count(true, 1)?;
            String::from_utf8(bytes.take(count)?.to_vec()).ok()?.into()
        }
        _ => return None,
    })
}

fn shape(geometry: Geometry<'_>, layer: GeometryType) -> Result<RawGeometry, String> {
    let own = geometry.type_();
    let kind = if own == GeometryType::Unknown { layer } else { own };
    let positions = || -> Vec<[f64; 2]> {
        let numbers = geometry.xy().into_iter().flatten().collect::<Vec<f64>>();
        numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
    };
    Ok(match kind {
        GeometryType::Point => {
            RawGeometry::Point(positions().first().copied().ok_or("a point has no position")?)
        }
        GeometryType::MultiPoint => RawGeometry::MultiPoint(positions()),
        GeometryType::LineString => RawGeometry::LineString(positions()),
        GeometryType::MultiLineString => RawGeometry::MultiLineString(lines(geometry)?),
        GeometryType::Polygon => RawGeometry::Polygon(lines(geometry)?),
        GeometryType::MultiPolygon => {
            let parts = geometry.parts().into_iter().flatten().map(lines);
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let parts = if parts.is_empty() { vec![lines(geometry)?] } else { parts };
            RawGeometry::MultiPolygon(parts)
        }
        _ => return Err("it is none of points, lines and polygons; curves are not read".to_owned()),
    })
}

/// The lines or rings of a geometry, told apart by where each ends.
fn lines(geometry: Geometry<'_>) -> Result<Vec<Vec<[f64; 2]>>, String> {
    let numbers: Vec<f64> = geometry.xy().into_iter().flatten().collect();
    let all: Vec<[f64; 2]> = numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let Some(ends) = geometry.ends().filter(|ends| !ends.is_empty()) else {
        return Ok(if all.is_empty() { Vec::new() } else { vec![all] });
    };
    let mut begin = 0;
    let mut lines = Vec::new();
    for end in ends {
        let line = all.get(begin..end as usize).ok_or("its lines end beyond its positions")?;
        lines.push(line.to_vec());
        begin = end as usize;
    }
    Ok(lines)
}
