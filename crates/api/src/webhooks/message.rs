//! What is sent: one message of changes, its signature, and the secret it is signed with.
//!
//! # Source
//! Standard Webhooks specification 1.0.0, "Webhook payload", "Webhook metadata" and "Signature
//! scheme".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use store::{Change, Revision, StoredWebhook};
use uuid::Uuid;

use crate::changes::change_document;

/// Begins every secret that signs by HMAC.
const PREFIX: &str = "whsec_";

/// Bytes of a secret, as the specification recommends.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A message as it is sent, the same however often it is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `Webhook-Id`.
    pub id: String,
    /// The JSON document.
    pub body: String,
    /// Changes in it.
    pub change_count: u64,
}

impl Message {
    /// The changes that a webhook is told of up to a revision.
    pub fn of_changes(webhook: &StoredWebhook, last: Revision, changes: &[&Change]) -> Self {
        let happened = changes.last().map_or(webhook.created_at, |change| change.recorded_at);
        let told: Vec<Value> = changes.iter().map(|change| change_document(change, true)).collect();
        let data = json!({ "programme": webhook.programme, "changes": told });
        let id = format!("msg_{}_{last}", webhook.id.simple());
        Self::new(id, ("changes", happened), data, changes.len() as u64)
    }

    /// A message that tells of nothing.
    pub fn of_test(webhook: &StoredWebhook, now: DateTime<Utc>) -> Self {
        let id = format!("msg_{}_test_{}", webhook.id.simple(), Uuid::now_v7().simple());
        Self::new(id, ("test", now), json!({ "programme": webhook.programme }), 0)
    }

    fn new(id: String, (kind, at): (&str, DateTime<Utc>), data: Value, change_count: u64) -> Self {
        let timestamp = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let body = json!({ "type": kind, "timestamp": timestamp, "data": data }).to_string();
        Self { id, body, change_count }
    }

    /// `Webhook-Signature` of a try at an instant; `None` when the secret is not one.
    pub fn signature(&self, secret: &str, timestamp_s: i64) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret).ok()?).ok()?;
        for part in [self.id.as_str(), ".", &timestamp_s.to_string(), ".", &self.body] {
            mac.update(part.as_bytes());
        }
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// Checks a secret that a client has chosen.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn key(secret: &str) -> Result<Vec<u8>, String> {
    let text = secret.strip_prefix(PREFIX);
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    let fits = bytes.filter(|bytes| SECRET_BYTES.contains(&bytes.len()));
    fits.ok_or_else(|| {
        let (least, most) = SECRET_BYTES.into_inner();
        format!("a secret is {PREFIX} and the Base64 of {least} to {most} random bytes")
    })
}

/// Makes a secret of random bytes.
pub fn secret_of(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference implementations.
    #[test]
    fn a_message_is_signed_as_the_specification_says() {
        let message = Message {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            body: r#"{"test": 2432232314}"#.to_owned(),
            change_count: 0,
        };
        let signature = message.signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_614_265_330);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_of_the_agreed_form_and_length() {
        assert!(key(&secret_of(&[7; 32])).is_ok());
        for text in ["", "whsec_", "secret", &secret_of(&[7; 23]), &secret_of(&[7; 65])] {
            assert!(key(text).is_err(), "{text}");
        }
        assert!(key("whsec_not/base64!").is_err());
    }
}
