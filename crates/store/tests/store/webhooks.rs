//! How far each webhook was told.

use chrono::{DateTime, TimeDelta, Utc};
use store::{AttemptOutcome, NewWebhook, Store, StoreError, StoredWebhook, WebhookStatus};

use crate::builders::{
    HAZARDS, add_kh, apply, attempt, by, hazard, noon, rectangle, webhook as add,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    a_webhook_is_told_of_what_follows_it,
    one_server_at_a_time_sends_a_message,
    a_message_once_begun_stays_the_same,
    the_last_tries_are_kept_and_the_others_go,
    what_is_gone_or_too_much_is_refused,
);

fn minutes(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn due(store: &Store, at: DateTime<Utc>) -> Vec<StoredWebhook> {
    store.webhooks_due(at).unwrap()
}

fn a_webhook_is_told_of_what_follows_it(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let id = add(store);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0]))]);
    let [webhook] = due(store, noon()).try_into().unwrap();
    assert_eq!((webhook.id, webhook.told, webhook.status), (id, 1, WebhookStatus::Active));
    assert!(store.webhook_claim(&webhook, 2, (noon(), minutes(1))).unwrap());
    store.webhook_settle(&webhook, &attempt(1), AttemptOutcome::Told(2)).unwrap();
    let (told, attempts) = store.webhook("KH", id).unwrap();
    assert_eq!((told.told, told.pending, told.failures), (2, None, 0));
    assert_eq!(attempts, [attempt(1)]);
    store.webhook_pause(&by("manager"), "KH", id).unwrap();
    assert!(due(store, minutes(60)).is_empty());
}

fn one_server_at_a_time_sends_a_message(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    add(store);
    let [webhook] = due(store, noon()).try_into().unwrap();
    assert!(store.webhook_claim(&webhook, 2, (noon(), minutes(1))).unwrap());
    assert!(!store.webhook_claim(&webhook, 2, (noon(), minutes(1))).unwrap());
    assert!(due(store, noon()).is_empty());
    // The first has died; the second takes over.
    assert_eq!(due(store, minutes(2)).len(), 1);
    assert!(store.webhook_claim(&webhook, 2, (minutes(2), minutes(3))).unwrap());
}

fn a_message_once_begun_stays_the_same(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let id = add(store);
    let [webhook] = due(store, noon()).try_into().unwrap();
    assert!(store.webhook_claim(&webhook, 2, (noon(), minutes(1))).unwrap());
    store.webhook_settle(&webhook, &attempt(1), AttemptOutcome::Again(minutes(5))).unwrap();
    assert!(due(store, minutes(4)).is_empty());
    let [again] = due(store, minutes(5)).try_into().unwrap();
    assert_eq!((again.told, again.pending, again.failures), (1, Some(2), 1));
    assert_eq!(again.failing_since, Some(attempt(1).at));
    assert!(!store.webhook_claim(&again, 3, (minutes(5), minutes(6))).unwrap());
    store.webhook_skip(&again, 3).unwrap();
    assert_eq!(store.webhook("KH", id).unwrap().0.told, 1);
    assert!(store.webhook_claim(&again, 2, (minutes(5), minutes(6))).unwrap());
}

fn the_last_tries_are_kept_and_the_others_go(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let id = add(store);
    for number in 1..=30 {
        store.webhook_test(&by("manager"), ("KH", id), &attempt(number)).unwrap();
    }
    let (_, attempts) = store.webhook("KH", id).unwrap();
    let numbers: Vec<u64> = attempts.iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(numbers, (11..=30).rev().collect::<Vec<_>>());
    store.webhook_remove(&by("manager"), "KH", id).unwrap();
    assert_eq!(database.count("webhook_deliveries"), 0);
}

fn what_is_gone_or_too_much_is_refused(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let id = add(store);
    let [webhook] = due(store, noon()).try_into().unwrap();
    store.webhook_remove(&by("manager"), "KH", id).unwrap();
    assert!(matches!(store.webhook("KH", id), Err(StoreError::NotFound { kind: "webhook", .. })));
    assert!(store.webhook_pause(&by("manager"), "KH", id).is_err());
    assert!(!store.webhook_claim(&webhook, 2, (noon(), minutes(1))).unwrap());
    // What was under way when it was removed leaves nothing behind.
    store.webhook_settle(&webhook, &attempt(1), AttemptOutcome::Told(2)).unwrap();
    let ahead = NewWebhook {
        programme: "KH",
        address: "https://example.org/",
        collections: &[],
        bbox: None,
        secret: "whsec_",
        since: Some(9),
    };
    let refused = store.webhook_add(&by("manager"), &ahead);
    assert!(matches!(refused, Err(StoreError::NotFound { kind: "revision", .. })), "{refused:?}");
    (0..20).for_each(|_| {
        add(store);
    });
    let refused = store.webhook_add(&by("manager"), &NewWebhook { since: None, ..ahead });
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
}
