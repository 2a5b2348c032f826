//! Functions of filters beyond those of the standard.

use chrono::Datelike as _;
use cql2::{Function, Kind, Value};

/// What a list of the functions tells of one, and the function.
type Entry = (&'static str, &'static str, (&'static str, Kind), fn(&[Value<'_>]) -> Value<'static>);

/// The functions that filters of every collection may use; each yields a whole number, or nothing
/// where the argument is missing.
///
/// # Source
/// OGC 21-065r2, requirements class *Functions* (clause 7.10).
///
/// # Examples
/// ```
/// let names: Vec<String> = view::functions().into_iter().map(|one| one.name).collect();
/// assert_eq!(names, ["year", "month", "length", "count"]);
/// ```
pub fn functions() -> Vec<Function> {
    let list = Kind::Array(Box::new(Kind::Text));
    let all: [Entry; 4] = [
        ("year", "The year of a day or instant.", ("day", Kind::Date), year),
        ("month", "The month of a day or instant, from 1 to 12.", ("day", Kind::Date), month),
        ("length", "The number of characters of a text.", ("text", Kind::Text), length),
        ("count", "The number of values of a list.", ("list", list), count),
    ];
    all.map(|(name, description, (title, kind), call)| Function {
        name: name.to_owned(),
        description: description.to_owned(),
        arguments: vec![(title.to_owned(), kind)],
        result: Kind::Integer,
        call,
    })
    .into()
}

fn year(arguments: &[Value<'_>]) -> Value<'static> {
    match arguments {
        [Value::Date(day)] => Value::Integer(day.year().into()),
        [Value::Timestamp(at)] => Value::Integer(at.year().into()),
        _ => Value::Null,
    }
}

fn month(arguments: &[Value<'_>]) -> Value<'static> {
    match arguments {
        [Value::Date(day)] => Value::Integer(day.month().into()),
        [Value::Timestamp(at)] => Value::Integer(at.month().into()),
        _ => Value::Null,
    }
}

fn length(arguments: &[Value<'_>]) -> Value<'static> {
    match arguments {
        [Value::Text(text)] => whole(text.chars().count()),
        _ => Value::Null,
    }
}

fn count(arguments: &[Value<'_>]) -> Value<'static> {
    match arguments {
        [Value::Array(values)] => whole(values.len()),
        _ => Value::Null,
    }
}

fn whole(number: usize) -> Value<'static> {
    i64::try_from(number).map_or(Value::Null, Value::Integer)
}
