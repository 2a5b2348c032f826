//! Who may do what: one place that decides.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody is in a programme. Each role may do all that the ones before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads records and figures.
    Reader,
    /// Sends records.
    Contributor,
    /// Accepts and refuses what others have sent.
    Reviewer,
    /// Changes the programme itself and its members.
    Manager,
}

impl Role {
    /// All roles, from the least to the greatest.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Contributor, Self::Reviewer, Self::Manager];

    /// The name used on the command line and in answers, for example `reviewer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Reviewer => "reviewer",
            Self::Manager => "manager",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role; the roles are reader, contributor, reviewer and manager")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// What somebody wants to do in a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read records, their history and the figures.
    ReadRecords,
    /// Send records, or check them without sending.
    Submit,
    /// Accept or refuse what others have sent.
    Review,
    /// Change the programme, its members and their tokens.
    Manage,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 4] = [Self::ReadRecords, Self::Submit, Self::Review, Self::Manage];

    /// The least role that may do it.
    pub const fn needs(self) -> Role {
        match self {
            Self::ReadRecords => Role::Reader,
            Self::Submit => Role::Contributor,
            Self::Review => Role::Reviewer,
            Self::Manage => Role::Manager,
        }
    }
}

/// Somebody who asks for something, as named in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The name under which the token or account was made; `anonymous` for the public.
    pub name: String,
}

impl Actor {
    /// Somebody with a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Somebody of whom nothing is known.
    pub fn anonymous() -> Self {
        Self::named("anonymous")
    }
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is known of them in this programme; a token may help.
    #[error("this needs a token with the role {needs} or above in the programme")]
    Unknown {
        /// The least role that may.
        needs: Role,
    },
    /// Their role is not enough.
    #[error("this needs the role {needs} or above in the programme, and the token has {has}")]
    Insufficient {
        /// The role they have.
        has: Role,
        /// The least role that may.
        needs: Role,
    },
}

/// Decides whether somebody with this role in a programme (none: an outsider) may do something.
///
/// # Errors
/// [`Refusal`] when not. A programme open to the public lets everybody read, and nothing else.
pub fn decide(role: Option<Role>, public_read: bool, action: Action) -> Result<(), Refusal> {
    let needs = action.needs();
    match role {
        Some(has) if has >= needs => Ok(()),
        _ if public_read && action == Action::ReadRecords => Ok(()),
        Some(has) => Err(Refusal::Insufficient { has, needs }),
        None => Err(Refusal::Unknown { needs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_it_is_for_and_all_below() {
        for (rank, role) in Role::ALL.into_iter().enumerate() {
            for (need, action) in Action::ALL.into_iter().enumerate() {
                assert_eq!(decide(Some(role), false, action).is_ok(), rank >= need);
            }
        }
    }

    #[test]
    fn the_public_may_read_where_reading_is_open_and_nothing_else() {
        assert_eq!(decide(None, true, Action::ReadRecords), Ok(()));
        assert_eq!(
            decide(None, true, Action::Submit),
            Err(Refusal::Unknown { needs: Role::Contributor })
        );
        assert_eq!(
            decide(None, false, Action::ReadRecords),
            Err(Refusal::Unknown { needs: Role::Reader })
        );
    }

    #[test]
    fn a_role_is_read_by_its_name() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse::<Role>(), Ok(role));
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
