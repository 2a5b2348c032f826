//! The ledger over real polygons: what is identified is released, adjusted or remains, to the last
//! unit; the order of arrival does not matter.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use geometry::{GridArea, GridPoint, GridShape, clusters};
use proptest::prelude::*;
use survey::facts::{CauseWords, Dictionary, Fact, NO_WORD, facts};
use survey::ledger::{LandRole, LandSource, Parcel, RegionMap, RegionShape, cut_cluster};
use survey::progress::{GroupKey, Progress, ProgressQuery, progress};
use survey::{Classification, Day, Outcome, RecordId, SourceKey};

fn id(number: u128) -> RecordId {
    RecordId::from(uuid::Uuid::from_u128(number))
}

fn day(number: i64) -> Day {
    "2020-01-01".parse::<Day>().unwrap() + chrono::Duration::days(number)
}

/// An axis-parallel rectangle in metres.
fn rectangle(x: i64, y: i64, width: i64, height: i64) -> GridShape {
    let unit = 8_192;
    let point = |x: i64, y: i64| GridPoint::new(x * unit, y * unit);
    let ring =
        vec![point(x, y), point(x + width, y), point(x + width, y + height), point(x, y + height)];
    GridShape::from_polygons([[ring]]).unwrap()
}

/// A triangle, so that cuts fall between grid points.
fn triangle(x: i64, y: i64, width: i64, height: i64) -> GridShape {
    let unit = 8_192;
    let ring = vec![
        GridPoint::new(x * unit, y * unit),
        GridPoint::new((x + width) * unit + 7, y * unit + 3),
        GridPoint::new(x * unit + 5, (y + height) * unit + 1),
    ];
    GridShape::from_polygons([[ring]]).unwrap()
}

fn hazard(number: u128, version: u32, on: i64, shape: GridShape) -> LandSource {
    LandSource {
        key: SourceKey { record: id(number), version },
        local_id: format!("H{number}"),
        effective_on: day(on),
        role: LandRole::Hazard {
            classification: Classification::Suspected,
            in_force: true,
            closed: false,
            continued_in: None,
        },
        shape,
    }
}

fn release(
    number: u128,
    outcome: Outcome,
    on: i64,
    names: &[u128],
    shape: GridShape,
) -> LandSource {
    LandSource {
        key: SourceKey { record: id(1_000 + number), version: 1 },
        local_id: format!("R{number}"),
        effective_on: day(on),
        role: LandRole::Release {
            outcome,
            on: day(on),
            started_on: None,
            names: names.iter().map(|name| format!("H{name}")).collect(),
        },
        shape,
    }
}

fn region(number: u128, level: u8, shape: GridShape) -> RegionShape {
    RegionShape {
        record: id(2_000 + number),
        local_id: format!("P{number}"),
        level,
        valid_from: None,
        valid_to: None,
        shape,
    }
}

/// Clusters and cuts as the store does.
fn cut(sources: &[LandSource], regions: &RegionMap) -> Vec<Parcel> {
    let boxes: Vec<_> = sources.iter().map(|source| source.shape.bbox().unwrap()).collect();
    let mut parcels: Vec<Parcel> = clusters(&boxes)
        .iter()
        .flat_map(|members| {
            let members: Vec<LandSource> =
                members.iter().map(|member| sources[*member as usize].clone()).collect();
            cut_cluster(&members, regions).unwrap()
        })
        .collect();
    parcels.sort_by_key(|parcel| (parcel.timeline.clone(), parcel.region, parcel.area));
    parcels
}

fn report(parcels: &[Parcel], group_by: &[GroupKey]) -> Progress {
    let mut dictionary = Dictionary::default();
    let mut all: Vec<Fact> = Vec::new();
    for parcel in parcels {
        let name = parcel.region.map(|region| region.to_string());
        let region = dictionary.word_or_none(name.as_deref());
        all.extend(facts(region, parcel.area, &parcel.timeline, &parcel.stretches, |record| {
            CauseWords {
                record: record.uuid().as_u128() as u32,
                organisation: NO_WORD,
                method: NO_WORD,
                hazard_type: NO_WORD,
            }
        }));
    }
    let query = ProgressQuery { group_by: group_by.to_vec(), ..ProgressQuery::default() };
    progress(all.iter(), &dictionary, &query)
}

