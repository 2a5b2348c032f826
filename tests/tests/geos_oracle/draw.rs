//! Rings as people do not draw them.

use geometry::{GridPoint, GridShape, union_all};
use rand::Rng;
use rand_pcg::Pcg64;

use crate::Parts;

/// A lattice polygon's vertices.
pub type Vertices = Vec<(i64, i64)>;

pub fn square(x: i64, y: i64, side: i64) -> Vertices {
    vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
}

pub fn diamond(x: i64, y: i64, r: i64) -> Vertices {
    vec![(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
}

/// One ring of at least three vertices on a lattice.
pub fn ring(rng: &mut Pcg64, reach: i64) -> Vertices {
    let mut v = || rng.random_range(0..=reach);
    let (x, y, a, b) = (v(), v(), v() / 2 + 1, v());
    match rng.random_range(0..10) {
        0 => square(x, y, a),
        1 => diamond(x, y, a),
        2 => vec![(x, y), (x + a, y), (x, b)],
        // A sliver.
        3 => vec![(x, y), (x + 10 * a, y + 1), (x + 5 * a, y + 1)],
        // A bow-tie.
        4 => vec![(x, y), (x + a, y + a), (x + a, y), (x, y + a)],
        5 => star(rng, x, y, reach),
        _ => {
            let count = rng.random_range(3..12);
            (0..count).map(|_| (rng.random_range(0..=reach), rng.random_range(0..=reach))).collect()
        }
    }
}

/// A ring round a centre, its vertices at irregular distances.
fn star(rng: &mut Pcg64, x: i64, y: i64, reach: i64) -> Vertices {
    let count = rng.random_range(5..40);
    let vertex = |i: i32| {
        let (sin, cos) = (f64::from(i) / f64::from(count) * std::f64::consts::TAU).sin_cos();
        let r = reach as f64 * rng.random_range(0.1..0.6);
        (x + (r * cos) as i64, y + (r * sin) as i64)
    };
    (0..count).map(vertex).collect()
}

pub fn closed(vertices: &Vertices) -> Vec<[f64; 2]> {
    vertices.iter().chain(vertices.first()).map(|&(x, y)| [x as f64, y as f64]).collect()
}

/// Makes any rings valid: what they wind round, in steps of 1/1024 of the lattice.
pub fn valid(rings: &[Vertices]) -> Parts {
    let fine = |vertices: &Vertices| -> Vec<GridPoint> {
        vertices.iter().map(|&(x, y)| GridPoint::new(x << 10, y << 10)).collect()
    };
    let shape = GridShape::from_polygons(rings.iter().map(|ring| [fine(ring)])).unwrap();
    let back = |ring: &[GridPoint]| {
        let position = |p: &GridPoint| [p.x as f64 / 1024.0, p.y as f64 / 1024.0];
        ring.iter().chain(ring.first()).map(position).collect()
    };
    union_all(&[shape]).polygons().map(|rings| rings.map(back).collect()).collect()
}
