//! `token`: making, listing and revoking tokens.

use anyhow::Context;
use chrono::Duration;
use store::{By, NewToken, Store};
use survey::access::Role;

use crate::arguments::{RoleName, TokenCommand};
use crate::commands::{now, say};
use crate::table::layout;

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Reader => Self::Reader,
            RoleName::Contributor => Self::Contributor,
            RoleName::Reviewer => Self::Reviewer,
            RoleName::Manager => Self::Manager,
        }
    }
}

/// Runs a `token` command.
pub fn run(store: &Store, command: &TokenCommand) -> anyhow::Result<()> {
    match command {
        TokenCommand::Add { name, programme, role, days } => {
            let now = now();
            let expires_at = days.map(|days| now + Duration::days(i64::from(days)));
            store.programme(programme)?;
            let roles = [(programme.clone(), Role::from(*role))].into_iter().collect();
            let new = NewToken { name: name.clone(), expires_at, roles };
            let token = store.token_issue(&By::new("command line", now), &new)?;
            say(&token.secret)
        }
        TokenCommand::List => list(store),
        TokenCommand::Revoke { id } => {
            let id = id
                .parse()
                .with_context(|| format!("\"{id}\" is no id of a token; token list tells them"))?;
            store.token_revoke(&By::new("command line", now()), id)?;
            say(&format!("token {id} works no more"))
        }
    }
}

fn list(store: &Store) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = store
        .tokens()?
        .into_iter()
        .map(|token| {
            let roles =
                token.roles.iter().map(|(programme, role)| format!("{role} in {programme}"));
            let expired = token.expires_at.is_some_and(|at| at <= now());
            let ended = expired || token.revoked_at.is_some();
            let state = if ended { "ended" } else { "in force" };
            let roles = roles.collect::<Vec<_>>().join(", ");
            vec![token.id.to_string(), token.name, roles, state.to_owned()]
        })
        .collect();
    say(&layout(&["id", "name", "roles", "state"], &rows, None))
}
