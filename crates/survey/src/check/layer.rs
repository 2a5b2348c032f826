//! The check of one feature of a layer.

use chrono::SecondsFormat;
use geometry::{Geometry, RawGeometry};
use serde_json::{Map, Number, Value};

use super::properties::{check_size, check_texts, pointer_of, trim};
use super::schema::Fields;
use super::{faults, record_id, shape, text};
use crate::feature::{CheckContext, Checked, PreparedRecord, WireFeature, WireGeometry};
use crate::finding::{Finding, Findings};
use crate::id::{Day, local_id_key};
use crate::layer::{LOCAL_ID, Layer, LayerGeometry, LayerKind};
use crate::limits;
use crate::record::{Attributes, StoredFacts};
use crate::rules;

/// Checks one feature by the definition of a layer.
pub(crate) fn feature(
    layer: &Layer,
    fields: &Fields,
    wire: WireFeature,
    context: &CheckContext<'_>,
) -> Checked {
    let WireFeature { index, id, geometry, raw_geometry: _, mut properties } = wire;
    let mut out = Findings::default();
    let local_id = if check_size(&properties, &mut out) {
        write_as_declared(layer, &mut properties);
        trim(fields, &mut properties);
        check_properties(layer, fields, &properties, &mut out);
        name(layer, &mut properties, id.as_deref(), index, &mut out)
    } else {
        None
    };
    let geometry = check_geometry(layer, geometry, &mut out);
    let record = local_id.clone().filter(|_| !out.has_errors()).map(|local_id| PreparedRecord {
        index,
        id: record_id(id.as_deref()),
        local_id,
        effective_on: day_of(layer, &properties).unwrap_or(context.today),
        organisation: None,
        geometry,
        caution: None,
        raw_geometry: None,
        properties,
    });
    let known = id.or(local_id);
    let findings = out.into_vec().into_iter();
    let findings = findings.map(|finding| finding.of_feature(index, known.as_deref())).collect();
    Checked { findings, record, fallback: None }
}

