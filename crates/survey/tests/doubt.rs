//! The rules of doubt told as stories: areas that change, follow each other, and come back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use geometry::{GridArea, GridPoint, GridShape};
use survey::ledger::{RegionMap, cut_cluster};
use survey::timeline::{HazardCover, HazardVersion, ReleaseCover, history};
use survey::{
    Classification, Day, LandChange, LandRole, LandSource, Outcome, Parcel, RecordId, SourceKey,
    doubt,
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn suspected(version: u32, on: &str) -> HazardVersion<'static> {
    HazardVersion {
        version,
        effective_on: day(on),
        classification: Classification::Suspected,
        in_force: true,
        closed: false,
        continued_in: None,
        covers: true,
    }
}

fn confirmed(version: u32, on: &str) -> HazardVersion<'static> {
    HazardVersion { classification: Classification::Confirmed, ..suspected(version, on) }
}

fn beside(version: HazardVersion<'_>) -> HazardVersion<'_> {
    HazardVersion { covers: false, ..version }
}

fn continued<'a>(version: u32, on: &str, names: &'a [String]) -> HazardVersion<'a> {
    HazardVersion {
        in_force: false,
        closed: true,
        continued_in: Some(names),
        ..suspected(version, on)
    }
}

fn withdrawn(version: u32, on: &str) -> HazardVersion<'static> {
    HazardVersion { in_force: false, ..suspected(version, on) }
}

fn area<'a>(number: u128, local_id: &'a str, versions: Vec<HazardVersion<'a>>) -> HazardCover<'a> {
    HazardCover { record: RecordId::from(number), local_id, versions }
}

fn release<'a>(number: u128, outcome: Outcome, on: &str, names: &'a [String]) -> ReleaseCover<'a> {
    let key = SourceKey { record: RecordId::from(number), version: 1 };
    ReleaseCover { key, on: day(on), started_on: None, outcome, names }
}

fn names<const N: usize>(names: [&str; N]) -> [String; N] {
    names.map(str::to_owned)
}

/// The story in short: the day, and what happened.
fn told(hazards: &[HazardCover<'_>], releases: &[ReleaseCover<'_>]) -> Vec<String> {
    let short = |change| match change {
        LandChange::Identified { classification, again: false } => format!("{classification}"),
        LandChange::Identified { classification, again: true } => format!("{classification} again"),
        LandChange::Reclassified { classification } => format!("now {classification}"),
        LandChange::Released { outcome } => format!("{outcome}"),
        LandChange::Adjusted => "adjusted".to_owned(),
        LandChange::ReleasedOutside { outcome } => format!("{outcome} outside"),
        LandChange::ReleasedAgain { outcome } => format!("{outcome} once more"),
        LandChange::WithoutEffect { outcome } => format!("{outcome} without effect"),
    };
    let entries = history(hazards, releases).timeline;
    entries.iter().map(|entry| format!("{} {}", entry.on, short(entry.change))).collect()
}

//   v1        ├──────────────── 2018, wrong day
//   v2   ├───────────────────── 2016, the land is hazardous from then on and once only
#[test]
fn a_correction_to_an_earlier_day_takes_the_place_of_what_it_corrects() {
    let corrected =
        area(1, "A", vec![beside(suspected(1, "2018-01-01")), suspected(2, "2016-01-01")]);
    assert_eq!(told(&[corrected], &[]), ["2016-01-01 suspected"]);
}

//   A suspected  ├──────────────────────────────
//   B confirmed        ├─────────┤ cleared
#[test]
fn land_under_a_suspected_and_a_confirmed_area_is_confirmed_until_that_one_is_released() {
    let only_b = names(["B"]);
    let story = told(
        &[
            area(1, "A", vec![suspected(1, "2016-01-01")]),
            area(2, "B", vec![confirmed(1, "2017-01-01")]),
        ],
        &[release(9, Outcome::Cleared, "2019-01-01", &only_b)],
    );
    assert_eq!(
        story,
        [
            "2016-01-01 suspected",
            "2017-01-01 now confirmed",
            "2019-01-01 now suspected",
            "2019-01-01 cleared without effect",
        ]
    );
}

