//! Webhooks: who is told of changes, how far each was told, and how the last tries went.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use geometry::Bbox;
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::records::stored_bbox;
use crate::schema::{webhook_deliveries, webhooks};
use crate::sql_types::{Id, Instant, Json};
use crate::store::Revision;
use crate::tx::{Tx, both};

/// Tries kept of each webhook.
const ATTEMPTS_KEPT: i64 = 20;

/// Whether a webhook is told of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// A manager has asked for a pause; what happens meanwhile is told afterwards.
    Paused,
    /// The server has given up; a manager may resume it.
    Disabled,
}

impl WebhookStatus {
    /// The name used in answers, for example `active`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for WebhookStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no status of a webhook; they are active, paused and disabled")]
pub struct UnknownStatus(String);

impl FromStr for WebhookStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Active, Self::Paused, Self::Disabled];
        let found = all.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// A webhook to be made.
#[derive(Clone, PartialEq)]
pub struct NewWebhook<'a> {
    /// Code of the programme.
    pub programme: &'a str,
    /// Where messages are sent.
    pub address: &'a str,
    /// Collections of which changes are told; all when empty.
    pub collections: &'a [String],
    /// The box in which changes are told, CRS84.
    pub bbox: Option<Bbox>,
    /// What messages are signed with.
    pub secret: &'a str,
    /// The revision behind which telling begins; the newest when not given.
    pub since: Option<Revision>,
}

impl fmt::Debug for NewWebhook<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewWebhook").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A webhook as it is stored.
#[derive(Clone, PartialEq)]
pub struct StoredWebhook {
    /// Code of the programme.
    pub programme: String,
    /// Its id.
    pub id: Uuid,
    /// Where messages are sent.
    pub address: String,
    /// Collections of which changes are told; all when empty.
    pub collections: Vec<String>,
    /// The box in which changes are told, CRS84.
    pub bbox: Option<Bbox>,
    /// What messages are signed with.
    pub secret: String,
    /// Name of the token on whose behalf changes are told.
    pub owner: String,
    /// When it was made, UTC.
    pub created_at: DateTime<Utc>,
    /// Whether it is told of changes.
    pub status: WebhookStatus,
    /// Why the server disabled it.
    pub reason: Option<String>,
    /// Up to which revision the receiver was told.
    pub told: Revision,
    /// The last revision of the message being sent.
    pub pending: Option<Revision>,
    /// Tries of that message that failed.
    pub failures: u64,
    /// When the first of them failed, UTC.
    pub failing_since: Option<DateTime<Utc>>,
    /// When it is tried next at the earliest, UTC.
    pub next_try_at: DateTime<Utc>,
}

impl fmt::Debug for StoredWebhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StoredWebhook")
            .field("id", &self.id)
            .field("address", &self.address)
            .field("secret", &"***")
            .field("told", &self.told)
            .finish_non_exhaustive()
    }
}

/// One try to hand over a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// `Webhook-Id` of the message.
    pub message: String,
    /// Which try of the message it was, from 1.
    pub attempt: u64,
    /// Changes in the message; 0 for a test.
    pub change_count: u64,
    /// When it began, UTC.
    pub at: DateTime<Utc>,
    /// How long it took, milliseconds.
    pub duration_ms: u64,
    /// HTTP status of the answer, if there was one.
    pub http_status: Option<u16>,
    /// Why it failed; `None` when the receiver took the message.
    pub fault: Option<String>,
}

/// What a try means for the webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The receiver was told up to this revision.
    Told(Revision),
    /// The same message is tried again, not before this instant (UTC).
    Again(DateTime<Utc>),
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
pub(crate) struct WebhookRow {
    pub programme: String,
    pub id: Id,
    pub address: String,
    pub collections: Json,
    pub west: Option<f64>,
    pub south: Option<f64>,
    pub east: Option<f64>,
    pub north: Option<f64>,
    pub secret: String,
    pub owner: String,
    pub created_at: Instant,
    pub status: String,
    pub reason: Option<String>,
    pub told_revision: i64,
    pub pending_revision: Option<i64>,
    pub failures: i64,
    pub failing_since: Option<Instant>,
    pub next_try_at: Instant,
    pub claimed_until: Option<Instant>,
}

