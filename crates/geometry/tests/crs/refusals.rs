//! Coordinates that name no place of the reference system.

use geometry::crs::{AxisOrder, CrsError};

use super::{at, crs, to_crs84};

#[test]
fn a_guess_at_the_datum_is_refused() {
    // No operation for Camacupa 1948 is known on the land of Angola.
    let angola = to_crs84("EPSG:22033", 608_000.0, 8_670_000.0);
    assert!(matches!(angola, Err(CrsError::Ballpark { .. })), "{angola:?}");
    // An ellipsoid is no datum.
    let nameless = to_crs84("+proj=utm +zone=48 +ellps=evrst30", 305_000.0, 1_448_000.0);
    assert!(matches!(nameless, Err(CrsError::Ballpark { .. })), "{nameless:?}");
}

#[test]
fn coordinates_far_from_the_zone_are_refused() {
    let crs = crs("EPSG:32648");
    for position in [at(15.0, 13.0), at(-77.0, 4.0), at(103.0, 89.9), at(103.0, -13.0)] {
        let refused = crs.from_crs84(position, AxisOrder::EastingFirst);
        assert!(matches!(refused, Err(CrsError::OutsideArea { .. })), "{position}: {refused:?}");
    }
    let beyond_the_pole = to_crs84("EPSG:32648", 500_000.0, 1e7 + 1.0);
    assert!(matches!(beyond_the_pole, Err(CrsError::OutsideArea { .. })), "{beyond_the_pole:?}");
    assert!(to_crs84("EPSG:32648", 9e6, 0.0).is_err());
    assert!(to_crs84("EPSG:32648", 100_000.0, 1_437_000.0).is_ok(), "two degrees outside");
}

#[test]
fn numbers_that_are_none_are_refused() {
    for [x, y] in [[f64::NAN, 0.0], [0.0, f64::INFINITY], [f64::NEG_INFINITY, f64::NAN]] {
        let refused = to_crs84("EPSG:32648", x, y);
        assert!(matches!(refused, Err(CrsError::NotFinite { .. })), "{refused:?}");
        let crs = crs("EPSG:32648");
        let refused = crs.to_crs84_all(&[[5e5, 1e6], [x, y]], AxisOrder::EastingFirst);
        assert!(matches!(refused, Err(CrsError::NotFinite { .. })));
    }
    for huge in [1e12, 1e100, f64::MAX] {
        assert!(to_crs84("EPSG:32648", huge, huge).is_err());
        assert!(to_crs84("EPSG:3857", huge, huge).is_err());
        assert!(to_crs84("EPSG:4326", huge, huge).is_err());
    }
}

#[test]
fn coordinates_that_alias_another_place_are_refused() {
    // Once round the meridian and once round the equator, back to Battambang by the formulas.
    let around = 0.9996 * 40_007_862.917;
    let by_meridian = to_crs84("EPSG:32648", 305_000.0, 1_448_000.0 + around);
    assert!(by_meridian.is_err(), "{by_meridian:?}");
    let by_equator = to_crs84("EPSG:3857", 11_488_171.0 + 40_075_016.686, 1_471_159.0);
    assert!(by_equator.is_err(), "{by_equator:?}");
}

#[test]
fn swapped_coordinates_are_refused_where_they_can_be_told() {
    let swapped = to_crs84("EPSG:4326", 13.1, 103.2);
    assert!(matches!(swapped, Err(CrsError::NoPlace { .. })), "{swapped:?}");
    let swapped = to_crs84("EPSG:28407", 5_320_464.0, 7_350_867.0);
    assert!(swapped.is_err(), "{swapped:?}");
}

#[test]
fn messages_name_the_place_the_rule_and_the_fix() {
    let refused = crs("EPSG:32648").from_crs84(at(15.0, 13.0), AxisOrder::EastingFirst);
    let message = refused.unwrap_err().to_string();
    for part in ["(15, 13)", "5°", "EPSG:32648 (WGS 84 / UTM zone 48N)", "zone or the order"] {
        assert!(message.contains(part), "{message}");
    }
}
