//! What can be exported, whatever it is: a layer of rows with an id, a geometry and values.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::Value;

/// A named set of rows that go into one file.
///
/// # Examples
/// ```
/// use exchange::layer::{Column, ColumnKind, GeometryKind, Layer};
/// let layer = Layer {
///     columns: vec![Column::new("classification", ColumnKind::Text)],
///     ..Layer::new("hazardous-areas", GeometryKind::MultiPolygon)
/// };
/// assert_eq!(layer.columns[0].title, "classification");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name in files and addresses, for example `hazardous-areas`.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it holds.
    pub description: String,
    /// Which geometries its rows have; each row may have none.
    pub geometry: GeometryKind,
    /// The columns, in the order of the values of each row.
    pub columns: Vec<Column>,
    /// The name of the column by which people know a row, for formats in which a feature has a
    /// name; otherwise its id is told.
    pub naming: Option<String>,
    /// Who is to be named when the data is shown.
    pub attribution: Option<String>,
    /// The terms under which the data may be used: a name or an address.
    pub licence: Option<String>,
    /// The revision of the programme that the rows are of.
    pub revision: Option<i64>,
    /// When the rows were taken from where they are kept.
    pub made_at: Option<DateTime<Utc>>,
    /// How rows are drawn, by the value of a column.
    pub colours: Option<Colours>,
}

impl Layer {
    /// A layer without columns, whose title is its name.
    pub fn new(name: &str, geometry: GeometryKind) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            geometry,
            columns: Vec::new(),
            naming: None,
            attribution: None,
            licence: None,
            revision: None,
            made_at: None,
            colours: None,
        }
    }

    /// The place of the column by which people know a row.
    pub(crate) fn naming_place(&self) -> Option<usize> {
        let naming = self.naming.as_ref()?;
        self.columns.iter().position(|column| column.name == *naming)
    }
}

/// Colours by the value of a column, for formats that carry a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colours {
    /// The name of the column.
    pub column: String,
    /// Values with their colours as red, green and blue.
    pub values: Vec<(String, [u8; 3])>,
    /// The colour of every other value.
    pub other: [u8; 3],
}

/// The kind of geometry of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeometryKind {
    /// Rows without geometry.
    None,
    /// Positions.
    Point,
    /// Lines.
    LineString,
    /// Areas of one part.
    Polygon,
    /// Several positions, or one.
    MultiPoint,
    /// Several lines, or one.
    MultiLineString,
    /// Areas of several parts, or one.
    MultiPolygon,
    /// Geometries of several kinds.
    Any,
}

impl GeometryKind {
    /// Whether a geometry that `GeoJSON` calls `kind` may stand in such a layer.
    pub(crate) fn takes(self, kind: &str) -> bool {
        match self {
            Self::None => false,
            Self::Any => true,
            Self::Point => kind == "Point",
            Self::LineString => kind == "LineString",
            Self::Polygon => kind == "Polygon",
            Self::MultiPoint => matches!(kind, "Point" | "MultiPoint"),
            Self::MultiLineString => matches!(kind, "LineString" | "MultiLineString"),
            Self::MultiPolygon => matches!(kind, "Polygon" | "MultiPolygon"),
        }
    }
}

/// A column of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in files.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it holds, in a sentence.
    pub description: String,
    /// The kind of its values.
    pub kind: ColumnKind,
}

impl Column {
    /// A column whose title is its name.
    pub fn new(name: &str, kind: ColumnKind) -> Self {
        Self { name: name.to_owned(), title: name.to_owned(), description: String::new(), kind }
    }

    /// A JSON value as a cell of this column. What does not fit its kind becomes JSON text in a
    /// column of texts, and nothing in any other.
    ///
    /// # Examples
    /// ```
    /// use exchange::layer::{Cell, Column, ColumnKind};
    /// let column = Column::new("identified_on", ColumnKind::Date);
    /// assert_eq!(column.cell(&"2024-02-30".into()), Cell::Null);
    /// ```
    pub fn cell<'v>(&self, value: &'v Value) -> Cell<'v> {
        let text = value.as_str();
        match (self.kind, value) {
            (_, Value::Null) => Cell::Null,
            (ColumnKind::Boolean, value) => value.as_bool().map_or(Cell::Null, Cell::Boolean),
            (ColumnKind::Integer, value) => value.as_i64().map_or(Cell::Null, Cell::Integer),
            (ColumnKind::Number, value) => value.as_f64().map_or(Cell::Null, Cell::Number),
            (ColumnKind::Date, _) => {
                text.and_then(|text| text.parse().ok()).map_or(Cell::Null, Cell::Date)
            }
            (ColumnKind::Timestamp, _) => text
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                .map_or(Cell::Null, |at| Cell::Timestamp(at.to_utc())),
            (ColumnKind::List, Value::Array(items)) => {
                Cell::List(items.iter().filter_map(Value::as_str).collect())
            }
            (ColumnKind::List, _) => Cell::Null,
            (ColumnKind::Text, Value::String(text)) => Cell::Text(text.into()),
            (ColumnKind::Text, other) => Cell::Text(other.to_string().into()),
        }
    }
}

