//! Random histories, corrections and all: the ledger kept up with every write equals the one cut
//! from scratch, does not depend on the order in which records arrive, and loses no land in any
//! region, year or hazardous area.

use std::collections::BTreeMap;

use geometry::GridArea;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use store::{ConflictKind, Item, OnError, Outcome, Withdrawal};
use survey::lifecycle::{LandOfArea, land_of_areas};
use survey::progress::{
    CauseWords, Dictionary, Fact, Figures, GroupKey, NO_WORD, ProgressQuery, facts, progress,
};
use survey::{Parcel, PreparedRecord, Programme, RecordId};

use crate::builders::{
    HAZARDS, REGIONS, RELEASES, Sending, by, day, hazard, identified, rectangle, region, release,
    unlocated_hazard, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(kept_up_equals_rebuilt, the_order_of_arrival_does_not_matter);

/// Random cases of each property; the databases are slow, the pure rules are tested elsewhere.
const CASES: u32 = 16;

/// A hazardous area as it is sent: its number, its place, how sure it is and how far work has come.
type AreaSent = (u8, Place, bool, Progress);

/// How far the work on an area has come.
#[derive(Debug, Clone, Copy)]
enum Progress {
    Open,
    Cleared,
    Mistaken,
    ContinuedIn(u8),
}

/// One thing somebody does. Records are named by small numbers, so that they meet.
#[derive(Debug, Clone)]
enum Step {
    Hazards(Vec<AreaSent>),
    Releases(Vec<(u8, Place)>),
    Lose(u8),
    Withdraw(u8, bool),
    Regions(Place, bool),
}

type Place = ([u8; 2], [u8; 2], u8);

fn places() -> impl Strategy<Value = Place> {
    ([0..12_u8, 0..12_u8], [1..5_u8, 1..5_u8], 0..200_u8)
}

fn areas() -> impl Strategy<Value = AreaSent> {
    let work = prop_oneof![
        6 => Just(Progress::Open),
        2 => Just(Progress::Cleared),
        1 => Just(Progress::Mistaken),
        2 => (0..8_u8).prop_map(Progress::ContinuedIn),
    ];
    (0..8_u8, places(), any::<bool>(), work)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let hazards = prop::collection::vec(areas(), 1..8);
    let releases = prop::collection::vec((0..8_u8, places()), 1..4);
    let step = prop_oneof![
        4 => hazards.prop_map(Step::Hazards),
        3 => releases.prop_map(Step::Releases),
        1 => (0..8_u8).prop_map(Step::Lose),
        2 => (0..8_u8, any::<bool>()).prop_map(|(number, hazard)| Step::Withdraw(number, hazard)),
        1 => (places(), any::<bool>()).prop_map(|(place, later)| Step::Regions(place, later)),
    ];
    prop::collection::vec(step, 1..10)
}

fn polygon(([x, y], [width, height], _): &Place) -> geometry::HazardPolygon {
    let at = [f64::from(*x), f64::from(*y)];
    // Not all aligned: edges cross in the middle of nowhere.
    let size = [f64::from(*width) + 0.3 * f64::from(*y % 3), f64::from(*height) + 0.1];
    rectangle(at, size)
}

fn on((_, _, days): &Place) -> String {
    (day("2015-01-01") + chrono::TimeDelta::days(i64::from(*days) * 10)).to_string()
}

/// Ids of both collections are mixed, so that either may name a cluster.
fn hazard_id(number: u8) -> u128 {
    100 + 2 * u128::from(number)
}

fn release_id(number: u8) -> u128 {
    91 + 6 * u128::from(number)
}

fn hazard_at((number, place, confirmed, work): &AreaSent) -> PreparedRecord {
    let mut record = hazard(&format!("HA-{number}"), &on(place), polygon(place));
    record = with(record, "change_reason", json!("something was found"));
    if *confirmed {
        record = with(record, "classification", json!("confirmed"));
    }
    let closed = |record, reason: &str| {
        with(with(record, "status", json!("closed")), "closure_reason", json!(reason))
    };
    record = match work {
        Progress::Open => record,
        Progress::Cleared => closed(record, "cleared"),
        Progress::Mistaken => closed(record, "error"),
        Progress::ContinuedIn(other) => {
            with(closed(record, "merged"), "continued_in", json!([format!("HA-{other}")]))
        }
    };
    identified(record, hazard_id(*number))
}

fn release_at(number: u8, place: &Place) -> PreparedRecord {
    let record = release(&format!("LR-{number}"), &on(place), polygon(place));
    let record = match place.2 % 3 {
        0 => with(record, "hazardous_areas", json!(["HA-1", "HA-2"])),
        1 => with(record, "outcome", json!("cancelled")),
        _ => record,
    };
    identified(record, release_id(number))
}

/// A submission in which a record may stand only once.
fn distinct(records: Vec<PreparedRecord>) -> Vec<PreparedRecord> {
    let by_name: BTreeMap<String, PreparedRecord> =
        records.into_iter().map(|record| (record.local_id.clone(), record)).collect();
    by_name.into_values().collect()
}

/// The databases outlive the cases; each case has a programme of its own.
fn programme(database: &TestDatabase, prefix: &str) -> &'static str {
    let code = format!("{prefix}-{}", database.store.programmes().unwrap().len());
    database.store.programme_add(&by("setup"), &Programme::new(code.clone(), "A case")).unwrap();
    code.leak()
}

