//! Webhooks: other systems are told of changes by messages to an address of theirs.
//!
//! Each webhook follows the feed by itself: what is told stands in the store, message by message, so
//! nothing is missed and the order is kept when a receiver, or this server, is away for a while. A
//! receiver may get a message twice, with the same `Webhook-Id`.
//!
//! # Source
//! Standard Webhooks specification 1.0.0.

pub mod address;
mod message;
mod sending;
pub(crate) mod worker;

pub(crate) use sending::Sender;

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use geometry::Bbox;
use rand::TryRngCore;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::{Attempt, By, NewWebhook, Revision, StoreError, StoredWebhook, WebhookStatus};
use survey::Programme;
use survey::access::Action;
use uuid::Uuid;

use crate::actor::Caller;
use crate::app::App;
use crate::ogc::answer::JSON;
use crate::ogc::base::Base;
use crate::ogc::edit::{MERGE_PATCH, read_object};
use crate::problem::{INVALID_BODY, Problem};
use crate::programmes::collection;
use crate::query::Parameters;
use crate::webhooks::message::Message;

/// Collections one webhook may name.
pub const COLLECTIONS_MAX: usize = 100;

/// What a webhook is made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    address: String,
    #[serde(default)]
    collections: Vec<String>,
    bbox: Option<[f64; 4]>,
    secret: Option<String>,
    since: Option<Revision>,
}

/// What of a webhook may be changed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    status: String,
}

fn read<T: serde::de::DeserializeOwned>(document: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(document)).map_err(|error| {
        Problem::new(INVALID_BODY, format!("this does not describe a webhook: {error}"))
    })
}

fn refused(member: &str, reason: &str) -> Problem {
    Problem::new(INVALID_BODY, format!("/{member}: {reason}")).with("pointer", format!("/{member}"))
}

/// A webhook to be made, checked.
struct Checked {
    address: String,
    collections: Vec<String>,
    bbox: Option<Bbox>,
    secret: String,
    since: Option<Revision>,
}

impl Checked {
    fn read(app: &App, programme: &Programme, asked: Asked) -> Result<Self, Problem> {
        let address = app.sender().reach().check(&asked.address);
        if asked.collections.len() > COLLECTIONS_MAX {
            return Err(refused("collections", &format!("name up to {COLLECTIONS_MAX}")));
        }
        for name in &asked.collections {
            collection(programme, name)?;
        }
        let bbox = asked.bbox.map(|[west, south, east, north]| Bbox::new(west, south, east, north));
        let secret = match asked.secret {
            Some(secret) => message::key(&secret).map(|_key| secret),
            None => Ok(made_secret()?),
        };
        Ok(Self {
            address: address.map_err(|reason| refused("address", &reason))?,
            collections: asked.collections,
            bbox: bbox.transpose().map_err(|defect| refused("bbox", &defect.reason))?,
            secret: secret.map_err(|reason| refused("secret", &reason))?,
            since: asked.since,
        })
    }
}

fn made_secret() -> Result<String, Problem> {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(Problem::internal)?;
    Ok(message::secret_of(&bytes))
}

/// The programme and the webhook of an address, for who may manage it.
fn named(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<(String, Uuid), Problem> {
    let (code, text) = path.into_inner();
    app.programme(caller, &code, Action::Manage)?;
    Parameters::read(request, &[])?;
    let id = text.parse().map_err(|_error| Problem::not_found("webhook", &text))?;
    Ok((code, id))
}

/// A webhook of the programme at `root` as it is told; its secret is not.
fn document(root: &str, webhook: &StoredWebhook) -> Value {
    let bbox = webhook.bbox.map(|bbox| [bbox.west, bbox.south, bbox.east, bbox.north]);
    let is_waiting = webhook.failures > 0 && webhook.status == WebhookStatus::Active;
    json!({
        "id": webhook.id,
        "address": webhook.address,
        "collections": webhook.collections,
        "bbox": bbox,
        "owner": webhook.owner,
        "created_at": webhook.created_at,
        "status": webhook.status.name(),
        "finding": webhook.reason,
        "told_revision": webhook.told,
        "failures": webhook.failures,
        "failing_since": webhook.failing_since,
        "next_try_at": is_waiting.then_some(webhook.next_try_at),
        "href": format!("{root}/webhooks/{}", webhook.id),
    })
}

fn attempt_document(attempt: &Attempt) -> Value {
    json!({
        "message": attempt.message,
        "attempt": attempt.attempt,
        "change_count": attempt.change_count,
        "at": attempt.at,
        "duration_ms": attempt.duration_ms,
        "http_status": attempt.http_status,
        "fault": attempt.fault,
    })
}

/// `POST /programmes/{programme}/webhooks`: makes a webhook of `address`, and if wanted
/// `collections`, `bbox` (degrees, CRS84), `secret` and `since`, a revision behind which telling
/// begins. The secret is answered here and never again.
pub async fn create_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let served = app.programme(&caller, &code, Action::Manage)?;
    Parameters::read(&request, &[])?;
    let asked = read(read_object(&request, payload, [JSON, JSON]).await?)?;
    let checked = Checked::read(&app, &served.programme(), asked)?;
    let by = By::new(caller.name(), app.now());
    let root = Base::of(&app, &request).programme(&code);
    let made = app
        .block(move |app| {
            let new = NewWebhook {
                programme: &code,
                address: &checked.address,
                collections: &checked.collections,
                bbox: checked.bbox,
                secret: &checked.secret,
                since: checked.since,
            };
            let id = app.store().webhook_add(&by, &new)?;
            app.store().webhook(&code, id).map(|(webhook, _)| webhook)
        })
        .await?;
    app.bell().ring();
    let mut told = document(&root, &made);
    told["secret"] = json!(made.secret);
    let location = format!("{root}/webhooks/{}", made.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(told))
}

