//! The plane: verdicts case by case, and overlay in units of any size.

use geometry::planar::{self, Polygon};
use geometry::{OverlayOp, Rule};

use crate::rings::{Parts, any_parts, for_all, ring, square};

fn verdict(parts: &Parts) -> Result<(), Rule> {
    planar::validity(parts).map_err(|defects| defects[0].rule)
}

#[test]
fn verdicts_are_those_of_simple_features() {
    let inverted = ring(&[(0, 0), (10, 0), (5, 5), (7, 8), (3, 8), (5, 5)]);
    let exverted = ring(&[(0, 0), (5, 5), (0, 10), (10, 10), (5, 5), (10, 0)]);
    let shell = square(0, 0, 10);
    let touching = ring(&[(5, 0), (6, 2), (4, 2)]);
    let cutting = ring(&[(5, 0), (6, 5), (5, 10), (4, 5)]);
    let cases: [(Parts, Result<(), Rule>); 14] = [
        (vec![], Ok(())),
        (vec![vec![]], Ok(())),
        (vec![vec![vec![]]], Ok(())),
        (vec![vec![shell.clone(), vec![]]], Ok(())),
        (vec![vec![vec![], square(1, 1, 2)]], Err(Rule::TooFewPoints)),
        (vec![vec![inverted]], Err(Rule::SelfTouch)),
        (vec![vec![exverted]], Err(Rule::SelfTouch)),
        (vec![vec![shell.clone(), touching]], Ok(())),
        (vec![vec![shell.clone(), cutting]], Err(Rule::InteriorDisconnected)),
        (vec![vec![ring(&[(0, 0), (1, 1), (2, 2)])]], Err(Rule::ZeroArea)),
        (vec![vec![shell.clone()], vec![square(10, 10, 2)]], Ok(())),
        (vec![vec![shell.clone()], vec![square(10, 0, 2)]], Err(Rule::PartsOverlap)),
        (vec![vec![shell.clone(), square(2, 2, 6)], vec![square(3, 3, 2)]], Ok(())),
        (vec![vec![shell, square(2, 2, 6), square(3, 3, 2)]], Err(Rule::HoleNested)),
    ];
    for (parts, expected) in cases {
        assert_eq!(verdict(&parts), expected, "{parts:?}");
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let ring = vec![[0.0, 0.0], [1.0, 0.0], [1.0, bad], [0.0, 0.0]];
        assert_eq!(verdict(&vec![vec![ring]]), Err(Rule::NotFinite));
    }
}

#[test]
fn a_verdict_does_not_depend_on_the_unit() {
    for_all(1_000, any_parts(9), |parts| {
        let expected = planar::validity(&parts).map_err(|d| d.len());
        for unit in [1e-200, 1e-9, 1.0 / 3.0, 1e6, 1e300] {
            let scaled = parts.iter().map(|rings| {
                rings.iter().map(|r| r.iter().map(|p| p.map(|v| v * unit)).collect()).collect()
            });
            let verdict = planar::validity(&scaled.collect::<Parts>());
            if let Err(defects) = &verdict {
                let places = defects.iter().filter_map(|defect| defect.at);
                assert!(places.flatten().all(|v| v.abs() <= 60.0 * unit));
            }
            // A third is no lattice of numbers: what lay on a line need not do so any more.
            if unit >= 1.0 {
                assert_eq!(verdict.is_ok(), expected.is_ok(), "{unit} {parts:?}");
            }
        }
    });
}

#[test]
fn a_defect_names_its_place_in_the_units_of_the_plane() {
    let bowtie = vec![[0.0, 0.0], [4e9, 4e9], [4e9, 0.0], [0.0, 4e9], [0.0, 0.0]];
    let defects = planar::validity(&[vec![bowtie]]).unwrap_err();
    assert_eq!(defects[0].at, Some([2e9, 2e9]));
    assert!(defects[0].reason.contains("(2000000000, 2000000000)"), "{}", defects[0]);
}

#[test]
fn results_are_valid_and_right_in_any_unit() {
    let shell = |x: f64, unit: f64| {
        let corner = |dx: f64, dy: f64| [(x + dx) * unit, (1_000_000.0 + dy) * unit];
        vec![
            corner(0.0, 0.0),
            corner(3.0, 1.0),
            corner(4.0, 4.0),
            corner(1.0, 3.0),
            corner(0.0, 0.0),
        ]
    };
    for unit in [1e-100, 1e-9, 1.0, 1e9, 1e100] {
        let polygon = |x: f64| Polygon::new(&[vec![shell(x, unit)]]).unwrap();
        let (a, b) = (polygon(500_000.0), polygon(500_001.0));
        let area = |op| {
            let result = planar::overlay(op, &a, &b);
            assert_eq!(planar::validity(result.parts()), Ok(()));
            planar::area(&result) / (unit * unit)
        };
        let (both, either) = (area(OverlayOp::Intersection), area(OverlayOp::Union));
        assert!((both + either - 16.0).abs() < 1e-7, "{unit}: {both} {either}");
        assert!((area(OverlayOp::SymmetricDifference) + both - either).abs() < 1e-7);
        let joined = planar::union_all(&[a.clone(), b.clone(), a.clone()]);
        assert_eq!(joined, planar::overlay(OverlayOp::Union, &a, &b));
    }
    assert!(planar::union_all(&[]).is_empty());
}
