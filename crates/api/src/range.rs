//! Parts of a file, as clients that go on after a break ask for them.

use std::ops::Range;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};

/// What of a file is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes that it does not have.
    Unsatisfiable,
}

/// Reads the headers `Range` and `If-Range`. Several ranges in one header are answered by the whole.
///
/// # Source
/// RFC 9110 §13.1.5, §14.1.2, §14.2.
pub fn wanted(request: &HttpRequest, etag: &str, bytes: u64) -> Part {
    let text = |name: HeaderName| request.headers().get(name).and_then(|it| it.to_str().ok());
    // A condition that does not hold, or a date, which we give none of, asks for the whole.
    if text(header::IF_RANGE).is_some_and(|known| known.trim() != etag) {
        return Part::Whole;
    }
    text(header::RANGE).map_or(Part::Whole, |range| parse(range, bytes))
}

fn parse(text: &str, bytes: u64) -> Part {
    let Some((unit, set)) = text.split_once('=') else { return Part::Whole };
    let Some((first, last)) = set.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    let range = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(bytes),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..bytes,
        (Err(_), Ok(count)) if first.trim().is_empty() => bytes.saturating_sub(count)..bytes,
        _ => return Part::Whole,
    };
    if range.is_empty() { Part::Unsatisfiable } else { Part::Bytes(range) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_range_of_bytes_is_read_as_the_standard_writes_it() {
        for (text, part) in [
            ("bytes=0-3", Part::Bytes(0..4)),
            ("bytes=8-", Part::Bytes(8..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-30", Part::Bytes(0..10)),
            ("bytes=5-500", Part::Bytes(5..10)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=3-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("nonsense", Part::Whole),
        ] {
            assert_eq!(parse(text, 10), part, "{text}");
        }
    }

    #[test]
    fn a_part_of_another_file_is_answered_by_the_whole() {
        let ask = |tag: &str| {
            let request = TestRequest::get()
                .insert_header((header::RANGE, "bytes=0-0"))
                .insert_header((header::IF_RANGE, tag.to_owned()));
            wanted(&request.to_http_request(), "\"a\"", 10)
        };
        assert_eq!(ask("\"a\""), Part::Bytes(0..1));
        assert_eq!(ask("\"b\""), Part::Whole);
        assert_eq!(ask("W/\"a\""), Part::Whole);
    }
}
