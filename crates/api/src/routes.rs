//! Every route of the server, in one table.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig, delete, get, head, patch, post, put};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route};

use crate::problem::{METHOD_NOT_ALLOWED, NOT_FOUND, Problem};
use crate::{
    balance, basemap, changes, exports, hazards, history, landing, layers, live, ogc, options,
    parcels, programmes, progress, reported, reports, story, submissions, tiles, viewer, webhooks,
    withdrawals, work,
};

/// Method and path of every route; the tests ask each for its answers to strangers.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/problems"),
    ("GET", "/problems/{code}"),
    ("GET", "/rules"),
    ("GET", "/viewer"),
    ("GET", "/viewer/basemap.json"),
    ("GET", "/viewer/basemap.pmtiles"),
    ("GET", "/viewer/{file:.*}"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/programmes"),
    ("GET", "/programmes/{programme}"),
    ("GET", "/programmes/{programme}/api"),
    ("GET", "/programmes/{programme}/conformance"),
    ("GET", "/programmes/{programme}/functions"),
    ("GET", "/programmes/{programme}/collections"),
    ("POST", "/programmes/{programme}/collections"),
    ("OPTIONS", "/programmes/{programme}/collections"),
    ("GET", "/programmes/{programme}/collections/{collection}"),
    ("PUT", "/programmes/{programme}/collections/{collection}"),
    ("PATCH", "/programmes/{programme}/collections/{collection}"),
    ("DELETE", "/programmes/{programme}/collections/{collection}"),
    ("OPTIONS", "/programmes/{programme}/collections/{collection}"),
    ("GET", "/programmes/{programme}/collections/{collection}/schema"),
    ("GET", "/programmes/{programme}/collections/{collection}/queryables"),
    ("GET", "/programmes/{programme}/collections/{collection}/sortables"),
    ("GET", "/programmes/{programme}/collections/{collection}/items"),
    ("POST", "/programmes/{programme}/collections/{collection}/items"),
    ("OPTIONS", "/programmes/{programme}/collections/{collection}/items"),
    ("GET", "/programmes/{programme}/collections/{collection}/items/{item}"),
    ("PUT", "/programmes/{programme}/collections/{collection}/items/{item}"),
    ("PATCH", "/programmes/{programme}/collections/{collection}/items/{item}"),
    ("DELETE", "/programmes/{programme}/collections/{collection}/items/{item}"),
    ("OPTIONS", "/programmes/{programme}/collections/{collection}/items/{item}"),
    ("GET", "/programmes/{programme}/collections/{collection}/items/{item}/versions"),
    ("GET", "/programmes/{programme}/collections/{collection}/items/{item}/versions/{version}"),
    ("GET", "/programmes/{programme}/collections/{collection}/items/{item}/story"),
    ("GET", "/programmes/{programme}/collections/{collection}/tiles"),
    ("GET", "/programmes/{programme}/collections/{collection}/tiles/{set}"),
    ("GET", "/programmes/{programme}/collections/{collection}/tiles/{set}/{zoom}/{row}/{column}"),
    ("GET", "/programmes/{programme}/tiles"),
    ("GET", "/programmes/{programme}/tiles/{set}"),
    ("GET", "/programmes/{programme}/tiles/{set}/{zoom}/{row}/{column}"),
    ("GET", "/programmes/{programme}/tileMatrixSets"),
    ("GET", "/programmes/{programme}/tileMatrixSets/{set}"),
    ("GET", "/programmes/{programme}/styles"),
    ("GET", "/programmes/{programme}/styles/{style}"),
    ("GET", "/programmes/{programme}/styles/{style}/{file}"),
    ("GET", "/programmes/{programme}/hazards/at"),
    ("GET", "/programmes/{programme}/hazards/nearby"),
    ("GET", "/programmes/{programme}/hazards/in"),
    ("GET", "/programmes/{programme}/progress"),
    ("GET", "/programmes/{programme}/balance"),
    ("GET", "/programmes/{programme}/parcels"),
    ("GET", "/programmes/{programme}/reported"),
    ("GET", "/programmes/{programme}/work"),
    ("GET", "/programmes/{programme}/changes"),
    ("GET", "/programmes/{programme}/changes/stream"),
    ("GET", "/programmes/{programme}/webhooks"),
    ("POST", "/programmes/{programme}/webhooks"),
    ("GET", "/programmes/{programme}/webhooks/{webhook}"),
    ("PATCH", "/programmes/{programme}/webhooks/{webhook}"),
    ("DELETE", "/programmes/{programme}/webhooks/{webhook}"),
    ("POST", "/programmes/{programme}/webhooks/{webhook}/test"),
    ("GET", "/programmes/{programme}/reports"),
    ("POST", "/programmes/{programme}/reports"),
    ("OPTIONS", "/programmes/{programme}/reports"),
    ("GET", "/programmes/{programme}/reports/{report}"),
    ("GET", "/programmes/{programme}/exports"),
    ("POST", "/programmes/{programme}/exports"),
    ("GET", "/programmes/{programme}/exports/{export}"),
    ("DELETE", "/programmes/{programme}/exports/{export}"),
    ("GET", "/programmes/{programme}/exports/{export}/result"),
    ("GET", "/programmes/{programme}/submissions"),
    ("POST", "/programmes/{programme}/submissions"),
    ("OPTIONS", "/programmes/{programme}/submissions"),
    ("GET", "/programmes/{programme}/submissions/{submission}"),
    ("GET", "/programmes/{programme}/submissions/{submission}/body"),
];

