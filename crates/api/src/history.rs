//! Versions of records, and the submissions and people behind them.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use exchange::{FeatureText, GeometryRef, Properties, write_feature};
use serde_json::{Value, json};
use store::{Store, StoreError, StoredVersion};
use survey::access::Action;
use survey::{RecordId, SourceKey};
use uuid::Uuid;
use view::Snapshot;

use crate::actor::Caller;
use crate::app::App;
use crate::comparison::comparison;
use crate::items::found;
use crate::ogc::answer::{self, GEOJSON, JSON};
use crate::ogc::base::Base;
use crate::ogc::collections::link;
use crate::problem::Problem;
use crate::programmes::collection;
use crate::query::{Parameters, invalid};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// The address of a version; `root` is that of the programme.
pub fn version_href(root: &str, collection: &str, id: RecordId, version: u32) -> String {
    format!("{root}/collections/{collection}/items/{id}/versions/{version}")
}

/// The record version behind a figure, with where to read it; `root` is the address of the programme.
pub fn cause_document(root: &str, snapshot: &Snapshot, cause: SourceKey) -> Value {
    let SourceKey { record, version } = cause;
    match snapshot.find(record) {
        Some((collection, found)) => json!({
            "collection": collection,
            "id": record,
            "local_id": found.local_id,
            "version": version,
            "href": version_href(root, collection, record, version),
        }),
        None => json!({ "id": record, "version": version }),
    }
}

/// Submissions by id, each read once.
fn submissions_of(
    store: &Store,
    (code, root): (&str, &str),
    versions: &[StoredVersion],
    with_people: bool,
) -> Result<BTreeMap<Uuid, Value>, StoreError> {
    let mut found = BTreeMap::new();
    for id in versions.iter().filter_map(|version| version.submission) {
        if found.contains_key(&id) {
            continue;
        }
        let submission = store.submission(code, id)?;
        let mut document = json!({
            "id": id,
            "received_at": submission.received_at,
            "status": submission.status,
            "href": format!("{root}/submissions/{id}"),
        });
        if with_people {
            document["actor"] = json!(submission.actor);
        }
        found.insert(id, document);
    }
    Ok(found)
}

/// What a version says about itself. The public is not told who recorded it.
fn members(
    root: &str,
    stored: &StoredVersion,
    submissions: &BTreeMap<Uuid, Value>,
    with_people: bool,
) -> Vec<(&'static str, Value)> {
    let record = &stored.record;
    let mut members = vec![
        ("version", json!(record.version)),
        ("revision", json!(record.revision)),
        ("state", json!(record.state)),
        ("reason", json!(stored.reason)),
        ("effective_on", json!(record.effective_on)),
        ("recorded_at", json!(record.recorded_at)),
        ("area_m2", json!(stored.area_m2)),
        ("located", json!(!record.is_unlocated())),
        ("submission", json!(stored.submission.and_then(|id| submissions.get(&id)))),
        ("href", json!(version_href(root, &record.collection, record.id, record.version))),
    ];
    if with_people {
        members.push(("recorded_by", json!(record.recorded_by)));
    }
    members
}

/// Parameters of the list of versions.
pub const OF_VERSIONS: &[&str] = &["limit", "after", "f"];

/// Parameters of one version.
pub const OF_VERSION: &[&str] = &["compare", "f"];

/// `GET …/items/{item}/versions`: the versions of a record, oldest first, withdrawn records
/// included; each but the first with where to read what changed since the one before.
pub async fn list_versions(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let parameters = Parameters::read(&request, OF_VERSIONS)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let snapshot = served.snapshot();
    let collection = collection(&served.programme(), &name)?;
    let record = found(&snapshot, &collection.name, &item)?;
    let id = record.id;
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let after = match parameters.text("after") {
        None => 0,
        Some(text) => text
            .parse::<u32>()
            .map_err(|error| invalid("after", "give a version").caused_by(error))?,
    };
    let with_people = caller.is_member(&code);
    let root = Base::of(&app, &request).programme(&code);
    let here = format!("{root}/collections/{name}/items/{id}/versions");
    let versions = app
        .block(move |app| {
            let mut versions = app.store().versions(&code, &collection.name, id)?;
            versions.retain(|version| version.record.version > after);
            versions.truncate(limit + 1);
            let submissions = submissions_of(app.store(), (&code, &root), &versions, with_people)?;
            let document = |version: &StoredVersion| {
                let mut members = members(&root, version, &submissions, with_people);
                let number = version.record.version;
                if number > 1 {
                    let href = version_href(&root, &version.record.collection, id, number);
                    members.push(("compare_href", json!(format!("{href}?compare={}", number - 1))));
                }
                members.into_iter().collect::<BTreeMap<_, _>>()
            };
            Ok::<_, StoreError>(versions.iter().map(document).collect::<Vec<_>>())
        })
        .await?;
    let shown = &versions[..versions.len().min(limit)];
    let mut links = vec![link("self", JSON, &here, "The versions")];
    if versions.len() > limit
        && let Some(last) = shown.last().and_then(|last| last.get("version"))
    {
        let href = format!("{here}?limit={limit}&after={last}");
        links.push(link("next", JSON, &href, "Later versions"));
    }
    let title = format!("{}: versions", record.local_id);
    let document = json!({ "id": id, "versions": shown, "links": links });
    answer::document(&request, parameters.text("f"), JSON, &title, &document)
}

