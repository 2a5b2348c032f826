//! What records do to land, and what becomes of land: the words of the land ledger.

use std::fmt;

use geometry::{GridArea, GridShape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{Day, RecordId, SourceKey};

/// How sure it is that land is hazardous.
///
/// The order is that of certainty: land under two areas has the greater of the two.
///
/// # Source
/// IMAS 04.10: a suspected hazardous area rests on indirect evidence, a confirmed one on direct
/// evidence.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// There is reasonable suspicion of explosive ordnance, on indirect evidence.
    Suspected,
    /// The presence of explosive ordnance is confirmed, on direct evidence.
    Confirmed,
}

impl Classification {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Suspected, Self::Confirmed];

    /// The code, for example `suspected`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How land was released.
///
/// The order is that in which releases of one day stand: cleared before reduced before cancelled,
/// because the work that did most is what the land was released by.
///
/// # Source
/// IMAS 07.11: land is released by non-technical survey (cancelled), technical survey (reduced) or
/// clearance (cleared). The order on one day is ours.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Clearance removed or destroyed all specified hazards to the specified depth.
    Cleared,
    /// Technical survey found no evidence of explosive ordnance.
    Reduced,
    /// Non-technical survey found no evidence of explosive ordnance.
    Cancelled,
}

impl Outcome {
    /// All three, in the order in which they stand on one day.
    pub const ALL: [Self; 3] = [Self::Cleared, Self::Reduced, Self::Cancelled];

    /// The code, for example `cleared`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cleared => "cleared",
            Self::Reduced => "reduced",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a record does to land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LandRole {
    /// It says that land is hazardous.
    Hazard {
        /// How sure that is.
        classification: Classification,
        /// Whether it still says so by itself: not when it was closed as an error, or as a duplicate
        /// or part of another record, which then says so in its place.
        in_force: bool,
        /// Whether it is closed or handed over. An area that is opened again after that is
        /// hazardous again, whatever was released before.
        closed: bool,
        /// When it was closed as a duplicate, merged or split: the local identifiers of the areas
        /// that take its place. It claims its land until they do.
        continued_in: Option<Vec<String>>,
    },
    /// It releases land.
    Release {
        /// How.
        outcome: Outcome,
        /// The day it takes effect.
        on: Day,
        /// The day the work began, if known.
        started_on: Option<Day>,
        /// The local identifiers of the hazardous areas it acts on; empty for all it touches.
        names: Vec<String>,
    },
    /// It divides the country for reporting.
    Region {
        /// 0 for the country, 1 for its first division, and so on.
        level: u8,
        /// The first day on which it existed with this boundary, if not always.
        valid_from: Option<Day>,
        /// The last day on which it existed with this boundary.
        valid_to: Option<Day>,
    },
}

/// One version of a record that says something about land, with the land it says it about.
///
/// Hazardous areas come with every version (also withdrawn ones and ones without geometry, with an
/// empty shape); land releases with their latest version, if that is in force.
#[derive(Clone, Debug)]
pub struct LandSource {
    /// The version.
    pub key: SourceKey,
    /// The name people use for the record.
    pub local_id: String,
    /// The day the version took effect in the field.
    pub effective_on: Day,
    /// What it does. A withdrawn hazardous area is one that is not in force.
    pub role: LandRole,
    /// Where; empty when that is unknown or nowhere.
    pub shape: GridShape,
}

/// What happened to a piece of land on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum LandChange {
    /// It became hazardous.
    Identified {
        /// How sure that is.
        classification: Classification,
        /// Whether it had been hazardous or released before.
        again: bool,
    },
    /// It stayed hazardous, and how sure that is changed.
    Reclassified {
        /// How sure it is from then on.
        classification: Classification,
    },
    /// It was released from every hazardous area over it.
    Released {
        /// How.
        outcome: Outcome,
    },
    /// It left every hazardous area without being released: a boundary was redrawn, or an area
    /// was withdrawn or closed as an error.
    Adjusted,
    /// It was released without being in any recorded hazardous area.
    ReleasedOutside {
        /// How.
        outcome: Outcome,
    },
    /// It was released although it had been released already; it is not counted again.
    ReleasedAgain {
        /// How.
        outcome: Outcome,
    },
    /// It lies in a release, and stays hazardous: another hazardous area is over it that the
    /// release does not act on.
    WithoutEffect {
        /// How it would have been released.
        outcome: Outcome,
    },
}

