//! The balance over invented histories: the account closes in every row to the last unit, finer
//! regions add up to coarser ones, and each figure is the sum of its parcels.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use geometry::GridArea;
use proptest::prelude::*;
use survey::balance::{Balance, columns};
use survey::facts::{
    CauseWords, ClaimFact, DeviceFact, Dictionary, Fact, NO_WORD, Word, claims, facts,
};
use survey::progress::{Drill, Figure, Figures, GroupKey, ProgressQuery};
use survey::records::DeviceCategory;
use survey::story::{HazardState, story};
use survey::timeline::{HazardCover, HazardVersion, ReleaseCover, history};
use survey::{Classification, Day, Outcome, Parcel, RecordId, SourceKey};

/// Provinces P0 and P1; districts D0 and D1 lie in P0, D2 in P1.
const REGIONS: [&str; 5] = ["P0", "P1", "D0", "D1", "D2"];
const PROVINCE_OF: [usize; 5] = [0, 1, 0, 0, 1];
const TYPES: [&str; 2] = ["mines", "submunitions"];

fn day(number: i64) -> Day {
    "2019-11-01".parse::<Day>().unwrap() + chrono::Duration::days(number)
}

fn id(number: usize) -> RecordId {
    RecordId::from(number as u128)
}

fn classification() -> impl Strategy<Value = Classification> {
    prop_oneof![Just(Classification::Suspected), Just(Classification::Confirmed)]
}

#[derive(Debug, Clone)]
struct Piece {
    region: usize,
    area: i128,
    hazards: Vec<(usize, Vec<HazardVersion<'static>>)>,
    releases: Vec<(usize, Outcome, i64)>,
}

prop_compose! {
    fn version()(on in 0i64..900, classification in classification(), covers in any::<bool>(),
                 closed in prop::bool::weighted(0.2))
        -> (i64, Classification, bool, bool) { (on, classification, covers, closed) }
}

fn piece() -> impl Strategy<Value = Piece> {
    let hazards =
        prop::collection::btree_map(0usize..4, prop::collection::vec(version(), 1..4), 1..3);
    let releases = prop::collection::vec((0usize..3, 0usize..3, 0i64..1_200), 0..4);
    (0usize..6, 1i128..5_000_000_000, hazards, releases).prop_map(
        |(region, area, hazards, releases)| {
            let hazards = hazards
                .into_iter()
                .map(|(number, versions)| {
                    let versions = (1u32..).zip(versions);
                    let version = |(version, (on, classification, covers, closed))| HazardVersion {
                        version,
                        effective_on: day(on),
                        classification,
                        in_force: true,
                        closed,
                        continued_in: None,
                        covers,
                    };
                    (number, versions.map(version).collect())
                })
                .collect();
            let releases =
                releases.into_iter().map(|(n, outcome, on)| (n, Outcome::ALL[outcome], on));
            Piece { region, area, hazards, releases: releases.collect() }
        },
    )
}

fn parcel(piece: &Piece) -> Parcel {
    let names: Vec<String> = (0..4).map(|number| format!("H{number}")).collect();
    let hazards: Vec<HazardCover<'_>> = piece
        .hazards
        .iter()
        .map(|(number, versions)| HazardCover {
            record: id(*number),
            local_id: &names[*number],
            versions: versions.clone(),
        })
        .collect();
    // Even releases act on all they touch, odd ones on one area.
    let releases: Vec<ReleaseCover<'_>> = piece
        .releases
        .iter()
        .enumerate()
        .map(|(place, (number, outcome, on))| ReleaseCover {
            key: SourceKey { record: id(100 + number * 10 + place), version: 1 },
            on: day(*on),
            started_on: None,
            outcome: *outcome,
            names: if number % 2 == 0 { &[] } else { &names[..1] },
        })
        .collect();
    let history = history(&hazards, &releases);
    Parcel {
        region: (piece.region < REGIONS.len()).then(|| id(1_000 + piece.region)),
        earlier_regions: Vec::new(),
        area: GridArea::from_doubled(piece.area),
        shape: geometry::GridShape::default(),
        timeline: history.timeline,
        stretches: history.stretches,
    }
}

#[derive(Debug)]
struct Ground {
    dictionary: Dictionary,
    facts: Vec<(usize, Fact)>,
    claims: Vec<ClaimFact>,
    devices: Vec<DeviceFact>,
    parcels: Vec<Parcel>,
}

fn ground(pieces: &[Piece], devices: &[(usize, i64, u32)]) -> Ground {
    let mut dictionary = Dictionary::default();
    let regions = REGIONS.map(|code| dictionary.word(code));
    let types = TYPES.map(|code| dictionary.word(code));
    let (clearing, manual) = (dictionary.word("Clearing"), dictionary.word("manual"));
    let words = |record: RecordId| {
        let number = record.uuid().as_u128() as usize;
        let is_release = number >= 100;
        CauseWords {
            record: number as u32,
            organisation: if number.is_multiple_of(3) { NO_WORD } else { clearing },
            method: if is_release { manual } else { NO_WORD },
            hazard_type: if is_release { NO_WORD } else { types[number % 2] },
        }
    };
    let region = |place: usize| regions.get(place).copied().unwrap_or(NO_WORD);
    let parcels: Vec<Parcel> = pieces.iter().map(parcel).collect();
    let (mut all_facts, mut all_claims) = (Vec::new(), Vec::new());
    for (place, (piece, parcel)) in pieces.iter().zip(&parcels).enumerate() {
        let at = region(piece.region);
        let of_parcel = facts(at, parcel.area, &parcel.timeline, &parcel.stretches, words);
        all_facts.extend(of_parcel.into_iter().map(|fact| (place, fact)));
        all_claims.extend(claims(at, &parcel.stretches, words));
    }
    let devices = devices.iter().map(|(at, on, found)| DeviceFact {
        region: region(*at),
        organisation: clearing,
        method: manual,
        hazard_type: NO_WORD,
        outcome: None,
        on: day(*on),
        category: DeviceCategory::ALL[*found as usize % 9].1,
        found: *found,
        destroyed: found / 2,
    });
    let devices = devices.collect();
    Ground { dictionary, facts: all_facts, claims: all_claims, devices, parcels }
}

impl Ground {
    fn up(&self, region: Word) -> Word {
        REGIONS
            .iter()
            .position(|code| self.dictionary.find(code) == Some(region))
            .and_then(|place| self.dictionary.find(REGIONS[PROVINCE_OF[place]]))
            .unwrap_or(region)
    }

