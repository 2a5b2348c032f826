//! A position on the Earth.

use std::fmt;

use geographiclib_rs::{Geodesic, InverseGeodesic};

use crate::defect::{Defect, Rule};
use crate::limits;

/// A longitude and a latitude that are finite and in range.
///
/// # Coordinates
/// CRS84: degrees on WGS 84, longitude first. −180 and 180 name the same meridian; both are kept as
/// given, and every question of this crate treats them as one.
///
/// # Examples
/// ```
/// use geometry::{LonLat, Rule};
///
/// let battambang = LonLat::new(103.2, 13.1)?;
/// assert_eq!((battambang.lon(), battambang.lat()), (103.2, 13.1));
///
/// let swapped = LonLat::new(13.1, 103.2).unwrap_err();
/// assert_eq!(swapped.rule, Rule::OutOfRange);
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

impl LonLat {
    /// Checks a longitude and a latitude in degrees.
    ///
    /// A number nearer to zero than [`limits::ZERO_DEG`], and −0, become 0.
    ///
    /// # Errors
    /// [`Rule::NotFinite`] or [`Rule::OutOfRange`].
    pub fn new(lon: f64, lat: f64) -> Result<Self, Defect> {
        match fault_of([lon, lat]) {
            None => {
                let [lon, lat] = normalised([lon, lat]);
                Ok(Self { lon, lat })
            }
            Some((rule, fault)) => Err(Defect::new(rule, fault).at([lon, lat])),
        }
    }

    /// Takes a position that is known to be finite and in range.
    pub(crate) const fn trusted([lon, lat]: [f64; 2]) -> Self {
        Self { lon, lat }
    }

    /// The longitude in degrees, −180 to 180.
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// The latitude in degrees, −90 to 90.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// The length in metres of the shortest line to another position on the WGS 84 ellipsoid.
    ///
    /// # Accuracy
    /// 15 nanometres.
    ///
    /// # Source
    /// Karney (2013), "Algorithms for geodesics", through geographiclib-rs.
    ///
    /// # Examples
    /// ```
    /// use geometry::LonLat;
    ///
    /// let equator = LonLat::new(0.0, 0.0)?;
    /// let east = LonLat::new(1.0, 0.0)?;
    /// assert!((equator.distance_m(east) - 111_319.490_793).abs() < 1e-6);
    /// # Ok::<(), geometry::Defect>(())
    /// ```
    pub fn distance_m(self, other: Self) -> f64 {
        Geodesic::wgs84().inverse(self.lat, self.lon, other.lat, other.lon)
    }
}

impl From<LonLat> for [f64; 2] {
    fn from(position: LonLat) -> Self {
        [position.lon, position.lat]
    }
}

impl TryFrom<[f64; 2]> for LonLat {
    type Error = Defect;

    fn try_from([lon, lat]: [f64; 2]) -> Result<Self, Defect> {
        Self::new(lon, lat)
    }
}

impl fmt::Display for LonLat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Place([self.lon, self.lat]))
    }
}

/// Tells whether a position is finite and in range; the fast way of [`fault_of`].
pub(crate) fn is_usable([lon, lat]: [f64; 2]) -> bool {
    // NaN fails both comparisons, and so do the infinities.
    lon.abs() <= 180.0 && lat.abs() <= 90.0
}

/// Tells what is wrong with a position, if anything is.
pub(crate) fn fault_of([lon, lat]: [f64; 2]) -> Option<(Rule, String)> {
    if is_usable([lon, lat]) {
        return None;
    }
    if !lon.is_finite() || !lat.is_finite() {
        return Some((Rule::NotFinite, format!("The position ({lon}, {lat}) is not two numbers")));
    }
    let fault = if is_usable([lat, lon]) {
        format!(
            "The position ({lon}, {lat}) has a latitude outside ±90°; longitude and latitude look \
             swapped"
        )
    } else if lon.abs() > 180.0 && lat.abs() > 90.0 {
        format!(
            "The position ({lon}, {lat}) is outside ±180° of longitude and ±90° of latitude; it \
             looks like metres in a projected coordinate system"
        )
    } else if lon.abs() > 180.0 {
        format!("The position ({lon}, {lat}) has a longitude outside ±180°")
    } else {
        format!("The position ({lon}, {lat}) has a latitude outside ±90°")
    };
    Some((Rule::OutOfRange, fault))
}

/// Takes a position that rounding carried over the edge of the world back to it.
pub(crate) fn on_the_world([lon, lat]: [f64; 2]) -> [f64; 2] {
    let back = |degrees: f64, edge: f64| {
        let is_beyond = degrees.abs() > edge && degrees.abs() < edge + limits::EDGE_DEG;
        if is_beyond { edge.copysign(degrees) } else { degrees }
    };
    [back(lon, 180.0), back(lat, 90.0)]
}

/// Replaces −0 and numbers too near to zero by 0.
pub(crate) fn normalised(position: [f64; 2]) -> [f64; 2] {
    position.map(|degrees| if degrees.abs() < limits::ZERO_DEG { 0.0 } else { degrees })
}

/// Writes a position for a sentence, to about a centimetre.
pub(crate) struct Place(pub(crate) [f64; 2]);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = self.0.map(|degrees| (degrees * 1e7).round() / 1e7);
        write!(f, "({}, {})", rounded[0], rounded[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_none_are_refused() {
        for (lon, lat) in [(f64::NAN, 0.0), (0.0, f64::NAN), (f64::INFINITY, 0.0)] {
            assert_eq!(LonLat::new(lon, lat).unwrap_err().rule, Rule::NotFinite);
        }
    }

    #[test]
    fn positions_off_the_globe_are_refused_with_a_guess_at_the_cause() {
        let swapped = LonLat::new(13.1, 103.2).unwrap_err();
        assert_eq!(swapped.rule, Rule::OutOfRange);
        assert!(swapped.reason.contains("look swapped"), "{swapped}");
        let projected = LonLat::new(412_345.0, 1_501_234.0).unwrap_err();
        assert!(projected.reason.contains("metres"), "{projected}");
        assert_eq!(LonLat::new(181.0, 0.0).unwrap_err().rule, Rule::OutOfRange);
        assert_eq!(LonLat::new(180.0, -90.0).map(LonLat::lon), Ok(180.0));
    }

    #[test]
    fn there_is_one_zero() {
        let position = LonLat::new(-0.0, 1e-31).unwrap();
        assert_eq!(position.lon().to_bits(), 0);
        assert_eq!(position.lat().to_bits(), 0);
    }

    #[test]
    fn a_position_prints_as_longitude_and_latitude() {
        assert_eq!(LonLat::new(103.200_000_01, 13.1).unwrap().to_string(), "(103.2, 13.1)");
    }
}
