//! Layers: collections that managers make of any file, for orientation beside the records.
//!
//! A layer is declared rather than programmed, and its records go the way of all others: checked,
//! versioned, audited, found. They do nothing to land.

mod change;
mod infer;
mod set;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::limits;
use crate::queryable::Queryable;
use crate::registry::{GeometryKinds, collection};

pub use infer::{Inference, Inferred, Offer};
pub use set::Layers;

/// The property with the name people use for a record; every layer has it beside its own.
pub(crate) const LOCAL_ID: &str = "local_id";

/// Names that mean something else wherever properties are named.
const TAKEN: [&str; 2] = [LOCAL_ID, "geometry"];

/// The definition of a layer.
///
/// # Examples
/// ```
/// let text = r#"{"name": "schools", "title": "Schools", "geometry": ["point"],
///                "properties": [{"name": "pupils", "type": "integer"}]}"#;
/// let layer: survey::layer::Layer = serde_json::from_str(text)?;
/// assert!(layer.faults().is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Its name in addresses, for example `settlements`: small letters, digits and hyphens.
    #[schemars(length(max = limits::MAX_LAYER_NAME), regex(pattern = "^[a-z][a-z0-9-]*$"))]
    pub name: String,
    /// Its name for people.
    #[schemars(regex(pattern = r"\S"))]
    pub title: String,
    /// What it holds and where it comes from.
    #[serde(default)]
    pub description: String,
    /// The kinds of geometry its records may have, several of a kind too; none for a table.
    #[serde(default)]
    pub geometry: Vec<LayerGeometry>,
    /// The name filters know the geometry by; otherwise it is `geometry`. A table that people filter
    /// elsewhere by `geom` keeps its filters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::MAX_NAME), regex(pattern = PROPERTY_NAME_PATTERN))]
    pub geometry_name: Option<String>,
    /// What its records say. A property that is not here is refused, so that a misspelt one is not
    /// lost.
    #[serde(default)]
    #[schemars(length(max = limits::MAX_PROPERTIES))]
    pub properties: Vec<LayerProperty>,
    /// The property whose value names a record; otherwise `local_id` or the id of the feature does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_property: Option<String>,
    /// Whether a feature without a name is named by its place in its file, from 1. The same file
    /// sent again then replaces its records, and so does any other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub numbered: bool,
    /// The property of type `date` with the day a record took effect; otherwise it is the day on
    /// which it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<String>,
    /// Whether the layer was taken out of use: its history is kept, and it is offered no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A kind of geometry.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LayerGeometry {
    /// Positions.
    Point,
    /// Lines.
    Line,
    /// Areas.
    Area,
}

impl LayerGeometry {
    /// The kind of a geometry by the name GeoJSON gives it; none for a collection of several.
    pub fn of_geojson(kind: &str) -> Option<Self> {
        match kind {
            "Point" | "MultiPoint" => Some(Self::Point),
            "LineString" | "MultiLineString" => Some(Self::Line),
            "Polygon" | "MultiPolygon" => Some(Self::Area),
            _ => None,
        }
    }

    /// The kind in words, in the plural.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Point => "points",
            Self::Line => "lines",
            Self::Area => "areas",
        }
    }
}

/// A property of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerProperty {
    /// Its name, as it stands in the file.
    #[schemars(length(max = limits::MAX_NAME), regex(pattern = PROPERTY_NAME_PATTERN))]
    pub name: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: LayerKind,
    /// The texts it takes, if it takes no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::MAX_LISTED_VALUES), inner(regex(pattern = r"^\S(.*\S)?$")))]
    pub values: Vec<String>,
    /// Whether a record cannot do without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// The type of the values of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LayerKind {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text; numbers are taken as the text they are written with.
    Text,
    /// A day, written 2021-03-31.
    Date,
    /// An instant with its offset, as of RFC 3339.
    Timestamp,
    /// Several texts.
    Texts,
    /// Anything; it is kept and given back, and nothing is found by it.
    Any,
}

/// One thing that keeps a definition from being taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerFault {
    /// The stable name of the rule, for example `layer-property-repeated`.
    pub rule: &'static str,
    /// Where in the definition, as a JSON pointer.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl LayerFault {
    fn new(rule: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, pointer: pointer.into(), message: message.into() }
    }
}

/// Why the layers of a programme stay as they were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayerError {
    /// The definition breaks rules.
    #[error("the definition of the layer cannot be taken: {}", told(.0))]
    Invalid(Vec<LayerFault>),
    /// Records of the layer would not satisfy the definition.
    #[error("records of the layer would no longer satisfy its definition: {}", told(.0))]
    Incompatible(Vec<LayerFault>),
    /// There is no such layer.
    #[error("there is no layer \"{0}\"")]
    Unknown(String),
    /// The layer has records in force.
    #[error("\"{name}\" has {records} record(s) in force; withdraw them first")]
    InUse {
        /// The layer.
        name: String,
        /// How many of its records are in force.
        records: u64,
    },
}

