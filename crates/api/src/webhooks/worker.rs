//! Tells webhooks of changes: one message at a time to each, several webhooks at a time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use store::{Attempt, AttemptOutcome, By, Change, Revision, StoreError, StoredWebhook};
use survey::access::{Action, decide};
use tokio::sync::Notify;
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::{App, Served};
use crate::live::Wanted;
use crate::webhooks::message::Message;
use crate::webhooks::sending::{GONE, TRY_MAX};

/// Messages under way at the same time.
const AT_ONCE: usize = 8;

/// Looks for webhooks that are due at least this often: another server may have made one.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Changes that concern nobody are passed over without a note up to this many.
const PASSED_OVER_MAX: u64 = 500;

/// A message that fails is tried again after a second, two, four, up to this.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// A webhook that took nothing for so long is disabled.
const FAILING_MAX: TimeDelta = TimeDelta::days(5);

/// The server's name in the audit when it disables a webhook.
const SERVER: &str = "safeground";

/// Wakes the worker, and knows which webhooks are being told.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Notify,
    desk: Mutex<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    under_way: HashSet<Uuid>,
    /// Up to where nothing concerns a webhook, beyond what it was told.
    passed_over: HashMap<Uuid, Revision>,
}

impl Bell {
    /// Something may be to be told.
    pub(crate) fn ring(&self) {
        self.rung.notify_one();
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place among those under way, if there is one and the webhook has none.
    fn begin(&self, webhook: Uuid) -> bool {
        let mut desk = self.desk();
        desk.under_way.len() < AT_ONCE && desk.under_way.insert(webhook)
    }

    fn end(&self, webhook: Uuid) {
        self.desk().under_way.remove(&webhook);
    }

    /// Where to look for the next change of a webhook.
    fn seen(&self, webhook: &StoredWebhook) -> Revision {
        let passed_over = self.desk().passed_over.get(&webhook.id).copied();
        passed_over.map_or(webhook.told, |seen| seen.max(webhook.told))
    }

    fn pass_over(&self, webhook: Uuid, seen: Revision) {
        self.desk().passed_over.insert(webhook, seen);
    }
}

/// Tells webhooks of changes until the task is ended.
pub async fn run(app: Arc<App>) {
    loop {
        // The wait ends by itself; that nobody has rung is no fault.
        let _rung = timeout(LOOK_EVERY, app.bell().rung.notified()).await;
        let due = app.block(|app| app.store().webhooks_due(app.now())).await;
        let due = match due {
            Ok(due) => due,
            Err(problem) => {
                tracing::warn!(%problem, "webhooks cannot be looked for");
                continue;
            }
        };
        for webhook in due {
            if !app.has_more_for(&webhook) || !app.bell().begin(webhook.id) {
                continue;
            }
            let app = Arc::clone(&app);
            tokio::task::spawn_blocking(move || {
                let id = webhook.id;
                let told = app.tell(&webhook);
                app.bell().end(id);
                match told {
                    // There may be more.
                    Ok(()) => app.bell().ring(),
                    Err(error) => {
                        tracing::warn!(webhook = %id, %error, "a webhook could not be told");
                    }
                }
            });
        }
    }
}

impl App {
    /// Whether readers see a revision that this webhook was not told of.
    fn has_more_for(&self, webhook: &StoredWebhook) -> bool {
        self.served_to_webhooks(&webhook.programme)
            .is_some_and(|served| served.snapshot().revision() > self.bell().seen(webhook))
    }

