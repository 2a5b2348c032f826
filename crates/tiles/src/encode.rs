//! Writing tiles down.
//!
//! # Source
//! Mapbox Vector Tile Specification 2.1, section 4; Protocol Buffers, "Encoding".

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::frame::Outline;
use crate::tile::EXTENT;

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

/// One layer of a tile, feature by feature.
///
/// # Examples
/// ```
/// use tiles::{Layer, Value, encoded};
///
/// let mut layer = Layer::new("wells");
/// layer.tag("depth_m", Value::Integer(12));
/// layer.point([2_048, 2_048]);
/// let tile = encoded([&layer]);
/// assert_eq!(tile[0], 0x1a, "a layer comes first");
/// ```
#[derive(Clone, Debug)]
pub struct Layer<'k> {
    name: String,
    features: Vec<u8>,
    count: usize,
    keys: Vec<&'k str>,
    values: Vec<u8>,
    value_count: u32,
    /// Where in `values` each value that may come again stands, and its number.
    known: HashTable<(Range<usize>, u32)>,
    hashing: RandomState,
    /// The attributes of the next feature: keys and values by number.
    tags: Vec<u32>,
    scratch: Vec<u8>,
    geometry: Vec<u8>,
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

const POINT: u8 = 1;
const LINE_STRING: u8 = 2;
const POLYGON: u8 = 3;

impl<'k> Layer<'k> {
    /// A layer without features.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            features: Vec::new(),
            count: 0,
            keys: Vec::new(),
            values: Vec::new(),
            value_count: 0,
            known: HashTable::new(),
            hashing: RandomState::default(),
            tags: Vec::new(),
            scratch: Vec::new(),
            geometry: Vec::new(),
        }
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it has no feature.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes it will have, about.
    pub fn size(&self) -> usize {
        self.features.len() + self.values.len()
    }

    /// Gives the next feature an attribute.
    pub fn tag(&mut self, key: &'k str, value: Value<'_>) {
        let key = self.key(key);
        self.scratch.clear();
        write_value(&mut self.scratch, value);
        let hash = self.hashing.hash_one(self.scratch.as_slice());
        let is_same = |(place, _): &(Range<usize>, u32)| self.values[place.clone()] == *self.scratch;
        let number = if let Some((_, number)) = self.known.find(hash, is_same) {
            *number
        } else {
            let number = self.push_value();
            let end = self.values.len();
            let place = end - self.scratch.len()..end;
            let (values, hashing) = (&self.values, &self.hashing);
            self.known.insert_unique(hash, (place, number), |(place, _)| {
                hashing.hash_one(&values[place.clone()])
            });
            number
        };
        self.tags.extend([key, number]);
    }

    /// Gives the next feature an attribute whose value no other has.
    pub fn tag_unique(&mut self, key: &'k str, value: Value<'_>) {
        let key = self.key(key);
        self.scratch.clear();
        write_value(&mut self.scratch, value);
        let number = self.push_value();
        self.tags.extend([key, number]);
    }

    /// Gives the next feature the attributes that were numbered by [`Self::tags_of`].
    pub fn tag_all(&mut self, tags: &[u32]) {
        self.tags.extend_from_slice(tags);
    }

    /// Numbers attributes that many features have, for [`Self::tag_all`].
    pub fn tags_of(&mut self, attributes: &[Attribute<'k>]) -> Vec<u32> {
        let before = std::mem::take(&mut self.tags);
        for (key, value) in attributes {
            self.tag(key, *value);
        }
        std::mem::replace(&mut self.tags, before)
    }

    /// Adds a position, with the attributes given since the feature before.
    ///
    /// # Units
    /// Of the tile, from its north-west corner.
    pub fn point(&mut self, [x, y]: [i32; 2]) {
        self.geometry.clear();
        write_varint(&mut self.geometry, u64::from(command(MOVE_TO, 1)));
        write_varint(&mut self.geometry, zigzag(x));
        write_varint(&mut self.geometry, zigzag(y));
        self.feature(POINT);
    }

    /// Adds a polygon, with the attributes given since the feature before.
    pub fn polygon(&mut self, outline: &Outline) {
        self.geometry.clear();
        let mut at = [0, 0];
        for ring in outline.rings() {
            let Some((first, rest)) = ring.split_first() else { continue };
            write_varint(&mut self.geometry, u64::from(command(MOVE_TO, 1)));
            write_step(&mut self.geometry, &mut at, *first);
            write_varint(&mut self.geometry, u64::from(command(LINE_TO, rest.len() as u32)));
            for point in rest {
                write_step(&mut self.geometry, &mut at, *point);
            }
            write_varint(&mut self.geometry, u64::from(command(CLOSE_PATH, 1)));
        }
        self.feature(POLYGON);
    }

    /// Adds the pieces of a line, of two points or more each, with the attributes given since the
    /// feature before.
    pub fn line(&mut self, pieces: &[Vec<[i32; 2]>]) {
        self.geometry.clear();
        let mut at = [0, 0];
        for piece in pieces {
            let Some((first, rest)) = piece.split_first() else { continue };
            write_varint(&mut self.geometry, u64::from(command(MOVE_TO, 1)));
            write_step(&mut self.geometry, &mut at, *first);
            write_varint(&mut self.geometry, u64::from(command(LINE_TO, rest.len() as u32)));
            for point in rest {
                write_step(&mut self.geometry, &mut at, *point);
            }
        }
        self.feature(LINE_STRING);
    }

    fn feature(&mut self, kind: u8) {
        let body = &mut self.scratch;
        body.clear();
        if !self.tags.is_empty() {
            let size: usize = self.tags.iter().map(|tag| varint_len(u64::from(*tag))).sum();
            body.push(0x12);
            write_varint(body, size as u64);
            for tag in self.tags.drain(..) {
                write_varint(body, u64::from(tag));
            }
        }
        body.extend([0x18, kind, 0x22]);
        write_varint(body, self.geometry.len() as u64);
        body.extend_from_slice(&self.geometry);
        self.features.push(0x12);
        write_varint(&mut self.features, self.scratch.len() as u64);
        self.features.extend_from_slice(&self.scratch);
        self.count += 1;
    }

    fn key(&mut self, key: &'k str) -> u32 {
        let same = |known: &&str| std::ptr::eq(*known, key) || *known == key;
        let place = self.keys.iter().position(same).unwrap_or_else(|| {
            self.keys.push(key);
            self.keys.len() - 1
        });
        place as u32
    }

    fn push_value(&mut self) -> u32 {
        self.values.push(0x22);
        write_varint(&mut self.values, self.scratch.len() as u64);
        self.values.extend_from_slice(&self.scratch);
        self.value_count += 1;
        self.value_count - 1
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut head = Vec::with_capacity(64);
        head.extend([0x78, 2]);
        write_text(&mut head, 0x0a, &self.name);
        let mut tail = Vec::with_capacity(256);
        for key in &self.keys {
            write_text(&mut tail, 0x1a, key);
        }
        let mut extent = vec![0x28];
        write_varint(&mut extent, EXTENT.unsigned_abs());
        let parts: [&[u8]; 5] = [&head, &self.features, &tail, &self.values, &extent];
        out.push(0x1a);
        write_varint(out, parts.iter().map(|part| part.len() as u64).sum());
        for part in parts {
            out.extend_from_slice(part);
        }
    }
}

