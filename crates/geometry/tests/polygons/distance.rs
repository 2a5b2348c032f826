//! True distances.

use geometry::{HazardPolygon, LonLat};

use crate::shapes::{any_area, any_position, area_around, at, for_all, polygon, rectangle};

/// The least distance to any edge by looking closely, and slowly, everywhere.
fn slow_distance_m(polygon: &HazardPolygon, position: LonLat) -> f64 {
    let mut best = f64::INFINITY;
    for edge in polygon.parts().flatten().flat_map(|ring| ring.windows(2)) {
        let to = |t: f64| {
            let [lon, lat] = [0, 1].map(|axis| edge[0][axis] + t * (edge[1][axis] - edge[0][axis]));
            position.distance_m(at(lon, lat))
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..5 {
            let step = (high - low) / 24.0;
            let nearest = (0..=24)
                .map(|i| low + f64::from(i) * step)
                .map(|t| (to(t), t))
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap();
            best = best.min(nearest.0);
            (low, high) = ((nearest.1 - step).max(0.0), (nearest.1 + step).min(1.0));
        }
    }
    best
}

#[test]
fn distances_are_those_of_a_slow_search_on_geodesics() {
    for_all(300, (any_area(), any_position()), |(polygon, position)| {
        let (fast, slow) = (polygon.distance_m(position), slow_distance_m(&polygon, position));
        if polygon.covers(position) {
            assert_eq!(fast.to_bits(), 0.0_f64.to_bits());
        } else {
            assert!((fast - slow).abs() < 1e-3, "{fast} {slow} {position} {polygon:?}");
        }
    });
}

#[test]
fn distances_nearby_are_those_of_a_slow_search_on_geodesics() {
    let fields = area_around(35.0..35.1, 47.0..47.1, 0.01);
    let cases = (fields, 34.5..35.6, 46.5..47.6);
    for_all(300, cases, |(polygon, lon, lat)| {
        let position = at(lon, lat);
        let (fast, slow) = (polygon.distance_m(position), slow_distance_m(&polygon, position));
        assert!(polygon.covers(position) || (fast - slow).abs() < 1e-3, "{fast} {slow} {position}");
    });
}

#[test]
fn distances_cross_the_antimeridian() {
    let polygon = polygon(vec![vec![rectangle(-180.0, 0.0, -179.0, 1.0)]]);
    let east_of_it = polygon.distance_m(at(179.999, 0.5));
    assert!((east_of_it - at(179.999, 0.5).distance_m(at(180.0, 0.5))).abs() < 1e-3);
    assert!((polygon.distance_m(at(-178.999, 0.5)) - east_of_it).abs() < 1e-3);
}

#[test]
fn distances_go_over_a_pole() {
    let beyond = polygon(vec![vec![rectangle(100.0, 89.0, 101.0, 89.5)]]);
    let position = at(-79.5, 89.5);
    let over = position.distance_m(at(100.5, 89.5));
    assert!((beyond.distance_m(position) - over).abs() < 2.0, "{over}");
    assert!((beyond.distance_m(position) - slow_distance_m(&beyond, position)).abs() < 1e-3);
}

#[test]
fn an_edge_is_straight_in_longitude_and_latitude() {
    // At 60° north the geodesic over 40° of longitude passes 1.7° further north.
    let polygon = polygon(vec![vec![rectangle(0.0, 59.9, 40.0, 60.0)]]);
    let north = at(20.0, 60.5);
    assert!((polygon.distance_m(north) - north.distance_m(at(20.0, 60.0))).abs() < 1e-3);
    assert!(!polygon.covers(at(20.0, 60.001)));
}
