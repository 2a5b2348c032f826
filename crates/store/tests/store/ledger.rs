//! The stored land ledger: small scenes, each with what it must come to.

use std::collections::BTreeMap;

use geometry::GridArea;
use store::{DifferenceKind, Item, Store, Withdrawal};
use survey::{LandChange, Outcome, Parcel, RecordId};

use crate::builders::{
    HAZARDS, REGIONS, RELEASES, add_kh, apply, by, day, hazard, identified, rectangle, region,
    release, unlocated_hazard, with,
};
use crate::databases::{TestDatabase, on_both};

on_both!(
    touching_records_are_one_cluster,
    a_change_of_regions_cuts_everything_anew,
    a_redrawn_area_leaves_an_adjustment,
    an_area_whose_place_is_lost_keeps_its_land,
    a_withdrawn_release_gives_the_land_back,
    a_corrected_release_counts_with_its_latest_version_only,
    regions_divided_anew_split_the_same_land_by_either_edition,
    regions_that_share_land_are_told_and_count_once,
    a_cluster_falls_apart_when_its_bridge_goes,
    a_damaged_ledger_is_noticed_and_rebuilt,
    a_giant_cluster_is_reported_and_goes_on_working,
    an_unlocated_area_takes_no_part,
);

fn clusters(store: &Store) -> BTreeMap<RecordId, Vec<Parcel>> {
    let mut clusters = BTreeMap::new();
    store
        .load("KH", &mut |item| {
            if let Item::Cluster(cluster) = item {
                clusters.insert(cluster.id, cluster.parcels);
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(store.ledger_check("KH", &mut |_| ()).unwrap(), []);
    clusters
}

/// Area of the parcels on which the last thing that happened is of this kind.
fn standing(store: &Store, is: fn(LandChange) -> bool) -> GridArea {
    clusters(store)
        .values()
        .flatten()
        .filter(|parcel| parcel.timeline.last().is_some_and(|entry| is(entry.change)))
        .map(|parcel| parcel.area)
        .sum()
}

fn is_hazardous(change: LandChange) -> bool {
    matches!(change, LandChange::Identified { .. } | LandChange::Reclassified { .. })
}

fn is_cleared(change: LandChange) -> bool {
    matches!(change, LandChange::Released { outcome: Outcome::Cleared })
}

fn area_of(polygon: &geometry::HazardPolygon) -> GridArea {
    polygon.to_grid().area()
}

fn touching_records_are_one_cluster(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    apply(
        store,
        HAZARDS,
        vec![
            identified(hazard("HA-1", "2015-01-01", rectangle([0.0, 0.0], [2.0, 2.0])), 1),
            identified(hazard("HA-2", "2015-01-01", rectangle([9.0, 0.0], [2.0, 2.0])), 2),
        ],
    );
    assert_eq!(clusters(store).keys().copied().collect::<Vec<_>>(), [1.into(), 2.into()]);
    let bridge = release("LR-1", "2018-01-01", rectangle([1.0, 0.0], [9.0, 1.0]));
    let applied = apply(store, RELEASES, vec![identified(bridge, 3)]);
    assert_eq!((applied.ledger.clusters, applied.ledger.clusters_gone), (1, 1));
    let merged = clusters(store);
    assert_eq!(merged.keys().copied().collect::<Vec<_>>(), [1.into()]);
    // Two rests, two cleared pieces with different causes, one piece outside.
    assert_eq!(merged[&1.into()].len(), 5);
}

fn a_change_of_regions_cuts_everything_anew(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-01-01", area.clone())]);
    let west = rectangle([-9.0, -9.0], [10.0, 20.0]);
    apply(store, REGIONS, vec![identified(region("West", west.clone()), 71)]);
    let parcels: Vec<Parcel> = clusters(store).into_values().flatten().collect();
    let regions: Vec<_> = parcels.iter().map(|parcel| parcel.region).collect();
    assert!(regions.contains(&Some(71.into())) && regions.contains(&None), "{regions:?}");
    let total: GridArea = parcels.iter().map(|parcel| parcel.area).sum();
    assert_eq!(total, area_of(&area));

    // What comes later is cut by the same regions, also by a store opened anew.
    let east = rectangle([1.0, -9.0], [9.0, 20.0]);
    apply(store, REGIONS, vec![identified(region("East", east), 72)]);
    apply(store, HAZARDS, vec![hazard("HA-2", "2015-01-01", rectangle([0.0, 9.0], [4.0, 1.0]))]);
    let outside =
        clusters(store).values().flatten().filter(|parcel| parcel.region.is_none()).count();
    assert_eq!(outside, 0);
    let reopened = Store::open(&database.location, &store::OpenOptions::default()).unwrap();
    apply(
        &reopened,
        HAZARDS,
        vec![hazard("HA-3", "2015-01-01", rectangle([0.0, 8.0], [4.0, 1.0]))],
    );
    clusters(&reopened);
}

fn a_redrawn_area_leaves_an_adjustment(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let (first, second) = (rectangle([0.0, 0.0], [4.0, 4.0]), rectangle([0.0, 0.0], [3.0, 4.0]));
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-01-01", first.clone())]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2017-05-05", second.clone())]);
    // The northern edges are geodesics of different lengths, so not to the last unit.
    let near = |area: GridArea, m2: f64| assert!((area.m2() - m2).abs() < 0.5, "{area:?}, {m2}");
    let left = standing(store, |change| change == LandChange::Adjusted);
    near(left, first.area_m2() - second.area_m2());
    assert_eq!(standing(store, is_hazardous), area_of(&second));
}

