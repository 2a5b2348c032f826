//! Points, lines and areas as they were drawn.

use std::sync::Arc;

use geo::Intersects;
use geometry::{Bbox, Geometry, RawGeometry, Rule, Shape, ShapeIndex, StoredGeometryError};
use proptest::prelude::*;

use crate::shapes::for_all;

fn corner() -> impl Strategy<Value = [f64; 2]> {
    (-6_i32..=6, -6_i32..=6).prop_map(|(x, y)| [f64::from(x), f64::from(y)])
}

fn line() -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec(corner(), 2..6)
}

fn ring() -> impl Strategy<Value = Vec<[f64; 2]>> {
    prop::collection::vec(corner(), 3..7).prop_map(|mut ring| {
        ring.push(ring[0]);
        ring
    })
}

/// Any geometry but a point, on whole degrees, areas that cross themselves among them.
fn any_drawn() -> impl Strategy<Value = RawGeometry> {
    let part = || prop::collection::vec(ring(), 1..3);
    prop_oneof![
        prop::collection::vec(corner(), 1..5).prop_map(RawGeometry::MultiPoint),
        line().prop_map(RawGeometry::LineString),
        prop::collection::vec(line(), 1..4).prop_map(RawGeometry::MultiLineString),
        part().prop_map(RawGeometry::Polygon),
        prop::collection::vec(part(), 1..3).prop_map(RawGeometry::MultiPolygon),
    ]
}

fn any_box() -> impl Strategy<Value = Bbox> {
    (corner(), corner()).prop_map(|(a, b)| {
        Bbox::new(a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])).unwrap()
    })
}

fn shape(raw: RawGeometry) -> Shape {
    Shape::new(raw).unwrap()
}

#[test]
fn what_was_drawn_is_stored_and_read_back_to_the_last_bit() {
    for_all(1_000, any_drawn(), |raw| {
        let drawn = Geometry::as_drawn(raw).unwrap();
        assert_eq!(Geometry::from_wkb(&drawn.to_wkb()), Ok(drawn.clone()));
        assert_eq!(drawn.recheck(), Ok(()));
    });
}

