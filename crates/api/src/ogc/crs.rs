//! Coordinate reference systems of answers and questions.
//!
//! # Source
//! OGC API – Features – Part 2: Coordinate Reference Systems by Reference (18-058r1).

use exchange::GeometryRef;
use geometry::crs::{AxisOrder, Crs};
use geometry::{Bbox, LonLat, ShapeKind};
use survey::Programme;
use view::Place;

use crate::problem::Problem;
use crate::query::invalid;

/// Longitude and latitude on WGS 84: what is stored, and what is answered unless asked otherwise.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// UTM zones offered to a programme; a country wider than that has a system of its own.
const ZONES_MAX: u32 = 12;

/// Pieces into which the edges of a box are divided when it is carried to longitudes and latitudes.
const PIECES: u32 = 16;

fn uri(epsg: u32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{epsg}")
}

/// The systems offered to a programme, the default first: CRS84, WGS 84, Web Mercator, its national
/// system and those UTM zones of its extent that can carry all of it. What is offered has to work for
/// every item (18-058r1, `/req/crs/crs-action`), and a country of several zones is too wide for one.
pub fn offered(programme: &Programme) -> Vec<String> {
    let Some([west, south, east, north]) = programme.extent else { return taken(programme) };
    let corners = [[west, south], [west, north], [east, south], [east, north]];
    known(programme, |zone| carries_all(zone, &corners))
}

/// The systems that coordinates may be asked for in: those offered, and the other UTM zones of the
/// extent, for items that lie in them.
fn taken(programme: &Programme) -> Vec<String> {
    known(programme, |_| true)
}

fn known(programme: &Programme, is_zone_wanted: impl Fn(u32) -> bool) -> Vec<String> {
    let zones = zones(programme).filter(|zone| is_zone_wanted(*zone));
    let codes = FOR_ALL.into_iter().chain(programme.national_crs).chain(zones);
    let mut uris = vec![CRS84.to_owned()];
    for code in codes {
        if !uris.contains(&uri(code)) && Crs::from_epsg(code).is_ok() {
            uris.push(uri(code));
        }
    }
    uris
}

/// WGS 84 and Web Mercator.
const FOR_ALL: [u32; 2] = [4326, 3857];

/// The UTM zones of the extent of a programme.
fn zones(programme: &Programme) -> impl Iterator<Item = u32> {
    let of_extent = programme.extent.and_then(|[west, south, east, north]| {
        let zone = |lon: f64| ((lon + 180.0) / 6.0).floor().clamp(0.0, 59.0) as u32 + 1;
        let hemisphere = if (south + north) / 2.0 < 0.0 { 32700 } else { 32600 };
        let are_few = west <= east && zone(east) - zone(west) < ZONES_MAX;
        are_few.then(|| hemisphere + zone(west)..=hemisphere + zone(east))
    });
    of_extent.into_iter().flatten()
}

fn carries_all(code: u32, corners: &[[f64; 2]]) -> bool {
    Crs::from_epsg(code).is_ok_and(|crs| {
        corners.iter().all(|&[lon, lat]| {
            LonLat::new(lon, lat)
                .is_ok_and(|corner| crs.from_crs84(corner, AxisOrder::Authority).is_ok())
        })
    })
}

/// A system coordinates are answered or asked in.
#[derive(Debug, Clone)]
pub struct Coordinates {
    uri: String,
    /// None is CRS84.
    crs: Option<Crs>,
}

impl Default for Coordinates {
    fn default() -> Self {
        Self { uri: CRS84.to_owned(), crs: None }
    }
}

impl Coordinates {
    /// The system a parameter or header names: a URI, `[EPSG:32648]` or `EPSG:32648`.
    ///
    /// # Errors
    /// `invalid-parameter` when it is not offered.
    pub fn parse(programme: &Programme, name: &str, text: &str) -> Result<Self, Problem> {
        let trimmed = text.trim().trim_matches(['<', '>', '[', ']', '"']);
        let wanted = match trimmed.strip_prefix("EPSG:") {
            Some(code) => format!("http://www.opengis.net/def/crs/EPSG/0/{code}"),
            None if trimmed == "OGC:CRS84" => CRS84.to_owned(),
            None => trimmed.to_owned(),
        };
        let taken = taken(programme);
        if !taken.contains(&wanted) {
            let reason = format!("\"{trimmed}\" is not offered; known are: {}", taken.join(", "));
            return Err(invalid(name, &reason));
        }
        if wanted == CRS84 {
            return Ok(Self::default());
        }
        let crs = Crs::parse(&wanted).map_err(|error| invalid(name, &error.to_string()))?;
        Ok(Self { uri: wanted, crs: Some(crs) })
    }

