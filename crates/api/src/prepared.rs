//! Checked records waiting on disk for the verdict on their whole submission.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use geometry::{Geometry, HazardPolygon};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use survey::{Day, PreparedRecord, RecordId};

/// Longest encoded record taken back; the limits on features keep real ones far below.
const RECORD_BYTES_MAX: u32 = 256 << 20;

/// The part of a record that is written as JSON; geometries follow as WKB.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    index: u64,
    id: Option<RecordId>,
    local_id: Cow<'a, str>,
    effective_on: Day,
    organisation: Option<Cow<'a, str>>,
    raw_geometry: Option<Cow<'a, str>>,
    properties: Cow<'a, Map<String, Value>>,
}

/// Writes records one after another to an unnamed temporary file.
#[derive(Debug)]
pub struct PreparedQueue {
    file: BufWriter<File>,
    records: u64,
}

impl PreparedQueue {
    /// An empty queue.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?), records: 0 })
    }

    /// Appends a record.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, record: &PreparedRecord) -> std::io::Result<()> {
        let geometry = record.geometry.as_ref().map(Geometry::to_wkb).unwrap_or_default();
        let caution = record.caution.clone().map(Geometry::Polygon);
        let caution = caution.as_ref().map(Geometry::to_wkb).unwrap_or_default();
        let head = serde_json::to_vec(&Head {
            index: record.index,
            id: record.id,
            local_id: Cow::Borrowed(&record.local_id),
            effective_on: record.effective_on,
            organisation: record.organisation.as_deref().map(Cow::Borrowed),
            raw_geometry: record.raw_geometry.as_deref().map(Cow::Borrowed),
            properties: Cow::Borrowed(&record.properties),
        })?;
        for part in [&head, &geometry, &caution] {
            self.file.write_all(&(part.len() as u32).to_le_bytes())?;
            self.file.write_all(part)?;
        }
        self.records += 1;
        Ok(())
    }

    /// Turns to reading what was written, in the same order.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn into_reader(self) -> std::io::Result<PreparedReader> {
        let mut file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(PreparedReader { file: BufReader::with_capacity(1 << 20, file), left: self.records })
    }
}

/// Gives back the records of a [`PreparedQueue`].
#[derive(Debug)]
pub struct PreparedReader {
    file: BufReader<File>,
    left: u64,
}

impl PreparedReader {
    fn part(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        if length > RECORD_BYTES_MAX {
            return Err(std::io::Error::other("the temporary file of prepared records is damaged"));
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn record(&mut self) -> std::io::Result<PreparedRecord> {
        let head = self.part()?;
        let head: Head<'_> = serde_json::from_slice(&head)?;
        let geometry = self.geometry()?;
        let caution = match self.geometry()? {
            Some(Geometry::Polygon(polygon)) => Some(polygon),
            Some(Geometry::Point(_)) | None => None::<HazardPolygon>,
        };
        Ok(PreparedRecord {
            index: head.index,
            id: head.id,
            local_id: head.local_id.into_owned(),
            effective_on: head.effective_on,
            organisation: head.organisation.map(Cow::into_owned),
            geometry,
            caution,
            raw_geometry: head.raw_geometry.map(Cow::into_owned),
            properties: head.properties.into_owned(),
        })
    }

    fn geometry(&mut self) -> std::io::Result<Option<Geometry>> {
        let bytes = self.part()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        Geometry::from_wkb(&bytes).map(Some).map_err(std::io::Error::other)
    }
}

impl Iterator for PreparedReader {
    type Item = std::io::Result<PreparedRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(self.record())
    }
}
