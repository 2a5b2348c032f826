//! Positions as people write them, and polygons as people measure them on the ground.
#![cfg(test)]

mod grids;
mod refusals;
mod round_trips;
mod shapes;
mod spellings;
mod traverses;
