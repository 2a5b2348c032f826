//! A collection as a layer to be written to files: its columns, and a record's values in them.

use std::collections::HashMap;

use exchange::Format;
use exchange::layer::{Cell, Colours, Column, ColumnKind, GeometryKind, Layer};
use serde_json::{Map, Value};
use survey::{Collection, QueryableKind};

/// The column with the number of a record's version.
const VERSION: &str = "version";

/// The column that tells whether the geometry is where the record is: an unlocated hazardous area
/// is drawn by its caution area.
const LOCATED: &str = "located";

/// The column with what a record has beyond the properties of its type: the JSON text of an object.
/// Without it a table that comes back would write records without what it has no column for.
const FURTHER: &str = "further_properties";

const CLASSIFICATION: &str = "classification";

/// The column with the name people use for a record.
const LOCAL_ID: &str = "local_id";

/// A collection as something to export: its properties, the version, whether it is located, and what
/// records have beyond the properties of their type, where the format holds long texts.
///
/// # Examples
/// ```
/// let areas = survey::collection("hazardous-areas").unwrap();
/// let layer = api::export::layer(areas, exchange::Format::by_word("csv").unwrap());
/// assert!(layer.columns.iter().any(|column| column.name == "located"));
/// ```
pub fn layer(collection: &Collection, format: Format) -> Layer {
    let queryables: HashMap<&str, _> =
        collection.queryables().iter().map(|it| (it.name.as_str(), it)).collect();
    let column = |name: &str| {
        let found = queryables.get(name);
        let kind = found.map_or(ColumnKind::Text, |it| kind_of(it.kind));
        let description = found.map(|it| it.description.clone()).unwrap_or_default();
        Column { description, ..Column::new(name, kind) }
    };
    let kinds = collection.kinds();
    let kind = match (kinds.point, kinds.line, kinds.area) {
        (false, false, true) => GeometryKind::MultiPolygon,
        (false, true, false) => GeometryKind::MultiLineString,
        _ => GeometryKind::Any,
    };
    let mut columns: Vec<Column> = collection.properties().map(column).collect();
    let located = Column {
        description: "Whether the geometry is where it is, and not the land to be wary of around \
                      a boundary that cannot be used"
            .to_owned(),
        ..Column::new(LOCATED, ColumnKind::Boolean)
    };
    let further = Column {
        description: "Further properties of the record, as JSON".to_owned(),
        ..Column::new(FURTHER, ColumnKind::Text)
    };
    let further = (has_further(collection) && !format.cuts_texts()).then_some(further);
    // A layer may have properties of these names; they are its own then.
    for added in [Column::new(VERSION, ColumnKind::Integer), located].into_iter().chain(further) {
        if columns.iter().all(|column| column.name != added.name) {
            columns.push(added);
        }
    }
    let classified = columns.iter().any(|column| column.name == CLASSIFICATION);
    Layer {
        title: collection.title.to_string(),
        description: collection.description.to_string(),
        columns,
        naming: Some(LOCAL_ID.to_owned()),
        colours: classified.then(colours),
        ..Layer::new(&collection.name, kind)
    }
}

/// What a row tells besides the properties of its record.
#[derive(Debug)]
pub struct Added {
    version: Value,
    located: Value,
}

impl Added {
    /// The version of a record, and whether its geometry is where it is.
    pub fn new(version: u32, located: bool) -> Self {
        Self { version: version.into(), located: located.into() }
    }
}

impl Added {
    /// Puts it among the properties of a record, where a layer made by [`layer`] has columns for it
    /// and the record no property of that name.
    pub fn put(&self, layer: &Layer, properties: &mut Map<String, Value>) {
        for (name, value) in [(VERSION, &self.version), (LOCATED, &self.located)] {
            if layer.columns.iter().any(|column| column.name == name) {
                properties.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
}

/// Takes out of the properties of a feature what [`Added`] has put into a file that comes back: it
/// is told of a record, and not by it. A file that has only one of them is somebody else's.
pub fn take_out(collection: &Collection, properties: &mut Map<String, Value>) {
    let is_ours = [VERSION, LOCATED].iter().all(|name| properties.contains_key(*name));
    for name in [VERSION, LOCATED] {
        if is_ours && collection.properties().all(|own| own != name) {
            properties.remove(name);
        }
    }
    let further: Option<Map<String, Value>> = match properties.get(FURTHER) {
        Some(Value::Null) => Some(Map::new()),
        Some(Value::String(text)) if text.is_empty() => Some(Map::new()),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        _ => None,
    };
    if let Some(further) = further.filter(|_| has_further(collection)) {
        properties.remove(FURTHER);
        for (name, value) in further {
            properties.entry(name).or_insert(value);
        }
    }
}

/// Whether records may have properties beyond those of their type: a layer takes none.
fn has_further(collection: &Collection) -> bool {
    collection.layer().is_none()
}

/// The values of a record, one for each column of a layer made by [`layer`].
pub fn cells<'v>(layer: &Layer, properties: &'v Map<String, Value>) -> Vec<Cell<'v>> {
    let cell = |column: &Column| match properties.get(&column.name) {
        Some(value) => column.cell(value),
        None if column.name == FURTHER => further(layer, properties),
        None => Cell::Null,
    };
    layer.columns.iter().map(cell).collect()
}

/// What a record has that no other column has.
fn further(layer: &Layer, properties: &Map<String, Value>) -> Cell<'static> {
    let is_told = |name: &String| layer.columns.iter().any(|column| column.name == *name);
    let further: Map<String, Value> = properties
        .iter()
        .filter(|(name, _)| !is_told(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if further.is_empty() {
        Cell::Null
    } else {
        Cell::Text(Value::Object(further).to_string().into())
    }
}

fn colours() -> Colours {
    Colours {
        column: CLASSIFICATION.to_owned(),
        values: vec![
            ("suspected".to_owned(), [255, 170, 0]),
            ("confirmed".to_owned(), [200, 0, 0]),
        ],
        other: [128, 128, 128],
    }
}

fn kind_of(kind: QueryableKind) -> ColumnKind {
    match kind {
        QueryableKind::Boolean => ColumnKind::Boolean,
        QueryableKind::Integer => ColumnKind::Integer,
        QueryableKind::Number => ColumnKind::Number,
        QueryableKind::Text => ColumnKind::Text,
        QueryableKind::Date => ColumnKind::Date,
        QueryableKind::Timestamp => ColumnKind::Timestamp,
        QueryableKind::Texts => ColumnKind::List,
    }
}