/// One entry in the history of a piece of land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LandEntry {
    /// The day it happened in the field.
    pub on: Day,
    /// What happened.
    #[serde(flatten)]
    pub change: LandChange,
    /// The version that caused it.
    pub cause: SourceKey,
}

/// One time for which one hazardous area lay on a piece of land without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stretch {
    /// The hazardous area, by the version that began it.
    pub hazard: SourceKey,
    /// The day it began.
    pub from: Day,
    /// How and when it ended; none while the land is hazardous for this area.
    pub end: Option<StretchEnd>,
}

/// How a stretch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StretchEnd {
    /// The day it ended.
    pub on: Day,
    /// The version that ended it.
    pub by: SourceKey,
    /// How it was released; none when the area left the land without releasing it.
    pub outcome: Option<Outcome>,
}

/// A piece of land with one history: a face of the cut through all records that touch.
///
/// Parcels do not overlap. The land of one parcel need not hang together.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// The region it lies in, at the finest level of the latest edition of regions; none when it
    /// lies in no region.
    pub region: Option<RecordId>,
    /// The region it lay in before, as far as that was another, oldest first.
    pub earlier_regions: Vec<RegionSpan>,
    /// How much it is.
    pub area: GridArea,
    /// Where it is.
    pub shape: GridShape,
    /// What happened to it, in order; never empty.
    pub timeline: Vec<LandEntry>,
    /// The hazardous areas that lay on it, and until when.
    pub stretches: Vec<Stretch>,
}

/// The region a piece of land lay in until a day, and since the span before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RegionSpan {
    /// The last day.
    pub until: Day,
    /// The region at the finest level, if there was one.
    pub region: Option<RecordId>,
}

impl LandChange {
    /// The change as one number, for storage and for summing. The numbers never change.
    pub const fn code(self) -> u8 {
        match self {
            Self::Identified { classification, again } => {
                classification as u8 + if again { 2 } else { 0 }
            }
            Self::Reclassified { classification } => 4 + classification as u8,
            Self::Adjusted => 6,
            Self::Released { outcome } => 8 + outcome as u8,
            Self::ReleasedOutside { outcome } => 12 + outcome as u8,
            Self::ReleasedAgain { outcome } => 16 + outcome as u8,
            Self::WithoutEffect { outcome } => 20 + outcome as u8,
        }
    }

    /// The change with this number; none for a number that is none of them.
    pub fn from_code(code: u8) -> Option<Self> {
        let classification = || Classification::ALL.get(usize::from(code % 2)).copied();
        let outcome = || Outcome::ALL.get(usize::from(code % 4)).copied();
        match code {
            0..4 => Some(Self::Identified { classification: classification()?, again: code >= 2 }),
            4 | 5 => Some(Self::Reclassified { classification: classification()? }),
            6 => Some(Self::Adjusted),
            8..12 => Some(Self::Released { outcome: outcome()? }),
            12..16 => Some(Self::ReleasedOutside { outcome: outcome()? }),
            16..20 => Some(Self::ReleasedAgain { outcome: outcome()? }),
            20..24 => Some(Self::WithoutEffect { outcome: outcome()? }),
            _ => None,
        }
    }

    /// The release's outcome, if a release caused the change.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Released { outcome }
            | Self::ReleasedOutside { outcome }
            | Self::ReleasedAgain { outcome }
            | Self::WithoutEffect { outcome } => Some(outcome),
            Self::Identified { .. } | Self::Reclassified { .. } | Self::Adjusted => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_has_a_number_of_its_own() {
        let changes: Vec<_> = (0..=u8::MAX).filter_map(LandChange::from_code).collect();
        assert_eq!(changes.len(), 4 + 2 + 1 + 4 * 3);
        for change in changes {
            assert_eq!(LandChange::from_code(change.code()), Some(change));
        }
    }

    #[test]
    fn an_entry_survives_being_written_and_read() {
        for change in (0..=u8::MAX).filter_map(LandChange::from_code) {
            let entry = LandEntry {
                on: Day::from_ymd_opt(2019, 5, 4).unwrap(),
                change,
                cause: SourceKey { record: 7.into(), version: 2 },
            };
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<LandEntry>(&text).unwrap(), entry, "{text}");
        }
    }
}
