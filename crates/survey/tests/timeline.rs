//! The timeline of a parcel, told as stories, and held against a day-by-day oracle.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use survey::timeline::{HazardCover, HazardVersion, ReleaseCover, history};
use survey::{Classification, Day, LandChange, LandEntry, Outcome, RecordId, SourceKey};

fn timeline(hazards: &[HazardCover<'_>], releases: &[ReleaseCover<'_>]) -> Vec<LandEntry> {
    history(hazards, releases).timeline
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn id(number: u128) -> RecordId {
    RecordId::from(uuid::Uuid::from_u128(number))
}

fn covering(version: u32, on: &str, classification: Classification) -> HazardVersion<'static> {
    HazardVersion {
        version,
        effective_on: day(on),
        classification,
        in_force: true,
        closed: false,
        continued_in: None,
        covers: true,
    }
}

fn hazard<'a>(
    number: u128,
    local_id: &'a str,
    versions: Vec<HazardVersion<'a>>,
) -> HazardCover<'a> {
    HazardCover { record: id(number), local_id, versions }
}

fn suspected<'a>(number: u128, local_id: &'a str, on: &str) -> HazardCover<'a> {
    hazard(number, local_id, vec![covering(1, on, Classification::Suspected)])
}

fn release(number: u128, outcome: Outcome, on: &str) -> ReleaseCover<'static> {
    let key = SourceKey { record: id(number), version: 1 };
    ReleaseCover { key, on: day(on), started_on: None, outcome, names: &[] }
}

/// The story in short: day and change, without causes.
fn told(hazards: &[HazardCover<'_>], releases: &[ReleaseCover<'_>]) -> Vec<(String, LandChange)> {
    timeline(hazards, releases).iter().map(|entry| (entry.on.to_string(), entry.change)).collect()
}

fn identified(classification: Classification) -> LandChange {
    LandChange::Identified { classification, again: false }
}

#[test]
fn suspected_land_that_a_survey_cancels_is_released_once() {
    let story =
        told(&[suspected(1, "A", "2016-03-01")], &[release(9, Outcome::Cancelled, "2018-05-20")]);
    assert_eq!(
        story,
        [
            ("2016-03-01".into(), identified(Classification::Suspected)),
            ("2018-05-20".into(), LandChange::Released { outcome: Outcome::Cancelled }),
        ]
    );
}

//   A ├────────────────┤cleared
//   B      ├─────────────────────┤cancelled      hazardous until both are released
#[test]
fn land_under_two_hazardous_areas_stays_hazardous_until_both_are_released() {
    let only_a = ["A".to_owned()];
    let only_b = ["B".to_owned()];
    let cleared = ReleaseCover { names: &only_a, ..release(8, Outcome::Cleared, "2018-01-01") };
    let cancelled = ReleaseCover { names: &only_b, ..release(9, Outcome::Cancelled, "2020-01-01") };
    let story = told(
        &[suspected(1, "A", "2016-01-01"), suspected(2, "B", "2017-01-01")],
        &[cleared, cancelled],
    );
    assert_eq!(
        story,
        [
            ("2016-01-01".into(), identified(Classification::Suspected)),
            ("2018-01-01".into(), LandChange::WithoutEffect { outcome: Outcome::Cleared }),
            ("2020-01-01".into(), LandChange::Released { outcome: Outcome::Cancelled }),
        ]
    );
}

#[test]
fn a_release_that_names_another_area_leaves_the_land_hazardous() {
    let elsewhere = ["B".to_owned()];
    let other = ReleaseCover { names: &elsewhere, ..release(9, Outcome::Cleared, "2018-01-01") };
    let story = told(&[suspected(1, "A", "2016-01-01")], &[other]);
    assert_eq!(story[1].1, LandChange::WithoutEffect { outcome: Outcome::Cleared });
}

#[test]
fn a_hazardous_area_newer_than_the_release_makes_the_land_hazardous_again() {
    let story = told(
        &[suspected(1, "A", "2016-01-01"), suspected(2, "B", "2019-01-01")],
        &[release(9, Outcome::Cleared, "2018-01-01")],
    );
    assert_eq!(
        story[2],
        (
            "2019-01-01".into(),
            LandChange::Identified { classification: Classification::Suspected, again: true }
        )
    );
}

