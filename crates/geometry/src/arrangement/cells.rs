//! The cells of an arrangement: the cycles of half-edges round each, and which shapes cover it.

use std::collections::BTreeMap;

use super::graph::Graph;
use super::segments::Segments;
use crate::cluster::DisjointSets;
use crate::exact::{compare_directions, cross, ray_crossing};
use crate::grid::{GridBox, GridPoint};

/// Half-edges, cycles and covering sets.
///
/// Half-edge `2e` runs along edge `e`, half-edge `2e + 1` against it; `h ^ 1` is the twin of `h`.
/// The cell of a half-edge is on its left.
#[derive(Debug)]
pub(super) struct Cells {
    /// The half-edge that follows each on the boundary of its cell.
    pub(super) next: Vec<u32>,
    /// The cycle each half-edge belongs to. A cell has one cycle round it (the unbounded one has
    /// none) and one more for each component of the graph inside it.
    pub(super) cycle: Vec<u32>,
    /// For each cycle the set, in `sets`, of the shapes that cover the cell on its left.
    pub(super) set_of_cycle: Vec<u32>,
    /// The distinct sets, as ascending numbers of shapes; the first is empty.
    pub(super) sets: Vec<Vec<u32>>,
    /// For each cycle the winding numbers, in `windings`, round the cell on its left.
    label_of_cycle: Vec<u32>,
    /// The distinct winding numbers.
    windings: Vec<Windings>,
    /// Twice the area swept by each edge as seen from the first node.
    swept: Vec<i128>,
}

/// Winding numbers round a cell: by ascending shape, those that are not zero.
pub(crate) type Windings = Vec<(u32, i32)>;

impl Cells {
    pub(super) fn new(segments: &Segments, graph: &Graph) -> Self {
        let next = successors(segments, graph);
        let swept = swept_areas(segments, graph);
        let (cycle, firsts) = cycles(&next);
        let mut cells = Self {
            next,
            cycle,
            set_of_cycle: Vec::new(),
            sets: vec![Vec::new()],
            label_of_cycle: Vec::new(),
            windings: Vec::new(),
            swept,
        };
        let areas: Vec<i128> = firsts
            .iter()
            .map(|&first| cells.walk(first).map(|h| cells.swept_by(h)).sum())
            .collect();
        let mut components = graph.components();
        // Of the cycles of a component the outer one alone has a negative area, or none if the
        // component encloses nothing.
        let mut outer: BTreeMap<u32, (i128, u32)> = BTreeMap::new();
        for (&first, &area) in firsts.iter().zip(&areas) {
            let component = components.root(graph.edges[first as usize / 2].from);
            let entry = outer.entry(component).or_insert((area, first));
            *entry = (*entry).min((area, first));
        }
        let mut locator = Locator::new(segments, graph, &mut components, outer.len());
        let mut labels = Labels::default();
        let mut label_of_cycle = vec![NO_LABEL; firsts.len()];
        for (&component, &(_, first)) in &outer {
            let outside = locator.windings(graph.nodes[component as usize], component);
            label_of_cycle[cells.cycle[first as usize] as usize] = labels.intern(outside);
            cells.spread(graph, first, &mut labels, &mut label_of_cycle);
        }
        cells.name_sets(&labels, &label_of_cycle);
        cells.label_of_cycle = label_of_cycle;
        cells.windings = labels.all;
        cells
    }

    /// Walks the half-edges of a cycle, from one of them.
    pub(super) fn walk(&self, first: u32) -> impl Iterator<Item = u32> {
        let following = move |&h: &u32| Some(self.next[h as usize]).filter(|&next| next != first);
        std::iter::successors(Some(first), following)
    }

    /// Twice the area swept by a half-edge as seen from the first node; over a closed walk, twice
    /// the area to its left.
    pub(super) fn swept_by(&self, half_edge: u32) -> i128 {
        let swept = self.swept[half_edge as usize / 2];
        if half_edge & 1 == 0 { swept } else { -swept }
    }

    /// Gives the set of shapes that covers what is left of a half-edge.
    pub(super) fn set_left_of(&self, half_edge: u32) -> u32 {
        self.set_of_cycle[self.cycle[half_edge as usize] as usize]
    }

