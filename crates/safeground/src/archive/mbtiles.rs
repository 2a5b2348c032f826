//! `MBTiles`.
//!
//! # Source
//! `MBTiles` Specification 1.3.

use std::path::Path;

use api::tilejson;
use rusqlite::{Connection, params};
use serde_json::json;
use tiles::Tile;

use super::{Archive, Description, WARNING, gzipped};

/// A file being written.
#[derive(Debug)]
pub struct MbTiles {
    database: Connection,
}

const TABLES: &str = "
    PRAGMA application_id = 0x4d504258;
    PRAGMA journal_mode = OFF;
    CREATE TABLE metadata (name text, value text);
    CREATE TABLE tiles (
        zoom_level integer, tile_column integer, tile_row integer, tile_data blob
    );
    BEGIN;
";

impl MbTiles {
    /// Begins a file.
    pub fn create(path: &Path, about: &Description) -> anyhow::Result<Self> {
        let database = Connection::open(path)?;
        database.execute_batch(TABLES)?;
        let [west, south, east, north] = tilejson::bounds(about.bounds);
        let [least, greatest] = about.zooms;
        let [lon, lat] = tilejson::middle(about.bounds);
        let middle = format!("{lon},{lat},{least}");
        let rows = [
            ("name", about.name.clone()),
            ("format", "pbf".to_owned()),
            ("bounds", format!("{west},{south},{east},{north}")),
            ("center", middle),
            ("minzoom", least.to_string()),
            ("maxzoom", greatest.to_string()),
            ("type", "overlay".to_owned()),
            ("description", WARNING.to_owned()),
            ("version", about.revision.to_string()),
            ("json", json!({ "vector_layers": about.layers }).to_string()),
        ];
        for (name, value) in rows {
            database.execute("INSERT INTO metadata VALUES (?, ?)", params![name, value])?;
        }
        Ok(Self { database })
    }
}

impl Archive for MbTiles {
    fn add(&mut self, tile: Tile, bytes: &[u8]) -> anyhow::Result<()> {
        // Rows are counted from the south here.
        let row = (1_u32 << tile.zoom()) - 1 - tile.row();
        self.database.prepare_cached("INSERT INTO tiles VALUES (?, ?, ?, ?)")?.execute(params![
            tile.zoom(),
            tile.column(),
            row,
            gzipped(bytes)?
        ])?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> anyhow::Result<()> {
        self.database.execute_batch(
            "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row); COMMIT;",
        )?;
        self.database.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}