fn an_area_whose_place_is_lost_keeps_its_land(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-01-01", area.clone())]);
    apply(store, HAZARDS, vec![unlocated_hazard("HA-1", "2016-01-01")]);
    assert_eq!(standing(store, is_hazardous), area_of(&area));
}

fn a_withdrawn_release_gives_the_land_back(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-01-01", area.clone())]);
    apply(store, RELEASES, vec![identified(release("LR-1", "2018-01-01", area.clone()), 5)]);
    assert_eq!(standing(store, is_cleared), area_of(&area));
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: RELEASES,
        id: 5.into(),
        expected_version: 1,
        effective_on: day("2019-01-01"),
        reason: "failed its quality control",
    };
    store.record_withdraw(&by("reviewer"), &withdrawal).unwrap();
    assert_eq!(standing(store, is_hazardous), area_of(&area));
    assert_eq!(standing(store, is_cleared), GridArea::ZERO);
}

//   ┌────────HA-1────────┐   LR-1 v1 cleared all of it, the surveyor's map was upside down;
//   │▒▒▒▒▒▒▒│            │   LR-1 v2 cleared ▒ only
//   └────────────────────┘
fn a_corrected_release_counts_with_its_latest_version_only(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let (all, part) = (rectangle([0.0, 0.0], [4.0, 4.0]), rectangle([0.0, 0.0], [1.0, 4.0]));
    apply(store, HAZARDS, vec![hazard("HA-1", "2015-01-01", all.clone())]);
    apply(store, RELEASES, vec![release("LR-1", "2018-01-01", all.clone())]);
    assert_eq!(standing(store, is_hazardous), GridArea::ZERO);
    apply(store, RELEASES, vec![release("LR-1", "2018-01-01", part.clone())]);
    // Edges are divided along geodesics, so that part of an edge is not cut as the whole is.
    let is_close = |a: GridArea, b: GridArea| (a - b).abs().m2() < 1.0;
    assert!(is_close(standing(store, is_cleared), area_of(&part)));
    assert!(is_close(standing(store, is_hazardous), area_of(&all) - area_of(&part)));
}

/// A region of one level with a boundary that is valid for a time.
fn bounded(
    local_id: &str,
    [west, east]: [f64; 2],
    valid: [Option<&str>; 2],
) -> survey::PreparedRecord {
    let mut record = region(local_id, rectangle([west, -9.0], [east - west, 30.0]));
    for (name, day_of) in ["valid_from", "valid_to"].into_iter().zip(valid) {
        if let Some(on) = day_of {
            record = with(record, name, on.into());
        }
    }
    if let [Some(from), _] = valid {
        record.effective_on = day(from);
    }
    record
}

