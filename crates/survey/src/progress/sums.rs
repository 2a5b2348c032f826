//! Adding facts up: rows, stocks and counts.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use geometry::GridArea;

use super::{Figures, GroupKey, Progress, ProgressQuery, Row};
use crate::facts::{Dictionary, Fact, FactChange, NO_WORD};
use crate::land::{Classification, LandChange, Outcome};

/// A group key's value as a small ordered number; times are counted in months.
type Digit = i64;

const NO_DIGIT: Digit = Digit::MAX;

fn digit(key: GroupKey, fact: &Fact) -> Digit {
    let word = |word| if word == NO_WORD { NO_DIGIT } else { Digit::from(word) };
    match key {
        GroupKey::Region => word(fact.region),
        GroupKey::Organisation => word(fact.organisation),
        GroupKey::Method => word(fact.method),
        GroupKey::HazardType => word(fact.hazard_type),
        GroupKey::Year => Digit::from(fact.on.year()),
        GroupKey::Quarter => Digit::from(fact.on.year()) * 4 + Digit::from(fact.on.month0() / 3),
        GroupKey::Month => Digit::from(fact.on.year()) * 12 + Digit::from(fact.on.month0()),
        GroupKey::Outcome => outcome(fact).map_or(NO_DIGIT, |outcome| outcome as Digit),
        GroupKey::Classification => fact.classification.map_or(NO_DIGIT, |one| one as Digit),
    }
}

/// The outcome of the release behind a fact; none when no release is behind it.
fn outcome(fact: &Fact) -> Option<Outcome> {
    match fact.change {
        FactChange::Land(
            LandChange::Released { outcome }
            | LandChange::ReleasedOutside { outcome }
            | LandChange::ReleasedAgain { outcome }
            | LandChange::WithoutEffect { outcome },
        ) => Some(outcome),
        FactChange::Land(
            LandChange::Identified { .. } | LandChange::Reclassified { .. } | LandChange::Adjusted,
        )
        | FactChange::ClaimedAgain => None,
    }
}

fn text(key: GroupKey, digit: Digit, dictionary: &Dictionary) -> Option<String> {
    if digit == NO_DIGIT {
        return None;
    }
    Some(match key {
        GroupKey::Region | GroupKey::Organisation | GroupKey::Method | GroupKey::HazardType => {
            dictionary.text(digit as u32)?.to_owned()
        }
        GroupKey::Year => format!("{digit:04}"),
        GroupKey::Quarter => format!("{:04}-Q{}", digit / 4, digit % 4 + 1),
        GroupKey::Month => format!("{:04}-{:02}", digit / 12, digit % 12 + 1),
        GroupKey::Outcome => {
            Outcome::ALL.into_iter().find(|one| *one as Digit == digit)?.name().to_owned()
        }
        GroupKey::Classification => {
            Classification::ALL.into_iter().find(|one| *one as Digit == digit)?.name().to_owned()
        }
    })
}

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
            scratch: Vec::new(),
        }
    }

    fn take(&mut self, fact: &Fact) {
        if self.query.to.is_some_and(|to| fact.on > to) {
            return;
        }
        self.scratch.clear();
        self.scratch.extend(self.keys.iter().map(|key| digit(*key, fact)));
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

    fn book(&mut self, fact: &Fact, reclassified: GridArea) {
        if self.query.from.is_some_and(|from| fact.on < from) {
            let mut before = Figures { reclassified, ..Figures::default() };
            before.add(fact.change, fact.area);
            let net = before.net();
            let mut group = self.scratch.clone();
            if let Some(time) = self.time {
                group.remove(time);
            }
            *self.opening.entry(group).or_default() += net;
            return;
        }
        let slot = if let Some(slot) = self.groups.get(&self.scratch) {
            *slot
        } else {
            self.flows.push((self.scratch.clone(), Figures::default()));
            self.groups.insert(self.scratch.clone(), self.flows.len() - 1);
            self.flows.len() - 1
        };
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
        let mut series: BTreeMap<Vec<Digit>, BTreeMap<Digit, Figures>> = BTreeMap::new();
        for group in self.opening.keys() {
            series.entry(group.clone()).or_default();
        }
        for (digits, figures) in &self.flows {
            let mut group = digits.clone();
            let period = self.time.map_or(0, |time| group.remove(time));
            series.entry(group).or_default().insert(period, *figures);
        }
        let periods = || series.values().flat_map(BTreeMap::keys).copied();
        let last = periods().max();
        let first = periods().min();
        let mut rows = Vec::new();
        for (group, by_period) in &series {
            let mut stock = self.opening.get(group).copied().unwrap_or_default();
            let span = match (self.time, first, last) {
                (Some(_), Some(first), Some(last)) => first..=last,
                _ => 0..=0,
            };
            for period in span {
                let mut figures = by_period.get(&period).copied().unwrap_or_default();
                if !by_period.contains_key(&period) && stock == GridArea::default() {
                    continue;
                }
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
}
