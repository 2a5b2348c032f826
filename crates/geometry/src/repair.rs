//! What a boundary that was refused may have been meant to be: a suggestion, never applied unasked.
//!
//! The rule throughout: when in doubt, land stays hazardous. Land counts as outside only if the
//! boundary goes round it zero times and by the even-odd rule too, and as a hole only if one hole
//! goes round it once, inside a shell that goes round it once. Whoever accepts the suggestion is told
//! each step in words, and how much land it adds to what a map drew of the boundary as sent; it never
//! takes any away.

mod cover;
mod tidy;

use crate::defect::{Defect, Rule};
use crate::grid_shape::GridShape;
use crate::lon_lat::{LonLat, Place};
use crate::plane_grid::PlaneGrid;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;
use crate::validity::{self, lower_first, ring_name};

use self::cover::Cover;
use self::tidy::{Tidied, tidy};

/// A suggested repair of a refused boundary.
///
/// # Units
/// Square metres on the WGS 84 ellipsoid. They compare the suggestion with what maps draw of the
/// boundary as it was sent: each part closed and filled by the even-odd rule. Slivers less than
/// 0.2 mm wide, which rounding makes, are not counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// The suggestion, checked.
    pub polygon: HazardPolygon,
    /// Land that the suggestion has and the boundary as sent had not.
    pub added_m2: f64,
    /// Land that the boundary as sent had and the suggestion has not: always 0, since nothing is
    /// taken away. It is measured all the same, so that nobody need believe it.
    pub removed_m2: f64,
    /// Both together.
    pub changed_m2: f64,
    /// What was done, in order; empty if nothing was wrong.
    pub steps: Vec<RepairStep>,
}

/// One step of a [`Repair`].
///
/// # Shape
/// `part` and `ring` count from 0 in the geometry as it was sent; ring 0 of a part is its shell.
#[derive(Clone, Debug, PartialEq)]
pub struct RepairStep {
    /// The part.
    pub part: usize,
    /// The ring of the part.
    pub ring: usize,
    /// Where, as longitude and latitude in degrees.
    pub at: Option<[f64; 2]>,
    /// What was done and why, in sentences.
    pub what: String,
}

impl std::fmt::Display for RepairStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl HazardPolygon {
    /// Suggests what parts that [`HazardPolygon::new`] refuses may have been meant to be.
    ///
    /// Rings are closed; vertices that repeat the one before them, spikes, and holes without an area
    /// are dropped. If that is not enough, the boundary is split where it crosses or touches itself,
    /// and parts that overlap are joined. Turning points keep the numbers they were sent with, if
    /// the polygon is valid with them; or else they move by less than 0.1 mm.
    ///
    /// The suggestion covers
    /// * all land inside by the even-odd rule, and all that a shell goes round, in either direction;
    /// * land between loops of a shell that turn opposite ways, even if they cancel out;
    /// * land of a hole that lies outside its shell: it may have been meant as a part;
    /// * land in two holes at once, and in a hole drawn over itself;
    /// * the holes of a part of which they would leave nothing.
    ///
    /// # Errors
    /// The defects, if nothing can be suggested without guessing: positions that are none or out of
    /// range, edges round half of the globe, parts without an area whose vertices no other part
    /// covers, sizes beyond the [`limits`](crate::limits), and edges that cross one another so often
    /// that no boundary can have been meant. It never panics.
    ///
    /// # Examples
    /// ```
    /// use geometry::HazardPolygon;
    ///
    /// let bowtie = [[0.0, 0.0], [0.002, 0.002], [0.002, 0.0], [0.0, 0.002]];
    /// let repair = HazardPolygon::suggest_repair(&[vec![bowtie.to_vec()]]).unwrap();
    /// assert_eq!(repair.polygon.part_count(), 2);
    /// assert_eq!(repair.changed_m2, 0.0);
    /// let steps: Vec<String> = repair.steps.iter().map(ToString::to_string).collect();
    /// assert!(steps[0].contains("was closed"), "{steps:?}");
    /// assert!(steps[1].contains("was split"), "{steps:?}");
    /// ```
    pub fn suggest_repair(parts: &[Vec<Vec<[f64; 2]>>]) -> Result<Repair, Vec<Defect>> {
        let defects = match validity::check(parts) {
            Ok(rings) => {
                let polygon = Self::oriented(rings);
                let (added_m2, removed_m2, changed_m2) = (0.0, 0.0, 0.0);
                return Ok(Repair { polygon, added_m2, removed_m2, changed_m2, steps: Vec::new() });
            }
            Err(defects) => defects,
        };
        repaired(parts).ok_or(defects)
    }
}

