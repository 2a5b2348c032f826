//! The viewer: its files are part of the programme, and it asks nobody but this server, and for the
//! map under the records the one that the operator has named.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    ContentEncoding, ETAG, Encoding, Header as _, IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::basemap::Basemap;
use crate::problem::Problem;

/// One file of the built viewer, as it is and as it is sent to those who can unpack it.
struct ViewerFile {
    name: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

const FILES: &[ViewerFile] = include!(concat!(env!("OUT_DIR"), "/viewer_files.rs"));

/// The SHA-256 of each file, by name.
static DIGESTS: LazyLock<BTreeMap<&str, String>> =
    LazyLock::new(|| FILES.iter().map(|file| (file.name, digest(file.plain))).collect());

/// The page runs and fetches what this server sends and nothing else. Images are drawn from blobs
/// where a chart is saved as a picture.
fn policy(app: &App) -> String {
    let map = app.basemap().and_then(Basemap::origin).map(|origin| format!(" {origin}"));
    let map = map.unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
         img-src 'self' blob: data:{map}; connect-src 'self'{map}; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

const INDEX: &str = "index.html";
const PAGE_WITHOUT_VIEWER: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
     <meta name=\"viewport\" content=\"width=device-width\"><title>Safeground</title></head>\
     <body><main><h1>The viewer is not part of this build</h1>\
     <p>Build it with <code>make web</code>, then build the server again.</p>\
     <p>Every address of <a href=\"/programmes\">the interface</a> answers with a page, too.</p>\
     </main></body></html>\n";

/// `GET /viewer` and `GET /viewer/{file}`: the viewer's page and its files.
pub async fn get_viewer(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("file").filter(|name| !name.is_empty());
    let Some(file) = FILES.iter().find(|file| file.name == name.unwrap_or(INDEX)) else {
        return match name {
            None if FILES.is_empty() => Ok(page_without_viewer(&app)),
            _ => Err(Problem::not_found("file of the viewer", name.unwrap_or(INDEX))),
        };
    };
    let (encoding, bytes) = chosen(&request, file);
    let digest = DIGESTS.get(file.name).map_or("", String::as_str);
    let tag = format!("\"{digest}-{encoding}\"");
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, keeping(file.name)))
        .insert_header((VARY, ACCEPT_ENCODING.as_str()))
        .insert_header((CONTENT_SECURITY_POLICY, policy(&app)))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header(("Service-Worker-Allowed", "/viewer"));
    if is_known {
        return Ok(answer.finish());
    }
    Ok(answer
        .insert_header((CONTENT_ENCODING, encoding))
        .content_type(media_type(file.name))
        .body(bytes))
}

/// The smallest form that the client can unpack.
fn chosen(request: &HttpRequest, file: &ViewerFile) -> (&'static str, &'static [u8]) {
    let forms = [
        (ContentEncoding::Brotli, file.brotli),
        (ContentEncoding::Gzip, file.gzip),
        (ContentEncoding::Identity, Some(file.plain)),
    ];
    let there: Vec<_> = forms.into_iter().filter_map(|(name, b)| b.map(|b| (name, b))).collect();
    let encodings: Vec<Encoding> = there.iter().map(|(name, _)| Encoding::Known(*name)).collect();
    let accepted = AcceptEncoding::parse(request).ok();
    let chosen = accepted.and_then(|accepted| accepted.negotiate(encodings.iter()));
    there
        .into_iter()
        .find(|(name, _)| chosen == Some(Encoding::Known(*name)))
        .map_or(("identity", file.plain), |(name, bytes)| (name.as_str(), bytes))
}

/// Files below `assets` carry their digest in their name, and never change.
fn keeping(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn page_without_viewer(app: &App) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy(app)))
        .body(PAGE_WITHOUT_VIEWER)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
