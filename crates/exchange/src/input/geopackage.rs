//! `GeoPackage`: the rows of one table of features, or of attributes.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use chrono::NaiveDateTime;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::carried::{Frame, unsupported};
use super::{Draft, Shape, Sink, Stop, damaged, failed, too_many_bytes, wkb};

/// Tables looked at; a file with more is no exchange of data.
const TABLES_MAX: usize = 1_000;

struct Table {
    name: String,
    geometry: Option<String>,
    srs: Option<i64>,
}

/// Reads the rows of the table asked for, or of the only one with geometry, or else of the only one.
///
/// # Source
/// OGC 12-128r19, clauses 1.1.2, 1.1.3, 2.1.5, 2.4.
pub(super) fn read(mut body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut file = NamedTempFile::new().map_err(failed)?;
    let limit = sink.limits.decompressed_bytes;
    let copied = io::copy(&mut body.by_ref().take(limit.saturating_add(1)), &mut file);
    if copied.map_err(failed)? > limit {
        return Err(too_many_bytes(limit));
    }
    let database = open(file.path()).map_err(|error| told(&error))?;
    let mut tables = tables(&database).map_err(|error| told(&error))?;
    if sink.layer.is_none() && tables.iter().any(|table| table.geometry.is_some()) {
        tables.retain(|table| table.geometry.is_some());
    }
    let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    let chosen = sink.choose(&names, "layer")?;
    rows(&database, &tables[chosen], sink)
}

fn told(error: &rusqlite::Error) -> Stop {
    damaged("GeoPackage", error)
}

/// Opens the file so that nothing in it is run: no triggers, no views of another's making.
fn open(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    database.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON;",
    )?;
    Ok(database)
}

fn tables(database: &Connection) -> rusqlite::Result<Vec<Table>> {
    // A view would run whatever its maker wrote into it.
    let sql = "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents AS c \
               JOIN sqlite_schema AS s ON s.name = c.table_name AND s.type = 'table' \
               LEFT JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name \
               WHERE c.data_type IN ('features', 'attributes') \
               AND c.table_name <> 'layer_styles' ORDER BY 1";
    let mut statement = database.prepare(sql)?;
    let tables = statement.query_map([], |row| {
        Ok(Table { name: row.get(0)?, geometry: row.get(1)?, srs: row.get(2)? })
    })?;
    tables.take(TABLES_MAX).collect()
}

/// The reference system of a table.
fn frame(database: &Connection, table: &Table) -> Result<Frame, Stop> {
    let Some(srs) = table.srs else { return Ok(Frame::LonLat) };
    let sql = "SELECT organization, organization_coordsys_id, definition \
               FROM gpkg_spatial_ref_sys WHERE srs_id = ?";
    let found = database.query_row(sql, [srs], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
    });
    let (organisation, code, definition) = found.map_err(|error| told(&error))?;
    if srs <= 0 || organisation.eq_ignore_ascii_case("none") {
        return match definition.as_str() {
            "undefined" | "" => Err(unsupported("it says that the system is undefined")),
            definition => Frame::parse(definition),
        };
    }
    match Frame::parse(&format!("{}:{code}", organisation.to_uppercase())) {
        Err(_) if definition.contains('[') => Frame::parse(&definition),
        frame => frame,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn rows(database: &Connection, table: &Table, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let frame = frame(database, table)?;
    let key = key(database, &table.name).map_err(|error| told(&error))?;
    let sql = format!("SELECT * FROM {}", quoted(&table.name));
    let mut statement = database.prepare(&sql).map_err(|error| told(&error))?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let columns = columns(database, &table.name, names).map_err(|error| told(&error))?;
    let has_id = columns.iter().any(|column| column.name == "id");
    let id = if has_id { Some("id") } else { key.as_deref() };
    let mut rows = statement.query([]).map_err(|error| told(&error))?;
    while let Some(row) = rows.next().map_err(|error| told(&error))? {
        let bytes = bytes(row, columns.len()).map_err(|error| told(&error))?;
        if bytes > sink.limits.feature_bytes {
            sink.put_too_large()?;
            continue;
        }
        let mut draft = draft(row, &columns, table, id).map_err(|error| told(&error))?;
        if let Some(key) = &key {
            draft.properties.remove(key);
        }
        draft.shape = frame.carry(draft.shape);
        sink.put(draft)?;
    }
    Ok(())
}

/// The integer primary key that every table of a `GeoPackage` has.
fn key(database: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT name FROM pragma_table_info(?) WHERE pk = 1";
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([table])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

/// What a column says its values are, where that is more than they show.
///
/// # Source
/// OGC 12-128r19, clause 1.1.1.1.3, table 1.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// `BOOLEAN`, of which the values are 0 and 1.
    Boolean,
    /// `DATETIME`, of which the values are in UTC.
    Instant,
    AsStored,
}

struct Column {
    name: String,
    kind: Kind,
}

/// The columns of a table, in the order of their names.
fn columns(
    database: &Connection,
    table: &str,
    names: Vec<String>,
) -> rusqlite::Result<Vec<Column>> {
    let mut statement = database.prepare("SELECT name, type FROM pragma_table_info(?)")?;
    let told = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let told: HashMap<String, String> = told.collect::<rusqlite::Result<_>>()?;
    let column = |name: String| {
        let kind = match told.get(&name).map(|it| it.to_ascii_uppercase()).as_deref() {
            Some("BOOLEAN") => Kind::Boolean,
            Some("DATETIME") => Kind::Instant,
            _ => Kind::AsStored,
        };
        Column { name, kind }
    };
    Ok(names.into_iter().map(column).collect())
}

/// A `DATETIME` with its offset, which older writers leave out.
fn instant(text: &str) -> String {
    let is_bare = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok();
    if is_bare { format!("{text}Z") } else { text.to_owned() }
}

fn bytes(row: &Row<'_>, columns: usize) -> rusqlite::Result<usize> {
    let mut bytes = 0;
    for place in 0..columns {
        bytes += match row.get_ref(place)? {
            ValueRef::Text(it) | ValueRef::Blob(it) => it.len(),
            _ => size_of::<f64>(),
        };
    }
    Ok(bytes)
}

fn draft(
    row: &Row<'_>,
    columns: &[Column],
    table: &Table,
    id: Option<&str>,
) -> rusqlite::Result<Draft> {
    let mut draft = Draft { properties: Map::new(), ..Draft::default() };
    for (place, Column { name, kind }) in columns.iter().enumerate() {
        let cell = row.get_ref(place)?;
        if table.geometry.as_ref() == Some(name) {
            draft.shape = match cell {
                ValueRef::Blob(blob) => match wkb::read_blob(blob) {
                    Ok(shape) => shape.map_or(Shape::None, Shape::Read),
                    Err(reason) => Shape::unreadable("a GeoPackage geometry", reason),
                },
                ValueRef::Null => Shape::None,
                _ => Shape::unreadable("a GeoPackage geometry", "it is no blob"),
            };
            continue;
        }
        let value = match cell {
            ValueRef::Null | ValueRef::Blob(_) => continue,
            ValueRef::Integer(number) if *kind == Kind::Boolean => Value::Bool(number != 0),
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => {
                let text = String::from_utf8_lossy(text);
                Value::String(if *kind == Kind::Instant { instant(&text) } else { text.into() })
            }
        };
        if id == Some(name.as_str()) {
            draft.id = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        } else {
            draft.properties.insert(name.clone(), value);
        }
    }
    Ok(draft)
}
