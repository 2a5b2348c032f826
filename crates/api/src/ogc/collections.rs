//! The landing page of a programme, what it conforms to, and its collections.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use survey::access::Action;
use survey::{Collection, Programme};
use view::Snapshot;

use super::about;
use super::answer::{GEOJSON, JSON, OPENAPI, SCHEMA};
use super::base::Base;
use super::conformance::CLASSES;
use super::crs::{self, CRS84};
use super::downloads;
use crate::actor::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::programmes::collection;

/// What leads to the queryables of a collection.
pub const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
const SORTABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/sortables";
const SCHEMA_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";

const FUNCTIONS: &str = "http://www.opengis.net/def/rel/ogc/1.0/functions";

const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// A link of a document.
pub fn link(rel: &str, media_type: &str, href: &str, title: &str) -> Value {
    json!({ "rel": rel, "type": media_type, "href": href, "title": title })
}

/// The document and its page.
pub fn this(href: &str, media_type: &str) -> [Value; 2] {
    [
        link("self", media_type, href, "This document"),
        link("alternate", "text/html", &format!("{href}?f=html"), "This document as a page"),
    ]
}

/// A programme: its settings, and where to go on.
pub fn programme_document(base: &Base, programme: &Programme, revision: u64) -> Value {
    let root = base.programme(&programme.code);
    let to = |path: &str| format!("{root}/{path}");
    let mut links = this(&root, JSON).to_vec();
    links.extend([
        link("service-desc", OPENAPI, &to("api"), "The definition of this interface"),
        link("service-doc", "text/html", &to("api?f=html"), "This interface described"),
        link("conformance", JSON, &to("conformance"), "The standards this interface conforms to"),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/conformance",
            JSON,
            &to("conformance"),
            "The standards this interface conforms to",
        ),
        link("data", JSON, &to("collections"), "The collections"),
        link(
            "http://www.opengis.net/def/rel/ogc/1.0/data",
            JSON,
            &to("collections"),
            "The collections",
        ),
        link(FUNCTIONS, JSON, &to("functions"), "The functions that filters may use"),
        link(TILESETS, JSON, &to("tiles"), "Vector tiles"),
        link("progress", JSON, &to("progress"), "What was released, and what remains"),
        link("balance", JSON, &to("balance"), "Opening, what changed, closing"),
        link("submissions", JSON, &to("submissions"), "What was sent"),
        link("reports", JSON, &to("reports"), "Frozen reports"),
        link("changes", JSON, &to("changes"), "The feed of changes"),
    ]);
    json!({
        "code": programme.code,
        "title": programme.name,
        "description": format!(
            "Hazardous areas, activities, land releases and regions of {}. Absence of a record does \
             not mean absence of a hazard.",
            programme.name
        ),
        "time_zone": programme.time_zone,
        "national_crs": programme.national_crs,
        "languages": programme.languages,
        "extent": programme.extent.map(|bbox| json!({ "spatial": { "bbox": [bbox], "crs": CRS84 } })),
        "revision": revision,
        "links": links,
    })
}

fn whole_world() -> [f64; 4] {
    [-180.0, -90.0, 180.0, 90.0]
}

/// One collection, as it is listed and by itself.
fn collection_document(
    base: &Base,
    programme: &Programme,
    collection: &Collection,
    snapshot: &Snapshot,
) -> Value {
    let root = base.collection(&programme.code, &collection.name);
    let to = |path: &str| format!("{root}/{path}");
    let mut links = this(&root, JSON).to_vec();
    links.extend([
        link("items", GEOJSON, &to("items"), "The items as GeoJSON"),
        link("items", "text/html", &to("items?f=html"), "The items as a page"),
        link("describedby", SCHEMA, &to("schema"), "The schema of the items"),
        link(SCHEMA_REL, SCHEMA, &to("schema"), "The schema of the items"),
        link(QUERYABLES, SCHEMA, &to("queryables"), "What items can be filtered by"),
        link(SORTABLES, SCHEMA, &to("sortables"), "What items can be ordered by"),
        link(TILESETS, JSON, &to("tiles"), "Vector tiles"),
    ]);
    links.extend(downloads::links("enclosure", &to("items"), ""));
    let bbox = snapshot
        .extent(&collection.name)
        .unwrap_or_else(|| programme.extent.unwrap_or_else(whole_world));
    let days =
        snapshot.days(&collection.name).map(|days| days.map(|day| format!("{day}T00:00:00Z")));
    let mut document = json!({
        "id": collection.name,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "extent": {
            "spatial": { "bbox": [bbox], "crs": CRS84 },
            "temporal": {
                "interval": [days.map_or_else(|| json!([null, null]), |days| json!(days))],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        },
        "crs": crs::offered(programme),
        "storageCrs": CRS84,
        "itemCount": snapshot.count(&collection.name),
        "versioning": { "timeAxis": "transaction-time", "mutationTime": "server" },
        "links": links,
    });
    if let Some(layer) = collection.layer() {
        document["layer"] = json!(layer);
    }
    document
}

/// `GET /programmes/{programme}`: the landing page of one programme.
pub async fn get_programme(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let title = app.programme(&caller, &code, Action::ReadRecords)?.programme().name.clone();
    about::answer(&app, &caller, &request, &code, &title, |base, served| {
        Ok(programme_document(base, &served.programme(), served.snapshot().revision()))
    })
}

/// `GET /programmes/{programme}/conformance`.
pub async fn get_conformance(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    about::answer(&app, &caller, &request, &code, "Conformance", |base, _served| {
        let href = format!("{}/conformance", base.programme(&code));
        Ok(json!({ "conformsTo": CLASSES, "links": this(&href, JSON) }))
    })
}

/// `GET /programmes/{programme}/collections`: those with items before those without.
pub async fn list_collections(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    about::answer(&app, &caller, &request, &code, "Collections", |base, served| {
        let (programme, snapshot) = (served.programme(), served.snapshot());
        let mut collections: Vec<_> = programme.collections().collect();
        // Who looks at the first few only, as people and test suites do, is to find items there.
        collections.sort_by_key(|collection| snapshot.count(&collection.name) == 0);
        let collections: Vec<Value> = collections
            .iter()
            .map(|collection| collection_document(base, &programme, collection, &snapshot))
            .collect();
        let href = format!("{}/collections", base.programme(&code));
        Ok(json!({
            "links": this(&href, JSON),
            "crs": crs::offered(&programme),
            "collections": collections,
        }))
    })
}

/// `GET /programmes/{programme}/collections/{collection}`.
pub async fn get_collection(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let collection = collection(&served.programme(), &name)?;
    about::answer(&app, &caller, &request, &code, &collection.title, |base, served| {
        Ok(collection_document(base, &served.programme(), &collection, &served.snapshot()))
    })
}

/// An instant as answers write it.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
