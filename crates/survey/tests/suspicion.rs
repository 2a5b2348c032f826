//! What is suspicious about a valid boundary is told, with what was probably meant, and nothing is
//! changed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, RawGeometry};
use serde_json::{Value, json};
use survey::{
    CheckContext, Checked, Day, DuplicateBoundaries, Finding, Known, Lookalike, Programme,
    ProgrammeRules, RecordId, Severity, WireFeature, WireGeometry, collection,
};

/// Metres in a degree at 13° north.
const PER_LON: f64 = 108_490.0;
const PER_LAT: f64 = 110_640.0;

type Ring = Vec<[f64; 2]>;

/// A ring of points in metres east and north of a place, with coordinates as they are computed.
fn ring_at([lon, lat]: [f64; 2], points: &[[f64; 2]]) -> Ring {
    let mut ring: Ring =
        points.iter().map(|p| [lon + p[0] / PER_LON, lat + p[1] / PER_LAT]).collect();
    ring.push(ring[0]);
    ring
}

const HERE: [f64; 2] = [103.212_345_67, 13.123_456_78];

fn ring(points: &[[f64; 2]]) -> Ring {
    ring_at(HERE, points)
}

fn field_at(place: [f64; 2]) -> Ring {
    ring_at(place, &[[0.0, 0.0], [80.0, 0.0], [90.0, 60.0], [0.0, 50.0]])
}

fn moved(ring: &Ring, by: impl Fn([f64; 2]) -> [f64; 2]) -> Ring {
    ring.iter().map(|p| by(*p)).collect()
}

fn polygon(ring: &Ring) -> HazardPolygon {
    HazardPolygon::new(vec![vec![ring.clone()]]).unwrap()
}

fn square(west: f64, south: f64, side: f64) -> HazardPolygon {
    let (east, north) = (west + side, south + side);
    polygon(&vec![[west, south], [east, south], [east, north], [west, north], [west, south]])
}

/// What is recorded: one region, and other hazardous areas.
#[derive(Default)]
struct Recorded {
    region: Option<Arc<HazardPolygon>>,
    areas: Vec<Lookalike>,
}

impl Known for Recorded {
    fn exists(&self, _: &str, _: &str) -> bool {
        true
    }

    fn region(&self, local_id: &str) -> Option<Arc<HazardPolygon>> {
        self.region.clone().filter(|_| local_id == "KH02")
    }

    fn lookalikes(&self, _: &str, _: &Bbox, _: &LikenessLimits) -> Vec<Lookalike> {
        self.areas.clone()
    }
}

fn recorded(local_id: &str, ring: &Ring) -> Lookalike {
    let id = RecordId::from(uuid::Uuid::from_u128(7));
    Lookalike { id, local_id: local_id.to_owned(), polygon: Arc::new(polygon(ring)) }
}

fn cambodia() -> Programme {
    Programme { extent: Some([102.3, 9.9, 107.7, 14.7]), ..Programme::new("kh", "Cambodia") }
}

struct Asked<'a> {
    programme: Programme,
    known: Recorded,
    collection: &'a str,
    more: Value,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self {
            programme: cambodia(),
            known: Recorded::default(),
            collection: "hazardous-areas",
            more: json!({}),
        }
    }
}

impl Asked<'_> {
    fn check(&self, geometry: RawGeometry) -> Checked {
        let mut properties = json!({
            "local_id": "KH-HA-1", "classification": "suspected", "identified_on": "2020-01-01",
        });
        if self.collection == "land-releases" {
            properties = json!({
                "local_id": "KH-LR-1", "outcome": "cleared", "released_on": "2020-01-01",
                "depth_cm": 20,
            });
        }
        let mut properties = properties.as_object().unwrap().clone();
        properties.extend(self.more.as_object().unwrap().clone());
        let wire = WireFeature {
            index: 4,
            id: None,
            geometry: WireGeometry::Read(geometry),
            raw_geometry: None,
            properties,
        };
        let context = CheckContext {
            accept_repairs: false,
            today: Day::from_ymd_opt(2026, 1, 1).unwrap(),
            programme: &self.programme,
            known: &self.known,
        };
        collection(self.collection).unwrap().check(wire, &context)
    }

    fn check_ring(&self, ring: &Ring) -> Checked {
        self.check(RawGeometry::Polygon(vec![ring.clone()]))
    }
}

fn codes(checked: &Checked) -> Vec<&str> {
    checked.findings.iter().map(|finding| finding.rule).collect()
}

