//! Excel workbooks: a sheet of rows, and one that says what they are.

use std::io::Write;

use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::csv::own_columns;
use super::names::unique;
use super::{PlainRow, RowWriter, WriteError, WriteOptions, hand_over};
use crate::layer::{Cell, Layer};
use crate::plain;
use geometry::RawGeometry;

/// Characters a cell holds, and rows below the heading: limits of Excel itself.
const CELL_CHARACTERS: usize = 32_767;
const ROWS: u32 = 1_048_575;

/// Whole numbers up to here are the same as floating-point numbers.
const EXACT: u64 = 1 << 53;

struct Xlsx<'w> {
    out: Box<dyn Write + 'w>,
    book: Workbook,
    sheet: Worksheet,
    about: Worksheet,
    day: Format,
    own: usize,
    rows: u32,
    cut: u64,
    omitted_shapes: u64,
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        Self::format(error)
    }
}

pub(crate) fn open<'w>(
    layer: &Layer,
    _: &WriteOptions,
    out: Box<dyn Write + 'w>,
) -> Result<Box<dyn RowWriter + 'w>, WriteError> {
    let mut book = Workbook::new();
    if let Some(at) = layer.made_at
        && let Ok(at) = ExcelDateTime::from_timestamp(at.timestamp())
    {
        let properties = rust_xlsxwriter::DocProperties::new().set_title(&layer.title);
        book.set_properties(&properties.set_creation_datetime(&at));
    }
    let mut sheet = book.new_worksheet_with_constant_memory()?;
    sheet.set_name(sheet_name(&layer.name))?.set_freeze_panes(1, 0)?;
    let own = own_columns(layer);
    let names = layer.columns.iter().map(|column| column.name.clone());
    let names = unique(names, own, CELL_CHARACTERS);
    let heading = Format::new().set_bold();
    for (place, name) in own.iter().copied().chain(names.iter().map(String::as_str)).enumerate() {
        sheet.write_string_with_format(0, column(place)?, name, &heading)?;
    }
    let mut about = Worksheet::new();
    about.set_name("About")?;
    let revision = layer.revision.map(|revision| revision.to_string());
    let told = [
        ("title", Some(layer.title.as_str())),
        ("description", Some(layer.description.as_str())),
        ("attribution", layer.attribution.as_deref()),
        ("licence", layer.licence.as_deref()),
        ("revision", revision.as_deref()),
        ("coordinates", Some("WGS 84, longitude before latitude, in degrees")),
    ];
    for (row, (name, text)) in (0..).zip(told) {
        about.write_string(row, 0, name)?;
        about.write_string(row, 1, super::names::cut(text.unwrap_or_default(), CELL_CHARACTERS))?;
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let (own, rows, cut, omitted_shapes) = (own.len(), 0, 0, 0);
    Ok(Box::new(Xlsx { out, book, sheet, about, day, own, rows, cut, omitted_shapes }))
}

/// What Excel takes as the name of a sheet.
fn sheet_name(name: &str) -> String {
    let letters = name.chars().map(|it| if "[]:*?/\\'".contains(it) { '_' } else { it });
    // Excel counts UTF-16 units, of which a letter has two at most.
    let short: String = letters.take(15).collect();
    if short.is_empty() || short.eq_ignore_ascii_case("about") { "rows".to_owned() } else { short }
}

fn column(place: usize) -> Result<u16, WriteError> {
    u16::try_from(place).map_err(WriteError::format)
}

impl Xlsx<'_> {
    fn text(&mut self, row: u32, place: u16, text: &str) -> Result<(), WriteError> {
        let mut text = text;
        if text.encode_utf16().count() > CELL_CHARACTERS {
            self.cut += 1;
            let end = text.char_indices().nth(CELL_CHARACTERS / 2).map_or(text.len(), |(at, _)| at);
            text = &text[..end];
        }
        if !text.is_empty() {
            self.sheet.write_string(row, place, text)?;
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, place: u16, cell: &Cell<'_>) -> Result<(), WriteError> {
        match cell {
            cell if cell.is_null() => {}
            Cell::Boolean(value) => drop(self.sheet.write_boolean(row, place, *value)?),
            Cell::Integer(value) if value.unsigned_abs() <= EXACT => {
                self.sheet.write_number(row, place, *value as f64)?;
            }
            Cell::Number(value) => drop(self.sheet.write_number(row, place, *value)?),
            Cell::Date(day) if (1901..10_000).contains(&day.year()) => {
                let (month, of_month) = (day.month() as u8, day.day() as u8);
                let at = ExcelDateTime::from_ymd(day.year() as u16, month, of_month)?;
                self.sheet.write_datetime_with_format(row, place, &at, &self.day)?;
            }
            other => self.text(row, place, &other.to_text())?,
        }
        Ok(())
    }
}

impl RowWriter for Xlsx<'_> {
    fn row(&mut self, row: &PlainRow<'_>) -> Result<(), WriteError> {
        if self.rows >= ROWS {
            return Err(WriteError::Format(format!("a sheet holds {ROWS} rows; take CSV")));
        }
        self.rows += 1;
        let number = self.rows;
        self.text(number, 0, row.id)?;
        match (self.own, &row.geometry) {
            (3, Some(RawGeometry::Point([lon, lat]))) => {
                self.sheet.write_number(number, 1, *lon)?;
                self.sheet.write_number(number, 2, *lat)?;
            }
            (2, Some(shape)) => {
                let text = plain::to_wkt(shape);
                if text.len() <= CELL_CHARACTERS {
                    self.sheet.write_string(number, 1, text)?;
                } else {
                    self.omitted_shapes += 1;
                }
            }
            _ => {}
        }
        for (place, cell) in row.values.iter().enumerate() {
            self.cell(number, column(self.own + place)?, cell)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteError> {
        let mut file = tempfile::tempfile()?;
        self.book.push_worksheet(self.sheet);
        self.book.push_worksheet(self.about);
        self.book.save_to_writer(&mut file)?;
        hand_over(file, self.out)?;
        let mut notes = Vec::new();
        if self.cut > 0 {
            notes.push(format!("{} texts were cut to {CELL_CHARACTERS} characters", self.cut));
        }
        if self.omitted_shapes > 0 {
            let (shapes, limit) = (self.omitted_shapes, CELL_CHARACTERS);
            notes.push(format!("{shapes} geometries longer than {limit} characters were left out"));
        }
        Ok(notes)
    }
}
