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
    bytes: u64,
}

/// Where a record waits in a [`PreparedQueue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

impl PreparedQueue {
    /// An empty queue.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self {
            file: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?),
            records: 0,
            bytes: 0,
        })
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
            self.bytes += (4 + part.len()) as u64;
        }
        self.records += 1;
        Ok(())
    }

    /// The ticket the next record will have.
    pub fn next_ticket(&self) -> Ticket {
        Ticket(self.bytes)
    }

    /// The boundary of a record that waits, if it has one.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn boundary(&mut self, Ticket(start): Ticket) -> std::io::Result<Option<HazardPolygon>> {
        // Seeking writes out what is still in memory.
        self.file.seek(SeekFrom::Start(start))?;
        let file = self.file.get_mut();
        read_part(file)?;
        let bytes = read_part(file)?;
        self.file.seek(SeekFrom::Start(self.bytes))?;
        Ok(match read_geometry(&bytes)? {
            Some(Geometry::Polygon(polygon)) => Some(polygon),
            Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None,
        })
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
    fn record(&mut self) -> std::io::Result<PreparedRecord> {
        let head = read_part(&mut self.file)?;
        let head: Head<'_> = serde_json::from_slice(&head)?;
        let geometry = read_geometry(&read_part(&mut self.file)?)?;
        let caution = match read_geometry(&read_part(&mut self.file)?)? {
            Some(Geometry::Polygon(polygon)) => Some(polygon),
            Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None::<HazardPolygon>,
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
}

fn read_part(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > RECORD_BYTES_MAX {
        return Err(std::io::Error::other("the temporary file of prepared records is damaged"));
    }
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_geometry(bytes: &[u8]) -> std::io::Result<Option<Geometry>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Geometry::from_wkb(bytes).map(Some).map_err(std::io::Error::other)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn record(index: u64, geometry: Option<Geometry>) -> PreparedRecord {
        PreparedRecord {
            index,
            id: None,
            local_id: format!("KH-HA-{index}"),
            effective_on: Day::from_ymd_opt(2020, 1, 1).unwrap(),
            organisation: None,
            geometry,
            caution: None,
            raw_geometry: None,
            properties: Map::new(),
        }
    }

    fn square(lon: f64) -> Geometry {
        let (east, north) = (lon + 0.001, 13.001);
        let shell = vec![[lon, 13.0], [east, 13.0], [east, north], [lon, north], [lon, 13.0]];
        Geometry::Polygon(HazardPolygon::new(vec![vec![shell]]).unwrap())
    }

    #[test]
    fn a_boundary_is_given_back_by_its_ticket_while_others_are_still_being_written() {
        let mut queue = PreparedQueue::new().unwrap();
        let mut tickets = Vec::new();
        for index in 0..300_u32 {
            tickets.push(queue.next_ticket());
            let geometry = square(100.0 + f64::from(index) * 0.01);
            queue.push(&record(u64::from(index), Some(geometry))).unwrap();
            if index % 7 == 0 {
                let back = queue.boundary(tickets[index as usize / 2]).unwrap().unwrap();
                let meant = square(100.0 + f64::from(index / 2) * 0.01);
                assert_eq!(Geometry::Polygon(back), meant);
            }
        }
        let ticket = queue.next_ticket();
        queue.push(&record(300, None)).unwrap();
        assert_eq!(queue.boundary(ticket).unwrap(), None);
        let read: Vec<u64> =
            queue.into_reader().unwrap().map(|record| record.unwrap().index).collect();
        assert_eq!(read, (0..=300).collect::<Vec<_>>());
    }
}
