//! What is checked of a ring by itself.
#![expect(clippy::float_cmp, reason = "coordinates are compared for being the same number")]

use super::catalogue::Catalogue;
use super::{Ring, Rings, ring_from};
use crate::defect::{Defect, Rule};
use crate::lon_lat::{self, Place};
use crate::predicate::{Position, compare, orient};

/// Checks one ring as sent and, if its positions can be used, adds it to `rings`.
pub(super) fn take(
    rings: &mut Rings,
    part: usize,
    index: usize,
    sent: &[Position],
    catalogue: &mut Catalogue<'_>,
) {
    let start = rings.positions.len();
    let refuse = |rings: &mut Rings, catalogue: &mut Catalogue<'_>, defect: Defect| {
        rings.positions.truncate(start);
        catalogue.add(defect.in_ring(part, index));
    };
    if !check_positions(part, index, sent, catalogue) {
        return;
    }
    let name = catalogue.name_of(part, index);
    if let (Some(&first), Some(&last)) = (sent.first(), sent.last())
        && lon_lat::normalised(first) != lon_lat::normalised(last)
    {
        let (from, to) = (catalogue.shown(first), catalogue.shown(last));
        let fault = format!("{name} is not closed: it starts at {from} and ends at {to}");
        let defect = Defect::new(Rule::Unclosed, fault).at(last).at_vertex(sent.len() - 1);
        refuse(rings, catalogue, defect);
        return;
    }
    for &position in sent {
        let position = lon_lat::normalised(position);
        if rings.positions.len() == start || rings.positions.last() != Some(&position) {
            rings.positions.push(position);
        }
    }
    let taken = &rings.positions[start..];
    if taken.len() < 4 {
        let different = taken.len().saturating_sub(1).max(usize::from(!taken.is_empty()));
        let fault = format!("{name} has {different} different turning points");
        let defect = Defect::new(Rule::TooFewPoints, fault);
        let defect = if let Some(&first) = taken.first() { defect.at(first) } else { defect };
        refuse(rings, catalogue, defect);
        return;
    }
    let mut ring = ring_from(&rings.positions, start, part, index);
    ring.renumbered = taken.len() != sent.len();
    if is_flat(taken) {
        let fault = format!("All turning points of {} lie on one line", lower_first(&name));
        refuse(rings, catalogue, Defect::new(Rule::ZeroArea, fault).at(taken[0]));
        return;
    }
    check_turns(&mut ring, taken, catalogue);
    rings.rings.push(ring);
}

/// The name of a ring in the middle of a sentence.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Refuses positions that are none, and edges around half of the globe.
fn check_positions(
    part: usize,
    index: usize,
    sent: &[Position],
    catalogue: &mut Catalogue<'_>,
) -> bool {
    let usable = sent.iter().all(|position| lon_lat::is_usable(*position));
    if !usable {
        for (vertex, &position) in sent.iter().enumerate() {
            let shown = catalogue.frame().as_sent(position);
            if !lon_lat::is_usable(position)
                && let Some((rule, fault)) = lon_lat::fault_of(shown)
            {
                let defect = Defect::new(rule, fault).in_ring(part, index);
                catalogue.add(defect.at_vertex(vertex).at(position));
            }
            if catalogue.is_full() {
                break;
            }
        }
        return false;
    }
    let mut fits = true;
    for (vertex, edge) in sent.windows(2).enumerate() {
        let span = (edge[1][0] - edge[0][0]).abs();
        if span > 180.0 {
            fits = false;
            let (from, to) = (Place(edge[0]), Place(edge[1]));
            let fault = format!("The edge from {from} to {to} spans {span:.1}° of longitude");
            let defect = Defect::new(Rule::EdgeTooLong, fault).in_ring(part, index);
            catalogue.add(defect.at_vertex(vertex).at(edge[0]));
        }
    }
    fits
}

/// Tells whether all positions of a closed ring of different neighbours lie on one line.
fn is_flat(ring: &[Position]) -> bool {
    ring[2..].iter().all(|position| orient(ring[0], ring[1], *position) == 0.0)
}

/// Finds the winding of the ring, and its spikes.
fn check_turns(ring: &mut Ring, taken: &[Position], catalogue: &mut Catalogue<'_>) {
    let open = &taken[..taken.len() - 1];
    let mut first = 0;
    let mut before = open[open.len() - 1];
    for (vertex, &tip) in open.iter().enumerate() {
        let after = taken[vertex + 1];
        if is_spike(before, tip, after) {
            ring.spiky = true;
            let name = catalogue.name_of(ring.part as usize, ring.index as usize);
            let tip_shown = catalogue.shown(tip);
            let fault = format!("{name} runs out to {tip_shown} and back along the same line");
            catalogue.add_at(ring, Rule::Spike, fault, vertex as u32 + ring.start, tip);
        }
        if compare(tip, open[first]).is_lt() {
            first = vertex;
        }
        before = tip;
    }
    let before = open[(first + open.len() - 1) % open.len()];
    ring.counter_clockwise = orient(before, open[first], taken[first + 1]) > 0.0;
}

/// Tells whether the boundary turns back on itself at `tip`.
pub(crate) fn is_spike(before: Position, tip: Position, after: Position) -> bool {
    // Cheap and certain first: a boundary that goes on in both axes does not turn back.
    let turns_back = |axis: usize| {
        (before[axis] < tip[axis]) == (after[axis] < tip[axis])
            && before[axis] != tip[axis]
            && after[axis] != tip[axis]
    };
    (turns_back(0) || turns_back(1)) && orient(before, tip, after) == 0.0
}
