//! The land that is, or may be, meant by rings that cross, touch and overlap.

use std::collections::HashMap;

use crate::grid::GridPoint;
use crate::grid_shape::{GridShape, GridShapeBuilder, ring_area};
use crate::overlay::{OverlayOp, between_turns, is_tangled, overlay, union_all, wound};
use crate::plane_grid::PlaneGrid;
use crate::polygon::HazardPolygon;
use crate::predicate::Position;

use super::{RepairStep, named};

/// The grid on which rings are cut: degrees, so that edges stay straight in longitude and latitude.
const GRID: PlaneGrid = PlaneGrid::DEGREES;

/// What tidied parts cover.
#[derive(Debug)]
pub(super) struct Cover {
    /// By the even-odd rule, part by part.
    drawn: GridShape,
    /// By the rule of this module.
    meant: GridShape,
    /// Parts with land between loops that turn opposite ways.
    between: Vec<usize>,
    /// Parts of which their holes would leave nothing.
    emptied: Vec<usize>,
}

/// The shapes of a part, in the order in which they are laid.
const SHELL: u32 = 0;
const BETWEEN: u32 = 1;

impl Cover {
    /// Finds what parts cover; `None` if edges are too tangled to say.
    pub(super) fn new(parts: &[Vec<Vec<Position>>]) -> Option<Self> {
        let whole = |rings: &Vec<Vec<Position>>| GRID.shape([rings.iter().map(Vec::as_slice)]);
        let shapes: Vec<GridShape> = parts.iter().map(whole).collect();
        if is_tangled(&shapes) {
            return None;
        }
        let drawn = wound(&shapes, |windings| windings.iter().any(|w| w.1 % 2 != 0));
        let (mut between, mut emptied) = (Vec::new(), Vec::new());
        let mut meant = Vec::with_capacity(parts.len());
        for (part, rings) in parts.iter().enumerate() {
            let single = |ring: &Vec<Position>| GRID.shape([[ring.as_slice()]]);
            let mut laid: Vec<GridShape> = rings.iter().map(single).collect();
            if laid.is_empty() {
                continue;
            }
            laid.insert(BETWEEN as usize, between_turns(&laid[SHELL as usize]));
            if !laid[BETWEEN as usize].is_empty() {
                between.push(part);
            }
            let mut cover = wound(&laid, is_hazardous);
            if laid.len() > 2 && !laid[SHELL as usize].is_empty() {
                let left = overlay(OverlayOp::Intersection, &laid[SHELL as usize], &cover);
                if left.is_empty() {
                    emptied.push(part);
                    cover = union_all(&laid);
                }
            }
            meant.push(cover);
        }
        Some(Self { drawn, meant: union_all(&meant), between, emptied })
    }

    /// What had to be decided in doubt.
    pub(super) fn steps(&self, parts: usize) -> Vec<RepairStep> {
        let between = self.between.iter().map(|&part| {
            let name = named(parts, part, 0);
            let what = format!(
                "Loops of {name} turn opposite ways round the same land; it stays hazardous."
            );
            RepairStep { part, ring: 0, at: None, what }
        });
        let emptied = self.emptied.iter().map(|&part| {
            let name = named(parts, part, 0);
            let what =
                format!("The holes inside {name} would leave nothing of it; they are filled.");
            RepairStep { part, ring: 0, at: None, what }
        });
        between.chain(emptied).collect()
    }

    /// The covered land as a checked polygon, with the vertices of `parts` where it can have them.
    pub(super) fn polygon(&self, parts: &[Vec<Vec<Position>>]) -> Option<HazardPolygon> {
        let mut sent: HashMap<GridPoint, Position> = HashMap::new();
        for at in parts.iter().flatten().flatten() {
            sent.entry(GRID.snap(*at)).or_insert(*at);
        }
        let snapped = GRID.parts(&self.meant);
        let restore = |at: &Position| sent.get(&GRID.snap(*at)).copied().unwrap_or(*at);
        let restored = snapped
            .iter()
            .map(|rings| rings.iter().map(|ring| ring.iter().map(restore).collect()).collect())
            .collect();
        HazardPolygon::new(restored).or_else(|_| HazardPolygon::new(snapped)).ok()
    }

    /// What a suggestion adds to the land as drawn, and what it takes from it.
    pub(super) fn change(&self, suggested: &GridShape) -> (GridShape, GridShape) {
        let less = |a, b| without_slivers(&overlay(OverlayOp::Difference, a, b));
        (less(suggested, &self.drawn), less(&self.drawn, suggested))
    }
}

/// Mean width in grid units, about 0.2 mm, below which a piece is no land but the rounding of edges.
const SLIVER: f64 = 4.0;

fn without_slivers(shape: &GridShape) -> GridShape {
    let mut builder = GridShapeBuilder::default();
    for rings in shape.polygons() {
        let rings: Vec<&[GridPoint]> = rings.collect();
        let twice_area: i128 = rings.iter().map(|ring| ring_area(ring).doubled()).sum();
        let length: f64 = rings.iter().map(|ring| length_of(ring)).sum();
        if twice_area as f64 <= SLIVER * length {
            continue;
        }
        for ring in rings {
            builder.points.extend_from_slice(ring);
            builder.end_ring();
        }
        builder.end_polygon();
    }
    builder.build()
}

fn length_of(ring: &[GridPoint]) -> f64 {
    let ends = ring.iter().zip(ring.iter().cycle().skip(1));
    ends.map(|(a, b)| ((b.x - a.x) as f64).hypot((b.y - a.y) as f64)).sum()
}

/// Tells by the winding numbers of a part's shapes whether land is, or may be, meant.
fn is_hazardous(windings: &[(u32, i32)]) -> bool {
    let mut inside = false;
    let mut once = true;
    let mut holes = 0;
    for &(shape, turns) in windings {
        match shape {
            SHELL => {
                inside = true;
                once &= turns.abs() == 1;
            }
            BETWEEN => {
                inside = true;
                once = false;
            }
            _ => {
                holes += 1;
                once &= turns.abs() == 1;
            }
        }
    }
    let clearly_a_hole = inside && once && holes == 1;
    (inside || holes > 0) && !clearly_a_hole
}
