//! Figures of land release: what was identified, cancelled, reduced and cleared, and what remains.
//!
//! Figures are sums over [`Fact`]s. All sums are made in exact grid units and turned into square
//! metres at the end, so that totals equal the sum of the rows and parts equal the whole.
//!
//! In every row, and for every total,
//! `opening + identified + reclassified − cancelled − reduced − cleared − adjusted = remaining`.
//! Opening and remaining are stocks: hazardous land just before the first and at the end of the
//! last day of the row's period. Where rows are grouped by time they belong to the row's own
//! period and the total's belong to the whole window; every other column of the total is the sum
//! of the rows. Grouped by what only releases have (outcome, method, organisation) rows have no
//! stocks.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use chrono::Datelike;
use geometry::GridArea;
use serde_json::{Map, Value, json};

pub use crate::facts::{CauseWords, Dictionary, Fact, FactChange, NO_WORD, Word, facts};
use crate::id::Day;
use crate::land::{Classification, LandChange, Outcome};

/// What the rows of a report stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKey {
    /// Administrative region; land in none has a row of its own.
    Region,
    /// Calendar year in which it took effect in the field.
    Year,
    /// Calendar quarter, `2024-Q1`.
    Quarter,
    /// Calendar month, `2024-01`.
    Month,
    /// Cancelled, reduced or cleared.
    Outcome,
    /// Suspected or confirmed.
    Classification,
    /// Responsible organisation.
    Organisation,
    /// Method of the release.
    Method,
    /// Kind of contamination of the hazardous area.
    HazardType,
}

impl GroupKey {
    /// Every key, with the word for it in requests and answers.
    pub const ALL: &[(&'static str, Self)] = &[
        ("region", Self::Region),
        ("year", Self::Year),
        ("quarter", Self::Quarter),
        ("month", Self::Month),
        ("outcome", Self::Outcome),
        ("classification", Self::Classification),
        ("organisation", Self::Organisation),
        ("method", Self::Method),
        ("hazard_type", Self::HazardType),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(word, _)| word)
    }

    fn is_time(self) -> bool {
        matches!(self, Self::Year | Self::Quarter | Self::Month)
    }

    /// Stocks can only be told apart by what both hazardous areas and releases have.
    fn has_stock(self) -> bool {
        !matches!(self, Self::Outcome | Self::Organisation | Self::Method)
    }
}

/// A word that is no [`GroupKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is not one of: {}", GroupKey::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "))]
pub struct UnknownGroupKey {
    word: String,
}

impl FromStr for GroupKey {
    type Err = UnknownGroupKey;

    fn from_str(word: &str) -> Result<Self, UnknownGroupKey> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, key)| *key)
            .ok_or_else(|| UnknownGroupKey { word: word.to_owned() })
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProgressQuery {
    /// What the rows stand for; empty gives one row.
    pub group_by: Vec<GroupKey>,
    /// First day; `None` from the beginning.
    pub from: Option<Day>,
    /// Last day; `None` to the latest.
    pub to: Option<Day>,
    /// Only land in this region (`local_id`).
    pub region: Option<String>,
}

/// The figures of one row, or of the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Hazardous just before the first day; `None` where rows have no stocks.
    pub opening: Option<GridArea>,
    /// Became hazardous, land hazardous again after a release included.
    pub identified: GridArea,
    /// Of that, land that had been released before.
    pub identified_again: GridArea,
    /// Net change by confirmation or the reverse; zero unless grouped by classification.
    pub reclassified: GridArea,
    /// Released by non-technical survey.
    pub cancelled: GridArea,
    /// Released by technical survey.
    pub reduced: GridArea,
    /// Released by clearance.
    pub cleared: GridArea,
    /// Left hazardous areas by redrawn or withdrawn boundaries.
    pub adjusted: GridArea,
    /// Hazardous at the end of the last day; `None` where rows have no stocks.
    pub remaining: Option<GridArea>,
    /// Released outside any recorded hazardous area, not in the columns above.
    pub outside_cancelled: GridArea,
    /// As above.
    pub outside_reduced: GridArea,
    /// As above.
    pub outside_cleared: GridArea,
    /// Named by a release though released already; not counted again.
    pub overlapping: GridArea,
    /// Claimed by a hazardous area though hazardous already; not counted again.
    pub overlapping_hazard: GridArea,
    /// Named by a release and hazardous all the same.
    pub without_effect: GridArea,
    /// Hazardous areas that claimed land.
    pub hazardous_areas: u64,
    /// Releases that named land.
    pub releases: u64,
}

impl Figures {
    fn add(&mut self, change: FactChange, area: GridArea) {
        let change = match change {
            FactChange::Land(change) => change,
            FactChange::ClaimedAgain => {
                self.overlapping_hazard += area;
                return;
            }
        };
        match change {
            LandChange::Identified { again, .. } => {
                self.identified += area;
                if again {
                    self.identified_again += area;
                }
            }
            LandChange::Reclassified { .. } => {}
            LandChange::Released { outcome } => match outcome {
                Outcome::Cancelled => self.cancelled += area,
                Outcome::Reduced => self.reduced += area,
                Outcome::Cleared => self.cleared += area,
            },
            LandChange::Adjusted => self.adjusted += area,
            LandChange::ReleasedOutside { outcome } => match outcome {
                Outcome::Cancelled => self.outside_cancelled += area,
                Outcome::Reduced => self.outside_reduced += area,
                Outcome::Cleared => self.outside_cleared += area,
            },
            LandChange::ReleasedAgain { .. } => self.overlapping += area,
            LandChange::WithoutEffect { .. } => self.without_effect += area,
        }
    }

