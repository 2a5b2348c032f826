//! Two clocks, on random histories and both databases: what was known at a revision is answered the
//! same for ever, and what was so on a day as the versions say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::Arc;

use api::following::{as_of, effective_on, follow};
use api::mapping::Mapping;
use api::spool::Spooled;
use api::submission::{Answer, Request, submit};
use chrono::{DateTime, TimeDelta, Utc};
use exchange::ReadLimits;
use geometry::{Bbox, LonLat};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use store::{By, Location, MigrateOptions, OnError, OpenOptions, Store, Withdrawal};
use survey::progress::{Drill, Figure, GroupKey, ProgressQuery};
use survey::{COLLECTIONS, Day, Programme, RecordId, StoredRecord, VersionState, collection};
use tests::land;
use view::{HazardAnswer, ItemsQuery, ParcelsQuery, ProgrammeView, Record, Snapshot};

const CASES: u32 = 12;
const HAZARDS: &str = "hazardous-areas";

/// One thing somebody does. Records go by small numbers, so that they meet and are corrected.
#[derive(Debug, Clone)]
enum Step {
    Hazards(Vec<(u8, Place, u8)>),
    Releases(Vec<(u8, Place)>),
    Regions(u8, Place),
    Withdraw(bool, u8, u16),
    Settings,
}

/// Where, how large, and on which day; the days come in no order, so that reports are late.
type Place = ([u8; 2], [u8; 2], u16);

fn places() -> impl Strategy<Value = Place> {
    ([0..12_u8, 0..12_u8], [1..5_u8, 1..5_u8], 0..2_000_u16)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let hazards = prop::collection::vec((0..6_u8, places(), any::<u8>()), 1..5);
    let releases = prop::collection::vec((0..6_u8, places()), 1..4);
    let step = prop_oneof![
        4 => hazards.prop_map(Step::Hazards),
        3 => releases.prop_map(Step::Releases),
        1 => (0..2_u8, places()).prop_map(|(number, place)| Step::Regions(number, place)),
        2 => (any::<bool>(), 0..6_u8, 0..2_000_u16)
            .prop_map(|(hazard, number, on)| Step::Withdraw(hazard, number, on)),
        1 => Just(Step::Settings),
    ];
    prop::collection::vec(step, 1..9)
}

fn day(number: u16) -> Day {
    "2015-01-01".parse::<Day>().unwrap() + TimeDelta::days(i64::from(number))
}

/// An instant that grows with every step, so that each revision has one of its own.
fn instant(step: usize) -> DateTime<Utc> {
    "2026-01-31T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(step as i64)
}

/// A rectangle in steps of about 100 m.
fn rectangle(([x, y], [width, height], _): &Place) -> Value {
    let at = |x: f64, y: f64| json!([103.0 + x * 0.001, 13.5 + y * 0.001]);
    let (west, south) = (f64::from(*x), f64::from(*y));
    let (east, north) = (west + f64::from(*width) + 0.3, south + f64::from(*height) + 0.1);
    json!({ "type": "Polygon", "coordinates": [[
        at(west, south), at(east, south), at(east, north), at(west, north), at(west, south),
    ]] })
}

fn hazard(number: u8, place: &Place, kind: u8) -> Value {
    let broken = json!({ "type": "Polygon", "coordinates": [[
        [103.0, 13.5], [103.002, 13.502], [103.002, 13.5], [103.0, 13.502], [103.0, 13.5],
    ]] });
    let geometry = if kind.is_multiple_of(7) { broken } else { rectangle(place) };
    let mut area =
        land::hazardous_area(&format!("HA-{number}"), &day(place.2).to_string(), &geometry);
    let properties = &mut area["properties"];
    if kind.is_multiple_of(2) {
        properties["classification"] = json!("confirmed");
        properties["evidence"] = json!([{ "kind": "direct" }]);
    }
    if kind.is_multiple_of(5) {
        properties["status"] = json!("closed");
        let reason = if kind.is_multiple_of(2) { "error" } else { "cleared" };
        properties["closure_reason"] = json!(reason);
    }
    properties["organisation"] = json!(format!("Group {}", kind % 3));
    properties["change_reason"] = json!("visited again");
    area
}

fn release(number: u8, place: &Place) -> Value {
    let of = format!("HA-{}", place.2 % 6);
    land::clearance(&format!("LR-{number}"), &of, &day(place.2).to_string(), &rectangle(place))
}

