//! The columns of a file and the rows that wait in them.

use chrono::{Datelike, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Stored, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::Done;
use crate::layer::{Cell, Column, ColumnKind, GeometryKind, Layer};
use crate::out::{PlainRow, names};
use crate::wkb;

/// The column with the geometry.
pub(super) const GEOMETRY: &str = "geometry";

/// The column with the box of each geometry.
pub(super) const BOX: &str = "bbox";

/// Its parts, in the order of a box.
const EDGES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

const ID: &str = "id";

/// How a file is written: dictionaries where values repeat, extremes where readers look at them.
pub(super) fn properties() -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(GEOMETRY.into(), EnabledStatistics::None)
        .set_column_dictionary_enabled(GEOMETRY.into(), false)
        .set_column_dictionary_enabled(ID.into(), false);
    for edge in EDGES {
        let path = ColumnPath::new(vec![BOX.to_owned(), edge.to_owned()]);
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    Ok(properties.build())
}

/// The id, the geometry and its box, then the columns of the layer.
pub(super) struct Columns {
    ids: Waiting,
    shapes: Option<(Waiting, [Waiting; 4])>,
    values: Vec<(String, ColumnKind, Waiting)>,
    rows: usize,
    bytes: usize,
}

impl Columns {
    pub(super) fn of(layer: &Layer) -> Self {
        let names = layer.columns.iter().map(|column| column.name.clone());
        let names = names::unique(names, &[ID, GEOMETRY, BOX], usize::MAX);
        let value = |(column, name): (&Column, String)| {
            (name, column.kind, Waiting::of(stored(column.kind).0))
        };
        let bytes = || Waiting::of(Stored::BYTE_ARRAY);
        let edges = || [(); 4].map(|()| Waiting::of(Stored::DOUBLE));
        Self {
            ids: bytes(),
            shapes: (layer.geometry != GeometryKind::None).then(|| (bytes(), edges())),
            values: layer.columns.iter().zip(names).map(value).collect(),
            rows: 0,
            bytes: 0,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of what waits, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn schema(&self) -> Result<TypePtr, ParquetError> {
        let text = Some(LogicalType::String);
        let mut fields = vec![leaf(ID, Stored::BYTE_ARRAY, text, Repetition::REQUIRED)?];
        if self.shapes.is_some() {
            fields.push(leaf(GEOMETRY, Stored::BYTE_ARRAY, None, Repetition::OPTIONAL)?);
            let edges = EDGES.map(|edge| leaf(edge, Stored::DOUBLE, None, Repetition::REQUIRED));
            let edges = edges.into_iter().collect::<Result<_, _>>()?;
            let group = Type::group_type_builder(BOX).with_repetition(Repetition::OPTIONAL);
            fields.push(group.with_fields(edges).build()?.into());
        }
        for (name, kind, _) in &self.values {
            let (as_stored, meaning) = stored(*kind);
            fields.push(leaf(name, as_stored, meaning, Repetition::OPTIONAL)?);
        }
        Ok(Type::group_type_builder("schema").with_fields(fields).build()?.into())
    }

    /// Takes a row; `around` is the box of its geometry.
    pub(super) fn put(&mut self, row: &PlainRow<'_>, around: Option<[f64; 4]>) {
        self.rows += 1;
        self.bytes += self.ids.put(&Cell::Text(row.id.into()));
        if let Some((shapes, edges)) = &mut self.shapes {
            let shape = row.geometry.as_ref().map(|shape| {
                let mut bytes = Vec::new();
                wkb::write(&mut bytes, shape);
                bytes
            });
            self.bytes += shapes.put_bytes(shape);
            for (place, edge) in edges.iter_mut().enumerate() {
                let cell = around.map_or(Cell::Null, |around| Cell::Number(around[place]));
                self.bytes += edge.put(&cell);
            }
        }
        for ((_, _, waiting), cell) in self.values.iter_mut().zip(row.values) {
            self.bytes += waiting.put(cell);
        }
    }

    /// Writes what waits as a group of rows.
    pub(super) fn write(
        &mut self,
        mut group: SerializedRowGroupWriter<'_, Done>,
    ) -> Result<(), ParquetError> {
        self.ids.levels.clear();
        let shapes = self.shapes.iter_mut();
        let shapes = shapes.flat_map(|(shapes, edges)| [shapes].into_iter().chain(edges));
        let values = self.values.iter_mut().map(|(_, _, waiting)| waiting);
        for waiting in [&mut self.ids].into_iter().chain(shapes).chain(values) {
            waiting.write(&mut group)?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

fn leaf(
    name: &str,
    as_stored: Stored,
    meaning: Option<LogicalType>,
    repetition: Repetition,
) -> Result<TypePtr, ParquetError> {
    let leaf = Type::primitive_type_builder(name, as_stored).with_logical_type(meaning);
    Ok(leaf.with_repetition(repetition).build()?.into())
}

/// How the values of a column are stored, and what that means.
fn stored(kind: ColumnKind) -> (Stored, Option<LogicalType>) {
    match kind {
        ColumnKind::Boolean => (Stored::BOOLEAN, None),
        ColumnKind::Integer => (Stored::INT64, None),
        ColumnKind::Number => (Stored::DOUBLE, None),
        ColumnKind::Text => (Stored::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Date => (Stored::INT32, Some(LogicalType::Date)),
        ColumnKind::Timestamp => {
            (Stored::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS)))
        }
        ColumnKind::List => (Stored::BYTE_ARRAY, Some(LogicalType::Json)),
    }
}

/// The values of a column that wait, and for each row whether it has one.
struct Waiting {
    values: Values,
    levels: Vec<i16>,
}

enum Values {
    Booleans(Vec<bool>),
    Days(Vec<i32>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Bytes(Vec<ByteArray>),
}

impl Waiting {
    fn of(as_stored: Stored) -> Self {
        let values = match as_stored {
            Stored::BOOLEAN => Values::Booleans(Vec::new()),
            Stored::INT32 => Values::Days(Vec::new()),
            Stored::INT64 => Values::Integers(Vec::new()),
            Stored::DOUBLE => Values::Numbers(Vec::new()),
            _ => Values::Bytes(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    /// Takes a cell, which fits the column; returns how many bytes it takes.
    fn put(&mut self, cell: &Cell<'_>) -> usize {
        if cell.is_null() {
            return self.put_bytes(None);
        }
        match (&mut self.values, cell) {
            (Values::Booleans(all), Cell::Boolean(value)) => all.push(*value),
            (Values::Days(all), Cell::Date(day)) => all.push(since_1970(*day)),
            (Values::Integers(all), Cell::Integer(value)) => all.push(*value),
            (Values::Integers(all), Cell::Timestamp(at)) => all.push(at.timestamp_micros()),
            (Values::Numbers(all), Cell::Integer(value)) => all.push(*value as f64),
            // Adding zero turns -0 into 0 and changes nothing else.
            (Values::Numbers(all), Cell::Number(value)) => all.push(value + 0.0),
            _ => return self.put_bytes(Some(cell.to_text().into_bytes())),
        }
        self.levels.push(1);
        size_of::<f64>()
    }

    fn put_bytes(&mut self, bytes: Option<Vec<u8>>) -> usize {
        let length = bytes.as_ref().map_or(0, Vec::len);
        self.levels.push(i16::from(bytes.is_some()));
        if let (Values::Bytes(all), Some(bytes)) = (&mut self.values, bytes) {
            all.push(bytes.into());
        }
        size_of::<ByteArray>() + length
    }

    fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Done>,
    ) -> Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else {
            return Err(ParquetError::General("there are more columns than said".to_owned()));
        };
        let levels = Some(&self.levels[..]).filter(|levels| !levels.is_empty());
        match &self.values {
            Values::Booleans(all) => column.typed::<BoolType>().write_batch(all, levels, None),
            Values::Days(all) => column.typed::<Int32Type>().write_batch(all, levels, None),
            Values::Integers(all) => column.typed::<Int64Type>().write_batch(all, levels, None),
            Values::Numbers(all) => column.typed::<DoubleType>().write_batch(all, levels, None),
            Values::Bytes(all) => column.typed::<ByteArrayType>().write_batch(all, levels, None),
        }?;
        column.close()?;
        self.levels.clear();
        match &mut self.values {
            Values::Booleans(all) => all.clear(),
            Values::Days(all) => all.clear(),
            Values::Integers(all) => all.clear(),
            Values::Numbers(all) => all.clear(),
            Values::Bytes(all) => all.clear(),
        }
        Ok(())
    }
}

/// The days from 1970-01-01 to a day.
fn since_1970(day: NaiveDate) -> i32 {
    const OF_1970: i32 = 719_163;
    day.num_days_from_ce() - OF_1970
}
