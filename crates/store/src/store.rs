//! The open store and its two doors.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use survey::ledger::RegionMap;

use crate::cut::{ChangedLand, Recut, shared_land};
use crate::error::{StoreError, TxResult};
use crate::location::Location;
use crate::migrations;
#[cfg(feature = "postgres")]
use crate::postgres::Postgres;
use crate::programmes::Advanced;
#[cfg(feature = "sqlite")]
use crate::sqlite::Sqlite;
use crate::tx::Tx;

/// Number of a committed change of a programme; each write takes the next one.
pub type Revision = u64;

/// Who acts, and when.
///
/// The time is the caller's, so that tests and imports of old data can set it; within a programme
/// recorded times never go back, an earlier one is recorded as that of the change before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Name of the actor as it appears in the audit.
    pub actor: String,
    /// The present instant.
    pub at: DateTime<Utc>,
}

impl By {
    /// An actor at an instant.
    pub fn new(actor: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self { actor: actor.into(), at }
    }
}

/// How to open a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOptions {
    /// Most connections to PostgreSQL, or to read a SQLite file with.
    pub connections: u32,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

/// Records, versions, submissions, ledger and audit of all programmes. Cloning is cheap.
///
/// All methods block; call them from threads that may.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    database: Database,
    closed: AtomicBool,
    /// The regions of each programme as the ledger is cut by them, at one regions' revision.
    pub(crate) regions: Mutex<HashMap<String, (Revision, Arc<RegionMap>)>>,
}

#[derive(Debug)]
enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(Postgres),
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("database", &self.shared.database).finish()
    }
}

impl Store {
    /// Opens a migrated database.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be reached or a SQLite file does not exist;
    /// [`StoreError::Schema`] when its layout is older or newer than this program.
    pub fn open(location: &Location, options: &OpenOptions) -> Result<Self, StoreError> {
        let database = match location {
            Location::Sqlite(path) => open_sqlite(path, options)?,
            Location::Postgres(url) => open_postgres(url, options)?,
        };
        let shared = Shared { database, closed: AtomicBool::new(false), regions: Mutex::default() };
        let store = Self { shared: Arc::new(shared) };
        store.read("schema_check", |tx| Ok(migrations::check(tx)?))?;
        Ok(store)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn ping(&self) -> Result<(), StoreError> {
        self.read("ping", |tx| tx.ping())
    }

    /// Lets queued writes finish and closes what is open for writing; later writes are refused.
    /// Dropping the last clone does the same.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        match &self.shared.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(sqlite) => sqlite.close(),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => {}
        }
    }

    /// Runs `body` on one unchanging snapshot. The only way to read.
    pub(crate) fn read<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>,
    ) -> Result<T, StoreError> {
        let result = match &self.shared.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(sqlite) => sqlite.read(body),
            #[cfg(feature = "postgres")]
            Database::Postgres(postgres) => postgres.read(body),
        };
        result.map_err(|error| error.named(name))
    }

    /// Runs `body` as one durable transaction. With [`Store::write_alone`] the only way to write.
    pub(crate) fn write<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>,
    ) -> Result<T, StoreError> {
        self.commit(name, false, body)
    }

    /// As [`Store::write`], for work so long that small writes should not share its commit.
    pub(crate) fn write_alone<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>,
    ) -> Result<T, StoreError> {
        self.commit(name, true, body)
    }

    fn commit<T>(
        &self,
        name: &'static str,
        alone: bool,
        body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>,
    ) -> Result<T, StoreError> {
        if self.shared.closed.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("the store is closed"));
        }
        let started = std::time::Instant::now();
        let result = match &self.shared.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(sqlite) => sqlite.write(alone, body),
            #[cfg(feature = "postgres")]
            Database::Postgres(postgres) => postgres.write(body),
        };
        let milliseconds = started.elapsed().as_millis() as u64;
        tracing::debug!(transaction = name, ok = result.is_ok(), alone, milliseconds, "write");
        result.map_err(|error| error.named(name))
    }

    /// Brings the ledger up to the records after a write: the clusters it touched, or all of them
    /// when regions changed.
    pub(crate) fn bring_up_ledger(
        &self,
        tx: &mut Tx<'_>,
        advanced: &Advanced,
        changed: &ChangedLand,
        kept: &mut KeptRegions,
    ) -> TxResult<Recut> {
        let programme = advanced.code.as_str();
        if changed.regions {
            tx.programme_regions_changed(advanced)?;
            let shapes = tx.region_shapes(programme)?;
            let shared = shared_land(&shapes);
            let regions = Arc::new(RegionMap::new(shapes));
            kept.keep(programme, advanced.revision, &regions);
            let mut recut = tx.ledger_remake(advanced, &regions, &mut |_| ())?;
            recut.change.region_overlaps = shared;
            return Ok(recut);
        }
        if changed.is_empty() {
            return Ok(Recut::default());
        }
        let at = advanced.regions_revision;
        let regions = match self.cached_regions(programme, at) {
            Some(regions) => regions,
            None => tx.region_map(programme)?,
        };
        kept.keep(programme, at, &regions);
        tx.ledger_update(advanced, &regions, changed)
    }

    fn cached_regions(&self, programme: &str, at: Revision) -> Option<Arc<RegionMap>> {
        let cache = self.shared.regions.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(programme).filter(|(cached, _)| *cached == at).map(|(_, map)| Arc::clone(map))
    }

    /// Caches the regions a write has used, once it is committed: of one that is rolled back the
    /// revision may come again with other regions.
    pub(crate) fn keep_regions(&self, kept: KeptRegions) {
        if let Some((programme, at, regions)) = kept.0 {
            let mut cache = self.shared.regions.lock().unwrap_or_else(PoisonError::into_inner);
            cache.insert(programme, (at, regions));
        }
    }
}

/// The regions a write has used.
#[derive(Default)]
pub(crate) struct KeptRegions(Option<(String, Revision, Arc<RegionMap>)>);

impl KeptRegions {
    fn keep(&mut self, programme: &str, at: Revision, regions: &Arc<RegionMap>) {
        self.0 = Some((programme.to_owned(), at, Arc::clone(regions)));
    }
}

#[cfg(feature = "sqlite")]
fn open_sqlite(path: &Path, options: &OpenOptions) -> Result<Database, StoreError> {
    if !path.exists() {
        return Err(StoreError::unavailable(format!(
            "there is no file {}; `safeground migrate` makes one",
            path.display()
        )));
    }
    Ok(Database::Sqlite(Sqlite::open(path, options.connections)?))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(_path: &Path, _options: &OpenOptions) -> Result<Database, StoreError> {
    Err(crate::location::LocationError::NotCompiledIn("SQLite").into())
}

#[cfg(feature = "postgres")]
fn open_postgres(url: &str, options: &OpenOptions) -> Result<Database, StoreError> {
    Ok(Database::Postgres(Postgres::open(url, options.connections)?))
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(_url: &str, _options: &OpenOptions) -> Result<Database, StoreError> {
    Err(crate::location::LocationError::NotCompiledIn("PostgreSQL").into())
}
