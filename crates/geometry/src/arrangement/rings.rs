//! Cells joined to shapes: valid, canonical polygons.

use super::Arrangement;
use crate::exact;
use crate::grid::{GridArea, GridBox, GridPoint};
use crate::grid_shape::{GridShape, GridShapeBuilder, ring_area};
use crate::stripes::Stripes;

/// A ring as it is built: its points, then its signed area, twice.
struct Loop {
    points: Vec<GridPoint>,
    twice_area: i128,
}

/// A shell with its holes.
type Polygon = (Loop, Vec<Loop>);

/// Joins cells to shapes: `group` says to which of `groups` shapes the cell on the left of each
/// half-edge belongs, counted from 1, or 0 for none.
pub(super) fn assemble(
    arrangement: &Arrangement,
    group: Vec<u32>,
    groups: usize,
) -> Vec<GridShape> {
    let tracer = Tracer { arrangement, group };
    let mut parts: Vec<Parts> = (0..groups).map(|_| Parts::default()).collect();
    tracer.trace(|group, loops| parts[group as usize - 1].add(loops));
    parts.into_iter().map(Parts::into_shape).collect()
}

/// Walks the boundaries of groups of cells.
struct Tracer<'a> {
    arrangement: &'a Arrangement,
    /// For each half-edge the group of the cell on its left.
    group: Vec<u32>,
}

impl Tracer<'_> {
    fn left(&self, h: u32) -> u32 {
        self.group[h as usize]
    }

    fn right(&self, h: u32) -> u32 {
        self.group[h as usize ^ 1]
    }

    /// Hands out each boundary of each group with the loops it consists of.
    ///
    /// A boundary is walked so that it keeps to one connected inside; the loops it falls into where
    /// it passes a node twice are then a shell with holes that touch it, or holes that touch.
    fn trace(&self, mut found: impl FnMut(u32, Vec<Loop>)) {
        let mut seen = vec![false; self.group.len()];
        let mut place = vec![NOT_ON_PATH; self.arrangement.graph.nodes.len()];
        for first in 0..self.group.len() as u32 {
            let group = self.left(first);
            if group == 0 || group == self.right(first) || seen[first as usize] {
                continue;
            }
            let (mut path, mut loops) = (Vec::new(), Vec::new());
            let mut h = first;
            while !seen[h as usize] {
                seen[h as usize] = true;
                let node = &mut place[self.origin(h) as usize];
                if *node == NOT_ON_PATH {
                    *node = path.len() as u32;
                } else {
                    loops.push(self.close(&mut path, *node as usize, &mut place));
                    // The node is still on the path, as the start of what follows.
                    place[self.origin(h) as usize] = path.len() as u32;
                }
                path.push(h);
                h = self.following(h);
            }
            loops.push(self.close(&mut path, 0, &mut place));
            found(group, loops);
        }
    }

    /// Finds the half-edge that follows on the boundary of a group: clockwise from the twin, over
    /// those with the same group on both sides.
    fn following(&self, h: u32) -> u32 {
        let next = &self.arrangement.cells.next;
        let mut g = next[h as usize];
        while self.left(g) == self.right(g) {
            g = next[g as usize ^ 1];
        }
        g
    }

    fn origin(&self, h: u32) -> u32 {
        let edge = &self.arrangement.graph.edges[h as usize / 2];
        if h & 1 == 0 { edge.from } else { edge.to }
    }

    /// Takes the loop from `start` on off the path.
    fn close(&self, path: &mut Vec<u32>, start: usize, place: &mut [u32]) -> Loop {
        let Arrangement { segments, graph, cells } = self.arrangement;
        let mut points = Vec::new();
        let mut twice_area = 0;
        for h in path.drain(start..) {
            let node = self.origin(h);
            place[node as usize] = NOT_ON_PATH;
            points.push(graph.nodes[node as usize]);
            let [run, rest] = graph.inner(h as usize / 2, segments);
            if h & 1 == 0 {
                points.extend(run.iter().chain(rest));
            } else {
                points.extend(rest.iter().rev().chain(run.iter().rev()));
            }
            twice_area += cells.swept_by(h);
        }
        Loop { points: canonical(points), twice_area }
    }
}

