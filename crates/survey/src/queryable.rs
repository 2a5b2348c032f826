//! What records of a collection can be filtered and sorted by.

use serde_json::Value;

use crate::check::schema::{codes, is_day, real};

/// The kind of value a queryable has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryableKind {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A calendar day.
    Date,
    /// An instant.
    Timestamp,
    /// Several texts.
    Texts,
}

/// A property of records by which they can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Queryable {
    /// The name of the property.
    pub name: String,
    /// The kind of its values.
    pub kind: QueryableKind,
    /// What it is, in a sentence.
    pub description: String,
    /// The codes it takes, when it takes no others.
    pub codes: Vec<String>,
}

impl Queryable {
    /// The queryable that a property with this JSON Schema makes; none when its values have parts
    /// of their own.
    ///
    /// # Source
    /// OGC 19-079r2, requirement `/req/queryables/queryables-success`.
    pub(crate) fn of_property(name: &str, schema: &Value) -> Option<Self> {
        let node = real(schema);
        let codes_of = |node: &Value| codes(node).into_iter().map(str::to_owned).collect();
        let (kind, codes) = match kind(node)? {
            "boolean" => (QueryableKind::Boolean, Vec::new()),
            "integer" => (QueryableKind::Integer, Vec::new()),
            "number" => (QueryableKind::Number, Vec::new()),
            "string" if is_day(node) => (QueryableKind::Date, Vec::new()),
            "string" if node["format"] == "date-time" => (QueryableKind::Timestamp, Vec::new()),
            "string" => (QueryableKind::Text, codes_of(node)),
            "array" => {
                let items = real(&node["items"]);
                if kind(items) != Some("string") || is_day(items) {
                    return None;
                }
                (QueryableKind::Texts, codes_of(items))
            }
            _ => return None,
        };
        let description = schema["description"].as_str().unwrap_or_default().to_owned();
        Some(Self { name: name.to_owned(), kind, description, codes })
    }
}

/// The kind of JSON value a schema takes besides null; code lists are texts.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(one) => Some(one),
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|it| *it != "null"),
        _ if !codes(schema).is_empty() => Some("string"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{COLLECTIONS, collection};

    fn kind_of(collection_name: &str, name: &str) -> Option<QueryableKind> {
        let queryables = collection(collection_name).unwrap().queryables();
        queryables.iter().find(|it| it.name == name).map(|it| it.kind)
    }

    #[test]
    fn properties_with_simple_values_are_queryable() {
        assert_eq!(kind_of("hazardous-areas", "local_id"), Some(QueryableKind::Text));
        assert_eq!(kind_of("hazardous-areas", "classification"), Some(QueryableKind::Text));
        assert_eq!(kind_of("hazardous-areas", "identified_on"), Some(QueryableKind::Date));
        assert_eq!(kind_of("hazardous-areas", "accuracy_m"), Some(QueryableKind::Number));
        assert_eq!(kind_of("land-releases", "hazardous_areas"), Some(QueryableKind::Texts));
        assert_eq!(kind_of("land-releases", "beneficiaries"), None);
    }

    #[test]
    fn code_lists_offer_their_codes() {
        let areas = collection("hazardous-areas").unwrap().queryables();
        let classification = areas.iter().find(|it| it.name == "classification").unwrap();
        assert_eq!(classification.codes, ["suspected", "confirmed"]);
    }

    #[test]
    fn the_day_a_record_took_effect_is_queryable_in_every_collection() {
        for collection in COLLECTIONS {
            let on = collection.effective_on.as_deref().unwrap();
            let kind = kind_of(&collection.name, on);
            assert_eq!(kind, Some(QueryableKind::Date), "{}", collection.name);
        }
    }
}
