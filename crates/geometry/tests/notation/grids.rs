//! UTM and MGRS against other programs: `GeographicLib` and PROJ, hundreds of places each.

use std::str::FromStr;

use geometry::LonLat;
use geometry::notation::{Form, Hemisphere, MgrsCell, Notation, UtmPoint, UtmZone, write};

use crate::shapes::{at, read};

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect())
}

fn number<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

fn position(row: &[&str]) -> LonLat {
    at(number(row[0]), number(row[1]))
}

fn zone(row: &[&str]) -> UtmZone {
    let hemisphere = if row[3] == "N" { Hemisphere::North } else { Hemisphere::South };
    UtmZone::new(number(row[2]), hemisphere).unwrap()
}

/// What coordinates may differ by; tables are printed to the nanometre, and a number of this size
/// has steps of two.
const TEN_NANOMETRES_M: f64 = 1e-8;

/// What positions may differ by; the distance itself is good to 15 nanometres.
const APART_M: f64 = 5e-8;

#[test]
fn positions_have_the_zone_easting_and_northing_geographiclib_gives_them() {
    let mut count = 0;
    for row in rows(include_str!("grids.csv")) {
        let position = position(&row);
        let point = UtmPoint::of(position).unwrap();
        assert_eq!(point.zone(), zone(&row), "{row:?}");
        let [easting, northing] = [number::<f64>(row[4]), number(row[5])];
        assert!((point.easting_m() - easting).abs() < TEN_NANOMETRES_M, "{row:?} {point:?}");
        assert!((point.northing_m() - northing).abs() < TEN_NANOMETRES_M, "{row:?} {point:?}");
        assert!((point.convergence_deg() - number::<f64>(row[6])).abs() < 1e-11, "{row:?}");
        assert!((point.scale() - number::<f64>(row[7])).abs() < 1e-14, "{row:?}");
        let back = UtmPoint::new(point.zone(), easting, northing).unwrap().position();
        assert!(back.distance_m(position) < APART_M, "{row:?} {back:?}");
        count += 1;
    }
    assert!(count > 600);
}

#[test]
fn positions_up_to_six_degrees_from_the_meridian_are_where_proj_puts_them() {
    let mut count = 0;
    for row in rows(include_str!("utm_proj.csv")) {
        let position = position(&row);
        let point = UtmPoint::in_zone(position, zone(&row)).unwrap();
        let [easting, northing] = [number::<f64>(row[4]), number(row[5])];
        assert!((point.easting_m() - easting).abs() < TEN_NANOMETRES_M, "{row:?} {point:?}");
        assert!((point.northing_m() - northing).abs() < TEN_NANOMETRES_M, "{row:?} {point:?}");
        let written = UtmPoint::new(zone(&row), easting, northing).unwrap();
        assert!(written.position().distance_m(position) < APART_M, "{row:?}");
        count += 1;
    }
    assert_eq!(count, 400);
}

#[test]
fn positions_have_the_grid_reference_geographiclib_gives_them() {
    for row in rows(include_str!("grids.csv")) {
        let position = position(&row);
        let full = row[8];
        for digits in 0..=5_u8 {
            let cut = |from: usize| &full[from..from + usize::from(digits)];
            let expected = format!("{}{}{}", &full[..5], cut(5), cut(10));
            let written = write(position, Form::Mgrs { digits }).unwrap();
            assert_eq!(written, expected, "{row:?}");
            let cell = read(&expected).cell().unwrap();
            assert_eq!(cell, MgrsCell::of(position, digits).unwrap());
            assert!(near_box(cell, position), "{row:?} {cell:?}");
        }
    }
}

/// Tells whether a position is in the box of a cell, or within a micrometre of it.
fn near_box(cell: MgrsCell, position: LonLat) -> bool {
    let mut bbox = cell.bbox();
    bbox.west -= 1e-10;
    bbox.east += 1e-10;
    bbox.south -= 1e-11;
    bbox.north += 1e-11;
    bbox.contains(position)
}

#[test]
fn cells_have_the_centre_and_corner_geographiclib_gives_them() {
    let mut count = 0;
    for row in rows(include_str!("cells.csv")) {
        let reading = read(row[0]);
        let cell = reading.cell().unwrap();
        let centre = at(number(row[1]), number(row[2]));
        let corner = at(number(row[3]), number(row[4]));
        assert!(reading.position().distance_m(centre) < APART_M, "{row:?}");
        assert!(cell.south_west().distance_m(corner) < APART_M, "{row:?}");
        assert_eq!(reading.notation(), Notation::Mgrs);
        assert_eq!(cell.to_string(), row[0]);
        assert_eq!(reading.resolution_m(), 10.0_f64.powi(5 - (row[0].len() as i32 - 5) / 2));
        count += 1;
    }
    assert!(count > 200);
}

#[test]
fn a_cell_is_a_square_around_its_centre() {
    for row in rows(include_str!("cells.csv")) {
        let cell = read(row[0]).cell().unwrap();
        let corners = cell.corners();
        assert_eq!(corners[0], cell.south_west());
        let side = cell.side_m();
        for (i, corner) in corners.iter().enumerate() {
            let length = corner.distance_m(corners[(i + 1) % 4]);
            assert!((length / side - 1.0).abs() < 0.002, "{row:?} {length}");
            assert!((corner.distance_m(cell.centre()) / side - 0.5_f64.sqrt()).abs() < 0.002);
            assert!(near_box(cell, *corner), "{row:?}");
        }
    }
}