const NOT_ON_PATH: u32 = u32::MAX;

/// Turns a ring so that it begins at its smallest point.
pub(super) fn canonical(mut ring: Vec<GridPoint>) -> Vec<GridPoint> {
    let smallest = ring.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(i, _)| i);
    ring.rotate_left(smallest);
    ring
}

/// Makes the shape of a closed ring that touches itself nowhere and stands alone.
pub(super) fn alone(mut closed_ring: Vec<GridPoint>) -> GridShape {
    closed_ring.pop();
    if ring_area(&closed_ring) < GridArea::ZERO {
        closed_ring.reverse();
    }
    let mut builder = GridShapeBuilder::default();
    builder.points = canonical(closed_ring);
    builder.end_ring();
    builder.end_polygon();
    builder.build()
}

/// The boundaries of one group.
#[derive(Default)]
struct Parts {
    polygons: Vec<Polygon>,
    /// Boundaries that are nothing but holes: in which shell is still to be found.
    free: Vec<Loop>,
}

impl Parts {
    fn add(&mut self, loops: Vec<Loop>) {
        let (shells, holes): (Vec<Loop>, Vec<Loop>) =
            loops.into_iter().partition(|l| l.twice_area > 0);
        let mut shells = shells.into_iter();
        match (shells.next(), shells.next()) {
            (Some(shell), None) => self.polygons.push((shell, holes)),
            (first, second) => {
                let several = first.into_iter().chain(second).chain(shells);
                self.polygons.extend(several.map(|shell| (shell, Vec::new())));
                self.free.extend(holes);
            }
        }
    }

    fn into_shape(mut self) -> GridShape {
        self.place_free_holes();
        for (_, holes) in &mut self.polygons {
            holes.sort_unstable_by(|a, b| a.points.cmp(&b.points));
        }
        self.polygons.sort_unstable_by(|a, b| a.0.points.cmp(&b.0.points));
        let loops =
            || self.polygons.iter().flat_map(|(shell, holes)| std::iter::once(shell).chain(holes));
        let mut builder = GridShapeBuilder::with_capacity(loops().map(|l| l.points.len()).sum());
        for (shell, holes) in &self.polygons {
            for ring in std::iter::once(shell).chain(holes) {
                builder.points.extend_from_slice(&ring.points);
                builder.end_ring();
            }
            builder.end_polygon();
        }
        builder.build()
    }

    /// Gives each free hole to the smallest shell round it.
    fn place_free_holes(&mut self) {
        if self.free.is_empty() {
            return;
        }
        let bounds = |ring: &Loop| GridBox::around(ring.points.iter().copied());
        let shells: Vec<GridBox> = self.polygons.iter().filter_map(|p| bounds(&p.0)).collect();
        let stripes = Stripes::new(&shells);
        for hole in std::mem::take(&mut self.free) {
            let Some(inside) = bounds(&hole) else { continue };
            let encloses = |&i: &usize| {
                let shell = &self.polygons[i].0;
                shells[i].contains_box(&inside)
                    && shell.twice_area > -hole.twice_area
                    && encloses(&shell.points, &hole.points)
            };
            let candidates = stripes.at(inside.min.y).iter().map(|&i| i as usize);
            let smallest =
                candidates.filter(encloses).min_by_key(|&i| self.polygons[i].0.twice_area);
            debug_assert!(smallest.is_some(), "a hole without a shell");
            if let Some(shell) = smallest {
                self.polygons[shell].1.push(hole);
            }
        }
    }
}

/// Says whether a ring lies inside another; they may touch at vertices, but do not cross.
fn encloses(outer: &[GridPoint], inner: &[GridPoint]) -> bool {
    inner.iter().find_map(|&p| exact::winding(outer, p)).is_some_and(|w| w != 0)
}
