//! Adding facts up: rows, stocks and counts.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use geometry::GridArea;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::areas::{AreaCounts, Claims, Series, Window};
use super::counted::Counted;
use super::subject::{Digit, Subject, outcome, period, text};
use super::{Figures, GroupKey, Progress, ProgressQuery, Row};
use crate::facts::{ClaimFact, DeviceFact, Dictionary, Fact, FactChange};
use crate::land::LandChange;

/// Adds up facts.
///
/// # Shape
/// Facts in any order; those outside `query.region` must be left out by the caller, who knows the
/// hierarchy of regions.
pub fn progress<F: Borrow<Fact>>(
    facts: impl Iterator<Item = F> + Send,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    progress_of_parts(vec![facts], dictionary, query)
}

/// As [`progress`], of facts in several parts, which are added up at the same time.
pub fn progress_of_parts<F: Borrow<Fact>>(
    parts: Vec<impl Iterator<Item = F> + Send>,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    let take = |sums: &mut Sums<'_>, fact: F| sums.take(fact.borrow());
    added(parts, query, &take).finish(dictionary)
}

/// Adds up facts, and counts hazardous areas and items found by the same keys.
///
/// # Shape
/// All in any order and in any parts; what lies outside `query.region` must be left out by the
/// caller.
pub(crate) fn balance(
    facts: Vec<impl Iterator<Item = Fact> + Send>,
    claims: Vec<impl Iterator<Item = ClaimFact> + Send>,
    devices: impl Iterator<Item = DeviceFact>,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    let take = |sums: &mut Sums<'_>, fact: Fact| sums.take(&fact);
    let mut sums = added(facts, query, &take);
    for device in devices {
        sums.take_devices(&device);
    }
    let take = |sums: &mut Sums<'_>, claim: ClaimFact| sums.take_claim(&claim);
    sums = sums.and(added(claims, query, &take));
    sums.claims.get_or_insert_default();
    sums.finish(dictionary)
}

/// Adds up each part by itself, and the parts: areas and counts are whole numbers, so that the
/// parts do not show.
fn added<'q, T>(
    parts: Vec<impl Iterator<Item = T> + Send>,
    query: &'q ProgressQuery,
    take: &(impl Fn(&mut Sums<'q>, T) + Sync),
) -> Sums<'q> {
    let of_part = |part| {
        let mut sums = Sums::new(query);
        for one in part {
            take(&mut sums, one);
        }
        sums
    };
    parts.into_par_iter().map(of_part).reduce(|| Sums::new(query), Sums::and)
}

/// Rows behind the last change, in periods: a window may end in the far future.
const PERIODS_AHEAD_MAX: Digit = 120;

struct Sums<'q> {
    query: &'q ProgressQuery,
    keys: Vec<GroupKey>,
    time: Option<usize>,
    groups: FxHashMap<Vec<Digit>, usize>,
    flows: Vec<(Vec<Digit>, Figures)>,
    /// Hazardous land before the window, by the keys without time.
    opening: FxHashMap<Vec<Digit>, GridArea>,
    counted: Counted,
    /// What hazardous areas are counted from, where they are.
    claims: Option<Claims>,
    /// The keys of the fact at hand.
    scratch: Vec<Digit>,
    /// The same without time.
    group: Vec<Digit>,
}

impl<'q> Sums<'q> {
    fn new(query: &'q ProgressQuery) -> Self {
        let keys = query.group_by.clone();
        let time = keys.iter().position(|key| key.is_time());
        Self {
            query,
            keys,
            time,
            groups: FxHashMap::default(),
            flows: Vec::new(),
            opening: FxHashMap::default(),
            counted: Counted::default(),
            claims: None,
            scratch: Vec::new(),
            group: Vec::new(),
        }
    }

    /// Both together.
    fn and(mut self, other: Self) -> Self {
        if self.flows.is_empty() && self.opening.is_empty() && self.claims.is_none() {
            return other;
        }
        let mut slots = Vec::with_capacity(other.flows.len());
        for (digits, figures) in &other.flows {
            self.scratch.clone_from(digits);
            let slot = self.slot();
            if let Some((_, known)) = self.flows.get_mut(slot) {
                known.absorb(figures);
            }
            slots.push(slot as u32);
        }
        self.counted.absorb(&other.counted, &slots);
        for (group, net) in other.opening {
            *self.opening.entry(group).or_default() += net;
        }
        self.claims = match (self.claims, other.claims) {
            (Some(claims), Some(further)) => Some(claims.and(further)),
            (claims, further) => claims.or(further),
        };
        self
    }

