//! Shapefiles in one zip archive: a set of files for each kind of geometry.
//!
//! Written by hand, since a record without geometry, which the format knows and we need, cannot be
//! put among others with the crates there are.

use std::io::{Seek, Write};

use geometry::RawGeometry;
use zip::write::SimpleFileOptions;

use super::names::unique;
use super::{PlainRow, RowWriter, WriteError, WriteOptions};
use crate::layer::{GeometryKind, Layer};
use parts::{Kind, Part};

mod dbase;
mod parts;

/// WGS 84 as ESRI writes it.
const PROJECTION: &str = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

struct Shapefile<'w> {
    out: Box<dyn Write + 'w>,
    layer: Layer,
    names: Vec<String>,
    parts: Vec<Part>,
    cut: u64,
}

/// ESRI Shapefile Technical Description (1998).
pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    if layer.columns.len() > dbase::COLUMNS {
        return Err(WriteError::Format(format!(
            "a shapefile holds {} columns and this has {}; take GeoPackage",
            dbase::COLUMNS,
            layer.columns.len()
        )));
    }
    let names = layer.columns.iter().map(|column| column.name.clone());
    let names = unique(names, &["id"], dbase::NAME_BYTES);
    Ok(Box::new(Shapefile { out, layer: layer.clone(), names, parts: Vec::new(), cut: 0 }))
}

impl RowWriter for Shapefile<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let kind = match &row.geometry {
            None => self.kind_without_geometry(),
            Some(RawGeometry::Point(_)) if self.layer.geometry != GeometryKind::MultiPoint => {
                Kind::Point
            }
            Some(RawGeometry::Point(_) | RawGeometry::MultiPoint(_)) => Kind::MultiPoint,
            Some(RawGeometry::LineString(_) | RawGeometry::MultiLineString(_)) => Kind::Line,
            Some(RawGeometry::Polygon(_) | RawGeometry::MultiPolygon(_)) => Kind::Polygon,
        };
        let found = self.parts.iter().position(|part| part.kind == kind);
        let place = found.unwrap_or(self.parts.len());
        if found.is_none() {
            self.parts.push(Part::new(kind, &self.layer, &self.names)?);
        }
        self.cut += self.parts[place].row(row)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        if self.parts.is_empty() {
            let kind = self.kind_without_geometry();
            self.parts.push(Part::new(kind, &self.layer, &self.names)?);
        }
        let renamed = self.layer.columns.iter().zip(&self.names);
        let renamed: Vec<String> = renamed
            .filter(|(column, name)| column.name != **name)
            .map(|(column, name)| format!("{name} is {}", column.name))
            .collect();
        let mut notes = Vec::new();
        if !renamed.is_empty() {
            notes.push(format!("Column names were shortened: {}.", renamed.join("; ")));
        }
        if self.cut > 0 {
            let (cut, limit) = (self.cut, dbase::TEXT_BYTES);
            notes.push(format!("{cut} values did not fit and were cut to {limit} bytes or less."));
        }
        if self.parts.len() > 1 {
            notes.push("Each kind of geometry is in a file of its own.".to_owned());
        }
        let (base, several) = (file_name(&self.layer.name), self.parts.len() > 1);
        // Sizes are written behind each file, so that the archive needs no second pass.
        let mut archive = zip::ZipWriter::new_stream(&mut self.out);
        for part in self.parts {
            let base = if several { format!("{base}_{}", part.kind.word()) } else { base.clone() };
            part.hand_over(&mut archive, &base)?;
        }
        archive.start_file("README.txt", SimpleFileOptions::DEFAULT).map_err(WriteError::format)?;
        archive.write_all(about(&self.layer, &notes).as_bytes())?;
        archive.finish().map_err(WriteError::format)?;
        self.out.flush()?;
        Ok(notes)
    }
}

impl Shapefile<'_> {
    /// The kind of file that a row without geometry goes into.
    fn kind_without_geometry(&self) -> Kind {
        match self.layer.geometry {
            GeometryKind::Point => Kind::Point,
            GeometryKind::MultiPoint => Kind::MultiPoint,
            GeometryKind::LineString | GeometryKind::MultiLineString => Kind::Line,
            GeometryKind::Polygon | GeometryKind::MultiPolygon => Kind::Polygon,
            GeometryKind::None => Kind::Null,
            GeometryKind::Any => self.parts.first().map_or(Kind::Null, |part| part.kind),
        }
    }
}

fn about(layer: &Layer, notes: &[String]) -> String {
    let mut lines = vec![layer.title.clone(), layer.description.clone()];
    lines.extend(layer.attribution.iter().map(|it| format!("Attribution: {it}")));
    lines.extend(layer.licence.iter().map(|it| format!("Licence: {it}")));
    lines.extend(layer.revision.iter().map(|it| format!("Revision: {it}")));
    lines.push("Coordinates: longitude and latitude in degrees, WGS 84. Texts: UTF-8.".to_owned());
    lines.extend_from_slice(notes);
    lines.retain(|line| !line.is_empty());
    lines.join("\r\n") + "\r\n"
}

/// A name that every file system takes.
fn file_name(name: &str) -> String {
    let letters = name.chars().map(|it| if it.is_alphanumeric() || it == '-' { it } else { '_' });
    letters.take(60).collect()
}

fn add<W: Write + Seek>(
    archive: &mut zip::ZipWriter<W>,
    name: &str,
    write: impl FnOnce(&mut zip::ZipWriter<W>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let options = SimpleFileOptions::DEFAULT.large_file(true);
    archive.start_file(name, options).map_err(WriteError::format)?;
    write(archive)
}
