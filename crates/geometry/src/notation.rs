//! Positions as people write them: degrees in every spelling, UTM, MGRS; read and written.
//!
//! What [`read`] gives is never a guess. It knows which notation it found and how fine it is
//! written; what may mean two places is refused, or carries the other place as a [`Doubt`]. What it
//! refuses it explains: where in the text, what was read there, which rule, what to type instead
//! ([`NotationError`]).
//!
//! | notation | read | written by [`write()`] |
//! |---|---|---|
//! | decimal degrees | `13.1°N 103.2°E`, `N13,1 E103,2`, `lat 13.1, lon 103.2`, `13.1 103.2` | `13.10000°N 103.20000°E` |
//! | degrees and minutes | `13°06.00′N 103°12.00′E`, `13d6m N 103d12m E` | `13°06.000′N 103°12.000′E` |
//! | degrees, minutes, seconds | `13 06 00 N 103 12 00 E`, `48°27′30″ пн.ш. 35°2′ сх.д.`, `១៣°៦′០″ជើង ១០៣°១២′០″កើត` | `13°06′00.0″N 103°12′00.0″E` |
//! | UTM | `48N 304855 1448889`, `48P 304855mE 1448889mN`, `zone 48 north 304855 1448889` | `48 north 304855mE 1448889mN` |
//! | MGRS | `48PUV0485548889`, `48p uv 048 488`, `48PUV` | `48PUV0485548889` |
//!
//! Digits may be Latin, Khmer, Arabic, Persian, Devanagari, Bengali, Thai, Lao or Myanmar;
//! hemispheres Latin letters, Russian, Ukrainian or Khmer; decimals follow a point or a comma.
//! Everything is on WGS 84: coordinates of another datum go through [`crate::crs`].

mod angle;
mod error;
mod mgrs;
mod mgrs_text;
mod pair;
mod text;
pub(crate) mod transverse_mercator;
mod utm;
mod utm_text;
mod words;
mod write;
mod zone;

use std::fmt;

pub use error::{NotationError, NotationRule};
pub use mgrs::MgrsCell;
pub use text::MAX_CHARS;
pub use utm::{Hemisphere, UtmPoint, UtmZone};
pub use write::{Form, write};

use crate::lon_lat::{LonLat, Place};
use text::Text;
use words::Axis;

/// A way to write positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notation {
    /// Degrees with decimals.
    DecimalDegrees,
    /// Degrees, and minutes with decimals.
    DegreesMinutes,
    /// Degrees, minutes, and seconds with decimals.
    DegreesMinutesSeconds,
    /// Zone, easting and northing of Universal Transverse Mercator.
    Utm,
    /// A cell of the Military Grid Reference System.
    Mgrs,
}

/// Which of two numbers comes first where the text does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Longitude or easting first.
    LongitudeFirst,
    /// Latitude or northing first.
    LatitudeFirst,
}

/// What the form says about the text that is typed into it.
///
/// Without it, numbers whose order cannot be told are refused, and so are easting and northing
/// without a zone.
///
/// # Examples
/// ```
/// use geometry::notation::{self, Expected, NotationRule, Order};
///
/// let text = "35.5 36.25";
/// let error = notation::read(text, &Expected::default()).unwrap_err();
/// assert_eq!(error.rule, NotationRule::OrderUnknown);
///
/// let form = Expected { order: Some(Order::LatitudeFirst), zone: None };
/// assert_eq!(notation::read(text, &form).unwrap().position().lat(), 35.5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The order of two numbers; words and hemispheres in the text go before.
    pub order: Option<Order>,
    /// The zone of easting and northing; one in the text goes before.
    pub zone: Option<UtmZone>,
}

/// A position that was read, with the way it was written.
///
/// # Coordinates
/// CRS84. Of a grid reference, [`Self::position`] is the centre of the cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    position: LonLat,
    notation: Notation,
    resolution_m: f64,
    grid: Option<Grid>,
    doubts: Vec<Doubt>,
}

/// What was read in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Grid {
    Utm(UtmPoint),
    Mgrs(MgrsCell),
}

impl Reading {
    /// The position; of a grid reference the centre of its cell.
    pub fn position(&self) -> LonLat {
        self.position
    }

    /// The notation that was recognised.
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// How far one unit of the last digit reaches on the ground in metres, the larger of both
    /// coordinates; of a grid reference the side of its cell.
    ///
    /// It says how finely the position is written, not how well it was measured.
    ///
    /// # Accuracy
    /// One part in a hundred, rather too large.
    pub fn resolution_m(&self) -> f64 {
        self.resolution_m
    }

    /// The cell, of a grid reference.
    pub fn cell(&self) -> Option<MgrsCell> {
        match self.grid {
            Some(Grid::Mgrs(cell)) => Some(cell),
            _ => None,
        }
    }

