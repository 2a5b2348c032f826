//! Tiles in one file, for phones without a network.

mod mbtiles;
mod pmtiles;

use std::io::Write;
use std::path::Path;

use anyhow::bail;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tiles::Tile;

pub use mbtiles::MbTiles;
pub use pmtiles::PmTiles;

/// What an archive says of itself.
#[derive(Debug)]
pub struct Description {
    /// Its name for people.
    pub name: String,
    /// The revision of the programme it shows.
    pub revision: u64,
    /// West, south, east, north in degrees; the west is east of the east over the antimeridian.
    pub bounds: [f64; 4],
    /// The least and the greatest zoom.
    pub zooms: [u8; 2],
    /// The layers, as `TileJSON` describes them.
    pub layers: Vec<Value>,
}

/// What readers of the file have to know.
const WARNING: &str = "Absence of a record does not mean absence of a hazard.";

/// An archive being written.
pub trait Archive {
    /// Adds a tile; tiles come by zoom, and within a zoom in the order of [`place_of`].
    fn add(&mut self, tile: Tile, bytes: &[u8]) -> anyhow::Result<()>;

    /// Finishes the file.
    fn finish(self: Box<Self>) -> anyhow::Result<()>;
}

/// Begins an archive in the format that the file's name tells.
pub fn create(path: &Path, kind: &Path, about: Description) -> anyhow::Result<Box<dyn Archive>> {
    match kind.extension().and_then(|ending| ending.to_str()) {
        Some("pmtiles") => Ok(Box::new(PmTiles::create(path, about)?)),
        Some("mbtiles") => Ok(Box::new(MbTiles::create(path, &about)?)),
        _ => bail!("give a file that ends with .pmtiles or .mbtiles"),
    }
}

fn gzipped(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Where a tile stands among all, from zoom 0 on; within a zoom along a Hilbert curve.
///
/// # Source
/// `PMTiles` 3, section 4.1.1, "Tile ID".
pub fn place_of(tile: Tile) -> u64 {
    let side = 1_u64 << tile.zoom();
    let before = (side * side - 1) / 3;
    let (mut x, mut y) = (u64::from(tile.column()), u64::from(tile.row()));
    let mut along = 0;
    let mut step = side / 2;
    while step > 0 {
        let (east, south) = (u64::from(x & step > 0), u64::from(y & step > 0));
        along += step * step * ((3 * east) ^ south);
        if south == 0 {
            if east == 1 {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
        step /= 2;
    }
    before + along
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_stand_along_the_curve_of_the_specification() {
        let place = |zoom, column, row| place_of(Tile::new(zoom, row, column).unwrap());
        assert_eq!([place(0, 0, 0), place(1, 0, 0), place(1, 0, 1)], [0, 1, 2]);
        assert_eq!([place(1, 1, 1), place(1, 1, 0), place(2, 0, 0)], [3, 4, 5]);
        assert_eq!(place(12, 3423, 1763), 19_078_479);
        let mut all: Vec<u64> =
            (0..16).flat_map(|x| (0..16).map(move |y| place(4, x, y))).collect();
        all.sort_unstable();
        assert_eq!(all, (85..341).collect::<Vec<_>>());
    }
}