//   until 2013-12-30  │      Kampong Cham       │
//   from 2013-12-31   │ Kampong Cham │  Tboung  │
//   hazardous area          ┌────────────┐
fn regions_divided_anew_split_the_same_land_by_either_edition(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![identified(hazard("HA-1", "2010-01-01", area.clone()), 1)]);
    let old = identified(bounded("KC", [-9.0, 9.0], [None, None]), 71);
    apply(store, REGIONS, vec![old]);
    assert!(clusters(store).values().flatten().all(|parcel| parcel.earlier_regions.is_empty()));

    let split = "2013-12-31";
    let applied = apply(
        store,
        REGIONS,
        vec![
            identified(bounded("KC", [-9.0, 1.0], [Some(split), None]), 71),
            identified(bounded("TK", [1.0, 9.0], [Some(split), None]), 72),
        ],
    );
    assert_eq!(applied.ledger.region_overlaps, []);
    let parcels: Vec<Parcel> = clusters(store).into_values().flatten().collect();
    let by_edition = |region: fn(&Parcel) -> Option<RecordId>| {
        let mut areas: BTreeMap<Option<RecordId>, GridArea> = BTreeMap::new();
        for parcel in &parcels {
            *areas.entry(region(parcel)).or_default() += parcel.area;
        }
        areas
    };
    let now = by_edition(|parcel| parcel.region);
    assert_eq!(now.keys().copied().collect::<Vec<_>>(), [Some(71.into()), Some(72.into())]);
    let before = by_edition(|parcel| {
        parcel.earlier_regions.first().map_or(parcel.region, |span| span.region)
    });
    assert_eq!(before, BTreeMap::from([(Some(71.into()), area_of(&area))]));
    assert_eq!(now.values().copied().sum::<GridArea>(), area_of(&area));
    let until: Vec<_> = parcels.iter().flat_map(|parcel| &parcel.earlier_regions).collect();
    assert!(until.iter().all(|span| span.until == day("2013-12-30")) && until.len() == 1);
}

fn regions_that_share_land_are_told_and_count_once(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2010-01-01", area.clone())]);
    let wide = vec![
        bounded("A", [-9.0, 2.0], [None, None]),
        bounded("B", [1.0, 9.0], [None, None]),
        // Valid after the others only in part: the day before is shared too.
        bounded("C", [1.0, 9.0], [Some("2020-01-01"), None]),
    ];
    let applied = apply(store, REGIONS, wide);
    let told: Vec<(&str, &str)> = applied
        .ledger
        .region_overlaps
        .iter()
        .map(|pair| (pair.counted_in.as_str(), pair.not_in.as_str()))
        .collect();
    assert_eq!(told, [("B", "C"), ("A", "B"), ("A", "C")]);
    assert_eq!(store.ledger_burdens("KH").unwrap(), (vec![], applied.ledger.region_overlaps));
    let parcels: Vec<Parcel> = clusters(store).into_values().flatten().collect();
    assert_eq!(parcels.iter().map(|parcel| parcel.area).sum::<GridArea>(), area_of(&area));
}

fn a_cluster_falls_apart_when_its_bridge_goes(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    apply(
        store,
        HAZARDS,
        vec![
            identified(hazard("HA-1", "2015-01-01", rectangle([0.0, 0.0], [2.0, 2.0])), 11),
            identified(hazard("HA-2", "2015-01-01", rectangle([9.0, 0.0], [2.0, 2.0])), 12),
        ],
    );
    // The least id is the bridge's, so both halves get other names afterwards.
    let bridge = release("LR-1", "2018-01-01", rectangle([1.0, 0.0], [9.0, 1.0]));
    apply(store, RELEASES, vec![identified(bridge, 5)]);
    assert_eq!(clusters(store).keys().copied().collect::<Vec<_>>(), [5.into()]);
    let withdrawal = Withdrawal {
        programme: "KH",
        collection: RELEASES,
        id: 5.into(),
        expected_version: 1,
        effective_on: day("2019-01-01"),
        reason: "failed its quality control",
    };
    let written = store.record_withdraw(&by("reviewer"), &withdrawal).unwrap();
    assert_eq!((written.ledger.clusters, written.ledger.clusters_gone), (2, 1));
    assert_eq!(clusters(store).keys().copied().collect::<Vec<_>>(), [11.into(), 12.into()]);
}

