//! Work is judged by what is recorded of the areas and the work it names, and by its output.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, RawGeometry};
use serde_json::{Value, json};
use survey::{
    CheckContext, Day, Known, Lookalike, Programme, WireFeature, WireGeometry, collection,
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// HA-1 was closed on 1 March 2020; HA-2 is open. EOD-1 found three items.
struct Recorded;

impl Known for Recorded {
    fn exists(&self, _: &str, _: &str) -> bool {
        true
    }

    fn region(&self, _: &str) -> Option<Arc<HazardPolygon>> {
        None
    }

    fn lookalikes(&self, _: &str, _: &Bbox, _: &LikenessLimits) -> Vec<Lookalike> {
        Vec::new()
    }

    fn closed_on(&self, hazardous_area: &str) -> Option<Day> {
        (hazardous_area == "HA-1").then(|| day("2020-03-01"))
    }

    fn items_found(&self, activity: &str) -> Option<u64> {
        (activity == "EOD-1").then_some(3)
    }
}

/// The rules on work that are met.
fn met(name: &str, geometry: WireGeometry, properties: &Value) -> Vec<&'static str> {
    let wire = WireFeature {
        index: 0,
        id: None,
        geometry,
        raw_geometry: None,
        properties: properties.as_object().unwrap().clone(),
    };
    let context = CheckContext {
        accept_repairs: false,
        today: day("2026-01-01"),
        programme: &Programme::new("kh", "Cambodia"),
        known: &Recorded,
    };
    let checked = collection(name).unwrap().check(wire, &context);
    assert!(!checked.is_refused(), "{:?}", checked.findings);
    let of_work = [
        "items-found-after-closure",
        "work-after-closure",
        "cancelled-by-work-that-found-items",
        "output-unusual",
    ];
    let rules = checked.findings.iter().map(|finding| finding.rule);
    rules.filter(|rule| of_work.contains(rule)).collect()
}

fn activity(more: Value) -> Vec<&'static str> {
    let mut properties = json!({
        "local_id": "ACT-1", "activity_type": "clearance", "started_on": "2021-05-01",
    });
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    met("activities", WireGeometry::Absent, &properties)
}

fn release(more: Value) -> Vec<&'static str> {
    let mut properties = json!({
        "local_id": "LR-1", "outcome": "cancelled", "released_on": "2021-05-01",
        "hazardous_areas": ["HA-2"],
    });
    properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let ring = vec![[103.0, 13.0], [103.001, 13.0], [103.001, 13.001], [103.0, 13.0]];
    met("land-releases", WireGeometry::Read(RawGeometry::Polygon(vec![ring])), &properties)
}

#[test]
fn an_item_found_after_an_area_was_closed_asks_for_the_area_to_be_opened_again() {
    let devices = json!([{ "category": "anti_personnel_mine", "found": 1, "destroyed": 1 }]);
    let found = |area: &str, on: &str| {
        activity(json!({ "hazardous_areas": [area], "started_on": on, "devices": devices }))
    };
    assert_eq!(found("HA-1", "2020-03-02"), ["items-found-after-closure"]);
    assert!(found("HA-1", "2020-03-01").is_empty(), "the day of the closure is not after it");
    assert!(found("HA-2", "2020-03-02").is_empty());
    let spot = json!({
        "hazardous_areas": ["HA-1"], "activity_type": "handover", "devices": devices,
    });
    assert_eq!(activity(spot), ["items-found-after-closure"]);
}

#[test]
fn work_in_a_closed_area_is_told_unless_it_is_of_the_kind_that_comes_after() {
    let of = |kind: &str| activity(json!({ "hazardous_areas": ["HA-1"], "activity_type": kind }));
    assert_eq!(of("clearance"), ["work-after-closure"]);
    assert_eq!(of("non_technical_survey"), ["work-after-closure"]);
    for kind in ["marking", "completion", "handover"] {
        assert!(of(kind).is_empty(), "{kind}");
    }
    assert_eq!(release(json!({ "hazardous_areas": ["HA-1"] })), ["work-after-closure"]);
    let begun_before = json!({ "hazardous_areas": ["HA-1"], "started_on": "2020-02-01" });
    assert!(release(begun_before).is_empty());
}

#[test]
fn land_is_not_cancelled_unquestioned_on_work_that_found_items() {
    let cancelled = release(json!({ "activity": "EOD-1" }));
    assert_eq!(cancelled, ["cancelled-by-work-that-found-items"]);
    assert!(release(json!({ "activity": "NTS-1" })).is_empty());
    let cleared = json!({ "activity": "EOD-1", "outcome": "cleared", "depth_cm": 20 });
    assert!(release(cleared).is_empty());
}

#[test]
fn more_output_than_one_person_animal_or_machine_has_is_told() {
    let output = |method: &str, effort: &str, worked_m2: u32| {
        activity(json!({ "methods": [method], "worked_area_m2": worked_m2, effort: 10 }))
    };
    for (method, effort, limit) in [
        ("manual", "person_days", 1_000),
        ("dog", "animal_days", 20_000),
        ("mechanical", "machine_hours", 25_000),
    ] {
        assert!(output(method, effort, limit).is_empty(), "{method}");
        assert_eq!(output(method, effort, limit + 10), ["output-unusual"], "{method}");
    }
    let several = json!({
        "methods": ["manual", "mechanical"], "worked_area_m2": 90_000, "person_days": 10,
    });
    assert!(activity(several).is_empty());
}
