//! Submissions: kept as sent, applied once.

use serde_json::json;
use store::{OnError, Outcome, Rejected, StoreError, SubmissionDraft, SubmissionStatus};
use survey::{Finding, rules};

use crate::builders::{HAZARDS, Sending, add_kh, by, hazard, noon, rectangle};
use crate::databases::{TestDatabase, on_both};

on_both!(
    the_same_key_gives_the_same_answer,
    the_same_bytes_give_the_same_answer,
    a_key_used_for_other_bytes_is_refused,
    a_rejected_submission_keeps_its_bytes_and_findings,
    a_rejected_submission_may_pass_when_sent_again,
    the_bytes_come_back_as_they_were_sent,
    a_source_that_fails_leaves_nothing_behind,
    submissions_are_listed_newest_first,
);

fn areas() -> Vec<survey::PreparedRecord> {
    vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))]
}

fn the_same_key_gives_the_same_answer(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sending = Sending { key: Some("key 1".into()), ..Sending::to(HAZARDS) };
    let Outcome::Applied(applied) = sending.apply(store, areas()).unwrap() else { unreachable!() };
    let Outcome::Repeated(earlier) = sending.apply(store, areas()).unwrap() else {
        panic!("applied twice")
    };
    assert_eq!(earlier.id, applied.submission);
    assert_eq!(earlier.status, SubmissionStatus::Applied);
    assert_eq!(earlier.revision, Some(2));
    assert_eq!(earlier.receipt, Some(json!({ "submission": applied.submission, "created": 1 })));
    assert_eq!(store.programme("KH").unwrap().revision, 2);
    assert_eq!(database.count("submissions"), 1);
}

fn the_same_bytes_give_the_same_answer(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sending = Sending::to(HAZARDS);
    sending.apply(store, areas()).unwrap();
    let found = |sending: &Sending| {
        let mut body = [].as_slice();
        store.submission_find(&sending.draft(&mut body).lookup()).unwrap()
    };
    assert!(found(&sending).is_some());
    let keyed = Sending { key: Some("a later key".into()), ..sending.clone() };
    assert!(matches!(keyed.apply(store, areas()), Ok(Outcome::Repeated(_))));
    // The same bytes mean something else in another collection or with other options.
    let elsewhere = Sending { collection: crate::builders::RELEASES, ..sending.clone() };
    assert_eq!(found(&elsewhere), None);
    let mut body = [].as_slice();
    let otherwise = SubmissionDraft { options: "on_error=skip", ..sending.draft(&mut body) };
    assert_eq!(store.submission_find(&otherwise.lookup()).unwrap(), None);
}

fn a_key_used_for_other_bytes_is_refused(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let first = Sending { key: Some("key 1".into()), ..Sending::to(HAZARDS) };
    first.apply(store, areas()).unwrap();
    let other = Sending { body: b"other bytes".to_vec(), ..first };
    let refused = other.apply(store, areas());
    assert!(matches!(refused, Err(StoreError::IdempotencyKeyReused { .. })), "{refused:?}");
    assert_eq!(store.programme("KH").unwrap().revision, 2);
}

fn a_rejected_submission_keeps_its_bytes_and_findings(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let mut finding = Finding::new(&rules::CATALOGUE[0], "/properties/note");
    finding.index = Some(3);
    finding.feature = Some("with a \0 in it".into());
    let findings = vec![finding; 3];
    let sending = Sending { key: Some("key 1".into()), ..Sending::to(HAZARDS) };
    let mut body = sending.body.as_slice();
    let draft = SubmissionDraft { findings: &|| findings.clone(), ..sending.draft(&mut body) };
    let answer = |id| json!({ "rejected": id, "said": "a \0 again" });
    let rejected = store.submission_reject(&by("field team"), draft, &answer).unwrap();
    let Rejected::Recorded(id) = rejected else { panic!("{rejected:?}") };

    let stored = store.submission("KH", id).unwrap();
    assert_eq!(stored.status, SubmissionStatus::Rejected);
    assert_eq!((stored.received_at, stored.revision), (noon(), None));
    assert_eq!(stored.receipt.unwrap()["said"], "a ␀ again");
    assert_eq!(stored.on_error, OnError::Reject);
    let told = store.submission_findings("KH", id, 1, 10).unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["rule"], rules::CATALOGUE[0].code);
    let mut bytes = Vec::new();
    store.submission_body("KH", id, &mut bytes).unwrap();
    assert_eq!(bytes, sending.body);

    let mut body = sending.body.as_slice();
    let again = store.submission_reject(&by("field team"), sending.draft(&mut body), &answer);
    assert!(matches!(again, Ok(Rejected::Repeated(earlier)) if earlier.id == id));
    assert_eq!(store.programme("KH").unwrap().revision, 1);
}

fn a_rejected_submission_may_pass_when_sent_again(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sending = Sending::to(HAZARDS);
    let mut body = sending.body.as_slice();
    store.submission_reject(&by("field team"), sending.draft(&mut body), &|_| json!({})).unwrap();
    assert!(matches!(sending.apply(store, areas()), Ok(Outcome::Applied(_))));
}

fn the_bytes_come_back_as_they_were_sent(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    // Over several chunks: some that shrink, one that does not.
    let mut noise = 88_172_645_463_325_252_u64;
    let body: Vec<u8> = (0..20 << 20)
        .map(|place: u32| {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            if place < 2 << 20 { noise as u8 } else { (place / 1_000) as u8 }
        })
        .collect();
    let sending = Sending { body, ..Sending::to(HAZARDS) };
    let Outcome::Applied(applied) = sending.apply(store, areas()).unwrap() else { unreachable!() };
    let mut bytes = Vec::new();
    store.submission_body("KH", applied.submission, &mut bytes).unwrap();
    assert!(bytes == sending.body, "the body came back changed");
    assert_eq!(database.count("submission_bodies WHERE encoding = 'identity'"), 2);
    assert_eq!(database.count("submission_bodies"), 20);
}

fn a_source_that_fails_leaves_nothing_behind(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let sending = Sending::to(HAZARDS);
    let records = areas().into_iter().map(Ok).chain([Err("the disk broke")]);
    let mut body = sending.body.as_slice();
    let failed = store.submission_apply(
        &by("field team"),
        sending.draft(&mut body),
        records,
        &|_| json!({}),
    );
    assert!(matches!(failed, Err(StoreError::Source(_))), "{failed:?}");

    let mut short = &sending.body[1..];
    let draft = sending.draft(&mut short);
    let records = areas().into_iter().map(Ok::<_, &str>);
    let failed = store.submission_apply(&by("field team"), draft, records, &|_| json!({}));
    assert!(matches!(failed, Err(StoreError::Source(_))), "{failed:?}");
    for table in ["submissions", "submission_bodies", "records", "record_versions", "parcels"] {
        assert_eq!(database.count(table), 0, "{table}");
    }
    assert_eq!(store.programme("KH").unwrap().revision, 1);
}

fn submissions_are_listed_newest_first(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    for _ in 0..3 {
        Sending::to(HAZARDS).apply(store, areas()).unwrap();
    }
    let page = store.submissions("KH", None, 2).unwrap();
    assert_eq!(page.iter().map(|s| s.revision).collect::<Vec<_>>(), [Some(4), Some(3)]);
    let rest = store.submissions("KH", Some(page[1].id), 2).unwrap();
    assert_eq!(rest.iter().map(|s| s.revision).collect::<Vec<_>>(), [Some(2)]);
}
