//! The ledger against a reference that knows nothing of faces, claims or timelines: it walks
//! through the days, cell by cell, and asks of each what the rules of doubt say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use geometry::{GridPoint, GridShape};
use proptest::prelude::*;
use survey::facts::{CauseWords, Dictionary, Fact, NO_WORD, facts};
use survey::ledger::{RegionMap, cut_cluster};
use survey::progress::{GroupKey, ProgressQuery, progress};
use survey::{Classification, Day, LandRole, LandSource, Outcome, RecordId, SourceKey};

const DAYS: i64 = 16;
const NAMES: [&str; 5] = ["A", "B", "C", "D", "E"];
const UNIT: i64 = 8_192;

/// A polygon without holes, in metres.
type Outline = Vec<(i64, i64)>;

#[derive(Debug, Clone)]
enum Status {
    Open,
    /// Closed as released: it claims its land all the same.
    Closed,
    /// Closed as an error, or withdrawn.
    Gone,
    /// Merged, split or a duplicate.
    Continued(Vec<usize>),
}

#[derive(Debug, Clone)]
struct Version {
    on: i64,
    status: Status,
    outline: Outline,
}

#[derive(Debug, Clone)]
struct Release {
    on: i64,
    started: Option<i64>,
    outcome: usize,
    names: Vec<usize>,
    outline: Outline,
}

#[derive(Debug, Clone)]
struct World {
    hazards: Vec<Vec<Version>>,
    releases: Vec<Release>,
}

fn worlds(
    outline: impl Strategy<Value = Outline> + Clone + 'static,
) -> impl Strategy<Value = World> {
    let status = prop_oneof![
        6 => Just(Status::Open),
        2 => Just(Status::Closed),
        1 => Just(Status::Gone),
        3 => prop::collection::vec(0..NAMES.len(), 0..3).prop_map(Status::Continued),
    ];
    let version = (0..DAYS, status, outline.clone()).prop_map(|(on, status, outline)| Version {
        on,
        status,
        outline,
    });
    let release = (
        0..DAYS,
        prop::option::of(0..DAYS),
        0..3_usize,
        prop::collection::vec(0..NAMES.len(), 0..3),
        outline,
    )
        .prop_map(|(on, started, outcome, names, outline)| Release {
            on,
            started: started.filter(|started| *started <= on),
            outcome,
            names,
            outline,
        });
    let hazard = prop::collection::vec(version, 1..5);
    (prop::collection::vec(hazard, 1..=NAMES.len()), prop::collection::vec(release, 0..5))
        .prop_map(|(hazards, releases)| World { hazards, releases })
}

