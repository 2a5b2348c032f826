//! Coordinates that were probably misread, told by where they should lie.

use std::fmt;

use crate::lon_lat::LonLat;
use crate::notation::transverse_mercator::{Projected, forward, inverse};
use crate::raw::RawGeometry;

/// Zones either way that are tried. A zone off by more is a wrong system rather than a slip.
const ZONES_TRIED: i8 = 6;

/// Degrees of longitude from the central meridian of a UTM zone to that of the next.
const ZONE_DEG: f64 = 6.0;

/// What is added to northings south of the equator, in metres.
const FALSE_NORTHING_M: f64 = 10_000_000.0;

/// A way in which coordinates are commonly misread, and how to read them instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misreading {
    /// Latitude stands where longitude should.
    SwappedAxes,
    /// East and west are mistaken for one another.
    LongitudeSign,
    /// North and south are mistaken for one another.
    LatitudeSign,
    /// Both signs are wrong.
    BothSigns,
    /// Easting and northing were read in a UTM zone so many too far to the east; to the west if
    /// negative.
    UtmZone {
        /// The zone it was read in, less the one that is meant.
        off: i8,
    },
    /// Easting and northing were read in the UTM zone of the other hemisphere, 10,000 km off.
    UtmHemisphere,
}

impl Misreading {
    /// Every reading that is tried, likeliest first.
    fn all() -> impl Iterator<Item = Self> {
        let signs = [Self::LongitudeSign, Self::LatitudeSign, Self::BothSigns];
        let zones = (1..=ZONES_TRIED).flat_map(|off| [off, -off]);
        std::iter::once(Self::SwappedAxes)
            .chain(signs)
            .chain([Self::UtmHemisphere])
            .chain(zones.map(|off| Self::UtmZone { off }))
    }

    /// Reads a position as it was probably meant.
    ///
    /// # Coordinates
    /// Degrees, as sent and as meant; the answer is not checked to be on the Earth, but its
    /// longitude is brought to ±180° if a zone has carried it beyond.
    ///
    /// # Accuracy
    /// Exact, for a zone too: on an ellipsoid of revolution all zones are one projection turned
    /// about the axis, so that easting and northing read in the next zone lie 6° of longitude off.
    /// For a hemisphere a micrometre, if the position was in its own zone.
    ///
    /// # Source
    /// EPSG guidance note 7-2, UTM grid system.
    ///
    /// # Examples
    /// ```
    /// use geometry::suspicion::Misreading;
    ///
    /// assert_eq!(Misreading::SwappedAxes.undo([13.1, 103.2]), [103.2, 13.1]);
    /// // Read in zone 47, meant in zone 48.
    /// assert_eq!(Misreading::UtmZone { off: -1 }.undo([97.2, 13.1]), [103.2, 13.1]);
    /// ```
    pub fn undo(self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::SwappedAxes => [lat, lon],
            Self::LongitudeSign => [-lon, lat],
            Self::LatitudeSign => [lon, -lat],
            Self::BothSigns => [-lon, -lat],
            Self::UtmZone { off } => {
                let turned = lon - ZONE_DEG * f64::from(off);
                let whole_turns = if turned > 180.0 {
                    -360.0
                } else if turned < -180.0 {
                    360.0
                } else {
                    0.0
                };
                [turned + whole_turns, lat]
            }
            Self::UtmHemisphere => {
                let meridian = (lon / ZONE_DEG).floor() * ZONE_DEG + ZONE_DEG / 2.0;
                let Projected { easting_m, northing_m, .. } = forward(lon - meridian, lat);
                let off_m = if northing_m < 0.0 { FALSE_NORTHING_M } else { -FALSE_NORTHING_M };
                let [from_meridian, lat] = inverse(easting_m, northing_m + off_m);
                [meridian + from_meridian, lat]
            }
        }
    }

    /// The geometry as it was probably meant: every position as [`Self::undo`] gives it.
    pub fn corrected(self, raw: &RawGeometry) -> RawGeometry {
        let line = |line: &[[f64; 2]]| line.iter().map(|p| self.undo(*p)).collect::<Vec<_>>();
        let rings = |rings: &[Vec<[f64; 2]>]| rings.iter().map(|r| line(r)).collect::<Vec<_>>();
        match raw {
            RawGeometry::Point(position) => RawGeometry::Point(self.undo(*position)),
            RawGeometry::MultiPoint(positions) => RawGeometry::MultiPoint(line(positions)),
            RawGeometry::LineString(positions) => RawGeometry::LineString(line(positions)),
            RawGeometry::MultiLineString(lines) => RawGeometry::MultiLineString(rings(lines)),
            RawGeometry::Polygon(all) => RawGeometry::Polygon(rings(all)),
            RawGeometry::MultiPolygon(parts) => {
                RawGeometry::MultiPolygon(parts.iter().map(|part| rings(part)).collect())
            }
        }
    }
}

