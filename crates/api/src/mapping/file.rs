//! Mapping files: how the columns of a foreign file become the properties of a collection.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono::format::{Item, StrftimeItems};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use survey::{Collection, Queryable, QueryableKind, WireFeature};

/// A mapping file, as TOML or JSON.
///
/// # Examples
/// ```
/// let text = r#"{ "properties": {
///     "classification": { "from": "Status", "values": { "SHA": "suspected", "CHA": "confirmed" } },
///     "identified_on": { "from": "Survey date", "date": "%d/%m/%Y" },
///     "reported_area_m2": { "from": "Hectares", "unit": "ha" }
/// } }"#;
/// let file: api::mapping::MappingFile = serde_json::from_str(text)?;
/// let areas = survey::collection("hazardous-areas").unwrap();
/// assert_eq!(file.checked(areas)?.layer(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// The layer, sheet or table to read.
    layer: Option<String>,
    /// How each property is made.
    #[serde(default)]
    properties: BTreeMap<String, Rule>,
}

/// How one property is made.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// The column it is taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// What it is where the column says nothing, or everywhere if there is no column.
    #[serde(skip_serializing_if = "Option::is_none")]
    constant: Option<Value>,
    /// What texts of the column stand for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, Value>,
    /// How days are written in the column, for example `%d/%m/%Y`.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// What the numbers of the column count.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
}

/// A unit of area or length, carried to square metres or metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    M2,
    Ha,
    Km2,
    Cm,
    M,
    Km,
}

impl Unit {
    /// How many square metres or metres one of it is, and how names of properties in those end.
    fn size(self) -> (f64, &'static str) {
        match self {
            Self::M2 => (1.0, "_m2"),
            Self::Ha => (10_000.0, "_m2"),
            Self::Km2 => (1_000_000.0, "_m2"),
            Self::Cm => (0.01, "_m"),
            Self::M => (1.0, "_m"),
            Self::Km => (1_000.0, "_m"),
        }
    }
}

/// A mapping file that cannot be used, with the property and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("properties.{property}: {reason}")]
pub struct MappingFileError {
    property: String,
    reason: String,
}

/// A mapping file held against a collection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedMapping {
    layer: Option<String>,
    pub(super) rules: Vec<(String, Rule)>,
}

impl CheckedMapping {
    /// The layer, sheet or table to read, if the file names one.
    pub fn layer(&self) -> Option<&str> {
        self.layer.as_deref()
    }
}

impl MappingFile {
    /// Holds the file against a collection.
    ///
    /// # Errors
    /// The first property that is not of the collection, or whose rule cannot be used.
    pub fn checked(self, collection: &Collection) -> Result<CheckedMapping, MappingFileError> {
        for (property, rule) in &self.properties {
            let found = collection.queryables().iter().find(|it| it.name == *property);
            let told = if collection.properties().any(|known| known == property) {
                rule.fault(property, found)
            } else {
                let known: Vec<&str> = collection.properties().collect();
                let (name, known) = (&collection.name, known.join(", "));
                Some(format!("{name} have no such property; known are: {known}"))
            };
            if let Some(reason) = told {
                return Err(MappingFileError { property: property.clone(), reason });
            }
        }
        Ok(CheckedMapping { layer: self.layer, rules: self.properties.into_iter().collect() })
    }
}

impl Rule {
    fn fault(&self, property: &str, queryable: Option<&Queryable>) -> Option<String> {
        let kind = queryable.map(|it| it.kind);
        let is_day = matches!(kind, Some(QueryableKind::Date | QueryableKind::Timestamp));
        if self.from.is_none() && self.constant.is_none() {
            return Some(
                "say \"from\" which column it is taken, or give a \"constant\"".to_owned(),
            );
        }
        let converts = self.date.is_some() || self.unit.is_some() || !self.values.is_empty();
        if self.from.is_none() && converts {
            return Some("\"values\", \"date\" and \"unit\" need a column: \"from\"".to_owned());
        }
        if let Some(unit) = self.unit {
            let (_, ending) = unit.size();
            if !property.ends_with(ending) || kind != Some(QueryableKind::Number) {
                return Some(format!("\"unit\" is for numbers whose names end in {ending}"));
            }
        }
        if let Some(pattern) = &self.date {
            if !is_day {
                return Some("\"date\" is for days, and this is none".to_owned());
            }
            if !tells_a_day(pattern) {
                return Some(format!(
                    "\"{pattern}\" does not tell a day; write it like %d/%m/%Y or %Y-%m-%d"
                ));
            }
        }
        let codes = queryable.map(|it| it.codes.as_slice()).unwrap_or_default();
        let is_code = |value: &Value| match value {
            Value::String(text) => codes.iter().any(|code| code == text),
            _ => true,
        };
        let stray = self.values.values().chain(&self.constant).find(|value| !is_code(value));
        stray
            .filter(|_| !codes.is_empty())
            .map(|value| format!("{value} is not one of: {}", codes.join(", ")))
    }

