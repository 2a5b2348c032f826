//! What anything that is added up is grouped by, as small ordered numbers.

use chrono::Datelike;

use super::GroupKey;
use crate::facts::{ClaimFact, DeviceFact, Dictionary, Fact, FactChange, NO_WORD, Word};
use crate::id::Day;
use crate::land::{Classification, LandChange, Outcome};
use crate::records::DeviceCategory;

/// A group key's value as a small ordered number; times are counted in months.
pub(super) type Digit = i64;

pub(super) const NO_DIGIT: Digit = Digit::MAX;

/// What one fact is grouped by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub region: Word,
    pub organisation: Word,
    pub method: Word,
    pub hazard_type: Word,
    pub outcome: Option<Outcome>,
    pub classification: Option<Classification>,
    pub device: Option<DeviceCategory>,
    pub on: Day,
}

impl From<&Fact> for Subject {
    fn from(fact: &Fact) -> Self {
        Self {
            region: fact.region,
            organisation: fact.organisation,
            method: fact.method,
            hazard_type: fact.hazard_type,
            outcome: outcome(fact),
            classification: fact.classification,
            device: None,
            on: fact.on,
        }
    }
}

impl From<&DeviceFact> for Subject {
    fn from(fact: &DeviceFact) -> Self {
        Self {
            region: fact.region,
            organisation: fact.organisation,
            method: fact.method,
            hazard_type: fact.hazard_type,
            outcome: fact.outcome,
            classification: None,
            device: Some(fact.category),
            on: fact.on,
        }
    }
}

impl From<&ClaimFact> for Subject {
    fn from(fact: &ClaimFact) -> Self {
        Self {
            region: fact.region,
            organisation: NO_WORD,
            method: NO_WORD,
            hazard_type: fact.hazard_type,
            outcome: None,
            classification: None,
            device: None,
            on: fact.from,
        }
    }
}

impl Subject {
    pub(super) fn digit(&self, key: GroupKey) -> Digit {
        let word = |word| if word == NO_WORD { NO_DIGIT } else { Digit::from(word) };
        match key {
            GroupKey::Region => word(self.region),
            GroupKey::Organisation => word(self.organisation),
            GroupKey::Method => word(self.method),
            GroupKey::HazardType => word(self.hazard_type),
            GroupKey::Year | GroupKey::Quarter | GroupKey::Month => period(key, self.on),
            GroupKey::Outcome => self.outcome.map_or(NO_DIGIT, |outcome| outcome as Digit),
            GroupKey::Classification => self.classification.map_or(NO_DIGIT, |one| one as Digit),
            GroupKey::DeviceType => self.device.map_or(NO_DIGIT, |kind| kind as Digit),
        }
    }
}

/// The period of a day; one period for everything if the key is no time.
pub(super) fn period(key: GroupKey, on: Day) -> Digit {
    let year = Digit::from(on.year());
    match key {
        GroupKey::Year => year,
        GroupKey::Quarter => year * 4 + Digit::from(on.month0() / 3),
        GroupKey::Month => year * 12 + Digit::from(on.month0()),
        GroupKey::Region
        | GroupKey::Outcome
        | GroupKey::Classification
        | GroupKey::Organisation
        | GroupKey::Method
        | GroupKey::HazardType
        | GroupKey::DeviceType => 0,
    }
}

/// The outcome of the release behind a fact; none when no release is behind it.
pub(super) fn outcome(fact: &Fact) -> Option<Outcome> {
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

pub(super) fn text(key: GroupKey, digit: Digit, dictionary: &Dictionary) -> Option<String> {
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
        GroupKey::DeviceType => {
            let kinds = DeviceCategory::ALL.into_iter();
            kinds.map(|(_, kind)| kind).find(|kind| *kind as Digit == digit)?.name().to_owned()
        }
    })
}
