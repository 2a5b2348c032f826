//! Items of a collection as GeoJSON: listing by box with a stable cursor, and one item.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use exchange::{FeatureText, GeometryRef, Properties, write_feature};
use serde_json::{Value, json};
use survey::RecordId;
use survey::access::Action;
use view::{ItemsQuery, Lifecycle, Place, Record, Snapshot};

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::problem::{INVALID_CURSOR, Problem, WITHDRAWN};
use crate::programmes::collection;
use crate::query::Parameters;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 10_000;
pub(crate) const GEOJSON: &str = "application/geo+json";

/// How far a hazardous area has come, as a member of its feature.
fn lifecycle_value(lifecycle: &Lifecycle) -> Value {
    let mut value = json!({ "stage": lifecycle.stage });
    if let Some(land) = &lifecycle.land {
        value["land"] = json!({
            "claimed_m2": land.claimed().m2(),
            "remaining_m2": land.remaining.m2(),
            "hazardous_again_m2": land.again.m2(),
            "cancelled_m2": land.cancelled.m2(),
            "reduced_m2": land.reduced.m2(),
            "cleared_m2": land.cleared.m2(),
            "adjusted_m2": land.adjusted.m2(),
            "last_released_on": land.last_released_on,
        });
    }
    value
}

/// One record as a GeoJSON feature.
///
/// An unlocated hazardous area is drawn by its caution area, and says so in `located`. A hazardous
/// area tells in `lifecycle` how far it has come, by the land ledger.
pub fn write_item(out: &mut Vec<u8>, snapshot: &Snapshot, record: &Record) {
    let geometry = match &record.place {
        Place::Point(position) => Some(GeometryRef::Point(*position)),
        Place::Area(area) | Place::Caution(area) => Some(GeometryRef::Polygon(area)),
        Place::Unknown => None,
    };
    let located = !matches!(record.place, Place::Caution(_));
    let mut members = vec![
        ("version", Value::from(record.version)),
        ("revision", Value::from(record.revision)),
        ("located", Value::from(located && geometry.is_some())),
    ];
    if let Some(lifecycle) = snapshot.lifecycle(record) {
        members.push(("lifecycle", lifecycle_value(&lifecycle)));
    }
    let id = record.id.to_string();
    let properties = Properties::Text(&record.properties);
    let feature =
        FeatureText { id: Some(&id), geometry, properties, added: &[], members: &members };
    write_feature(out, &feature);
}

/// One record as a GeoJSON feature, to be added to.
pub fn item_value(snapshot: &Snapshot, record: &Record) -> Value {
    let mut text = Vec::new();
    write_item(&mut text, snapshot, record);
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

/// A cursor is the id of the last item of the page before: listings are ordered by id, and a
/// record keeps its id for ever, so paging neither repeats nor skips what was there all along.
pub(crate) fn cursor(parameters: &Parameters) -> Result<Option<RecordId>, Problem> {
    let Some(text) = parameters.text("cursor") else { return Ok(None) };
    text.parse::<RecordId>().map(Some).map_err(|error| {
        Problem::new(
            INVALID_CURSOR,
            "take the cursor from the \"next\" link of the page before, unchanged",
        )
        .caused_by(error)
    })
}

fn link(rel: &str, href: &str) -> Value {
    json!({ "rel": rel, "type": GEOJSON, "href": href })
}

pub(crate) fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// `GET /programmes/{programme}/collections/{collection}/items`: a page of items, ordered by id.
///
/// `bbox` matches exactly, not by bounding boxes. Records without any geometry match every box
/// (OGC API – Features 17-069r4, `/req/core/fc-bbox-response`). `effective` lists each record as it
/// was in the field at the end of a day, and none that was not there yet or was withdrawn by then;
/// `as_of` what was known at a revision or an instant.
pub async fn list_items(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let parameters =
        Parameters::read(&request, &["bbox", "limit", "cursor", "as_of", "effective"])?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let collection = collection(&name)?;
    let clocks = Clocks::read(&parameters)?;
    let query = ItemsQuery {
        bbox: parameters.bbox()?,
        limit: parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?,
        after: cursor(&parameters)?,
    };
    let snapshot = app.picture_on(&served, clocks).await?;
    let page = snapshot.items(collection.name, &query);

    let root = format!("/programmes/{code}/collections/{name}/items");
    let here = match request.query_string() {
        "" => root.clone(),
        text => format!("{root}?{text}"),
    };
    let mut links = vec![link("self", &here)];
    if let Some(next) = page.next {
        let bbox = parameters.text("bbox").map(|bbox| format!("bbox={}&", percent_encoded(bbox)));
        let bbox = bbox.unwrap_or_default();
        // The revision rather than the instant that was asked about: it stands for the same for ever.
        let as_of = clocks.as_of.map(|_| format!("as_of={}&", snapshot.revision()));
        let effective = clocks.effective.map(|day| format!("effective={day}&"));
        let clocks = [as_of, effective].into_iter().flatten().collect::<String>();
        let next = format!("{root}?{bbox}{clocks}limit={}&cursor={next}", query.limit);
        links.push(link("next", &next));
    }

    let mut body = Vec::with_capacity(256 + page.items.len() * 1_024);
    body.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    for (place, record) in page.items.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        write_item(&mut body, &snapshot, record);
    }
    let mut tail = json!({
        "links": links,
        "timeStamp": app.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "numberReturned": page.items.len(),
        "revision": snapshot.revision(),
    });
    if let Some(day) = snapshot.effective() {
        tail["effective"] = json!(day);
    }
    body.extend_from_slice(b"],");
    body.extend_from_slice(tail.to_string().trim_start_matches('{').as_bytes());
    Ok(HttpResponse::Ok().content_type(GEOJSON).body(body))
}

/// A record by its id or `local_id`, withdrawn records included.
///
/// # Errors
/// `not-found`.
pub fn found(snapshot: &Snapshot, collection: &str, item: &str) -> Result<Arc<Record>, Problem> {
    snapshot.item(collection, item).ok_or_else(|| Problem::not_found(collection, item))
}

/// `GET /programmes/{programme}/collections/{collection}/items/{item}`: one item, by id or by
/// `local_id`; 410 when it was withdrawn. `effective` and `as_of` as for the listing.
pub async fn get_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let parameters = Parameters::read(&request, &["as_of", "effective"])?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let collection = collection(&name)?;
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    let record = found(&snapshot, collection.name, &item)?;
    if !record.is_in_force() {
        let detail = format!(
            "{} was withdrawn on {} by version {}; its history is kept",
            record.local_id, record.effective_on, record.version
        );
        return Err(Problem::new(WITHDRAWN, detail).with("version", record.version));
    }
    let mut feature = item_value(&snapshot, &record);
    let root = format!("/programmes/{code}/collections/{name}");
    feature["links"] = json!([
        link("self", &format!("{root}/items/{}", record.id)),
        { "rel": "collection", "type": "application/json", "href": root },
    ]);
    Ok(HttpResponse::Ok()
        .content_type(GEOJSON)
        .insert_header((header::ETAG, format!("\"{}\"", record.version)))
        .body(feature.to_string()))
}