//   A  ├──────┤
//   B    ├────┤  one report names both
//   C      ├─────────  and not this one, elsewhere in the record
#[test]
fn a_release_that_names_several_areas_releases_from_each_of_them() {
    let both = names(["b", " A "]);
    let (a, b) = (vec![suspected(1, "2016-01-01")], vec![suspected(1, "2017-01-01")]);
    let reduced = release(9, Outcome::Reduced, "2018-01-01", &both);
    let story = told(&[area(1, "A", a.clone()), area(2, "B", b.clone())], &[reduced]);
    assert_eq!(story, ["2016-01-01 suspected", "2018-01-01 reduced"]);

    let c = area(3, "C", vec![suspected(1, "2017-06-01")]);
    let story = told(&[area(1, "A", a), area(2, "B", b), c], &[reduced]);
    assert_eq!(story, ["2016-01-01 suspected", "2018-01-01 reduced without effect"]);
}

//   A  ├──────┤cleared      ├────  drawn over the same land anew in 2021
//           └ boundary drawn back in 2019
#[test]
fn a_boundary_drawn_over_released_land_again_makes_it_hazardous_again() {
    let drawn = area(
        1,
        "A",
        vec![
            suspected(1, "2016-01-01"),
            beside(suspected(2, "2019-01-01")),
            confirmed(3, "2021-01-01"),
        ],
    );
    let story = told(&[drawn], &[release(9, Outcome::Cleared, "2018-01-01", &[])]);
    assert_eq!(story, ["2016-01-01 suspected", "2018-01-01 cleared", "2021-01-01 confirmed again"]);
}

//   A  ├────────┤ withdrawn: recorded by mistake
//   B     ├──────────────
#[test]
fn an_area_withdrawn_is_adjusted_and_the_one_below_it_stays() {
    let a = vec![suspected(1, "2016-01-01"), withdrawn(2, "2018-01-01")];
    let alone = told(&[area(1, "A", a.clone())], &[]);
    assert_eq!(alone, ["2016-01-01 suspected", "2018-01-01 adjusted"]);
    let b = area(2, "B", vec![suspected(1, "2017-01-01")]);
    assert_eq!(told(&[area(1, "A", a), b], &[]), ["2016-01-01 suspected"]);
}

//   A  ├────────┤ closed: cleared
//      ├─────────────────────────  no release lies here, the land stays hazardous
#[test]
fn an_area_closed_as_cleared_stays_hazardous_where_no_release_lies() {
    let closed = HazardVersion { closed: true, ..confirmed(2, "2019-01-01") };
    let story = told(&[area(1, "A", vec![confirmed(1, "2016-01-01"), closed])], &[]);
    assert_eq!(story, ["2016-01-01 confirmed"]);
}

//   ┌────────A────────┐       ┌──B───┐ ┌──C───┐
//   │                 │  ──▶  │      │▒│      │   ▒ in neither: still A's, still hazardous
//   └─────────────────┘       └──────┘ └──────┘
#[test]
fn a_split_that_leaves_a_strip_out_leaves_the_strip_hazardous() {
    let parts = names(["B", "C"]);
    let a = || area(1, "A", vec![suspected(1, "2016-01-01"), continued(2, "2018-01-01", &parts)]);
    assert_eq!(told(&[a()], &[]), ["2016-01-01 suspected"]);

    let b = area(2, "B", vec![suspected(1, "2018-01-01")]);
    assert_eq!(told(&[a(), b.clone()], &[]), ["2016-01-01 suspected"]);

    // What B's boundary leaves later has left A before.
    let drawn_back =
        area(2, "B", vec![suspected(1, "2018-01-01"), beside(suspected(2, "2020-01-01"))]);
    let story = told(&[a(), drawn_back], &[]);
    assert_eq!(story, ["2016-01-01 suspected", "2020-01-01 adjusted"]);

    // A release from B ends it; one from A alone does not any more.
    let (only_a, only_b) = (names(["A"]), names(["B"]));
    let releases = [
        release(8, Outcome::Cleared, "2019-01-01", &only_a),
        release(9, Outcome::Cleared, "2020-01-01", &only_b),
    ];
    let story = told(&[a(), b], &releases);
    assert_eq!(
        story,
        ["2016-01-01 suspected", "2019-01-01 cleared without effect", "2020-01-01 cleared"]
    );
}

