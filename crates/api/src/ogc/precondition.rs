//! Conditions of an edit: which version the client has read.
//!
//! # Source
//! RFC 9110 §13; OGC 20-002, requirement classes *optimistic locking*.

use std::time::{Duration, SystemTime};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HttpDate};
use store::Expected;
use survey::{Locking, RecordId};
use view::Record;

use super::answer::opaque;
use crate::problem::{INVALID_HEADER, PRECONDITION_FAILED, PRECONDITION_REQUIRED, Problem};

/// What a record has to be for an edit to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The record.
    pub id: RecordId,
    /// What is expected of it.
    pub expected: Expected,
}

impl Guard {
    /// It is not there yet.
    pub fn new_record(id: RecordId) -> Self {
        Self { id, expected: Expected::Absent }
    }

    /// This is its current version.
    pub fn version(id: RecordId, version: u32) -> Self {
        Self { id, expected: Expected::Version(version) }
    }

    /// Whether the client named the version it has read.
    pub fn names_a_version(self) -> bool {
        matches!(self.expected, Expected::Version(_))
    }
}

/// The number of the version an entity tag is of.
fn version_of(tag: &str) -> Option<u32> {
    opaque(tag).split('-').next()?.parse().ok()
}

/// When a version was recorded, as `Last-Modified` says it: in whole seconds.
pub fn last_modified(record: &Record) -> (header::HeaderName, HttpDate) {
    (header::LAST_MODIFIED, HttpDate::from(SystemTime::from(record.recorded_at)))
}

/// What the request's conditions ask of the current version of a record.
///
/// # Errors
/// `precondition-failed` when it is another; `precondition-required` when none is named and the
/// policy wants one; `invalid-header`.
pub fn guard(request: &HttpRequest, record: &Record, policy: Locking) -> Result<Guard, Problem> {
    let text = |name: header::HeaderName| {
        request.headers().get(name).map(|value| value.to_str().unwrap_or_default().trim())
    };
    if text(header::IF_NONE_MATCH) == Some("*") {
        let detail = format!("If-None-Match: * was sent, and {} is there", record.local_id);
        return Err(Problem::new(PRECONDITION_FAILED, detail));
    }
    if let Some(tags) = text(header::IF_MATCH) {
        return if_match(tags, record);
    }
    if let Some(date) = text(header::IF_UNMODIFIED_SINCE) {
        return if_unmodified_since(date, record);
    }
    match policy {
        Locking::Recommended => Ok(Guard { id: record.id, expected: Expected::Anything }),
        Locking::Required => Err(Problem::new(
            PRECONDITION_REQUIRED,
            format!("send the ETag of the record as If-Match: \"{}\"", record.version),
        )),
    }
}

fn if_match(tags: &str, record: &Record) -> Result<Guard, Problem> {
    if tags == "*" {
        return Ok(Guard { id: record.id, expected: Expected::Anything });
    }
    let versions: Vec<Option<u32>> = tags.split(',').map(|tag| version_of(tag.trim())).collect();
    if versions.contains(&Some(record.version)) {
        return Ok(Guard::version(record.id, record.version));
    }
    if versions.iter().all(Option::is_none) && !tags.contains('"') {
        let detail = "If-Match takes ETags in quotes, such as \"3\"";
        return Err(Problem::new(INVALID_HEADER, detail));
    }
    let detail = format!(
        "{tags} was read, and version {} is current; read it again, and decide on what it says now",
        record.version
    );
    Err(Problem::new(PRECONDITION_FAILED, detail).with("version", record.version))
}

fn if_unmodified_since(date: &str, record: &Record) -> Result<Guard, Problem> {
    // A condition that is no date is ignored, says RFC 9110; but then an edit somebody meant to
    // guard would not be.
    let since: HttpDate = date.parse().map_err(|_no| {
        Problem::new(INVALID_HEADER, "If-Unmodified-Since takes a date as Last-Modified has it")
    })?;
    let since = SystemTime::from(since) + Duration::from_secs(1);
    if SystemTime::from(record.recorded_at) < since {
        return Ok(Guard::version(record.id, record.version));
    }
    let detail = format!("version {} was recorded after {date}; read it again", record.version);
    Err(Problem::new(PRECONDITION_FAILED, detail).with("version", record.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_tag_of_a_version_names_it() {
        for tag in ["\"17\"", "\"17-ab12cd34\"", "W/\"17\"", "\"17-ab12cd34-gzip\""] {
            assert_eq!(version_of(tag), Some(17), "{tag}");
        }
        assert_eq!(version_of("\"other\""), None);
    }
}
