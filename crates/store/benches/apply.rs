//! How long the store takes to apply large submissions, rebuild, load and withdraw.
//!
//! `cargo bench -p store -- [HAZARDOUS_AREAS] [URL]`, by default 100,000 into a SQLite file. Star
//! shaped areas of 36 vertices and 0.1 to 50 ha around villages in 25 provinces; six releases for
//! ten areas, each over part of an area.
//!
//! `cargo bench -p store -- giant [AREAS]`: one belt of so many areas (by default 10,000) that each
//! overlap the next ones, and one change after the other in it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints and fails by panicking"
)]

use std::convert::Infallible;
use std::f64::consts::TAU;
use std::time::Instant;

use chrono::{DateTime, TimeZone, Utc};
use geometry::{Geometry, HazardPolygon};
use serde_json::{Value, json};
use store::{
    Applied, By, Item, Location, MigrateOptions, OnError, OpenOptions, Outcome, Store,
    SubmissionDraft, Withdrawal,
};
use survey::{PreparedRecord, Programme, RecordId};

const VERTICES: usize = 36;
const PROVINCES_A_SIDE: usize = 5;
const PROVINCE_DEG: f64 = 0.8;
const VILLAGES: u64 = 5_000;

/// `SplitMix64`: enough to scatter polygons, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn now() -> DateTime<Utc> {
    Utc.timestamp_opt(1_780_000_000, 0).unwrap()
}

fn star(dice: &mut Dice, [lon, lat]: [f64; 2], radius_deg: f64) -> HazardPolygon {
    let mut ring: Vec<[f64; 2]> = (0..VERTICES)
        .map(|vertex| {
            let angle = TAU * vertex as f64 / VERTICES as f64;
            let radius = radius_deg * (0.6 + 0.4 * dice.unit());
            [lon + radius * angle.cos(), lat + radius * angle.sin()]
        })
        .collect();
    ring.push(ring[0]);
    HazardPolygon::new(vec![vec![ring]]).unwrap()
}

fn record(index: u64, local_id: String, polygon: HazardPolygon, own: Value) -> PreparedRecord {
    let Value::Object(mut properties) = own else { unreachable!() };
    properties.insert("local_id".into(), local_id.clone().into());
    properties.insert("note".into(), "an invented record, made for measuring only".into());
    PreparedRecord {
        index,
        id: None,
        local_id,
        effective_on: "2015-01-01".parse().unwrap(),
        organisation: Some("Measuring".into()),
        geometry: Some(Geometry::Polygon(polygon)),
        caution: None,
        raw_geometry: None,
        properties,
    }
}

struct Land {
    hazards: Vec<PreparedRecord>,
    releases: Vec<PreparedRecord>,
}

fn land(hazards: u64) -> Land {
    let mut dice = Dice(42);
    let side = PROVINCES_A_SIDE as f64 * PROVINCE_DEG;
    let villages: Vec<[f64; 2]> = (0..VILLAGES.min(hazards / 8 + 1))
        .map(|_| [102.0 + side * dice.unit(), 10.0 + side * dice.unit()])
        .collect();
    let mut land = Land { hazards: Vec::new(), releases: Vec::new() };
    for number in 0..hazards {
        let village = villages[(dice.next() % villages.len() as u64) as usize];
        let mut near = || (dice.unit() - 0.5) * 0.08;
        let centre = [village[0] + near(), village[1] + near()];
        let area_m2 = 1e3 * (500_f64).powf(dice.unit());
        let radius_deg = (area_m2 / 2.0).sqrt() / 111_000.0;
        let year = 2005 + dice.next() % 10;
        let own =
            json!({ "classification": "suspected", "identified_on": format!("{year}-03-01") });
        let polygon = star(&mut dice, centre, radius_deg);
        land.hazards.push(record(number, format!("HA-{number}"), polygon, own));
        if number % 10 < 6 {
            let beside = [centre[0] + radius_deg * 0.4, centre[1]];
            let polygon = star(&mut dice, beside, radius_deg * 0.8);
            let own = json!({ "outcome": "cleared", "released_on": format!("{}-08-01", year + 5) });
            land.releases.push(record(number, format!("LR-{number}"), polygon, own));
        }
    }
    land
}

