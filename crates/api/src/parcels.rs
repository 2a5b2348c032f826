//! From a figure to its parcels, and from these to the records that caused them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use exchange::{FeatureText, GeometryRef, Properties, write_feature};
use geometry::plane::forward;
use geometry::{Bbox, Defect, GridBox, GridPoint, GridShape, LonLat, OverlayOp, overlay};
use serde_json::{Map, Value, json};
use store::{Revision, StoredParcel};
use survey::access::Action;
use survey::progress::{ChangeKind, Drill, Figure};
use survey::records::HazardousArea;
use survey::{Classification, Day, Outcome, Record as _, RecordId};
use uuid::Uuid;
use view::{Inside, ParcelRef, ParcelsFound, ParcelsQuery, Snapshot};

use crate::actor::Caller;
use crate::app::App;
use crate::balance::level;
use crate::clocks::Clocks;
use crate::history::cause_document;
use crate::items::{GEOJSON, percent_encoded};
use crate::ogc::base::Base;
use crate::problem::{INVALID_CURSOR, Problem, UNAVAILABLE};
use crate::query::{Parameters, invalid};

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 5_000;

/// Parcels of a box, whose shapes are read to see which have land in it.
const IN_BOX_MAX: usize = 20_000;

/// The parameters.
pub const PARAMETERS: &[&str] = &[
    "figure",
    "change",
    "outcome",
    "classification",
    "from",
    "to",
    "year",
    "quarter",
    "month",
    "region",
    "bbox",
    "level",
    "parts",
    "regions_on",
    "as_of",
    "effective",
    "hazard_type",
    "organisation",
    "method",
    "hazard",
    "limit",
    "cursor",
];

/// `GET /programmes/{programme}/parcels`: the parcels of a figure, with their history.
///
/// The filters are the keys of a row of `progress` or `balance` and the name of a column; an empty
/// value stands for "none". The areas counted add up to the figure. With `bbox` only parcels that have
/// land in the box, whole, and the figure is of these. As known now, or `as_of` a
/// revision or an instant; `effective` ends the window with that day.
pub async fn list_parcels(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let root = Base::of(&app, &request).programme(&code);
    let place = (&**code, &*root);
    let limit = parameters.limit(LIMIT_DEFAULT, LIMIT_MAX)?;
    let cursor = Cursor::read(&parameters)?;
    if let Some(as_of) = Clocks::read_as_of(&parameters)? {
        let snapshot = app.picture(&served, Some(as_of)).await?;
        let past = Stored::AsOf(snapshot.revision());
        let answer = page(&app, place, &parameters, &snapshot, (cursor, limit), past).await?;
        return answer.ok_or_else(|| Problem::internal("a picture of the past has changed"));
    }
    // A change between the view and the store is met once; then the view has followed.
    for _ in 0..ATTEMPTS {
        let snapshot = served.snapshot();
        if let Some(answer) =
            page(&app, place, &parameters, &snapshot, (cursor, limit), Stored::Now).await?
        {
            return Ok(answer);
        }
        app.refresh(&served).await?;
    }
    let detail = "the ledger changes faster than it can be read; try again";
    Err(Problem::new(UNAVAILABLE, detail))
}

const ATTEMPTS: usize = 3;

/// Which ledger the shapes of parcels are taken from.
#[derive(Clone, Copy)]
enum Stored {
    Now,
    AsOf(Revision),
}

/// One page of the programme of a code and an address; `None` when the store has gone on since the
/// snapshot.
async fn page(
    app: &web::Data<App>,
    (code, root): (&str, &str),
    parameters: &Parameters,
    snapshot: &Arc<Snapshot>,
    (cursor, limit): (Option<Cursor>, usize),
    stored: Stored,
) -> Result<Option<HttpResponse>, Problem> {
    let query = parcels_query(parameters, snapshot)?;
    let revision = snapshot.revision();
    if cursor.is_some_and(|cursor| cursor.revision != revision) {
        let detail = "the records have changed since the page before; begin at the first page, so \
                      that the parcels add up to one figure";
        return Err(Problem::new(INVALID_CURSOR, detail));
    }
    let found = {
        let snapshot = Arc::clone(snapshot);
        let unknown = |error: view::UnknownRegion| invalid("region", &error.to_string());
        app.block(move |_| snapshot.parcels(&query).map_err(unknown)).await?
    };
    let found = match parameters.bbox()? {
        None => found,
        Some(bbox) => within(app, code, found, &bbox, stored).await?,
    };
    let behind = |cursor: Cursor| {
        found.parcels.partition_point(|one| (one.cluster, one.number) <= cursor.parcel)
    };
    let start = cursor.map_or(0, behind);
    let shown: Vec<ParcelRef> = found.parcels.iter().skip(start).take(limit).copied().collect();
    let wanted: Vec<(RecordId, u32)> =
        shown.iter().map(|one| (RecordId::from(one.cluster), one.number)).collect();
    let owned = code.to_owned();
    let read = move |app: &App| match stored {
        Stored::Now => app.store().parcels(&owned, &wanted),
        Stored::AsOf(revision) => app.store().parcels_as_of(&owned, revision, &wanted),
    };
    let stored = app.block(read).await?;
    let is_of_snapshot = |stored: &StoredParcel| stored.revision <= revision;
    if stored.len() < shown.len() || !stored.iter().all(is_of_snapshot) {
        return Ok(None);
    }
    let more = start + shown.len() < found.parcels.len();
    let next =
        shown.last().filter(|_| more).map(|last| next_link(root, parameters, revision, last));
    Ok(Some(answer(root, snapshot, &found, &shown, stored, next)))
}

