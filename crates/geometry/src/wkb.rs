//! Well-known binary, for storage.
//!
//! A polygon is only ever written of a boundary that was checked. Areas as they were drawn stand in a
//! `GeometryCollection`, so that the bytes themselves tell the two apart.
//!
//! # Source
//! OGC 06-103r4, clause 8; the little-endian (NDR) form only, two dimensions, no SRID.

use crate::limits;
use crate::lon_lat::{self, LonLat};
use crate::polygon::HazardPolygon;
use crate::predicate::Position;
use crate::raw::Geometry;
use crate::shape::{Shape, ShapeBuilder, ShapeKind, least_positions};

const LITTLE_ENDIAN: u8 = 1;
const POINT: u32 = 1;
const LINE_STRING: u32 = 2;
const POLYGON: u32 = 3;
const MULTI_POINT: u32 = 4;
const MULTI_LINE_STRING: u32 = 5;
const MULTI_POLYGON: u32 = 6;
const COLLECTION: u32 = 7;

/// Bytes of one position.
const POSITION_BYTES: usize = 16;

/// Why stored bytes are not a geometry of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredGeometryError {
    /// The bytes end too early.
    #[error("the stored geometry ends at byte {0}, in the middle")]
    Truncated(usize),
    /// Bytes are left over at the end.
    #[error("the stored geometry has {0} bytes too many")]
    TrailingBytes(usize),
    /// A byte order other than little-endian.
    #[error("the stored geometry has byte order {0}, expected 1 (little-endian)")]
    ByteOrder(u8),
    /// A type that is not written there, or an extension flag.
    #[error("the stored geometry has type {0}, which is not written there")]
    Kind(u32),
    /// More vertices, rings or parts than [`limits`] allow.
    #[error("the stored geometry has {count} {what}, more than {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// No part, a part without rings, or a ring or line of too few positions.
    #[error("the stored geometry has an empty part, or a ring or line of too few positions")]
    TooFew,
    /// A ring whose last position is not its first.
    #[error("ring {0} of the stored geometry is not closed")]
    Unclosed(usize),
    /// A coordinate that is not finite or out of range.
    #[error("position {0} of the stored geometry is out of range")]
    OutOfRange(usize),
}

/// Writes a geometry.
pub(crate) fn write(geometry: &Geometry) -> Vec<u8> {
    match geometry {
        Geometry::Point(position) => {
            let mut out = Vec::with_capacity(5 + POSITION_BYTES);
            write_head(&mut out, POINT);
            write_position(&mut out, (*position).into());
            out
        }
        Geometry::Polygon(polygon) => write_polygon(polygon),
        Geometry::Shape(shape) => write_shape(shape),
    }
}

fn write_shape(shape: &Shape) -> Vec<u8> {
    let parts = shape.parts();
    let mut out = Vec::with_capacity(64 + 9 * parts.len() + POSITION_BYTES * shape.vertex_count());
    match shape.kind() {
        ShapeKind::MultiPoint => {
            write_head(&mut out, MULTI_POINT);
            write_count(&mut out, shape.vertex_count());
            for position in parts.flatten().flatten() {
                write_head(&mut out, POINT);
                write_position(&mut out, *position);
            }
        }
        ShapeKind::LineString => write_lines(&mut out, parts),
        ShapeKind::MultiLineString => {
            write_head(&mut out, MULTI_LINE_STRING);
            write_count(&mut out, parts.len());
            write_lines(&mut out, parts);
        }
        ShapeKind::Polygon => {
            write_head(&mut out, COLLECTION);
            write_count(&mut out, 1);
            write_areas(&mut out, parts);
        }
        ShapeKind::MultiPolygon => {
            write_head(&mut out, COLLECTION);
            write_count(&mut out, 1);
            write_head(&mut out, MULTI_POLYGON);
            write_count(&mut out, parts.len());
            write_areas(&mut out, parts);
        }
    }
    out
}

fn write_lines<'a, P: Iterator<Item = &'a [Position]>>(
    out: &mut Vec<u8>,
    parts: impl Iterator<Item = P>,
) {
    for line in parts.flatten() {
        write_head(out, LINE_STRING);
        write_ring(out, line);
    }
}

fn write_ring(out: &mut Vec<u8>, ring: &[Position]) {
    write_count(out, ring.len());
    for position in ring {
        write_position(out, *position);
    }
}

fn write_areas<'a, P: Iterator<Item = &'a [Position]>>(
    out: &mut Vec<u8>,
    parts: impl Iterator<Item = P>,
) {
    for part in parts {
        write_head(out, POLYGON);
        let count_at = out.len();
        write_count(out, 0);
        let mut rings = 0_u32;
        for ring in part {
            write_ring(out, ring);
            rings += 1;
        }
        out[count_at..count_at + 4].copy_from_slice(&rings.to_le_bytes());
    }
}

