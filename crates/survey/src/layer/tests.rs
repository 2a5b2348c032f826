use geometry::RawGeometry;
use serde_json::json;

use super::*;
use crate::feature::{AllKnown, CheckContext, Checked, WireFeature, WireGeometry};
use crate::id::Day;
use crate::programme::Programme;

fn schools() -> Layer {
    serde_json::from_value(json!({
        "name": "schools",
        "title": "Schools",
        "geometry": ["point"],
        "properties": [
            { "name": "ឈ្មោះ", "title": "Name", "type": "text", "required": true },
            { "name": "pupils", "type": "integer" },
            { "name": "kind", "type": "text", "values": ["primary", "secondary"] },
            { "name": "opened", "type": "date" },
        ],
        "effective_on": "opened",
    }))
    .unwrap()
}

fn feature(id: Option<&str>, geometry: RawGeometry, properties: Value) -> WireFeature {
    WireFeature {
        index: 4,
        id: id.map(str::to_owned),
        geometry: WireGeometry::Read(geometry),
        raw_geometry: None,
        properties: properties.as_object().unwrap().clone(),
    }
}

fn at() -> RawGeometry {
    RawGeometry::Point([103.2, 13.1])
}

fn check(layer: &Layer, wire: WireFeature) -> Checked {
    let mut programme = Programme::new("kh", "Cambodia");
    programme.layers = Layers::new(vec![layer.clone()]).unwrap();
    let today = Day::from_ymd_opt(2026, 3, 1).unwrap();
    let context =
        CheckContext { today, programme: &programme, known: &AllKnown, accept_repairs: false };
    programme.collection(&layer.name).unwrap().check(wire, &context)
}

fn rules(checked: &Checked) -> Vec<(&'static str, String)> {
    checked.findings.iter().map(|it| (it.rule, it.pointer.clone())).collect()
}

#[test]
fn a_feature_that_keeps_the_definition_is_a_record_with_the_day_it_tells() {
    let properties = json!({ "ឈ្មោះ": " Bavel ", "pupils": 120, "opened": "2019-05-02" });
    let checked = check(&schools(), feature(Some("S-7"), at(), properties));
    let record = checked.record.unwrap();
    assert_eq!(checked.findings, []);
    assert_eq!(record.local_id, "S-7");
    assert_eq!(record.effective_on, Day::from_ymd_opt(2019, 5, 2).unwrap());
    assert_eq!(record.properties["ឈ្មោះ"], "Bavel");
    assert_eq!(record.properties["local_id"], "S-7");
}

#[test]
fn every_fault_of_a_feature_is_told_with_its_place_and_what_was_meant() {
    let line = RawGeometry::LineString(vec![[103.0, 13.0], [103.2, 13.1]]);
    let properties =
        json!({ "Pupils": 3, "kind": "primry", "opened": "02.05.2019", "roof": "tin" });
    let checked = check(&schools(), feature(Some("S-7"), line, properties));
    assert!(checked.record.is_none() && checked.fallback.is_none());
    let told = rules(&checked);
    for expected in [
        ("property-not-in-layer", "/properties/Pupils"),
        ("unknown-code", "/properties/kind"),
        ("not-a-date", "/properties/opened"),
        ("property-not-in-layer", "/properties/roof"),
        ("missing-property", "/properties/ឈ្មោះ"),
        ("geometry-not-in-layer", "/geometry"),
    ] {
        assert!(told.iter().any(|(rule, at)| (*rule, at.as_str()) == expected), "{expected:?}");
    }
    let meant = checked.findings.iter().find(|it| it.pointer == "/properties/Pupils").unwrap();
    assert_eq!(meant.suggestion, Some(json!("pupils")));
}

