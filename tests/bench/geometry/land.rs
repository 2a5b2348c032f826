//! Invented polygons: stars of 10 to 60 vertices and 0.1 to 50 ha around villages.

use std::f64::consts::{PI, TAU};

use geometry::{GRID_PER_M, GridPoint, GridShape, HazardPolygon};
use geos::{CoordSeq, Geometry};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

use crate::Outcome;

/// All runs are on the same land.
pub const SEED: u64 = 20_251_124;

/// A ring of x and y, or longitude and latitude; the first position is repeated at the end.
pub type Ring = Vec<[f64; 2]>;

pub fn random() -> Pcg64 {
    Pcg64::seed_from_u64(SEED)
}

/// Stars in a square of the plane, in metres on the grid that areas are measured on.
pub fn stars_in_metres(count: usize, side_m: f64) -> Vec<Ring> {
    const CORNER_M: [f64; 2] = [10_000_000.0, 1_600_000.0];
    let mut random = random();
    let villages = villages(&mut random, count, side_m);
    let snapped = |v: f64| (v * GRID_PER_M + 0.5).floor() / GRID_PER_M;
    let star = |_| {
        let [x, y] = near_a_village(&mut random, &villages);
        let ring = star(&mut random);
        let placed =
            |[dx, dy]: [f64; 2]| [snapped(CORNER_M[0] + x + dx), snapped(CORNER_M[1] + y + dy)];
        ring.into_iter().map(placed).collect()
    };
    (0..count).map(star).collect()
}

/// Stars in longitude and latitude, and positions among them, four in five near a village.
pub fn stars_in_degrees(count: usize, positions: usize) -> (Vec<Ring>, Vec<[f64; 2]>) {
    let mut random = random();
    // As dense as the others: the square grows with the number.
    let side_m = 400_000.0 * (count as f64 / 100_000.0).sqrt();
    let villages = villages(&mut random, count, side_m);
    let to_degrees = |[x, y]: [f64; 2]| {
        let lat = 5.0 + y / 111_000.0;
        [95.0 + x / 111_320.0 / lat.to_radians().cos(), lat]
    };
    let mut rings = Vec::with_capacity(count);
    for _ in 0..count {
        let [x, y] = near_a_village(&mut random, &villages);
        let ring = star(&mut random);
        rings.push(ring.into_iter().map(|[dx, dy]| to_degrees([x + dx, y + dy])).collect());
    }
    let position = |_| {
        to_degrees(if random.random_bool(0.8) {
            near_a_village(&mut random, &villages)
        } else {
            [random.random_range(0.0..side_m), random.random_range(0.0..side_m)]
        })
    };
    (rings, (0..positions).map(position).collect())
}

fn villages(random: &mut Pcg64, count: usize, side_m: f64) -> Vec<[f64; 2]> {
    let village = |_| [random.random_range(0.0..side_m), random.random_range(0.0..side_m)];
    (0..(count / 50).max(1)).map(village).collect()
}

fn near_a_village(random: &mut Pcg64, villages: &[[f64; 2]]) -> [f64; 2] {
    let [x, y] = villages[random.random_range(0..villages.len())];
    // A normal distribution by Box and Muller.
    let spread_m = 2_500.0 * (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    let (sin, cos) = random.random_range(0.0..TAU).sin_cos();
    [x + spread_m * cos, y + spread_m * sin]
}

/// A star around the origin, in metres.
fn star(random: &mut Pcg64) -> Ring {
    let corners = random.random_range(10..=60);
    let area_m2 = random.random_range(1_000.0_f64.ln()..500_000.0_f64.ln()).exp();
    let (sin, cos) = random.random_range(0.0..PI).sin_cos();
    let narrow = random.random_range(0.35..1.0);
    let mut ring: Ring = (0..corners)
        .map(|i| {
            let turn = (f64::from(i) + random.random_range(-0.4..0.4)) * TAU / f64::from(corners);
            let radius = random.random_range(0.65..1.2);
            let (a, b) = (radius * turn.cos(), narrow * radius * turn.sin());
            [a * cos - b * sin, a * sin + b * cos]
        })
        .collect();
    ring.push(ring[0]);
    let twice: f64 = ring.windows(2).map(|e| e[0][0] * e[1][1] - e[1][0] * e[0][1]).sum();
    let scale = (area_m2 / (twice / 2.0)).sqrt();
    ring.into_iter().map(|p| p.map(|v| v * scale)).collect()
}

/// A star of very many corners, about 100 km across, in degrees; its boundary wanders by a kilometre,
/// which keeps it within the limits on length.
pub fn large_star(corners: u32) -> Ring {
    let mut random = random();
    let mut ring: Ring = (0..corners)
        .map(|i| {
            let (sin, cos) = (f64::from(i) * TAU / f64::from(corners)).sin_cos();
            let radius = random.random_range(0.49..0.5);
            [105.0 + radius * cos, 13.0 + radius * sin]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

/// The ring as one of our shapes, every coordinate kept.
pub fn to_shape(ring: &Ring) -> Outcome<GridShape> {
    let points = ring[1..].iter().map(|p| GridPoint::from_plane(*p));
    Ok(GridShape::from_polygons([[points]])?)
}

/// The ring as one of our polygons.
pub fn to_polygon(ring: &Ring) -> Outcome<HazardPolygon> {
    HazardPolygon::new(vec![vec![ring.clone()]]).map_err(|defects| defects[0].reason.clone().into())
}

/// The ring as one of GEOS's.
pub fn to_geos(ring: &Ring) -> Outcome<Geometry> {
    let shell = Geometry::create_linear_ring(CoordSeq::new_from_vec(ring)?)?;
    Ok(Geometry::create_polygon(shell, Vec::new())?)
}

/// The ring as well-known binary.
pub fn to_wkb(ring: &Ring) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend((ring.len() as u32).to_le_bytes());
    bytes.extend(ring.iter().flatten().flat_map(|v| v.to_le_bytes()));
    bytes
}
