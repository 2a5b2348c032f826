//! A record as a filter sees it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use cql2::{Kind, Schema, Value};
use geo::{Geometry, MultiPolygon};
use survey::records::HazardousArea;
use survey::{Collection, Day, Queryable, QueryableKind, Record as _};

use crate::functions::functions;
use crate::record::{Place, Record};
use crate::snapshot::Snapshot;

/// The name by which filters know the id of a record.
pub const ID: &str = "id";

/// What is known of every record beside its properties.
const OF_ALL: &[(&str, QueryableKind, &str)] = &[
    (ID, QueryableKind::Text, "The id of the record, given by the server; it never changes."),
    ("version", QueryableKind::Integer, "The version of the record, from 1."),
    ("revision", QueryableKind::Integer, "The revision of the programme that made this version."),
    ("recorded_at", QueryableKind::Timestamp, "The instant this version was recorded."),
    ("effective_on", QueryableKind::Date, "The day this version took effect in the field."),
    ("located", QueryableKind::Boolean, "Whether its place or boundary is known."),
];

/// What the ledger tells of a hazardous area.
const OF_AREAS: &[(&str, QueryableKind, &str)] = &[
    ("stage", QueryableKind::Text, "How far the area has come, by the land ledger."),
    ("claimed_m2", QueryableKind::Number, "Land it ever claimed, in square metres."),
    (
        "remaining_m2",
        QueryableKind::Number,
        "Land that is still hazardous by it, in square metres.",
    ),
];

fn computed(
    collection: &Collection,
) -> impl Iterator<Item = &'static (&'static str, QueryableKind, &'static str)> {
    let of_areas = if collection.name == HazardousArea::COLLECTION { OF_AREAS } else { &[] };
    OF_ALL.iter().chain(of_areas)
}

/// What is [`computed`] under names that the collection has not given to properties of its own.
fn computed_besides(
    collection: &Collection,
) -> impl Iterator<Item = &'static (&'static str, QueryableKind, &'static str)> + use<'_> {
    let is_other = |name| collection.queryables().iter().all(|own| own.name != name);
    computed(collection).filter(move |(name, ..)| is_other(*name))
}

/// All that records of a collection can be found by beside their geometry: their properties, and what
/// is known of every record. A layer may have a property of such a name, which is then the one meant.
pub fn queryables(collection: &Collection) -> Vec<Cow<'_, Queryable>> {
    let computed = computed_besides(collection).map(|(name, kind, description)| {
        Cow::Owned(Queryable {
            name: (*name).to_owned(),
            kind: *kind,
            description: (*description).to_owned(),
            codes: Vec::new(),
        })
    });
    collection.queryables().iter().map(Cow::Borrowed).chain(computed).collect()
}

/// The names of [`queryables`], in their order.
pub fn queryable_names(collection: &Collection) -> impl Iterator<Item = &str> {
    let own = collection.queryables().iter().map(|it| it.name.as_str());
    own.chain(computed_besides(collection).map(|(name, ..)| *name))
}

fn kind_of(kind: QueryableKind) -> Kind {
    match kind {
        QueryableKind::Boolean => Kind::Boolean,
        QueryableKind::Integer => Kind::Integer,
        QueryableKind::Number => Kind::Number,
        QueryableKind::Text => Kind::Text,
        QueryableKind::Date => Kind::Date,
        QueryableKind::Timestamp => Kind::Timestamp,
        QueryableKind::Texts => Kind::Array(Box::new(Kind::Text)),
    }
}

/// The properties filters of a collection may name: its geometry, its queryables, and what is
/// computed.
pub fn filter_schema(collection: &Collection) -> Schema {
    let own = collection.queryables().iter().map(|it| (it.name.as_str(), kind_of(it.kind)));
    let computed = computed(collection).map(|(name, kind, _)| (*name, kind_of(*kind)));
    let properties =
        [(collection.geometry_name(), Kind::Geometry)].into_iter().chain(own).chain(computed);
    Schema::new(properties).with_functions(functions())
}

