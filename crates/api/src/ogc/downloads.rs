//! Items as files of other formats: all that match, or a page of them.

use std::sync::Arc;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use exchange::layer::GeometryKind;
use exchange::{Format, WriteOptions};
use serde_json::Value;
use survey::CollectionRef;
use view::Snapshot;

use super::answer::{GEOJSON, JSON, cacheable, quality};
use super::choice::Style;
use super::collections::link;
use super::crs::Coordinates;
use crate::app::App;
use crate::export::{self, Exported, Records};
use crate::problem::Problem;
use crate::query::{Parameters, invalid};

/// How geometry stands in comma-separated values.
pub const GEOMETRIES: &[&str] = &["wkt", "lonlat"];

/// The words for `f` that give a page.
pub const PAGES: &[&str] = &["json", "html"];

/// A file as it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Download {
    /// Its format.
    pub format: Format,
    /// All items that match, since no limit was given.
    pub whole: bool,
    byte_order_mark: bool,
    as_positions: bool,
}

impl Download {
    /// The file asked for by `f`, or else by the header `Accept`; none where a page is.
    ///
    /// # Errors
    /// `invalid-parameter` when the format cannot have what else was asked for.
    pub fn read(
        request: &HttpRequest,
        parameters: &Parameters,
        style: &Style,
    ) -> Result<Option<Self>, Problem> {
        let format = match parameters.text("f") {
            Some(word) if PAGES.contains(&word) => None,
            Some(word) => Some(Format::by_word(word).ok_or_else(|| {
                invalid("f", &format!("\"{word}\" is not one of: {}", words().join(", ")))
            })?),
            None => accepted(request),
        };
        if format.is_none() {
            parameters.word("geometry", GEOMETRIES)?;
            parameters.flag("bom")?;
        }
        format.map(|format| Self::new(format, parameters, style)).transpose()
    }

    /// A file of this format, as `parameters` say.
    ///
    /// # Errors
    /// `invalid-parameter` when the format cannot have what else was asked for.
    pub fn new(format: Format, parameters: &Parameters, style: &Style) -> Result<Self, Problem> {
        let geometry = parameters.word("geometry", GEOMETRIES)?;
        let byte_order_mark = parameters.flag("bom")?;
        let title = format.title();
        if !style.coordinates.is_crs84() {
            let reason =
                format!("a file ({title}) is in longitude and latitude, CRS84; leave it out");
            return Err(invalid("crs", &reason));
        }
        if style.json_fg {
            let reason = "a file has no members of JSON-FG; ask for f=json, or leave it out";
            return Err(invalid("profile", reason));
        }
        if style.simplification.is_some() {
            let reason = "a file has boundaries as they were recorded; ask for f=json, or leave it \
                          and max-allowable-offset out";
            return Err(invalid("zoom-level", reason));
        }
        if style.skip_geometry && format.holds_only_geometry() {
            let reason = format!("{title} holds nothing without geometry; choose another format");
            return Err(invalid("skipGeometry", &reason));
        }
        Ok(Self {
            format,
            whole: parameters.text("limit").is_none(),
            byte_order_mark,
            as_positions: format.word() == "csv" && geometry == Some("lonlat"),
        })
    }

    /// The file in an address, as further parameters.
    pub fn in_address(self) -> String {
        let mut text = format!("&f={}", self.format.word());
        if self.byte_order_mark {
            text.push_str("&bom=true");
        }
        if self.as_positions {
            text.push_str("&geometry=lonlat");
        }
        text
    }

    /// What is to be written of a picture.
    pub fn of(
        self,
        app: &App,
        snapshot: &Arc<Snapshot>,
        collection: CollectionRef,
        style: &Style,
        records: Records,
    ) -> Exported {
        let mut layer = export::layer(&collection, self.format);
        layer.revision = i64::try_from(snapshot.revision()).ok();
        layer.made_at = Some(app.now());
        if let Some(names) = &style.properties {
            layer.columns.retain(|column| names.contains(&column.name));
        }
        if style.skip_geometry {
            layer.geometry = GeometryKind::None;
        } else if self.as_positions {
            layer.geometry = GeometryKind::Point;
        }
        Exported {
            snapshot: Arc::clone(snapshot),
            collection,
            layer,
            format: self.format,
            options: WriteOptions { byte_order_mark: self.byte_order_mark },
            only_columns: style.properties.is_some(),
            as_positions: self.as_positions,
            records,
        }
    }
}

