//! Areas as reported beside areas as derived from boundaries.

use std::collections::BTreeMap;

use geometry::GridArea;
use serde_json::{Map, Value, json};

/// What groups of records stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportedKey {
    /// Administrative region.
    Region,
    /// Who did the work.
    Organisation,
    /// Calendar year in which it took effect.
    Year,
}

impl ReportedKey {
    /// Every key, with the word for it in requests and answers.
    pub const ALL: &[(&'static str, Self)] =
        &[("region", Self::Region), ("organisation", Self::Organisation), ("year", Self::Year)];

    /// The key of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, key)| *key)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(word, _)| word)
    }
}

/// The text of a column in a table.
pub fn cell((_, value): (&str, Value)) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Both areas of one record.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Compared {
    /// As reported, in square metres.
    pub reported_m2: Option<f64>,
    /// That of the boundary; none where there is no usable one.
    pub derived: Option<GridArea>,
}

impl Compared {
    fn both(&self) -> Option<(f64, GridArea)> {
        self.reported_m2.zip(self.derived)
    }

    /// Reported less derived, in square metres.
    pub fn difference_m2(&self) -> Option<f64> {
        self.both().map(|(reported, derived)| reported - derived.m2())
    }

    /// Reported by derived.
    pub fn ratio(&self) -> Option<f64> {
        let (reported, derived) = self.both()?;
        (derived > GridArea::default()).then(|| reported / derived.m2())
    }

    /// Whether they differ by more than the programme's tolerance, the rule by which submissions
    /// are judged ([`ProgrammeRules`](crate::ProgrammeRules)).
    pub fn is_beyond(&self, tolerance_percent: f64) -> bool {
        self.both().is_some_and(|(reported, derived)| {
            (reported - derived.m2()).abs() > tolerance_percent / 100.0 * derived.m2()
        })
    }

    /// Every column with its name.
    pub fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("reported_area_m2", json!(self.reported_m2)),
            ("derived_area_m2", json!(self.derived.map(|area| area.m2()))),
            ("difference_m2", json!(self.difference_m2())),
            ("ratio", json!(self.ratio())),
        ]
    }
}

/// Records added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// All of them.
    pub records: u64,
    /// Those with both areas; only these are added up.
    pub compared: u64,
    /// Those without a reported area.
    pub not_reported: u64,
    /// Those without a usable boundary.
    pub not_derived: u64,
    /// Those whose areas differ by more than the tolerance.
    pub beyond_tolerance: u64,
    reported_m2: f64,
    derived: GridArea,
}

impl Summary {
    /// Adds a record.
    pub fn add(&mut self, one: &Compared, tolerance_percent: f64) {
        self.records += 1;
        self.not_reported += u64::from(one.reported_m2.is_none());
        self.not_derived += u64::from(one.derived.is_none());
        self.beyond_tolerance += u64::from(one.is_beyond(tolerance_percent));
        if let Some((reported, derived)) = one.both() {
            self.compared += 1;
            self.reported_m2 += reported;
            self.derived += derived;
        }
    }

    /// The sums as one pair of areas; none when nothing could be compared.
    pub fn sums(&self) -> Compared {
        match self.compared {
            0 => Compared::default(),
            _ => Compared { reported_m2: Some(self.reported_m2), derived: Some(self.derived) },
        }
    }

    /// Every column with its name.
    pub fn columns(&self) -> Vec<(&'static str, Value)> {
        let mut columns = vec![
            ("records", json!(self.records)),
            ("compared", json!(self.compared)),
            ("not_reported", json!(self.not_reported)),
            ("not_derived", json!(self.not_derived)),
            ("beyond_tolerance", json!(self.beyond_tolerance)),
        ];
        columns.extend(self.sums().columns());
        columns
    }

    /// The columns by name.
    pub fn document(&self) -> Map<String, Value> {
        self.columns().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Summaries by key; "none" comes last.
pub type Groups = BTreeMap<Key, Summary>;

/// A key's text, ordered so that "none recorded" comes last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A text.
    Text(String),
    /// None recorded.
    Missing,
}

impl From<Option<String>> for Key {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

impl Key {
    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Missing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(reported_m2: Option<f64>, derived_m2: Option<i128>) -> Compared {
        let area = |m2: i128| GridArea::from_doubled(m2 << 27);
        Compared { reported_m2, derived: derived_m2.map(area) }
    }

    #[test]
    fn a_difference_is_reported_less_derived() {
        let one = compared(Some(110.0), Some(100));
        assert_eq!((one.difference_m2(), one.ratio()), (Some(10.0), Some(1.1)));
        assert!(one.is_beyond(5.0) && !one.is_beyond(10.0));
    }

    #[test]
    fn only_records_with_both_areas_are_added_up() {
        let mut summary = Summary::default();
        for one in [
            compared(Some(110.0), Some(100)),
            compared(None, Some(1_000)),
            compared(Some(7.0), None),
            compared(Some(101.0), Some(100)),
        ] {
            summary.add(&one, 5.0);
        }
        assert_eq!((summary.records, summary.compared, summary.beyond_tolerance), (4, 2, 1));
        assert_eq!((summary.not_reported, summary.not_derived), (1, 1));
        assert_eq!(summary.sums(), compared(Some(211.0), Some(200)));
    }
}
