//! Inside, outside and on the boundary.

use geometry::{Bbox, HazardPolygon};
use proptest::prelude::*;

use crate::shapes::{any_area, any_position, area_across, at, for_all, polygon, rectangle};

/// Inside or on the boundary of rings of whole numbers, in whole numbers.
fn covers_in_integers(rings: &[Vec<(i64, i64)>], p: (i64, i64)) -> bool {
    let mut inside = false;
    for ring in rings {
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let turn = (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
            let beside = (p.0 - a.0) * (p.0 - b.0) <= 0 && (p.1 - a.1) * (p.1 - b.1) <= 0;
            if turn == 0 && beside {
                return true;
            }
            if (a.1 > p.1) != (b.1 > p.1) && (turn > 0) == (b.1 > a.1) {
                inside = !inside;
            }
        }
    }
    inside
}

#[test]
fn covering_agrees_with_arithmetic_in_whole_numbers() {
    let ring = prop::collection::vec((-6_i64..6, -6_i64..6), 3..7);
    let shapes = prop::collection::vec(ring, 1..3);
    for_all(3_000, shapes, |rings| {
        let degrees = |&(lon, lat): &(i64, i64)| [lon as f64, lat as f64];
        let closed = |ring: &Vec<(i64, i64)>| {
            ring.iter().chain(ring.first()).map(degrees).collect::<Vec<_>>()
        };
        let Ok(polygon) = HazardPolygon::new(vec![rings.iter().map(closed).collect()]) else {
            return;
        };
        for lon in -7..=7 {
            for lat in -7..=7 {
                let expected = covers_in_integers(&rings, (lon, lat));
                let position = at(lon as f64, lat as f64);
                assert_eq!(polygon.covers(position), expected, "{position} {polygon:?}");
            }
        }
    });
}

#[test]
fn every_vertex_and_the_edge_of_every_hole_is_covered() {
    for_all(500, any_area(), |polygon| {
        for &[lon, lat] in polygon.parts().flatten().flatten() {
            assert!(polygon.covers(at(lon, lat)));
            assert!(polygon.bbox().contains(at(lon, lat)));
        }
    });
    let pierced = polygon(vec![vec![rectangle(0.0, 0.0, 3.0, 3.0), rectangle(1.0, 1.0, 2.0, 2.0)]]);
    assert!(pierced.covers(at(1.0, 1.5)));
    assert!(!pierced.covers(at(1.5, 1.5)));
}

#[test]
fn the_antimeridian_has_two_names_and_a_pole_has_all() {
    let west = polygon(vec![vec![rectangle(179.0, 0.0, 180.0, 1.0)]]);
    assert!(west.covers(at(-180.0, 0.5)));
    assert!(!west.covers(at(-179.999, 0.5)));
    let cap = polygon(vec![vec![rectangle(0.0, 89.5, 10.0, 90.0)]]);
    assert!(cap.covers(at(120.0, 90.0)));
    assert!(!cap.covers(at(120.0, -90.0)));
}

#[test]
fn a_box_around_both_sides_of_the_antimeridian_is_narrow() {
    for_all(200, area_across(), |polygon| {
        let bbox = polygon.bbox();
        assert!(bbox.crosses_antimeridian() && bbox.width_deg() <= 4.0, "{bbox:?}");
    });
}

