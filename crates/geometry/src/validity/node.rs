//! What happens in positions through which several rings pass.

use std::cmp::Ordering;

use super::Rings;
use super::contact::{Contacts, Fault, FaultKind, Passage, Place, Spot, touches_spike};
use crate::limits;
use crate::predicate::{Position, compare, orient};

/// Meetings of rings, judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) faults: Vec<Fault>,
    /// Where different rings touch as they may: a number for the position, and the ring.
    pub(super) touches: Vec<Touch>,
    pub(super) containers: Option<Vec<Option<u32>>>,
}

/// A ring takes part in an allowed touch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    at: Position,
    node: u32,
    ring: u32,
}

/// A touch that closes a way around a piece of the interior.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) ring: u32,
    pub(super) at: Position,
}

/// A ring's way through a position.
struct Path {
    spot: Spot,
    arms: [Position; 2],
}

/// Sorts meetings into faults and touches that are allowed.
pub(super) fn judge(rings: &Rings, contacts: Contacts) -> Judged {
    let Contacts { faults, mut passages, containers, .. } = contacts;
    let mut judged = Judged { faults, touches: Vec::new(), containers };
    if passages.is_empty() {
        return judged;
    }
    passages.sort_unstable_by(|a, b| compare(a.at, b.at).then(a.spot.cmp(&b.spot)));
    passages.dedup();
    for (node, group) in passages.chunk_by(|a, b| a.at == b.at).enumerate() {
        judge_node(rings, group, node as u32, &mut judged);
    }
    judged
}

fn judge_node(rings: &Rings, group: &[Passage], node: u32, judged: &mut Judged) {
    let at = group[0].at;
    let paths: Vec<Path> = group.iter().map(|passage| path_of(rings, passage.spot)).collect();
    let before = judged.faults.len();
    let mut crossed = vec![false; paths.len()];
    for (a, b) in crossing_paths(at, &paths) {
        crossed[a] = true;
        crossed[b] = true;
        judged.faults.extend(fault(rings, FaultKind::Cross, [&paths[a], &paths[b]], at));
    }
    // Passages are sorted by ring, so those of one ring stand together.
    for (i, pair) in paths.windows(2).enumerate() {
        if pair[0].spot.ring == pair[1].spot.ring && !(crossed[i] && crossed[i + 1]) {
            judged.faults.extend(fault(rings, FaultKind::Touch, [&pair[0], &pair[1]], at));
        }
    }
    if judged.faults.len() == before {
        let touches = paths.iter().map(|path| Touch { at, node, ring: path.spot.ring });
        judged.touches.extend(touches);
    }
}

fn path_of(rings: &Rings, spot: Spot) -> Path {
    let ring = &rings.rings[spot.ring as usize];
    let ends = match spot.place {
        Place::Vertex(vertex) => [ring.previous(vertex), ring.next(vertex)],
        Place::Edge(edge) => [edge, edge + 1],
    };
    Path { spot, arms: ends.map(|vertex| rings.position(vertex)) }
}

/// Makes a fault of two paths, unless it only repeats that a ring has a spike.
fn fault(rings: &Rings, kind: FaultKind, [a, b]: [&Path; 2], at: Position) -> Option<Fault> {
    let (a, b) = (a.spot.min(b.spot), a.spot.max(b.spot));
    let ring = &rings.rings[a.ring as usize];
    let spiky = |spot: Spot| match spot.place {
        Place::Edge(edge) => touches_spike(rings, ring, edge),
        Place::Vertex(vertex) => {
            touches_spike(rings, ring, vertex) || touches_spike(rings, ring, ring.previous(vertex))
        }
    };
    if a.ring == b.ring && ring.spiky && (spiky(a) || spiky(b)) {
        return None;
    }
    Some(Fault { kind, a, b, at })
}

/// Finds pairs of paths that cross in the position, rather than touch.
///
/// Around the position the arms of paths that do not cross stand like brackets that match.
fn crossing_paths(at: Position, paths: &[Path]) -> Vec<(usize, usize)> {
    let mut arms: Vec<(Position, usize)> = paths
        .iter()
        .enumerate()
        .flat_map(|(path, Path { arms, .. })| arms.map(|arm| (arm, path)))
        .collect();
    arms.sort_by(|a, b| turn_order(at, a.0, b.0).then(a.1.cmp(&b.1)));
    if arms.windows(2).any(|pair| turn_order(at, pair[0].0, pair[1].0).is_eq()) {
        // Arms on one line are an overlap, which has been noted; brackets would say nothing.
        return Vec::new();
    }
    let mut open: Vec<usize> = Vec::new();
    let mut crossing = Vec::new();
    for (_, path) in arms {
        match open.iter().rposition(|other| *other == path) {
            None => open.push(path),
            Some(below) => {
                if let Some(&other) = open[below + 1..].last() {
                    crossing.push((path.min(other), path.max(other)));
                    if crossing.len() > limits::MAX_DEFECTS {
                        break;
                    }
                }
                open.remove(below);
            }
        }
    }
    crossing
}

/// Orders directions from `at` counter-clockwise, from the east.
fn turn_order(at: Position, a: Position, b: Position) -> Ordering {
    let lower_half = |p: Position| p[1] < at[1] || (p[1] <= at[1] && p[0] < at[0]);
    lower_half(a).cmp(&lower_half(b)).then_with(|| 0.0_f64.total_cmp(&(orient(at, a, b) + 0.0)))
}

/// Finds touches that together cut the interior of a part in two.
///
/// Rings and the positions where they touch form a graph; the interior of a part is in one piece
/// just when the graph of its rings has no cycle.
pub(super) fn cut_interiors(rings: &Rings, touches: &[Touch]) -> Vec<Cut> {
    let part_of = |touch: &Touch| rings.rings[touch.ring as usize].part;
    let mut touches = touches.to_vec();
    touches.sort_by_key(|touch| (touch.node, part_of(touch), touch.ring));
    let mut groups = Groups::new(rings.rings.len());
    let mut cuts = Vec::new();
    let same = |a: &Touch, b: &Touch| a.node == b.node && part_of(a) == part_of(b);
    for group in touches.chunk_by(same).filter(|group| group.len() > 1) {
        let node = groups.add();
        for touch in group {
            if !groups.join(node, touch.ring as usize) {
                cuts.push(Cut { ring: touch.ring, at: touch.at });
            }
        }
    }
    cuts
}

/// Sets that can be joined.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn add(&mut self) -> usize {
        self.0.push(self.0.len());
        self.0.len() - 1
    }

    fn find(&mut self, mut member: usize) -> usize {
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    /// Joins the sets of two members; `false` if they are in one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a] = b;
        a != b
    }
}
