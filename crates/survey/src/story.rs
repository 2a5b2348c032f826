//! What happened to one hazardous area, day by day, with what remained of it.
//!
//! Everything is derived from the parcels of the area's cluster and the versions of its record.
//! What remains is the land the area itself still claims; land that is released from it and lies
//! in a further hazardous area stays hazardous there.

use std::collections::{BTreeMap, BTreeSet};

use geometry::{GridArea, GridShape};

use crate::id::{Day, RecordId, SourceKey};
use crate::land::{Classification, LandChange, Outcome, Parcel, Stretch};

/// One version of the area's record.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardState {
    /// Version of the record, from 1.
    pub version: u32,
    /// The day it took effect in the field.
    pub on: Day,
    /// How sure it is that the land is hazardous.
    pub classification: Classification,
    /// Whether it is closed or handed over.
    pub closed: bool,
    /// Whether the record was taken back.
    pub withdrawn: bool,
    /// Its boundary; empty when that is unknown.
    pub shape: GridShape,
}

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The area was recorded.
    Identified,
    /// Its boundary was redrawn.
    Redrawn,
    /// How sure it is changed.
    Reclassified,
    /// Land of it was released.
    Released,
    /// A release lay on land of it, and the area claims that land all the same.
    WithoutEffect,
    /// It was closed or handed over.
    Closed,
    /// It was opened again.
    Reopened,
    /// The record was taken back.
    Withdrawn,
    /// Something else about it was corrected.
    Updated,
}

impl EventKind {
    /// The name used in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Redrawn => "redrawn",
            Self::Reclassified => "reclassified",
            Self::Released => "released",
            Self::WithoutEffect => "without_effect",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Withdrawn => "withdrawn",
            Self::Updated => "updated",
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// The version that caused it.
    pub cause: SourceKey,
    /// How land was released.
    pub outcome: Option<Outcome>,
    /// The classification from then on, where it is told.
    pub classification: Option<Classification>,
    /// How much land was released, or lay in a release without effect.
    pub area: Option<GridArea>,
}

/// A day on which something happened.
///
/// The remaining area is that of the day before, and what was gained, less what was released and
/// adjusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The day.
    pub on: Day,
    /// What happened.
    pub events: Vec<Event>,
    /// Land the area came to lie on.
    pub gained: GridArea,
    /// Land released from it.
    pub released: GridArea,
    /// Land it left without a release.
    pub adjusted: GridArea,
    /// Land it claims at the end of the day.
    pub remaining: GridArea,
    /// The places of the parcels it claims at the end of the day.
    pub parcels: Vec<usize>,
}

/// Tells the story of an area.
///
/// # Shape
/// All versions of its record and all parcels of its cluster, in any order. Steps come in the
/// order of days.
pub fn story(record: RecordId, versions: &[HazardState], parcels: &[Parcel]) -> Vec<Step> {
    let mut events: BTreeMap<Day, Vec<Event>> = BTreeMap::new();
    for (day, event) in
        version_events(record, versions).into_iter().chain(releases(record, parcels))
    {
        events.entry(day).or_default().push(event);
    }
    let mut days: BTreeSet<Day> = events.keys().copied().collect();
    let own: Vec<_> = stretches(record, parcels).collect();
    for (_, _, stretch) in &own {
        days.insert(stretch.from);
        days.extend(stretch.end.map(|end| end.on));
    }
    days.into_iter().map(|day| step(day, &own, events.remove(&day))).collect()
}

/// The land that remains after a step.
pub fn remaining_shape(step: &Step, parcels: &[Parcel]) -> GridShape {
    let shapes: Vec<GridShape> =
        step.parcels.iter().filter_map(|place| Some(parcels.get(*place)?.shape.clone())).collect();
    geometry::union_all(&shapes)
}

/// The area's stretches with the place and size of their parcels.
fn stretches(
    record: RecordId,
    parcels: &[Parcel],
) -> impl Iterator<Item = (usize, GridArea, Stretch)> {
    parcels.iter().enumerate().flat_map(move |(place, parcel)| {
        let own = parcel.stretches.iter().filter(move |one| one.hazard.record == record);
        own.map(move |stretch| (place, parcel.area, *stretch))
    })
}

fn step(day: Day, own: &[(usize, GridArea, Stretch)], events: Option<Vec<Event>>) -> Step {
    let mut step = Step {
        on: day,
        events: events.unwrap_or_default(),
        gained: GridArea::default(),
        released: GridArea::default(),
        adjusted: GridArea::default(),
        remaining: GridArea::default(),
        parcels: Vec::new(),
    };
    for (place, area, stretch) in own.iter().copied() {
        if stretch.from == day {
            step.gained += area;
        }
        match stretch.end.filter(|end| end.on == day) {
            Some(end) if end.outcome.is_some() => step.released += area,
            Some(_) => step.adjusted += area,
            None => {}
        }
        if stretch.from <= day && stretch.end.is_none_or(|end| day < end.on) {
            step.remaining += area;
            step.parcels.push(place);
        }
    }
    step
}

/// What each version says that the one in effect before it did not.
fn version_events(record: RecordId, versions: &[HazardState]) -> Vec<(Day, Event)> {
    let mut versions: Vec<&HazardState> = versions.iter().collect();
    versions.sort_by_key(|state| (state.on, state.version));
    let mut events = Vec::new();
    let mut before: Option<&HazardState> = None;
    for state in versions {
        let cause = SourceKey { record, version: state.version };
        let classification = Some(state.classification);
        let mut kinds = Vec::new();
        match before {
            None => kinds.push(EventKind::Identified),
            Some(_) if state.withdrawn => kinds.push(EventKind::Withdrawn),
            Some(before) => {
                let differs = [
                    (EventKind::Redrawn, state.shape != before.shape),
                    (EventKind::Reclassified, state.classification != before.classification),
                    (EventKind::Closed, state.closed && !before.closed),
                    (EventKind::Reopened, before.closed && !state.closed),
                ];
                kinds.extend(differs.iter().filter(|(_, is)| *is).map(|(kind, _)| *kind));
                if kinds.is_empty() {
                    kinds.push(EventKind::Updated);
                }
            }
        }
        let event = |kind| Event { kind, cause, outcome: None, classification, area: None };
        events.extend(kinds.into_iter().map(|kind| (state.on, event(kind))));
        before = Some(state);
    }
    events
}

/// Releases of land of the area, and those that lay on it without effect.
fn releases(record: RecordId, parcels: &[Parcel]) -> Vec<(Day, Event)> {
    let mut areas: BTreeMap<(Day, EventKind, SourceKey, Outcome), GridArea> = BTreeMap::new();
    for (place, area, stretch) in stretches(record, parcels) {
        if let Some((end, outcome)) = stretch.end.and_then(|end| Some((end, end.outcome?))) {
            *areas.entry((end.on, EventKind::Released, end.by, outcome)).or_default() += area;
        }
        for entry in parcels.get(place).map(|parcel| parcel.timeline.as_slice()).unwrap_or_default()
        {
            let stands =
                stretch.from <= entry.on && stretch.end.is_none_or(|end| entry.on < end.on);
            if let LandChange::WithoutEffect { outcome } = entry.change
                && stands
            {
                let key = (entry.on, EventKind::WithoutEffect, entry.cause, outcome);
                *areas.entry(key).or_default() += area;
            }
        }
    }
    let event = |((on, kind, cause, outcome), area)| {
        let outcome = Some(outcome);
        (on, Event { kind, cause, outcome, classification: None, area: Some(area) })
    };
    areas.into_iter().map(event).collect()
}
