//! Two areas laid over one another.

use geometry::{GridShape, HazardPolygon, OverlayOp, contrast, overlay};

fn area(ring: &[[f64; 2]]) -> GridShape {
    HazardPolygon::new(vec![vec![ring.to_vec()]]).unwrap().to_grid()
}

fn square(west: f64) -> GridShape {
    let [south, side] = [13.0, 0.01];
    let (east, north) = (west + side, south + side);
    area(&[[west, south], [east, south], [east, north], [west, north], [west, south]])
}

#[test]
fn what_is_common_and_what_is_alone_add_up_to_both_areas_to_the_last_unit() {
    let (first, second) = (square(103.0), square(103.004));
    let found = contrast(&first, &second).unwrap();
    let [alone, new, both] = found.areas();
    let union = overlay(OverlayOp::Union, &first, &second).area();
    assert_eq!(alone.doubled() + new.doubled() + both.doubled(), union.doubled());
    assert_eq!(found.both, overlay(OverlayOp::Intersection, &first, &second));
    assert_eq!(found.first, overlay(OverlayOp::Difference, &first, &second));
    assert_eq!(found.second, overlay(OverlayOp::Difference, &second, &first));
}

#[test]
fn an_area_has_everything_in_common_with_itself_and_nothing_with_none() {
    let (here, none) = (square(103.0), GridShape::default());
    let same = contrast(&here, &here).unwrap();
    assert!(same.first.is_empty() && same.second.is_empty());
    assert_eq!(same.both.area(), here.area());
    let gone = contrast(&here, &none).unwrap();
    assert!(gone.both.is_empty() && gone.second.is_empty());
    assert_eq!(gone.first.area(), here.area());
}

#[test]
fn areas_whose_edges_cross_everywhere_are_not_laid_over_one_another() {
    let teeth = 6_000;
    let comb = |turned: bool| {
        let (side, below) = (0.01, -0.001);
        let mut ring: Vec<[f64; 2]> = vec![[below, below]];
        for tooth in 0..teeth {
            let at = side * f64::from(tooth) / f64::from(teeth);
            let step = side / f64::from(teeth) / 3.0;
            ring.extend([[at, 0.0], [at, side], [at + step, side], [at + step, 0.0]]);
        }
        ring.extend([[side, 0.0], [side, below], [below, below]]);
        let turn = |[x, y]: [f64; 2]| if turned { [y, x] } else { [x, y] };
        area(&ring.into_iter().map(turn).collect::<Vec<_>>())
    };
    assert!(contrast(&comb(false), &comb(true)).is_none());
}