fn the<'a>(checked: &'a Checked, rule: &str) -> &'a Finding {
    let found = checked.findings.iter().find(|finding| finding.rule == rule);
    let finding = found.unwrap_or_else(|| panic!("no {rule} among {:?}", codes(checked)));
    assert!(!finding.message.contains('{'), "{}", finding.message);
    assert_eq!((finding.index, finding.feature.as_deref()), (Some(4), Some("KH-HA-1")));
    finding
}

fn suggested(finding: &Finding) -> Ring {
    serde_json::from_value(finding.suggestion.as_ref().unwrap()["coordinates"][0].clone()).unwrap()
}

fn assert_near(found: &Ring, meant: &Ring) {
    assert_eq!(found.len(), meant.len());
    for (a, b) in found.iter().zip(meant) {
        assert!((a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9, "{a:?} {b:?}");
    }
}

#[test]
fn an_ordinary_field_has_no_finding() {
    let checked = Asked::default().check_ring(&field_at(HERE));
    assert_eq!(codes(&checked), Vec::<&str>::new());
    assert!(!checked.is_refused());
}

#[test]
fn a_misread_boundary_outside_of_the_programme_is_refused_with_what_was_meant() {
    let meant = field_at(HERE);
    let cases: [(&str, Ring); 4] = [
        ("axes-swapped", moved(&meant, |[lon, lat]| [lat, lon])),
        ("sign-flipped", moved(&meant, |[lon, lat]| [-lon, lat])),
        ("sign-flipped", moved(&meant, |[lon, lat]| [lon, -lat])),
        ("wrong-utm-zone", moved(&meant, |[lon, lat]| [lon - 6.0, lat])),
    ];
    for (rule, sent) in cases {
        let checked = Asked::default().check_ring(&sent);
        assert_eq!(codes(&checked), [rule, "kept-unlocated"], "{rule}");
        let finding = the(&checked, rule);
        assert_eq!(finding.severity, Severity::Error);
        assert_near(&suggested(finding), &meant);
        assert!(checked.is_refused());
        let caution = checked.fallback.unwrap().caution.unwrap();
        let place = geometry::LonLat::try_from(HERE).unwrap();
        assert!(caution.covers(place), "{rule}: the land that was probably meant is hedged");
    }
}

#[test]
fn the_zone_that_was_meant_and_the_distance_stand_in_the_message() {
    let checked =
        Asked::default().check_ring(&moved(&field_at(HERE), |[lon, lat]| [lon - 6.0, lat]));
    let message = &the(&checked, "wrong-utm-zone").message;
    assert!(message.contains("were read 1 zone further east"), "{message}");
    assert!(message.contains("km away"), "{message}");
}

#[test]
fn several_readings_are_all_offered_and_that_of_the_region_first() {
    // A programme of two zones in which both a sign and a zone lead inside.
    let programme =
        Programme { extent: Some([-3.0, 5.0, 3.5, 15.0]), ..Programme::new("xx", "Invented") };
    let sent = field_at([-3.4, 12.123_456_78]);
    let asked = Asked { programme: programme.clone(), ..Asked::default() };
    let checked = asked.check_ring(&sent);
    assert_eq!(codes(&checked), ["sign-flipped", "wrong-utm-zone", "kept-unlocated"]);
    let region = Some(Arc::new(square(2.0, 12.0, 1.0)));
    let known = Recorded { region, ..Recorded::default() };
    let asked = Asked { programme, known, more: json!({ "region": "KH02" }), ..Asked::default() };
    assert_eq!(codes(&asked.check_ring(&sent))[..2], ["wrong-utm-zone", "sign-flipped"]);
}

#[test]
fn what_no_reading_explains_is_outside_with_its_distance_alone() {
    let checked = Asked::default().check_ring(&field_at([44.512_345, 33.312_345]));
    assert_eq!(codes(&checked), ["outside-programme", "kept-unlocated"]);
    assert!(the(&checked, "outside-programme").suggestion.is_none());
}

#[test]
fn a_boundary_far_from_its_region_is_told_with_the_reading_that_leads_there_and_is_kept() {
    // Where longitudes are latitudes only the region can tell.
    let chad = Programme { extent: Some([13.4, 7.4, 24.0, 23.5]), ..Programme::new("td", "Chad") };
    let region = Some(Arc::new(square(20.5, 16.5, 1.0)));
    let known = Recorded { region, ..Recorded::default() };
    let asked =
        Asked { programme: chad, known, more: json!({ "region": "KH02" }), ..Asked::default() };
    let meant = field_at([21.123_456_7, 17.123_456_7]);
    assert!(codes(&asked.check_ring(&meant)).is_empty());
    let swapped = moved(&meant, |[lon, lat]| [lat, lon]);
    let checked = asked.check_ring(&swapped);
    let finding = the(&checked, "far-from-region");
    assert_eq!(finding.severity, Severity::Warning);
    assert!(finding.message.contains("with longitude and latitude swapped"), "{}", finding.message);
    assert_near(&suggested(finding), &meant);
    let kept = checked.record.unwrap();
    assert_eq!(kept.boundary(), Some(&polygon(&swapped)), "nothing is changed");
    let beside = asked.check_ring(&field_at([20.49, 17.0]));
    assert!(!codes(&beside).contains(&"far-from-region"), "1 km off is the region's own accuracy");
}

#[test]
fn a_position_that_was_not_filled_in_is_told_with_its_place() {
    let with_zero = vec![HERE, [103.3, 13.2], [0.0, 0.0], HERE];
    let checked = Asked::default().check_ring(&with_zero);
    let finding = the(&checked, "coordinates-at-zero");
    assert_eq!(finding.at, Some([0.0, 0.0]));
    assert!(codes(&checked).contains(&"partly-outside-programme"));
    let half = vec![HERE, [103.3, 13.2], [103.25, 0.0], HERE];
    assert!(
        the(&Asked::default().check_ring(&half), "coordinates-at-zero")
            .message
            .contains("latitude 0")
    );
    let ghana = Programme { extent: Some([-3.3, 4.7, 1.2, 11.2]), ..Programme::new("gh", "Ghana") };
    let asked = Asked { programme: ghana, ..Asked::default() };
    let meridian =
        vec![[0.0, 7.123_456], [0.001_234, 7.123_456], [0.0, 7.124_567], [0.0, 7.123_456]];
    assert!(!codes(&asked.check_ring(&meridian)).contains(&"coordinates-at-zero"));
}

#[test]
fn rounding_is_told_for_any_boundary_from_eleven_metres_on_and_for_small_ones_earlier() {
    let square = |side: f64, decimals: i32| {
        let scale = 10.0_f64.powi(decimals);
        let points = [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]];
        moved(&ring(&points), |p| p.map(|degrees| (degrees * scale).round() / scale))
    };
    let asked = Asked::default();
    let coarse = asked.check_ring(&square(900.0, 4));
    assert_eq!(codes(&coarse), ["coarse-coordinates"]);
    assert_eq!(the(&coarse, "coarse-coordinates").arguments["rounding"], "4 decimals of a degree");
    assert!(codes(&asked.check_ring(&square(40.0, 5))).is_empty());
    assert_eq!(codes(&asked.check_ring(&square(9.0, 5))), ["coarse-for-size"]);
    assert!(codes(&asked.check_ring(&square(9.0, 6))).is_empty());
    let second = |degrees: f64| (degrees * 3_600.0).round() / 3_600.0;
    let seconds = asked.check_ring(&moved(&square(900.0, 7), |p| p.map(second)));
    assert_eq!(the(&seconds, "coarse-coordinates").arguments["rounding"], "whole seconds of arc");
}

