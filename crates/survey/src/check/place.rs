//! Where the positions of a feature lie: in the programme, in the region they are reported in, or
//! where they would if they were read otherwise.

use std::sync::Arc;

use geometry::suspicion::{Misreading, misreadings, zeros};
use geometry::{Bbox, HazardPolygon, LonLat, RawGeometry};
use serde_json::{Value, json};

use super::area::{figure, rough_distance_m};
use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::limits;
use crate::rules;

/// Positions of one geometry that are looked for in its region.
const LOOKED_FOR: usize = 16;

/// The region a feature is reported in.
#[derive(Debug)]
pub(crate) struct Claimed<'a> {
    pub(crate) name: &'a str,
    pub(crate) land: Arc<HazardPolygon>,
}

/// What is to be thought of where a geometry lies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdict {
    /// Whether the geometry cannot be taken.
    pub(crate) refused: bool,
    /// How its positions were probably meant, if not as they are.
    pub(crate) reading: Option<Misreading>,
}

/// The position if it is on the Earth.
pub(crate) fn on_earth(position: [f64; 2]) -> Option<LonLat> {
    LonLat::try_from(position).ok()
}

/// Tells whether a position is on the Earth and in a box.
pub(crate) fn lies_in(extent: &Bbox, position: [f64; 2]) -> bool {
    on_earth(position).is_some_and(|at| extent.contains(at))
}

/// Judges where a geometry lies. A geometry wholly outside of the programme is refused, with
/// every reading suggested that would bring it inside.
pub(crate) fn check(
    sent: &RawGeometry,
    claimed: Option<&Claimed<'_>>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) -> Verdict {
    let extent = context.programme.extent_box();
    check_zeros(sent, extent.as_ref(), out);
    if let Some(extent) = &extent {
        let count = sent.positions().count();
        let mut outside = sent.positions().filter(|p| !lies_in(extent, *p));
        if let Some(first) = outside.next() {
            if 1 + outside.count() == count {
                return check_outside(sent, first, extent, claimed, out);
            }
            tell_partly_outside(sent, extent, out);
        }
    }
    if let Some(claimed) = claimed {
        check_region(sent, claimed, extent.as_ref(), context, out);
    }
    Verdict::default()
}

/// Tells coordinates that are zero where the programme has no land.
fn check_zeros(sent: &RawGeometry, extent: Option<&Bbox>, out: &mut Findings) {
    let zeros = zeros(sent);
    let is_elsewhere = |p: [f64; 2]| extent.is_none_or(|extent| !lies_in(extent, p));
    let (found, at) = if zeros.both > 0 && is_elsewhere([0.0; 2]) {
        let positions = if zeros.both == 1 { "position lies" } else { "positions lie" };
        (format!("{} {positions} at longitude 0, latitude 0", zeros.both), [0.0; 2])
    } else if let Some(at) = zeros.one.filter(|at| extent.is_some() && is_elsewhere(*at)) {
        let what = if at[0] == 0.0 { "longitude" } else { "latitude" };
        (format!("A position has {what} 0"), at)
    } else {
        return;
    };
    out.push(
        Finding::new(&rules::COORDINATES_AT_ZERO, "/geometry").with("found", found).at(Some(at)),
    );
}

