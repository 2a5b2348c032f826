//! Random histories: the ledger kept up with every write equals the one cut from scratch, and
//! does not depend on the order in which records arrive.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use store::{Item, OnError, Outcome, Withdrawal};
use survey::{Parcel, PreparedRecord, Programme, RecordId};

use crate::builders::{
    HAZARDS, REGIONS, RELEASES, Sending, by, day, hazard, identified, rectangle, region, release,
    unlocated_hazard, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(kept_up_equals_rebuilt, the_order_of_arrival_does_not_matter);

/// Random cases of each property; the databases are slow, the pure rules are tested elsewhere.
const CASES: u32 = 12;

/// One thing somebody does. Records are named by small numbers, so that they meet.
#[derive(Debug, Clone)]
enum Step {
    Hazards(Vec<(u8, Place, bool)>),
    Releases(Vec<(u8, Place)>),
    Lose(u8),
    Withdraw(u8, bool),
    Regions(Place),
}

type Place = ([u8; 2], [u8; 2], u8);

fn places() -> impl Strategy<Value = Place> {
    ([0..12_u8, 0..12_u8], [1..5_u8, 1..5_u8], 0..200_u8)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let hazards = prop::collection::vec((0..8_u8, places(), any::<bool>()), 1..5);
    let releases = prop::collection::vec((0..8_u8, places()), 1..4);
    let step = prop_oneof![
        4 => hazards.prop_map(Step::Hazards),
        3 => releases.prop_map(Step::Releases),
        1 => (0..8_u8).prop_map(Step::Lose),
        2 => (0..8_u8, any::<bool>()).prop_map(|(number, hazard)| Step::Withdraw(number, hazard)),
        1 => places().prop_map(Step::Regions),
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

fn hazard_at(number: u8, place: &Place, confirmed: bool) -> PreparedRecord {
    let record = hazard(&format!("HA-{number}"), &on(place), polygon(place));
    let classification = if confirmed { "confirmed" } else { "suspected" };
    identified(with(record, "classification", json!(classification)), hazard_id(number))
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
    assert_eq!(applied.left_out, []);
}

fn perform(database: &TestDatabase, code: &'static str, step: &Step) {
    match step {
        Step::Hazards(areas) => {
            let records =
                areas.iter().map(|(number, place, sure)| hazard_at(*number, place, *sure));
            send(database, code, HAZARDS, records.collect());
        }
        Step::Releases(areas) => {
            let records = areas.iter().map(|(number, place)| release_at(*number, place));
            send(database, code, RELEASES, records.collect());
        }
        Step::Lose(number) => {
            let lost = unlocated_hazard(&format!("HA-{number}"), "2016-06-06");
            send(database, code, HAZARDS, vec![identified(lost, hazard_id(*number))]);
        }
        Step::Regions(place) => {
            let ([x, y], ..) = place;
            let around = rectangle([f64::from(*x) - 4.0, f64::from(*y) - 4.0], [8.0, 8.0]);
            send(database, code, REGIONS, vec![identified(region("R", around), 1)]);
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
        database.store.ledger_rebuild(&by("doctor"), code, &mut |_| ()).unwrap();
        assert_eq!(kept_up, clusters(database, code));
        Ok(())
    });
    cases.unwrap();
}

fn the_order_of_arrival_does_not_matter(database: &TestDatabase) {
    let hazards = prop::collection::btree_map(0..12_u8, (places(), any::<bool>()), 1..10);
    let releases = prop::collection::btree_map(0..12_u8, places(), 0..8);
    let arrivals = (hazards, releases).prop_flat_map(|(hazards, releases)| {
        let records: Vec<(&'static str, PreparedRecord)> = hazards
            .iter()
            .map(|(number, (place, sure))| (HAZARDS, hazard_at(*number, place, *sure)))
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