    fn take(&mut self, fact: &Fact) {
        if self.query.to.is_some_and(|to| fact.on > to) {
            return;
        }
        self.stand_at(&fact.into());
        if let FactChange::Land(LandChange::Reclassified { classification }) = fact.change
            && let Some(place) = self.keys.iter().position(|key| *key == GroupKey::Classification)
        {
            self.book(fact, GridArea::default() - fact.area);
            if let Some(slot) = self.scratch.get_mut(place) {
                *slot = classification as Digit;
            }
            self.book(fact, fact.area);
        } else {
            self.book(fact, GridArea::default());
        }
    }

    fn stand_at(&mut self, subject: &Subject) {
        self.scratch.clear();
        self.scratch.extend(self.keys.iter().map(|key| subject.digit(*key)));
    }

    fn take_devices(&mut self, fact: &DeviceFact) {
        let early = self.query.from.is_some_and(|from| fact.on < from);
        if early || self.query.to.is_some_and(|to| fact.on > to) {
            return;
        }
        self.stand_at(&fact.into());
        let slot = self.slot();
        if let Some((_, figures)) = self.flows.get_mut(slot) {
            figures.devices.add(fact.category, fact.found.into(), fact.destroyed.into());
        }
    }

    fn take_claim(&mut self, fact: &ClaimFact) {
        self.stand_at(&fact.into());
        self.leave_out_time();
        self.claims.get_or_insert_default().take(&self.group, fact);
    }

    fn leave_out_time(&mut self) {
        self.group.clone_from(&self.scratch);
        if let Some(time) = self.time {
            self.group.remove(time);
        }
    }

    /// The row of the fact at hand, begun if new.
    fn slot(&mut self) -> usize {
        if let Some(slot) = self.groups.get(self.scratch.as_slice()) {
            return *slot;
        }
        self.flows.push((self.scratch.clone(), Figures::default()));
        self.groups.insert(self.scratch.clone(), self.flows.len() - 1);
        self.flows.len() - 1
    }

    fn book(&mut self, fact: &Fact, reclassified: GridArea) {
        if self.query.from.is_some_and(|from| fact.on < from) {
            let mut before = Figures { reclassified, ..Figures::default() };
            before.add(fact.change, fact.area);
            let net = before.net();
            self.leave_out_time();
            match self.opening.get_mut(self.group.as_slice()) {
                Some(known) => *known += net,
                None => drop(self.opening.insert(self.group.clone(), net)),
            }
            return;
        }
        let slot = self.slot();
        if let Some((_, figures)) = self.flows.get_mut(slot) {
            figures.add(fact.change, fact.area);
            figures.reclassified += reclassified;
        }
        let is_hazard = matches!(
            fact.change,
            FactChange::Land(LandChange::Identified { .. }) | FactChange::ClaimedAgain
        );
        if is_hazard || outcome(fact).is_some() {
            self.counted.take(slot as u32, is_hazard, fact.record);
        }
    }

    fn finish(mut self, dictionary: &Dictionary) -> Progress {
        let mut total = self.count();
        for (_, figures) in &self.flows {
            total.absorb(figures);
        }
        let opening: GridArea = self.opening.values().copied().sum();
        total.opening = Some(opening);
        total.remaining = Some(opening + total.net());
        let open;
        (open, total.areas) = self.open_areas();
        let rows = self.rows(open.as_ref());
        let mut rows: Vec<Row> = rows
            .into_iter()
            .map(|(digits, figures)| Row {
                keys: self
                    .keys
                    .iter()
                    .zip(&digits)
                    .map(|(key, digit)| text(*key, *digit, dictionary))
                    .collect(),
                figures,
            })
            .collect();
        // `None` is the greatest: what lies in no region comes last.
        rows.sort_by(|a, b| {
            let key = |row: &Row| -> Vec<(bool, Option<String>)> {
                row.keys.iter().map(|key| (key.is_none(), key.clone())).collect()
            };
            key(a).cmp(&key(b))
        });
        Progress { group_by: self.keys, rows, total }
    }