fn write_polygon(polygon: &HazardPolygon) -> Vec<u8> {
    let parts = polygon.part_count();
    let heads = 9 * (parts + 1) + 4 * polygon.rings().count();
    let mut out = Vec::with_capacity(heads + POSITION_BYTES * polygon.vertex_count());
    if parts > 1 {
        write_head(&mut out, MULTI_POLYGON);
        write_count(&mut out, parts);
    }
    write_areas(&mut out, polygon.parts());
    out
}

fn write_head(out: &mut Vec<u8>, kind: u32) {
    out.push(LITTLE_ENDIAN);
    out.extend_from_slice(&kind.to_le_bytes());
}

fn write_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

fn write_position(out: &mut Vec<u8>, [lon, lat]: Position) {
    out.extend_from_slice(&lon.to_le_bytes());
    out.extend_from_slice(&lat.to_le_bytes());
}

/// Reads a geometry.
pub(crate) fn read(bytes: &[u8]) -> Result<Geometry, StoredGeometryError> {
    let mut reader = Reader { bytes, at: 0 };
    let geometry = match reader.head()? {
        POINT => {
            let position = reader.positions(1)?.next();
            let position = position.filter(|position| lon_lat::is_usable(*position));
            Geometry::Point(LonLat::trusted(position.ok_or(StoredGeometryError::OutOfRange(0))?))
        }
        POLYGON => {
            let mut rings = RingsReader::default();
            rings.read_part(&mut reader)?;
            Geometry::Polygon(rings.finish())
        }
        MULTI_POLYGON => {
            let parts = reader.count("parts", limits::MAX_PARTS)?;
            if parts == 0 {
                return Err(StoredGeometryError::TooFew);
            }
            let mut rings = RingsReader::default();
            for _ in 0..parts {
                match reader.head()? {
                    POLYGON => rings.read_part(&mut reader)?,
                    kind => return Err(StoredGeometryError::Kind(kind)),
                }
            }
            Geometry::Polygon(rings.finish())
        }
        kind => Geometry::Shape(read_shape(&mut reader, kind)?),
    };
    match bytes.len() - reader.at {
        0 => Ok(geometry),
        left => Err(StoredGeometryError::TrailingBytes(left)),
    }
}

fn read_shape(reader: &mut Reader<'_>, kind: u32) -> Result<Shape, StoredGeometryError> {
    let read = match kind {
        MULTI_POINT => {
            let mut points = ShapeReader::new(ShapeKind::MultiPoint);
            points.read_points(reader)?;
            points
        }
        LINE_STRING => {
            let mut line = ShapeReader::new(ShapeKind::LineString);
            line.read_line(reader, true)?;
            line
        }
        MULTI_LINE_STRING => {
            let mut lines = ShapeReader::new(ShapeKind::MultiLineString);
            for _ in 0..reader.count("lines", limits::MAX_PARTS)? {
                reader.expect(LINE_STRING)?;
                lines.read_line(reader, true)?;
            }
            lines
        }
        COLLECTION if reader.count("geometries", 1)? == 1 => read_areas(reader)?,
        COLLECTION => return Err(StoredGeometryError::TooFew),
        kind => return Err(StoredGeometryError::Kind(kind)),
    };
    read.finish()
}

fn read_areas(reader: &mut Reader<'_>) -> Result<ShapeReader, StoredGeometryError> {
    match reader.head()? {
        POLYGON => {
            let mut rings = ShapeReader::new(ShapeKind::Polygon);
            rings.read_part(reader)?;
            Ok(rings)
        }
        MULTI_POLYGON => {
            let mut rings = ShapeReader::new(ShapeKind::MultiPolygon);
            for _ in 0..reader.count("parts", limits::MAX_PARTS)? {
                reader.expect(POLYGON)?;
                rings.read_part(reader)?;
            }
            Ok(rings)
        }
        kind => Err(StoredGeometryError::Kind(kind)),
    }
}

/// Reads the lines and rings of a shape, which are looked at as positions only.
struct ShapeReader {
    builder: ShapeBuilder,
    least: usize,
    lines: usize,
    is_area: bool,
}

impl ShapeReader {
    fn new(kind: ShapeKind) -> Self {
        let builder = ShapeBuilder::with_capacity(kind, 0);
        Self { builder, least: least_positions(kind), lines: 0, is_area: kind.is_area() }
    }