fn send(
    database: &TestDatabase,
    programme: &'static str,
    collection: &'static str,
    records: Vec<PreparedRecord>,
) {
    let sending = Sending { programme, on_error: OnError::Skip, ..Sending::to(collection) };
    let outcome = sending.apply(&database.store, distinct(records)).unwrap();
    let Outcome::Applied(applied) = outcome else { panic!("{outcome:?}") };
    let left_out: Vec<_> = applied.left_out.iter().map(|conflict| conflict.kind).collect();
    assert!(left_out.iter().all(|kind| *kind == ConflictKind::ReopenedTooEarly), "{left_out:?}");
}

fn perform(database: &TestDatabase, code: &'static str, step: &Step) {
    match step {
        Step::Hazards(areas) => {
            send(database, code, HAZARDS, areas.iter().map(hazard_at).collect());
        }
        Step::Releases(areas) => {
            let records = areas.iter().map(|(number, place)| release_at(*number, place));
            send(database, code, RELEASES, records.collect());
        }
        Step::Lose(number) => {
            let lost = unlocated_hazard(&format!("HA-{number}"), "2016-06-06");
            let lost = with(lost, "change_reason", json!("its map was lost"));
            send(database, code, HAZARDS, vec![identified(lost, hazard_id(*number))]);
        }
        Step::Regions(place, is_later) => {
            let ([x, y], ..) = place;
            let around = rectangle([f64::from(*x) - 4.0, f64::from(*y) - 4.0], [8.0, 8.0]);
            let mut division = region("R", around);
            if *is_later {
                division = with(division, "valid_from", json!(on(place)));
                division.effective_on = day(&on(place));
            }
            send(database, code, REGIONS, vec![identified(division, 1)]);
        }
        Step::Withdraw(number, is_hazard) => {
            let (collection, id) = if *is_hazard {
                (HAZARDS, hazard_id(*number))
            } else {
                (RELEASES, release_id(*number))
            };
            let Ok(known) = database.store.record(code, collection, id.into()) else { return };
            let withdrawal = Withdrawal {
                programme: code,
                collection,
                id: id.into(),
                expected_version: known.record.version,
                effective_on: day("2019-09-09"),
                reason: "a random one",
            };
            // Refused when it is withdrawn already.
            drop(database.store.record_withdraw(&by("reviewer"), &withdrawal));
        }
    }
}

fn clusters(database: &TestDatabase, code: &str) -> BTreeMap<RecordId, Vec<Parcel>> {
    let mut clusters = BTreeMap::new();
    database
        .store
        .load(code, &mut |item| {
            if let Item::Cluster(cluster) = item {
                clusters.insert(cluster.id, cluster.parcels);
            }
            Ok(())
        })
        .unwrap();
    clusters
}