/// Has no end that a question for its headers alone could wait for.
const STREAM: &str = "/programmes/{programme}/changes/stream";

async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::new(NOT_FOUND, format!("nothing is at {}; begin at /", request.path())))
}

/// Refuses a method, and says which ones there are (RFC 9110 §15.5.6).
async fn method_not_allowed(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pattern = request.match_pattern().unwrap_or_default();
    let here = ROUTES.iter().filter(|(_, path)| *path == pattern);
    let mut allow: Vec<&str> = here.map(|(method, _)| *method).collect();
    if allow.contains(&"GET") && pattern != STREAM {
        allow.insert(1, "HEAD");
    }
    let detail = format!("{} does not answer {}", request.path(), request.method());
    Err(Problem::new(METHOD_NOT_ALLOWED, detail).allowing(&allow))
}

/// A resource that refuses the methods it does not answer.
fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(method_not_allowed))
}

/// A resource that is read, or only looked at (HEAD).
fn reading<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args> + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    resource(path).route(get().to(handler.clone())).route(head().to(handler))
}

/// The method that asks for the others.
fn ask() -> Route {
    web::method(Method::OPTIONS)
}

/// Registers what answers with figures.
fn figures(config: &mut ServiceConfig) {
    config
        .service(reading("/progress", progress::get_progress))
        .service(reading("/balance", balance::get_balance))
        .service(reading("/parcels", parcels::list_parcels))
        .service(reading("/reported", reported::get_reported))
        .service(reading("/work", work::get_work));
}

/// Registers what tells of changes.
fn telling(config: &mut ServiceConfig) {
    config
        .service(reading("/changes", changes::list_changes))
        .service(resource("/changes/stream").route(get().to(live::stream_changes)))
        .service(
            reading("/webhooks", webhooks::list_webhooks)
                .route(post().to(webhooks::create_webhook)),
        )
        .service(
            reading("/webhooks/{webhook}", webhooks::get_webhook)
                .route(patch().to(webhooks::update_webhook))
                .route(delete().to(webhooks::remove_webhook)),
        )
        .service(resource("/webhooks/{webhook}/test").route(post().to(webhooks::test_webhook)));
}

/// Registers exports in the background.
fn exports_of(config: &mut ServiceConfig) {
    config
        .service(
            reading("/exports", exports::list_exports).route(post().to(exports::create_export)),
        )
        .service(
            reading("/exports/{export}", exports::get_export)
                .route(delete().to(exports::dismiss_export)),
        )
        .service(reading("/exports/{export}/result", exports::get_export_result));
}

