//! Positions and ways to try properties on, the same in every run.

use geometry::LonLat;
use geometry::notation::{self, Expected, Reading};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Runs a property on the same cases every time.
pub fn for_all<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[17; 32]);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

pub fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

pub fn read(text: &str) -> Reading {
    match notation::read(text, &Expected::default()) {
        Ok(reading) => reading,
        Err(error) => panic!("{text}: {error}"),
    }
}

/// Positions all over the Earth, more of them near the lines where rules change.
pub fn positions(south: f64, north: f64) -> impl Strategy<Value = LonLat> {
    let lon = prop_oneof![
        4 => -180.0..=180.0,
        1 => (-30_i32..=30, -1e-6..1e-6).prop_map(|(zone, off): (i32, f64)| {
            (f64::from(zone) * 6.0 + off).clamp(-180.0, 180.0)
        }),
        1 => -1.0..43.0,
    ];
    let lat = prop_oneof![
        4 => south..=north,
        1 => (-10_i32..=10, -1e-6..1e-6).prop_map(move |(band, off): (i32, f64)| {
            (f64::from(band) * 8.0 + off).clamp(south, north)
        }),
        1 => 55.0..north.min(83.99),
    ];
    (lon, lat).prop_map(|(lon, lat)| at(lon, lat))
}