impl WebhookRow {
    pub(crate) fn decode(self) -> TxResult<StoredWebhook> {
        let Id(id) = self.id;
        let corrupt = |reason: &dyn fmt::Display| TxError::corrupt(format!("webhook {id}"), reason);
        Ok(StoredWebhook {
            collections: serde_json::from_str(&self.collections.0)
                .map_err(|error| corrupt(&error))?,
            status: self.status.parse().map_err(|error: UnknownStatus| corrupt(&error))?,
            programme: self.programme,
            id,
            address: self.address,
            bbox: stored_bbox(self.west, self.south, self.east, self.north),
            secret: self.secret,
            owner: self.owner,
            created_at: self.created_at.0,
            reason: self.reason,
            told: self.told_revision.unsigned_abs(),
            pending: self.pending_revision.map(i64::unsigned_abs),
            failures: self.failures.unsigned_abs(),
            failing_since: self.failing_since.map(|at| at.0),
            next_try_at: self.next_try_at.0,
        })
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
struct AttemptRow {
    programme: String,
    webhook_id: Id,
    attempt_id: Id,
    message: String,
    attempt: i64,
    change_count: i64,
    at: Instant,
    duration_ms: i64,
    http_status: Option<i32>,
    fault: Option<String>,
}

impl AttemptRow {
    fn decode(self) -> Attempt {
        Attempt {
            message: self.message,
            attempt: self.attempt.unsigned_abs(),
            change_count: self.change_count.unsigned_abs(),
            at: self.at.0,
            duration_ms: self.duration_ms.unsigned_abs(),
            http_status: self.http_status.and_then(|status| u16::try_from(status).ok()),
            fault: self.fault,
        }
    }
}

fn missing(id: Uuid) -> TxError {
    StoreError::NotFound { kind: "webhook", id: id.to_string() }.into()
}

impl Tx<'_> {
    pub(crate) fn webhook_insert(&mut self, row: &WebhookRow) -> TxResult<()> {
        both!(self, |conn| diesel::insert_into(webhooks::table).values(row).execute(*conn))?;
        Ok(())
    }

    pub(crate) fn webhook(&mut self, programme: &str, id: Uuid) -> TxResult<WebhookRow> {
        let found = both!(self, |conn| webhooks::table
            .find((programme, Id(id)))
            .select(WebhookRow::as_select())
            .first(*conn)
            .optional())?;
        found.ok_or_else(|| missing(id))
    }

    /// The webhooks of a programme, in the order they were made.
    pub(crate) fn webhooks(&mut self, programme: &str) -> TxResult<Vec<WebhookRow>> {
        Ok(both!(self, |conn| webhooks::table
            .filter(webhooks::programme.eq(programme))
            .order(webhooks::id)
            .select(WebhookRow::as_select())
            .load(*conn))?)
    }

    /// The active webhooks of all programmes that may be tried, the longest due first.
    pub(crate) fn webhooks_due(&mut self, now: Instant) -> TxResult<Vec<WebhookRow>> {
        Ok(both!(self, |conn| webhooks::table
            .filter(webhooks::status.eq(WebhookStatus::Active.name()))
            .filter(webhooks::next_try_at.le(now))
            .filter(webhooks::claimed_until.is_null().or(webhooks::claimed_until.le(now)))
            .order((webhooks::next_try_at, webhooks::id))
            .select(WebhookRow::as_select())
            .load(*conn))?)
    }

    pub(crate) fn webhook_set_status(
        &mut self,
        (programme, id): (&str, Uuid),
        status: WebhookStatus,
        reason: Option<&str>,
    ) -> TxResult<()> {
        let set = both!(self, |conn| diesel::update(webhooks::table.find((programme, Id(id))))
            .set((webhooks::status.eq(status.name()), webhooks::reason.eq(reason)))
            .execute(*conn))?;
        if set == 0 { Err(missing(id)) } else { Ok(()) }
    }

    /// Makes a webhook active, told at once and on behalf of `owner`.
    pub(crate) fn webhook_renew(
        &mut self,
        (programme, id): (&str, Uuid),
        owner: &str,
        at: Instant,
    ) -> TxResult<()> {
        self.webhook_set_status((programme, id), WebhookStatus::Active, None)?;
        both!(self, |conn| diesel::update(webhooks::table.find((programme, Id(id))))
            .set((
                webhooks::owner.eq(owner),
                webhooks::next_try_at.eq(at),
                webhooks::failing_since.eq(None::<Instant>),
            ))
            .execute(*conn))?;
        Ok(())
    }

    pub(crate) fn webhook_delete(&mut self, programme: &str, id: Uuid) -> TxResult<()> {
        both!(self, |conn| diesel::delete(webhook_deliveries::table)
            .filter(webhook_deliveries::programme.eq(programme))
            .filter(webhook_deliveries::webhook_id.eq(Id(id)))
            .execute(*conn))?;
        let gone = both!(self, |conn| diesel::delete(webhooks::table.find((programme, Id(id))))
            .execute(*conn))?;
        if gone == 0 { Err(missing(id)) } else { Ok(()) }
    }

    /// Takes the right to send the message up to `pending`, unless somebody else has it or the
    /// webhook is no longer where it was.
    pub(crate) fn webhook_claim(
        &mut self,
        webhook: &StoredWebhook,
        pending: Revision,
        (now, until): (Instant, Instant),
    ) -> TxResult<bool> {
        let pending = pending.cast_signed();
        let claimed = both!(self, |conn| diesel::update(
            webhooks::table.find((&webhook.programme, Id(webhook.id)))
        )
        .filter(webhooks::status.eq(WebhookStatus::Active.name()))
        .filter(webhooks::told_revision.eq(webhook.told.cast_signed()))
        .filter(webhooks::next_try_at.le(now))
        .filter(webhooks::claimed_until.is_null().or(webhooks::claimed_until.le(now)))
        .filter(webhooks::pending_revision.is_null().or(webhooks::pending_revision.eq(pending)))
        .set((
            webhooks::claimed_until.eq(Some(until)),
            webhooks::pending_revision.eq(Some(pending)),
        ))
        .execute(*conn))?;
        Ok(claimed == 1)
    }

    /// Notes that nothing up to `told` concerns the receiver.
    pub(crate) fn webhook_skip(&mut self, webhook: &StoredWebhook, told: Revision) -> TxResult<()> {
        both!(self, |conn| diesel::update(
            webhooks::table.find((&webhook.programme, Id(webhook.id)))
        )
        .filter(webhooks::told_revision.eq(webhook.told.cast_signed()))
        .filter(webhooks::pending_revision.is_null())
        .set(webhooks::told_revision.eq(told.cast_signed()))
        .execute(*conn))?;
        Ok(())
    }

    /// Notes what came of a try, and gives the right to send back.
    pub(crate) fn webhook_settle(
        &mut self,
        webhook: &StoredWebhook,
        attempt: &Attempt,
        outcome: AttemptOutcome,
    ) -> TxResult<()> {
        let key = (webhook.programme.as_str(), Id(webhook.id));
        let told = webhook.told.cast_signed();
        let freed = webhooks::claimed_until.eq(None::<Instant>);
        let settled = match outcome {
            AttemptOutcome::Told(revision) => {
                both!(self, |conn| diesel::update(webhooks::table.find(key))
                    .filter(webhooks::told_revision.eq(told))
                    .set((
                        freed,
                        webhooks::told_revision.eq(revision.cast_signed()),
                        webhooks::pending_revision.eq(None::<i64>),
                        webhooks::failures.eq(0),
                        webhooks::failing_since.eq(None::<Instant>),
                    ))
                    .execute(*conn))?
            }
            AttemptOutcome::Again(next) => {
                let since = webhook.failing_since.unwrap_or(attempt.at);
                both!(self, |conn| diesel::update(webhooks::table.find(key))
                    .filter(webhooks::told_revision.eq(told))
                    .set((
                        freed,
                        webhooks::failures.eq(webhooks::failures + 1),
                        webhooks::failing_since.eq(Some(Instant::at(since))),
                        webhooks::next_try_at.eq(Instant::at(next)),
                    ))
                    .execute(*conn))?
            }
        };
        // It was removed meanwhile.
        if settled == 0 { Ok(()) } else { self.attempt_append(key.0, webhook.id, attempt) }
    }

    /// Keeps a try, and lets the oldest go.
    pub(crate) fn attempt_append(
        &mut self,
        programme: &str,
        id: Uuid,
        attempt: &Attempt,
    ) -> TxResult<()> {
        let row = AttemptRow {
            programme: programme.to_owned(),
            webhook_id: Id(id),
            attempt_id: Id(Uuid::now_v7()),
            message: attempt.message.clone(),
            attempt: attempt.attempt.cast_signed(),
            change_count: attempt.change_count.cast_signed(),
            at: Instant::at(attempt.at),
            duration_ms: attempt.duration_ms.cast_signed(),
            http_status: attempt.http_status.map(i32::from),
            fault: attempt.fault.clone(),
        };
        both!(self, |conn| diesel::insert_into(webhook_deliveries::table)
            .values(&row)
            .execute(*conn))?;
        let oldest: Option<Id> = both!(self, |conn| webhook_deliveries::table
            .filter(webhook_deliveries::programme.eq(programme))
            .filter(webhook_deliveries::webhook_id.eq(Id(id)))
            .order(webhook_deliveries::attempt_id.desc())
            .offset(ATTEMPTS_KEPT)
            .limit(1)
            .select(webhook_deliveries::attempt_id)
            .first(*conn)
            .optional())?;
        if let Some(oldest) = oldest {
            both!(self, |conn| diesel::delete(webhook_deliveries::table)
                .filter(webhook_deliveries::programme.eq(programme))
                .filter(webhook_deliveries::webhook_id.eq(Id(id)))
                .filter(webhook_deliveries::attempt_id.le(oldest))
                .execute(*conn))?;
        }
        Ok(())
    }

    /// The tries kept, the last first.
    pub(crate) fn attempts(&mut self, programme: &str, id: Uuid) -> TxResult<Vec<Attempt>> {
        let rows: Vec<AttemptRow> = both!(self, |conn| webhook_deliveries::table
            .filter(webhook_deliveries::programme.eq(programme))
            .filter(webhook_deliveries::webhook_id.eq(Id(id)))
            .order(webhook_deliveries::attempt_id.desc())
            .select(AttemptRow::as_select())
            .load(*conn))?;
        Ok(rows.into_iter().map(AttemptRow::decode).collect())
    }
}
