//! `GeoParquet` 1.0 and 1.1 with geometry as well-known binary, and tables in plain Parquet.

use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::TreeBuilder;
use parquet::record::{Field, Row};
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor, Type, TypePtr};
use serde_json::Value;

use super::carried::Frame;
use super::places::Places;
use super::{Draft, Shape, Sink, Stop, damaged, failed, too_many_bytes, wkb};
use about::About;

mod about;
mod lists;
mod thrift;
mod trust;
mod values;

/// What such a file is called to people.
const WHAT: &str = "Parquet file";

/// How pandas calls the column in which it keeps the numbers of the rows of a table.
const ROW_NUMBERS: &str = "__index_level_";

/// Reads the rows in the order of the file.
///
/// # Source
/// `GeoParquet` 1.1.0; Apache Parquet 2.9.
pub(super) fn read(mut body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut file = tempfile::tempfile().map_err(failed)?;
    let limit = sink.limits.decompressed_bytes;
    let copied = io::copy(&mut body.by_ref().take(limit.saturating_add(1)), &mut file);
    if copied.map_err(failed)? > limit {
        return Err(too_many_bytes(limit));
    }
    trust::footer(&mut file).map_err(|error| damaged(WHAT, error))?;
    let copy = file.try_clone().map_err(failed)?;
    let reader = guarded(None, || SerializedFileReader::new(copy))?;
    let about = reader.metadata().file_metadata();
    let table = Table::of(about.schema(), geo(&reader)?)?;
    let (mut left, mut unfolded) = (limit, limit);
    for place in 0..reader.num_row_groups() {
        let group = reader.metadata().row_group(place);
        let pages = pages(&mut file, group, &table)?;
        left = left.checked_sub(pages).ok_or_else(|| too_many_bytes(limit))?;
        rows(&reader, place, &table, &mut unfolded, sink)?;
    }
    Ok(())
}

/// Does what may meet damaged bytes, of which the crate behind it does not always tell in an orderly
/// way; `row` says where in the file, from 0.
fn guarded<T>(row: Option<u64>, work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Stop> {
    let told = |reason: String| match row {
        Some(row) => damaged(WHAT, format!("at row {}: {reason}", row + 1)),
        None => damaged(WHAT, reason),
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| told(error.to_string())),
        Err(_panic) => Err(told("its bytes contradict each other".to_owned())),
    }
}

/// What the key `geo` says, if it is there.
fn geo(reader: &dyn FileReader) -> Result<Option<About>, Stop> {
    let about = reader.metadata().file_metadata();
    let pairs = about.key_value_metadata().into_iter().flatten();
    let text = pairs.filter(|pair| pair.key == "geo").find_map(|pair| pair.value.as_deref());
    match text {
        Some(text) => About::parse(text).map(Some),
        None => about::none(about.schema()).map(|()| None),
    }
}

/// The columns that are read, and what each is for.
struct Table {
    descriptor: SchemaDescPtr,
    fields: Vec<TypePtr>,
    form: Form,
}

enum Form {
    /// Geometry is in the column at this place, in this system.
    Features { shape: usize, id: Option<usize>, frame: Frame },
    /// Geometry is found by the names of columns.
    Rows(Places),
}

impl Table {
    fn of(schema: &Type, about: Option<About>) -> Result<Self, Stop> {
        let (column, left_out) = match &about {
            Some(about) => (Some(about.column.as_str()), &about.left_out[..]),
            None => (None, &[][..]),
        };
        let is_left_out = |field: &Type| {
            about::is_bytes(field)
                || left_out.iter().any(|name| name == field.name())
                || field.name().starts_with(ROW_NUMBERS)
        };
        let is_read = |field: &&TypePtr| Some(field.name()) == column || !is_left_out(field);
        let fields: Vec<TypePtr> = schema.get_fields().iter().filter(is_read).cloned().collect();
        let place = |name: &str| fields.iter().position(|field| field.name() == name);
        let form = match about {
            Some(About { column, frame, .. }) => {
                let missing = || damaged(WHAT, format!("it has no column {column:?}"));
                Form::Features {
                    shape: place(&column).ok_or_else(missing)?,
                    id: place("id"),
                    frame,
                }
            }
            None => Form::Rows(Places::of(fields.iter().map(|it| it.name().to_owned()).collect())),
        };
        let descriptor = guarded(None, || {
            let schema = Type::group_type_builder("schema").with_fields(fields.clone()).build()?;
            Ok(Arc::new(SchemaDescriptor::new(Arc::new(schema))))
        })?;
        Ok(Self { descriptor, fields, form })
    }