/// Writes values as the types of their properties have them, where that loses nothing: what is not
/// a text where one is meant, since codes often look like numbers, and numbers and instants in one
/// spelling, so that the same value out of another format makes no new version.
fn write_as_declared(layer: &Layer, properties: &mut Map<String, Value>) {
    for (name, value) in properties.iter_mut() {
        let declared = match layer.property(name) {
            Some(property) => property.kind,
            None if name == LOCAL_ID => LayerKind::Text,
            None => continue,
        };
        let written = match (declared, &*value) {
            (LayerKind::Text, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
            (LayerKind::Integer | LayerKind::Number, Value::Number(number)) => whole(number),
            (LayerKind::Timestamp, Value::String(text)) => instant(text),
            _ => None,
        };
        if let Some(written) = written {
            *value = written;
        }
    }
}

/// A whole number that is written with a fraction of nothing, as programs do whose column has gaps.
fn whole(number: &Number) -> Option<Value> {
    let float = number.as_f64().filter(|_| !number.is_i64() && !number.is_u64())?;
    let is_whole = float.fract() == 0.0 && float.abs() < EXACT_BELOW;
    is_whole.then(|| Value::from(float as i64))
}

/// Whole numbers below it are all told apart by a number of 64 bits with a fraction.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// An instant as RFC 3339 prefers it, in the offset it was given in.
fn instant(text: &str) -> Option<Value> {
    let instant = chrono::DateTime::parse_from_rfc3339(text.trim()).ok()?;
    Some(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

fn check_properties(
    layer: &Layer,
    fields: &Fields,
    properties: &Map<String, Value>,
    out: &mut Findings,
) {
    for (name, value) in properties {
        let pointer = pointer_of(name);
        check_texts(value, &pointer, out);
        match (layer.property(name), fields.get(name)) {
            (Some(property), Some(field)) => {
                if !property.takes(value) {
                    out.push(faults::explain(value, &field.schema, pointer, "invalid type"));
                }
            }
            (None, Some(field)) => {
                if !value.is_string() {
                    out.push(faults::explain(value, &field.schema, pointer, "invalid type"));
                }
            }
            _ => out.push(unknown(layer, properties, name)),
        }
    }
    for property in layer.properties.iter().filter(|property| property.required) {
        if !properties.contains_key(&property.name) {
            let field = fields.get(&property.name);
            out.push(
                Finding::new(&rules::MISSING_PROPERTY, pointer_of(&property.name))
                    .with("property", &property.name)
                    .with("description", field.map_or("", |field| field.description())),
            );
        }
    }
}

fn unknown(layer: &Layer, properties: &Map<String, Value>, name: &str) -> Finding {
    let absent: Vec<&str> = layer.names().filter(|it| !properties.contains_key(*it)).collect();
    let same = absent.iter().find(|it| it.to_lowercase() == name.trim().to_lowercase()).copied();
    let meant = same.or_else(|| text::nearest(name, &absent));
    Finding::new(&rules::PROPERTY_NOT_IN_LAYER, pointer_of(name))
        .with("layer", &layer.name)
        .with("property", text::shortened(name))
        .suggesting(meant.map(Value::from))
}

/// Names the record; none when it has no name.
fn name(
    layer: &Layer,
    properties: &mut Map<String, Value>,
    id: Option<&str>,
    index: u64,
    out: &mut Findings,
) -> Option<String> {
    let text = |name: &str| match properties.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let given = text(LOCAL_ID);
    let by_property = layer.id_property.as_deref().map(|name| (name, text(name)));
    if let (Some(given), Some((property, Some(named)))) = (&given, &by_property)
        && local_id_key(given) != local_id_key(named)
    {
        out.push(
            Finding::new(&rules::LOCAL_ID_DIFFERS, pointer_of(property))
                .with("local_id", text::shortened(given))
                .with("property", property)
                .with("named", text::shortened(named)),
        );
        return None;
    }
    let by_id = || id.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
    let by_place = || layer.numbered.then(|| (index + 1).to_string());
    let found = match &by_property {
        Some((_, named)) => named.clone().or(given),
        None => given.or_else(by_id).or_else(by_place),
    };
    let Some(local_id) = found else {
        match layer.id_property.as_deref().and_then(|name| layer.property(name)) {
            None => out.push(Finding::new(&rules::MISSING_LOCAL_ID, pointer_of(LOCAL_ID))),
            // What every record has to have was missed already.
            Some(property) if property.required => {}
            Some(property) => out.push(
                Finding::new(&rules::MISSING_PROPERTY, pointer_of(&property.name))
                    .with("property", &property.name)
                    .with("description", "it names the records of this layer"),
            ),
        }
        return None;
    };
    let length = local_id.chars().count();
    if length > limits::MAX_LOCAL_ID {
        out.push(
            Finding::new(&rules::TEXT_TOO_LONG, pointer_of(LOCAL_ID))
                .with("length", length)
                .with("limit", limits::MAX_LOCAL_ID),
        );
        return None;
    }
    properties.insert(LOCAL_ID.to_owned(), Value::from(local_id.as_str()));
    Some(local_id)
}

fn check_geometry(layer: &Layer, wire: WireGeometry, out: &mut Findings) -> Option<Geometry> {
    let raw: RawGeometry = match wire {
        WireGeometry::Absent => return None,
        WireGeometry::Unreadable { pointer, reason, .. } => {
            out.push(Finding::new(&rules::GEOMETRY_UNREADABLE, pointer).with("reason", reason));
            return None;
        }
        WireGeometry::Read(raw) => raw,
    };
    let kind = raw.kind();
    if !LayerGeometry::of_geojson(kind).is_some_and(|kind| layer.geometry.contains(&kind)) {
        let kinds: Vec<&str> = layer.geometry.iter().map(|kind| kind.words()).collect();
        let kinds = if kinds.is_empty() { "no geometry".to_owned() } else { kinds.join(" and ") };
        out.push(
            Finding::new(&rules::GEOMETRY_NOT_IN_LAYER, "/geometry")
                .with("layer", &layer.name)
                .with("kinds", kinds)
                .with("kind", kind)
                .at(raw.positions().next()),
        );
        return None;
    }
    match Geometry::as_drawn(raw) {
        Ok(geometry) => {
            if let Geometry::Shape(shape) = &geometry
                && let Some(defect) = shape.area_defect()
            {
                let finding = Finding::new(&rules::DRAWING_NOT_VALID, "/geometry");
                out.push(finding.with("reason", &defect.reason).at(defect.at));
            }
            Some(geometry)
        }
        Err(defects) => {
            for defect in &defects {
                out.push(shape::of_defect(kind, defect));
            }
            None
        }
    }
}

fn day_of(layer: &Layer, properties: &Map<String, Value>) -> Option<Day> {
    let name = layer.effective_on.as_deref()?;
    properties.get(name)?.as_str()?.parse().ok()
}

/// Reads the typed facts of a stored record of a layer back.
pub(crate) fn stored(
    layer: &Layer,
    properties: &Map<String, Value>,
) -> Result<StoredFacts, Finding> {
    let unreadable = |name: &str, reason: &str| {
        Finding::new(&rules::STORED_RECORD_UNREADABLE, pointer_of(name)).with("reason", reason)
    };
    let mut local_id = None;
    for (name, value) in properties {
        if name == LOCAL_ID {
            local_id = value.as_str();
            continue;
        }
        let Some(property) = layer.property(name) else {
            return Err(unreadable(name, "the layer has no such property"));
        };
        if !property.takes(value) {
            return Err(unreadable(name, "the value is not of the property's type"));
        }
    }
    let local_id = local_id.ok_or_else(|| unreadable(LOCAL_ID, "it has no name"))?;
    Ok(StoredFacts {
        local_id: local_id.to_owned(),
        effective_on: day_of(layer, properties),
        organisation: None,
        land_role: None,
        attributes: Attributes::default(),
    })
}
