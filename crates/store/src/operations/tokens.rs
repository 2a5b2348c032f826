//! Issuing and revoking tokens, and telling who presents one.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{Line, SERVER};
use crate::error::StoreError;
use crate::sql_types::{Id, Instant};
use crate::store::{By, Store};
use crate::tokens::{IssuedToken, NewToken, StoredToken, TokenActor, TokenRow, make_secret};

impl Store {
    /// Issues a token. Its secret is returned once and kept nowhere.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the name was used before; [`StoreError::Conflict`] when a
    /// programme does not exist or the name is empty or longer than 200 characters.
    pub fn token_issue(&self, by: &By, new: &NewToken) -> Result<IssuedToken, StoreError> {
        let issued = self.write("token_issue", |tx| {
            let (secret, secret_sha256) = make_secret()?;
            let id = Uuid::now_v7();
            let row = TokenRow {
                id: Id(id),
                name: new.name.clone(),
                secret_sha256,
                created_at: Instant::at(by.at),
                expires_at: new.expires_at.map(Instant::at),
                revoked_at: None,
            };
            tx.token_insert(&row, &new.roles)?;
            let detail =
                json!({ "name": new.name, "roles": new.roles, "expires_at": new.expires_at });
            tx.audit_append(by, server_line(by, "token_issue", id, detail))?;
            Ok(IssuedToken { id, secret })
        });
        match issued {
            Err(StoreError::Conflict { constraint }) if constraint == "tokens_name_unique" => {
                Err(StoreError::Exists { kind: "token", id: new.name.clone() })
            }
            other => other,
        }
    }

    /// Revokes a token for good.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it was revoked before.
    pub fn token_revoke(&self, by: &By, id: Uuid) -> Result<(), StoreError> {
        self.write("token_revoke", |tx| {
            let name = tx.token_revoke(id, Instant::at(by.at))?;
            tx.audit_append(by, server_line(by, "token_revoke", id, json!({ "name": name })))
        })
    }

    /// Who presents this secret, if its token holds at `now`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn token_actor(
        &self,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<TokenActor>, StoreError> {
        self.read("token_actor", |tx| {
            let Some(row) = tx.token_by_secret(secret)? else { return Ok(None) };
            if !row.holds_at(now) {
                return Ok(None);
            }
            let roles = tx.roles_of(row.id)?;
            Ok(Some(TokenActor { id: row.id.0, name: row.name, roles }))
        })
    }

    /// All tokens, in the order they were issued, without their secrets.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        self.read("tokens", |tx| tx.tokens())
    }
}

fn server_line(
    by: &By,
    operation: &'static str,
    id: Uuid,
    detail: serde_json::Value,
) -> Line<'static> {
    Line {
        chain: SERVER,
        at: Instant::at(by.at),
        operation,
        subject: format!("token {id}"),
        revision: None,
        detail,
    }
}