impl fmt::Display for Misreading {
    /// Completes the sentence "It would lie there …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SwappedAxes => f.write_str("with longitude and latitude swapped"),
            Self::LongitudeSign => f.write_str("with the sign of the longitudes turned round"),
            Self::LatitudeSign => f.write_str("with the sign of the latitudes turned round"),
            Self::BothSigns => f.write_str("with the signs of all coordinates turned round"),
            Self::UtmZone { off } => {
                let (count, plural) = (off.unsigned_abs(), if off.abs() == 1 { "" } else { "s" });
                let side = if *off > 0 { "west" } else { "east" };
                write!(f, "if its UTM coordinates were read {count} zone{plural} further {side}")
            }
            Self::UtmHemisphere => {
                f.write_str("if its UTM coordinates were read in the other hemisphere")
            }
        }
    }
}

/// The readings by which every position of a geometry comes to lie where `holds` says it should,
/// likeliest first; of several zones only the nearest.
///
/// Ask this of a geometry that does not lie there as it is. One answer is as good as certain
/// where the land asked about is narrower than a zone; several, or none, leave the question to a
/// person. Squares whose longitudes are also their latitudes, as in Chad, need a `holds` that is
/// narrower than the country.
///
/// # Examples
/// ```
/// use geometry::suspicion::{Misreading, misreadings};
/// use geometry::{Bbox, RawGeometry};
///
/// let cambodia = Bbox::new(102.3, 9.9, 107.7, 14.7)?;
/// let sent = RawGeometry::Point([-103.2, 13.1]);
/// assert_eq!(misreadings(&sent, |at| cambodia.contains(at)), [Misreading::LongitudeSign]);
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn misreadings(raw: &RawGeometry, holds: impl Fn(LonLat) -> bool) -> Vec<Misreading> {
    let mut found: Vec<Misreading> = Vec::new();
    if raw.positions().next().is_none() {
        return found;
    }
    for reading in Misreading::all() {
        let is_zone = |one: &Misreading| matches!(one, Misreading::UtmZone { .. });
        if is_zone(&reading) && found.iter().any(is_zone) {
            break;
        }
        let lies_there = |p: [f64; 2]| LonLat::try_from(reading.undo(p)).is_ok_and(&holds);
        if raw.positions().all(lies_there) {
            found.push(reading);
        }
    }
    found
}

/// Positions at which a coordinate is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zeros {
    /// Positions at longitude 0, latitude 0: what a form gives that was not filled in.
    pub both: usize,
    /// The first position of which exactly one coordinate is zero.
    pub one: Option<[f64; 2]>,
}

