//! Comma-separated values: points as longitude and latitude, other geometries as well-known text.

use std::io::Write;

use geometry::RawGeometry;

use super::names::unique;
use super::{PlainRow, RowWriter, WriteError, WriteOptions};
use crate::layer::{Cell, GeometryKind, Layer};
use crate::plain;
use crate::table::{self, BYTE_ORDER_MARK, TableWriter};

/// Names of the columns that are not the layer's own.
pub(crate) fn own_columns(layer: &Layer) -> &'static [&'static str] {
    match layer.geometry {
        GeometryKind::None => &["id"],
        GeometryKind::Point => &["id", "lon", "lat"],
        _ => &["id", "geometry"],
    }
}

struct Csv<'w> {
    table: TableWriter<Box<dyn Write + 'w>>,
    own: usize,
}

pub(crate) fn open<'w>(
    layer: &Layer,
    options: &WriteOptions,
    mut out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    if options.byte_order_mark {
        out.write_all(BYTE_ORDER_MARK)?;
    }
    let own = own_columns(layer);
    let names = layer.columns.iter().map(|column| column.name.clone());
    let names = unique(names, own, usize::MAX);
    let all: Vec<&str> = own.iter().copied().chain(names.iter().map(String::as_str)).collect();
    Ok(Box::new(Csv { table: TableWriter::new(out, &all)?, own: own.len() }))
}

impl RowWriter for Csv<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let wkt = row.geometry.as_ref().filter(|_| self.own == 2).map(plain::to_wkt);
        let texts: Vec<String> = row.values.iter().map(Cell::to_text).collect();
        let mut cells = vec![table::Cell::Text(row.id)];
        match (self.own, &row.geometry) {
            (3, Some(RawGeometry::Point([lon, lat]))) => {
                cells.extend([table::Cell::Number(*lon), table::Cell::Number(*lat)]);
            }
            (3, _) => cells.extend([table::Cell::Empty; 2]),
            (2, _) => cells.push(wkt.as_deref().map_or(table::Cell::Empty, table::Cell::Plain)),
            _ => {}
        }
        for (cell, text) in row.values.iter().zip(&texts) {
            cells.push(match cell {
                Cell::Text(_) => table::Cell::Text(text),
                _ => table::Cell::Plain(text),
            });
        }
        Ok(self.table.row(&cells)?)
    }

    fn finish(self: Box<Self>) -> Result<Vec<String>, WriteError> {
        self.table.finish()?.flush()?;
        Ok(Vec::new())
    }
}
