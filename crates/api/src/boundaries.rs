//! Boundaries of one body, waiting on disk so that later ones of it can be compared with them.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use geometry::{Geometry, HazardPolygon};

/// Longest boundary taken back; the limits on features keep real ones far below.
const BOUNDARY_BYTES_MAX: u32 = 256 << 20;

/// Writes boundaries one after another to an unnamed temporary file, and reads any of them back.
#[derive(Debug)]
pub struct WaitingBoundaries {
    file: BufWriter<File>,
    bytes: u64,
}

/// Where a boundary waits in [`WaitingBoundaries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

impl WaitingBoundaries {
    /// None yet.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?), bytes: 0 })
    }

    /// Appends a boundary.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, boundary: &Geometry) -> std::io::Result<Ticket> {
        let ticket = Ticket(self.bytes);
        let bytes = boundary.to_wkb();
        self.file.write_all(&(bytes.len() as u32).to_le_bytes())?;
        self.file.write_all(&bytes)?;
        self.bytes += (4 + bytes.len()) as u64;
        Ok(ticket)
    }

    /// A boundary that waits; nothing where no polygon was given.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn get(&mut self, Ticket(start): Ticket) -> std::io::Result<Option<HazardPolygon>> {
        // Seeking writes out what is still in memory.
        self.file.seek(SeekFrom::Start(start))?;
        let bytes = read_part(self.file.get_mut())?;
        self.file.seek(SeekFrom::Start(self.bytes))?;
        Ok(match Geometry::from_wkb(&bytes).map_err(std::io::Error::other)? {
            Geometry::Polygon(polygon) => Some(polygon),
            Geometry::Point(_) | Geometry::Shape(_) => None,
        })
    }
}

fn read_part(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    file.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > BOUNDARY_BYTES_MAX {
        return Err(std::io::Error::other("the temporary file of boundaries is damaged"));
    }
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(lon: f64) -> Geometry {
        let (east, north) = (lon + 0.001, 13.001);
        let shell = vec![[lon, 13.0], [east, 13.0], [east, north], [lon, north], [lon, 13.0]];
        Geometry::Polygon(HazardPolygon::new(vec![vec![shell]]).unwrap())
    }

    #[test]
    fn a_boundary_is_given_back_by_its_ticket_while_others_are_still_being_written() {
        let mut waiting = WaitingBoundaries::new().unwrap();
        let mut tickets = Vec::new();
        for index in 0..300_u32 {
            tickets.push(waiting.push(&square(100.0 + f64::from(index) * 0.01)).unwrap());
            if index % 7 == 0 {
                let back = waiting.get(tickets[index as usize / 2]).unwrap();
                assert_eq!(
                    back.map(Geometry::Polygon),
                    Some(square(100.0 + f64::from(index / 2) * 0.01))
                );
            }
        }
    }
}
