//! Reading a feature piece by piece, to tell each of its faults by its place.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use survey::{Finding, rules};

use super::faults::{Faults, describe, excerpt, step};
use crate::crs;
use crate::limits::MAX_DEPTH;
use crate::split;

/// What could be read of a feature beside its geometry.
#[derive(Debug, Default)]
pub(super) struct Readable<'a> {
    pub(super) id: Option<String>,
    /// The text of the member `geometry`.
    pub(super) geometry: Option<&'a str>,
    pub(super) properties: Map<String, Value>,
    pub(super) faults: Faults,
}

/// Reads everything but the geometry; `faults` is empty when nothing is wrong with it.
pub(super) fn feature(text: &str) -> Readable<'_> {
    let mut readable = Readable::default();
    let faults = &mut readable.faults;
    if !text.starts_with('{') {
        let reason = format!("it is {}, not an object", describe(text));
        faults.because(&rules::NOT_A_FEATURE, "", reason);
        return readable;
    }
    let members = match split::members(text) {
        Ok(members) => members,
        Err(broken) => {
            faults.because(&rules::MALFORMED_JSON, "", malformed(text, broken.at));
            return readable;
        }
    };
    let known = Known::find(&members, "", faults);
    match known.get("type").map(string) {
        Some(Ok(kind)) if kind == "Feature" => {}
        Some(Ok(kind)) => {
            let reason = format!("its type is {:?}", excerpt(&kind));
            faults.because(&rules::NOT_A_FEATURE, "/type", reason);
        }
        Some(Err(reason)) => faults.because(&rules::NOT_A_FEATURE, "/type", reason),
        None => {
            faults.because(&rules::NOT_A_FEATURE, "", "it lacks \"type\": \"Feature\"");
        }
    }
    readable.id = known.get("id").and_then(|text| id(text, faults));
    readable.geometry = known.get("geometry");
    if let Some(text) = known.get("properties") {
        readable.properties = properties(text, faults);
    }
    if let Some(crs) = known.get("crs").and_then(crs::other_than_wgs84) {
        faults.add(Finding::new(&rules::OTHER_COORDINATE_SYSTEM, "/crs").with("crs", crs));
    }
    for (name, text) in &known.0 {
        if !MEMBERS.contains(&&**name) && serde_json::from_str::<IgnoredAny>(text).is_err() {
            faults.because(&rules::MALFORMED_JSON, &step("", name), "it cannot be read");
        }
    }
    readable
}

/// Members that are looked into; the others only have to be JSON.
const MEMBERS: [&str; 5] = ["type", "id", "geometry", "properties", "crs"];

/// Members by name; those that stand twice are told.
pub(super) struct Known<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Known<'a> {
    fn find(members: &[(&'a str, &'a str)], pointer: &str, faults: &mut Faults) -> Self {
        Self(named(members, |name, reason| match reason {
            Some(reason) => faults.wrong_value(pointer, name, &reason),
            None => faults.wrong_value(&step(pointer, name), name, TWICE),
        }))
    }

    /// As [`Self::find`], for who tells faults in another way.
    pub(super) fn find_in_geometry(
        members: &[(&'a str, &'a str)],
        mut tell: impl FnMut(&str, String),
    ) -> Self {
        Self(named(members, |name, reason| match reason {
            Some(reason) => tell("", reason),
            None => tell(name, format!("{:?}: {TWICE}", excerpt(name))),
        }))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

const TWICE: &str = "it stands twice; keep one of them";

/// Decodes names, and tells of those that cannot be read (with the reason) or stand twice.
fn named<'a>(
    members: &[(&'a str, &'a str)],
    mut tell: impl FnMut(&str, Option<String>),
) -> Vec<(Cow<'a, str>, &'a str)> {
    let mut known = Vec::with_capacity(members.len());
    let mut names = HashSet::with_capacity(members.len());
    for (written, value) in members {
        match string(written) {
            Err(reason) => tell(written, Some(reason)),
            Ok(name) => {
                if !names.insert(name.clone()) {
                    tell(&name, None);
                }
                known.push((name, *value));
            }
        }
    }
    known
}

