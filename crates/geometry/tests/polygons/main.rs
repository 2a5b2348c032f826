//! Properties of polygons and of the index, each against a slow and simple way to the same answer.
#![cfg(test)]

mod buffer;
mod contrast;
mod corridor;
mod covering;
mod distance;
mod drawn;
mod hull;
mod index;
mod interchange;
mod shapes;
mod simplify;
mod stored;
