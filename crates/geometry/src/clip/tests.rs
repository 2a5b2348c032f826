use super::*;
use crate::grid::GridArea;
use crate::{OverlayOp, overlay};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;

fn rectangle(b: &GridBox) -> GridShape {
    let corners = [(b.min.x, b.min.y), (b.max.x, b.min.y), (b.max.x, b.max.y), (b.min.x, b.max.y)];
    GridShape::from_polygons([[corners.map(|(x, y)| GridPoint::new(x, y))]]).unwrap()
}

fn random_box(rng: &mut Pcg64, reach: i64) -> GridBox {
    let mut v = || rng.random_range(-reach / 10..=reach + reach / 10);
    GridBox::new(GridPoint::new(v(), v()), GridPoint::new(v(), v()))
}

fn perimeter(shape: &GridShape) -> f64 {
    let edge = |a: &GridPoint, b: &GridPoint| ((b.x - a.x) as f64).hypot((b.y - a.y) as f64);
    shape
        .rings()
        .map(|r| r.iter().zip(r.iter().cycle().skip(1)).map(|(a, b)| edge(a, b)).sum::<f64>())
        .sum()
}

/// Any rings, crossing and turning as they like.
fn random_shape(rng: &mut Pcg64, reach: i64) -> GridShape {
    let rings = rng.random_range(1..4);
    let shape = (0..rings).map(|_| {
        let points = rng.random_range(3..60);
        [(0..points)
            .map(|_| GridPoint::new(rng.random_range(0..=reach), rng.random_range(0..=reach)))
            .collect::<Vec<_>>()]
    });
    GridShape::from_polygons(shape.collect::<Vec<_>>()).unwrap()
}

#[test]
fn clipping_agrees_with_overlay() {
    let mut rng = Pcg64::seed_from_u64(21);
    for round in 0..600 {
        let reach = [10, 1000, 1 << 30][round % 3];
        let (shape, window) = (random_shape(&mut rng, reach), random_box(&mut rng, reach));
        let clipped = shape.clipped_to(&window);
        let expected = overlay(OverlayOp::Intersection, &shape, &rectangle(&window));
        let off = (clipped.area() - expected.area()).abs().doubled() as f64;
        assert!(off <= 4.0 * perimeter(&shape), "round {round}: off by {off}");
        assert!(clipped.bbox().is_none_or(|b| window.contains_box(&b) || clipped == shape));
        for _ in 0..20 {
            let p = GridPoint::new(rng.random_range(0..=reach), rng.random_range(0..=reach));
            let clear = |r: &[GridPoint]| {
                r.iter().zip(r.iter().cycle().skip(1)).all(|(a, b)| {
                    let away = crate::exact::cross(*a, *b, p).abs() as f64;
                    let length = ((b.x - a.x) as f64).hypot((b.y - a.y) as f64);
                    away > 4.0 * length || !GridBox::new(*a, *b).expanded(4).contains(p)
                })
            };
            if window.expanded(-4).contains(p) && shape.rings().all(clear) {
                assert_eq!(clipped.covers(p), shape.covers(p), "round {round} at {p:?}");
            }
        }
    }
}

#[test]
fn the_prepared_form_answers_alike() {
    let mut rng = Pcg64::seed_from_u64(22);
    for round in 0..600 {
        let reach = [10, 1000, 1 << 38][round % 3];
        let shape = random_shape(&mut rng, reach);
        let clipper = RegionClipper::new(&shape);
        assert_eq!(clipper.bbox(), shape.bbox());
        for _ in 0..4 {
            let window = random_box(&mut rng, reach);
            let direct = union_all(&[shape.clipped_to(&window)]);
            assert_eq!(clipper.clipped_to(&window), direct, "round {round}");
        }
    }
    assert!(
        RegionClipper::new(&GridShape::default()).clipped_to(&random_box(&mut rng, 9)).is_empty()
    );
}

#[test]
fn the_parts_in_a_grid_of_boxes_add_up_to_the_whole() {
    let ring = (0..5000).map(|i| {
        let (angle, r) =
            (f64::from(i) / 5000.0 * std::f64::consts::TAU, 1e6 + 1e5 * f64::from(i % 7));
        GridPoint::new((r * angle.cos()) as i64, (r * angle.sin()) as i64)
    });
    let shape = GridShape::from_polygons([[ring]]).unwrap();
    let clipper = RegionClipper::new(&shape);
    let mut sum = GridArea::ZERO;
    let step = 250_000;
    for (i, j) in (-8..8).flat_map(|i| (-8..8).map(move |j| (i, j))) {
        let min = GridPoint::new(i * step, j * step);
        let window = GridBox { min, max: GridPoint::new(min.x + step, min.y + step) };
        sum += clipper.clipped_to(&window).area();
    }
    let off = (sum - shape.area()).abs().doubled() as f64;
    assert!(off <= perimeter(&shape), "{off}");
}

#[test]
fn a_box_inside_a_region_comes_back_whole_and_one_outside_empty() {
    let corner = GridPoint::new;
    let ring = [corner(0, 0), corner(1000, 0), corner(1000, 1000), corner(0, 1000)];
    let region = GridShape::from_polygons([[ring]]).unwrap();
    let inside = GridBox::new(corner(10, 20), corner(30, 40));
    assert_eq!(region.clipped_to(&inside), rectangle(&inside));
    assert!(region.clipped_to(&GridBox::new(corner(2000, 0), corner(3000, 50))).is_empty());
    assert!(region.clipped_to(&GridBox::new(corner(1000, 1000), corner(3000, 3000))).is_empty());
    let around = region.bbox().unwrap().expanded(1);
    assert_eq!(region.clipped_to(&around), region);
}
