//! What a layer is, found out from the features of a file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use serde_json::Value;

use super::{
    LOCAL_ID, Layer, LayerFault, LayerGeometry, LayerKind, LayerProperty, is_day, is_instant,
};
use crate::feature::{WireFeature, WireGeometry};
use crate::limits;

/// Different texts of a property that may be a list of values.
const OFFERED_MAX: usize = 25;

/// How often a value comes on average when a property is offered as a list of values.
const OFFERED_EACH: u64 = 4;

/// Features among which values are compared to find the property that names a record.
const COMPARED_MAX: usize = 1_000_000;

/// Names of properties that name records, the likeliest first, in small letters.
const NAMING: [&str; 13] = [
    LOCAL_ID, "id", "code", "pcode", "uuid", "guid", "gid", "fid", "osm_id", "ne_id", "objectid",
    "iso_a3", "name",
];

/// Finds out the definition of a layer, feature by feature.
///
/// # Examples
/// ```
/// let mut inference = survey::layer::Inference::default();
/// assert_eq!(inference.count(), 0);
/// let found = inference.finish("roads", "Roads");
/// assert!(found.layer.properties.is_empty());
/// ```
#[derive(Debug, Default)]
pub struct Inference {
    features: u64,
    named_by_id: u64,
    geometry: BTreeSet<LayerGeometry>,
    /// Features whose geometry cannot be read.
    unreadable: u64,
    /// The place of the first of them, and what is wrong with it.
    first_unreadable: Option<(u64, String)>,
    /// In the order in which they were first met.
    columns: Vec<Column>,
    places: BTreeMap<String, usize>,
    left_out: BTreeSet<String>,
}

/// What is known of a property so far.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Option<LayerKind>,
    values: u64,
    /// Texts met; none when there are too many for a list.
    texts: Option<BTreeSet<String>>,
    /// Digests of all values; none when one came twice or the property names nothing.
    different: Option<HashSet<u64>>,
}

/// A definition that was found out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inferred {
    /// The definition.
    #[serde(flatten)]
    pub layer: Layer,
    /// Features it was found out from.
    #[serde(skip)]
    pub features: u64,
    /// Properties that may be lists of values.
    #[serde(skip)]
    pub offers: Vec<Offer>,
    /// Properties that cannot be taken, by name.
    #[serde(skip)]
    pub left_out: Vec<String>,
    /// What keeps the file from being taken by the definition, or the definition itself.
    #[serde(skip)]
    pub faults: Vec<LayerFault>,
}

/// A property with few different texts, which may be all it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The property.
    pub property: String,
    /// The texts that were met, in order.
    pub values: Vec<String>,
}

impl Inference {
    /// The number of features so far.
    pub fn count(&self) -> u64 {
        self.features
    }

    /// Learns from a feature.
    pub fn take(&mut self, feature: &WireFeature) {
        self.named_by_id +=
            u64::from(feature.id.as_deref().is_some_and(|id| !id.trim().is_empty()));
        match &feature.geometry {
            WireGeometry::Absent => {}
            WireGeometry::Read(raw) => self.geometry.extend(LayerGeometry::of_geojson(raw.kind())),
            WireGeometry::Unreadable { reason, .. } => {
                self.unreadable += 1;
                self.first_unreadable.get_or_insert_with(|| (self.features, reason.clone()));
            }
        }
        self.features += 1;
        for (name, value) in &feature.properties {
            self.learn(name, value);
        }
    }

