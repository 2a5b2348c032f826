//! Values of attributes, and numbers, as they are written.
//!
//! # Source
//! Mapbox Vector Tile Specification 2.1, section 4.4; Protocol Buffers, "Encoding".

/// The value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
}

/// An attribute of a feature: its name, and its value.
pub type Attribute<'a> = (&'a str, Value<'a>);

/// Fields of a value.
pub(crate) const TEXT: u8 = 0x0a;
const NUMBER: u8 = 0x19;
const INTEGER: u8 = 0x20;
const BOOLEAN: u8 = 0x38;

/// Bytes the largest number takes.
pub(crate) const VARINT_MAX: usize = 10;

/// A value as it is written: its field, and what follows; of a text without its length.
#[derive(Clone, Copy)]
pub(crate) struct Written<'v> {
    pub(crate) kind: u8,
    pub(crate) payload: &'v [u8],
}

impl<'v> Written<'v> {
    pub(crate) fn of(value: Value<'v>, room: &'v mut [u8; VARINT_MAX]) -> Self {
        let (kind, length) = match value {
            Value::Text(text) => return Self { kind: TEXT, payload: text.as_bytes() },
            Value::Number(number) => {
                room[..8].copy_from_slice(&number.to_le_bytes());
                (NUMBER, 8)
            }
            Value::Integer(whole) => {
                let mut rest = whole.cast_unsigned();
                let length = varint_len(rest);
                for byte in &mut room[..length] {
                    *byte = rest as u8 | 0x80;
                    rest >>= 7;
                }
                room[length - 1] &= 0x7f;
                (INTEGER, length)
            }
            Value::Boolean(is_true) => {
                room[0] = u8::from(is_true);
                (BOOLEAN, 1)
            }
        };
        Self { kind, payload: &room[..length] }
    }

    pub(crate) fn read(bytes: &'v [u8]) -> Self {
        let head = if bytes[0] == TEXT { 1 + read_varint(&bytes[1..]).1 } else { 1 };
        Self { kind: bytes[0], payload: &bytes[head..] }
    }
}

/// A number, and how many bytes it takes.
pub(crate) fn read_varint(bytes: &[u8]) -> (u64, usize) {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return (value, place + 1);
        }
    }
    (value, bytes.len())
}

/// As [`varint_len`] of what has few bytes, of many at once.
pub(crate) fn tag_len(tag: &u32) -> u32 {
    let longer = [7, 14, 21, 28].map(|bits| u32::from(*tag >> bits != 0));
    1 + longer.iter().sum::<u32>()
}

pub(crate) fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

pub(crate) fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_as_many_bytes_as_is_said() {
        for bits in 0..64 {
            for value in [1_u64 << bits, (1 << bits) - 1] {
                let mut written = Vec::new();
                write_varint(&mut written, value);
                assert_eq!(written.len(), varint_len(value), "{value}");
                assert_eq!(read_varint(&written), (value, written.len()));
                let mut room = [0; VARINT_MAX];
                assert_eq!(Written::of(Value::Integer(value as i64), &mut room).payload, written);
                if let Ok(tag) = u32::try_from(value) {
                    assert_eq!(tag_len(&tag) as usize, written.len(), "{tag}");
                }
            }
        }
    }
}
