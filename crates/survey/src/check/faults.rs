//! Faults met while a record is read from its properties.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::properties::escaped;
use super::schema::{self, Field};
use super::text;
use crate::finding::Finding;
use crate::rules;

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// The first fault met while reading.
#[derive(Debug)]
pub(crate) struct Fault {
    path: Vec<Step>,
    message: String,
}

/// What has been taken out so far: entries by the JSON pointer of their list, so that those that
/// remain keep the positions they were sent with, and properties by their own.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    entries: BTreeMap<String, Vec<usize>>,
    properties: Vec<String>,
}

impl Removed {
    /// The position an entry of a list was sent with.
    fn sent_position(&self, list: &str, position: usize) -> usize {
        let taken = self.entries.get(list).map_or(&[][..], Vec::as_slice);
        taken.iter().fold(position, |at, &removed| if removed <= at { at + 1 } else { at })
    }

    fn take_entry(&mut self, list: String, position: usize) {
        let sent = self.sent_position(&list, position);
        let taken = self.entries.entry(list).or_default();
        taken.push(sent);
        taken.sort_unstable();
    }
}

/// The JSON pointer of a place in the properties as they were sent.
fn pointer_to(path: &[Step], removed: &Removed) -> String {
    path.iter().fold("/properties".to_owned(), |pointer, step| match step {
        Step::Key(key) => format!("{pointer}/{}", escaped(key)),
        Step::Index(i) => format!("{pointer}/{}", removed.sent_position(&pointer, *i)),
    })
}

impl Fault {
    /// Reads a value, or gives the first fault met.
    pub(crate) fn reading<T: DeserializeOwned>(values: &Map<String, Value>) -> Result<T, Self> {
        serde_path_to_error::deserialize(values).map_err(|error| {
            let steps = error.path().iter().filter_map(|segment| match segment {
                Segment::Map { key } => Some(Step::Key(key.clone())),
                Segment::Seq { index } => Some(Step::Index(*index)),
                Segment::Enum { .. } | Segment::Unknown => None,
            });
            Self { path: steps.collect(), message: error.inner().to_string() }
        })
    }

    /// What went wrong, as the reader says it.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Where it is, as a JSON pointer.
    pub(crate) fn place(&self) -> String {
        self.pointer(&Removed::default())
    }

    /// The property the fault is in; none if it is in none.
    pub(crate) fn property(&self) -> Option<&str> {
        match self.path.first() {
            Some(Step::Key(name)) => Some(name),
            Some(Step::Index(_)) | None => None,
        }
    }

    /// The fault as a finding; none if it is the consequence of one already told.
    pub(crate) fn told(
        &self,
        field: &Field,
        values: &Map<String, Value>,
        removed: &Removed,
    ) -> Option<Finding> {
        let pointer = self.pointer(removed);
        let node = self.path.iter().skip(1).fold(schema::real(&field.schema), |node, step| {
            let key = match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Index(_) => None,
            };
            schema::step(node, key)
        });
        if let Some(name) = self.missing_property() {
            let pointer = format!("{pointer}/{}", escaped(name));
            if removed.properties.contains(&pointer) {
                return None;
            }
            let description = schema::step(node, Some(name))["description"].as_str();
            return Some(
                Finding::new(&rules::MISSING_PROPERTY, pointer)
                    .with("property", name)
                    .with("description", description.unwrap_or_default()),
            );
        }
        let found = self.find(values).unwrap_or(&Value::Null);
        Some(explain(found, node, pointer, &self.message))
    }

    /// Takes the faulty part out of the values, if it is inside a list or object; tells whether it
    /// did. A property as a whole is left to the caller.
    pub(crate) fn take_out(&self, values: &mut Map<String, Value>, removed: &mut Removed) -> bool {
        let [Step::Key(property), inner @ .., last] = self.path.as_slice() else { return false };
        let mut parent = values.get_mut(property);
        for step in inner {
            parent = parent.and_then(|value| match step {
                Step::Key(key) => value.get_mut(key),
                Step::Index(i) => value.get_mut(i),
            });
        }
        match (parent, last) {
            (Some(Value::Object(object)), Step::Key(name)) => {
                removed.properties.push(self.pointer(removed));
                object.remove(name).is_some()
            }
            (Some(Value::Array(list)), Step::Index(i)) if *i < list.len() => {
                let pointer = pointer_to(&self.path[..self.path.len() - 1], removed);
                removed.take_entry(pointer, *i);
                list.remove(*i);
                true
            }
            _ => false,
        }
    }

    fn missing_property(&self) -> Option<&str> {
        self.message.strip_prefix("missing field `")?.split('`').next()
    }

    fn pointer(&self, removed: &Removed) -> String {
        pointer_to(&self.path, removed)
    }

    fn find<'a>(&self, values: &'a Map<String, Value>) -> Option<&'a Value> {
        let mut value = values.get(self.property()?)?;
        for step in self.path.iter().skip(1) {
            value = match step {
                Step::Key(key) => value.get(key)?,
                Step::Index(i) => value.get(i)?,
            };
        }
        Some(value)
    }
}

/// Says what is wrong with a value that could not be read by its schema.
pub(super) fn explain(found: &Value, node: &Value, pointer: String, message: &str) -> Finding {
    let codes = schema::codes(node);
    match found {
        Value::String(word) if !codes.is_empty() => Finding::new(&rules::UNKNOWN_CODE, pointer)
            .with("found", text::quoted(found))
            .with("codes", codes.join(", "))
            .suggesting(text::nearest(word, &codes).map(Value::from)),
        Value::String(word) if schema::is_day(node) => Finding::new(&rules::NOT_A_DATE, pointer)
            .with("found", text::quoted(found))
            .suggesting(text::day_meant(word).map(|day| Value::from(day.to_string()))),
        Value::Number(number) if schema::is_day(node) => {
            Finding::new(&rules::NOT_A_DATE, pointer).with("found", number).suggesting(
                text::day_meant(&number.to_string()).map(|day| Value::from(day.to_string())),
            )
        }
        _ if message.starts_with("invalid type") => Finding::new(&rules::WRONG_TYPE, pointer)
            .with("found", text::quoted(found))
            .with("expected", schema::expected(node))
            .suggesting(meant_by_type(found, node)),
        _ => Finding::new(&rules::WRONG_VALUE, pointer)
            .with("found", text::quoted(found))
            .with("reason", text::shortened(message)),
    }
}

/// A value of the right type that a value of the wrong one can only mean.
fn meant_by_type(found: &Value, node: &Value) -> Option<Value> {
    match found {
        Value::String(word) if schema::takes(node, "integer") => {
            text::number_meant(word).filter(|number| number.is_u64() || number.is_i64())
        }
        Value::String(word) if schema::takes(node, "number") => text::number_meant(word),
        Value::Number(number)
            if schema::takes(node, "integer")
                && number.as_f64().is_some_and(|value| value.fract().abs() < f64::EPSILON) =>
        {
            number.as_f64().filter(|value| value.abs() < 1.0e15).map(|v| Value::from(v as i64))
        }
        Value::Number(number) if schema::takes(node, "string") => {
            Some(Value::from(number.to_string()))
        }
        Value::String(word) if schema::takes(node, "array") => {
            let codes = schema::codes(schema::step(node, None));
            let words = word.split([',', ';', '|']).map(str::trim).filter(|word| !word.is_empty());
            let meant =
                words.map(
                    |word| {
                        if codes.is_empty() { Some(word) } else { text::nearest(word, &codes) }
                    },
                );
            meant.collect::<Option<Vec<_>>>().map(Value::from)
        }
        _ => None,
    }
}
