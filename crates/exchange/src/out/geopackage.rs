//! `GeoPackage` 1.4: one table, with a spatial index, descriptions, metadata and a style for QGIS.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use geometry::RawGeometry;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, params, params_from_iter};
use tempfile::NamedTempFile;

use super::{PlainRow, RowWriter, WriteError, WriteOptions, hand_over};
use crate::layer::{Cell, ColumnKind, GeometryKind, Layer};
use crate::{plain, wkb};

mod schema;
mod style;

struct GeoPackage<'w> {
    out: Box<dyn Write + 'w>,
    file: NamedTempFile,
    database: Connection,
    layer: Layer,
    names: Vec<String>,
    insert: String,
    rows: i64,
    bounds: Option<[f64; 4]>,
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::format(error)
    }
}

/// The column with the geometry, and the key.
pub(crate) const GEOMETRY: &str = "geom";
const KEY: &str = "fid";

pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let file = NamedTempFile::new()?;
    let database = Connection::open(file.path())?;
    // The file is thrown away if anything fails, so that nothing has to be rolled back.
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    let names = layer.columns.iter().map(|column| column.name.clone());
    let names = super::names::unique(names, &[KEY, GEOMETRY, "id", "rowid"], usize::MAX);
    let mut layer = layer.clone();
    if ["gpkg_", "rtree_", "sqlite_"].iter().any(|start| layer.name.starts_with(start)) {
        layer.name.insert(0, '_');
    }
    database.execute_batch("BEGIN")?;
    schema::begin(&database, &layer, &names)?;
    let shapes = layer.geometry != GeometryKind::None;
    let columns: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let all = [quoted(KEY), quoted("id")].into_iter().chain(shapes.then(|| quoted(GEOMETRY)));
    let all: Vec<String> = all.chain(columns).collect();
    let places = vec!["?"; all.len()].join(", ");
    let insert =
        format!("INSERT INTO {} ({}) VALUES ({places})", quoted(&layer.name), all.join(", "));
    Ok(Box::new(GeoPackage { out, file, database, layer, names, insert, rows: 0, bounds: None }))
}

impl RowWriter for GeoPackage<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        self.rows += 1;
        let mut values: Vec<Value> = vec![self.rows.into(), row.id.to_owned().into()];
        if self.layer.geometry != GeometryKind::None {
            values.push(match &row.geometry {
                Some(shape) => self.blob(shape)?.into(),
                None => Value::Null,
            });
        }
        values.extend(row.values.iter().map(value));
        let mut statement = self.database.prepare_cached(&self.insert)?;
        statement.execute(params_from_iter(values.into_iter().map(ToSqlOutput::Owned)))?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<String>, WriteError> {
        schema::end(&self.database, &self.layer, self.bounds)?;
        if let Some(metadata) = schema::metadata(&self.layer, &self.names) {
            self.database.execute(
                "INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?1, 'application/json', ?2)",
                params!["http://www.iana.org/assignments/media-types", metadata],
            )?;
            self.database.execute(
                "INSERT INTO gpkg_metadata_reference VALUES ('table', ?1, NULL, NULL, ?2, 1, NULL)",
                params![self.layer.name, instant(self.layer.made_at.unwrap_or_default())],
            )?;
        }
        style::add(&self.database, &self.layer)?;
        self.database.execute_batch("COMMIT")?;
        self.database.close().map_err(|(_, error)| error)?;
        hand_over(self.file.reopen()?, self.out)?;
        Ok(Vec::new())
    }
}

impl GeoPackage<'_> {
    /// A geometry as the table holds it; its box goes into the index.
    fn blob(&mut self, shape: &RawGeometry) -> Result<Vec<u8>, WriteError> {
        let promoted = match self.layer.geometry {
            GeometryKind::MultiPoint
            | GeometryKind::MultiLineString
            | GeometryKind::MultiPolygon => &plain::promoted(shape),
            _ => shape,
        };
        let bounds = plain::bounds(promoted);
        if let Some(around) = bounds {
            let [west, south, east, north] = around;
            let index = schema::index_name(&self.layer.name);
            let insert = format!("INSERT INTO {} VALUES (?1, ?2, ?3, ?4, ?5)", quoted(&index));
            let mut statement = self.database.prepare_cached(&insert)?;
            statement.execute(params![self.rows, west, east, south, north])?;
            self.bounds = Some(self.bounds.map_or(around, |all| plain::joined(all, around)));
        }
        Ok(to_blob(promoted, bounds))
    }
}

/// A geometry in its header: little-endian, with an envelope unless it is empty or a point.
///
/// # Source
/// OGC 12-128r19, clause 2.1.3.
fn to_blob(shape: &RawGeometry, bounds: Option<[f64; 4]>) -> Vec<u8> {
    let with_envelope = !matches!(shape, RawGeometry::Point(_));
    let flags = match bounds {
        None => 0b1_0001,
        Some(_) if with_envelope => 0b0_0011,
        Some(_) => 0b0_0001,
    };
    let mut blob = vec![b'G', b'P', 0, flags];
    blob.extend(4326_i32.to_le_bytes());
    if let Some([west, south, east, north]) = bounds.filter(|_| with_envelope) {
        blob.extend([west, east, south, north].iter().flat_map(|edge| edge.to_le_bytes()));
    }
    wkb::write(&mut blob, shape);
    blob
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        cell if cell.is_null() => Value::Null,
        Cell::Boolean(value) => Value::Integer((*value).into()),
        Cell::Integer(value) => Value::Integer(*value),
        Cell::Number(value) => Value::Real(*value),
        Cell::Timestamp(at) => Value::Text(instant(*at)),
        other => Value::Text(other.to_text()),
    }
}

/// An instant as a `DATETIME`: UTC, to the millisecond.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn column_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Boolean => "BOOLEAN",
        ColumnKind::Integer => "INTEGER",
        ColumnKind::Number => "DOUBLE",
        ColumnKind::Text | ColumnKind::List => "TEXT",
        ColumnKind::Date => "DATE",
        ColumnKind::Timestamp => "DATETIME",
    }
}

/// A name in SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