/// A programme of its own on a database, with its live view.
struct Scene<'a> {
    store: &'a Store,
    programme: Programme,
    view: ProgrammeView,
}

impl<'a> Scene<'a> {
    fn new(store: &'a Store) -> Self {
        let code = format!("P-{}", store.programmes().unwrap().len());
        let programme = Programme::new(code, "A case");
        store.programme_add(&By::new("setup", instant(0)), &programme).unwrap();
        let scene = Self { store, programme, view: ProgrammeView::new() };
        scene.follow();
        scene
    }

    fn follow(&self) {
        follow(self.store, &self.programme.code, &self.view).unwrap();
    }

    fn send(&self, name: &str, features: Vec<Value>, step: usize) {
        // A submission names a record once.
        let by_name: BTreeMap<String, Value> = features
            .into_iter()
            .map(|feature| (feature["properties"]["local_id"].to_string(), feature))
            .collect();
        let count = by_name.len() as u64;
        let text = land::collection(&by_name.into_values().collect::<Vec<_>>());
        let request = Request {
            accept_repairs: false,
            programme: &self.programme,
            collection: collection(name).unwrap(),
            actor: "field team",
            role: survey::access::Role::Manager,
            idempotency_key: Some(&format!("{step}")),
            on_error: OnError::Skip,
            dry_run: false,
            mapping: &Mapping::default(),
            body: &Spooled::from_reader(text.as_bytes()).unwrap(),
            limits: ReadLimits::default(),
            layer: None,
            received_at: instant(step),
            edits: None,
        };
        let answer =
            submit(self.store, self.view.snapshot().as_ref(), &request, &mut |_| ()).unwrap();
        // The same bytes once more are answered as before, and change nothing.
        let Answer::New(receipt) = answer else { return };
        let applied = receipt.applied.as_ref().unwrap();
        let taken = applied.created + applied.updated + applied.unchanged;
        // A closed area that is opened again too early is left out.
        assert_eq!(taken + applied.left_out.len() as u64, count, "{:?}", receipt.findings);
    }

    fn perform(&self, step: &Step, number: usize) {
        match step {
            Step::Hazards(areas) => {
                let areas = areas.iter().map(|(number, place, kind)| hazard(*number, place, *kind));
                self.send(HAZARDS, areas.collect(), number);
            }
            Step::Releases(areas) => {
                let areas = areas.iter().map(|(number, place)| release(*number, place));
                self.send("land-releases", areas.collect(), number);
            }
            Step::Regions(region, (at, _, day)) => {
                let around = rectangle(&(*at, [9, 9], *day));
                let name = format!("R-{region}");
                self.send("regions", vec![land::region(&name, &name, &around)], number);
            }
            Step::Withdraw(is_hazard, record, on) => {
                let (name, local_id) = match is_hazard {
                    true => (HAZARDS, format!("HA-{record}")),
                    false => ("land-releases", format!("LR-{record}")),
                };
                let Some(known) = self.view.snapshot().item(name, &local_id) else { return };
                let withdrawal = Withdrawal {
                    programme: &self.programme.code,
                    collection: name,
                    id: known.id,
                    expected_version: known.version,
                    effective_on: day(*on).max(known.effective_on),
                    reason: "a random one",
                };
                // Refused when it is withdrawn already.
                let by = By::new("reviewer", instant(number));
                drop(self.store.record_withdraw(&by, &withdrawal));
            }
            Step::Settings => {
                let by = By::new("manager", instant(number));
                self.store.programme_update(&by, &self.programme).unwrap();
            }
        }
        self.follow();
    }
}

/// All of a record that is ever answered.
fn told(record: &Record) -> String {
    let Record { id, local_id, version, revision, state, effective_on, recorded_at, .. } = record;
    let Record { recorded_by, organisation, place, raw_geometry, properties, hazard, .. } = record;
    format!(
        "{id} {local_id} {version} {revision} {state:?} {effective_on} {recorded_at} {recorded_by} \
         {organisation:?} {place:?} {raw_geometry:?} {properties} {hazard:?}"
    )
}

fn told_hazards(answers: &[HazardAnswer]) -> Vec<String> {
    let told = |answer: &HazardAnswer| {
        let HazardAnswer { record, classification, located, closed, distance_m } = answer;
        format!("{} {classification} {located} {closed} {distance_m:?}", told(record))
    };
    answers.iter().map(told).collect()
}

