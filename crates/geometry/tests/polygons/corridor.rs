//! Polygons along a route, against walking it in small steps.

use std::sync::Arc;

use geometry::{Encounter, HazardPolygon, LonLat, PolygonIndex, Route, Rule};
use proptest::prelude::*;

use crate::shapes::{any_area, any_position, area_around, at, for_all, polygon, rectangle};

/// Places on the route every so many steps of a leg, with the distance from its start in metres.
fn places(positions: &[LonLat], steps: u32) -> Vec<(LonLat, f64)> {
    let mut walked = 0.0;
    let mut places = vec![(positions[0], 0.0)];
    for pair in positions.windows(2) {
        let ([west, south], [east, north]): ([f64; 2], [f64; 2]) = (pair[0].into(), pair[1].into());
        let mut across = east - west;
        if across.abs() > 180.0 {
            across -= 360.0_f64.copysign(across);
        }
        let mut last = pair[0];
        for step in 1..=steps {
            let share = f64::from(step) / f64::from(steps);
            let lon = west + share * across;
            let lon = if lon.abs() > 180.0 { lon - 360.0_f64.copysign(lon) } else { lon };
            let next = at(lon, south + share * (north - south));
            walked += last.distance_m(next);
            last = next;
            places.push((next, walked));
        }
    }
    places
}

