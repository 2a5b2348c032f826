//! Making, checking and undoing the layout of a database.

use std::path::Path;

use store::{Location, MigrateOptions, OpenOptions, SchemaError, Store, StoreError, migrate};

use crate::builders::{
    HAZARDS, SETTLEMENTS, add_kh, apply, by, hazard, rectangle, settlement, settlements,
    unlocated_hazard,
};
use crate::databases::{Place, TestDatabase, empty_postgresql, empty_sqlite, on_both};

on_both!(
    migrating_twice_changes_nothing,
    an_older_or_newer_layout_is_refused,
    a_migration_can_be_undone_and_done_again,
);

fn open(location: &Location) -> Result<Store, StoreError> {
    Store::open(location, &OpenOptions::default())
}

fn migrating_twice_changes_nothing(database: &TestDatabase) {
    add_kh(&database.store);
    let migrated = migrate(&database.location, &MigrateOptions { postgis: false }).unwrap();
    assert!(migrated.applied.is_empty());
    assert_eq!(open(&database.location).unwrap().programme("KH").unwrap().revision, 1);
}

fn an_older_or_newer_layout_is_refused(database: &TestDatabase) {
    database
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')")
        .unwrap();
    let unknown = vec!["99990101000000".to_owned()];
    for refused in [
        open(&database.location).map(drop),
        migrate(&database.location, &MigrateOptions::default()).map(drop),
    ] {
        assert!(
            matches!(&refused, Err(StoreError::Schema(SchemaError::Newer { unknown: told })) if *told == unknown),
            "{refused:?}"
        );
    }
    database.execute("DELETE FROM __diesel_schema_migrations").unwrap();
    let refused = open(&database.location);
    assert!(
        matches!(&refused, Err(StoreError::Schema(SchemaError::Older { missing })) if !missing.is_empty()),
        "{refused:?}"
    );
}

fn a_migration_can_be_undone_and_done_again(database: &TestDatabase) {
    let engine = match database.location {
        Location::Sqlite(_) => "sqlite",
        Location::Postgres(_) => "postgresql",
    };
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
    let mut names: Vec<_> =
        std::fs::read_dir(migrations).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for migration in names.iter().rev() {
        let down = std::fs::read_to_string(migration.join("down.sql")).unwrap();
        database.execute(&down).unwrap();
    }
    database.execute("DELETE FROM __diesel_schema_migrations").unwrap();
    let migrated = migrate(&database.location, &MigrateOptions { postgis: false }).unwrap();
    assert_eq!(migrated.applied.len(), names.len());
    add_kh(&open(&database.location).unwrap());
}

#[test]
fn a_file_that_is_not_there_or_no_database_is_refused() {
    let (location, place) = empty_sqlite();
    assert!(matches!(open(&location), Err(StoreError::Unavailable { .. })));
    let Place::Directory(_) = place else { unreachable!() };
    let Location::Sqlite(path) = &location else { unreachable!() };
    std::fs::write(path, "certainly no database, and long enough to be looked at".repeat(100))
        .unwrap();
    assert!(matches!(
        migrate(&location, &MigrateOptions::default()),
        Err(StoreError::Unavailable { .. })
    ));
    assert!(matches!(open(&location), Err(StoreError::Unavailable { .. })));
}