fn points() -> Vec<LonLat> {
    let at = |number: u32| {
        let (x, y) = (f64::from(number % 4), f64::from(number / 4));
        LonLat::new(103.0 + x * 0.004, 13.5 + y * 0.004).unwrap()
    };
    (0..16).map(at).collect()
}

/// Everything lists and questions about places answer.
fn told_lists(picture: &Snapshot) -> Vec<String> {
    let mut told_all = Vec::new();
    let around = Bbox::new(103.002, 13.502, 103.009, 13.509).unwrap();
    for collection in COLLECTIONS {
        for bbox in [None, Some(around)] {
            let mut after = None;
            loop {
                let page = picture.items(
                    collection,
                    &ItemsQuery { bbox, limit: 3, after, ..ItemsQuery::default() },
                );
                told_all.extend(page.items.iter().map(|record| told(record)));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    for number in 0..6 {
        let area = picture.item(HAZARDS, &format!("ha-{number}"));
        told_all.push(area.map(|record| told(&record)).unwrap_or_default());
    }
    for at in points() {
        told_all.extend(told_hazards(&picture.hazardous_at(at)));
        told_all.extend(told_hazards(&picture.hazardous_within(at, 300.0)));
    }
    told_all.extend(told_hazards(&picture.hazardous_in(&around)));
    told_all
}

/// Every figure, as it is printed.
fn told_figures(picture: &Snapshot) -> Vec<String> {
    let groups: Vec<Vec<GroupKey>> = GroupKey::ALL
        .iter()
        .map(|(_, key)| vec![*key])
        .chain([vec![], vec![GroupKey::Region, GroupKey::Year], vec![GroupKey::HazardType]])
        .collect();
    let mut told = Vec::new();
    for group_by in groups {
        for (from, to) in [(None, None), (Some(day(500)), Some(day(1_500)))] {
            let query = ProgressQuery {
                group_by: group_by.clone(),
                from,
                to,
                region: None,
                regions_on: None,
            };
            let progress = picture.progress(&query).unwrap();
            told.push(progress.document(picture.revision()).to_string());
        }
    }
    let of_region = ProgressQuery { region: Some("R-0".into()), ..ProgressQuery::default() };
    let of_region = picture.progress(&of_region);
    told.push(of_region.map_or_else(|error| error.to_string(), |it| it.document(0).to_string()));
    told
}

/// The version of each record that a reader of the history would take for a day.
/// The parcels of all land ever identified, as stored now or as cut at the revision of the picture.
fn told_parcels(store: &Store, code: &str, picture: &Snapshot, past: bool) -> Vec<String> {
    let drill = Drill { figure: Figure::named("identified"), ..Drill::default() };
    let found = picture.parcels(&ParcelsQuery { drill, ..ParcelsQuery::default() }).unwrap();
    let wanted: Vec<(RecordId, u32)> =
        found.parcels.iter().map(|one| (RecordId::from(one.cluster), one.number)).collect();
    let mut stored = if past {
        store.parcels_as_of(code, picture.revision(), &wanted).unwrap()
    } else {
        store.parcels(code, &wanted).unwrap()
    };
    assert_eq!(stored.len(), wanted.len());
    stored.sort_by_key(|one| (one.cluster, one.number));
    stored.iter().map(|one| format!("{} {} {:?}", one.cluster, one.number, one.parcel)).collect()
}

fn read_from_history(scene: &Scene<'_>, picture: &Snapshot, name: &str, on: Day) -> Vec<String> {
    let mut expected = Vec::new();
    let everything = ItemsQuery { limit: 1_000, ..ItemsQuery::default() };
    let mut ids: Vec<_> = picture
        .items(collection(name).unwrap(), &everything)
        .items
        .iter()
        .map(|record| record.id)
        .collect();
    let withdrawn = (0..6).filter_map(|number| {
        let prefix = if name == HAZARDS { "HA" } else { "LR" };
        picture.item(name, &format!("{prefix}-{number}"))
    });
    ids.extend(withdrawn.map(|record| record.id));
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let versions = scene.store.versions(&scene.programme.code, name, id).unwrap();
        let known: Vec<StoredRecord> = versions
            .into_iter()
            .map(|version| version.record)
            .filter(|version| version.revision <= picture.revision())
            .collect();
        let mut found: Option<&StoredRecord> = None;
        if name == HAZARDS {
            for version in &known {
                if version.effective_on <= on {
                    found = Some(version);
                }
            }
        } else {
            found = known.last().filter(|version| version.effective_on <= on);
        }
        let counts = found.filter(|version| version.state == VersionState::InForce);
        expected.extend(counts.map(|version| format!("{id} {}", version.version)));
    }
    expected
}

fn listed(picture: &Snapshot, name: &str) -> Vec<String> {
    let everything = ItemsQuery { limit: 1_000, ..ItemsQuery::default() };
    let items = picture.items(collection(name).unwrap(), &everything).items;
    items.iter().map(|record| format!("{} {}", record.id, record.version)).collect()
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() })
}

