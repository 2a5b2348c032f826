//! Places by zone, easting and northing.

use super::transverse_mercator as projection;
use super::zone;
use crate::lon_lat::{self, LonLat};

/// Smallest and largest easting in metres.
pub(super) const EASTINGS_M: [f64; 2] = [100_000.0, 900_000.0];

/// Smallest and largest northing in metres, north and south of the equator.
const NORTHINGS_M: [[f64; 2]; 2] = [[0.0, 9_400_000.0], [1_000_000.0, 1e7]];

/// Northing of the equator in the southern hemisphere in metres.
const FALSE_NORTHING_M: f64 = 1e7;

/// Degrees of longitude from its central meridian up to which a zone is used.
///
/// Countries at the edge of a zone keep using it beyond: 3° are the zone, 3° more its neighbour.
const REACH_DEG: f64 = 6.0;

/// Degrees by which a place on a limit may come out beyond it when it is written in whole metres,
/// half a metre of longitude at 84°.
const ROUNDING_DEG: f64 = 5e-5;

/// A half of the Earth, north or south of the equator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hemisphere {
    /// North of the equator, and the equator.
    North,
    /// South of the equator.
    South,
}

/// A zone of UTM on one side of the equator.
///
/// # Examples
/// ```
/// use geometry::notation::{Hemisphere, UtmZone};
///
/// let cambodia = UtmZone::new(48, Hemisphere::North).unwrap();
/// assert_eq!(cambodia.central_meridian(), 105.0);
/// assert_eq!(UtmZone::new(61, Hemisphere::North), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UtmZone {
    number: u8,
    hemisphere: Hemisphere,
}

impl UtmZone {
    /// Takes a zone number from 1 to 60.
    pub fn new(number: u8, hemisphere: Hemisphere) -> Option<Self> {
        (1..=60).contains(&number).then_some(Self { number, hemisphere })
    }

    /// The zone a position belongs to, the exceptions of Norway and Svalbard included; `None`
    /// south of 80° south and from 84° north.
    pub fn of(position: LonLat) -> Option<Self> {
        let [lon, lat] = position.into();
        zone::band_of(lat)?;
        let hemisphere = if lat < 0.0 { Hemisphere::South } else { Hemisphere::North };
        Self::new(zone::standard_zone(lon, lat), hemisphere)
    }

    /// The number, 1 to 60.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The side of the equator.
    pub const fn hemisphere(self) -> Hemisphere {
        self.hemisphere
    }

    /// The longitude of the central meridian in degrees.
    pub fn central_meridian(self) -> f64 {
        zone::central_meridian(self.number)
    }

    pub(super) fn northings_m(self) -> [f64; 2] {
        NORTHINGS_M[usize::from(self.hemisphere == Hemisphere::South)]
    }

    fn equator_m(self) -> f64 {
        if self.hemisphere == Hemisphere::South { FALSE_NORTHING_M } else { 0.0 }
    }

    /// The longitude from the central meridian, not wrapped, and the latitude of a place in metres.
    pub(super) fn unproject(self, [easting_m, northing_m]: [f64; 2]) -> [f64; 2] {
        projection::inverse(easting_m, northing_m - self.equator_m())
    }

    /// The position of a place in metres.
    pub(super) fn position_of(self, place_m: [f64; 2]) -> LonLat {
        let [from_meridian, lat] = self.unproject(place_m);
        let lon = zone::wrapped(self.central_meridian() + from_meridian);
        LonLat::trusted(lon_lat::normalised([lon, lat.clamp(-90.0, 90.0)]))
    }
}

