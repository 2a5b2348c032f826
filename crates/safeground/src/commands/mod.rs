//! What each command does.

pub mod balance;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod import;
pub mod known;
pub mod layer;
pub mod place;
pub mod programme;
pub mod progress;
pub mod report;
pub mod reported;
pub mod serve;
pub mod tiles;
pub mod token;
pub mod work;

use std::io::Write;

use chrono::Utc;
use store::{Location, MigrateOptions, OpenOptions, Store};

use crate::config::{self, Config};

/// Opens the database and brings its tables up to this version of the programme.
pub fn open(config: &Config) -> anyhow::Result<Store> {
    let location = location(config)?;
    store::migrate(&location, &MigrateOptions::default())?;
    Ok(Store::open(&location, &OpenOptions::default())?)
}

/// `migrate`: creates or upgrades the tables and says what was done.
pub fn migrate(config: &Config) -> anyhow::Result<()> {
    let migrated = store::migrate(&location(config)?, &MigrateOptions::default())?;
    let postgis = if migrated.postgis { "; PostGIS views are there" } else { "" };
    if migrated.applied.is_empty() {
        return say(&format!("the tables are up to date{postgis}"));
    }
    say(&format!("applied: {}{postgis}", migrated.applied.join(", ")))
}

fn location(config: &Config) -> anyhow::Result<Location> {
    Ok(Location::parse(&config.database.0, &config::libpq_variable)?)
}

/// One line, or several, on standard output.
pub fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{text}\n").as_bytes())?;
    Ok(out.flush()?)
}

/// The present instant; the only place that asks the clock.
#[expect(clippy::disallowed_methods, reason = "the one clock of the programme")]
pub fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}
