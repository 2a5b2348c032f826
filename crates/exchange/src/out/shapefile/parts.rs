//! The files of one kind of geometry.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use geometry::RawGeometry;
use tempfile::SpooledTempFile;

use super::super::{IN_MEMORY_BYTES, PlainRow, WriteError};
use super::dbase::Table;
use super::{PROJECTION, add};
use crate::layer::Layer;
use crate::plain;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Point,
    Line,
    Polygon,
    MultiPoint,
}

impl Kind {
    fn code(self) -> i32 {
        match self {
            Self::Null => 0,
            Self::Point => 1,
            Self::Line => 3,
            Self::Polygon => 5,
            Self::MultiPoint => 8,
        }
    }

    /// The word that tells files of several kinds apart.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Null => "none",
            Self::Point => "points",
            Self::Line => "lines",
            Self::Polygon => "areas",
            Self::MultiPoint => "multipoints",
        }
    }
}

/// Shapes, their offsets and their values.
pub(super) struct Part {
    pub(super) kind: Kind,
    shapes: BufWriter<SpooledTempFile>,
    offsets: BufWriter<SpooledTempFile>,
    table: Table,
    shape_bytes: u64,
    records: u32,
    bounds: Option<[f64; 4]>,
}

const HEADER_BYTES: u64 = 100;

fn temporary() -> BufWriter<SpooledTempFile> {
    BufWriter::new(SpooledTempFile::new(IN_MEMORY_BYTES))
}

impl Part {
    pub(super) fn new(kind: Kind, layer: &Layer, names: &[String]) -> Result<Self, WriteError> {
        let (mut shapes, mut offsets) = (temporary(), temporary());
        shapes.write_all(&[0; HEADER_BYTES as usize])?;
        offsets.write_all(&[0; HEADER_BYTES as usize])?;
        let table = Table::new(layer, names)?;
        Ok(Self {
            kind,
            shapes,
            offsets,
            table,
            shape_bytes: HEADER_BYTES,
            records: 0,
            bounds: None,
        })
    }

    /// Adds a row; tells how many of its values were cut.
    pub(super) fn row(&mut self, row: &PlainRow<'_>) -> Result<u64, WriteError> {
        let shape = row.geometry.as_ref().filter(|it| it.positions().next().is_some());
        let body = shape.map_or_else(|| 0_i32.to_le_bytes().to_vec(), |it| self.body(it));
        let bytes = body.len() as u64;
        if self.shape_bytes + bytes + 8 > i32::MAX as u64 {
            return Err(WriteError::Format("a shapefile holds 2 GiB; take GeoPackage".to_owned()));
        }
        self.records += 1;
        let words = (bytes / 2) as u32;
        self.offsets.write_all(&((self.shape_bytes / 2) as u32).to_be_bytes())?;
        self.offsets.write_all(&words.to_be_bytes())?;
        self.shapes.write_all(&self.records.to_be_bytes())?;
        self.shapes.write_all(&words.to_be_bytes())?;
        self.shapes.write_all(&body)?;
        self.shape_bytes += bytes + 8;
        if let Some(around) = shape.and_then(plain::bounds) {
            self.bounds = Some(self.bounds.map_or(around, |all| {
                let [w, s, e, n] = around;
                [all[0].min(w), all[1].min(s), all[2].max(e), all[3].max(n)]
            }));
        }
        self.table.row(row)
    }

    fn body(&self, shape: &RawGeometry) -> Vec<u8> {
        let mut body = self.kind.code().to_le_bytes().to_vec();
        let around = plain::bounds(shape).unwrap_or_default();
        let mut around = around.iter().flat_map(|edge| edge.to_le_bytes());
        match shape {
            RawGeometry::Point(at) if self.kind == Kind::Point => position(&mut body, at),
            RawGeometry::Point(at) => {
                body.extend(&mut around);
                points(&mut body, std::slice::from_ref(at));
            }
            RawGeometry::MultiPoint(all) => {
                body.extend(&mut around);
                points(&mut body, all);
            }
            RawGeometry::LineString(line) => {
                body.extend(&mut around);
                lines(&mut body, std::slice::from_ref(line));
            }
            RawGeometry::MultiLineString(all) => {
                body.extend(&mut around);
                lines(&mut body, all);
            }
            RawGeometry::Polygon(rings) => {
                body.extend(&mut around);
                lines(&mut body, &turned(rings));
            }
            RawGeometry::MultiPolygon(parts) => {
                body.extend(&mut around);
                let rings: Vec<_> = parts.iter().flat_map(|rings| turned(rings)).collect();
                lines(&mut body, &rings);
            }
        }
        body
    }

    /// Puts the files into the archive.
    pub(super) fn hand_over<W: Write + Seek>(
        self,
        archive: &mut zip::ZipWriter<W>,
        base: &str,
    ) -> Result<(), WriteError> {
        let offset_bytes = HEADER_BYTES + 8 * u64::from(self.records);
        for (file, bytes, ending) in
            [(self.shapes, self.shape_bytes, "shp"), (self.offsets, offset_bytes, "shx")]
        {
            let head = header(self.kind, bytes, self.bounds);
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            add(archive, &format!("{base}.{ending}"), |out| {
                out.write_all(&head)?;
                file.seek(SeekFrom::Start(HEADER_BYTES))?;
                io::copy(&mut file, out)?;
                Ok(())
            })?;
        }
        add(archive, &format!("{base}.dbf"), |out| self.table.hand_over(out))?;
        add(archive, &format!("{base}.prj"), |out| Ok(out.write_all(PROJECTION.as_bytes())?))?;
        add(archive, &format!("{base}.cpg"), |out| Ok(out.write_all(b"UTF-8")?))
    }
}

fn header(kind: Kind, bytes: u64, bounds: Option<[f64; 4]>) -> Vec<u8> {
    let mut head = 9994_i32.to_be_bytes().to_vec();
    head.extend([0; 20]);
    head.extend(((bytes / 2) as u32).to_be_bytes());
    head.extend(1000_i32.to_le_bytes());
    head.extend(kind.code().to_le_bytes());
    bounds.unwrap_or_default().iter().for_each(|edge| head.extend(edge.to_le_bytes()));
    head.resize(HEADER_BYTES as usize, 0);
    head
}

/// The rings of a polygon as the format wants them: shells clockwise, holes the other way.
fn turned(rings: &[Vec<[f64; 2]>]) -> Vec<Vec<[f64; 2]>> {
    let turn = |(place, ring): (usize, &Vec<[f64; 2]>)| {
        let mut ring = ring.clone();
        if (plain::turning(&ring) > 0.0) == (place == 0) {
            ring.reverse();
        }
        ring
    };
    rings.iter().enumerate().map(turn).collect()
}

fn position(out: &mut Vec<u8>, at: &[f64; 2]) {
    for number in at {
        out.extend((number + 0.0).to_le_bytes());
    }
}

fn points(out: &mut Vec<u8>, points: &[[f64; 2]]) {
    out.extend((points.len() as i32).to_le_bytes());
    for at in points {
        position(out, at);
    }
}

fn lines(out: &mut Vec<u8>, lines: &[Vec<[f64; 2]>]) {
    let total: usize = lines.iter().map(Vec::len).sum();
    out.extend((lines.len() as i32).to_le_bytes());
    out.extend((total as i32).to_le_bytes());
    let mut first = 0_i32;
    for line in lines {
        out.extend(first.to_le_bytes());
        first += line.len() as i32;
    }
    lines.iter().flatten().for_each(|at| position(out, at));
}