#[test]
fn land_that_leaves_by_a_redrawn_boundary_is_adjusted_never_released() {
    let redrawn = hazard(
        1,
        "A",
        vec![
            covering(1, "2016-01-01", Classification::Suspected),
            HazardVersion { covers: false, ..covering(2, "2017-06-01", Classification::Suspected) },
        ],
    );
    let story = told(&[redrawn], &[]);
    assert_eq!(story[1], ("2017-06-01".into(), LandChange::Adjusted));
}

#[test]
fn a_release_is_judged_against_the_boundary_of_the_day_the_work_began() {
    let cut_out = hazard(
        1,
        "A",
        vec![
            covering(1, "2016-01-01", Classification::Confirmed),
            HazardVersion { covers: false, ..covering(2, "2017-06-01", Classification::Confirmed) },
        ],
    );
    let work = ReleaseCover {
        started_on: Some(day("2017-02-01")),
        ..release(9, Outcome::Cleared, "2017-09-30")
    };
    let story = told(&[cut_out], &[work]);
    assert_eq!(
        story,
        [
            ("2016-01-01".into(), identified(Classification::Confirmed)),
            ("2017-09-30".into(), LandChange::Released { outcome: Outcome::Cleared }),
        ]
    );
}

#[test]
fn land_released_outside_any_hazardous_area_is_kept_apart_and_counted_once() {
    let story = told(
        &[],
        &[release(8, Outcome::Cleared, "2018-01-01"), release(9, Outcome::Reduced, "2019-01-01")],
    );
    assert_eq!(
        story,
        [
            ("2018-01-01".into(), LandChange::ReleasedOutside { outcome: Outcome::Cleared }),
            ("2019-01-01".into(), LandChange::ReleasedAgain { outcome: Outcome::Reduced }),
        ]
    );
}

#[test]
fn on_one_day_cleared_stands_before_reduced_before_cancelled() {
    let story = told(
        &[suspected(1, "A", "2016-01-01")],
        &[
            release(7, Outcome::Cancelled, "2018-01-01"),
            release(8, Outcome::Cleared, "2018-01-01"),
            release(9, Outcome::Reduced, "2018-01-01"),
        ],
    );
    assert_eq!(story[1].1, LandChange::Released { outcome: Outcome::Cleared });
    assert_eq!(story[2].1, LandChange::ReleasedAgain { outcome: Outcome::Reduced });
    assert_eq!(story[3].1, LandChange::ReleasedAgain { outcome: Outcome::Cancelled });
}

#[test]
fn a_suspected_area_that_is_confirmed_stays_one_hazard() {
    let confirmed = hazard(
        1,
        "A",
        vec![
            covering(1, "2016-01-01", Classification::Suspected),
            covering(2, "2017-01-01", Classification::Confirmed),
        ],
    );
    let story = told(&[confirmed], &[]);
    assert_eq!(
        story[1],
        (
            "2017-01-01".into(),
            LandChange::Reclassified { classification: Classification::Confirmed }
        )
    );
}

#[test]
fn a_correction_of_the_same_day_takes_the_place_of_what_it_corrects() {
    let corrected = hazard(
        1,
        "A",
        vec![
            covering(1, "2016-01-01", Classification::Suspected),
            HazardVersion { covers: false, ..covering(2, "2016-01-01", Classification::Suspected) },
        ],
    );
    assert_eq!(told(&[corrected], &[]), []);
}

#[test]
fn an_area_opened_again_after_it_was_closed_is_hazardous_whatever_was_released() {
    let versions = vec![
        covering(1, "2016-01-01", Classification::Confirmed),
        HazardVersion { closed: true, ..covering(2, "2018-01-01", Classification::Confirmed) },
        covering(3, "2020-01-01", Classification::Confirmed),
    ];
    let story = told(&[hazard(1, "A", versions)], &[release(9, Outcome::Cleared, "2017-12-01")]);
    assert_eq!(
        story[2],
        (
            "2020-01-01".into(),
            LandChange::Identified { classification: Classification::Confirmed, again: true }
        )
    );
}

const DAYS: i64 = 24;

fn number_day(number: i64) -> Day {
    day("2020-01-01") + chrono::Duration::days(number)
}

#[derive(Debug, Clone)]
struct Case {
    hazards: Vec<Vec<(i64, bool, bool, bool)>>,
    releases: Vec<(i64, Option<i64>, u8, Vec<usize>)>,
}

