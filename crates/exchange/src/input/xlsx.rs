//! Excel workbooks: the rows of one sheet, cell by cell.

use std::io::{Read, Seek};

use calamine::{DataRef, Reader, SheetVisible, Xlsx, XlsxError};
use serde_json::Value;

use super::places::Places;
use super::{Sink, Stop, damaged};

/// Columns of a sheet, as Excel has them.
const COLUMNS_MAX: u32 = 16_384;

/// The sheet that our own workbooks explain themselves on.
const ABOUT: &str = "About";

/// Reads a sheet whose first row is its heading: the one asked for, or the only one with rows.
///
/// Days come out as `YYYY-MM-DD`, instants as `YYYY-MM-DDThh:mm:ss`; nothing is said of their time
/// zone. Of a formula the value that was stored with it is taken.
///
/// # Source
/// ECMA-376, Part 1, clause 18.
pub(super) fn read(body: impl Read + Seek, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut book: Xlsx<_> = Xlsx::new(body).map_err(|error| told(&error))?;
    let visible = book.sheets_metadata().iter().filter(|it| it.visible == SheetVisible::Visible);
    let mut names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    if names.len() > 1 && sink.layer.is_none() {
        names.retain(|name| name != ABOUT);
    }
    let chosen = sink.choose(&names, "sheet")?;
    let mut cells = book.worksheet_cells_reader(&names[chosen]).map_err(|error| told(&error))?;
    let mut places: Option<Places> = None;
    let mut row: Vec<Value> = Vec::new();
    let mut number = None;
    loop {
        let next = cells.next_cell().map_err(|error| told(&error))?;
        let at = next.as_ref().map(|cell| cell.get_position());
        if number.is_some() && at.map(|(row, _)| row) != number {
            finish(&mut places, std::mem::take(&mut row), sink)?;
        }
        let (Some(cell), Some((of_row, column))) = (next, at) else { return Ok(()) };
        number = Some(of_row);
        if column >= COLUMNS_MAX {
            return Err(damaged("workbook", "a row has more cells than Excel allows"));
        }
        let column = column as usize;
        if column >= row.len() {
            row.resize(column + 1, Value::Null);
        }
        row[column] = value(cell.get_value());
    }
}

fn told(error: &XlsxError) -> Stop {
    damaged("workbook", error)
}

fn finish(places: &mut Option<Places>, row: Vec<Value>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let Some(places) = places else {
        let name = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        *places = Some(Places::of(row.into_iter().map(name).collect()));
        return Ok(());
    };
    if row.iter().all(Value::is_null) {
        return Ok(());
    }
    let bytes: usize = row.iter().filter_map(Value::as_str).map(str::len).sum();
    if bytes > sink.limits.feature_bytes {
        return sink.put_too_large();
    }
    sink.put(places.draft(row))
}

fn value(cell: &DataRef<'_>) -> Value {
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    match cell {
        DataRef::Int(number) => (*number).into(),
        DataRef::Float(number) => number_of(*number),
        DataRef::String(it) | DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => text(it),
        DataRef::SharedString(it) => text(it),
        DataRef::Bool(it) => (*it).into(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) {
                return date.into();
            }
            format!("{date}T{hour:02}:{minute:02}:{second:02}").into()
        }
        DataRef::DateTime(duration) => number_of(duration.as_f64()),
        DataRef::Error(_) | DataRef::Empty => Value::Null,
    }
}

/// A number of a sheet, which knows no whole numbers, as a whole number where it is one.
fn number_of(number: f64) -> Value {
    const EXACT: f64 = (1_u64 << 53) as f64;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        (number as i64).into()
    } else {
        number.into()
    }
}