/// Judges a geometry all positions of which lie outside of the programme.
fn check_outside(
    sent: &RawGeometry,
    first: [f64; 2],
    extent: &Bbox,
    claimed: Option<&Claimed<'_>>,
    out: &mut Findings,
) -> Verdict {
    let mut readings = misreadings(sent, |at| extent.contains(at));
    if let Some(Claimed { land, .. }) = claimed {
        // Readings that lead into the region come first; the order is otherwise kept.
        let elsewhere =
            |reading: &Misreading| !on_earth(reading.undo(first)).is_some_and(|at| land.covers(at));
        readings.sort_by_key(elsewhere);
    }
    // What is not on the Earth is told as a defect.
    let Some(seen) =
        sent.positions().find(|p| on_earth(*p).is_some()).or(readings.first().map(|_| first))
    else {
        return Verdict::default();
    };
    let Bbox { west, south, east, north } = *extent;
    let corners = [[west, south], [west, north], [east, south], [east, north]];
    let nearest = corners.map(|corner| rough_distance_m(corner, seen)).into_iter();
    let distance = figure(nearest.fold(f64::INFINITY, f64::min) / 1_000.0);
    for reading in &readings {
        let rule = match reading {
            Misreading::SwappedAxes => &rules::AXES_SWAPPED,
            Misreading::LongitudeSign | Misreading::LatitudeSign | Misreading::BothSigns => {
                &rules::SIGN_FLIPPED
            }
            Misreading::UtmZone { .. } | Misreading::UtmHemisphere => &rules::WRONG_UTM_ZONE,
        };
        let mut finding = Finding::new(rule, "/geometry");
        if *reading != Misreading::SwappedAxes {
            finding = finding.with("distance", &distance).with("reading", reading);
        }
        let offered = reading.undo(first);
        out.push(finding.at(Some(offered)).suggesting(suggestion(sent, *reading)));
    }
    if readings.is_empty() {
        let finding =
            Finding::new(&rules::OUTSIDE_PROGRAMME, "/geometry").with("distance", distance);
        out.push(finding.at(Some(seen)));
    }
    Verdict { refused: true, reading: readings.first().copied() }
}

fn tell_partly_outside(sent: &RawGeometry, extent: &Bbox, out: &mut Findings) {
    let positions = || sent.positions().filter(|p| on_earth(*p).is_some());
    let mut outside = positions().filter(|p| !lies_in(extent, *p));
    let Some(first) = outside.next() else { return };
    let finding = Finding::new(&rules::PARTLY_OUTSIDE_PROGRAMME, "/geometry")
        .with("count", 1 + outside.count())
        .with("total", positions().count());
    out.push(finding.at(Some(first)));
}

/// Tells when a geometry lies far from the region it is reported in, and how it would lie there.
fn check_region(
    sent: &RawGeometry,
    Claimed { name, land }: &Claimed<'_>,
    extent: Option<&Bbox>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let step = sent.positions().count().div_ceil(LOOKED_FOR).max(1);
    let looked_for = || sent.positions().step_by(step).filter_map(on_earth);
    let Some(first) = looked_for().next() else { return };
    if looked_for().any(|at| land.covers(at)) {
        return;
    }
    let distance_km =
        looked_for().map(|at| land.distance_m(at)).fold(f64::INFINITY, f64::min) / 1_000.0;
    if distance_km <= context.programme.rules.far_from_region_km {
        return;
    }
    let bbox = land.bbox();
    let holds = |at| bbox.contains(at) && extent.is_none_or(|extent| extent.contains(at));
    let readings = misreadings(sent, holds).into_iter();
    let mut inside = readings
        .filter(|reading| on_earth(reading.undo(first.into())).is_some_and(|at| land.covers(at)));
    let reading = inside.next();
    let explanation = reading.map(|reading| format!("; it would lie there {reading}"));
    let finding = Finding::new(&rules::FAR_FROM_REGION, "/geometry")
        .with("distance", figure(distance_km))
        .with("region", name)
        .with("explanation", explanation.unwrap_or_default())
        .at(Some(first.into()));
    out.push(finding.suggesting(reading.and_then(|reading| suggestion(sent, reading))));
}

/// The geometry as it was probably meant, unless it is too long to be read by anybody.
fn suggestion(sent: &RawGeometry, reading: Misreading) -> Option<Value> {
    let short = sent.positions().nth(limits::MAX_SUGGESTED_POSITIONS).is_none();
    short.then(|| written(&reading.corrected(sent)))
}

/// The geometry as GeoJSON; numbers that JSON does not have are null.
pub(crate) fn written(raw: &RawGeometry) -> Value {
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
