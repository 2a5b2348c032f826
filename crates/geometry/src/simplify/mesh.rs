//! The vertices and edges of many polygons, each once.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use crate::distance::metres_per_degree;
use crate::polygon::{HazardPolygon, plain_box_of};
use crate::predicate::{Position, in_box_of, orient};

/// Vertices, and for each its neighbours along edges.
pub(super) struct Mesh {
    numbers: HashMap<[u64; 2], u32>,
    vertices: Vec<Vertex>,
    /// Edges between two vertices that stay, the smaller number first.
    fixed_edges: HashSet<(u32, u32)>,
}

struct Vertex {
    at: Position,
    /// Its two neighbours, as long as it has no more and may go.
    links: [Link; 2],
    state: State,
}

/// An edge to a neighbour, and how far the boundary it stands for is away from it.
#[derive(Clone, Copy)]
struct Link {
    to: u32,
    off_m: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Lies on edges to two neighbours only, and may go.
    Free,
    /// Has to stay: more than two edges meet here, or it is an end of the map.
    Fixed,
    Gone,
}

/// Stands for a neighbour that is not known yet.
const NONE: u32 = u32::MAX;

/// A vertex that may go: how little that changes, in square metres as bits, then its number and the
/// neighbours it had when that was found.
type Turn = Reverse<(u64, u32, [u32; 2])>;

fn key(at: Position) -> [u64; 2] {
    at.map(f64::to_bits)
}

impl Mesh {
    /// Takes polygons, each with whether all its vertices have to stay.
    pub(super) fn new<'a>(polygons: impl Iterator<Item = (&'a HazardPolygon, bool)>) -> Self {
        let mut mesh =
            Self { numbers: HashMap::new(), vertices: Vec::new(), fixed_edges: HashSet::new() };
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for (polygon, as_sent) in polygons {
            for (_, ring) in polygon.rings() {
                let numbers: Vec<u32> = ring.iter().map(|at| mesh.number(*at)).collect();
                for pair in numbers.windows(2) {
                    mesh.link(pair[0], pair[1]);
                    mesh.link(pair[1], pair[0]);
                    edges.push((pair[0].min(pair[1]), pair[0].max(pair[1])));
                }
                if as_sent {
                    for number in numbers {
                        mesh.vertices[number as usize].state = State::Fixed;
                    }
                }
            }
        }
        edges.retain(|&(a, b)| mesh.is_fixed(a) && mesh.is_fixed(b));
        mesh.fixed_edges = edges.into_iter().collect();
        mesh
    }

    fn is_fixed(&self, number: u32) -> bool {
        self.vertices[number as usize].state == State::Fixed
    }

    pub(super) fn keeps(&self, at: Position) -> bool {
        let number = self.numbers.get(&key(at));
        number.is_none_or(|&number| self.vertices[number as usize].state != State::Gone)
    }

    fn number(&mut self, at: Position) -> u32 {
        let fresh = self.vertices.len() as u32;
        let number = *self.numbers.entry(key(at)).or_insert(fresh);
        if number == fresh {
            let at_an_end = at[0].abs() >= 180.0 || at[1].abs() >= 90.0;
            let state = if at_an_end { State::Fixed } else { State::Free };
            let links = [Link { to: NONE, off_m: 0.0 }; 2];
            self.vertices.push(Vertex { at, links, state });
        }
        number
    }

    fn link(&mut self, from: u32, to: u32) {
        let vertex = &mut self.vertices[from as usize];
        if vertex.links.iter().any(|link| link.to == to) {
            return;
        }
        match vertex.links.iter_mut().find(|link| link.to == NONE) {
            Some(link) => link.to = to,
            None => vertex.state = State::Fixed,
        }
    }

    /// Lets vertices go, the least important first, as long as no boundary moves by more than the
    /// tolerance.
    pub(super) fn thin(&mut self, tolerance_m: f64) {
        let points =
            self.vertices.iter().zip(0..).map(|(v, number)| GeomWithData::new(v.at, number));
        let mut standing: RTree<GeomWithData<Position, u32>> = RTree::bulk_load(points.collect());
        let mut turns: BinaryHeap<Turn> =
            (0..self.vertices.len() as u32).filter_map(|number| self.turn(number)).collect();
        while let Some(Reverse((_, number, neighbours))) = turns.pop() {
            let vertex = &self.vertices[number as usize];
            if vertex.state != State::Free || vertex.links.map(|link| link.to) != neighbours {
                continue;
            }
            let off_m = self.off_without(vertex);
            if off_m > tolerance_m || !self.may_go(number, &standing) {
                continue;
            }
            standing.remove(&GeomWithData::new(vertex.at, number));
            self.vertices[number as usize].state = State::Gone;
            let [a, c] = neighbours;
            if self.is_fixed(a) && self.is_fixed(c) {
                self.fixed_edges.insert((a.min(c), a.max(c)));
            }
            for (from, to) in [(a, c), (c, a)] {
                self.relink(from, number, Link { to, off_m });
                turns.extend(self.turn(from));
            }
        }
    }

    fn relink(&mut self, from: u32, gone: u32, link: Link) {
        let links = &mut self.vertices[from as usize].links;
        if let Some(old) = links.iter_mut().find(|old| old.to == gone) {
            *old = link;
        }
    }

    /// Puts a vertex in its turn, if it may go at all.
    fn turn(&self, number: u32) -> Option<Turn> {
        let vertex = &self.vertices[number as usize];
        if vertex.state != State::Free {
            return None;
        }
        let [a, c] = self.neighbours(vertex);
        let [lon_m, lat_m] = metres_at_most(&[a, vertex.at, c]);
        let area_m2 = orient(a, vertex.at, c).abs() * lon_m * lat_m / 2.0;
        // The bits of positive numbers are ordered as the numbers are.
        Some(Reverse((area_m2.to_bits(), number, vertex.links.map(|link| link.to))))
    }

    fn neighbours(&self, vertex: &Vertex) -> [Position; 2] {
        vertex.links.map(|link| self.vertices[link.to as usize].at)
    }

    /// How far the boundary would be from the edge that takes the place of a vertex.
    ///
    /// What the two edges at the vertex stand for is no further from them than noted; with the way
    /// from the vertex to the new edge it is no further from that.
    fn off_without(&self, vertex: &Vertex) -> f64 {
        let [a, c] = self.neighbours(vertex);
        let noted = vertex.links[0].off_m.max(vertex.links[1].off_m);
        noted + off_line_m(vertex.at, a, c)
    }

    /// Tells whether the triangle at a vertex is empty and its third side no edge.
    fn may_go(&self, number: u32, standing: &RTree<GeomWithData<Position, u32>>) -> bool {
        let vertex = &self.vertices[number as usize];
        let [a_number, c_number] = vertex.links.map(|link| link.to);
        if self.are_linked(a_number, c_number) {
            return false;
        }
        let (a, b, c) =
            (self.vertices[a_number as usize].at, vertex.at, self.vertices[c_number as usize].at);
        let [west, south, east, north] = plain_box_of(&[a, b, c]);
        let envelope = AABB::from_corners([west, south], [east, north]);
        let mut near = standing.locate_in_envelope(envelope);
        near.all(|point| {
            [a_number, number, c_number].contains(&point.data)
                || !in_triangle([a, b, c], *point.geom())
        })
    }

    /// Tells whether an edge joins two vertices.
    fn are_linked(&self, a: u32, c: u32) -> bool {
        let linked = |from: u32, to: u32| {
            self.vertices[from as usize].links.iter().any(|link| link.to == to)
        };
        match (self.is_fixed(a), self.is_fixed(c)) {
            (false, _) => linked(a, c),
            (true, false) => linked(c, a),
            (true, true) => self.fixed_edges.contains(&(a.min(c), a.max(c))),
        }
    }
}

