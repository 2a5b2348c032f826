//! The geometry of a feature: checked, or explained and hedged with a caution area.

use geometry::suspicion::{Misreading, rounding};
use geometry::{Defect, Geometry, HazardPolygon, RawGeometry, Repair, Rule, convex_hull};

use super::area::{self, figure};
use super::place::{self, Claimed, Verdict, lies_in, on_earth, written};
use crate::feature::{CheckContext, WireGeometry};
use crate::finding::{Finding, Findings};
use crate::record::{GeometryRule, MissingGeometry};
use crate::rules::{self, RuleEntry};

/// What became of the geometry of a feature.
#[derive(Debug)]
pub(crate) enum Shape {
    /// It is valid.
    Checked(Geometry),
    /// It was repaired as the sender asked; with its text as sent.
    Repaired(Geometry, String),
    /// There is none, and the record is taken without.
    Absent,
    /// It is refused.
    Unusable(Hedge),
}

/// What is kept of an unusable geometry.
#[derive(Debug)]
pub(crate) struct Hedge {
    /// The land around its usable positions.
    pub(crate) caution: Option<HazardPolygon>,
    /// How many of its positions are usable.
    pub(crate) positions: usize,
    /// Its text.
    pub(crate) raw: Option<String>,
}

/// Checks the geometry of a feature and tells every fault.
pub(crate) fn check(
    wire: WireGeometry,
    raw_text: Option<String>,
    rule: GeometryRule,
    claimed: Option<&Claimed<'_>>,
    repairs: Repairs,
    context: &CheckContext<'_>,
    out: &mut Findings,
) -> Shape {
    match wire {
        WireGeometry::Absent => absent(rule, out),
        WireGeometry::Unreadable { pointer, reason, positions } => {
            out.push(Finding::new(&rules::GEOMETRY_UNREADABLE, pointer).with("reason", reason));
            Shape::Unusable(hedge(&positions, raw_text, context))
        }
        WireGeometry::Read(raw) => read(raw, raw_text, rule, claimed, repairs, context, out),
    }
}

fn absent(rule: GeometryRule, out: &mut Findings) -> Shape {
    match rule.missing {
        MissingGeometry::Allowed => Shape::Absent,
        MissingGeometry::Unlocated => {
            out.push(Finding::new(&rules::GEOMETRY_MISSING, "/geometry"));
            Shape::Absent
        }
        MissingGeometry::Refused => {
            out.push(Finding::new(&rules::GEOMETRY_REQUIRED, "/geometry"));
            Shape::Unusable(Hedge { caution: None, positions: 0, raw: None })
        }
    }
}

fn read(
    raw: RawGeometry,
    raw_text: Option<String>,
    rule: GeometryRule,
    claimed: Option<&Claimed<'_>>,
    repairs: Repairs,
    context: &CheckContext<'_>,
    out: &mut Findings,
) -> Shape {
    let Verdict { mut refused, reading } = place::check(&raw, claimed, context, out);
    if let RawGeometry::Point(position) = raw
        && !rule.point
    {
        let finding = Finding::new(&rules::NOT_AN_AREA, "/geometry").with("kind", raw.kind());
        out.push(finding.at(Some(position)));
        refused = true;
    }
    let sent = raw.clone();
    let checked = match Geometry::try_from(raw) {
        Ok(geometry) => Some(geometry),
        Err(defects) => {
            let repair = repairs.suggest(&sent).filter(|_| !refused);
            if let Some(repair) = &repair
                && context.accept_repairs
            {
                out.push(of_repair(&rules::REPAIRED, repair));
                judge_precision(&sent, context, out);
                let text = raw_text.unwrap_or_else(|| written(&sent).to_string());
                return Shape::Repaired(Geometry::Polygon(repair.polygon.clone()), text);
            }
            refused = true;
            for defect in defects {
                // The swap explains a latitude above 90.
                if !(reading == Some(Misreading::SwappedAxes) && defect.rule == Rule::OutOfRange) {
                    out.push(of_defect(sent.kind(), &defect));
                }
            }
            if let Some(repair) = &repair {
                out.push(of_repair(&rules::REPAIR_SUGGESTED, repair));
            }
            None
        }
    };
    judge_precision(&sent, context, out);
    match checked {
        Some(geometry) if !refused => Shape::Checked(geometry),
        _ => {
            let meant = |position| reading.map_or(position, |reading| reading.undo(position));
            let positions: Vec<_> = sent.positions().map(meant).collect();
            let text = raw_text.or_else(|| Some(written(&sent).to_string()));
            Shape::Unusable(hedge(&positions, text, context))
        }
    }
}

