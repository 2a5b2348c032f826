//! What is recorded stays as it was recorded, whoever holds the database shell.

use crate::builders::{HAZARDS, Sending, add_kh, apply, freeze, hazard, rectangle};
use crate::databases::{TestDatabase, on_both};

on_both!(
    tables_of_record_refuse_to_change,
    records_and_programmes_refuse_to_be_deleted,
    a_submission_is_decided_once,
    impossible_numbers_are_refused,
);

fn filled(database: &TestDatabase) {
    add_kh(&database.store);
    apply(
        &database.store,
        HAZARDS,
        vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))],
    );
    let sending = Sending::to(HAZARDS);
    let finding = survey::Finding::new(&survey::rules::CATALOGUE[0], "/geometry");
    let mut body = sending.body.as_slice();
    let draft =
        store::SubmissionDraft { findings: &|| vec![finding.clone()], ..sending.draft(&mut body) };
    let by = crate::builders::by("field team");
    database.store.submission_reject(&by, draft, &|_| serde_json::json!({})).unwrap();
    freeze(&database.store);
}

fn refused(database: &TestDatabase, statement: &str) -> String {
    match database.execute(statement) {
        Ok(()) => panic!("was allowed: {statement}"),
        Err(message) => message,
    }
}

fn tables_of_record_refuse_to_change(database: &TestDatabase) {
    filled(database);
    for (table, column) in [
        ("record_versions", "recorded_by"),
        ("changes", "actor"),
        ("audit", "actor"),
        ("submission_bodies", "encoding"),
        ("findings", "rule"),
        ("report_snapshots", "document"),
    ] {
        assert!(database.count(table) > 0, "{table} is empty, so this would show nothing");
        for statement in
            [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")]
        {
            let message = refused(database, &statement);
            assert!(message.contains("append-only"), "{statement}: {message}");
        }
    }
}

fn records_and_programmes_refuse_to_be_deleted(database: &TestDatabase) {
    filled(database);
    for table in ["records", "programmes", "submissions", "audit_heads"] {
        let message = refused(database, &format!("DELETE FROM {table}"));
        assert!(message.contains("append-only"), "{table}: {message}");
    }
}

fn a_submission_is_decided_once(database: &TestDatabase) {
    filled(database);
    for change in ["status = 'rejected', revision = NULL", "receipt = '{}'", "actor = 'nobody'"] {
        let message = refused(database, &format!("UPDATE submissions SET {change}"));
        assert!(message.contains("append-only"), "{change}: {message}");
    }
}

fn impossible_numbers_are_refused(database: &TestDatabase) {
    filled(database);
    for (statement, constraint) in [
        ("UPDATE records SET west = 181", "records_west_range"),
        ("UPDATE records SET north = -91", "records_north_range"),
        ("UPDATE records SET version = 0", "records_version_range"),
        ("UPDATE records SET state = 'gone'", "records_state_known"),
        ("UPDATE programmes SET revision = -1", "programmes_revision_range"),
        ("UPDATE parcels SET doubled_area = 0", "parcels_doubled_area_range"),
        ("UPDATE ledger_records SET max_x = min_x - 1", "ledger_records_box_ordered"),
    ] {
        let message = refused(database, statement);
        assert!(message.contains(constraint), "{statement}: {message}");
    }
}
