//! A style for maps of the tiles: patterns and colours that anybody tells apart, and no address of
//! anybody else.
//!
//! # Source
//! `MapLibre` Style Specification, version 8.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use survey::records::{Activity, HazardousArea, LandRelease, Region};
use survey::{CollectionRef, Programme, Record as _};

use super::WEB_MERCATOR_QUAD;
use super::sprite::{self, colour};
use crate::actor::Caller;
use crate::app::App;
use crate::ogc::about;
use crate::ogc::answer::{self, JSON, is_known, weak_tag};
use crate::ogc::base::Base;
use crate::ogc::collections::{link, this};
use crate::problem::Problem;
use crate::query::Parameters;

/// The one style there is.
pub const STYLE: &str = "land-release";

/// The files it takes: its patterns, and the same for displays with twice as many pixels.
pub const FILES: [&str; 4] = ["sprite.json", "sprite@2x.json", "sprite.png", "sprite@2x.png"];

/// The media type of styles.
pub const MBS: &str = "application/vnd.mapbox.style+json";

const SOURCE: &str = "programme";

/// The colour of what is of none of the kinds that have one, such as areas that are closed.
const OF_THE_REST: &str = "#8a8f94";

/// The colour of activities.
const OF_ACTIVITIES: &str = "#cc79a7";
const DASHES_OF_ACTIVITIES: &[f64] = &[1.0, 2.0];

/// The colours of the layers of a programme, in turn: told apart from each other and from those of
/// land.
const OF_LAYERS: &[&str] = &["#5e3c99", "#7a5c2e", "#3d5a1f", "#a0527f", "#3b3b3b", "#2f6f73"];

/// Their dashes, so that two of them differ in more than colour; none for a line without gaps.
const DASHES_OF_LAYERS: &[&[f64]] =
    &[&[], &[4.0, 1.5], &[1.5, 1.5], &[6.0, 1.5, 1.5, 1.5], &[3.0, 3.0], &[8.0, 2.0]];

/// Which pattern, or which colour, a record has by one of its properties.
fn by(property: &str, names: &[&str], paint: impl Fn(&str) -> Value) -> Value {
    let mut expression = vec![json!("match"), json!(["get", property])];
    for name in names {
        expression.extend([json!(name), paint(name)]);
    }
    expression.push(paint(names.first().unwrap_or(&"")));
    Value::Array(expression)
}

fn layer(id: &str, kind: &str, of: &str, paint: Value) -> Value {
    json!({ "id": id, "type": kind, "source": SOURCE, "source-layer": of, "paint": paint })
}

/// How strongly an area is drawn: faintly when it is closed and nothing of it remains, and less so
/// where a coarse tile does not tell what remains. What is not closed is drawn in full.
fn strength() -> Value {
    let is_closed = json!(["==", ["get", "closed"], true]);
    let remains_nothing = json!(["==", ["get", "remaining_m2"], 0]);
    json!(["case", ["all", is_closed, remains_nothing], 0.3, is_closed, 0.6, 1])
}

/// The colour of a square: that of the last of the codes that some record in it has.
fn colour_of_square(codes: &[&str]) -> Value {
    let mut expression = vec![json!("case")];
    for code in codes.iter().rev() {
        expression.push(json!([">", ["to-number", ["get", code], 0], 0]));
        expression.push(json!(colour(code)));
    }
    expression.push(json!(OF_THE_REST));
    Value::Array(expression)
}

/// What a place of the map has, to be drawn differently.
fn has_geometry(kind: &str) -> Value {
    json!(["==", ["geometry-type"], kind])
}

/// Grows with the zoom, from that of a country to that of a field.
fn growing(far: f64, near: f64) -> Value {
    json!(["interpolate", ["linear"], ["zoom"], 5, far, 11, near])
}

/// How large the circle of a square is, by how many records it counts.
fn size_of_square() -> Value {
    let count = json!(["to-number", ["get", "count"], 1]);
    json!(["interpolate", ["linear"], ["ln", count], 0, 2, 8, 8])
}

