//! What happened to one piece of land, day by day, from the records that cover it. Pure: no
//! geometry, no clock.
//!
//! # The rules of doubt
//! 1. A hazardous area's boundary on a day is that of its latest version in effect; of versions
//!    that take effect on one day the last recorded stands. *Ours, after the date of information
//!    of national registers.*
//! 2. A release acts on the hazardous areas it names; naming none it acts on all it touches.
//!    *Ours.*
//! 3. Land under several hazardous areas is hazardous until each is released. *Ours: when in doubt,
//!    it is hazardous.*
//! 4. A release ends an unbroken stretch of cover that began on or before its day; a stretch that
//!    begins later is a new hazard, and so is an area that is opened again after it was closed.
//!    *IMAS 07.11: new evidence makes released land hazardous again.*
//! 5. A release is judged against the hazardous area as it was when the work began: if the
//!    boundary was redrawn during the work, the land left out stays claimed until the release.
//!    *Ours: old registers cut cleared land out of the area.*
//! 6. Land that leaves its last hazardous area without a release is adjusted, never released.
//!    *Ours.*
//! 7. Land is released once: on the first day, and on one day as cleared before reduced before
//!    cancelled. *IMAS 07.11 for the three processes; the order is ours.*
//! 8. Land released outside any hazardous area is kept apart. *Ours.*

use std::collections::BTreeSet;

use crate::id::{Day, RecordId, SourceKey};
use crate::land::{Classification, LandChange, LandEntry, Outcome, Stretch, StretchEnd};

/// One version of a hazardous area, as one piece of land sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HazardVersion {
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
    pub versions: Vec<HazardVersion>,
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

/// Rules 1 and 4: the stretches of days in which the area lies on the land.
fn claims<'a>(hazard: &HazardCover<'a>) -> Vec<Claim<'a>> {
    let mut versions = hazard.versions.clone();
    versions.sort_by_key(|version| (version.effective_on, version.version));
    let mut found: Vec<Claim<'a>> = Vec::new();
    let mut open: Option<Claim<'a>> = None;
    let mut was_closed = false;
    for (place, version) in versions.iter().enumerate() {
        let next = versions.get(place + 1);
        if next.is_some_and(|next| next.effective_on == version.effective_on) {
            continue;
        }
        let (day, holds) = (version.effective_on, version.covers && version.in_force);
        let opened_again = was_closed && !version.closed;
        if let Some(mut claim) = open.take() {
            if holds && !opened_again {
                claim.steps.push((day, version.classification, version.version));
                open = Some(claim);
            } else {
                claim.until = Some((day, version.version));
                found.push(claim);
            }
        }
        if holds && open.is_none() {
            open = Some(Claim {
                record: hazard.record,
                local_id: hazard.local_id,
                from: day,
                until: None,
                steps: vec![(day, version.classification, version.version)],
                discharge: None,
            });
        }
        was_closed = version.closed;
    }
    found.extend(open);
    found
}

/// Rules 2, 4, 5 and 7: the release that ends the claim, if any.
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
    let mut all: Vec<Claim<'_>> = hazards.iter().flat_map(claims).collect();
    all.sort_by_key(|claim| (claim.record, claim.from));
    for claim in &mut all {
        claim.discharge = discharge(claim, &releases);
    }

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

/// Rules 7 and 8.
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

/// Rule 3: the worst classification claimed on a day, and its first cause in the order of records.
fn worst<'a>(
    claims: impl Iterator<Item = &'a Claim<'a>>,
    day: Day,
) -> Option<(Classification, SourceKey)> {
    claims
        .filter_map(|claim| claim.step(day))
        .reduce(|worst, next| if next.0 > worst.0 { next } else { worst })
}