    fn draft(&self, row: Row) -> Draft {
        let kinds = self.fields.iter().map(AsRef::as_ref);
        let columns = row.into_columns().into_iter().zip(kinds);
        match &self.form {
            Form::Rows(places) => {
                places.draft(columns.map(|((_, field), kind)| values::json(&field, Some(kind))))
            }
            Form::Features { shape, id, frame } => {
                let mut draft = Draft::default();
                for (place, ((name, field), kind)) in columns.enumerate() {
                    if place == *shape {
                        draft.shape = frame.carry(drawn(&field));
                        continue;
                    }
                    match values::json(&field, Some(kind)) {
                        Value::Null => {}
                        Value::String(text) if *id == Some(place) => draft.id = Some(text),
                        value if *id == Some(place) => draft.id = Some(value.to_string()),
                        value => {
                            draft.properties.insert(name, value);
                        }
                    }
                }
                draft
            }
        }
    }
}

fn drawn(field: &Field) -> Shape {
    match field {
        Field::Null => Shape::None,
        Field::Bytes(bytes) => match wkb::read(bytes.data()) {
            Ok(shape) => shape.map_or(Shape::None, Shape::Read),
            Err(reason) => Shape::unreadable("a GeoParquet geometry", reason),
        },
        _ => Shape::unreadable("a GeoParquet geometry", "it is no well-known binary"),
    }
}

/// Checks the pages of a group of rows; returns their bytes before compression.
fn pages(
    file: &mut (impl Read + Seek),
    group: &RowGroupMetaData,
    table: &Table,
) -> Result<u64, Stop> {
    let mut bytes = 0_u64;
    for column in group.columns() {
        let root = column.column_path().parts().first();
        if !table.fields.iter().any(|field| root.is_some_and(|root| root == field.name())) {
            continue;
        }
        let compression = column.compression();
        if !matches!(
            compression,
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
        ) {
            return Err(about::unread(&format!("it is compressed as {compression}")));
        }
        let range = guarded(None, || Ok(column.byte_range()))?;
        let held = trust::pages(file, range).map_err(|error| damaged(WHAT, error))?;
        let is_list = column.column_descr().max_rep_level() > 0;
        let rows = u64::try_from(group.num_rows()).unwrap_or(u64::MAX);
        if held.values != rows && !is_list {
            let reason = format!("{rows} rows have {} values of a column", held.values);
            return Err(damaged(WHAT, reason));
        }
        bytes = bytes.saturating_add(held.bytes);
    }
    Ok(bytes)
}

fn rows(
    reader: &dyn FileReader,
    place: usize,
    table: &Table,
    left: &mut u64,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let limits = sink.limits;
    let group = guarded(None, || Ok(lists::Bounded(reader.get_row_group(place)?)))?;
    let mut rows = guarded(None, || TreeBuilder::new().as_iter(table.descriptor.clone(), &group))?;
    loop {
        let next = guarded(Some(sink.next_index), || {
            let Some(row) = rows.next().transpose()? else { return Ok(None) };
            let bytes: usize = row.get_column_iter().map(|(_, field)| values::bytes(field)).sum();
            let draft = (bytes <= limits.feature_bytes).then(|| table.draft(row));
            Ok(Some((bytes, draft)))
        })?;
        let Some((bytes, draft)) = next else { return Ok(()) };
        // A text of a dictionary stands in many rows and counts in each.
        let rest = left.checked_sub(bytes as u64);
        *left = rest.ok_or_else(|| too_many_bytes(limits.decompressed_bytes))?;
        match draft {
            None => sink.put_too_large()?,
            Some(draft) => sink.put(draft)?,
        }
    }
}
