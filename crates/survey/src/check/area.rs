//! Areas: as reported, as drawn, and whether they can be true.

use geometry::suspicion::{Rounding, Suspicion, SuspicionKind, suspicions};
use geometry::{Geometry, HazardPolygon};
use serde_json::Value;

use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::rules;

/// Square metres of the units in which areas are reported by mistake.
///
/// # Source
/// Ours: units found in national registers and on national maps. An acre is 43,560 square feet of
/// 0.3048 m; a jerib, a rai, a dunum and a feddan are the modern ones.
const UNITS: &[(&str, f64)] = &[
    ("hectares", 10_000.0),
    ("square kilometres", 1.0e6),
    ("acres", 4_046.856_422_4),
    ("square feet", 0.092_903_04),
    ("dunums", 1_000.0),
    ("rai", 1_600.0),
    ("jeribs", 2_000.0),
    ("feddans", 4_200.833_3),
];

/// A boundary and the area it encloses in square metres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured<'a> {
    polygon: &'a HazardPolygon,
    area_m2: f64,
}

/// Measures the boundary, if the geometry is one.
pub(crate) fn measure(geometry: Option<&Geometry>) -> Option<Measured<'_>> {
    match geometry {
        Some(Geometry::Polygon(polygon)) => Some(Measured { polygon, area_m2: polygon.area_m2() }),
        Some(Geometry::Point(_) | Geometry::Shape(_)) | None => None,
    }
}

/// Judges the area that was reported against the area of the boundary.
///
/// A difference never refuses a feature: figures are made from boundaries, and legacy registers
/// differ a lot. When a known unit explains it, that is told instead, with the area in square
/// metres.
pub(crate) fn check_reported(
    reported: Option<f64>,
    measured: Option<Measured<'_>>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let (Some(reported), Some(Measured { polygon, area_m2: computed })) = (reported, measured)
    else {
        return;
    };
    let tolerance = context.programme.rules.area_tolerance_percent / 100.0;
    let agrees = |value: f64| (value - computed).abs() <= tolerance * computed;
    if reported <= 0.0 || computed <= 0.0 || agrees(reported) {
        return;
    }
    let pointer = "/properties/reported_area_m2";
    let finding = if let Some((unit, value)) = other_unit(reported, computed, polygon, tolerance) {
        Finding::new(&rules::AREA_IN_OTHER_UNIT, pointer)
            .with("reported", figure(reported))
            .with("computed", figure(computed))
            .with("unit", unit)
            .suggesting(Value::from(value.round()))
    } else {
        Finding::new(&rules::AREA_DIFFERS, pointer)
            .with("reported", figure(reported))
            .with("computed", figure(computed))
            .with("percent", figure((reported - computed).abs() / computed * 100.0))
    };
    out.judge(&["reported_area_m2"], finding);
}

/// The unit that explains the difference best, and the area in square metres by it.
fn other_unit(
    reported: f64,
    computed: f64,
    polygon: &HazardPolygon,
    tolerance: f64,
) -> Option<(&'static str, f64)> {
    let bbox = polygon.bbox();
    let cosine = ((bbox.south + bbox.north) / 2.0).to_radians().cos();
    // Web Mercator enlarges areas by the square of the secant of the latitude.
    let mercator = ("square metres of the Web Mercator projection", cosine * cosine);
    let off = |value: f64| (value / computed - 1.0).abs();
    let candidates = UNITS.iter().copied().chain([mercator]);
    candidates
        .map(|(unit, factor)| (unit, reported * factor))
        .filter(|&(_, value)| off(value) <= tolerance)
        .min_by(|a, b| off(a.1).total_cmp(&off(b.1)))
}

