//! From a figure back to the parcels it is the sum of.

use crate::facts::{Fact, FactChange, Word};
use crate::id::Day;
use crate::land::{Classification, LandChange, Outcome};

use super::subject::outcome;

/// A column of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Hazardous just before the first day.
    Opening,
    /// Became hazardous.
    Identified,
    /// Became hazardous for the first time.
    NewlyIdentified,
    /// Became hazardous again.
    Recontaminated,
    /// Change of classification; only with a classification.
    Reclassified,
    /// Released in this way.
    Released(Option<Outcome>),
    /// Left hazardous areas without a release.
    Adjusted,
    /// Hazardous at the end of the last day.
    Remaining,
    /// Released in this way outside any hazardous area.
    Outside(Option<Outcome>),
    /// Named by a release though released already.
    Overlapping,
    /// Claimed by a hazardous area though hazardous already.
    OverlappingHazard,
    /// Named by a release and hazardous all the same.
    WithoutEffect,
}

impl Figure {
    /// Every figure by the name of its column without the unit; some stand under two names.
    pub const ALL: &[(&'static str, Self)] = &[
        ("opening", Self::Opening),
        ("identified", Self::Identified),
        ("newly_identified", Self::NewlyIdentified),
        ("identified_again", Self::Recontaminated),
        ("recontaminated", Self::Recontaminated),
        ("reclassified", Self::Reclassified),
        ("cancelled", Self::Released(Some(Outcome::Cancelled))),
        ("reduced", Self::Released(Some(Outcome::Reduced))),
        ("cleared", Self::Released(Some(Outcome::Cleared))),
        ("released", Self::Released(None)),
        ("adjusted", Self::Adjusted),
        ("remaining", Self::Remaining),
        ("closing", Self::Remaining),
        ("outside", Self::Outside(None)),
        ("outside_cancelled", Self::Outside(Some(Outcome::Cancelled))),
        ("outside_reduced", Self::Outside(Some(Outcome::Reduced))),
        ("outside_cleared", Self::Outside(Some(Outcome::Cleared))),
        ("overlapping", Self::Overlapping),
        ("overlapping_hazard", Self::OverlappingHazard),
        ("without_effect", Self::WithoutEffect),
    ];

    /// The figure of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }

    /// Whether it tells how much land is hazardous on a day, not how much changed.
    pub const fn is_stock(self) -> bool {
        matches!(self, Self::Opening | Self::Remaining)
    }
}

/// A kind of change, whatever its outcome or classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// See [`LandChange::Identified`].
    Identified,
    /// See [`LandChange::Reclassified`].
    Reclassified,
    /// See [`LandChange::Released`].
    Released,
    /// See [`LandChange::Adjusted`].
    Adjusted,
    /// See [`LandChange::ReleasedOutside`].
    ReleasedOutside,
    /// See [`LandChange::ReleasedAgain`].
    ReleasedAgain,
    /// See [`LandChange::WithoutEffect`].
    WithoutEffect,
    /// See [`FactChange::ClaimedAgain`].
    ClaimedAgain,
}

impl ChangeKind {
    /// Every kind with its name in requests and answers.
    pub const ALL: &[(&'static str, Self)] = &[
        ("identified", Self::Identified),
        ("reclassified", Self::Reclassified),
        ("released", Self::Released),
        ("adjusted", Self::Adjusted),
        ("released_outside", Self::ReleasedOutside),
        ("released_again", Self::ReleasedAgain),
        ("without_effect", Self::WithoutEffect),
        ("claimed_again", Self::ClaimedAgain),
    ];

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    fn of(change: FactChange) -> Self {
        match change {
            FactChange::ClaimedAgain => Self::ClaimedAgain,
            FactChange::Land(change) => match change {
                LandChange::Identified { .. } => Self::Identified,
                LandChange::Reclassified { .. } => Self::Reclassified,
                LandChange::Released { .. } => Self::Released,
                LandChange::Adjusted => Self::Adjusted,
                LandChange::ReleasedOutside { .. } => Self::ReleasedOutside,
                LandChange::ReleasedAgain { .. } => Self::ReleasedAgain,
                LandChange::WithoutEffect { .. } => Self::WithoutEffect,
            },
        }
    }
}

/// Which facts a figure is the sum of; the keys are those of a row.
///
/// `None` looks at nothing; where a row may say "none recorded", that is the word
/// [`NO_WORD`](crate::facts::NO_WORD).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drill {
    /// The column; none for everything that happened.
    pub figure: Option<Figure>,
    /// Only changes of this kind.
    pub change: Option<ChangeKind>,
    /// Only by releases of this outcome.
    pub outcome: Option<Outcome>,
    /// First day.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Kind of contamination.
    pub hazard_type: Option<Word>,
    /// Responsible organisation.
    pub organisation: Option<Word>,
    /// Method.
    pub method: Option<Word>,
    /// How sure it is that the land is hazardous.
    pub classification: Option<Classification>,
}

