//! Reading one feature: quickly when nothing is wrong, otherwise with every fault told.

use geometry::RawGeometry;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use survey::{Finding, WireFeature, WireGeometry, rules};

use crate::reader::{FeatureFault, RawFeature};
use faults::Faults;

mod explain;
mod explain_geometry;
mod fast;
mod faults;
mod positions;

/// Reads one feature.
///
/// A geometry that cannot be read does not lose the feature: it comes back as
/// [`WireGeometry::Unreadable`], with its text and the positions that could be made out, so that a
/// hazardous area can be kept as unlocated. The same holds for a feature without the member
/// `geometry`.
///
/// Numbers of a position beyond longitude and latitude are dropped. A `crs` member is accepted
/// only where it names WGS 84. An id that is a number becomes a text; a null id is none.
///
/// # Errors
/// Everything that is wrong with the feature beside its geometry, and with its geometry too, each
/// with its JSON pointer: text that is not JSON, a value of the wrong type, a member that stands
/// twice, a number too large, half of a surrogate pair, a text or a depth over the reader's limits.
///
/// # Source
/// RFC 7946 §§3–4, RFC 8259 §§4, 6, 8.
///
/// # Examples
/// ```
/// use survey::WireGeometry;
/// let text = r#"{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[103.2]},
///                "properties":{"local_id":"KH-7"}}"#;
/// let raw = exchange::read_features(text.as_bytes(), exchange::ReadLimits::default())
///     .next().ok_or("nothing to read")??;
/// let feature = exchange::parse_feature(&raw).map_err(|findings| findings[0].message.clone())?;
/// assert_eq!(feature.id.as_deref(), Some("7"));
/// let WireGeometry::Unreadable { pointer, .. } = feature.geometry else { return Err("read".into()) };
/// assert_eq!(pointer, "/geometry/coordinates");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_feature(raw: &RawFeature) -> Result<WireFeature, Vec<Finding>> {
    if let Some(fault) = raw.fault {
        return Err(over_a_limit(raw, fault));
    }
    let text = raw.text.trim();
    match read(text) {
        Some(Read { id, geometry, properties }) => {
            let (geometry, raw_geometry) = match geometry {
                None => (WireGeometry::Absent, None),
                Some((text, Ok(geometry))) => (WireGeometry::Read(geometry), Some(text.to_owned())),
                Some((text, Err(_))) => (unreadable(text), Some(text.to_owned())),
            };
            Ok(WireFeature { index: raw.index, id, geometry, raw_geometry, properties })
        }
        None => explain(raw.index, text),
    }
}

struct Read<'a> {
    id: Option<String>,
    geometry: Option<(&'a str, Result<RawGeometry, serde_json::Error>)>,
    properties: Map<String, Value>,
}

/// Reads a feature that has, its geometry aside, nothing wrong with it.
fn read(text: &str) -> Option<Read<'_>> {
    let members: fast::Members<'_> = serde_json::from_str(text).ok()?;
    let geometry = members.geometry.map(RawValue::get)?;
    let id = members.id.map_or("null", RawValue::get);
    let mut faults = Faults::default();
    let id = explain::id(id, &mut faults);
    if members.kind != "Feature" || members.crs.is_some() || !faults.is_empty() {
        return None;
    }
    let geometry = (geometry != "null").then(|| (geometry, fast::geometry(geometry)));
    Some(Read { id, geometry, properties: members.properties.0 })
}

/// Reads a feature that has something wrong with it.
fn explain(index: u64, text: &str) -> Result<WireFeature, Vec<Finding>> {
    let explain::Readable { id, geometry, properties, mut faults } = explain::feature(text);
    let read = geometry.filter(|text| *text != "null").map(|text| (text, fast::geometry(text)));
    if faults.is_empty() {
        let geometry = match (&read, geometry) {
            (Some((_, Ok(read))), _) => WireGeometry::Read(read.clone()),
            (Some((text, Err(_))), _) => unreadable(text),
            (None, Some(_)) => WireGeometry::Absent,
            (None, None) => WireGeometry::Unreadable {
                pointer: "/geometry".to_owned(),
                reason: "the member \"geometry\" is missing; write null where the place is unknown"
                    .to_owned(),
                positions: Vec::new(),
            },
        };
        let raw_geometry = read.map(|(text, _)| text.to_owned());
        return Ok(WireFeature { index, id, geometry, raw_geometry, properties });
    }
    if let Some((text, Err(_))) = read {
        for fault in explain_geometry::geometry(text) {
            faults.because(&rules::GEOMETRY_UNREADABLE, &fault.pointer, fault.reason);
        }
    }
    let local_id = properties.get("local_id").and_then(Value::as_str);
    Err(faults.of_feature(index, id.as_deref().or(local_id)))
}

fn unreadable(text: &str) -> WireGeometry {
    let mut told = explain_geometry::geometry(text).into_iter();
    let (pointer, mut reason) =
        told.next().map(|fault| (fault.pointer, fault.reason)).unwrap_or_default();
    for further in told.take(MORE_FAULTS) {
        for piece in ["; ", &further.pointer, ": ", &further.reason] {
            reason.push_str(piece);
        }
    }
    WireGeometry::Unreadable { pointer, reason, positions: positions::usable(text) }
}

/// Faults of a geometry told behind its first.
const MORE_FAULTS: usize = 4;

fn over_a_limit(raw: &RawFeature, fault: FeatureFault) -> Vec<Finding> {
    let finding = match fault {
        FeatureFault::TooLarge { limit_bytes } => {
            Finding::new(&rules::FEATURE_TOO_LARGE, "").with("limit", limit_bytes)
        }
        FeatureFault::TooDeep { limit } => Finding::new(&rules::PROPERTIES_TOO_LARGE, "")
            .with("found", format!("more than {limit}"))
            .with("what", "levels of brackets")
            .with("limit", limit),
    };
    vec![finding.of_feature(raw.index, None)]
}
