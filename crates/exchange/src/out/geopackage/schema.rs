//! The tables that make an SQLite file a `GeoPackage`.
//!
//! # Source
//! OGC 12-128r19 (`GeoPackage` 1.4): clause 1.1.2 (reference systems), 1.1.3 (contents), 2.1.5
//! (geometry columns), 2.3 (extensions), annexes F.3 (R-tree), F.8 (metadata), F.9 (schema).

use rusqlite::{Connection, params};
use serde_json::json;

use super::{GEOMETRY, KEY, column_type, instant, quoted};
use crate::layer::{ColumnKind, GeometryKind, Layer};

const TABLES: &str = r#"
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10400;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL
    DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinates'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinates'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude and latitude in degrees on WGS 84');
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec140/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec140/#extension_schema', 'read-write'),
  ('gpkg_metadata', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec140/#extension_metadata', 'read-write'),
  ('gpkg_metadata_reference', NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec140/#extension_metadata', 'read-write');
"#;

pub(super) fn index_name(layer: &str) -> String {
    format!("rtree_{layer}_{GEOMETRY}")
}

fn geometry_type(kind: GeometryKind) -> Option<&'static str> {
    Some(match kind {
        GeometryKind::None => return None,
        GeometryKind::Any => "GEOMETRY",
        GeometryKind::Point => "POINT",
        GeometryKind::LineString => "LINESTRING",
        GeometryKind::Polygon => "POLYGON",
        GeometryKind::MultiPoint => "MULTIPOINT",
        GeometryKind::MultiLineString => "MULTILINESTRING",
        GeometryKind::MultiPolygon => "MULTIPOLYGON",
    })
}

/// Makes the tables, and the one for the rows.
pub(super) fn begin(to: &Connection, layer: &Layer, names: &[String]) -> rusqlite::Result<()> {
    to.execute_batch(TABLES)?;
    let geometry_type = geometry_type(layer.geometry);
    let mut columns = vec![
        format!("{KEY} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"),
        // Who adds a record to the file has no id for it.
        "\"id\" TEXT".to_owned(),
    ];
    columns.extend(geometry_type.map(|kind| format!("{GEOMETRY} {kind}")));
    for (column, name) in layer.columns.iter().zip(names) {
        columns.push(format!("{} {}", quoted(name), column_type(column.kind)));
    }
    to.execute_batch(&format!("CREATE TABLE {} ({})", quoted(&layer.name), columns.join(", ")))?;
    let (data_type, srs) =
        if geometry_type.is_some() { ("features", Some(4326)) } else { ("attributes", None) };
    let made_at = instant(layer.made_at.unwrap_or_default());
    to.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, \
         srs_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![layer.name, data_type, layer.title, layer.description, made_at, srs],
    )?;
    if let Some(kind) = geometry_type {
        to.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, 4326, 0, 0)",
            params![layer.name, GEOMETRY, kind],
        )?;
        to.execute(
            "INSERT INTO gpkg_extensions VALUES (?1, ?2, 'gpkg_rtree_index', \
             'http://www.geopackage.org/spec140/#extension_rtree', 'write-only')",
            params![layer.name, GEOMETRY],
        )?;
        let index = quoted(&index_name(&layer.name));
        to.execute_batch(&format!(
            "CREATE VIRTUAL TABLE {index} USING rtree(id, minx, maxx, miny, maxy)"
        ))?;
    }
    for (column, name) in layer.columns.iter().zip(names) {
        let is_list = column.kind == ColumnKind::List;
        to.execute(
            "INSERT INTO gpkg_data_columns VALUES (?1, ?2, NULL, ?3, ?4, ?5, NULL)",
            params![
                layer.name,
                name,
                column.title,
                column.description,
                is_list.then_some("application/json")
            ],
        )?;
    }
    Ok(())
}

