//! Cells of the Military Grid Reference System.

use std::fmt;

use super::utm::{Hemisphere, UtmPoint, UtmZone};
use super::zone;
use crate::bbox::Bbox;
use crate::lon_lat::{self, LonLat};

/// Letters of the columns of 100 km squares, by zone modulo 3; eastings from 100 km.
const COLUMNS: [&str; 3] = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"];

/// Letters of the rows of 100 km squares; even zones begin five letters later.
const ROWS: &str = "ABCDEFGHJKLMNPQRSTUV";

/// Side of a square in metres.
const SQUARE_M: f64 = 100_000.0;

/// Height in metres after which the letters of the rows repeat.
const CYCLE_M: f64 = 2_000_000.0;

/// Most digits of an easting or northing.
pub(super) const MAX_DIGITS: u8 = 5;

/// A square of the grid: what a grid reference names.
///
/// A reference is no point: with four digits it is somewhere in a square of 1 km.
///
/// # Shape
/// A square in the grid of its zone, from 100 km (no digits) to 1 m (ten digits). Squares at the
/// edge of a zone reach into the next, where they end at the meridian; here they are whole, so that
/// nothing is left out.
///
/// # Accuracy
/// Corners as [`UtmPoint`].
///
/// # Source
/// NGA.STND.0037 2.0.0 (2014), section 3; the letters are those of the WGS 84 lettering scheme
/// (AA).
///
/// # Examples
/// ```
/// use geometry::LonLat;
/// use geometry::notation::MgrsCell;
///
/// let bogota = LonLat::new(-74.07584, 4.59806)?;
/// let cell = MgrsCell::of(bogota, 3).unwrap();
/// assert_eq!(cell.to_string(), "18NXL025083");
/// assert_eq!(cell.side_m(), 100.0);
/// assert!(cell.bbox().contains(bogota));
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MgrsCell {
    zone: UtmZone,
    band: char,
    /// South-west corner in metres; the northing counts from the equator of its hemisphere.
    south_west_m: [f64; 2],
    digits: u8,
}

impl MgrsCell {
    /// The cell that holds a position, with `digits` (0 to 5, more is 5) for easting and northing
    /// each.
    ///
    /// `None` in the polar areas, south of 80° south and from 84° north.
    pub fn of(position: LonLat, digits: u8) -> Option<Self> {
        let digits = digits.min(MAX_DIGITS);
        let band = zone::band_of(position.lat())?;
        let point = UtmPoint::of(position)?;
        let side = side_m(digits);
        // The way to metres and back may lose a nanometre, and so may not lose a cell.
        let floor = |metres: f64| ((metres + 1e-8) / side).floor() * side;
        let [least, most] = point.zone().northings_m();
        let northing = floor(point.northing_m()).clamp(least, most - side);
        let south_west_m = [floor(point.easting_m()), northing];
        Some(Self { zone: point.zone(), band, south_west_m, digits })
    }

    /// The cell of letters and digits: the square by its letters, then metres within it.
    pub(super) fn from_parts(
        zone: u8,
        band: char,
        [column, row]: [char; 2],
        within_m: [f64; 2],
        digits: u8,
    ) -> Result<Self, Misplaced> {
        let hemisphere = if band < 'N' { Hemisphere::South } else { Hemisphere::North };
        let zone = UtmZone::new(zone, hemisphere).ok_or(Misplaced::Column)?;
        let column = columns(zone.number()).find(column).ok_or(Misplaced::Column)?;
        let row = row_index(zone.number(), row).ok_or(Misplaced::Row)?;
        let easting = SQUARE_M * (column + 1) as f64;
        let northing = square_northing(zone, band, easting, row).ok_or(Misplaced::Row)?;
        let south_west_m = [easting + within_m[0], northing + within_m[1]];
        let cell = Self { zone, band, south_west_m, digits };
        if cell.meets_its_zone() { Ok(cell) } else { Err(Misplaced::Cell(cell)) }
    }

    /// The zone and hemisphere.
    pub const fn zone(&self) -> UtmZone {
        self.zone
    }

    /// The latitude band, C to X.
    pub const fn band(&self) -> char {
        self.band
    }

    /// The length of a side in metres: 100,000, 10,000, 1,000, 100, 10 or 1.
    pub fn side_m(&self) -> f64 {
        side_m(self.digits)
    }

    pub(super) const fn digits(&self) -> u8 {
        self.digits
    }

    /// The south-west corner, which the digits name.
    pub fn south_west(&self) -> LonLat {
        self.zone.position_of(self.south_west_m)
    }

    /// The position in the middle, at most 0.71 [`Self::side_m`] from everywhere in the cell.
    pub fn centre(&self) -> LonLat {
        let half = self.side_m() / 2.0;
        self.zone.position_of(self.south_west_m.map(|metres| metres + half))
    }

    /// The corners, counter-clockwise from the south-west.
    pub fn corners(&self) -> [LonLat; 4] {
        self.corners_m().map(|corner| self.zone.position_of(corner))
    }