    /// Zone, easting and northing as written, of UTM.
    pub fn utm(&self) -> Option<UtmPoint> {
        match self.grid {
            Some(Grid::Utm(point)) => Some(point),
            _ => None,
        }
    }

    /// What else the text may mean; empty if it can mean one place only.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }
}

/// Another place a text may mean.
///
/// To be put before a person, or decided by what is known of the place: whether it is in the
/// country, near the other points of the record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubt {
    /// Why the text may mean it.
    pub kind: DoubtKind,
    /// The other place.
    pub alternative: LonLat,
}

/// Why a text may mean two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DoubtKind {
    /// Two plain numbers parted by a bar, which were taken as x and y: longitude first.
    OrderByBar,
    /// Two plain numbers in metres, which were taken as easting and northing.
    EastingFirst,
    /// Decimals of degrees that may have been copied from minutes, or minutes and seconds.
    MinutesAsDecimals,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Place(self.alternative.into());
        match self.kind {
            DoubtKind::OrderByBar => {
                write!(
                    f,
                    "Read as longitude|latitude. If the latitude came first, the place is {place}."
                )
            }
            DoubtKind::EastingFirst => {
                write!(
                    f,
                    "Read as easting and northing. If the northing came first, the place is {place}."
                )
            }
            DoubtKind::MinutesAsDecimals => write!(
                f,
                "Read as decimals of a degree. If they are minutes and seconds, the place is {place}."
            ),
        }
    }
}

/// Reads one position in whatever notation it is written.
///
/// # Errors
/// The first [`NotationError`].
///
/// # Source
/// ISO 6709:2022; NGA.STND.0037 2.0.0 (2014).
///
/// # Examples
/// ```
/// use geometry::notation::{self, DoubtKind, Expected, Notation};
///
/// let form = Expected::default();
/// let reading = notation::read("48P UV 0485 4888", &form)?;
/// assert_eq!((reading.notation(), reading.resolution_m()), (Notation::Mgrs, 10.0));
///
/// let reading = notation::read("-74.07584|4.59806", &form)?;
/// assert_eq!(reading.position().lon(), -74.07584);
/// assert_eq!(reading.doubts()[0].kind, DoubtKind::OrderByBar);
/// # Ok::<(), notation::NotationError>(())
/// ```
pub fn read(text: &str, expected: &Expected) -> Result<Reading, NotationError> {
    let text = Text::new(text)?;
    if let Some(shape) = mgrs_text::shape(&text) {
        return mgrs_text::read(&text, &shape);
    }
    if mgrs_text::is_polar(&text) {
        return Err(mgrs_text::polar(&text));
    }
    let tokens = text.tokens()?;
    if utm_text::looks_like(&tokens, expected) {
        return utm_text::read(&text, &tokens, expected);
    }
    pair::read(&text, &tokens, expected)
}

/// A latitude or a longitude that was read alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinate {
    /// Degrees, positive to the north and the east.
    pub degrees: f64,
    /// The notation that was recognised.
    pub notation: Notation,
    /// One unit of the last digit, in degrees.
    pub resolution_deg: f64,
    /// What the coordinate would be, in degrees, if its decimals were minutes and seconds.
    pub as_minutes_deg: Option<f64>,
}

/// Reads a latitude that stands in a field of its own.
///
/// # Errors
/// The first [`NotationError`]; of a longitude, [`NotationRule::SameAxis`].
///
/// # Examples
/// ```
/// use geometry::notation;
///
/// let latitude = notation::read_latitude("4:35:53,016")?;
/// assert!((latitude.degrees - 4.59806).abs() < 1e-12);
/// # Ok::<(), notation::NotationError>(())
/// ```
pub fn read_latitude(text: &str) -> Result<Coordinate, NotationError> {
    read_coordinate(text, Axis::Latitude)
}

/// Reads a longitude that stands in a field of its own.
///
/// # Errors
/// The first [`NotationError`]; of a latitude, [`NotationRule::SameAxis`].
///
/// # Examples
/// ```
/// use geometry::notation;
///
/// let longitude = notation::read_longitude("-74:4:33.024")?;
/// assert!((longitude.degrees + 74.07584).abs() < 1e-12);
/// # Ok::<(), notation::NotationError>(())
/// ```
pub fn read_longitude(text: &str) -> Result<Coordinate, NotationError> {
    read_coordinate(text, Axis::Longitude)
}

fn read_coordinate(text: &str, axis: Axis) -> Result<Coordinate, NotationError> {
    let text = Text::new(text)?;
    let tokens = text.tokens()?;
    let angle = pair::read_one(&text, &tokens, axis)?;
    Ok(Coordinate {
        degrees: angle.degrees,
        notation: angle.notation,
        resolution_deg: angle.step_deg,
        as_minutes_deg: angle.packed_deg,
    })
}
