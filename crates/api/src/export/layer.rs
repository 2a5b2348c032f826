//! A collection as a layer to be written to files: its columns, and a record's values in them.

use std::collections::HashMap;

use exchange::layer::{Cell, Colours, Column, ColumnKind, GeometryKind, Layer};
use serde_json::{Map, Value};
use survey::{Collection, QueryableKind};

/// The column with the number of a record's version.
const VERSION: &str = "version";

/// The column that tells whether the geometry is where the record is: an unlocated hazardous area
/// is drawn by its caution area.
const LOCATED: &str = "located";

const CLASSIFICATION: &str = "classification";

/// The column with the name people use for a record.
const LOCAL_ID: &str = "local_id";

/// A collection as something to export: its properties, the version, and whether it is located.
///
/// # Examples
/// ```
/// let areas = survey::collection("hazardous-areas").unwrap();
/// let layer = api::export::layer(areas);
/// assert!(layer.columns.iter().any(|column| column.name == "located"));
/// ```
pub fn layer(collection: &Collection) -> Layer {
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
    // A layer may have properties of these names; they are its own then.
    for added in [Column::new(VERSION, ColumnKind::Integer), located] {
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
}

/// The values of a record, one for each column of a layer made by [`layer`].
pub fn cells<'v>(layer: &Layer, properties: &'v Map<String, Value>) -> Vec<Cell<'v>> {
    let value = |column: &Column| properties.get(&column.name).unwrap_or(&Value::Null);
    layer.columns.iter().map(|column| column.cell(value(column))).collect()
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
