//! The life of a hazardous area: stages by the ledger, and changes that need a reason.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use geometry::GridArea;
use serde_json::{Map, Value, json};
use survey::access::Role;
use survey::lifecycle::{
    AreaWords, Forbidden, LandOfArea, Stage, check_move, land_of_areas, stage,
};
use survey::records::{ClosureReason, HazardStatus};
use survey::{Classification, Day, Outcome, RecordId, SourceKey, Stretch, StretchEnd};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn m2(area_m2: i128) -> GridArea {
    GridArea::from_doubled(area_m2 << 27)
}

fn words(status: HazardStatus, closure_reason: Option<ClosureReason>) -> AreaWords {
    let classification = Classification::Confirmed;
    AreaWords { classification, status, closure_reason, is_withdrawn: false }
}

fn stretch(from: &str, end: Option<(&str, Option<Outcome>)>) -> Stretch {
    let key = |record: u128| SourceKey { record: RecordId::from(record), version: 1 };
    let end = end.map(|(on, outcome)| StretchEnd { on: day(on), by: key(9), outcome });
    Stretch { hazard: key(1), from: day(from), end }
}

fn land(pieces: &[(i128, &[Stretch])]) -> LandOfArea {
    let mut land = LandOfArea::default();
    for (area_m2, stretches) in pieces {
        for (_, of_piece) in land_of_areas(m2(*area_m2), stretches) {
            land.add(&of_piece);
        }
    }
    land
}

//   identified ── work ── released in part ── released wholly ── closed ── handed over
#[test]
fn an_area_goes_through_its_stages_by_what_the_ledger_says() {
    let standing = stretch("2016-01-01", None);
    let cleared = stretch("2016-01-01", Some(("2018-01-01", Some(Outcome::Cleared))));
    let none = land(&[(100, &[standing])]);
    let part = land(&[(60, &[standing]), (40, &[cleared])]);
    let all = land(&[(100, &[cleared])]);
    let closed = Some(ClosureReason::Cleared);
    let story = [
        (HazardStatus::Open, None, &none, Stage::Open),
        (HazardStatus::WorkedOn, None, &none, Stage::InWork),
        (HazardStatus::Suspended, None, &none, Stage::Suspended),
        (HazardStatus::WorkedOn, None, &part, Stage::ReleasedInPart),
        (HazardStatus::WorkedOn, None, &all, Stage::ReleasedWholly),
        (HazardStatus::Closed, closed, &all, Stage::Closed),
        (HazardStatus::HandedOver, closed, &all, Stage::HandedOver),
    ];
    for (status, reason, land, expected) in story {
        assert_eq!(stage(&words(status, reason), Some(land)), expected);
    }
    assert_eq!((part.remaining, part.cleared, part.claimed()), (m2(60), m2(40), m2(100)));
    assert_eq!(part.last_released_on, Some(day("2018-01-01")));
}

#[test]
fn an_area_recorded_as_closed_whose_land_is_not_released_is_not_closed() {
    let standing = stretch("2016-01-01", None);
    let cleared = stretch("2016-01-01", Some(("2018-01-01", Some(Outcome::Cleared))));
    let closed = |reason| words(HazardStatus::Closed, Some(reason));
    let half = land(&[(50, &[standing]), (50, &[cleared])]);
    for reason in [ClosureReason::Cleared, ClosureReason::Merged, ClosureReason::Split] {
        assert_eq!(stage(&closed(reason), Some(&half)), Stage::ClosedWithLandRemaining);
    }
    // Slivers between two measurements are none.
    let sliver = land(&[(10, &[standing]), (90, &[cleared])]);
    assert_eq!(stage(&closed(ClosureReason::Cleared), Some(&sliver)), Stage::Closed);
    // What went to others has left without a release.
    let handed_on = land(&[(100, &[stretch("2016-01-01", Some(("2019-01-01", None)))])]);
    assert_eq!(stage(&closed(ClosureReason::Split), Some(&handed_on)), Stage::Continued);
    assert_eq!(handed_on.adjusted, m2(100));
    assert_eq!(stage(&closed(ClosureReason::Error), None), Stage::Void);
}

//   ├──────┤ cleared   ├────── opened again: something was found
#[test]
fn land_that_was_released_and_is_hazardous_again_makes_the_area_reopened() {
    let cleared = stretch("2016-01-01", Some(("2018-01-01", Some(Outcome::Cleared))));
    let again = land(&[(100, &[cleared, stretch("2020-01-01", None)])]);
    assert_eq!((again.remaining, again.again, again.cleared), (m2(100), m2(100), m2(0)));
    assert_eq!(stage(&words(HazardStatus::Open, None), Some(&again)), Stage::Reopened);
}

fn version(on: &str, classification: &str, status: &str, why: &str) -> Map<String, Value> {
    let Value::Object(properties) = json!({
        "local_id": "A",
        "identified_on": on,
        "classification": classification,
        "status": status,
        "change_reason": why,
    }) else {
        unreachable!()
    };
    properties
}

#[test]
fn a_closed_area_is_opened_again_only_with_a_reason_and_after_every_release() {
    let closed = version("2016-01-01", "confirmed", "closed", "");
    let last = Some(day("2018-01-01"));
    let again = |on, why| {
        check_move(&closed, &version(on, "confirmed", "open", why), last, Role::Contributor)
    };
    assert_eq!(again("2020-01-01", " "), Err(Forbidden::ReopenedWithoutReason));
    assert_eq!(again("2016-01-01", "a mine was found"), Err(Forbidden::ReopenedTooEarly));
    assert_eq!(again("2018-01-01", "a mine was found"), Err(Forbidden::ReopenedTooEarly));
    assert_eq!(again("2018-01-02", "a mine was found"), Ok(()));
    for forbidden in [Forbidden::ReopenedWithoutReason, Forbidden::ReopenedTooEarly] {
        assert!(forbidden.rule().is_error());
    }
}

#[test]
fn a_confirmed_area_becomes_suspected_only_with_a_reason_and_by_a_reviewer() {
    let confirmed = version("2016-01-01", "confirmed", "open", "");
    let doubted = |why, role| {
        check_move(&confirmed, &version("2017-01-01", "suspected", "open", why), None, role)
    };
    for role in [Role::Reader, Role::Contributor] {
        let unreviewed = Err(Forbidden::SuspectedAgainUnreviewed);
        assert_eq!(doubted("", role), Err(Forbidden::SuspectedAgainWithoutReason));
        assert_eq!(doubted("the mine was a tin", role), unreviewed);
    }
    for role in [Role::Reviewer, Role::Manager] {
        assert_eq!(doubted("", role), Err(Forbidden::SuspectedAgainWithoutReason));
        assert_eq!(doubted("the mine was a tin", role), Ok(()));
    }
}

#[test]
fn work_and_closing_need_no_reason() {
    let states = ["open", "worked_on", "suspended", "worked_on", "closed", "handed_over"];
    for pair in states.windows(2) {
        let before = version("2016-01-01", "suspected", pair[0], "");
        let after = version("2016-01-01", "confirmed", pair[1], "");
        assert_eq!(check_move(&before, &after, None, Role::Contributor), Ok(()));
    }
}
