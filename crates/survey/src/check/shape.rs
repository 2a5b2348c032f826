//! The geometry of a feature: checked, or explained and hedged with a caution area.

use geometry::{Bbox, Defect, Geometry, HazardPolygon, LonLat, RawGeometry, Rule, convex_hull};
use serde_json::{Value, json};

use super::area::{figure, rough_distance_m};
use crate::feature::{CheckContext, WireGeometry};
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::record::{GeometryRule, MissingGeometry};
use crate::rules;

/// What became of the geometry of a feature.
#[derive(Debug)]
pub(crate) enum Shape {
    /// It is valid.
    Checked(Geometry),
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
    context: &CheckContext<'_>,
    out: &mut Findings,
) -> Shape {
    match wire {
        WireGeometry::Absent => absent(rule, out),
        WireGeometry::Unreadable { pointer, reason, positions } => {
            out.push(Finding::new(&rules::GEOMETRY_UNREADABLE, pointer).with("reason", reason));
            Shape::Unusable(hedge(&positions, raw_text, context))
        }
        WireGeometry::Read(raw) => read(raw, raw_text, rule, context, out),
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
    context: &CheckContext<'_>,
    out: &mut Findings,
) -> Shape {
    let swapped = are_swapped(&raw, context);
    if swapped {
        out.push(swap_suggested(&raw));
    }
    let mut refused = swapped;
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
            refused = true;
            for defect in defects {
                // The swap explains a latitude above 90.
                if !(swapped && defect.rule == Rule::OutOfRange) {
                    out.push(of_defect(&sent, &defect));
                }
            }
            None
        }
    };
    if !swapped && !judge_place(&sent, context, out) {
        refused = true;
    }
    judge_precision(&sent, out);
    match checked {
        Some(geometry) if !refused => Shape::Checked(geometry),
        _ => {
            let turn = |[a, b]: [f64; 2]| if swapped { [b, a] } else { [a, b] };
            let positions: Vec<_> = sent.positions().map(turn).collect();
            let text = raw_text.or_else(|| Some(written(&sent).to_string()));
            Shape::Unusable(hedge(&positions, text, context))
        }
    }
}

/// A defect as a finding, with the JSON pointer of the ring or position.
fn of_defect(sent: &RawGeometry, defect: &Defect) -> Finding {
    let mut pointer = "/geometry".to_owned();
    let part = defect.part.filter(|_| matches!(sent, RawGeometry::MultiPolygon(_)));
    let steps = [part, defect.ring, defect.vertex];
    let steps: Vec<_> = steps.into_iter().flatten().map(|step| step.to_string()).collect();
    if !steps.is_empty() {
        pointer = format!("{pointer}/coordinates/{}", steps.join("/"));
    }
    Finding::new(rules::of_geometry(defect.rule), pointer)
        .with("reason", &defect.reason)
        .at(defect.at)
}

fn place(position: [f64; 2]) -> Option<LonLat> {
    LonLat::try_from(position).ok()
}

fn lies_in(extent: &Bbox, position: [f64; 2]) -> bool {
    place(position).is_some_and(|at| extent.contains(at))
}

/// Tells whether all positions lie outside of the programme's extent, and inside with longitude
/// and latitude swapped.
fn are_swapped(raw: &RawGeometry, context: &CheckContext<'_>) -> bool {
    let Some(extent) = context.programme.extent_box() else { return false };
    let mut positions = raw.positions().peekable();
    positions.peek().is_some()
        && positions.all(|[a, b]| !lies_in(&extent, [a, b]) && lies_in(&extent, [b, a]))
}

fn swap_suggested(raw: &RawGeometry) -> Finding {
    let turned = match raw {
        RawGeometry::Point(p) => RawGeometry::Point(turn(p)),
        RawGeometry::MultiPoint(line) => RawGeometry::MultiPoint(turn_all(line)),
        RawGeometry::LineString(line) => RawGeometry::LineString(turn_all(line)),
        RawGeometry::MultiLineString(lines) => {
            RawGeometry::MultiLineString(lines.iter().map(|line| turn_all(line)).collect())
        }
        RawGeometry::Polygon(rings) => {
            RawGeometry::Polygon(rings.iter().map(|ring| turn_all(ring)).collect())
        }
        RawGeometry::MultiPolygon(parts) => {
            let turn_rings = |rings: &Vec<Vec<_>>| rings.iter().map(|r| turn_all(r)).collect();
            RawGeometry::MultiPolygon(parts.iter().map(turn_rings).collect())
        }
    };
    let short = raw.positions().nth(limits::MAX_SUGGESTED_POSITIONS).is_none();
    Finding::new(&rules::AXES_SWAPPED, "/geometry")
        .at(turned.positions().next())
        .suggesting(short.then(|| written(&turned)))
}