/// Those of the parcels that have land in a box, and the figure they make.
async fn within(
    app: &web::Data<App>,
    code: &str,
    mut found: ParcelsFound,
    bbox: &Bbox,
    stored: Stored,
) -> Result<ParcelsFound, Problem> {
    let too_many = || {
        let reason = format!("it holds more than {IN_BOX_MAX} parcels; ask about less land");
        invalid("bbox", &reason)
    };
    if matches!(stored, Stored::AsOf(_)) && found.parcels.len() > IN_BOX_MAX {
        return Err(too_many());
    }
    let (code, boxes) = (code.to_owned(), on_grid(bbox)?);
    let wanted: Vec<(RecordId, u32)> =
        found.parcels.iter().map(|one| (RecordId::from(one.cluster), one.number)).collect();
    let inside = app
        .block(move |app| {
            let near = match stored {
                Stored::Now => app.store().parcels_near(&code, &boxes, IN_BOX_MAX + 1)?,
                Stored::AsOf(revision) => app.store().parcels_as_of(&code, revision, &wanted)?,
            };
            if near.len() > IN_BOX_MAX {
                return Err(too_many());
            }
            let boxes: Vec<GridShape> = boxes.into_iter().map(land_of).collect();
            let has_land = |parcel: &&StoredParcel| {
                let common = |land| overlay(OverlayOp::Intersection, &parcel.parcel.shape, land);
                boxes.iter().any(|land| !common(land).is_empty())
            };
            let key = |parcel: &StoredParcel| (parcel.cluster.uuid(), parcel.number);
            Ok(near.iter().filter(has_land).map(key).collect::<HashSet<_>>())
        })
        .await?;
    found.parcels.retain(|one| inside.contains(&(one.cluster, one.number)));
    found.figure = found.parcels.iter().map(ParcelRef::counted).sum();
    Ok(found)
}

/// A box on the grid: its parallels and meridians are straight on the equal-area plane, so that it is
/// a rectangle, or two where it crosses the antimeridian.
fn on_grid(bbox: &Bbox) -> Result<Vec<GridBox>, Problem> {
    let Bbox { west, south, east, north } = *bbox;
    let spans = if west > east { vec![(west, 180.0), (-180.0, east)] } else { vec![(west, east)] };
    let point = |lon, lat| LonLat::new(lon, lat).map(|at| GridPoint::from_plane(forward(at)));
    let boxes = spans
        .into_iter()
        .map(|(west, east)| Ok(GridBox::new(point(west, south)?, point(east, north)?)));
    boxes.collect::<Result<_, Defect>>().map_err(|defect| invalid("bbox", &defect.reason))
}

fn land_of(GridBox { min, max }: GridBox) -> GridShape {
    let corners = [(min.x, min.y), (max.x, min.y), (max.x, max.y), (min.x, max.y)];
    GridShape::from_polygons([[corners.map(|(x, y)| GridPoint::new(x, y))]]).unwrap_or_default()
}

fn answer(
    root: &str,
    snapshot: &Snapshot,
    found: &ParcelsFound,
    shown: &[ParcelRef],
    stored: Vec<StoredParcel>,
    next: Option<Value>,
) -> HttpResponse {
    let mut stored: HashMap<(Uuid, u32), StoredParcel> =
        stored.into_iter().map(|one| ((one.cluster.uuid(), one.number), one)).collect();
    let mut body = b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec();
    for (place, one) in shown.iter().enumerate() {
        let Some(parcel) = stored.remove(&(one.cluster, one.number)) else { continue };
        if place > 0 {
            body.push(b',');
        }
        write_parcel(&mut body, root, snapshot, one, &parcel);
    }
    let tail = json!({
        "revision": snapshot.revision(),
        "figure_m2": found.figure.m2(),
        "numberMatched": found.parcels.len(),
        "numberReturned": shown.len(),
        "links": next.into_iter().collect::<Vec<_>>(),
    });
    body.extend_from_slice(b"],");
    body.extend_from_slice(tail.to_string().trim_start_matches('{').as_bytes());
    HttpResponse::Ok().content_type(GEOJSON).body(body)
}

