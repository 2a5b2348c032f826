//! Query strings: every parameter is declared, anything else is refused by name.
//!
//! OGC API – Features 17-069r4 requires 400 for unknown parameters and for values that do not
//! parse (`/req/core/query-param-unknown`, `/req/core/query-param-invalid`).

use std::collections::BTreeMap;
use std::num::IntErrorKind;

use actix_web::HttpRequest;
use actix_web::web::Query;
use geometry::{Bbox, LonLat};
use percent_encoding::percent_decode_str;
use survey::{Day, RecordId};

use crate::problem::{
    INVALID_CURSOR, INVALID_PARAMETER, MISSING_PARAMETER, Problem, UNKNOWN_PARAMETER, URI_TOO_LONG,
};

/// A query string longer than this is refused: no honest request needs more.
const QUERY_LENGTH_MAX: usize = 16 * 1024;

const NOT_PERCENT_ENCODED: &str =
    "the query string is not percent-encoded UTF-8; a \"%\" that stands for itself is written %25";

/// Whether each `%` is followed by the two digits of a byte, and the bytes are UTF-8. Decoding puts
/// other characters where they are not, so that another question would be answered.
fn is_percent_encoded(text: &str) -> bool {
    let is_byte = |after: &str| {
        after.len() >= 2 && after.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
    };
    text.split('%').skip(1).all(is_byte) && percent_decode_str(text).decode_utf8().is_ok()
}

/// The parameters of one request, each to be taken exactly once by name.
#[derive(Debug)]
pub struct Parameters {
    given: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads the query string and refuses parameters outside `known`, and repeated ones.
    ///
    /// # Errors
    /// `unknown-parameter`, `invalid-parameter` (repeated or not UTF-8), `uri-too-long`.
    pub fn read(request: &HttpRequest, known: &[&str]) -> Result<Self, Problem> {
        let text = request.query_string();
        if text.len() > QUERY_LENGTH_MAX {
            return Err(Problem::new(
                URI_TOO_LONG,
                format!("a query string may have up to {QUERY_LENGTH_MAX} bytes"),
            ));
        }
        if !is_percent_encoded(text) {
            return Err(Problem::new(INVALID_PARAMETER, NOT_PERCENT_ENCODED));
        }
        let pairs = Query::<Vec<(String, String)>>::from_query(text).map_err(|error| {
            Problem::new(INVALID_PARAMETER, NOT_PERCENT_ENCODED).caused_by(error.to_string())
        })?;
        let mut given = BTreeMap::new();
        for (name, value) in pairs.into_inner() {
            admit(&name, &value, known)?;
            if given.insert(name.clone(), value).is_some() {
                return Err(invalid(&name, "it is given twice; give it once"));
            }
        }
        Ok(Self { given })
    }

    /// Takes parameters that were not in an address: by name, as they would stand in one.
    ///
    /// # Errors
    /// `unknown-parameter`, `invalid-parameter`.
    pub fn of(given: BTreeMap<String, String>, known: &[&str]) -> Result<Self, Problem> {
        for (name, value) in &given {
            admit(name, value, known)?;
        }
        Ok(Self { given })
    }

