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
use crate::value::{
    Attribute, TEXT, VARINT_MAX, Value, Written, read_varint, tag_len, varint_len, write_varint,
};

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
    features: Vec<Feature>,
    /// Bytes of the features as they will be written.
    features_size: usize,
    keys: Vec<&'k str>,
    /// Where the key is that was named last: features name theirs in one order.
    key_at: usize,
    values: Vec<u8>,
    value_count: u32,
    /// Values that may come again.
    known: HashTable<Known>,
    hashing: RandomState,
    /// The attributes of the features, and of the next: keys and values by number.
    tags: Vec<u32>,
    /// The geometry of the features, and of the next.
    geometry: Vec<u8>,
}

/// A value of a layer: where in its values the payload stands, and its number.
#[derive(Clone, Debug)]
struct Known {
    hash: u64,
    payload: Range<usize>,
    number: u32,
    kind: u8,
}

/// A feature by where its attributes and its geometry end in those of its layer.
#[derive(Clone, Copy, Debug)]
struct Feature {
    kind: u8,
    tags_end: u32,
    geometry_end: u32,
    /// Bytes of the feature without what says how long it is.
    size: u32,
    /// Bytes of its attributes.
    tags_size: u32,
}

/// Keys behind the one named last that are looked at first.
const KEYS_AHEAD: usize = 6;

