//! Files that are kept for a while: on disk, without a name, counted together.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::submission::hexadecimal;

/// Bytes taken from a file together.
const CHUNK_BYTES: usize = 64 * 1024;

/// Where files are kept, and how much of them together.
#[derive(Debug, Clone)]
pub struct ExportSettings {
    /// The folder; that of the system for temporary files, if none is given.
    pub folder: Option<PathBuf>,
    /// Bytes of all files together.
    pub bytes_max: u64,
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self { folder: None, bytes_max: 10 << 30 }
    }
}

/// Room on disk that all files share.
#[derive(Debug, Default)]
pub(crate) struct Room {
    settings: ExportSettings,
    taken_bytes: Arc<AtomicU64>,
}

impl Room {
    pub(crate) fn new(settings: ExportSettings) -> Self {
        Self { settings, taken_bytes: Arc::default() }
    }

    /// Bytes of all files together, at most.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.settings.bytes_max
    }

    /// Begins a file. It has no name, so that nothing is left of it when the server ends, however
    /// that comes about.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(crate) fn begin(&self) -> io::Result<Draft> {
        let file = match &self.settings.folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        let taken = Taken { of: Arc::clone(&self.taken_bytes), bytes: 0 };
        let bytes_max = self.settings.bytes_max;
        Ok(Draft { file: BufWriter::new(file), digest: Sha256::new(), taken, bytes_max })
    }
}

/// Bytes that a file takes of the room; given back when it goes.
#[derive(Debug)]
struct Taken {
    of: Arc<AtomicU64>,
    bytes: u64,
}

impl Taken {
    fn more(&mut self, bytes: u64, bytes_max: u64) -> io::Result<()> {
        let all = self.of.fetch_add(bytes, Ordering::AcqRel).saturating_add(bytes);
        self.bytes += bytes;
        if all > bytes_max {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the room is taken"));
        }
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.of.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Draft {
    file: BufWriter<File>,
    digest: Sha256,
    taken: Taken,
    bytes_max: u64,
}

impl Draft {
    /// The whole file.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub(crate) fn finish(self) -> io::Result<Kept> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let sha256 = hexadecimal(&self.digest.finalize());
        Ok(Kept { file: Mutex::new(file), sha256, taken: self.taken })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.taken.more(bytes.len() as u64, self.bytes_max)?;
        self.file.write_all(bytes)?;
        self.digest.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A whole file; gone when nobody holds it any more.
#[derive(Debug)]
pub(crate) struct Kept {
    file: Mutex<File>,
    sha256: String,
    taken: Taken,
}

impl Kept {
    /// Its length in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.taken.bytes
    }

    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Copies `bytes` bytes from the place `first` on; several may do so at the same time.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub(crate) fn copy(&self, first: u64, bytes: u64, out: &mut dyn Write) -> io::Result<()> {
        let (mut place, mut left) = (first, bytes);
        let mut chunk = vec![0; CHUNK_BYTES];
        while left > 0 {
            let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = {
                let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(place))?;
                file.read(&mut chunk[..wanted])?
            };
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            out.write_all(&chunk[..read])?;
            place += read as u64;
            left -= read as u64;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(bytes_max: u64) -> Room {
        Room::new(ExportSettings { folder: None, bytes_max })
    }

    #[test]
    fn a_part_of_a_kept_file_is_read_from_anywhere() {
        let room = room(1 << 20);
        let mut draft = room.begin().unwrap();
        draft.write_all(b"0123456789").unwrap();
        let kept = draft.finish().unwrap();
        let mut part = Vec::new();
        kept.copy(3, 4, &mut part).unwrap();
        kept.copy(0, 2, &mut part).unwrap();
        assert_eq!(part, b"345601");
        assert!(kept.copy(8, 3, &mut part).is_err());
        assert_eq!((kept.bytes(), kept.sha256().len()), (10, 64));
    }

    #[test]
    fn files_share_the_room_and_give_it_back_when_they_go() {
        let room = room(10);
        let mut first = room.begin().unwrap();
        first.write_all(b"123456").unwrap();
        let first = first.finish().unwrap();
        let mut second = room.begin().unwrap();
        let full = second.write_all(b"12345").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        drop(second);
        drop(first);
        assert_eq!(room.taken_bytes.load(Ordering::Acquire), 0);
        room.begin().unwrap().write_all(b"1234567890").unwrap();
    }
}
