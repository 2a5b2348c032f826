//! The properties of a feature: read, trimmed, measured against the schema.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::faults::{self, Fault};
use super::schema::{self, Field, Fields};
use super::text;
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::record::Record;
use crate::rules;

/// Marks records that were made up, in every collection; kept as it is.
const INVENTED: &str = "invented";

/// Reads the properties of a feature as a record and finds every fault in them.
///
/// The properties are trimmed in place; what is unknown is left as it is. The record is there even
/// when there are faults: faulty properties are then left out, or replaced by a stand-in that no
/// rule judges. There is none when the faults are too many.
pub(crate) fn read<R: Record>(
    fields: &Fields,
    properties: &mut Map<String, Value>,
    today: NaiveDate,
    out: &mut Findings,
) -> Option<R> {
    if !check_size(properties, out) {
        return None;
    }
    trim(fields, properties);
    tell_unknown(fields, properties, out);
    let before = out.as_slice().len();
    let mut draft = Draft::new(properties, today);
    for (name, value) in properties.iter() {
        check_texts(value, &pointer_of(name), out);
        if let Some(field) = fields.get(name) {
            check_bounds(value, &field.schema, &pointer_of(name), out);
        }
    }
    for finding in &out.as_slice()[before..] {
        if let Some(field) = finding.pointer.split('/').nth(2).and_then(|name| fields.get(name)) {
            draft.spoil(field);
        }
    }
    for field in draft.spoilt.clone() {
        out.mark_faulty(&field);
    }
    for field in fields.iter().filter(|field| field.required) {
        if !draft.values().contains_key(&field.name) {
            if !out.is_faulty(&field.name) {
                out.push(
                    Finding::new(&rules::MISSING_PROPERTY, pointer_of(&field.name))
                        .with("property", &field.name)
                        .with("description", field.description()),
                );
                out.mark_faulty(&field.name);
            }
            draft.put_stand_in(field);
        }
    }
    peel::<R>(fields, &mut draft, out)
}

/// Reads the record; on a fault tells it, takes the faulty value out and tries again.
fn peel<R: Record>(fields: &Fields, draft: &mut Draft<'_>, out: &mut Findings) -> Option<R> {
    if let Ok(record) = R::deserialize(draft.values()) {
        return Some(record);
    }
    let mut removed = faults::Removed::default();
    for _ in 0..limits::MAX_FAULTS {
        let fault = match Fault::reading::<R>(draft.values()) {
            Ok(record) => return Some(record),
            Err(fault) => fault,
        };
        let field = fields.get(fault.property()?)?;
        if let Some(finding) = fault.told(field, draft.values(), &removed) {
            out.push(finding);
        }
        out.mark_faulty(&field.name);
        if !fault.take_out(draft.values_mut(), &mut removed) {
            draft.values_mut().remove(&field.name);
            if field.required {
                draft.put_stand_in(field);
            }
        }
    }
    None
}

/// The properties as they are read: as sent while they have no fault, a copy with the faults taken
/// out from then on.
struct Draft<'a> {
    sent: &'a Map<String, Value>,
    copy: Option<Map<String, Value>>,
    spoilt: Vec<String>,
    today: String,
}

impl<'a> Draft<'a> {
    fn new(sent: &'a Map<String, Value>, today: NaiveDate) -> Self {
        Self { sent, copy: None, spoilt: Vec::new(), today: today.to_string() }
    }

    fn values(&self) -> &Map<String, Value> {
        self.copy.as_ref().unwrap_or(self.sent)
    }

    fn values_mut(&mut self) -> &mut Map<String, Value> {
        self.copy.get_or_insert_with(|| self.sent.clone())
    }

    fn spoil(&mut self, field: &Field) {
        self.values_mut().remove(&field.name);
        self.spoilt.push(field.name.clone());
    }

    fn put_stand_in(&mut self, field: &Field) {
        let value = field.stand_in(&self.today);
        self.values_mut().insert(field.name.clone(), value);
    }
}

/// The JSON pointer of a property.
pub(crate) fn pointer_of(name: &str) -> String {
    format!("/properties/{}", escaped(name))
}