    /// Gives the winding numbers round what is left of a half-edge.
    pub(super) fn windings_left_of(&self, half_edge: u32) -> &Windings {
        let cycle = self.cycle[half_edge as usize];
        &self.windings[self.label_of_cycle[cycle as usize] as usize]
    }

    /// Says for each cycle whether it goes round a cell that nothing covers, but that lies between
    /// land wound round one way and land wound round the other way.
    pub(super) fn lies_between_turns(&self) -> Vec<bool> {
        let cycles = self.set_of_cycle.len();
        let (mut area, mut left, mut right) =
            (vec![0; cycles], vec![false; cycles], vec![false; cycles]);
        for h in 0..self.next.len() as u32 {
            let cycle = self.cycle[h as usize] as usize;
            area[cycle] += self.swept_by(h);
            left[cycle] |= self.windings_left_of(h ^ 1).iter().any(|w| w.1 > 0);
            right[cycle] |= self.windings_left_of(h ^ 1).iter().any(|w| w.1 < 0);
        }
        let between = |i: usize| area[i] > 0 && self.set_of_cycle[i] == 0 && left[i] && right[i];
        (0..cycles).map(between).collect()
    }

    /// Finds the winding numbers of all cycles of a component from those of the one that `first`
    /// is on, by stepping over edges.
    fn spread(&self, graph: &Graph, first: u32, labels: &mut Labels, label_of_cycle: &mut [u32]) {
        let mut open = vec![first];
        while let Some(first) = open.pop() {
            let here = label_of_cycle[self.cycle[first as usize] as usize];
            for h in self.walk(first) {
                let beyond = &mut label_of_cycle[self.cycle[h as usize ^ 1] as usize];
                if *beyond == NO_LABEL {
                    let sign = if h & 1 == 0 { -1 } else { 1 };
                    *beyond = labels.step(here, graph.turns(h as usize / 2), sign);
                    open.push(h ^ 1);
                }
            }
        }
    }

    fn name_sets(&mut self, labels: &Labels, label_of_cycle: &[u32]) {
        let mut numbers = BTreeMap::from([(Vec::new(), 0)]);
        let mut set_of_label = Vec::with_capacity(labels.all.len());
        for windings in &labels.all {
            let set: Vec<u32> = windings.iter().map(|w| w.0).collect();
            let fresh = self.sets.len() as u32;
            let number = *numbers.entry(set.clone()).or_insert(fresh);
            if number == fresh {
                self.sets.push(set);
            }
            set_of_label.push(number);
        }
        self.set_of_cycle = label_of_cycle.iter().map(|&l| set_of_label[l as usize]).collect();
    }
}

