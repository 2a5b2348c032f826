//! Where edges meet that are not neighbours.
#![expect(clippy::float_cmp, reason = "coordinates are compared for being the same number")]

use std::collections::HashSet;

use super::ring::is_spike;
use super::sweep;
use super::{Ring, Rings};
use crate::bbox::{PlainBox, boxes_touch};
use crate::predicate::{Position, orient};

/// A vertex, or the inside of the edge after a vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Vertex(u32),
    Edge(u32),
}

impl Place {
    /// The vertex, or the one the edge starts at.
    pub(super) fn vertex(self) -> u32 {
        match self {
            Self::Vertex(vertex) | Self::Edge(vertex) => vertex,
        }
    }
}

/// A place on a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) ring: u32,
    pub(super) place: Place,
}

/// A ring passes through a position where another passes, or itself a second time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passage {
    pub(super) at: Position,
    pub(super) spot: Spot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Cross,
    Overlap,
    Touch,
}

/// Two rings, or one ring twice, meet as they must not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) a: Spot,
    pub(super) b: Spot,
    pub(super) at: Position,
}

/// How two edges meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meeting {
    Apart,
    /// In one position, which is an end of at least one of them.
    Touch(Position),
    /// In one position, inside both.
    Cross,
    /// Along a line; the position is an end of it.
    Overlap(Position),
}

/// All meetings of edges.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    pub(super) faults: Vec<Fault>,
    /// Unordered, with repetitions.
    pub(super) passages: Vec<Passage>,
    /// For each ring the innermost ring around it; only a plane sweep knows.
    pub(super) containers: Option<Vec<Option<u32>>>,
    overlapping: HashSet<(u32, u32)>,
}

/// One edge with the box around it.
#[derive(Clone, Copy)]
struct BoxedEdge {
    bounds: PlainBox,
    edge: u32,
    ring: u32,
}

/// All edges, sorted by where they begin on an axis.
struct SortedEdges {
    edges: Vec<BoxedEdge>,
    axis: usize,
}

/// Pairs of edges compared for each edge before the plane sweep is tried instead, and at least.
const PAIRS_PER_EDGE: usize = 48;
const PAIRS_AT_LEAST: usize = 20_000;

/// Pairs of edges compared to describe a boundary that is known to be bad: about 50 ms.
const PAIRS_TO_DESCRIBE: usize = 20_000_000;

/// Passages noted for each edge before the plane sweep, which notes each once, is tried instead; a
/// vertex on a vertex is noted eight times.
const PASSAGES_PER_EDGE: usize = 8;

/// Faults after which the search ends: there are more than will be reported.
const ENOUGH_FAULTS: usize = 400;

/// Finds where edges meet that are not neighbours.
pub(super) fn find(rings: &Rings) -> Contacts {
    let edges = sorted_edges(rings);
    let budget = (edges.edges.len() * PAIRS_PER_EDGE).max(PAIRS_AT_LEAST);
    match compare_neighbours(rings, &edges, budget) {
        (contacts, true) => contacts,
        (_, false) => find_by_sweep(rings, &edges),
    }
}

/// Finds them in a time that does not depend on how the edges lie.
fn find_by_sweep(rings: &Rings, edges: &SortedEdges) -> Contacts {
    let swept = sweep::run(rings);
    let Some((a, b)) = swept.fault else {
        return Contacts {
            passages: swept.passages,
            containers: Some(swept.containers),
            ..Contacts::default()
        };
    };
    let (mut contacts, _) = compare_neighbours(rings, edges, PAIRS_TO_DESCRIBE);
    if contacts.faults.is_empty() {
        contacts.note(rings, a, b);
    }
    contacts
}

fn sorted_edges(rings: &Rings) -> SortedEdges {
    let mut edges = Vec::with_capacity(rings.positions.len());
    for (number, ring) in rings.rings.iter().enumerate() {
        for edge in ring.start..ring.end - 1 {
            let [a, b] = rings.edge(edge);
            let (west, east) = if a[0] < b[0] { (a[0], b[0]) } else { (b[0], a[0]) };
            let (south, north) = if a[1] < b[1] { (a[1], b[1]) } else { (b[1], a[1]) };
            let bounds = [west, south, east, north];
            edges.push(BoxedEdge { bounds, edge, ring: number as u32 });
        }
    }
    let axis = axis_that_divides(&edges);
    edges.sort_unstable_by(|a, b| a.bounds[axis].total_cmp(&b.bounds[axis]));
    SortedEdges { edges, axis }
}

