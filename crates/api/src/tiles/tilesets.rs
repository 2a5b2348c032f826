//! What tiles there are.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use survey::{CollectionRef, Programme};
use view::Snapshot;

use super::asked::{Asked, matrix_set};
use super::matrices::{self, CRS, URI};
use super::{MVT, WEB_MERCATOR_QUAD, tilejson};
use crate::actor::Caller;
use crate::app::App;
use crate::ogc::answer::{self, JSON, cacheable, is_known, weak_tag};
use crate::ogc::base::Base;
use crate::ogc::collections::link;
use crate::ogc::crs::CRS84;
use crate::problem::Problem;

/// The relation of a link to a tile matrix set.
const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";

/// The media type of `TileJSON`.
pub const TILEJSON: &str = "application/vnd.mapbox.tile+json";

/// The box around what the collections are known to cover: west, south, east, north; its west is
/// east of its east where it crosses the antimeridian.
pub fn extent(
    programme: &Programme,
    snapshot: &Snapshot,
    collections: &[CollectionRef],
) -> [f64; 4] {
    let found = collections.iter().filter_map(|collection| snapshot.extent(&collection.name));
    let all = found.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let [west, south, east, north] =
        all.or(programme.extent).unwrap_or([-180.0, -90.0, 180.0, 90.0]);
    let drawn = |lat: f64| lat.clamp(-tiles::LATITUDE_MAX, tiles::LATITUDE_MAX);
    [west, drawn(south), east, drawn(north)]
}

/// A request about the tiles of a programme or of one of its collections.
struct About {
    base: Base,
    programme: std::sync::Arc<Programme>,
    asked: Asked,
    snapshot: std::sync::Arc<Snapshot>,
    /// The address of the list of tilesets.
    root: String,
    title: String,
}

impl About {
    async fn read(
        app: &web::Data<App>,
        caller: &Caller,
        request: &HttpRequest,
        code: &str,
        name: Option<&str>,
    ) -> Result<Self, Problem> {
        let served = app.programme(caller, code, Action::ReadRecords)?;
        let asked = Asked::read(&served, request, name)?;
        let snapshot = app.picture_on(&served, asked.clocks).await?;
        let (programme, base) = (served.programme(), Base::of(app, request));
        let (root, title) = match (name, asked.collections()) {
            (Some(name), [collection]) => {
                (base.collection(code, name), format!("{}: {}", programme.name, collection.title))
            }
            _ => (base.programme(code), programme.name.clone()),
        };
        Ok(Self { base, programme, asked, snapshot, root: format!("{root}/tiles"), title })
    }

    fn scheme(&self) -> Value {
        let root = self.base.programme(&self.programme.code);
        let href = format!("{root}/tileMatrixSets/{WEB_MERCATOR_QUAD}");
        link(TILING_SCHEME, JSON, &href, "The tile matrix set")
    }

    /// An address with all that was asked but the form.
    fn asking(&self, href: &str) -> String {
        format!("{href}?{}", self.asked.said).trim_end_matches(['?', '&']).to_owned()
    }

    /// The same address in another form.
    fn as_form(&self, href: &str, form: &str) -> String {
        format!("{href}?{}f={form}", self.asked.said)
    }

    /// Links to a document and to what else it comes as.
    fn this(&self, href: &str) -> [Value; 2] {
        let page = self.as_form(href, "html");
        [
            link("self", JSON, &self.asking(href), "This document"),
            link("alternate", "text/html", &page, "This document as a page"),
        ]
    }

    fn list(&self) -> Value {
        let tileset = format!("{}/{WEB_MERCATOR_QUAD}", self.root);
        json!({
            "links": self.this(&self.root),
            "tilesets": [{
                "title": self.title,
                "dataType": "vector",
                "crs": CRS,
                "tileMatrixSetURI": URI,
                "links": [
                    link("self", JSON, &self.asking(&tileset), "The tileset"),
                    link("alternate", TILEJSON, &self.as_form(&tileset, "tilejson"), "As TileJSON"),
                    self.scheme(),
                ],
            }],
        })
    }

    fn tileset(&self) -> Value {
        let root = format!("{}/{WEB_MERCATOR_QUAD}", self.root);
        let revision = self.snapshot.revision();
        let question = &self.asked.question;
        let extent = extent(&self.programme, &self.snapshot, self.asked.collections());
        let bounds = tilejson::bounds(extent);
        let [west, south, east, north] = bounds;
        let item =
            format!("{root}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?{question}revision={revision}");
        let layers = self.asked.collections().iter().flat_map(|collection| {
            tilejson::layers(collection).map(|layer| {
                json!({
                    "id": layer["id"],
                    "title": layer["description"],
                    "dataType": "vector",
                })
            })
        });
        let mut item = link("item", MVT, &item, "A tile");
        item["templated"] = json!(true);
        let mut links = self.this(&root).to_vec();
        let tilejson = self.as_form(&root, "tilejson");
        links.extend([link("alternate", TILEJSON, &tilejson, "As TileJSON"), item, self.scheme()]);
        json!({
            "title": self.title,
            "description": "Absence of a record does not mean absence of a hazard.",
            "dataType": "vector",
            "crs": CRS,
            "tileMatrixSetURI": URI,
            "tileMatrixSetLimits": matrices::limits(bounds),
            "boundingBox": {
                "lowerLeft": [west, south],
                "upperRight": [east, north],
                "crs": CRS84,
            },
            "layers": layers.collect::<Vec<_>>(),
            "revision": revision,
            "links": links,
        })
    }

    fn answer_tileset(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        if self.asked.form.as_deref() != Some("tilejson") {
            let form = self.asked.form.as_deref();
            return answer::document(request, form, JSON, &self.title, &self.tileset());
        }
        let root = format!("{}/{WEB_MERCATOR_QUAD}", self.root);
        let (collections, question) = (self.asked.collections(), &self.asked.question);
        let document =
            tilejson::document(&self.programme, &self.snapshot, collections, &root, question);
        let text = document.to_string();
        let etag = weak_tag(&["tilejson", &text]);
        let mut answer =
            if is_known(request, &etag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        cacheable(&mut answer, &etag);
        answer.insert_header((header::CONTENT_TYPE, TILEJSON));
        Ok(if is_known(request, &etag) { answer.finish() } else { answer.body(text) })
    }
}

/// `GET …/tiles`: the tilesets of a programme.
pub async fn list_tilesets(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let about = About::read(&app, &caller, &request, &code, None).await?;
    answer::document(&request, about.asked.form.as_deref(), JSON, "Tilesets", &about.list())
}

/// `GET …/collections/{collection}/tiles`: the tilesets of a collection.
pub async fn list_collection_tilesets(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let about = About::read(&app, &caller, &request, &code, Some(&name)).await?;
    answer::document(&request, about.asked.form.as_deref(), JSON, "Tilesets", &about.list())
}

/// `GET …/tiles/{tileMatrixSet}`: what the tiles of a programme show, as OGC API – Tiles describes
/// it, or as `TileJSON` (`f=tilejson`).
pub async fn get_tileset(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, set) = path.into_inner();
    let about = About::read(&app, &caller, &request, &code, None).await?;
    matrix_set(&set)?;
    about.answer_tileset(&request)
}

/// `GET …/collections/{collection}/tiles/{tileMatrixSet}`: what the tiles of a collection show.
pub async fn get_collection_tileset(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, set) = path.into_inner();
    let about = About::read(&app, &caller, &request, &code, Some(&name)).await?;
    matrix_set(&set)?;
    about.answer_tileset(&request)
}
