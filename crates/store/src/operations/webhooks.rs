//! Making, pausing and taking away webhooks, and noting how far each was told.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use survey::access::Role;
use uuid::Uuid;

use crate::audit::Line;
use crate::error::{StoreError, TxResult};
use crate::sql_types::{Id, Instant, Json};
use crate::store::{By, Revision, Store};
use crate::webhooks::{
    Attempt, AttemptOutcome, NewWebhook, StoredWebhook, WebhookRow, WebhookStatus,
};

/// Webhooks of one programme: each costs a look at every change.
const WEBHOOKS_MAX: usize = 20;

impl Store {
    /// Makes a webhook, which is told of changes from now on, or behind `since`. Its owner is the
    /// actor.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme or a revision that was never made;
    /// [`StoreError::Conflict`] when the programme has as many as it may.
    pub fn webhook_add(&self, by: &By, new: &NewWebhook<'_>) -> Result<Uuid, StoreError> {
        self.write("webhook_add", |tx| {
            let newest = tx.programme(new.programme)?.revision.unsigned_abs();
            let told = new.since.unwrap_or(newest);
            if told > newest {
                return Err(StoreError::NotFound { kind: "revision", id: told.to_string() }.into());
            }
            if tx.webhooks(new.programme)?.len() >= WEBHOOKS_MAX {
                let constraint = format!("the limit of {WEBHOOKS_MAX} webhooks in a programme");
                return Err(StoreError::Conflict { constraint }.into());
            }
            let (id, at) = (Uuid::now_v7(), Instant::at(by.at));
            tx.webhook_insert(&row(by, new, (id, told)))?;
            let detail = json!({ "address": new.address, "collections": new.collections });
            tx.audit_append(by, line((new.programme, id), "webhook_add", at, detail))?;
            Ok(id)
        })
    }

