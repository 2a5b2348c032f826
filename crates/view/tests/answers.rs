//! What a view answers, case by case.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use geometry::Bbox;
use serde_json::json;
use support::{Where, at, day, parcel, record, with};
use survey::balance::BalanceQuery;
use survey::progress::{GroupKey, ProgressQuery};
use survey::{Known, RecordId, StoredRecord, VersionState};
use view::{ApplyError, Changes, ItemsQuery, Loaded, ParcelFacts, Place, ProgrammeView};

const HAZARDS: &str = "hazardous-areas";

fn view(records: Vec<StoredRecord>, parcels: Vec<ParcelFacts>) -> ProgrammeView {
    let view = ProgrammeView::new();
    view.replace(Loaded::of(1, records, parcels).unwrap());
    view
}

fn changes(after: u64, records: Vec<StoredRecord>) -> Changes {
    Changes { after, revision: after + 1, records, ..Changes::default() }
}

fn ids(answers: &[view::HazardAnswer]) -> Vec<u128> {
    answers.iter().map(|answer| answer.record.id.uuid().as_u128()).collect()
}

fn square(west: f64, size: f64) -> Where {
    Where::Square { west, south: 13.0, size }
}

fn withdrawn(record: StoredRecord) -> StoredRecord {
    StoredRecord { state: VersionState::Withdrawn, version: record.version + 1, ..record }
}

#[test]
fn a_position_on_a_boundary_is_inside() {
    let view = view(
        vec![
            record(HAZARDS, 2, 1, square(103.0, 0.1)),
            record(HAZARDS, 1, 1, square(103.1, 0.1)),
            record(HAZARDS, 3, 1, square(104.0, 0.1)),
        ],
        vec![],
    );
    let answers = view.snapshot().hazardous_at(at(103.1, 13.05));
    assert_eq!(ids(&answers), [1, 2]);
    assert!(answers.iter().all(|answer| answer.located && answer.distance_m.is_none()));
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.2))), [0; 0]);
}

#[test]
fn an_unlocated_area_answers_with_its_caution_area_and_says_so() {
    let caution = Where::Caution { west: 103.0, south: 13.0, size: 0.1 };
    let view = view(vec![record(HAZARDS, 1, 1, caution)], vec![]);
    let snapshot = view.snapshot();
    let answers = snapshot.hazardous_at(at(103.05, 13.05));
    assert_eq!(ids(&answers), [1]);
    assert!(!answers[0].located);
    assert!(matches!(answers[0].record.place, Place::Caution(_)));
    let bbox = Bbox::new(103.05, 13.05, 104.0, 14.0).unwrap();
    assert_eq!(ids(&snapshot.hazardous_in(&bbox)), [1]);
    assert_eq!(ids(&snapshot.hazardous_within(at(103.11, 13.05), 2_000.0)), [1]);
}

#[test]
fn areas_are_found_by_true_distance_nearest_first() {
    let view = view(
        vec![
            record(HAZARDS, 1, 1, square(103.4, 0.1)),
            record(HAZARDS, 2, 1, square(103.2, 0.1)),
            record(HAZARDS, 3, 1, square(103.0, 0.1)),
        ],
        vec![],
    );
    let answers = view.snapshot().hazardous_within(at(103.05, 13.05), 17_000.0);
    assert_eq!(ids(&answers), [3, 2]);
    let metres: Vec<f64> = answers.iter().map(|answer| answer.distance_m.unwrap()).collect();
    let expected = at(103.05, 13.05).distance_m(at(103.2, 13.05));
    assert!(metres[0].abs() < 1e-9 && (metres[1] - expected).abs() < 1.0, "{metres:?} {expected}");
}

#[test]
fn areas_that_claim_nothing_do_not_answer_and_closed_ones_say_so() {
    let here = square(103.0, 0.1);
    let closed = |reason: &str, id| {
        let closed = with(record(HAZARDS, id, 1, here), "status", json!("closed"));
        with(closed, "closure_reason", json!(reason))
    };
    let claims = |record: StoredRecord| {
        let view = view(vec![record], vec![]);
        let answers = view.snapshot().hazardous_at(at(103.05, 13.05));
        answers.first().map(|answer| answer.closed)
    };
    assert_eq!(claims(record(HAZARDS, 1, 1, here)), Some(false));
    assert_eq!(claims(closed("cleared", 1)), Some(true));
    assert_eq!(claims(closed("error", 1)), None);
}

