//! Records and their versions.

use serde_json::json;
use store::{ConflictKind, Item, OnError, Outcome, StoreError, Withdrawal};
use survey::{PreparedRecord, Programme, StoredRecord, VersionState};

use crate::builders::{
    ACTIVITIES, HAZARDS, REGIONS, RELEASES, Sending, activity, add_kh, apply, by, day, hazard,
    identified, properties, rectangle, region, release, unlocated_hazard, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    what_was_sent_comes_back,
    equal_content_makes_no_version,
    a_changed_record_gets_a_version_and_keeps_the_old_one,
    local_ids_are_compared_without_case_and_blanks,
    boundaries_are_those_of_records_in_force,
    changes_of_hazardous_areas_that_need_a_reason_are_refused_without_one,
    features_that_contradict_refuse_the_submission_or_are_left_out,
    a_withdrawn_record_stays_readable_and_may_come_back,
    a_withdrawal_needs_the_current_version,
    nothing_leaks_between_programmes,
    a_nul_character_is_refused_by_name,
    many_records_are_stored_in_one_go,
);

fn loaded(database: &TestDatabase, programme: &str) -> Vec<StoredRecord> {
    let mut records = Vec::new();
    database
        .store
        .load(programme, &mut |item| {
            if let Item::Record(record) = item {
                records.push(*record);
            }
            Ok(())
        })
        .unwrap();
    records
}

fn what_was_sent_comes_back(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let mut sent = hazard("HA-1", "2015-03-01", rectangle([0.1, 0.2], [1.0 / 3.0, 2.0]));
    sent.organisation = Some("Mines Are Us — ក".into());
    sent.properties.insert("accuracy_m".into(), json!(0.1));
    apply(store, HAZARDS, vec![sent.clone(), unlocated_hazard("HA-2", "2016-01-01")]);

    let records = loaded(database, "KH");
    assert_eq!(records.len(), 2);
    let [found, unlocated] = &records[..] else { unreachable!() };
    assert_eq!(found.geometry, sent.geometry);
    assert_eq!(found.properties, sent.properties);
    assert_eq!(found.organisation, sent.organisation);
    assert_eq!((found.version, found.revision), (1, 2));
    assert_eq!(found.recorded_by, "field team");
    assert_eq!(found.recorded_at, crate::builders::noon());
    assert_eq!(found.effective_on, day("2015-03-01"));
    assert!(unlocated.is_unlocated() && unlocated.caution.is_some());
    assert_eq!(
        unlocated.raw_geometry.as_deref(),
        Some("{\"type\":\"Polygon\",\"coordinates\":[]}")
    );

    let stored = store.record("KH", HAZARDS, found.id).unwrap();
    let area = stored.area_m2.unwrap();
    let Some(geometry::Geometry::Polygon(polygon)) = &sent.geometry else { unreachable!() };
    assert!((area - polygon.to_grid().covered_area().m2()).abs() < 1e-6, "{area}");
}

fn equal_content_makes_no_version(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sent = vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))];
    apply(store, HAZARDS, sent.clone());
    let again = apply(store, HAZARDS, sent);
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 1));
    assert_eq!(again.revision, 3);
    assert_eq!(loaded(database, "KH")[0].version, 1);
}

fn a_changed_record_gets_a_version_and_keeps_the_old_one(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let first = hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]));
    apply(store, HAZARDS, vec![first.clone()]);
    let second = with(first.clone(), "classification", json!("confirmed"));
    let applied = apply(store, HAZARDS, vec![second.clone()]);
    assert_eq!((applied.created, applied.updated), (0, 1));

    let id = loaded(database, "KH")[0].id;
    let versions = store.versions("KH", HAZARDS, id).unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(properties(&versions[0].record)["classification"], "suspected");
    assert_eq!(properties(&versions[1].record)["classification"], "confirmed");
    assert_eq!(versions[1].submission, Some(applied.submission));
    assert_eq!(versions[1].record.version, 2);
    assert!(matches!(
        store.versions("KH", ACTIVITIES, id),
        Err(StoreError::NotFound { kind: "record", .. })
    ));
}

fn local_ids_are_compared_without_case_and_blanks(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = || rectangle([0.0, 0.0], [1.0, 1.0]);
    apply(store, HAZARDS, vec![hazard("KH-HA-12", "2015-03-01", area())]);
    let applied = apply(store, HAZARDS, vec![hazard("kh-ha-12", "2015-03-01", area())]);
    assert_eq!((applied.created, applied.updated), (0, 1));
    assert_eq!(loaded(database, "KH")[0].local_id, "kh-ha-12");
    let keys = store.local_id_keys("KH", HAZARDS).unwrap();
    assert!(keys.contains("kh-ha-12") && keys.len() == 1);
    // Another collection has names of its own.
    let applied = apply(store, ACTIVITIES, vec![activity("KH-HA-12", "2015-03-01")]);
    assert_eq!(applied.created, 1);
}