/// The number of a version, and that it is compared with, if any.
fn wanted(version: &str, parameters: &Parameters) -> Result<(u32, Option<u32>), Problem> {
    let number: Option<u32> = version.parse().ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| Problem::not_found("version", version))?;
    let other = parameters.text("compare").map(|text| {
        let other: Option<u32> = text.parse().ok().filter(|number| *number > 0);
        other
            .ok_or_else(|| invalid("compare", &format!("\"{text}\" is no version; give 1 or more")))
    });
    Ok((number, other.transpose()?))
}

/// `GET …/items/{item}/versions/{version}`: one version as it was recorded, with the submission
/// that brought it and who sent that. With `compare`, what changed from that version to this one
/// instead: see [`comparison()`].
pub async fn get_version(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item, version) = path.into_inner();
    let parameters = Parameters::read(&request, OF_VERSION)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let snapshot = served.snapshot();
    let collection = collection(&served.programme(), &name)?;
    let record = found(&snapshot, &collection.name, &item)?;
    let (number, other) = wanted(&version, &parameters)?;
    let with_people = caller.is_member(&code);
    let id = record.id;
    let root = Base::of(&app, &request).programme(&code);
    let document = app
        .block(move |app| {
            let mut versions = app.store().versions(&code, &collection.name, id)?;
            versions.retain(|it| [Some(number), other].contains(&Some(it.record.version)));
            let submissions = submissions_of(app.store(), (&code, &root), &versions, with_people)?;
            let find = |wanted: u32| {
                let found = versions.iter().find(|it| it.record.version == wanted);
                found.ok_or_else(|| Problem::not_found("version", &wanted.to_string()))
            };
            let told = |stored: &StoredVersion| members(&root, stored, &submissions, with_people);
            let this = find(number)?;
            match other {
                None => {
                    serde_json::from_slice(&feature(this, &told(this))).map_err(Problem::internal)
                }
                Some(other) => Ok(compared(&root, find(other)?, this, told)),
            }
        })
        .await?;
    let (media_type, title) = match other {
        None => (GEOJSON, format!("{}: version {number}", record.local_id)),
        Some(other) => (JSON, format!("{}: from version {other} to {number}", record.local_id)),
    };
    answer::document(&request, parameters.text("f"), media_type, &title, &document)
}

fn compared(
    root: &str,
    before: &StoredVersion,
    after: &StoredVersion,
    told: impl Fn(&StoredVersion) -> Vec<(&'static str, Value)>,
) -> Value {
    let record = &after.record;
    let href = |version| version_href(root, &record.collection, record.id, version);
    let (old, new) = (href(before.record.version), href(record.version));
    let versions = format!("{root}/collections/{}/items/{}/versions", record.collection, record.id);
    let this = format!("{new}?compare={}", before.record.version);
    let members = |stored| told(stored).into_iter().collect::<BTreeMap<_, _>>();
    let mut document = json!({
        "id": record.id,
        "collection": record.collection,
        "from": members(before),
        "to": members(after),
        "links": [
            link("self", JSON, &this, "This comparison"),
            link("alternate", "text/html", &format!("{this}&f=html"), "This comparison as a page"),
            link("predecessor-version", GEOJSON, &old, "The version compared with"),
            link("item", GEOJSON, &new, "The version compared"),
            link("version-history", JSON, &versions, "Every version of it"),
        ],
    });
    if let Some(members) = document.as_object_mut() {
        members.extend(comparison(before, after));
    }
    document
}

fn feature(stored: &StoredVersion, members: &[(&str, Value)]) -> Vec<u8> {
    let record = &stored.record;
    let caution = record.caution.as_ref().map(GeometryRef::Polygon);
    let mut out = Vec::new();
    let feature = FeatureText {
        id: Some(&record.id.to_string()),
        geometry: record.geometry.as_ref().map(GeometryRef::from).or(caution),
        properties: Properties::Map(&record.properties),
        members,
        ..FeatureText::default()
    };
    write_feature(&mut out, &feature);
    out
}
