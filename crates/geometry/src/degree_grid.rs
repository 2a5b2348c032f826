//! Longitudes and latitudes on an integer grid, so that shapes drawn in degrees can be joined
//! exactly.
//!
//! The overlay works on integers whatever they mean. Here they mean degrees: an edge that is
//! straight in longitude and latitude stays straight, and the way back to degrees is exact, so what
//! is valid on the grid is valid as a polygon. The grid of [`crate::plane`] has neither property.

use crate::grid::{GridBox, GridPoint};
use crate::grid_shape::{GridShape, GridShapeBuilder};
use crate::overlay::union_all;
use crate::predicate::Position;

/// Grid units in a degree: 2²⁹, so that one unit is at most 0.21 mm and a turn and a half either way
/// fits the grid.
const PER_DEGREE: f64 = 536_870_912.0;

/// Half a turn and a whole one in grid units.
const HALF: i64 = 180 << 29;
const TURN: i64 = 360 << 29;

/// Carries rings of [lon, lat] to the grid; longitudes may go on beyond ±180, up to ±540.
pub(crate) fn shape_of(rings: &[&[Position]]) -> GridShape {
    let mut builder = GridShapeBuilder::default();
    for ring in rings {
        builder.points.extend(ring.iter().map(|[lon, lat]| {
            let unit = |degrees: f64| (degrees * PER_DEGREE + 0.5).floor() as i64;
            GridPoint::new(unit(*lon), unit(*lat)).clamped()
        }));
        builder.end_ring();
    }
    builder.end_polygon();
    builder.build()
}

/// Shapes that are joined at a time: many that overlap many are dear, and what is joined has lost
/// the edges inside it. Each time may move an edge by a unit, so there should be few.
const AT_A_TIME: usize = 32;

/// Joins shapes into parts of closed rings in degrees, each on one side of the antimeridian.
///
/// Shapes that follow one another are best near one another.
pub(crate) fn joined(shapes: Vec<GridShape>) -> Vec<Vec<Vec<Position>>> {
    let mut within = Vec::with_capacity(shapes.len());
    for shape in shapes {
        match shape.bbox() {
            Some(bounds) if bounds.min.x < -HALF || bounds.max.x > HALF => {
                within.extend([-TURN, 0, TURN].map(|turn| strip(&shape, turn)));
            }
            _ => within.push(shape),
        }
    }
    let closed = |ring: &[GridPoint]| {
        let points = ring.iter().chain(ring.first());
        points.map(|p| [p.x as f64 / PER_DEGREE, p.y as f64 / PER_DEGREE]).collect()
    };
    while within.len() > AT_A_TIME {
        within = within.chunks(AT_A_TIME).map(union_all).collect();
    }
    union_all(&within).polygons().map(|rings| rings.map(closed).collect()).collect()
}

/// Cuts out what lies a number of turns away and moves it between −180 and 180.
fn strip(shape: &GridShape, turn: i64) -> GridShape {
    let (west, east) = (turn - HALF, turn + HALF);
    let lat = 90 << 29;
    let window = GridBox::new(GridPoint::new(west, -lat), GridPoint::new(east, lat));
    let mut builder = GridShapeBuilder::default();
    for polygon in shape.clipped_to(&window).polygons() {
        for ring in polygon {
            builder.points.extend(ring.iter().map(|p| GridPoint::new(p.x - turn, p.y)));
            builder.end_ring();
        }
        builder.end_polygon();
    }
    builder.build()
}
