//! Positions as people write them, and polygons as people measure them on the ground.
#![cfg(test)]

mod grids;
mod refusals;
mod round_trips;
mod shapes;
mod spellings;
mod traverses;

#[test]
fn everything_here_goes_from_thread_to_thread() {
    fn assert_shared<T: Send + Sync>() {}
    assert_shared::<geometry::notation::Reading>();
    assert_shared::<geometry::notation::NotationError>();
    assert_shared::<geometry::notation::UtmPoint>();
    assert_shared::<geometry::notation::MgrsCell>();
    assert_shared::<geometry::traverse::Traverse>();
    assert_shared::<geometry::traverse::SurveyedRing>();
    assert_shared::<geometry::traverse::TraverseError>();
}