    /// The smallest box around the cell; it crosses the antimeridian if the cell does.
    pub fn bbox(&self) -> Bbox {
        // No square lies on both sides of a central meridian or of the equator, so longitudes and
        // latitudes are greatest and least at corners.
        let [west, south, east, north] = self.extent();
        let lon = |from_meridian: f64| {
            lon_lat::normalised([zone::wrapped(self.zone.central_meridian() + from_meridian), 0.0])
                [0]
        };
        Bbox { west: lon(west), south, east: lon(east), north }
    }

    fn corners_m(&self) -> [[f64; 2]; 4] {
        let [west, south] = self.south_west_m;
        let (east, north) = (west + self.side_m(), south + self.side_m());
        [[west, south], [east, south], [east, north], [west, north]]
    }

    /// Longitudes from the central meridian and latitudes: west, south, east, north.
    fn extent(&self) -> [f64; 4] {
        extent_of(self.zone, self.corners_m())
    }

    /// Tells whether the cell has a place in its zone and band.
    fn meets_its_zone(&self) -> bool {
        let [west, south, east, north] = self.extent();
        let meridian = self.zone.central_meridian();
        let band = zone::band_limits(self.band);
        let zone = zone::zone_limits(self.zone.number(), self.band);
        let (Some([band_south, band_north]), Some([zone_west, zone_east])) = (band, zone) else {
            return false;
        };
        // As much as rounding moves a corner, and far less than a cell.
        let slack = 1e-9;
        south < band_north + slack
            && north > band_south - slack
            && west + meridian < zone_east + slack
            && east + meridian > zone_west - slack
    }

    /// The two letters of the square.
    fn square(&self) -> [char; 2] {
        let [easting, northing] =
            self.south_west_m.map(|metres| (metres / SQUARE_M).floor() as usize);
        let column = columns(self.zone.number()).chars().nth(easting.saturating_sub(1));
        let row = (northing + row_shift(self.zone.number())) % ROWS.len();
        [column.unwrap_or('?'), ROWS.chars().nth(row).unwrap_or('?')]
    }
}

/// Writes the reference without blanks, digits cut off, never rounded: `48PUV0830112512`.
impl fmt::Display for MgrsCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [column, row] = self.square();
        write!(f, "{:02}{}{column}{row}", self.zone.number(), self.band)?;
        if self.digits == 0 {
            return Ok(());
        }
        let width = usize::from(self.digits);
        for metres in self.south_west_m {
            let cells = (metres % SQUARE_M / self.side_m()).round() as u32;
            write!(f, "{cells:0width$}")?;
        }
        Ok(())
    }
}

/// Why letters and digits are no cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Misplaced {
    /// The zone has no such column.
    Column,
    /// The band has no such row here.
    Row,
    /// The cell lies outside the zone or band.
    Cell(MgrsCell),
}

/// The letters of the columns of a zone, from 100 km of easting.
pub(super) fn columns(zone: u8) -> &'static str {
    COLUMNS[usize::from(zone % 3)]
}

/// The rows, as letters, that a column of a zone has in a band.
pub(super) fn rows_in_band(zone: UtmZone, band: char, column: char) -> Vec<char> {
    let Some(column) = columns(zone.number()).find(column) else { return Vec::new() };
    let easting = SQUARE_M * (column + 1) as f64;
    let northing_of = |row: &char| {
        row_index(zone.number(), *row).and_then(|row| square_northing(zone, band, easting, row))
    };
    let mut rows: Vec<(f64, char)> =
        ROWS.chars().filter_map(|row| northing_of(&row).map(|northing| (northing, row))).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn side_m(digits: u8) -> f64 {
    10.0_f64.powi(i32::from(MAX_DIGITS - digits.min(MAX_DIGITS)))
}

fn row_shift(zone: u8) -> usize {
    if zone.is_multiple_of(2) { 5 } else { 0 }
}

/// The number of a row above a northing that is a multiple of [`CYCLE_M`].
fn row_index(zone: u8, row: char) -> Option<usize> {
    ROWS.find(row).map(|index| (index + ROWS.len() - row_shift(zone)) % ROWS.len())
}

/// The northing of the square in this row that touches the band.
fn square_northing(zone: UtmZone, band: char, easting: f64, row: usize) -> Option<f64> {
    let [band_south, band_north] = zone::band_limits(band)?;
    (0..5).map(|cycle| SQUARE_M * row as f64 + CYCLE_M * f64::from(cycle)).find(|northing| {
        let corners = [[0.0, 0.0], [SQUARE_M, 0.0], [SQUARE_M, SQUARE_M], [0.0, SQUARE_M]]
            .map(|[x, y]| [easting + x, northing + y]);
        let [_, south, _, north] = extent_of(zone, corners);
        south < band_north - 1e-9 && north > band_south + 1e-9
    })
}

fn extent_of(zone: UtmZone, corners_m: [[f64; 2]; 4]) -> [f64; 4] {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    corners_m
        .map(|corner| zone.unproject(corner))
        .iter()
        .fold(none, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])])
}
