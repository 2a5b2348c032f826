//! The feed of changes, and what a live view makes of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use store::{Item, OpenOptions, Revision, Store, Withdrawal};
use survey::{Parcel, Programme, RecordId, StoredRecord, VersionState};

use crate::builders::{
    HAZARDS, REGIONS, RELEASES, add_kh, apply, by, day, hazard, identified, rectangle, region,
    release, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    following_the_feed_gives_what_loading_gives,
    nothing_changed_hands_over_nothing,
    recorded_times_never_go_back,
    changes_are_told_with_their_collection_also_those_from_before_it_was_written_down,
    a_reader_behind_slow_writers_misses_nothing,
);

/// What a live view holds.
#[derive(Debug, Default, PartialEq)]
struct View {
    revision: Revision,
    programme: Option<Programme>,
    records: BTreeMap<RecordId, StoredRecord>,
    clusters: BTreeMap<RecordId, Vec<Parcel>>,
}

impl View {
    fn take(&mut self, item: Item) {
        match item {
            Item::Programme(programme) => self.programme = Some(*programme),
            Item::Record(record) => match record.state {
                VersionState::InForce => drop(self.records.insert(record.id, *record)),
                VersionState::Withdrawn => drop(self.records.remove(&record.id)),
            },
            Item::Cluster(cluster) if cluster.parcels.is_empty() => {
                self.clusters.remove(&cluster.id);
            }
            Item::Cluster(cluster) => drop(self.clusters.insert(cluster.id, cluster.parcels)),
        }
    }

    fn loaded(store: &Store) -> Self {
        let mut view = Self::default();
        view.revision = store
            .load("KH", &mut |item| {
                let _: () = view.take(item);
                Ok(())
            })
            .unwrap();
        view
    }

    fn follow(&mut self, store: &Store) {
        let since = self.revision;
        self.revision = store
            .changes_since("KH", since, &mut |item| {
                self.take(item);
                Ok(())
            })
            .unwrap();
    }
}

fn following_the_feed_gives_what_loading_gives(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let mut followed_closely = View::loaded(store);
    let mut followed_late = View::loaded(store);
    let area = |x: f64| rectangle([x, 0.0], [2.0, 2.0]);
    let steps: Vec<Box<dyn Fn()>> = vec![
        Box::new(|| {
            // HA-2 touches both others: one cluster.
            apply(
                store,
                HAZARDS,
                vec![
                    identified(hazard("HA-1", "2015-03-01", area(0.0)), 11),
                    identified(hazard("HA-2", "2015-03-01", area(1.5)), 12),
                    identified(hazard("HA-3", "2015-03-01", area(3.0)), 13),
                ],
            );
        }),
        Box::new(|| {
            apply(store, RELEASES, vec![release("LR-1", "2018-01-01", area(0.5))]);
        }),
        Box::new(|| {
            // Far away now: the cluster falls apart.
            let moved = store.record_withdraw(
                &by("reviewer"),
                &Withdrawal {
                    programme: "KH",
                    collection: HAZARDS,
                    id: 11.into(),
                    expected_version: 1,
                    effective_on: day("2019-01-01"),
                    reason: "entered twice",
                },
            );
            moved.unwrap();
        }),
        Box::new(|| {
            apply(store, REGIONS, vec![region("East", rectangle([2.5, -5.0], [9.0, 20.0]))]);
        }),
        Box::new(|| {
            let changed = with(hazard("HA-3", "2016-01-01", area(9.0)), "note", json!("moved"));
            apply(store, HAZARDS, vec![changed]);
        }),
        Box::new(|| {
            let mut programme = Programme::new("KH", "Kingdom of Cambodia");
            programme.public_read = true;
            store.programme_update(&by("setup"), &programme).unwrap();
        }),
        Box::new(|| drop(store.ledger_rebuild(&by("setup"), "KH", &mut |_| ()).unwrap())),
    ];
    for step in steps {
        step();
        followed_closely.follow(store);
        assert_eq!(followed_closely, View::loaded(store));
    }
    followed_late.follow(store);
    assert_eq!(followed_late, followed_closely);
}

