//! In which format a report is wanted.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::ogc::answer::quality;
use crate::problem::{NOT_ACCEPTABLE, Problem};
use crate::query::Parameters;

/// A format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `text/csv`.
    Csv,
    /// `text/html`.
    Html,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Csv => &["text/csv"],
            Self::Html => &["text/html", "application/xhtml+xml"],
        }
    }

    /// The format asked for by `f`, or else by the header `Accept`; JSON if by neither.
    ///
    /// # Errors
    /// `invalid-parameter`, `not-acceptable`.
    pub fn asked(
        parameters: &Parameters,
        request: &HttpRequest,
        offered: &[Self],
    ) -> Result<Self, Problem> {
        let words: Vec<&'static str> = offered.iter().map(|format| format.word()).collect();
        if let Some(word) = parameters.word("f", &words)? {
            return Ok(offered.iter().copied().find(|it| it.word() == word).unwrap_or(Self::Json));
        }
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let Some(accept) = accept else { return Ok(Self::Json) };
        // Among those that are wanted as much, one that was named, and then the first offered.
        let rank = |format: &Self| quality(accept, format.media_types());
        let wanted = offered.iter().copied().rev().filter(|format| rank(format).q > 0.0);
        let best = wanted.max_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.q.total_cmp(&b.q).then(a.is_exact.cmp(&b.is_exact))
        });
        if let Some(format) = best {
            return Ok(format);
        }
        let detail = format!("this comes as: {}; ask by \"Accept\" or \"f\"", words.join(", "));
        Err(Problem::new(NOT_ACCEPTABLE, detail))
    }
}

/// A table as CSV.
///
/// # Errors
/// `internal` when the table cannot be written.
pub fn csv(headings: &[&str], cells: &[Vec<String>]) -> Result<HttpResponse, Problem> {
    let body = exchange::table::to_csv(headings, cells).map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8; header=present").body(body))
}
