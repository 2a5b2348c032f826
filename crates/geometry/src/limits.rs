//! Every limit of this crate, each with its reason.

/// Vertices of one geometry, all rings together, closing positions included.
///
/// A province drawn at full detail has about 50,000; ten times the largest hazardous area known.
pub const MAX_VERTICES: usize = 200_000;

/// Parts of one geometry.
///
/// The largest register of mined areas we know draws one record in fewer than 1,000 parts.
pub const MAX_PARTS: usize = 10_000;

/// Rings of one geometry, shells and holes together.
pub const MAX_RINGS: usize = 20_000;

/// Area of one geometry in square kilometres, to about one part in a hundred.
///
/// Above the largest province of any country (Sakha, 3.1 million); a record that exceeds it has a
/// turning point on another continent.
pub const MAX_AREA_KM2: f64 = 4_000_000.0;

/// Length of all rings of one geometry in kilometres, measured along parallels and meridians.
///
/// Rings are divided every [`EDGE_M`] and finer in the north, so this keeps a hostile zigzag from
/// becoming more than three million points; the boundary of the longest province has some 30,000 km.
pub const MAX_BOUNDARY_KM: f64 = 100_000.0;

/// Defects reported of one geometry; a boundary with more is redrawn, not corrected.
pub const MAX_DEFECTS: usize = 50;

/// Crossings of the edges of shapes that are cut together, where they come from outside.
///
/// Two boundaries of 50,000 vertices along the same river cross as often as they have vertices; a
/// million needs half a gigabyte.
pub const MAX_CROSSINGS: usize = 1_000_000;

/// Pairs of edges with touching boxes, of shapes that are cut together; [`NEAR_PAIRS_PER_EDGE`] come
/// on top.
///
/// A thousand drawings of one small area over one another have eight million; so many need 240 MB.
pub const MAX_NEAR_PAIRS: usize = 30_000_000;

/// Further pairs for each edge; an ordinary boundary, however long, has fewer than three.
pub const NEAR_PAIRS_PER_EDGE: usize = 16;

/// Looks at a crossing and an edge near it, of shapes that are cut together: some ten seconds of
/// them. Two combs across each other reach it at four hundred teeth each.
pub const MAX_STEPS: usize = 1_000_000_000;

/// Longest edge in metres that is measured and overlaid as it is; longer ones are divided.
///
/// It bounds how far the lines of the plane leave the edges for shapes of any form, long strips
/// among them: 0.2 mm in the middle of a piece at 48° of latitude.
pub const EDGE_M: f64 = 100.0;

/// Distance in metres by which an edge may leave its geodesic in the plane; an edge that leaves it
/// further is divided.
///
/// A quarter of a grid unit: less than the rounding of its ends. It counts for edges up to 100 m.
pub const BULGE_M: f64 = 3e-5;

/// The same as a part of the edge's length, for longer edges.
///
/// A shape as wide as its edges are long then agrees with its geodesic area to one part in two
/// million.
pub const BULGE_PER_M: f64 = 3e-7;

/// Longitudes and latitudes nearer to zero than this, in degrees, are zero.
///
/// It is far less than the width of an atom, and keeps every product of differences of two
/// coordinates inside the range in which the exact predicates are exact.
pub const ZERO_DEG: f64 = 1e-30;

/// What is drawn beyond ±180 or ±90 by less than this, in degrees, is drawn on the edge of the world:
/// a tenth of a millimetre, with which other programmes round there.
///
/// Natural Earth's Russia reaches to 180.000 000 000 000 06.
pub const EDGE_DEG: f64 = 1e-9;

/// Longest description of a reference system in bytes; the longest in the register, with every
/// member of its datum written out, has some 8,000.
pub const MAX_CRS_TEXT_BYTES: usize = 32_768;

/// Least and greatest distance in metres that an area is drawn around something.
///
/// Less is below the accuracy of any survey; more is no caution area but a region, and further
/// away than 100 km the outline of a circle has no simple form in degrees.
pub const MIN_BUFFER_M: f64 = 0.1;
/// See [`MIN_BUFFER_M`].
pub const MAX_BUFFER_M: f64 = 100_000.0;

/// Furthest latitude in degrees that an area drawn around something may reach.
///
/// Nobody lives beyond 84°, and at the pole itself a circle has no outline in degrees.
pub const BUFFER_LAT_DEG: f64 = 86.0;