    /// The names of the parameters that were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(String::as_str)
    }

    /// The text of a parameter, if it was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }

    /// The text of a parameter that must be given.
    ///
    /// # Errors
    /// `missing-parameter`.
    pub fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| {
            Problem::new(MISSING_PARAMETER, format!("give the parameter \"{name}\""))
                .with("parameter", name)
        })
    }

    /// A finite decimal number.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.text(name).map(|text| number(name, text)).transpose()
    }

    /// `true` or `false`; absent is `false`.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(invalid(name, &format!("\"{other}\" is neither true nor false"))),
        }
    }

    /// A whole number ≥ 1; more than `max` is taken as `max` (OGC API – Features, `limit`).
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn limit(&self, default: usize, max: usize) -> Result<usize, Problem> {
        match self.text("limit") {
            None => Ok(default),
            Some(text) => match text.parse::<u64>().map_err(|error| *error.kind()) {
                Ok(limit) if limit > 0 => Ok(usize::try_from(limit).unwrap_or(max).min(max)),
                Err(IntErrorKind::PosOverflow) => Ok(max),
                Ok(_) | Err(_) => {
                    Err(invalid("limit", &format!("\"{text}\" is not a whole number from 1")))
                }
            },
        }
    }

    /// A cursor that is the id of the last record of the page before: for listings ordered by id.
    ///
    /// # Errors
    /// `invalid-cursor`.
    pub fn after_record(&self) -> Result<Option<RecordId>, Problem> {
        let Some(text) = self.text("cursor") else { return Ok(None) };
        text.parse::<RecordId>().map(Some).map_err(|error| {
            Problem::new(
                INVALID_CURSOR,
                "take the cursor from the \"next\" link of the page before, unchanged",
            )
            .caused_by(error)
        })
    }

    /// `offset`: a whole number from 0; absent is 0.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn offset(&self) -> Result<usize, Problem> {
        let Some(text) = self.text("offset") else { return Ok(0) };
        let read = text.parse::<u32>().map(|offset| offset as usize);
        read.map_err(|_no| invalid("offset", &format!("\"{text}\" is not a whole number from 0")))
    }

    /// Finite decimal numbers with commas between them.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn numbers(&self, name: &str) -> Result<Option<Vec<f64>>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.split(',').map(|part| number(name, part)).collect::<Result<_, _>>().map(Some)
    }

    /// The parameters given whose names are to be kept, as they stand in addresses; each ends with
    /// an ampersand.
    pub fn in_address(&self, keep: impl Fn(&str) -> bool) -> String {
        let kept = self.given().filter(|(name, _)| keep(name));
        kept.flat_map(|(name, value)| {
            [percent_encoded(name), "=".to_owned(), percent_encoded(value), "&".to_owned()]
        })
        .collect()
    }

    /// The parameters given, by name, in order.
    fn given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.given.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A calendar day, `YYYY-MM-DD`.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Problem> {
        self.text(name)
            .map(|text| {
                Day::parse_from_str(text, "%Y-%m-%d").map_err(|error| {
                    invalid(name, &format!("\"{text}\" is not a day written YYYY-MM-DD"))
                        .caused_by(error)
                })
            })
            .transpose()
    }

    /// `bbox`: west,south,east,north in degrees (CRS84), or six numbers with heights, which are
    /// not looked at. West greater than east crosses the antimeridian.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn bbox(&self) -> Result<Option<Bbox>, Problem> {
        if self.text("bbox").is_none() {
            return Ok(None);
        }
        let numbers = self.numbers("bbox")?.unwrap_or_default();
        let [west, south, east, north] = match numbers.as_slice() {
            [west, south, east, north] | [west, south, _, east, north, _] => {
                [*west, *south, *east, *north]
            }
            _ => {
                return Err(invalid("bbox", "give four numbers: west,south,east,north in degrees"));
            }
        };
        Bbox::new(west, south, east, north)
            .map(Some)
            .map_err(|defect| invalid("bbox", &defect.reason))
    }

    /// The position given by `lon` and `lat`, in degrees (CRS84).
    ///
    /// # Errors
    /// `missing-parameter`, `invalid-parameter`.
    pub fn position(&self) -> Result<LonLat, Problem> {
        let lon = number("lon", self.required("lon")?)?;
        let lat = number("lat", self.required("lat")?)?;
        LonLat::new(lon, lat).map_err(|defect| {
            let name = if (-180.0..=180.0).contains(&lon) { "lat" } else { "lon" };
            invalid(name, &defect.reason)
        })
    }

    /// One of a closed list of words; absent is `None`.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn word(
        &self,
        name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        words.iter().find(|word| **word == text).copied().map(Some).ok_or_else(|| {
            invalid(name, &format!("\"{text}\" is not one of: {}", words.join(", ")))
        })
    }
}

fn admit(name: &str, value: &str, known: &[&str]) -> Result<(), Problem> {
    if !known.contains(&name) {
        let mut allowed = known.to_vec();
        allowed.sort_unstable();
        let detail =
            format!("\"{name}\" is not a parameter here; known are: {}", allowed.join(", "));
        return Err(Problem::new(UNKNOWN_PARAMETER, detail).with("parameter", name));
    }
    if value.contains('\0') {
        return Err(invalid(name, "it holds a NUL character"));
    }
    Ok(())
}

fn number(name: &str, text: &str) -> Result<f64, Problem> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(invalid(name, &format!("\"{}\" is not a finite number", shortened(text)))),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A parameter whose value cannot be used.
pub fn invalid(name: &str, reason: &str) -> Problem {
    Problem::new(INVALID_PARAMETER, format!("parameter \"{name}\": {reason}"))
        .with("parameter", name)
}

/// A text as it stands in a query string.
pub fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