fn told(faults: &[LayerFault]) -> String {
    let each = faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.message));
    each.collect::<Vec<_>>().join("; ")
}

impl Layer {
    /// The schema of a definition, in the words of OpenAPI 3.0. It cannot tell that names are not
    /// repeated and that roles name properties that fit; [`Self::faults`] does.
    pub fn definition_schema() -> Value {
        let mut settings = SchemaSettings::openapi3();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        settings.into_generator().into_root_schema_for::<Self>().to_value()
    }

    /// The kinds of geometry its records may have.
    pub fn kinds(&self) -> GeometryKinds {
        let has = |kind| self.geometry.contains(&kind);
        GeometryKinds {
            point: has(LayerGeometry::Point),
            line: has(LayerGeometry::Line),
            area: has(LayerGeometry::Area),
        }
    }

    /// The names of its properties in order; the first is `local_id`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(LOCAL_ID).chain(self.properties.iter().map(|it| it.name.as_str()))
    }

    /// The property with this name.
    pub(crate) fn property(&self, name: &str) -> Option<&LayerProperty> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// The JSON Schema (draft 2020-12) of the properties of a record.
    pub fn schema(&self) -> Value {
        let mut properties = Map::new();
        let name = "The name people use for the record, unique in the layer.";
        let limit = limits::MAX_LOCAL_ID;
        properties.insert(
            LOCAL_ID.to_owned(),
            json!({ "type": "string", "maxLength": limit, "description": name }),
        );
        for property in &self.properties {
            properties.insert(property.name.clone(), property.schema());
        }
        let required = self.properties.iter().filter(|it| it.required).map(|it| it.name.as_str());
        let required: Vec<&str> = std::iter::once(LOCAL_ID).chain(required).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "title": self.title,
            "description": self.description,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    /// What its records can be filtered and sorted by, in the order of [`Self::names`].
    pub(crate) fn queryables(&self) -> Vec<Queryable> {
        let schema = self.schema();
        let of = |name| Queryable::of_property(name, &schema["properties"][name]);
        self.names().filter_map(of).collect()
    }

    /// Everything that keeps the definition from being taken; nothing when it can be.
    pub fn faults(&self) -> Vec<LayerFault> {
        let mut out = Vec::new();
        self.judge_name(&mut out);
        if self.title.trim().is_empty() {
            out.push(LayerFault::new("layer-title-missing", "/title", "give it a name for people"));
        }
        let limit = limits::MAX_PROPERTIES;
        if self.properties.len() > limit {
            let message = format!("it has {} properties of {limit}", self.properties.len());
            out.push(LayerFault::new("layer-too-large", "/properties", message));
        }
        for (place, property) in self.properties.iter().enumerate() {
            let earlier = &self.properties[..place];
            let repeated = earlier.iter().any(|it| it.name == property.name);
            property.judge(&format!("/properties/{place}"), repeated, &mut out);
        }
        let named = [("id_property", &self.id_property), ("effective_on", &self.effective_on)];
        for (role, name) in named.into_iter().filter_map(|(role, it)| Some((role, it.as_ref()?))) {
            let message = match (role, self.property(name).map(|it| it.kind)) {
                (_, None) => format!("there is no property \"{name}\"; name one that is there"),
                ("id_property", Some(LayerKind::Text | LayerKind::Integer)) => continue,
                ("id_property", Some(_)) => "a record is named by a text or integer".to_owned(),
                (_, Some(LayerKind::Date)) => continue,
                (_, Some(_)) => format!("\"{name}\" is no date"),
            };
            out.push(LayerFault::new("layer-role-unfit", format!("/{role}"), message));
        }
        self.judge_geometry_name(&mut out);
        out
    }

    fn judge_geometry_name(&self, out: &mut Vec<LayerFault>) {
        let Some(name) = &self.geometry_name else { return };
        let message = if !is_property_name(name) {
            PROPERTY_NAME.to_owned()
        } else if self.names().any(|known| known == name) {
            format!("\"{name}\" is a property already; give the geometry another name")
        } else {
            return;
        };
        out.push(LayerFault::new("layer-role-unfit", "/geometry_name", message));
    }

    fn judge_name(&self, out: &mut Vec<LayerFault>) {
        let name = &self.name;
        if !is_name(name) {
            let most = limits::MAX_LAYER_NAME;
            let message = format!(
                "\"{name}\" stands in addresses; write it with up to {most} small letters, digits \
                 and hyphens, a letter first"
            );
            out.push(LayerFault::new("layer-name-unfit", "/name", message));
        }
        if collection(name).is_some() {
            let message = format!("\"{name}\" is the name of a record type; choose another");
            out.push(LayerFault::new("layer-name-taken", "/name", message));
        }
    }
}

