//! Support for the tests over the whole workspace: where its files are and what stands in them.

pub mod source;
pub mod workspace;
