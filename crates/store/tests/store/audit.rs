//! One line for each operation, chained.

use std::collections::BTreeMap;

use serde_json::json;
use store::{NewToken, OPERATIONS, SERVER_AUDIT, Store, StoreError, Withdrawal};
use survey::Programme;
use survey::access::Role;

use crate::builders::{
    HAZARDS, Sending, add_kh, apply, attempt, by, day, freeze, hazard, identified, rectangle,
    settlements, webhook,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    every_operation_writes_one_line,
    a_refused_operation_writes_none,
    tampering_is_noticed,
    a_chain_cut_short_is_noticed,
);

/// Performs every operation once, in an order in which each is possible.
fn perform_all(store: &Store) {
    let setup = by("setup");
    let mut programme = Programme::new("KH", "Cambodia");
    store.programme_add(&setup, &programme).unwrap();
    programme.public_read = true;
    store.programme_update(&setup, &programme).unwrap();
    store.layer_set(&setup, "KH", &settlements()).unwrap();
    store.layer_remove(&setup, "KH", "settlements").unwrap();
    let roles = BTreeMap::from([("KH".to_owned(), Role::Manager)]);
    let token = NewToken { name: "laptop".into(), expires_at: None, roles };
    let issued = store.token_issue(&setup, &token).unwrap();
    store.token_revoke(&setup, issued.id).unwrap();
    let area = identified(hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0])), 1);
    apply(store, HAZARDS, vec![area]);
    let sending = Sending::to(HAZARDS);
    let mut body = sending.body.as_slice();
    store.submission_reject(&setup, sending.draft(&mut body), &|_| json!({})).unwrap();
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: HAZARDS,
        id: 1.into(),
        expected_version: 1,
        effective_on: day("2020-01-01"),
        reason: "entered twice",
    };
    store.record_withdraw(&setup, &withdrawal).unwrap();
    store.ledger_rebuild(&setup, "KH", &mut |_| ()).unwrap();
    freeze(store);
    let id = webhook(store);
    store.webhook_pause(&setup, "KH", id).unwrap();
    store.webhook_resume(&setup, "KH", id).unwrap();
    store.webhook_disable(&setup, ("KH", id), "nobody is there").unwrap();
    store.webhook_test(&setup, ("KH", id), &attempt(1)).unwrap();
    store.webhook_remove(&setup, "KH", id).unwrap();
}

fn operations(store: &Store, chain: &str) -> Vec<String> {
    let lines = store.audit_lines(chain, 0, 100).unwrap();
    lines.into_iter().map(|line| line.operation).collect()
}

/// Fails for an operation that was added without being audited, or without being added to
/// `perform_all`.
fn every_operation_writes_one_line(database: &TestDatabase) {
    let store = &database.store;
    perform_all(store);
    let mut audited = operations(store, "KH");
    audited.extend(operations(store, SERVER_AUDIT));
    audited.sort();
    let mut expected: Vec<String> = OPERATIONS.iter().map(ToString::to_string).collect();
    expected.sort();
    assert_eq!(audited, expected);

    // And whatever changes a programme adds one row to the feed, without gaps.
    let changes = store.changes("KH", 0, 100).unwrap();
    let told: Vec<_> =
        changes.iter().map(|change| (change.revision, change.operation.as_str())).collect();
    assert_eq!(
        told,
        [
            (1, "programme_add"),
            (2, "programme_update"),
            (3, "layer_set"),
            (4, "layer_remove"),
            (5, "submission_apply"),
            (6, "record_withdraw"),
            (7, "ledger_rebuild"),
        ]
    );
    for chain in ["KH", SERVER_AUDIT] {
        let verdict = store.audit_verify(chain).unwrap();
        assert_eq!(verdict.fault, None, "{chain}");
        assert!(verdict.lines > 0);
    }
}

fn a_refused_operation_writes_none(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let again = store.programme_add(&by("setup"), &Programme::new("KH", "Again"));
    assert!(matches!(again, Err(StoreError::Exists { kind: "programme", .. })), "{again:?}");
    let nowhere = store.programme_update(&by("setup"), &Programme::new("UA", "Ukraine"));
    assert!(matches!(nowhere, Err(StoreError::NotFound { kind: "programme", .. })), "{nowhere:?}");
    let bad = store.programme_add(&by("setup"), &Programme::new("K H", "With a blank"));
    assert!(
        matches!(&bad, Err(StoreError::Conflict { constraint }) if constraint == "programmes_code_form"),
        "{bad:?}"
    );
    assert_eq!(operations(store, "KH"), ["programme_add"]);
    assert_eq!(store.changes("KH", 0, 10).unwrap().len(), 1);
}

/// Switches the triggers off, as somebody who owns the database can.
fn tamper(database: &TestDatabase, statement: &str) {
    let (off, on) = match database.location {
        store::Location::Sqlite(_) => {
            ("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;", "")
        }
        store::Location::Postgres(_) => {
            ("ALTER TABLE audit DISABLE TRIGGER ALL;", "ALTER TABLE audit ENABLE TRIGGER ALL;")
        }
    };
    database.execute(&format!("{off} {statement}; {on}")).unwrap();
}

fn fault(database: &TestDatabase) -> String {
    database.store.audit_verify("KH").unwrap().fault.unwrap()
}

fn tampering_is_noticed(database: &TestDatabase) {
    perform_all(&database.store);
    tamper(database, "UPDATE audit SET actor = 'nobody' WHERE programme = 'KH' AND seq = 3");
    assert_eq!(fault(database), "line 3 was changed");
    tamper_again(database, "DELETE FROM audit WHERE programme = 'KH' AND seq = 2");
    assert_eq!(fault(database), "line 2 is missing");
}

fn tamper_again(database: &TestDatabase, statement: &str) {
    match database.location {
        store::Location::Sqlite(_) => database.execute(statement).unwrap(),
        store::Location::Postgres(_) => tamper(database, statement),
    }
}

fn a_chain_cut_short_is_noticed(database: &TestDatabase) {
    perform_all(&database.store);
    tamper(database, "DELETE FROM audit WHERE programme = 'KH' AND seq = 15");
    assert_eq!(fault(database), "the chain ends at line 14, but 15 lines were written");
}