fn regions() -> Vec<PreparedRecord> {
    let mut regions = Vec::new();
    for row in 0..PROVINCES_A_SIDE {
        for column in 0..PROVINCES_A_SIDE {
            let (west, south) =
                (102.0 + column as f64 * PROVINCE_DEG, 10.0 + row as f64 * PROVINCE_DEG);
            let edge = |from: [f64; 2], to: [f64; 2]| {
                (0..100).map(move |step| {
                    let share = f64::from(step) / 100.0;
                    [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
                })
            };
            let corners = [
                [west, south],
                [west + PROVINCE_DEG, south],
                [west + PROVINCE_DEG, south + PROVINCE_DEG],
                [west, south + PROVINCE_DEG],
            ];
            let mut ring: Vec<[f64; 2]> =
                (0..4).flat_map(|side| edge(corners[side], corners[(side + 1) % 4])).collect();
            ring.push(ring[0]);
            let name = format!("P-{row}-{column}");
            let polygon = HazardPolygon::new(vec![vec![ring]]).unwrap();
            let own = json!({ "name": name.clone(), "level": 1 });
            regions.push(record(0, name, polygon, own));
        }
    }
    regions
}

fn apply(store: &Store, collection: &str, records: Vec<PreparedRecord>) -> Applied {
    // Bytes as long as the features would be as GeoJSON, and as compressible.
    let body: Vec<u8> = records
        .iter()
        .flat_map(|record| {
            serde_json::to_vec(&record.properties).unwrap().into_iter().chain(
                record.geometry.iter().flat_map(|geometry| {
                    let Geometry::Polygon(polygon) = geometry else { unreachable!() };
                    format!("{:?}", polygon.parts().flatten().collect::<Vec<_>>()).into_bytes()
                }),
            )
        })
        .collect();
    let mut digest = [0_u8; 32];
    digest[..collection.len().min(24)]
        .copy_from_slice(&collection.as_bytes()[..collection.len().min(24)]);
    digest[24..].copy_from_slice(&records[0].index.to_be_bytes());
    let (count, megabytes) = (records.len() as f64, body.len() as f64 / 1e6);
    let started = Instant::now();
    let draft = SubmissionDraft {
        programme: "KH",
        collection,
        received_at: now(),
        idempotency_key: None,
        options: "",
        on_error: OnError::Reject,
        body_sha256: digest,
        body_bytes: body.len() as u64,
        body: &mut body.as_slice(),
        findings: &Vec::new,
        expects: None,
        role: survey::access::Role::Manager,
    };
    let records = records.into_iter().map(Ok::<_, Infallible>);
    let by = By::new("bench", now());
    let outcome = store.submission_apply(&by, draft, records, &|_| json!({})).unwrap();
    let Outcome::Applied(applied) = outcome else { unreachable!() };
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{collection:16} {count:>9} in {seconds:6.2} s = {:>7.0}/s  ({megabytes:.0} MB; {} clusters, {} parcels, giants {:?})",
        count / seconds,
        applied.ledger.clusters,
        applied.ledger.parcels,
        applied.ledger.giant_clusters.iter().map(|giant| giant.records).collect::<Vec<_>>(),
    );
    applied
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let answer = work();
    println!("{what:16} in {:6.2} s", started.elapsed().as_secs_f64());
    answer
}

fn withdraw_some(store: &Store, ids: &[RecordId]) {
    let mut times: Vec<f64> = ids
        .iter()
        .map(|id| {
            let started = Instant::now();
            let withdrawal = Withdrawal {
                programme: "KH",
                collection: "land-releases",
                id: *id,
                expected_version: 1,
                effective_on: "2025-01-01".parse().unwrap(),
                reason: "measured",
            };
            store.record_withdraw(&By::new("bench", now()), &withdrawal).unwrap();
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "one withdrawal   p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

/// A belt 100 areas wide and as long as it takes, every area touching its neighbours.
fn giant(store: &Store, areas: u64) {
    let mut dice = Dice(7);
    let mut records = Vec::new();
    for number in 0..areas {
        let (row, column) = ((number / 100) as f64, (number % 100) as f64);
        let polygon = star(&mut dice, [102.0 + column * 0.001, 10.0 + row * 0.001], 0.001);
        let own = json!({ "classification": "suspected", "identified_on": "2010-03-01" });
        records.push(record(number, format!("HA-{number}"), polygon, own));
    }
    apply(store, "hazardous-areas", records);
    let releases = (0..10).map(|number| {
        let polygon = star(&mut dice, [102.0 + number as f64 * 0.009, 10.05], 0.0005);
        let own = json!({ "outcome": "cleared", "released_on": "2015-08-01" });
        record(number, format!("LR-{number}"), polygon, own)
    });
    for release in releases.collect::<Vec<_>>() {
        apply(store, "land-releases", vec![release]);
    }
}

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if arguments.first().is_some_and(|first| first == "giant") {
        let areas = arguments.get(1).map_or(10_000, |count| count.parse().unwrap());
        let directory = tempfile::tempdir_in("/var/tmp").unwrap();
        let location = Location::Sqlite(directory.path().join("bench.sqlite"));
        store::migrate(&location, &MigrateOptions::default()).unwrap();
        let store = Store::open(&location, &OpenOptions::default()).unwrap();
        store.programme_add(&By::new("bench", now()), &Programme::new("KH", "Cambodia")).unwrap();
        giant(&store, areas);
        store.close();
        return;
    }
    let hazards = arguments.first().map_or(100_000, |count| count.parse().unwrap());
    let directory = tempfile::tempdir_in("/var/tmp").unwrap();
    let location = match arguments.get(1) {
        Some(url) => Location::parse(url, &|_| None).unwrap(),
        None => Location::Sqlite(directory.path().join("bench.sqlite")),
    };
    let land = land(hazards);
    store::migrate(&location, &MigrateOptions::default()).unwrap();
    let store = Store::open(&location, &OpenOptions::default()).unwrap();
    store.programme_add(&By::new("bench", now()), &Programme::new("KH", "Cambodia")).unwrap();

    apply(&store, "regions", regions());
    apply(&store, "hazardous-areas", land.hazards);
    apply(&store, "land-releases", land.releases);
    let mut releases = Vec::new();
    let load = |releases: &mut Vec<RecordId>| {
        store.load("KH", &mut |item| {
            if let Item::Record(record) = item
                && record.collection == "land-releases"
            {
                releases.push(record.id);
            }
            Ok(())
        })
    };
    timed("load", || load(&mut releases).unwrap());
    let some: Vec<RecordId> =
        releases.iter().step_by((releases.len() / 200).max(1)).copied().collect();
    withdraw_some(&store, &some);
    let differences = timed("ledger check", || store.ledger_check("KH", &mut |_| ()).unwrap());
    assert!(differences.is_empty());
    timed("ledger rebuild", || {
        store.ledger_rebuild(&By::new("bench", now()), "KH", &mut |_| ()).unwrap()
    });
    store.close();
    if let Location::Sqlite(path) = &location {
        println!("file             {:.0} MB", std::fs::metadata(path).unwrap().len() as f64 / 1e6);
    }
}
