//! The layout of the database: making it, checking it.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::error::{SchemaError, StoreError, TxError};
use crate::location::Location;
use crate::tx::{Tx, both};

#[cfg(feature = "sqlite")]
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
#[cfg(feature = "postgres")]
pub(crate) const POSTGRESQL: EmbeddedMigrations = embed_migrations!("../../migrations/postgresql");

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

/// How to bring a database up to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateOptions {
    /// Whether to add PostGIS columns and views where the server has PostGIS.
    pub postgis: bool,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        Self { postgis: true }
    }
}

/// What migrating did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Versions applied now, oldest first; empty if the layout was up to date.
    pub applied: Vec<String>,
    /// Whether SQL clients find PostGIS geometries and one view per collection.
    pub postgis: bool,
}

/// Lays out a new database, or brings an older one up to this program. May be repeated.
///
/// A SQLite file is made if there is none; a PostgreSQL database must exist.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database cannot be reached; [`SchemaError::Newer`] when a
/// newer program has been here; [`StoreError::Database`] when a migration fails, which leaves the
/// layout as it was before that migration.
pub fn migrate(location: &Location, options: &MigrateOptions) -> Result<Migrated, StoreError> {
    match location {
        #[cfg(feature = "sqlite")]
        Location::Sqlite(path) => {
            let mut conn = crate::sqlite::connect(path)?;
            Ok(Migrated { applied: run(&mut conn, &|| SQLITE)?, postgis: false })
        }
        #[cfg(feature = "postgres")]
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url).map_err(|error| {
                StoreError::unavailable_by("no connection could be made", error)
            })?;
            // Two nodes may start at the same time; the lock ends with the connection.
            diesel::sql_query("SELECT pg_advisory_lock(7233117104862)::text")
                .execute(&mut conn)
                .map_err(|error| TxError::from(error).named("migrate"))?;
            let applied = run(&mut conn, &|| POSTGRESQL)?;
            let postgis = options.postgis && crate::postgis::set_up(&mut conn)?;
            Ok(Migrated { applied, postgis })
        }
        #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
        _ => Err(crate::location::LocationError::NotCompiledIn("this kind of database").into()),
    }
}

fn run<Conn, Database>(
    conn: &mut Conn,
    known: &dyn Fn() -> EmbeddedMigrations,
) -> Result<Vec<String>, StoreError>
where
    Conn: diesel_migrations::MigrationHarness<Database>,
    Database: diesel::backend::Backend,
{
    let failed = |source| StoreError::Database { transaction: "migrate", source };
    let applied = conn.applied_migrations().map_err(failed)?;
    let applied = applied.iter().map(ToString::to_string).collect();
    match compare(versions::<Database>(known()).map_err(failed)?, applied) {
        Err(newer @ SchemaError::Newer { .. }) => return Err(newer.into()),
        Ok(()) | Err(SchemaError::Older { .. }) => {}
    }
    let run = conn.run_pending_migrations(known()).map_err(failed)?;
    Ok(run.iter().map(ToString::to_string).collect())
}

/// Checks that every migration known here was applied, and none other.
pub(crate) fn check(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let known = match tx {
        #[cfg(feature = "sqlite")]
        Tx::Sqlite(_) => versions::<diesel::sqlite::Sqlite>(SQLITE),
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => versions::<diesel::pg::Pg>(POSTGRESQL),
    };
    let known =
        known.map_err(|source| StoreError::Database { transaction: "schema_check", source })?;
    let applied = both!(tx, |conn| __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load::<String>(*conn));
    let applied = match applied {
        Ok(applied) => applied,
        Err(diesel::result::Error::DatabaseError(_, information))
            if is_missing_table(information.message()) =>
        {
            Vec::new()
        }
        Err(error) => return Err(TxError::from(error).named("schema_check")),
    };
    compare(known, applied).map_err(StoreError::Schema)
}

fn is_missing_table(message: &str) -> bool {
    message.contains("no such table") || message.contains("does not exist")
}

fn versions<Database: diesel::backend::Backend>(
    known: EmbeddedMigrations,
) -> diesel::migration::Result<Vec<String>> {
    let migrations = diesel::migration::MigrationSource::<Database>::migrations(&known)?;
    let mut versions: Vec<String> =
        migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

fn compare(known: Vec<String>, mut applied: Vec<String>) -> Result<(), SchemaError> {
    applied.sort();
    let unknown: Vec<String> =
        applied.iter().filter(|version| !known.contains(version)).cloned().collect();
    if !unknown.is_empty() {
        return Err(SchemaError::Newer { unknown });
    }
    let missing: Vec<String> =
        known.into_iter().filter(|version| !applied.contains(version)).collect();
    if missing.is_empty() { Ok(()) } else { Err(SchemaError::Older { missing }) }
}
