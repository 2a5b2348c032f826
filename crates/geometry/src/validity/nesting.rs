//! Which rings lie inside which.
//!
//! Two ways to one answer. Rings whose boxes are apart, and vertices that lie off the other ring,
//! decide nearly every case at once; what is left, or would take too long, is asked of the plane
//! sweep, which knows the innermost ring around every ring.

use std::collections::HashSet;

use super::node::Judged;
use super::sweep;
use super::{Ring, Rings};
use crate::bbox::{PlainBox, boxes_touch};
use crate::limits;
use crate::predicate::{Side, side_of_ring};

/// A ring that lies where it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    HoleOutside { hole: u32 },
    HoleNested { hole: u32, inside: u32 },
    PartInside { shell: u32, inside: u32 },
}

/// Vertices looked at for each vertex of the geometry before the plane sweep is asked instead.
const LOOKS_PER_VERTEX: usize = 16;
const LOOKS_AT_LEAST: usize = 20_000;

/// Vertices of a ring tried before it is left to the sweep as touching the other too often.
const TRIES: usize = 8;

/// The direct way could not decide within its means.
#[derive(Debug)]
pub(super) struct Undecided;

/// Finds rings that lie where they must not; pairs that have a fault already are left alone.
pub(super) fn check(rings: &Rings, judged: &Judged) -> Vec<Misplaced> {
    if judged.faults.is_empty() {
        if let Some(containers) = &judged.containers {
            return judge_containers(rings, containers);
        }
        return directly(rings, judged).unwrap_or_else(|Undecided| by_sweep(rings));
    }
    // The verdict stands already; what cannot be told quickly is left out.
    directly(rings, judged).unwrap_or_default()
}

pub(super) fn by_sweep(rings: &Rings) -> Vec<Misplaced> {
    judge_containers(rings, &sweep::run(rings).containers)
}

struct Looks<'a> {
    rings: &'a Rings,
    left: usize,
    faulty: HashSet<(u32, u32)>,
}

impl Looks<'_> {
    fn is_faulty(&self, a: u32, b: u32) -> bool {
        self.faulty.contains(&(a.min(b), a.max(b)))
    }

    fn bbox(&self, ring: u32) -> PlainBox {
        self.rings.rings[ring as usize].bbox
    }

    /// Tells whether one ring lies inside another it does not cross.
    fn is_inside(&mut self, inner: u32, outer: u32) -> Result<bool, Undecided> {
        if !box_within(self.bbox(inner), self.bbox(outer)) {
            return Ok(false);
        }
        let ring = self.rings.ring(outer as usize);
        for &vertex in self.rings.ring(inner as usize).iter().take(TRIES) {
            self.left = self.left.checked_sub(ring.len()).ok_or(Undecided)?;
            match side_of_ring(vertex, ring) {
                Side::Inside => return Ok(true),
                Side::Outside => return Ok(false),
                Side::Boundary => {}
            }
        }
        Err(Undecided)
    }
}

pub(super) fn directly(rings: &Rings, judged: &Judged) -> Result<Vec<Misplaced>, Undecided> {
    let faulty = judged.faults.iter().map(|fault| (fault.a.ring, fault.b.ring)).collect();
    let left = (rings.positions.len() * LOOKS_PER_VERTEX).max(LOOKS_AT_LEAST);
    let mut looks = Looks { rings, left, faulty };
    let mut misplaced = Vec::new();
    let holes_of = holes_of_shells(rings);
    for (shell, holes) in &holes_of {
        for &hole in holes {
            if !looks.is_faulty(*shell, hole) && !looks.is_inside(hole, *shell)? {
                misplaced.push(Misplaced::HoleOutside { hole });
            }
        }
    }
    let mut order: Vec<u32> = (0..rings.rings.len() as u32).collect();
    order.sort_by(|a, b| looks.bbox(*a)[0].total_cmp(&looks.bbox(*b)[0]));
    for (i, &a) in order.iter().enumerate() {
        for &b in &order[i + 1..] {
            if looks.bbox(b)[0] > looks.bbox(a)[2] {
                break;
            }
            looks.left = looks.left.checked_sub(1).ok_or(Undecided)?;
            if boxes_touch(looks.bbox(a), looks.bbox(b)) && !looks.is_faulty(a, b) {
                misplaced.extend(compare_pair(&mut looks, &holes_of, a.min(b), a.max(b))?);
            }
        }
    }
    Ok(misplaced)
}

