//! What the schema of a collection says about its properties, in the form a check needs.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::record::Record;

/// The properties of a record type.
#[derive(Debug)]
pub(crate) struct Fields {
    fields: Vec<Field>,
}

/// One property of a record type.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// Whether a record cannot do without.
    pub(crate) required: bool,
    /// Its schema, without references.
    pub(crate) schema: Value,
}

/// The JSON Schema (draft 2020-12) of a record type's properties.
pub(crate) fn of<R: Record>() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<R>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from(R::TITLE));
        object.insert("description".to_owned(), Value::from(R::DESCRIPTION));
    }
    schema
}

impl Fields {
    /// Takes the properties out of a schema.
    pub(crate) fn of_schema(schema: &Value) -> Self {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let empty = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&empty);
        let fields = properties.iter().map(|(name, schema)| Field {
            name: name.clone(),
            required: required.contains(&name.as_str()),
            schema: schema.clone(),
        });
        Self { fields: fields.collect() }
    }

    /// Takes the properties out of a schema in an order of their own.
    pub(crate) fn in_order<'a>(schema: &Value, names: impl Iterator<Item = &'a str>) -> Self {
        let mut known = Self::of_schema(schema).fields;
        let mut take = |name: &str| {
            let place = known.iter().position(|field| field.name == name)?;
            Some(known.swap_remove(place))
        };
        Self { fields: names.filter_map(&mut take).collect() }
    }

    /// The property with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// All properties.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }
}

impl Field {
    /// What the property is, as told to somebody who left it out.
    pub(crate) fn description(&self) -> &str {
        self.schema["description"].as_str().unwrap_or_default()
    }

    /// A value that can be read, in the place of one that is missing or faulty, so that the rest
    /// of the record can be judged. No rule judges it.
    pub(crate) fn stand_in(&self, today: &str) -> Value {
        let node = real(&self.schema);
        if let Some(code) = codes(node).first() {
            return Value::from(*code);
        }
        match node["type"].as_str() {
            Some("string") if node["format"] == "date" => Value::from(today),
            Some("string") => Value::from("-"),
            Some("integer" | "number") => node["minimum"].as_i64().unwrap_or(0).into(),
            Some("array") => Value::Array(Vec::new()),
            Some("object") => Value::Object(Map::new()),
            _ => Value::Null,
        }
    }
}

/// The schema of a value that is there: without the alternative that it is null.
pub(crate) fn real(schema: &Value) -> &Value {
    let alternatives = schema["anyOf"].as_array();
    let real = alternatives.and_then(|all| all.iter().find(|one| one["type"] != "null"));
    real.unwrap_or(schema)
}

/// The kinds of JSON value a schema names.
fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Tells whether a schema takes values of this kind.
pub(crate) fn takes(schema: &Value, kind: &str) -> bool {
    kinds(schema).contains(&kind)
}

/// Tells whether a schema takes a day.
pub(crate) fn is_day(schema: &Value) -> bool {
    schema["format"] == "date"
}

/// The codes of a code list, in order; none for any other schema.
pub(crate) fn codes(schema: &Value) -> Vec<&str> {
    let (listed, described) = (schema["enum"].as_array(), schema["oneOf"].as_array());
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let described = described.into_iter().flatten().flat_map(|one| {
        let nested = one["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        one["const"].as_str().into_iter().chain(nested)
    });
    listed.chain(described).collect()
}

/// The schema one step further in.
pub(crate) fn step<'a>(schema: &'a Value, key: Option<&str>) -> &'a Value {
    let node = real(schema);
    let next = match key {
        Some(key) => node["properties"].get(key).unwrap_or(&node["additionalProperties"]),
        None => &node["items"],
    };
    real(next)
}

/// What a value should be, in words: the end of "should be …".
pub(crate) fn expected(schema: &Value) -> String {
    let codes = codes(schema);
    if !codes.is_empty() {
        return format!("one of the codes {}", codes.join(", "));
    }
    if is_day(schema) {
        return "a day written as 2021-03-31".to_owned();
    }
    if schema["format"] == "date-time" {
        return "an instant written as 2021-03-31T08:30:00+07:00".to_owned();
    }
    let words = |kind: &str| match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        _ => "something else",
    };
    let kinds = kinds(schema).into_iter().filter(|kind| *kind != "null").map(words);
    let kinds: Vec<_> = kinds.collect();
    if kinds.is_empty() { "something else".to_owned() } else { kinds.join(" or ") }
}
