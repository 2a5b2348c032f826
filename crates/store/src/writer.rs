//! The one writer of a SQLite file: jobs take turns and share commits.
//!
//! SQLite lets one connection write at a time, and a durable commit costs a wait for the disk
//! whatever its size. So there is one connection for writing, owned by one thread. Whoever wants
//! to write queues up, is handed the connection, runs its job between two savepoints in its own
//! thread, and hands the connection back. When nobody else is waiting, or [`GROUP_MAX`] jobs have
//! had their turn, the thread commits once for all of them; only then do they return. A job that
//! fails is rolled back to its savepoint and spoils no other.
//!
//! Passing the connection, rather than the jobs, lets a job borrow from its caller.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, bounded};
use diesel::connection::SimpleConnection;
use diesel::sqlite::SqliteConnection;

use crate::error::{StoreError, TxError, TxResult};

/// Jobs that may wait; beyond, callers wait for a place and are then told to try later.
const QUEUE_MAX: usize = 256;
/// Jobs of one commit: more would make the first wait long for little gain.
const GROUP_MAX: usize = 64;
/// How long a caller waits for its turn, a bulk import before it included.
const TURN_WAIT: Duration = Duration::from_secs(60);
/// Quiet time after which the write-ahead log is folded into the file.
const IDLE: Duration = Duration::from_millis(500);
/// Size of the write-ahead log beyond which it is folded in without waiting for quiet.
const WAL_MAX_BYTES: u64 = 64 << 20;
/// How long a job may take before its part of the write-ahead log is brought to the disk, and what
/// that part has grown by each time.
const SYNCHRONISE_AFTER: Duration = Duration::from_millis(200);
const SYNCHRONISE_BYTES: u64 = 32 << 20;

/// The queue in front of the writing connection.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Mutex<Option<Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Request {
    /// Asks for a commit of its own: long jobs would keep the others of a group waiting.
    alone: bool,
    turn: Sender<Turn>,
    outcome: Sender<Result<(), String>>,
}

/// The connection in the hands of a job; goes back when dropped, also by a panic.
struct Turn {
    conn: Option<Box<SqliteConnection>>,
    keep: bool,
    back: Sender<Returned>,
}

struct Returned {
    conn: Box<SqliteConnection>,
    keep: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            // The thread waits for the connection, so the channel is open.
            let _ = self.back.send(Returned { conn, keep: self.keep });
        }
    }
}

impl Writer {
    /// Starts the thread that owns `conn`.
    pub(crate) fn start(conn: SqliteConnection, wal: PathBuf) -> std::io::Result<Self> {
        let (queue, requests) = bounded(QUEUE_MAX);
        let mut desk = Desk { conn: Some(Box::new(conn)), requests, wal, back: bounded(1) };
        let thread =
            std::thread::Builder::new().name("store-writer".into()).spawn(move || desk.run())?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `body` inside a write transaction and returns once it is durable.
    ///
    /// `abandons` tells whether an error means that the connection is to be rolled back; all do.
    pub(crate) fn write<T>(
        &self,
        alone: bool,
        body: impl FnOnce(&mut SqliteConnection) -> TxResult<T>,
    ) -> TxResult<T> {
        let (turn_sender, turn) = bounded(1);
        let (outcome_sender, outcome) = bounded(1);
        self.enqueue(Request { alone, turn: turn_sender, outcome: outcome_sender })?;
        let result = match turn.recv_timeout(TURN_WAIT) {
            Ok(mut turn) => {
                let Some(conn) = turn.conn.as_deref_mut() else { return Err(closed()) };
                let result = body(conn);
                turn.keep = result.is_ok();
                result?
            }
            Err(RecvTimeoutError::Timeout) => {
                return Err(StoreError::unavailable("other writes took too long").into());
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(match outcome.recv() {
                    Ok(Err(reason)) => refused(reason),
                    Ok(Ok(())) | Err(_) => closed(),
                });
            }
        };
        match outcome.recv() {
            Ok(Ok(())) => Ok(result),
            Ok(Err(reason)) => Err(refused(reason)),
            Err(_) => Err(closed()),
        }
    }

    fn enqueue(&self, request: Request) -> TxResult<()> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queue else { return Err(closed()) };
        queue.send_timeout(request, TURN_WAIT).map_err(|error| match error {
            SendTimeoutError::Timeout(_) => {
                StoreError::unavailable("too many writes are waiting").into()
            }
            SendTimeoutError::Disconnected(_) => closed(),
        })
    }

