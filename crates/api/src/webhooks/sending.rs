//! Sends one message, once.

use std::time::Duration;

use chrono::{DateTime, Utc};
use store::{Attempt, StoredWebhook};
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

use crate::webhooks::address::{Judging, Reach};
use crate::webhooks::message::Message;

/// A receiver that takes longer is asked again later; it should answer first and work afterwards.
pub const TRY_MAX: Duration = Duration::from_secs(10);

/// Of this, connecting may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// What a receiver answers that wants no more messages (Standard Webhooks, "410 Gone").
pub const GONE: u16 = 410;

/// Sends messages within a reach.
#[derive(Debug)]
pub struct Sender {
    reach: Reach,
    agent: Agent,
}

impl Sender {
    /// A sender that keeps to a reach, follows no redirects and knows no proxies.
    pub fn new(reach: Reach) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TRY_MAX))
            .timeout_connect(Some(CONNECT_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            // Each message looks the name up anew, and so is judged anew.
            .max_idle_connections(0)
            .user_agent(concat!("safeground/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Judging::new(reach));
        Self { reach, agent }
    }

    /// Which machines it sends to.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Sends a message for the `attempt`th time, and tells how that went.
    pub fn send(
        &self,
        webhook: &StoredWebhook,
        message: &Message,
        (attempt, at): (u64, DateTime<Utc>),
    ) -> Attempt {
        let begun = std::time::Instant::now();
        let answered = self.answer(webhook, message, at);
        let (http_status, fault) = match answered {
            Ok(status) if (200..300).contains(&status) => (Some(status), None),
            Ok(status) if (300..400).contains(&status) => {
                (Some(status), Some(format!("HTTP {status}: redirects are not followed")))
            }
            Ok(status) => (Some(status), Some(format!("HTTP {status}"))),
            Err(fault) => (None, Some(fault)),
        };
        Attempt {
            message: message.id.clone(),
            attempt,
            change_count: message.change_count,
            at,
            duration_ms: begun.elapsed().as_millis() as u64,
            http_status,
            fault,
        }
    }

    fn answer(
        &self,
        webhook: &StoredWebhook,
        message: &Message,
        at: DateTime<Utc>,
    ) -> Result<u16, String> {
        // What was allowed when the webhook was made may not be any more.
        self.reach.check(&webhook.address)?;
        let timestamp_s = at.timestamp();
        let signature = message
            .signature(&webhook.secret, timestamp_s)
            .ok_or("the secret that is kept is none; make the webhook anew")?;
        let response = self
            .agent
            .post(&webhook.address)
            .header("Content-Type", "application/json")
            .header("Webhook-Id", &message.id)
            .header("Webhook-Timestamp", timestamp_s.to_string())
            .header("Webhook-Signature", signature)
            .send(&message.body)
            .map_err(|error| error.to_string())?;
        Ok(response.status().as_u16())
    }
}
