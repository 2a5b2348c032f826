//! The zones and latitude bands of UTM, with the exceptions of Norway and Svalbard.
//!
//! # Source
//! NGA.STND.0037 2.0.0 (2014), "Universal Grids and Grid Reference Systems", sections 2.1 and 3.

/// Latitude bands from south to north, 8° each from −80° but for the last, of 12°.
pub(super) const BANDS: &str = "CDEFGHJKLMNPQRSTUVWX";

/// Southern and northern end in degrees of latitude of what UTM covers.
pub(super) const UTM_LATITUDES: [f64; 2] = [-80.0, 84.0];

/// The latitude band of a latitude; `None` in the polar areas.
pub(super) fn band_of(lat: f64) -> Option<char> {
    if !(UTM_LATITUDES[0]..UTM_LATITUDES[1]).contains(&lat) {
        return None;
    }
    let index = ((lat + 80.0) / 8.0).floor() as usize;
    BANDS.chars().nth(index.min(BANDS.len() - 1))
}

/// Southern and northern limit of a band in degrees.
pub(super) fn band_limits(band: char) -> Option<[f64; 2]> {
    let index = BANDS.find(band)?;
    let south = -80.0 + 8.0 * index as f64;
    let north = if band == 'X' { UTM_LATITUDES[1] } else { south + 8.0 };
    Some([south, north])
}

/// The longitude of the central meridian of a zone in degrees.
pub(super) fn central_meridian(zone: u8) -> f64 {
    6.0 * f64::from(zone) - 183.0
}

/// The zone a position belongs to; the antimeridian belongs to zone 1.
pub(super) fn standard_zone(lon: f64, lat: f64) -> u8 {
    let lon = if lon >= 180.0 { lon - 360.0 } else { lon };
    let plain = (((lon + 180.0) / 6.0).floor() as u8).min(59) + 1;
    let starts: &[(f64, u8)] = match band_of(lat) {
        Some('V') => &[(3.0, 32)],
        Some('X') => &[(0.0, 31), (9.0, 33), (21.0, 35), (33.0, 37)],
        _ => return plain,
    };
    let end = if starts.len() == 1 { 12.0 } else { 42.0 };
    if lon >= end {
        return plain;
    }
    starts.iter().rev().find(|(west, _)| lon >= *west).map_or(plain, |(_, zone)| *zone)
}

/// Western and eastern limit in degrees of a zone in a band; `None` where the zone is left out.
pub(super) fn zone_limits(zone: u8, band: char) -> Option<[f64; 2]> {
    match (zone, band) {
        (31, 'V') => Some([0.0, 3.0]),
        (32, 'V') => Some([3.0, 12.0]),
        (31, 'X') => Some([0.0, 9.0]),
        (33, 'X') => Some([9.0, 21.0]),
        (35, 'X') => Some([21.0, 33.0]),
        (37, 'X') => Some([33.0, 42.0]),
        (32 | 34 | 36, 'X') => None,
        _ => {
            let meridian = central_meridian(zone);
            Some([meridian - 3.0, meridian + 3.0])
        }
    }
}

/// Brings a longitude to −180 up to 180 degrees.
pub(super) fn wrapped(lon: f64) -> f64 {
    if lon > 180.0 {
        lon - 360.0
    } else if lon < -180.0 {
        lon + 360.0
    } else {
        lon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_their_limits_agree() {
        for lat in [-80.0, -79.9, -0.1, 0.0, 7.9, 8.0, 55.9, 56.0, 63.9, 64.0, 72.0, 83.9] {
            let band = band_of(lat).unwrap();
            let [south, north] = band_limits(band).unwrap();
            assert!(south <= lat && lat < north);
            for tenth in -1800..1800 {
                let lon = f64::from(tenth) / 10.0;
                let [west, east] = zone_limits(standard_zone(lon, lat), band).unwrap();
                assert!(west <= lon && lon < east, "{lon} {lat}: {west} {east}");
            }
        }
        assert_eq!(band_of(84.0), None);
        assert_eq!(band_of(-80.1), None);
        assert_eq!([standard_zone(180.0, 0.0), standard_zone(-180.0, 0.0)], [1, 1]);
    }
}