/// States the extent, and lets the index follow later changes of the rows.
pub(super) fn end(
    to: &Connection,
    layer: &Layer,
    bounds: Option<[f64; 4]>,
) -> rusqlite::Result<()> {
    if let Some([west, south, east, north]) = bounds {
        to.execute(
            "UPDATE gpkg_contents SET min_x = ?1, min_y = ?2, max_x = ?3, max_y = ?4 \
             WHERE table_name = ?5",
            params![west, south, east, north, layer.name],
        )?;
    }
    if layer.geometry != GeometryKind::None {
        to.execute_batch(&triggers(&layer.name))?;
    }
    Ok(())
}

/// The triggers of annex F.3, under their names in version 1.4.
fn triggers(layer: &str) -> String {
    let index = index_name(layer);
    let (t, r, c, i) = (quoted(layer), quoted(&index), quoted(GEOMETRY), quoted(KEY));
    let name = |ending: &str| quoted(&format!("{index}_{ending}"));
    let there = |row: &str| format!("({row}.{c} NOTNULL AND NOT ST_IsEmpty({row}.{c}))");
    let empty = |row: &str| format!("({row}.{c} ISNULL OR ST_IsEmpty({row}.{c}))");
    let new_box =
        format!("NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})");
    let insert = format!("INSERT OR REPLACE INTO {r} VALUES ({new_box});");
    [
        format!(
            "CREATE TRIGGER {} AFTER INSERT ON {t} WHEN {} BEGIN {insert} END;",
            name("insert"),
            there("NEW")
        ),
        format!(
            "CREATE TRIGGER {} AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND {} BEGIN \
             DELETE FROM {r} WHERE id = OLD.{i}; END;",
            name("update2"),
            empty("NEW")
        ),
        format!(
            "CREATE TRIGGER {} AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND {} BEGIN \
             DELETE FROM {r} WHERE id IN (OLD.{i}, NEW.{i}); END;",
            name("update4"),
            empty("NEW")
        ),
        format!(
            "CREATE TRIGGER {} AFTER UPDATE ON {t} WHEN OLD.{i} != NEW.{i} AND {} BEGIN \
             DELETE FROM {r} WHERE id = OLD.{i}; {insert} END;",
            name("update5"),
            there("NEW")
        ),
        format!(
            "CREATE TRIGGER {} AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND {} AND {} \
             BEGIN UPDATE {r} SET minx = ST_MinX(NEW.{c}), maxx = ST_MaxX(NEW.{c}), \
             miny = ST_MinY(NEW.{c}), maxy = ST_MaxY(NEW.{c}) WHERE id = NEW.{i}; END;",
            name("update6"),
            there("NEW"),
            there("OLD")
        ),
        format!(
            "CREATE TRIGGER {} AFTER UPDATE OF {c} ON {t} WHEN OLD.{i} = NEW.{i} AND {} AND {} \
             BEGIN INSERT INTO {r} VALUES ({new_box}); END;",
            name("update7"),
            there("NEW"),
            empty("OLD")
        ),
        format!(
            "CREATE TRIGGER {} AFTER DELETE ON {t} WHEN OLD.{c} NOT NULL BEGIN \
             DELETE FROM {r} WHERE id = OLD.{i}; END;",
            name("delete")
        ),
    ]
    .join("\n")
}

/// What is known about the rows as a whole, as JSON; none if nothing is.
pub(super) fn metadata(layer: &Layer, names: &[String]) -> Option<String> {
    if layer.attribution.is_none() && layer.licence.is_none() && layer.revision.is_none() {
        return None;
    }
    let renamed = layer.columns.iter().zip(names).filter(|(column, name)| column.name != **name);
    let renamed: serde_json::Map<String, serde_json::Value> =
        renamed.map(|(column, name)| (name.clone(), column.name.clone().into())).collect();
    let told = json!({
        "attribution": layer.attribution,
        "licence": layer.licence,
        "revision": layer.revision,
        "renamed_columns": renamed,
    });
    Some(told.to_string())
}
