//! What is checked of a file before its rows are read, so that no description of a few bytes makes
//! a reader reserve memory for what is not there.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::thrift::{BINARY, BYTE, FALSE, Field, I32, Kind, LIST, STRUCT, TRUE, Thrift, wrong};

/// Bytes of the description at the end of a file, at most.
const FOOTER_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Columns and groups of columns of a file, at most.
const ELEMENTS_MAX: u64 = 10_000;

/// Groups of columns nested in each other, at most.
const DEPTH_MAX: usize = 32;

/// Bytes of a page before compression, at most: writers begin a new one after a mebibyte, or after
/// some rows.
const PAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How values may be encoded: plain, by dictionary, by runs, by differences of numbers, byte by
/// byte. Of differences of texts a few bytes may stand for any number of them.
const ENCODINGS: &[i64] = &[0, 2, 3, 4, 5, 8, 9];

/// Checks the columns that the end of a file describes.
///
/// # Source
/// Apache Parquet 2.9, `parquet.thrift`: `FileMetaData`, `SchemaElement`.
pub(super) fn footer(file: &mut (impl Read + Seek)) -> io::Result<()> {
    let bytes = file.seek(SeekFrom::End(0))?;
    if bytes < 12 {
        return Err(wrong("it is too short"));
    }
    file.seek(SeekFrom::Start(bytes - 8))?;
    let mut tail = [0; 8];
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if &magic != b"PAR1" {
        return Err(wrong("its end is missing, or it is encrypted"));
    }
    if length > FOOTER_BYTES_MAX || length > bytes - 12 {
        return Err(wrong("its description is too long"));
    }
    file.seek(SeekFrom::Start(bytes - 8 - length))?;
    schema(&mut Thrift::new(BufReader::new(file.by_ref().take(length))))
}

fn schema(thrift: &mut Thrift<impl Read>) -> io::Result<()> {
    let mut last = 0;
    while let Some(field) = thrift.field(&mut last)? {
        match (field.id, field.kind) {
            (1, I32) => thrift.skip(I32)?,
            (2, LIST) => {
                let (kind, count) = thrift.list()?;
                if kind != STRUCT || count > ELEMENTS_MAX {
                    return Err(wrong("its columns are no list, or too many"));
                }
                return elements(thrift, count);
            }
            _ => break,
        }
    }
    Err(wrong("it does not tell its columns"))
}

fn elements(thrift: &mut Thrift<impl Read>, count: u64) -> io::Result<()> {
    // How many elements each of the open groups still waits for.
    let mut open: Vec<u64> = vec![1];
    for place in 0..count {
        while open.last() == Some(&0) {
            open.pop();
        }
        let Some(waiting) = open.last_mut() else {
            return Err(wrong("it has columns in no group"));
        };
        *waiting -= 1;
        let children = element(thrift)?;
        if children > count - place - 1 || open.len() > DEPTH_MAX {
            return Err(wrong("its columns are not as it says, or nested too deep"));
        }
        open.push(children);
    }
    if open.iter().all(|waiting| *waiting == 0) {
        Ok(())
    } else {
        Err(wrong("columns are missing"))
    }
}

/// Reads a description of a column or a group; returns how many parts the group has.
fn element(thrift: &mut Thrift<impl Read>) -> io::Result<u64> {
    let (mut children, mut last) = (0, 0);
    while let Some(field) = thrift.field(&mut last)? {
        match (field.id, field.kind) {
            (5, I32) => children = thrift.size()?,
            (1..=3 | 6..=9, I32) | (4, BINARY) => thrift.skip(field.kind)?,
            (10, STRUCT) => meaning(thrift)?,
            _ => return Err(wrong("a column is not described as it should be")),
        }
    }
    Ok(children)
}

/// What a column means, exactly as the standard has it: a reader that takes a field for what it
/// expects, whatever its kind, would see other columns than those that are checked here.
fn meaning(thrift: &mut Thrift<impl Read>) -> io::Result<()> {
    const UNIT: &[(i16, Kind)] = &[(1, STRUCT), (2, STRUCT), (3, STRUCT)];
    const TIME: &[(i16, Kind)] = &[(1, TRUE), (2, STRUCT)];
    let mut last = 0;
    while let Some(field) = thrift.field(&mut last)? {
        let parts: &[(i16, Kind)] = match field.id {
            1..=4 | 6 | 11..=15 => &[],
            5 => &[(1, I32), (2, I32)],
            7 | 8 => TIME,
            10 => &[(1, BYTE), (2, TRUE)],
            16 => &[(1, BYTE)],
            17 => &[(1, BINARY)],
            18 => &[(1, BINARY), (2, I32)],
            _ => return Err(wrong("a column is of an unknown type")),
        };
        expect(&field, STRUCT)?;
        fields(thrift, parts, |thrift, part| match part.kind {
            STRUCT => fields(thrift, UNIT, |thrift, _| fields(thrift, &[], |_, _| Ok(()))),
            kind => thrift.skip(kind),
        })?;
    }
    Ok(())
}

