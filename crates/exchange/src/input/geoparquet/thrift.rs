//! Thrift's compact protocol, as far as Parquet's own descriptions are checked before they are read.

use std::io::{self, Read};

/// Structures nested in each other at most.
const DEPTH_MAX: u32 = 16;

/// Fields and elements in one piece at most: those without bytes of their own cost only time.
const PARTS_MAX: u32 = 10_000_000;

/// The kind of a field.
///
/// # Source
/// Thrift compact protocol encoding, "Struct encoding".
pub(super) type Kind = u8;

pub(super) const TRUE: Kind = 1;
pub(super) const FALSE: Kind = 2;
pub(super) const BYTE: Kind = 3;
pub(super) const I32: Kind = 5;
pub(super) const BINARY: Kind = 8;
pub(super) const LIST: Kind = 9;
pub(super) const STRUCT: Kind = 12;

const I16: Kind = 4;
const I64: Kind = 6;
const DOUBLE: Kind = 7;
const SET: Kind = 10;

/// Bytes that are read, and how many were.
pub(super) struct Thrift<R> {
    input: R,
    taken: u64,
    parts: u32,
}

/// A field of a structure.
pub(super) struct Field {
    pub(super) id: i16,
    pub(super) kind: Kind,
}

impl<R: Read> Thrift<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, taken: 0, parts: 0 }
    }

    /// Bytes read so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte)?;
        self.taken += 1;
        Ok(byte[0])
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(wrong("a number has too many bytes"))
    }

    /// A whole number.
    pub(super) fn integer(&mut self) -> io::Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A number that is no less than zero and no more than 32 bits with a sign hold.
    pub(super) fn size(&mut self) -> io::Result<u64> {
        let value = self.integer()?;
        let size = i32::try_from(value).ok().and_then(|value| u64::try_from(value).ok());
        size.ok_or_else(|| wrong("a size is negative or too large"))
    }

    /// The next field, or none at the end of the structure. Fields come in the order of their ids,
    /// each once.
    pub(super) fn field(&mut self, last: &mut i16) -> io::Result<Option<Field>> {
        self.count()?;
        let byte = self.byte()?;
        let (step, kind) = (byte >> 4, byte & 0x0F);
        if kind == 0 {
            return Ok(None);
        }
        let id = match step {
            0 => i16::try_from(self.integer()?).ok(),
            step => last.checked_add(i16::from(step)),
        };
        let id = id.filter(|id| id > last).ok_or_else(|| wrong("fields are out of order"))?;
        *last = id;
        Ok(Some(Field { id, kind }))
    }

    /// The kind and the number of the elements of a list.
    pub(super) fn list(&mut self) -> io::Result<(Kind, u64)> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.varint()?,
            few => u64::from(few),
        };
        Ok((byte & 0x0F, count))
    }

    /// Steps over a value.
    pub(super) fn skip(&mut self, kind: Kind) -> io::Result<()> {
        self.skip_to(kind, DEPTH_MAX)
    }

    fn skip_to(&mut self, kind: Kind, depth: u32) -> io::Result<()> {
        let depth = depth.checked_sub(1).ok_or_else(|| wrong("structures are nested too deep"))?;
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.byte().map(drop),
            I16 | I32 | I64 => self.varint().map(drop),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | SET => {
                let (kind, count) = self.list()?;
                // What one reader takes for a byte each, another takes for none.
                if matches!(kind, TRUE | FALSE) {
                    return Err(wrong("there is a list of booleans"));
                }
                for _ in 0..count {
                    self.count()?;
                    self.skip_to(kind, depth)?;
                }
                Ok(())
            }
            STRUCT => {
                let mut last = 0;
                while let Some(field) = self.field(&mut last)? {
                    self.skip_to(field.kind, depth)?;
                }
                Ok(())
            }
            _ => Err(wrong("a field is of an unknown kind")),
        }
    }

    fn pass(&mut self, bytes: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.input.by_ref().take(bytes), &mut io::sink())?;
        self.taken += passed;
        if passed < bytes { Err(wrong("it ends too early")) } else { Ok(()) }
    }

    fn count(&mut self) -> io::Result<()> {
        self.parts += 1;
        if self.parts > PARTS_MAX { Err(wrong("it has too many parts")) } else { Ok(()) }
    }
}

pub(super) fn wrong(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_told_with_their_ids_and_stepped_over() {
        // 1: i32 = -3; 2: list of two texts; 20: a structure with a boolean.
        let bytes = [0x15, 5, 0x19, 0x28, 1, b'a', 0, 0x0C, 40, 0x11, 0, 0];
        let mut thrift = Thrift::new(&bytes[..]);
        let mut last = 0;
        let first = thrift.field(&mut last).unwrap().unwrap();
        assert_eq!((first.id, first.kind), (1, I32));
        assert_eq!(thrift.integer().unwrap(), -3);
        for (id, kind) in [(2, LIST), (20, STRUCT)] {
            let next = thrift.field(&mut last).unwrap().unwrap();
            assert_eq!((next.id, next.kind), (id, kind));
            thrift.skip(kind).unwrap();
        }
        assert!(thrift.field(&mut last).unwrap().is_none());
        assert_eq!(thrift.taken(), bytes.len() as u64);
    }

    proptest! {
        #[test]
        fn any_bytes_are_stepped_over_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Thrift::new(&bytes[..]).skip(STRUCT);
        }
    }
}
