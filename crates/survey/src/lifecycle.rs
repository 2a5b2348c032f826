//! How far a hazardous area has come, from the ledger and its current record; and which changes of
//! a record need a reason.

mod moves;

use geometry::GridArea;
use serde::{Deserialize, Serialize};

use crate::id::{Day, RecordId};
use crate::land::{Classification, Outcome, Stretch};
use crate::records::{ClosureReason, HazardStatus};
pub use moves::{Forbidden, check_move};

/// Land that may be left over when an area is closed, in square metres.
///
/// # Source
/// Ours: boundaries of the area and of its releases are measured twice, and slivers remain; 10 m²
/// is less than the lane one person clears in a day.
pub const TOLERANCE_M2: f64 = 10.0;

/// How far a hazardous area has come.
///
/// # Source
/// IMAS 05.10 for the status of records (open, worked on, suspended, closed, handed over); what
/// was released is told by the ledger, not by the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing has been done yet.
    Open,
    /// Work has begun, and nothing is released.
    InWork,
    /// Work was begun and is interrupted, and nothing is released.
    Suspended,
    /// Part of its land is released.
    ReleasedInPart,
    /// All of its land is released; the record has not been closed.
    ReleasedWholly,
    /// Land that had been released is hazardous again.
    Reopened,
    /// It is recorded as closed, or continued in others, and land remains that is hazardous by it.
    ClosedWithLandRemaining,
    /// It is closed, and no land remains.
    Closed,
    /// It is closed, no land remains, and it has been handed over.
    HandedOver,
    /// Other records have taken its place.
    Continued,
    /// It was recorded by mistake, or withdrawn.
    Void,
}

impl Stage {
    /// The word used in answers, for example `released_in_part`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InWork => "in_work",
            Self::Suspended => "suspended",
            Self::ReleasedInPart => "released_in_part",
            Self::ReleasedWholly => "released_wholly",
            Self::Reopened => "reopened",
            Self::ClosedWithLandRemaining => "closed_with_land_remaining",
            Self::Closed => "closed",
            Self::HandedOver => "handed_over",
            Self::Continued => "continued",
            Self::Void => "void",
        }
    }
}

/// What has become of the land of one hazardous area.
///
/// Each piece counts by what became of it last; land that left and came back counts once. So
/// `remaining + cancelled + reduced + cleared + adjusted` is all land the area ever claimed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LandOfArea {
    /// Hazardous by this area.
    pub remaining: GridArea,
    /// Of that, land that had been released from this area before.
    pub again: GridArea,
    /// Released from it by non-technical survey.
    pub cancelled: GridArea,
    /// Released from it by technical survey.
    pub reduced: GridArea,
    /// Released from it by clearance.
    pub cleared: GridArea,
    /// Left it without a release, or went to the areas it is continued in.
    pub adjusted: GridArea,
    /// The last day on which land was released from it.
    pub last_released_on: Option<Day>,
}

impl LandOfArea {
    /// All land it ever claimed.
    pub fn claimed(&self) -> GridArea {
        self.remaining + self.released() + self.adjusted
    }

    /// Cancelled, reduced or cleared.
    pub fn released(&self) -> GridArea {
        self.cancelled + self.reduced + self.cleared
    }

    /// Whether land remains, but for slivers.
    pub fn remains(&self) -> bool {
        self.remaining.m2() > TOLERANCE_M2
    }

    /// Adds what became of further land.
    pub fn add(&mut self, other: &Self) {
        self.remaining += other.remaining;
        self.again += other.again;
        self.cancelled += other.cancelled;
        self.reduced += other.reduced;
        self.cleared += other.cleared;
        self.adjusted += other.adjusted;
        self.last_released_on = self.last_released_on.max(other.last_released_on);
    }
}

/// What became of one parcel, for each hazardous area that lay on it.
pub fn land_of_areas(area: GridArea, stretches: &[Stretch]) -> Vec<(RecordId, LandOfArea)> {
    let mut sorted: Vec<&Stretch> = stretches.iter().collect();
    sorted.sort_by_key(|stretch| (stretch.hazard.record, stretch.from));
    sorted
        .chunk_by(|a, b| a.hazard.record == b.hazard.record)
        .filter_map(|of_record| {
            let last = of_record.last()?;
            let mut land = LandOfArea::default();
            let released = of_record.iter().filter_map(|stretch| stretch.end);
            let released = released.filter(|end| end.outcome.is_some());
            land.last_released_on = released.map(|end| end.on).max();
            match last.end.map(|end| end.outcome) {
                None => {
                    land.remaining = area;
                    if land.last_released_on.is_some() {
                        land.again = area;
                    }
                }
                Some(Some(Outcome::Cancelled)) => land.cancelled = area,
                Some(Some(Outcome::Reduced)) => land.reduced = area,
                Some(Some(Outcome::Cleared)) => land.cleared = area,
                Some(None) => land.adjusted = area,
            }
            Some((last.hazard.record, land))
        })
        .collect()
}

/// What the current record of a hazardous area says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct AreaWords {
    /// Suspected or confirmed.
    pub classification: Classification,
    /// How far the work has come, as recorded.
    #[serde(default = "open")]
    pub status: HazardStatus,
    /// Why it was closed.
    #[serde(default)]
    pub closure_reason: Option<ClosureReason>,
    /// Whether the record is withdrawn.
    #[serde(skip)]
    pub is_withdrawn: bool,
}

const fn open() -> HazardStatus {
    HazardStatus::Open
}

/// How far a hazardous area has come; `land` is none when the ledger knows no land of it.
///
/// Where record and ledger disagree the ledger decides: an area recorded as closed whose land is
/// not released is not closed.
pub fn stage(words: &AreaWords, land: Option<&LandOfArea>) -> Stage {
    let land = land.copied().unwrap_or_default();
    let is_closed = matches!(words.status, HazardStatus::Closed | HazardStatus::HandedOver);
    let reason = words.closure_reason.filter(|_| is_closed);
    if words.is_withdrawn {
        return if land.remains() { Stage::ClosedWithLandRemaining } else { Stage::Void };
    }
    if is_closed {
        return match (reason, words.status) {
            _ if land.remains() => Stage::ClosedWithLandRemaining,
            (Some(ClosureReason::Error), _) => Stage::Void,
            (Some(reason), _) if reason.has_successor() => Stage::Continued,
            (_, HazardStatus::HandedOver) => Stage::HandedOver,
            _ => Stage::Closed,
        };
    }
    let is_released = land.released() > GridArea::ZERO;
    match words.status {
        _ if land.again.m2() > TOLERANCE_M2 => Stage::Reopened,
        _ if is_released && land.remains() => Stage::ReleasedInPart,
        _ if is_released => Stage::ReleasedWholly,
        HazardStatus::WorkedOn => Stage::InWork,
        HazardStatus::Suspended => Stage::Suspended,
        HazardStatus::Open | HazardStatus::Closed | HazardStatus::HandedOver => Stage::Open,
    }
}
