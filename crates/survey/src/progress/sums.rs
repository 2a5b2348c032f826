//! Adding facts up: rows, stocks and counts.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use geometry::GridArea;

use super::areas::{AreaCounts, Claims, Series, Window};
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
    facts: impl Iterator<Item = F>,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    let mut sums = Sums::new(query);
    for fact in facts {
        sums.take(fact.borrow());
    }
    sums.finish(dictionary)
}

/// Adds up facts, and counts hazardous areas and items found by the same keys.
///
/// # Shape
/// All in any order; what lies outside `query.region` must be left out by the caller.
pub(crate) fn balance(
    facts: impl Iterator<Item = Fact>,
    claims: impl Iterator<Item = ClaimFact>,
    devices: impl Iterator<Item = DeviceFact>,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    let mut sums = Sums::new(query);
    for fact in facts {
        sums.take(&fact);
    }
    for device in devices {
        sums.take_devices(&device);
    }
    sums.claims = Some(Claims::default());
    for claim in claims {
        sums.take_claim(&claim);
    }
    sums.finish(dictionary)
}

/// Rows behind the last change, in periods: a window may end in the far future.
const PERIODS_AHEAD_MAX: Digit = 120;

struct Sums<'q> {
    query: &'q ProgressQuery,
    keys: Vec<GroupKey>,
    time: Option<usize>,
    groups: HashMap<Vec<Digit>, usize>,
    flows: Vec<(Vec<Digit>, Figures)>,
    /// Hazardous land before the window, by the keys without time.
    opening: HashMap<Vec<Digit>, GridArea>,
    /// Group, kind and record of everything counted.
    counted: Vec<(u32, bool, u32)>,
    /// What hazardous areas are counted from, where they are.
    claims: Option<Claims>,
    scratch: Vec<Digit>,
}

impl<'q> Sums<'q> {
    fn new(query: &'q ProgressQuery) -> Self {
        let keys = query.group_by.clone();
        let time = keys.iter().position(|key| key.is_time());
        Self {
            query,
            keys,
            time,
            groups: HashMap::new(),
            flows: Vec::new(),
            opening: HashMap::new(),
            counted: Vec::new(),
            claims: None,
            scratch: Vec::new(),
        }
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
        let group = self.group();
        if let Some(claims) = &mut self.claims {
            claims.take(group, fact);
        }
    }

    /// The keys of the fact at hand without time.
    fn group(&self) -> Vec<Digit> {
        let mut group = self.scratch.clone();
        if let Some(time) = self.time {
            group.remove(time);
        }
        group
    }

    /// The row of the fact at hand, begun if new.
    fn slot(&mut self) -> usize {
        if let Some(slot) = self.groups.get(&self.scratch) {
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
            let group = self.group();
            *self.opening.entry(group).or_default() += net;
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
            self.counted.push((slot as u32, is_hazard, fact.record));
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
        let (from, to) = (self.query.from, self.query.to);
        total.areas = self.claims.as_ref().map(|claims| claims.total(from, to));
        let rows = self.rows();
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
        let mut total = Figures::default();
        self.counted.sort_unstable();
        self.counted.dedup();
        for (slot, is_hazard, _) in &self.counted {
            if let Some((_, figures)) = self.flows.get_mut(*slot as usize) {
                figures.hazardous_areas += u64::from(*is_hazard);
                figures.releases += u64::from(!*is_hazard);
            }
        }
        let mut records: Vec<(bool, u32)> =
            self.counted.iter().map(|(_, is_hazard, record)| (*is_hazard, *record)).collect();
        records.sort_unstable();
        records.dedup();
        total.hazardous_areas = records.iter().filter(|(is_hazard, _)| *is_hazard).count() as u64;
        total.releases = records.len() as u64 - total.hazardous_areas;
        total
    }

    /// The rows with their stocks; periods without any change are filled in where land was
    /// hazardous, so that a stock can be followed without gaps.
    fn rows(&self) -> Vec<(Vec<Digit>, Figures)> {
        if !self.keys.iter().all(|key| key.has_stock()) {
            return self.flows.clone();
        }
        let open = self.open_areas();
        let mut series: BTreeMap<Vec<Digit>, BTreeMap<Digit, Figures>> = BTreeMap::new();
        for group in self.opening.keys().chain(open.keys()) {
            series.entry(group.clone()).or_default();
        }
        for (digits, figures) in &self.flows {
            let mut group = digits.clone();
            let period = self.time.map_or(0, |time| group.remove(time));
            series.entry(group).or_default().insert(period, *figures);
        }
        let counted_in = open.values().flat_map(Series::periods);
        let changed_in = series.values().flat_map(BTreeMap::keys).copied();
        let span = self.span(changed_in.chain(counted_in));
        let counted = self.counts_areas();
        let mut rows = Vec::new();
        for (group, by_period) in &series {
            let mut stock = self.opening.get(group).copied().unwrap_or_default();
            for period in span.clone() {
                let mut figures = by_period.get(&period).copied().unwrap_or_default();
                let areas = open.get(group).map(|open| open.counts(period)).unwrap_or_default();
                let nothing = stock == GridArea::default() && areas == AreaCounts::default();
                if nothing && !by_period.contains_key(&period) {
                    continue;
                }
                figures.areas = counted.then_some(areas);
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

    fn counts_areas(&self) -> bool {
        let times = self.keys.iter().filter(|key| key.is_time()).count();
        self.claims.is_some() && times < 2 && self.keys.iter().all(|key| key.counts_areas())
    }

    /// Counts hazardous areas by group, where rows can have such counts.
    fn open_areas(&self) -> HashMap<Vec<Digit>, Series> {
        let Some(claims) = self.claims.as_ref().filter(|_| self.counts_areas()) else {
            return HashMap::new();
        };
        let time = self.time.and_then(|time| self.keys.get(time)).copied();
        let period = |day| time.map_or(0, |key| period(key, day));
        claims.series(Window { from: self.query.from, to: self.query.to, period })
    }
}