    /// Pauses a webhook; nothing is lost to it meanwhile.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook_pause(&self, by: &By, programme: &str, id: Uuid) -> Result<(), StoreError> {
        self.write("webhook_pause", |tx| {
            tx.webhook_set_status((programme, id), WebhookStatus::Paused, None)?;
            let line = line((programme, id), "webhook_pause", Instant::at(by.at), json!({}));
            tx.audit_append(by, line)
        })
    }

    /// Resumes a webhook where it was, on behalf of the actor, who is its owner from now on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook_resume(&self, by: &By, programme: &str, id: Uuid) -> Result<(), StoreError> {
        self.write("webhook_resume", |tx| {
            let at = Instant::at(by.at);
            tx.webhook_renew((programme, id), &by.actor, at)?;
            tx.audit_append(by, line((programme, id), "webhook_resume", at, json!({})))
        })
    }

    /// Gives a webhook up until a manager resumes it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook_disable(
        &self,
        by: &By,
        (programme, id): (&str, Uuid),
        reason: &str,
    ) -> Result<(), StoreError> {
        self.write("webhook_disable", |tx| {
            tx.webhook_set_status((programme, id), WebhookStatus::Disabled, Some(reason))?;
            let detail = json!({ "reason": reason });
            let line = line((programme, id), "webhook_disable", Instant::at(by.at), detail);
            tx.audit_append(by, line)
        })
    }

    /// Takes a webhook away, with what is known of its tries.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook_remove(&self, by: &By, programme: &str, id: Uuid) -> Result<(), StoreError> {
        self.write("webhook_remove", |tx| {
            tx.webhook_delete(programme, id)?;
            let line = line((programme, id), "webhook_remove", Instant::at(by.at), json!({}));
            tx.audit_append(by, line)
        })
    }

    /// Notes a test that somebody has asked for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook_test(
        &self,
        by: &By,
        (programme, id): (&str, Uuid),
        attempt: &Attempt,
    ) -> Result<(), StoreError> {
        self.write("webhook_test", |tx| {
            tx.webhook(programme, id)?;
            tx.attempt_append(programme, id, attempt)?;
            let detail = json!({ "http_status": attempt.http_status, "fault": attempt.fault });
            let line = line((programme, id), "webhook_test", Instant::at(by.at), detail);
            tx.audit_append(by, line)
        })
    }

    /// The webhooks of a programme, in the order they were made.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn webhooks(&self, programme: &str) -> Result<Vec<StoredWebhook>, StoreError> {
        self.read("webhooks", |tx| decoded(tx.webhooks(programme)?))
    }

    /// A webhook and its last tries, the last first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn webhook(
        &self,
        programme: &str,
        id: Uuid,
    ) -> Result<(StoredWebhook, Vec<Attempt>), StoreError> {
        self.read("webhook", |tx| {
            let webhook = tx.webhook(programme, id)?.decode()?;
            Ok((webhook, tx.attempts(programme, id)?))
        })
    }

    /// The webhooks of all programmes that may be told something now, the longest due first.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn webhooks_due(&self, now: DateTime<Utc>) -> Result<Vec<StoredWebhook>, StoreError> {
        self.read("webhooks_due", |tx| decoded(tx.webhooks_due(Instant::at(now))?))
    }

    /// The role in a programme of the token with this name, if it holds at `now`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn role_of_token(
        &self,
        name: &str,
        programme: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Role>, StoreError> {
        self.read("role_of_token", |tx| {
            let Some(row) = tx.token_by_name(name)? else { return Ok(None) };
            if !row.holds_at(now) {
                return Ok(None);
            }
            Ok(tx.roles_of(row.id)?.get(programme).copied())
        })
    }

    /// Takes the right to send the message of the changes up to `pending`, until an instant; tells
    /// whether it was there to be taken. From then on that message stays the same however often it
    /// is tried.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn webhook_claim(
        &self,
        webhook: &StoredWebhook,
        pending: Revision,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let span = (Instant::at(now), Instant::at(until));
        self.write("webhook_claim", |tx| tx.webhook_claim(webhook, pending, span))
    }

    /// Notes that no change up to `told` concerns the receiver.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn webhook_skip(&self, webhook: &StoredWebhook, told: Revision) -> Result<(), StoreError> {
        self.write("webhook_skip", |tx| tx.webhook_skip(webhook, told))
    }

    /// Notes what came of a try, and gives the right to send back.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn webhook_settle(
        &self,
        webhook: &StoredWebhook,
        attempt: &Attempt,
        outcome: AttemptOutcome,
    ) -> Result<(), StoreError> {
        self.write("webhook_settle", |tx| tx.webhook_settle(webhook, attempt, outcome))
    }
}

fn decoded(rows: Vec<WebhookRow>) -> TxResult<Vec<StoredWebhook>> {
    rows.into_iter().map(WebhookRow::decode).collect()
}

fn row(by: &By, new: &NewWebhook<'_>, (id, told): (Uuid, Revision)) -> WebhookRow {
    let at = Instant::at(by.at);
    WebhookRow {
        programme: new.programme.to_owned(),
        id: Id(id),
        address: new.address.to_owned(),
        collections: Json(json!(new.collections).to_string()),
        west: new.bbox.map(|bbox| bbox.west),
        south: new.bbox.map(|bbox| bbox.south),
        east: new.bbox.map(|bbox| bbox.east),
        north: new.bbox.map(|bbox| bbox.north),
        secret: new.secret.to_owned(),
        owner: by.actor.clone(),
        created_at: at,
        status: WebhookStatus::Active.name().to_owned(),
        reason: None,
        told_revision: told.cast_signed(),
        pending_revision: None,
        failures: 0,
        failing_since: None,
        next_try_at: at,
        claimed_until: None,
    }
}

fn line<'a>(
    (programme, id): (&'a str, Uuid),
    operation: &'static str,
    at: Instant,
    detail: Value,
) -> Line<'a> {
    let subject = format!("webhook {id}");
    Line { chain: programme, at, operation, subject, revision: None, detail }
}
