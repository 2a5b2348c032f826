//! Single edits: create, replace, update. They go the way of every submission: the same rules, the
//! same audit, the same ledger.
//!
//! # Source
//! OGC API – Features – Part 4: Create, Replace, Update and Delete (20-002).

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};
use store::OnError;
use survey::access::{Action, Role};
use survey::{CollectionRef, RecordId};
use uuid::Uuid;

use super::answer::{GEOJSON, JSON};
use super::base::Base;
use super::collections::link;
use super::crs::Coordinates;
use super::items::{entity_tag, found, withdrawn};
use super::precondition::{self, Guard};
use super::simplification::require_as_recorded;
use crate::actor::Caller;
use crate::app::{App, Served};
use crate::items::item_value;
use crate::mapping::Mapping;
use crate::problem::{
    INVALID_BODY, NOT_FOUND, Problem, SUBMISSION_REJECTED, UNREADABLE_BODY, UNSUPPORTED_MEDIA_TYPE,
};
use crate::programmes::collection;
use crate::query::Parameters;
use crate::spool::{self, Spooled};
use crate::submission::{self, Answer, Outcome, Request};

/// Merge patches, RFC 7396.
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// Members of features, as GeoJSON, JSON-FG and this server have them, that a merge patch may hold and
/// that change nothing by themselves.
const BESIDE_PROPERTIES: &[&str] = &[
    "type",
    "id",
    "properties",
    "bbox",
    "links",
    "version",
    "revision",
    "located",
    "lifecycle",
    "conformsTo",
    "coordRefSys",
    "featureType",
    "time",
    "place",
];

/// Bytes of one feature that is edited.
const BODY_BYTES_MAX: u64 = 16 << 20;

/// How often an update is tried again when somebody else was quicker and no version was named.
const TRIES_MAX: usize = 4;

/// Somebody edits a collection of a programme.
struct Editor {
    app: Arc<App>,
    served: Arc<Served>,
    collection: CollectionRef,
    actor: String,
    role: Role,
    base: Base,
    code: String,
}

impl Editor {
    fn new(
        app: &web::Data<App>,
        caller: &Caller,
        request: &HttpRequest,
        code: &str,
        name: &str,
    ) -> Result<Self, Problem> {
        let served = app.programme(caller, code, Action::Submit)?;
        Parameters::read(request, &[])?;
        let collection = collection(&served.programme(), name)?;
        Ok(Self {
            served,
            collection,
            actor: caller.name().to_owned(),
            role: caller.role(code).unwrap_or(Role::Contributor),
            base: Base::of(app, request),
            code: code.to_owned(),
            app: Arc::clone(app),
        })
    }

    fn href(&self, id: RecordId) -> String {
        format!("{}/items/{id}", self.base.collection(&self.code, &self.collection.name))
    }

    /// Records one feature; what it had to be before is checked in the same transaction.
    async fn record(&self, feature: Value, guard: Guard) -> Result<(), Problem> {
        let text = feature.to_string();
        let body = Spooled::from_reader(text.as_bytes()).map_err(Problem::internal)?;
        let (programme, snapshot) = (self.served.programme(), self.served.snapshot());
        let (collection, actor) = (self.collection.clone(), self.actor.clone());
        let role = self.role;
        let answer = self
            .app
            .block(move |app| {
                let request = Request {
                    programme: &programme,
                    collection: &collection,
                    actor: &actor,
                    role,
                    idempotency_key: None,
                    on_error: OnError::Reject,
                    accept_repairs: false,
                    dry_run: false,
                    mapping: &Mapping::default(),
                    body: &body,
                    limits: app.limits().read,
                    layer: None,
                    received_at: app.now(),
                    edits: Some(guard),
                };
                submission::submit(app.store(), snapshot.as_ref(), &request, &mut |_features| ())
            })
            .await?;
        self.app.refresh(&self.served).await?;
        match answer {
            Answer::New(receipt) if receipt.outcome == Outcome::Applied => Ok(()),
            answer => Err(rejection(&answer.document())),
        }
    }

    /// The record as it is now.
    fn answer(&self, id: RecordId, is_new: bool) -> Result<HttpResponse, Problem> {
        let snapshot = self.served.snapshot();
        let record = found(&snapshot, &self.collection.name, &id.to_string())?;
        let href = self.href(record.id);
        let mut document = item_value(&snapshot, &record);
        document["links"] = json!([link("self", GEOJSON, &href, "This item")]);
        let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
        if is_new {
            answer.insert_header((header::LOCATION, href));
        }
        let text = document.to_string();
        answer.insert_header((header::ETAG, entity_tag(record.version, "json", &text)));
        answer.insert_header(precondition::last_modified(&record));
        Ok(answer.content_type(GEOJSON).body(text))
    }
}

