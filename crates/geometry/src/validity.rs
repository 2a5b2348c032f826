//! Whether the rings of a polygon bound an area, and if not, every reason why.
//!
//! Verdicts are those of OGC Simple Features; all tests on coordinates are exact. The work is
//! `O(n log n)` for any input: a list of neighbouring edges is tried first, because it is several
//! times faster on boundaries people draw, and given up for a plane sweep when it grows too long.
//!
//! # Source
//! OGC 06-103r4, clauses 6.1.11.1 and 6.1.14.

mod catalogue;
mod contact;
mod nesting;
mod node;
mod ring;
mod size;
mod sweep;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::bbox::PlainBox;
use crate::defect::{Defect, Rule};
use crate::limits;
use crate::polygon::plain_box_of;
use crate::predicate::Position;

use self::catalogue::Catalogue;

pub(crate) use self::catalogue::ring_name;
pub(crate) use self::ring::{is_spike, lower_first};

/// Rings that may be compared: closed, finite, in range, with an area; no vertex twice in a row.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    /// All rings, one after the other, closed.
    pub(crate) positions: Vec<Position>,
    pub(crate) rings: Vec<Ring>,
}

/// One ring of [`Rings`].
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    /// Where it starts in the positions.
    pub(crate) start: u32,
    /// Where it ends, its closing position included.
    pub(crate) end: u32,
    /// The part it was sent in.
    part: u32,
    /// Its place in the part as sent; 0 is the shell.
    index: u32,
    counter_clockwise: bool,
    /// Whether vertices were dropped, so that its numbers differ from those sent.
    renumbered: bool,
    /// Whether it has a spike, which has been reported.
    spiky: bool,
    bbox: PlainBox,
}

impl Ring {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn is_shell(&self) -> bool {
        self.index == 0
    }

    pub(crate) fn is_counter_clockwise(&self) -> bool {
        self.counter_clockwise
    }

    /// The vertex after this one, the closing position being the first.
    fn next(&self, vertex: u32) -> u32 {
        if vertex + 2 >= self.end { self.start } else { vertex + 1 }
    }

    /// The vertex before this one.
    fn previous(&self, vertex: u32) -> u32 {
        if vertex == self.start { self.end - 2 } else { vertex - 1 }
    }
}

impl Rings {
    pub(crate) fn ring(&self, ring: usize) -> &[Position] {
        &self.positions[self.rings[ring].range()]
    }

    fn position(&self, vertex: u32) -> Position {
        self.positions[vertex as usize]
    }

    /// The two ends of the edge that starts at this vertex.
    fn edge(&self, edge: u32) -> [Position; 2] {
        [self.positions[edge as usize], self.positions[edge as usize + 1]]
    }
}

/// Checks the parts of a polygon, each its rings, the shell first.
///
/// # Errors
/// All defects found, at most [`limits::MAX_DEFECTS`].
pub(crate) fn check(parts: &[Vec<Vec<Position>>]) -> Result<Rings, Vec<Defect>> {
    let rings = check_topology(parts)?;
    size::check(&rings)?;
    Ok(rings)
}

/// Checks the parts of a polygon by every rule but the limits on its size on the ground.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_topology(parts: &[Vec<Vec<Position>>]) -> Result<Rings, Vec<Defect>> {
    check_in(Frame::DEGREES, parts)
}

/// What the numbers of a position stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// What they are multiplied by in the defects.
    pub(crate) unit: f64,
    /// Whether parts and rings without positions, and none at all, are valid.
    pub(crate) may_be_empty: bool,
}

impl Frame {
    /// Degrees as they were sent; an empty area is no area.
    pub(crate) const DEGREES: Self = Self { unit: 1.0, may_be_empty: false };

    fn as_sent(self, position: Position) -> Position {
        position.map(|number| number * self.unit)
    }
}

/// Checks the parts of a polygon by the rules of the plane; every coordinate keeps within ±90.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_in(frame: Frame, parts: &[Vec<Vec<Position>>]) -> Result<Rings, Vec<Defect>> {
    if let Some(defect) = over_limits(frame, parts) {
        return Err(vec![defect]);
    }
    let mut catalogue = Catalogue::new(frame, parts);
    let rings = take_rings(parts, &mut catalogue);
    let contacts = contact::find(&rings);
    let judged = node::judge(&rings, contacts);
    catalogue.add_faults(&rings, &judged);
    if rings.rings.len() > 1 {
        let misplaced = nesting::check(&rings, &judged);
        catalogue.add_misplaced(&rings, &misplaced);
        if catalogue.is_empty() {
            catalogue.add_disconnected(&rings, &node::cut_interiors(&rings, &judged.touches));
        }
    }
    catalogue.finish(rings)
}

/// The limits that are checked before any work is done.
fn over_limits(frame: Frame, parts: &[Vec<Vec<Position>>]) -> Option<Defect> {
    let vertices: usize = parts.iter().flatten().map(Vec::len).sum();
    let rings: usize = parts.iter().map(Vec::len).sum();
    if vertices > limits::MAX_VERTICES {
        let limit = limits::MAX_VERTICES;
        let fault = format_args!("The geometry has {vertices} vertices, more than {limit}");
        return Some(Defect::new(Rule::TooManyVertices, fault));
    }
    if parts.len() > limits::MAX_PARTS {
        let (parts, limit) = (parts.len(), limits::MAX_PARTS);
        let fault = format_args!("The geometry has {parts} parts, more than {limit}");
        return Some(Defect::new(Rule::TooManyParts, fault));
    }
    if rings > limits::MAX_RINGS {
        let limit = limits::MAX_RINGS;
        let fault = format_args!("The geometry has {rings} rings, more than {limit}");
        return Some(Defect::new(Rule::TooManyParts, fault));
    }
    if vertices == 0 && !frame.may_be_empty {
        return Some(Defect::new(Rule::Empty, "The geometry has no positions"));
    }
    None
}

/// Checks each ring for itself and keeps those that can be compared with others.
fn take_rings(parts: &[Vec<Vec<Position>>], catalogue: &mut Catalogue<'_>) -> Rings {
    let vertices = parts.iter().flatten().map(Vec::len).sum();
    let mut rings = Rings { positions: Vec::with_capacity(vertices), rings: Vec::new() };
    rings.rings.reserve_exact(parts.iter().map(Vec::len).sum());
    for (part, sent) in parts.iter().enumerate() {
        let may_be_empty = catalogue.frame().may_be_empty;
        if sent.iter().all(Vec::is_empty) && may_be_empty {
            continue;
        }
        if sent.is_empty() {
            let fault = format_args!("Part {} has no rings", part + 1);
            let defect = Defect::new(Rule::Empty, fault);
            catalogue.add(Defect { part: Some(part), ..defect });
        }
        for (index, positions) in sent.iter().enumerate() {
            if index > 0 && positions.is_empty() && may_be_empty {
                continue;
            }
            ring::take(&mut rings, part, index, positions, catalogue);
        }
    }
    rings
}

/// Makes a ring of the positions from `start` on.
fn ring_from(positions: &[Position], start: usize, part: usize, index: usize) -> Ring {
    Ring {
        start: start as u32,
        end: positions.len() as u32,
        part: part as u32,
        index: index as u32,
        counter_clockwise: true,
        renumbered: false,
        spiky: false,
        bbox: plain_box_of(&positions[start..]),
    }
}