/// A record with the picture it is in.
#[derive(Clone, Copy, Debug)]
pub struct RecordRow<'a> {
    record: &'a Record,
    snapshot: &'a Snapshot,
    collection: &'a Collection,
}

impl<'a> RecordRow<'a> {
    /// The record of a collection in a picture, for filters compiled with [`filter_schema`].
    pub fn new(record: &'a Record, snapshot: &'a Snapshot, collection: &'a Collection) -> Self {
        Self { record, snapshot, collection }
    }

    fn of_property(&self, slot: usize, kind: QueryableKind) -> Value<'a> {
        let start = self.record.starts.get(slot).copied().unwrap_or(0) as usize;
        if start == 0 {
            return Value::Null;
        }
        let text: &'a str = self.record.properties.get(start..).unwrap_or_default();
        read(text, kind).unwrap_or(Value::Null)
    }

    fn of_computed(&self, slot: usize) -> Value<'a> {
        let land = || self.snapshot.lifecycle(self.record);
        let area = |area: geometry::GridArea| Value::Number(area.m2());
        match slot {
            0 => Value::Text(Cow::Owned(self.record.id.to_string())),
            1 => Value::Integer(i64::from(self.record.version)),
            2 => Value::Integer(i64::try_from(self.record.revision).unwrap_or(i64::MAX)),
            3 => Value::Timestamp(self.record.recorded_at),
            4 => Value::Date(self.record.effective_on),
            5 => Value::Boolean(self.record.is_located()),
            6 => land().map_or(Value::Null, |it| Value::from(it.stage.name())),
            7 => land().and_then(|it| it.land).map_or(Value::Null, |land| area(land.claimed())),
            8 => land().and_then(|it| it.land).map_or(Value::Null, |land| area(land.remaining)),
            _ => Value::Null,
        }
    }
}

impl cql2::Row for RecordRow<'_> {
    fn value(&self, index: usize) -> Value<'_> {
        let Some(slot) = index.checked_sub(1) else { return Value::Null };
        match self.collection.queryables().get(slot) {
            Some(queryable) => self.of_property(slot, queryable.kind),
            None => self.of_computed(slot - self.collection.queryables().len()),
        }
    }

    fn geometry(&self, _index: usize) -> Option<Cow<'_, Geometry<f64>>> {
        match &self.record.place {
            Place::Point(at) => Some(Cow::Owned(Geometry::Point((at.lon(), at.lat()).into()))),
            Place::Area(area) | Place::Caution(area) => {
                Some(Cow::Owned(Geometry::MultiPolygon(MultiPolygon::from(&**area))))
            }
            Place::Shape(shape) => Some(Cow::Owned(Geometry::from(&**shape))),
            Place::Unknown => None,
        }
    }

    fn bbox(&self, _index: usize) -> Option<[f64; 4]> {
        self.record.bbox().map(|bbox| [bbox.west, bbox.south, bbox.east, bbox.north])
    }
}

/// The JSON text from where the value of a queryable begins.
fn rest_at(record: &Record, slot: usize) -> Option<&str> {
    let start = record.starts.get(slot).copied().filter(|start| *start > 0)?;
    record.properties.get(start as usize..)
}

/// The text of a queryable, days and instants as they are written.
pub(crate) fn text_at(record: &Record, slot: usize) -> Option<Cow<'_, str>> {
    string(rest_at(record, slot)?)
}

/// The number of a queryable.
pub(crate) fn number_at(record: &Record, slot: usize) -> Option<f64> {
    number(rest_at(record, slot)?).parse().ok()
}

/// Whether a queryable is true.
pub(crate) fn truth_at(record: &Record, slot: usize) -> Option<bool> {
    match read(rest_at(record, slot)?, QueryableKind::Boolean)? {
        Value::Boolean(is_true) => Some(is_true),
        _ => None,
    }
}