fn rejection(document: &Value) -> Problem {
    let messages = document["findings"].as_array().into_iter().flatten();
    let messages: Vec<&str> = messages
        .filter(|finding| finding["severity"] == "error")
        .filter_map(|finding| finding["message"].as_str())
        .collect();
    let detail = match document["unreadable"]["message"].as_str() {
        Some(message) => return Problem::new(UNREADABLE_BODY, message),
        None => format!("the feature has errors, so nothing was changed: {}", messages.join("; ")),
    };
    Problem::new(SUBMISSION_REJECTED, detail)
        .with_all(document.as_object().cloned().unwrap_or_default())
}

/// Reads the body as a JSON object of one of some media types.
pub async fn read_object(
    request: &HttpRequest,
    payload: web::Payload,
    types: [&str; 2],
) -> Result<Map<String, Value>, Problem> {
    let given = request.headers().get(header::CONTENT_TYPE);
    // Some clients declare nothing; what they send is read as what it has to be.
    let given = given.map_or(types[0], |value| value.to_str().unwrap_or_default());
    let bare = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !types.contains(&bare.as_str()) {
        let [first, second] = types;
        let words = if first == second { first.to_owned() } else { types.join(" or ") };
        let detail = format!("send {words}, and say so in Content-Type");
        return Err(Problem::new(UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let body = spool::receive(payload, None, BODY_BYTES_MAX).await?;
    let file = body.reader().map_err(Problem::internal)?;
    let value: Value = serde_json::from_reader(std::io::BufReader::new(file))
        .map_err(|error| Problem::new(UNREADABLE_BODY, format!("the body is no JSON: {error}")))?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Problem::new(INVALID_BODY, "send one JSON object")),
    }
}

/// A feature whose coordinates are as `Content-Crs` says, in longitude and latitude.
fn in_crs84(
    editor: &Editor,
    request: &HttpRequest,
    feature: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let Some(value) = request.headers().get("Content-Crs") else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let coordinates = Coordinates::parse(&editor.served.programme(), "Content-Crs", text)?;
    if coordinates.is_crs84() {
        return Ok(());
    }
    match feature.get_mut("geometry") {
        Some(Value::Object(geometry)) => match geometry.get_mut("coordinates") {
            Some(positions) => carry(positions, &coordinates),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn carry(positions: &mut Value, coordinates: &Coordinates) -> Result<(), Problem> {
    let Some(several) = positions.as_array_mut() else { return Ok(()) };
    if let [Value::Number(a), Value::Number(b), ..] = several.as_slice() {
        let at = [a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN)];
        let carried = coordinates.to_lon_lat(at).map_err(|reason| {
            Problem::new(INVALID_BODY, format!("/geometry/coordinates: {reason}"))
        })?;
        *several = carried.iter().map(|number| json!(number)).collect();
        return Ok(());
    }
    several.iter_mut().try_for_each(|one| carry(one, coordinates))
}

fn require_feature(feature: &Map<String, Value>) -> Result<(), Problem> {
    match feature.get("type").and_then(Value::as_str) {
        Some("Feature") => require_as_recorded(feature),
        _ => Err(Problem::new(INVALID_BODY, "send one GeoJSON object with \"type\": \"Feature\"")),
    }
}

/// `POST …/collections/{collection}/items`: creates a record under a new id.
pub async fn create_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let editor = Editor::new(&app, &caller, &request, &code, &name)?;
    let mut feature = read_object(&request, payload, [GEOJSON, JSON]).await?;
    require_feature(&feature)?;
    in_crs84(&editor, &request, &mut feature)?;
    let id = RecordId::from(Uuid::now_v7());
    feature.insert("id".to_owned(), json!(id.to_string()));
    editor.record(Value::Object(feature), Guard::new_record(id)).await?;
    editor.answer(id, true)
}

/// `PUT …/collections/{collection}/items/{item}`: replaces the properties and the geometry of a
/// record by a further version.
pub async fn replace_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let editor = Editor::new(&app, &caller, &request, &code, &name)?;
    let record = editor.served.snapshot().item(&editor.collection.name, &item);
    let record = match record {
        Some(record) if record.is_in_force() => record,
        Some(record) => return Err(withdrawn(&record, &editor.href(record.id))),
        None => return Err(missing(&request, &name, &item)),
    };
    let policy = editor.served.programme().locking(&editor.collection.name);
    let guard = precondition::guard(&request, &record, policy)?;
    let mut feature = read_object(&request, payload, [GEOJSON, JSON]).await?;
    require_feature(&feature)?;
    in_crs84(&editor, &request, &mut feature)?;
    feature.insert("id".to_owned(), json!(record.id.to_string()));
    editor.record(Value::Object(feature), guard).await?;
    editor.answer(record.id, false)
}

fn missing(request: &HttpRequest, name: &str, item: &str) -> Problem {
    if request.headers().contains_key(header::IF_MATCH) {
        let detail = format!("there is no {name} \"{item}\" here, so no version of it matches");
        return Problem::new(crate::problem::PRECONDITION_FAILED, detail);
    }
    let detail = format!("there is no {name} \"{item}\" here; send new records by POST to items");
    Problem::new(NOT_FOUND, detail)
}

/// `PATCH …/collections/{collection}/items/{item}`: changes some properties, or the geometry, of a
/// record by a further version.
///
/// # Source
/// RFC 7396; 20-002, requirement class *update*.
pub async fn update_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let editor = Editor::new(&app, &caller, &request, &code, &name)?;
    let mut patch = read_object(&request, payload, [MERGE_PATCH, JSON]).await?;
    require_as_recorded(&patch)?;
    in_crs84(&editor, &request, &mut patch)?;
    for tries in 1.. {
        let record = match editor.served.snapshot().item(&editor.collection.name, &item) {
            Some(record) if record.is_in_force() => record,
            Some(record) => return Err(withdrawn(&record, &editor.href(record.id))),
            None => return Err(missing(&request, &name, &item)),
        };
        let policy = editor.served.programme().locking(&editor.collection.name);
        let asked = precondition::guard(&request, &record, policy)?;
        // What is patched is what was read here, whether or not the client named a version.
        let guard = Guard::version(record.id, record.version);
        let feature = patched(&editor, &record, &patch)?;
        match editor.record(feature, guard).await {
            Err(problem)
                if problem.kind() == crate::problem::PRECONDITION_FAILED
                    && !asked.names_a_version()
                    && tries < TRIES_MAX => {}
            Err(problem) => return Err(problem),
            Ok(()) => return editor.answer(record.id, false),
        }
    }
    Err(Problem::internal("an update was tried without end"))
}

