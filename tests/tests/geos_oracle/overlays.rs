//! What two areas have in common, and all the rest.

use geometry::OverlayOp;
use geometry::planar::{self, Polygon};
use geos::{Geom, Geometry};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::draw::{Vertices, ring, valid};
use crate::{Parts, to_geos};

/// How far areas may differ: the grid of 2⁻³⁸ of the extent, along all edges, and the rounding of
/// GEOS.
fn tolerance(parts: &[&Parts]) -> f64 {
    let rings = || parts.iter().copied().flatten().flatten();
    let length: f64 = rings()
        .flat_map(|ring| ring.windows(2))
        .map(|edge| (edge[0][0] - edge[1][0]).hypot(edge[0][1] - edge[1][1]))
        .sum();
    let extent = rings().flatten().flatten().fold(1.0_f64, |extent, v| extent.max(v.abs()));
    1e-11 * extent * length
}

fn assert_agreed(a: &Parts, b: &Parts) {
    let (ours_a, ours_b) = (Polygon::new(a).unwrap(), Polygon::new(b).unwrap());
    let (theirs_a, theirs_b) = (to_geos(a), to_geos(b));
    assert!(theirs_a.is_valid().unwrap(), "{a:?}");
    let tolerance = tolerance(&[a, b]);
    let assert_same = |op: OverlayOp, theirs: Geometry| {
        let ours = planar::overlay(op, &ours_a, &ours_b);
        let (area, expected) = (planar::area(&ours), theirs.area().unwrap());
        assert!((area - expected).abs() <= tolerance, "{op:?} {area} {expected}\n{a:?}\n{b:?}");
        assert!(to_geos(&ours.parts().to_vec()).is_valid().unwrap(), "{op:?}\n{a:?}\n{b:?}");
    };
    assert_same(OverlayOp::Intersection, theirs_a.intersection(&theirs_b).unwrap());
    assert_same(OverlayOp::Union, theirs_a.union(&theirs_b).unwrap());
    assert_same(OverlayOp::Difference, theirs_a.difference(&theirs_b).unwrap());
    assert_same(OverlayOp::SymmetricDifference, theirs_a.sym_difference(&theirs_b).unwrap());
}

fn some_rings(rng: &mut Pcg64, reach: i64) -> Vec<Vertices> {
    (0..rng.random_range(1..4)).map(|_| ring(rng, reach)).collect()
}

fn moved(rings: &[Vertices], dx: i64, dy: i64) -> Vec<Vertices> {
    rings.iter().map(|ring| ring.iter().map(|&(x, y)| (x + dx, y + dy)).collect()).collect()
}

#[test]
fn overlays_of_random_pairs_are_those_of_geos() {
    let mut rng = Pcg64::seed_from_u64(3);
    for round in 0..4_000 {
        let reach = [5, 12, 50, 200, 1000][round % 5];
        let (a, b) = (some_rings(&mut rng, reach), some_rings(&mut rng, reach));
        assert_agreed(&valid(&a), &valid(&b));
    }
}

#[test]
fn overlays_of_pairs_that_all_but_coincide_are_those_of_geos() {
    let mut rng = Pcg64::seed_from_u64(4);
    for round in 0..2_000 {
        let a = some_rings(&mut rng, [5, 30, 1000][round % 3]);
        let by = |rng: &mut Pcg64| rng.random_range(-1..=1);
        let b = moved(&a, by(&mut rng), by(&mut rng));
        assert_agreed(&valid(&a), &valid(&b));
        // Less than a step of the lattice apart.
        let mut near = valid(&a);
        let by = f64::from(rng.random_range(-3..=3)) / 1024.0;
        near.iter_mut().flatten().flatten().for_each(|p| p[0] += by);
        assert_agreed(&valid(&a), &near);
    }
}

#[test]
fn the_union_of_many_is_that_of_geos() {
    let mut rng = Pcg64::seed_from_u64(5);
    for round in 0..60 {
        let (count, reach) = [(10, 20), (40, 200), (200, 1000)][round % 3];
        let all: Vec<Parts> = (0..count)
            .map(|_| {
                let (x, y) = (rng.random_range(0..5 * reach), rng.random_range(0..5 * reach));
                valid(&moved(&[ring(&mut rng, reach)], x, y))
            })
            .collect();
        let polygons: Vec<Polygon> = all.iter().map(|parts| Polygon::new(parts).unwrap()).collect();
        let ours = planar::union_all(&polygons);
        let members = all.iter().filter(|parts| !parts.is_empty()).map(to_geos).collect();
        let theirs = Geometry::create_geometry_collection(members).unwrap().unary_union().unwrap();
        let difference = (planar::area(&ours) - theirs.area().unwrap()).abs();
        assert!(difference <= tolerance(&all.iter().collect::<Vec<_>>()), "{round}: {difference}");
        assert!(to_geos(&ours.parts().to_vec()).is_valid().unwrap());
    }
}
