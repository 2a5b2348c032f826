//! What an edge means: straight in longitude and latitude for questions of place, a geodesic for
//! areas; and how far the two part.

use geometry::{HazardPolygon, LonLat, plane};

fn box_of(lat: f64, width_m: f64) -> HazardPolygon {
    let width = width_m / (111_320.0 * lat.to_radians().cos());
    let (west, south) = (30.0, lat - width_m / 111_000.0);
    let shell =
        vec![[west, south], [west + width, south], [west + width, lat], [west, lat], [west, south]];
    HazardPolygon::new(vec![vec![shell]]).unwrap()
}

/// How far the vertices of the grid stand outside the polygon at most, in metres.
fn bulge_m(polygon: &HazardPolygon) -> f64 {
    let shape = polygon.to_grid();
    let places = shape.rings().flatten().map(|point| plane::inverse(point.to_plane()));
    places.map(|place: LonLat| polygon.distance_m(place)).fold(0.0, f64::max)
}

#[test]
fn the_two_meanings_of_an_edge_part_as_the_documentation_says() {
    for (lat, width_m, documented_m) in [
        (13.0, 1_000.0, 0.005),
        (48.0, 1_000.0, 0.022),
        (48.0, 5_000.0, 0.55),
        (13.0, 10_000.0, 0.45),
        (48.0, 10_000.0, 2.2),
        (70.0, 10_000.0, 5.4),
    ] {
        let found_m = bulge_m(&box_of(lat, width_m));
        let off_m = (found_m - documented_m).abs();
        assert!(off_m < 0.03 * documented_m + 5e-4, "{lat}°, {width_m} m: {found_m} m");
    }
    assert!(bulge_m(&box_of(48.0, 100.0)) < 5e-4, "nothing for the edges surveyors walk");
}

#[test]
fn neighbours_share_every_vertex_of_a_shared_edge() {
    for lat in [13.1, 48.2, 69.5] {
        let [south, shared, north] = [lat - 0.01, lat, lat + 0.013];
        let shape = |a: f64, b: f64, tilt: f64| {
            let shell = vec![[30.0, a], [30.02, a + tilt], [30.02, b], [30.0, b], [30.0, a]];
            HazardPolygon::new(vec![vec![shell]]).unwrap().to_grid()
        };
        let (below, above) = (shape(south, shared, 0.001), shape(shared, north, 0.0));
        let of_edge = |shape: &geometry::GridShape| {
            let lowest = plane::forward(LonLat::new(30.0, shared - 1e-7).unwrap())[1];
            let highest = plane::forward(LonLat::new(30.0, shared + 1e-5).unwrap())[1];
            let mut points: Vec<_> = shape.rings().flatten().copied().collect();
            points.retain(|p| (lowest..highest).contains(&p.to_plane()[1]));
            points.sort();
            points
        };
        assert!(of_edge(&below).len() > 10, "{lat}: divided");
        assert_eq!(of_edge(&below), of_edge(&above), "{lat}");
    }
}

#[test]
fn a_hostile_ring_stays_within_its_limit_of_points() {
    // As long as a boundary may be, of edges that are divided most for their length.
    let (lat, reach, step) = (71.0, 0.0144, 1e-5);
    let mut shell = Vec::new();
    for tooth in 0..95_000 {
        let lat = lat + step * f64::from(tooth);
        shell.extend([[30.0, lat], [30.0 + reach, lat + step / 2.0]]);
    }
    shell.extend([[29.9, 71.96], [29.9, lat], [30.0, lat]]);
    let polygon = HazardPolygon::new(vec![vec![shell]]).unwrap();
    let count = polygon.to_grid().vertex_count();
    assert!((1_500_000..3_000_000).contains(&count), "{count}");
}