/// Whether a point that lies on no edge is inside: the edges to its east are odd in number.
fn holds(outline: &Outline, (x, y): (f64, f64)) -> bool {
    let after = outline.iter().skip(1).chain(outline.first());
    let crossed = outline.iter().zip(after).filter(|(a, b)| {
        let (ax, ay, bx, by) = (a.0 as f64, a.1 as f64, b.0 as f64, b.1 as f64);
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    crossed.count() % 2 == 1
}

/// Square metres by day and by what happened: identified, cleared, reduced, cancelled, adjusted.
type Sums = BTreeMap<i64, [f64; 5]>;

/// One hazardous area on one cell.
#[derive(Debug, Default, Clone, Copy)]
struct Claim {
    since: i64,
    /// It lies on the land.
    is_there: bool,
    /// It was released, or continues what was.
    is_spent: bool,
    /// Its boundary has left, and work that had begun goes on until this release.
    goes_on: Option<usize>,
}

struct Cell<'w> {
    world: &'w World,
    covers: Vec<Vec<bool>>,
    released_by: Vec<usize>,
}

impl<'w> Cell<'w> {
    fn new(world: &'w World, at: (f64, f64)) -> Self {
        let covers = world
            .hazards
            .iter()
            .map(|versions| versions.iter().map(|version| holds(&version.outline, at)).collect())
            .collect();
        let mut released_by: Vec<usize> = (0..world.releases.len())
            .filter(|place| holds(&world.releases[*place].outline, at))
            .collect();
        released_by.sort_by_key(|place| {
            (world.releases[*place].on, world.releases[*place].outcome, *place)
        });
        Self { world, covers, released_by }
    }

    /// The version in effect: the last recorded of those whose day has come.
    fn version(&self, hazard: usize, day: i64) -> Option<usize> {
        self.world.hazards[hazard].iter().rposition(|version| version.on <= day)
    }

    fn claims(&self, hazard: usize, day: i64) -> bool {
        self.version(hazard, day).is_some_and(|version| {
            let status = &self.world.hazards[hazard][version].status;
            matches!(status, Status::Open | Status::Closed) && self.covers[hazard][version]
        })
    }

    /// Whether one of these areas, or what it was continued in, claims the cell.
    fn is_taken_over(&self, names: &[usize], day: i64, depth: usize) -> bool {
        depth < NAMES.len()
            && names.iter().filter(|name| **name < self.world.hazards.len()).any(|name| {
                self.claims(*name, day)
                    || self.version(*name, day).is_some_and(|version| {
                        self.covers[*name].contains(&true)
                            && matches!(&self.world.hazards[*name][version].status,
                                Status::Continued(further)
                                    if self.is_taken_over(further, day, depth + 1))
                    })
            })
    }

    fn acts(&self, release: usize, hazard: usize) -> bool {
        let names = &self.world.releases[release].names;
        names.is_empty() || names.contains(&hazard)
    }

    fn walk(&self, area_m2: f64, sums: &mut Sums) {
        let mut claims = vec![Claim::default(); self.world.hazards.len()];
        let mut hazardous = false;
        for day in 0..DAYS {
            let mut ended_by = Vec::new();
            let mut handed_on: Vec<(usize, bool)> = Vec::new();
            let mut began = Vec::new();
            for (hazard, claim) in claims.iter_mut().enumerate() {
                self.end_by_boundary(hazard, day, claim, &mut handed_on, &mut ended_by);
                if self.begins(hazard, day, claim) {
                    claim.is_there = true;
                    claim.is_spent = false;
                    claim.since = day;
                    began.push(hazard);
                }
            }
            for hazard in &began {
                self.continue_spent(*hazard, day, &mut claims, &handed_on);
            }
            let is_new = began.iter().any(|hazard| !claims[*hazard].is_spent);
            for (hazard, claim) in claims.iter_mut().enumerate() {
                for release in &self.released_by {
                    let today = self.world.releases[*release].on == day;
                    if today && claim.is_there && !claim.is_spent && self.acts(*release, hazard) {
                        claim.is_spent = true;
                        ended_by.push(*release);
                    }
                    if today && claim.goes_on == Some(*release) {
                        claim.goes_on = None;
                        ended_by.push(*release);
                    }
                }
            }
            let day_sums = sums.entry(day).or_default();
            if !hazardous && is_new {
                day_sums[0] += area_m2;
                hazardous = true;
            }
            let stands = claims
                .iter()
                .any(|claim| (claim.is_there && !claim.is_spent) || claim.goes_on.is_some());
            if hazardous && !stands {
                let outcome = ended_by.iter().map(|by| self.world.releases[*by].outcome).min();
                day_sums[outcome.map_or(4, |outcome| 1 + outcome)] += area_m2;
            }
            hazardous = stands;
        }
    }

    /// A boundary leaves the cell: redrawn, withdrawn, opened again, or taken over by another.
    fn end_by_boundary(
        &self,
        hazard: usize,
        day: i64,
        claim: &mut Claim,
        handed_on: &mut Vec<(usize, bool)>,
        ended_by: &mut Vec<usize>,
    ) {
        if !claim.is_there {
            return;
        }
        let versions = &self.world.hazards[hazard];
        let now = self.version(hazard, day).unwrap();
        let before = self.version(hazard, day - 1).unwrap();
        let stays = match &versions[now].status {
            Status::Continued(names) => !self.is_taken_over(names, day, 0),
            Status::Open => {
                let was_closed = now != before && !matches!(versions[before].status, Status::Open);
                self.covers[hazard][now] && !was_closed
            }
            Status::Closed => self.covers[hazard][now],
            Status::Gone => false,
        };
        if stays {
            return;
        }
        claim.is_there = false;
        let mut is_spent = claim.is_spent;
        if !is_spent {
            let by = self.released_by.iter().copied().find(|release| {
                let Release { on, started, .. } = self.world.releases[*release];
                let in_time = on == day
                    || (on > day && started.is_some_and(|at| claim.since <= at && at < day));
                in_time && self.acts(*release, hazard)
            });
            if let Some(by) = by {
                is_spent = true;
                if self.world.releases[by].on == day {
                    ended_by.push(by);
                } else {
                    claim.goes_on = Some(by);
                }
            }
        }
        if matches!(versions[now].status, Status::Continued(_)) && versions[now].on == day {
            handed_on.push((hazard, is_spent));
        }
    }

    fn begins(&self, hazard: usize, day: i64, claim: &Claim) -> bool {
        let Some(now) = self.version(hazard, day) else { return false };
        let is_new = self.version(hazard, day - 1) != Some(now);
        let waits = match &self.world.hazards[hazard][now].status {
            Status::Continued(names) => {
                self.covers[hazard][now] && !self.is_taken_over(names, day, 0)
            }
            Status::Open | Status::Closed | Status::Gone => false,
        };
        is_new && !claim.is_there && (self.claims(hazard, day) || waits)
    }

    /// What another number for the same land was released from stays released.
    fn continue_spent(
        &self,
        hazard: usize,
        day: i64,
        claims: &mut [Claim],
        handed_on: &[(usize, bool)],
    ) {
        let mut before = handed_on.iter().filter(|(other, _)| {
            let version = self.version(*other, day).unwrap();
            matches!(&self.world.hazards[*other][version].status,
                Status::Continued(names) if names.contains(&hazard))
        });
        let mut any = false;
        let all = before.all(|(_, is_spent)| {
            any = true;
            *is_spent
        });
        claims[hazard].is_spent = any && all;
    }
}

fn reference(world: &World, size_m: i64, cell_m: i64) -> Sums {
    let mut sums = Sums::new();
    let half = cell_m as f64 / 2.0;
    for x in (0..size_m).step_by(cell_m as usize) {
        for y in (0..size_m).step_by(cell_m as usize) {
            let cell = Cell::new(world, (x as f64 + half, y as f64 + half));
            cell.walk((cell_m * cell_m) as f64, &mut sums);
        }
    }
    sums
}

fn day(number: i64) -> Day {
    "2020-01-01".parse::<Day>().unwrap() + chrono::Months::new(number as u32)
}

fn grid(outline: &Outline) -> GridShape {
    let ring: Vec<GridPoint> =
        outline.iter().map(|(x, y)| GridPoint::new(x * UNIT, y * UNIT)).collect();
    GridShape::from_polygons([[ring]]).unwrap_or_default()
}

fn named(names: &[usize]) -> Vec<String> {
    names.iter().map(|name| NAMES[*name].to_owned()).collect()
}

fn sources(world: &World) -> Vec<LandSource> {
    let mut sources = Vec::new();
    for (number, versions) in world.hazards.iter().enumerate() {
        for (version, one) in versions.iter().enumerate() {
            let continued_in = match &one.status {
                Status::Continued(names) => Some(named(names)),
                Status::Open | Status::Closed | Status::Gone => None,
            };
            sources.push(LandSource {
                key: SourceKey {
                    record: RecordId::from(number as u128 + 1),
                    version: version as u32 + 1,
                },
                local_id: NAMES[number].to_owned(),
                effective_on: day(one.on),
                role: LandRole::Hazard {
                    classification: Classification::Suspected,
                    in_force: matches!(one.status, Status::Open | Status::Closed),
                    closed: !matches!(one.status, Status::Open),
                    continued_in,
                },
                shape: grid(&one.outline),
            });
        }
    }
    for (number, release) in world.releases.iter().enumerate() {
        sources.push(LandSource {
            key: SourceKey { record: RecordId::from(number as u128 + 100), version: 1 },
            local_id: format!("R{number}"),
            effective_on: day(release.on),
            role: LandRole::Release {
                outcome: Outcome::ALL[release.outcome],
                on: day(release.on),
                started_on: release.started.map(day),
                names: named(&release.names),
            },
            shape: grid(&release.outline),
        });
    }
    sources
}

/// The same sums by the ledger, one month of the ledger for each day of the reference.
fn ledger(world: &World) -> Sums {
    let nothing =
        |_| CauseWords { record: 0, organisation: NO_WORD, method: NO_WORD, hazard_type: NO_WORD };
    let parcels = cut_cluster(&sources(world), &RegionMap::new(Vec::new())).unwrap();
    let all: Vec<Fact> = parcels
        .iter()
        .flat_map(|parcel| {
            facts(NO_WORD, parcel.area, &parcel.timeline, &parcel.stretches, nothing)
        })
        .collect();
    let query = ProgressQuery { group_by: vec![GroupKey::Month], ..ProgressQuery::default() };
    let report = progress(all.iter(), &Dictionary::default(), &query);
    let months: BTreeMap<String, i64> =
        (0..DAYS).map(|number| (day(number).format("%Y-%m").to_string(), number)).collect();
    report
        .rows
        .iter()
        .map(|row| {
            let figures = &row.figures;
            let areas = [
                figures.identified,
                figures.cleared,
                figures.reduced,
                figures.cancelled,
                figures.adjusted,
            ];
            (months[row.keys[0].as_ref().unwrap()], areas.map(|area| area.m2()))
        })
        .collect()
}

fn agree(world: &World, size_m: i64, cell_m: i64, tolerance_m2: f64) -> Result<(), TestCaseError> {
    let (expected, found) = (reference(world, size_m, cell_m), ledger(world));
    for day in 0..DAYS {
        let of = |sums: &Sums| sums.get(&day).copied().unwrap_or_default();
        for (what, (expected, found)) in of(&expected).into_iter().zip(of(&found)).enumerate() {
            let column = ["identified", "cleared", "reduced", "cancelled", "adjusted"][what];
            prop_assert!(
                (expected - found).abs() <= tolerance_m2,
                "day {day}, {column}: cell by cell {expected} m², by the ledger {found} m²"
            );
        }
    }
    Ok(())
}

/// Rectangles whose sides lie on the edges of cells of 10 m.
fn rectangles() -> impl Strategy<Value = Outline> + Clone {
    (0..8_i64, 0..8_i64, 1..6_i64, 1..6_i64).prop_map(|(x, y, width, height)| {
        let (west, south) = (10 * x, 10 * y);
        let (east, north) = (west + 10 * width, south + 10 * height);
        vec![(west, south), (east, south), (east, north), (west, north)]
    })
}

/// Quadrilaterals of no particular direction.
fn quadrilaterals() -> impl Strategy<Value = Outline> + Clone {
    (5..60_i64, 5..60_i64, 5..40_i64, 5..40_i64, -4..5_i64, -4..5_i64).prop_map(
        |(x, y, width, height, tilt, lean)| {
            vec![
                (x, y),
                (x + width, y + tilt),
                (x + width + lean, y + height + tilt),
                (x + lean, y + height),
            ]
        },
    )
}

fn length_m(outline: &Outline) -> f64 {
    let after = outline.iter().skip(1).chain(outline.first());
    outline.iter().zip(after).map(|(a, b)| ((a.0 - b.0) as f64).hypot((a.1 - b.1) as f64)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_agrees_to_the_square_millimetre_where_boundaries_follow_the_cells(
        world in worlds(rectangles()),
    ) {
        agree(&world, 130, 10, 1e-6)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_agrees_within_a_cell_along_every_boundary(world in worlds(quadrilaterals())) {
        let cell_m = 3;
        let outlines = world.hazards.iter().flatten().map(|version| &version.outline)
            .chain(world.releases.iter().map(|release| &release.outline));
        let boundary_m: f64 = outlines.map(length_m).sum();
        agree(&world, 111, cell_m, cell_m as f64 * boundary_m)?;
    }
}
