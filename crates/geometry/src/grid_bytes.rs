//! The compact form of a [`GridShape`] for storage.
//!
//! Layout: a version byte (1); then unsigned LEB128 numbers: the count of polygons; for each its
//! count of rings; for each ring its count of points; then the points of all rings, as zigzag
//! LEB128 differences, x before y, from the previous point (the first from the origin). A vertex a
//! few metres from the last takes six bytes rather than sixteen.

use crate::grid::GridPoint;
use crate::grid_shape::{GridShape, GridShapeBuilder};

const VERSION: u8 = 1;

/// Stored bytes are not a grid shape: cut short, of another version, or off the grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored shape unreadable at byte {offset}: {reason}")]
pub struct StoredShapeError {
    /// Where in the bytes.
    pub offset: usize,
    /// What was found there.
    pub reason: &'static str,
}

impl GridShape {
    /// Writes the shape compactly, for [`GridShape::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + 7 * self.vertex_count());
        bytes.push(VERSION);
        put(&mut bytes, self.polygons().len() as u64);
        for polygon in self.polygons() {
            put(&mut bytes, polygon.len() as u64);
            for ring in polygon {
                put(&mut bytes, ring.len() as u64);
            }
        }
        let mut last = GridPoint::new(0, 0);
        for p in self.rings().flatten() {
            put(&mut bytes, zigzag(p.x - last.x));
            put(&mut bytes, zigzag(p.y - last.y));
            last = *p;
        }
        bytes
    }

    /// Reads a shape written by [`GridShape::to_bytes`].
    ///
    /// Counts and coordinates are checked, so that any bytes at all are either read or refused;
    /// the topology of our own bytes is trusted.
    ///
    /// # Errors
    /// [`StoredShapeError`] with the place and the reason.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredShapeError> {
        let mut reader = Reader { bytes, offset: 0 };
        if reader.byte()? != VERSION {
            return Err(StoredShapeError { offset: 0, reason: "unknown version" });
        }
        let mut polygons = Vec::new();
        for _ in 0..reader.count()? {
            let rings = reader.count()?;
            let sizes: Result<Vec<usize>, _> = (0..rings).map(|_| reader.count()).collect();
            polygons.push(sizes?);
        }
        let mut builder = GridShapeBuilder::default();
        let mut last = GridPoint::new(0, 0);
        for rings in polygons {
            for size in rings {
                for _ in 0..size {
                    last = reader.point(last)?;
                    builder.points.push(last);
                }
                builder.end_ring();
            }
            builder.end_polygon();
        }
        if reader.offset == bytes.len() {
            Ok(builder.build())
        } else {
            Err(reader.refused("bytes left over"))
        }
    }
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn zigzag(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn refused(&self, reason: &'static str) -> StoredShapeError {
        StoredShapeError { offset: self.offset, reason }
    }

    fn byte(&mut self) -> Result<u8, StoredShapeError> {
        let byte = *self.bytes.get(self.offset).ok_or_else(|| self.refused("ends too early"))?;
        self.offset += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, StoredShapeError> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.refused("number too long"))
    }

    /// Reads a count of things that take at least a byte each.
    fn count(&mut self) -> Result<usize, StoredShapeError> {
        let count = self.number()?;
        let left = self.bytes.len() - self.offset;
        match usize::try_from(count) {
            Ok(count) if (1..=left).contains(&count) || (count == 0 && self.offset == 2) => {
                Ok(count)
            }
            _ => Err(self.refused("count does not fit the bytes")),
        }
    }

    fn point(&mut self, last: GridPoint) -> Result<GridPoint, StoredShapeError> {
        let x = last.x.checked_add(unzigzag(self.number()?));
        let y = last.y.checked_add(unzigzag(self.number()?));
        match (x, y) {
            (Some(x), Some(y)) if GridPoint::new(x, y).is_on_grid() => Ok(GridPoint::new(x, y)),
            _ => Err(self.refused("coordinate off the grid")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> impl Strategy<Value = GridShape> {
        let small = (-1000_i64..1000, -1000_i64..1000);
        let wide = (-(1_i64 << 39)..=1 << 39, -(1_i64 << 39)..=1 << 39);
        let point = prop_oneof![small, wide].prop_map(|(x, y)| GridPoint::new(x, y));
        let ring = prop::collection::vec(point, 0..12);
        let polygon = prop::collection::vec(ring, 0..4);
        prop::collection::vec(polygon, 0..4).prop_map(|p| GridShape::from_polygons(p).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

        #[test]
        fn what_is_written_is_read_back(shape in shapes()) {
            prop_assert_eq!(GridShape::from_bytes(&shape.to_bytes()).unwrap(), shape);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64), version in prop::bool::ANY) {
            let mut bytes = bytes;
            if version { bytes.insert(0, VERSION); }
            if let Ok(shape) = GridShape::from_bytes(&bytes) {
                prop_assert!(shape.rings().flatten().all(|p| p.is_on_grid()));
            }
        }

        #[test]
        fn a_shape_cut_short_is_refused(shape in shapes(), keep in 0.0..1.0) {
            let bytes = shape.to_bytes();
            let cut = (bytes.len() as f64 * keep) as usize;
            prop_assert!(GridShape::from_bytes(&bytes[..cut]).is_err());
        }
    }

    #[test]
    fn a_vertex_a_few_metres_on_takes_six_bytes() {
        let ring = (0..100).map(|i| GridPoint::new(i * 40_000, (i % 2) * 60_000));
        let shape = GridShape::from_polygons([[ring]]).unwrap();
        assert!(shape.to_bytes().len() < 620, "{}", shape.to_bytes().len());
    }
}