#[test]
fn a_record_is_named_by_its_property_its_id_or_its_place_in_the_file() {
    let named = |layer: &Layer, id, properties| check(layer, feature(id, at(), properties));
    let mut layer = schools();
    layer.properties[0].required = false;
    assert_eq!(named(&layer, None, json!({})).findings[0].rule, "missing-local-id");
    layer.numbered = true;
    assert_eq!(named(&layer, None, json!({})).record.unwrap().local_id, "5");
    layer.id_property = Some("pupils".to_owned());
    let by_property = named(&layer, Some("x"), json!({ "pupils": 12 })).record.unwrap();
    assert_eq!(by_property.local_id, "12");
    let renamed = named(&layer, None, json!({ "pupils": 13, "local_id": "12" }));
    assert_eq!(renamed.findings[0].rule, "local-id-differs");
    let nameless = named(&layer, None, json!({}));
    assert_eq!(rules(&nameless), [("missing-property", "/properties/pupils".to_owned())]);
}

#[test]
fn one_value_has_one_spelling_whatever_program_wrote_it() {
    let layer: Layer = serde_json::from_value(json!({
        "name": "wells", "title": "Wells", "geometry": ["point"],
        "properties": [
            { "name": "people", "type": "integer" },
            { "name": "depth", "type": "number" },
            { "name": "seen", "type": "timestamp" },
        ],
    }))
    .unwrap();
    let read = |properties| check(&layer, feature(Some("W-1"), at(), properties));
    let record =
        read(json!({ "people": 113.0, "depth": -12.0, "seen": "2026-01-02 03:04:05.000Z" }));
    let properties = record.record.unwrap().properties;
    assert_eq!(properties["people"].to_string(), "113");
    assert_eq!(properties["depth"].to_string(), "-12");
    assert_eq!(properties["seen"], "2026-01-02T03:04:05Z");
    let kept = read(json!({ "depth": 1.5, "seen": "2026-01-02T10:04:05.250+07:00" }));
    let properties = kept.record.unwrap().properties;
    assert_eq!(
        (&properties["depth"], &properties["seen"]),
        (&json!(1.5), &json!("2026-01-02T10:04:05.250+07:00"))
    );
    assert_eq!(
        rules(&read(json!({ "people": 113.5 }))),
        [("wrong-type", "/properties/people".to_owned())]
    );
}

#[test]
fn a_layer_is_not_found_out_without_the_geometries_that_cannot_be_read() {
    let mut inference = Inference::default();
    inference.take(&feature(Some("1"), at(), json!({})));
    let mut unreadable = feature(Some("2"), at(), json!({}));
    unreadable.geometry = WireGeometry::Unreadable {
        pointer: "/geometry".into(),
        reason: "latitude is no number".into(),
        positions: Vec::new(),
    };
    inference.take(&unreadable);
    let found = inference.finish("wells", "Wells");
    assert_eq!(found.faults.len(), 1);
    let fault = &found.faults[0];
    assert_eq!((fault.rule, fault.pointer.as_str()), ("geometry-unreadable", "/geometry"));
    assert!(
        fault.message.contains("1 of 2 feature(s)") && fault.message.contains("feature 1 first")
    );
    assert!(fault.message.contains("latitude is no number"), "{}", fault.message);
}

#[test]
fn numbers_are_taken_for_texts_as_they_are_written() {
    let properties = json!({ "ឈ្មោះ": 7, "local_id": 12 });
    let record = check(&schools(), feature(None, at(), properties)).record.unwrap();
    assert_eq!((&record.properties["ឈ្មោះ"], &record.local_id), (&json!("7"), &"12".to_owned()));
}