fn boundaries_are_those_of_records_in_force(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let (small, large) = (rectangle([0.1, 0.2], [1.0, 1.0]), rectangle([5.0, 0.2], [2.0, 1.0]));
    let sent = vec![
        hazard("HA-1", "2015-03-01", small.clone()),
        unlocated_hazard("HA-2", "2016-01-01"),
        hazard("HA-3", "2015-03-01", small),
    ];
    apply(store, HAZARDS, sent);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-03-01", large.clone())]);
    let gone = loaded(database, "KH").into_iter().find(|it| it.local_id == "HA-3").unwrap();
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: HAZARDS,
        id: gone.id,
        expected_version: 1,
        effective_on: day("2016-01-01"),
        reason: "entered twice",
    };
    store.record_withdraw(&by("data manager"), &withdrawal).unwrap();
    let mut found = Vec::new();
    let mut visit = |one: survey::Lookalike| found.push((one.local_id, one.polygon));
    store.boundaries("KH", HAZARDS, &mut visit).unwrap();
    store.boundaries("KH", REGIONS, &mut visit).unwrap();
    assert_eq!(found, [("HA-1".to_owned(), std::sync::Arc::new(large))]);
}

fn changes_of_hazardous_areas_that_need_a_reason_are_refused_without_one(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = || rectangle([0.0, 0.0], [1.0, 1.0]);
    let confirmed =
        |on: &str| with(hazard("HA-1", on, area()), "classification", json!("confirmed"));
    let closed = with(
        with(confirmed("2015-03-01"), "status", json!("closed")),
        "closure_reason",
        json!("cleared"),
    );
    apply(store, HAZARDS, vec![confirmed("2015-03-01")]);
    apply(store, RELEASES, vec![release("LR-1", "2018-01-01", area())]);
    let refused = |record: PreparedRecord| {
        let refused = Sending::to(HAZARDS).apply(store, vec![record]);
        let Err(StoreError::RecordsRefused(conflicts)) = refused else { panic!("{refused:?}") };
        conflicts[0].kind
    };
    let doubted = hazard("HA-1", "2016-03-01", area());
    assert_eq!(refused(doubted), ConflictKind::SuspectedAgainWithoutReason);
    apply(store, HAZARDS, vec![closed]);
    assert_eq!(refused(confirmed("2020-01-01")), ConflictKind::ReopenedWithoutReason);
    let found = |on| with(confirmed(on), "change_reason", json!("a mine was found"));
    // After the closing version, and not after the release.
    assert_eq!(refused(found("2017-12-31")), ConflictKind::ReopenedTooEarly);
    assert_eq!(apply(store, HAZARDS, vec![found("2018-01-02")]).updated, 1);
    let mut again = 0;
    store
        .load("KH", &mut |item| {
            if let Item::Cluster(cluster) = item {
                let entries = cluster.parcels.iter().flat_map(|parcel| &parcel.timeline);
                again += entries
                    .filter(|entry| {
                        matches!(entry.change, survey::LandChange::Identified { again: true, .. })
                    })
                    .count();
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(again, 1);
}

fn features_that_contradict_refuse_the_submission_or_are_left_out(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = |x: f64| rectangle([x, 0.0], [1.0, 1.0]);
    apply(
        store,
        HAZARDS,
        vec![
            identified(hazard("HA-1", "2015-03-01", area(0.0)), 1),
            identified(hazard("HA-2", "2015-03-01", area(5.0)), 2),
        ],
    );
    apply(store, ACTIVITIES, vec![identified(activity("A-1", "2015-03-01"), 3)]);
    let contradicting: Vec<PreparedRecord> = vec![
        hazard("HA-9", "2015-03-01", area(9.0)),
        hazard("ha-9", "2015-03-01", area(10.0)),
        identified(hazard("HA-2", "2015-03-01", area(0.0)), 1),
        identified(hazard("HA-8", "2015-03-01", area(0.0)), 3),
        identified(hazard("HA-1", "2015-03-01", area(0.0)), 77),
    ];
    let expected = [
        (1, ConflictKind::RepeatedInSubmission),
        (2, ConflictKind::IdHasOtherLocalId),
        (3, ConflictKind::IdInOtherCollection),
        (4, ConflictKind::LocalIdHasOtherId),
    ];

    let refused = Sending::to(HAZARDS).apply(store, contradicting.clone());
    let Err(StoreError::RecordsRefused(conflicts)) = refused else { panic!("{refused:?}") };
    let told: Vec<_> = conflicts.iter().map(|conflict| (conflict.index, conflict.kind)).collect();
    assert_eq!(told, expected);
    assert_eq!(loaded(database, "KH").len(), 3);
    assert_eq!(store.programme("KH").unwrap().revision, 3);

    let skipping = Sending { on_error: OnError::Skip, ..Sending::to(HAZARDS) };
    let Outcome::Applied(applied) = skipping.apply(store, contradicting).unwrap() else {
        unreachable!()
    };
    assert_eq!(applied.created, 1);
    let told: Vec<_> =
        applied.left_out.iter().map(|conflict| (conflict.index, conflict.kind)).collect();
    assert_eq!(told, expected);
}

fn a_withdrawn_record_stays_readable_and_may_come_back(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sent = vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))];
    apply(store, HAZARDS, sent.clone());
    let id = loaded(database, "KH")[0].id;
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: HAZARDS,
        id,
        expected_version: 1,
        effective_on: day("2020-01-01"),
        reason: "entered twice",
    };
    let written = store.record_withdraw(&by("reviewer"), &withdrawal).unwrap();
    assert_eq!((written.version, written.revision), (2, 3));
    // The ledger names it as a cause of what was, so that whoever loads needs it.
    let known: Vec<_> = loaded(database, "KH").iter().map(|it| (it.version, it.state)).collect();
    assert_eq!(known, [(2, VersionState::Withdrawn)]);
    assert_eq!(store.records_count("KH", HAZARDS).unwrap(), 0);

    let versions = store.versions("KH", HAZARDS, id).unwrap();
    assert_eq!(versions[1].reason.as_deref(), Some("entered twice"));
    assert_eq!(versions[1].record.state, VersionState::Withdrawn);
    assert_eq!(versions[1].record.geometry, sent[0].geometry);

    let again =
        store.record_withdraw(&by("reviewer"), &Withdrawal { expected_version: 2, ..withdrawal });
    assert!(matches!(again, Err(StoreError::NotFound { .. })), "{again:?}");
    let back = apply(store, HAZARDS, sent);
    assert_eq!((back.updated, back.unchanged), (1, 0));
    assert_eq!(loaded(database, "KH")[0].version, 3);
}

