//! `PMTiles`.
//!
//! # Source
//! `PMTiles` Version 3 Specification.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write, copy};
use std::path::{Path, PathBuf};

use anyhow::Context;
use api::tilejson;
use serde_json::json;
use tiles::Tile;

use super::{Archive, Description, WARNING, gzipped, place_of};

/// Bytes of the header.
const HEADER_BYTES: usize = 127;

/// The header and the first directory have to be among so many bytes.
const FIRST_BYTES_MAX: usize = 16_384;

/// Entries of a directory that others lead to.
const LEAF_ENTRIES: usize = 4_096;

const GZIP: u8 = 2;
const MVT: u8 = 1;

/// A tile in the file, or a directory.
#[derive(Clone, Copy, Debug)]
struct Place {
    id: u64,
    /// How many tiles have it; 0 for a directory.
    run: u32,
    offset: u64,
    length: u32,
}

/// A file being written: the tiles stand in a file of their own until their number is known.
#[derive(Debug)]
pub struct PmTiles {
    path: PathBuf,
    about: Description,
    tiles: BufWriter<File>,
    places: Vec<Place>,
    end: u64,
}

impl PmTiles {
    /// Begins a file.
    pub fn create(path: &Path, about: Description) -> anyhow::Result<Self> {
        let tiles = BufWriter::new(tempfile::tempfile().context("no temporary file")?);
        Ok(Self { path: path.to_owned(), about, tiles, places: Vec::new(), end: 0 })
    }

    /// The first directory, and those it leads to.
    fn directories(&self) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
        let root = gzipped(&directory(&self.places))?;
        if root.len() <= FIRST_BYTES_MAX - HEADER_BYTES {
            return Ok((root, Vec::new()));
        }
        let mut entries = LEAF_ENTRIES;
        loop {
            let (mut leaves, mut root) = (Vec::new(), Vec::new());
            for run in self.places.chunks(entries) {
                let leaf = gzipped(&directory(run))?;
                let (offset, length) = (leaves.len() as u64, leaf.len() as u32);
                root.extend(run.first().map(|first| Place {
                    id: first.id,
                    run: 0,
                    offset,
                    length,
                }));
                leaves.extend(leaf);
            }
            let root = gzipped(&directory(&root))?;
            if root.len() <= FIRST_BYTES_MAX - HEADER_BYTES {
                return Ok((root, leaves));
            }
            entries *= 2;
        }
    }

    fn header(&self, root: u64, metadata: u64, leaves: u64) -> Vec<u8> {
        let mut header = b"PMTiles\x03".to_vec();
        let mut at = HEADER_BYTES as u64;
        for length in [root, metadata, leaves, self.end] {
            header.extend(at.to_le_bytes());
            header.extend(length.to_le_bytes());
            at += length;
        }
        for _count in ["addressed", "entries", "contents"] {
            header.extend((self.places.len() as u64).to_le_bytes());
        }
        let is_in_order = 1;
        let [least, greatest] = self.about.zooms;
        header.extend([is_in_order, GZIP, GZIP, MVT, least, greatest]);
        let number = |degrees: f64| ((degrees * 1e7).round() as i32).to_le_bytes();
        header.extend(tilejson::bounds(self.about.bounds).into_iter().flat_map(number));
        header.push(least);
        header.extend(tilejson::middle(self.about.bounds).into_iter().flat_map(number));
        header
    }
}

impl Archive for PmTiles {
    fn add(&mut self, tile: Tile, bytes: &[u8]) -> anyhow::Result<()> {
        let bytes = gzipped(bytes)?;
        self.tiles.write_all(&bytes)?;
        let (id, length) = (place_of(tile), bytes.len() as u32);
        self.places.push(Place { id, run: 1, offset: self.end, length });
        self.end += u64::from(length);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        self.tiles.flush()?;
        let metadata = json!({
            "name": self.about.name,
            "description": WARNING,
            "version": self.about.revision.to_string(),
            "type": "overlay",
            "vector_layers": self.about.layers,
        });
        let metadata = gzipped(metadata.to_string().as_bytes())?;
        let (root, leaves) = self.directories()?;
        let lengths = [root.len() as u64, metadata.len() as u64, leaves.len() as u64];
        let header = self.header(lengths[0], lengths[1], lengths[2]);
        let file = File::create(&self.path);
        let mut out = BufWriter::new(file.with_context(|| self.path.display().to_string())?);
        for section in [header, root, metadata, leaves] {
            out.write_all(&section)?;
        }
        let tiles = self.tiles.get_mut();
        tiles.seek(SeekFrom::Start(0))?;
        copy(tiles, &mut out)?;
        out.flush()?;
        Ok(out.get_ref().sync_all()?)
    }
}

/// The bytes of a directory, column by column.
fn directory(places: &[Place]) -> Vec<u8> {
    let mut out = Vec::with_capacity(places.len() * 6);
    write_varint(&mut out, places.len() as u64);
    let mut last = 0;
    for place in places {
        write_varint(&mut out, place.id - last);
        last = place.id;
    }
    for place in places {
        write_varint(&mut out, u64::from(place.run));
    }
    for place in places {
        write_varint(&mut out, u64::from(place.length));
    }
    let mut end = None;
    for place in places {
        // 0 says that it begins where the one before ends.
        let follows = end == Some(place.offset);
        write_varint(&mut out, if follows { 0 } else { place.offset + 1 });
        end = Some(place.offset + u64::from(place.length));
    }
    out
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