    fn learn(&mut self, name: &str, value: &Value) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None if self.columns.len() >= limits::MAX_PROPERTIES => {
                if self.left_out.len() < limits::MAX_PROPERTIES {
                    self.left_out.insert(name.to_owned());
                }
                return;
            }
            None => {
                self.places.insert(name.to_owned(), self.columns.len());
                self.columns.push(Column::new(name));
                self.columns.len() - 1
            }
        };
        self.columns[place].learn(value);
    }

    /// The definition by all that was learned. What cannot be found out, for example which
    /// properties a record cannot do without, is left open.
    pub fn finish(self, name: &str, title: &str) -> Inferred {
        let naming = self.naming();
        let unreadable = self.unreadable_fault();
        let offers = self.columns.iter().filter_map(Column::offer).collect();
        let has_names = self.places.contains_key(LOCAL_ID);
        let mut left_out: Vec<String> = self.left_out.iter().cloned().collect();
        let mut properties = Vec::with_capacity(self.columns.len());
        for column in self.columns.into_iter().filter(|column| column.name != LOCAL_ID) {
            let kind = column.kind.unwrap_or(LayerKind::Text);
            let property = LayerProperty::plain(&column.name, kind);
            let mut faults = Vec::new();
            property.judge("", false, &mut faults);
            if faults.is_empty() { properties.push(property) } else { left_out.push(column.name) }
        }
        let layer = Layer {
            name: name.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            geometry: self.geometry.into_iter().collect(),
            numbered: naming.is_none() && !has_names && self.named_by_id < self.features,
            id_property: naming,
            geometry_name: None,
            properties,
            effective_on: None,
            retired: false,
        };
        let mut faults = layer.faults();
        faults.extend(unreadable);
        Inferred { layer, features: self.features, offers, left_out, faults }
    }

    /// A layer found out without the geometries that cannot be read would take none of them.
    fn unreadable_fault(&self) -> Option<LayerFault> {
        let (index, reason) = self.first_unreadable.as_ref()?;
        let message = format!(
            "{} of {} feature(s) have a geometry that cannot be read, feature {index} first: \
             {reason}; mend it in the file",
            self.unreadable, self.features
        );
        Some(LayerFault::new("geometry-unreadable", "/geometry", message))
    }

    /// The property that names the records, where neither `local_id` nor the id of features does.
    fn naming(&self) -> Option<String> {
        if self.features == 0
            || self.named_by_id == self.features
            || self.places.contains_key(LOCAL_ID)
        {
            return None;
        }
        let names = |column: &&Column| column.names_all(self.features);
        let rank = |column: &&Column| {
            let name = column.name.to_lowercase();
            NAMING.iter().position(|it| *it == name).unwrap_or(NAMING.len())
        };
        let best = self.columns.iter().filter(names).min_by_key(rank);
        best.map(|column| column.name.clone())
    }
}

impl Column {
    fn new(name: &str) -> Self {
        let small = name.to_lowercase();
        let is_naming = NAMING.contains(&small.as_str())
            || ["_id", "_code", "pcode"].iter().any(|end| small.ends_with(end));
        Self {
            name: name.to_owned(),
            kind: None,
            values: 0,
            texts: Some(BTreeSet::new()),
            different: is_naming.then(HashSet::new),
        }
    }

    fn learn(&mut self, value: &Value) {
        let Some(kind) = kind_of(value) else { return };
        self.values += 1;
        self.kind = Some(self.kind.map_or(kind, |known| joined(known, kind)));
        match value {
            Value::String(text) => {
                if let Some(texts) = &mut self.texts
                    && !texts.contains(text.trim())
                {
                    texts.insert(text.trim().to_owned());
                }
                if self.texts.as_ref().is_some_and(|texts| texts.len() > OFFERED_MAX) {
                    self.texts = None;
                }
            }
            _ => self.texts = None,
        }
        let text = match value {
            Value::String(text) => text.trim().to_lowercase(),
            other => other.to_string(),
        };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let is_new =
            |seen: &mut HashSet<u64>| seen.len() < COMPARED_MAX && seen.insert(hasher.finish());
        if self.different.as_mut().is_some_and(|seen| !is_new(seen)) {
            self.different = None;
        }
    }

    fn names_all(&self, features: u64) -> bool {
        self.values == features
            && self.different.is_some()
            && matches!(self.kind, Some(LayerKind::Text | LayerKind::Integer))
    }

    fn offer(&self) -> Option<Offer> {
        let texts = self.texts.as_ref().filter(|_| self.kind == Some(LayerKind::Text))?;
        let few = (texts.len() as u64).saturating_mul(OFFERED_EACH) <= self.values;
        (few && !texts.is_empty())
            .then(|| Offer { property: self.name.clone(), values: texts.iter().cloned().collect() })
    }
}

/// The type of one value; none when nothing is said.
fn kind_of(value: &Value) -> Option<LayerKind> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) if text.trim().is_empty() => return None,
        Value::Bool(_) => LayerKind::Boolean,
        Value::Number(number) if number.is_i64() || number.is_u64() => LayerKind::Integer,
        Value::Number(_) => LayerKind::Number,
        Value::String(text) if is_day(text.trim()) => LayerKind::Date,
        Value::String(text) if is_instant(text.trim()) => LayerKind::Timestamp,
        Value::String(_) => LayerKind::Text,
        Value::Array(list) if list.iter().all(Value::is_string) => LayerKind::Texts,
        Value::Array(_) | Value::Object(_) => LayerKind::Any,
    })
}

/// The narrowest type that takes the values of both.
fn joined(a: LayerKind, b: LayerKind) -> LayerKind {
    let one_of = |kind: LayerKind| a == kind || b == kind;
    let both = |kinds: &[LayerKind]| kinds.contains(&a) && kinds.contains(&b);
    if a == b {
        a
    } else if one_of(LayerKind::Any) || one_of(LayerKind::Texts) {
        LayerKind::Any
    } else if both(&[LayerKind::Integer, LayerKind::Number]) {
        LayerKind::Number
    } else {
        LayerKind::Text
    }
}