/// The layers of a collection of which everything is drawn alike, but for its points: areas tinted,
/// lines and outlines, and counts by squares.
fn plain(name: &str, colour: &str, dashes: &[f64]) -> [Value; 3] {
    let squares = format!("{name}-squares");
    let tint = json!({ "fill-color": colour, "fill-opacity": 0.1 });
    let mut fill = layer(&format!("{name}-fill"), "fill", name, tint);
    fill["filter"] = has_geometry("Polygon");
    let mut line = layer(
        &format!("{name}-line"),
        "line",
        name,
        json!({ "line-color": colour, "line-width": growing(1.2, 2.0) }),
    );
    if !dashes.is_empty() {
        line["paint"]["line-dasharray"] = json!(dashes);
    }
    line["filter"] = json!(["!=", ["geometry-type"], "Point"]);
    let counted = json!({
        "circle-color": colour,
        "circle-opacity": 0.6,
        "circle-radius": size_of_square(),
    });
    [layer(&squares, "circle", &squares, counted), fill, line]
}

/// The points of such a collection, as rings: over all areas, which would hide them, and open, so
/// that no hazardous area is hidden by them.
fn rings(name: &str, colour: &str) -> [Value; 2] {
    let points = format!("{name}-points");
    let ring = json!({
        "circle-radius": growing(3.0, 5.0),
        "circle-color": colour,
        "circle-opacity": 0,
        "circle-stroke-color": colour,
        "circle-stroke-width": growing(1.5, 2.5),
    });
    let mut own_points = layer(&format!("{name}-positions"), "circle", name, ring.clone());
    own_points["filter"] = has_geometry("Point");
    [layer(&points, "circle", &points, ring), own_points]
}

/// The collections in which everything is drawn alike, with colour and dashes: activities, and over
/// them the layers of the programme that have something to draw.
fn drawn_alike(programme: &Programme) -> Vec<(CollectionRef, &'static str, &'static [f64])> {
    let drawn = programme.collections().filter(|it| {
        let kinds = it.kinds();
        it.layer().is_some() && (kinds.point || kinds.line || kinds.area)
    });
    let looks = OF_LAYERS.iter().zip(DASHES_OF_LAYERS).cycle();
    let layers = drawn.zip(looks).map(|(it, (colour, dashes))| (it, *colour, *dashes));
    let activities = programme.collection(Activity::COLLECTION);
    let activities = activities.map(|it| (it, OF_ACTIVITIES, DASHES_OF_ACTIVITIES));
    activities.into_iter().chain(layers).collect()
}

/// The layers of areas in one collection: filled, outlined, as points, and counted.
fn areas(name: &str, property: &str, codes: &[&str]) -> Vec<Value> {
    let pattern = by(property, codes, |code| json!(code));
    let colours = by(property, codes, |code| json!(colour(code)));
    let (points, squares) = (format!("{name}-points"), format!("{name}-squares"));
    let dot = json!({
        "circle-radius": growing(2.5, 4.5),
        "circle-color": colours,
        "circle-opacity": strength(),
        "circle-stroke-color": "#222222",
        "circle-stroke-width": growing(0.3, 1.0),
        "circle-stroke-opacity": strength(),
    });
    let mut own_points = layer(&format!("{name}-positions"), "circle", name, dot.clone());
    own_points["filter"] = has_geometry("Point");
    let filled = json!({ "fill-pattern": pattern, "fill-opacity": strength() });
    let mut fill = layer(&format!("{name}-fill"), "fill", name, filled);
    fill["filter"] = has_geometry("Polygon");
    let line = json!({ "line-color": colours, "line-width": 1.5, "line-opacity": strength() });
    vec![
        layer(
            &squares,
            "circle",
            &squares,
            json!({
                "circle-color": colour_of_square(codes),
                "circle-opacity": 0.8,
                "circle-radius": size_of_square(),
            }),
        ),
        fill,
        layer(&format!("{name}-line"), "line", name, line),
        layer(&points, "circle", &points, dot),
        own_points,
    ]
}

