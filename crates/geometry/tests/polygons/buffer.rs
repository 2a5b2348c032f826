//! Areas around positions, routes and polygons: nothing too near left out, nothing far taken in.

use std::sync::Arc;

use geometry::{
    BufferError, HazardPolygon, LonLat, PolygonIndex, Route, buffer_polygon, buffer_position,
    buffer_route,
};
use proptest::prelude::*;

use crate::shapes::{area_across, area_around, at, for_all};

fn turned(lon: f64) -> f64 {
    if lon.abs() > 180.0 { lon - 360.0_f64.copysign(lon) } else { lon }
}

/// Positions around a place, in an even mixture of directions and distances up to `reach` metres.
fn around(centre: LonLat, reach_m: f64) -> impl Iterator<Item = LonLat> {
    (0..600).filter_map(move |i| {
        let (sin, cos) = (f64::from(i) * 2.399_963).sin_cos();
        let metres = reach_m * (f64::from(i) + 0.5) / 600.0;
        let lat = centre.lat() + metres * sin / 111_000.0;
        let lon = centre.lon() + metres * cos / 111_000.0 / lat.to_radians().cos().max(1e-3);
        LonLat::new(turned(lon), lat).ok()
    })
}

/// Tells the distance from a position to a route, through a polygon that is no larger than a mote.
fn distance_to_route_m(route: &Route, position: LonLat) -> f64 {
    const MOTE: f64 = 1e-10;
    let (lon, lat) = (position.lon().min(180.0 - MOTE), position.lat());
    let ring = [[0.0, 0.0], [MOTE, 0.0], [0.0, MOTE], [0.0, 0.0]];
    let shell = ring.map(|[x, y]| [lon + x, lat + y]).to_vec();
    let mote = Arc::new(HazardPolygon::new(vec![vec![shell]]).unwrap());
    PolygonIndex::bulk_load(vec![((), mote)]).along(route, 1e7)[0].distance_m
}

const ROUNDING_M: f64 = 1e-3;

fn assert_drawn(area: &HazardPolygon, metres: f64, position: LonLat, distance_m: f64) {
    if distance_m <= metres - ROUNDING_M {
        assert!(area.covers(position), "{position} is {distance_m} m away and not in {metres} m");
    }
    if distance_m > metres * 1.005 + 0.005 + ROUNDING_M {
        assert!(!area.covers(position), "{position} is {distance_m} m away and in {metres} m");
    }
}

fn anywhere() -> impl Strategy<Value = [f64; 2]> {
    prop_oneof![
        (-180.0..180.0, -70.0..70.0),
        (102.0..108.0, 10.0..15.0),
        (179.9..180.0, -20.0..70.0),
        (-180.0..-179.9, -20.0..70.0),
        (-180.0..180.0, 80.0..84.9),
        Just((180.0, 0.0)),
    ]
    .prop_map(|(lon, lat)| [lon, lat])
}

fn any_distance() -> impl Strategy<Value = f64> {
    (-1.0..5.0_f64).prop_map(|power| 10.0_f64.powf(power).clamp(0.1, 100_000.0))
}

#[test]
fn an_area_around_a_position_holds_what_is_within_the_distance_and_no_more() {
    for_all(200, (anywhere(), any_distance()), |([lon, lat], metres)| {
        let centre = at(lon, lat);
        let area = buffer_position(centre, metres).unwrap();
        for position in around(centre, metres * 1.2) {
            assert_drawn(&area, metres, position, centre.distance_m(position));
        }
        for [lon, lat] in area.parts().flatten().flatten() {
            assert!(centre.distance_m(at(*lon, *lat)) <= metres * 1.005 + 0.005);
        }
    });
}

