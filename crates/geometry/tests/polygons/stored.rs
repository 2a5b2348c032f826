//! Geometry written for storage, and bytes that were not.

use geometry::{Geometry, StoredGeometryError, limits};
use proptest::prelude::*;

use crate::shapes::{any_area, any_position, at, for_all, polygon, rectangle};

#[test]
fn what_was_written_is_read_back_to_the_last_bit() {
    for_all(500, any_area(), |polygon| {
        let geometry = Geometry::Polygon(polygon);
        let read = Geometry::from_wkb(&geometry.to_wkb()).unwrap();
        assert_eq!(read, geometry);
        assert_eq!(read.recheck(), Ok(()));
        assert_eq!(read.bbox(), geometry.bbox());
    });
    for_all(100, any_position(), |position| {
        let geometry = Geometry::Point(position);
        assert_eq!(Geometry::from_wkb(&geometry.to_wkb()), Ok(geometry));
    });
}

#[test]
fn one_part_is_a_polygon_and_several_are_a_multipolygon() {
    let square = |west: f64| vec![rectangle(west, 0.0, west + 1.0, 1.0)];
    let kind = |geometry: Geometry| geometry.to_wkb()[..5].to_vec();
    assert_eq!(kind(Geometry::Point(at(1.0, 2.0))), [1, 1, 0, 0, 0]);
    assert_eq!(kind(Geometry::Polygon(polygon(vec![square(0.0)]))), [1, 3, 0, 0, 0]);
    let both = polygon(vec![square(0.0), square(5.0)]);
    assert_eq!(kind(Geometry::Polygon(both)), [1, 6, 0, 0, 0]);
}

#[test]
fn damaged_bytes_are_refused_or_read_as_something_in_range() {
    let damage = (any_area(), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    for_all(3_000, damage, |(polygon, index, byte, cut)| {
        let mut bytes = Geometry::Polygon(polygon).to_wkb();
        let place = index.index(bytes.len());
        if cut {
            bytes.truncate(place);
            assert!(Geometry::from_wkb(&bytes).is_err());
        } else {
            bytes[place] = byte;
            let _ = Geometry::from_wkb(&bytes).map(|geometry| geometry.recheck());
        }
    });
    for_all(3_000, prop::collection::vec(any::<u8>(), 0..200), |bytes| {
        let _ = Geometry::from_wkb(&bytes).map(|geometry| geometry.recheck());
    });
}

#[test]
fn counts_that_promise_too_much_are_refused_before_anything_is_allocated() {
    let huge = [1, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
    let refused = Geometry::from_wkb(&huge).unwrap_err();
    let limit = limits::MAX_RINGS;
    assert_eq!(refused, StoredGeometryError::TooMany { what: "rings", count: 0xffff_ffff, limit });
    let many_vertices = [1, 3, 0, 0, 0, 1, 0, 0, 0, 0x40, 0x0d, 3, 0];
    assert!(matches!(Geometry::from_wkb(&many_vertices), Err(StoredGeometryError::Truncated(_))));
    let nested = [1, 7, 0, 0, 0].repeat(100_000);
    let refused = Geometry::from_wkb(&nested).unwrap_err();
    assert!(matches!(refused, StoredGeometryError::TooMany { what: "geometries", .. }));
}

#[test]
fn each_fault_of_stored_bytes_has_its_name() {
    let square = Geometry::Polygon(polygon(vec![vec![rectangle(0.0, 0.0, 1.0, 1.0)]])).to_wkb();
    let changed = |place: usize, bytes: &[u8]| {
        let mut wkb = square.clone();
        wkb[place..place + bytes.len()].copy_from_slice(bytes);
        Geometry::from_wkb(&wkb).unwrap_err()
    };
    assert_eq!(changed(0, &[0]), StoredGeometryError::ByteOrder(0));
    assert_eq!(changed(1, &[8]), StoredGeometryError::Kind(8));
    assert_eq!(changed(5, &[0]), StoredGeometryError::TooFew);
    assert_eq!(changed(9, &[3]), StoredGeometryError::TooFew);
    assert_eq!(changed(13, &f64::NAN.to_le_bytes()), StoredGeometryError::OutOfRange(0));
    assert_eq!(changed(13, &9.0_f64.to_le_bytes()), StoredGeometryError::Unclosed(0));
    let longer = [square.clone(), vec![0]].concat();
    assert_eq!(Geometry::from_wkb(&longer), Err(StoredGeometryError::TrailingBytes(1)));
    assert_eq!(Geometry::from_wkb(&[]), Err(StoredGeometryError::Truncated(0)));
}

#[test]
fn a_stored_ring_that_winds_the_wrong_way_is_found_on_recheck() {
    let mut wkb = Geometry::Polygon(polygon(vec![vec![rectangle(0.0, 0.0, 1.0, 1.0)]])).to_wkb();
    let positions: Vec<u8> = wkb[13..].chunks(16).rev().flatten().copied().collect();
    wkb.truncate(13);
    wkb.extend(positions);
    let read = Geometry::from_wkb(&wkb).unwrap();
    assert_eq!(read.recheck().unwrap_err()[0].rule.code(), "not-normalised");
}
