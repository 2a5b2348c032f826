//! Vector tiles: OGC API – Tiles and `TileJSON` for each programme, from the live view.
//!
//! # Source
//! OGC API – Tiles – Part 1: Core (20-057); OGC Two Dimensional Tile Matrix Set (17-083r4);
//! `TileJSON` 3.0.0; Mapbox Vector Tile Specification 2.1.

pub mod asked;
pub mod draw;
pub mod matrices;
pub mod tilejson;
pub mod tilesets;

/// Mapbox Vector Tiles.
pub const MVT: &str = "application/vnd.mapbox-vector-tile";

/// The one tile matrix set there is.
pub const WEB_MERCATOR_QUAD: &str = "WebMercatorQuad";
