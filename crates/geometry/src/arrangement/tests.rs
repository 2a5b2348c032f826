use super::*;
use crate::exact::{cross, in_span, meets_pixel, proper_crossing, ray_crossing, winding};
use crate::grid::{GridArea, GridPoint};
use crate::overlay::{faces, try_faces};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// The final straight pieces of an arrangement, with the turns of each.
fn pieces(cut: &Arrangement) -> Vec<([GridPoint; 2], Vec<(u32, i32)>)> {
    let mut pieces = Vec::new();
    for (e, edge) in cut.graph.edges.iter().enumerate() {
        let mut last = cut.graph.nodes[edge.from as usize];
        let [run, rest] = cut.graph.inner(e, &cut.segments);
        for &p in run.iter().chain(rest).chain([&cut.graph.nodes[edge.to as usize]]) {
            pieces.push(([last, p], cut.graph.turns(e).to_vec()));
            last = p;
        }
    }
    pieces
}

/// Asserts, comparing everything with everything, that pieces meet at their ends only and pass
/// through no pixel of another vertex.
fn assert_settled(cut: &Arrangement) {
    let pieces = pieces(cut);
    for (i, ([a, b], _)) in pieces.iter().copied_ends().enumerate() {
        assert_ne!(a, b);
        for ([c, d], _) in pieces.iter().skip(i + 1).copied_ends() {
            let sides = [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)];
            assert_eq!(proper_crossing([a, b], sides), None, "{a:?}-{b:?} {c:?}-{d:?}");
            assert!([a, b] != [c, d] && [a, b] != [d, c], "{a:?}-{b:?} twice");
            for (s, t, p, area) in
                [(a, b, c, sides[0]), (a, b, d, sides[1]), (c, d, a, sides[2]), (c, d, b, sides[3])]
            {
                let met = p != s && p != t && in_span(s, t, p) && meets_pixel(s, t, area);
                assert!(!met, "{s:?}-{t:?} through {p:?}");
            }
        }
    }
}

trait CopiedEnds<'a>: Iterator<Item = &'a ([GridPoint; 2], Vec<(u32, i32)>)> + Sized {
    fn copied_ends(self) -> impl Iterator<Item = ([GridPoint; 2], &'a [(u32, i32)])> {
        self.map(|(ends, turns)| (*ends, turns.as_slice()))
    }
}
impl<'a, I: Iterator<Item = &'a ([GridPoint; 2], Vec<(u32, i32)>)>> CopiedEnds<'a> for I {}

/// The shapes that wind round a point, by all final pieces; `None` if it is on one.
fn covering(pieces: &[([GridPoint; 2], Vec<(u32, i32)>)], p: GridPoint) -> Option<Vec<u32>> {
    let mut windings = std::collections::BTreeMap::new();
    for ([a, b], turns) in pieces {
        let side = cross(*a, *b, p);
        if side == 0 && in_span(*a, *b, p) {
            return None;
        }
        for (source, turn) in turns {
            *windings.entry(*source).or_insert(0) += turn * ray_crossing(*a, *b, p, side);
        }
    }
    Some(windings.into_iter().filter(|w| w.1 != 0).map(|w| w.0).collect())
}

/// Asserts that a polygon's rings are simple, directed, nested, and touch at vertices without
/// cutting the inside in two. That pieces do not cross is asserted elsewhere.
fn assert_valid(rings: &[&[GridPoint]]) {
    let area = |ring: &[GridPoint]| crate::grid_shape::ring_area(ring);
    assert!(area(rings[0]) > GridArea::ZERO, "{rings:?}");
    let mut touches = std::collections::BTreeMap::new();
    for (i, ring) in rings.iter().enumerate() {
        assert!(ring.len() >= 3);
        assert_eq!(ring.iter().min(), Some(&ring[0]));
        let mut vertices = ring.to_vec();
        vertices.sort_unstable();
        vertices.dedup();
        assert_eq!(vertices.len(), ring.len(), "{ring:?}");
        for v in vertices {
            touches.entry(v).or_insert_with(Vec::new).push(i as u32);
        }
        if i > 0 {
            assert!(area(ring) < GridArea::ZERO);
            let inside = ring.iter().find_map(|&p| winding(rings[0], p));
            assert!(inside.is_some_and(|w| w == 1), "hole outside: {rings:?}");
            for other in rings[1..].iter().filter(|o| o[0] != ring[0]) {
                assert_eq!(ring.iter().find_map(|&p| winding(other, p)), Some(0), "nested holes");
            }
        }
    }
    // Rings and the points where they touch make a forest, or a loop of them would cut the inside.
    touches.retain(|_, at| at.len() > 1);
    let mut sets = crate::cluster::DisjointSets::new(rings.len() + touches.len());
    for (at, point) in touches.values().zip(rings.len() as u32..) {
        for &ring in at {
            assert_ne!(sets.root(ring), sets.root(point), "inside cut in two: {rings:?}");
            sets.join(ring, point);
        }
    }
}