    /// Change of hazardous land.
    fn net(&self) -> GridArea {
        self.identified + self.reclassified
            - self.cancelled
            - self.reduced
            - self.cleared
            - self.adjusted
    }

    fn absorb(&mut self, other: &Self) {
        self.identified += other.identified;
        self.identified_again += other.identified_again;
        self.reclassified += other.reclassified;
        self.cancelled += other.cancelled;
        self.reduced += other.reduced;
        self.cleared += other.cleared;
        self.adjusted += other.adjusted;
        self.outside_cancelled += other.outside_cancelled;
        self.outside_reduced += other.outside_reduced;
        self.outside_cleared += other.outside_cleared;
        self.overlapping += other.overlapping;
        self.overlapping_hazard += other.overlapping_hazard;
        self.without_effect += other.without_effect;
    }

    /// Every column with its name, areas in square metres.
    pub fn columns(&self) -> Vec<(&'static str, Value)> {
        let m2 = |area: GridArea| json!(area.m2());
        let stock = |area: Option<GridArea>| area.map_or(Value::Null, m2);
        vec![
            ("opening_m2", stock(self.opening)),
            ("identified_m2", m2(self.identified)),
            ("identified_again_m2", m2(self.identified_again)),
            ("reclassified_m2", m2(self.reclassified)),
            ("cancelled_m2", m2(self.cancelled)),
            ("reduced_m2", m2(self.reduced)),
            ("cleared_m2", m2(self.cleared)),
            ("released_m2", m2(self.cancelled + self.reduced + self.cleared)),
            ("adjusted_m2", m2(self.adjusted)),
            ("remaining_m2", stock(self.remaining)),
            (
                "outside_m2",
                m2(self.outside_cancelled + self.outside_reduced + self.outside_cleared),
            ),
            ("outside_cancelled_m2", m2(self.outside_cancelled)),
            ("outside_reduced_m2", m2(self.outside_reduced)),
            ("outside_cleared_m2", m2(self.outside_cleared)),
            ("overlapping_m2", m2(self.overlapping)),
            ("overlapping_hazard_m2", m2(self.overlapping_hazard)),
            ("without_effect_m2", m2(self.without_effect)),
            ("hazardous_areas", json!(self.hazardous_areas)),
            ("releases", json!(self.releases)),
        ]
    }
}

/// One row: a value for each group key (`None`: in no region, no outcome, …) and its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// In the order of [`ProgressQuery::group_by`].
    pub keys: Vec<Option<String>>,
    /// Its figures.
    pub figures: Figures,
}

/// The answer: rows in the order of their keys, and the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What the rows stand for.
    pub group_by: Vec<GroupKey>,
    /// The rows; "none" last.
    pub rows: Vec<Row>,
    /// The total.
    pub total: Figures,
}

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
pub fn progress<'a>(
    facts: impl Iterator<Item = &'a Fact>,
    dictionary: &Dictionary,
    query: &ProgressQuery,
) -> Progress {
    let mut sums = Sums::new(query);
    for fact in facts {
        sums.take(fact);
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

impl Progress {
    /// The answer as JSON; `revision` is that of the records it was made from.
    pub fn document(&self, revision: u64) -> Value {
        let figures = |figures: &Figures| -> Map<String, Value> {
            figures.columns().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let mut object = Map::new();
                for (key, value) in self.group_by.iter().zip(&row.keys) {
                    object.insert(key.word().to_owned(), json!(value));
                }
                object.extend(figures(&row.figures));
                Value::Object(object)
            })
            .collect();
        json!({
            "revision": revision,
            "group_by": self.group_by.iter().map(|key| key.word()).collect::<Vec<_>>(),
            "rows": rows,
            "total": figures(&self.total),
        })
    }

    /// Headings for a table: the group keys, then the columns.
    pub fn headings(&self) -> Vec<&'static str> {
        let keys = self.group_by.iter().map(|key| key.word());
        keys.chain(self.total.columns().into_iter().map(|(name, _)| name)).collect()
    }

    /// Cells for a table, the total as last row.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let cell = |value: Value| match value {
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let figures =
            |figures: &Figures| figures.columns().into_iter().map(move |(_, value)| cell(value));
        let rows = self.rows.iter().map(|row| {
            let keys = row.keys.iter().map(|key| key.clone().unwrap_or_default());
            keys.chain(figures(&row.figures)).collect::<Vec<_>>()
        });
        let total = self.group_by.iter().enumerate().map(|(place, _)| match place {
            0 => "total".to_owned(),
            _ => String::new(),
        });
        rows.chain([total.chain(figures(&self.total)).collect()]).collect()
    }
}
