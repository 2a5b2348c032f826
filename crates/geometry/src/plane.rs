//! The equal-area plane: ellipsoidal cylindrical equal-area projection of WGS 84.
//!
//! Standard parallel 30°, central meridian 0°: the parameters of EPSG:6933 (NSIDC EASE-Grid
//! 2.0 Global). Planar area equals area on the ellipsoid everywhere; only the course of a
//! straight edge depends on the projection, which is why edges are densified before they are
//! carried here ([`crate::GridShape::from_lon_lat`]).
//!
//! # Source
//! Snyder (1987), "Map Projections: A Working Manual", USGS Professional Paper 1395, equations
//! 3-12, 10-13 to 10-15 (forward); Karney (2022), "On auxiliary latitudes", arXiv:2212.05818,
//! equation A17 (the series from authalic to geographic latitude in the third flattening).

use crate::LonLat;
use crate::ellipsoid::{A_M, E, E2, N};

/// Scale along the equator: cos 30° / √(1 − e² sin² 30°) (Snyder 10-13).
const K0: f64 = 0.866_025_403_784_438_6 / 0.999_162_852_092_923_2;
/// q at the pole: 1 + (1 − e²)/e · artanh e.
const Q_POLE: f64 = 1.995_531_087_502_836_8;

/// Series coefficients from authalic to geographic latitude: of sin 2ξ, sin 4ξ, … sin 12ξ.
const FROM_AUTHALIC: [f64; 6] = from_authalic();

const fn from_authalic() -> [f64; 6] {
    let n = N;
    let n2 = n * n;
    let n3 = n2 * n;
    let n4 = n3 * n;
    let n5 = n4 * n;
    let n6 = n5 * n;
    [
        4.0 / 3.0 * n + 4.0 / 45.0 * n2 - 16.0 / 35.0 * n3 - 2582.0 / 14175.0 * n4
            + 60136.0 / 467_775.0 * n5
            + 28_112_932.0 / 212_837_625.0 * n6,
        46.0 / 45.0 * n2 + 152.0 / 945.0 * n3 - 11966.0 / 14175.0 * n4 - 21016.0 / 51975.0 * n5
            + 251_310_128.0 / 638_512_875.0 * n6,
        3044.0 / 2835.0 * n3 + 3802.0 / 14175.0 * n4
            - 94388.0 / 66825.0 * n5
            - 8_797_648.0 / 10_945_935.0 * n6,
        6059.0 / 4725.0 * n4 + 41072.0 / 93555.0 * n5 - 1_472_637_812.0 / 638_512_875.0 * n6,
        768_272.0 / 467_775.0 * n5 + 455_935_736.0 / 638_512_875.0 * n6,
        4_210_684_958.0 / 1_915_538_625.0 * n6,
    ]
}

/// Carries a position to the plane.
///
/// # Units
/// Metres: `[x, y]`, x to the east, y to the north, origin where the equator meets
/// longitude 0.
///
/// # Accuracy
/// The rounding of `f64`: a few nanometres.
///
/// # Source
/// Snyder (1987), 3-12, 10-14, 10-15.
///
/// # Examples
/// ```
/// use geometry::{LonLat, plane};
/// let [x, y] = plane::forward(LonLat::new(103.0, 13.0).unwrap());
/// assert!((x - 9_938_086.866).abs() < 1e-3 && (y - 1_644_631.163).abs() < 1e-3);
/// ```
pub fn forward(at: LonLat) -> [f64; 2] {
    forward_degrees([at.lon(), at.lat()])
}

/// [`forward`] for a longitude and latitude in degrees that are known to be in range.
pub(crate) fn forward_degrees([lon, lat]: [f64; 2]) -> [f64; 2] {
    let sin = lat.to_radians().sin();
    let q = (1.0 - E2) * (sin / (1.0 - E2 * sin * sin) + (E * sin).atanh() / E);
    [A_M * K0 * lon.to_radians(), A_M / (2.0 * K0) * q]
}

/// Carries a point of the plane back to a position.
///
/// Points beyond the plane's edge come back on the edge (longitude ±180, latitude ±90), so the
/// answer is a position for every finite point; a point that is not finite comes back as (0, 0).
///
/// # Units
/// `[x, y]` in metres, as [`forward`] gives them.
///
/// # Accuracy
/// There and back again: under 1 µm up to 80° of latitude, under 1 mm up to 89.99°, where the
/// plane is all but flat towards the pole. Through the grid: under 1 mm up to 86°.
///
/// # Source
/// Authalic latitude: Snyder (1987), 10-26; its way to the geographic latitude: Karney (2022),
/// series of order six in n, summed after Clenshaw.
pub fn inverse([x, y]: [f64; 2]) -> LonLat {
    let lon = (x / (A_M * K0)).to_degrees().clamp(-180.0, 180.0);
    let sin_xi = (y * (2.0 * K0 / A_M) / Q_POLE).clamp(-1.0, 1.0);
    let xi = sin_xi.asin();
    let cos_xi = ((1.0 - sin_xi) * (1.0 + sin_xi)).sqrt();
    let (sin_2xi, cos_2xi) = (2.0 * sin_xi * cos_xi, 1.0 - 2.0 * sin_xi * sin_xi);
    let (mut above, mut here) = (0.0, 0.0);
    for c in FROM_AUTHALIC.iter().rev() {
        (above, here) = (here, c + 2.0 * cos_2xi * here - above);
    }
    let lat = (xi + sin_2xi * here).to_degrees().clamp(-90.0, 90.0);
    let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
    LonLat::trusted([finite(lon), finite(lat)])
}
