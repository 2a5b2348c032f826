//! What can be put right ring by ring without changing the land inside.

use std::collections::HashSet;

use crate::limits;
use crate::lon_lat::{self, LonLat, Place};
use crate::predicate::{Position, compare, orient};
use crate::validity::{is_spike, ring_name};

use super::{RepairStep, named};

/// Rings that are closed, with an area, without repeated vertices and spikes.
#[derive(Debug, Default)]
pub(super) struct Tidied {
    /// As many parts as were sent, each with as many rings; those dropped are empty.
    pub(super) parts: Vec<Vec<Vec<Position>>>,
    /// The positions of shells that had no area.
    pub(super) flat: Vec<Vec<Position>>,
    pub(super) steps: Vec<RepairStep>,
}

/// Tidies rings; `None` if positions cannot be used, there are too many, or none.
pub(super) fn tidy(sent: &[Vec<Vec<Position>>]) -> Option<Tidied> {
    let vertices: usize = sent.iter().flatten().map(Vec::len).sum();
    let rings: usize = sent.iter().map(Vec::len).sum();
    if vertices == 0
        || vertices > limits::MAX_VERTICES
        || sent.len() > limits::MAX_PARTS
        || rings > limits::MAX_RINGS
        || !sent.iter().flatten().all(|ring| is_usable(ring))
    {
        return None;
    }
    let mut tidied = Tidied::default();
    for (part, rings) in sent.iter().enumerate() {
        let mut kept: Vec<Vec<Position>> = Vec::with_capacity(rings.len());
        let mut holes = HashSet::new();
        for (ring, positions) in rings.iter().enumerate() {
            let mut tidy = tidy_ring(sent.len(), part, ring, positions, &mut tidied.steps);
            if tidy.is_empty() && ring == 0 {
                tidied.flat.push(positions.clone());
            }
            if ring > 0 && !tidy.is_empty() && !holes.insert(turned(&tidy)) {
                let name = ring_name(sent.len(), part, ring);
                let what = format!("{name} repeats another hole and was dropped.");
                tidied.steps.push(RepairStep { part, ring, at: Some(tidy[0]), what });
                tidy.clear();
            }
            kept.push(tidy);
        }
        tidied.parts.push(kept);
    }
    Some(tidied)
}

/// Tells whether all positions are in range, and no edge goes round half of the globe.
fn is_usable(ring: &[Position]) -> bool {
    let closing = ring.last().into_iter().chain(ring.first());
    let closing: Vec<Position> = closing.copied().collect();
    let fits = |edge: &[Position]| (edge[1][0] - edge[0][0]).abs() <= 180.0;
    ring.iter().all(|p| lon_lat::is_usable(*p))
        && ring.windows(2).all(fits)
        && closing.windows(2).all(fits)
}

/// Tidies one ring; gives it closed, or empty if nothing of it has an area.
fn tidy_ring(
    parts: usize,
    part: usize,
    ring: usize,
    sent: &[Position],
    steps: &mut Vec<RepairStep>,
) -> Vec<Position> {
    let name = ring_name(parts, part, ring);
    let mut note = |at: Option<Position>, what: String| {
        steps.push(RepairStep { part, ring, at, what });
    };
    let mut open: Vec<Position> = sent.iter().map(|p| lon_lat::normalised(*p)).collect();
    if let (Some(&first), Some(&last)) = (open.first(), open.last()) {
        if first == last && open.len() > 1 {
            open.pop();
        } else if first != last {
            let metres = LonLat::trusted(last).distance_m(LonLat::trusted(first));
            let (from, to) = (Place(last), Place(first));
            note(
                Some(last),
                format!("{name} was closed with an edge of {metres:.2} m from {from} to {to}."),
            );
        }
    }
    let (mut kept, spikes) = without_spikes(&open);
    if let Some(&tip) = spikes.first() {
        let more = match spikes.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let whose = named(parts, part, ring);
        let what =
            format!("A spike of {whose} at {}{more} was dropped; it has no area.", Place(tip));
        note(Some(tip), what);
    }
    if kept.len() < 3 || kept[2..].iter().all(|p| orient(kept[0], kept[1], *p) == 0.0) {
        note(open.first().copied(), format!("{name} has no area and was dropped."));
        return Vec::new();
    }
    kept.push(kept[0]);
    kept
}

/// Leaves out vertices that repeat the one before, and tips of spikes, until there are none; gives
/// the tips too.
fn without_spikes(open: &[Position]) -> (Vec<Position>, Vec<Position>) {
    let mut kept: Vec<Position> = Vec::with_capacity(open.len());
    let mut tips = Vec::new();
    for &p in open {
        kept.push(p);
        settle_end(&mut kept, &mut tips);
    }
    // Now where the end meets the beginning.
    let mut start = 0;
    loop {
        let ring = &kept[start..];
        let [first, second, .., before, last] = *ring else { break };
        if first == last || is_spike(before, last, first) {
            if first != last {
                tips.push(last);
            }
            kept.pop();
        } else if is_spike(last, first, second) {
            tips.push(first);
            start += 1;
        } else {
            break;
        }
    }
    let mut ring = kept.split_off(start);
    ring.dedup();
    (ring, tips)
}

fn settle_end(kept: &mut Vec<Position>, tips: &mut Vec<Position>) {
    loop {
        match **kept {
            [.., a, b] if a == b => {
                kept.pop();
            }
            [.., a, tip, b] if a == b || is_spike(a, tip, b) => {
                tips.push(tip);
                kept.truncate(kept.len() - 2);
                kept.push(b);
            }
            _ => return,
        }
    }
}

/// The bits of a closed ring, turned so that rings of the same vertices in the same or in reverse
/// order are equal.
fn turned(ring: &[Position]) -> Vec<[u64; 2]> {
    let mut open = ring[..ring.len() - 1].to_vec();
    let smallest =
        |ring: &[Position]| (0..ring.len()).min_by(|&i, &j| compare(ring[i], ring[j])).unwrap_or(0);
    let start = smallest(&open);
    open.rotate_left(start);
    let ends = (open.get(1).copied(), open.last().copied());
    if let (Some(second), Some(last)) = ends
        && compare(last, second).is_lt()
    {
        open[1..].reverse();
    }
    open.iter().map(|position| position.map(f64::to_bits)).collect()
}