#[test]
fn an_area_is_kept_as_it_is_drawn_and_a_crossing_is_only_told() {
    let mut layer = schools();
    layer.geometry = vec![LayerGeometry::Area];
    layer.properties[0].required = false;
    let bow_tie = vec![vec![[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]];
    let checked = check(&layer, feature(Some("a"), RawGeometry::Polygon(bow_tie), json!({})));
    assert_eq!(rules(&checked), [("drawing-not-valid", "/geometry".to_owned())]);
    assert!(checked.record.unwrap().geometry.is_some());
    let antarctica = vec![vec![
        [-180.0, -90.0],
        [180.0, -90.0],
        [180.0, -84.0],
        [0.0, -70.0],
        [-180.0, -84.0],
        [-180.0, -90.0],
    ]];
    let checked = check(&layer, feature(Some("b"), RawGeometry::Polygon(antarctica), json!({})));
    assert_eq!(rules(&checked), []);
    let beyond = vec![vec![[0.0, 0.0], [181.0, 1.0], [1.0, 0.0], [0.0, 0.0]]];
    let checked = check(&layer, feature(Some("c"), RawGeometry::Polygon(beyond), json!({})));
    assert_eq!(checked.findings[0].pointer, "/geometry/coordinates/0/1");
}

#[test]
fn a_stored_record_is_read_by_the_definition_or_refused() {
    let layers = Layers::new(vec![schools()]).unwrap();
    let schools = layers.collection("schools").unwrap();
    let read = |value: Value| schools.read_stored(value.as_object().unwrap());
    let facts = read(json!({ "local_id": "S-7", "opened": "2019-05-02" })).unwrap();
    assert_eq!((facts.local_id.as_str(), facts.land_role), ("S-7", None));
    for broken in [json!({}), json!({ "local_id": "x", "roof": 1 }), json!({ "pupils": "many" })] {
        assert_eq!(read(broken).unwrap_err().rule, "stored-record-unreadable");
    }
}

#[test]
fn a_definition_is_refused_with_every_reason() {
    let layer: Layer = serde_json::from_value(json!({
        "name": "hazardous-areas",
        "title": " ",
        "geometry": ["area"],
        "properties": [
            { "name": "a", "type": "integer", "values": ["1"] },
            { "name": "a", "type": "text", "values": [" x"] },
            { "name": "geometry", "type": "text" },
            { "name": "local_id", "type": "text" },
            { "name": "", "type": "text" },
        ],
        "id_property": "b",
        "effective_on": "a",
        "geometry_name": "a",
    }))
    .unwrap();
    let faults = layer.faults();
    let told: Vec<_> = faults.iter().map(|it| (it.rule, it.pointer.as_str())).collect();
    assert_eq!(
        told,
        [
            ("layer-name-taken", "/name"),
            ("layer-title-missing", "/title"),
            ("layer-values-unfit", "/properties/0/values"),
            ("layer-property-repeated", "/properties/1/name"),
            ("layer-values-unfit", "/properties/1/values"),
            ("layer-property-taken", "/properties/2/name"),
            ("layer-property-taken", "/properties/3/name"),
            ("layer-property-unfit", "/properties/4/name"),
            ("layer-role-unfit", "/id_property"),
            ("layer-role-unfit", "/effective_on"),
            ("layer-role-unfit", "/geometry_name"),
        ]
    );
    for name in ["", "Roads", "1st", "a b", "a/b", &"a".repeat(65)] {
        let layer = Layer { name: name.to_owned(), ..schools() };
        assert_eq!(layer.faults()[0].rule, "layer-name-unfit", "{name}");
    }
}

#[test]
fn a_layer_with_records_grows_and_does_not_narrow() {
    let layers = Layers::new(vec![schools()]).unwrap();
    let mut wider = schools();
    wider.geometry.push(LayerGeometry::Line);
    wider.properties[0].required = false;
    wider.properties[1].kind = LayerKind::Number;
    wider.properties[2].values.push("university".to_owned());
    wider.properties.insert(0, LayerProperty::plain("roof", LayerKind::Text));
    let grown = layers.with(wider, true).unwrap();
    let names: Vec<String> =
        grown.collection("schools").unwrap().properties().map(str::to_owned).collect();
    assert_eq!(names, ["local_id", "ឈ្មោះ", "pupils", "kind", "opened", "roof"]);

    let mut narrower = schools();
    narrower.geometry.clear();
    narrower.properties[1].required = true;
    narrower.properties[2].values = vec!["primary".to_owned()];
    narrower.properties.pop();
    narrower.effective_on = None;
    let LayerError::Incompatible(faults) = layers.with(narrower.clone(), true).unwrap_err() else {
        panic!("it was refused for another reason")
    };
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(layers.with(narrower, false).is_ok());
}

#[test]
fn a_layer_is_taken_away_without_its_history() {
    let layers = Layers::new(vec![schools()]).unwrap();
    assert!(layers.without("schools", false, 0).unwrap().is_empty());
    assert!(matches!(layers.without("schools", true, 3), Err(LayerError::InUse { .. })));
    assert!(matches!(layers.without("roads", true, 0), Err(LayerError::Unknown(_))));
    let mut programme = Programme::new("kh", "Cambodia");
    programme.layers = layers.without("schools", true, 0).unwrap();
    assert!(programme.collection("schools").is_none());
    assert!(programme.layers.collection("schools").is_some());
}

#[test]
fn a_programme_keeps_its_layers_as_they_were_written() {
    let mut programme = Programme::new("kh", "Cambodia");
    programme.layers = Layers::new(vec![schools()]).unwrap();
    let text = serde_json::to_string(&programme).unwrap();
    assert_eq!(serde_json::from_str::<Programme>(&text).unwrap(), programme);
    assert_eq!(programme.collections().last().unwrap().name, "schools");
    let shadowing = text.replace("\"schools\"", "\"regions\"");
    assert!(serde_json::from_str::<Programme>(&shadowing).is_err());
}

#[test]
fn a_definition_is_found_out_from_features() {
    let mut inference = Inference::default();
    for number in 0..12 {
        let properties = json!({
            "NE_ID": number,
            "NAME": format!("place {number}"),
            "pop": if number == 3 { json!(2.5) } else { json!(number) },
            "capital": number % 2 == 0,
            "founded": "1999-02-01",
            "seen": "2026-01-01T10:00:00Z",
            "ភូមិ": if number % 2 == 0 { "a" } else { "b" },
            "code": if number == 0 { json!("007") } else { json!(number) },
            "tags": ["x"],
            "more": { "a": 1 },
            "empty": null,
        });
        inference.take(&feature(None, at(), properties));
    }
    let found = inference.finish("places", "Places");
    let kinds: std::collections::BTreeMap<&str, LayerKind> =
        found.layer.properties.iter().map(|it| (it.name.as_str(), it.kind)).collect();
    let expected = [
        ("NAME", LayerKind::Text),
        ("NE_ID", LayerKind::Integer),
        ("capital", LayerKind::Boolean),
        ("code", LayerKind::Text),
        ("empty", LayerKind::Text),
        ("founded", LayerKind::Date),
        ("more", LayerKind::Any),
        ("pop", LayerKind::Number),
        ("seen", LayerKind::Timestamp),
        ("tags", LayerKind::Texts),
        ("ភូមិ", LayerKind::Text),
    ];
    assert_eq!(kinds, expected.into_iter().collect());
    assert_eq!(found.layer.id_property.as_deref(), Some("code"));
    assert_eq!(found.layer.geometry, [LayerGeometry::Point]);
    assert_eq!(
        found.offers,
        [Offer { property: "ភូមិ".into(), values: vec!["a".into(), "b".into()] }]
    );
    assert!(found.layer.faults().is_empty());
}

#[test]
fn what_is_found_out_of_a_file_takes_every_feature_of_it() {
    let features: Vec<WireFeature> = [json!({ "a": 1 }), json!({ "a": "x" }), json!({ "b": [1] })]
        .into_iter()
        .map(|properties| feature(None, at(), properties))
        .collect();
    let mut inference = Inference::default();
    for one in &features {
        inference.take(one);
    }
    let layer = inference.finish("things", "Things").layer;
    assert!(layer.numbered && layer.id_property.is_none());
    for one in features {
        assert_eq!(check(&layer, one).findings, []);
    }
}
