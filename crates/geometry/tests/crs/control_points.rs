//! Places whose coordinates are known from elsewhere.

use geometry::LonLat;
use geometry::crs::AxisOrder;

use super::{assert_near, at, crs, to_crs84};

/// Places worked out with `GeographicLib`; the file says how.
const WORKED_OUT: &str = include_str!("control_points.tsv");

fn dms(degrees: f64, minutes: f64, seconds: f64) -> f64 {
    degrees.signum() * (degrees.abs() + minutes / 60.0 + seconds / 3600.0)
}

#[test]
fn national_systems_agree_with_an_independent_calculation() {
    let lines: Vec<&str> = WORKED_OUT.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 45, "the file holds its points");
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let [code, x, y, operation, lon, lat, place] = fields[..] else { panic!("{line}") };
        let [x, y, lon, lat] = [x, y, lon, lat].map(|number| number.parse::<f64>().unwrap());
        let (crs, expected) = (crs(code), at(lon, lat));

        let chosen = crs.operation_for([x, y], AxisOrder::EastingFirst).unwrap();
        let codes: Vec<_> = chosen.steps().iter().filter_map(|step| step.code.clone()).collect();
        let code_of_it = codes.first().map_or("-".to_owned(), ToString::to_string);
        assert_eq!(code_of_it, operation, "{code}, {place}");
        let same = crs.operation_at(expected).unwrap();
        assert_eq!(same.name(), chosen.name(), "{code}, {place}: the way back");

        // The places are given to 1e-10°, a hundredth of a millimetre.
        assert_near(chosen.to_crs84([x, y], AxisOrder::EastingFirst).unwrap(), expected, 5e-5);
        let back = same.from_crs84(expected, AxisOrder::EastingFirst).unwrap();
        let unit_m = if crs.is_geographic() { 111_320.0 } else { 1.0 };
        let apart_m = (back[0] - x).hypot(back[1] - y) * unit_m;
        assert!(apart_m < 1e-4, "{code}, {place}: {back:?} is {apart_m} m off");
    }
}

/// Source: EPSG Guidance Note 7-2 (IOGP 373-7-2), worked example of Popular Visualisation
/// Pseudo-Mercator.
#[test]
fn web_mercator_agrees_with_the_worked_example_of_its_register() {
    let expected = at(dms(-100.0, 20.0, 0.0), dms(24.0, 22.0, 54.433));
    assert_near(to_crs84("EPSG:3857", -11_169_055.58, 2_800_000.0).unwrap(), expected, 0.02);
}

/// Source: EPSG Guidance Note 7-2, worked example of the Colombia Urban projection (method 1052).
#[test]
fn the_urban_grid_of_bogota_agrees_with_the_worked_example_of_its_register() {
    let expected = at(dms(-74.0, 15.0, 0.0), dms(4.0, 48.0, 0.0));
    assert_near(to_crs84("EPSG:6247", 80_859.033, 122_543.174).unwrap(), expected, 0.002);
}

/// Source: EPSG Guidance Note 7-2, worked example of geocentric translations (method 9603): a point
/// in the North Sea on ED50, height 28 m. Leaving the height out moves the place by a millimetre.
#[test]
fn a_shift_stated_in_the_definition_agrees_with_the_worked_example_of_its_method() {
    let ed50 = "+proj=longlat +ellps=intl +towgs84=-84.87,-96.49,-116.95";
    let position = to_crs84(ed50, dms(2.0, 7.0, 51.477), dms(53.0, 48.0, 36.563)).unwrap();
    assert_near(position, at(dms(2.0, 7.0, 46.38), dms(53.0, 48.0, 33.82)), 0.25);
}

/// Source: on the central meridian the northing is the scale factor times the length of the
/// meridian, which `GeographicLib` gives; off it, the coordinates of the CN Tower, to a metre, in
/// Wikipedia, "Universal Transverse Mercator coordinate system".
#[test]
fn utm_zones_agree_with_the_length_of_the_meridian() {
    let [equator, battambang] = [0.0, 13.0].map(|lat| LonLat::new(105.0, lat).unwrap());
    let northing = 0.9996 * equator.distance_m(battambang);
    assert_near(to_crs84("EPSG:32648", 500_000.0, northing).unwrap(), battambang, 1e-5);
    let tower = at(dms(-79.0, 23.0, 13.7), dms(43.0, 38.0, 33.24));
    assert_near(to_crs84("EPSG:32617", 630_084.0, 4_833_438.0).unwrap(), tower, 1.0);
}
