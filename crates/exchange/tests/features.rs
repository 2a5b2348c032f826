//! Single features, whole and broken.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use exchange::{RawFeature, ReadLimits, parse_feature, read_features};
use geometry::RawGeometry;
use proptest::prelude::*;
use serde_json::json;
use survey::{Finding, WireFeature, WireGeometry};

fn raw(text: &str) -> RawFeature {
    RawFeature { index: 7, byte_offset: 0, line: 1, text: text.into(), fault: None }
}

fn parse(text: &str) -> Result<WireFeature, Vec<Finding>> {
    parse_feature(&raw(text))
}

fn with_geometry(geometry: &str) -> WireFeature {
    let text =
        format!(r#"{{"type":"Feature","geometry":{geometry},"properties":{{"local_id":"a"}}}}"#);
    let feature = parse(&text).unwrap();
    assert_eq!(feature.properties["local_id"], "a");
    feature
}

fn unreadable(geometry: &str) -> (String, String, Vec<[f64; 2]>) {
    let feature = with_geometry(geometry);
    assert_eq!(feature.raw_geometry.as_deref(), Some(geometry));
    match feature.geometry {
        WireGeometry::Unreadable { pointer, reason, positions } => (pointer, reason, positions),
        other => panic!("{geometry} was read as {other:?}"),
    }
}

/// Rules and pointers of what is found in a feature.
fn found(text: &str) -> Vec<(&'static str, String)> {
    let findings = parse(text).unwrap_err();
    assert!(!findings.is_empty(), "{text}");
    for finding in &findings {
        assert_eq!(finding.index, Some(7));
        assert!(finding.is_error() && !finding.message.contains('{'), "{}", finding.message);
    }
    findings.into_iter().map(|finding| (finding.rule, finding.pointer)).collect()
}

#[test]
fn a_whole_feature_is_read_whole() {
    let feature = parse(
        r#" {"bbox":[0,0,1,1],"properties":{"a":1,"b":{"c":[null]}},"id":"HA-1","type":"Feature",
            "geometry":{"coordinates":[[[0,0],[1,0,5.5],[1,1,null],[0,0]]],"type":"Polygon"}} "#,
    )
    .unwrap();
    assert_eq!(feature.index, 7);
    assert_eq!(feature.id.as_deref(), Some("HA-1"));
    assert_eq!(json!(feature.properties), json!({"a": 1, "b": {"c": [null]}}));
    let ring = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
    assert_eq!(feature.geometry, WireGeometry::Read(RawGeometry::Polygon(vec![ring])));
    assert!(feature.raw_geometry.unwrap().starts_with(r#"{"coordinates""#));
}

#[test]
fn every_kind_of_geometry_is_read() {
    let line = || vec![[1.0, 2.0], [3.0, 4.0]];
    for (kind, coordinates, expected) in [
        ("Point", "[1,2]", RawGeometry::Point([1.0, 2.0])),
        ("MultiPoint", "[[1,2],[3,4]]", RawGeometry::MultiPoint(line())),
        ("LineString", "[[1,2],[3,4]]", RawGeometry::LineString(line())),
        ("MultiLineString", "[[[1,2],[3,4]]]", RawGeometry::MultiLineString(vec![line()])),
        ("Polygon", "[[[1,2],[3,4]]]", RawGeometry::Polygon(vec![line()])),
        ("Polygon", "[]", RawGeometry::Polygon(vec![])),
        ("MultiPolygon", "[[[[1,2],[3,4]]]]", RawGeometry::MultiPolygon(vec![vec![line()]])),
    ] {
        for text in [
            format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#),
            format!(r#"{{"x":{{}},"coordinates":{coordinates},"type":"{kind}"}}"#),
        ] {
            let feature = with_geometry(&text);
            assert_eq!(feature.geometry, WireGeometry::Read(expected.clone()), "{text}");
        }
    }
}

#[test]
fn ids_and_properties_may_be_missing() {
    let id = |text| parse(text).unwrap().id;
    assert_eq!(id(r#"{"type":"Feature","geometry":null,"properties":null}"#), None);
    assert_eq!(id(r#"{"type":"Feature","geometry":null,"id":null}"#), None);
    assert_eq!(id(r#"{"type":"Feature","geometry":null,"id":12}"#).as_deref(), Some("12"));
    assert_eq!(id(r#"{"type":"Feature","geometry":null,"id":"\u00e9"}"#).as_deref(), Some("é"));
    let feature = parse(r#"{"type":"Feature","geometry":null}"#).unwrap();
    assert_eq!((feature.geometry, feature.raw_geometry), (WireGeometry::Absent, None));
}

#[test]
fn a_geometry_that_cannot_be_read_does_not_lose_the_feature() {
    for (geometry, pointer, reason) in [
        (
            r#"{"type":"Polygon","coordinates":[[[1,2],[3]]]}"#,
            "/geometry/coordinates/0/1",
            "longitude and latitude",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[1,"2"]]]}"#,
            "/geometry/coordinates/0/0/1",
            "not a text",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[1,NaN]]]}"#,
            "/geometry/coordinates/0/0/1",
            "no such number",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[1,-Infinity]]]}"#,
            "/geometry/coordinates/0/0/1",
            "no such number",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[1e999,1]]]}"#,
            "/geometry/coordinates/0/0/0",
            "too large",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[1,2],]]}"#,
            "/geometry/coordinates/0",
            "not expected",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[1,2]]}"#,
            "/geometry/coordinates/0/0",
            "not a number",
        ),
        (
            r#"{"type":"Polygon","coordinates":[[[[1,2]]]]}"#,
            "/geometry/coordinates/0/0",
            "too many",
        ),
        (r#"{"type":"Polygon","coordinates":null}"#, "/geometry/coordinates", "not null"),
        (r#"{"type":"Polygon"}"#, "/geometry", "coordinates"),
        (r#"{"coordinates":[1,2]}"#, "/geometry", "type"),
        (r#"{"type":"polygon","coordinates":[]}"#, "/geometry/type", "is written"),
        (r#"{"type":"CurvePolygon","coordinates":[]}"#, "/geometry/type", "not a kind"),
        (
            r#"{"type":"GeometryCollection","geometries":[]}"#,
            "/geometry/type",
            "GeometryCollection",
        ),
        (r#"{"type":7,"coordinates":[]}"#, "/geometry/type", "not a number"),
        (r#"{"type":"Point","type":"Point","coordinates":[1,2]}"#, "/geometry/type", "twice"),
        (r#"{"type":"Point","coordinates":[1,2],"crs":{}}"#, "/geometry/crs", "crs"),
        (r#"{"type":"Point","coordinates":[]}"#, "/geometry/coordinates", "none"),
        (r#"{"type":"\ud800"}"#, "/geometry/type", "pair"),
        ("[1,2]", "/geometry", "not an array"),
        (r#""POINT(1 2)""#, "/geometry", "not a text"),
    ] {
        let (found, told, _) = unreadable(geometry);
        assert_eq!(found, pointer, "{geometry}: {told}");
        assert!(told.contains(reason), "{geometry}: {told}");
    }
}

#[test]
fn further_faults_and_usable_positions_are_told_with_the_first() {
    let (pointer, reason, positions) =
        unreadable(r#"{"type":"Polygon","coordinates":[[[1,2],[3],[4,5],["x",6],[7,8,9]]]}"#);
    assert_eq!(pointer, "/geometry/coordinates/0/1");
    assert!(reason.contains("/geometry/coordinates/0/3/0: a number is expected"), "{reason}");
    assert_eq!(positions, [[1.0, 2.0], [4.0, 5.0], [7.0, 8.0]]);
}

#[test]
fn a_feature_without_the_member_geometry_is_kept_too() {
    let feature = parse(r#"{"type":"Feature","properties":{"local_id":"a"}}"#).unwrap();
    let WireGeometry::Unreadable { pointer, reason, .. } = feature.geometry else { panic!() };
    assert_eq!(pointer, "/geometry");
    assert!(reason.contains("missing"));
}

#[test]
fn every_fault_of_a_feature_has_its_place() {
    for (text, rule, pointer) in [
        ("", "not-a-feature", ""),
        ("null", "not-a-feature", ""),
        ("[]", "not-a-feature", ""),
        ("{", "malformed-json", ""),
        (r#"{"type":"Feature" "geometry":null}"#, "malformed-json", ""),
        (r#"{"type":"Feature","geometry":null}}"#, "malformed-json", ""),
        (r#"{"geometry":null}"#, "not-a-feature", ""),
        (r#"{"type":"FeatureCollection","features":[]}"#, "not-a-feature", "/type"),
        (r#"{"type":3,"geometry":null}"#, "not-a-feature", "/type"),
        (r#"{"type":"Feature","geometry":null,"id":{}}"#, "wrong-type", "/id"),
        (r#"{"type":"Feature","geometry":null,"id":1e999}"#, "wrong-value", "/id"),
        (r#"{"type":"Feature","geometry":null,"properties":[]}"#, "wrong-type", "/properties"),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}"#,
            "wrong-value",
            "/properties/a",
        ),
        (r#"{"type":"Feature","geometry":null,"geometry":null}"#, "wrong-value", "/geometry"),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a/b~":[1,NaN]}}"#,
            "wrong-value",
            "/properties/a~1b~0/1",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":1e999}}"#,
            "wrong-value",
            "/properties/a",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":"\ud800x"}}"#,
            "wrong-value",
            "/properties/a",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":"\q"}}"#,
            "wrong-value",
            "/properties/a",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"\udfff":1}}"#,
            "wrong-value",
            "/properties",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":[1,]}}"#,
            "malformed-json",
            "/properties/a",
        ),
        (
            r#"{"type":"Feature","geometry":null,"properties":{"a":01}}"#,
            "wrong-value",
            "/properties/a",
        ),
        (
            r#"{"type":"Feature","geometry":null,"crs":{"type":"name","properties":{"name":"EPSG:3857"}}}"#,
            "other-coordinate-system",
            "/crs",
        ),
        (r#"{"type":"Feature","geometry":null,"crs":null}"#, "other-coordinate-system", "/crs"),
    ] {
        assert_eq!(found(text), [(rule, pointer.to_owned())], "{text}");
    }
    let text = "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"a\":\"x\u{1}y\"}}";
    assert_eq!(found(text), [("wrong-value", "/properties/a".to_owned())]);
}

#[test]
fn all_faults_are_told_together_with_the_name_of_the_feature() {
    let text = r#"{"type":"feature","id":[],"geometry":{"type":"Point","coordinates":[1]},
        "properties":{"local_id":"HA-9","a":1e999,"b":NaN}}"#;
    let findings = parse(text).unwrap_err();
    let told: Vec<_> = findings.iter().map(|f| (f.rule, f.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            ("not-a-feature", "/type"),
            ("wrong-type", "/id"),
            ("wrong-value", "/properties/a"),
            ("wrong-value", "/properties/b"),
            ("geometry-unreadable", "/geometry/coordinates"),
        ]
    );
    assert!(findings.iter().all(|finding| finding.feature.as_deref() == Some("HA-9")));
}

#[test]
fn a_crs_that_names_wgs_84_is_accepted_in_a_feature() {
    let text = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},
        "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}}"#;
    let feature = parse(text).unwrap();
    assert_eq!(feature.geometry, WireGeometry::Read(RawGeometry::Point([1.0, 2.0])));
}

#[test]
fn features_over_a_limit_are_told() {
    let limits = ReadLimits { feature_bytes: 100, depth: 5, ..ReadLimits::default() };
    let long = "x".repeat(200);
    let text =
        format!(r#"{{"type":"FeatureCollection","features":[{{"a":"{long}"}},[[[[[[]]]]]]]}}"#);
    let rules: Vec<_> = read_features(text.as_bytes(), limits)
        .map(|feature| parse_feature(&feature.unwrap()).unwrap_err()[0].rule)
        .collect();
    assert_eq!(rules, ["feature-too-large", "properties-too-large"]);
}

#[test]
fn hostile_depth_is_answered() {
    for bracket in ["[", "{\"a\":"] {
        let bomb = bracket.repeat(100_000);
        for text in [
            bomb.clone(),
            format!(r#"{{"type":"Feature","geometry":{bomb}"#),
            format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{bomb}"#),
        ] {
            assert!(parse(&text).is_err());
        }
    }
    let nested = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    let text =
        format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{nested},"b":NaN}}}}"#);
    assert_eq!(found(&text), [("wrong-value", "/properties/b".to_owned())]);
}

fn mutated() -> impl Strategy<Value = String> {
    let seeds = prop::sample::select(vec![
        r#"{"type":"Feature","id":1,"geometry":{"type":"Polygon","coordinates":[[[1,2],[3.5,-4e1],[5,6,7],[1,2]]]},"properties":{"local_id":"a","b":["\u00e9\ud83d\ude00",null,true]}}"#,
        r#"{"properties":null,"geometry":{"coordinates":[102.1,13.2],"type":"Point"},"type":"Feature","crs":{"type":"name","properties":{"name":"EPSG:4326"}}}"#,
        r#"{"type":"Feature","geometry":null,"properties":{"a":{"b":{"c":[1,[2,[3]]]}}}}"#,
    ]);
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "\\",
        "\\u0000",
        "\\ud800",
        "1e999",
        "NaN",
        "-",
        "é",
        "\u{1}",
        " ",
        "null",
        "\"type\":\"Point\",",
        "00",
        ".",
    ]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), pieces), 0..5);
    (seeds, edits).prop_map(|(seed, edits)| {
        let mut letters: Vec<String> = seed.chars().map(String::from).collect();
        for (index, replace, piece) in edits {
            let at = index.index(letters.len().max(1));
            if replace && at < letters.len() {
                piece.clone_into(&mut letters[at]);
            } else {
                letters.insert(at.min(letters.len()), piece.to_owned());
            }
        }
        letters.concat()
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_or_explained(text in mutated()) {
        match parse(&text) {
            Ok(feature) => {
                if let WireGeometry::Unreadable { pointer, reason, .. } = feature.geometry {
                    prop_assert!(pointer.starts_with("/geometry"));
                    prop_assert!(!reason.is_empty() && !reason.ends_with('.'));
                }
            }
            Err(findings) => {
                prop_assert!(!findings.is_empty());
                prop_assert!(findings.iter().all(|finding| finding.index == Some(7)));
            }
        }
    }

    #[test]
    fn arbitrary_text_is_answered_without_a_panic(text in "\\PC{0,60}|[\\[\\]{}\":,\\\\ue0-9.]{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_strict_parser_accepts_what_is_read_as_a_whole(text in mutated()) {
        let whole = parse(&text).is_ok_and(|f| !matches!(f.geometry, WireGeometry::Unreadable { .. }));
        prop_assert!(!whole || serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }
}