/// Each shell with its holes; holes whose shell could not be used are left out.
fn holes_of_shells(rings: &Rings) -> Vec<(u32, Vec<u32>)> {
    let mut shells: Vec<(u32, Vec<u32>)> = Vec::new();
    for (number, ring) in rings.rings.iter().enumerate() {
        if ring.is_shell() {
            shells.push((number as u32, Vec::new()));
        } else if let Some((shell, holes)) = shells.last_mut()
            && rings.rings[*shell as usize].part == ring.part
        {
            holes.push(number as u32);
        }
    }
    shells
}

fn compare_pair(
    looks: &mut Looks<'_>,
    holes_of: &[(u32, Vec<u32>)],
    a: u32,
    b: u32,
) -> Result<Option<Misplaced>, Undecided> {
    let rings = looks.rings;
    let (first, second) = (&rings.rings[a as usize], &rings.rings[b as usize]);
    if first.part == second.part && !first.is_shell() && !second.is_shell() {
        for (hole, inside) in [(b, a), (a, b)] {
            if looks.is_inside(hole, inside)? {
                return Ok(Some(Misplaced::HoleNested { hole, inside }));
            }
        }
    }
    if first.is_shell() && second.is_shell() {
        for (shell, inside) in [(b, a), (a, b)] {
            if looks.is_inside(shell, inside)? && !in_a_hole(looks, holes_of, shell, inside)? {
                return Ok(Some(Misplaced::PartInside { shell, inside }));
            }
        }
    }
    Ok(None)
}

/// Tells whether a shell inside another lies in one of its holes.
fn in_a_hole(
    looks: &mut Looks<'_>,
    holes_of: &[(u32, Vec<u32>)],
    shell: u32,
    outer: u32,
) -> Result<bool, Undecided> {
    let Ok(found) = holes_of.binary_search_by_key(&outer, |(shell, _)| *shell) else {
        return Ok(false);
    };
    for &hole in &holes_of[found].1 {
        looks.left = looks.left.checked_sub(1).ok_or(Undecided)?;
        if looks.is_faulty(shell, hole) || looks.is_inside(shell, hole)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn box_within(inner: PlainBox, outer: PlainBox) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

/// Judges rings by the innermost ring around each.
///
/// A shell lies in nothing or in a hole, a hole directly in its own shell; then shells and holes
/// alternate all the way up.
fn judge_containers(rings: &Rings, containers: &[Option<u32>]) -> Vec<Misplaced> {
    let ring_at = |number: u32| -> &Ring { &rings.rings[number as usize] };
    let mut shell = None;
    let mut misplaced = Vec::new();
    for (number, ring) in rings.rings.iter().enumerate() {
        if misplaced.len() > limits::MAX_DEFECTS {
            break;
        }
        let this = number as u32;
        let container = containers[number];
        if ring.is_shell() {
            shell = Some(ring.part);
            if let Some(inside) = container.filter(|around| ring_at(*around).is_shell()) {
                misplaced.push(Misplaced::PartInside { shell: this, inside });
            }
            continue;
        }
        if shell != Some(ring.part) {
            // Its shell could not be used, so nothing can be said of its holes.
            continue;
        }
        let around = std::iter::successors(container, |around| containers[*around as usize]);
        match around.into_iter().find(|around| ring_at(*around).part == ring.part) {
            None => misplaced.push(Misplaced::HoleOutside { hole: this }),
            Some(inside) if !ring_at(inside).is_shell() => {
                misplaced.push(Misplaced::HoleNested { hole: this, inside });
            }
            Some(_) => {}
        }
    }
    misplaced
}
