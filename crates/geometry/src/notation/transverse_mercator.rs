//! The transverse Mercator projection of WGS 84 with the scale and false easting of UTM.
//!
//! # Accuracy
//! Under 10 nanometres within 6° of the central meridian, measured against two programs
//! (`tests/notation/grids.rs`). The series itself is that close to the exact formulas up to 30°.
//!
//! # Source
//! Karney (2011), "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy
//! 85, 475–485: Krüger's series to the sixth order in n, equations 7 to 36.

use crate::ellipsoid::{A_M, E, E2, N};

/// Scale on the central meridian of UTM.
const K0: f64 = 0.9996;
/// Easting of the central meridian in metres.
const FALSE_EASTING_M: f64 = 500_000.0;

/// Radius in metres of the circle with the circumference of a meridian (equation 14).
const RECTIFYING_M: f64 = {
    let n2 = N * N;
    A_M / (1.0 + N) * (1.0 + n2 * (1.0 / 4.0 + n2 * (1.0 / 64.0 + n2 / 256.0)))
};

/// Coefficients from the conformal sphere to the plane (equation 35).
const ALPHA: [f64; 6] = {
    let [n, n2, n3, n4, n5, n6] = powers();
    [
        n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4 - 127.0 / 288.0 * n5
            + 7891.0 / 37800.0 * n6,
        13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4 + 281.0 / 630.0 * n5
            - 1_983_433.0 / 1_935_360.0 * n6,
        61.0 / 240.0 * n3 - 103.0 / 140.0 * n4
            + 15061.0 / 26880.0 * n5
            + 167_603.0 / 181_440.0 * n6,
        49561.0 / 161_280.0 * n4 - 179.0 / 168.0 * n5 + 6_601_661.0 / 7_257_600.0 * n6,
        34729.0 / 80640.0 * n5 - 3_418_889.0 / 1_995_840.0 * n6,
        212_378_941.0 / 319_334_400.0 * n6,
    ]
};

/// Coefficients from the plane to the conformal sphere (equation 36).
const BETA: [f64; 6] = {
    let [n, n2, n3, n4, n5, n6] = powers();
    [
        n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - n4 / 360.0 - 81.0 / 512.0 * n5
            + 96199.0 / 604_800.0 * n6,
        n2 / 48.0 + n3 / 15.0 - 437.0 / 1440.0 * n4 + 46.0 / 105.0 * n5
            - 1_118_711.0 / 3_870_720.0 * n6,
        17.0 / 480.0 * n3 - 37.0 / 840.0 * n4 - 209.0 / 4480.0 * n5 + 5569.0 / 90720.0 * n6,
        4397.0 / 161_280.0 * n4 - 11.0 / 504.0 * n5 - 830_251.0 / 7_257_600.0 * n6,
        4583.0 / 161_280.0 * n5 - 108_847.0 / 3_991_680.0 * n6,
        20_648_693.0 / 638_668_800.0 * n6,
    ]
};

const fn powers() -> [f64; 6] {
    let n2 = N * N;
    let n3 = n2 * N;
    [N, n2, n3, n3 * N, n3 * n2, n3 * n3]
}

/// A place in the plane, with how the plane lies there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projected {
    /// Easting in metres, 500,000 on the central meridian.
    pub(crate) easting_m: f64,
    /// Northing in metres, 0 on the equator.
    pub(crate) northing_m: f64,
    /// Bearing of grid north in degrees, clockwise from true north.
    pub(crate) convergence_deg: f64,
    /// Length in the plane over length on the ellipsoid.
    pub(crate) scale: f64,
}

