//! Tiles of `WebMercatorQuad`.

use geometry::Bbox;

use crate::mercator::latitude;

/// The greatest zoom: a unit of a tile is then 2 mm.
pub const ZOOM_MAX: u8 = 22;

/// Units along a side of a tile.
pub const EXTENT: i64 = 4_096;

/// Units around a tile in which shapes are still drawn, so that outlines and symbols do not break at
/// its edge.
pub const MARGIN: i64 = 64;

/// A tile of the tile matrix set `WebMercatorQuad`.
///
/// # Source
/// OGC 17-083r4, annex D.1; the scheme "XYZ" of web maps.
///
/// # Examples
/// ```
/// let tile = tiles::Tile::new(1, 0, 1).unwrap();
/// let bbox = tile.bbox();
/// assert_eq!((bbox.west, bbox.east, bbox.south), (0.0, 180.0, 0.0));
/// assert!(tiles::Tile::new(1, 2, 0).is_none(), "there are two rows");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    zoom: u8,
    row: u32,
    column: u32,
}

impl Tile {
    /// The tile in a row counted from the north and a column counted from 180° west; none outside
    /// the matrix, or beyond [`ZOOM_MAX`].
    pub fn new(zoom: u8, row: u32, column: u32) -> Option<Self> {
        let side = 1_u32.checked_shl(u32::from(zoom))?;
        (zoom <= ZOOM_MAX && row < side && column < side).then_some(Self { zoom, row, column })
    }

    /// The tile that holds a place on the square of the world; see [`crate::world`].
    pub fn holding(zoom: u8, [x, y]: [f64; 2]) -> Self {
        let zoom = zoom.min(ZOOM_MAX);
        let side = f64::from(1_u32 << zoom);
        let number = |part: f64| (part * side).clamp(0.0, side - 1.0) as u32;
        Self { zoom, row: number(y), column: number(x) }
    }

    /// The level of the matrix, 0 for the whole world.
    pub fn zoom(self) -> u8 {
        self.zoom
    }

    /// Counted from the north, from 0.
    pub fn row(self) -> u32 {
        self.row
    }

    /// Counted from 180° west, from 0.
    pub fn column(self) -> u32 {
        self.column
    }

    /// The four tiles of the next level that cover it.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let places = [(0, 0), (0, 1), (1, 0), (1, 1)];
        places.into_iter().filter_map(move |(down, right)| {
            Self::new(self.zoom + 1, self.row * 2 + down, self.column * 2 + right)
        })
    }

    /// The land it shows, without the margin.
    pub fn bbox(self) -> Bbox {
        let side = f64::from(1_u32 << self.zoom);
        let lon = |column: u32| f64::from(column) / side * 360.0 - 180.0;
        let lat = |row: u32| latitude(f64::from(row) / side);
        Bbox {
            west: lon(self.column),
            south: lat(self.row + 1),
            east: lon(self.column + 1),
            north: lat(self.row),
        }
    }

    /// The boxes on the square of the world that the tile and its margin consist of, each with the
    /// number of worlds it lies to the east of where it is drawn: the margin at the antimeridian
    /// shows the other side.
    ///
    /// # Shape
    /// West, north, east, south; see [`crate::world`].
    pub fn windows(self) -> impl Iterator<Item = (i64, [f64; 4])> {
        let side = f64::from(1_u32 << self.zoom);
        let margin = MARGIN as f64 / EXTENT as f64;
        let part = move |number: u32, by: f64| (f64::from(number) + by) / side;
        let (west, east) = (part(self.column, -margin), part(self.column, 1.0 + margin));
        let (north, south) = (part(self.row, -margin), part(self.row, 1.0 + margin));
        [-1, 0, 1].into_iter().filter_map(move |copy: i64| {
            let shift = copy as f64;
            let (west, east) = ((west + shift).max(0.0), (east + shift).min(1.0));
            (west <= east).then_some((copy, [west, north, east, south]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_at_the_antimeridian_shows_the_other_side() {
        let pieces: Vec<_> = Tile::new(2, 1, 0).unwrap().windows().collect();
        assert_eq!(pieces.iter().map(|(copy, _)| *copy).collect::<Vec<_>>(), [0, 1]);
        assert!(pieces[1].1[0] > 0.99 && pieces[1].1[2] == 1.0);
        assert_eq!(Tile::new(2, 1, 1).unwrap().windows().count(), 1);
        assert_eq!(Tile::new(0, 0, 0).unwrap().windows().count(), 3);
    }
}
