//! Caution areas around whatever positions there are.

use geometry::{LonLat, convex_hull};
use proptest::prelude::*;

use crate::shapes::{at, for_all};

fn sent() -> impl Strategy<Value = Vec<[f64; 2]>> {
    let near = |lon: f64, lat: f64, spread: f64| {
        let position = (-spread..spread, -spread..spread);
        prop::collection::vec(position.prop_map(move |(x, y)| [lon + x, lat + y]), 1..30)
    };
    let anything = prop::collection::vec(
        (any::<f64>(), any::<f64>()).prop_map(|(lon, lat)| [lon, lat]),
        0..10,
    );
    prop_oneof![
        near(103.0, 13.0, 0.01),
        near(37.0, 48.0, 1.0),
        near(179.99, -17.0, 0.009),
        near(0.0, 89.9, 0.09),
        prop::collection::vec((-180.0..180.0, -90.0..90.0), 1..12)
            .prop_map(|all| all.into_iter().map(|(lon, lat)| [lon, lat]).collect()),
        prop::collection::vec((170.0..190.0, -20.0..20.0), 1..12).prop_map(|all| all
            .into_iter()
            .map(|(lon, lat): (f64, f64)| [if lon > 180.0 { lon - 360.0 } else { lon }, lat])
            .collect()),
        anything,
    ]
}

#[test]
fn every_usable_position_is_inside_with_the_margin() {
    for_all(1_500, (sent(), 0.0..500.0, 0.0..std::f64::consts::TAU), |(sent, margin, turn)| {
        let usable: Vec<LonLat> =
            sent.iter().filter_map(|&[lon, lat]| LonLat::new(lon, lat).ok()).collect();
        let Some(hull) = convex_hull(&sent, margin) else {
            assert!(usable.is_empty());
            return;
        };
        for position in usable {
            assert!(hull.covers(position), "{position} in {hull:?}");
            let metres_per_degree = 111_695.0;
            let north = position.lat() + margin * 0.999 * turn.sin() / metres_per_degree;
            let shrink = position.lat().abs().max(north.abs()).to_radians().cos();
            let east = position.lon() + margin * 0.999 * turn.cos() / metres_per_degree / shrink;
            if north.abs() < 89.8 {
                let east = if east > 180.0 {
                    east - 360.0
                } else if east < -180.0 {
                    east + 360.0
                } else {
                    east
                };
                assert!(hull.covers(at(east, north)), "{position} {turn} in {hull:?}");
            }
        }
    });
}

#[test]
fn a_hull_grows_little_beyond_its_margin() {
    let hull = convex_hull(&[[103.0, 13.0]], 100.0).unwrap();
    assert!((hull.area_m2() - std::f64::consts::PI * 1e4).abs() < 1_500.0, "{}", hull.area_m2());
    let line: Vec<[f64; 2]> = (0..50).map(|i| [103.0 + f64::from(i) * 1e-3, 13.0]).collect();
    let hull = convex_hull(&line, 0.0).unwrap();
    assert!((hull.area_m2() / 10_640.0 - 1.0).abs() < 0.05, "{}", hull.area_m2());
}

#[test]
fn a_hull_at_the_antimeridian_stays_there() {
    let hull = convex_hull(&[[179.9999, 1.0], [-179.9, 1.0], [-179.9, 1.1]], 50.0).unwrap();
    assert_eq!(hull.part_count(), 2);
    assert!(hull.bbox().width_deg() < 0.2, "{:?}", hull.bbox());
    assert!(hull.covers(at(180.0, 1.0)));
    let alone = convex_hull(&[[180.0, 1.0]], 50.0).unwrap();
    assert!(alone.covers(at(-179.9999, 1.0)) && alone.covers(at(179.9999, 1.0)));
}
