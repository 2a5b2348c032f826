//! In which format a report is wanted.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

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

    fn takes(self, range: &str) -> bool {
        match self {
            Self::Json => matches!(range, "*/*" | "application/*" | "application/json"),
            Self::Csv => range == "text/csv",
            Self::Html => matches!(range, "text/html" | "application/xhtml+xml"),
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
        let wanted = accept.split(',').filter_map(|range| range.split(';').next()).map(str::trim);
        for range in wanted {
            if let Some(format) = offered.iter().find(|format| format.takes(range)) {
                return Ok(*format);
            }
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

/// The text of a JSON value in a table.
pub fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
