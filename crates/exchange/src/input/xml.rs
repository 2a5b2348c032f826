//! XML, a piece at a time. Entities that a document defines itself are not looked at.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{Stop, broken_at};
use crate::error::{Place, ReadErrorCode};

/// Elements nested in each other, at most.
const DEPTH_MAX: usize = 64;

/// A piece of a document.
pub(super) enum Piece {
    /// An element begins: its name without prefix, and its attributes.
    Begin(String, Vec<(String, String)>),
    /// Text inside the innermost element.
    Text(String),
    /// An element ends.
    End,
    /// The document ends.
    Done,
}

/// Refuses bytes in which a tag, or the text between two, is longer than `most_bytes`: whoever
/// reads XML holds one of those at a time.
pub(super) struct TagBound<R> {
    inner: R,
    since_tag: usize,
    most_bytes: usize,
}

impl<R> TagBound<R> {
    pub(super) fn new(inner: R, most_bytes: usize) -> Self {
        Self { inner, since_tag: 0, most_bytes }
    }
}

impl<R: Read> Read for TagBound<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(room)?;
        let bytes = &room[..count];
        let run = self.since_tag + memchr::memchr(b'<', bytes).unwrap_or(count);
        if run > self.most_bytes {
            let reason = format!("a text is larger than {} bytes", self.most_bytes);
            return Err(io::Error::other(reason));
        }
        self.since_tag = memchr::memrchr(b'<', bytes).map_or(run, |place| count - place);
        Ok(count)
    }
}

/// Reads a document piece by piece.
pub(super) struct Pieces<R> {
    reader: Reader<BufReader<TagBound<R>>>,
    buffer: Vec<u8>,
    depth: usize,
    limit_bytes: u64,
}

impl<R: Read> Pieces<R> {
    /// No piece may be larger than `piece_bytes`, nor all of them than `limit_bytes`.
    pub(super) fn new(body: R, limit_bytes: u64, piece_bytes: usize) -> Self {
        let mut reader = Reader::from_reader(BufReader::new(TagBound::new(body, piece_bytes)));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0, limit_bytes }
    }

    /// Where reading is.
    pub(super) fn place(&self) -> Place {
        Place { byte_offset: self.reader.buffer_position(), line: 1 }
    }

    pub(super) fn broken(&self, reason: impl std::fmt::Display) -> Stop {
        let message = format!("this XML cannot be read: {reason}");
        broken_at(ReadErrorCode::MalformedFile, message, self.place())
    }

    pub(super) fn next(&mut self) -> Result<Piece, Stop> {
        loop {
            self.buffer.clear();
            if self.reader.buffer_position() > self.limit_bytes {
                return Err(super::too_many_bytes(self.limit_bytes));
            }
            let event = self.reader.read_event_into(&mut self.buffer);
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    let reason = error.to_string();
                    return Err(self.broken(reason));
                }
            };
            let piece = match event {
                Event::Start(start) => {
                    self.depth += 1;
                    let begin = begin(&start);
                    if self.depth > DEPTH_MAX {
                        return Err(self.broken(format!("it is nested deeper than {DEPTH_MAX}")));
                    }
                    begin
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Ok(Piece::End)
                }
                Event::Text(text) => Ok(Piece::Text(text.to_string())),
                Event::CData(text) => Ok(Piece::Text(text.to_string())),
                Event::GeneralRef(name) => referred(&name),
                Event::Eof if self.depth > 0 => Err("it ends before its last element".to_owned()),
                Event::Eof => Ok(Piece::Done),
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => continue,
            };
            return piece.map_err(|reason| self.broken(reason));
        }
    }
}

fn begin(start: &BytesStart<'_>) -> Result<Piece, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = unescape(&attribute.value).map_err(|error| error.to_string())?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Piece::Begin(start.local_name().as_ref().to_owned(), attributes))
}

/// A character reference or one of the five entities of XML itself.
fn referred(name: &BytesRef<'_>) -> Result<Piece, String> {
    if let Ok(Some(character)) = name.resolve_char_ref() {
        return Ok(Piece::Text(character.to_string()));
    }
    let known = resolve_xml_entity(name);
    known.map(|text| Piece::Text(text.to_owned())).ok_or_else(|| {
        let name: String = name.chars().take(40).collect();
        format!("the entity \"{name}\" is not one of XML itself")
    })
}
