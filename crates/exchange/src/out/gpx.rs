//! GPX 1.1, for receivers in the field.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};

use geometry::RawGeometry;
use tempfile::SpooledTempFile;

use super::{IN_MEMORY_BYTES, PlainRow, RowWriter, WriteError, WriteOptions, hand_over, xml};
use crate::layer::{Column, Layer};
use crate::plain::number;

struct Gpx<'w> {
    out: Box<dyn Write + 'w>,
    /// Tracks have to follow the last waypoint.
    tracks: BufWriter<SpooledTempFile>,
    columns: Vec<Column>,
    naming: Option<usize>,
    text: String,
    areas: u64,
    left_out: u64,
}

/// <https://www.topografix.com/GPX/1/1/>.
pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    mut out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gpx version=\"1.1\" creator=\"Safeground\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n\
         <metadata>\n",
    );
    xml::element(&mut text, "name", &layer.title);
    xml::element(&mut text, "desc", &layer.description);
    text.push_str("</metadata>\n");
    out.write_all(text.as_bytes())?;
    Ok(Box::new(Gpx {
        out,
        tracks: BufWriter::new(SpooledTempFile::new(IN_MEMORY_BYTES)),
        columns: layer.columns.clone(),
        naming: layer.naming_place(),
        text: String::new(),
        areas: 0,
        left_out: 0,
    }))
}

impl Gpx<'_> {
    fn about(&mut self, row: &PlainRow<'_>) {
        xml::element(&mut self.text, "name", &row.name(self.naming));
        let pairs = self.columns.iter().zip(row.values).filter(|(_, cell)| !cell.is_null());
        let told: Vec<String> =
            pairs.map(|(column, cell)| format!("{}: {}", column.title, cell.to_text())).collect();
        xml::element(&mut self.text, "desc", &told.join("\n"));
    }

    fn waypoint(&mut self, row: &PlainRow<'_>, [lon, lat]: [f64; 2]) -> Result<(), WriteError> {
        self.text.clear();
        let _ = write!(self.text, "<wpt lat=\"{}\" lon=\"{}\">", number(lat), number(lon));
        self.about(row);
        self.text.push_str("</wpt>\n");
        Ok(self.out.write_all(self.text.as_bytes())?)
    }

    fn track<'l>(
        &mut self,
        row: &PlainRow<'_>,
        lines: impl Iterator<Item = &'l Vec<[f64; 2]>>,
    ) -> Result<(), WriteError> {
        self.text.clear();
        self.text.push_str("<trk>");
        self.about(row);
        for line in lines {
            self.text.push_str("<trkseg>");
            for [lon, lat] in line {
                let at = format!("<trkpt lat=\"{}\" lon=\"{}\"/>", number(*lat), number(*lon));
                self.text.push_str(&at);
            }
            self.text.push_str("</trkseg>\n");
        }
        self.text.push_str("</trk>\n");
        Ok(self.tracks.write_all(self.text.as_bytes())?)
    }
}

impl RowWriter for Gpx<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        match &row.geometry {
            None => {
                self.left_out += 1;
                Ok(())
            }
            Some(RawGeometry::Point(at)) => self.waypoint(row, *at),
            Some(RawGeometry::MultiPoint(points)) => {
                points.iter().try_for_each(|at| self.waypoint(row, *at))
            }
            Some(RawGeometry::LineString(line)) => self.track(row, std::iter::once(line)),
            Some(RawGeometry::MultiLineString(lines)) => self.track(row, lines.iter()),
            Some(RawGeometry::Polygon(rings)) => {
                self.areas += 1;
                self.track(row, rings.iter())
            }
            Some(RawGeometry::MultiPolygon(parts)) => {
                self.areas += 1;
                self.track(row, parts.iter().flatten())
            }
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        let tracks = self.tracks.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        hand_over(tracks, &mut self.out)?;
        self.out.write_all(b"</gpx>\n")?;
        self.out.flush()?;
        let mut notes = Vec::new();
        if self.areas > 0 {
            notes.push(format!("{} areas were written as tracks along their outlines", self.areas));
        }
        if self.left_out > 0 {
            notes.push(format!("{} rows without geometry were left out", self.left_out));
        }
        Ok(notes)
    }
}
