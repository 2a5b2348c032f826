//! Reference systems against published and independently computed places, and what is refused.
#![cfg(test)]

mod control_points;
mod forms;
mod operations;
mod refusals;
mod round_trips;
mod standalone;

use geometry::LonLat;
use geometry::crs::{AxisOrder, Crs, CrsError};

fn crs(text: &str) -> Crs {
    Crs::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

/// Carries coordinates, easting or longitude first.
fn to_crs84(text: &str, x: f64, y: f64) -> Result<LonLat, CrsError> {
    Crs::parse(text)?.to_crs84([x, y], AxisOrder::EastingFirst)
}

#[track_caller]
fn assert_near(found: LonLat, expected: LonLat, within_m: f64) {
    let apart_m = found.distance_m(expected);
    assert!(apart_m <= within_m, "{found:?} is {apart_m} m from {expected:?}");
}