    fn read_points(&mut self, reader: &mut Reader<'_>) -> Result<(), StoredGeometryError> {
        for number in 0..reader.count("positions", limits::MAX_VERTICES)? {
            reader.expect(POINT)?;
            let position = reader.positions(1)?.find(|at| lon_lat::is_usable(*at));
            self.builder.more(position.ok_or(StoredGeometryError::OutOfRange(number))?);
        }
        Ok(())
    }

    fn read_part(&mut self, reader: &mut Reader<'_>) -> Result<(), StoredGeometryError> {
        let rings = reader.count("rings", limits::MAX_RINGS - self.lines)?;
        if rings == 0 {
            return Err(StoredGeometryError::TooFew);
        }
        (0..rings).try_for_each(|ring| self.read_line(reader, ring == 0))
    }

    fn read_line(
        &mut self,
        reader: &mut Reader<'_>,
        is_part: bool,
    ) -> Result<(), StoredGeometryError> {
        let start = self.builder.vertex_count();
        let count = reader.count("positions", limits::MAX_VERTICES - start)?;
        if count < self.least {
            return Err(StoredGeometryError::TooFew);
        }
        let positions: Vec<Position> = reader.positions(count)?.collect();
        if let Some(bad) = positions.iter().position(|position| !lon_lat::is_usable(*position)) {
            return Err(StoredGeometryError::OutOfRange(start + bad));
        }
        if self.is_area && positions.first() != positions.last() {
            return Err(StoredGeometryError::Unclosed(self.lines));
        }
        self.lines += 1;
        self.builder.line(is_part, positions.into_iter());
        Ok(())
    }

    fn finish(self) -> Result<Shape, StoredGeometryError> {
        if self.builder.vertex_count() == 0 {
            return Err(StoredGeometryError::TooFew);
        }
        Ok(self.builder.finish())
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], StoredGeometryError> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..length).ok_or(StoredGeometryError::Truncated(self.bytes.len()))?;
        self.at += length;
        Ok(taken)
    }

    fn head(&mut self) -> Result<u32, StoredGeometryError> {
        match self.take(1)?[0] {
            LITTLE_ENDIAN => self.number(),
            order => Err(StoredGeometryError::ByteOrder(order)),
        }
    }

    fn expect(&mut self, kind: u32) -> Result<(), StoredGeometryError> {
        match self.head()? {
            found if found == kind => Ok(()),
            found => Err(StoredGeometryError::Kind(found)),
        }
    }

    fn number(&mut self) -> Result<u32, StoredGeometryError> {
        let taken = self.take(4)?;
        Ok(u32::from_le_bytes([taken[0], taken[1], taken[2], taken[3]]))
    }

    fn count(&mut self, what: &'static str, limit: usize) -> Result<usize, StoredGeometryError> {
        let count = self.number()? as usize;
        if count > limit {
            return Err(StoredGeometryError::TooMany { what, count, limit });
        }
        Ok(count)
    }

    /// The bytes are taken before anything is allocated for them.
    fn positions(
        &mut self,
        count: usize,
    ) -> Result<impl ExactSizeIterator<Item = Position> + use<'a>, StoredGeometryError> {
        let taken = self.take(count * POSITION_BYTES)?;
        Ok(taken.chunks_exact(POSITION_BYTES).map(|chunk| {
            let (lon, lat) = chunk.split_at(8);
            [lon, lat].map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or([0xff; 8])))
        }))
    }
}

#[derive(Default)]
struct RingsReader {
    positions: Vec<Position>,
    starts: Vec<(usize, bool)>,
    rings: usize,
}

impl RingsReader {
    fn read_part(&mut self, reader: &mut Reader<'_>) -> Result<(), StoredGeometryError> {
        let rings = reader.count("rings", limits::MAX_RINGS - self.rings)?;
        if rings == 0 {
            return Err(StoredGeometryError::TooFew);
        }
        for ring in 0..rings {
            let left = limits::MAX_VERTICES - self.positions.len();
            let count = reader.count("vertices", left)?;
            if count < 4 {
                return Err(StoredGeometryError::TooFew);
            }
            let start = self.positions.len();
            self.positions.extend(reader.positions(count)?);
            if self.rings > 0 {
                self.starts.push((start, ring == 0));
            }
            self.check_ring(start)?;
            self.rings += 1;
        }
        Ok(())
    }

    fn check_ring(&self, start: usize) -> Result<(), StoredGeometryError> {
        let ring = &self.positions[start..];
        if let Some(bad) = ring.iter().position(|position| !lon_lat::is_usable(*position)) {
            return Err(StoredGeometryError::OutOfRange(start + bad));
        }
        if ring.first() != ring.last() {
            return Err(StoredGeometryError::Unclosed(self.rings));
        }
        Ok(())
    }

    fn finish(self) -> HazardPolygon {
        HazardPolygon::trusted(self.positions, &self.starts)
    }
}
