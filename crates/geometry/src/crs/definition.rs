//! What a reference system or an operation is, read from PROJ's description of it (PROJJSON).

use std::fmt;

use serde_json::Value;

use super::engine::{Recipe, is_stated};
use super::error::CrsError;
use super::reference::unknown;
use crate::bbox::Bbox;

/// The name of something in a register: who keeps the register, and the code in it.
///
/// # Examples
/// ```
/// use geometry::crs::Crs;
///
/// let crs = Crs::parse("urn:ogc:def:crs:EPSG::32648")?;
/// let code = crs.code().unwrap();
/// assert_eq!(code.to_string(), "EPSG:32648");
/// assert_eq!(code.uri(), "http://www.opengis.net/def/crs/EPSG/0/32648");
/// # Ok::<(), geometry::crs::CrsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// The keeper of the register, such as EPSG.
    pub authority: String,
    /// The code in it.
    pub code: String,
}

impl Code {
    /// The reference system's URI as OGC API Features has it (OGC 18-058r1, section 6.2).
    pub fn uri(&self) -> String {
        let Self { authority, code } = self;
        let (authority, version) = match authority.split_once('_') {
            Some(("IAU", year)) => ("IAU", year),
            _ if authority == "OGC" => ("OGC", "1.3"),
            _ => (authority.as_str(), "0"),
        };
        format!("http://www.opengis.net/def/crs/{authority}/{version}/{code}")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.authority, self.code)
    }
}

/// The area a reference system or an operation is meant for, as its register states it.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaOfUse {
    /// The area in words.
    pub name: String,
    /// The box around it.
    pub bbox: Bbox,
}

/// An axis of a reference system.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Its name, such as `Easting` or `Geodetic latitude`.
    pub name: String,
    /// Where its numbers grow: `east`, `north`, `west` or `south`.
    pub direction: String,
    /// The name of its unit, such as `metre` or `degree`.
    pub unit: String,
    /// The unit in metres, or in degrees if the axis is an angle.
    pub unit_size: f64,
}

/// What is known of a reference system.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) code: Option<Code>,
    pub(super) is_geographic: bool,
    pub(super) axes: [Axis; 2],
    pub(super) datum: String,
    /// It states the shift to WGS 84 itself.
    pub(super) is_bound: bool,
    pub(super) area: Option<AreaOfUse>,
}

/// Asks PROJ what a reference system is.
///
/// Of a compound one the horizontal part comes back, with the text that defines it.
pub(super) fn look_up(text: String) -> Result<(String, Definition), CrsError> {
    let made = Recipe::object(&text).made().map_err(|reason| unknown(&text, reason))?;
    let json = made.to_projjson(Some(false), None, None);
    let json: Value = json
        .ok()
        .and_then(|json| serde_json::from_str(&json).ok())
        .ok_or_else(|| unknown(&text, "it is no reference system"))?;
    let (text, json) = match json.get("type").and_then(Value::as_str) {
        Some("CompoundCRS") => {
            let part = json.pointer("/components/0").cloned().unwrap_or_default();
            (code_of(&part).map_or_else(|| part.to_string(), |code| code.to_string()), part)
        }
        _ => (text, json),
    };
    if has_text_parameter(&json) {
        return Err(unknown(&text, "its definition reads a file"));
    }
    match read(&json) {
        Ok(definition) => Ok((text, definition)),
        Err(reason) => {
            let crs = text.chars().take(60).collect();
            Err(CrsError::Unsupported { crs, reason: reason.to_owned() })
        }
    }
}

fn read(json: &Value) -> Result<Definition, &'static str> {
    let inner = json.get("source_crs").unwrap_or(json);
    let is_geographic = match inner.get("type").and_then(Value::as_str) {
        Some("GeographicCRS" | "DerivedGeographicCRS") => true,
        Some("ProjectedCRS" | "DerivedProjectedCRS") => false,
        Some("GeodeticCRS") => return Err("its coordinates are counted from the Earth's centre"),
        Some("VerticalCRS") => return Err("it has heights only"),
        _ => return Err("it is no reference system of places on the Earth"),
    };
    let axes = inner.pointer("/coordinate_system/axis").and_then(Value::as_array);
    let [first, second, ..] = axes.map_or(&[][..], Vec::as_slice) else {
        return Err("it has no two axes");
    };
    let mut base = inner;
    while let Some(below) = base.get("base_crs") {
        base = below;
    }
    let datum = base.get("datum").or_else(|| base.get("datum_ensemble"));
    Ok(Definition {
        name: text_of(inner, "name"),
        code: code_of(json).or_else(|| code_of(inner)),
        is_geographic,
        axes: [axis(first), axis(second)],
        datum: datum.map(|datum| text_of(datum, "name")).unwrap_or_default(),
        is_bound: json.get("source_crs").is_some(),
        area: area_of(json).or_else(|| area_of(inner)),
    })
}