#[test]
fn a_box_meets_a_polygon_when_a_fine_raster_of_it_does() {
    let boxes = (any_position(), 0.001..0.6_f64, 0.001..0.6_f64);
    for_all(2_000, (any_area(), boxes), |(polygon, (corner, width, height))| {
        let east = if corner.lon() + width > 180.0 {
            corner.lon() + width - 360.0
        } else {
            corner.lon() + width
        };
        let north = (corner.lat() + height).min(90.0);
        let bbox = Bbox::new(corner.lon(), corner.lat(), east, north).unwrap();
        let steps = (0..=12).flat_map(|i| (0..=12).map(move |j| (f64::from(i), f64::from(j))));
        let seen = steps.into_iter().any(|(i, j)| {
            let lon = corner.lon() + width * i / 12.0;
            let lon = if lon > 180.0 { lon - 360.0 } else { lon };
            polygon.covers(at(lon, (corner.lat() + height * j / 12.0).min(90.0)))
        });
        let vertex_inside =
            polygon.parts().flatten().flatten().any(|&[lon, lat]| bbox.contains(at(lon, lat)));
        if seen || vertex_inside {
            assert!(polygon.intersects_bbox(&bbox), "{bbox:?} {polygon:?}");
        }
        if !polygon.bbox().intersects(&bbox) {
            assert!(!polygon.intersects_bbox(&bbox));
        }
    });
}

#[test]
fn a_box_in_a_hole_or_beside_a_slanting_edge_meets_nothing() {
    let pierced = polygon(vec![vec![rectangle(0.0, 0.0, 3.0, 3.0), rectangle(1.0, 1.0, 2.0, 2.0)]]);
    let bbox = |west, south, east, north| Bbox::new(west, south, east, north).unwrap();
    assert!(!pierced.intersects_bbox(&bbox(1.1, 1.1, 1.9, 1.9)));
    assert!(pierced.intersects_bbox(&bbox(1.1, 1.1, 2.0, 1.9)));
    assert!(pierced.intersects_bbox(&bbox(-1.0, -1.0, 4.0, 4.0)));
    assert!(pierced.intersects_bbox(&bbox(0.5, 0.5, 0.5, 0.5)));
    let triangle = polygon(vec![vec![vec![[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]]);
    assert!(!triangle.intersects_bbox(&bbox(1.5, 1.5, 2.0, 2.0)));
    assert!(triangle.intersects_bbox(&bbox(1.0, 1.0, 2.0, 2.0)));
}

#[test]
fn shells_wind_counter_clockwise_and_holes_clockwise_however_they_were_sent() {
    for_all(500, any_area(), |polygon| {
        let parts: Vec<Vec<Vec<[f64; 2]>>> = polygon
            .parts()
            .map(|rings| rings.map(|ring| ring.iter().rev().copied().collect()).collect())
            .collect();
        let turned = HazardPolygon::new(parts).unwrap();
        for (ring, before) in turned.parts().flatten().zip(polygon.parts().flatten()) {
            let area = |ring: &[[f64; 2]]| -> f64 {
                let [x, y] = ring[0];
                let cross =
                    |e: &[[f64; 2]]| (e[0][0] - x) * (e[1][1] - y) - (e[1][0] - x) * (e[0][1] - y);
                ring.windows(2).map(cross).sum()
            };
            assert_eq!(area(ring) > 0.0, area(before) > 0.0);
        }
        for part in polygon.parts() {
            for (i, ring) in part.enumerate() {
                let [x, y] = ring[0];
                let twice: f64 = ring
                    .windows(2)
                    .map(|e| (e[0][0] - x) * (e[1][1] - y) - (e[1][0] - x) * (e[0][1] - y))
                    .sum();
                assert_eq!(twice > 0.0, i == 0);
            }
        }
    });
}

/// Rounding to the grid may turn a sliver inside out; its area is never negative for that.
#[test]
fn an_area_thinner_than_the_grid_is_never_negative() {
    let sliver = (0.0..1.0_f64, 1e-7..1e-4_f64, 1e-12..1e-9_f64, -1.0..1.0_f64);
    for_all(5_000, sliver, |(at, length, width, skew)| {
        let [west, south] = [16.0 + at, 44.0 - at];
        let ring = vec![
            [west, south],
            [west + length, south + skew * length],
            [west + 0.5 * length, south + 0.5 * skew * length + width],
            [west, south],
        ];
        if let Ok(polygon) = HazardPolygon::new(vec![vec![ring]]) {
            assert!(polygon.area_m2() >= 0.0, "{polygon:?}");
        }
    });
}
