//! What is handed to the `geo` crates and what comes back.

use geo::{CoordsIter, MultiPolygon};

use crate::shapes::{any_area, for_all};

#[test]
fn a_label_stands_inside_whatever_the_shape() {
    for_all(500, any_area(), |polygon| {
        assert!(polygon.covers(polygon.label_position()), "{polygon:?}");
    });
}

#[test]
fn every_position_is_handed_over_as_it_is() {
    for_all(200, any_area(), |polygon| {
        let handed = MultiPolygon::from(&polygon);
        assert_eq!(handed.0.len(), polygon.part_count());
        let positions: Vec<[f64; 2]> = handed.coords_iter().map(|at| [at.x, at.y]).collect();
        let kept: Vec<[f64; 2]> = polygon.parts().flatten().flatten().copied().collect();
        assert_eq!(positions, kept);
    });
}
