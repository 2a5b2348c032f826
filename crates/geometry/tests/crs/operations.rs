//! Which operation is used where, and what is said of it.

use geometry::LonLat;
use geometry::crs::{AxisOrder, Ground};

use super::{assert_near, at, crs};

fn codes_at(code: &str, position: LonLat) -> Vec<String> {
    let operation = crs(code).operation_at(position).unwrap();
    operation.steps().iter().map(|step| step.code.as_ref().unwrap().to_string()).collect()
}

#[test]
fn indian_1960_has_one_operation_and_no_jump() {
    let crs = crs("EPSG:3148");
    let [south, north] = [13.999, 14.001].map(|lat| at(106.5, lat));
    let [a, b] = [south, north].map(|p| crs.from_crs84(p, AxisOrder::EastingFirst).unwrap());
    // 0.002° of latitude are 221.3 m on a heading of 0.36°; left to itself, PROJ adds 440 m to the
    // east.
    assert!((b[0] - a[0] + 1.4).abs() < 0.1 && (b[1] - a[1] - 221.3).abs() < 0.5, "{a:?} {b:?}");

    let cambodia = crs.operation_at(at(103.2, 13.1)).unwrap();
    assert!(matches!(cambodia.ground(), Ground::Pinned(reason) if reason.contains("Cambodia")));
    assert_eq!(cambodia.accuracy_m(), Some(44.0));
    assert!(!cambodia.covers(at(103.2, 13.1)), "made for Vietnam");
    assert!(cambodia.covers(at(107.0, 16.0)));
    let area = cambodia.steps()[0].area.as_ref().unwrap();
    assert_eq!((area.bbox.south, area.bbox.north), (14.0, 18.01));
    // Taking the coordinates as they are would be so far off.
    let [x, y] = crs.from_crs84(at(103.2, 13.1), AxisOrder::EastingFirst).unwrap();
    let [u, v] =
        super::crs("EPSG:32648").from_crs84(at(103.2, 13.1), AxisOrder::EastingFirst).unwrap();
    assert!((x - u).hypot(y - v) > 400.0);
}

#[test]
fn ukraine_uses_the_operations_made_for_it() {
    assert_eq!(codes_at("EPSG:28407", at(37.0, 48.0)), ["EPSG:15865"]);
    assert_eq!(codes_at("EPSG:4284", at(24.0, 49.8)), ["EPSG:15865"]);
    assert_eq!(codes_at("EPSG:6386", at(37.0, 48.0)), ["EPSG:5840"]);
    // Elsewhere Pulkovo 1942 is left to the register: Russia, the coast of Azerbaijan.
    assert_eq!(codes_at("EPSG:28407", at(40.0, 56.0)), ["EPSG:5044"]);
    assert_eq!(codes_at("EPSG:4284", at(49.5, 39.5)), ["EPSG:1809"]);
}

#[test]
fn the_register_knows_the_best_operation_of_a_country() {
    for (code, position, operation, accuracy_m) in [
        ("EPSG:20137", at(39.0, 9.0), "EPSG:1103", 6.0),
        ("EPSG:20136", at(32.5, 15.6), "EPSG:1106", 7.0),
        ("EPSG:23036", at(33.3, 35.2), "EPSG:1784", 2.0),
        ("EPSG:23036", at(36.0, 32.0), "EPSG:1087", 2.5),
        ("EPSG:3908", at(17.8, 43.9), "EPSG:8823", 1.0),
        ("EPSG:31276", at(17.8, 43.9), "EPSG:8823", 1.0),
        ("EPSG:20936", at(31.5, -17.5), "EPSG:6906", 17.0),
        ("EPSG:21037", at(38.0, -3.0), "EPSG:1284", 6.0),
        ("EPSG:4245", at(102.0, 3.0), "EPSG:1158", 15.0),
        ("EPSG:22770", at(36.0, 34.0), "EPSG:15742", 5.0),
        ("EPSG:9377", at(-74.0, 4.5), "EPSG:10149", 1.0),
    ] {
        assert_eq!(codes_at(code, position), [operation], "{code}");
        let chosen = crs(code).operation_at(position).unwrap();
        assert_eq!(chosen.accuracy_m(), Some(accuracy_m), "{code}");
        assert!(chosen.covers(position), "{code}");
    }
}

