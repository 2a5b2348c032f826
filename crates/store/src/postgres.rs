//! PostgreSQL: a pool of connections; the database orders the writers.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as PoolError, Pool};

use crate::error::{StoreError, TxError, TxResult};
use crate::tx::Tx;

/// Settings of every connection.
///
/// A server that acknowledges commits before they are on its disk is asked not to; stricter
/// settings (replicas) stay as they are.
const SETTINGS: &str = "\
    SET application_name = 'safeground';\
    SET client_min_messages = 'warning';\
    SET lock_timeout = '60s';\
    SELECT set_config('synchronous_commit', 'on', false) \
        WHERE current_setting('synchronous_commit') = 'off';";

/// How long a caller waits for a connection.
const CONNECTION_WAIT: Duration = Duration::from_secs(10);

/// An open PostgreSQL database.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool<ConnectionManager<PgConnection>>,
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<PgConnection, PoolError> for Settings {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), PoolError> {
        conn.batch_execute(SETTINGS).map_err(PoolError::QueryError)
    }
}

impl Postgres {
    pub(crate) fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_WAIT)
            .connection_customizer(Box::new(Settings))
            .build(ConnectionManager::new(url))
            .map_err(|error| StoreError::unavailable_by("no connection could be made", error))?;
        Ok(Self { pool })
    }

    /// Reads from one snapshot, also while others commit.
    pub(crate) fn read<T>(&self, body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>) -> TxResult<T> {
        let mut conn = self.connection()?;
        conn.build_transaction()
            .repeatable_read()
            .read_only()
            .run(|conn| body(&mut Tx::Postgres(conn)))
    }

    /// Writes of one programme wait for each other at its row (see `programmes`), so the default
    /// isolation is enough and nothing needs to be retried.
    pub(crate) fn write<T>(&self, body: impl FnOnce(&mut Tx<'_>) -> TxResult<T>) -> TxResult<T> {
        let mut conn = self.connection()?;
        conn.build_transaction()
            .read_committed()
            .read_write()
            .run(|conn| body(&mut Tx::Postgres(conn)))
    }

    fn connection(
        &self,
    ) -> TxResult<diesel::r2d2::PooledConnection<ConnectionManager<PgConnection>>> {
        self.pool.get().map_err(|error| {
            TxError::from(StoreError::unavailable_by("all connections are busy", error))
        })
    }
}