fn a_withdrawal_needs_the_current_version(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))]);
    let id = loaded(database, "KH")[0].id;
    let refused = store.record_withdraw(
        &by("reviewer"),
        &Withdrawal {
            programme: "KH",
            collection: HAZARDS,
            id,
            expected_version: 7,
            effective_on: day("2020-01-01"),
            reason: "entered twice",
        },
    );
    assert!(matches!(refused, Err(StoreError::Stale { expected: 7, found: 1, .. })), "{refused:?}");
    assert_eq!(store.programme("KH").unwrap().revision, 2);
}

fn nothing_leaks_between_programmes(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    store.programme_add(&by("setup"), &Programme::new("UA", "Ukraine")).unwrap();
    let area = || rectangle([0.0, 0.0], [1.0, 1.0]);
    let sending = |programme| Sending { programme, ..Sending::to(HAZARDS) };
    let kept = Sending { key: Some("same key".into()), ..sending("KH") };
    kept.apply(store, vec![identified(hazard("HA-1", "2015-03-01", area()), 1)]).unwrap();
    Sending { programme: "KH", ..Sending::to(REGIONS) }
        .apply(store, vec![region("R", rectangle([-9.0, -9.0], [20.0, 20.0]))])
        .unwrap();

    // The same id, local id, key and bytes mean something else in another programme.
    let other = Sending { programme: "UA", ..kept };
    let applied = other.apply(store, vec![identified(hazard("HA-1", "2016-01-01", area()), 1)]);
    let Outcome::Applied(applied) = applied.unwrap() else { panic!("taken for a repetition") };
    assert_eq!((applied.created, applied.revision), (1, 2));
    assert_eq!(applied.ledger.parcels, 1, "land of one programme must not cut that of another");

    let (kh, ua) = (loaded(database, "KH"), loaded(database, "UA"));
    assert_eq!((kh.len(), ua.len()), (2, 1));
    assert_eq!(ua[0].effective_on, day("2016-01-01"));
    let mut regions_seen = 0;
    store
        .load("UA", &mut |item| {
            if let Item::Cluster(cluster) = item {
                regions_seen += cluster.parcels.iter().filter_map(|parcel| parcel.region).count();
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(regions_seen, 0);
    assert!(store.submission("UA", applied.submission).is_ok());
    assert!(store.submission("KH", applied.submission).is_err());
    assert!(store.versions("UA", REGIONS, kh[0].id).is_err());
    assert!(store.ledger_check("KH", &mut |_| ()).unwrap().is_empty());
    assert!(store.ledger_check("UA", &mut |_| ()).unwrap().is_empty());
}

fn a_nul_character_is_refused_by_name(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let record = hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]));
    let refused = Sending::to(HAZARDS).apply(store, vec![with(record, "note", json!("a\0b"))]);
    assert!(matches!(refused, Err(StoreError::Unstorable { .. })), "{refused:?}");
    assert_eq!(store.programme("KH").unwrap().revision, 1);
}

fn many_records_are_stored_in_one_go(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let many = |on: &str| -> Vec<PreparedRecord> {
        (0..2_500)
            .map(|number| {
                let [x, y] = [f64::from(number % 50) * 2.0, f64::from(number / 50) * 2.0];
                hazard(&format!("HA-{number}"), on, rectangle([x, y], [1.5, 1.5]))
            })
            .collect()
    };
    let applied = apply(store, HAZARDS, many("2015-03-01"));
    assert_eq!((applied.created, applied.ledger.clusters), (2_500, 2_500));
    assert_eq!(loaded(database, "KH").len(), 2_500);
    let applied = apply(store, HAZARDS, many("2015-03-02"));
    assert_eq!((applied.updated, applied.ledger.clusters), (2_500, 2_500));
    assert!(store.ledger_check("KH", &mut |_| ()).unwrap().is_empty());
}
