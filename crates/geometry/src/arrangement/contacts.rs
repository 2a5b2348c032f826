//! What touches what: vertices on vertices, edges through hot pixels, crossings.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::segments::Segments;
use super::{TANGLED_TOLD, Tangled};
use crate::exact::{cross, in_span, meets_pixel, proper_crossing};
use crate::grid::GridPoint;
use crate::limits::{MAX_CROSSINGS, MAX_NEAR_PAIRS, MAX_STEPS, NEAR_PAIRS_PER_EDGE};

/// How much may be spent on finding contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// Whatever it takes.
    None,
    /// The limits of this crate.
    Limits,
}

/// All contacts among the edges of an arrangement.
#[derive(Debug)]
pub(super) struct Contacts {
    /// For each point whether something else touches it: then it is a node of the graph. The first
    /// and the closing point of a ring say the same.
    pub(super) node: Vec<bool>,
    /// Edges with the hot pixels they are led through between their ends, edge by edge in the
    /// order in which the edge meets them.
    pub(super) hits: Vec<(u32, GridPoint)>,
}

impl Contacts {
    /// Says whether edges touch their neighbours only, and those at their common end only.
    pub(super) fn is_empty(&self) -> bool {
        self.hits.is_empty() && !self.node.contains(&true)
    }
}

