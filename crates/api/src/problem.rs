//! Every answer that is not a success: RFC 9457 problem documents with stable codes.
//!
//! This file is the only place where an error becomes an HTTP status. [`CATALOGUE`] lists every
//! code a client can meet; a test holds it against the README and against what the tests provoke.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

/// One kind of refusal, as promised to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemKind {
    /// Stable, kebab-case; the last part of the problem's `type`.
    pub code: &'static str,
    /// HTTP status (RFC 9110).
    pub status: u16,
    /// Short text which is the same for every problem of this kind.
    pub title: &'static str,
}

macro_rules! catalogue {
    ($($name:ident = $status:literal $code:literal $title:literal;)+) => {
        $(
            #[doc = concat!($status, ": ", $title)]
            pub const $name: ProblemKind =
                ProblemKind { code: $code, status: $status, title: $title };
        )+
        /// Every problem this server can answer with.
        pub const CATALOGUE: &[ProblemKind] = &[$($name),+];
    };
}

catalogue! {
    UNKNOWN_PARAMETER = 400 "unknown-parameter" "A query parameter is not known here";
    INVALID_PARAMETER = 400 "invalid-parameter" "A query parameter has a value that cannot be used";
    MISSING_PARAMETER = 400 "missing-parameter" "A query parameter is missing";
    INVALID_CURSOR = 400 "invalid-cursor" "The cursor was not made by this listing";
    INVALID_HEADER = 400 "invalid-header" "A request header has a value that cannot be used";
    UNREADABLE_BODY = 400 "unreadable-body" "The body could not be read";
    INVALID_BODY = 400 "invalid-body" "The body does not say what it has to";
    UNAUTHENTICATED = 401 "unauthenticated" "A valid token is needed";
    FORBIDDEN = 403 "forbidden" "This token may not do that here";
    NOT_FOUND = 404 "not-found" "There is no such resource";
    METHOD_NOT_ALLOWED = 405 "method-not-allowed" "This resource does not answer that method";
    NOT_ACCEPTABLE = 406 "not-acceptable" "None of the formats asked for can be given";
    CONFLICT = 409 "conflict" "The request conflicts with what is recorded";
    EXPORT_WITHOUT_RESULT = 404 "export-without-result" "The export has no file, or not yet";
    WITHDRAWN = 410 "withdrawn" "The record was withdrawn";
    EXPORT_GONE = 410 "export-gone" "The export is not kept here any more";
    PRECONDITION_FAILED = 412 "precondition-failed" "The record has changed since it was read";
    BODY_TOO_LARGE = 413 "body-too-large" "The body is larger than this server takes";
    URI_TOO_LONG = 414 "uri-too-long" "The query string is longer than this server takes";
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported-media-type" "The body is of a type that cannot be read";
    SUBMISSION_REJECTED = 422 "submission-rejected" "The submission has errors; nothing was applied";
    IDEMPOTENCY_KEY_REUSED = 422 "idempotency-key-reused" "This Idempotency-Key was used with another body";
    PRECONDITION_REQUIRED = 428 "precondition-required" "The version that was read must be named";
    RANGE_NOT_SATISFIABLE = 416 "range-not-satisfiable" "The file does not have those bytes";
    TOO_MANY_EXPORTS = 429 "too-many-exports" "Too many exports are not finished yet";
    INTERNAL = 500 "internal" "The server failed; the fault is ours";
    CORRUPT_RECORD = 500 "corrupt-record" "A stored record no longer satisfies its rules";
    UNAVAILABLE = 503 "unavailable" "The server cannot answer reliably now; try again";
}

/// A refusal on its way to the client. The cause is logged, never sent.
#[derive(Debug)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    members: Map<String, Value>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// The methods that are answered instead of the one refused.
    allow: Option<String>,
    /// The length of a file that does not have the bytes asked for.
    file_bytes: Option<u64>,
}

impl Problem {
    /// A problem of this kind; `detail` tells what is wrong in this case and how to mend it.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { kind, detail, members: Map::new(), cause: None, allow: None, file_bytes: None }
    }

    /// Adds an extension member (RFC 9457 §3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds all members of `document` as extension members.
    #[must_use]
    pub fn with_all(mut self, document: Map<String, Value>) -> Self {
        self.members.extend(document);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says in the header `Allow` which methods are answered.
    #[must_use]
    pub fn allowing(mut self, methods: &[&str]) -> Self {
        self.allow = Some(methods.join(", "));
        self
    }

    /// Says in the header `Content-Range` how long the file is (RFC 9110 §15.5.17).
    #[must_use]
    pub fn of_bytes(mut self, bytes: u64) -> Self {
        self.file_bytes = Some(bytes);
        self
    }

    /// The promised kind.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// What is wrong in this case.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// A fault of the server, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(INTERNAL, "the request could not be finished; nothing of it was applied")
            .caused_by(cause)
    }

    /// No such resource.
    pub fn not_found(what: &str, name: &str) -> Self {
        Self::new(NOT_FOUND, format!("there is no {what} \"{name}\" here"))
    }

    fn document(&self) -> Value {
        let mut document = Map::new();
        document.insert("type".into(), json!(format!("/problems/{}", self.kind.code)));
        document.insert("title".into(), json!(self.kind.title));
        document.insert("status".into(), json!(self.kind.status));
        document.insert("detail".into(), json!(self.detail));
        // OGC API – Features 1.0 clients read `code` and `description`.
        document.insert("code".into(), json!(self.kind.code));
        document.insert("description".into(), json!(self.detail));
        for (name, value) in &self.members {
            document.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(document)
    }

    fn log(&self) {
        let cause = self.cause.as_ref().map(|cause| chain(cause.as_ref()));
        if self.kind.status >= 500 {
            tracing::error!(code = self.kind.code, detail = self.detail, cause, "request failed");
        } else {
            tracing::info!(code = self.kind.code, detail = self.detail, cause, "request refused");
        }
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.code, self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.log();
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if self.kind == UNAUTHENTICATED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"safeground\""));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        if let Some(bytes) = self.file_bytes {
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{bytes}")));
        }
        if [UNAVAILABLE, TOO_MANY_EXPORTS].contains(&self.kind) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.body(self.document().to_string())
    }
}

/// The problem catalogue as served at `/problems` and `/problems/{code}`.
pub fn catalogue_document() -> Value {
    let problems: Vec<Value> = CATALOGUE
        .iter()
        .map(|kind| {
            json!({
                "type": format!("/problems/{}", kind.code),
                "code": kind.code,
                "status": kind.status,
                "title": kind.title,
            })
        })
        .collect();
    json!({ "problems": problems })
}
