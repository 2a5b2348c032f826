//! Several writers at once.

use std::sync::Barrier;

use store::{StoreError, Withdrawal};
use survey::Programme;

use crate::builders::{HAZARDS, Sending, add_kh, apply, by, day, hazard, identified, rectangle};
use crate::databases::{TestDatabase, on_both};

on_both!(
    of_two_withdrawals_of_one_version_one_wins,
    the_same_submission_sent_twice_at_once_is_applied_once,
    a_failing_job_does_not_spoil_the_others,
    a_panicking_writer_does_not_stop_the_store,
    readers_see_whole_transactions,
    a_closed_store_refuses_writes,
);

fn of_two_withdrawals_of_one_version_one_wins(database: &TestDatabase) {
    const ROUNDS: u128 = 10;
    let store = &database.store;
    add_kh(store);
    for round in 1..=ROUNDS {
        let place = rectangle([round as f64 * 3.0, 0.0], [1.0, 1.0]);
        apply(
            store,
            HAZARDS,
            vec![identified(hazard(&format!("HA-{round}"), "2015-03-01", place), round)],
        );
        let together = Barrier::new(2);
        let withdraw = |actor: &str| {
            together.wait();
            store.record_withdraw(
                &by(actor),
                &Withdrawal {
                    programme: "KH",
                    collection: HAZARDS,
                    id: round.into(),
                    expected_version: 1,
                    effective_on: day("2020-01-01"),
                    reason: "a race",
                },
            )
        };
        let outcomes = std::thread::scope(|scope| {
            let (one, other) = (scope.spawn(|| withdraw("one")), scope.spawn(|| withdraw("other")));
            [one.join().unwrap(), other.join().unwrap()]
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(outcomes.iter().any(|outcome| {
            matches!(outcome, Err(StoreError::Stale { expected: 1, found: 2, .. }))
        }));
        assert_eq!(store.versions("KH", HAZARDS, round.into()).unwrap().len(), 2);
    }
    let revision = store.programme("KH").unwrap().revision;
    assert_eq!(u128::from(revision), 1 + 2 * ROUNDS);
    assert_eq!(store.audit_verify("KH").unwrap().fault, None);
}

fn the_same_submission_sent_twice_at_once_is_applied_once(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    for key in [Some("key 1".to_owned()), None] {
        let sending = Sending { key, ..Sending::to(HAZARDS) };
        let together = Barrier::new(4);
        let send = || {
            together.wait();
            let records = vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))];
            sending.apply(store, records).unwrap()
        };
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect()
        });
        let applied =
            outcomes.iter().filter(|outcome| matches!(outcome, store::Outcome::Applied(_))).count();
        assert_eq!(applied, 1, "{outcomes:?}");
    }
    assert_eq!(database.count("submissions"), 2);
    assert_eq!(store.programme("KH").unwrap().revision, 3);
}

/// On SQLite these share commits; on PostgreSQL they run beside each other.
fn a_failing_job_does_not_spoil_the_others(database: &TestDatabase) {
    const JOBS: usize = 96;
    let store = &database.store;
    add_kh(store);
    let together = Barrier::new(8);
    let outcomes: Vec<bool> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    (worker..JOBS)
                        .step_by(8)
                        .map(|job| {
                            // Every third one asks for a code that is taken.
                            let code =
                                if job % 3 == 0 { "KH".to_owned() } else { format!("P-{job}") };
                            let programme = Programme::new(code, "A programme");
                            let added = store.programme_add(&by("worker"), &programme);
                            assert_eq!(added.is_err(), job % 3 == 0, "{added:?}");
                            added.is_ok()
                        })
                        .collect::<Vec<bool>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let succeeded = outcomes.iter().filter(|ok| **ok).count() as u64;
    assert_eq!(database.count("programmes"), 1 + succeeded);
    assert_eq!(database.count("changes"), 1 + succeeded);
    assert_eq!(database.count("audit"), 1 + succeeded);
    assert_eq!(database.count("audit_heads"), 2 + succeeded);
}

fn a_panicking_writer_does_not_stop_the_store(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sending = Sending::to(HAZARDS);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let records =
            std::iter::once_with(|| -> Result<_, &str> { panic!("expected in this test") });
        let mut body = sending.body.as_slice();
        store.submission_apply(&by("x"), sending.draft(&mut body), records, &|_| {
            serde_json::json!({})
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(database.count("submissions"), 0);
    let area = hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]));
    assert_eq!(apply(store, HAZARDS, vec![area]).created, 1);
}

fn readers_see_whole_transactions(database: &TestDatabase) {
    const ROUNDS: usize = 8;
    const RECORDS: usize = 30;
    let store = &database.store;
    add_kh(store);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..ROUNDS {
                let records = (0..RECORDS).map(|number| {
                    let place = rectangle([number as f64 * 2.0, round as f64 * 2.0], [1.0, 1.0]);
                    hazard(&format!("HA-{round}-{number}"), "2015-03-01", place)
                });
                apply(store, HAZARDS, records.collect());
            }
        });
        loop {
            let finished = writer.is_finished();
            let (mut records, mut parcels) = (0, 0);
            let revision = store.load("KH", &mut |item| {
                match item {
                    store::Item::Record(_) => records += 1,
                    store::Item::Cluster(cluster) => parcels += cluster.parcels.len(),
                    store::Item::Programme(_) => {}
                }
                Ok(())
            });
            let expected = (revision.unwrap() as usize - 1) * RECORDS;
            assert_eq!((records, parcels), (expected, expected));
            if finished {
                break;
            }
        }
    });
}

fn a_closed_store_refuses_writes(database: &TestDatabase) {
    let store = database.store.clone();
    add_kh(&store);
    store.close();
    let refused = store.programme_add(&by("setup"), &Programme::new("UA", "Ukraine"));
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
    assert!(refused.unwrap_err().is_retryable());
}
