//! The list of defects, and the sentences in it.

use super::contact::{Fault, FaultKind, Place};
use super::nesting::Misplaced;
use super::node::{Cut, Judged};
use super::ring::lower_first;
use super::{Frame, Ring, Rings};
use crate::defect::{Defect, Rule};
use crate::limits;
use crate::lon_lat::{self, Place as Shown};
use crate::predicate::{Position, compare};

/// Collects defects up to the limit.
pub(super) struct Catalogue<'a> {
    frame: Frame,
    sent: &'a [Vec<Vec<Position>>],
    defects: Vec<Defect>,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(frame: Frame, sent: &'a [Vec<Vec<Position>>]) -> Self {
        Self { frame, sent, defects: Vec::new() }
    }

    pub(super) fn frame(&self) -> Frame {
        self.frame
    }

    /// A position for a sentence.
    pub(super) fn shown(&self, at: Position) -> Shown {
        Shown(self.frame.as_sent(at))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.defects.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.defects.len() >= limits::MAX_DEFECTS
    }

    pub(super) fn add(&mut self, defect: Defect) {
        if !self.is_full() {
            let at = defect.at.map(|at| self.frame.as_sent(at));
            self.defects.push(Defect { at, ..defect });
        }
    }

    /// Adds a defect at a vertex of a ring that has been taken.
    pub(super) fn add_at(
        &mut self,
        ring: &Ring,
        rule: Rule,
        fault: String,
        vertex: u32,
        at: Position,
    ) {
        let defect = Defect::new(rule, fault).in_ring(ring.part as usize, ring.index as usize);
        self.add(defect.at_vertex(self.vertex_as_sent(ring, vertex)).at(at));
    }

    /// The name of a ring at the beginning of a sentence.
    pub(super) fn name_of(&self, part: usize, index: usize) -> String {
        ring_name(self.sent.len(), part, index)
    }

    fn name(&self, ring: &Ring) -> String {
        self.name_of(ring.part as usize, ring.index as usize)
    }

    /// The number of a vertex in the ring as it was sent, where it may have been repeated.
    fn vertex_as_sent(&self, ring: &Ring, vertex: u32) -> usize {
        let kept = (vertex - ring.start) as usize;
        if !ring.renumbered {
            return kept;
        }
        let sent = &self.sent[ring.part as usize][ring.index as usize];
        let starts_run = |i: &usize| {
            *i == 0 || lon_lat::normalised(sent[*i]) != lon_lat::normalised(sent[*i - 1])
        };
        (0..sent.len()).filter(starts_run).nth(kept).unwrap_or(kept)
    }

    /// Adds what is wrong where rings meet themselves and one another.
    pub(super) fn add_faults(&mut self, rings: &Rings, judged: &Judged) {
        let mut same = Vec::new();
        for fault in &judged.faults {
            if self.is_full() {
                return;
            }
            let pair = (fault.a.ring, fault.b.ring);
            if same.contains(&pair) {
                continue;
            }
            if fault.kind == FaultKind::Overlap && are_same_ring(rings, pair) {
                same.push(pair);
                self.add_duplicate(rings, pair);
            } else {
                self.add_fault(rings, fault);
            }
        }
    }

    fn add_duplicate(&mut self, rings: &Rings, (a, b): (u32, u32)) {
        let (a, b) = (&rings.rings[a as usize], &rings.rings[b as usize]);
        let fault = format!("{} is the same ring as {}", self.name(b), lower_first(&self.name(a)));
        self.add_at(b, Rule::DuplicateRing, fault, b.start, rings.position(b.start));
    }

    fn add_fault(&mut self, rings: &Rings, fault: &Fault) {
        let (a, b) = (&rings.rings[fault.a.ring as usize], &rings.rings[fault.b.ring as usize]);
        let (name, place) = (self.name(a), self.shown(fault.at));
        let rule = rule_of(fault.kind, a, b);
        let sentence = if fault.a.ring == fault.b.ring {
            let first = self.describe(a, fault.a.place);
            let second = self.describe(b, fault.b.place);
            match fault.kind {
                FaultKind::Cross => {
                    format!("{name} crosses itself at {place}, where {first} meets {second}")
                }
                FaultKind::Overlap => {
                    format!("{name} runs along itself at {place}, where {first} lies on {second}")
                }
                FaultKind::Touch => {
                    format!("{name} touches itself at {place}, where {first} meets {second}")
                }
            }
        } else {
            let other = lower_first(&self.name(b));
            match fault.kind {
                FaultKind::Cross => format!("{name} and {other} cross at {place}"),
                FaultKind::Overlap => format!("{name} and {other} share an edge at {place}"),
                FaultKind::Touch => format!("{name} and {other} touch at {place}"),
            }
        };
        // A hole is the odd one out wherever it meets its shell.
        let (blamed, at) = if a.is_shell() && !b.is_shell() { (b, fault.b) } else { (a, fault.a) };
        self.add_at(blamed, rule, sentence, at.place.vertex(), fault.at);
    }

    fn describe(&self, ring: &Ring, place: Place) -> String {
        let number = self.vertex_as_sent(ring, place.vertex()) + 1;
        match place {
            Place::Vertex(_) => format!("turning point {number}"),
            Place::Edge(_) => format!("the edge after turning point {number}"),
        }
    }

    /// Adds rings that lie where they must not.
    pub(super) fn add_misplaced(&mut self, rings: &Rings, misplaced: &[Misplaced]) {
        for misplaced in misplaced {
            let (rule, ring, sentence) = match *misplaced {
                Misplaced::HoleOutside { hole } => {
                    let ring = &rings.rings[hole as usize];
                    let name = self.name(ring);
                    (Rule::HoleOutside, ring, format!("{name} lies outside its shell"))
                }
                Misplaced::HoleNested { hole, inside } => {
                    let (ring, outer) =
                        (&rings.rings[hole as usize], &rings.rings[inside as usize]);
                    let outer = lower_first(&self.name(outer));
                    let name = self.name(ring);
                    (Rule::HoleNested, ring, format!("{name} lies inside {outer}"))
                }
                Misplaced::PartInside { shell, inside } => {
                    let (ring, outer) =
                        (&rings.rings[shell as usize], &rings.rings[inside as usize]);
                    let sentence =
                        format!("Part {} lies inside part {}", ring.part + 1, outer.part + 1);
                    (Rule::PartsOverlap, ring, sentence)
                }
            };
            self.add_at(ring, rule, sentence, ring.start, rings.position(ring.start));
        }
    }

    /// Adds places where touching rings cut a part in two.
    pub(super) fn add_disconnected(&mut self, rings: &Rings, cuts: &[Cut]) {
        for cut in cuts {
            let ring = &rings.rings[cut.ring as usize];
            let part = match self.sent.len() {
                1 => "the area".to_owned(),
                _ => format!("part {}", ring.part + 1),
            };
            let place = self.shown(cut.at);
            let sentence = format!("Touching rings cut {part} in two; one touch is at {place}");
            let defect = Defect::new(Rule::InteriorDisconnected, sentence);
            self.add(defect.in_ring(ring.part as usize, ring.index as usize).at(cut.at));
        }
    }

    /// Gives the rings if nothing was wrong with them.
    pub(super) fn finish(mut self, rings: Rings) -> Result<Rings, Vec<Defect>> {
        if self.defects.is_empty() {
            return Ok(rings);
        }
        self.defects.sort_by_key(|defect| (defect.part, defect.ring, defect.vertex, defect.rule));
        Err(self.defects)
    }
}

