//! Two clocks: `effective`, when it was so in the field, and `as_of`, when it was known here.

use chrono::{DateTime, Utc};
use store::{Revision, Store};
use survey::Day;

use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// What is to have been known: everything up to a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Up to this revision.
    Revision(Revision),
    /// Up to the revision that was the newest at this instant.
    Instant(DateTime<Utc>),
}

/// Both clocks of a question; none of either asks about now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    /// What is to have been known.
    pub as_of: Option<AsOf>,
    /// The day in the field, to its end.
    pub effective: Option<Day>,
}

impl Clocks {
    /// Reads `as_of` alone.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn read_as_of(parameters: &Parameters) -> Result<Option<AsOf>, Problem> {
        parameters.text("as_of").map(AsOf::parse).transpose()
    }

    /// Reads `as_of` and `effective`.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let as_of = Self::read_as_of(parameters)?;
        Ok(Self { as_of, effective: parameters.day("effective")? })
    }
}

impl AsOf {
    /// Reads a revision number or an RFC 3339 instant.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if let Ok(revision) = text.parse::<Revision>() {
            return Ok(Self::Revision(revision));
        }
        match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => Ok(Self::Instant(instant.to_utc())),
            Err(error) => Err(invalid(
                "as_of",
                "give a revision number or an instant with its offset (RFC 3339), such as \
                 2026-03-31T23:59:59Z; in an address \"+\" is written %2B",
            )
            .caused_by(error)),
        }
    }

    /// The revision it stands for, asked of the store.
    ///
    /// # Errors
    /// `invalid-parameter` when it lies in the future or before the programme's first revision.
    pub fn revision(
        self,
        store: &Store,
        programme: &str,
        now: DateTime<Utc>,
    ) -> Result<Revision, Problem> {
        match self {
            Self::Revision(0) => Err(invalid("as_of", "the first revision of a programme is 1")),
            Self::Revision(revision) => {
                let newest = store.programme(programme)?.revision;
                if revision > newest {
                    let reason = format!("{revision} lies in the future; the newest is {newest}");
                    return Err(invalid("as_of", &reason));
                }
                Ok(revision)
            }
            Self::Instant(instant) if instant > now => {
                Err(invalid("as_of", &format!("{instant} lies in the future")))
            }
            Self::Instant(instant) => store.revision_at(programme, instant)?.ok_or_else(|| {
                invalid("as_of", &format!("nothing was recorded here until {instant}"))
            }),
        }
    }
}
