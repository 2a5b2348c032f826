//! Layers into files, row by row.

use std::borrow::Cow;
use std::io::{self, Write};

use geometry::RawGeometry;
use serde_json::{Map, Value};

use crate::format::Format;
use crate::layer::{Cell, Layer, Row};
use crate::plain;

pub(crate) mod csv;
pub(crate) mod flatgeobuf;
pub(crate) mod geojson;
pub(crate) mod geopackage;
#[cfg(feature = "geoparquet")]
pub(crate) mod geoparquet;
pub(crate) mod gpx;
pub(crate) mod kml;
pub(crate) mod names;
pub(crate) mod shapefile;
pub(crate) mod xlsx;
pub(crate) mod xml;

/// What may be chosen of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Begin comma-separated values with a byte order mark, which Excel needs to see UTF-8.
    pub byte_order_mark: bool,
}

/// Why a layer could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file or the pipe behind it failed.
    #[error("the file could not be written")]
    Io(#[from] io::Error),
    /// A row does not fit the layer.
    #[error("row {number} (\"{id}\") does not fit the layer: {reason}")]
    Row {
        /// Its number, from 0.
        number: u64,
        /// Its id.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The format cannot hold what it was given.
    #[error("{0}")]
    Format(String),
}

impl WriteError {
    pub(crate) fn format(error: impl std::fmt::Display) -> Self {
        Self::Format(error.to_string())
    }
}

/// What became of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows that were given.
    pub rows: u64,
    /// What the format could not hold, a sentence each.
    pub notes: Vec<String>,
}

/// A row whose geometry is known to be of one of six kinds and to fit its layer.
pub(crate) struct PlainRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) geometry: Option<RawGeometry>,
    pub(crate) values: &'a [Cell<'a>],
    /// What the values were taken from, as JSON.
    pub(crate) document: Option<&'a Map<String, Value>>,
}

impl PlainRow<'_> {
    /// What people call it: the value of the column at that place, or else its id.
    pub(crate) fn name(&self, naming: Option<usize>) -> Cow<'_, str> {
        let value = naming.and_then(|place| self.values.get(place)).map(Cell::to_text);
        let value = value.filter(|name| !name.trim().is_empty());
        value.map_or(Cow::Borrowed(self.id), Cow::Owned)
    }
}

/// What a format does with rows.
pub(crate) trait RowWriter {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError>;

    /// Ends the file; returns what could not be held.
    fn finish(self: Box<Self>) -> Result<Vec<String>, WriteError>;
}

/// Writes the rows of a layer; made by [`Format::writer`].
pub struct LayerWriter<'w> {
    layer: &'w Layer,
    inner: Box<dyn RowWriter + 'w>,
    rows: u64,
}

impl std::fmt::Debug for LayerWriter<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut told = formatter.debug_struct("LayerWriter");
        told.field("layer", &self.layer.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl<'w> LayerWriter<'w> {
    pub(crate) fn new(layer: &'w Layer, inner: Box<dyn RowWriter + 'w>) -> Self {
        Self { layer, inner, rows: 0 }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the row does not fit the layer, or the file cannot be written to.
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), WriteError> {
        self.take(row, None)
    }

    /// Writes one row whose values were taken from a document: formats of JSON write that document
    /// as it is, nested values and all, and the others the values.
    ///
    /// # Errors
    /// As [`LayerWriter::row`].
    pub fn row_of(
        &mut self,
        row: &Row<'_>,
        document: &Map<String, Value>,
    ) -> Result<(), WriteError> {
        self.take(row, Some(document))
    }

    fn take(
        &mut self,
        row: &Row<'_>,
        document: Option<&Map<String, Value>>,
    ) -> Result<(), WriteError> {
        let number = self.rows;
        let misfit = |reason| WriteError::Row { number, id: row.id.to_owned(), reason };
        if let Some(reason) = row.misfit(self.layer) {
            return Err(misfit(reason));
        }
        let geometry = row.geometry.map(plain::from_geo).transpose().map_err(misfit)?;
        if let Some(geometry) = &geometry
            && !self.layer.geometry.takes(geometry.kind())
        {
            let reason = format!("a {} among {:?}", geometry.kind(), self.layer.geometry);
            return Err(misfit(reason));
        }
        self.rows += 1;
        self.inner.row(&PlainRow { id: row.id, geometry, values: row.values, document })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(self) -> Result<Written, WriteError> {
        Ok(Written { rows: self.rows, notes: self.inner.finish()? })
    }
}

/// Writes a whole layer.
///
/// Memory stays flat: formats that stream hold one row; the others wait in a temporary file, and
/// those with a spatial index hold a box for each row.
///
/// # Errors
/// As [`LayerWriter::row`] and [`LayerWriter::finish`].
///
/// # Examples
/// ```
/// use exchange::layer::{GeometryKind, Layer, Row};
/// use exchange::{Format, WriteOptions, write_layer};
/// let layer = Layer::new("wells", GeometryKind::Point);
/// let at = geo_types::Point::new(104.9, 11.5).into();
/// let rows = [Row { id: "w1", geometry: Some(&at), values: &[] }];
/// let mut out = Vec::new();
/// let format = Format::by_word("csv").ok_or("unknown")?;
/// write_layer(format, &layer, &WriteOptions::default(), rows, &mut out)?;
/// assert_eq!(out, b"id,lon,lat\r\nw1,104.9,11.5\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_layer<'r>(
    format: Format,
    layer: &Layer,
    options: &WriteOptions,
    rows: impl IntoIterator<Item = Row<'r>>,
    out: &mut dyn Write,
) -> Result<Written, WriteError> {
    let mut writer = format.writer(layer, options, Box::new(out))?;
    for row in rows {
        writer.row(&row)?;
    }
    writer.finish()
}

/// Bytes that wait in memory before a temporary file is made for them.
pub(crate) const IN_MEMORY_BYTES: usize = 1024 * 1024;

/// Copies a finished temporary file to where it was asked for.
pub(crate) fn hand_over(
    mut file: impl io::Read + io::Seek,
    mut out: impl Write,
) -> Result<(), WriteError> {
    file.rewind()?;
    io::copy(&mut file, &mut out)?;
    Ok(out.flush()?)
}
