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

mod areas;
mod counted;
mod drill;
mod subject;
mod sums;
mod table;

use std::fmt;
use std::str::FromStr;

use geometry::GridArea;
use serde_json::{Value, json};

pub use crate::facts::{
    CauseWords, ClaimFact, DeviceFact, Dictionary, Fact, FactChange, NO_WORD, Word, claims, facts,
};
use crate::id::Day;
use crate::land::{LandChange, Outcome};
use crate::records::DeviceCategory;
pub use areas::AreaCounts;
pub use drill::{ChangeKind, Drill, Figure};
pub(crate) use sums::balance;
pub use sums::{progress, progress_of_parts};

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
    /// Kind of item found; land is of none.
    DeviceType,
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
        ("device_type", Self::DeviceType),
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
        !matches!(self, Self::Outcome | Self::Organisation | Self::Method | Self::DeviceType)
    }

    /// Hazardous areas can only be counted by what each of them is from beginning to end.
    fn counts_areas(self) -> bool {
        self.has_stock() && self != Self::Classification
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
    /// By the regions valid on this day; `None` by the latest. The day moves no land: it says by
    /// which edition of regions the same figures are split.
    pub regions_on: Option<Day>,
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
    /// Hazardous areas that have land; `None` where rows have no stocks, and outside a balance.
    pub areas: Option<AreaCounts>,
    /// Items found; counted in a balance.
    pub devices: Devices,
}

/// Items found and destroyed, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Devices {
    /// Found and destroyed, in the order of [`DeviceCategory::ALL`].
    by_kind: [(u64, u64); DeviceCategory::ALL.len()],
}

impl Devices {
    fn add(&mut self, kind: DeviceCategory, found: u64, destroyed: u64) {
        if let Some(count) = self.by_kind.get_mut(kind as usize) {
            count.0 += found;
            count.1 += destroyed;
        }
    }

    /// Each kind with how many were found and how many destroyed.
    pub fn kinds(&self) -> impl Iterator<Item = (DeviceCategory, u64, u64)> {
        let kinds = DeviceCategory::ALL.into_iter().zip(self.by_kind);
        kinds.map(|((_, kind), (found, destroyed))| (kind, found, destroyed))
    }

    /// Found and destroyed of all kinds.
    pub fn total(&self) -> (u64, u64) {
        self.by_kind.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
    }
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
        for (kind, found, destroyed) in other.devices.kinds() {
            self.devices.add(kind, found, destroyed);
        }
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