fn a_damaged_ledger_is_noticed_and_rebuilt(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let areas = (0..5_u8).map(|number| {
        let place = rectangle([f64::from(number) * 3.0, 0.0], [2.0, 2.0]);
        identified(hazard(&format!("HA-{number}"), "2015-01-01", place), 1 + u128::from(number))
    });
    apply(store, HAZARDS, areas.collect());
    let blob = |number: u8| match database.location {
        store::Location::Sqlite(_) => format!("x'{number:032x}'"),
        store::Location::Postgres(_) => format!("'{number:032x}'"),
    };
    let (one, two, three, four) = (blob(1), blob(2), blob(3), blob(4));
    database
        .execute(&format!(
            "UPDATE parcels SET area_m2 = area_m2 + 1, doubled_area = doubled_area + 2 \
                 WHERE cluster_id = {one}; \
             DELETE FROM parcels WHERE cluster_id = {two}; \
             UPDATE ledger_records SET min_x = min_x - 1 WHERE record_id = {three}; \
             DELETE FROM ledger_records WHERE record_id = {four};"
        ))
        .unwrap();
    let differences = store.ledger_check("KH", &mut |_| ()).unwrap();
    let told: Vec<_> =
        differences.iter().map(|difference| (difference.cluster, difference.what)).collect();
    assert_eq!(
        told,
        [
            (1.into(), DifferenceKind::Parcels),
            (2.into(), DifferenceKind::Parcels),
            (3.into(), DifferenceKind::Records),
            (4.into(), DifferenceKind::Missing),
        ]
    );
    let mut last = None;
    let (revision, change) =
        store.ledger_rebuild(&by("doctor"), "KH", &mut |progress| last = Some(progress)).unwrap();
    assert_eq!((revision, change.clusters, change.parcels), (3, 5, 5));
    assert_eq!(last.unwrap().clusters, 5);
    assert_eq!(clusters(store).len(), 5);
}

fn a_giant_cluster_is_reported_and_goes_on_working(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let belt = (0..1_000).map(|number| {
        let (row, column) = (f64::from(number / 50), f64::from(number % 50));
        hazard(&format!("HA-{number}"), "2015-01-01", rectangle([column, row], [1.2, 1.2]))
    });
    let applied = apply(store, HAZARDS, belt.collect());
    let giants = &applied.ledger.giant_clusters;
    assert_eq!(giants.iter().map(|giant| giant.records).collect::<Vec<_>>(), [1_000]);
    assert_eq!(store.ledger_burdens("KH").unwrap().0, *giants);
    let one = apply(
        store,
        RELEASES,
        vec![release("LR-1", "2018-01-01", rectangle([9.0, 9.0], [1.0, 1.0]))],
    );
    assert_eq!(one.ledger.giant_clusters[0].records, 1_001);
    assert_eq!(standing(store, is_cleared), area_of(&rectangle([9.0, 9.0], [1.0, 1.0])));
}

fn an_unlocated_area_takes_no_part(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let applied = apply(store, HAZARDS, vec![unlocated_hazard("HA-1", "2016-01-01")]);
    assert_eq!((applied.created, applied.ledger.parcels), (1, 0));
    assert!(clusters(store).is_empty());
    // Once it is found it does.
    let area = rectangle([0.0, 0.0], [4.0, 4.0]);
    apply(store, HAZARDS, vec![hazard("HA-1", "2016-01-01", area.clone())]);
    assert_eq!(standing(store, is_hazardous), area_of(&area));
}