fn axis(json: &Value) -> Axis {
    let unit = json.get("unit").unwrap_or(&Value::Null);
    let factor = unit.get("conversion_factor").and_then(Value::as_f64);
    let is_angle = unit.get("type").and_then(Value::as_str) == Some("AngularUnit");
    let unit_size = match factor {
        Some(radians) if is_angle => radians.to_degrees(),
        Some(metres) => metres,
        None => 1.0,
    };
    Axis {
        name: text_of(json, "name"),
        direction: text_of(json, "direction"),
        unit: unit.as_str().map_or_else(|| text_of(unit, "name"), str::to_owned),
        unit_size,
    }
}

fn text_of(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn code_of(json: &Value) -> Option<Code> {
    let id = json.get("id")?;
    let code = match id.get("code")? {
        Value::String(code) => code.clone(),
        number => number.to_string(),
    };
    let mut authority = text_of(id, "authority");
    if let Some(year) = id.get("version").and_then(Value::as_u64).filter(|_| authority == "IAU") {
        authority = format!("IAU_{year}");
    }
    Some(Code { authority, code })
}

/// The first area stated; the register gives some objects several, each for a purpose.
fn area_of(json: &Value) -> Option<AreaOfUse> {
    let usage = json.pointer("/usages/0").unwrap_or(json);
    let bbox = usage.get("bbox")?;
    let side = |key: &str| bbox.get(key).and_then(Value::as_f64);
    Some(AreaOfUse {
        name: text_of(usage, "area"),
        bbox: Bbox {
            west: side("west_longitude")?,
            south: side("south_latitude")?,
            east: side("east_longitude")?,
            north: side("north_latitude")?,
        },
    })
}

/// Tells whether a parameter's value is text: the name of a file.
fn has_text_parameter(json: &Value) -> bool {
    !grids_of(json).is_empty()
        || json.as_object().is_some_and(|members| {
            members.values().any(|member| match member {
                Value::Array(items) => items.iter().any(has_text_parameter),
                other => has_text_parameter(other),
            })
        })
}

fn grids_of(json: &Value) -> Vec<String> {
    let parameters = json.get("parameters").and_then(Value::as_array);
    let values = parameters.into_iter().flatten().filter_map(|parameter| parameter.get("value"));
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// One step of an operation that changes the datum.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DatumStep {
    /// Its name in the register, such as `Indian 1960 to WGS 84 (2)`.
    pub name: String,
    /// Its code; `None` for what a definition itself states, or PROJ has put together.
    pub code: Option<Code>,
    /// The accuracy the register states for it in its area, in metres; `None` if unknown.
    pub accuracy_m: Option<f64>,
    /// The area it was made for.
    pub area: Option<AreaOfUse>,
    /// The files of corrections it needs.
    pub grids: Vec<String>,
}

impl DatumStep {
    /// Looks an operation up by its name, or by its URN.
    pub(super) fn look_up(name: &str) -> Self {
        let made = Recipe::object(name).made().ok();
        let json = made.and_then(|made| made.to_projjson(Some(false), None, None).ok());
        let json: Value =
            json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let found = text_of(&json, "name");
        if !name.starts_with("urn:") && found != name {
            return Self::named(name);
        }
        let mut grids = grids_of(&json);
        let steps = json.get("steps").and_then(Value::as_array);
        grids.extend(steps.into_iter().flatten().flat_map(grids_of));
        let accuracy_m = json.get("accuracy").and_then(Value::as_str).and_then(|a| a.parse().ok());
        Self {
            name: found,
            code: code_of(&json),
            accuracy_m: accuracy_m.filter(|accuracy_m| is_stated(*accuracy_m)),
            area: area_of(&json),
            grids,
        }
    }

    fn named(name: &str) -> Self {
        let name = name.to_owned();
        Self { name, code: None, accuracy_m: None, area: None, grids: Vec::new() }
    }

    /// The steps that change the datum among those PROJ describes, joined by ` + `.
    pub(super) fn all_of(description: &str) -> Vec<Self> {
        description
            .split(" + ")
            .map(|step| step.strip_prefix("Inverse of ").unwrap_or(step))
            .filter(|step| step.contains(" to ") || step.contains("_To_"))
            .filter(|step| !step.starts_with("Null ") && !step.starts_with("Conversion from "))
            .map(|step| match step.split_once(" from ") {
                // These are of PROJ's making and in no register.
                Some(("Transformation" | "Ballpark geographic offset", _)) => Self::named(step),
                _ => Self::look_up(step),
            })
            .collect()
    }
}
