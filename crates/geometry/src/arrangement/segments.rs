//! The edges of all shapes, in chunks with boxes, so that those that could touch are found fast.

use std::ops::ControlFlow;

use crate::grid::{GridBox, GridPoint};
use crate::grid_shape::GridShape;
use crate::stripes::Stripes;

/// Consecutive edges that share a box. Short enough to compare two chunks edge by edge, long
/// enough that sweeping over chunks costs little.
const CHUNK: usize = 8;

/// Pairs of chunks that may touch before edges count as tangled: a ring of 2,500 vertices strewn at
/// random has that many, and half a million crossings.
const TOUCHING_CHUNKS: usize = 50_000;

/// Further pairs for each chunk; an ordinary boundary, however long, has fewer than three.
const TOUCHING_PER_CHUNK: usize = 8;

/// The edges of all rings. Edge `i` runs from point `i` to point `i + 1`.
#[derive(Debug)]
pub(crate) struct Segments {
    /// The points of ring after ring, the first of each repeated at its end.
    pub(super) points: Vec<GridPoint>,
    pub(super) rings: Vec<Ring>,
    pub(super) chunks: Vec<Chunk>,
    /// The box of each chunk.
    boxes: Vec<GridBox>,
    stripes: Stripes,
}

/// A closed ring of at least three distinct successive points.
#[derive(Debug)]
pub(super) struct Ring {
    /// The number of its shape.
    pub(super) source: u32,
    /// Its first point, and its first edge.
    pub(super) start: u32,
    /// Its closing point, one past its last edge.
    pub(super) end: u32,
}

/// Edges `start..end` of one ring.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) ring: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Segments {
    pub(crate) fn new<'a>(shapes: impl Iterator<Item = (u32, &'a GridShape)>) -> Self {
        let (mut points, mut rings) = (Vec::new(), Vec::new());
        for (source, shape) in shapes {
            points.reserve(shape.vertex_count() + shape.rings().len());
            for ring in shape.rings() {
                let start = points.len();
                push_closed(&mut points, ring);
                if points.len() > start {
                    let (start, end) = (start as u32, points.len() as u32 - 1);
                    rings.push(Ring { source, start, end });
                }
            }
        }
        let (mut chunks, mut boxes) = (Vec::new(), Vec::new());
        for (ring, number) in rings.iter().zip(0..) {
            let (first, last) = (ring.start as usize, ring.end as usize);
            for start in (first..last).step_by(CHUNK) {
                let end = last.min(start + CHUNK);
                chunks.push(Chunk { ring: number, start: start as u32, end: end as u32 });
                boxes.extend(GridBox::around(points[start..=end].iter().copied()));
            }
        }
        let stripes = Stripes::new(&boxes);
        Self { points, rings, chunks, boxes, stripes }
    }

    /// Hands out every pair of edges `i < j` whose boxes touch, neighbours on a ring included, until
    /// told to break off.
    pub(super) fn try_each_near_pair(
        &self,
        mut near: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for chunk in &self.chunks {
            let (start, end) = (chunk.start as usize, chunk.end as usize);
            for i in start..end {
                let a = self.edge_box(i);
                for j in i + 1..end {
                    if a.intersects(&self.edge_box(j)) {
                        near(i, j)?;
                    }
                }
            }
        }
        self.stripes.try_each_overlap(&self.boxes, |p, q| {
            let (p, q) = (p as usize, q as usize);
            for i in self.chunks[p].start as usize..self.chunks[p].end as usize {
                let a = self.edge_box(i);
                if a.intersects(&self.boxes[q]) {
                    for j in self.chunks[q].start as usize..self.chunks[q].end as usize {
                        if a.intersects(&self.edge_box(j)) {
                            near(i, j)?;
                        }
                    }
                }
            }
            ControlFlow::Continue(())
        })
    }

    /// The number of the shape that an edge belongs to.
    pub(super) fn source_of(&self, edge: u32) -> Option<u32> {
        self.rings.get(self.rings.partition_point(|ring| ring.end <= edge)).map(|ring| ring.source)
    }

    /// Says whether so many chunks touch one another that their edges could cross more often than
    /// memory should be spent on.
    pub(crate) fn is_tangled(&self) -> bool {
        let mut left = TOUCHING_CHUNKS + TOUCHING_PER_CHUNK * self.chunks.len();
        let counted = self.stripes.try_each_overlap(&self.boxes, |_, _| {
            left -= 1;
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        counted.is_break()
    }

    /// Gives the numbers of the chunks in whose height a point may lie, and some others.
    pub(super) fn chunks_at(&self, y: i64) -> impl Iterator<Item = (&Chunk, &GridBox)> {
        self.stripes.at(y).iter().map(|&i| (&self.chunks[i as usize], &self.boxes[i as usize]))
    }

    fn edge_box(&self, i: usize) -> GridBox {
        GridBox::new(self.points[i], self.points[i + 1])
    }
}

/// Appends a ring, closed, each point different from the one before; nothing if fewer than three
/// points remain, because such a ring has no inside.
fn push_closed(points: &mut Vec<GridPoint>, ring: &[GridPoint]) {
    let start = points.len();
    for &p in ring {
        if points.len() == start || points.last() != Some(&p) {
            points.push(p);
        }
    }
    while points.len() > start + 1 && points.last() == points.get(start) {
        points.pop();
    }
    if points.len() < start + 3 {
        points.truncate(start);
    } else {
        points.push(points[start]);
    }
}