fn nothing_changed_hands_over_nothing(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let revision = store.changes_since("KH", 1, &mut |item| panic!("{item:?}")).unwrap();
    assert_eq!(revision, 1);
    assert!(store.changes_since("UA", 0, &mut |_| Ok(())).is_err());
}

fn recorded_times_never_go_back(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let mut programme = Programme::new("KH", "Cambodia");
    let mut earlier = by("setup");
    earlier.at -= chrono::TimeDelta::days(3);
    programme.languages = vec!["km".into()];
    store.programme_update(&earlier, &programme).unwrap();
    let mut later = by("setup");
    later.at += chrono::TimeDelta::days(3);
    store.programme_update(&later, &programme).unwrap();
    let times: Vec<_> =
        store.changes("KH", 0, 10).unwrap().into_iter().map(|change| change.recorded_at).collect();
    assert_eq!(times, [by("setup").at, by("setup").at, later.at]);
}

fn changes_are_told_with_their_collection_also_those_from_before_it_was_written_down(
    database: &TestDatabase,
) {
    let store = &database.store;
    add_kh(store);
    let area = identified(hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0])), 1);
    apply(store, HAZARDS, vec![area]);
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: HAZARDS,
        id: 1.into(),
        expected_version: 1,
        effective_on: day("2016-01-01"),
        reason: "entered twice",
    };
    store.record_withdraw(&by("reviewer"), &withdrawal).unwrap();
    let told = |store: &Store| -> Vec<Option<String>> {
        store.changes("KH", 0, 10).unwrap().into_iter().map(|change| change.collection).collect()
    };
    let of_areas = Some(HAZARDS.to_owned());
    assert_eq!(told(store), [None, of_areas.clone(), of_areas.clone()]);
    for statement in ["DROP COLUMN collection", "ADD COLUMN collection text"] {
        database.execute(&format!("ALTER TABLE changes {statement}")).unwrap();
    }
    let store = Store::open(&database.location, &OpenOptions::default()).unwrap();
    assert_eq!(told(&store), [None, of_areas, None]);
}

/// Writers that sleep at different points of their transactions commit in another order than they
/// began; a reader that asks for `revision > last` must see every change all the same.
fn a_reader_behind_slow_writers_misses_nothing(database: &TestDatabase) {
    const WRITERS: u64 = 4;
    const WRITES: u64 = 12;
    let store = &database.store;
    add_kh(store);
    let done = AtomicBool::new(false);
    let mut seen: Vec<Revision> = Vec::new();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| scope.spawn(move || write_slowly(store, writer, WRITES)))
            .collect();
        let reader = scope.spawn(|| {
            let mut seen = Vec::new();
            loop {
                let was_done = done.load(Ordering::SeqCst);
                let last = seen.last().copied().unwrap_or(0);
                let changes = store.changes("KH", last, 1_000).unwrap();
                seen.extend(changes.iter().map(|change| change.revision));
                if was_done {
                    return seen;
                }
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        seen = reader.join().unwrap();
    });
    let expected: Vec<Revision> = (1..=1 + WRITERS * WRITES).collect();
    assert_eq!(seen, expected);
}

/// Applies submissions whose records arrive slowly, inside the transaction. One in four fails.
fn write_slowly(store: &Store, writer: u64, writes: u64) {
    let mut applied = 0;
    let mut attempt = 0;
    while applied < writes {
        attempt += 1;
        let sending = crate::builders::Sending::to(HAZARDS);
        let mut body = sending.body.as_slice();
        let fails = (attempt + writer).is_multiple_of(4);
        let records = (0..3_u64).map(|step| {
            std::thread::sleep(Duration::from_millis((writer * 7 + attempt * 3 + step) % 6));
            if fails && step == 2 {
                return Err("the line broke");
            }
            let place =
                rectangle([(writer * 1_000 + attempt * 10) as f64, step as f64 * 2.0], [1.0, 1.0]);
            Ok(hazard(&format!("HA-{writer}-{attempt}-{step}"), "2015-03-01", place))
        });
        let outcome = store.submission_apply(
            &by("writer"),
            sending.draft(&mut body),
            records,
            &|_| json!({}),
        );
        assert_eq!(outcome.is_err(), fails);
        applied += u64::from(!fails);
    }
}
