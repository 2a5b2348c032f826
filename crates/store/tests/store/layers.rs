//! Layers, and their records among all others.

use store::{Item, StoreError, Withdrawal};
use survey::Programme;
use survey::layer::{LayerError, Layers};

use crate::builders::{
    SETTLEMENTS, Sending, add_kh, apply, by, day, settlement, settlements, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    records_of_a_layer_have_versions_and_no_land,
    the_same_file_sent_on_another_day_makes_no_versions,
    a_layer_with_records_is_neither_narrowed_nor_taken_away,
    a_layer_is_of_one_programme,
    a_definition_that_cannot_be_taken_changes_nothing,
);

fn layers(database: &TestDatabase, programme: &str) -> Layers {
    database.store.programme(programme).unwrap().programme.layers
}

fn records_of_a_layer_have_versions_and_no_land(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    store.layer_set(&by("manager"), "KH", &settlements()).unwrap();
    let bavel = settlement("S-1", "2026-01-31", "Bavel");
    let applied = apply(store, SETTLEMENTS, vec![bavel.clone()]);
    assert_eq!((applied.created, applied.ledger.clusters), (1, 0));
    let applied = apply(store, SETTLEMENTS, vec![with(bavel, "name", "Old Bavel".into())]);
    assert_eq!((applied.updated, applied.revision), (1, 4));

    let mut found = Vec::new();
    store
        .load("KH", &mut |item| {
            match item {
                Item::Programme(programme) => assert!(!programme.layers.is_empty()),
                Item::Record(record) => found.push(*record),
                Item::Cluster(_) => panic!("a layer has land in the ledger"),
            }
            Ok(())
        })
        .unwrap();
    let versions = store.versions("KH", SETTLEMENTS, found[0].id).unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].record.properties["name"], "Bavel");
    let unknown = with(settlement("S-2", "2026-01-31", "x"), "roof", "tin".into());
    let refused = Sending::to(SETTLEMENTS).apply(store, vec![unknown]);
    assert!(matches!(refused, Err(StoreError::Unstorable { .. })), "{refused:?}");
}

fn the_same_file_sent_on_another_day_makes_no_versions(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    store.layer_set(&by("manager"), "KH", &settlements()).unwrap();
    apply(store, SETTLEMENTS, vec![settlement("S-1", "2026-01-31", "Bavel")]);
    let again = apply(store, SETTLEMENTS, vec![settlement("S-1", "2026-03-31", "Bavel")]);
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 1));
}

fn a_layer_with_records_is_neither_narrowed_nor_taken_away(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let manager = by("manager");
    store.layer_set(&manager, "KH", &settlements()).unwrap();
    apply(store, SETTLEMENTS, vec![settlement("S-1", "2026-01-31", "Bavel")]);
    let mut narrower = settlements();
    narrower.properties.clear();
    let refused = store.layer_set(&manager, "KH", &narrower);
    assert!(matches!(refused, Err(StoreError::Layer(LayerError::Incompatible(_)))), "{refused:?}");
    let refused = store.layer_remove(&manager, "KH", SETTLEMENTS);
    let in_use = StoreError::Layer(LayerError::InUse { name: SETTLEMENTS.into(), records: 1 });
    assert_eq!(refused.unwrap_err().to_string(), in_use.to_string());

    let mut found = None;
    store
        .load("KH", &mut |item| {
            if let Item::Record(record) = item {
                found = Some(record.id);
            }
            Ok(())
        })
        .unwrap();
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: SETTLEMENTS,
        id: found.unwrap(),
        expected_version: 1,
        effective_on: day("2026-01-31"),
        reason: "moved",
    };
    store.record_withdraw(&manager, &withdrawal).unwrap();
    store.layer_remove(&manager, "KH", SETTLEMENTS).unwrap();
    let retired = layers(database, "KH").collection(SETTLEMENTS).unwrap();
    assert!(retired.layer().unwrap().retired, "its history stays readable");
    let nowhere = Sending::to(SETTLEMENTS).apply(store, vec![settlement("S-2", "2026-01-31", "x")]);
    assert!(matches!(nowhere, Err(StoreError::NotFound { kind: "collection", .. })));
}

fn a_layer_is_of_one_programme(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    store.programme_add(&by("setup"), &Programme::new("UA", "Ukraine")).unwrap();
    store.layer_set(&by("manager"), "KH", &settlements()).unwrap();
    assert!(layers(database, "UA").is_empty());
    let sending = Sending { programme: "UA", ..Sending::to(SETTLEMENTS) };
    let refused = sending.apply(store, vec![settlement("S-1", "2026-01-31", "Bavel")]);
    assert!(matches!(refused, Err(StoreError::NotFound { kind: "collection", .. })));
}

fn a_definition_that_cannot_be_taken_changes_nothing(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let mut shadowing = settlements();
    "regions".clone_into(&mut shadowing.name);
    let refused = store.layer_set(&by("manager"), "KH", &shadowing);
    assert!(matches!(refused, Err(StoreError::Layer(LayerError::Invalid(_)))), "{refused:?}");
    let unknown = store.layer_remove(&by("manager"), "KH", SETTLEMENTS);
    assert!(matches!(unknown, Err(StoreError::Layer(LayerError::Unknown(_)))), "{unknown:?}");
    assert_eq!(store.changes("KH", 0, 10).unwrap().len(), 1);
}
