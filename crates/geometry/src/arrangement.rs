//! One arrangement of all edges of several shapes, by snap rounding.
//!
//! The edges of all shapes are laid over one another. Wherever two cross, both get a vertex, which
//! has to be rounded to the grid, and that moves edges a little. *Snap rounding* does it without
//! ever changing how the edges lie to one another: call *hot* every pixel of the grid that holds a
//! vertex or a crossing; then lead every edge through the centres of all hot pixels it meets. Now
//! edges meet at their ends only, no vertex has changed sides of any edge, and nothing has moved by
//! more than half a unit on either axis.
//!
//! An edge led through a pixel's centre may newly meet a hot pixel it did not meet before. Such an
//! edge is led through that one too, and so on until there are none (*iterated* snap rounding);
//! therefore cutting the pieces again changes nothing.
//!
//! Which pixels are hot and which of them an edge meets depends only on the set of all edges, never
//! on their order: so does the result.
//!
//! The stages, each in its file: [`segments`] (the edges, and which could touch), [`contacts`]
//! (what touches, crosses, and is led through what), [`graph`] (nodes, and the chains of vertices
//! between them), [`cells`] (half-edges, the cycles round each cell, and who covers it), [`rings`]
//! (cells joined to valid polygons).
//!
//! # Source
//! Hobby (1999), "Practical segment intersection with finite precision output", Computational
//! Geometry 13; Guibas & Marimont (1998), "Rounding arrangements dynamically", International
//! Journal of Computational Geometry & Applications 8; Halperin & Packer (2002), "Iterated snap
//! rounding", Computational Geometry 23.

mod cells;
mod contacts;
mod graph;
mod rings;
mod segments;

use crate::grid_shape::GridShape;
use cells::Cells;
pub(crate) use contacts::Bounds;
use graph::Graph;
pub(crate) use segments::Segments;

/// Shapes told of those that are tangled.
const TANGLED_TOLD: usize = 8;

/// The edges of shapes cross so often that they are not cut.
///
/// Each shape may be valid by itself: two combs laid across each other have as many crossings as the
/// product of their teeth.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the boundaries cross one another too often to be cut")]
pub struct Tangled {
    /// The numbers of the shapes with the most crossings, the most first; up to eight.
    pub sources: Vec<u32>,
}

/// The plane cut by the edges of several shapes into cells, each with the shapes that cover it.
#[derive(Debug)]
pub(crate) struct Arrangement {
    segments: Segments,
    graph: Graph,
    cells: Cells,
}

/// Shapes laid over one another.
#[derive(Debug)]
pub(crate) enum Laid {
    /// There is but one ring, of the shape with this number, and it touches itself nowhere. By far
    /// the commonest case, and a whole arrangement would only say the same.
    Ring(u32, GridShape),
    /// Anything else.
    Cut(Box<Arrangement>),
}

impl Laid {
    /// Lays shapes over one another; each comes with the number it is to be known by.
    ///
    /// # Errors
    /// [`Tangled`], only within bounds.
    pub(crate) fn new<'a>(
        shapes: impl Iterator<Item = (u32, &'a GridShape)>,
        bounds: Bounds,
    ) -> Result<Self, Tangled> {
        let segments = Segments::new(shapes);
        let contacts = contacts::find(&segments, bounds)?;
        if let ([ring], true) = (segments.rings.as_slice(), contacts.is_empty()) {
            return Ok(Self::Ring(ring.source, rings::alone(segments.points)));
        }
        let graph = Graph::new(&segments, &contacts);
        let cells = Cells::new(&segments, &graph);
        Ok(Self::Cut(Box::new(Arrangement { segments, graph, cells })))
    }
}

impl Arrangement {
    /// Gives the distinct sets of shapes that cover cells, as ascending numbers; the first set is
    /// the empty one, of the land that nothing covers.
    pub(crate) fn sets(&self) -> &[Vec<u32>] {
        &self.cells.sets
    }

    /// Joins cells to shapes: `group_of_set` says for each of [`Arrangement::sets`] to which of
    /// `groups` shapes the cells covered by it belong, counted from 1, or 0 for none.
    pub(crate) fn shapes(&self, group_of_set: &[u32], groups: usize) -> Vec<GridShape> {
        let group_of = |h| group_of_set[self.cells.set_left_of(h) as usize];
        rings::assemble(self, self.half_edges().map(group_of).collect(), groups)
    }

    /// Joins the cells whose winding numbers are to be kept: by ascending shape, those that are not
    /// zero.
    pub(crate) fn wound(&self, keep: impl Fn(&[(u32, i32)]) -> bool) -> Vec<GridShape> {
        let group_of = |h| u32::from(keep(self.cells.windings_left_of(h)));
        rings::assemble(self, self.half_edges().map(group_of).collect(), 1)
    }

    /// Joins the cells that nothing covers, but that lie between land wound round one way and land
    /// wound round the other way, with whatever is inside them.
    pub(crate) fn between_turns(&self) -> Vec<GridShape> {
        let between = self.cells.lies_between_turns();
        let group_of = |h: u32| u32::from(between[self.cells.cycle[h as usize] as usize]);
        rings::assemble(self, self.half_edges().map(group_of).collect(), 1)
    }

    fn half_edges(&self) -> std::ops::Range<u32> {
        0..self.cells.next.len() as u32
    }
}

#[cfg(test)]
mod tests;