/// The texts of a queryable that has several.
pub(crate) fn texts_at(record: &Record, slot: usize) -> Vec<Cow<'_, str>> {
    rest_at(record, slot).and_then(strings).unwrap_or_default()
}

/// Reads the JSON value that a text begins with.
fn read(text: &str, kind: QueryableKind) -> Option<Value<'_>> {
    match kind {
        QueryableKind::Text => string(text).map(Value::Text),
        QueryableKind::Date => string(text)?.parse::<Day>().ok().map(Value::Date),
        QueryableKind::Timestamp => {
            let instant = DateTime::parse_from_rfc3339(&string(text)?).ok()?;
            Some(Value::Timestamp(instant.with_timezone(&Utc)))
        }
        QueryableKind::Boolean => match text.as_bytes().first() {
            Some(b't') => Some(Value::Boolean(true)),
            Some(b'f') => Some(Value::Boolean(false)),
            _ => None,
        },
        QueryableKind::Integer => match number(text).parse() {
            Ok(whole) => Some(Value::Integer(whole)),
            Err(_) => number(text).parse().ok().map(Value::Number),
        },
        QueryableKind::Number => number(text).parse().ok().map(Value::Number),
        QueryableKind::Texts => {
            Some(Value::Array(strings(text)?.into_iter().map(Value::Text).collect()))
        }
    }
}

fn number(text: &str) -> &str {
    let end = text.bytes().position(|byte| matches!(byte, b',' | b'}' | b']'));
    &text[..end.unwrap_or(text.len())]
}

fn string(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix('"')?;
    let end = inner.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
    if inner.as_bytes()[end] == b'"' {
        return Some(Cow::Borrowed(&inner[..end]));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    values.next()?.ok().map(Cow::Owned)
}

/// The strings of an array, without white space between them as the view keeps it.
fn strings(text: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut rest = text.strip_prefix('[')?;
    let mut found = Vec::new();
    while !rest.starts_with(']') {
        let inner = rest.strip_prefix('"')?;
        let end = inner.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if inner.as_bytes()[end] == b'\\' {
            let mut values = serde_json::Deserializer::from_str(text).into_iter();
            return values.next()?.ok();
        }
        found.push(Cow::Borrowed(&inner[..end]));
        rest = inner[end + 1..].trim_start_matches(',');
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_where_they_stand() {
        let rest = r#","more":1}"#;
        let value = |text: &str, kind| {
            let text = format!("{text}{rest}");
            read(&text, kind).map(|value| format!("{value:?}"))
        };
        let text = |text: &str| Some(format!("{:?}", Value::from(text)));
        assert_eq!(value(r#""open""#, QueryableKind::Text), text("open"));
        assert_eq!(value(r#""a \"b\" ភ""#, QueryableKind::Text), text("a \"b\" ភ"));
        assert_eq!(value("12", QueryableKind::Integer), Some("Integer(12)".to_owned()));
        assert_eq!(value("1.5e3", QueryableKind::Number), Some("Number(1500.0)".to_owned()));
        assert_eq!(value("true", QueryableKind::Boolean), Some("Boolean(true)".to_owned()));
        assert_eq!(value(r#""2021-03-31""#, QueryableKind::Date), Some("Date(2021-03-31)".into()));
        assert_eq!(value("null", QueryableKind::Text), None);
        let several = |written| value(written, QueryableKind::Texts);
        let texts =
            |texts: [&str; 2]| Some(format!("{:?}", Value::Array(texts.map(Value::from).into())));
        assert_eq!(several(r#"["a","b, ]"]"#), texts(["a", "b, ]"]));
        assert_eq!(several(r#"["a","\"b\""]"#), texts(["a", "\"b\""]));
        assert_eq!(several("[]"), Some(format!("{:?}", Value::Array(Vec::new()))));
        assert_eq!(several("[1]"), None);
    }
}