fn turn([a, b]: &[f64; 2]) -> [f64; 2] {
    [*b, *a]
}

fn turn_all(line: &[[f64; 2]]) -> Vec<[f64; 2]> {
    line.iter().map(turn).collect()
}

/// The geometry as GeoJSON; numbers that JSON does not have are null.
fn written(raw: &RawGeometry) -> Value {
    let coordinates = match raw {
        RawGeometry::Point(position) => json!(position),
        RawGeometry::MultiPoint(positions) | RawGeometry::LineString(positions) => {
            json!(positions)
        }
        RawGeometry::MultiLineString(rings) | RawGeometry::Polygon(rings) => json!(rings),
        RawGeometry::MultiPolygon(parts) => json!(parts),
    };
    json!({ "type": raw.kind(), "coordinates": coordinates })
}

/// Judges where the positions are; tells whether the geometry can be taken.
fn judge_place(sent: &RawGeometry, context: &CheckContext<'_>, out: &mut Findings) -> bool {
    let Some(extent) = context.programme.extent_box() else { return true };
    // What is not on the Earth is told as a defect.
    let on_earth: Vec<_> = sent.positions().filter(|p| place(*p).is_some()).collect();
    let outside: Vec<_> = on_earth.iter().filter(|p| !lies_in(&extent, **p)).copied().collect();
    let Some(&first) = outside.first() else { return true };
    if outside.len() < on_earth.len() {
        let finding = Finding::new(&rules::PARTLY_OUTSIDE_PROGRAMME, "/geometry")
            .with("count", outside.len())
            .with("total", on_earth.len());
        out.push(finding.at(Some(first)));
        return true;
    }
    let Bbox { west, south, east, north } = extent;
    let corners = [[west, south], [west, north], [east, south], [east, north]];
    let nearest = corners.map(|corner| rough_distance_m(corner, first)).into_iter();
    let finding = Finding::new(&rules::OUTSIDE_PROGRAMME, "/geometry")
        .with("distance", figure(nearest.fold(f64::INFINITY, f64::min) / 1000.0));
    out.push(finding.at(Some(first)));
    false
}

/// Tells when all coordinates are rounded to so few decimals that it matters.
fn judge_precision(sent: &RawGeometry, out: &mut Findings) {
    let rounded = |decimals: i32| {
        let scale = 10.0_f64.powi(decimals);
        let whole = move |value: f64| (value * scale - (value * scale).round()).abs() < 1.0e-6;
        sent.positions().flatten().all(whole)
    };
    let mut positions = sent.positions();
    let Some(first) = positions.next() else { return };
    // All at zero is a fault of its own, and told as such.
    if positions.all(|position| position == first) && first == [0.0, 0.0]
        || !rounded(limits::COARSE_DECIMALS)
    {
        return;
    }
    let decimals = (0..limits::COARSE_DECIMALS).find(|d| rounded(*d));
    let decimals = decimals.unwrap_or(limits::COARSE_DECIMALS);
    let finding = Finding::new(&rules::COARSE_COORDINATES, "/geometry")
        .with("decimals", decimals)
        .with("metres", figure(111_195.0 / 10.0_f64.powi(decimals)));
    out.push(finding.at(Some(first)));
}

/// What is kept of positions that make no valid geometry.
///
/// Usable are those on the Earth; and only those inside the programme's extent, if there are any:
/// one position at the Gulf of Guinea would else put half a continent under caution.
fn hedge(positions: &[[f64; 2]], raw: Option<String>, context: &CheckContext<'_>) -> Hedge {
    let on_earth: Vec<_> = positions.iter().copied().filter(|p| place(*p).is_some()).collect();
    let extent = context.programme.extent_box();
    let inside = |p: &[f64; 2]| extent.as_ref().is_some_and(|extent| lies_in(extent, *p));
    let near: Vec<_> = on_earth.iter().copied().filter(inside).collect();
    let usable = if near.is_empty() { on_earth } else { near };
    let caution = convex_hull(&usable, context.programme.rules.caution_margin_m);
    Hedge { caution, positions: usable.len(), raw }
}