fn no_regions() -> RegionMap {
    RegionMap::new(Vec::new())
}

//   ┌───────────┐
//   │ hazard    │ 100 m × 100 m
//   │▒▒▒▒▒      │ cancelled 50 × 100
//   │░░░░░░░    │ cleared   70 × 50, a year earlier
//   └───────────┘
#[test]
fn overlapping_releases_count_each_square_metre_once_on_its_first_day() {
    let sources = [
        hazard(1, 1, 0, rectangle(0, 0, 100, 100)),
        release(1, Outcome::Cancelled, 700, &[], rectangle(0, 0, 50, 100)),
        release(2, Outcome::Cleared, 400, &[], rectangle(0, 0, 70, 50)),
    ];
    let total = report(&cut(&sources, &no_regions()), &[]).total;
    assert_eq!(total.identified.m2(), 10_000.0);
    assert_eq!(total.cleared.m2(), 3_500.0);
    assert_eq!(total.cancelled.m2(), 2_500.0);
    assert_eq!(total.overlapping.m2(), 2_500.0);
    assert_eq!(total.remaining.unwrap().m2(), 4_000.0);
}

#[test]
fn land_released_outside_its_hazardous_area_has_a_column_of_its_own() {
    let sources = [
        hazard(1, 1, 0, rectangle(0, 0, 100, 100)),
        release(1, Outcome::Cleared, 400, &[1], rectangle(50, 0, 100, 100)),
    ];
    let total = report(&cut(&sources, &no_regions()), &[]).total;
    assert_eq!(total.cleared.m2(), 5_000.0);
    assert_eq!(total.outside_cleared.m2(), 5_000.0);
    assert_eq!(total.remaining.unwrap().m2(), 5_000.0);
}

#[test]
fn a_boundary_redrawn_smaller_is_an_adjustment() {
    let sources =
        [hazard(1, 1, 0, rectangle(0, 0, 100, 100)), hazard(1, 2, 300, rectangle(0, 0, 60, 100))];
    let total = report(&cut(&sources, &no_regions()), &[]).total;
    assert_eq!(total.identified.m2(), 10_000.0);
    assert_eq!(total.adjusted.m2(), 4_000.0);
    assert_eq!(total.remaining.unwrap().m2(), 6_000.0);
}

#[test]
fn parcels_are_split_by_the_finest_region_and_land_in_none_has_a_row() {
    let regions = RegionMap::new(vec![
        region(1, 1, rectangle(-1_000, -1_000, 1_050, 3_000)),
        region(2, 2, rectangle(-1_000, -1_000, 1_020, 3_000)),
    ]);
    let sources = [hazard(1, 1, 0, rectangle(0, 0, 100, 100))];
    let rows = report(&cut(&sources, &regions), &[GroupKey::Region]).rows;
    let areas: Vec<(bool, f64)> =
        rows.iter().map(|row| (row.keys[0].is_some(), row.figures.identified.m2())).collect();
    assert_eq!(areas, [(true, 3_000.0), (true, 2_000.0), (false, 5_000.0)]);
}

#[test]
fn every_row_opens_with_what_the_one_before_left() {
    let sources = [
        hazard(1, 1, 0, rectangle(0, 0, 100, 100)),
        hazard(2, 1, 800, rectangle(500, 0, 10, 10)),
        release(1, Outcome::Reduced, 1_500, &[], rectangle(0, 0, 40, 100)),
    ];
    let rows = report(&cut(&sources, &no_regions()), &[GroupKey::Year]).rows;
    let years: Vec<&str> = rows.iter().map(|row| row.keys[0].as_deref().unwrap()).collect();
    assert_eq!(years, ["2020", "2021", "2022", "2023", "2024"]);
    for pair in rows.windows(2) {
        assert_eq!(pair[1].figures.opening, pair[0].figures.remaining);
    }
    assert_eq!(rows[4].figures.remaining.unwrap().m2(), 6_100.0);
}

#[derive(Debug, Clone)]
struct Land {
    sources: Vec<LandSource>,
    regions: Vec<RegionShape>,
}

fn shape() -> impl Strategy<Value = GridShape> {
    (any::<bool>(), 0i64..60, 0i64..60, 1i64..30, 1i64..30).prop_map(|(square, x, y, w, h)| {
        if square { rectangle(x, y, w, h) } else { triangle(x, y, w, h) }
    })
}

