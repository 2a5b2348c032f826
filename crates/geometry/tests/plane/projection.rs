//! The plane against PROJ's EPSG:6933, and there and back again.

use geometry::crs::{AxisOrder, Crs};
use geometry::{GridPoint, LonLat, plane};

fn places(lats: std::ops::RangeInclusive<i32>) -> impl Iterator<Item = LonLat> {
    let lons =
        (-180..=180).step_by(7).map(|lon| f64::from(lon) + if lon < 180 { 0.123_456 } else { 0.0 });
    lons.flat_map(move |lon| {
        lats.clone().map(move |lat| LonLat::new(lon.min(180.0), f64::from(lat) * 0.997).unwrap())
    })
}

#[test]
fn the_plane_is_that_of_proj_both_ways() {
    let ease_grid = Crs::from_epsg(6933).unwrap();
    let operation = ease_grid.operation_at(LonLat::new(0.0, 0.0).unwrap()).unwrap();
    for place in places(-80..=80) {
        let [x, y] = plane::forward(place);
        let theirs = operation.from_crs84(place, AxisOrder::EastingFirst).unwrap();
        let apart_m = (x - theirs[0]).hypot(y - theirs[1]);
        assert!(apart_m <= 1e-6, "{place}: {apart_m} m");

        // Ours undoes PROJ's way there; PROJ's own way back sums a shorter series and is off by up to
        // 1.6 mm, at 21°.
        let ours = plane::inverse(theirs);
        assert!(place.distance_m(ours) <= 1e-6, "{place}: {ours:?}");
        let back = operation.to_crs84(theirs, AxisOrder::EastingFirst).unwrap();
        assert!(place.distance_m(back) <= 1.6e-3, "{place}: {} m", place.distance_m(back));
    }
}

#[test]
fn places_come_back_from_the_plane_to_the_micrometre() {
    for place in places(-80..=80) {
        let back = plane::inverse(plane::forward(place));
        assert!(place.distance_m(back) < 1e-6, "{place}");
    }
}

#[test]
fn places_come_back_from_the_grid_to_the_millimetre() {
    for place in places(-86..=86) {
        let back = plane::inverse(GridPoint::from_plane(plane::forward(place)).to_plane());
        assert!(place.distance_m(back) < 1e-3, "{place}: {} m", place.distance_m(back));
    }
}