/// Asserts all that an arrangement of shapes promises.
fn assert_sound(shapes: &[GridShape], rng: &mut Pcg64) {
    let numbered = shapes.iter().enumerate().map(|(i, s)| (i as u32, s));
    let Ok(Laid::Cut(cut)) = Laid::new(numbered, Bounds::None) else { return };
    assert_settled(&cut);
    let faces = faces(shapes);
    for face in &faces {
        assert_eq!(face.area, face.shape.area());
        assert!(face.area > GridArea::ZERO);
        for polygon in face.shape.polygons() {
            assert_valid(&polygon.collect::<Vec<_>>());
        }
    }
    let pieces = pieces(&cut);
    let bounds = crate::GridBox::around(shapes.iter().flat_map(|s| s.rings().flatten().copied()));
    let Some(bounds) = bounds.map(|b| b.expanded(1)) else { return };
    for _ in 0..40 {
        let p = GridPoint::new(
            rng.random_range(bounds.min.x..=bounds.max.x),
            rng.random_range(bounds.min.y..=bounds.max.y),
        );
        let Some(expected) = covering(&pieces, p) else { continue };
        let found: Vec<_> =
            faces.iter().filter(|f| f.shape.covers(p)).map(|f| f.sources.clone()).collect();
        let expected: Vec<_> = Some(expected).into_iter().filter(|e| !e.is_empty()).collect();
        assert_eq!(found, expected, "at {p:?}");
    }
    let again =
        super::super::overlay::faces(&faces.iter().map(|f| f.shape.clone()).collect::<Vec<_>>());
    assert_eq!(again.len(), faces.len());
    for ((i, second), first) in again.iter().enumerate().zip(&faces) {
        assert_eq!(second.sources, [i as u32]);
        assert_eq!(second.shape, first.shape, "not a fixed point");
    }
}

fn random_shape(rng: &mut Pcg64, reach: i64, rings: usize, points: usize) -> GridShape {
    let mut ring = || -> Vec<GridPoint> {
        let mut v = || rng.random_range(0..=reach);
        (0..points).map(|_| GridPoint::new(v(), v())).collect()
    };
    GridShape::from_polygons((0..rings).map(|_| [ring()])).unwrap()
}

/// A ring of points strewn closely along one line, so that edges all but coincide.
fn needle(rng: &mut Pcg64, points: usize, step: (i64, i64)) -> GridShape {
    let ring: Vec<_> = (0..points)
        .map(|_| {
            let (at, x, y) =
                (rng.random_range(0..60), rng.random_range(-1..=1), rng.random_range(-1..=1));
            GridPoint::new(at * step.0 + x, at * step.1 + y)
        })
        .collect();
    GridShape::from_polygons([[ring]]).unwrap()
}

/// A ring that goes round a centre once, its vertices at irregular distances.
fn star(rng: &mut Pcg64, centre: GridPoint, radius: f64, points: usize) -> GridShape {
    let ring: Vec<_> = (0..points)
        .map(|i| {
            let angle =
                (i as f64 + rng.random_range(0.0..0.8)) / points as f64 * std::f64::consts::TAU;
            let r = radius * rng.random_range(0.3..1.0);
            GridPoint::new(centre.x + (r * angle.cos()) as i64, centre.y + (r * angle.sin()) as i64)
        })
        .collect();
    GridShape::from_polygons([[ring]]).unwrap()
}

fn moved(shape: &GridShape, dx: i64, dy: i64) -> GridShape {
    let ring =
        |r: &[GridPoint]| r.iter().map(|p| GridPoint::new(p.x + dx, p.y + dy)).collect::<Vec<_>>();
    GridShape::from_polygons(shape.polygons().map(|p| p.map(ring).collect::<Vec<_>>())).unwrap()
}