/// Tells whether a layer may be called so: small letters, digits and hyphens, a letter first, and
/// not too many.
pub fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase();
    name.starts_with(is_letter)
        && name.len() <= limits::MAX_LAYER_NAME
        && name.chars().all(|c| is_letter(c) || c.is_ascii_digit() || c == '-')
}

impl LayerProperty {
    /// A property of which no more is known than its values.
    pub(crate) fn plain(name: &str, kind: LayerKind) -> Self {
        Self {
            name: name.to_owned(),
            title: String::new(),
            description: String::new(),
            kind,
            values: Vec::new(),
            required: false,
        }
    }

    fn schema(&self) -> Value {
        let text = || {
            let mut text = json!({ "type": "string", "maxLength": limits::MAX_TEXT });
            if !self.values.is_empty() {
                text["enum"] = json!(self.values);
            }
            text
        };
        let mut schema = match self.kind {
            LayerKind::Boolean => json!({ "type": "boolean" }),
            LayerKind::Integer => json!({ "type": "integer" }),
            LayerKind::Number => json!({ "type": "number" }),
            LayerKind::Text => text(),
            LayerKind::Date => json!({ "type": "string", "format": "date" }),
            LayerKind::Timestamp => json!({ "type": "string", "format": "date-time" }),
            LayerKind::Texts => json!({ "type": "array", "items": text() }),
            LayerKind::Any => json!({}),
        };
        let title = if self.title.is_empty() { &self.name } else { &self.title };
        let said = if self.description.is_empty() { title } else { &self.description };
        schema["title"] = json!(title);
        schema["description"] = json!(said);
        schema
    }

    fn judge(&self, pointer: &str, repeated: bool, out: &mut Vec<LayerFault>) {
        let name = &self.name;
        let mut refuse = |rule, place: &str, message: String| {
            out.push(LayerFault::new(rule, format!("{pointer}/{place}"), message));
        };
        if !is_property_name(name) {
            refuse("layer-property-unfit", "name", PROPERTY_NAME.to_owned());
        }
        if TAKEN.contains(&name.as_str()) {
            let message = format!("every layer has \"{name}\" already; rename or leave it out");
            refuse("layer-property-taken", "name", message);
        }
        if repeated {
            refuse("layer-property-repeated", "name", format!("\"{name}\" is there before"));
        }
        let limit = limits::MAX_LISTED_VALUES;
        if self.values.len() > limit {
            refuse("layer-too-large", "values", format!("it lists more than {limit} values"));
        }
        if !self.values.is_empty() && !matches!(self.kind, LayerKind::Text | LayerKind::Texts) {
            let message = "values are listed for the types text and texts only".to_owned();
            refuse("layer-values-unfit", "values", message);
        }
        let is_bare = |value: &String| value.trim().len() == value.len() && !value.is_empty();
        if !self.values.iter().all(is_bare) {
            let message = "a listed value is empty, or has blanks around it".to_owned();
            refuse("layer-values-unfit", "values", message);
        }
    }

    /// Whether a value is of the property's type, and among those that are listed.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        let listed = |text: &str| self.values.is_empty() || self.values.iter().any(|it| it == text);
        match (self.kind, value) {
            (LayerKind::Any, _)
            | (LayerKind::Boolean, Value::Bool(_))
            | (LayerKind::Number, Value::Number(_)) => true,
            (LayerKind::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
            (LayerKind::Text, Value::String(text)) => listed(text),
            (LayerKind::Date, Value::String(text)) => is_day(text),
            (LayerKind::Timestamp, Value::String(text)) => is_instant(text),
            (LayerKind::Texts, Value::Array(list)) => {
                list.iter().all(|one| one.as_str().is_some_and(listed))
            }
            _ => false,
        }
    }
}

/// A name of a property: no control characters, and more than blanks.
const PROPERTY_NAME_PATTERN: &str =
    r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

const PROPERTY_NAME: &str = "a name has 1 to 200 characters and no control characters";

fn is_property_name(name: &str) -> bool {
    let length = name.chars().count();
    !name.trim().is_empty() && length <= limits::MAX_NAME && !name.contains(char::is_control)
}

/// Whether a text is a day as of RFC 3339.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<crate::id::Day>().is_ok()
}

/// Whether a text is an instant as of RFC 3339.
fn is_instant(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

#[cfg(test)]
mod tests;