#[test]
fn wgs_84_itself_needs_no_operation() {
    let operation = crs("EPSG:32636").operation_at(at(35.0, 47.8)).unwrap();
    assert_eq!((operation.ground(), operation.accuracy_m()), (Ground::SameDatum, Some(0.0)));
    assert!(operation.steps().is_empty());
}

#[test]
fn an_operation_that_would_need_a_grid_is_named() {
    let used = crs("EPSG:27700").operation_at(at(-1.5, 52.0)).unwrap();
    assert_eq!((used.name(), used.accuracy_m()), ("OSGB36 to WGS 84 (6)", Some(2.0)));
    let better = used.lacking().unwrap();
    assert_eq!(better.name, "OSGB36 to WGS 84 (9)");
    assert_eq!(better.grids, ["uk_os_OSTN15_NTv2_OSGBtoETRS.tif"]);
    assert_eq!(better.accuracy_m, Some(1.0));
    // The systems of the mined countries we know of need none.
    for (code, position) in [("EPSG:3148", at(103.2, 13.1)), ("EPSG:20136", at(32.5, 15.6))] {
        assert!(crs(code).operation_at(position).unwrap().lacking().is_none());
    }
}

#[test]
fn a_guess_is_made_only_when_asked_for_and_marked() {
    let angola = crs("EPSG:22033").allowing_ballpark();
    let guess = angola.operation_at(at(18.0, -12.0)).unwrap();
    assert_eq!((guess.ground(), guess.accuracy_m()), (Ground::Ballpark, None));
    // What is asked for once is not given to others.
    assert!(crs("EPSG:22033").operation_at(at(18.0, -12.0)).is_err());
}

#[test]
fn land_that_belongs_together_goes_by_one_operation() {
    // Across the border of two of the operations for Bogota 1975, which differ by metres.
    let crs = crs("EPSG:4218");
    let corners = [[-73.06, 9.42], [-72.99, 9.42], [-72.99, 9.48], [-73.06, 9.48]];
    let carried = crs.to_crs84_all(&corners, AxisOrder::EastingFirst).unwrap();
    let by_one: Vec<_> = corners
        .map(|corner| carried.operation.to_crs84(corner, AxisOrder::EastingFirst).unwrap())
        .to_vec();
    assert_eq!(carried.positions, by_one);
    let one_by_one = corners.map(|c| crs.to_crs84(c, AxisOrder::EastingFirst).unwrap());
    assert_ne!(one_by_one.to_vec(), by_one, "left to itself PROJ tears them apart");
    let back = crs.from_crs84_all(&carried.positions, AxisOrder::EastingFirst).unwrap();
    for (back, corner) in back.iter().zip(corners) {
        assert_near(at(back[0], back[1]), at(corner[0], corner[1]), 1e-6);
    }
}

#[test]
fn reference_systems_and_operations_go_from_thread_to_thread() {
    let crs = crs("EPSG:3148");
    let operation = crs.operation_at(at(103.2, 13.1)).unwrap();
    let here = operation.to_crs84([305_000.0, 1_448_000.0], AxisOrder::EastingFirst).unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (crs, operation) = (crs.clone(), operation.clone());
            std::thread::spawn(move || {
                let order = AxisOrder::EastingFirst;
                let there = operation.to_crs84([305_000.0, 1_448_000.0], order).unwrap();
                assert_eq!(crs.to_crs84([305_000.0, 1_448_000.0], order).unwrap(), there);
                there
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), here);
    }
}
