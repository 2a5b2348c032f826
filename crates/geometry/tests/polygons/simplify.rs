//! Simplification: neighbours, validity and the tolerance.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use geometry::{GridShape, HazardPolygon, faces, simplified};
use proptest::prelude::*;

use crate::shapes::{Ring, any_area, at, for_all, polygon, rectangle};

/// The edges of polygons, each with those it belongs to.
fn edges(polygons: &[HazardPolygon]) -> BTreeMap<[[u64; 2]; 2], BTreeSet<usize>> {
    let mut edges: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for (number, polygon) in polygons.iter().enumerate() {
        for edge in polygon.parts().flatten().flat_map(|ring| ring.windows(2)) {
            let mut ends = [edge[0], edge[1]].map(|end| end.map(f64::to_bits));
            ends.sort_unstable();
            edges.entry(ends).or_default().insert(number);
        }
    }
    edges
}

fn neighbours(polygons: &[HazardPolygon]) -> BTreeSet<BTreeSet<usize>> {
    edges(polygons).into_values().collect()
}

/// A map of fields without gaps, a grid whose lines wander.
fn fields(wander: &[f64], columns: usize, rows: usize, detail: usize) -> Vec<HazardPolygon> {
    let at_wander = |i: usize| wander[i % wander.len()];
    let size = 0.01;
    // A line between two crossings, always drawn the same way.
    let line = |from: (usize, usize), to: (usize, usize)| -> Ring {
        let place = |(x, y): (usize, usize)| [30.0 + x as f64 * size, 48.0 + y as f64 * size];
        let (a, b) = (place(from), place(to));
        (0..detail)
            .map(|i| {
                let share = i as f64 / detail as f64;
                // Each line keeps to a lozenge of its own.
                let off = size
                    * 0.45
                    * share.min(1.0 - share)
                    * at_wander(from.0 * 31 + from.1 * 17 + to.0 * 7 + to.1 + i);
                let across = [b[1] - a[1], a[0] - b[0]].map(|d| d / size);
                [0, 1].map(|k| a[k] + share * (b[k] - a[k]) + off * across[k])
            })
            .collect()
    };
    let side = |from: (usize, usize), to: (usize, usize)| -> Ring {
        if from < to {
            return line(from, to);
        }
        let mut back = line(to, from);
        back.push([30.0 + from.0 as f64 * size, 48.0 + from.1 as f64 * size]);
        back.reverse();
        back.pop();
        back
    };
    let mut all = Vec::new();
    for x in 0..columns {
        for y in 0..rows {
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)];
            let mut ring: Ring = corners.windows(2).flat_map(|c| side(c[0], c[1])).collect();
            ring.push(ring[0]);
            all.push(polygon(vec![vec![ring]]));
        }
    }
    all
}

fn assert_within(tolerance_m: f64, old: &HazardPolygon, new: &HazardPolygon) {
    for (one, other) in [(old, new), (new, old)] {
        for (from, to) in one.parts().flatten().zip(other.parts().flatten()) {
            let line = boundary_of(to);
            for edge in from.windows(2) {
                for share in [0.0, 0.37, 0.74] {
                    let [lon, lat] = [0, 1].map(|k| edge[0][k] + share * (edge[1][k] - edge[0][k]));
                    let off = line.distance_m(at(lon, lat));
                    let inside_m = distance_to_ring_m(to, [lon, lat]);
                    assert!(
                        off.min(inside_m) <= tolerance_m + 1e-3,
                        "{off} {inside_m} {tolerance_m}"
                    );
                }
            }
        }
    }
}

fn boundary_of(ring: &[[f64; 2]]) -> HazardPolygon {
    polygon(vec![vec![ring.to_vec()]])
}

/// The distance to a ring in a plane that touches the Earth nearby, to one part in a thousand.
fn distance_to_ring_m(ring: &[[f64; 2]], [lon, lat]: [f64; 2]) -> f64 {
    let scale = [111_400.0 * lat.to_radians().cos(), 111_250.0];
    let flat = |p: [f64; 2]| [(p[0] - lon) * scale[0], (p[1] - lat) * scale[1]];
    let to_edge = |edge: &[[f64; 2]]| {
        let (a, b) = (flat(edge[0]), flat(edge[1]));
        let d = [b[0] - a[0], b[1] - a[1]];
        let along = -(a[0] * d[0] + a[1] * d[1]) / (d[0] * d[0] + d[1] * d[1]);
        let along = along.clamp(0.0, 1.0);
        (a[0] + along * d[0]).hypot(a[1] + along * d[1])
    };
    ring.windows(2).map(to_edge).fold(f64::INFINITY, f64::min) * 0.999
}