#[test]
fn records_without_a_place_match_every_box() {
    let view = view(
        vec![
            record("activities", 1, 1, Where::Point { lon: 103.0, lat: 13.0 }),
            record("activities", 2, 1, Where::Nowhere),
            record("activities", 3, 1, Where::Point { lon: 104.0, lat: 13.0 }),
            record("activities", 4, 1, square(103.0, 0.1)),
        ],
        vec![],
    );
    let snapshot = view.snapshot();
    let found = |bbox: Bbox| -> Vec<u128> {
        let query = ItemsQuery { bbox: Some(bbox), limit: 10, ..ItemsQuery::default() };
        let page = snapshot.items(survey::collection("activities").unwrap(), &query);
        assert_eq!(page.next, None);
        page.items.iter().map(|record| record.id.uuid().as_u128()).collect()
    };
    assert_eq!(found(Bbox::new(102.0, 12.0, 103.0, 13.0).unwrap()), [1, 2, 4]);
    assert_eq!(found(Bbox::new(-10.0, 12.0, 10.0, 13.0).unwrap()), [2]);
    assert_eq!(snapshot.counts().iter().map(|count| count.nowhere).sum::<usize>(), 1);
}

#[test]
fn a_record_is_found_by_id_and_by_the_name_people_use() {
    let view = view(vec![record(HAZARDS, 7, 1, square(103.0, 0.1))], vec![]);
    let snapshot = view.snapshot();
    for name in [RecordId::from(7).to_string(), "H-7".to_owned(), " h-7 ".to_owned()] {
        assert_eq!(snapshot.item(HAZARDS, &name).unwrap().id, RecordId::from(7), "{name}");
    }
    assert_eq!(snapshot.item("regions", "H-7"), None);
    assert_eq!(snapshot.item("nothing", "H-7"), None);
    assert!(snapshot.exists(HAZARDS, "h-7") && !snapshot.exists(HAZARDS, "h-8"));
    let record = snapshot.item(HAZARDS, "H-7").unwrap();
    assert_eq!(record.properties().unwrap()["classification"], "suspected");
}

#[test]
fn a_withdrawn_record_answers_no_question_and_its_part_in_the_figures_stays() {
    let hazard = with(record(HAZARDS, 1, 1, square(103.0, 0.1)), "organisation", json!("CMAC"));
    let view = view(vec![hazard.clone()], vec![parcel(1, None, 1 << 40, 1, None)]);
    let query = ProgressQuery { group_by: vec![GroupKey::Organisation], ..Default::default() };
    let identified = |view: &ProgrammeView| {
        let progress = view.snapshot().progress(&query).unwrap();
        (
            progress.rows[0].keys[0].clone(),
            progress.total.identified,
            progress.total.hazardous_areas,
        )
    };
    let before = identified(&view);
    assert_eq!(before.0.as_deref(), Some("CMAC"));
    let mut gone = changes(1, vec![withdrawn(hazard.clone())]);
    gone.parcels = vec![parcel(1, None, 1 << 40, 1, None)];
    view.apply(gone).unwrap();
    let withdrawn = view.snapshot().item(HAZARDS, "H-1").unwrap();
    assert_eq!(withdrawn.state, VersionState::Withdrawn, "told by name, as withdrawn");
    assert_eq!(view.snapshot().count(HAZARDS), 0);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.05))), [0; 0]);
    assert_eq!(identified(&view), before);
    let mut back = changes(2, vec![StoredRecord { version: 3, ..hazard }]);
    back.parcels = vec![parcel(1, None, 1 << 40, 1, None)];
    view.apply(back).unwrap();
    assert_eq!(identified(&view), before);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.05))), [1]);
}

#[test]
fn figures_of_a_region_are_those_of_all_its_parts() {
    let regions = vec![
        record("regions", 1, 1, square(100.0, 1.0)),
        with(record("regions", 2, 1, square(100.0, 0.5)), "parent", json!("r-1")),
        with(record("regions", 3, 1, square(100.0, 0.1)), "parent", json!("R-2")),
        record("regions", 4, 1, square(101.0, 0.1)),
    ];
    let mut records = regions;
    records.push(record(HAZARDS, 10, 1, square(100.0, 0.1)));
    let part = |cluster, region, area| parcel(cluster, region, area, 10, None);
    let parcels =
        vec![part(1, Some(3), 8), part(2, Some(2), 16), part(3, Some(4), 32), part(4, None, 64)];
    let view = view(records, parcels);
    let snapshot = view.snapshot();
    let identified = |region: Option<&str>| {
        let query = ProgressQuery { region: region.map(str::to_owned), ..Default::default() };
        snapshot.progress(&query).map(|progress| progress.total.identified.doubled())
    };
    assert_eq!(identified(None), Ok(120));
    assert_eq!(identified(Some("R-1")), Ok(24));
    assert_eq!(identified(Some(" r-2")), Ok(24));
    assert_eq!(identified(Some("R-3")), Ok(8));
    assert_eq!(identified(Some("R-4")), Ok(32));
    assert!(identified(Some("R-5")).is_err());
    assert_eq!(&*snapshot.regions().by_local_id("r-3").unwrap().name, "Region 3");
}

