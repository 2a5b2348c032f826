//! The rules of `migrations/README.md`, asked of the migrated databases.

use std::collections::BTreeSet;

use crate::databases::TestDatabase;

/// Tables that stand outside programmes, or are the programmes.
const WITHOUT_PROGRAMME: [&str; 2] = ["programmes", "tokens"];

/// `table.column` of all tables.
fn columns(database: &TestDatabase) -> BTreeSet<String> {
    let query = match database.location {
        store::Location::Sqlite(_) => {
            "SELECT m.name || '.' || c.name AS answer FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'"
        }
        store::Location::Postgres(_) => {
            "SELECT table_name || '.' || column_name AS answer FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'"
        }
    };
    database.texts(query).into_iter().collect()
}

#[test]
fn both_layouts_have_the_same_tables_and_columns() {
    let sqlite = columns(&TestDatabase::sqlite());
    assert!(sqlite.contains("records.local_id"), "{sqlite:?}");
    if let Some(postgresql) = TestDatabase::postgresql() {
        assert_eq!(sqlite, columns(&postgresql));
    }
}

#[test]
fn every_table_and_column_is_commented() {
    let Some(database) = TestDatabase::postgresql() else { return };
    let bare = database.texts(
        "SELECT c.relname || coalesce('.' || a.attname, '') AS answer \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN LATERAL (SELECT NULL::name AS attname, 0 AS attnum UNION ALL \
             SELECT attname, attnum FROM pg_attribute \
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a ON true \
         LEFT JOIN pg_description d \
             ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = a.attnum \
         WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%' \
             AND d.description IS NULL",
    );
    assert_eq!(bare, [""; 0], "these lack a COMMENT ON");
}

#[test]
fn every_constraint_has_a_name_of_its_own() {
    let Some(database) = TestDatabase::postgresql() else { return };
    // The names PostgreSQL gives when none was given.
    let unnamed = database.texts(
        "SELECT conname::text AS answer FROM pg_constraint c \
         JOIN pg_namespace n ON n.oid = c.connamespace \
         WHERE n.nspname = 'public' AND conrelid::regclass::text NOT LIKE '\\_\\_%' \
             AND conname ~ '_(check|key|fkey|excl)[0-9]*$' AND conname !~ '_idempotency_key'",
    );
    assert_eq!(unnamed, [""; 0]);
    let sqlite = TestDatabase::sqlite();
    let texts = sqlite.texts(
        "SELECT sql AS answer FROM sqlite_master WHERE type = 'table' \
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    );
    for text in texts.iter().filter(|text| !text.contains("__diesel")) {
        let checks = ["CHECK", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY"]
            .iter()
            .map(|word| text.matches(word).count())
            .sum::<usize>();
        assert_eq!(text.matches("CONSTRAINT").count(), checks, "{text}");
        assert!(text.contains("STRICT"), "{text}");
    }
}

#[test]
fn the_programme_comes_first_in_every_key() {
    let Some(database) = TestDatabase::postgresql() else { return };
    let elsewhere = database.texts(
        "SELECT conrelid::regclass || ' ' || conname AS answer FROM pg_constraint c \
         JOIN pg_namespace n ON n.oid = c.connamespace \
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
         WHERE n.nspname = 'public' AND contype IN ('p', 'u', 'f') AND a.attname <> 'programme' \
             AND conrelid::regclass::text NOT LIKE '\\_\\_%'",
    );
    let elsewhere: Vec<&str> = elsewhere
        .iter()
        .map(String::as_str)
        .filter(|key| !WITHOUT_PROGRAMME.iter().any(|table| key.starts_with(table)))
        .collect();
    assert_eq!(elsewhere, ["grants grants_token_known"]);
    let indexes = database.texts(
        "SELECT i.indexrelid::regclass::text AS answer FROM pg_index i \
         JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
         WHERE n.nspname = 'public' AND a.attname NOT IN ('programme', 'code') \
             AND c.relname NOT LIKE '\\_\\_%' AND c.relname <> 'tokens'",
    );
    assert_eq!(indexes, ["grants_by_token"]);
}
