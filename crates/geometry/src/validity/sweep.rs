//! A plane sweep from west to east that stops where edges cross.
//!
//! Until it stops, the edges above each other on the sweep line keep their order, so every question
//! costs `O(log n)` whatever the shape. It tells whether edges cross or overlap (the first place),
//! every position several rings pass through, and the innermost ring around every ring.
//!
//! # Source
//! Shamos and Hoey (1976), "Geometric intersection problems"; the order is decided by exact
//! predicates, so it holds for vertical, touching and nearly parallel edges too.
#![expect(clippy::float_cmp, reason = "coordinates are compared for being the same number")]

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Rings;
use super::contact::{Meeting, Passage, Place, Spot, meet};
use crate::predicate::{Position, compare, orient};

/// What a sweep has found.
#[derive(Debug)]
pub(super) struct Swept {
    /// Two edges that cross or overlap, each with its ring, where the sweep stopped.
    pub(super) fault: Option<((u32, u32), (u32, u32))>,
    /// Positions several rings pass through; all of them if nothing crosses.
    pub(super) passages: Vec<Passage>,
    /// For each ring the innermost ring around it; meaningful if nothing crosses.
    pub(super) containers: Vec<Option<u32>>,
}

/// An edge on the sweep line, or a position to look for.
#[derive(Clone, Copy, Debug)]
struct Active {
    left: Position,
    right: Position,
    ring: u32,
    /// [`PROBE`] for a position.
    edge: u32,
}

const PROBE: u32 = u32::MAX;

impl Active {
    fn new(rings: &Rings, ring: u32, edge: u32) -> Self {
        let [a, b] = rings.edge(edge);
        let (left, right) = if compare(a, b).is_lt() { (a, b) } else { (b, a) };
        Self { left, right, ring, edge }
    }

    fn probe(at: Position) -> Self {
        Self { left: at, right: at, ring: PROBE, edge: PROBE }
    }

    fn passes(&self, at: Position) -> bool {
        orient(self.left, self.right, at) == 0.0
    }
}

/// Whether a position is below or above an edge.
fn position_to_edge(at: Position, edge: &Active) -> Ordering {
    // Adding zero makes the negative zero positive.
    (orient(edge.left, edge.right, at) + 0.0).total_cmp(&0.0)
}

impl Ord for Active {
    /// Orders what is on the sweep line from south to north; a probe is below the edges it is on.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.edge, other.edge) {
            (PROBE, PROBE) => compare(self.left, other.left),
            (PROBE, _) => position_to_edge(self.left, other).then(Ordering::Less),
            (_, PROBE) => position_to_edge(other.left, self).reverse().then(Ordering::Greater),
            (a, b) if a == b => Ordering::Equal,
            (a, b) => {
                let order = if compare(self.left, other.left).is_le() {
                    position_to_edge(other.left, self)
                        .then_with(|| position_to_edge(other.right, self))
                        .reverse()
                } else {
                    position_to_edge(self.left, other)
                        .then_with(|| position_to_edge(self.right, other))
                };
                order.then(a.cmp(&b))
            }
        }
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Active {}

/// Sweeps over the edges of all rings.
pub(super) fn run(rings: &Rings) -> Swept {
    let mut sweep = Sweep {
        rings,
        line: BTreeSet::new(),
        seen: vec![false; rings.rings.len()],
        row: Vec::new(),
        found: Swept {
            fault: None,
            passages: Vec::new(),
            containers: vec![None; rings.rings.len()],
        },
    };
    let mut vertices: Vec<(Position, u32, u32)> = Vec::with_capacity(rings.positions.len());
    for (number, ring) in rings.rings.iter().enumerate() {
        let numbered = (ring.start..ring.end - 1).map(|v| (rings.position(v), number as u32, v));
        vertices.extend(numbered);
    }
    vertices.sort_unstable_by(|a, b| compare(a.0, b.0));
    for group in vertices.chunk_by(|a, b| a.0 == b.0) {
        sweep.pass(group);
        if sweep.found.fault.is_some() {
            break;
        }
    }
    sweep.found
}

struct Sweep<'a> {
    rings: &'a Rings,
    line: BTreeSet<Active>,
    seen: Vec<bool>,
    /// The edges at the position now passed, from south to north, and one on either side.
    row: Vec<Active>,
    found: Swept,
}

impl Sweep<'_> {
    /// Passes a position: edges that end there leave the line, those that start there enter it.
    fn pass(&mut self, group: &[(Position, u32, u32)]) {
        let at = group[0].0;
        let probe = Active::probe(at);
        let passing: Vec<Active> = self
            .line
            .range(probe..)
            .take_while(|edge| edge.passes(at))
            .filter(|edge| edge.right != at)
            .copied()
            .collect();
        if group.len() + passing.len() > 1 {
            self.note_passages(at, group, &passing);
        }
        let mut starting = Vec::with_capacity(2 * group.len());
        for &(_, ring, vertex) in group {
            let before = self.rings.rings[ring as usize].previous(vertex);
            for edge in [vertex, before] {
                let edge = Active::new(self.rings, ring, edge);
                if edge.right == at {
                    self.line.remove(&edge);
                } else {
                    starting.push(edge);
                }
            }
        }
        self.line.extend(starting);
        self.row.clear();
        self.row.extend(self.line.range(..probe).next_back());
        let first_here = self.row.len();
        for edge in self.line.range(probe..) {
            self.row.push(*edge);
            if !edge.passes(at) {
                break;
            }
        }
        self.check_row();
        self.place_rings(first_here);
    }

    fn note_passages(&mut self, at: Position, group: &[(Position, u32, u32)], passing: &[Active]) {
        let vertices = group.iter().map(|&(_, ring, v)| Spot { ring, place: Place::Vertex(v) });
        let edges = passing.iter().map(|e| Spot { ring: e.ring, place: Place::Edge(e.edge) });
        self.found.passages.extend(vertices.chain(edges).map(|spot| Passage { at, spot }));
    }

    /// Compares edges that have become neighbours.
    fn check_row(&mut self) {
        for pair in self.row.windows(2) {
            let meeting = meet([pair[0].left, pair[0].right], [pair[1].left, pair[1].right]);
            if matches!(meeting, Meeting::Cross | Meeting::Overlap(_)) {
                self.found.fault =
                    Some(((pair[0].ring, pair[0].edge), (pair[1].ring, pair[1].edge)));
                return;
            }
        }
    }

    /// Finds what is around each ring that starts here, from the edge below its lowest edge.
    fn place_rings(&mut self, first_here: usize) {
        for i in first_here..self.row.len() {
            let ring = self.row[i].ring as usize;
            if self.seen[ring] {
                continue;
            }
            self.seen[ring] = true;
            self.found.containers[ring] = i.checked_sub(1).and_then(|below| {
                let below = self.row[below];
                if self.is_inside_above(below) {
                    Some(below.ring)
                } else {
                    self.found.containers[below.ring as usize]
                }
            });
        }
    }

    /// Tells whether the land just north of an edge is on the inner side of its ring.
    fn is_inside_above(&self, edge: Active) -> bool {
        let eastward = self.rings.position(edge.edge) == edge.left;
        self.rings.rings[edge.ring as usize].counter_clockwise == eastward
    }
}