fn lands() -> impl Strategy<Value = Land> {
    let hazards = prop::collection::vec(prop::collection::vec((0i64..900, shape()), 1..3), 1..6);
    let names = prop::collection::vec(1u128..6, 0..2);
    let releases = prop::collection::vec((0u8..3, 0i64..1_500, names, shape()), 0..7);
    let regions = prop::collection::vec((1u8..3, shape()), 0..3);
    (hazards, releases, regions).prop_map(|(hazards, releases, regions)| {
        let mut sources = Vec::new();
        for (number, versions) in hazards.into_iter().enumerate() {
            for (version, (on, shape)) in versions.into_iter().enumerate() {
                sources.push(hazard(number as u128 + 1, version as u32 + 1, on, shape));
            }
        }
        for (number, (outcome, on, names, shape)) in releases.into_iter().enumerate() {
            let outcome = Outcome::ALL[usize::from(outcome)];
            sources.push(release(number as u128, outcome, on, &names, shape));
        }
        let regions = regions
            .into_iter()
            .enumerate()
            .map(|(number, (level, shape))| region(number as u128, level, shape))
            .collect();
        Land { sources, regions }
    })
}

/// All versions of a record are cut together, as the store does.
fn cut_whole(land: &Land) -> Vec<Parcel> {
    let mut parcels = cut_cluster(&land.sources, &RegionMap::new(land.regions.clone())).unwrap();
    parcels.sort_by_key(|parcel| (parcel.timeline.clone(), parcel.region, parcel.area));
    parcels
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn identified_is_released_adjusted_or_remains_in_every_row(land in lands()) {
        let parcels = cut_whole(&land);
        for keys in [&[][..], &[GroupKey::Region], &[GroupKey::Region, GroupKey::Year], &[GroupKey::Quarter]] {
            let report = report(&parcels, keys);
            let rows = report.rows.iter().map(|row| row.figures).chain([report.total]);
            for figures in rows {
                let net = figures.opening.unwrap() + figures.identified
                    - figures.cancelled - figures.reduced - figures.cleared - figures.adjusted;
                prop_assert_eq!(net, figures.remaining.unwrap());
                prop_assert!(figures.remaining.unwrap() >= GridArea::default());
            }
            let identified: GridArea = report.rows.iter().map(|row| row.figures.identified).sum();
            prop_assert_eq!(identified, report.total.identified);
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(land in lands(), turn in 0usize..9) {
        let expected = cut_whole(&land);
        let mut other = land.clone();
        other.sources.reverse();
        let places = turn % other.sources.len();
        other.sources.rotate_left(places);
        other.regions.reverse();
        prop_assert_eq!(cut_whole(&other), expected);
    }

    #[test]
    fn cluster_by_cluster_gives_the_figures_of_all_at_once(land in lands()) {
        let mut by_record: Vec<LandSource> = land.sources.clone();
        by_record.retain(|source| source.key.version == 1);
        let regions = RegionMap::new(land.regions.clone());
        let whole = report(&cut_cluster(&by_record, &regions).unwrap(), &[GroupKey::Region, GroupKey::Year]);
        let parts = report(&cut(&by_record, &regions), &[GroupKey::Region, GroupKey::Year]);
        // Cut together or apart, land differs by what snapping moves: far below a square millimetre here.
        let close = |a: GridArea, b: GridArea| (a.m2() - b.m2()).abs() < 0.01;
        prop_assert!(close(whole.total.identified, parts.total.identified));
        prop_assert!(close(whole.total.remaining.unwrap(), parts.total.remaining.unwrap()));
        prop_assert_eq!(whole.rows.len(), parts.rows.len());
    }

    #[test]
    fn parcels_do_not_overlap(land in lands()) {
        let parcels = cut_whole(&land);
        let sum: GridArea = parcels.iter().map(|parcel| parcel.area).sum();
        let shapes: Vec<GridShape> = parcels.iter().map(|parcel| parcel.shape.clone()).collect();
        prop_assert_eq!(geometry::union_all(&shapes).area(), sum);
        let histories: BTreeSet<bool> = parcels.iter().map(|parcel| parcel.timeline.is_empty()).collect();
        prop_assert!(!histories.contains(&true));
    }
}