/// The bytes of a tile; layers without features are left out, and a tile of nothing has no bytes.
pub fn encoded<'a, 'k: 'a>(layers: impl IntoIterator<Item = &'a Layer<'k>>) -> Vec<u8> {
    let mut out = Vec::new();
    for layer in layers.into_iter().filter(|layer| !layer.is_empty()) {
        layer.write(&mut out);
    }
    out
}

fn command(id: u32, count: u32) -> u32 {
    count << 3 | id
}

fn zigzag(value: i32) -> u64 {
    u64::from(((value << 1) ^ (value >> 31)).cast_unsigned())
}

fn write_step(out: &mut Vec<u8>, at: &mut [i32; 2], to: [i32; 2]) {
    write_varint(out, zigzag(to[0] - at[0]));
    write_varint(out, zigzag(to[1] - at[1]));
    *at = to;
}

fn write_text(out: &mut Vec<u8>, field: u8, text: &str) {
    out.push(field);
    write_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn write_value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Text(text) => write_text(out, 0x0a, text),
        Value::Number(number) => {
            out.push(0x19);
            out.extend(number.to_le_bytes());
        }
        Value::Integer(whole) => {
            out.push(0x20);
            write_varint(out, whole.cast_unsigned());
        }
        Value::Boolean(is_true) => out.extend([0x38, u8::from(is_true)]),
    }
}

fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
