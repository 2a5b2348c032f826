//! Tiles themselves.

use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use survey::access::Action;
use tiles::Tile;
use view::{DrawnTile, Snapshot, TileQuery};

use super::MVT;
use super::asked::{self, Asked};
use crate::actor::Caller;
use crate::app::App;
use crate::ogc::answer::{is_known, opaque, weak_tag};
use crate::problem::Problem;
use crate::query::invalid;

/// Changed when tiles of the same records come to look different.
const DRAWING: &str = "1";

/// A tile that names its revision never changes.
const FOR_EVER: &str = "max-age=31536000, immutable";

/// `GET …/tiles/{tileMatrixSet}/{zoom}/{row}/{column}`: a tile of all collections.
///
/// With `revision` it is the tile of that revision, to be kept for ever; without, the client has to
/// ask each time, and an unchanged one costs a 304. A tile of nothing is 204.
pub async fn get_tile(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, set, zoom, row, column) = path.into_inner();
    let place = [set, zoom, row, column];
    answer(app, caller, request, &code, None, &place).await
}

/// `GET …/collections/{collection}/tiles/{tileMatrixSet}/{zoom}/{row}/{column}`: a tile of one
/// collection, filtered as its items are.
pub async fn get_collection_tile(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String, String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, set, zoom, row, column) = path.into_inner();
    let place = [set, zoom, row, column];
    answer(app, caller, request, &code, Some(&name), &place).await
}

async fn answer(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: &str,
    name: Option<&str>,
    [set, zoom, row, column]: &[String; 4],
) -> Result<HttpResponse, Problem> {
    let served = app.programme(&caller, code, Action::ReadRecords)?;
    let asked = Asked::read(&served, &request, name)?;
    if asked.form.as_deref().is_some_and(|form| form != "mvt") {
        return Err(invalid("f", "tiles come as mvt"));
    }
    let tile = asked::tile(set, zoom, row, column)?;
    let snapshot = app.picture_on(&served, asked.clocks).await?;
    app.remember(code, &snapshot);
    let etag = tag(code, name, tile, snapshot.revision(), &asked.question);
    let reach = if served.programme().public_read { "public" } else { "private" };
    let lasting = if asked.is_pinned { FOR_EVER } else { "no-cache" };
    let caching = format!("{reach}, {lasting}");
    if is_known(&request, &etag) {
        let mut same = HttpResponse::NotModified();
        return Ok(headers(&mut same, &etag, &caching).finish());
    }
    let query = asked.query(tile);
    let (drawn, took) = if snapshot.is_soon_drawn(&query) {
        timed(&snapshot, &query)
    } else {
        app.block(move |_| Ok::<_, Problem>(timed(&snapshot, &query))).await?
    };
    let timing = ("Server-Timing", format!("draw;dur={:.3}", took.as_secs_f64() * 1e3));
    if drawn.bytes.is_empty() {
        let mut nothing = HttpResponse::NoContent();
        return Ok(headers(&mut nothing, &etag, &caching).insert_header(timing).finish());
    }
    let mut answer = HttpResponse::Ok();
    headers(&mut answer, &etag, &caching).insert_header(timing);
    Ok(answer.content_type(MVT).body(drawn.bytes))
}

fn timed(snapshot: &Snapshot, query: &TileQuery) -> (DrawnTile, Duration) {
    let started = Instant::now();
    (snapshot.tile(query), started.elapsed())
}

/// The strong tag of a tile: what is drawn is decided by the revision and the question.
fn tag(code: &str, name: Option<&str>, tile: Tile, revision: u64, question: &str) -> String {
    let place = format!("{}/{}/{}", tile.zoom(), tile.row(), tile.column());
    let (name, text) = (name.unwrap_or_default(), revision.to_string());
    let parts = [DRAWING, env!("CARGO_PKG_VERSION"), code, name, &place, &text, question];
    format!("\"{revision}-{}\"", opaque(&weak_tag(&parts)))
}

fn headers<'a>(
    answer: &'a mut HttpResponseBuilder,
    etag: &str,
    caching: &str,
) -> &'a mut HttpResponseBuilder {
    answer
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "Accept-Encoding, Authorization"))
}
