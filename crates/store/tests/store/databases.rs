//! A database of its own for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl};
use store::{Location, MigrateOptions, OpenOptions, Store};

/// Names the PostgreSQL server on which tests make their databases.
const SERVER: &str = "SAFEGROUND_TEST_POSTGRES";

/// A migrated database that goes away with this value.
pub struct TestDatabase {
    pub store: Store,
    pub location: Location,
    /// Dropped after the store.
    _place: Place,
}

pub enum Place {
    Directory(#[expect(dead_code, reason = "kept for its drop")] tempfile::TempDir),
    Server { url: String, name: String },
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Server { url, name } = self {
            let mut conn = PgConnection::establish(url).unwrap();
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        }
    }
}

/// An empty SQLite file.
pub fn empty_sqlite() -> (Location, Place) {
    let directory = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(directory.path().join("test.sqlite"));
    (location, Place::Directory(directory))
}

/// An empty PostgreSQL database; `None` only where the tests on PostgreSQL are switched off.
pub fn empty_postgresql() -> Option<(Location, Place)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
    let server = std::env::var(SERVER);
    let url = match server.as_deref() {
        Ok("skip") => return None,
        Ok(url) => url.to_owned(),
        Err(_) => panic!(
            "{SERVER} names no server. Run the tests by `make test`, which starts one, or by \
             `tests/postgresql/cluster.sh with cargo test`; or set {SERVER}=skip to leave \
             PostgreSQL out."
        ),
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("store_test_{}_{number}", std::process::id());
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let location = Location::parse(&format!("{server}/{name}"), &|_| None).unwrap();
    Some((location, Place::Server { url, name }))
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        let (location, place) = empty_sqlite();
        Self::migrated(location, place)
    }

    pub fn postgresql() -> Option<Self> {
        let (location, place) = empty_postgresql()?;
        Some(Self::migrated(location, place))
    }

    fn migrated(location: Location, place: Place) -> Self {
        store::migrate(&location, &MigrateOptions { postgis: false }).unwrap();
        let store = Store::open(&location, &OpenOptions::default()).unwrap();
        Self::opened(store, location, place)
    }

    pub fn opened(store: Store, location: Location, place: Place) -> Self {
        Self { store, location, _place: place }
    }

    /// Executes statements past the store, as somebody with a database shell would.
    pub fn execute(&self, statements: &str) -> Result<(), String> {
        match &self.location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                conn.batch_execute(statements)
            }
            Location::Postgres(url) => {
                PgConnection::establish(url).unwrap().batch_execute(statements)
            }
        }
        .map_err(|error| error.to_string())
    }

    /// Reads one column of texts past the store; name it `answer`.
    pub fn texts(&self, query: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            answer: String,
        }
        let rows: Vec<Row> = match &self.location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                diesel::sql_query(query).load(&mut conn).unwrap()
            }
            Location::Postgres(url) => {
                diesel::sql_query(query).load(&mut PgConnection::establish(url).unwrap()).unwrap()
            }
        };
        rows.into_iter().map(|row| row.answer).collect()
    }

    /// Counts rows past the store.
    pub fn count(&self, table: &str) -> u64 {
        let query = format!("SELECT CAST(COUNT(*) AS text) AS answer FROM {table}");
        self.texts(&query)[0].parse().unwrap()
    }
}

/// Makes of each scenario, a function of a [`TestDatabase`], one test for each database.
macro_rules! on_both {
    ($($scenario:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test]
            fn $scenario() {
                super::$scenario(&$crate::databases::TestDatabase::sqlite());
            })+
        }
        mod on_postgresql {
            $(#[test]
            fn $scenario() {
                if let Some(database) = $crate::databases::TestDatabase::postgresql() {
                    super::$scenario(&database);
                }
            })+
        }
    };
}

pub(crate) use on_both;
