//! The land within a distance of a position, a route or a polygon.

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic};

use crate::defect::Defect;
use crate::degree_grid;
use crate::distance::{between, longest_m};
use crate::grid_shape::GridShape;
use crate::hull::hull_of;
use crate::limits::{BUFFER_LAT_DEG, MAX_BUFFER_M, MIN_BUFFER_M};
use crate::lon_lat::{LonLat, Place};
use crate::polygon::HazardPolygon;
use crate::predicate::Position;
use crate::route::Route;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Corners of the shape that stands for a circle; it is drawn around the circle.
const CORNERS: u32 = 48;

/// By how much a radius is drawn larger, in metres and as a share, for what rounding to the grid
/// and edges that bow inward could take away.
const MARGIN_M: f64 = 0.002;
const MARGIN: f64 = 1e-4;

/// Longest piece of an edge in metres that is drawn as a band between two circles; a longer one, of
/// a quarter of the distance, where the meridians do not yet run together.
const PIECE_M: f64 = 5_000.0;
const LONG_PIECE_M: f64 = 25_000.0;
const LONG_PIECE_LAT_DEG: f64 = 75.0;

/// Why no area could be drawn around something.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BufferError {
    /// The distance is not a number, or outside the limits.
    #[error(
        "The distance of {metres} m is not between {MIN_BUFFER_M} m and {MAX_BUFFER_M} m. Give a \
         distance between the two."
    )]
    Distance {
        /// The distance asked for.
        metres: f64,
    },
    /// The area would reach too near to a pole, where all meridians meet.
    #[error(
        "The area around {} would reach beyond {BUFFER_LAT_DEG}° of latitude, where none can be \
         drawn in longitude and latitude. Draw the boundary by hand.",
        Place((*at).into())
    )]
    NearPole {
        /// Where it was to be drawn.
        at: LonLat,
    },
    /// The area around all of it breaks a limit on polygons.
    #[error(
        "The area is no polygon within the limits: {}",
        .0.first().map(ToString::to_string).unwrap_or_default()
    )]
    Limits(Vec<Defect>),
}

/// Draws the area within a distance of a position.
///
/// # Units
/// `metres`: true metres on the WGS 84 ellipsoid.
///
/// # Coordinates
/// CRS84; an area across the antimeridian has a part on each side.
///
/// # Accuracy
/// Rounded outward: every place within the distance is inside, and no place further away than
/// 1.005 times the distance and 5 mm.
///
/// # Errors
/// [`BufferError`]: a distance outside [`MIN_BUFFER_M`] to [`MAX_BUFFER_M`], or a place near a pole.
///
/// # Examples
/// ```
/// use geometry::{LonLat, buffer_position};
///
/// let area = buffer_position(LonLat::new(103.0, 13.0)?, 100.0).unwrap();
/// assert!(area.covers(LonLat::new(103.0009, 13.0)?), "98 m to the east");
/// assert!(!area.covers(LonLat::new(103.001, 13.0)?), "108 m to the east");
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn buffer_position(position: LonLat, metres: f64) -> Result<HazardPolygon, BufferError> {
    let mut bands = Bands::new(metres)?;
    bands.add(position.into(), position.into())?;
    bands.joined()
}

/// Draws the corridor along a route: the area within a distance of it, with round ends and corners.
///
/// Land that the route goes round without coming near stays out: the corridor then has a hole.
///
/// # Accuracy
/// As that of [`buffer_position`]; the route is straight in longitude and latitude between its
/// positions.
///
/// # Errors
/// As [`buffer_position`], and [`BufferError::Limits`] when the corridor is too large for a polygon.
///
/// # Examples
/// ```
/// use geometry::{LonLat, Route, buffer_route};
///
/// let road = Route::new(&[LonLat::new(36.0, 48.0)?, LonLat::new(36.1, 48.0)?])?;
/// let corridor = buffer_route(&road, 25.0).unwrap();
/// assert!(corridor.covers(LonLat::new(36.05, 48.0002)?), "22 m to the north");
/// assert!(!corridor.covers(LonLat::new(36.05, 48.0003)?), "33 m to the north");
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn buffer_route(route: &Route, half_width_m: f64) -> Result<HazardPolygon, BufferError> {
    let mut bands = Bands::new(half_width_m)?;
    for leg in route.legs() {
        bands.add(leg.a, leg.b)?;
    }
    bands.joined()
}