    fn balance(&self, query: &ProgressQuery, rolled_up: bool) -> Balance {
        let up = |region| if rolled_up { self.up(region) } else { region };
        Balance::of(
            parts(&self.facts, &|(_, fact)| Fact { region: up(fact.region), ..*fact }),
            parts(&self.claims, &|claim| ClaimFact { region: up(claim.region), ..*claim }),
            self.devices.iter().map(|fact| DeviceFact { region: up(fact.region), ..*fact }),
            &self.dictionary,
            query,
            |_| None,
        )
    }
}

/// What is added up together, in three parts.
fn parts<'a, T: Sync, U>(
    all: &'a [T],
    each: &'a (impl Fn(&T) -> U + Sync),
) -> Vec<impl Iterator<Item = U> + Send> {
    all.chunks(all.len() / 3 + 1).map(|part| part.iter().map(each)).collect()
}

fn query(group_by: &[GroupKey], window: Option<(i64, i64)>) -> ProgressQuery {
    let days = window.map(|(from, length)| (day(from), day(from + length)));
    ProgressQuery {
        group_by: group_by.to_vec(),
        from: days.map(|(from, _)| from),
        to: days.map(|(_, to)| to),
        region: None,
        regions_on: None,
    }
}

fn window() -> impl Strategy<Value = Option<(i64, i64)>> {
    prop::option::of((0i64..900, 0i64..700))
}

const KEYS: [&[GroupKey]; 7] = [
    &[],
    &[GroupKey::Region],
    &[GroupKey::Region, GroupKey::Year],
    &[GroupKey::Quarter],
    &[GroupKey::HazardType, GroupKey::Month],
    &[GroupKey::Classification],
    &[GroupKey::Classification, GroupKey::Year],
];

/// The equation, told once more from the columns' meaning.
fn closes(figures: &Figures) -> bool {
    let newly = figures.identified - figures.identified_again;
    let closing =
        figures.opening.unwrap() + newly + figures.identified_again + figures.reclassified
            - figures.cancelled
            - figures.reduced
            - figures.cleared
            - figures.adjusted;
    closing == figures.remaining.unwrap()
}