/// Which repairs may be suggested for a boundary.
///
/// A repair adds land and takes none away. Added to a hazardous area that errs on the side of
/// doubt; added to a release it would release land that nobody drew. A hole that goes astray may
/// have been meant as land or as no land, so that a release with holes is not repaired at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repairs {
    /// All.
    Any,
    /// Those that add no land, to parts without holes.
    AddingNothing,
}

/// Less than any turning point can be measured to, in square metres.
const NOTHING_M2: f64 = 0.01;

impl Repairs {
    fn suggest(self, sent: &RawGeometry) -> Option<Repair> {
        let parts = match sent {
            RawGeometry::Polygon(rings) => std::slice::from_ref(rings),
            RawGeometry::MultiPolygon(parts) => parts,
            RawGeometry::Point(_)
            | RawGeometry::MultiPoint(_)
            | RawGeometry::LineString(_)
            | RawGeometry::MultiLineString(_) => return None,
        };
        let has_holes = parts.iter().any(|rings| rings.len() > 1);
        let allowed = |repair: &Repair| match self {
            Self::Any => true,
            Self::AddingNothing => !has_holes && repair.added_m2 < NOTHING_M2,
        };
        HazardPolygon::suggest_repair(parts).ok().filter(allowed)
    }
}

/// A repair as a finding, with the geometry that is suggested.
fn of_repair(rule: &'static RuleEntry, repair: &Repair) -> Finding {
    let steps: Vec<String> = repair.steps.iter().map(ToString::to_string).collect();
    let first = repair.steps.iter().find_map(|step| step.at);
    let parts: Vec<Vec<Vec<[f64; 2]>>> =
        repair.polygon.parts().map(|rings| rings.map(<[[f64; 2]]>::to_vec).collect()).collect();
    Finding::new(rule, "/geometry")
        .with("steps", steps.join(" "))
        .with("added", figure(repair.added_m2))
        .at(first)
        .suggesting(written(&RawGeometry::MultiPolygon(parts)))
}

/// A defect of a kind of geometry as a finding, with the JSON pointer of the ring or position.
pub(super) fn of_defect(kind: &str, defect: &Defect) -> Finding {
    let mut pointer = "/geometry".to_owned();
    let part = defect.part.filter(|_| matches!(kind, "MultiPolygon" | "MultiLineString"));
    let ring = defect.ring.filter(|_| matches!(kind, "MultiPolygon" | "Polygon"));
    let steps = [part, ring, defect.vertex];
    let steps: Vec<_> = steps.into_iter().flatten().map(|step| step.to_string()).collect();
    if !steps.is_empty() {
        pointer = format!("{pointer}/coordinates/{}", steps.join("/"));
    }
    Finding::new(rules::of_geometry(defect.rule), pointer)
        .with("reason", &defect.reason)
        .at(defect.at)
}

/// Tells when all coordinates are rounded to so few decimals that it matters for any boundary.
fn judge_precision(sent: &RawGeometry, context: &CheckContext<'_>, out: &mut Findings) {
    let mut positions = sent.positions();
    let Some(first) = positions.next() else { return };
    // All at zero is a fault of its own, and told as such.
    if first == [0.0, 0.0] && positions.all(|position| position == first) {
        return;
    }
    if let Some(rounding) = rounding(sent.positions())
        && area::is_coarse(rounding, context)
    {
        let finding = Finding::new(&rules::COARSE_COORDINATES, "/geometry")
            .with("rounding", rounding)
            .with("metres", figure(rounding.step_m()));
        out.push(finding.at(Some(first)));
    }
}

/// What is kept of positions that make no valid geometry.
///
/// Usable are those on the Earth; and only those inside the programme's extent, if there are any:
/// one position at the Gulf of Guinea would else put half a continent under caution.
fn hedge(positions: &[[f64; 2]], raw: Option<String>, context: &CheckContext<'_>) -> Hedge {
    let on_earth: Vec<_> = positions.iter().copied().filter(|p| on_earth(*p).is_some()).collect();
    let extent = context.programme.extent_box();
    let inside = |p: &[f64; 2]| extent.as_ref().is_some_and(|extent| lies_in(extent, *p));
    let near: Vec<_> = on_earth.iter().copied().filter(inside).collect();
    let usable = if near.is_empty() { on_earth } else { near };
    let caution = convex_hull(&usable, context.programme.rules.caution_margin_m);
    Hedge { caution, positions: usable.len(), raw }
}