impl Drill {
    /// How many times a fact's area counts in the figure: once, not at all, or less than nothing
    /// where it lowers a stock.
    ///
    /// The sum of area times this over all facts is the figure.
    pub fn times(&self, fact: &Fact) -> i64 {
        let is = |wanted: Option<Word>, word: Word| wanted.is_none_or(|wanted| wanted == word);
        let kept = self.change.is_none_or(|kind| kind == ChangeKind::of(fact.change))
            && self.outcome.is_none_or(|wanted| outcome(fact) == Some(wanted))
            && is(self.hazard_type, fact.hazard_type)
            && is(self.organisation, fact.organisation)
            && is(self.method, fact.method)
            && self.is_in_time(fact.on);
        if kept { self.counted(fact) } else { 0 }
    }

    fn is_in_time(&self, on: Day) -> bool {
        let begun = self.from.is_none_or(|from| on >= from);
        match self.figure {
            Some(Figure::Opening) => !begun,
            Some(Figure::Remaining) => self.to.is_none_or(|to| on <= to),
            _ => begun && self.to.is_none_or(|to| on <= to),
        }
    }

    fn counted(&self, fact: &Fact) -> i64 {
        let of_class = self.classification.is_none_or(|wanted| fact.classification == Some(wanted));
        let change = match fact.change {
            FactChange::ClaimedAgain => {
                let wanted = matches!(self.figure, None | Some(Figure::OverlappingHazard));
                return i64::from(wanted && of_class);
            }
            FactChange::Land(change) => change,
        };
        if let LandChange::Reclassified { classification } = change {
            return self.reclassified(fact, classification);
        }
        if !of_class {
            return 0;
        }
        let Some(figure) = self.figure else { return 1 };
        match (figure, change) {
            (
                Figure::Opening | Figure::Remaining,
                LandChange::Released { .. } | LandChange::Adjusted,
            ) => -1,
            (
                Figure::Opening | Figure::Remaining | Figure::Identified,
                LandChange::Identified { .. },
            )
            | (Figure::NewlyIdentified, LandChange::Identified { again: false, .. })
            | (Figure::Recontaminated, LandChange::Identified { again: true, .. })
            | (Figure::Adjusted, LandChange::Adjusted)
            | (Figure::Overlapping, LandChange::ReleasedAgain { .. })
            | (Figure::WithoutEffect, LandChange::WithoutEffect { .. }) => 1,
            (Figure::Released(wanted), LandChange::Released { outcome })
            | (Figure::Outside(wanted), LandChange::ReleasedOutside { outcome }) => {
                i64::from(wanted.is_none_or(|wanted| wanted == outcome))
            }
            _ => 0,
        }
    }

    /// Land that changes classification leaves one row for another; without a classification it
    /// stays where it is.
    fn reclassified(&self, fact: &Fact, now: Classification) -> i64 {
        let Some(wanted) = self.classification else {
            return i64::from(self.figure.is_none());
        };
        let net = i64::from(wanted == now) - i64::from(fact.classification == Some(wanted));
        match self.figure {
            None => net.abs(),
            Some(Figure::Opening | Figure::Remaining | Figure::Reclassified) => net,
            Some(_) => 0,
        }
    }
}