fn cases() -> impl Strategy<Value = Case> {
    let version = (0..DAYS, any::<bool>(), prop::bool::weighted(0.9), prop::bool::weighted(0.8));
    let hazard = prop::collection::vec(version, 1..4);
    let names = prop::collection::vec(0usize..4, 0..3);
    let release = (0..DAYS, prop::option::of(0..DAYS), 0u8..3, names);
    (prop::collection::vec(hazard, 0..4), prop::collection::vec(release, 0..5))
        .prop_map(|(hazards, releases)| Case { hazards, releases })
}

const NAMES: [&str; 4] = ["A", "B", "C", "D"];

struct Told {
    hazards: Vec<HazardCover<'static>>,
    releases: Vec<(SourceKey, Day, Option<Day>, Outcome, Vec<String>)>,
}

impl Told {
    fn new(case: &Case) -> Self {
        let hazards = case
            .hazards
            .iter()
            .enumerate()
            .map(|(place, versions)| HazardCover {
                record: id(place as u128 + 1),
                local_id: NAMES[place],
                versions: versions
                    .iter()
                    .enumerate()
                    .map(|(version, (on, confirmed, in_force, covers))| HazardVersion {
                        version: version as u32 + 1,
                        effective_on: number_day(*on),
                        classification: if *confirmed {
                            Classification::Confirmed
                        } else {
                            Classification::Suspected
                        },
                        in_force: *in_force,
                        closed: false,
                        continued_in: None,
                        covers: *covers,
                    })
                    .collect(),
            })
            .collect();
        let releases = case
            .releases
            .iter()
            .enumerate()
            .map(|(place, (on, started, outcome, names))| {
                let outcomes = [Outcome::Cleared, Outcome::Reduced, Outcome::Cancelled];
                (
                    SourceKey { record: id(place as u128 + 100), version: 1 },
                    number_day(*on),
                    started.filter(|started| started <= on).map(number_day),
                    outcomes[usize::from(*outcome)],
                    names.iter().map(|name| NAMES[*name].to_owned()).collect(),
                )
            })
            .collect();
        Self { hazards, releases }
    }

    fn releases(&self) -> Vec<ReleaseCover<'_>> {
        self.releases
            .iter()
            .map(|(key, on, started_on, outcome, names)| ReleaseCover {
                key: *key,
                on: *on,
                started_on: *started_on,
                outcome: *outcome,
                names,
            })
            .collect()
    }

    fn timeline(&self) -> Vec<LandEntry> {
        timeline(&self.hazards, &self.releases())
    }
}

/// Whether a hazardous area's boundary in effect on a day holds the parcel.
fn covers_on(hazard: &HazardCover<'_>, on: Day) -> bool {
    let latest = hazard
        .versions
        .iter()
        .filter(|version| version.effective_on <= on)
        .max_by_key(|version| version.version);
    latest.is_some_and(|version| version.covers && version.in_force)
}

/// The days on which the land is hazardous, found by walking through each day for each area.
fn hazardous_days(told: &Told) -> BTreeSet<Day> {
    let mut days = BTreeSet::new();
    let all: Vec<Day> = (0..=DAYS).map(number_day).collect();
    for hazard in &told.hazards {
        let mut claimed = false;
        let mut claimed_before_redrawing = false;
        let mut covered_before = false;
        for (place, today) in all.iter().enumerate() {
            let covered = covers_on(hazard, *today);
            if covered && !covered_before {
                claimed = true;
                claimed_before_redrawing = false;
            }
            let stretch_from = (0..=place)
                .rev()
                .take_while(|earlier| covers_on(hazard, all[*earlier]))
                .last()
                .map(|first| all[first]);
            let acting = |release: &&(SourceKey, Day, Option<Day>, Outcome, Vec<String>)| {
                release.4.is_empty() || release.4.iter().any(|name| name == hazard.local_id)
            };
            if !covered && covered_before && claimed {
                // The boundary was redrawn today: work under way keeps the claim until it ends.
                let from = (0..place)
                    .rev()
                    .take_while(|earlier| covers_on(hazard, all[*earlier]))
                    .last()
                    .map(|first| all[first])
                    .unwrap();
                let today_released =
                    told.releases.iter().filter(acting).any(|release| release.1 == *today);
                let under_way = told.releases.iter().filter(acting).any(|release| {
                    release.1 > *today
                        && release.2.is_some_and(|start| from <= start && start < *today)
                });
                claimed = !today_released && under_way;
                claimed_before_redrawing = claimed;
                if claimed {
                    // Remember since when, for the releases still to come.
                    let until = told
                        .releases
                        .iter()
                        .filter(acting)
                        .filter(|release| {
                            release.1 > *today
                                && release.2.is_some_and(|start| from <= start && start < *today)
                        })
                        .map(|release| release.1)
                        .min()
                        .unwrap();
                    for later in all.iter().filter(|later| **later >= *today && **later < until) {
                        days.insert(*later);
                    }
                    claimed = false;
                }
            } else if covered && claimed {
                let released = told.releases.iter().filter(acting).any(|release| {
                    release.1 == *today && stretch_from.is_some_and(|from| release.1 >= from)
                });
                if released {
                    claimed = false;
                }
            }
            if covered && claimed && !claimed_before_redrawing {
                days.insert(*today);
            }
            covered_before = covered;
        }
    }
    days
}

