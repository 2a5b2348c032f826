//! What happened to one piece of land, day by day, from the records that cover it. Pure: no
//! geometry, no clock.
//!
//! The rules it follows are those of [`crate::doubt`], named here by their codes.

mod succession;

use std::collections::BTreeSet;

use crate::id::{Day, RecordId, SourceKey};
use crate::land::{Classification, LandChange, LandEntry, Outcome, Stretch, StretchEnd};
use succession::{Successors, settle};

/// One version of a hazardous area, as one piece of land sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HazardVersion<'a> {
    /// Version of the record, from 1.
    pub version: u32,
    /// The day its boundary took effect.
    pub effective_on: Day,
    /// Suspected or confirmed.
    pub classification: Classification,
    /// The claim stands.
    pub in_force: bool,
    /// It is closed or handed over.
    pub closed: bool,
    /// The local ids of the areas that are to claim its land in its place, when it was closed as
    /// a duplicate, merged or split; none when it was not.
    pub continued_in: Option<&'a [String]>,
    /// Its boundary holds the land.
    pub covers: bool,
}

/// A hazardous area with all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HazardCover<'a> {
    /// The record.
    pub record: RecordId,
    /// The id releases name it by.
    pub local_id: &'a str,
    /// All versions, in any order.
    pub versions: Vec<HazardVersion<'a>>,
}

/// A release in force which covers the land.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseCover<'a> {
    /// The record version.
    pub key: SourceKey,
    /// The day it took effect.
    pub on: Day,
    /// The day the work began, where recorded.
    pub started_on: Option<Day>,
    /// By which process.
    pub outcome: Outcome,
    /// Local ids of the hazardous areas it acts on; empty means all it touches.
    pub names: &'a [String],
}

impl ReleaseCover<'_> {
    fn acts_on(&self, local_id: &str) -> bool {
        let key = crate::local_id_key(local_id);
        self.names.is_empty() || self.names.iter().any(|name| crate::local_id_key(name) == key)
    }
}

/// The history of one piece of land.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// What happened, in the order of days; on one day the change of state comes first, then the
    /// releases that changed nothing.
    pub timeline: Vec<LandEntry>,
    /// The hazardous areas that lay on it, and until when.
    pub stretches: Vec<Stretch>,
}

/// An unbroken run of days in which one hazardous area covers the land.
#[derive(Debug)]
struct Claim<'a> {
    record: RecordId,
    local_id: &'a str,
    from: Day,
    /// The day a redrawn boundary leaves the land, and the version that does.
    until: Option<(Day, u32)>,
    /// Classification and version from each day on; the first entry is of `from`.
    steps: Vec<(Day, Classification, u32)>,
    discharge: Option<(Day, Outcome, SourceKey)>,
    /// Others are to take its place, or have done so.
    handing: Option<Handing<'a>>,
}

/// A version that closes an area because others take its place.
#[derive(Debug, Clone, Copy)]
struct Handing<'a> {
    day: Day,
    by: u32,
    names: &'a [String],
}

impl Claim<'_> {
    /// The day from which it claims the land no more.
    fn end(&self) -> Option<Day> {
        self.discharge.map(|(day, _, _)| day).or(self.until.map(|(day, _)| day))
    }

    fn stands_after(&self, day: Day) -> bool {
        self.from <= day && self.end().is_none_or(|end| day < end)
    }

    fn step(&self, day: Day) -> Option<(Classification, SourceKey)> {
        let (_, classification, version) =
            self.steps.iter().rev().find(|(from, _, _)| *from <= day)?;
        Some((*classification, SourceKey { record: self.record, version: *version }))
    }

    fn stretch(&self) -> Option<Stretch> {
        let (_, _, version) = self.steps.first()?;
        let end = match (self.discharge, self.until) {
            (Some((on, outcome, by)), _) => Some(StretchEnd { on, by, outcome: Some(outcome) }),
            (None, Some((on, version))) => {
                let by = SourceKey { record: self.record, version };
                Some(StretchEnd { on, by, outcome: None })
            }
            (None, None) => None,
        };
        let hazard = SourceKey { record: self.record, version: *version };
        Some(Stretch { hazard, from: self.from, end })
    }
}

/// The versions that stand, in the order of their days: the last recorded of those that took effect
/// by a day is the one in effect on it (`latest-version`).
fn in_effect<'v, 'a>(hazard: &'v HazardCover<'a>) -> Vec<&'v HazardVersion<'a>> {
    let mut recorded: Vec<&HazardVersion<'a>> = hazard.versions.iter().collect();
    recorded.sort_by_key(|version| version.version);
    let mut standing: Vec<&HazardVersion<'a>> = Vec::with_capacity(recorded.len());
    for version in recorded {
        while standing.last().is_some_and(|last| last.effective_on >= version.effective_on) {
            standing.pop();
        }
        standing.push(version);
    }
    standing
}

/// The stretches of days in which the area lies on the land (`latest-version`, `new-evidence`,
/// `succession`).
fn claims<'a>(hazard: &HazardCover<'a>, successors: &Successors<'_, 'a>) -> Vec<Claim<'a>> {
    let mut found: Vec<Claim<'a>> = Vec::new();
    let mut open: Option<Claim<'a>> = None;
    let mut was_closed = false;
    for version in in_effect(hazard) {
        let day = version.effective_on;
        open = open.and_then(|claim| successors.take_over(claim, Some(day), &mut found));
        let opened_again = was_closed && !version.closed;
        let holds = version.in_force && version.covers;
        let step = (day, version.classification, version.version);
        let handing = version.continued_in.map(|names| Handing { day, by: version.version, names });
        if let Some(mut claim) = open.take() {
            claim.handing = handing;
            if handing.is_some() {
                open = Some(claim);
            } else if holds && !opened_again {
                claim.steps.push(step);
                open = Some(claim);
            } else {
                claim.until = Some((day, version.version));
                found.push(claim);
            }
        }
        if open.is_none() && version.covers && (version.in_force || handing.is_some()) {
            open = Some(Claim {
                record: hazard.record,
                local_id: hazard.local_id,
                from: day,
                until: None,
                handing,
                steps: vec![step],
                discharge: None,
            });
        }
        was_closed = version.closed;
    }
    let last = open.and_then(|claim| successors.take_over(claim, None, &mut found));
    found.extend(last);
    found
}

