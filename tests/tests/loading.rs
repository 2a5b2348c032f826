//! Programmes are read beside each other, and what is wrong with one is no matter of the others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use api::actor::Caller;
use api::app::{App, Served, UploadLimits};
use chrono::{DateTime, Utc};
use exchange::ReadLimits;
use store::{By, Location, MigrateOptions, OpenOptions, Store};
use survey::Programme;
use survey::access::{Action, Role};
use tests::land::{collection, hazardous_area, square};
use tests::running::{Asking, Product};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn damage(file: &Path, statements: &str) {
    let statements = format!("DROP TRIGGER record_versions_no_update; {statements}");
    let damaged = Command::new("sqlite3").arg(file).arg(statements).status();
    assert!(damaged.unwrap().success());
}

fn add_programmes(store: &Store) {
    for (code, name) in [("kh", "Cambodia"), ("la", "Laos"), ("ua", "Ukraine")] {
        store.programme_add(&By::new("setup", now()), &Programme::new(code, name)).unwrap();
    }
}

fn served(app: &App, code: &str) -> Result<Arc<Served>, &'static str> {
    let roles = BTreeMap::from([(code.to_owned(), Role::Reader)]);
    let reader = Caller::bearer("an analyst".to_owned(), roles);
    app.programme(&reader, code, Action::ReadRecords).map_err(|problem| problem.kind().code)
}

#[test]
fn a_programme_that_cannot_be_read_keeps_no_other_from_being_served() {
    let product = Product::on_sqlite();
    product.run(&["migrate"]);
    let file = product.database_file();
    let location = Location::Sqlite(file.clone());
    store::migrate(&location, &MigrateOptions { postgis: false }).unwrap();
    let store = Store::open(&location, &OpenOptions::default()).unwrap();
    let limits = UploadLimits { bytes_max: 1_000, read: ReadLimits::default() };
    let app = App::load(store.clone(), limits, now).unwrap();
    add_programmes(&store);
    // A day that the database library itself cannot read.
    let path = product.file("area.geojson", &area());
    let path = path.to_str().unwrap();
    product.run(&["import", path, "--programme", "la", "--collection", "hazardous-areas"]);
    damage(&file, "UPDATE record_versions SET effective_on = 'someday'");
    assert!(app.refresh_all().is_err());
    let (kh, ua) = (served(&app, "kh").unwrap(), served(&app, "ua").unwrap());
    assert_eq!(served(&app, "la").err(), Some("unavailable"));
    // And they are not loaded again.
    assert!(app.refresh_all().is_err());
    assert!(Arc::ptr_eq(&kh, &served(&app, "kh").unwrap()));
    assert!(Arc::ptr_eq(&ua.snapshot(), &served(&app, "ua").unwrap().snapshot()));
    damage_undone(&file);
    app.refresh_all().unwrap();
    assert!(served(&app, "la").is_ok());
}

fn damage_undone(file: &Path) {
    let statement = "UPDATE record_versions SET effective_on = '2016-03-01'";
    let mended = Command::new("sqlite3").arg(file).arg(statement).status();
    assert!(mended.unwrap().success());
}

fn area() -> String {
    collection(&[hazardous_area("HA-1", "2016-03-01", &square(103.0, 17.5, 100.0))])
}

#[test]
fn a_stored_boundary_that_cannot_be_read_stops_its_own_programme_only() {
    let product = Product::on_sqlite();
    for (code, name) in [("kh", "Cambodia"), ("ua", "Ukraine")] {
        product.run(&["programme", "add", code, "--name", name]);
    }
    let path = product.file("area.geojson", &area());
    let path = path.to_str().unwrap();
    product.run(&["import", path, "--programme", "kh", "--collection", "hazardous-areas"]);
    damage(&product.database_file(), "UPDATE record_versions SET geometry = x'00'");
    let (kh, ua) = (product.token("kh", "reader"), product.token("ua", "reader"));
    let server = product.serve();
    let stopped = server.ask("/programmes/kh/progress", &Asking::with_token(&kh));
    assert_eq!((stopped.status, stopped.code().as_str()), (500, "corrupt-record"));
    assert_eq!(server.ask("/programmes/ua/progress", &Asking::with_token(&ua)).status, 200);
}
