//! The ellipsoid of WGS 84, by its defining numbers and what follows from them.
//!
//! # Source
//! NGA.STND.0036 1.0.0 (2014), "Department of Defense World Geodetic System 1984", table 3.1.

/// Equatorial radius in metres.
pub(crate) const A_M: f64 = 6_378_137.0;
/// Flattening.
pub(crate) const F: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared.
pub(crate) const E2: f64 = F * (2.0 - F);
/// First eccentricity, √(f(2 − f)).
pub(crate) const E: f64 = 0.081_819_190_842_621_49;
/// Third flattening.
pub(crate) const N: f64 = F / (2.0 - F);