fn document(base: &Base, programme: &Programme) -> Value {
    let root = base.programme(&programme.code);
    let mut layers = vec![json!({
        "id": "background",
        "type": "background",
        "paint": { "background-color": "#f4f4f2" },
    })];
    let region = json!({ "line-color": "#555555", "line-width": 1, "line-dasharray": [4, 2] });
    layers.push(layer("regions", "line", Region::COLLECTION, region));
    let alike = drawn_alike(programme);
    layers.extend(alike.iter().flat_map(|(it, colour, dashes)| plain(&it.name, colour, dashes)));
    layers.extend(areas(LandRelease::COLLECTION, "outcome", &["cancelled", "reduced", "cleared"]));
    layers.extend(areas(HazardousArea::COLLECTION, "classification", &["suspected", "confirmed"]));
    layers.extend(alike.iter().flat_map(|(it, colour, _)| rings(&it.name, colour)));
    json!({
        "version": 8,
        "name": format!("{}: hazardous areas and land releases", programme.name),
        "metadata": { "description": "Absence of a record does not mean absence of a hazard." },
        "sprite": format!("{root}/styles/{STYLE}/sprite"),
        "sources": {
            SOURCE: {
                "type": "vector",
                "url": format!("{root}/tiles/{WEB_MERCATOR_QUAD}?f=tilejson"),
                "promoteId": "id",
            },
        },
        "layers": layers,
    })
}

/// `GET …/styles`: the styles there are.
pub async fn list_styles(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    about::answer(&app, &caller, &request, &code, "Styles", |base, _served| {
        let root = format!("{}/styles", base.programme(&code));
        Ok(json!({
            "links": this(&root, JSON),
            "default": STYLE,
            "styles": [{
                "id": STYLE,
                "title": "Hazardous areas and land releases",
                "links": [link("stylesheet", MBS, &format!("{root}/{STYLE}"), "For MapLibre")],
            }],
        }))
    })
}

/// `GET …/styles/{style}`: the style, for `MapLibre`.
pub async fn get_style(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, style) = path.into_inner();
    let parameters = Parameters::read(&request, &["f"])?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    if style != STYLE {
        return Err(Problem::not_found("style", &style));
    }
    parameters.word("f", &["mbs"])?;
    let text = document(&Base::of(&app, &request), &served.programme()).to_string();
    Ok(unless_known(&request, MBS, text.into_bytes()))
}

/// `GET …/styles/{style}/{file}`: the patterns of a style.
pub async fn get_sprite(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, style, file) = path.into_inner();
    Parameters::read(&request, &[])?;
    app.programme(&caller, &code, Action::ReadRecords)?;
    let image = |ratio| sprite::image(ratio).map_err(Problem::internal);
    let (media_type, bytes) = match (style.as_str(), file.as_str()) {
        (STYLE, "sprite.json") => (JSON, sprite::index(1).to_string().into_bytes()),
        (STYLE, "sprite@2x.json") => (JSON, sprite::index(2).to_string().into_bytes()),
        (STYLE, "sprite.png") => ("image/png", image(1)?),
        (STYLE, "sprite@2x.png") => ("image/png", image(2)?),
        _ => return Err(Problem::not_found("file of a style", &format!("{style}/{file}"))),
    };
    Ok(unless_known(&request, media_type, bytes))
}

fn unless_known(request: &HttpRequest, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    let etag = weak_tag(&[media_type, &String::from_utf8_lossy(&bytes)]);
    let is_known = is_known(request, &etag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer::cacheable(&mut answer, &etag);
    if is_known {
        return answer.finish();
    }
    answer.insert_header((header::CONTENT_TYPE, media_type)).body(bytes)
}
