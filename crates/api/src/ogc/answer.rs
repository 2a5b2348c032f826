//! Answers that can be asked for again cheaply: entity tags, conditions, caching.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::html;
use crate::problem::{NOT_ACCEPTABLE, Problem};
use crate::submission::hexadecimal;

/// GeoJSON, RFC 7946.
pub const GEOJSON: &str = "application/geo+json";
/// JSON, RFC 8259.
pub const JSON: &str = "application/json";
/// JSON Schema, draft 2020-12.
pub const SCHEMA: &str = "application/schema+json";
/// HTML.
pub const HTML: &str = "text/html; charset=utf-8";
/// OpenAPI 3.0 as JSON; clients look for exactly this.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Whether the request's copy is still the right one.
///
/// # Source
/// RFC 9110 §13.1.2: the comparison is weak.
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let Some(known) = request.headers().get(header::IF_NONE_MATCH) else { return false };
    let known = known.to_str().unwrap_or_default();
    known.split(',').map(str::trim).any(|tag| tag == "*" || opaque(tag) == opaque(etag))
}

/// The tag without the sign of weakness, and without what proxies append when they compress.
pub fn opaque(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    ["-gzip", ";gzip", "-br", ";br", "-zstd", ";zstd"]
        .iter()
        .find_map(|suffix| tag.strip_suffix(suffix))
        .unwrap_or(tag)
}

/// Digits of a tag: 96 bits tell versions of a document apart.
const TAG_DIGITS: usize = 24;

/// A weak tag for what is determined by these texts.
pub fn weak_tag(parts: &[&str]) -> String {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    weak_tag_of(&parts)
}

/// A weak tag for what is determined by these bytes.
pub fn weak_tag_of(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let digits = hexadecimal(&digest);
    format!("W/\"{}\"", &digits[..TAG_DIGITS])
}

/// What may be kept: by whoever asked, who asks each time whether it is still so.
pub const CACHED: &str = "private, no-cache";

/// What an answer depends on besides its address. How it is compressed is said here, since the
/// answer to other origins keeps only one such header.
pub const VARIES: &str = "Accept, Accept-Encoding, Authorization";

/// What every answer of these doors says to caches: to ask again, and what it depends on.
pub fn cacheable(builder: &mut HttpResponseBuilder, etag: &str) {
    builder
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, CACHED))
        .insert_header((header::VARY, VARIES));
}

/// In which form a document is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The document itself.
    Json,
    /// A page made of it.
    Html,
}

/// The form asked for by `f`, or else by the header `Accept`: JSON unless HTML is preferred to it.
///
/// # Errors
/// `invalid-parameter`, `not-acceptable`.
pub fn form(request: &HttpRequest, f: Option<&str>, json_types: &[&str]) -> Result<Form, Problem> {
    match f {
        Some("json") => return Ok(Form::Json),
        Some("html") => return Ok(Form::Html),
        Some(_) => return Err(crate::query::invalid("f", "give json or html")),
        None => {}
    }
    let Some(accept) = request.headers().get(header::ACCEPT) else { return Ok(Form::Json) };
    let text = accept.to_str().unwrap_or_default();
    let json = quality(text, json_types);
    let html = quality(text, &["text/html", "application/xhtml+xml"]);
    if html.is_exact && html.q > 0.0 && (html.q > json.q || !json.is_exact) {
        return Ok(Form::Html);
    }
    if json.q > 0.0 {
        return Ok(Form::Json);
    }
    if html.q > 0.0 {
        return Ok(Form::Html);
    }
    let detail = format!("this comes as {} or text/html", json_types.join(", "));
    Err(Problem::new(NOT_ACCEPTABLE, detail))
}

/// How much something is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// From 0 to 1.
    pub q: f32,
    /// Whether it was named, and not only covered by a wildcard.
    pub is_exact: bool,
}

/// How much one of some media types is wanted by an `Accept` header.
///
/// # Source
/// RFC 9110 §12.5.1.
pub fn quality(accept: &str, types: &[&str]) -> Quality {
    let mut best = Quality { q: 0.0, is_exact: false };
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let q = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        let q = q.filter(|q| (0.0..=1.0).contains(q)).unwrap_or(1.0);
        let bare = |it: &str| it.split(';').next().unwrap_or_default().trim().to_owned();
        let is_exact = types.iter().any(|it| bare(it) == range);
        let is_covered = range == "*/*"
            || range
                .strip_suffix("/*")
                .is_some_and(|main| types.iter().any(|it| it.split('/').next() == Some(main)));
        if is_exact && (!best.is_exact || q > best.q) {
            best = Quality { q, is_exact };
        } else if is_covered && !best.is_exact && q > best.q {
            best.q = q;
        }
    }
    best
}

/// Answers with a document, as JSON or as a page, or says that the client's copy is current.
///
/// # Errors
/// As [`form`].
pub fn document(
    request: &HttpRequest,
    f: Option<&str>,
    media_type: &str,
    title: &str,
    document: &Value,
) -> Result<HttpResponse, Problem> {
    let form = form(request, f, &[media_type, JSON])?;
    let text = document.to_string();
    let word = if form == Form::Html { "html" } else { "json" };
    let etag = weak_tag(&[word, &text]);
    if is_known(request, &etag) {
        let mut same = HttpResponse::NotModified();
        cacheable(&mut same, &etag);
        return Ok(same.finish());
    }
    let mut answer = HttpResponse::Ok();
    cacheable(&mut answer, &etag);
    Ok(match form {
        Form::Json => answer.content_type(media_type).body(text),
        Form::Html => html::headers(&mut answer).body(html::page(title, document)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_that_compress_do_not_make_another_version() {
        assert_eq!(opaque("\"3\""), "3");
        assert_eq!(opaque("W/\"3-gzip\""), "3");
        assert_eq!(opaque("\"3;br\""), "3");
    }

    #[test]
    fn the_most_specific_range_counts() {
        let json = |accept: &str| quality(accept, &["application/geo+json", "application/json"]);
        assert_eq!(json("*/*"), Quality { q: 1.0, is_exact: false });
        assert_eq!(json("text/html, */*;q=0.1"), Quality { q: 0.1, is_exact: false });
        assert_eq!(json("application/json;q=0.5, */*"), Quality { q: 0.5, is_exact: true });
        assert_eq!(json("text/html"), Quality { q: 0.0, is_exact: false });
        assert_eq!(json("application/json;q=NaN"), Quality { q: 1.0, is_exact: true });
    }
}