//   until 2013  │   Kampong Cham: R-1   │
//   since 2014  │  R-1  │  Tboung: R-2  │
#[test]
fn the_same_land_is_split_by_the_regions_of_the_day_that_is_asked_for() {
    let records = vec![
        record("regions", 1, 1, square(100.0, 1.0)),
        record("regions", 2, 1, square(100.5, 0.5)),
        record(HAZARDS, 10, 1, square(100.0, 0.1)),
    ];
    let moved = || {
        let span = survey::RegionSpan { until: day(2013), region: Some(RecordId::from(1)) };
        ParcelFacts { earlier_regions: vec![span], ..parcel(1, Some(2), 16, 10, None) }
    };
    let view = view(records, vec![parcel(1, Some(1), 8, 10, None), moved()]);
    let identified = |region: &str, regions_on| {
        let query = ProgressQuery { region: Some(region.into()), regions_on, ..Default::default() };
        view.snapshot().progress(&query).unwrap().total.identified.doubled()
    };
    let balanced = |region: &str, regions_on| {
        let figures = ProgressQuery {
            region: Some(region.into()),
            regions_on,
            group_by: vec![GroupKey::Region],
            ..Default::default()
        };
        let balance = view.snapshot().balance(&BalanceQuery { figures, level: None }).unwrap();
        let total = balance.figures.total;
        (total.identified.doubled(), total.areas.unwrap().open_at_closing)
    };
    let check = || {
        assert_eq!(balanced("R-1", None), (8, 1));
        assert_eq!(balanced("R-1", Some(day(2013))), (24, 1));
        assert_eq!(balanced("R-2", Some(day(2013))), (0, 0));
        for latest in [None, Some(day(2014)), Some(day(2030))] {
            assert_eq!((identified("R-1", latest), identified("R-2", latest)), (8, 16));
        }
        for before in [Some(day(2013)), Some(day(1990))] {
            assert_eq!((identified("R-1", before), identified("R-2", before)), (24, 0));
        }
    };
    check();
    // The same after the parcels are replaced.
    let mut next = changes(1, vec![record(HAZARDS, 10, 2, square(100.0, 0.1))]);
    next.parcels = vec![moved(), parcel(1, Some(1), 8, 10, None)];
    view.apply(next).unwrap();
    check();
}

#[test]
fn an_area_tells_how_far_it_has_come_and_answers_until_its_land_has_gone_to_others() {
    let merged = json!({
        "classification": "suspected", "identified_on": "2019-03-04", "status": "closed",
        "closure_reason": "merged", "continued_in": ["H-2"], "local_id": "H-1",
    });
    let mut area = record(HAZARDS, 1, 1, square(103.0, 0.1));
    area.properties = merged.as_object().unwrap().clone();
    let other = record(HAZARDS, 2, 1, square(104.0, 0.1));
    let view = view(vec![area.clone(), other], vec![parcel(1, None, 1 << 40, 1, None)]);
    let stage_of = |name: &str| {
        let snapshot = view.snapshot();
        snapshot.lifecycle(&snapshot.item(HAZARDS, name).unwrap()).unwrap()
    };
    let standing = stage_of("H-1");
    assert_eq!(standing.stage, survey::lifecycle::Stage::ClosedWithLandRemaining);
    assert_eq!(standing.land.unwrap().remaining.doubled(), 1 << 40);
    assert_eq!(stage_of("H-2").land, None);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.05))), [1]);
    assert!(view.snapshot().remaining_m2(HAZARDS, "h-1").unwrap() > 0.0);

    let mut gone = changes(1, vec![StoredRecord { version: 2, ..area }]);
    gone.removed_clusters = vec![uuid::Uuid::from_u128(1)];
    view.apply(gone).unwrap();
    assert_eq!(stage_of("H-1").stage, survey::lifecycle::Stage::Continued);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.05))), [0; 0]);
}

#[test]
fn regions_that_are_part_of_each_other_are_no_endless_loop() {
    let view = view(
        vec![
            with(record("regions", 1, 1, square(100.0, 1.0)), "parent", json!("R-2")),
            with(record("regions", 2, 1, square(100.0, 0.5)), "parent", json!("R-1")),
        ],
        vec![],
    );
    assert_eq!(view.snapshot().regions().with_parts("R-1").unwrap().len(), 2);
}