#[test]
fn an_area_that_was_only_drawn_is_never_read_as_a_boundary_that_was_checked() {
    let bowtie = vec![[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
    for raw in
        [RawGeometry::Polygon(vec![bowtie.clone()]), RawGeometry::MultiPolygon(vec![vec![bowtie]])]
    {
        let drawn = shape(raw);
        assert_eq!(drawn.area_defect().map(|defect| defect.rule), Some(Rule::SelfCrossing));
        let read = Geometry::from_wkb(&Geometry::Shape(drawn).to_wkb()).unwrap();
        assert!(matches!(read, Geometry::Shape(_)));
    }
}

#[test]
fn damaged_bytes_of_shapes_are_refused_or_read_as_something_in_range() {
    let damage = (any_drawn(), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    for_all(5_000, damage, |(raw, index, byte, cut)| {
        let mut bytes = Geometry::Shape(shape(raw)).to_wkb();
        let place = index.index(bytes.len());
        if cut {
            bytes.truncate(place);
            assert!(Geometry::from_wkb(&bytes).is_err());
        } else {
            bytes[place] = byte;
            if let Ok(geometry) = Geometry::from_wkb(&bytes) {
                let _ = geometry.recheck();
            }
        }
    });
}

#[test]
fn counts_of_shapes_that_promise_too_much_are_refused_before_anything_is_allocated() {
    for kind in [2, 4, 5, 7] {
        let huge = [1, kind, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        let refused = Geometry::from_wkb(&huge).unwrap_err();
        assert!(matches!(refused, StoredGeometryError::TooMany { .. }), "{refused}");
        let nothing = [1, kind, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Geometry::from_wkb(&nothing), Err(StoredGeometryError::TooFew));
    }
}

#[test]
fn a_box_meets_a_shape_exactly_when_a_slow_and_simple_way_says_so() {
    for_all(4_000, (any_drawn(), any_box()), |(raw, bbox)| {
        let drawn = shape(raw);
        let rectangle =
            geo::Rect::new((bbox.west, bbox.south), (bbox.east, bbox.north)).to_polygon();
        let meets = |one: &geo::Geometry<f64>| one.intersects(&rectangle);
        let expected = match geo::Geometry::from(&drawn) {
            // What a ring that crosses itself holds is said by the even-odd rule, part by part.
            geo::Geometry::Polygon(part) => area_meets(&part, &bbox),
            geo::Geometry::MultiPolygon(parts) => parts.iter().any(|part| area_meets(part, &bbox)),
            other => meets(&other),
        };
        assert_eq!(drawn.intersects_bbox(&bbox), expected, "{drawn:?} {bbox:?}");
    });
}

fn area_meets(part: &geo::Polygon<f64>, bbox: &Bbox) -> bool {
    let rectangle = geo::Rect::new((bbox.west, bbox.south), (bbox.east, bbox.north)).to_polygon();
    let rings = || std::iter::once(part.exterior()).chain(part.interiors());
    let [x, y] = [bbox.west, bbox.south];
    let crossings = rings().flat_map(|ring| ring.lines()).filter(|edge| {
        let (a, b) = (edge.start, edge.end);
        (a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x
    });
    rings().any(|ring| ring.intersects(&rectangle)) || crossings.count() % 2 == 1
}

#[test]
fn the_index_of_shapes_answers_as_looking_at_every_shape() {
    let drawn = prop::collection::vec(any_drawn(), 0..90);
    for_all(60, (drawn, prop::collection::vec(any_box(), 4)), |(drawn, boxes)| {
        let shapes: Vec<(usize, Arc<Shape>)> =
            drawn.into_iter().map(|raw| Arc::new(shape(raw))).enumerate().collect();
        let mut index = ShapeIndex::new();
        for chunk in shapes.chunks(7) {
            index.insert_all(chunk.to_vec());
        }
        let before = index.clone();
        for (id, shape) in shapes.iter().filter(|(id, _)| id % 3 == 0) {
            assert!(index.remove(*id, shape));
        }
        for bbox in &boxes {
            let meeting = shapes.iter().filter(|(_, shape)| shape.intersects_bbox(bbox));
            let all: Vec<usize> = meeting.map(|(id, _)| *id).collect();
            assert_eq!(before.intersecting(bbox), all);
            let kept: Vec<usize> = all.into_iter().filter(|id| id % 3 != 0).collect();
            assert_eq!(index.intersecting(bbox), kept);
        }
    });
}

#[test]
fn shapes_at_and_across_the_antimeridian_are_found_from_both_sides() {
    let square = |west: f64, east: f64| {
        vec![vec![[west, -1.0], [east, -1.0], [east, 1.0], [west, 1.0], [west, -1.0]]]
    };
    let fiji = shape(RawGeometry::MultiPolygon(vec![square(178.0, 180.0), square(-180.0, -179.0)]));
    assert_eq!(fiji.bbox(), Bbox::new(178.0, -1.0, -179.0, 1.0).unwrap());
    let edge = |lon: f64| Bbox::new(lon, 0.0, lon, 0.0).unwrap();
    assert!([180.0, -180.0, 179.0, -179.5].iter().all(|lon| fiji.intersects_bbox(&edge(*lon))));
    assert!(!fiji.intersects_bbox(&edge(0.0)) && !fiji.intersects_bbox(&edge(-178.0)));
    let across = Bbox::new(179.0, 0.0, -179.0, 0.5).unwrap();
    let mut index = ShapeIndex::new();
    index.insert_all(vec![(1, Arc::new(fiji))]);
    assert_eq!(index.intersecting(&across), [1]);

    let antarctica = shape(RawGeometry::Polygon(vec![vec![
        [-180.0, -90.0],
        [180.0, -90.0],
        [180.0, -80.0],
        [0.0, -70.0],
        [-180.0, -80.0],
        [-180.0, -90.0],
    ]]));
    assert_eq!(antarctica.bbox(), Bbox::new(-180.0, -90.0, 180.0, -70.0).unwrap());
    assert!(antarctica.intersects_bbox(&Bbox::new(-1.0, -71.0, 1.0, -70.5).unwrap()));
    assert!(!antarctica.intersects_bbox(&Bbox::new(170.0, -75.0, 179.0, -72.0).unwrap()));
    assert_eq!(antarctica.area_defect(), None);
}

#[test]
fn what_rounding_carried_over_the_edge_of_the_world_is_on_it() {
    let russia = [[177.0, 70.0], [180.0 + 6e-14, 71.5], [180.0 + 6e-14, 90.0 + 1e-12]];
    let line = shape(RawGeometry::LineString(russia.to_vec()));
    let positions: Vec<[f64; 2]> = line.parts().flatten().flatten().copied().collect();
    assert_eq!(positions, [[177.0, 70.0], [180.0, 71.5], [180.0, 90.0]]);
    let point = Geometry::as_drawn(RawGeometry::Point([-180.0 - 1e-13, 0.0])).unwrap();
    assert_eq!(point.bbox(), Bbox::new(-180.0, 0.0, -180.0, 0.0).unwrap());
    let beyond = RawGeometry::LineString(vec![[177.0, 70.0], [180.000_001, 71.5]]);
    assert_eq!(Shape::new(beyond).unwrap_err()[0].rule, Rule::OutOfRange);
}

#[test]
fn every_fault_of_a_drawing_has_its_rule_and_its_place() {
    let faults = |raw| -> Vec<(Rule, [Option<usize>; 3])> {
        let defects = Shape::new(raw).unwrap_err();
        defects.into_iter().map(|it| (it.rule, [it.part, it.ring, it.vertex])).collect()
    };
    let whole = [None, None, None];
    let line = |line: usize| [Some(line), Some(0), None];
    assert_eq!(faults(RawGeometry::Point([0.0, 0.0])), [(Rule::UnsupportedKind, whole)]);
    assert_eq!(faults(RawGeometry::MultiPoint(vec![])), [(Rule::Empty, whole)]);
    assert_eq!(faults(RawGeometry::MultiPolygon(vec![])), [(Rule::Empty, whole)]);
    assert_eq!(
        faults(RawGeometry::MultiLineString(vec![vec![[0.0, 0.0], [1.0, 1.0]], vec![[0.0, 0.0]]])),
        [(Rule::TooFewPoints, line(1))]
    );
    let open = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    assert_eq!(
        faults(RawGeometry::Polygon(vec![open])),
        [(Rule::Unclosed, [Some(0), Some(0), Some(3)])]
    );
    assert_eq!(
        faults(RawGeometry::LineString(vec![[0.0, 91.0], [f64::NAN, 0.0]])),
        [
            (Rule::OutOfRange, [Some(0), Some(0), Some(0)]),
            (Rule::NotFinite, [Some(0), Some(0), Some(1)])
        ]
    );
}