#[test]
fn an_empty_database_is_told_to_be_migrated() {
    let (location, _place) = empty_sqlite();
    let Location::Sqlite(path) = &location else { unreachable!() };
    std::fs::write(path, "").unwrap();
    assert!(matches!(open(&location), Err(StoreError::Schema(SchemaError::Older { .. }))));
    if let Some((location, _place)) = empty_postgresql() {
        assert!(matches!(open(&location), Err(StoreError::Schema(SchemaError::Older { .. }))));
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_sqlite_file() {
    use std::os::unix::fs::PermissionsExt;

    let database = TestDatabase::sqlite();
    add_kh(&database.store);
    let Location::Sqlite(path) = &database.location else { unreachable!() };
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        let mode = std::fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", Path::new(&name).display());
    }
}

#[test]
fn sql_clients_find_geometries_and_views_where_postgis_is() {
    let Some((location, place)) = empty_postgresql() else { return };
    let migrated = migrate(&location, &MigrateOptions::default()).unwrap();
    assert!(migrated.postgis, "PostGIS is needed for the tests; `make setup` installs it");
    // As after an upgrade.
    migrate(&location, &MigrateOptions::default()).unwrap();
    let store = open(&location).unwrap();
    add_kh(&store);
    apply(
        &store,
        HAZARDS,
        vec![
            hazard("HA-1", "2015-03-01", rectangle([0.0, 0.0], [1.0, 1.0])),
            unlocated_hazard("HA-2", "2016-01-01"),
        ],
    );
    let database = TestDatabase::opened(store, location, place);
    let answer = database.texts(
        "SELECT concat_ws(' ', local_id, classification, identified_on, ST_IsValid(geom), \
             round((area_m2 / ST_Area(geom::geography))::numeric, 4), caution IS NULL) AS answer \
         FROM collections.hazardous_areas ORDER BY local_id",
    );
    assert_eq!(answer, ["HA-1 suspected 2015-03-01 t 1.0000 t", "HA-2 suspected 2016-01-01 f"]);
    for view in ["regions", "activities", "land_releases"] {
        assert_eq!(database.count(&format!("collections.{view}")), 0);
    }
}

/// What SQL clients see of the layer of settlements: its columns.
fn columns_of_settlements(database: &TestDatabase) -> Vec<String> {
    database.texts(
        "SELECT column_name || ' ' || data_type AS answer FROM information_schema.columns \
         WHERE table_schema = 'collections' AND table_name = 'KH_settlements' \
             AND ordinal_position > 10 ORDER BY ordinal_position",
    )
}

#[test]
fn sql_clients_find_a_view_of_each_layer_that_follows_its_definition() {
    let Some((location, place)) = empty_postgresql() else { return };
    migrate(&location, &MigrateOptions::default()).unwrap();
    let store = open(&location).unwrap();
    add_kh(&store);
    let setup = by("setup");
    store.layer_set(&setup, "KH", &settlements()).unwrap();
    let database = TestDatabase::opened(store, location, place);
    let store = &database.store;
    let shared = ["properties jsonb", "geom USER-DEFINED"];
    let with = |own: &[&'static str]| [own, &shared[..]].concat();
    assert_eq!(columns_of_settlements(&database), with(&["name text"]));
    apply(store, SETTLEMENTS, vec![settlement("S-1", "2020-01-01", "O'Smach \"town\"")]);
    let read = "SELECT local_id || ' ' || name || ' ' || ST_AsText(geom) AS answer \
                FROM collections.\"KH_settlements\"";
    assert_eq!(database.texts(read), ["S-1 O'Smach \"town\" POINT(102.5 13.5)"]);

    // Names come out of files, and nothing in them is SQL.
    let mut layer = settlements();
    let added = serde_json::json!({ "name": "people \"in\"; '2020' --", "type": "integer" });
    layer.properties.push(serde_json::from_value(added).unwrap());
    store.layer_set(&setup, "KH", &layer).unwrap();
    let grown = with(&["name text", "people \"in\"; '2020' -- bigint"]);
    assert_eq!(columns_of_settlements(&database), grown);
    // A view that others have built upon stays as it was, and the layer is changed all the same.
    let upon = "CREATE VIEW public.upon AS SELECT * FROM collections.\"KH_settlements\"";
    database.execute(upon).unwrap();
    layer.properties.push(serde_json::from_str(r#"{"name": "aa", "type": "text"}"#).unwrap());
    store.layer_set(&setup, "KH", &layer).unwrap();
    assert_eq!(columns_of_settlements(&database), grown);
    database.execute("DROP VIEW public.upon").unwrap();
    migrate(&database.location, &MigrateOptions::default()).unwrap();
    assert_eq!(columns_of_settlements(&database).len(), grown.len() + 1);

    let other = survey::layer::Layer { name: "schools".into(), ..settlements() };
    store.layer_set(&setup, "KH", &other).unwrap();
    assert_eq!(database.count("collections.\"KH_schools\""), 0);
    store.layer_remove(&setup, "KH", "schools").unwrap();
    let left = database.texts(
        "SELECT table_name::text AS answer FROM information_schema.views \
         WHERE table_schema = 'collections' AND table_name LIKE 'KH%'",
    );
    assert_eq!(left, ["KH_settlements"]);
}