/// Projects a place, given by its longitude from the central meridian and its latitude in degrees.
pub(crate) fn forward(lon_from_meridian: f64, lat: f64) -> Projected {
    let (sin_lon, cos_lon) = lon_from_meridian.to_radians().sin_cos();
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let tau = sin_lat / cos_lat.max(f64::MIN_POSITIVE);
    let conformal = conformal_tangent(tau);
    let across = conformal.hypot(cos_lon);
    let xi = conformal.atan2(cos_lon);
    let eta = (sin_lon / across).asinh();
    let (mut x, mut y, mut p, mut q) = (eta, xi, 1.0, 0.0);
    for (alpha, j) in ALPHA.iter().zip(1..) {
        let twice = 2.0 * f64::from(j);
        let (sin, cos) = (twice * xi).sin_cos();
        let (sinh, cosh) = ((twice * eta).sinh(), (twice * eta).cosh());
        y += alpha * sin * cosh;
        x += alpha * cos * sinh;
        p += twice * alpha * cos * cosh;
        q += twice * alpha * sin * sinh;
    }
    let on_sphere = (conformal / 1.0_f64.hypot(conformal) * sin_lon).atan2(cos_lon);
    let local = (1.0 - E2 * sin_lat * sin_lat).sqrt() * 1.0_f64.hypot(tau) / across;
    Projected {
        easting_m: FALSE_EASTING_M + K0 * RECTIFYING_M * x,
        northing_m: K0 * RECTIFYING_M * y,
        convergence_deg: (on_sphere + q.atan2(p)).to_degrees(),
        scale: K0 * local * RECTIFYING_M / A_M * p.hypot(q),
    }
}

/// Finds the place of an easting and a northing in metres from the equator: its longitude from the
/// central meridian and its latitude in degrees.
pub(crate) fn inverse(easting_m: f64, northing_m: f64) -> [f64; 2] {
    let eta = (easting_m - FALSE_EASTING_M) / (K0 * RECTIFYING_M);
    let xi = northing_m / (K0 * RECTIFYING_M);
    let (mut x, mut y) = (eta, xi);
    for (beta, j) in BETA.iter().zip(1..) {
        let twice = 2.0 * f64::from(j);
        let (sin, cos) = (twice * xi).sin_cos();
        y -= beta * sin * (twice * eta).cosh();
        x -= beta * cos * (twice * eta).sinh();
    }
    let (sin, cos) = y.sin_cos();
    let across = x.sinh().hypot(cos);
    let tau = geographic_tangent(sin / across.max(f64::MIN_POSITIVE));
    [x.sinh().atan2(cos).to_degrees(), tau.atan().to_degrees()]
}

/// The tangent of the conformal latitude from that of the geographic latitude (equations 7 to 9).
fn conformal_tangent(tau: f64) -> f64 {
    let secant = 1.0_f64.hypot(tau);
    let sigma = (E * (E * tau / secant).atanh()).sinh();
    tau * 1.0_f64.hypot(sigma) - sigma * secant
}

/// The tangent of the geographic latitude from that of the conformal latitude, by Newton's method
/// (equations 19 to 21), which doubles the digits with each step.
fn geographic_tangent(conformal: f64) -> f64 {
    let mut tau = conformal / (1.0 - E2);
    for _ in 0..6 {
        let here = conformal_tangent(tau);
        let step = (conformal - here) / 1.0_f64.hypot(here) * (1.0 + (1.0 - E2) * tau * tau)
            / ((1.0 - E2) * 1.0_f64.hypot(tau));
        tau += step;
        if step.abs() <= 1e-16 * tau.abs() {
            break;
        }
    }
    tau
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_central_meridian_has_the_length_geodesics_give_it() {
        use crate::LonLat;
        for lat in [0.0, 13.0, 48.5, 84.0] {
            let length = LonLat::new(0.0, 0.0).unwrap().distance_m(LonLat::new(0.0, lat).unwrap());
            let there = forward(0.0, lat);
            assert!((there.northing_m - 0.9996 * length).abs() < 1e-8, "{lat}");
            assert!((there.easting_m - 500_000.0).abs() < 1e-9);
            assert!((there.scale - 0.9996).abs() < 1e-15);
            assert_eq!(there.convergence_deg, 0.0);
        }
    }

    #[test]
    fn there_and_back_again_within_a_nanometre() {
        for lat in [-80.0, -45.3, -1e-9, 0.0, 7.25, 56.0, 83.9] {
            for lon in [-9.0, -3.0, -1e-7, 0.0, 2.5, 6.0] {
                let there = forward(lon, lat);
                let [back_lon, back_lat] = inverse(there.easting_m, there.northing_m);
                assert!((back_lat - lat).abs() < 1e-13 && (back_lon - lon).abs() < 1e-12);
            }
        }
    }
}
