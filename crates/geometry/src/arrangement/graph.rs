//! The graph of an arrangement: nodes where something meets, and between them edges, each a chain of
//! vertices that nothing else touches.

use super::contacts::Contacts;
use super::segments::{Ring, Segments};
use crate::cluster::DisjointSets;
use crate::grid::GridPoint;

/// Nodes and edges.
#[derive(Debug)]
pub(super) struct Graph {
    /// Ascending; so the numbers of nodes do not depend on the order of the shapes.
    pub(super) nodes: Vec<GridPoint>,
    pub(super) edges: Vec<Edge>,
    /// How the winding numbers left of an edge differ from those right of it: by shape.
    turns: Vec<(u32, i32)>,
    /// For each ring a node on it.
    pub(super) node_of_ring: Vec<u32>,
}

/// An edge from node to node; straight, or a chain of inner points of one ring.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    /// First inner point; the others follow it round its ring.
    inner: u32,
    inner_count: u32,
    ring: u32,
    /// Its entries in `turns`.
    turns: (u32, u32),
}

/// A straight piece of one ring from node to node, with the smaller node first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    from: u32,
    to: u32,
    source: u32,
    /// 1 if the ring runs this way, −1 if it runs the other way.
    turn: i32,
}

impl Graph {
    pub(super) fn new(segments: &Segments, contacts: &Contacts) -> Self {
        let places = Places::new(segments, contacts);
        let mut graph = Self {
            nodes: Vec::new(),
            edges: Vec::new(),
            turns: Vec::new(),
            node_of_ring: Vec::with_capacity(segments.rings.len()),
        };
        let mut pieces = Vec::new();
        for (ring, number) in segments.rings.iter().zip(0..) {
            graph.walk(ring, number, &places, &contacts.hits, &mut pieces);
        }
        graph.nodes = places.nodes;
        graph.merge(pieces);
        graph
    }

    /// Cuts a ring at its nodes.
    fn walk(
        &mut self,
        ring: &Ring,
        number: u32,
        places: &Places,
        hits: &[(u32, GridPoint)],
        pieces: &mut Vec<Piece>,
    ) {
        let (start, end) = (ring.start as usize, ring.end as usize);
        let node_at = |i: usize| places.of_point[i];
        let mut straight = |from: u32, to: u32| {
            let source = ring.source;
            pieces.push(if from < to {
                Piece { from, to, source, turn: 1 }
            } else {
                Piece { from: to, to: from, source, turn: -1 }
            });
        };
        let first = (start..end).find(|&i| node_at(i) != NO_NODE).unwrap_or(start);
        let mut from = node_at(first);
        self.node_of_ring.push(from);
        let (mut inner, mut inner_count) = (0, 0);
        for i in (first..end).chain(start..first) {
            // Both ends of an edge with hits are nodes.
            if !hits.is_empty() && node_at(i) != NO_NODE {
                let first_hit = hits.partition_point(|h| h.0 < i as u32);
                let own = hits[first_hit..].iter().take_while(|h| h.0 == i as u32);
                for node in places.of_hit[first_hit..].iter().zip(own).map(|(node, _)| *node) {
                    straight(from, node);
                    from = node;
                }
            }
            let to = node_at(i + 1);
            if to == NO_NODE {
                if inner_count == 0 {
                    inner = if i + 1 == end { ring.start } else { i as u32 + 1 };
                }
                inner_count += 1;
                continue;
            }
            if inner_count == 0 {
                straight(from, to);
            } else {
                let turns = self.turns.len() as u32;
                self.turns.push((ring.source, 1));
                let turns = (turns, turns + 1);
                self.edges.push(Edge { from, to, inner, inner_count, ring: number, turns });
            }
            (from, inner_count) = (to, 0);
        }
    }

    /// Makes one edge of all straight pieces between the same two nodes.
    fn merge(&mut self, mut pieces: Vec<Piece>) {
        pieces.sort_unstable();
        for same in pieces.chunk_by(|p, q| (p.from, p.to) == (q.from, q.to)) {
            let start = self.turns.len() as u32;
            for of_source in same.chunk_by(|p, q| p.source == q.source) {
                let turn = of_source.iter().map(|p| p.turn).sum();
                if turn != 0 {
                    self.turns.push((of_source[0].source, turn));
                }
            }
            // An edge that turns nothing (a ring ran to and fro on it) stays: it may be all that
            // holds two parts of a ring together, and so tells where each lies.
            let turns = (start, self.turns.len() as u32);
            let Piece { from, to, .. } = same[0];
            self.edges.push(Edge { from, to, inner: 0, inner_count: 0, ring: 0, turns });
        }
    }

    /// Gives the changes of winding from the right of an edge to its left, by ascending shape.
    pub(super) fn turns(&self, edge: usize) -> &[(u32, i32)] {
        let (start, end) = self.edges[edge].turns;
        &self.turns[start as usize..end as usize]
    }

    /// Gives the points between an edge's ends, in two runs.
    pub(super) fn inner<'a>(&self, edge: usize, segments: &'a Segments) -> [&'a [GridPoint]; 2] {
        let Edge { inner, inner_count, ring, .. } = self.edges[edge];
        if inner_count == 0 {
            return [&[], &[]];
        }
        let ring = &segments.rings[ring as usize];
        let before_end = (ring.end - inner).min(inner_count) as usize;
        let (inner, start, count) = (inner as usize, ring.start as usize, inner_count as usize);
        [
            &segments.points[inner..inner + before_end],
            &segments.points[start..start + count - before_end],
        ]
    }

    /// Gives for each node the smallest node that edges join it to.
    pub(super) fn components(&self) -> DisjointSets {
        let mut sets = DisjointSets::new(self.nodes.len());
        for edge in &self.edges {
            sets.join(edge.from, edge.to);
        }
        sets
    }
}

/// Stands for the node of a point that is none.
const NO_NODE: u32 = u32::MAX;

/// The nodes, and which points and hits they are.
struct Places {
    nodes: Vec<GridPoint>,
    of_point: Vec<u32>,
    of_hit: Vec<u32>,
}

impl Places {
    fn new(segments: &Segments, contacts: &Contacts) -> Self {
        let points = &segments.points;
        let mut all: Vec<(GridPoint, u32)> = Vec::new();
        for ring in &segments.rings {
            let inside = ring.start as usize..ring.end as usize;
            let before = all.len();
            all.extend(inside.clone().filter(|&i| contacts.node[i]).map(|i| (points[i], i as u32)));
            if all.len() == before {
                // A ring that nothing touches begins at its smallest point.
                all.extend(inside.map(|i| (points[i], i as u32)).min());
            }
        }
        let hit = points.len() as u32;
        all.extend(contacts.hits.iter().zip(hit..).map(|(h, i)| (h.1, i)));
        all.sort_unstable();
        let mut of_place = vec![NO_NODE; points.len() + contacts.hits.len()];
        let mut nodes: Vec<GridPoint> = Vec::new();
        for (at, place) in all {
            if nodes.last() != Some(&at) {
                nodes.push(at);
            }
            of_place[place as usize] = nodes.len() as u32 - 1;
        }
        for ring in &segments.rings {
            of_place[ring.end as usize] = of_place[ring.start as usize];
        }
        let of_hit = of_place.split_off(points.len());
        Self { nodes, of_point: of_place, of_hit }
    }
}