/// Runs a scenario on both databases.
fn on_both(scenario: impl Fn(&Store)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Location::Sqlite(folder.path().join("test.sqlite"));
    let postgresql = tests::postgres::new_database();
    let postgresql = postgresql.map(|url| Location::parse(&url, &|_| None).unwrap());
    for location in [Some(sqlite), postgresql].into_iter().flatten() {
        store::migrate(&location, &MigrateOptions { postgis: false }).unwrap();
        scenario(&Store::open(&location, &OpenOptions::default()).unwrap());
    }
}

#[test]
fn what_was_known_at_a_revision_is_answered_as_it_was_then() {
    on_both(|store| {
        let cases = runner().run(&steps(), |steps| {
            let scene = Scene::new(store);
            let code = scene.programme.code.clone();
            let mut pictures: Vec<Arc<Snapshot>> = vec![scene.view.snapshot()];
            let mut effective: Vec<Vec<String>> = Vec::new();
            let mut parcels: Vec<Vec<String>> = vec![Vec::new()];
            let days = [day(400), day(1_200)];
            let of_days = |picture: &Snapshot| -> Vec<String> {
                let on = |day| effective_on(store, &code, picture, day).unwrap();
                days.iter().flat_map(|day| told_lists(&on(*day))).collect()
            };
            effective.push(of_days(&pictures[0]));
            for (number, step) in steps.iter().enumerate() {
                scene.perform(step, number + 1);
                let picture = scene.view.snapshot();
                if Some(picture.revision()) != pictures.last().map(|last| last.revision()) {
                    effective.push(of_days(&picture));
                    parcels.push(told_parcels(store, &code, &picture, false));
                    pictures.push(picture);
                }
            }
            for ((then, effective), parcels) in pictures.iter().zip(&effective).zip(&parcels) {
                let revision = then.revision();
                let again = as_of(store, &code, revision).unwrap();
                assert_eq!(again.revision(), revision);
                assert_eq!(told_figures(&again), told_figures(then), "revision {revision}");
                assert_eq!(told_lists(&again), told_lists(then), "revision {revision}");
                assert_eq!(&of_days(&again), effective, "revision {revision}");
                let again = told_parcels(store, &code, &again, true);
                assert_eq!(&again, parcels, "revision {revision}");
            }
            Ok(())
        });
        cases.unwrap();
    });
}

#[test]
fn an_instant_stands_for_the_revision_that_was_the_newest() {
    on_both(|store| {
        let cases = runner().run(&steps(), |steps| {
            let scene = Scene::new(store);
            let code = &scene.programme.code;
            let before = instant(0) - TimeDelta::seconds(1);
            for (number, step) in steps.iter().enumerate() {
                scene.perform(step, number + 1);
                let newest = scene.view.snapshot().revision();
                let shortly_after = instant(number + 1) + TimeDelta::seconds(30);
                assert_eq!(store.revision_at(code, shortly_after).unwrap(), Some(newest));
            }
            assert_eq!(store.revision_at(code, instant(0)).unwrap(), Some(1));
            assert_eq!(store.revision_at(code, before).unwrap(), None);
            Ok(())
        });
        cases.unwrap();
    });
}

#[test]
fn the_records_of_a_day_are_those_a_reader_of_the_history_would_take() {
    on_both(|store| {
        let cases = runner().run(&(steps(), 0..2_000_u16), |(steps, on)| {
            let scene = Scene::new(store);
            for (number, step) in steps.iter().enumerate() {
                scene.perform(step, number + 1);
            }
            let picture = scene.view.snapshot();
            let of_day = effective_on(store, &scene.programme.code, &picture, day(on)).unwrap();
            for name in [HAZARDS, "land-releases"] {
                let expected = read_from_history(&scene, &picture, name, day(on));
                assert_eq!(listed(&of_day, name), expected, "{name}");
            }
            assert_eq!(told_figures(&of_day), told_figures(&picture));
            Ok(())
        });
        cases.unwrap();
    });
}
