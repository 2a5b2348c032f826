//! Longitudes and latitudes, valid polygons, areas, overlay, a spatial index, reference systems.
//!
//! Knows no mine action and does no IO. Every other crate sees land through the types of this one;
//! what they hold has been checked and need not be checked again:
//!
//! - [`LonLat`] is finite and in range, and [`HazardPolygon`] is valid: construction is the only
//!   door, and it names every rule that was broken as a [`Defect`]. What was refused is never
//!   repaired unasked; [`HazardPolygon::suggest_repair`] says what it may have been meant to be.
//!   A [`Shape`] promises no more than positions on the Earth, and nothing is measured by it.
//! - Coordinates are CRS84 throughout: degrees on WGS 84, longitude first. Edges are straight in
//!   longitude and latitude (RFC 7946, section 3.1.1) for every question of place, and geodesics
//!   for areas and cutting; `densify.rs` says how far the two part and why it does no harm.
//! - The same rules and the same overlay work on any plane: [`planar`].
//! - A boundary is inside. Where a question can be answered exactly it is; where it cannot, the
//!   documentation of the function states the accuracy.

mod arrangement;
mod bbox;
mod buffer;
mod clip;
mod cluster;
mod contrast;
mod corridor;
pub mod crs;
mod defect;
mod degree_grid;
mod densify;
mod distance;
mod ellipsoid;
mod exact;
mod geographic;
mod grid;
mod grid_bytes;
mod grid_shape;
mod hull;
mod index;
mod interchange;
pub mod limits;
mod lon_lat;
pub mod notation;
mod overlay;
pub mod planar;
pub mod plane;
mod plane_grid;
mod polygon;
mod predicate;
mod raw;
mod repair;
mod route;
mod shape;
mod simplify;
mod stripes;
pub mod suspicion;
pub mod traverse;
mod validity;
mod wkb;

pub use arrangement::Tangled;
pub use bbox::Bbox;
pub use buffer::{BufferError, buffer_polygon, buffer_position, buffer_route};
pub use clip::RegionClipper;
pub use cluster::clusters;
pub use contrast::{Contrast, contrast};
pub use defect::{Defect, Rule};
pub use grid::{GRID_LIMIT, GRID_PER_M, GridArea, GridBox, GridPoint};
pub use grid_bytes::StoredShapeError;
pub use grid_shape::{GridShape, OffGrid};
pub use hull::convex_hull;
pub use index::{Encounter, PolygonIndex, ShapeIndex};
pub use lon_lat::LonLat;
pub use overlay::{Face, OverlayOp, faces, overlay, try_faces, union_all};
pub use polygon::HazardPolygon;
pub use raw::{Geometry, RawGeometry};
pub use repair::{Repair, RepairStep};
pub use route::Route;
pub use shape::{Shape, ShapeKind};
pub use simplify::simplified;
pub use wkb::StoredGeometryError;
