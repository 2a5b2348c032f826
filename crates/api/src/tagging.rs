//! Entity tags of answers that bring none of their own.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};

use crate::ogc::answer::{CACHED, VARIES, is_known, weak_tag_of};

/// Tags what is read by its bytes, and sends none to whoever has them. What says itself how it is
/// kept, or is still being made when its first bytes are sent, has no tag.
pub(crate) async fn tag(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answer = next.call(request).await?;
    let is_read = matches!(*answer.request().method(), Method::GET | Method::HEAD);
    let says = |name| answer.headers().contains_key(name);
    let says_itself = says(header::ETAG) || says(header::CACHE_CONTROL);
    if !is_read || says_itself || answer.status() != StatusCode::OK {
        return Ok(answer);
    }
    let (request, response) = answer.into_parts();
    let answer = tagged(&request, response);
    Ok(ServiceResponse::new(request, answer))
}

fn tagged(request: &HttpRequest, response: HttpResponse) -> HttpResponse {
    let (mut response, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => return response.set_body(body),
    };
    let etag = weak_tag_of(&[&bytes]);
    if is_known(request, &etag) {
        let mut same = HttpResponse::NotModified().finish();
        put(same.headers_mut(), &etag);
        return same;
    }
    put(response.headers_mut(), &etag);
    response.set_body(BoxBody::new(bytes))
}

fn put(headers: &mut HeaderMap, etag: &str) {
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, etag);
    put(header::CACHE_CONTROL, CACHED);
    put(header::VARY, VARIES);
}
