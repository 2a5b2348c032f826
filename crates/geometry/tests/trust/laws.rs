//! The laws of overlay, on random and on adversarial input.

use geometry::{
    GridArea, GridPoint, GridShape, HazardPolygon, OverlayOp, faces, overlay, planar, union_all,
};
use proptest::prelude::*;

use crate::rings::{Parts, any_parts, for_all, in_degrees};

const OPS: [OverlayOp; 4] = [
    OverlayOp::Intersection,
    OverlayOp::Union,
    OverlayOp::Difference,
    OverlayOp::SymmetricDifference,
];

fn on_grid(parts: &Parts) -> GridShape {
    let point = |p: &[f64; 2]| GridPoint::new(p[0] as i64, p[1] as i64);
    let rings = parts
        .iter()
        .map(|rings| rings.iter().map(move |ring| ring.iter().map(point).collect::<Vec<_>>()));
    GridShape::from_polygons(rings).unwrap()
}

/// The shape as parts of closed rings, for the independent check of validity.
fn as_parts(shape: &GridShape) -> Parts {
    let closed = |ring: &[GridPoint]| {
        ring.iter().chain(ring.first()).map(|p| [p.x as f64, p.y as f64]).collect()
    };
    shape.polygons().map(|rings| rings.map(closed).collect()).collect()
}

fn any_shape(reach: i32) -> impl Strategy<Value = GridShape> {
    any_parts(reach).prop_map(|parts| on_grid(&parts))
}

fn pairs() -> impl Strategy<Value = (GridShape, GridShape)> {
    let apart = |reach| (any_shape(reach), any_shape(reach));
    let identical = any_shape(12).prop_map(|shape| (shape.clone(), shape));
    let moved = (any_shape(60), -1_i64..=1, -1_i64..=1).prop_map(|(shape, dx, dy)| {
        let by = |ring: &[GridPoint]| {
            ring.iter().map(|p| GridPoint::new(p.x + dx, p.y + dy)).collect::<Vec<_>>()
        };
        let polygons = shape.polygons().map(|rings| rings.map(by).collect::<Vec<_>>());
        let moved = GridShape::from_polygons(polygons).unwrap();
        (shape, moved)
    });
    prop_oneof![apart(5), apart(12), apart(100), apart(1000), identical, moved]
}

#[test]
fn results_are_valid_whatever_the_input() {
    for_all(1_800, pairs(), |(a, b)| {
        for op in OPS {
            let result = overlay(op, &a, &b);
            let verdict = planar::validity(&as_parts(&result));
            assert_eq!(verdict, Ok(()), "{op:?} {a:?} {b:?}");
        }
    });
}

#[test]
fn areas_add_up_to_the_last_unit() {
    for_all(1_800, pairs(), |(a, b)| {
        let area = |op| overlay(op, &a, &b).area();
        let [both, either, only_a, one] = OPS.map(area);
        assert_eq!(either - both, one);
        let only_b = overlay(OverlayOp::Difference, &b, &a).area();
        assert_eq!(only_a + both + only_b, either);
        let cut = faces(&[a, b]);
        let of = |set: &[u32]| -> GridArea {
            cut.iter().filter(|face| face.sources == set).map(|face| face.area).sum()
        };
        assert_eq!((of(&[0]), of(&[0, 1]), of(&[1])), (only_a, both, only_b));
    });
}

#[test]
fn a_source_keeps_its_area_but_for_its_edges_moving_by_a_unit() {
    for_all(1_500, pairs(), |(a, b)| {
        let alone = union_all(std::slice::from_ref(&a));
        let pieces = [OverlayOp::Intersection, OverlayOp::Difference].map(|op| overlay(op, &a, &b));
        let area: GridArea = pieces.iter().map(GridShape::area).sum();
        // A millimetre is eight units, and an area is counted in halves.
        let bound = 8.0 * 2.0 * perimeter(&alone) + 2.0;
        let off = (area - alone.area()).abs().doubled() as f64;
        assert!(off <= bound, "{off} > {bound}: {a:?} {b:?}");
    });
}

fn perimeter(shape: &GridShape) -> f64 {
    let length = |ring: &[GridPoint]| -> f64 {
        let ends = ring.iter().zip(ring.iter().cycle().skip(1));
        ends.map(|(a, b)| ((a.x - b.x) as f64).hypot((a.y - b.y) as f64)).sum()
    };
    shape.rings().map(length).sum()
}

#[test]
fn the_order_of_the_two_does_not_matter_nor_the_run() {
    for_all(700, pairs(), |(a, b)| {
        for op in [OverlayOp::Intersection, OverlayOp::Union, OverlayOp::SymmetricDifference] {
            assert_eq!(overlay(op, &a, &b), overlay(op, &b, &a));
        }
        for op in OPS {
            assert_eq!(overlay(op, &a, &b), overlay(op, &a, &b));
        }
    });
}

#[test]
fn results_overlaid_once_more_stay_as_they_are() {
    for_all(1_500, pairs(), |(a, b)| {
        for op in OPS {
            let result = overlay(op, &a, &b);
            assert_eq!(union_all(std::slice::from_ref(&result)), result);
            assert_eq!(overlay(OverlayOp::Intersection, &result, &result), result);
            assert!(overlay(OverlayOp::Difference, &result, &result).is_empty());
        }
    });
}

#[test]
fn faces_of_many_sources_add_up_to_their_union() {
    let sources = prop_oneof![
        prop::collection::vec(any_shape(12), 0..7),
        prop::collection::vec(any_shape(200), 0..7),
    ];
    for_all(500, sources, |sources| {
        let cut = faces(&sources);
        let whole: GridArea = cut.iter().map(|face| face.area).sum();
        assert_eq!(whole, union_all(&sources).area());
        let shapes: Vec<GridShape> = cut.iter().map(|face| face.shape.clone()).collect();
        assert_eq!(union_all(&shapes), union_all(&sources));
        for (i, a) in shapes.iter().enumerate() {
            assert_eq!(planar::validity(&as_parts(a)), Ok(()));
            for b in &shapes[i + 1..] {
                assert!(overlay(OverlayOp::Intersection, a, b).is_empty());
            }
        }
    });
}

/// Valid polygons of every kind: what can be suggested for rings as badly drawn as can be.
fn valid_polygons() -> impl Strategy<Value = HazardPolygon> {
    any_parts(12).prop_filter_map("no suggestion", |parts| {
        HazardPolygon::suggest_repair(&in_degrees(&parts)).ok().map(|repair| repair.polygon)
    })
}

#[test]
fn polygons_overlaid_are_valid_polygons_of_the_right_area() {
    for_all(150, (valid_polygons(), valid_polygons()), |(a, b)| {
        let area = |op| {
            let result = a.overlay(op, &b).unwrap();
            result.map_or(0.0, |polygon| {
                let parts = polygon.parts().map(|p| p.map(<[_]>::to_vec).collect()).collect();
                assert_eq!(HazardPolygon::new(parts).as_ref(), Ok(&polygon));
                polygon.area_m2()
            })
        };
        let [both, either, only_a, one] = OPS.map(area);
        // Twelve steps of a hundred metres a side, some thirty edges: under 40 km of boundary.
        let close = |x: f64, y: f64| assert!((x - y).abs() < 1e-3 * 40_000.0, "{x} {y}");
        close(both + only_a, a.area_m2());
        close(either - both, one);
        assert_eq!(a.overlay(OverlayOp::Difference, &a), Ok(None));
    });
}
