//! Bytes of a text, decompressed, with a cursor and a place to name in errors.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

use crate::error::{Place, ReadError, ReadErrorCode};
use crate::limits::CHUNK_BYTES;

/// A window over the input: bytes from `kept` on are held, `at` is the cursor.
pub(crate) struct Source<R> {
    input: Input<R>,
    buffer: Vec<u8>,
    kept: usize,
    at: usize,
    end: usize,
    kept_place: Place,
    taken_bytes: u64,
    limit_bytes: u64,
}

enum Input<R> {
    Unknown(R),
    Plain(Chain<Cursor<Vec<u8>>, R>),
    Gzip(Box<MultiGzDecoder<Chain<Cursor<Vec<u8>>, R>>>),
    Ended,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(reader: R, limit_bytes: u64) -> Self {
        Self {
            input: Input::Unknown(reader),
            buffer: Vec::new(),
            kept: 0,
            at: 0,
            end: 0,
            kept_place: Place { byte_offset: 0, line: 1 },
            taken_bytes: 0,
            limit_bytes,
        }
    }

    /// The place of the cursor.
    pub(crate) fn place(&self) -> Place {
        self.place_of(self.at)
    }

    /// The place of the oldest byte held.
    pub(crate) fn kept_place(&self) -> Place {
        self.kept_place
    }

    fn place_of(&self, at: usize) -> Place {
        Place {
            byte_offset: self.kept_place.byte_offset + (at - self.kept) as u64,
            line: self.kept_place.line + newlines(&self.buffer[self.kept..at]),
        }
    }

    /// Bytes between the oldest held and the cursor.
    pub(crate) fn held(&self) -> &[u8] {
        &self.buffer[self.kept..self.at]
    }

    /// Bytes at and after the cursor that are already here.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Moves the cursor over bytes that are already here.
    pub(crate) fn advance(&mut self, count: usize) {
        self.at = (self.at + count).min(self.end);
    }

    /// Lets go of everything before the cursor.
    pub(crate) fn release(&mut self) {
        self.kept_place = self.place();
        self.kept = self.at;
    }

    /// The byte under the cursor, `None` at the end of the text.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        while self.at == self.end {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at]))
    }

    /// Brings in more bytes behind those that are here; false at the end of the text.
    pub(crate) fn more(&mut self) -> Result<bool, ReadError> {
        self.make_room();
        if matches!(self.input, Input::Unknown(_)) {
            self.recognise_compression()?;
        }
        let room = &mut self.buffer[self.end..];
        let outcome = match &mut self.input {
            Input::Unknown(_) | Input::Ended => Ok(0),
            Input::Plain(reader) => read_some(reader, room),
            Input::Gzip(reader) => fill(reader, room),
        };
        let count = outcome.map_err(|error| self.failure(error))?;
        if count == 0 {
            self.input = Input::Ended;
            return Ok(false);
        }
        self.end += count;
        self.taken_bytes += count as u64;
        if self.taken_bytes > self.limit_bytes {
            let message = format!(
                "the text is larger than {} bytes; split it into several files",
                self.limit_bytes
            );
            return Err(ReadError::new(ReadErrorCode::TooManyBytes, message, self.place()));
        }
        Ok(true)
    }

    fn make_room(&mut self) {
        if self.end < self.buffer.len() {
            return;
        }
        if self.kept > 0 {
            self.buffer.copy_within(self.kept..self.end, 0);
            self.at -= self.kept;
            self.end -= self.kept;
            self.kept = 0;
        }
        if self.buffer.len() - self.end < CHUNK_BYTES / 2 {
            self.buffer.resize((self.buffer.len() * 2).max(CHUNK_BYTES), 0);
        }
    }

    fn recognise_compression(&mut self) -> Result<(), ReadError> {
        let Input::Unknown(mut reader) = std::mem::replace(&mut self.input, Input::Ended) else {
            return Ok(());
        };
        let mut head = vec![0; 2];
        let mut filled = 0;
        while filled < head.len() {
            match read_some(&mut reader, &mut head[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) => return Err(self.failure(error)),
            }
        }
        head.truncate(filled);
        let compressed = head == [0x1F, 0x8B];
        let whole = Cursor::new(head).chain(reader);
        self.input = if compressed {
            Input::Gzip(Box::new(MultiGzDecoder::new(whole)))
        } else {
            Input::Plain(whole)
        };
        Ok(())
    }

    fn failure(&self, error: io::Error) -> ReadError {
        let gzip = matches!(self.input, Input::Gzip(_));
        let (code, message) = match error.kind() {
            io::ErrorKind::UnexpectedEof if gzip => (
                ReadErrorCode::Truncated,
                "the gzip stream ends too early; send the whole file again",
            ),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if gzip => (
                ReadErrorCode::CorruptGzip,
                "the gzip stream is damaged; compress the file again, or send it uncompressed",
            ),
            _ => (ReadErrorCode::ReadFailed, "reading stopped before the end; try again"),
        };
        ReadError::new(code, message, self.place()).caused_by(error)
    }
}

fn read_some(reader: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Fills the room as far as it goes, so that where a damaged stream is noticed does not depend on how
/// its bytes arrive.
fn fill(reader: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match read_some(reader, &mut room[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

pub(crate) fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_bytes_and_lines_from_the_start_of_the_text() {
        let mut source = Source::new(&b"ab\ncd\n\nef"[..], 100);
        while source.more().unwrap() {}
        source.advance(4);
        assert_eq!(source.place(), Place { byte_offset: 4, line: 2 });
        source.release();
        source.advance(3);
        assert_eq!(source.held(), b"d\n\n");
        assert_eq!(source.place(), Place { byte_offset: 7, line: 4 });
    }

    #[test]
    fn more_bytes_than_the_limit_are_refused() {
        let mut source = Source::new(&b"abcdef"[..], 5);
        assert!(source.more().unwrap());
        assert_eq!(source.more().unwrap_err().code(), ReadErrorCode::TooManyBytes);
    }

    #[test]
    fn a_failing_reader_keeps_its_cause() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone"))
            }
        }
        let error = Source::new(Broken, 5).peek().unwrap_err();
        assert_eq!(error.code(), ReadErrorCode::ReadFailed);
        assert!(std::error::Error::source(&error).is_some());
    }
}
