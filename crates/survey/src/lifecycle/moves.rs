//! Changes of a hazardous area's record that need a reason.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::open;
use crate::access::{Action, Role};
use crate::id::Day;
use crate::land::Classification;
use crate::records::HazardStatus;
use crate::rules::{self, RuleEntry};

/// Why a version may not follow the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// A closed area is opened again, and nobody says why.
    ReopenedWithoutReason,
    /// A closed area is opened again as of a day on which it was not closed or released yet: what
    /// was released would stay released.
    ReopenedTooEarly,
    /// A confirmed area becomes suspected, and nobody says why.
    SuspectedAgainWithoutReason,
    /// A confirmed area becomes suspected by the word of somebody who reviews nothing.
    SuspectedAgainUnreviewed,
}

impl Forbidden {
    /// The rule that says so.
    pub const fn rule(self) -> &'static RuleEntry {
        match self {
            Self::ReopenedWithoutReason => &rules::REOPENED_WITHOUT_REASON,
            Self::ReopenedTooEarly => &rules::REOPENED_TOO_EARLY,
            Self::SuspectedAgainWithoutReason => &rules::SUSPECTED_AGAIN_WITHOUT_REASON,
            Self::SuspectedAgainUnreviewed => &rules::SUSPECTED_AGAIN_UNREVIEWED,
        }
    }
}

#[derive(Deserialize)]
struct Told {
    classification: Classification,
    identified_on: Day,
    #[serde(default = "open")]
    status: HazardStatus,
    #[serde(default)]
    change_reason: Option<String>,
}

impl Told {
    fn of(properties: &Map<String, Value>) -> Option<Self> {
        Self::deserialize(properties).ok()
    }

    const fn is_closed(&self) -> bool {
        matches!(self.status, HazardStatus::Closed | HazardStatus::HandedOver)
    }
}

/// Whether a version of a hazardous area may follow another; both are checked properties.
///
/// Whatever else changes is allowed: work begins, stops and goes on, an area is confirmed, closed,
/// handed over or found to be an error, and the ledger takes no land from it for that.
/// `last_released_on` is the last day on which land was released from the area, `role` that of
/// whoever sends the version.
///
/// # Errors
/// [`Forbidden`] when the change needs a reason, another day or a reviewer.
///
/// # Source
/// IMAS 07.11, on documenting decisions; the days are ours: an area opened again is hazardous from
/// `identified_on`, whatever was released before.
pub fn check_move(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    last_released_on: Option<Day>,
    role: Role,
) -> Result<(), Forbidden> {
    let (Some(before), Some(after)) = (Told::of(before), Told::of(after)) else { return Ok(()) };
    let is_explained = after.change_reason.as_deref().is_some_and(|why| !why.trim().is_empty());
    if before.is_closed() && !after.is_closed() {
        let known =
            last_released_on.map_or(before.identified_on, |on| on.max(before.identified_on));
        if !is_explained {
            return Err(Forbidden::ReopenedWithoutReason);
        }
        if after.identified_on <= known {
            return Err(Forbidden::ReopenedTooEarly);
        }
    }
    let is_doubted = before.classification == Classification::Confirmed
        && after.classification == Classification::Suspected;
    if is_doubted && !is_explained {
        return Err(Forbidden::SuspectedAgainWithoutReason);
    }
    if is_doubted && role < Action::Review.needs() {
        return Err(Forbidden::SuspectedAgainUnreviewed);
    }
    Ok(())
}
