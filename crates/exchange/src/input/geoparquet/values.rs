//! Values of rows as JSON.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use parquet::basic::{LogicalType, TimeUnit};
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::{Map, Value};

/// A value of a column of this type, if that is known: days and instants as RFC 3339 has them,
/// those without a time zone without an offset. Bytes are nothing.
pub(super) fn json(field: &Field, kind: Option<&Type>) -> Value {
    match field {
        Field::Null | Field::Bytes(_) => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => long(*value, kind),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float16(value) => value.to_f64().into(),
        Field::Float(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Decimal(_) => decimal(&field.to_string()),
        Field::Str(text) => text_of(text, kind),
        Field::Date(days) => day(*days),
        Field::TimeMillis(value) => time(i64::from(*value) * 1_000),
        Field::TimeMicros(value) => time(*value),
        Field::TimestampMillis(value) => {
            instant(DateTime::from_timestamp_millis(*value), *value, kind)
        }
        Field::TimestampMicros(value) => {
            instant(DateTime::from_timestamp_micros(*value), *value, kind)
        }
        Field::Group(row) => {
            let kinds = kind.filter(|kind| kind.is_group()).map(Type::get_fields);
            let part = |(place, (name, field)): (usize, (&String, &Field))| {
                let kind = kinds.and_then(|kinds| kinds.get(place));
                (name.clone(), json(field, kind.map(AsRef::as_ref)))
            };
            let parts = row.get_column_iter().enumerate().map(part);
            parts.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
        }
        Field::ListInternal(list) => list.elements().iter().map(|it| json(it, None)).collect(),
        Field::MapInternal(map) => {
            let entry = |(key, value): &(Field, Field)| match key {
                Field::Str(key) => (key.clone(), json(value, None)),
                other => (json(other, None).to_string(), json(value, None)),
            };
            map.entries().iter().map(entry).collect::<Map<_, _>>().into()
        }
    }
}

/// Bytes that a value takes, about.
pub(super) fn bytes(field: &Field) -> usize {
    match field {
        Field::Str(text) => text.len(),
        Field::Bytes(bytes) => bytes.len(),
        Field::Group(row) => row.get_column_iter().map(|(name, it)| name.len() + bytes(it)).sum(),
        Field::ListInternal(list) => list.elements().iter().map(bytes).sum(),
        Field::MapInternal(map) => {
            map.entries().iter().map(|(key, value)| bytes(key) + bytes(value)).sum()
        }
        _ => size_of::<f64>(),
    }
}

fn meaning(kind: Option<&Type>) -> Option<&LogicalType> {
    kind?.get_basic_info().logical_type_ref()
}

/// A text that is said to be JSON as what it says, any other as it is.
fn text_of(text: &str, kind: Option<&Type>) -> Value {
    let said = matches!(meaning(kind), Some(LogicalType::Json));
    let read = said.then(|| serde_json::from_str(text).ok()).flatten();
    read.unwrap_or_else(|| text.into())
}

/// Instants to the nanosecond have no name of their own in what rows are read by.
fn long(value: i64, kind: Option<&Type>) -> Value {
    match meaning(kind) {
        Some(LogicalType::Timestamp(it)) if matches!(it.unit, TimeUnit::NANOS) => {
            instant(Some(DateTime::from_timestamp_nanos(value)), value, kind)
        }
        _ => value.into(),
    }
}

/// An instant; a number where it is none that a calendar has.
fn instant(at: Option<DateTime<Utc>>, stored: i64, kind: Option<&Type>) -> Value {
    let Some(at) = at else { return stored.into() };
    let is_local = match meaning(kind) {
        Some(LogicalType::Timestamp(it)) => !it.is_adjusted_to_u_t_c,
        // The older annotation is of instants; the oldest kind of all does not say what it is of.
        _ => kind.is_none_or(|kind| kind.get_physical_type() == parquet::basic::Type::INT96),
    };
    if is_local {
        at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string().into()
    } else {
        at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    }
}

fn day(days: i32) -> Value {
    const OF_1970: i32 = 719_163;
    let day = days.checked_add(OF_1970).and_then(NaiveDate::from_num_days_from_ce_opt);
    day.map_or_else(|| days.into(), |day| day.to_string().into())
}

/// A time of day, from microseconds since midnight.
fn time(micros: i64) -> Value {
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok();
    let nanos = micros.rem_euclid(1_000_000) as u32 * 1_000;
    let time =
        seconds.and_then(|it| chrono::NaiveTime::from_num_seconds_from_midnight_opt(it, nanos));
    time.map_or_else(|| micros.into(), |time| time.to_string().into())
}

fn decimal(text: &str) -> Value {
    let text = text.trim_end_matches('.');
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().map(Value::from)).unwrap_or_default()
}