//   A  ├────────┤ merged into B in 2018
//   B                ├───────  which is recorded in 2019 only
#[test]
fn a_merged_area_claims_its_land_until_the_other_is_recorded() {
    let into = names(["B"]);
    let a = area(1, "A", vec![suspected(1, "2016-01-01"), continued(2, "2018-01-01", &into)]);
    let b = area(2, "B", vec![confirmed(1, "2019-01-01")]);
    let hazards = [a, b];
    assert_eq!(told(&hazards, &[]), ["2016-01-01 suspected", "2019-01-01 now confirmed"]);
    let stretches = history(&hazards, &[]).stretches;
    let end = stretches[0].end.unwrap();
    assert_eq!((end.on, end.outcome), (day("2019-01-01"), None));
    assert_eq!(end.by, SourceKey { record: RecordId::from(1), version: 2 });
    assert_eq!(stretches[1].end, None);
}

//   A ⇄ B  each is closed as a duplicate of the other; nobody is left to claim the land
#[test]
fn two_areas_that_are_each_closed_as_a_duplicate_of_the_other_both_stay() {
    let (to_a, to_b) = (names(["A"]), names(["B"]));
    let a = area(1, "A", vec![suspected(1, "2016-01-01"), continued(2, "2018-01-01", &to_b)]);
    let b = area(2, "B", vec![suspected(1, "2016-01-01"), continued(2, "2017-01-01", &to_a)]);
    let hazards = [a, b];
    assert_eq!(told(&hazards, &[]), ["2016-01-01 suspected"]);
    let standing: Vec<u128> = history(&hazards, &[])
        .stretches
        .iter()
        .filter(|stretch| stretch.end.is_none())
        .map(|stretch| stretch.hazard.record.uuid().as_u128())
        .collect();
    assert_eq!(standing, [1]);
}

//   A ├──────┤cleared ┊
//   A                 ┊├ merged into C, drawn around A and B
//   C                 ┊├────────  here the land stays cleared
#[test]
fn a_merge_does_not_make_released_land_hazardous_again() {
    let into = names(["C"]);
    let a = || area(1, "A", vec![suspected(1, "2016-01-01"), continued(2, "2019-01-01", &into)]);
    let c = || area(3, "C", vec![suspected(1, "2019-01-01")]);
    let cleared = release(9, Outcome::Cleared, "2018-01-01", &[]);
    assert_eq!(told(&[a(), c()], &[cleared]), ["2016-01-01 suspected", "2018-01-01 cleared"]);

    // Where B, merged as well, had not been released from, the land was and stays hazardous.
    let b = area(2, "B", vec![suspected(1, "2016-01-01"), continued(2, "2019-01-01", &into)]);
    let only_a = names(["A"]);
    let cleared = release(9, Outcome::Cleared, "2018-01-01", &only_a);
    let story = told(&[a(), b, c()], &[cleared]);
    assert_eq!(story, ["2016-01-01 suspected", "2018-01-01 cleared without effect"]);
}

//   A ├──────┤cleared ├ merged into C on the 1st
//   C                   ├──────  which begins on the 5th: why, if not for something found?
#[test]
fn a_successor_recorded_on_another_day_is_new_evidence() {
    let into = names(["C"]);
    let a = area(1, "A", vec![suspected(1, "2016-01-01"), continued(2, "2019-01-01", &into)]);
    let c = area(3, "C", vec![suspected(1, "2019-01-05")]);
    let story = told(&[a, c], &[release(9, Outcome::Cleared, "2018-01-01", &[])]);
    assert_eq!(story, ["2016-01-01 suspected", "2018-01-01 cleared", "2019-01-05 suspected again"]);
}