/// The kind of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
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
    List,
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number; written as nothing if it is not finite.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A calendar day.
    Date(NaiveDate),
    /// An instant.
    Timestamp(DateTime<Utc>),
    /// Several texts.
    List(Vec<&'a str>),
}

impl Cell<'_> {
    /// The value as JSON: days and instants as RFC 3339 has them.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Number(value) => (*value).into(),
            Self::Text(value) => value.as_ref().into(),
            Self::Date(_) | Self::Timestamp(_) => self.to_text().into(),
            Self::List(values) => values.clone().into(),
        }
    }

    /// The value as text; a list as a JSON array, so that it reads back whatever it holds.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Number(value) if !value.is_finite() => String::new(),
            Self::Number(value) => (value + 0.0).to_string(),
            Self::Text(value) => value.as_ref().to_owned(),
            Self::Date(day) => day.to_string(),
            Self::Timestamp(at) => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            Self::List(_) => self.to_json().to_string(),
        }
    }

    /// Whether nothing is written for it.
    pub(crate) fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Number(value) => !value.is_finite(),
            _ => false,
        }
    }

    fn fits(&self, kind: ColumnKind) -> bool {
        match self {
            Self::Null => true,
            Self::Boolean(_) => kind == ColumnKind::Boolean,
            Self::Integer(_) => matches!(kind, ColumnKind::Integer | ColumnKind::Number),
            Self::Number(_) => kind == ColumnKind::Number,
            Self::Text(_) => kind == ColumnKind::Text,
            Self::Date(_) => kind == ColumnKind::Date,
            Self::Timestamp(_) => kind == ColumnKind::Timestamp,
            Self::List(_) => kind == ColumnKind::List,
        }
    }
}

/// A checked geometry as a row takes it: a `Polygon` for one part, a `MultiPolygon` for several, and
/// what was drawn in its own kind.
pub fn shape_of(geometry: &geometry::Geometry) -> geo_types::Geometry<f64> {
    match geometry {
        geometry::Geometry::Point(at) => geo_types::Point::new(at.lon(), at.lat()).into(),
        geometry::Geometry::Polygon(polygon) => shape_of_area(polygon),
        geometry::Geometry::Shape(shape) => shape.into(),
    }
}

/// A checked area as a row takes it: a `Polygon` for one part, a `MultiPolygon` for several.
pub fn shape_of_area(polygon: &geometry::HazardPolygon) -> geo_types::Geometry<f64> {
    let mut parts = geo_types::MultiPolygon::from(polygon);
    match (parts.0.pop(), parts.0.is_empty()) {
        (Some(only), true) => only.into(),
        (last, _) => {
            parts.0.extend(last);
            parts.into()
        }
    }
}

/// One row of a layer.
///
/// # Coordinates
/// CRS84: longitude and latitude in degrees, longitude first.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The id of the feature.
    pub id: &'a str,
    /// Its geometry: a point, line or polygon, or several of a kind.
    pub geometry: Option<&'a geo_types::Geometry<f64>>,
    /// Its values, one for each column of the layer.
    pub values: &'a [Cell<'a>],
}

impl Row<'_> {
    /// What keeps the row out of a layer.
    pub(crate) fn misfit(&self, layer: &Layer) -> Option<String> {
        if self.values.len() != layer.columns.len() {
            let (values, columns) = (self.values.len(), layer.columns.len());
            return Some(format!("{values} values for {columns} columns"));
        }
        let misfits = |(column, cell): &(&Column, &Cell<'_>)| !cell.fits(column.kind);
        let (column, cell) = layer.columns.iter().zip(self.values).find(misfits)?;
        Some(format!("\"{}\" is {:?} and got {cell:?}", column.name, column.kind))
    }
}
