//! Geometry that can be trusted: what is refused, what is suggested instead, and the laws of overlay.
#![cfg(test)]

mod fuzz;
mod laws;
mod planar;
mod repair;
mod rings;