/// The release that ends the claim, if any (`named-areas`, `new-evidence`, `work-began`, `once`).
fn discharge(
    claim: &Claim<'_>,
    releases: &[ReleaseCover<'_>],
) -> Option<(Day, Outcome, SourceKey)> {
    releases
        .iter()
        .filter(|release| release.acts_on(claim.local_id) && release.on >= claim.from)
        .filter(|release| {
            claim.until.is_none_or(|(until, _)| {
                let began_inside = release
                    .started_on
                    .is_some_and(|started| claim.from <= started && started < until);
                release.on <= until || began_inside
            })
        })
        .map(|release| (release.on, release.outcome, release.key))
        .min()
}

/// What the land is at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In no hazardous area, and never released since it left the last one.
    Unclaimed {
        /// It was hazardous once.
        before: bool,
    },
    Hazardous(Classification),
    Released,
}

/// The history of one piece of land.
///
/// The result depends only on the set of records, not on their order.
pub fn history(hazards: &[HazardCover<'_>], releases: &[ReleaseCover<'_>]) -> History {
    let mut releases = releases.to_vec();
    releases.sort_by_key(|release| (release.on, release.outcome, release.key));
    let successors = Successors::of(hazards);
    let mut all: Vec<Claim<'_>> =
        hazards.iter().flat_map(|hazard| claims(hazard, &successors)).collect();
    for claim in &mut all {
        claim.discharge = discharge(claim, &releases);
    }
    all = settle(all);
    all.sort_by_key(|claim| (claim.record, claim.from));

    let mut days: BTreeSet<Day> = releases.iter().map(|release| release.on).collect();
    for claim in &all {
        days.extend(claim.steps.iter().map(|(day, _, _)| *day));
        days.extend(claim.end());
    }
    let mut timeline = Vec::new();
    let mut state = State::Unclaimed { before: false };
    for day in days {
        let today: Vec<&ReleaseCover<'_>> =
            releases.iter().filter(|release| release.on == day).collect();
        state = one_day(day, state, &all, &today, &mut timeline);
    }
    History { timeline, stretches: all.iter().filter_map(Claim::stretch).collect() }
}

fn one_day(
    day: Day,
    before: State,
    claims: &[Claim<'_>],
    releases: &[&ReleaseCover<'_>],
    timeline: &mut Vec<LandEntry>,
) -> State {
    let mut push = |change, cause| timeline.push(LandEntry { on: day, change, cause });
    let began = worst(claims.iter().filter(|claim| claim.from == day), day);
    let classification = match (before, began) {
        (State::Hazardous(classification), _) => classification,
        (State::Unclaimed { .. } | State::Released, None) => {
            return not_hazardous(before, releases, &mut push);
        }
        (State::Unclaimed { .. } | State::Released, Some((classification, cause))) => {
            let again = before != State::Unclaimed { before: false };
            push(LandChange::Identified { classification, again }, cause);
            classification
        }
    };

    let after = worst(claims.iter().filter(|claim| claim.stands_after(day)), day);
    if let Some((now, cause)) = after {
        if now != classification {
            push(LandChange::Reclassified { classification: now }, cause);
        }
        for release in releases {
            push(LandChange::WithoutEffect { outcome: release.outcome }, release.key);
        }
        return State::Hazardous(now);
    }

    let discharging = claims
        .iter()
        .filter_map(|claim| claim.discharge)
        .filter(|(on, _, _)| *on == day)
        .map(|(_, outcome, key)| (outcome, key))
        .min();
    if let Some((outcome, key)) = discharging {
        push(LandChange::Released { outcome }, key);
        for other in releases.iter().filter(|other| other.key != key) {
            push(LandChange::ReleasedAgain { outcome: other.outcome }, other.key);
        }
        return State::Released;
    }
    let redrawn = claims
        .iter()
        .filter_map(|claim| {
            let (until, version) = claim.until?;
            (until == day).then_some(SourceKey { record: claim.record, version })
        })
        .min();
    if let Some(cause) = redrawn {
        push(LandChange::Adjusted, cause);
    }
    not_hazardous(State::Unclaimed { before: true }, releases, &mut push)
}

/// What releases do to land that is not hazardous (`once`, `outside`).
fn not_hazardous(
    mut state: State,
    releases: &[&ReleaseCover<'_>],
    push: &mut impl FnMut(LandChange, SourceKey),
) -> State {
    for release in releases {
        let outcome = release.outcome;
        if state == State::Released {
            push(LandChange::ReleasedAgain { outcome }, release.key);
        } else {
            push(LandChange::ReleasedOutside { outcome }, release.key);
            state = State::Released;
        }
    }
    state
}

/// The worst classification claimed on a day, and its first cause in the order of records
/// (`every-area`).
fn worst<'a>(
    claims: impl Iterator<Item = &'a Claim<'a>>,
    day: Day,
) -> Option<(Classification, SourceKey)> {
    claims
        .filter_map(|claim| claim.step(day))
        .reduce(|worst, next| if next.0 > worst.0 { next } else { worst })
}