fn days_of(entries: &[LandEntry]) -> BTreeSet<Day> {
    let mut days = BTreeSet::new();
    let mut hazardous = false;
    for today in (0..=DAYS).map(number_day) {
        for entry in entries.iter().filter(|entry| entry.on == today) {
            match entry.change {
                LandChange::Identified { .. } => hazardous = true,
                LandChange::Released { .. } | LandChange::Adjusted => hazardous = false,
                _ => {}
            }
        }
        if hazardous {
            days.insert(today);
        }
    }
    days
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_land_is_hazardous_on_exactly_the_days_that_a_walk_through_the_days_finds(case in cases()) {
        let told = Told::new(&case);
        prop_assert_eq!(days_of(&told.timeline()), hazardous_days(&told));
    }

    #[test]
    fn the_order_of_records_does_not_matter(case in cases(), turn in 0usize..5) {
        let told = Told::new(&case);
        let expected = told.timeline();
        let mut hazards = told.hazards.clone();
        let mut releases = told.releases();
        for hazard in &mut hazards {
            hazard.versions.reverse();
        }
        if !hazards.is_empty() {
            let places = turn % hazards.len();
            hazards.rotate_left(places);
        }
        releases.reverse();
        prop_assert_eq!(timeline(&hazards, &releases), expected);
    }

    #[test]
    fn land_enters_and_leaves_in_turn_and_is_never_released_while_claimed(case in cases()) {
        let told = Told::new(&case);
        let mut hazardous = false;
        for entry in told.timeline() {
            match entry.change {
                LandChange::Identified { .. } => {
                    prop_assert!(!hazardous);
                    hazardous = true;
                }
                LandChange::Released { .. } | LandChange::Adjusted => {
                    prop_assert!(hazardous);
                    hazardous = false;
                }
                LandChange::Reclassified { .. }
                | LandChange::WithoutEffect { .. } => prop_assert!(hazardous),
                LandChange::ReleasedOutside { .. } | LandChange::ReleasedAgain { .. } => {
                    prop_assert!(!hazardous);
                }
            }
        }
    }

    #[test]
    fn a_further_hazardous_area_never_makes_any_day_less_hazardous(case in cases()) {
        let with = Told::new(&case);
        let mut without = Told::new(&case);
        without.hazards.pop();
        let fewer = days_of(&without.timeline());
        let more = days_of(&with.timeline());
        prop_assert!(fewer.is_subset(&more));
    }

    #[test]
    fn every_release_is_accounted_for_exactly_once(case in cases()) {
        let told = Told::new(&case);
        let mut named: Vec<SourceKey> = told
            .timeline()
            .iter()
            .filter(|entry| matches!(
                entry.change,
                LandChange::Released { .. }
                    | LandChange::ReleasedOutside { .. }
                    | LandChange::ReleasedAgain { .. }
                    | LandChange::WithoutEffect { .. }
            ))
            .map(|entry| entry.cause)
            .collect();
        named.sort();
        let mut given: Vec<SourceKey> = told.releases.iter().map(|release| release.0).collect();
        given.sort();
        prop_assert_eq!(named, given);
    }
}
