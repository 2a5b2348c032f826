//! SQLite: one file, one writer, many readers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError};

use crate::error::{StoreError, TxError, TxResult};
use crate::tx::Tx;
use crate::writer::Writer;

/// Settings of every connection, in an order that matters: waiting for locks first.
///
/// FULL, since NORMAL may lose the last acknowledged commits when the power fails.
/// A page of 16 KiB holds whole records; it counts for new files only, which load in a sixth less time.
/// The log is folded into the file by the writing thread, after whoever waits for a commit was told.
/// `recursive_triggers` makes `INSERT OR REPLACE` meet the triggers that refuse deletion.
const PRAGMAS: &str = "\
    PRAGMA busy_timeout = 10000;\
    PRAGMA page_size = 16384;\
    PRAGMA journal_mode = WAL;\
    PRAGMA synchronous = FULL;\
    PRAGMA wal_autocheckpoint = 0;\
    PRAGMA foreign_keys = ON;\
    PRAGMA recursive_triggers = ON;\
    PRAGMA cache_size = -65536;\
    PRAGMA mmap_size = 1073741824;\
    PRAGMA journal_size_limit = 67108864;\
    PRAGMA temp_store = MEMORY;";

/// How long a reader waits for a connection.
const READER_WAIT: Duration = Duration::from_secs(10);

/// An open SQLite file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    readers: Pool<ConnectionManager<SqliteConnection>>,
    writer: Writer,
}

#[derive(Debug)]
struct ReaderSettings;

impl CustomizeConnection<SqliteConnection, PoolError> for ReaderSettings {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), PoolError> {
        conn.batch_execute(PRAGMAS)
            .and_then(|()| conn.batch_execute("PRAGMA query_only = ON"))
            .map_err(PoolError::QueryError)
    }
}

impl Sqlite {
    /// Opens an existing, migrated file.
    pub(crate) fn open(path: &Path, readers: u32) -> Result<Self, StoreError> {
        let conn = connect(path)?;
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        let writer = Writer::start(conn, PathBuf::from(wal)).map_err(|error| {
            StoreError::unavailable_by("the writing thread could not start", error)
        })?;
        let readers = Pool::builder()
            .max_size(readers)
            .min_idle(Some(1))
            .connection_timeout(READER_WAIT)
            .connection_customizer(Box::new(ReaderSettings))
            .build(ConnectionManager::new(location(path)?))
            .map_err(|error| StoreError::unavailable_by("no reader could be opened", error))?;
        Ok(Self { readers, writer })
    }

    pub(crate) fn read<T>(&self, body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>) -> TxResult<T> {
        let mut conn = self.readers.get().map_err(|error| {
            TxError::from(StoreError::unavailable_by("all readers are busy", error))
        })?;
        // One snapshot for the whole read, also while others commit.
        conn.batch_execute("BEGIN")?;
        let guard = EndRead { conn: &mut conn };
        body(&mut Tx::Sqlite(guard.conn))
    }

    pub(crate) fn write<T>(
        &self,
        alone: bool,
        body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>,
    ) -> TxResult<T> {
        self.writer.write(alone, |conn| body(&mut Tx::Sqlite(conn)))
    }

    /// Lets queued writes finish and closes the writing connection.
    pub(crate) fn close(&self) {
        self.writer.close();
    }
}

struct EndRead<'conn> {
    conn: &'conn mut SqliteConnection,
}

impl Drop for EndRead<'_> {
    fn drop(&mut self) {
        // Nothing was written; a failure shows again when the connection is used next.
        let _ = self.conn.batch_execute("ROLLBACK");
    }
}

/// Opens a connection that may write, making an empty file if there is none.
pub(crate) fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    make_private_file(path).map_err(|error| {
        StoreError::unavailable_by(format!("{} cannot be opened", path.display()), error)
    })?;
    let unreachable = |error: ConnectionError| {
        StoreError::unavailable_by(format!("{} cannot be opened", path.display()), error)
    };
    let mut conn = SqliteConnection::establish(&location(path)?).map_err(unreachable)?;
    conn.batch_execute(PRAGMAS).map_err(|error| {
        StoreError::unavailable_by(format!("{} is no usable SQLite file", path.display()), error)
    })?;
    Ok(conn)
}

/// Locations of people and hazards are nobody else's business on a shared machine.
fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// An absolute path is never mistaken for a URI with options of its own.
fn location(path: &Path) -> Result<String, StoreError> {
    let absolute = std::path::absolute(path).map_err(|error| {
        StoreError::unavailable_by(format!("{} cannot be resolved", path.display()), error)
    })?;
    absolute.into_os_string().into_string().map_err(|name| {
        StoreError::unavailable(format!("{} is not UTF-8", PathBuf::from(name).display()))
    })
}