    /// The address that names it.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Whether coordinates are longitude and latitude, as they are stored.
    pub fn is_crs84(&self) -> bool {
        self.crs.is_none()
    }

    /// The value of the header `Content-Crs`.
    pub fn header(&self) -> String {
        format!("<{}>", self.uri)
    }

    /// A pair of coordinates in the order of the authority, as longitude and latitude.
    ///
    /// # Errors
    /// Why it cannot be carried over.
    pub fn to_lon_lat(&self, at: [f64; 2]) -> Result<[f64; 2], String> {
        match &self.crs {
            None => Ok(at),
            Some(crs) => crs
                .to_crs84(at, AxisOrder::Authority)
                .map(|position| [position.lon(), position.lat()])
                .map_err(|error| error.to_string()),
        }
    }

    /// The box in longitude and latitude around a box in this system.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn bbox(&self, [a, b, c, d]: [f64; 4]) -> Result<Bbox, Problem> {
        let refused = |reason: String| invalid("bbox", &reason);
        let Some(_) = &self.crs else {
            return Bbox::new(a, b, c, d).map_err(|defect| refused(defect.reason));
        };
        // EPSG:4326 is the one system here whose boxes may cross the antimeridian.
        if self.uri == uri(4326) {
            return Bbox::new(b, a, d, c).map_err(|defect| refused(defect.reason));
        }
        let step = |from: f64, to: f64, piece: u32| {
            from + (to - from) * f64::from(piece) / f64::from(PIECES)
        };
        let mut around: Option<Bbox> = None;
        for piece in 0..=PIECES {
            let (x, y) = (step(a, c, piece), step(b, d, piece));
            for at in [[x, b], [x, d], [a, y], [c, y]] {
                let [lon, lat] = self.to_lon_lat(at).map_err(refused)?;
                let point =
                    Bbox::new(lon, lat, lon, lat).map_err(|defect| refused(defect.reason))?;
                around = Some(around.map_or(point, |around| around.union(&point)));
            }
        }
        around.ok_or_else(|| refused("it holds no position".to_owned()))
    }

    /// The longitudes and latitudes of the UTM zone that this is, if it is one.
    pub fn zone(&self) -> Option<[i32; 4]> {
        let code: i32 = self.uri.rsplit('/').next()?.parse().ok()?;
        let (zone, south, north) = match code {
            32601..=32660 => (code - 32600, 0, 84),
            32701..=32760 => (code - 32700, -80, 0),
            _ => return None,
        };
        Some([zone * 6 - 186, south, zone * 6 - 180, north])
    }

    /// A place in this system.
    ///
    /// # Errors
    /// Why it cannot be carried over: it lies too far outside the system's area of use.
    pub fn place(&self, place: &Place) -> Result<Option<Carried>, String> {
        let Some(crs) = &self.crs else { return Ok(None) };
        let refused = |error: geometry::crs::CrsError| error.to_string();
        Ok(match place {
            Place::Point(at) => {
                let at = crs.from_crs84(*at, AxisOrder::Authority).map_err(refused)?;
                Some(Carried::Position(at))
            }
            Place::Area(area) | Place::Caution(area) => {
                Some(Carried::Parts(parts(crs, area.parts())?))
            }
            Place::Shape(shape) => Some(Carried::Drawn(shape.kind(), parts(crs, shape.parts())?)),
            Place::Unknown => None,
        })
    }
}