/// The name of a ring at the beginning of a sentence.
pub(crate) fn ring_name(parts: usize, part: usize, index: usize) -> String {
    match (parts, index) {
        (1, 0) => "The boundary".to_owned(),
        (1, hole) => format!("Hole {hole}"),
        (_, 0) => format!("The boundary of part {}", part + 1),
        (_, hole) => format!("Hole {hole} of part {}", part + 1),
    }
}

fn rule_of(kind: FaultKind, a: &Ring, b: &Ring) -> Rule {
    let same_ring = a.start == b.start;
    match kind {
        FaultKind::Cross if same_ring => Rule::SelfCrossing,
        _ if same_ring => Rule::SelfTouch,
        _ if a.part != b.part => Rule::PartsOverlap,
        FaultKind::Cross if a.is_shell() || b.is_shell() => Rule::HoleOutside,
        _ => Rule::HoleOverlaps,
    }
}

/// Tells whether two rings have the same vertices in the same order, forwards or backwards.
fn are_same_ring(rings: &Rings, (a, b): (u32, u32)) -> bool {
    let open = |ring: u32| {
        let ring = rings.ring(ring as usize);
        &ring[..ring.len() - 1]
    };
    let (a, b) = (open(a), open(b));
    let first =
        |ring: &[Position]| (0..ring.len()).min_by(|&i, &j| compare(ring[i], ring[j])).unwrap_or(0);
    let length = a.len();
    if length != b.len() || std::ptr::eq(a, b) {
        return false;
    }
    let (i, j) = (first(a), first(b));
    (0..length).all(|k| a[(i + k) % length] == b[(j + k) % length])
        || (0..length).all(|k| a[(i + k) % length] == b[(j + length - k) % length])
}