/// What a feature takes, about, when a layer makes room for many: numbers of keys and values, values
/// that no other has and the bytes of values, bytes of the geometry.
const TAGS: usize = 48;
const NEW_VALUES: usize = 8;
const VALUES_BYTES: usize = 192;
const GEOMETRY_BYTES: usize = 128;

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
            features_size: 0,
            keys: Vec::new(),
            key_at: 0,
            values: Vec::new(),
            value_count: 0,
            known: HashTable::new(),
            hashing: RandomState::default(),
            tags: Vec::new(),
            geometry: Vec::new(),
        }
    }

    /// Makes room for so many features, about.
    pub fn reserve(&mut self, features: usize) {
        self.features.reserve(features);
        self.values.reserve(features * VALUES_BYTES);
        self.known.reserve(features * NEW_VALUES, |known| known.hash);
        self.tags.reserve(features * TAGS);
        self.geometry.reserve(features * GEOMETRY_BYTES);
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether it has no feature.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// Bytes it will have, about.
    pub fn size(&self) -> usize {
        self.features_size + self.values.len()
    }

    /// Gives the next feature an attribute.
    pub fn tag(&mut self, key: &'k str, value: Value<'_>) {
        let key = self.key(key);
        let number = self.number(Written::of(value, &mut [0; VARINT_MAX]));
        self.tags.extend([key, number]);
    }

    /// The number of a value, a new one if it is new.
    fn number(&mut self, value: Written<'_>) -> u32 {
        // Hashed where it comes from: to read together what was just written byte by byte would have
        // to wait for it.
        let hash = self.hashing.hash_one(value.payload);
        let is_same = |known: &Known| {
            known.hash == hash
                && known.kind == value.kind
                && self.values[known.payload.clone()] == *value.payload
        };
        if let Some(known) = self.known.find(hash, is_same) {
            return known.number;
        }
        let number = self.push_value(value);
        let end = self.values.len();
        let payload = end - value.payload.len()..end;
        let known = Known { hash, payload, number, kind: value.kind };
        self.known.insert_unique(hash, known, |known| known.hash);
        number
    }

    /// Gives the next feature an attribute whose value no other has.
    pub fn tag_unique(&mut self, key: &'k str, value: Value<'_>) {
        let key = self.key(key);
        let number = self.push_value(Written::of(value, &mut [0; VARINT_MAX]));
        self.tags.extend([key, number]);
    }

    /// Gives the next feature the attributes that were numbered by [`Self::tags_of`].
    pub fn tag_all(&mut self, tags: &[u32]) {
        self.tags.extend_from_slice(tags);
    }

    /// Numbers attributes that many features have, for [`Self::tag_all`].
    pub fn tags_of(&mut self, attributes: &[Attribute<'k>]) -> Vec<u32> {
        let before = self.tags.len();
        for (key, value) in attributes {
            self.tag(key, *value);
        }
        self.tags.split_off(before)
    }

    /// Adds a position, with the attributes given since the feature before.
    ///
    /// # Units
    /// Of the tile, from its north-west corner.
    pub fn point(&mut self, [x, y]: [i32; 2]) {
        write_varint(&mut self.geometry, u64::from(command(MOVE_TO, 1)));
        write_varint(&mut self.geometry, zigzag(x));
        write_varint(&mut self.geometry, zigzag(y));
        self.feature(POINT);
    }

    /// Adds a polygon, with the attributes given since the feature before.
    pub fn polygon(&mut self, outline: &Outline) {
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
        let (tags, geometry) = match self.features.last() {
            Some(last) => (last.tags_end as usize, last.geometry_end as usize),
            None => (0, 0),
        };
        self.push(kind, tags, geometry);
    }

    /// Ends a feature whose attributes and geometry begin at these places.
    fn push(&mut self, kind: u8, tags: usize, geometry: usize) {
        let tags = &self.tags[tags..];
        let geometry = self.geometry.len() - geometry;
        let tags_size: u32 = tags.iter().map(tag_len).sum();
        let head = if tags.is_empty() { 0 } else { 1 + varint_len(u64::from(tags_size)) };
        let size = head + tags_size as usize + 3 + varint_len(geometry as u64) + geometry;
        self.features_size += 1 + varint_len(size as u64) + size;
        self.features.push(Feature {
            kind,
            tags_end: self.tags.len() as u32,
            geometry_end: self.geometry.len() as u32,
            size: size as u32,
            tags_size,
        });
    }

    /// Takes the features of another layer, behind its own: the same as if they had been added here.
    pub fn append(&mut self, other: Self) {
        let is_numbered_alike =
            self.values.starts_with(&other.values) && self.keys.starts_with(&other.keys);
        if is_numbered_alike {
            return self.append_alike(&other);
        }
        if self.is_empty()
            && other.values.starts_with(&self.values)
            && other.keys.starts_with(&self.keys)
        {
            *self = Self { name: std::mem::take(&mut self.name), ..other };
            return;
        }
        let keys: Vec<u32> = other.keys.iter().map(|key| self.key(key)).collect();
        let mut numbers: Vec<Option<u32>> = vec![None; other.value_count as usize];
        let values = other.value_places();
        let (mut tags_at, mut geometry_at) = (0, 0);
        for feature in &other.features {
            let (tags, geometry) = (self.tags.len(), self.geometry.len());
            let (tags_end, geometry_end) =
                (feature.tags_end as usize, feature.geometry_end as usize);
            for pair in other.tags[tags_at..tags_end].chunks_exact(2) {
                let (key, value) = (keys[pair[0] as usize], pair[1] as usize);
                let number = if let Some(number) = numbers[value] {
                    number
                } else {
                    let written = Written::read(&other.values[values[value].clone()]);
                    *numbers[value].insert(self.number(written))
                };
                self.tags.extend([key, number]);
            }
            self.geometry.extend_from_slice(&other.geometry[geometry_at..geometry_end]);
            self.push(feature.kind, tags, geometry);
            (tags_at, geometry_at) = (tags_end, geometry_end);
        }
    }

    /// As [`Self::append`], when keys and values have the same numbers in both.
    fn append_alike(&mut self, other: &Self) {
        let (tags, geometry) = (self.tags.len() as u32, self.geometry.len() as u32);
        self.tags.extend_from_slice(&other.tags);
        self.geometry.extend_from_slice(&other.geometry);
        self.features.extend(other.features.iter().map(|feature| Feature {
            tags_end: feature.tags_end + tags,
            geometry_end: feature.geometry_end + geometry,
            ..*feature
        }));
        self.features_size += other.features_size;
    }

    /// Where each value stands, by number.
    fn value_places(&self) -> Vec<Range<usize>> {
        let mut places = Vec::with_capacity(self.value_count as usize);
        let mut at = 0;
        while at < self.values.len() {
            let (size, head) = read_varint(&self.values[at + 1..]);
            let start = at + 1 + head;
            at = start + size as usize;
            places.push(start..at);
        }
        places
    }

    fn key(&mut self, key: &'k str) -> u32 {
        let mut ahead = self.keys[self.key_at..].iter().take(KEYS_AHEAD);
        let place = match ahead.position(|known| std::ptr::eq(*known, key)) {
            Some(steps) => self.key_at + steps,
            None => self.keys.iter().position(|known| *known == key).unwrap_or(self.keys.len()),
        };
        if place == self.keys.len() {
            self.keys.push(key);
        }
        self.key_at = place;
        place as u32
    }

    fn push_value(&mut self, value: Written<'_>) -> u32 {
        let length = value.payload.len() as u64;
        let is_text = value.kind == TEXT;
        let head = if is_text { 1 + varint_len(length) } else { 1 };
        self.values.push(0x22);
        write_varint(&mut self.values, head as u64 + length);
        self.values.push(value.kind);
        if is_text {
            write_varint(&mut self.values, length);
        }
        self.values.extend_from_slice(value.payload);
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
        let others = head.len() + tail.len() + self.values.len() + extent.len();
        out.reserve(self.features_size + others + 16);
        out.push(0x1a);
        write_varint(out, (self.features_size + others) as u64);
        out.extend_from_slice(&head);
        self.write_features(out);
        for part in [&tail, &self.values, &extent] {
            out.extend_from_slice(part);
        }
    }

    fn write_features(&self, out: &mut Vec<u8>) {
        let (mut tags_at, mut geometry_at) = (0, 0);
        for feature in &self.features {
            let (tags_end, geometry_end) =
                (feature.tags_end as usize, feature.geometry_end as usize);
            let tags = &self.tags[tags_at..tags_end];
            let geometry = &self.geometry[geometry_at..geometry_end];
            out.push(0x12);
            write_varint(out, u64::from(feature.size));
            if !tags.is_empty() {
                out.push(0x12);
                write_varint(out, u64::from(feature.tags_size));
                for tag in tags {
                    write_varint(out, u64::from(*tag));
                }
            }
            out.extend([0x18, feature.kind, 0x22]);
            write_varint(out, geometry.len() as u64);
            out.extend_from_slice(geometry);
            (tags_at, geometry_at) = (tags_end, geometry_end);
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
