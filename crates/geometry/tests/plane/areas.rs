//! Areas of record against Planimeter, from 0.1 ha to 3,000 km², up to 70° of latitude.

use geometry::{GRID_PER_M, GridArea, GridShape, HazardPolygon};

use super::{Known, measured_by_planimeter};

/// Length of all edges in the plane, along its axes, in metres.
fn boundary_m(shape: &GridShape) -> f64 {
    let edges = shape.rings().flat_map(|ring| {
        ring.iter()
            .zip(ring.iter().cycle().skip(1))
            .map(|(a, b)| (a.x - b.x).abs() + (a.y - b.y).abs())
    });
    edges.sum::<i64>() as f64 / GRID_PER_M
}

/// What Planimeter itself may be off by.
const PLANIMETER_M2: f64 = 3e-4;

#[test]
fn areas_of_every_size_agree_with_planimeter_to_one_part_in_a_million() {
    let all = measured_by_planimeter();
    assert!(all.len() > 280);
    for known in &all {
        let off_m2 = (known.polygon().area_m2() - known.area_m2).abs();
        assert!(off_m2 <= 1e-6 * known.area_m2 + PLANIMETER_M2, "{}: {off_m2} m²", known.name);
    }
}

/// Rounding a vertex by up to half a grid unit either way moves the area by at most half a unit
/// times the boundary.
#[test]
fn the_grid_adds_no_more_than_its_rounding() {
    let mut worst_m2: f64 = 0.0;
    for known in measured_by_planimeter() {
        let shape = known.polygon().to_grid();
        let off_m2 = (shape.covered_area().m2() - known.area_m2).abs();
        let rounding_m2 = 0.5 / GRID_PER_M * boundary_m(&shape);
        let allowed_m2 = 1e-6 * known.area_m2 + PLANIMETER_M2 + rounding_m2;
        assert!(off_m2 <= allowed_m2, "{}: {off_m2} m² of {allowed_m2}", known.name);
        if known.area_m2 < 1.9e4 {
            worst_m2 = worst_m2.max(off_m2);
        }
        if known.is_at_least_20_ha() {
            assert!(off_m2 <= 1e-6 * known.area_m2, "{}: {off_m2} m²", known.name);
        }
    }
    assert!(worst_m2 < 0.03, "up to 1 ha, {worst_m2} m²");
}

#[test]
fn the_direction_and_start_of_rings_do_not_matter() {
    for known in measured_by_planimeter() {
        let expected = known.polygon().to_grid();
        let reversed = |part: &Vec<super::Ring>| {
            part.iter().map(|ring| ring.iter().rev().copied().collect()).collect()
        };
        let only_shells_reversed = |part: &Vec<super::Ring>| {
            let mut part = part.clone();
            part[0].reverse();
            part
        };
        let moved = |part: &Vec<super::Ring>| {
            part.iter().map(|ring| [&ring[2..], &ring[1..3]].concat()).collect()
        };
        for parts in [
            known.parts.iter().map(reversed).collect::<Vec<_>>(),
            known.parts.iter().map(only_shells_reversed).collect(),
            known.parts.iter().map(moved).collect(),
        ] {
            let shape = HazardPolygon::new(parts).unwrap().to_grid();
            assert_eq!(shape.area(), expected.area(), "{}", known.name);
        }
    }
}

#[test]
fn parts_and_holes_add_up_exactly() {
    let area_of =
        |ring: &super::Ring| HazardPolygon::new(vec![vec![ring.clone()]]).unwrap().to_grid().area();
    for Known { name, parts, .. } in measured_by_planimeter() {
        let whole = HazardPolygon::new(parts.clone()).unwrap().to_grid().area();
        let sum: GridArea = parts
            .iter()
            .map(|part| part[1..].iter().fold(area_of(&part[0]), |rest, hole| rest - area_of(hole)))
            .sum();
        assert_eq!(whole, sum, "{name}");
    }
}
