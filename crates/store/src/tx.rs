//! One transaction on whichever database is open.
//!
//! Query bodies are written once, inside [`both!`], and compiled for each concrete connection:
//! upserts and batch inserts have no common form in the database library.

#[cfg(feature = "postgres")]
use diesel::pg::PgConnection;
#[cfg(feature = "sqlite")]
use diesel::sqlite::SqliteConnection;

/// An open transaction. Every query is a method of it, in the file of what it is about.
pub(crate) enum Tx<'conn> {
    #[cfg(feature = "sqlite")]
    Sqlite(&'conn mut SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(&'conn mut PgConnection),
}

/// Compiles the same body for the connection of each database.
macro_rules! both {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            #[cfg(feature = "sqlite")]
            $crate::tx::Tx::Sqlite($conn) => $body,
            #[cfg(feature = "postgres")]
            $crate::tx::Tx::Postgres($conn) => $body,
        }
    };
}

/// Rows of one multi-row insert on PostgreSQL: below its 65,535 parameters for the widest table,
/// and past the point where more rows make it faster.
pub(crate) const ROWS_PER_INSERT: usize = 1_000;

/// Inserts a slice of rows: row by row through one prepared statement on SQLite, where a call
/// costs little, and in batches on PostgreSQL, where each call is a round trip.
macro_rules! insert_rows {
    ($tx:expr, $table:expr, $rows:expr) => {
        match $tx {
            #[cfg(feature = "sqlite")]
            $crate::tx::Tx::Sqlite(conn) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(*conn)?;
                }
            }
            #[cfg(feature = "postgres")]
            $crate::tx::Tx::Postgres(conn) => {
                for rows in $rows.chunks($crate::tx::ROWS_PER_INSERT) {
                    diesel::insert_into($table).values(rows).execute(*conn)?;
                }
            }
        }
    };
}

pub(crate) use {both, insert_rows};