/// A name as it stands in a JSON pointer (RFC 6901, section 3).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Judges the number and nesting of values; tells whether the properties can be looked at further.
pub(super) fn check_size(properties: &Map<String, Value>, out: &mut Findings) -> bool {
    let mut refuse = |what: &str, found: usize, limit: usize| {
        out.push(
            Finding::new(&rules::PROPERTIES_TOO_LARGE, "/properties")
                .with("found", found)
                .with("what", what)
                .with("limit", limit),
        );
    };
    if properties.len() > limits::MAX_PROPERTIES {
        refuse("properties", properties.len(), limits::MAX_PROPERTIES);
        return false;
    }
    let mut values = 0;
    let mut deepest = 0;
    let mut waiting: Vec<(usize, &Value)> = properties.values().map(|value| (1, value)).collect();
    while let Some((depth, value)) = waiting.pop() {
        values += 1;
        deepest = deepest.max(depth);
        match value {
            Value::Array(list) => waiting.extend(list.iter().map(|value| (depth + 1, value))),
            Value::Object(object) => waiting.extend(object.values().map(|v| (depth + 1, v))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if deepest > limits::MAX_DEPTH {
            refuse("levels of nesting", deepest, limits::MAX_DEPTH);
            return false;
        }
        if values + waiting.len() > limits::MAX_VALUES {
            refuse("values", values + waiting.len(), limits::MAX_VALUES);
            return false;
        }
    }
    true
}

/// Takes blanks from around the texts of known properties, and takes out those that are empty or
/// null: nothing is said by them.
pub(super) fn trim(fields: &Fields, properties: &mut Map<String, Value>) {
    properties.retain(|name, value| {
        if fields.get(name).is_none() {
            return true;
        }
        trim_value(value);
        match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => true,
        }
    });
}

fn trim_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            let trimmed = text.trim();
            if trimmed.len() < text.len() {
                *text = trimmed.to_owned();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(trim_value),
        Value::Object(object) => object.values_mut().for_each(trim_value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Tells which properties are unknown, and which of them are probably known ones misspelt.
fn tell_unknown(fields: &Fields, properties: &Map<String, Value>, out: &mut Findings) {
    let is_unknown = |name: &&String| name.as_str() != INVENTED && fields.get(name).is_none();
    let mut unknown = properties.keys().filter(is_unknown).peekable();
    if unknown.peek().is_none() {
        return;
    }
    let absent = fields.iter().filter(|field| !properties.contains_key(&field.name));
    let absent: Vec<&str> = absent.map(|field| field.name.as_str()).collect();
    let mut others: Vec<String> = Vec::new();
    for name in unknown {
        check_name(name, out);
        if let Some(known) = text::nearest(name, &absent) {
            out.push(
                Finding::new(&rules::SIMILAR_PROPERTY, pointer_of(name))
                    .with("property", text::shortened(name))
                    .with("known", known)
                    .suggesting(Value::from(known)),
            );
        } else {
            others.push(text::shortened(name));
        }
    }
    if !others.is_empty() {
        out.push(
            Finding::new(&rules::UNKNOWN_PROPERTIES, "/properties")
                .with("properties", others.join(", ")),
        );
    }
}

fn check_name(name: &str, out: &mut Findings) {
    let length = name.chars().count();
    if length > limits::MAX_NAME {
        out.push(
            Finding::new(&rules::TEXT_TOO_LONG, pointer_of(name))
                .with("length", length)
                .with("limit", limits::MAX_NAME),
        );
    }
    check_characters(name, &pointer_of(name), out);
}

/// Judges the texts of a value, known or not: their characters and their length.
pub(super) fn check_texts(value: &Value, pointer: &str, out: &mut Findings) {
    match value {
        Value::String(text) => {
            check_characters(text, pointer, out);
            check_length(text, limits::MAX_TEXT, pointer, out);
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                if !matches!(value, Value::Number(_) | Value::Null | Value::Bool(_)) {
                    check_texts(value, &format!("{pointer}/{i}"), out);
                }
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                let pointer = format!("{pointer}/{}", escaped(name));
                check_characters(name, &pointer, out);
                check_texts(value, &pointer, out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check_characters(text: &str, pointer: &str, out: &mut Findings) {
    let refused = |c: &char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r');
    if let Some(character) = text.chars().find(refused) {
        let name = format!("U+{:04X}", u32::from(character));
        out.push(Finding::new(&rules::CONTROL_CHARACTER, pointer).with("character", name));
    }
}

fn check_length(text: &str, limit: usize, pointer: &str, out: &mut Findings) {
    if text.len() <= limit {
        return;
    }
    let length = text.chars().count();
    if length > limit {
        out.push(
            Finding::new(&rules::TEXT_TOO_LONG, pointer)
                .with("length", length)
                .with("limit", limit),
        );
    }
}

/// Judges a value by the bounds in its schema.
pub(super) fn check_bounds(value: &Value, schema: &Value, pointer: &str, out: &mut Findings) {
    let node = schema::real(schema);
    match value {
        Value::String(text) => {
            if let Some(limit) = node["maxLength"].as_u64() {
                check_length(text, limit as usize, pointer, out);
            }
        }
        Value::Number(number)
            if schema::takes(node, "integer") || schema::takes(node, "number") =>
        {
            check_number(number.as_f64(), node, pointer, out);
        }
        Value::Array(list) if schema::takes(node, "array") => {
            if let Some(limit) = node["maxItems"].as_u64()
                && list.len() as u64 > limit
            {
                out.push(
                    Finding::new(&rules::LIST_TOO_LONG, pointer)
                        .with("length", list.len())
                        .with("limit", limit),
                );
                return;
            }
            for (i, value) in list.iter().enumerate() {
                check_bounds(value, schema::step(node, None), &format!("{pointer}/{i}"), out);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                let pointer = format!("{pointer}/{}", escaped(name));
                check_bounds(value, schema::step(node, Some(name)), &pointer, out);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
    }
}

fn check_number(number: Option<f64>, node: &Value, pointer: &str, out: &mut Findings) {
    let Some(number) = number else { return };
    let (minimum, maximum) = (node["minimum"].as_f64(), node["maximum"].as_f64());
    if minimum.is_some_and(|least| number < least) || maximum.is_some_and(|most| number > most) {
        let bound = |bound: &Value, none: &str| match bound {
            Value::Null => none.to_owned(),
            bound => bound.to_string(),
        };
        out.push(
            Finding::new(&rules::VALUE_OUT_OF_BOUNDS, pointer)
                .with("found", number)
                .with("minimum", bound(&node["minimum"], "no lower bound"))
                .with("maximum", bound(&node["maximum"], "no upper bound")),
        );
    }
}
