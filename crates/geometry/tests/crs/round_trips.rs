//! There and back again.

use geometry::LonLat;
use geometry::crs::AxisOrder;

use super::{assert_near, at, crs};

/// Places all over an area, on a grid.
fn places([west, south, east, north]: [f64; 4]) -> Vec<LonLat> {
    let steps = || (0..=8).map(|i| f64::from(i) / 8.0);
    let on = |a: f64, b: f64, t: f64| a + (b - a) * t;
    steps().flat_map(|u| steps().map(move |v| at(on(west, east, u), on(south, north, v)))).collect()
}

#[test]
fn places_come_back_to_the_micrometre_in_the_area_of_use() {
    for (code, area) in [
        ("EPSG:32648", [102.0, 8.0, 108.0, 24.0]),
        ("EPSG:3148", [102.14, 8.33, 108.0, 23.4]),
        ("EPSG:4131", [102.14, 8.33, 109.53, 23.4]),
        ("EPSG:28407", [36.0, 44.0, 40.2, 52.3]),
        ("EPSG:5565", [36.0, 46.0, 40.2, 50.4]),
        ("EPSG:6387", [38.5, 47.0, 40.2, 50.4]),
        ("EPSG:9377", [-79.0, -4.2, -67.0, 12.5]),
        ("EPSG:20136", [30.0, 4.0, 36.0, 22.0]),
        ("EPSG:23036", [30.0, 36.0, 36.0, 42.0]),
        ("EPSG:3908", [16.5, 42.6, 19.5, 45.2]),
        ("EPSG:3857", [-179.0, -80.0, 179.0, 80.0]),
        ("EPSG:4326", [-179.0, -85.0, 179.0, 85.0]),
    ] {
        let crs = crs(code);
        let middle = at((area[0] + area[2]) / 2.0, (area[1] + area[3]) / 2.0);
        let operation = crs.operation_at(middle).unwrap();
        for place in places(area) {
            let coordinates = operation.from_crs84(place, AxisOrder::Authority).unwrap();
            assert_near(
                operation.to_crs84(coordinates, AxisOrder::Authority).unwrap(),
                place,
                1e-6,
            );
        }
    }
}