/// Opening and what was identified is what was released, adjusted and remains: in all, in each
/// year, and in each region of the latest and of the first edition, which agree in their totals.
fn no_land_is_lost(clusters: &BTreeMap<RecordId, Vec<Parcel>>) {
    let parcels: Vec<&Parcel> = clusters.values().flatten().collect();
    let latest = figures(&parcels, |parcel| parcel.region);
    let first = figures(&parcels, |parcel| {
        parcel.earlier_regions.first().map_or(parcel.region, |span| span.region)
    });
    assert_eq!(latest, first);

    let mut lands: BTreeMap<RecordId, LandOfArea> = BTreeMap::new();
    let mut claimed: BTreeMap<RecordId, GridArea> = BTreeMap::new();
    for parcel in &parcels {
        for (record, land) in land_of_areas(parcel.area, &parcel.stretches) {
            lands.entry(record).or_default().add(&land);
            *claimed.entry(record).or_default() += parcel.area;
        }
    }
    for (record, land) in &lands {
        assert_eq!(land.claimed(), claimed[record], "of hazardous area {record}");
    }
    let is_hazardous =
        |parcel: &&&Parcel| parcel.stretches.iter().any(|stretch| stretch.end.is_none());
    let standing: GridArea = parcels.iter().filter(is_hazardous).map(|parcel| parcel.area).sum();
    assert_eq!(latest.remaining, Some(standing));
}

fn figures(parcels: &[&Parcel], region: impl Fn(&Parcel) -> Option<RecordId>) -> Figures {
    let mut dictionary = Dictionary::default();
    let nothing =
        |_| CauseWords { record: 0, organisation: NO_WORD, method: NO_WORD, hazard_type: NO_WORD };
    let mut all: Vec<Fact> = Vec::new();
    for parcel in parcels {
        let name = region(parcel).map(|region| region.to_string());
        let word = dictionary.word_or_none(name.as_deref());
        all.extend(facts(word, parcel.area, &parcel.timeline, &parcel.stretches, nothing));
    }
    let mut totals = Vec::new();
    for group_by in [vec![], vec![GroupKey::Region], vec![GroupKey::Region, GroupKey::Year]] {
        let query = ProgressQuery { group_by, ..ProgressQuery::default() };
        let report = progress(all.iter(), &dictionary, &query);
        for row in report.rows.iter().map(|row| row.figures).chain([report.total]) {
            let released = row.cancelled + row.reduced + row.cleared;
            let net = row.opening.unwrap() + row.identified - released - row.adjusted;
            assert_eq!(Some(net), row.remaining);
        }
        let identified: GridArea = report.rows.iter().map(|row| row.figures.identified).sum();
        assert_eq!(identified, report.total.identified);
        totals.push(report.total);
    }
    assert!(totals.windows(2).all(|pair| pair[0] == pair[1]));
    totals[0]
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() })
}

fn kept_up_equals_rebuilt(database: &TestDatabase) {
    let cases = runner().run(&steps(), |steps| {
        let code = programme(database, "K");
        for step in &steps {
            perform(database, code, step);
            let differences = database.store.ledger_check(code, &mut |_| ()).unwrap();
            assert_eq!(differences, [], "after {step:?}");
        }
        let kept_up = clusters(database, code);
        no_land_is_lost(&kept_up);
        database.store.ledger_rebuild(&by("doctor"), code, &mut |_| ()).unwrap();
        assert_eq!(kept_up, clusters(database, code));
        Ok(())
    });
    cases.unwrap();
}

fn the_order_of_arrival_does_not_matter(database: &TestDatabase) {
    let hazards = prop::collection::btree_map(0..12_u8, areas(), 1..10);
    let releases = prop::collection::btree_map(0..12_u8, places(), 0..8);
    let arrivals = (hazards, releases).prop_flat_map(|(hazards, releases)| {
        let records: Vec<(&'static str, PreparedRecord)> = hazards
            .iter()
            .map(|(number, (_, place, sure, work))| {
                (HAZARDS, hazard_at(&(*number, *place, *sure, *work)))
            })
            .chain(releases.iter().map(|(number, place)| (RELEASES, release_at(*number, place))))
            .collect();
        (Just(records.clone()), Just(records).prop_shuffle())
    });
    let cases = runner().run(&arrivals, |(in_order, shuffled)| {
        let (one, other) = (programme(database, "O"), programme(database, "S"));
        // At once, by collection; and one by one in any order.
        for collection in [HAZARDS, RELEASES] {
            let of =
                |(of, record): &(&str, PreparedRecord)| (*of == collection).then(|| record.clone());
            send(database, one, collection, in_order.iter().filter_map(of).collect());
        }
        for (collection, record) in shuffled {
            send(database, other, collection, vec![record]);
        }
        assert_eq!(clusters(database, one), clusters(database, other));
        Ok(())
    });
    cases.unwrap();
}
