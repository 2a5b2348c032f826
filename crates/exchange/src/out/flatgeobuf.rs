//! `FlatGeobuf` with a spatial index.

use std::io::Write;

use flatgeobuf::geozero::error::GeozeroError;
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType, GeozeroGeometry};
use geometry::RawGeometry;

use super::{PlainRow, RowWriter, WriteError, WriteOptions, hand_over};
use crate::layer::{Cell, ColumnKind, GeometryKind, Layer};
use crate::plain;

struct FlatGeobuf<'w> {
    out: Box<dyn Write + 'w>,
    inner: FgbWriter<'static>,
    names: Vec<String>,
    kind: GeometryKind,
    left_out: u64,
}

impl From<flatgeobuf::Error> for WriteError {
    fn from(error: flatgeobuf::Error) -> Self {
        Self::format(error)
    }
}

impl From<GeozeroError> for WriteError {
    fn from(error: GeozeroError) -> Self {
        Self::format(error)
    }
}

pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let kind = match layer.geometry {
        GeometryKind::None | GeometryKind::Any => GeometryType::Unknown,
        GeometryKind::Point => GeometryType::Point,
        GeometryKind::LineString => GeometryType::LineString,
        GeometryKind::Polygon => GeometryType::Polygon,
        GeometryKind::MultiPoint => GeometryType::MultiPoint,
        GeometryKind::MultiLineString => GeometryType::MultiLineString,
        GeometryKind::MultiPolygon => GeometryType::MultiPolygon,
    };
    let crs = FgbCrs { org: Some("EPSG"), code: 4326, name: Some("WGS 84"), ..FgbCrs::default() };
    let options = FgbWriterOptions {
        detect_type: false,
        promote_to_multi: false,
        crs,
        title: Some(&layer.title),
        description: Some(&layer.description),
        ..FgbWriterOptions::default()
    };
    let mut inner = FgbWriter::create_with_options(&layer.name, kind, options)?;
    let names = layer.columns.iter().map(|column| column.name.clone());
    let names = super::names::unique(names, &["id"], usize::MAX);
    inner.add_column("id", ColumnType::String, |_, column| column.nullable = false);
    for (column, name) in layer.columns.iter().zip(&names) {
        let kind = match column.kind {
            ColumnKind::Boolean => ColumnType::Bool,
            ColumnKind::Integer => ColumnType::Long,
            ColumnKind::Number => ColumnType::Double,
            ColumnKind::Text => ColumnType::String,
            ColumnKind::Date | ColumnKind::Timestamp => ColumnType::DateTime,
            ColumnKind::List => ColumnType::Json,
        };
        inner.add_column(name, kind, |texts, described| {
            described.title = Some(texts.create_string(&column.title));
            described.description = Some(texts.create_string(&column.description));
        });
    }
    Ok(Box::new(FlatGeobuf { out, inner, names, kind: layer.geometry, left_out: 0 }))
}

impl RowWriter for FlatGeobuf<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        let Some(shape) = &row.geometry else {
            self.left_out += 1;
            return Ok(());
        };
        let shape = match self.kind {
            GeometryKind::MultiPoint
            | GeometryKind::MultiLineString
            | GeometryKind::MultiPolygon => plain::promoted(shape),
            _ => shape.clone(),
        };
        let mut outcome = Ok(());
        self.inner.add_feature_geom(Shape(shape), |feature| {
            outcome = feature.property(0, "id", &ColumnValue::String(row.id)).map(|_| ());
            for (place, (cell, name)) in row.values.iter().zip(&self.names).enumerate() {
                if outcome.is_ok() && !cell.is_null() {
                    outcome = property(feature, place + 1, name, cell);
                }
            }
        })?;
        Ok(outcome?)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        let mut file = tempfile::tempfile()?;
        let mut buffered = std::io::BufWriter::new(&mut file);
        self.inner.write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        hand_over(file, &mut self.out)?;
        let left_out = self.left_out;
        let note = format!(
            "{left_out} rows without geometry were left out: the index has no place for them"
        );
        Ok(if left_out > 0 { vec![note] } else { Vec::new() })
    }
}

fn property(
    feature: &mut impl PropertyProcessor,
    place: usize,
    name: &str,
    cell: &Cell<'_>,
) -> Result<(), GeozeroError> {
    let text = cell.to_text();
    let value = match cell {
        Cell::Boolean(value) => ColumnValue::Bool(*value),
        Cell::Integer(value) => ColumnValue::Long(*value),
        Cell::Number(value) => ColumnValue::Double(*value),
        Cell::Date(_) | Cell::Timestamp(_) => ColumnValue::DateTime(&text),
        Cell::List(_) => ColumnValue::Json(&text),
        Cell::Null | Cell::Text(_) => ColumnValue::String(&text),
    };
    feature.property(place, name, &value).map(|_| ())
}

struct Shape(RawGeometry);

impl GeozeroGeometry for Shape {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Result<(), GeozeroError> {
        match &self.0 {
            RawGeometry::Point([x, y]) => {
                to.point_begin(0)?;
                to.xy(*x, *y, 0)?;
                to.point_end(0)
            }
            RawGeometry::MultiPoint(points) => {
                to.multipoint_begin(points.len(), 0)?;
                positions(points, to)?;
                to.multipoint_end(0)
            }
            RawGeometry::LineString(points) => line(points, true, 0, to),
            RawGeometry::MultiLineString(lines) => {
                to.multilinestring_begin(lines.len(), 0)?;
                for (place, points) in lines.iter().enumerate() {
                    line(points, false, place, to)?;
                }
                to.multilinestring_end(0)
            }
            RawGeometry::Polygon(rings) => polygon(rings, true, 0, to),
            RawGeometry::MultiPolygon(parts) => {
                to.multipolygon_begin(parts.len(), 0)?;
                for (place, rings) in parts.iter().enumerate() {
                    polygon(rings, false, place, to)?;
                }
                to.multipolygon_end(0)
            }
        }
    }
}

fn positions<P: GeomProcessor>(points: &[[f64; 2]], to: &mut P) -> Result<(), GeozeroError> {
    points.iter().enumerate().try_for_each(|(place, [x, y])| to.xy(*x, *y, place))
}

fn line<P: GeomProcessor>(
    points: &[[f64; 2]],
    tagged: bool,
    place: usize,
    to: &mut P,
) -> Result<(), GeozeroError> {
    to.linestring_begin(tagged, points.len(), place)?;
    positions(points, to)?;
    to.linestring_end(tagged, place)
}

fn polygon<P: GeomProcessor>(
    rings: &[Vec<[f64; 2]>],
    tagged: bool,
    place: usize,
    to: &mut P,
) -> Result<(), GeozeroError> {
    to.polygon_begin(tagged, rings.len(), place)?;
    for (number, ring) in rings.iter().enumerate() {
        line(ring, false, number, to)?;
    }
    to.polygon_end(tagged, place)
}