#[test]
fn a_corridor_holds_what_is_within_the_distance_of_the_route_and_no_more() {
    let walks = prop::collection::vec((-1.0..1.0, -1.0..1.0), 1..8);
    let cases = (anywhere(), walks, 0.5..4.0_f64, -1.5..0.5_f64);
    for_all(60, cases, |([lon, lat], walk, reach, width)| {
        let reach_m = 10.0_f64.powf(reach);
        let metres = (reach_m * 10.0_f64.powf(width)).max(0.1);
        let shrink = lat.to_radians().cos();
        let positions: Vec<LonLat> = walk
            .iter()
            .map(|(x, y): &(f64, f64)| {
                let east = lon + x * reach_m / 111_000.0 / shrink;
                at(turned(east), lat + y * reach_m / 111_000.0)
            })
            .collect();
        let route = Route::new(&positions).unwrap();
        let area = buffer_route(&route, metres).unwrap();
        for position in around(at(lon, lat), reach_m + metres * 1.5).step_by(6) {
            assert_drawn(&area, metres, position, distance_to_route_m(&route, position));
        }
    });
}

#[test]
fn a_widened_polygon_holds_what_is_within_the_distance_and_no_more() {
    let areas = prop_oneof![
        area_around(103.0..103.4, 13.0..13.4, 0.01),
        area_around(36.0..39.0, 69.0..70.0, 0.01),
        area_across(),
    ];
    for_all(40, (areas, 1.0..3.0_f64), |(polygon, power)| {
        let metres = 10.0_f64.powf(power);
        let widened = buffer_polygon(&polygon, metres).unwrap();
        let bbox = polygon.bbox();
        let middle =
            at(turned(bbox.west + bbox.width_deg() / 2.0), (bbox.south + bbox.north) / 2.0);
        let reach_m = polygon.parts().flatten().flatten().fold(0.0_f64, |reach, [lon, lat]| {
            assert!(widened.covers(at(*lon, *lat)));
            reach.max(middle.distance_m(at(*lon, *lat)))
        });
        for position in around(middle, reach_m + 2.0 * metres) {
            assert_drawn(&widened, metres, position, polygon.distance_m(position));
        }
    });
}

#[test]
fn a_route_round_a_field_leaves_the_field_out() {
    let corners = [[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.1], [0.0, 0.0]];
    let route = Route::new(&corners.map(|[lon, lat]| at(lon, lat))).unwrap();
    let area = buffer_route(&route, 100.0).unwrap();
    assert_eq!(area.parts().map(Iterator::count).collect::<Vec<_>>(), [2]);
    assert!(!area.covers(at(0.05, 0.05)) && area.covers(at(0.05, 0.0)));
}

#[test]
fn what_cannot_be_drawn_is_refused_in_words() {
    let pole = buffer_position(at(0.0, 85.99), 10_000.0).unwrap_err();
    assert!(matches!(pole, BufferError::NearPole { .. }));
    assert!(pole.to_string().contains("86° of latitude"), "{pole}");
    for metres in [f64::NAN, -1.0, 0.0, 0.09, 100_001.0, f64::INFINITY] {
        let refused = buffer_position(at(0.0, 0.0), metres).unwrap_err();
        assert!(matches!(refused, BufferError::Distance { .. }), "{refused}");
    }
    let zigzag: Vec<LonLat> =
        (0..7).map(|i| at(f64::from(i % 2) * 60.0, f64::from(i) * 3.0)).collect();
    let refused = buffer_route(&Route::new(&zigzag).unwrap(), 100_000.0).unwrap_err();
    assert!(matches!(refused, BufferError::Limits(_)), "{refused}");
}

#[test]
fn a_track_of_very_many_steps_is_drawn_at_once() {
    let steps: Vec<LonLat> = (0..3_000)
        .map(|i| at(103.0 + f64::from(i) * 1e-5, 13.0 + f64::from(i % 3) * 5e-6))
        .collect();
    let area = buffer_route(&Route::new(&steps).unwrap(), 50.0).unwrap();
    assert_eq!(area.parts().map(Iterator::count).collect::<Vec<_>>(), [1]);
    let length_m = at(103.0, 13.0).distance_m(at(103.03, 13.0));
    let expected_m2 = 100.0 * length_m + std::f64::consts::PI * 2_500.0;
    assert!((area.area_m2() / expected_m2 - 1.0).abs() < 0.02, "{}", area.area_m2());
}
