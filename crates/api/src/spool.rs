//! Takes a request body to disk as it arrives: memory stays bounded whatever its size.

use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::time::Duration;

use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use crate::problem::{BODY_TOO_LARGE, Problem, UNREADABLE_BODY};

/// Chunks under way between the network and the disk; more would only fill memory.
const CHUNKS_IN_FLIGHT: usize = 16;

/// A body as it was sent, on disk until dropped.
#[derive(Debug)]
pub struct Spooled {
    file: NamedTempFile,
    sha256: [u8; 32],
    bytes: u64,
}

impl Spooled {
    /// Copies everything `reader` gives to a temporary file.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn from_reader(mut reader: impl std::io::Read) -> std::io::Result<Self> {
        let mut writer = SpoolWriter::new()?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            match reader.read(&mut buffer)? {
                0 => return writer.finish(),
                count => writer.write(&buffer[..count])?,
            }
        }
    }

    /// SHA-256 of the bytes as sent.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Number of bytes as sent.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Opens the body for reading from its beginning.
    ///
    /// # Errors
    /// When the temporary file cannot be opened again.
    pub fn reader(&self) -> std::io::Result<std::fs::File> {
        let mut file = self.file.reopen()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

struct SpoolWriter {
    file: BufWriter<NamedTempFile>,
    digest: Sha256,
    bytes: u64,
}

impl SpoolWriter {
    fn new() -> std::io::Result<Self> {
        Ok(Self { file: BufWriter::new(NamedTempFile::new()?), digest: Sha256::new(), bytes: 0 })
    }

    fn write(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        self.file.write_all(chunk)?;
        self.digest.update(chunk);
        self.bytes += chunk.len() as u64;
        Ok(())
    }

    fn finish(self) -> std::io::Result<Spooled> {
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok(Spooled { file, sha256: self.digest.finalize().into(), bytes: self.bytes })
    }
}

/// Bytes of a refused body that are taken in and thrown away.
const DRAINED_BYTES_MAX: usize = 64 << 20;
/// How long that may take.
const DRAINED_WITHIN: Duration = Duration::from_secs(10);

/// Lets a client finish sending what is refused: most read the answer only then, and never see it
/// when the connection closes before.
async fn drain(payload: &mut Payload) {
    let mut drained = 0;
    let draining = async {
        while let Some(Ok(chunk)) = payload.next().await {
            drained += chunk.len();
            if drained > DRAINED_BYTES_MAX {
                break;
            }
        }
    };
    // Whether it came to an end or not, the body is refused.
    let _ = tokio::time::timeout(DRAINED_WITHIN, draining).await;
}

/// Receives a request body, refusing more than `bytes_max`.
///
/// # Errors
/// `body-too-large`; `unreadable-body` when the connection breaks; `internal` when the disk fails.
pub async fn receive(
    mut payload: Payload,
    declared_bytes: Option<u64>,
    bytes_max: u64,
) -> Result<Spooled, Problem> {
    if declared_bytes.is_some_and(|bytes| bytes > bytes_max) {
        drain(&mut payload).await;
        return Err(too_large(bytes_max));
    }
    let (sender, mut receiver) = mpsc::channel::<Bytes>(CHUNKS_IN_FLIGHT);
    let writing = tokio::task::spawn_blocking(move || {
        let mut writer = SpoolWriter::new()?;
        while let Some(chunk) = receiver.blocking_recv() {
            writer.write(&chunk)?;
        }
        writer.finish()
    });
    let mut received = 0;
    let mut fault = None;
    while let Some(chunk) = payload.next().await {
        match chunk {
            Ok(chunk) => {
                received += chunk.len() as u64;
                if received > bytes_max {
                    drain(&mut payload).await;
                    fault = Some(too_large(bytes_max));
                    break;
                }
                if sender.send(chunk).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                fault = Some(
                    Problem::new(
                        UNREADABLE_BODY,
                        "the body broke off before its end; send the same bytes again",
                    )
                    .caused_by(error.to_string()),
                );
                break;
            }
        }
    }
    drop(sender);
    let written = writing.await.map_err(Problem::internal)?;
    match fault {
        Some(problem) => Err(problem),
        None => written.map_err(Problem::internal),
    }
}

fn too_large(bytes_max: u64) -> Problem {
    Problem::new(
        BODY_TOO_LARGE,
        format!("a submission may have up to {bytes_max} bytes; split it into several files"),
    )
    .with("limit_bytes", bytes_max)
}