    /// Lets the queued jobs finish, folds in the write-ahead log and closes the connection.
    pub(crate) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A panic of the thread was printed when it happened; jobs got "closed".
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> TxError {
    StoreError::unavailable("the store is closed").into()
}

fn refused(reason: String) -> TxError {
    StoreError::Unavailable { reason: "the commit failed".into(), source: Some(reason.into()) }
        .into()
}

/// The thread's side of the queue.
struct Desk {
    conn: Option<Box<SqliteConnection>>,
    requests: Receiver<Request>,
    wal: PathBuf,
    back: (Sender<Returned>, Receiver<Returned>),
}

impl Desk {
    fn run(&mut self) {
        let mut carried = None;
        let mut unfolded = false;
        loop {
            let first = match carried.take() {
                Some(request) => request,
                None if unfolded => match self.requests.recv_timeout(IDLE) {
                    Ok(request) => request,
                    Err(RecvTimeoutError::Timeout) => {
                        self.fold_wal();
                        unfolded = false;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                },
                None => match self.requests.recv() {
                    Ok(request) => request,
                    Err(_disconnected) => break,
                },
            };
            carried = self.serve_group(first);
            unfolded = true;
            if std::fs::metadata(&self.wal).is_ok_and(|wal| wal.len() > WAL_MAX_BYTES) {
                self.fold_wal();
            }
        }
        self.fold_wal();
    }

    /// Serves jobs until one commit is due; returns a job that wants the next one.
    fn serve_group(&mut self, first: Request) -> Option<Request> {
        let mut done = Vec::new();
        let mut carried = None;
        let mut fault = self.execute("BEGIN IMMEDIATE").err();
        let mut next = Some(first);
        while let Some(request) = next.take() {
            if fault.is_some() {
                done.push(request.outcome);
                break;
            }
            if request.alone && !done.is_empty() {
                carried = Some(request);
                break;
            }
            let alone = request.alone;
            match self.serve(request) {
                Ok(kept) => done.extend(kept),
                Err(reason) => fault = Some(reason),
            }
            if !alone && done.len() < GROUP_MAX && fault.is_none() {
                next = self.requests.try_recv().ok();
            }
        }
        let result = match fault {
            None if done.is_empty() => self.execute("ROLLBACK"),
            None => self.execute("COMMIT"),
            Some(reason) => Err(reason),
        };
        if result.is_err() {
            // Fails when SQLite has rolled back by itself, which is what is wanted.
            let _ = self.execute("ROLLBACK");
        }
        for outcome in done {
            // A caller that gave up waiting is not told.
            let _ = outcome.send(result.clone());
        }
        carried
    }

    /// Gives one job its turn. Returns where to send the outcome if the job is to be committed.
    ///
    /// An error means that the transaction of the whole group is broken, as when SQLite has rolled
    /// it back because the disk is full.
    fn serve(&mut self, request: Request) -> Result<Option<Sender<Result<(), String>>>, String> {
        self.execute("SAVEPOINT job")?;
        let conn = self.conn.take();
        let turn = Turn { conn, keep: false, back: self.back.0.clone() };
        // When nobody takes the turn any more, dropping it brings the connection back.
        drop(request.turn.send(turn));
        let Some(returned) = self.await_back() else {
            return Err("the connection was lost".into());
        };
        self.conn = Some(returned.conn);
        if returned.keep {
            self.execute("RELEASE job").inspect_err(|reason| {
                let _ = request.outcome.send(Err(reason.clone()));
            })?;
            return Ok(Some(request.outcome));
        }
        self.execute("ROLLBACK TO job; RELEASE job")?;
        Ok(None)
    }

    /// Waits for the connection to come back. What a long job has put into the write-ahead log is
    /// brought to the disk meanwhile, so that its commit has less to wait for.
    fn await_back(&self) -> Option<Returned> {
        let mut synchronised = 0;
        loop {
            match self.back.1.recv_timeout(SYNCHRONISE_AFTER) {
                Ok(returned) => return Some(returned),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    let length = std::fs::metadata(&self.wal).map_or(0, |wal| wal.len());
                    if length >= synchronised + SYNCHRONISE_BYTES {
                        // The commit does it again, and tells when it fails.
                        let _ = File::open(&self.wal).and_then(|wal| wal.sync_data());
                        synchronised = length;
                    }
                }
            }
        }
    }

    /// Moves the write-ahead log into the file and empties it, unless readers still need it.
    fn fold_wal(&mut self) {
        // Without the wait, since a long read must not hold up writers.
        let folded = self.execute(
            "PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); \
             PRAGMA busy_timeout = 10000",
        );
        if let Err(reason) = folded {
            tracing::warn!(reason, "the write-ahead log could not be folded in");
        }
    }

    fn execute(&mut self, statements: &str) -> Result<(), String> {
        match self.conn.as_deref_mut() {
            Some(conn) => conn.batch_execute(statements).map_err(|error| error.to_string()),
            None => Err("the connection was lost".into()),
        }
    }
}