/// Finds all contacts.
///
/// An edge can meet only those hot pixels whose centre is within its own box, and such a centre is a
/// vertex of, or a crossing on, an edge whose box touches it. So the pairs of near edges are all
/// there is to look at, in every step.
///
/// # Errors
/// Within bounds, [`Tangled`] when there is more to look at than these allow.
pub(super) fn find(segments: &Segments, bounds: Bounds) -> Result<Contacts, Tangled> {
    let mut finder = Finder {
        segments,
        points: &segments.points,
        contacts: Contacts { node: vec![false; segments.points.len()], hits: Vec::new() },
        crossings: Vec::new(),
        near: Vec::with_capacity(segments.points.len() * 3 / 2),
    };
    let (near_max, crossings_max) = match bounds {
        Bounds::None => (usize::MAX, usize::MAX),
        Bounds::Limits => {
            (MAX_NEAR_PAIRS + NEAR_PAIRS_PER_EDGE * segments.points.len(), 2 * MAX_CROSSINGS)
        }
    };
    let compared = segments.try_each_near_pair(|i, j| {
        finder.compare(i, j);
        if finder.near.len() > near_max || finder.crossings.len() > crossings_max {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    if compared.is_break() || (bounds == Bounds::Limits && finder.steps() > MAX_STEPS) {
        return Err(finder.tangled());
    }
    if !finder.crossings.is_empty() {
        finder.lead_through_crossings();
    }
    if !finder.contacts.hits.is_empty() {
        finder.settle();
    }
    let mut contacts = finder.contacts;
    for ring in &segments.rings {
        let (start, end) = (ring.start as usize, ring.end as usize);
        let either = contacts.node[start] || contacts.node[end];
        contacts.node[start] = either;
        contacts.node[end] = either;
    }
    Ok(contacts)
}

struct Finder<'a> {
    segments: &'a Segments,
    points: &'a [GridPoint],
    contacts: Contacts,
    /// Edges with the rounded points where others cross them.
    crossings: Vec<(u32, GridPoint)>,
    /// All pairs of edges whose boxes touch.
    near: Vec<(u32, u32)>,
}

impl Finder<'_> {
    fn ends(&self, edge: usize) -> [GridPoint; 2] {
        [self.points[edge], self.points[edge + 1]]
    }

    /// Compares two edges, `i < j`.
    fn compare(&mut self, i: usize, j: usize) {
        self.near.push((i as u32, j as u32));
        let ([a, b], [c, d]) = (self.ends(i), self.ends(j));
        // The closing point of a ring starts no edge, so edges with successive numbers share a ring.
        let joint = if j == i + 1 {
            Some((i, j + 1, cross(a, b, d), cross(c, d, a)))
        } else if a == d && self.closes_ring(i, j) {
            Some((i + 1, j, cross(a, b, c), cross(c, d, b)))
        } else {
            None
        };
        if let Some((far_i, far_j, on_i, on_j)) = joint {
            // Neighbours share a vertex. If they share more, what they share is to be an edge of
            // its own, so that vertex must be a node.
            if self.touch(i, far_j, on_i) | self.touch(j, far_i, on_j) {
                self.contacts.node[if j == i + 1 { j } else { i }] = true;
            }
            return;
        }
        let sides = [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)];
        self.touch(i, j, sides[0]);
        self.touch(i, j + 1, sides[1]);
        self.touch(j, i, sides[2]);
        self.touch(j, i + 1, sides[3]);
        if let Some(at) = proper_crossing([a, b], sides) {
            self.crossings.extend([(i as u32, at), (j as u32, at)]);
        }
    }

    /// How many edges leading through all crossings looks at, at most.
    fn steps(&self) -> usize {
        let mut crossings_of = vec![0_usize; self.points.len()];
        for (edge, _) in &self.crossings {
            crossings_of[*edge as usize] += 1;
        }
        let of_pair = |&(i, j): &(u32, u32)| crossings_of[i as usize] + crossings_of[j as usize];
        self.near.iter().map(of_pair).sum()
    }

    /// The shapes with the most crossings so far, or near pairs where nothing crosses.
    fn tangled(&self) -> Tangled {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        let mut count = |edge: u32| {
            if let Some(source) = self.segments.source_of(edge) {
                *counts.entry(source).or_default() += 1;
            }
        };
        if self.crossings.is_empty() {
            self.near.iter().for_each(|&(i, j)| [i, j].into_iter().for_each(&mut count));
        } else {
            self.crossings.iter().for_each(|&(edge, _)| count(edge));
        }
        let mut sources: Vec<(usize, u32)> = counts.into_iter().map(|(s, n)| (n, s)).collect();
        sources.sort_unstable_by(|a, b| b.cmp(a));
        sources.truncate(TANGLED_TOLD);
        Tangled { sources: sources.into_iter().map(|(_, source)| source).collect() }
    }

    /// Says whether edge `i` is the first and edge `j` the last of the same ring.
    fn closes_ring(&self, i: usize, j: usize) -> bool {
        let rings = &self.segments.rings;
        let found = rings.binary_search_by_key(&(j as u32 + 1), |r| r.end);
        found.is_ok_and(|ring| rings[ring].start as usize == i)
    }

    /// Notes it if an edge meets the pixel of a vertex; `area` is the cross product of the three.
    fn touch(&mut self, edge: usize, vertex: usize, area: i128) -> bool {
        let met = self.lead(edge, self.points[vertex], area);
        self.contacts.node[vertex] |= met;
        met
    }

    /// Notes it if an edge meets the hot pixel of a point.
    fn lead(&mut self, edge: usize, through: GridPoint, area: i128) -> bool {
        let [a, b] = self.ends(edge);
        if !in_span(a, b, through) {
            return false;
        }
        if through == a {
            self.contacts.node[edge] = true;
        } else if through == b {
            self.contacts.node[edge + 1] = true;
        } else if meets_pixel(a, b, area) {
            self.contacts.hits.push((edge as u32, through));
        } else {
            return false;
        }
        true
    }

    /// Leads edges through the pixels of crossings: those that cross there and any others.
    fn lead_through_crossings(&mut self) {
        let mut crossings = std::mem::take(&mut self.crossings);
        crossings.sort_unstable();
        crossings.dedup();
        let near = std::mem::take(&mut self.near);
        let of_edge = ByEdge::new(&crossings, self.points.len());
        let mut lead = |edge: u32, through: GridPoint| {
            let [a, b] = self.ends(edge as usize);
            self.lead(edge as usize, through, cross(a, b, through));
        };
        for &(edge, at) in &crossings {
            lead(edge, at);
        }
        for &(i, j) in &near {
            of_edge.get(i).iter().for_each(|&(_, at)| lead(j, at));
            of_edge.get(j).iter().for_each(|&(_, at)| lead(i, at));
        }
        (self.crossings, self.near) = (crossings, near);
    }

    /// Puts hits in order, and leads edges on through whatever they meet once they are bent.
    fn settle(&mut self) {
        let mut hits = std::mem::take(&mut self.contacts.hits);
        hits.sort_unstable();
        hits.dedup();
        let mut bent = vec![false; self.points.len()];
        for &(edge, at) in &hits {
            let [a, b] = self.ends(edge as usize);
            bent[edge as usize] |= cross(a, b, at) != 0;
            self.contacts.node[edge as usize] = true;
            self.contacts.node[edge as usize + 1] = true;
        }
        let candidates = self.candidates(&bent, &hits);
        let mut settled = Vec::with_capacity(hits.len());
        for of_edge in hits.chunk_by(|p, q| p.0 == q.0) {
            let edge = of_edge[0].0;
            let ends = self.ends(edge as usize);
            let course = Course::new(ends);
            let mut inner: Vec<GridPoint> = of_edge.iter().map(|h| h.1).collect();
            inner.sort_unstable_by_key(|&p| course.key(p));
            if bent[edge as usize] {
                let first = candidates.partition_point(|c| c.0 < edge);
                let own = candidates[first..].chunk_by(|p, q| p.0 == q.0).next().unwrap_or(&[]);
                inner = self.lead_on(&course, ends, own);
            }
            settled.extend(inner.into_iter().map(|p| (edge, p)));
        }
        self.contacts.hits = settled;
    }

    /// Gathers for each bent edge all hot pixels within its box, with the vertices they belong to.
    fn candidates(&self, bent: &[bool], hits: &[(u32, GridPoint)]) -> Vec<(u32, GridPoint, u32)> {
        let mut candidates: Vec<_> = hits.iter().map(|&(edge, at)| (edge, at, NO_VERTEX)).collect();
        candidates.retain(|c| bent[c.0 as usize]);
        let of_edge = ByEdge::new(&self.crossings, self.points.len());
        let mut gather = |edge: u32, near: u32| {
            if !bent[edge as usize] {
                return;
            }
            let [a, b] = self.ends(edge as usize);
            let vertices = [near, near + 1].map(|v| (self.points[v as usize], v));
            let crossings = of_edge.get(near).iter().map(|&(_, at)| (at, NO_VERTEX));
            let all = vertices.into_iter().chain(crossings).filter(|c| in_span(a, b, c.0));
            candidates.extend(all.map(|(at, vertex)| (edge, at, vertex)));
        };
        for &(i, j) in &self.near {
            gather(i, j);
            gather(j, i);
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    /// Leads a bent edge through hot pixels until no piece of it meets another; gives the points
    /// between its ends.
    fn lead_on(
        &mut self,
        course: &Course,
        [a, b]: [GridPoint; 2],
        candidates: &[(u32, GridPoint, u32)],
    ) -> Vec<GridPoint> {
        let mut hot: Vec<GridPoint> = candidates.iter().map(|c| c.1).collect();
        hot.sort_unstable_by_key(|&p| course.key(p));
        hot.dedup();
        let mut inner = Vec::new();
        let mut pieces = vec![(a, b)];
        while let Some((p, q)) = pieces.pop() {
            // A piece stays within the span of its edge, so its hot pixels are successive.
            let first = hot.partition_point(|&h| course.key(h) <= course.key(p));
            let last = hot.partition_point(|&h| course.key(h) < course.key(q));
            let met = |h: &GridPoint| in_span(p, q, *h) && meets_pixel(p, q, cross(p, q, *h));
            let start = pieces.len();
            let mut from = p;
            for &h in hot.get(first..last).unwrap_or(&[]).iter().filter(|h| met(h)) {
                pieces.push((from, h));
                from = h;
            }
            if from == p {
                inner.push(q);
            } else {
                pieces.push((from, q));
                pieces[start..].reverse();
            }
        }
        inner.pop();
        for &(_, at, vertex) in candidates {
            if vertex != NO_VERTEX
                && inner.binary_search_by_key(&course.key(at), |&p| course.key(p)).is_ok()
            {
                self.contacts.node[vertex as usize] = true;
            }
        }
        inner
    }
}

/// Stands for the vertex of a hot pixel that is a crossing.
const NO_VERTEX: u32 = u32::MAX;

/// The order in which an edge meets pixels: they rise or fall with it on both axes.
struct Course {
    x: i64,
    y: i64,
}

impl Course {
    fn new([a, b]: [GridPoint; 2]) -> Self {
        let sign = |from, to| if to < from { -1 } else { 1 };
        Self { x: sign(a.x, b.x), y: sign(a.y, b.y) }
    }

    fn key(&self, p: GridPoint) -> (i64, i64) {
        (self.x * p.x, self.y * p.y)
    }
}

/// Looks up what is listed for an edge in a list sorted by edge.
struct ByEdge<'a> {
    list: &'a [(u32, GridPoint)],
    starts: Vec<u32>,
}

impl<'a> ByEdge<'a> {
    fn new(list: &'a [(u32, GridPoint)], edges: usize) -> Self {
        let mut starts = vec![0; edges + 1];
        for &(edge, _) in list {
            starts[edge as usize + 1] += 1;
        }
        for i in 0..edges {
            starts[i + 1] += starts[i];
        }
        Self { list, starts }
    }

    fn get(&self, edge: u32) -> &'a [(u32, GridPoint)] {
        let edge = edge as usize;
        &self.list[self.starts[edge] as usize..self.starts[edge + 1] as usize]
    }
}