fn parts<'a, P: Iterator<Item = &'a [[f64; 2]]>>(
    crs: &Crs,
    all: impl Iterator<Item = P>,
) -> Result<Vec<Vec<Vec<[f64; 2]>>>, String> {
    let refused = |error: geometry::crs::CrsError| error.to_string();
    let mut parts = Vec::new();
    for part in all {
        let mut rings = Vec::new();
        for ring in part {
            let positions: Result<Vec<LonLat>, _> =
                ring.iter().map(|&[lon, lat]| LonLat::new(lon, lat)).collect();
            let positions = positions.map_err(|defect| defect.reason)?;
            rings.push(crs.from_crs84_all(&positions, AxisOrder::Authority).map_err(refused)?);
        }
        parts.push(rings);
    }
    Ok(parts)
}

/// A geometry that was carried to another system.
#[derive(Debug, Clone, PartialEq)]
pub enum Carried {
    /// A position.
    Position([f64; 2]),
    /// An area: parts, rings, positions.
    Parts(Vec<Vec<Vec<[f64; 2]>>>),
    /// Points, lines or areas as they were drawn: parts, lines, positions.
    Drawn(ShapeKind, Vec<Vec<Vec<[f64; 2]>>>),
}

impl<'a> From<&'a Carried> for GeometryRef<'a> {
    fn from(carried: &'a Carried) -> Self {
        match carried {
            Carried::Position(at) => Self::Position(*at),
            Carried::Parts(parts) => Self::Parts(parts),
            Carried::Drawn(kind, parts) => Self::Drawn(*kind, parts),
        }
    }
}

/// A place as it is stored.
pub fn stored(place: &Place) -> Option<GeometryRef<'_>> {
    match place {
        Place::Point(position) => Some(GeometryRef::Point(*position)),
        Place::Area(area) | Place::Caution(area) => Some(GeometryRef::Polygon(area)),
        Place::Shape(shape) => Some(GeometryRef::Shape(shape)),
        Place::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cambodia() -> Programme {
        let mut programme = Programme::new("kh", "Cambodia");
        programme.extent = Some([102.3, 9.9, 107.7, 14.7]);
        programme.national_crs = Some(32648);
        programme
    }

    #[test]
    fn the_default_comes_first_and_nothing_twice() {
        let offered = offered(&cambodia());
        assert_eq!(offered[0], CRS84);
        assert_eq!(offered.iter().filter(|it| it.ends_with("/32648")).count(), 1);
        assert!(offered.iter().any(|it| it.ends_with("/4326")), "{offered:?}");
    }

    #[test]
    fn a_zone_is_offered_where_it_carries_the_whole_country() {
        let zones = |extent: [f64; 4]| {
            let mut programme = Programme::new("xx", "A country");
            programme.extent = Some(extent);
            let offered = offered(&programme).into_iter();
            offered.filter(|it| it.contains("/326")).collect::<Vec<_>>()
        };
        assert_eq!(zones([102.3, 9.9, 107.7, 14.7]), [uri(32648)]);
        assert_eq!(
            zones([22.1, 44.3, 40.2, 52.4]),
            Vec::<String>::new(),
            "Ukraine is wider than any"
        );
        let mut wide = Programme::new("ua", "Ukraine");
        wide.extent = Some([22.1, 44.3, 40.2, 52.4]);
        let zone = Coordinates::parse(&wide, "crs", "EPSG:32636").unwrap().zone();
        assert_eq!(zone, Some([30, 0, 36, 84]), "for items that lie there");
        assert_eq!(zones([26.0, 44.3, 40.0, 52.4]), [uri(32636)]);
    }

    #[test]
    fn axes_are_in_the_order_of_the_authority() {
        let latitude_first = Coordinates::parse(&cambodia(), "crs", "EPSG:4326").unwrap();
        assert_eq!(latitude_first.to_lon_lat([13.0, 103.0]).unwrap(), [103.0, 13.0]);
        let bbox = latitude_first.bbox([13.0, 103.0, 13.5, 104.0]).unwrap();
        assert_eq!(bbox, Bbox::new(103.0, 13.0, 104.0, 13.5).unwrap());
        let place = Place::Point(LonLat::new(103.0, 13.0).unwrap());
        assert_eq!(latitude_first.place(&place).unwrap(), Some(Carried::Position([13.0, 103.0])));
    }

    #[test]
    fn what_is_not_offered_is_refused_by_name() {
        let refused = Coordinates::parse(&cambodia(), "bbox-crs", "EPSG:27700").unwrap_err();
        assert!(refused.to_string().contains("bbox-crs"), "{refused}");
    }
}