    fn value(&self, found: Option<Value>) -> Option<Value> {
        let is_said = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        };
        let Some(found) = found.filter(is_said) else { return self.constant.clone() };
        let text = found.as_str().map_or_else(|| found.to_string(), |text| text.trim().to_owned());
        if let Some(value) = self.values.get(&text) {
            return Some(value.clone());
        }
        if let Some(pattern) = &self.date
            && let Ok(day) = NaiveDate::parse_from_str(&text, pattern)
        {
            return Some(day.to_string().into());
        }
        if let Some(unit) = self.unit
            && let Ok(number) = text.parse::<f64>()
            && let Some(carried) = Number::from_f64(number * unit.size().0)
        {
            return Some(Value::Number(carried));
        }
        // The rules of the collection judge what is left, and name the property.
        Some(found)
    }
}

/// Whether a pattern tells one day, the same when it is read as when it is written.
fn tells_a_day(pattern: &str) -> bool {
    if StrftimeItems::new(pattern).any(|item| matches!(item, Item::Error)) {
        return false;
    }
    let days = [(1999, 12, 31), (2024, 2, 29)];
    days.iter().all(|(year, month, day)| {
        let Some(day) = NaiveDate::from_ymd_opt(*year, *month, *day) else { return false };
        let Some(noon) = day.and_hms_opt(0, 0, 0) else { return false };
        let written = noon.format(pattern).to_string();
        NaiveDate::parse_from_str(&written, pattern) == Ok(day)
    })
}

/// Makes the properties that rules tell of, and takes away the columns they are made of.
pub(super) fn apply(rules: &[(String, Rule)], feature: &mut WireFeature) {
    let made: Vec<(&String, Option<Value>)> = rules
        .iter()
        .map(|(property, rule)| {
            let column = rule.from.as_ref().and_then(|from| feature.properties.get(from));
            (property, rule.value(column.cloned()))
        })
        .collect();
    for from in rules.iter().filter_map(|(_, rule)| rule.from.as_ref()) {
        feature.properties.remove(from);
    }
    for (property, value) in made {
        if let Some(value) = value {
            feature.properties.insert(property.clone(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use survey::WireGeometry;

    fn checked(properties: Value) -> Result<CheckedMapping, MappingFileError> {
        let file = json!({ "properties": properties });
        let file: MappingFile = serde_json::from_value(file).unwrap();
        file.checked(survey::collection("hazardous-areas").unwrap())
    }

    #[test]
    fn columns_become_properties_by_value_day_and_unit() {
        let mapping = checked(json!({
            "local_id": { "from": "ID" },
            "name": { "from": "ID" },
            "classification": {
                "from": "Type",
                "values": { "SHA": "suspected", "CHA": "confirmed" },
                "constant": "suspected",
            },
            "identified_on": { "from": "Date", "date": "%d/%m/%Y" },
            "reported_area_m2": { "from": "Area", "unit": "ha" },
        }))
        .unwrap();
        let feature = |properties: Value| WireFeature {
            index: 0,
            id: None,
            geometry: WireGeometry::Absent,
            raw_geometry: None,
            properties: properties.as_object().cloned().unwrap_or_default(),
        };
        let mut full = feature(json!(
            { "ID": "A", "Type": "CHA", "Date": "31/12/2019", "Area": "1.5", "Note": "x" }
        ));
        apply(&mapping.rules, &mut full);
        let expected = json!({ "local_id": "A", "name": "A", "classification": "confirmed",
            "identified_on": "2019-12-31", "reported_area_m2": 15_000.0, "Note": "x" });
        assert_eq!(json!(full.properties), expected);
        let mut poor = feature(json!({ "ID": "B", "Type": " ", "Date": "2019", "Area": "1,5" }));
        apply(&mapping.rules, &mut poor);
        let expected = json!({ "local_id": "B", "name": "B", "classification": "suspected",
            "identified_on": "2019", "reported_area_m2": "1,5" });
        assert_eq!(json!(poor.properties), expected);
    }

    #[test]
    fn a_rule_that_cannot_be_used_is_named_with_its_property() {
        for (properties, told) in [
            (
                json!({ "colour": { "from": "a" } }),
                "properties.colour: hazardous-areas have no such",
            ),
            (json!({ "name": {} }), "say \"from\""),
            (json!({ "name": { "constant": "x", "values": { "a": "b" } } }), "need a column"),
            (json!({ "name": { "from": "a", "unit": "ha" } }), "end in _m2"),
            (json!({ "name": { "from": "a", "date": "%Y" } }), "this is none"),
            (json!({ "identified_on": { "from": "a", "date": "%m/%Y" } }), "does not tell a day"),
            (json!({ "identified_on": { "from": "a", "date": "%Q" } }), "does not tell a day"),
            (
                json!({ "classification": { "from": "a", "values": { "SHA": "sha" } } }),
                "\"sha\" is not one of",
            ),
        ] {
            let error = checked(properties).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