/// Finds for each half-edge the one that follows it round the cell on its left: of those leaving the
/// node it reaches, the first clockwise from its twin.
fn successors(segments: &Segments, graph: &Graph) -> Vec<u32> {
    let count = 2 * graph.edges.len();
    let mut starts = vec![0_u32; graph.nodes.len() + 1];
    for edge in &graph.edges {
        starts[edge.from as usize + 1] += 1;
        starts[edge.to as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut ends = starts.clone();
    let mut leaving = vec![((0, 0), 0_u32); count];
    for (e, edge) in graph.edges.iter().enumerate() {
        let (from, to) = (graph.nodes[edge.from as usize], graph.nodes[edge.to as usize]);
        let [run, rest] = graph.inner(e, segments);
        let second = run.first().copied().unwrap_or(to);
        let last_but_one = rest.last().or(run.last()).copied().unwrap_or(from);
        let leave = [(edge.from, from, second, 0), (edge.to, to, last_but_one, 1)];
        for (node, at, towards, back) in leave {
            let place = &mut ends[node as usize];
            leaving[*place as usize] = ((towards.x - at.x, towards.y - at.y), 2 * e as u32 + back);
            *place += 1;
        }
    }
    let mut next = vec![0; count];
    for bounds in starts.windows(2) {
        let here = &mut leaving[bounds[0] as usize..bounds[1] as usize];
        here.sort_unstable_by(|a, b| compare_directions(a.0, b.0));
        let mut clockwise = here.last().map_or(0, |l| l.1);
        for &(_, h) in &*here {
            next[h as usize ^ 1] = clockwise;
            clockwise = h;
        }
    }
    next
}

fn swept_areas(segments: &Segments, graph: &Graph) -> Vec<i128> {
    let Some(&origin) = graph.nodes.first() else { return Vec::new() };
    let swept = |(e, edge): (usize, &super::graph::Edge)| {
        let mut last = graph.nodes[edge.from as usize];
        let mut sum = 0;
        let [run, rest] = graph.inner(e, segments);
        for &p in run.iter().chain(rest).chain([&graph.nodes[edge.to as usize]]) {
            sum += cross(origin, last, p);
            last = p;
        }
        sum
    };
    graph.edges.iter().enumerate().map(swept).collect()
}

/// Numbers the cycles; gives the cycle of each half-edge and one half-edge of each cycle.
fn cycles(next: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut cycle = vec![u32::MAX; next.len()];
    let mut firsts = Vec::new();
    for first in 0..next.len() {
        let mut h = first;
        if cycle[h] == u32::MAX {
            while cycle[h] == u32::MAX {
                cycle[h] = firsts.len() as u32;
                h = next[h] as usize;
            }
            firsts.push(first as u32);
        }
    }
    (cycle, firsts)
}

const NO_LABEL: u32 = u32::MAX;

/// The distinct winding numbers met so far.
#[derive(Default)]
struct Labels {
    all: Vec<Windings>,
    numbers: BTreeMap<Windings, u32>,
}

impl Labels {
    fn intern(&mut self, windings: Windings) -> u32 {
        if let Some(&number) = self.numbers.get(&windings) {
            return number;
        }
        let number = self.all.len() as u32;
        self.all.push(windings.clone());
        self.numbers.insert(windings, number);
        number
    }

    /// Adds `sign` times the turns of an edge to the windings of a label.
    fn step(&mut self, label: u32, turns: &[(u32, i32)], sign: i32) -> u32 {
        if turns.is_empty() {
            return label;
        }
        let mut windings = self.all[label as usize].clone();
        for &(source, turn) in turns {
            match windings.binary_search_by_key(&source, |w| w.0) {
                Ok(i) => {
                    windings[i].1 += sign * turn;
                    if windings[i].1 == 0 {
                        windings.remove(i);
                    }
                }
                Err(i) => windings.insert(i, (source, sign * turn)),
            }
        }
        self.intern(windings)
    }
}

/// Says where a component lies: how the rings of all others wind round it.
///
/// Components do not touch, so one node tells for the whole component; and because snapping takes
/// no edge over a hot pixel, the rings may be taken as they came.
struct Locator<'a> {
    segments: &'a Segments,
    /// Empty if there is but one component.
    rings: Vec<(GridBox, u32)>,
}

impl<'a> Locator<'a> {
    fn new(
        segments: &'a Segments,
        graph: &Graph,
        components: &mut DisjointSets,
        component_count: usize,
    ) -> Self {
        let mut rings = Vec::new();
        if component_count > 1 {
            for (ring, &node) in segments.rings.iter().zip(&graph.node_of_ring) {
                let points = &segments.points[ring.start as usize..ring.end as usize];
                let bounds = GridBox::around(points.iter().copied());
                rings.extend(bounds.map(|b| (b, components.root(node))));
            }
        }
        Self { segments, rings }
    }

    fn windings(&mut self, at: GridPoint, component: u32) -> Windings {
        let mut windings: BTreeMap<u32, i32> = BTreeMap::new();
        if self.rings.is_empty() {
            return Windings::new();
        }
        for (chunk, bounds) in self.segments.chunks_at(at.y) {
            let (ring_bounds, of) = self.rings[chunk.ring as usize];
            if of == component || bounds.min.x >= at.x || !ring_bounds.contains(at) {
                continue;
            }
            let points = &self.segments.points[chunk.start as usize..=chunk.end as usize];
            let turn = if bounds.max.x < at.x {
                // Wholly to the west: all that counts is where the chunk begins and ends.
                let above = |p: Option<&GridPoint>| i32::from(p.is_some_and(|p| p.y > at.y));
                above(points.first()) - above(points.last())
            } else {
                let edges = points.windows(2).map(|w| (w[0], w[1]));
                edges.map(|(a, b)| ray_crossing(a, b, at, cross(a, b, at))).sum()
            };
            *windings.entry(self.segments.rings[chunk.ring as usize].source).or_default() += turn;
        }
        windings.into_iter().filter(|w| w.1 != 0).collect()
    }
}
