//! Vector tiles: the grid of tiles, shapes in tile units, an index of what lies where, and the
//! encoding.
//!
//! Knows no mine action and does no IO. What is given to it is land in longitude and latitude; what
//! comes out are the bytes of Mapbox Vector Tiles 2.1. A tile is for looking at: nothing may be
//! measured or decided by it.
//!
//! - [`Tile`] names a tile of `WebMercatorQuad` and knows its box.
//! - [`Frame`] carries land into the units of a tile: cut to the tile with a margin, snapped to its
//!   grid, valid again if snapping made it cross itself.
//! - [`Ground`] finds what meets a tile among a million areas, and counts what is too small to be
//!   drawn by squares.
//! - [`Layer`] and [`encoded`] write it down.

mod encode;
mod frame;
mod ground;
mod mercator;
mod ring;
mod tile;
mod value;

pub use encode::{Layer, encoded};
pub use frame::{Frame, Outline};
pub use ground::{Entry, Ground, KINDS, Square, boxes_meet};
pub use mercator::{LATITUDE_MAX, world};
pub use tile::{EXTENT, MARGIN, Tile, ZOOM_MAX};
pub use value::{Attribute, Value};
