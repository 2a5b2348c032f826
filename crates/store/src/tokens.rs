//! Bearer tokens and what they grant.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use survey::access::Role;
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::schema::{grants, tokens};
use crate::sql_types::{Id, Instant};
use crate::tx::{Tx, both};

/// Begins every secret, so that one that leaked is recognised for what it is.
const PREFIX: &str = "sg_";

/// A token to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Name of the actor as it will appear in the audit; never used before.
    pub name: String,
    /// When it ends, UTC; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Role by programme code.
    pub roles: BTreeMap<String, Role>,
}

/// A token just issued. The secret is kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// The token.
    pub id: Uuid,
    /// What its bearer presents.
    pub secret: String,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "IssuedToken {{ id: {}, secret: *** }}", self.id)
    }
}

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub id: Uuid,
    /// Name of the actor.
    pub name: String,
    /// When it was issued, UTC.
    pub created_at: DateTime<Utc>,
    /// When it ends, UTC.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked, UTC.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Role by programme code.
    pub roles: BTreeMap<String, Role>,
}

/// Who presents a token that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenActor {
    /// The token.
    pub id: Uuid,
    /// Name of the actor.
    pub name: String,
    /// Role by programme code.
    pub roles: BTreeMap<String, Role>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
pub(crate) struct TokenRow {
    pub id: Id,
    pub name: String,
    pub secret_sha256: Vec<u8>,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

impl TokenRow {
    /// Whether it was neither revoked nor has ended.
    pub(crate) fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|Instant(end)| end > now)
    }
}

/// Makes a secret of 256 random bits, and what is stored of it.
pub(crate) fn make_secret() -> TxResult<(String, Vec<u8>)> {
    let mut bytes = [0_u8; 32];
    rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut bytes)
        .map_err(|error| StoreError::unavailable_by("the system gives no random numbers", error))?;
    let mut secret = String::with_capacity(PREFIX.len() + 64);
    secret.push_str(PREFIX);
    for byte in bytes {
        secret.push(char::from(HEX[usize::from(byte >> 4)]));
        secret.push(char::from(HEX[usize::from(byte & 15)]));
    }
    let stored = stored_secret(&secret);
    Ok((secret, stored))
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// A plain hash is enough: nobody can go through 2²⁵⁶ secrets.
pub(crate) fn stored_secret(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

impl Tx<'_> {
    pub(crate) fn token_insert(
        &mut self,
        row: &TokenRow,
        roles: &BTreeMap<String, Role>,
    ) -> TxResult<()> {
        both!(self, |conn| diesel::insert_into(tokens::table).values(row).execute(*conn))?;
        for (programme, role) in roles {
            both!(self, |conn| diesel::insert_into(grants::table)
                .values((
                    grants::programme.eq(programme),
                    grants::token_id.eq(row.id),
                    grants::role.eq(role.name()),
                ))
                .execute(*conn))?;
        }
        Ok(())
    }

    /// Revokes a token that was not revoked yet; tells its name.
    pub(crate) fn token_revoke(&mut self, id: Uuid, at: Instant) -> TxResult<String> {
        let name = both!(self, |conn| diesel::update(tokens::table.find(Id(id)))
            .filter(tokens::revoked_at.is_null())
            .set(tokens::revoked_at.eq(Some(at)))
            .returning(tokens::name)
            .get_result(*conn)
            .optional())?;
        name.ok_or_else(|| StoreError::NotFound { kind: "token", id: id.to_string() }.into())
    }

    pub(crate) fn token_by_secret(&mut self, secret: &str) -> TxResult<Option<TokenRow>> {
        Ok(both!(self, |conn| tokens::table
            .filter(tokens::secret_sha256.eq(stored_secret(secret)))
            .select(TokenRow::as_select())
            .first(*conn)
            .optional())?)
    }

    pub(crate) fn token_by_name(&mut self, name: &str) -> TxResult<Option<TokenRow>> {
        Ok(both!(self, |conn| tokens::table
            .filter(tokens::name.eq(name))
            .select(TokenRow::as_select())
            .first(*conn)
            .optional())?)
    }

    pub(crate) fn tokens(&mut self) -> TxResult<Vec<StoredToken>> {
        let rows: Vec<TokenRow> = both!(self, |conn| tokens::table
            .order(tokens::id)
            .select(TokenRow::as_select())
            .load(*conn))?;
        rows.into_iter()
            .map(|row| {
                Ok(StoredToken {
                    id: row.id.0,
                    roles: self.roles_of(row.id)?,
                    name: row.name,
                    created_at: row.created_at.0,
                    expires_at: row.expires_at.map(|at| at.0),
                    revoked_at: row.revoked_at.map(|at| at.0),
                })
            })
            .collect()
    }

    pub(crate) fn roles_of(&mut self, token: Id) -> TxResult<BTreeMap<String, Role>> {
        let granted: Vec<(String, String)> = both!(self, |conn| grants::table
            .filter(grants::token_id.eq(token))
            .select((grants::programme, grants::role))
            .load(*conn))?;
        granted
            .into_iter()
            .map(|(programme, word)| {
                let role = word
                    .parse()
                    .map_err(|error| TxError::corrupt(format!("token {}", token.0), error))?;
                Ok((programme, role))
            })
            .collect()
    }
}
