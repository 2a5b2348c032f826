//! Files on their way to a client: a few at a time, in flat memory, at the client's pace.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use exchange::WriteError;
use futures_util::Stream;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::{Exported, Kept};
use crate::app::App;
use crate::problem::{NOT_ACCEPTABLE, Problem, UNAVAILABLE};

/// Files under way at one time in the whole server. Each holds a thread and a picture.
const UNDER_WAY_MAX: usize = 32;

/// Bytes sent together.
const CHUNK_BYTES: usize = 64 * 1024;

/// Chunks between the writing thread and the network; more would only fill memory.
const CHUNKS_IN_FLIGHT: usize = 4;

/// How long a client may take none of the bytes that wait for it.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);

/// The files under way.
#[derive(Debug)]
pub(crate) struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UNDER_WAY_MAX)))
    }
}

impl Exports {
    fn permit(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_none_left| {
            let detail = format!("{UNDER_WAY_MAX} files are being sent already; try again later");
            Problem::new(UNAVAILABLE, detail)
        })
    }
}

/// Sends a file: as it is written where the format streams, otherwise when it is complete.
///
/// # Errors
/// `unavailable` when too many are under way; `not-acceptable` when the format cannot hold what it
/// is given. A format that streams may fail when the answer has begun, which breaks it off.
pub(crate) async fn send(
    app: &Arc<App>,
    exported: Exported,
    mut answer: HttpResponseBuilder,
) -> Result<HttpResponse, Problem> {
    let permit = app.exports().permit()?;
    if exported.format.streams() {
        let body = pipe(permit, move |out| exported.write(Box::new(out)));
        return Ok(answer.streaming(body));
    }
    let (mut file, bytes) = app.block(move |_app| written(&exported)).await?;
    let body = pipe(permit, move |out| Ok(io::copy(&mut file, out).map(|_bytes| ())?));
    Ok(answer.body(SizedStream::new(bytes, body)))
}

/// Sends some bytes of a file that is kept.
///
/// # Errors
/// `unavailable` when too many are under way.
pub(crate) fn send_part(
    app: &App,
    kept: Arc<Kept>,
    part: Range<u64>,
    mut answer: HttpResponseBuilder,
) -> Result<HttpResponse, Problem> {
    let permit = app.exports().permit()?;
    let bytes = part.end.saturating_sub(part.start);
    let body = pipe(permit, move |out| Ok(kept.copy(part.start, bytes, out)?));
    Ok(answer.body(SizedStream::new(bytes, body)))
}

/// The whole file, at its beginning, and its length in bytes.
fn written(exported: &Exported) -> Result<(File, u64), Problem> {
    let mut file = tempfile::tempfile().map_err(Problem::internal)?;
    let mut out = BufWriter::new(&mut file);
    exported.write(Box::new(&mut out)).map_err(|error| match error {
        WriteError::Format(reason) => Problem::new(NOT_ACCEPTABLE, reason),
        other => Problem::internal(other),
    })?;
    out.flush().map_err(Problem::internal)?;
    drop(out);
    let bytes = file.stream_position().map_err(Problem::internal)?;
    file.rewind().map_err(Problem::internal)?;
    Ok((file, bytes))
}

/// What `write` writes on a thread of its own, as it comes.
fn pipe(
    permit: OwnedSemaphorePermit,
    write: impl FnOnce(&mut Pipe) -> Result<(), WriteError> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + 'static {
    let (sender, mut chunks) = mpsc::channel(CHUNKS_IN_FLIGHT);
    let runtime = Handle::current();
    let complete = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&complete);
    tokio::task::spawn_blocking(move || {
        let mut out = Pipe { sender, runtime, waiting: Vec::new(), begun: false };
        match write(&mut out).and_then(|()| Ok(out.flush()?)) {
            Ok(()) => told.store(true, Ordering::Release),
            Err(error) => tracing::warn!(%error, "a file was not sent to its end"),
        }
        drop(permit);
    });
    futures_util::stream::poll_fn(move |context| {
        let next = chunks.poll_recv(context);
        if matches!(next, Poll::Ready(None)) && !complete.swap(true, Ordering::AcqRel) {
            // The answer breaks off, so that nobody takes what came for a whole file.
            return Poll::Ready(Some(Err(io::Error::other("the file was not written to its end"))));
        }
        next.map(|chunk| chunk.map(Ok))
    })
}

/// Where a file is written to while it is sent.
struct Pipe {
    sender: mpsc::Sender<Bytes>,
    runtime: Handle,
    waiting: Vec<u8>,
    begun: bool,
}

impl Pipe {
    fn send(&mut self) -> io::Result<()> {
        let chunk = std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK_BYTES));
        let sending = self.sender.send(chunk.into());
        let sent =
            self.runtime.block_on(async { tokio::time::timeout(TAKEN_WITHIN, sending).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_gone)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the client has gone")),
            Err(_late) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        // The first bytes tell the client that its file comes.
        if self.waiting.len() >= CHUNK_BYTES || !self.begun {
            self.begun = true;
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() { Ok(()) } else { self.send() }
    }
}
