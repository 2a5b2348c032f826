//! What was seen before under nearly the same box.

use std::collections::HashMap;

use crate::bbox::Bbox;
use crate::distance::metres_per_degree;

/// Entries of one cell that are looked at. More than this have nearly the same box only where
/// nearly the same boundary was sent so often that one more comparison tells nothing new.
const LOOKED_AT: usize = 256;

/// Unit of the boxes kept: a degree has so many. It is 1 cm, so that four of them need 16 bytes.
const PER_DEGREE: f64 = 1e7;

/// Smallest cell in metres, as a power of two: boxes smaller than half of it share cells.
const LEVEL_LEAST: i32 = 6;

/// Boxes with a value each, found again by a box that is nearly the same.
///
/// Made for streams: it keeps 16 bytes of each box besides the value and the hash table, adds in
/// constant time and looks at a bounded number of entries however often a box is repeated.
///
/// # Examples
/// ```
/// use geometry::Bbox;
/// use geometry::suspicion::BoxTable;
///
/// let mut seen = BoxTable::new(2.0, 0.95);
/// seen.insert(&Bbox::new(103.2, 13.1, 103.201, 13.101)?, "first");
/// let again = Bbox::new(103.200_01, 13.1, 103.201, 13.101_01)?;
/// assert_eq!(seen.alike(&again).collect::<Vec<_>>(), [&"first"]);
/// let beside = Bbox::new(103.201, 13.1, 103.202, 13.101)?;
/// assert_eq!(seen.alike(&beside).count(), 0);
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoxTable<T> {
    margin: BoxMargin,
    /// The last entry of each cell, plus one.
    cells: HashMap<u64, u32>,
    entries: Vec<Entry<T>>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    bounds: [i32; 4],
    /// The entry before it in its cell, plus one; 0 for the first.
    before: u32,
    value: T,
}

/// How far apart the edges of two boxes may be when the boundaries inside are nearly the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoxMargin {
    distance_m: f64,
    /// Share of the side of the box.
    share: f64,
}

impl BoxMargin {
    /// Boundaries that are nowhere further than `distance_m` apart have boxes whose edges are not;
    /// and if rectangles have `overlap` of their joint land in common, an edge of one is off by at
    /// most the share `1 / overlap - 1` of its side.
    pub(crate) fn new(distance_m: f64, overlap: f64) -> Self {
        let share = (1.0 / overlap.clamp(0.5, 1.0)) - 1.0;
        Self { distance_m: distance_m.max(0.0), share }
    }

    /// The margins around a box in degrees of longitude and of latitude.
    pub(crate) fn degrees(self, bbox: &Bbox) -> [f64; 2] {
        let [per_lon, per_lat] = scale_of(bbox);
        let side = |extent_deg: f64, per_degree: f64| {
            // At the poles a degree of longitude has no length.
            (self.share * extent_deg + self.distance_m / per_degree.max(1e-3)).min(360.0)
        };
        [side(bbox.width_deg(), per_lon), side(bbox.north - bbox.south, per_lat)]
    }
}

/// Metres in a degree of longitude and of latitude in the middle of a box.
fn scale_of(bbox: &Bbox) -> [f64; 2] {
    let (sin_lat, cos_lat) = ((bbox.south + bbox.north) / 2.0).to_radians().sin_cos();
    metres_per_degree(sin_lat, cos_lat)
}

impl<T> BoxTable<T> {
    /// A table of nothing; boxes are nearly the same when boundaries inside may be no further than
    /// `distance_m` metres apart, or have `overlap` (0 to 1) of their joint land in common.
    pub fn new(distance_m: f64, overlap: f64) -> Self {
        let margin = BoxMargin::new(distance_m, overlap);
        Self { margin, cells: HashMap::new(), entries: Vec::new() }
    }

    /// Number of boxes.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there are no boxes.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds a box. A table holds up to 2³² − 2 of them; further ones are not found again.
    pub fn insert(&mut self, bbox: &Bbox, value: T) {
        let Ok(number) = u32::try_from(self.entries.len() + 1) else { return };
        let cell = cell_of(level_of(side_m(bbox)), centre(bbox));
        let before = self.cells.insert(cell, number).unwrap_or(0);
        self.entries.push(Entry { bounds: bounds_of(bbox), before, value });
    }

    /// The values of boxes that are nearly the same, those added last first in each cell.
    pub fn alike(&self, bbox: &Bbox) -> impl Iterator<Item = &T> {
        let margins = self.margin.degrees(bbox);
        let bounds = bounds_of(bbox);
        let slack = margins.map(|degrees| (degrees * PER_DEGREE).ceil() as i64 + 1);
        let is_alike = move |other: &[i32; 4]| {
            let off = |i: usize| (i64::from(bounds[i]) - i64::from(other[i])).abs();
            off(0) <= slack[0] && off(2) <= slack[0] && off(1) <= slack[1] && off(3) <= slack[1]
        };
        let cells = cells_around(bbox, margins);
        let chains = cells.into_iter().map(|cell| self.cells.get(&cell).copied().unwrap_or(0));
        chains.flat_map(move |start| {
            let chain = std::iter::successors(self.entry(start), |entry| self.entry(entry.before));
            chain.take(LOOKED_AT).filter(move |entry| is_alike(&entry.bounds)).map(|e| &e.value)
        })
    }