/// Looks for coordinates that are exactly zero.
///
/// Nothing measured lies exactly on the equator or the Greenwich meridian; what was drawn along a
/// graticule does.
///
/// # Examples
/// ```
/// use geometry::RawGeometry;
/// use geometry::suspicion::zeros;
///
/// let line = RawGeometry::LineString(vec![[103.2, 13.1], [0.0, 0.0], [103.2, 0.0]]);
/// assert_eq!(zeros(&line).both, 1);
/// assert_eq!(zeros(&line).one, Some([103.2, 0.0]));
/// ```
pub fn zeros(raw: &RawGeometry) -> Zeros {
    let mut zeros = Zeros::default();
    for position in raw.positions() {
        match position.map(|degrees| degrees == 0.0) {
            [true, true] => zeros.both += 1,
            [true, false] | [false, true] => {
                zeros.one.get_or_insert(position);
            }
            [false, false] => {}
        }
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bbox::Bbox;

    fn bbox(west: f64, south: f64, east: f64, north: f64) -> Bbox {
        Bbox::new(west, south, east, north).unwrap()
    }

    fn into(extent: Bbox, positions: &[[f64; 2]]) -> Vec<Misreading> {
        let raw = RawGeometry::MultiPoint(positions.to_vec());
        misreadings(&raw, |at| extent.contains(at))
    }

    fn cambodia() -> Bbox {
        bbox(102.3, 9.9, 107.7, 14.7)
    }

    #[test]
    fn swapped_axes_are_told_even_when_they_are_off_the_globe() {
        assert_eq!(into(cambodia(), &[[13.1, 103.2], [13.2, 103.3]]), [Misreading::SwappedAxes]);
    }

    #[test]
    fn each_wrong_sign_is_told_by_name() {
        let mozambique = bbox(30.2, -26.9, 40.9, -10.4);
        let cases = [
            ([-35.0, -18.0], Misreading::LongitudeSign),
            ([35.0, 18.0], Misreading::LatitudeSign),
            ([-35.0, 18.0], Misreading::BothSigns),
        ];
        for (sent, reading) in cases {
            let found = into(mozambique, &[sent]);
            assert_eq!(found.first(), Some(&reading), "{sent:?}: {found:?}");
            assert_eq!(reading.undo(sent), [35.0, -18.0]);
        }
    }

    #[test]
    fn zone_48_read_as_47_lies_six_degrees_and_651_km_off_and_is_read_back() {
        let found = into(cambodia(), &[[97.2, 13.1], [97.3, 13.2]]);
        assert_eq!(found, [Misreading::UtmZone { off: -1 }]);
        let (sent, meant) = ([97.2, 13.1], found[0].undo([97.2, 13.1]));
        assert_eq!(meant, [103.2, 13.1]);
        let off = LonLat::try_from(sent).unwrap().distance_m(LonLat::try_from(meant).unwrap());
        assert!((off / 1_000.0 - 651.0).abs() < 1.0, "{off}");
        assert_eq!(found[0].to_string(), "if its UTM coordinates were read 1 zone further east");
    }

    #[test]
    fn a_zone_is_read_back_across_the_antimeridian() {
        let fiji = bbox(177.0, -20.0, -178.0, -16.0);
        assert_eq!(into(fiji, &[[-176.5, -17.5]]), [Misreading::UtmZone { off: 1 }]);
        assert_eq!(Misreading::UtmZone { off: 1 }.undo([-176.5, -17.5]), [177.5, -17.5]);
        assert_eq!(Misreading::UtmZone { off: -1 }.undo([175.0, -17.5]), [-179.0, -17.5]);
    }

    #[test]
    fn of_several_zones_the_nearest_is_offered() {
        let ukraine = bbox(22.1, 44.2, 40.3, 52.4);
        assert_eq!(into(ukraine, &[[43.0, 48.0]]), [Misreading::UtmZone { off: 1 }]);
    }

    #[test]
    fn a_single_position_that_does_not_fit_leaves_no_reading() {
        assert!(into(cambodia(), &[[13.1, 103.2], [103.2, 13.1]]).is_empty());
        assert!(into(cambodia(), &[]).is_empty());
        assert!(into(cambodia(), &[[f64::NAN, f64::INFINITY]]).is_empty());
    }

    #[test]
    fn where_longitudes_are_latitudes_the_narrower_land_decides() {
        let (chad, kanem) = (bbox(13.4, 7.4, 24.0, 23.5), bbox(13.5, 13.7, 16.0, 16.0));
        let sent = [[14.0, 15.2]];
        assert!(into(chad, &sent).contains(&Misreading::SwappedAxes), "Chad fits both ways");
        let tibesti = bbox(15.0, 19.0, 19.0, 23.5);
        assert_eq!(into(tibesti, &[[21.0, 17.0]]), [Misreading::SwappedAxes]);
        assert!(kanem.contains(LonLat::try_from(sent[0]).unwrap()));
    }

    #[test]
    fn a_hemisphere_read_wrong_lies_ten_thousand_kilometres_off_and_is_read_back() {
        use crate::notation::{Hemisphere, UtmPoint, UtmZone};
        let meant = UtmPoint::of(LonLat::new(33.5, -18.0).unwrap()).unwrap();
        let north = UtmZone::new(36, Hemisphere::North).unwrap();
        let read = UtmPoint::new(north, meant.easting_m(), meant.northing_m()).unwrap().position();
        assert!((read.lat() - 72.0).abs() < 1.0, "{read:?}");
        let mozambique = bbox(30.2, -26.9, 40.9, -10.4);
        let sent = [read.lon(), read.lat()];
        assert_eq!(into(mozambique, &[sent]), [Misreading::UtmHemisphere]);
        let [lon, lat] = Misreading::UtmHemisphere.undo(sent);
        assert!((lon - 33.5).abs() < 1e-9 && (lat + 18.0).abs() < 1e-9, "{lon} {lat}");
        let back = Misreading::UtmHemisphere.undo([33.5, -18.0]);
        assert!((back[0] - sent[0]).abs() < 1e-9 && (back[1] - sent[1]).abs() < 1e-9);
    }

    #[test]
    fn a_correction_keeps_the_kind_and_the_order() {
        let ring = vec![[13.0, 103.0], [13.1, 103.0], [13.1, 103.1], [13.0, 103.0]];
        let turned = vec![[103.0, 13.0], [103.0, 13.1], [103.1, 13.1], [103.0, 13.0]];
        let swapped = Misreading::SwappedAxes;
        let part = vec![vec![ring.clone()]];
        assert_eq!(
            swapped.corrected(&RawGeometry::MultiPolygon(part)),
            RawGeometry::MultiPolygon(vec![vec![turned.clone()]])
        );
        assert_eq!(
            swapped.corrected(&RawGeometry::LineString(ring)),
            RawGeometry::LineString(turned)
        );
    }

    #[test]
    fn zeros_are_counted_by_kind() {
        let all = RawGeometry::MultiPoint(vec![[0.0, -0.0], [0.0, 13.0], [1e-9, 1e-9]]);
        assert_eq!(zeros(&all), Zeros { both: 1, one: Some([0.0, 13.0]) });
    }
}
