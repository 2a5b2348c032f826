//! Counting hazardous areas: how many were open, opened and closed in each period.

use std::collections::{BTreeMap, HashMap};

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

/// The claims of hazardous areas, by the keys of a row without time.
#[derive(Debug, Default)]
pub(super) struct Claims {
    by_group: HashMap<Vec<Digit>, Vec<ClaimFact>>,
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
    pub(super) fn take(&mut self, group: Vec<Digit>, claim: &ClaimFact) {
        self.by_group.entry(group).or_default().push(*claim);
    }

    pub(super) fn series<F: Fn(Day) -> Digit + Copy>(
        &self,
        window: Window<F>,
    ) -> HashMap<Vec<Digit>, Series> {
        let series = |claims: &Vec<ClaimFact>| Series::of(claims.clone(), window);
        self.by_group.iter().map(|(group, claims)| (group.clone(), series(claims))).collect()
    }

    /// The counts of all groups together in the whole window.
    pub(super) fn total(&self, from: Option<Day>, to: Option<Day>) -> AreaCounts {
        let all = self.by_group.values().flatten().copied().collect();
        Series::of(all, Window { from, to, period: |_| 0 }).counts(0)
    }
}

impl Series {
    fn of<F: Fn(Day) -> Digit>(mut claims: Vec<ClaimFact>, window: Window<F>) -> Self {
        let mut series = Self::default();
        claims.retain(|claim| window.to.is_none_or(|to| claim.from <= to));
        claims.sort_unstable_by_key(|claim| (claim.record, claim.from));
        for of_record in claims.chunk_by(|a, b| a.record == b.record) {
            series.count(of_record, &window);
        }
        let mut open = series.open_before;
        for (period, change) in &series.changes {
            open = open + change.identified - change.closed;
            series.open_after.insert(*period, open);
        }
        series
    }

    /// Counts one area from its claims in the order of days.
    fn count<F: Fn(Day) -> Digit>(&mut self, claims: &[ClaimFact], window: &Window<F>) {
        let period = |day: Day| match window.from {
            Some(from) if day < from => Digit::MIN,
            _ => (window.period)(day),
        };
        let within = |end: Option<Day>| end.filter(|end| window.to.is_none_or(|to| *end <= to));
        let mut spans: Vec<(Day, Option<Day>)> = Vec::new();
        let mut redrawn: Vec<Digit> = Vec::new();
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
