//! The ledger flattened for adding up: one fact for each thing that happened to a parcel.

use std::collections::HashMap;

use geometry::GridArea;

use crate::id::{Day, RecordId, SourceKey};
use crate::land::{Classification, LandChange, LandEntry, Outcome, Stretch};
use crate::records::DeviceCategory;

/// Index of a text in a [`Dictionary`]; equal texts have equal indexes.
pub type Word = u32;

/// Stands for "none recorded".
pub const NO_WORD: Word = Word::MAX;

/// Texts that facts are grouped by, each kept once.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    texts: Vec<String>,
    words: HashMap<String, Word>,
}

impl Dictionary {
    /// The word for a text, added if new.
    pub fn word(&mut self, text: &str) -> Word {
        if let Some(word) = self.words.get(text) {
            return *word;
        }
        let word = self.texts.len() as Word;
        self.texts.push(text.to_owned());
        self.words.insert(text.to_owned(), word);
        word
    }

    /// The word for a text that may be missing.
    pub fn word_or_none(&mut self, text: Option<&str>) -> Word {
        text.map_or(NO_WORD, |text| self.word(text))
    }

    /// The text behind a word; `None` for [`NO_WORD`].
    pub fn text(&self, word: Word) -> Option<&str> {
        self.texts.get(word as usize).map(String::as_str)
    }

    /// The word of a text that is there already.
    pub fn find(&self, text: &str) -> Option<Word> {
        self.words.get(text).copied()
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// What figures can be grouped by, of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseWords {
    /// A number for the record, unique within the programme; for counting.
    pub record: u32,
    /// Who is responsible.
    pub organisation: Word,
    /// Method of survey or clearance, of a release.
    pub method: Word,
    /// Kind of contamination, of a hazardous area.
    pub hazard_type: Word,
}

/// What a fact tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactChange {
    /// An entry of the parcel's timeline.
    Land(LandChange),
    /// A further hazardous area claimed land that was hazardous already.
    ClaimedAgain,
}

/// One thing that happened to one parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// Region, or [`NO_WORD`] where the land lies in none.
    pub region: Word,
    /// Organisation of the causing record.
    pub organisation: Word,
    /// Method of the causing release.
    pub method: Word,
    /// Kind of contamination of the hazardous area that the land belonged to.
    pub hazard_type: Word,
    /// Number of the causing record.
    pub record: u32,
    /// Classification the land had just before (identified: the one it got).
    pub classification: Option<Classification>,
    /// The day it took effect.
    pub on: Day,
    /// What happened.
    pub change: FactChange,
    /// How much land.
    pub area: GridArea,
}

/// One time for which one hazardous area lay on one parcel without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimFact {
    /// Region, or [`NO_WORD`] where the land lies in none.
    pub region: Word,
    /// Kind of contamination of the hazardous area.
    pub hazard_type: Word,
    /// Number of the hazardous area.
    pub record: u32,
    /// The day it began.
    pub from: Day,
    /// The day from which on the area claims the land no more; none while it does.
    pub end: Option<Day>,
    /// Whether a release ended it; a redrawn or withdrawn boundary does not.
    pub released: bool,
}

/// Items of one kind that one record reports as found and destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceFact {
    /// Region the record lies in, or [`NO_WORD`].
    pub region: Word,
    /// Organisation of the record.
    pub organisation: Word,
    /// Method of the work.
    pub method: Word,
    /// Kind of contamination of the hazardous areas the record names, if it is one.
    pub hazard_type: Word,
    /// How the land was released, for a land release.
    pub outcome: Option<Outcome>,
    /// The last day of the work.
    pub on: Day,
    /// The kind of item.
    pub category: DeviceCategory,
    /// How many were found.
    pub found: u32,
    /// How many were destroyed.
    pub destroyed: u32,
}

/// Flattens the claims of hazardous areas on one parcel.
pub fn claims(
    region: Word,
    stretches: &[Stretch],
    mut words: impl FnMut(RecordId) -> CauseWords,
) -> Vec<ClaimFact> {
    let claim = |stretch: &Stretch| {
        let hazard = words(stretch.hazard.record);
        ClaimFact {
            region,
            hazard_type: hazard.hazard_type,
            record: hazard.record,
            from: stretch.from,
            end: stretch.end.map(|end| end.on),
            released: stretch.end.is_some_and(|end| end.outcome.is_some()),
        }
    };
    stretches.iter().map(claim).collect()
}

/// Flattens the history of one parcel.
///
/// A release carries the hazard type and classification of the hazardous area it ends, so that
/// stocks and flows can be grouped by them.
pub fn facts(
    region: Word,
    area: GridArea,
    timeline: &[LandEntry],
    stretches: &[Stretch],
    mut words: impl FnMut(RecordId) -> CauseWords,
) -> Vec<Fact> {
    let mut hazard_type = NO_WORD;
    let mut classification = None;
    let mut identified: Vec<SourceKey> = Vec::new();
    let mut facts = Vec::with_capacity(timeline.len());
    for entry in timeline {
        let cause = words(entry.cause.record);
        match entry.change {
            LandChange::Identified { classification: found, .. } => {
                hazard_type = cause.hazard_type;
                classification = Some(found);
                identified.push(entry.cause);
            }
            LandChange::ReleasedOutside { .. } => {
                hazard_type = NO_WORD;
                classification = None;
            }
            LandChange::Reclassified { .. }
            | LandChange::Released { .. }
            | LandChange::Adjusted
            | LandChange::ReleasedAgain { .. }
            | LandChange::WithoutEffect { .. } => {}
        }
        facts.push(Fact {
            region,
            organisation: cause.organisation,
            method: cause.method,
            hazard_type,
            record: cause.record,
            classification,
            on: entry.on,
            change: FactChange::Land(entry.change),
            area,
        });
        if let LandChange::Reclassified { classification: now } = entry.change {
            classification = Some(now);
        }
    }
    let further = stretches.iter().filter(|stretch| !identified.contains(&stretch.hazard));
    facts.extend(further.map(|stretch| {
        let cause = words(stretch.hazard.record);
        Fact {
            region,
            organisation: cause.organisation,
            method: NO_WORD,
            hazard_type: cause.hazard_type,
            record: cause.record,
            classification: None,
            on: stretch.from,
            change: FactChange::ClaimedAgain,
            area,
        }
    }));
    facts
}
