//! A server as its clients see it: addresses, answers, pages.

use tiles::Tile;

use crate::Outcome;
use crate::client::{Client, returned};

/// Where a server is asked.
#[derive(Debug)]
pub struct Subject {
    pub name: String,
    /// The address of items, to which a question is appended; none when the server has only tiles.
    pub items: Option<String>,
    /// The address of a tile with `{z}`, `{x}` and `{y}`; none when the server has no tiles.
    pub tile: Option<String>,
}

impl Subject {
    /// The address of a tile.
    pub fn tile_url(&self, tile: Tile) -> Option<String> {
        let (zoom, column, row) = (tile.zoom(), tile.column(), tile.row());
        let template = self.tile.as_ref()?.replace("{z}", &zoom.to_string());
        Some(template.replace("{x}", &column.to_string()).replace("{y}", &row.to_string()))
    }

    /// The address of items that a question asks for.
    pub fn items_url(&self, question: &str) -> Option<String> {
        Some(format!("{}{question}", self.items.as_ref()?))
    }

    /// How many items the answer to a question holds.
    pub fn found(&self, question: &str) -> Outcome<u64> {
        let url = self.items_url(question).ok_or("a server without items")?;
        returned(&Client::new().get(&url)?)
    }
}
