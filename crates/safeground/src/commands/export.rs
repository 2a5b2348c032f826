//! `export`: the records in force of a collection as a file of any format.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use api::export::{Added, cells, layer};
use exchange::layer::{Layer, Row, shape_of, shape_of_area};
use exchange::{Format, LayerWriter, WriteOptions, Written};
use store::{Item, Store};
use survey::{Collection, StoredRecord, VersionState};

use crate::arguments::Export;
use crate::commands::{now, say};

/// The word for standard output.
const STANDARD_OUTPUT: &str = "-";

/// Runs the command.
pub fn run(store: &Store, export: &Export) -> anyhow::Result<()> {
    let stored = store.programme(&export.programme)?;
    let found = stored.programme.collection(&export.collection);
    let found = found.with_context(|| {
        let known: Vec<_> = stored.programme.collections().map(|it| it.name.to_string()).collect();
        let (name, known) = (&export.collection, known.join(", "));
        format!("there is no collection \"{name}\"; known are: {known}")
    })?;
    let collection: &Collection = &found;
    let format = format(export)?;
    let revision = stored.revision;
    let layer = Layer {
        revision: i64::try_from(revision).ok(),
        made_at: Some(now()),
        ..layer(collection, format)
    };
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
    let mut properties = record.properties.clone();
    Added::new(record.version, record.geometry.is_some()).put(layer, &mut properties);
    let values = cells(layer, &properties);
    // An area whose boundary cannot be used is drawn by the land to be wary of.
    let area = record.geometry.as_ref().map(shape_of);
    let shape = area.or_else(|| record.caution.as_ref().map(shape_of_area));
    let id = record.id.to_string();
    let row = Row { id: &id, geometry: shape.as_ref(), values: &values };
    writer.row_of(&row, &properties)
}