fn patched(
    editor: &Editor,
    record: &view::Record,
    patch: &Map<String, Value>,
) -> Result<Value, Problem> {
    let current = item_value(&editor.served.snapshot(), record);
    let mut feature = json!({
        "type": "Feature",
        "id": record.id.to_string(),
        "geometry": current["geometry"],
        "properties": current["properties"],
    });
    let known: Vec<&str> = editor.collection.properties().collect();
    for (name, change) in patch {
        match name.as_str() {
            "type" if change != "Feature" => {
                return Err(Problem::new(INVALID_BODY, "/type has to be \"Feature\""));
            }
            // What is told of a record beside its properties may be sent back, and changes nothing.
            name if BESIDE_PROPERTIES.contains(&name) => {}
            name if name == "geometry" || name == editor.collection.geometry_name() => {
                feature["geometry"] = change.clone();
            }
            name if known.contains(&name) => {
                merge(&mut feature["properties"], &json!({ name: change }));
            }
            other => {
                let detail = format!(
                    "\"{other}\" is no member of a feature and no property; send changes as \
                     {{\"properties\": {{…}}, \"geometry\": …}}"
                );
                return Err(Problem::new(INVALID_BODY, detail));
            }
        }
    }
    match patch.get("properties") {
        Some(Value::Object(changes)) => {
            merge(&mut feature["properties"], &Value::Object(changes.clone()));
        }
        None => {}
        Some(_) => return Err(Problem::new(INVALID_BODY, "/properties has to be an object")),
    }
    Ok(feature)
}

/// Applies a merge patch, RFC 7396 §2.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, change) in changes {
        match target.as_object_mut() {
            Some(members) if change.is_null() => {
                members.remove(name);
            }
            _ => merge(&mut target[name], change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_changes_removes_and_leaves_alone() {
        let mut target = json!({ "a": "b", "c": { "d": "e", "f": "g" } });
        merge(&mut target, &json!({ "a": "z", "c": { "f": null }, "h": { "i": null, "j": 1 } }));
        assert_eq!(target, json!({ "a": "z", "c": { "d": "e" }, "h": { "j": 1 } }));
    }
}
