//! SQL types that mean the same in both databases, so that one `table!` schema serves both.
//!
//! | here | PostgreSQL | SQLite (STRICT) |
//! |---|---|---|
//! | [`UuidSql`] | `uuid` | `BLOB` of 16 bytes |
//! | [`JsonSql`] | `jsonb` | `TEXT` |
//! | [`InstantSql`] | `timestamptz` | `INTEGER`, microseconds since 1970 UTC |
//!
//! PostgreSQL's object ids of built-in types never change, which spares each connection the
//! look-up of their names.

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::SqlType;
use uuid::Uuid;

/// A UUID.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct UuidSql;

/// A JSON document.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct JsonSql;

/// An instant, to the microsecond.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct InstantSql;

/// A UUID in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = UuidSql)]
pub(crate) struct Id(pub Uuid);

/// The text of a JSON document in a row; parsed outside of the database's thread.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonSql)]
pub(crate) struct Json(pub String);

/// An instant in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = InstantSql)]
pub(crate) struct Instant(pub DateTime<Utc>);

impl Instant {
    /// Cuts what the databases cannot keep, so that a stored instant equals the one returned.
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        Self(DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time))
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::io::Write;

    use diesel::pg::{Pg, PgValue};

    use super::{
        DateTime, FromSql, Id, Instant, InstantSql, IsNull, Json, JsonSql, Output, ToSql, Utc,
        Uuid, UuidSql, deserialize, serialize,
    };

    /// Microseconds from 1970 to 2000, where PostgreSQL counts from.
    const EPOCH_MICROS: i64 = 946_684_800_000_000;
    /// First byte of `jsonb` in PostgreSQL's binary format.
    const JSONB_VERSION: u8 = 1;

    impl ToSql<UuidSql, Pg> for Id {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(self.0.as_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<UuidSql, Pg> for Id {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(Self(Uuid::from_slice(value.as_bytes())?))
        }
    }

    impl ToSql<JsonSql, Pg> for Json {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(&[JSONB_VERSION])?;
            out.write_all(self.0.as_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<JsonSql, Pg> for Json {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            match value.as_bytes().split_first() {
                Some((&JSONB_VERSION, text)) => Ok(Self(String::from_utf8(text.to_vec())?)),
                _ => Err("jsonb is not of version 1".into()),
            }
        }
    }

    impl ToSql<InstantSql, Pg> for Instant {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(&(self.0.timestamp_micros() - EPOCH_MICROS).to_be_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<InstantSql, Pg> for Instant {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let micros = i64::from_be_bytes(value.as_bytes().try_into()?);
            let since_1970 = micros.checked_add(EPOCH_MICROS).ok_or("instant out of range")?;
            let instant = DateTime::<Utc>::from_timestamp_micros(since_1970);
            Ok(Self(instant.ok_or("instant out of range")?))
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::sql_types::{BigInt, Binary, Text};
    use diesel::sqlite::{Sqlite, SqliteValue};

    use super::{
        DateTime, FromSql, Id, Instant, InstantSql, IsNull, Json, JsonSql, Output, ToSql, Utc,
        Uuid, UuidSql, deserialize, serialize,
    };

    impl ToSql<UuidSql, Sqlite> for Id {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(&self.0.as_bytes()[..]);
            Ok(IsNull::No)
        }
    }

    impl FromSql<UuidSql, Sqlite> for Id {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
            Ok(Self(Uuid::from_slice(&bytes)?))
        }
    }

    impl ToSql<JsonSql, Sqlite> for Json {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.0.as_str());
            Ok(IsNull::No)
        }
    }

    impl FromSql<JsonSql, Sqlite> for Json {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            Ok(Self(<String as FromSql<Text, Sqlite>>::from_sql(value)?))
        }
    }

    impl ToSql<InstantSql, Sqlite> for Instant {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.0.timestamp_micros());
            Ok(IsNull::No)
        }
    }

    impl FromSql<InstantSql, Sqlite> for Instant {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            let micros = <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?;
            let instant = DateTime::<Utc>::from_timestamp_micros(micros);
            Ok(Self(instant.ok_or("instant out of range")?))
        }
    }
}