/// Every word for `f`.
pub fn words() -> Vec<&'static str> {
    PAGES.iter().copied().chain(Format::all().iter().map(|format| format.word())).collect()
}

/// The format that `Accept` names and prefers to a page. GeoJSON is that of pages.
fn accepted(request: &HttpRequest) -> Option<Format> {
    let text = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    let pages = [quality(text, &[GEOJSON, JSON]), quality(text, &["text/html"])];
    let best_page = pages.iter().filter(|it| it.is_exact).map(|it| it.q).fold(0.0, f32::max);
    let wanted = Format::all().iter().filter(|format| format.media_type() != GEOJSON);
    wanted
        .map(|format| (quality(text, &[format.media_type()]), *format))
        .filter(|(quality, _)| quality.is_exact && quality.q > best_page)
        .reduce(|best, next| if next.0.q > best.0.q { next } else { best })
        .map(|(_, format)| format)
}

/// Links to the same items as files; `question` is what chooses them, and ends in `&` unless empty.
pub fn links(rel: &str, items: &str, question: &str) -> Vec<Value> {
    let kept = question.split_inclusive('&').filter(|one| !ONLY_OF_PAGES.contains(&name_of(one)));
    let question: String = kept.collect();
    let skips = question.contains("skipGeometry=true");
    let formats = Format::all().iter().filter(|format| !(skips && format.holds_only_geometry()));
    formats
        .map(|format| {
            let href = format!("{items}?{question}f={}", format.word());
            link(rel, format.media_type(), &href, &format!("All of them: {}", format.title()))
        })
        .collect()
}

/// Parameters that no file can have.
const ONLY_OF_PAGES: &[&str] = &["crs", "profile", "zoom-level", "max-allowable-offset"];

fn name_of(parameter: &str) -> &str {
    parameter.split('=').next().unwrap_or_default()
}

/// What the headers of a file say.
#[derive(Debug, Default)]
pub struct Told<'a> {
    /// The programme's code.
    pub programme: &'a str,
    /// The tag of the picture and the question.
    pub etag: &'a str,
    /// How many items the page holds, if it is one.
    pub returned: Option<usize>,
    /// How many match in all, if they were counted.
    pub matched: Option<u64>,
    /// The address of the next page.
    pub next: Option<String>,
}

/// The headers that say what a file is.
pub fn describe(
    answer: &mut HttpResponseBuilder,
    format: Format,
    programme: &str,
    collection: &str,
    revision: u64,
) {
    answer.content_type(match format.word() {
        "csv" => "text/csv; charset=utf-8; header=present",
        _ => format.media_type(),
    });
    let name = format!("{programme}-{collection}-r{revision}.{}", format.extension());
    let disposition = format!("attachment; filename=\"{name}\"");
    answer.insert_header((header::CONTENT_DISPOSITION, disposition));
    answer.insert_header(("Content-Crs", Coordinates::default().header()));
}

/// Sends the file, or only its headers.
///
/// # Errors
/// As [`export::send`].
pub async fn answer(
    app: &Arc<App>,
    request: &HttpRequest,
    exported: Exported,
    told: Told<'_>,
) -> Result<HttpResponse, Problem> {
    let format = exported.format;
    let mut answer = HttpResponse::Ok();
    cacheable(&mut answer, told.etag);
    let revision = exported.snapshot.revision();
    describe(&mut answer, format, told.programme, &exported.collection.name, revision);
    if let Some(returned) = told.returned {
        answer.insert_header(("OGC-NumberReturned", returned.to_string()));
    }
    if let Some(matched) = told.matched {
        answer.insert_header(("OGC-NumberMatched", matched.to_string()));
    }
    if let Some(next) = told.next {
        let value = format!("<{next}>; rel=\"next\"; type=\"{}\"", format.media_type());
        answer.append_header((header::LINK, value));
    }
    if request.method() == Method::HEAD {
        return Ok(answer.body(actix_web::body::None::new()));
    }
    export::send(app, exported, answer).await
}