/// More rounds when hunting, by hand.
const ROUNDS: u64 = 400;

#[test]
fn arrangements_of_random_rings_are_sound() {
    let mut rng = Pcg64::seed_from_u64(1);
    for round in 0..4 * ROUNDS as usize {
        let reach = [3, 6, 12, 40, 1000, 1 << 20, 1 << 39][round % 7];
        let shapes: Vec<GridShape> = (0..=(round % 4))
            .map(|_| {
                let (rings, points) = (rng.random_range(1..4), rng.random_range(2..9));
                random_shape(&mut rng, reach, rings, points)
            })
            .collect();
        assert_sound(&shapes, &mut rng);
    }
}

#[test]
fn arrangements_of_edges_that_all_but_coincide_are_sound() {
    let mut rng = Pcg64::seed_from_u64(2);
    for _ in 0..ROUNDS {
        let step = (rng.random_range(-9..=9), rng.random_range(-9..=9));
        let shapes: Vec<_> = (0..3).map(|_| needle(&mut rng, 12, step)).collect();
        assert_sound(&shapes, &mut rng);
    }
}

#[test]
fn arrangements_of_copies_moved_by_a_unit_are_sound() {
    let mut rng = Pcg64::seed_from_u64(3);
    for round in 0..ROUNDS {
        let radius = [15.0, 100.0, 3000.0, 1e6][round as usize % 4];
        let first = star(&mut rng, GridPoint::new(0, 0), radius, 24);
        let mut shapes = vec![first.clone(), first.clone()];
        for _ in 0..2 {
            shapes.push(moved(&first, rng.random_range(-1..=1), rng.random_range(-1..=1)));
        }
        assert_sound(&shapes, &mut rng);
    }
}

#[test]
fn arrangements_of_many_stars_are_sound() {
    let mut rng = Pcg64::seed_from_u64(4);
    for round in 0..ROUNDS / 20 {
        let spread = [200, 2000, 1 << 20][round as usize % 3];
        let shapes: Vec<_> = (0..12)
            .map(|_| {
                let mut v = || rng.random_range(-spread..=spread);
                let centre = GridPoint::new(v(), v());
                star(&mut rng, centre, spread as f64, 20)
            })
            .collect();
        assert_sound(&shapes, &mut rng);
    }
}

/// A comb with teeth of one unit, `count` of them, lying on its side or standing.
fn comb(count: i64, is_lying: bool) -> GridShape {
    let long = 4 * count;
    let mut ring = vec![(0, -4), (long, -4)];
    for tooth in (0..count).rev() {
        let x = 4 * tooth;
        ring.extend([(x + 2, 0), (x + 2, long), (x, long), (x, 0)]);
    }
    let turned = |(x, y): (i64, i64)| if is_lying { (y, x) } else { (x, y) };
    let points: Vec<GridPoint> =
        ring.into_iter().map(turned).map(|(x, y)| GridPoint::new(16 * x + y, 16 * y - x)).collect();
    GridShape::from_polygons([[points]]).unwrap()
}

#[test]
fn combs_across_each_other_are_cut_while_they_are_small_and_refused_before_they_fill_the_memory() {
    let field = GridShape::from_polygons([[
        [(-9, -9), (-5, -9), (-5, -5)].map(|(x, y)| GridPoint::new(900_000 + x, y))
    ]])
    .unwrap();
    let small = [comb(20, false), comb(20, true)];
    assert_eq!(try_faces(&small).unwrap(), faces(&small));
    for count in [600, 5_000] {
        let refused = try_faces(&[field.clone(), comb(count, false), comb(count, true)]);
        let mut sources = refused.unwrap_err().sources;
        sources.sort_unstable();
        assert_eq!(sources, [1, 2], "{count} teeth");
    }
}

#[test]
fn many_drawings_of_one_area_over_one_another_are_cut() {
    let mut rng = Pcg64::seed_from_u64(7);
    let drawings: Vec<GridShape> = (0..60)
        .map(|_| {
            let mut near = |x: i64, y: i64| {
                GridPoint::new(x + rng.random_range(-500..500), y + rng.random_range(-500..500))
            };
            let ring = [near(0, 0), near(9_000, 0), near(9_000, 9_000), near(0, 9_000)];
            GridShape::from_polygons([[ring]]).unwrap()
        })
        .collect();
    assert_eq!(try_faces(&drawings), Ok(faces(&drawings)));
}
