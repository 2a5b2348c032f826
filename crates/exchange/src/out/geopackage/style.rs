//! A style that QGIS takes by itself.

use std::fmt::Write;

use rusqlite::{Connection, params};

use super::super::xml;
use super::{GEOMETRY, instant};
use crate::layer::{GeometryKind, Layer};

/// The table as QGIS makes it: a convention, and no part of the standard.
const TABLE: &str = r"
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
  VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?1);
";

/// Adds the colours of a layer, if it has any.
pub(super) fn add(to: &Connection, layer: &Layer) -> rusqlite::Result<()> {
    let Some(qml) = qml(layer) else { return Ok(()) };
    let made_at = instant(layer.made_at.unwrap_or_default());
    for statement in TABLE.split_inclusive(';').filter(|it| !it.trim().is_empty()) {
        let values: &[&dyn rusqlite::ToSql] =
            if statement.contains("?1") { &[&made_at] } else { &[] };
        to.execute(statement, values)?;
    }
    to.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, \
         f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, \
         update_time) VALUES ('', '', ?1, ?2, 'default', ?3, '', 1, ?4, '', ?5)",
        params![layer.name, GEOMETRY, qml, layer.title, made_at],
    )?;
    Ok(())
}

fn qml(layer: &Layer) -> Option<String> {
    let colours = layer.colours.as_ref()?;
    let (kind, class) = match layer.geometry {
        GeometryKind::Point | GeometryKind::MultiPoint => ("marker", "SimpleMarker"),
        GeometryKind::LineString | GeometryKind::MultiLineString => ("line", "SimpleLine"),
        GeometryKind::Polygon | GeometryKind::MultiPolygon => ("fill", "SimpleFill"),
        GeometryKind::None | GeometryKind::Any => return None,
    };
    let (mut categories, mut symbols) = (String::new(), String::new());
    let named = colours.values.iter().map(|(value, colour)| (value.as_str(), colour));
    for (number, (value, [r, g, b])) in named.chain([("", &colours.other)]).enumerate() {
        let value = xml::attribute(value);
        let _ = write!(
            categories,
            "<category symbol=\"{number}\" value=\"{value}\" label=\"{value}\" type=\"string\" render=\"true\"/>"
        );
        let _ = write!(
            symbols,
            "<symbol name=\"{number}\" type=\"{kind}\" alpha=\"1\"><layer class=\"{class}\" enabled=\"1\" pass=\"0\" locked=\"0\"><Option type=\"Map\">\
             <Option name=\"color\" type=\"QString\" value=\"{r},{g},{b},102\"/>\
             <Option name=\"line_color\" type=\"QString\" value=\"{r},{g},{b},255\"/>\
             <Option name=\"outline_color\" type=\"QString\" value=\"{r},{g},{b},255\"/>\
             <Option name=\"outline_width\" type=\"QString\" value=\"0.4\"/></Option></layer></symbol>"
        );
    }
    let column = xml::attribute(&colours.column);
    Some(format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.28\" styleCategories=\"Symbology\">\
         <renderer-v2 type=\"categorizedSymbol\" attr=\"{column}\" enableorderby=\"0\">\
         <categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>"
    ))
}