fn rectangle(x: i64, width: i64) -> GridShape {
    let unit = 8_192;
    let corners = [(x, 0), (x + width, 0), (x + width, 100), (x, 100)];
    let ring = corners.map(|(x, y)| GridPoint::new(x * unit, y * unit)).to_vec();
    GridShape::from_polygons([[ring]]).unwrap()
}

fn source(number: u128, version: u32, on: &str, role: LandRole, shape: GridShape) -> LandSource {
    let local_id = ["?", "A", "B", "C"].get(number as usize).copied().unwrap_or("R").to_owned();
    let key = SourceKey { record: RecordId::from(number), version };
    LandSource { key, local_id, effective_on: day(on), role, shape }
}

fn open() -> LandRole {
    let classification = Classification::Suspected;
    LandRole::Hazard { classification, in_force: true, closed: false, continued_in: None }
}

fn remaining_on(parcels: &[Parcel], on: &str) -> f64 {
    let stands = |parcel: &&Parcel| {
        parcel.stretches.iter().any(|stretch| {
            stretch.from <= day(on) && stretch.end.is_none_or(|end| day(on) < end.on)
        })
    };
    parcels.iter().filter(stands).map(|parcel| parcel.area).sum::<GridArea>().m2()
}

//   ┌─────────A 100 m─────────┐          ┌────B 45 m───┐▒┌────C 50 m───┐
//   │▓▓▓▓ cleared 20 m        │   ──▶    │▓▓▓▓         │▒│             │
//   └─────────────────────────┘          └─────────────┘▒└─────────────┘
#[test]
fn a_split_conserves_the_area_and_releases_nothing() {
    let closed = LandRole::Hazard {
        classification: Classification::Suspected,
        in_force: false,
        closed: true,
        continued_in: Some(names(["B", "C"]).to_vec()),
    };
    let cleared = LandRole::Release {
        outcome: Outcome::Cleared,
        on: day("2017-01-01"),
        started_on: None,
        names: names(["A"]).to_vec(),
    };
    let sources = [
        source(1, 1, "2016-01-01", open(), rectangle(0, 100)),
        source(1, 2, "2018-01-01", closed, rectangle(0, 100)),
        source(2, 1, "2018-01-01", open(), rectangle(0, 45)),
        source(3, 1, "2018-01-01", open(), rectangle(50, 50)),
        source(9, 1, "2017-01-01", cleared, rectangle(0, 20)),
    ];
    let parcels = cut_cluster(&sources, &RegionMap::new(Vec::new())).unwrap();
    for (on, area_m2) in [
        ("2016-06-01", 10_000.0),
        ("2017-12-31", 8_000.0),
        ("2018-01-01", 8_000.0),
        ("2030-01-01", 8_000.0),
    ] {
        assert_eq!(remaining_on(&parcels, on), area_m2, "{on}");
    }
    let changes = parcels.iter().flat_map(|parcel| &parcel.timeline);
    let is_split = |on: Day| on == day("2018-01-01");
    assert!(changes.clone().all(|entry| !is_split(entry.on)), "a split changes no land");
}

#[test]
fn every_rule_names_its_source_and_tests_that_are_there() {
    let texts = [
        include_str!("doubt.rs"),
        include_str!("timeline.rs"),
        include_str!("ledger.rs"),
        include_str!("../../store/tests/store/ledger.rs"),
        include_str!("../../../tests/tests/uploads.rs"),
    ];
    for rule in doubt::RULES {
        assert!(rule.source.contains("IMAS") || rule.source.starts_with("Ours: "), "{}", rule.code);
        assert!(!rule.shown_by.is_empty(), "{}", rule.code);
        assert_eq!(doubt::rule(rule.code), Some(rule), "{} is there twice", rule.code);
        for test in rule.shown_by {
            let written = format!("fn {test}(");
            assert!(texts.iter().any(|text| text.contains(&written)), "{}: {test}", rule.code);
        }
    }
}