/// Tells what is suspicious about an outline although it is valid.
pub(crate) fn check_outline(
    measured: Option<Measured<'_>>,
    accuracy_m: Option<f64>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let Some(Measured { polygon, area_m2 }) = measured else { return };
    let limits = context.programme.rules.outline_limits(accuracy_m);
    for Suspicion { kind, at } in suspicions(polygon, area_m2, &limits) {
        let new = |rule| Finding::new(rule, "/geometry");
        let finding = match kind {
            SuspicionKind::Sliver { area_m2, perimeter_m } => new(&rules::SLIVER)
                .with("area", figure(area_m2))
                .with("perimeter", figure(perimeter_m)),
            SuspicionKind::Needle { angle_deg, length_m, count } => new(&rules::NEEDLE)
                .with("count", count)
                .with("angle", figure(angle_deg))
                .with("length", figure(length_m)),
            SuspicionKind::CloseVertices { short, edges } => new(&rules::POINTS_TOO_CLOSE)
                .with("short", short)
                .with("edges", edges)
                .with("limit", limits.close_vertices_m),
            SuspicionKind::LongEdge { length_m } => {
                new(&rules::LONG_EDGE).with("length", figure(length_m / 1_000.0))
            }
            SuspicionKind::Large { area_m2 } => new(&rules::LARGE_AREA)
                .with("area", figure(area_m2 / 1.0e6))
                .with("limit", context.programme.rules.large_area_km2),
            SuspicionKind::CoarseForSize { rounding, .. } if is_coarse(rounding, context) => {
                continue;
            }
            SuspicionKind::CoarseForSize { rounding, side_m } => new(&rules::COARSE_FOR_SIZE)
                .with("rounding", rounding)
                .with("metres", figure(rounding.step_m()))
                .with("side", figure(side_m)),
        };
        out.push(finding.at(Some(at)));
    }
}

/// Tells whether coordinates are rounded too much for a boundary of any size.
pub(crate) fn is_coarse(rounding: Rounding, context: &CheckContext<'_>) -> bool {
    let limit = Rounding::Decimals(context.programme.rules.coarse_decimals);
    rounding.step_m() >= limit.step_m()
}

/// Judges the stated accuracy of turning points.
pub(crate) fn check_accuracy(
    accuracy_m: Option<f64>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let limit = context.programme.rules.poor_accuracy_m;
    if let Some(accuracy) = accuracy_m
        && accuracy > limit
    {
        let finding = Finding::new(&rules::POOR_ACCURACY, "/properties/accuracy_m")
            .with("accuracy", accuracy)
            .with("limit", limit);
        out.judge(&["accuracy_m"], finding);
    }
}

/// The distance of two near positions in metres, on a sphere and to about 1 %: enough for
/// a message, and a hundred times quicker than the geodesic.
pub(crate) fn rough_distance_m(a: [f64; 2], b: [f64; 2]) -> f64 {
    const M_PER_DEG: f64 = 111_195.0;
    let cosine = ((a[1] + b[1]) / 2.0).to_radians().cos();
    let east = (b[0] - a[0]) * cosine;
    east.hypot(b[1] - a[1]) * M_PER_DEG
}

/// A figure with as many digits as can be meant.
pub(crate) fn figure(value: f64) -> String {
    if value.abs() >= 100.0 || value == 0.0 {
        format!("{value:.0}")
    } else if value.abs() >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rough_distance_is_within_a_hundredth() {
        let a = geometry::LonLat::new(103.2, 13.1).unwrap();
        let b = geometry::LonLat::new(103.21, 13.12).unwrap();
        let rough = rough_distance_m([103.2, 13.1], [103.21, 13.12]);
        assert!((rough / a.distance_m(b) - 1.0).abs() < 0.01);
    }

    #[test]
    fn a_reported_area_is_judged_by_the_tolerance_of_the_programme() {
        let (west, south, size) = (103.0, 13.0, 0.01);
        let (east, north) = (west + size, south + size);
        let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let square: Geometry = HazardPolygon::new(vec![vec![ring.to_vec()]]).unwrap().into();
        let measured = measure(Some(&square));
        let reported = measured.unwrap().area_m2 * 1.08;
        let findings = |tolerance_percent: f64| {
            let mut programme = crate::Programme::new("kh", "Cambodia");
            programme.rules.area_tolerance_percent = tolerance_percent;
            let today = "2024-01-01".parse().unwrap();
            let context = CheckContext {
                today,
                programme: &programme,
                known: &crate::feature::AllKnown,
                accept_repairs: false,
            };
            let mut out = Findings::default();
            check_reported(Some(reported), measured, &context, &mut out);
            out.into_vec().len()
        };
        assert_eq!((findings(5.0), findings(10.0)), (1, 0));
    }

    #[test]
    fn figures_have_sensible_digits() {
        let figures = [12_345.678, 12.34, 0.012_34, 0.0].map(figure);
        assert_eq!(figures, ["12346", "12.3", "0.0123", "0"]);
    }
}
