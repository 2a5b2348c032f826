//! Counting hazardous areas: how many were open, opened and closed in each period.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::subject::Digit;
use crate::facts::ClaimFact;
use crate::id::Day;

/// Hazardous areas that have land in a row, counted once each.
///
/// An area is open on a day when it lies on some of the row's land at the end of that day.
/// `open_at_opening + identified − closed = open_at_closing` in every row; an area that spans
/// regions is counted in the row of each, and once in the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaCounts {
    /// Open just before the first day.
    pub open_at_opening: u64,
    /// Opened in the period and not open before it.
    pub identified: u64,
    /// Open before or opened in the period, and not open at its end.
    pub closed: u64,
    /// Of those closed, areas of which no land left in the period without being released.
    pub released_completely: u64,
    /// Open at the end of the last day.
    pub open_at_closing: u64,
}

/// The claims of hazardous areas, each in the group of a row without time.
#[derive(Debug, Default)]
pub(super) struct Claims {
    groups: FxHashMap<Vec<Digit>, u32>,
    names: Vec<Vec<Digit>>,
    all: Vec<Claim>,
}

#[derive(Debug, Clone, Copy)]
struct Claim {
    record: u32,
    group: u32,
    from: Day,
    end: Option<Day>,
    released: bool,
}

/// What changes in one period.
#[derive(Debug, Clone, Copy, Default)]
struct Change {
    identified: u64,
    closed: u64,
    released: u64,
}

/// The counts of one group, period after period.
#[derive(Debug, Default)]
pub(super) struct Series {
    open_before: u64,
    changes: BTreeMap<Digit, Change>,
    /// Open at the end of each period in which something changed.
    open_after: BTreeMap<Digit, u64>,
}

/// Which days are counted, and in which period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<F> {
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub period: F,
}

impl Claims {
    pub(super) fn take(&mut self, group: &[Digit], fact: &ClaimFact) {
        let ClaimFact { record, from, end, released, .. } = *fact;
        let group = self.group(group);
        self.all.push(Claim { record, group, from, end, released });
    }

    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        let groups: Vec<u32> = other.names.iter().map(|name| self.group(name)).collect();
        let ours = |claim: Claim| {
            let group = groups.get(claim.group as usize).copied().unwrap_or(claim.group);
            Claim { group, ..claim }
        };
        self.all.extend(other.all.into_iter().map(ours));
        self
    }

    /// The number of a group, given out if new.
    fn group(&mut self, name: &[Digit]) -> u32 {
        if let Some(group) = self.groups.get(name) {
            return *group;
        }
        let group = self.names.len() as u32;
        self.groups.insert(name.to_vec(), group);
        self.names.push(name.to_vec());
        group
    }

    /// The counts of each group, if they are wanted, and those of all groups together in the whole
    /// window.
    pub(super) fn counted<F: Fn(Day) -> Digit + Copy + Sync>(
        mut self,
        window: Window<F>,
        by_group: bool,
    ) -> (HashMap<Vec<Digit>, Series>, AreaCounts) {
        self.all.retain(|claim| window.to.is_none_or(|to| claim.from <= to));
        // Stable, since claims mostly come in the order of records already, which costs little then.
        self.all.par_sort_by_key(|claim| claim.record);
        let tally = || Tally::new(if by_group { self.names.len() } else { 0 });
        let tally = self
            .all
            .par_chunk_by_mut(|a, b| a.record == b.record)
            .fold(tally, |tally, claims| tally.and_area(claims, &window))
            .reduce(tally, Tally::and);
        let series = self.names.into_iter().zip(tally.groups);
        let series = series.map(|(name, series)| (name, series.followed())).collect();
        (series, tally.total.followed().counts(0))
    }
}

/// Counts so far.
#[derive(Debug)]
struct Tally {
    groups: Vec<Series>,
    total: Series,
    scratch: Scratch,
}

/// The times of one area, kept so that they need no memory of their own for each.
#[derive(Debug, Default)]
struct Scratch {
    spans: Vec<(Day, Option<Day>)>,
    /// Periods in which land left without being released.
    redrawn: Vec<Digit>,
}

impl Tally {
    fn new(groups: usize) -> Self {
        let groups = std::iter::repeat_with(Series::default).take(groups).collect();
        Self { groups, total: Series::default(), scratch: Scratch::default() }
    }

