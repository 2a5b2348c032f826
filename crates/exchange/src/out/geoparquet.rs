//! `GeoParquet` 1.1: well-known binary with a box beside it, in groups of rows.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use geometry::RawGeometry;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedFileWriter;
use serde_json::{Map, Value, json};

use self::columns::{BOX, Columns, GEOMETRY};
use super::{PlainRow, RowWriter, WriteError, WriteOptions};
use crate::layer::{GeometryKind, Layer};
use crate::plain;

mod columns;

/// Rows of a group, at most: readers skip groups by their boxes.
const GROUP_ROWS: usize = 20_000;

/// Bytes of a group before compression, about; they wait in memory.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

struct GeoParquet<'w> {
    out: Box<dyn Write + 'w>,
    done: Done,
    inner: SerializedFileWriter<Done>,
    columns: Columns,
    seen: Option<Seen>,
}

impl From<ParquetError> for WriteError {
    fn from(error: ParquetError) -> Self {
        Self::format(error)
    }
}

/// A layer without geometry becomes plain Parquet, since `GeoParquet` has a column with geometry.
///
/// # Source
/// `GeoParquet` 1.1.0; Apache Parquet 2.9.
pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let done = Done::default();
    let columns = Columns::of(layer);
    let properties = columns::properties()?;
    let mut inner = SerializedFileWriter::new(done.clone(), columns.schema()?, properties.into())?;
    let described: [(&str, Option<String>); 5] = [
        ("title", Some(layer.title.clone())),
        ("description", Some(layer.description.clone()).filter(|text| !text.is_empty())),
        ("attribution", layer.attribution.clone()),
        ("licence", layer.licence.clone()),
        ("revision", layer.revision.map(|it| it.to_string())),
    ];
    for (key, text) in described.into_iter().filter(|(_, text)| text.is_some()) {
        inner.append_key_value_metadata(KeyValue::new(key.to_owned(), text));
    }
    let seen = (layer.geometry != GeometryKind::None).then(Seen::default);
    Ok(Box::new(GeoParquet { out, done, inner, columns, seen }))
}

impl RowWriter for GeoParquet<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let around = row.geometry.as_ref().and_then(plain::bounds);
        if let (Some(seen), Some(shape)) = (&mut self.seen, &row.geometry) {
            seen.look_at(shape, around);
        }
        self.columns.put(row, around);
        if self.columns.rows() >= GROUP_ROWS || self.columns.bytes() >= GROUP_BYTES {
            self.group()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        self.group()?;
        if let Some(seen) = &self.seen {
            let about = KeyValue::new("geo".to_owned(), seen.about().to_string());
            self.inner.append_key_value_metadata(about);
        }
        self.inner.finish()?;
        self.done.move_to(&mut self.out)?;
        self.out.flush()?;
        Ok(Vec::new())
    }
}

impl GeoParquet<'_> {
    /// Writes the rows that wait, if there are any.
    fn group(&mut self) -> Result<(), WriteError> {
        if self.columns.rows() > 0 {
            self.columns.write(self.inner.next_row_group()?)?;
        }
        Ok(self.done.move_to(&mut self.out)?)
    }
}

/// What the geometries of a file have turned out to be.
struct Seen {
    kinds: BTreeSet<&'static str>,
    around: Option<[f64; 4]>,
    /// Whether every shell runs counter-clockwise and every hole clockwise.
    turns_as_said: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self { kinds: BTreeSet::new(), around: None, turns_as_said: true }
    }
}

impl Seen {
    fn look_at(&mut self, shape: &RawGeometry, around: Option<[f64; 4]>) {
        self.kinds.insert(shape.kind());
        self.around = match (self.around, around) {
            (Some(all), Some(one)) => Some(plain::joined(all, one)),
            (all, one) => all.or(one),
        };
        let turns = |rings: &Vec<Vec<[f64; 2]>>| {
            let mut rings = rings.iter().map(|ring| plain::turning(ring));
            rings.next().is_none_or(|shell| shell >= 0.0) && rings.all(|hole| hole <= 0.0)
        };
        self.turns_as_said &= match shape {
            RawGeometry::Polygon(rings) => turns(rings),
            RawGeometry::MultiPolygon(parts) => parts.iter().all(turns),
            _ => true,
        };
    }

    /// The value of the key `geo`. Without a reference system it is longitude and latitude, CRS84.
    fn about(&self) -> Value {
        let of_box = |edge: &str| json!([BOX, edge]);
        let mut column = json!({
            "encoding": "WKB",
            "geometry_types": self.kinds,
            "edges": "planar",
            "covering": { "bbox": {
                "xmin": of_box("xmin"), "ymin": of_box("ymin"),
                "xmax": of_box("xmax"), "ymax": of_box("ymax"),
            } },
        });
        if let Some(around) = self.around {
            column["bbox"] = json!(around);
        }
        if self.turns_as_said {
            column["orientation"] = "counterclockwise".into();
        }
        let columns = Map::from_iter([(GEOMETRY.to_owned(), column)]);
        json!({ "version": "1.1.0", "primary_column": GEOMETRY, "columns": columns })
    }
}

/// Finished bytes on their way out: the writer of the crate goes from thread to thread, which what
/// we write to need not.
#[derive(Clone, Default)]
struct Done(Arc<Mutex<Vec<u8>>>);

impl Done {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn move_to(&self, out: &mut impl Write) -> io::Result<()> {
        let mut bytes = self.bytes();
        out.write_all(&bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Done {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
