//! `export`: the records in force of a collection as a file of any format.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use exchange::layer::{Cell, Colours, Column, ColumnKind, GeometryKind, Layer, Row, shape_of};
use exchange::{Format, LayerWriter, WriteOptions, Written};
use serde_json::Value;
use store::{Item, Store};
use survey::{Collection, QueryableKind, StoredRecord, VersionState};

use crate::arguments::Export;
use crate::commands::{now, say};

/// The word for standard output.
const STANDARD_OUTPUT: &str = "-";

/// Runs the command.
pub fn run(store: &Store, export: &Export) -> anyhow::Result<()> {
    let stored = store.programme(&export.programme)?;
    let found = stored.programme.collection(&export.collection);
    let found = found.context("no such collection")?;
    let collection: &Collection = &found;
    let format = format(export)?;
    let revision = stored.revision;
    let layer =
        Layer { revision: i64::try_from(revision).ok(), made_at: Some(now()), ..layer(collection) };
    let options = WriteOptions { byte_order_mark: export.byte_order_mark };
    if export.out.as_os_str() == STANDARD_OUTPUT {
        let out = Box::new(BufWriter::new(std::io::stdout().lock()));
        let writer = format.writer(&layer, &options, out)?;
        let written = records(store, export, collection, &layer, writer)?;
        for note in written.notes {
            tracing::warn!("{note}");
        }
        return Ok(());
    }
    // Under its name stands a whole file or none.
    let part = PathBuf::from(format!("{}.part", export.out.display()));
    let written = write(store, export, collection, &layer, format, &options, &part);
    let written = match written {
        Ok(written) => written,
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            return Err(error);
        }
    };
    std::fs::rename(&part, &export.out)
        .with_context(|| format!("cannot write {}", export.out.display()))?;
    let told = format!("{}: {} records as {}", export.out.display(), written.rows, format.title());
    let notes = written.notes.iter().map(|note| format!("\n  note: {note}"));
    say(&(told + &notes.collect::<String>()))
}

fn format(export: &Export) -> anyhow::Result<Format> {
    let words = || Format::all().iter().map(|it| it.word()).collect::<Vec<_>>().join(", ");
    let found = match &export.format {
        Some(word) => Format::by_word(word),
        None => Format::by_file_name(&export.out.to_string_lossy()),
    };
    match found {
        Some(format) => Ok(format),
        None => bail!("the format is not known; give --format, one of {}", words()),
    }
}

fn write(
    store: &Store,
    export: &Export,
    collection: &Collection,
    layer: &Layer,
    format: Format,
    options: &WriteOptions,
    path: &Path,
) -> anyhow::Result<Written> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut out = BufWriter::new(file);
    let writer = format.writer(layer, options, Box::new(&mut out))?;
    let written = records(store, export, collection, layer, writer)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(written)
}

/// Writes the records in force, from one picture of the store.
fn records(
    store: &Store,
    export: &Export,
    collection: &Collection,
    layer: &Layer,
    mut writer: LayerWriter<'_>,
) -> anyhow::Result<Written> {
    let mut failed = None;
    store.load(&export.programme, &mut |item| {
        if let Item::Record(record) = item
            && failed.is_none()
            && record.collection == collection.name
            && record.state == VersionState::InForce
        {
            failed = write_record(layer, &record, &mut writer).err();
        }
        Ok(())
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(writer.finish()?),
    }
}

fn write_record(
    layer: &Layer,
    record: &StoredRecord,
    writer: &mut LayerWriter<'_>,
) -> Result<(), exchange::WriteError> {
    let version = Value::from(record.version);
    let value = |column: &Column| match record.properties.get(&column.name) {
        Some(value) => value,
        None if column.name == VERSION => &version,
        None => &Value::Null,
    };
    let values: Vec<Cell<'_>> = layer.columns.iter().map(|it| it.cell(value(it))).collect();
    let shape = record.geometry.as_ref().map(shape_of);
    let id = record.id.to_string();
    writer.row(&Row { id: &id, geometry: shape.as_ref(), values: &values })
}

/// The column with the number of a record's version.
const VERSION: &str = "version";

/// A collection as something to export: its properties, and the version.
fn layer(collection: &Collection) -> Layer {
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
    if columns.iter().all(|column| column.name != VERSION) {
        columns.push(Column::new(VERSION, ColumnKind::Integer));
    }
    let classified = columns.iter().any(|column| column.name == CLASSIFICATION);
    Layer {
        title: collection.title.to_string(),
        description: collection.description.to_string(),
        columns,
        colours: classified.then(colours),
        ..Layer::new(&*collection.name, kind)
    }
}

const CLASSIFICATION: &str = "classification";

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