#[test]
fn neighbours_stay_neighbours_and_no_boundary_moves_beyond_the_tolerance() {
    let cases = (prop::collection::vec(-1.0..1.0, 20..60), 0.0..3.0_f64);
    for_all(40, cases, |(wander, power)| {
        let tolerance_m = 10.0_f64.powf(power);
        let map = fields(&wander, 4, 3, 12);
        let thinned = simplified(&map, tolerance_m);
        assert_eq!(neighbours(&map), neighbours(&thinned));
        for (old, new) in map.iter().zip(&thinned) {
            assert!(new.vertex_count() <= old.vertex_count());
            assert_within(tolerance_m, old, new);
            let parts = new.parts().map(|rings| rings.map(<[_]>::to_vec).collect()).collect();
            assert_eq!(&HazardPolygon::new(parts).unwrap(), new);
        }
    });
}

#[test]
fn polygons_that_did_not_overlap_do_not_begin_to() {
    let wander: Vec<f64> = (0..97).map(|i| (f64::from(i) * 0.3).sin()).collect();
    let map = fields(&wander, 5, 5, 20);
    for tolerance_m in [1.0, 50.0, 200.0, 5_000.0] {
        let thinned = simplified(&map, tolerance_m);
        let before: usize = map.iter().map(HazardPolygon::vertex_count).sum();
        let after: usize = thinned.iter().map(HazardPolygon::vertex_count).sum();
        assert!(tolerance_m < 50.0 || after < before / 2, "{tolerance_m}: {before} to {after}");
        let shapes: Vec<GridShape> = thinned.iter().map(HazardPolygon::to_grid).collect();
        let overlap_m2: f64 = faces(&shapes)
            .iter()
            .filter(|face| face.sources.len() > 1)
            .map(|face| face.area.m2())
            .sum();
        // Edges of more than 100 m are divided on geodesics when they come to the grid.
        assert!(overlap_m2 < 1.0, "{overlap_m2} m² at {tolerance_m} m");
    }
}

#[test]
fn any_polygons_whatever_come_back_valid_and_within_the_tolerance() {
    let cases = (prop::collection::vec(any_area(), 1..20), 0.0..5.0_f64);
    for_all(150, cases, |(polygons, power)| {
        let tolerance_m = 10.0_f64.powf(power);
        let thinned = simplified(&polygons, tolerance_m);
        assert_eq!(thinned.len(), polygons.len());
        for (old, new) in polygons.iter().zip(&thinned) {
            assert_eq!(old.part_count(), new.part_count());
            assert_eq!(old.parts().flatten().count(), new.parts().flatten().count());
            let parts = new.parts().map(|rings| rings.map(<[_]>::to_vec).collect()).collect();
            assert_eq!(&HazardPolygon::new(parts).unwrap(), new);
            for position in new.parts().flatten().flatten() {
                assert!(old.parts().flatten().flatten().any(|p| p == position), "none is new");
            }
            if tolerance_m < 1_000.0 {
                assert_within(tolerance_m, old, new);
            }
        }
    });
}

#[test]
fn a_small_polygon_in_a_bay_keeps_the_bay_open() {
    let bay = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.9], [0.0, 1.0], [0.0, 0.0]];
    let boat = rectangle(0.49, 0.95, 0.51, 0.96);
    let [land, boat] = [bay, boat].map(|shell| polygon(vec![vec![shell]]));
    let together = simplified(&[&land, &boat], 50_000.0);
    assert_eq!(together[0].vertex_count(), 6, "the bay is there");
    let alone = simplified(&[&land], 50_000.0);
    assert!(alone[0].vertex_count() < 6);
}

#[test]
fn rings_that_touch_at_a_vertex_stay_valid() {
    // The hole touches the shell's edge with two vertices; without the one between them it would
    // share an edge with it.
    let shell = rectangle(0.0, 0.0, 1.0, 1.0);
    let hole = vec![[0.3, 0.0], [0.5, 0.5], [0.6, 0.2], [0.3, 0.0]];
    let pierced = polygon(vec![vec![shell, hole]]);
    let thinned = simplified(&[&pierced], 1e6);
    assert_eq!(thinned[0].parts().flatten().count(), 2);
}

#[test]
fn without_a_tolerance_nothing_goes() {
    let shell = vec![[0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
    let area = polygon(vec![vec![shell]]);
    for tolerance_m in [0.0, -1.0, f64::NAN] {
        assert_eq!(simplified(&[&area], tolerance_m), slice::from_ref(&area));
    }
    assert_eq!(simplified(&[&area], 1e-3)[0].vertex_count(), 4);
}

#[test]
fn both_sides_of_the_antimeridian_go_on_fitting_together() {
    let east =
        vec![[179.0, 0.0], [180.0, 0.0], [180.0, 0.5], [180.0, 1.0], [179.0, 1.0], [179.0, 0.0]];
    let west = rectangle(-180.0, 0.0, -179.0, 1.0);
    let across = polygon(vec![vec![east], vec![west]]);
    assert_eq!(simplified(&[&across], 1e4), [across]);
}