#[test]
fn outlines_that_are_hardly_meant_are_told_by_name() {
    let rectangle =
        |width: f64, height: f64| ring(&[[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]);
    let circle: Vec<[f64; 2]> = (0..64)
        .map(|i| {
            let (sin, cos) = (f64::from(i) / 64.0 * std::f64::consts::TAU).sin_cos();
            [8.0 * cos, 8.0 * sin]
        })
        .collect();
    let needle = [[0.0, 0.0], [80.0, 0.0], [80.0, 30.0], [200.0, 31.0], [80.0, 32.0], [0.0, 60.0]];
    let cases: [(&str, Ring, Severity); 5] = [
        ("sliver", rectangle(400.0, 0.8), Severity::Warning),
        ("needle", ring(&needle), Severity::Warning),
        ("points-too-close", ring(&circle), Severity::Info),
        ("long-edge", rectangle(5_200.0, 900.0), Severity::Warning),
        ("large-area", rectangle(4_000.0, 2_800.0), Severity::Warning),
    ];
    for (rule, sent, severity) in cases {
        let checked = Asked::default().check_ring(&sent);
        assert_eq!(codes(&checked), [rule]);
        let finding = the(&checked, rule);
        assert_eq!(finding.severity, severity);
        assert!(finding.at.is_some());
        assert_eq!(checked.record.unwrap().boundary(), Some(&polygon(&sent)), "nothing is changed");
    }
}

#[test]
fn turning_points_are_too_close_by_the_accuracy_the_record_states() {
    let circle: Vec<[f64; 2]> = (0..12)
        .map(|i| {
            let (sin, cos) = (f64::from(i) / 12.0 * std::f64::consts::TAU).sin_cos();
            [8.0 * cos, 8.0 * sin]
        })
        .collect();
    assert!(codes(&Asked::default().check_ring(&ring(&circle))).is_empty());
    let asked = Asked { more: json!({ "accuracy_m": 5.0 }), ..Asked::default() };
    let checked = asked.check_ring(&ring(&circle));
    assert!(the(&checked, "points-too-close").message.contains("shorter than 5 m"));
}

#[test]
fn a_programme_sets_its_own_thresholds() {
    let rules =
        ProgrammeRules { needle_length_m: 200.0, large_area_km2: 20.0, ..Default::default() };
    let asked = Asked { programme: Programme { rules, ..cambodia() }, ..Asked::default() };
    let needle = [[0.0, 0.0], [80.0, 0.0], [80.0, 30.0], [200.0, 31.0], [80.0, 32.0], [0.0, 60.0]];
    assert!(codes(&asked.check_ring(&ring(&needle))).is_empty());
}

#[test]
fn a_boundary_that_is_recorded_already_is_told_by_the_name_of_the_other() {
    let field = field_at(HERE);
    let again = moved(&field, |[lon, lat]| [lon + 0.5 / PER_LON, lat - 0.5 / PER_LAT]);
    let known = |ring: &Ring, local_id| Recorded {
        areas: vec![recorded(local_id, ring)],
        ..Recorded::default()
    };
    let same = Asked { known: known(&field, "KH-HA-9"), ..Asked::default() };
    let checked = same.check_ring(&field);
    assert_eq!(codes(&checked), ["duplicate-boundary"]);
    let finding = the(&checked, "duplicate-boundary");
    assert_eq!(finding.severity, Severity::Warning);
    assert!(finding.message.contains("KH-HA-9, which is recorded"), "{}", finding.message);
    assert!(!checked.is_refused());
    let nearly = same.check_ring(&again);
    assert_eq!(codes(&nearly), ["near-duplicate-boundary"]);
    assert!(the(&nearly, "near-duplicate-boundary").message.contains("% of the land of either"));
    let itself = Asked { known: known(&field, " kh-ha-1"), ..Asked::default() };
    assert!(codes(&itself.check_ring(&field)).is_empty(), "a new version of the same record");
    let beside = moved(&field, |[lon, lat]| [lon + 90.0 / PER_LON, lat]);
    assert!(codes(&same.check_ring(&beside)).is_empty());
}

#[test]
fn boundaries_of_one_submission_are_compared_with_each_other() {
    let field = polygon(&field_at(HERE));
    let near = polygon(&moved(&field_at(HERE), |[lon, lat]| [lon + 0.5 / PER_LON, lat]));
    let sent = [&field, &polygon(&field_at([103.4, 13.2])), &near, &field];
    let mut seen = DuplicateBoundaries::new(&ProgrammeRules::default());
    let mut asked_for = Vec::new();
    let mut rules = Vec::new();
    for (index, polygon) in sent.iter().enumerate() {
        let mut fetch = |ticket: &usize| {
            asked_for.push(*ticket);
            Ok::<_, ()>(Some(sent[*ticket].clone()))
        };
        let found = seen.meet(index as u64, "KH-HA-1", polygon, index, &mut fetch).unwrap();
        rules.push(found.map(|finding| (finding.rule, finding.arguments["other"].clone())));
    }
    let first = |rule| Some((rule, "feature 0 of this submission".to_owned()));
    assert_eq!(rules, [None, None, first("near-duplicate-boundary"), first("duplicate-boundary")]);
    assert_eq!(asked_for, [0], "only what lies in nearly the same box is looked at again");
}

#[test]
fn activities_on_the_same_land_are_no_duplicates() {
    assert!(collection("hazardous-areas").unwrap().geometry.unique);
    assert!(collection("land-releases").unwrap().geometry.unique);
    assert!(!collection("activities").unwrap().geometry.unique);
    assert!(!collection("regions").unwrap().geometry.unique);
}