/// The columns as they are printed, which are exact below 67 km².
fn printed_closes(figures: &Figures) -> bool {
    let columns: BTreeMap<&str, f64> = columns(figures)
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_f64()?)))
        .collect();
    let m2 = |name: &str| columns[name];
    m2("opening_m2") + m2("newly_identified_m2") + m2("recontaminated_m2") + m2("reclassified_m2")
        - m2("cancelled_m2")
        - m2("reduced_m2")
        - m2("cleared_m2")
        + m2("adjustments_m2")
        == m2("closing_m2")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_account_closes_in_every_row_and_in_the_total(
        pieces in prop::collection::vec(piece(), 1..12), window in window(), keys in 0usize..7,
    ) {
        let balance = ground(&pieces, &[]).balance(&query(KEYS[keys], window), false);
        let rows = balance.figures.rows.iter().map(|row| row.figures);
        for figures in rows.chain([balance.figures.total]) {
            prop_assert!(closes(&figures) && printed_closes(&figures), "{figures:?}");
            prop_assert!(figures.remaining.unwrap() >= GridArea::default());
            prop_assert!(figures.opening.unwrap() >= GridArea::default());
            if let Some(areas) = figures.areas {
                let closing = areas.open_at_opening + areas.identified - areas.closed;
                prop_assert_eq!(closing, areas.open_at_closing);
                prop_assert!(areas.released_completely <= areas.closed);
            }
        }
        let opening: GridArea =
            balance.figures.rows.iter().filter_map(|row| row.figures.opening).sum();
        if !KEYS[keys].iter().any(|key| matches!(key, GroupKey::Year | GroupKey::Quarter | GroupKey::Month)) {
            prop_assert_eq!(opening, balance.figures.total.opening.unwrap());
        }
    }

    #[test]
    fn areas_are_open_when_they_lie_on_land_at_the_end_of_the_day(
        pieces in prop::collection::vec(piece(), 1..8), window in window(),
    ) {
        let ground = ground(&pieces, &[]);
        let open = |on: Day| -> BTreeSet<u32> {
            let open = ground.claims.iter().filter(|claim| {
                claim.from <= on && claim.end.is_none_or(|end| on < end)
            });
            open.map(|claim| claim.record).collect()
        };
        let query = query(&[GroupKey::Year], window);
        let balance = ground.balance(&query, false);
        for row in &balance.figures.rows {
            let year: i32 = row.keys[0].as_deref().unwrap().parse().unwrap();
            let first = Day::from_ymd_opt(year, 1, 1).unwrap();
            let last = Day::from_ymd_opt(year, 12, 31).unwrap();
            let (first, last) = (
                query.from.map_or(first, |from| from.max(first)),
                query.to.map_or(last, |to| to.min(last)),
            );
            let (opening, closing) = (open(first.pred_opt().unwrap()), open(last));
            let begun: BTreeSet<u32> = ground.claims.iter()
                .filter(|claim| first <= claim.from && claim.from <= last)
                .map(|claim| claim.record)
                .collect();
            let areas = row.figures.areas.unwrap();
            prop_assert_eq!(areas.open_at_opening, opening.len() as u64);
            prop_assert_eq!(areas.open_at_closing, closing.len() as u64);
            prop_assert_eq!(areas.identified, begun.difference(&opening).count() as u64);
        }
    }

    #[test]
    fn finer_regions_add_up_to_coarser_ones(
        pieces in prop::collection::vec(piece(), 1..12), window in window(),
        devices in prop::collection::vec((0usize..6, 0i64..1_200, 0u32..50), 0..8),
    ) {
        let ground = ground(&pieces, &devices);
        let query = query(&[GroupKey::Region, GroupKey::HazardType], window);
        let (fine, coarse) = (ground.balance(&query, false), ground.balance(&query, true));
        let mut sums: BTreeMap<Vec<Option<String>>, BTreeMap<&str, f64>> = BTreeMap::new();
        let summed = |name: &str| name.ends_with("_m2") || name.starts_with("items_");
        for row in &fine.figures.rows {
            let mut keys = row.keys.clone();
            let place = REGIONS.iter().position(|code| Some(*code) == keys[0].as_deref());
            keys[0] = place.map(|place| REGIONS[PROVINCE_OF[place]].to_owned());
            for (name, value) in columns(&row.figures).into_iter().filter(|(name, _)| summed(name)) {
                *sums.entry(keys.clone()).or_default().entry(name).or_default() += value.as_f64().unwrap();
            }
        }
        let mut rolled_up = BTreeMap::new();
        for row in &coarse.figures.rows {
            let of_row: BTreeMap<&str, f64> = columns(&row.figures).into_iter()
                .filter(|(name, _)| summed(name))
                .map(|(name, value)| (name, value.as_f64().unwrap()))
                .collect();
            rolled_up.insert(row.keys.clone(), of_row);
        }
        prop_assert_eq!(sums, rolled_up);
        prop_assert_eq!(fine.figures.total, coarse.figures.total);
    }

    #[test]
    fn the_parcels_of_a_figure_add_up_to_it(
        pieces in prop::collection::vec(piece(), 1..12), window in window(),
    ) {
        let ground = ground(&pieces, &[]);
        let query = query(&[GroupKey::HazardType, GroupKey::Classification], window);
        for row in &ground.balance(&query, false).figures.rows {
            let figures = row.figures;
            let hazard_type = row.keys[0].as_deref().map_or(NO_WORD, |text| ground.dictionary.find(text).unwrap());
            let classification = Classification::ALL.into_iter().find(|one| Some(one.name()) == row.keys[1].as_deref());
            for (figure, expected) in [
                (Figure::Opening, figures.opening.unwrap()),
                (Figure::Identified, figures.identified),
                (Figure::NewlyIdentified, figures.identified - figures.identified_again),
                (Figure::Recontaminated, figures.identified_again),
                (Figure::Reclassified, figures.reclassified),
                (Figure::Released(None), figures.cancelled + figures.reduced + figures.cleared),
                (Figure::Released(Some(Outcome::Cancelled)), figures.cancelled),
                (Figure::Adjusted, figures.adjusted),
                (Figure::Remaining, figures.remaining.unwrap()),
            ] {
                if classification.is_none() {
                    continue;
                }
                let drill = Drill {
                    figure: Some(figure),
                    from: query.from,
                    to: query.to,
                    hazard_type: Some(hazard_type),
                    classification,
                    ..Drill::default()
                };
                let mut times: BTreeMap<usize, i64> = BTreeMap::new();
                for (place, fact) in &ground.facts {
                    *times.entry(*place).or_default() += drill.times(fact);
                }
                let sum: GridArea = times.iter().map(|(place, times)| {
                    GridArea::from_doubled(ground.parcels[*place].area.doubled() * i128::from(*times))
                }).sum();
                prop_assert_eq!(sum, expected, "{:?} of {:?}", figure, row.keys);
                let is_stock = figure.is_stock();
                prop_assert!(!is_stock || times.values().all(|times| (0..=1).contains(times)));
            }
        }
    }

    #[test]
    fn a_story_loses_no_land_from_one_day_to_the_next(pieces in prop::collection::vec(piece(), 1..8)) {
        let parcels: Vec<Parcel> = pieces.iter().map(parcel).collect();
        for number in 0..4 {
            let states: Vec<HazardState> = pieces.iter()
                .filter_map(|piece| piece.hazards.iter().find(|(known, _)| *known == number))
                .take(1)
                .flat_map(|(_, versions)| versions.iter().map(|version| HazardState {
                    version: version.version,
                    on: version.effective_on,
                    classification: version.classification,
                    closed: version.closed,
                    withdrawn: false,
                    shape: geometry::GridShape::default(),
                }))
                .collect();
            let mut remaining = GridArea::default();
            for step in story(id(number), &states, &parcels) {
                remaining = remaining + step.gained - step.released - step.adjusted;
                prop_assert_eq!(remaining, step.remaining, "{} of {}", step.on, number);
                let parts: GridArea = step.parcels.iter().map(|place| parcels[*place].area).sum();
                prop_assert_eq!(parts, remaining);
            }
        }
    }
}