/// Reads an id: text or number, `null` is none.
pub(super) fn id(text: &str, faults: &mut Faults) -> Option<String> {
    match text.as_bytes().first() {
        Some(b'"') => match string(text) {
            Ok(id) => return Some(id.into_owned()),
            Err(reason) => faults.wrong_value("/id", text, &reason),
        },
        Some(b'-' | b'0'..=b'9') => match number(text) {
            Ok(_) => return Some(text.to_owned()),
            Err(reason) => faults.wrong_value("/id", text, &reason),
        },
        _ if text == "null" => {}
        _ => faults.wrong_type("/id", text, "a text or a number"),
    }
    None
}

fn properties(text: &str, faults: &mut Faults) -> Map<String, Value> {
    match text.as_bytes().first() {
        Some(b'{') => match value(text, "/properties", 0, faults) {
            Value::Object(map) => return map,
            _ => return Map::new(),
        },
        _ if text == "null" => {}
        _ => faults.wrong_type("/properties", text, "an object or null"),
    }
    Map::new()
}

/// Reads a value; what cannot be read is told and becomes `null`.
fn value(text: &str, pointer: &str, depth: u32, faults: &mut Faults) -> Value {
    if faults.is_full() || depth > MAX_DEPTH {
        return Value::Null;
    }
    match text.as_bytes().first() {
        Some(b'{') => match split::members(text) {
            Err(broken) => {
                faults.because(&rules::MALFORMED_JSON, pointer, malformed(text, broken.at));
            }
            Ok(members) => {
                let known = Known::find(&members, pointer, faults).0;
                let read = |(name, text): (Cow<'_, str>, &str)| {
                    let value = value(text, &step(pointer, &name), depth + 1, faults);
                    (name.into_owned(), value)
                };
                return Value::Object(known.into_iter().map(read).collect());
            }
        },
        Some(b'[') => match split::elements(text) {
            Err(broken) => {
                faults.because(&rules::MALFORMED_JSON, pointer, malformed(text, broken.at));
            }
            Ok(elements) => {
                let read = |(place, text): (usize, &&str)| {
                    value(text, &format!("{pointer}/{place}"), depth + 1, faults)
                };
                return Value::Array(elements.iter().enumerate().map(read).collect());
            }
        },
        Some(b'"') => match string(text) {
            Ok(read) => return Value::String(read.into_owned()),
            Err(reason) => faults.wrong_value(pointer, text, &reason),
        },
        _ => match serde_json::from_str(text) {
            Ok(value) => return value,
            Err(_) => faults.wrong_value(pointer, text, why_no_number(text)),
        },
    }
    Value::Null
}

/// Reads a JSON string, or says why it cannot be read.
pub(super) fn string(text: &str) -> Result<Cow<'_, str>, String> {
    #[derive(serde::Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    match serde_json::from_str::<Text<'_>>(text) {
        Ok(Text(read)) => Ok(read),
        Err(_) if !text.starts_with('"') => {
            Err(format!("a text is expected, not {}", describe(text)))
        }
        Err(error) => {
            let told = error.to_string();
            let reason = if told.contains("surrogate") || told.contains("hex escape") {
                "half of a pair of \\u escapes stands alone"
            } else if told.contains("control character") {
                "a control character stands in it unescaped"
            } else {
                "there is a wrong escape in it"
            };
            Err(reason.to_owned())
        }
    }
}

/// Reads a JSON number, or says why it cannot be read.
pub(super) fn number(text: &str) -> Result<f64, String> {
    serde_json::from_str(text).map_err(|_unexplained| why_no_number(text).to_owned())
}

fn why_no_number(text: &str) -> &'static str {
    let digits = text.trim_start_matches(['-', '+']);
    if matches!(digits, "NaN" | "nan" | "Infinity" | "inf" | "Inf" | "None" | "undefined") {
        "JSON has no such number; write null, or leave it out"
    } else if digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.parse::<f64>().is_ok_and(f64::is_infinite)
    {
        "it is too large for a number"
    } else {
        "it is neither a number nor true, false or null"
    }
}

/// Says where a text stops being JSON.
pub(super) fn malformed(text: &str, at: usize) -> String {
    match text.get(at..) {
        None | Some("") => "it ends too early".to_owned(),
        Some(behind) => format!("{:?} at byte {at} is not expected there", excerpt(behind)),
    }
}
