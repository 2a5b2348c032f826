//! Positions as text, in the one spelling of each notation that has one meaning.

use super::mgrs::MgrsCell;
use super::utm::{Hemisphere, UtmPoint};
use crate::lon_lat::LonLat;

/// How a position is to be written: the notation, and how finely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `13.10000°N 103.20000°E`, with up to 12 decimals.
    DecimalDegrees {
        /// Decimals of a degree; 5 are 1.1 m.
        decimals: u8,
    },
    /// `13°06.000′N 103°12.000′E`, with up to 10 decimals.
    DegreesMinutes {
        /// Decimals of a minute; 3 are 1.9 m.
        decimals: u8,
    },
    /// `13°06′00.0″N 103°12′00.0″E`, with up to 8 decimals.
    DegreesMinutesSeconds {
        /// Decimals of a second; 1 is 3.1 m.
        decimals: u8,
    },
    /// `48 north 304855mE 1448889mN`, with up to 6 decimals.
    Utm {
        /// Decimals of a metre.
        decimals: u8,
    },
    /// `48PUV0485548889`, with up to 5 digits for easting and northing each.
    Mgrs {
        /// Digits of each; 5 are 1 m, 4 are 10 m.
        digits: u8,
    },
}

/// Writes a position so that [`read`](super::read) finds it again, without doubts.
///
/// Degrees and UTM are rounded to the nearest number, grid references are cut, as their standard
/// demands; more decimals or digits than a form has are left out. `None` in the polar areas for UTM
/// and MGRS.
///
/// # Accuracy
/// Reading it again gives the position to half a unit of the last digit, and the cell of MGRS that
/// holds it.
///
/// # Examples
/// ```
/// use geometry::LonLat;
/// use geometry::notation::{Form, write};
///
/// let position = LonLat::new(-74.07584, 4.59806)?;
/// let dms = write(position, Form::DegreesMinutesSeconds { decimals: 1 });
/// assert_eq!(dms.unwrap(), "4°35′53.0″N 74°04′33.0″W");
/// let utm = write(position, Form::Utm { decimals: 0 });
/// assert_eq!(utm.unwrap(), "18 north 602512mE 508301mN");
/// let pole = LonLat::new(0.0, 90.0)?;
/// assert_eq!(write(pole, Form::Mgrs { digits: 5 }), None);
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn write(position: LonLat, form: Form) -> Option<String> {
    let side = |degrees: f64, angle: String, [positive, negative]: [char; 2]| {
        // What is rounded to zero lies on neither side of it.
        let is_zero = !angle.contains(|c: char| ('1'..='9').contains(&c));
        let letter = if degrees < 0.0 && !is_zero { negative } else { positive };
        format!("{angle}{letter}")
    };
    let both = |angle: &dyn Fn(f64) -> String| {
        let [lon, lat]: [f64; 2] = position.into();
        let lat = side(lat, angle(lat.abs()), ['N', 'S']);
        let lon = side(lon, angle(lon.abs()), ['E', 'W']);
        Some(format!("{lat} {lon}"))
    };
    match form {
        Form::DecimalDegrees { decimals } => {
            let decimals = usize::from(decimals.min(12));
            both(&|degrees| format!("{degrees:.decimals$}°"))
        }
        Form::DegreesMinutes { decimals } => both(&|degrees| {
            let (minutes, fraction) = rounded(degrees * 60.0, decimals.min(10));
            format!("{}°{:02}{fraction}′", minutes / 60, minutes % 60)
        }),
        Form::DegreesMinutesSeconds { decimals } => both(&|degrees| {
            let (seconds, fraction) = rounded(degrees * 3600.0, decimals.min(8));
            let (minutes, seconds) = (seconds / 60, seconds % 60);
            format!("{}°{:02}′{seconds:02}{fraction}″", minutes / 60, minutes % 60)
        }),
        Form::Utm { decimals } => {
            let decimals = usize::from(decimals.min(6));
            let point = UtmPoint::of(position)?;
            let hemisphere = match point.zone().hemisphere() {
                Hemisphere::North => "north",
                Hemisphere::South => "south",
            };
            Some(format!(
                "{} {hemisphere} {:.decimals$}mE {:.decimals$}mN",
                point.zone().number(),
                point.easting_m(),
                point.northing_m(),
            ))
        }
        Form::Mgrs { digits } => MgrsCell::of(position, digits).map(|cell| cell.to_string()),
    }
}

/// Rounds to a number of decimals: the whole part, so that 59.99 seconds never become 60, and the
/// decimals with their point.
fn rounded(value: f64, decimals: u8) -> (u64, String) {
    let scale = 10_u64.pow(u32::from(decimals));
    let units = (value * scale as f64).round() as u64;
    let fraction = match decimals {
        0 => String::new(),
        _ => format!(".{:0width$}", units % scale, width = usize::from(decimals)),
    };
    (units / scale, fraction)
}