fn repaired(sent: &[Vec<Vec<Position>>]) -> Option<Repair> {
    let Tidied { parts, flat, mut steps } = tidy(sent)?;
    let cover = Cover::new(&parts)?;
    let tidied = with_area(&parts).and_then(|parts| HazardPolygon::new(parts).ok());
    let polygon = if let Some(polygon) = tidied {
        polygon
    } else {
        let defects = validity::check(&parts).err().unwrap_or_default();
        steps.extend(steps_of(sent.len(), &defects));
        steps.extend(cover.steps(sent.len()));
        cover.polygon(&parts)?
    };
    let covers = |at: &Position| LonLat::try_from(*at).is_ok_and(|at| polygon.covers(at));
    if !flat.iter().flatten().all(covers) {
        return None;
    }
    let suggested = PlaneGrid::DEGREES.shape(polygon.parts());
    let (added, removed) = cover.change(&suggested);
    let (added_m2, removed_m2) = (area_m2(&added), area_m2(&removed));
    Some(Repair { polygon, added_m2, removed_m2, changed_m2: added_m2 + removed_m2, steps })
}

/// Leaves out what was dropped; `None` if holes are left without their shell.
fn with_area(parts: &[Vec<Vec<Position>>]) -> Option<Vec<Vec<Vec<Position>>>> {
    let mut kept = Vec::with_capacity(parts.len());
    for rings in parts {
        let rings_kept: Vec<_> = rings.iter().filter(|ring| !ring.is_empty()).cloned().collect();
        match rings.first() {
            Some(shell) if !shell.is_empty() => kept.push(rings_kept),
            _ if rings_kept.is_empty() => {}
            _ => return None,
        }
    }
    Some(kept)
}

/// The area of a valid shape on the grid of degrees.
fn area_m2(shape: &GridShape) -> f64 {
    let parts = PlaneGrid::DEGREES.parts(shape);
    let rings = parts.iter().map(|rings| rings.iter().map(Vec::as_slice));
    GridShape::from_lon_lat(rings).area().m2()
}

/// Says what is done about defects: one step for each rule that a ring breaks.
fn steps_of(parts: usize, defects: &[Defect]) -> Vec<RepairStep> {
    let key = |defect: &Defect| (defect.part, defect.ring, defect.rule);
    let mut sorted: Vec<&Defect> = defects.iter().collect();
    sorted.sort_by_key(|defect| key(defect));
    let same = |a: &&Defect, b: &&Defect| key(a) == key(b);
    sorted.chunk_by(same).filter_map(|group| step_of(parts, group[0], group.len())).collect()
}

fn step_of(parts: usize, defect: &Defect, places: usize) -> Option<RepairStep> {
    let (part, ring) = (defect.part?, defect.ring?);
    let name = ring_name(parts, part, ring);
    let at = match (defect.at, places) {
        (None, _) => String::new(),
        (Some(at), 1) => format!(" at {}", Place(at)),
        (Some(at), _) => format!(" at {} and {} more places", Place(at), places - 1),
    };
    let what = match defect.rule {
        Rule::SelfCrossing if ring == 0 => format!(
            "{name} was split where it crosses itself{at}; all land it goes round stays \
             hazardous. If two turning points only changed places, put them in order instead"
        ),
        Rule::SelfCrossing => format!(
            "{name} was split where it crosses itself{at}; only land that it goes round once is cut \
             out"
        ),
        Rule::SelfTouch => format!("{name} was split where it touches itself{at}"),
        Rule::HoleOutside => format!(
            "{name} reaches outside its shell{at}; what lies outside stays hazardous, because it may \
             be a part of its own"
        ),
        Rule::HoleOverlaps => format!(
            "{name} meets another hole or its shell{at}; they were joined, and land in two holes at \
             once stays hazardous"
        ),
        Rule::HoleNested => format!("{name} lies inside another hole{at}; it stays hazardous"),
        Rule::PartsOverlap => format!("{name} meets another part{at}; the two were joined"),
        Rule::DuplicateRing => format!("{name} is drawn twice; it counts once"),
        Rule::InteriorDisconnected => {
            format!("{name} was divided into parts where touching rings cut it in two{at}")
        }
        Rule::Empty | Rule::Unclosed | Rule::TooFewPoints | Rule::ZeroArea | Rule::Spike => {
            return None;
        }
        _ => format!("{name} was drawn anew{at}"),
    };
    Some(RepairStep { part, ring, at: defect.at, what: what + "." })
}

/// The name of a ring in the middle of a sentence.
fn named(parts: usize, part: usize, ring: usize) -> String {
    lower_first(&ring_name(parts, part, ring))
}