/// Tells whether a position is in a triangle or on its edge.
fn in_triangle([a, b, c]: [Position; 3], p: Position) -> bool {
    let sides = [(a, b), (b, c), (c, a)].map(|(from, to)| orient(from, to, p));
    let to_left = sides.iter().any(|side| *side > 0.0);
    let to_right = sides.iter().any(|side| *side < 0.0);
    if to_left || to_right {
        return !(to_left && to_right);
    }
    // A triangle without inside.
    in_box_of(a, b, p) || in_box_of(b, c, p)
}

/// Metres in a degree of longitude and of latitude, nowhere near the positions more.
fn metres_at_most(positions: &[Position]) -> [f64; 2] {
    let [_, south, _, north] = plain_box_of(positions);
    let nearest = 0.0_f64.clamp(south, north);
    let (sin, cos) = nearest.to_radians().sin_cos();
    let [lon_m, _] = metres_per_degree(sin, cos);
    [lon_m, LAT_M]
}

/// Metres in a degree of latitude at the pole, where they are most.
const LAT_M: f64 = 111_694.0;

/// A length in metres that the distance from a position to the edge from `a` to `c` does not exceed.
fn off_line_m(p: Position, a: Position, c: Position) -> f64 {
    let [lon_m, lat_m] = metres_at_most(&[p, a, c]);
    let (dx, dy) = ((c[0] - a[0]) * lon_m, (c[1] - a[1]) * lat_m);
    let (x, y) = ((p[0] - a[0]) * lon_m, (p[1] - a[1]) * lat_m);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((x * dx + y * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - along * dx).hypot(y - along * dy)
}