fn write_parcel(
    out: &mut Vec<u8>,
    root: &str,
    snapshot: &Snapshot,
    one: &ParcelRef,
    stored: &StoredParcel,
) {
    let parcel = &stored.parcel;
    let timeline: Vec<Value> = parcel
        .timeline
        .iter()
        .map(|entry| {
            let mut document = json!(entry);
            document["cause"] = cause_document(root, snapshot, entry.cause);
            document
        })
        .collect();
    let claims: Vec<Value> = parcel
        .stretches
        .iter()
        .map(|stretch| {
            json!({
                "hazardous_area": cause_document(root, snapshot, stretch.hazard),
                "from": stretch.from,
                "end": stretch.end.map(|end| json!({
                    "on": end.on,
                    "outcome": end.outcome,
                    "by": cause_document(root, snapshot, end.by),
                })),
            })
        })
        .collect();
    let region = parcel.region.and_then(|region| snapshot.regions().by_id(region));
    let mut properties = Map::new();
    for (name, value) in [
        ("area_m2", json!(parcel.area.m2())),
        ("times", json!(one.times)),
        ("counted_m2", json!(one.counted().m2())),
        ("region", json!(region.map(|region| &region.local_id))),
        ("region_name", json!(region.map(|region| &region.name))),
        ("timeline", json!(timeline)),
        ("claims", json!(claims)),
    ] {
        properties.insert(name.to_owned(), value);
    }
    let parts = parcel.shape.to_polygon_parts();
    let feature = FeatureText {
        id: Some(&format!("{}-{}", one.cluster, one.number)),
        geometry: Some(GeometryRef::Parts(&parts)),
        properties: Properties::Map(&properties),
        ..FeatureText::default()
    };
    write_feature(out, &feature);
}

/// The last parcel of the page before, and the revision it was of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    revision: u64,
    parcel: (Uuid, u32),
}

impl Cursor {
    fn read(parameters: &Parameters) -> Result<Option<Self>, Problem> {
        let Some(text) = parameters.text("cursor") else { return Ok(None) };
        let read = || {
            let mut parts = text.split('.');
            let (revision, cluster, number) = (parts.next()?, parts.next()?, parts.next()?);
            let parcel = (cluster.parse().ok()?, number.parse().ok()?);
            let cursor = Self { revision: revision.parse().ok()?, parcel };
            parts.next().is_none().then_some(cursor)
        };
        read().map(Some).ok_or_else(|| {
            let detail = "take the cursor from the \"next\" link of the page before, unchanged";
            Problem::new(INVALID_CURSOR, detail)
        })
    }
}

fn next_link(root: &str, parameters: &Parameters, revision: u64, last: &ParcelRef) -> Value {
    let kept = PARAMETERS.iter().filter(|name| **name != "cursor").filter_map(|name| {
        let value = parameters.text(name)?;
        Some(format!("{name}={}", percent_encoded(value)))
    });
    let cursor = format!("cursor={revision}.{}.{}", last.cluster, last.number);
    let query: Vec<String> = kept.chain([cursor]).collect();
    let href = format!("{root}/parcels?{}", query.join("&"));
    json!({ "rel": "next", "type": GEOJSON, "href": href })
}

fn parcels_query(parameters: &Parameters, snapshot: &Snapshot) -> Result<ParcelsQuery, Problem> {
    let drill = drill(parameters)?;
    let text = |name: &str| parameters.text(name).map(str::to_owned);
    let by_release = parameters.text("organisation").or(parameters.text("method"));
    if drill.figure.is_some_and(Figure::is_stock)
        && (by_release.is_some() || drill.outcome.is_some() || drill.change.is_some())
    {
        let reason =
            "how much is hazardous on a day has no organisation, method, outcome or change";
        return Err(invalid("figure", reason));
    }
    if drill.figure == Some(Figure::Reclassified) && drill.classification.is_none() {
        return Err(invalid(
            "figure",
            "reclassified land is told by classification; give that too",
        ));
    }
    let hazard = match parameters.text("hazard") {
        None => None,
        Some(name) => {
            let found = snapshot.item(HazardousArea::COLLECTION, name);
            let unknown = || invalid("hazard", &format!("there is no hazardous area \"{name}\""));
            Some(found.ok_or_else(unknown)?.id)
        }
    };
    Ok(ParcelsQuery {
        drill,
        inside: inside(parameters)?,
        regions_on: parameters.day("regions_on")?,
        hazard_type: text("hazard_type"),
        organisation: text("organisation"),
        method: text("method"),
        hazard,
    })
}