    fn entry(&self, number: u32) -> Option<&Entry<T>> {
        self.entries.get((number as usize).checked_sub(1)?)
    }
}

/// The cells in which a box nearly the same may have been put.
fn cells_around(bbox: &Bbox, [margin_lon, margin_lat]: [f64; 2]) -> Vec<u64> {
    let [per_lon, per_lat] = scale_of(bbox);
    let change = 2.0 * (margin_lon * per_lon).max(margin_lat * per_lat);
    let side = side_m(bbox);
    let [lon, lat] = centre(bbox);
    let mut cells = Vec::with_capacity(4);
    for level in level_of(side - change)..=level_of(side + change) {
        for lat in [lat - margin_lat, lat + margin_lat] {
            for lon in [lon - margin_lon, lon + margin_lon] {
                cells.push(cell_of(level, [lon, lat]));
            }
        }
    }
    cells.sort_unstable();
    cells.dedup();
    cells
}

fn side_m(bbox: &Bbox) -> f64 {
    let [per_lon, per_lat] = scale_of(bbox);
    (bbox.width_deg() * per_lon).max((bbox.north - bbox.south) * per_lat)
}

/// The size of cells for boxes of a size, as a power of two: a cell is more than twice as large as
/// the box, so that margins span no more than two cells each way.
fn level_of(side_m: f64) -> i32 {
    let level = side_m.max(1.0).log2().ceil() as i32 + 1;
    level.max(LEVEL_LEAST)
}

/// The cell a place is in. Cells are squares in degrees of a size that depends on nothing but the
/// level, so that neighbours agree on them; towards the poles they get narrow in metres.
fn cell_of(level: i32, [lon, lat]: [f64; 2]) -> u64 {
    let size_deg = 2.0_f64.powi(level) / 111_000.0;
    let (column, row) = ((lon / size_deg).floor() as i64, (lat / size_deg).floor() as i64);
    let mixed = (column as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (row as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(32);
    mixed.wrapping_add((level as u64).wrapping_mul(0x1656_67b1_9e37_79f9))
}

fn centre(bbox: &Bbox) -> [f64; 2] {
    [bbox.west + bbox.width_deg() / 2.0, (bbox.south + bbox.north) / 2.0]
}

fn bounds_of(bbox: &Bbox) -> [i32; 4] {
    [bbox.west, bbox.south, bbox.east, bbox.north].map(|degrees| (degrees * PER_DEGREE) as i32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bbox(west: f64, south: f64, width: f64, height: f64) -> Bbox {
        Bbox::new(west, south, west + width, south + height).unwrap()
    }

    #[test]
    fn neighbours_of_a_row_of_fields_are_not_alike() {
        let mut table = BoxTable::new(2.0, 0.95);
        for i in 0..100 {
            table.insert(&bbox(103.0 + f64::from(i) * 0.001, 13.0, 0.001, 0.001), i);
        }
        for i in 0..100 {
            let own = bbox(103.0 + f64::from(i) * 0.001, 13.0, 0.001, 0.001);
            assert_eq!(table.alike(&own).collect::<Vec<_>>(), [&i]);
        }
        assert_eq!((table.len(), table.is_empty()), (100, false));
    }

    #[test]
    fn a_box_sent_a_million_times_is_looked_at_a_bounded_number_of_times() {
        let mut table = BoxTable::new(2.0, 0.95);
        let same = bbox(103.0, 13.0, 0.001, 0.001);
        for i in 0..100_000 {
            table.insert(&same, i);
        }
        assert!(table.alike(&same).count() <= 4 * LOOKED_AT);
        assert_eq!(table.alike(&same).next(), Some(&99_999));
    }

    proptest! {
        #[test]
        fn a_box_whose_edges_are_off_by_less_than_the_margin_is_found(
            west in -179.0..178.0_f64, south in -75.0..74.0_f64,
            size in -5.5..-0.5_f64, shape in 0.05..1.0_f64,
            shifts in [-1.0..1.0_f64, -1.0..1.0, -1.0..1.0, -1.0..1.0],
        ) {
            let width = 10.0_f64.powf(size);
            let first = bbox(west, south, width, width * shape);
            let mut table = BoxTable::new(2.0, 0.95);
            table.insert(&first, ());
            // The margin is taken from the box asked about, which may be a little smaller.
            let margin = table.margin.degrees(&first).map(|degrees| degrees * 0.85);
            let second = Bbox {
                west: first.west + shifts[0] * margin[0],
                south: first.south + shifts[1] * margin[1],
                east: first.east + shifts[2] * margin[0],
                north: first.north + shifts[3] * margin[1],
            };
            prop_assume!(second.west < second.east && second.south < second.north);
            prop_assert_eq!(table.alike(&second).count(), 1);
        }
    }
}
