//! Shapes to try properties on, the same in every run.

use geometry::{HazardPolygon, LonLat};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub type Ring = Vec<[f64; 2]>;

/// Runs a property on the same cases every time.
pub fn for_all<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
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

pub fn polygon(parts: Vec<Vec<Ring>>) -> HazardPolygon {
    HazardPolygon::new(parts).unwrap()
}

pub fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Ring {
    vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
}

/// Rings around a place: at sorted angles, so that they do not cross themselves.
fn star(centre: [f64; 2], radii: &[f64], scale: [f64; 2]) -> Ring {
    let step = std::f64::consts::TAU / radii.len() as f64;
    let mut ring: Ring = radii
        .iter()
        .enumerate()
        .map(|(i, radius)| {
            let (sin, cos) = (i as f64 * step).sin_cos();
            [centre[0] + radius * cos * scale[0], centre[1] + radius * sin * scale[1]]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

/// A shell with or without a hole, about `size` degrees across, around a place.
pub fn area_around(
    lon: impl Strategy<Value = f64>,
    lat: impl Strategy<Value = f64>,
    size: f64,
) -> impl Strategy<Value = HazardPolygon> {
    let radii = prop::collection::vec(0.3..1.0, 5..24);
    (lon, lat, radii, any::<bool>()).prop_map(move |(lon, lat, radii, hole)| {
        let scale = [size / lat.to_radians().cos().max(0.05), size];
        let mut rings = vec![star([lon, lat], &radii, scale)];
        if hole {
            rings.push(star([lon, lat], &radii, scale.map(|s| s * 0.4)));
        }
        polygon(vec![rings])
    })
}

/// An area on both sides of the antimeridian.
pub fn area_across() -> impl Strategy<Value = HazardPolygon> {
    (0.01..2.0, 0.01..2.0, -60.0..60.0, 0.01..2.0).prop_map(|(west, east, south, height)| {
        polygon(vec![
            vec![rectangle(180.0 - west, south, 180.0, south + height)],
            vec![rectangle(-180.0, south, -180.0 + east, south + height)],
        ])
    })
}

/// Areas far from and near to each other, at the equator and in the north, at the antimeridian.
pub fn any_area() -> impl Strategy<Value = HazardPolygon> {
    prop_oneof![
        area_around(103.0..103.4, 13.0..13.4, 0.02),
        area_around(36.0..39.0, 47.0..49.0, 0.2),
        area_around(-179.0..-178.0, -18.0..-16.0, 0.1),
        area_around(178.0..179.0, -18.0..-16.0, 0.1),
        area_around(-170.0..170.0, -70.0..70.0, 1.0),
        area_across(),
    ]
}

/// Positions among those areas.
pub fn any_position() -> impl Strategy<Value = LonLat> {
    let near = prop_oneof![
        (102.9..103.5, 12.9..13.5),
        (35.5..39.5, 46.5..49.5),
        (177.0..180.0, -20.0..-14.0),
        (-180.0..-177.0, -20.0..-14.0),
        (Just(180.0), -60.0..60.0),
        (-180.0..180.0, -90.0..90.0),
    ];
    near.prop_map(|(lon, lat)| at(lon, lat))
}
