//! Comma-separated values.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use csv::{ByteRecord, Position, ReaderBuilder};
use serde_json::Value;

use super::places::Places;
use super::{Sink, Stop, broken_at, failed};
use crate::error::{Place, ReadErrorCode};
use crate::table::is_formula;

/// What stands between cells, in the order of preference.
const DELIMITERS: &[u8] = b",;\t|";

/// Columns of a table, at most.
const COLUMNS_MAX: usize = 4_096;

/// Whether the first line of a text may be the heading of a table: two names at least, told apart
/// by a delimiter.
pub(super) fn is_table(head: &[u8]) -> bool {
    let line = first_line(head);
    // The head may end in the middle of a letter.
    let is_text = match std::str::from_utf8(line) {
        Ok(text) => !text.contains(is_control),
        Err(error) => error.error_len().is_none(),
    };
    let begins = line.first().is_some_and(|byte| !b"{[<\x1e-0123456789".contains(byte));
    begins && is_text && DELIMITERS.iter().any(|delimiter| line.contains(delimiter))
}

fn is_control(character: char) -> bool {
    character.is_control() && character != '\t'
}

fn first_line(head: &[u8]) -> &[u8] {
    head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default()
}

/// The delimiter of a heading: the one that stands in it most often, quotes left out.
fn delimiter(line: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in line {
        quoted ^= *byte == b'"';
        if let Some(place) = DELIMITERS.iter().position(|it| it == byte)
            && !quoted
        {
            counts[place] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let place = counts.iter().position(|count| *count == most).unwrap_or_default();
    DELIMITERS.get(place).copied().unwrap_or(b',')
}

/// Reads a table with a heading, in UTF-8, whatever its delimiter.
///
/// # Source
/// RFC 4180.
pub(super) fn read(mut body: impl BufRead, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let head = body.fill_buf().map_err(failed)?;
    let mark = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let delimiter = delimiter(first_line(&head[mark..]));
    body.consume(mark);
    let allowed = Cell::new(0);
    let most = sink.limits.feature_bytes as u64 + ROOM_BYTES;
    let total = body.take(sink.limits.decompressed_bytes);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(RowBound { inner: total, allowed: &allowed });
    allowed.set(most);
    let heading = reader.byte_headers().map_err(|error| told(&error))?.clone();
    let names = texts(&heading).map_err(|()| charset(heading.position()))?;
    if names.len() > COLUMNS_MAX {
        let message = format!("the table has more than {COLUMNS_MAX} columns");
        return Err(broken_at(
            ReadErrorCode::MalformedFile,
            message,
            Place { byte_offset: 0, line: 1 },
        ));
    }
    let places = Places::of(names);
    let mut record = ByteRecord::new();
    loop {
        allowed.set(most);
        if !reader.read_byte_record(&mut record).map_err(|error| told(&error))? {
            return Ok(());
        }
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if record.as_slice().len() > sink.limits.feature_bytes {
            sink.put_too_large()?;
            continue;
        }
        let cells = texts(&record).map_err(|()| charset(record.position()))?;
        sink.put(places.draft(cells.into_iter().map(value)))?;
    }
}

/// Room for what is read ahead of a row.
const ROOM_BYTES: u64 = 256 * 1024;

/// Ends a row that has no end, as a quote that is not closed makes one.
struct RowBound<'c, R> {
    inner: R,
    allowed: &'c Cell<u64>,
}

impl<R: Read> Read for RowBound<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let allowed = self.allowed.get();
        if allowed == 0 {
            return Err(io::Error::other("a row has no end; a quote may not be closed"));
        }
        let count = self.inner.read(room)?;
        self.allowed.set(allowed.saturating_sub(count as u64));
        Ok(count)
    }
}

fn texts(record: &ByteRecord) -> Result<Vec<String>, ()> {
    let text = |cell: &[u8]| std::str::from_utf8(cell).map(str::to_owned).map_err(drop);
    record.iter().map(text).collect()
}

/// A cell; nothing where it is empty. The apostrophe that keeps a text from being run as a formula
/// is taken away again.
fn value(text: String) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    match text.strip_prefix('\'') {
        Some(guarded) if is_formula(guarded) => guarded.into(),
        _ => text.into(),
    }
}

fn place(position: Option<&Position>) -> Place {
    position.map_or(Place { byte_offset: 0, line: 1 }, |at| Place {
        byte_offset: at.byte(),
        line: at.line(),
    })
}

fn charset(position: Option<&Position>) -> Stop {
    let message = "the table is not in UTF-8; save it as \"CSV UTF-8\"";
    broken_at(ReadErrorCode::WrongCharset, message, place(position))
}

fn told(error: &csv::Error) -> Stop {
    let message = format!("the table cannot be read: {error}");
    broken_at(ReadErrorCode::MalformedFile, message, place(error.position()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_stands_most_often_outside_quotes() {
        for (line, expected) in
            [("a,b,c", b','), ("a;\"b,c,d\";e", b';'), ("a\tb", b'\t'), ("a|b,c|d", b'|')]
        {
            assert_eq!(delimiter(line.as_bytes()), expected, "{line}");
        }
    }
}