    /// Counts distinct records by row; returns figures holding the counts of the total.
    fn count(&mut self) -> Figures {
        let counted = std::mem::take(&mut self.counted);
        let (hazardous_areas, releases) = counted.count(|slot, is_hazard| {
            if let Some((_, figures)) = self.flows.get_mut(slot as usize) {
                figures.hazardous_areas += u64::from(is_hazard);
                figures.releases += u64::from(!is_hazard);
            }
        });
        Figures { hazardous_areas, releases, ..Figures::default() }
    }

    /// The rows with their stocks; periods without any change are filled in where land was
    /// hazardous, so that a stock can be followed without gaps.
    fn rows(&self, counted: Option<&HashMap<Vec<Digit>, Series>>) -> Vec<(Vec<Digit>, Figures)> {
        if !self.keys.iter().all(|key| key.has_stock()) {
            return self.flows.clone();
        }
        let open = || counted.into_iter().flatten();
        let mut series: BTreeMap<Vec<Digit>, BTreeMap<Digit, Figures>> = BTreeMap::new();
        for group in self.opening.keys().chain(open().map(|(group, _)| group)) {
            series.entry(group.clone()).or_default();
        }
        for (digits, figures) in &self.flows {
            let mut group = digits.clone();
            let period = self.time.map_or(0, |time| group.remove(time));
            series.entry(group).or_default().insert(period, *figures);
        }
        let counted_in = open().flat_map(|(_, series)| series.periods());
        let changed_in = series.values().flat_map(BTreeMap::keys).copied();
        let span = self.span(changed_in.chain(counted_in));
        let mut rows = Vec::new();
        for (group, by_period) in &series {
            let mut stock = self.opening.get(group).copied().unwrap_or_default();
            for period in span.clone() {
                let mut figures = by_period.get(&period).copied().unwrap_or_default();
                let open = counted.and_then(|counted| counted.get(group));
                let areas = open.map(|open| open.counts(period)).unwrap_or_default();
                let nothing = stock == GridArea::default() && areas == AreaCounts::default();
                if nothing && !by_period.contains_key(&period) {
                    continue;
                }
                figures.areas = counted.map(|_| areas);
                figures.opening = Some(stock);
                stock += figures.net();
                figures.remaining = Some(stock);
                let mut digits = group.clone();
                if let Some(time) = self.time {
                    digits.insert(time, period);
                }
                rows.push((digits, figures));
            }
        }
        rows
    }

    /// The periods that have rows: those of the window, as far as it is given, and all in which
    /// something changed.
    fn span(&self, changed: impl Iterator<Item = Digit>) -> RangeInclusive<Digit> {
        let Some(key) = self.time.and_then(|time| self.keys.get(time)) else { return 0..=0 };
        let from = self.query.from.map(|from| period(*key, from));
        let (mut first, mut last) = (from, from);
        for period in changed {
            first = Some(first.map_or(period, |first| first.min(period)));
            last = Some(last.map_or(period, |last| last.max(period)));
        }
        let (Some(first), Some(last)) = (first, last) else { return RangeInclusive::new(1, 0) };
        let to = self.query.to.map_or(last, |to| period(*key, to));
        first..=last.max(to.min(last.saturating_add(PERIODS_AHEAD_MAX)))
    }

    /// Counts hazardous areas by group, where rows can have such counts, and all of them in the
    /// whole window.
    fn open_areas(&mut self) -> (Option<HashMap<Vec<Digit>, Series>>, Option<AreaCounts>) {
        let Some(claims) = self.claims.take() else { return (None, None) };
        let times = self.keys.iter().filter(|key| key.is_time()).count();
        let by_group = times < 2 && self.keys.iter().all(|key| key.counts_areas());
        let time = self.time.and_then(|time| self.keys.get(time)).copied();
        let period = |day| time.map_or(0, |key| period(key, day));
        let (from, to) = (self.query.from, self.query.to);
        let (series, total) = claims.counted(Window { from, to, period }, by_group);
        (by_group.then_some(series), Some(total))
    }
}