#[test]
fn a_view_takes_only_changes_that_connect_to_what_it_shows() {
    let empty = ProgrammeView::new();
    assert!(!empty.is_loaded());
    assert_eq!(empty.apply(changes(0, vec![])), Err(ApplyError::NotLoaded));
    let view = view(vec![], vec![]);
    assert_eq!(view.apply(changes(2, vec![])), Err(ApplyError::Gap { shown: 1, after: 2 }));
    assert_eq!(view.snapshot().revision(), 1);
    view.apply(changes(1, vec![record(HAZARDS, 1, 1, square(103.0, 0.1))])).unwrap();
    assert_eq!(view.snapshot().revision(), 2);
    view.apply(changes(0, vec![record(HAZARDS, 9, 1, square(103.0, 0.1))])).unwrap();
    assert_eq!((view.snapshot().revision(), view.snapshot().count(HAZARDS)), (2, 1));
}

#[test]
fn what_cannot_be_understood_is_refused_and_the_view_stays() {
    let view = view(vec![record(HAZARDS, 1, 1, square(103.0, 0.1))], vec![]);
    let before = view.snapshot();
    let unknown =
        StoredRecord { collection: "wishes".into(), ..record(HAZARDS, 2, 1, Where::Nowhere) };
    let broken = with(record(HAZARDS, 2, 1, Where::Nowhere), "classification", json!("maybe"));
    for stored in [unknown, broken] {
        assert!(Loaded::of(1, [stored.clone()], []).is_err());
        assert!(matches!(view.apply(changes(1, vec![stored])), Err(ApplyError::Corrupt(_))));
    }
    let mut lost_region = changes(1, vec![]);
    lost_region.parcels = vec![parcel(1, Some(77), 8, 1, None)];
    assert!(matches!(view.apply(lost_region), Err(ApplyError::Corrupt(_))));
    assert_eq!(view.snapshot().revision(), before.revision());
}

#[test]
fn changes_that_leave_out_parcels_of_a_changed_record_are_refused() {
    let hazard = record(HAZARDS, 1, 1, square(103.0, 0.1));
    let view = view(vec![hazard.clone()], vec![parcel(1, None, 8, 1, None)]);
    let changed = with(StoredRecord { version: 2, ..hazard }, "organisation", json!("HALO"));
    assert_eq!(view.apply(changes(1, vec![changed.clone()])), Err(ApplyError::Incomplete));
    assert_eq!(view.snapshot().revision(), 1);
    let mut whole = changes(1, vec![changed]);
    whole.parcels = vec![parcel(1, None, 8, 1, None)];
    view.apply(whole).unwrap();
    assert_eq!(view.snapshot().revision(), 2);
}

#[test]
fn a_snapshot_does_not_change_while_the_view_does() {
    let view = view(vec![record(HAZARDS, 1, 1, square(103.0, 0.1))], vec![]);
    let before = view.snapshot();
    view.apply(changes(1, vec![record(HAZARDS, 1, 2, square(105.0, 0.1))])).unwrap();
    assert_eq!(ids(&before.hazardous_at(at(103.05, 13.05))), [1]);
    assert_eq!(ids(&before.hazardous_at(at(105.05, 13.05))), [0; 0]);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(103.05, 13.05))), [0; 0]);
    assert_eq!(ids(&view.snapshot().hazardous_at(at(105.05, 13.05))), [1]);
}

#[test]
fn checks_know_when_an_area_was_closed_and_what_an_activity_found() {
    let closed = with(record(HAZARDS, 1, 1, square(103.0, 0.1)), "status", json!("closed"));
    let devices = json!([{ "category": "submunition", "found": 2 }, { "category": "other" }]);
    let view = view(
        vec![
            with(closed, "closure_reason", json!("cleared")),
            record(HAZARDS, 2, 1, square(104.0, 0.1)),
            with(record("activities", 3, 1, Where::Nowhere), "devices", devices),
            record("activities", 4, 1, Where::Nowhere),
        ],
        vec![],
    );
    let snapshot = view.snapshot();
    assert_eq!(snapshot.closed_on("h-1"), "2020-09-13".parse().ok());
    assert_eq!((snapshot.closed_on("H-2"), snapshot.closed_on("H-9")), (None, None));
    assert_eq!((snapshot.items_found("A-3"), snapshot.items_found("A-4")), (Some(2), None));
}
