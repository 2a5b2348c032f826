//! Support for the tests over the whole workspace: where its files are, and the built product.

pub mod land;
pub mod postgres;
pub mod receiving;
pub mod running;
pub mod source;
pub mod workspace;
