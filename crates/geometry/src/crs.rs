//! Coordinate reference systems: from national coordinates to longitude and latitude.
//!
//! The only module that names PROJ. A [`Crs`] holds a code, not a transformation: PROJ's objects
//! belong to one thread and take milliseconds to make, so each thread keeps those it has used.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proj::Proj;

use crate::lon_lat::LonLat;

/// Degrees by which a position may lie outside the area its reference system is meant for.
///
/// Countries at the edge of a zone keep using it beyond; a position further out was not taken in
/// that system.
const AREA_MARGIN_DEG: f64 = 5.0;

/// Reference systems a thread keeps ready; more than a programme uses.
const KEPT_PER_THREAD: usize = 32;

/// A coordinate reference system of the EPSG register.
///
/// # Examples
/// ```
/// use geometry::crs::Crs;
///
/// let utm_48_north = Crs::from_epsg(32648)?;
/// let position = utm_48_north.to_crs84([500_000.0, 1_437_184.0])?;
/// assert!((position.lon() - 105.0).abs() < 1e-9, "on the central meridian");
/// # Ok::<(), geometry::crs::CrsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crs {
    code: u32,
    /// West, south, east, north of the area of use in degrees.
    area: Option<[f64; 4]>,
}

/// Why coordinates could not be carried to longitude and latitude.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// The code is not in PROJ's copy of the register, or is no reference system of places.
    #[error("EPSG:{code} is not a coordinate reference system known here: {reason}")]
    Unknown {
        /// The code.
        code: u32,
        /// What PROJ says.
        reason: String,
    },
    /// A coordinate is NaN or infinite.
    #[error("the coordinates ({x}, {y}) are not two numbers")]
    NotFinite {
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
    /// PROJ cannot carry the coordinates over.
    #[error("EPSG:{code} has no place for the coordinates ({x}, {y}): {reason}")]
    NoPlace {
        /// The code.
        code: u32,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
        /// What PROJ says.
        reason: String,
    },
    /// Only a guess that ignores the difference of datums is known, which may be hundreds of metres
    /// off.
    #[error(
        "no transformation of known accuracy leads from EPSG:{code} to WGS 84 at ({lon:.3}, {lat:.3})"
    )]
    Ballpark {
        /// The code.
        code: u32,
        /// Longitude in degrees the guess gave.
        lon: f64,
        /// Latitude in degrees the guess gave.
        lat: f64,
    },
    /// The place is far outside the area the reference system is meant for.
    #[error("({x}, {y}) in EPSG:{code} is at ({lon:.3}, {lat:.3}), outside the area it is used in")]
    OutsideArea {
        /// The code.
        code: u32,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
        /// Longitude in degrees.
        lon: f64,
        /// Latitude in degrees.
        lat: f64,
    },
}

impl Crs {
    /// Looks up a reference system by its EPSG code.
    ///
    /// # Errors
    /// [`CrsError::Unknown`].
    pub fn from_epsg(code: u32) -> Result<Self, CrsError> {
        let unknown = |reason: String| CrsError::Unknown { code, reason };
        let definition = Proj::new(&format!("EPSG:{code}")).map_err(|e| unknown(e.to_string()))?;
        let area = definition.area_of_use().ok().and_then(|(area, _)| area);
        loaded(code)?;
        Ok(Self { code, area: area.map(|a| [a.west, a.south, a.east, a.north]) })
    }

    /// The EPSG code.
    pub const fn code(self) -> u32 {
        self.code
    }

    /// Carries coordinates to longitude and latitude on WGS 84.
    ///
    /// # Coordinates
    /// Easting then northing, or longitude then latitude, whatever order the register gives them
    /// in.
    ///
    /// # Units
    /// Those of the reference system: metres for nearly all that are projected, degrees for those
    /// that are not.
    ///
    /// # Accuracy
    /// That of the transformation PROJ picks for the place: exact for systems on WGS 84 itself, a
    /// few metres to tens of metres for national datums.
    ///
    /// # Errors
    /// [`CrsError::NotFinite`]; [`CrsError::NoPlace`]; [`CrsError::Ballpark`] when PROJ could only
    /// guess; [`CrsError::OutsideArea`] more than 5° outside the area of use.
    pub fn to_crs84(&self, [x, y]: [f64; 2]) -> Result<LonLat, CrsError> {
        if !x.is_finite() || !y.is_finite() {
            return Err(CrsError::NotFinite { x, y });
        }
        let code = self.code;
        let no_place = |reason: String| CrsError::NoPlace { code, x, y, reason };
        let proj = loaded(code)?;
        let (lon, lat): (f64, f64) =
            proj.convert((x, y)).map_err(|error| no_place(error.to_string()))?;
        let position = LonLat::new(lon, lat).map_err(|defect| no_place(defect.reason))?;
        // PROJ picks an operation by place, so only the one just used can be asked.
        let used = proj.proj_info().description.unwrap_or_default();
        if used.contains("Ballpark") {
            return Err(CrsError::Ballpark { code, lon, lat });
        }
        if !self.area.is_none_or(|area| is_near(area, position)) {
            return Err(CrsError::OutsideArea { code, x, y, lon, lat });
        }
        Ok(position)
    }
}