/// The least distance from a step to the polygon; the true one is less by half a step at most.
fn by_walking(polygon: &HazardPolygon, places: &[(LonLat, f64)]) -> (f64, f64) {
    let all = places.iter().map(|(place, along)| (polygon.distance_m(*place), *along));
    all.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

fn any_route() -> impl Strategy<Value = Vec<LonLat>> {
    let near = prop_oneof![
        (Just([103.2, 13.2]), Just(0.3)),
        (Just([37.5, 48.0]), Just(1.5)),
        (Just([179.9, -17.0]), Just(1.5)),
        (Just([-179.9, -17.0]), Just(1.5)),
    ];
    let offsets = prop::collection::vec((-1.0..1.0, -1.0..1.0), 1..6);
    (near, offsets).prop_map(
        |(([lon, lat], reach), offsets): (([f64; 2], f64), Vec<(f64, f64)>)| {
            let turned =
                |lon: f64| if lon.abs() > 180.0 { lon - 360.0_f64.copysign(lon) } else { lon };
            offsets.iter().map(|(x, y)| at(turned(lon + reach * x), lat + reach * y)).collect()
        },
    )
}

fn assert_as_walked(polygons: &[Arc<HazardPolygon>], positions: &[LonLat], metres: f64) {
    let route = Route::new(positions).unwrap();
    let steps = 150;
    let places = places(positions, steps);
    let step = route.length_m().max(1.0) / f64::from(steps);
    let index = PolygonIndex::bulk_load((0..).zip(polygons.iter().cloned()).collect());
    let found = index.along(&route, metres);
    assert!(found.is_sorted_by_key(|met| (met.along_m, met.id)));
    for (id, polygon) in polygons.iter().enumerate() {
        let (walked_m, _) = by_walking(polygon, &places);
        match found.iter().find(|met| met.id == id) {
            None => assert!(walked_m > metres, "{id} is {walked_m} m away, and was not found"),
            Some(&Encounter { distance_m, along_m, .. }) => {
                assert!(distance_m <= walked_m + 1e-3, "{distance_m} {walked_m}");
                assert!(distance_m >= walked_m - step - 1e-3, "{distance_m} {walked_m} {step}");
                assert!(distance_m <= metres && along_m <= route.length_m() + 1e-6);
                // Where it says to be nearest it is.
                let [before, after] = [0, 1].map(|i| {
                    let next = places.iter().position(|place| place.1 >= along_m);
                    places[next.unwrap_or(places.len() - 1).saturating_sub(1 - i)]
                });
                let there = polygon.distance_m(before.0).min(polygon.distance_m(after.0));
                assert!(there - distance_m <= 2.0 * step, "{there} {distance_m} {along_m}");
            }
        }
    }
}

#[test]
fn encounters_are_those_of_walking_the_route() {
    let cases = (prop::collection::vec(any_area(), 1..12), any_route(), 0.0..30_000.0);
    for_all(20, cases, |(polygons, positions, metres)| {
        let polygons: Vec<_> = polygons.into_iter().map(Arc::new).collect();
        assert_as_walked(&polygons, &positions, metres);
    });
}

#[test]
fn a_narrow_corridor_finds_what_is_in_it() {
    let fields = prop::collection::vec(area_around(103.1..103.3, 13.1..13.3, 0.004), 1..12);
    let stops = prop::collection::vec((103.1..103.3, 13.1..13.3), 1..5);
    for_all(60, (fields, stops, 0.0..2_000.0), |(polygons, stops, metres)| {
        let polygons: Vec<_> = polygons.into_iter().map(Arc::new).collect();
        let positions: Vec<LonLat> = stops.into_iter().map(|(lon, lat)| at(lon, lat)).collect();
        assert_as_walked(&polygons, &positions, metres);
    });
}

#[test]
fn a_route_of_one_position_finds_what_is_within_the_distance() {
    let cases = (prop::collection::vec(any_area(), 0..20), any_position(), 0.0..1e6);
    for_all(100, cases, |(polygons, position, metres)| {
        let polygons = (0..).zip(polygons.into_iter().map(Arc::new)).collect();
        let index: PolygonIndex<u32> = PolygonIndex::bulk_load(polygons);
        let route = Route::new(&[position]).unwrap();
        let mut within = index.within(position, metres);
        within.sort_by_key(|found| found.0);
        let along = index.along(&route, metres);
        assert_eq!(along.len(), within.len(), "{along:?} {within:?}");
        for (met, (id, distance_m)) in along.iter().zip(within) {
            assert_eq!(met.id, id);
            assert!((met.distance_m - distance_m).abs() < 1e-3, "{met:?} {distance_m}");
            assert!(met.along_m.abs() < 1e-9);
        }
    });
}

#[test]
fn a_route_that_touches_a_corner_or_runs_along_an_edge_meets_the_polygon() {
    let square = Arc::new(polygon(vec![vec![rectangle(0.0, 0.0, 1.0, 1.0)]]));
    let index = PolygonIndex::bulk_load(vec![((), square)]);
    let met = |from: [f64; 2], to: [f64; 2]| {
        let route = Route::new(&[from, to].map(|[lon, lat]| at(lon, lat))).unwrap();
        index.along(&route, 0.0).first().map(|met| met.along_m)
    };
    let corner = met([-1.0, 2.0], [2.0, -1.0]).unwrap();
    assert!((corner - at(-1.0, 2.0).distance_m(at(0.0, 1.0))).abs() < 2.0, "{corner}");
    let edge = met([-1.0, 1.0], [2.0, 1.0]).unwrap();
    assert!((edge - 111_302.65).abs() < 1.0, "{edge}");
    assert_eq!(met([-1.0, 1.000_000_1], [2.0, 1.000_000_1]), None);
    assert_eq!(met([0.5, 0.5], [3.0, 3.0]), Some(0.0));
}

#[test]
fn a_route_over_the_antimeridian_counts_on() {
    let beyond = Arc::new(polygon(vec![vec![rectangle(-179.9, 0.0, -179.8, 0.1)]]));
    let at_it = Arc::new(polygon(vec![vec![rectangle(-180.0, 0.5, -179.9, 0.6)]]));
    let index = PolygonIndex::bulk_load(vec![(1, beyond), (2, at_it)]);
    let across = Route::new(&[at(179.8, 0.0), at(-179.0, 0.0)]).unwrap();
    let found = index.along(&across, 0.0);
    assert_eq!(found.len(), 1);
    assert!((found[0].along_m - at(179.8, 0.0).distance_m(at(-179.9, 0.0))).abs() < 1e-3);
    let along_it = Route::new(&[at(180.0, 0.4), at(180.0, 0.7)]).unwrap();
    assert_eq!(index.along(&along_it, 0.0).iter().map(|met| met.id).collect::<Vec<_>>(), [2]);
}

#[test]
fn parallels_are_nearest_where_they_bow() {
    // At 60° a leg of 0.4° bows 60 m away from its geodesic; that must not be lost.
    let north = Arc::new(polygon(vec![vec![rectangle(-1.0, 60.01, 1.0, 60.5)]]));
    let index = PolygonIndex::bulk_load(vec![((), Arc::clone(&north))]);
    let route = Route::new(&[at(-0.2, 60.0), at(0.2, 60.0)]).unwrap();
    let found = index.along(&route, 5_000.0);
    assert!((found[0].distance_m - north.distance_m(at(0.0, 60.0))).abs() < 1e-3, "{found:?}");
}

#[test]
fn no_distance_finds_nothing_unless_it_is_a_number() {
    let square = Arc::new(polygon(vec![vec![rectangle(0.0, 0.0, 1.0, 1.0)]]));
    let index = PolygonIndex::bulk_load(vec![((), square)]);
    let route = Route::new(&[at(0.5, 0.5)]).unwrap();
    assert!(index.along(&route, f64::NAN).is_empty() && index.along(&route, -1.0).is_empty());
    assert_eq!(index.along(&route, f64::INFINITY).len(), 1);
    assert_eq!(Route::new(&[]).unwrap_err().rule, Rule::Empty);
}