/// `GET /programmes/{programme}/webhooks`: the webhooks, in the order they were made. `finding` says
/// why the server has given one up.
pub async fn list_webhooks(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    app.programme(&caller, &code, Action::Manage)?;
    Parameters::read(&request, &[])?;
    let root = Base::of(&app, &request).programme(&code);
    let found = app.block(move |app| app.store().webhooks(&code)).await?;
    let webhooks: Vec<Value> = found.iter().map(|webhook| document(&root, webhook)).collect();
    Ok(HttpResponse::Ok().json(json!({ "webhooks": webhooks })))
}

/// `GET /programmes/{programme}/webhooks/{webhook}`: a webhook and its last tries, the last first.
pub async fn get_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, id) = named(&app, &caller, &request, path)?;
    let root = Base::of(&app, &request).programme(&code);
    let (webhook, attempts) = app.block(move |app| app.store().webhook(&code, id)).await?;
    let mut told = document(&root, &webhook);
    told["deliveries"] = attempts.iter().map(attempt_document).collect();
    Ok(HttpResponse::Ok().json(told))
}

/// `PATCH /programmes/{programme}/webhooks/{webhook}`: `{"status": "paused"}` pauses it and
/// `{"status": "active"}` resumes it where it was, on behalf of who asks.
pub async fn update_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, id) = named(&app, &caller, &request, path)?;
    let changed: Changed = read(read_object(&request, payload, [MERGE_PATCH, JSON]).await?)?;
    let Ok(status @ (WebhookStatus::Active | WebhookStatus::Paused)) = changed.status.parse()
    else {
        return Err(refused("status", "give \"active\" or \"paused\""));
    };
    let by = By::new(caller.name(), app.now());
    let root = Base::of(&app, &request).programme(&code);
    let webhook = app
        .block(move |app| {
            match status {
                WebhookStatus::Active => app.store().webhook_resume(&by, &code, id)?,
                WebhookStatus::Paused | WebhookStatus::Disabled => {
                    app.store().webhook_pause(&by, &code, id)?;
                }
            }
            app.store().webhook(&code, id).map(|(webhook, _)| webhook)
        })
        .await?;
    app.bell().ring();
    Ok(HttpResponse::Ok().json(document(&root, &webhook)))
}

/// `DELETE /programmes/{programme}/webhooks/{webhook}`: takes a webhook away.
pub async fn remove_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, id) = named(&app, &caller, &request, path)?;
    let by = By::new(caller.name(), app.now());
    app.block(move |app| app.store().webhook_remove(&by, &code, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /programmes/{programme}/webhooks/{webhook}/test`: sends a message that tells of nothing,
/// once, and answers how that went.
pub async fn test_webhook(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, id) = named(&app, &caller, &request, path)?;
    let by = By::new(caller.name(), app.now());
    let app: Arc<App> = app.into_inner();
    let attempt = app
        .block(move |app| {
            let (webhook, _) = app.store().webhook(&code, id)?;
            let message = Message::of_test(&webhook, by.at);
            let attempt = app.sender().send(&webhook, &message, (1, by.at));
            app.store().webhook_test(&by, (&code, id), &attempt)?;
            Ok::<_, StoreError>(attempt)
        })
        .await?;
    Ok(HttpResponse::Ok().json(attempt_document(&attempt)))
}