/// Tells on which axis fewer edges overlap: 0 for longitude, 1 for latitude.
fn axis_that_divides(edges: &[BoxedEdge]) -> usize {
    let overlap = |axis: usize| {
        let (mut low, mut high, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for BoxedEdge { bounds, .. } in edges {
            low = low.min(bounds[axis]);
            high = high.max(bounds[axis + 2]);
            sum += bounds[axis + 2] - bounds[axis];
        }
        sum / (high - low)
    };
    usize::from(overlap(1) < overlap(0))
}

/// Compares edges that overlap on the axis they are sorted by; tells whether the budget was enough
/// for all of them.
fn compare_neighbours(rings: &Rings, sorted: &SortedEdges, budget: usize) -> (Contacts, bool) {
    let SortedEdges { edges, axis } = sorted;
    let mut contacts = Contacts::default();
    let mut compared = 0;
    for (i, a) in edges.iter().enumerate() {
        for b in &edges[i + 1..] {
            if b.bounds[*axis] > a.bounds[axis + 2] {
                break;
            }
            compared += 1;
            if boxes_touch(a.bounds, b.bounds) {
                contacts.note(rings, (a.ring, a.edge), (b.ring, b.edge));
            }
        }
        if compared > budget || contacts.passages.len() > PASSAGES_PER_EDGE * edges.len() {
            return (contacts, false);
        }
        if contacts.faults.len() > ENOUGH_FAULTS {
            break;
        }
    }
    (contacts, true)
}

impl Contacts {
    /// Notes how two edges, each given with its ring, meet.
    fn note(&mut self, rings: &Rings, a: (u32, u32), b: (u32, u32)) {
        let ((ring_a, edge_a), (ring_b, edge_b)) = if a <= b { (a, b) } else { (b, a) };
        let ring = &rings.rings[ring_a as usize];
        if ring_a == ring_b && (ring.next(edge_a) == edge_b || ring.next(edge_b) == edge_a) {
            // Neighbours meet in their common vertex, and elsewhere only in a spike.
            return;
        }
        let (a, b) = (rings.edge(edge_a), rings.edge(edge_b));
        let spot = |ring, edge| Spot { ring, place: Place::Edge(edge) };
        let (kind, at) = match meet(a, b) {
            Meeting::Apart => return,
            Meeting::Touch(at) => {
                self.passages.push(passage(rings, ring_a, edge_a, at));
                self.passages.push(passage(rings, ring_b, edge_b, at));
                return;
            }
            Meeting::Cross => (FaultKind::Cross, crossing_point(a, b)),
            Meeting::Overlap(at) => (FaultKind::Overlap, at),
        };
        if ring_a == ring_b
            && (touches_spike(rings, ring, edge_a) || touches_spike(rings, ring, edge_b))
        {
            return;
        }
        if kind == FaultKind::Overlap && !self.overlapping.insert((ring_a, ring_b)) {
            return;
        }
        self.faults.push(Fault { kind, a: spot(ring_a, edge_a), b: spot(ring_b, edge_b), at });
    }
}

/// Names the place where an edge is touched: one of its ends, or its inside.
fn passage(rings: &Rings, ring: u32, edge: u32, at: Position) -> Passage {
    let place = if rings.position(edge) == at {
        Place::Vertex(edge)
    } else if rings.position(edge + 1) == at {
        Place::Vertex(rings.rings[ring as usize].next(edge))
    } else {
        Place::Edge(edge)
    };
    Passage { at, spot: Spot { ring, place } }
}

/// Tells whether an end of the edge is the tip of a spike, whose consequences need no telling.
pub(super) fn touches_spike(rings: &Rings, ring: &Ring, edge: u32) -> bool {
    let tip_at = |vertex: u32| {
        let (before, after) = (ring.previous(vertex), ring.next(vertex));
        is_spike(rings.position(before), rings.position(vertex), rings.position(after))
    };
    ring.spiky && (tip_at(edge) || tip_at(ring.next(edge)))
}

/// Tells, exactly, how two edges meet.
pub(super) fn meet([p, q]: [Position; 2], [r, s]: [Position; 2]) -> Meeting {
    let (side_r, side_s) = (orient(p, q, r), orient(p, q, s));
    if (side_r > 0.0 && side_s > 0.0) || (side_r < 0.0 && side_s < 0.0) {
        return Meeting::Apart;
    }
    if side_r == 0.0 && side_s == 0.0 {
        return meet_on_line([p, q], [r, s]);
    }
    let (side_p, side_q) = (orient(r, s, p), orient(r, s, q));
    if (side_p > 0.0 && side_q > 0.0) || (side_p < 0.0 && side_q < 0.0) {
        return Meeting::Apart;
    }
    if side_r == 0.0 {
        Meeting::Touch(r)
    } else if side_s == 0.0 {
        Meeting::Touch(s)
    } else if side_p == 0.0 {
        Meeting::Touch(p)
    } else if side_q == 0.0 {
        Meeting::Touch(q)
    } else {
        Meeting::Cross
    }
}

/// Compares two edges on one line by the coordinate that tells its positions apart.
fn meet_on_line([p, q]: [Position; 2], [r, s]: [Position; 2]) -> Meeting {
    let axis = usize::from(p[0] == q[0]);
    let sorted = |a: Position, b: Position| if a[axis] <= b[axis] { (a, b) } else { (b, a) };
    let ((p, q), (r, s)) = (sorted(p, q), sorted(r, s));
    let start = if p[axis] >= r[axis] { p } else { r };
    let end = if q[axis] <= s[axis] { q } else { s };
    if start[axis] < end[axis] {
        Meeting::Overlap(start)
    } else if start[axis] == end[axis] {
        Meeting::Touch(start)
    } else {
        Meeting::Apart
    }
}

/// Where two crossing edges cross, rounded.
fn crossing_point([p, q]: [Position; 2], [r, s]: [Position; 2]) -> Position {
    let (side_p, side_q) = (orient(r, s, p), orient(r, s, q));
    let along = (side_p / (side_p - side_q)).clamp(0.0, 1.0);
    [p[0] + along * (q[0] - p[0]), p[1] + along * (q[1] - p[1])]
}

#[cfg(test)]
pub(super) fn swept(rings: &Rings) -> Contacts {
    find_by_sweep(rings, &sorted_edges(rings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_meet_in_every_way_edges_can() {
        let edge = [[0.0, 0.0], [4.0, 4.0]];
        assert_eq!(meet(edge, [[0.0, 4.0], [4.0, 0.0]]), Meeting::Cross);
        assert_eq!(meet(edge, [[2.0, 2.0], [4.0, 0.0]]), Meeting::Touch([2.0, 2.0]));
        assert_eq!(meet(edge, [[4.0, 4.0], [4.0, 0.0]]), Meeting::Touch([4.0, 4.0]));
        assert_eq!(meet(edge, [[4.0, 4.0], [5.0, 5.0]]), Meeting::Touch([4.0, 4.0]));
        assert_eq!(meet(edge, [[3.0, 3.0], [5.0, 5.0]]), Meeting::Overlap([3.0, 3.0]));
        assert_eq!(meet(edge, [[3.0, 3.0], [1.0, 1.0]]), Meeting::Overlap([1.0, 1.0]));
        assert_eq!(meet(edge, [[5.0, 5.0], [6.0, 6.0]]), Meeting::Apart);
        assert_eq!(meet(edge, [[1.0, 2.0], [2.0, 3.0]]), Meeting::Apart);
        assert_eq!(meet(edge, [[0.0, 1.0], [-3.0, 5.0]]), Meeting::Apart);
        assert_eq!(
            meet([[1.0, 0.0], [1.0, 3.0]], [[1.0, 2.0], [1.0, 5.0]]),
            Meeting::Overlap([1.0, 2.0])
        );
    }

    #[test]
    fn a_crossing_is_where_it_is() {
        assert_eq!(crossing_point([[0.0, 0.0], [4.0, 4.0]], [[0.0, 4.0], [4.0, 0.0]]), [2.0, 2.0]);
    }
}
