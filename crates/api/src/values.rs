//! Values of tables as the properties of a collection have them.
//!
//! A table knows texts and numbers, and often only texts. What a property is to be stands in its
//! collection; nothing that may mean two things is changed.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Number, Value};
use survey::{Collection, QueryableKind, WireFeature};

/// Between the texts of a list in a cell.
const BETWEEN: [char; 3] = [',', ';', '|'];

/// Bytes of a name in a Shapefile, which cuts longer ones.
const CUT_NAME_BYTES: usize = 10;

/// Fits the names and values of a row to the properties of a collection.
///
/// A text that is no value of its property stays as it is, so that the finding shows it.
pub(crate) fn fit(feature: &mut WireFeature, collection: &Collection) {
    complete_names(feature, collection);
    unfold(feature, collection);
    let kinds = collection.queryables();
    for (name, value) in &mut feature.properties {
        let queryable = kinds.iter().find(|queryable| queryable.name == *name);
        if let Some(fitted) = queryable.and_then(|it| fitted(value, it.kind)) {
            *value = fitted;
        }
    }
}

/// Reads lists and objects that stand as JSON in a text, as exports have them.
pub(crate) fn unfold(feature: &mut WireFeature, collection: &Collection) {
    for (name, value) in &mut feature.properties {
        let is_json = |text: &str| text.trim_start().starts_with(['[', '{']);
        if value.as_str().is_some_and(is_json)
            && !collection.queryables().iter().any(|queryable| queryable.name == *name)
            && collection.properties().any(|known| known == name)
            && let Some(unfolded) = structured(value)
        {
            *value = unfolded;
        }
    }
}

/// Completes names that were cut where only one property begins so.
fn complete_names(feature: &mut WireFeature, collection: &Collection) {
    let known = |name: &str| collection.properties().any(|it| it == name);
    let is_cut = |name: &&String| name.len() == CUT_NAME_BYTES && !known(name.as_str());
    let cut: Vec<String> = feature.properties.keys().filter(is_cut).cloned().collect();
    for name in cut {
        let mut whole = collection.properties().filter(|it| it.starts_with(&name));
        if let (Some(only), None) = (whole.next(), whole.next())
            && !feature.properties.contains_key(only)
            && let Some(value) = feature.properties.remove(&name)
        {
            feature.properties.insert(only.to_owned(), value);
        }
    }
}

/// The value as a property of this kind; none where it stays as it is.
fn fitted(value: &Value, kind: QueryableKind) -> Option<Value> {
    let text = value.as_str().map(str::trim);
    match kind {
        QueryableKind::Text => match value {
            Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
            _ => None,
        },
        QueryableKind::Boolean => {
            match (value.as_i64(), text.unwrap_or_default().to_ascii_lowercase().as_str()) {
                (Some(0), _) | (_, "false" | "0") => Some(false.into()),
                (Some(1), _) | (_, "true" | "1") => Some(true.into()),
                _ => None,
            }
        }
        QueryableKind::Integer => match value {
            Value::String(_) => text?.parse::<i64>().ok().map(Value::from),
            Value::Number(number) => whole(number),
            _ => None,
        },
        QueryableKind::Number => {
            let number = text?.parse::<f64>().ok().filter(|number| number.is_finite())?;
            Number::from_f64(number).map(Value::Number)
        }
        QueryableKind::Date => day(text?).map(|day| day.to_string().into()),
        QueryableKind::Timestamp => None,
        QueryableKind::Texts => {
            let text = text?;
            if text.starts_with('[') {
                return serde_json::from_str(text).ok();
            }
            let several = text.split(BETWEEN).map(str::trim).filter(|one| !one.is_empty());
            Some(several.collect::<Vec<_>>().into())
        }
    }
}

fn whole(number: &Number) -> Option<Value> {
    let number = number.as_f64().filter(|_| !number.is_i64())?;
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| (number as i64).into())
}

/// The day of a text that also has a time, which is midnight.
fn day(text: &str) -> Option<NaiveDate> {
    let (day, time) = text.split_once(['T', ' '])?;
    let time = time.trim_end_matches('Z');
    let instant: NaiveDateTime = format!("{day}T{time}").parse().ok()?;
    (instant.time() == chrono::NaiveTime::MIN).then(|| instant.date())
}

/// A list or an object, written as JSON.
fn structured(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim();
    if text.starts_with(['[', '{']) { serde_json::from_str(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_and_numbers_become_what_the_property_is() {
        for (value, kind, expected) in [
            (json!(17), QueryableKind::Text, json!("17")),
            (json!("TRUE"), QueryableKind::Boolean, json!(true)),
            (json!("42"), QueryableKind::Integer, json!(42)),
            (json!(42.0), QueryableKind::Integer, json!(42)),
            (json!("1.5"), QueryableKind::Number, json!(1.5)),
            (json!("2019-03-01 00:00:00"), QueryableKind::Date, json!("2019-03-01")),
            (json!("ap_mine; at_mine"), QueryableKind::Texts, json!(["ap_mine", "at_mine"])),
            (json!("[\"ap_mine\"]"), QueryableKind::Texts, json!(["ap_mine"])),
        ] {
            assert_eq!(fitted(&value, kind), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_may_mean_two_things_stays_as_it_is() {
        for (value, kind) in [
            (json!("1,5"), QueryableKind::Number),
            (json!("yes"), QueryableKind::Boolean),
            (json!("01/02/2019"), QueryableKind::Date),
            (json!("2019-03-01 10:00:00"), QueryableKind::Date),
            (json!("many"), QueryableKind::Integer),
        ] {
            assert_eq!(fitted(&value, kind), None, "{value}");
        }
    }
}