/// 8,192 m², identified on day 0.
fn one_area(releases: Vec<(usize, Outcome, i64)>) -> Piece {
    let version = HazardVersion {
        version: 1,
        effective_on: day(0),
        classification: Classification::Suspected,
        in_force: true,
        closed: false,
        continued_in: None,
        covers: true,
    };
    Piece { region: 0, area: 1 << 40, hazards: vec![(1, vec![version])], releases }
}

#[test]
fn rows_of_what_only_releases_have_carry_flows_and_no_stocks() {
    let released = one_area(vec![(0, Outcome::Cleared, 400)]);
    let ground = ground(&[released], &[(2, 400, 10)]);
    for key in [GroupKey::Organisation, GroupKey::Method, GroupKey::Outcome, GroupKey::DeviceType] {
        let balance = ground.balance(&query(&[key], None), false);
        assert!(balance.figures.rows.iter().all(|row| row.figures.remaining.is_none()));
        assert_eq!(balance.figures.total.remaining, Some(GridArea::default()));
        assert_eq!(balance.figures.total.devices.total(), (10, 5));
    }
    let by_kind = ground.balance(&query(&[GroupKey::DeviceType], None), false);
    let rows: Vec<(Option<&str>, u64, f64)> = by_kind
        .figures
        .rows
        .iter()
        .map(|row| {
            (row.keys[0].as_deref(), row.figures.devices.total().0, row.figures.cleared.m2())
        })
        .collect();
    assert_eq!(rows, [(Some("anti_vehicle_mine"), 10, 0.0), (None, 0, 8_192.0)]);
}

#[test]
fn a_period_without_changes_has_a_row_where_land_was_hazardous() {
    let ground = ground(&[one_area(Vec::new())], &[]);
    let balance = ground.balance(&query(&[GroupKey::Year], Some((600, 400))), false);
    let years: Vec<(&str, f64)> = balance
        .figures
        .rows
        .iter()
        .map(|row| (row.keys[0].as_deref().unwrap(), row.figures.remaining.unwrap().m2()))
        .collect();
    assert_eq!(years, [("2021", 8_192.0), ("2022", 8_192.0)]);
}
