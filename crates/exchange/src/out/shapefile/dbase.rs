//! The values beside the shapes: dBASE III.

use std::io::{self, BufWriter, Seek, Write};

use chrono::Datelike;
use tempfile::SpooledTempFile;

use super::super::names::cut;
use super::super::{IN_MEMORY_BYTES, PlainRow, WriteError};
use crate::layer::{Cell, ColumnKind, Layer};

/// Bytes of a column's name.
pub(super) const NAME_BYTES: usize = 10;
/// Bytes of a text.
pub(super) const TEXT_BYTES: usize = 254;
/// Columns beside the id, so that a record stays below 64 KiB.
pub(super) const COLUMNS: usize = 254;

/// Wider whole numbers are taken for floating-point ones by readers.
const INTEGER_BYTES: usize = 18;
const NUMBER_BYTES: usize = 24;
const INSTANT_BYTES: usize = 32;

pub(super) struct Table {
    rows: BufWriter<SpooledTempFile>,
    kinds: Vec<ColumnKind>,
    head: Vec<u8>,
    record_bytes: usize,
    records: u32,
    made_on: [u8; 3],
}

/// The letter, the width and the number of decimals of a column.
fn described(kind: ColumnKind) -> (u8, usize, u8) {
    match kind {
        ColumnKind::Boolean => (b'L', 1, 0),
        ColumnKind::Integer => (b'N', INTEGER_BYTES, 0),
        ColumnKind::Number => (b'N', NUMBER_BYTES, 15),
        ColumnKind::Text | ColumnKind::List => (b'C', TEXT_BYTES, 0),
        ColumnKind::Date => (b'D', 8, 0),
        ColumnKind::Timestamp => (b'C', INSTANT_BYTES, 0),
    }
}

impl Table {
    pub(super) fn new(layer: &Layer, names: &[String]) -> Result<Self, WriteError> {
        let mut head = Vec::new();
        let mut record_bytes = 1;
        let kinds: Vec<ColumnKind> = layer.columns.iter().map(|column| column.kind).collect();
        let columns = names.iter().map(String::as_str).zip(kinds.iter().copied());
        for (name, kind) in std::iter::once(("id", ColumnKind::Text)).chain(columns) {
            let (letter, width, decimals) = described(kind);
            let mut field = name.as_bytes().to_vec();
            field.resize(11, 0);
            field.push(letter);
            field.extend([0; 4]);
            field.extend([width as u8, decimals]);
            field.resize(32, 0);
            head.extend(field);
            record_bytes += width;
        }
        head.push(0x0D);
        if record_bytes > usize::from(u16::MAX) {
            return Err(WriteError::Format("a record is too wide; take GeoPackage".to_owned()));
        }
        let day = layer.made_at.unwrap_or_default();
        let made_on = [(day.year() - 1900) as u8, day.month() as u8, day.day() as u8];
        let rows = BufWriter::new(SpooledTempFile::new(IN_MEMORY_BYTES));
        Ok(Self { rows, kinds, head, record_bytes, records: 0, made_on })
    }

    /// Adds a row; tells how many of its values were cut.
    pub(super) fn row(&mut self, row: &PlainRow<'_>) -> Result<u64, WriteError> {
        self.records += 1;
        let mut record = vec![b' '];
        let mut was_cut = u64::from(text(&mut record, row.id, TEXT_BYTES));
        for (cell, kind) in row.values.iter().zip(&self.kinds) {
            let (letter, width, _) = described(*kind);
            let written = match cell {
                cell if cell.is_null() && letter == b'L' => "?".to_owned(),
                Cell::Boolean(value) => if *value { "T" } else { "F" }.to_owned(),
                Cell::Date(day) => day.format("%Y%m%d").to_string(),
                Cell::Number(value) => number(*value),
                other => other.to_text(),
            };
            let is_number = letter == b'N';
            if is_number && written.len() > width {
                // Half of a number would be another one.
                record.resize(record.len() + width, b' ');
                was_cut += 1;
            } else if is_number {
                record.resize(record.len() + width - written.len(), b' ');
                record.extend(written.as_bytes());
            } else {
                was_cut += u64::from(text(&mut record, &written, width));
            }
        }
        self.rows.write_all(&record)?;
        Ok(was_cut)
    }

    pub(super) fn hand_over(self, out: &mut impl Write) -> Result<(), WriteError> {
        let mut head = vec![3];
        head.extend(self.made_on);
        head.extend(self.records.to_le_bytes());
        head.extend(((self.head.len() + 32) as u16).to_le_bytes());
        head.extend((self.record_bytes as u16).to_le_bytes());
        head.resize(32, 0);
        out.write_all(&head)?;
        out.write_all(&self.head)?;
        let mut rows = self.rows.into_inner().map_err(io::IntoInnerError::into_error)?;
        rows.rewind()?;
        io::copy(&mut rows, out)?;
        Ok(out.write_all(&[0x1A])?)
    }
}

/// Appends a text, filled up with blanks; tells whether it was cut.
fn text(record: &mut Vec<u8>, text: &str, width: usize) -> bool {
    let kept = cut(text, width);
    record.extend(kept.as_bytes());
    record.resize(record.len() + width - kept.len(), b' ');
    kept.len() < text.len()
}

/// The shortest spelling that reads back as the same number.
fn number(value: f64) -> String {
    let plain = (value + 0.0).to_string();
    if plain.len() <= NUMBER_BYTES { plain } else { format!("{value:e}") }
}