/// Reads a structure that has no other fields than these.
fn fields<R: Read>(
    thrift: &mut Thrift<R>,
    known: &[(i16, Kind)],
    mut read: impl FnMut(&mut Thrift<R>, &Field) -> io::Result<()>,
) -> io::Result<()> {
    let mut last = 0;
    while let Some(field) = thrift.field(&mut last)? {
        let kind = if field.kind == FALSE { TRUE } else { field.kind };
        if !known.contains(&(field.id, kind)) {
            return Err(wrong("a column is not described as it should be"));
        }
        read(thrift, &field)?;
    }
    Ok(())
}

fn expect(field: &Field, kind: Kind) -> io::Result<()> {
    if field.kind == kind {
        Ok(())
    } else {
        Err(wrong("a field is of another kind than it should"))
    }
}

/// What the pages of a column hold.
#[derive(Default)]
pub(super) struct Held {
    /// Bytes before compression.
    pub(super) bytes: u64,
    /// Values, with those that are missing.
    pub(super) values: u64,
}

/// Checks the pages of a column in a group of rows, which lie within `range` as begin and length.
///
/// # Source
/// Apache Parquet 2.9, `parquet.thrift`: `PageHeader`.
pub(super) fn pages(file: &mut (impl Read + Seek), range: (u64, u64)) -> io::Result<Held> {
    let (mut at, length) = range;
    let end = at.checked_add(length).ok_or_else(|| wrong("a column is too long"))?;
    if end > file.seek(SeekFrom::End(0))? {
        return Err(wrong("a column ends beyond the file"));
    }
    let mut held = Held::default();
    while at < end {
        file.seek(SeekFrom::Start(at))?;
        let mut thrift = Thrift::new(BufReader::with_capacity(512, file.by_ref().take(end - at)));
        let page = page(&mut thrift)?;
        at = (at + thrift.taken()).saturating_add(page.stored);
        if at > end || page.bytes > PAGE_BYTES_MAX {
            return Err(wrong("a page is too large"));
        }
        if page.dictionary > page.bytes {
            return Err(wrong("a dictionary is said to hold more values than it has bytes"));
        }
        held.bytes = held.bytes.saturating_add(page.bytes);
        held.values = held.values.saturating_add(page.values);
    }
    Ok(held)
}

#[derive(Default)]
struct Page {
    stored: u64,
    bytes: u64,
    values: u64,
    dictionary: u64,
}

fn page(thrift: &mut Thrift<impl Read>) -> io::Result<Page> {
    let (mut page, mut last) = (Page::default(), 0);
    while let Some(field) = thrift.field(&mut last)? {
        match (field.id, field.kind) {
            (1 | 4, I32) => thrift.skip(I32)?,
            (2, I32) => page.bytes = thrift.size()?,
            (3, I32) => page.stored = thrift.size()?,
            (5, STRUCT) => page.values = values(thrift, 2)?,
            (7, STRUCT) => page.dictionary = values(thrift, 2)?,
            (8, STRUCT) => page.values = values(thrift, 4)?,
            (6, STRUCT) => thrift.skip(STRUCT)?,
            _ => return Err(wrong("a page is not described as it should be")),
        }
    }
    Ok(page)
}

/// How many values a page is said to hold; `encoding` is the id of the field that tells how.
fn values(thrift: &mut Thrift<impl Read>, encoding: i16) -> io::Result<u64> {
    let (mut values, mut last) = (0, 0);
    while let Some(field) = thrift.field(&mut last)? {
        match (field.id, field.kind) {
            (1, I32) => values = thrift.size()?,
            (id, I32) if id == encoding => {
                if !ENCODINGS.contains(&thrift.integer()?) {
                    let reason = "its values are encoded in a way that is not read; write it with \
                                  dictionaries or plain";
                    return Err(wrong(reason));
                }
            }
            (1..=6, I32) | (3 | 7, TRUE | FALSE) | (5 | 8, STRUCT) => thrift.skip(field.kind)?,
            _ => return Err(wrong("a page is not described as it should be")),
        }
    }
    Ok(values)
}