fn inside(parameters: &Parameters) -> Result<Inside, Problem> {
    let level = level(parameters)?;
    let parts = parameters.word("parts", &["true", "false"])?;
    Ok(match (parameters.text("region"), level, parts) {
        (None, None, None) => Inside::Anywhere,
        (None, _, _) => return Err(invalid("region", "\"level\" and \"parts\" are of a region")),
        (Some(""), _, _) => Inside::NoRegion,
        (Some(region), Some(_), _) | (Some(region), None, Some("false")) => {
            Inside::Row { region: region.to_owned(), level }
        }
        (Some(region), None, _) => Inside::Region(region.to_owned()),
    })
}

fn drill(parameters: &Parameters) -> Result<Drill, Problem> {
    let named = |name: &str, words: Vec<&'static str>| parameters.word(name, &words);
    let figure = named("figure", Figure::ALL.iter().map(|(word, _)| *word).collect())?;
    let change = named("change", ChangeKind::ALL.iter().map(|(word, _)| *word).collect())?;
    let outcome = named("outcome", Outcome::ALL.iter().map(|one| one.name()).collect())?;
    let classes = Classification::ALL.iter().map(|one| one.name()).collect();
    let classification = named("classification", classes)?;
    let (from, to) = window(parameters)?;
    Ok(Drill {
        figure: figure.and_then(Figure::named),
        change: change.and_then(ChangeKind::named),
        outcome: Outcome::ALL.into_iter().find(|one| Some(one.name()) == outcome),
        classification: Classification::ALL
            .into_iter()
            .find(|it| Some(it.name()) == classification),
        from,
        to,
        ..Drill::default()
    })
}

/// The days that lie in the window and in the period of the row.
fn window(parameters: &Parameters) -> Result<(Option<Day>, Option<Day>), Problem> {
    let (mut from, to) = (parameters.day("from")?, parameters.day("to")?);
    let mut to = to.into_iter().chain(parameters.day("effective")?).min();
    for (name, form) in [("year", "YYYY"), ("quarter", "YYYY-Q1"), ("month", "YYYY-MM")] {
        let Some(text) = parameters.text(name) else { continue };
        let (first, last) = period(name, text)
            .ok_or_else(|| invalid(name, &format!("\"{text}\" is not written {form}")))?;
        from = Some(from.map_or(first, |from| from.max(first)));
        to = Some(to.map_or(last, |to| to.min(last)));
    }
    Ok((from, to))
}

/// First and last day of a period as reports write it.
fn period(name: &str, text: &str) -> Option<(Day, Day)> {
    let (year, part) = match name {
        "year" => (text, "1"),
        "quarter" => text.split_once("-Q")?,
        _ => text.split_once('-')?,
    };
    let (months, digits) = match name {
        "year" => (12, 1),
        "quarter" => (3, 1),
        _ => (1, 2),
    };
    let is_written =
        |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_written(year, 4) || !is_written(part, digits) {
        return None;
    }
    let (year, part): (i32, u32) = (year.parse().ok()?, part.parse().ok()?);
    let parts = 12 / months;
    if !(1..=parts).contains(&part) || !(1..=9_999).contains(&year) {
        return None;
    }
    let first = Day::from_ymd_opt(year, (part - 1) * months + 1, 1)?;
    let behind = first.checked_add_months(chrono::Months::new(months))?;
    Some((first, behind.pred_opt()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_a_first_and_a_last_day() {
        let days = |name, text| period(name, text).map(|(a, b)| format!("{a} {b}"));
        assert_eq!(days("year", "2024").as_deref(), Some("2024-01-01 2024-12-31"));
        assert_eq!(days("quarter", "2024-Q4").as_deref(), Some("2024-10-01 2024-12-31"));
        assert_eq!(days("month", "2024-02").as_deref(), Some("2024-02-01 2024-02-29"));
        for (name, text) in [
            ("month", "2024-13"),
            ("month", "2024-2"),
            ("quarter", "2024-Q0"),
            ("quarter", "2024-Q+1"),
            ("year", "now"),
            ("year", "24"),
            ("year", "+2024"),
            ("year", "0000"),
        ] {
            assert_eq!(days(name, text), None, "{text}");
        }
    }
}