    /// Counts one area from its claims.
    fn and_area<F: Fn(Day) -> Digit + Copy>(
        mut self,
        claims: &mut [Claim],
        window: &Window<F>,
    ) -> Self {
        if !self.groups.is_empty() {
            claims.sort_unstable_by_key(|claim| (claim.group, claim.from));
            for of_group in claims.chunk_by(|a, b| a.group == b.group) {
                let group = of_group.first().map_or(0, |claim| claim.group as usize);
                if let Some(series) = self.groups.get_mut(group) {
                    series.count(of_group, window, &mut self.scratch);
                }
            }
        }
        claims.sort_unstable_by_key(|claim| claim.from);
        let whole = Window { from: window.from, to: window.to, period: |_| 0 };
        self.total.count(claims, &whole, &mut self.scratch);
        self
    }

    fn and(mut self, other: Self) -> Self {
        for (ours, theirs) in self.groups.iter_mut().zip(&other.groups) {
            ours.absorb(theirs);
        }
        self.total.absorb(&other.total);
        self
    }
}

impl Series {
    fn absorb(&mut self, other: &Self) {
        self.open_before += other.open_before;
        for (period, further) in &other.changes {
            let change = self.changes.entry(*period).or_default();
            change.identified += further.identified;
            change.closed += further.closed;
            change.released += further.released;
        }
    }

    /// Follows how many are open from period to period.
    fn followed(mut self) -> Self {
        let mut open = self.open_before;
        for (period, change) in &self.changes {
            open = open + change.identified - change.closed;
            self.open_after.insert(*period, open);
        }
        self
    }

    /// Counts one area from its claims in the order of days.
    fn count<F: Fn(Day) -> Digit>(
        &mut self,
        claims: &[Claim],
        window: &Window<F>,
        scratch: &mut Scratch,
    ) {
        let Scratch { spans, redrawn } = scratch;
        spans.clear();
        redrawn.clear();
        let period = |day: Day| match window.from {
            Some(from) if day < from => Digit::MIN,
            _ => (window.period)(day),
        };
        let within = |end: Option<Day>| end.filter(|end| window.to.is_none_or(|to| *end <= to));
        for claim in claims {
            let end = within(claim.end);
            if let Some(end) = end.filter(|_| !claim.released) {
                redrawn.push(period(end));
            }
            match spans.last_mut() {
                // At the end of the day on which one claim follows another the area is open.
                Some((_, last)) if last.is_none_or(|last| claim.from <= last) => {
                    *last = (*last).zip(end).map(|(last, end)| last.max(end));
                }
                _ => spans.push((claim.from, end)),
            }
        }
        for (place, (from, end)) in spans.iter().enumerate() {
            let began = period(*from);
            let before = place.checked_sub(1).and_then(|place| spans.get(place));
            let ended_before = before.and_then(|(_, end)| *end).map(period);
            if began == Digit::MIN {
                self.open_before += u64::from(end.is_none_or(|end| period(end) != Digit::MIN));
            } else if ended_before.is_none_or(|ended| ended < began) {
                self.changes.entry(began).or_default().identified += 1;
            }
            let Some(ended) = end.map(period).filter(|ended| *ended != Digit::MIN) else {
                continue;
            };
            let next = spans.get(place + 1).map(|(from, _)| period(*from));
            if next.is_none_or(|next| next > ended) {
                let change = self.changes.entry(ended).or_default();
                change.closed += 1;
                change.released += u64::from(!redrawn.contains(&ended));
            }
        }
    }

    pub(super) fn periods(&self) -> impl Iterator<Item = Digit> {
        self.changes.keys().copied()
    }

    /// The counts of one period.
    pub(super) fn counts(&self, period: Digit) -> AreaCounts {
        let before = self.open_after.range(..period).next_back();
        let open_at_opening = before.map_or(self.open_before, |(_, open)| *open);
        let change = self.changes.get(&period).copied().unwrap_or_default();
        AreaCounts {
            open_at_opening,
            identified: change.identified,
            closed: change.closed,
            released_completely: change.released,
            open_at_closing: open_at_opening + change.identified - change.closed,
        }
    }
}
