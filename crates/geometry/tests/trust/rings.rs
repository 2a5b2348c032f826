//! Rings to try rules on, the same in every run.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

pub type Ring = Vec<[f64; 2]>;
pub type Parts = Vec<Vec<Ring>>;

/// Runs a property on the same cases every time.
pub fn for_all<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[13; 32]);
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |value| {
        property(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A closed ring of lattice points.
pub fn ring(vertices: &[(i32, i32)]) -> Ring {
    let mut ring: Ring = vertices.iter().map(|&(x, y)| [f64::from(x), f64::from(y)]).collect();
    ring.extend(ring.first().copied());
    ring
}

pub fn square(west: i32, south: i32, side: i32) -> Ring {
    let (east, north) = (west + side, south + side);
    ring(&[(west, south), (east, south), (east, north), (west, north)])
}

/// From lattice points to degrees: steps of a thousandth, about a hundred metres.
pub fn in_degrees(parts: &Parts) -> Parts {
    let place = |p: &[f64; 2]| [103.0 + p[0] / 1000.0, 13.0 + p[1] / 1000.0];
    parts
        .iter()
        .map(|rings| rings.iter().map(|ring| ring.iter().map(place).collect()).collect())
        .collect()
}

fn vertices(reach: i32) -> impl Strategy<Value = Vec<(i32, i32)>> {
    prop_oneof![
        4 => prop::collection::vec((0..reach, 0..reach), 1..12),
        1 => (0..reach, 0..reach, 1..reach).prop_map(|(x, y, side)| {
            vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
        }),
        1 => (1..reach, 1..reach, 1..reach).prop_map(|(x, y, r)| {
            vec![(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
        }),
        // There and back: slivers, spikes, nothing at all.
        1 => (0..reach, 0..reach, 0..reach, 0..2).prop_map(|(x, y, length, width)| {
            vec![(x, y), (x + length, y + 1), (x + 2 * length, y + 2 + width), (x + length, y + 1)]
        }),
    ]
}

/// Rings as badly drawn as can be, on a lattice of `reach`: crossing, touching, flat, repeated.
pub fn any_parts(reach: i32) -> impl Strategy<Value = Parts> {
    let part = prop::collection::vec(vertices(reach), 1..4);
    let open = any::<bool>();
    (prop::collection::vec(part, 1..4), open).prop_map(|(parts, open)| {
        let closed = |vertices: &Vec<(i32, i32)>| {
            let mut ring = ring(vertices);
            if open && ring.len() > 2 {
                ring.pop();
            }
            ring
        };
        parts.iter().map(|rings| rings.iter().map(closed).collect()).collect()
    })
}

/// How often a ring, closed or not, winds round a place off it.
pub fn winding(ring: &Ring, [x, y]: [f64; 2]) -> i32 {
    let ends = ring.iter().zip(ring.iter().cycle().skip(1));
    ends.map(|(a, b)| {
        let side = (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
        match (a[1] > y, b[1] > y) {
            (false, true) if side > 0.0 => 1,
            (true, false) if side < 0.0 => -1,
            _ => 0,
        }
    })
    .sum()
}