/// Registers tiles and what describes them.
fn tiles_of(config: &mut ServiceConfig) {
    let of_collection = |path: &str| format!("/collections/{{collection}}{path}");
    let (tileset, tile) = ("/tiles/{set}", "/tiles/{set}/{zoom}/{row}/{column}");
    config
        .service(reading(&of_collection(tile), tiles::draw::get_collection_tile))
        .service(reading(tile, tiles::draw::get_tile))
        .service(reading("/tiles", tiles::tilesets::list_tilesets))
        .service(reading(tileset, tiles::tilesets::get_tileset))
        .service(reading(&of_collection("/tiles"), tiles::tilesets::list_collection_tilesets))
        .service(reading(&of_collection(tileset), tiles::tilesets::get_collection_tileset))
        .service(reading("/styles", tiles::style::list_styles))
        .service(reading("/styles/{style}", tiles::style::get_style))
        .service(reading("/styles/{style}/{file}", tiles::style::get_sprite))
        .service(reading("/tileMatrixSets", tiles::matrices::list_matrix_sets))
        .service(reading("/tileMatrixSets/{set}", tiles::matrices::get_matrix_set));
}

/// Registers the standard doors.
fn standard_doors(config: &mut ServiceConfig) {
    let of_collection = |path: &str| format!("/collections/{{collection}}{path}");
    config
        .service(reading("", ogc::collections::get_programme))
        .service(reading("/api", ogc::openapi::get_api))
        .service(reading("/conformance", ogc::collections::get_conformance))
        .service(reading("/functions", ogc::functions::list_functions))
        .service(
            reading("/collections", ogc::collections::list_collections)
                .route(post().to(layers::create_layer))
                .route(ask().to(options::of_collections)),
        )
        .service(
            reading(&of_collection(""), ogc::collections::get_collection)
                .route(put().to(layers::replace_layer))
                .route(patch().to(layers::update_layer))
                .route(delete().to(layers::remove_layer))
                .route(ask().to(options::of_collection)),
        )
        .service(reading(&of_collection("/schema"), ogc::schemas::get_schema))
        .service(reading(&of_collection("/queryables"), ogc::schemas::get_queryables))
        .service(reading(&of_collection("/sortables"), ogc::schemas::get_sortables))
        .service(
            reading(&of_collection("/items"), ogc::items::list_items)
                .route(post().to(ogc::edit::create_item))
                .route(ask().to(options::of_items)),
        )
        .service(
            reading(&of_collection("/items/{item}"), ogc::items::get_item)
                .route(put().to(ogc::edit::replace_item))
                .route(patch().to(ogc::edit::update_item))
                .route(delete().to(withdrawals::withdraw_item))
                .route(ask().to(options::of_item)),
        );
}

/// Registers all routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(reading("/", landing::get_landing))
        .service(reading("/problems", landing::list_problems))
        .service(reading("/problems/{code}", landing::get_problem))
        .service(reading("/rules", landing::list_rules))
        .service(reading("/viewer", viewer::get_viewer))
        .service(reading("/viewer/basemap.json", basemap::get_basemap))
        .service(reading("/viewer/basemap.pmtiles", basemap::get_basemap_file))
        .service(reading("/viewer/{file:.*}", viewer::get_viewer))
        .service(reading("/health/live", landing::get_live))
        .service(reading("/health/ready", landing::get_ready))
        .service(reading("/programmes", programmes::list_programmes))
        .service(
            web::scope("/programmes/{programme}")
                // Patterns are tried in this order, and nothing is asked for as often as tiles.
                .configure(tiles_of)
                .configure(standard_doors)
                .service(reading(
                    "/collections/{collection}/items/{item}/versions",
                    history::list_versions,
                ))
                .service(reading(
                    "/collections/{collection}/items/{item}/versions/{version}",
                    history::get_version,
                ))
                .service(reading("/collections/{collection}/items/{item}/story", story::get_story))
                .service(reading("/hazards/at", hazards::list_hazards_at))
                .service(reading("/hazards/nearby", hazards::list_hazards_nearby))
                .service(reading("/hazards/in", hazards::list_hazards_in))
                .configure(figures)
                .configure(telling)
                .configure(exports_of)
                .service(
                    reading("/reports", reports::list_reports)
                        .route(post().to(reports::create_report))
                        .route(ask().to(options::of_reports)),
                )
                .service(reading("/reports/{report}", reports::get_report))
                .service(
                    reading("/submissions", submissions::list_submissions)
                        .route(post().to(submissions::create_submission))
                        .route(ask().to(options::of_submissions)),
                )
                .service(reading("/submissions/{submission}", submissions::get_submission))
                .service(reading(
                    "/submissions/{submission}/body",
                    submissions::get_submission_body,
                )),
        )
        .default_service(web::to(not_found));
}
