//! Well-known binary, for storage.
//!
//! # Source
//! OGC 06-103r4, clause 8; the little-endian (NDR) form only, two dimensions, no SRID.

use crate::limits;
use crate::lon_lat::{self, LonLat};
use crate::polygon::HazardPolygon;
use crate::predicate::Position;
use crate::raw::Geometry;

const LITTLE_ENDIAN: u8 = 1;
const POINT: u32 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

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
    /// A type other than Point, Polygon or `MultiPolygon`, or an extension flag.
    #[error("the stored geometry has type {0}, expected 1, 3 or 6")]
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
    /// No part, a part without rings, or a ring of fewer than four positions.
    #[error("the stored geometry has an empty part or a ring of fewer than four positions")]
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
    for part in polygon.parts() {
        write_head(&mut out, POLYGON);
        let count_at = out.len();
        write_count(&mut out, 0);
        let mut rings = 0_u32;
        for ring in part {
            write_count(&mut out, ring.len());
            for position in ring {
                write_position(&mut out, *position);
            }
            rings += 1;
        }
        out[count_at..count_at + 4].copy_from_slice(&rings.to_le_bytes());
    }
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
        kind => return Err(StoredGeometryError::Kind(kind)),
    };
    match bytes.len() - reader.at {
        0 => Ok(geometry),
        left => Err(StoredGeometryError::TrailingBytes(left)),
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
