//! Whether parts are valid.

use geometry::planar;
use geos::Geom;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::draw::{closed, diamond, ring, square};
use crate::{Parts, to_geos};

fn assert_agreed(parts: &Parts) -> bool {
    let ours = planar::validity(parts);
    let geos = to_geos(parts);
    let theirs = geos.is_valid().unwrap();
    let reason = geos.is_valid_reason().unwrap_or_default();
    assert_eq!(ours.is_ok(), theirs, "{ours:?}\nGEOS: {reason}\n{parts:?}");
    theirs
}

#[test]
fn verdicts_on_single_rings_are_those_of_geos() {
    let mut rng = Pcg64::seed_from_u64(1);
    let mut valid = 0;
    for round in 0..20_000 {
        let reach = [3, 4, 6, 12, 100, 1000][round % 6];
        valid += usize::from(assert_agreed(&vec![vec![closed(&ring(&mut rng, reach))]]));
    }
    assert!(valid > 2_000, "only {valid} were valid");
}

#[test]
fn verdicts_on_holes_and_parts_are_those_of_geos() {
    let mut rng = Pcg64::seed_from_u64(2);
    let mut valid = 0;
    for round in 0..20_000 {
        let parts = match round % 4 {
            0 => (0..rng.random_range(1..4)).map(|_| any_rings(&mut rng)).collect(),
            1 => vec![lattice_of_holes(&mut rng)],
            2 => vec![lattice_of_holes(&mut rng), any_rings(&mut rng)],
            _ => islands(&mut rng),
        };
        valid += usize::from(assert_agreed(&parts));
    }
    assert!(valid > 1_000, "only {valid} were valid");
}

fn any_rings(rng: &mut Pcg64) -> Vec<Vec<[f64; 2]>> {
    let reach = rng.random_range(3..15);
    (0..rng.random_range(1..4)).map(|_| closed(&ring(rng, reach))).collect()
}

/// A shell with small holes that touch at their corners: sometimes they cut the inside in two.
fn lattice_of_holes(rng: &mut Pcg64) -> Vec<Vec<[f64; 2]>> {
    let mut rings = vec![closed(&square(0, 0, 8))];
    for (x, y) in (0..4).flat_map(|x| (0..4).map(move |y| (2 * x + 1, 2 * y + 1))) {
        match rng.random_range(0..7) {
            0 | 1 => rings.push(closed(&diamond(x, y, 1))),
            2 => rings.push(closed(&vec![(x - 1, y), (x, y), (x, y + 1)])),
            3 => rings.push(closed(&vec![(x, y - 1), (x + 1, y - 1), (x, y)])),
            _ => {}
        }
    }
    rings
}

/// Parts in holes of parts.
fn islands(rng: &mut Pcg64) -> Parts {
    let mut parts = vec![vec![closed(&square(0, 0, 16)), closed(&square(2, 2, 12))]];
    for _ in 0..rng.random_range(1..4) {
        let (x, y, side) =
            (rng.random_range(0..14), rng.random_range(0..14), rng.random_range(1..6));
        let shell = if rng.random() { square(x, y, side) } else { diamond(x, y, side) };
        parts.push(vec![closed(&shell)]);
    }
    parts
}