/// A place in a UTM zone on WGS 84, within the range in which the zone is used.
///
/// # Units
/// Metres; the central meridian has the easting 500,000, the equator the northing 0 in the
/// northern hemisphere and 10,000,000 in the southern.
///
/// # Accuracy
/// Under 10 nanometres within 6° of the central meridian.
///
/// # Source
/// NGA.STND.0037 2.0.0 (2014), section 2; Karney (2011), "Transverse Mercator with an accuracy of a
/// few nanometers".
///
/// # Examples
/// ```
/// use geometry::LonLat;
/// use geometry::notation::{UtmPoint, UtmZone};
///
/// let position = LonLat::new(103.2, 13.1)?;
/// let zone = UtmZone::of(position).unwrap();
/// let point = UtmPoint::in_zone(position, zone).unwrap();
/// assert_eq!((point.easting_m().round(), point.northing_m().round()), (304_855.0, 1_448_889.0));
/// assert!(point.position().distance_m(position) < 1e-8);
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UtmPoint {
    zone: UtmZone,
    easting_m: f64,
    northing_m: f64,
}

/// Why an easting and a northing are no place in a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Misfit {
    Easting,
    Northing,
    /// In the polar areas, at this latitude.
    Polar(f64),
    /// Too far from the central meridian, in this zone.
    OtherZone(u8),
}

impl UtmPoint {
    /// Checks an easting and a northing in metres.
    ///
    /// `None` outside 100,000 to 900,000 m of easting, in the polar areas, and more than 6° of
    /// longitude from the central meridian.
    pub fn new(zone: UtmZone, easting_m: f64, northing_m: f64) -> Option<Self> {
        Self::fitting(zone, easting_m, northing_m).ok()
    }

    pub(super) fn fitting(zone: UtmZone, easting_m: f64, northing_m: f64) -> Result<Self, Misfit> {
        if !(EASTINGS_M[0]..=EASTINGS_M[1]).contains(&easting_m) {
            return Err(Misfit::Easting);
        }
        let [least, most] = zone.northings_m();
        if !(least..=most).contains(&northing_m) {
            return Err(Misfit::Northing);
        }
        let [from_meridian, lat] = zone.unproject([easting_m, northing_m]);
        let [south, north] = zone::UTM_LATITUDES;
        if !(south - ROUNDING_DEG..north + ROUNDING_DEG).contains(&lat) {
            return Err(Misfit::Polar(lat));
        }
        if from_meridian.abs() > REACH_DEG + ROUNDING_DEG {
            let lon = zone::wrapped(zone.central_meridian() + from_meridian);
            return Err(Misfit::OtherZone(zone::standard_zone(lon, lat)));
        }
        Ok(Self { zone, easting_m, northing_m })
    }

    /// The place of a position in its own zone; `None` in the polar areas.
    pub fn of(position: LonLat) -> Option<Self> {
        Self::in_zone(position, UtmZone::of(position)?)
    }

    /// The place of a position in a zone it need not belong to, on either side of the equator.
    ///
    /// `None` where [`Self::new`] gives none.
    pub fn in_zone(position: LonLat, zone: UtmZone) -> Option<Self> {
        let there = projected_in(position, zone);
        // A place on the equator may miss it by the rounding of a subtraction.
        let northing_m = (there.northing_m + zone.equator_m()).max(zone.northings_m()[0]);
        Self::new(zone, there.easting_m, northing_m)
    }

    /// The zone.
    pub const fn zone(&self) -> UtmZone {
        self.zone
    }

    /// The easting in metres.
    pub const fn easting_m(&self) -> f64 {
        self.easting_m
    }

    /// The northing in metres.
    pub const fn northing_m(&self) -> f64 {
        self.northing_m
    }

    /// The position.
    pub fn position(&self) -> LonLat {
        self.zone.position_of([self.easting_m, self.northing_m])
    }

    /// The bearing of grid north in degrees, clockwise from true north.
    ///
    /// A true bearing is the grid bearing plus this.
    pub fn convergence_deg(&self) -> f64 {
        projected_in(self.position(), self.zone).convergence_deg
    }

    /// Length in the grid over length on the ellipsoid, 0.9996 on the central meridian.
    pub fn scale(&self) -> f64 {
        projected_in(self.position(), self.zone).scale
    }
}

fn projected_in(position: LonLat, zone: UtmZone) -> projection::Projected {
    let from_meridian = zone::wrapped(position.lon() - zone.central_meridian());
    projection::forward(from_meridian, position.lat())
}
