//! Telling each fault of a geometry that could not be read.

use super::explain::{Known, malformed, number, string};
use super::faults::{MAX_FAULTS, describe, excerpt, step};
use crate::split;

/// One thing that is wrong with a geometry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// JSON pointer inside the feature.
    pub(super) pointer: String,
    /// What is wrong, without a full stop.
    pub(super) reason: String,
}

/// Kinds of geometry, and how many arrays stand around a position.
const KINDS: [(&str, u32); 6] = [
    ("Point", 0),
    ("MultiPoint", 1),
    ("LineString", 1),
    ("MultiLineString", 2),
    ("Polygon", 2),
    ("MultiPolygon", 3),
];

/// Tells the faults of a geometry; at least one, as it is called only where reading failed.
pub(super) fn geometry(text: &str) -> Vec<Fault> {
    let mut walk = Walk { faults: Vec::new() };
    walk.geometry(text);
    if walk.faults.is_empty() {
        let why = super::fast::geometry(text).err().map(|error| error.to_string());
        walk.tell("/geometry", why.unwrap_or_else(|| "it is not GeoJSON".to_owned()));
    }
    walk.faults
}

struct Walk {
    faults: Vec<Fault>,
}

impl Walk {
    fn tell(&mut self, pointer: &str, reason: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { pointer: pointer.to_owned(), reason: reason.into() });
        }
    }

    fn geometry(&mut self, text: &str) {
        if !text.starts_with('{') {
            let reason = format!("an object or null is expected, not {}", describe(text));
            return self.tell("/geometry", reason);
        }
        let members = match split::members(text) {
            Ok(members) => members,
            Err(broken) => return self.tell("/geometry", malformed(text, broken.at)),
        };
        let known = Known::find_in_geometry(&members, |name, reason| match name {
            "" => self.tell("/geometry", reason),
            name => self.tell(&step("/geometry", name), reason),
        });
        if known.get("crs").is_some() {
            self.tell("/geometry/crs", "a geometry has no \"crs\"; send longitude and latitude");
        }
        let Some(kind) = known.get("type") else {
            return self.tell("/geometry", "it has no \"type\", for example \"Polygon\"");
        };
        let levels = match string(kind) {
            Err(reason) => return self.tell("/geometry/type", reason),
            Ok(kind) => match KINDS.iter().find(|(name, _)| *name == kind) {
                Some((_, levels)) => *levels,
                None => return self.tell("/geometry/type", not_a_kind(&kind)),
            },
        };
        match known.get("coordinates") {
            Some(text) => {
                self.coordinates(text, levels, &mut "/geometry/coordinates".to_owned());
            }
            None => self.tell("/geometry", "it has no \"coordinates\""),
        }
    }

    /// Goes down `levels` arrays of arrays to the positions.
    fn coordinates(&mut self, text: &str, levels: u32, pointer: &mut String) {
        if self.faults.len() >= MAX_FAULTS {
            return;
        }
        if !text.starts_with('[') {
            let what = match levels {
                0 => "a position (an array of longitude and latitude)",
                1 => "an array of positions",
                _ => "an array of arrays of positions",
            };
            return self.tell(pointer, format!("{what} is expected, not {}", describe(text)));
        }
        let elements = match split::elements(text) {
            Ok(elements) => elements,
            Err(broken) => return self.tell(pointer, malformed(text, broken.at)),
        };
        if levels == 0 {
            return self.position(&elements, pointer);
        }
        for (place, element) in elements.iter().enumerate() {
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(&place.to_string());
            self.coordinates(element, levels - 1, pointer);
            pointer.truncate(length);
        }
    }

    fn position(&mut self, elements: &[&str], pointer: &str) {
        if elements.first().is_some_and(|first| first.starts_with('[')) {
            return self.tell(pointer, "there is an array too many around the position");
        }
        if elements.len() < 2 {
            let count = if elements.is_empty() { "none" } else { "one" };
            let reason = format!("a position has longitude and latitude, and here is {count}");
            self.tell(pointer, reason);
        }
        for (place, element) in elements.iter().enumerate() {
            if place >= 2 && *element == "null" {
                continue;
            }
            if let Err(reason) = coordinate(element) {
                self.tell(&format!("{pointer}/{place}"), reason);
            }
        }
    }
}

fn not_a_kind(kind: &str) -> String {
    if kind == "GeometryCollection" {
        return "a GeometryCollection cannot be taken; send a Polygon or MultiPolygon".to_owned();
    }
    match KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)) {
        Some((name, _)) => format!("{kind:?} is written {name:?}"),
        None => format!("{:?} is not a kind of geometry", excerpt(kind)),
    }
}

fn coordinate(text: &str) -> Result<(), String> {
    let not_a_number = matches!(text.as_bytes().first(), Some(b'"' | b'[' | b'{'))
        || matches!(text, "null" | "true" | "false");
    if not_a_number {
        return Err(format!("a number is expected, not {}", describe(text)));
    }
    number(text).map(drop).map_err(|reason| format!("{}: {reason}", excerpt(text)))
}