/// Draws a polygon widened by a distance: all land within it of the polygon, and the polygon.
///
/// Holes become narrower or close.
///
/// # Accuracy
/// As that of [`buffer_position`].
///
/// # Errors
/// As [`buffer_route`].
///
/// # Examples
/// ```
/// use geometry::{HazardPolygon, LonLat, buffer_polygon};
///
/// let shell = vec![[103.0, 13.0], [103.1, 13.0], [103.1, 13.1], [103.0, 13.1], [103.0, 13.0]];
/// let area = HazardPolygon::new(vec![vec![shell]]).unwrap();
/// let widened = buffer_polygon(&area, 50.0).unwrap();
/// assert!(widened.covers(LonLat::new(103.05, 13.1004)?), "44 m to the north");
/// # Ok::<(), geometry::Defect>(())
/// ```
pub fn buffer_polygon(polygon: &HazardPolygon, metres: f64) -> Result<HazardPolygon, BufferError> {
    let mut bands = Bands::new(metres)?;
    for (_, ring) in polygon.rings() {
        for edge in ring.windows(2) {
            bands.add(edge[0], edge[1])?;
        }
    }
    for part in polygon.parts() {
        let rings: Vec<&[Position]> = part.collect();
        bands.shapes.push(degree_grid::shape_of(&rings));
    }
    bands.joined()
}

/// Bands around edges, each the hull of the circles at its ends.
struct Bands {
    metres: f64,
    shapes: Vec<GridShape>,
}

impl Bands {
    fn new(metres: f64) -> Result<Self, BufferError> {
        if !(MIN_BUFFER_M..=MAX_BUFFER_M).contains(&metres) {
            return Err(BufferError::Distance { metres });
        }
        Ok(Self { metres, shapes: Vec::new() })
    }

    /// Adds the band around an edge.
    fn add(&mut self, a: Position, b: Position) -> Result<(), BufferError> {
        let piece_m = if a[1].abs().max(b[1].abs()) < LONG_PIECE_LAT_DEG {
            (self.metres / 4.0).clamp(PIECE_M, LONG_PIECE_M)
        } else {
            PIECE_M
        };
        let pieces = (longest_m(a, b) / piece_m).ceil().max(1.0);
        let mut before = self.circle(a)?;
        for i in 1..=pieces as u32 {
            let after = self.circle(between(a, b, f64::from(i) / pieces))?;
            let band = hull_of(before.iter().chain(&after).copied().collect());
            self.shapes.push(degree_grid::shape_of(&[&band]));
            before = after;
        }
        Ok(())
    }

    /// Corners around the circle, their longitudes going on beyond ±180.
    fn circle(&self, [lon, lat]: Position) -> Result<Vec<Position>, BufferError> {
        let at = LonLat::trusted([lon, lat]);
        if lat.abs() + self.metres / LEAST_M_PER_DEGREE > BUFFER_LAT_DEG {
            return Err(BufferError::NearPole { at });
        }
        // A chord that is straight in degrees bows inward, the more so the nearer to a pole.
        let bow = 0.01 * self.metres / EARTH_M * lat.abs().to_radians().tan();
        let widened = self.metres * (1.0 + MARGIN + bow) + MARGIN_M;
        let radius_m = widened / (std::f64::consts::PI / f64::from(CORNERS)).cos();
        let corner = |i: u32| {
            let azimuth = f64::from(i) * 360.0 / f64::from(CORNERS);
            let (corner_lat, corner_lon): (f64, f64) = WGS84.direct(lat, lon, azimuth, radius_m);
            [lon + (corner_lon - lon + 540.0).rem_euclid(360.0) - 180.0, corner_lat]
        };
        Ok((0..CORNERS).map(corner).collect())
    }

    fn joined(self) -> Result<HazardPolygon, BufferError> {
        HazardPolygon::new(degree_grid::joined(self.shapes)).map_err(BufferError::Limits)
    }
}

/// No degree of latitude is shorter, in metres.
const LEAST_M_PER_DEGREE: f64 = 110_500.0;

/// The radius of the Earth in metres, roundly.
const EARTH_M: f64 = 6_370_000.0;