    /// Tells a webhook of the next changes, in one message.
    fn tell(&self, webhook: &StoredWebhook) -> Result<(), StoreError> {
        let Some(served) = self.served_to_webhooks(&webhook.programme) else { return Ok(()) };
        let Some((last, changes)) = self.next_changes(&served, webhook)? else { return Ok(()) };
        let now = self.now();
        if !self.owner_may_read(&served, webhook)? {
            let reason = format!(
                "the token \"{}\", on whose behalf it was told, may not read here any more",
                webhook.owner
            );
            return self.disable(webhook, &reason);
        }
        // Long enough for the try and for noting what came of it.
        let until = now + TimeDelta::from_std(TRY_MAX * 2).unwrap_or(TimeDelta::minutes(1));
        if !self.store().webhook_claim(webhook, last, (now, until))? {
            return Ok(());
        }
        let changes: Vec<&Change> = changes.iter().map(Arc::as_ref).collect();
        let message = Message::of_changes(webhook, last, &changes);
        let attempt = self.sender().send(webhook, &message, (webhook.failures + 1, now));
        self.settle(webhook, last, &attempt)
    }

    fn settle(
        &self,
        webhook: &StoredWebhook,
        last: Revision,
        attempt: &Attempt,
    ) -> Result<(), StoreError> {
        let Some(fault) = &attempt.fault else {
            return self.store().webhook_settle(webhook, attempt, AttemptOutcome::Told(last));
        };
        let next = self.now() + pause_after(attempt.attempt);
        self.store().webhook_settle(webhook, attempt, AttemptOutcome::Again(next))?;
        tracing::info!(webhook = %webhook.id, fault, attempt.attempt, "a message was not taken");
        if attempt.http_status == Some(GONE) {
            return self.disable(webhook, "the receiver wants no more messages (HTTP 410)");
        }
        let since = webhook.failing_since.unwrap_or(attempt.at);
        if self.now() - since < FAILING_MAX {
            return Ok(());
        }
        let reason = format!("nothing was taken since {since}; the last answer was: {fault}");
        self.disable(webhook, &reason)
    }

    fn disable(&self, webhook: &StoredWebhook, reason: &str) -> Result<(), StoreError> {
        let programme = webhook.programme.as_str();
        tracing::warn!(programme, webhook = %webhook.id, reason, "a webhook is disabled");
        let by = By::new(SERVER, self.now());
        self.store().webhook_disable(&by, (programme, webhook.id), reason)
    }

    fn owner_may_read(&self, served: &Served, webhook: &StoredWebhook) -> Result<bool, StoreError> {
        let (owner, programme) = (&webhook.owner, &webhook.programme);
        let role = self.store().role_of_token(owner, programme, self.now())?;
        let public_read = served.programme().public_read;
        Ok(role.is_some() && decide(role, public_read, Action::ReadRecords).is_ok())
    }

    /// The changes of the next message and its last revision, which once claimed stay the same;
    /// none when nothing that readers see concerns the webhook.
    fn next_changes(
        &self,
        served: &Served,
        webhook: &StoredWebhook,
    ) -> Result<Option<(Revision, Vec<Arc<Change>>)>, StoreError> {
        let wanted = Wanted::of(webhook);
        let until = webhook.pending.unwrap_or_else(|| served.snapshot().revision());
        let (mut seen, mut found) = (self.bell().seen(webhook), Vec::new());
        while seen < until && (found.is_empty() || webhook.pending.is_some()) {
            let mut page = served.live().after(self.store(), &webhook.programme, seen)?;
            page.retain(|change| change.revision <= until);
            let Some(last) = page.last() else { break };
            seen = last.revision;
            found.extend(page.into_iter().filter(|change| wanted.takes(change)));
        }
        if !found.is_empty() {
            return Ok(Some((seen, found)));
        }
        self.bell().pass_over(webhook.id, seen);
        if seen - webhook.told >= PASSED_OVER_MAX {
            self.store().webhook_skip(webhook, seen)?;
        }
        Ok(None)
    }
}

/// How long to wait after the `attempt`th try: a second, two, four, up to an hour.
fn pause_after(attempt: u64) -> TimeDelta {
    let doubled = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    TimeDelta::seconds(1 << doubled).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_between_tries_doubles_up_to_an_hour() {
        let pauses: Vec<i64> =
            [1, 2, 3, 12, 13, 400].map(pause_after).iter().map(TimeDelta::num_seconds).collect();
        assert_eq!(pauses, [1, 2, 4, 2_048, 3_600, 3_600]);
    }
}