fn is_near([west, south, east, north]: [f64; 4], position: LonLat) -> bool {
    let width = (east - west).rem_euclid(360.0);
    let from_west = (position.lon() - west + AREA_MARGIN_DEG).rem_euclid(360.0);
    let is_global = east - west >= 360.0;
    (is_global || from_west <= width + 2.0 * AREA_MARGIN_DEG)
        && position.lat() >= south - AREA_MARGIN_DEG
        && position.lat() <= north + AREA_MARGIN_DEG
}

/// The transformation from a code to CRS84, made once for each thread.
fn loaded(code: u32) -> Result<Rc<Proj>, CrsError> {
    thread_local! {
        static LOADED: RefCell<HashMap<u32, Rc<Proj>>> = RefCell::new(HashMap::new());
    }
    LOADED.with_borrow_mut(|kept| {
        if let Some(proj) = kept.get(&code) {
            return Ok(Rc::clone(proj));
        }
        let made = Proj::new_known_crs(&format!("EPSG:{code}"), "OGC:CRS84", None);
        let unknown =
            |error: proj::ProjCreateError| CrsError::Unknown { code, reason: error.to_string() };
        let proj = Rc::new(made.map_err(unknown)?);
        if kept.len() >= KEPT_PER_THREAD {
            kept.clear();
        }
        kept.insert(code, Rc::clone(&proj));
        Ok(proj)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(code: u32, x: f64, y: f64) -> Result<LonLat, CrsError> {
        Crs::from_epsg(code)?.to_crs84([x, y])
    }

    fn assert_near(position: LonLat, [lon, lat]: [f64; 2], degrees: f64) {
        let near = (position.lon() - lon).abs() < degrees && (position.lat() - lat).abs() < degrees;
        assert!(near, "{position:?}, expected {lon}, {lat}");
    }

    /// Source: EPSG Guidance Note 7-2 (IOGP 373-7-2), worked example of Popular Visualisation
    /// Pseudo-Mercator: 100°20'00.000"W, 24°22'54.433"N.
    #[test]
    fn web_mercator_agrees_with_the_worked_example_of_its_register() {
        let position = at(3857, -11_169_055.58, 2_800_000.00).unwrap();
        assert_near(position, [-100.333_333_33, 24.381_786_94], 1e-7);
    }

    /// Source: on the central meridian the northing is the scale factor times the length of the
    /// meridian, which `GeographicLib` gives; off it, the worked coordinates of the CN Tower, to a
    /// metre, in Wikipedia, "Universal Transverse Mercator coordinate system".
    #[test]
    fn utm_zones_agree_with_the_length_of_the_meridian() {
        let [equator, battambang] = [0.0, 13.0].map(|lat| LonLat::new(105.0, lat).unwrap());
        let northing = 0.9996 * equator.distance_m(battambang);
        assert_near(at(32648, 500_000.0, northing).unwrap(), [105.0, 13.0], 1e-10);
        let tower = [-(79.0 + 23.0 / 60.0 + 13.7 / 3600.0), 43.0 + 38.0 / 60.0 + 33.24 / 3600.0];
        assert_near(at(32617, 630_084.0, 4_833_438.0).unwrap(), tower, 1e-5);
    }

    #[test]
    fn coordinates_are_easting_and_northing_whatever_the_register_says() {
        // WGS 84 itself is latitude first in the register.
        assert_near(at(4326, 103.2, 13.1).unwrap(), [103.2, 13.1], 1e-12);
        // Pulkovo 1942 / Gauss-Krüger zone 7 is northing first in the register.
        assert_near(at(28407, 7_350_000.0, 5_320_000.0).unwrap(), [37.0, 48.0], 0.1);
    }

    #[test]
    fn a_guess_at_the_datum_is_refused() {
        // No transformation of Indian 1960 covers Cambodia.
        let cambodia = at(3148, 281_000.0, 1_437_000.0);
        assert!(matches!(cambodia, Err(CrsError::Ballpark { code: 3148, .. })), "{cambodia:?}");
        // One covers Vietnam between 14° and 18°.
        assert!(at(3148, 660_000.0, 1_700_000.0).is_ok());
    }

    #[test]
    fn coordinates_far_from_the_zone_are_refused() {
        assert!(matches!(at(32648, 500_000.0, 1e7 + 1.0), Err(CrsError::OutsideArea { .. })));
        assert!(at(32648, 9e6, 0.0).is_err());
        assert!(at(32648, 100_000.0, 1_437_000.0).is_ok(), "two degrees outside is common");
        assert!(matches!(at(32648, f64::NAN, 0.0), Err(CrsError::NotFinite { .. })));
        assert!(matches!(at(4326, 13.1, 103.2), Err(CrsError::NoPlace { .. })));
    }

    #[test]
    fn codes_that_are_none_are_refused() {
        assert!(matches!(Crs::from_epsg(999_999), Err(CrsError::Unknown { .. })));
        assert!(matches!(Crs::from_epsg(0), Err(CrsError::Unknown { .. })));
        // An ellipsoid's code is not that of a reference system.
        assert!(matches!(Crs::from_epsg(7030), Err(CrsError::Unknown { .. })));
    }

    #[test]
    fn a_reference_system_goes_from_thread_to_thread() {
        let crs = Crs::from_epsg(32636).unwrap();
        let here = crs.to_crs84([500_000.0, 5_316_000.0]).unwrap();
        let there = std::thread::spawn(move || crs.to_crs84([500_000.0, 5_316_000.0])).join();
        assert_eq!(there.unwrap().unwrap(), here);
    }
}
