//! What is written is read back as the same, by our own reader and by another.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use exchange::{
    FeatureCollectionWriter, FeatureText, Properties, ReadLimits, parse_feature, read_features,
};
use geometry::{Geometry, RawGeometry};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use survey::WireGeometry;

fn geometries() -> impl Strategy<Value = Geometry> {
    let square = |west: f64, south: f64, size: f64| {
        let (east, north) = (west + size, south + size);
        vec![[west, south], [east, south], [east, north], [west, north], [west, south]]
    };
    let corner = (-170.0..170.0_f64, -80.0..80.0_f64);
    prop_oneof![
        corner.clone().prop_map(|(lon, lat)| RawGeometry::Point([lon, lat])),
        corner.clone().prop_map(move |(lon, lat)| {
            RawGeometry::Polygon(vec![square(lon, lat, 0.3), square(lon + 0.1, lat + 0.1, 0.1)])
        }),
        corner.prop_map(move |(lon, lat)| {
            RawGeometry::MultiPolygon(vec![
                vec![square(lon, lat, 0.1)],
                vec![square(lon + 1.0, lat, 0.3), square(lon + 1.1, lat + 0.1, 0.1)],
            ])
        }),
    ]
    .prop_map(|raw| Geometry::try_from(raw).unwrap())
}

fn properties() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        "\\PC{0,6}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        Just(Value::Null),
        Just(json!({"a": [1, {"b": false}]})),
    ];
    prop::collection::btree_map("\\PC{0,5}", value, 0..5).prop_map(|map| map.into_iter().collect())
}

type Written = (Option<String>, Option<Geometry>, Map<String, Value>);

fn document(features: &[Written]) -> Vec<u8> {
    let mut writer =
        FeatureCollectionWriter::new(Vec::new(), &[("links", json!([{"rel": "self"}]))]).unwrap();
    for (id, geometry, properties) in features {
        let feature = FeatureText {
            id: id.as_deref(),
            geometry: geometry.as_ref().map(Into::into),
            properties: Properties::Map(properties),
            ..FeatureText::default()
        };
        writer.write(&feature).unwrap();
    }
    writer.finish(&[("numberReturned", features.len().into())]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn features_are_read_back_as_written(
        features in prop::collection::vec(
            (any::<Option<String>>(), prop::option::of(geometries()), properties()), 0..5),
    ) {
        let text = document(&features);
        let read: Vec<Written> = read_features(&text[..], ReadLimits::default())
            .map(|raw| {
                let feature = parse_feature(&raw.unwrap()).unwrap();
                let geometry = match feature.geometry {
                    WireGeometry::Absent => None,
                    WireGeometry::Read(raw) => Some(Geometry::try_from(raw).unwrap()),
                    WireGeometry::Unreadable { reason, .. } => panic!("{reason}"),
                };
                (feature.id, geometry, feature.properties)
            })
            .collect();
        prop_assert_eq!(read, features);
    }

    #[test]
    fn another_reader_finds_the_same(
        features in prop::collection::vec(
            (any::<Option<String>>(), prop::option::of(geometries()), properties()), 0..5),
    ) {
        let text = String::from_utf8(document(&features)).unwrap();
        let collection = geojson::FeatureCollection::try_from(text.parse::<geojson::GeoJson>().unwrap()).unwrap();
        prop_assert_eq!(collection.features.len(), features.len());
        for (read, (id, geometry, properties)) in collection.features.into_iter().zip(features) {
            prop_assert_eq!(read.id, id.map(geojson::feature::Id::String));
            prop_assert_eq!(read.properties, Some(properties));
            let mut own = Vec::new();
            if let Some(geometry) = &geometry {
                exchange::write_geometry(&mut own, geometry);
            }
            let other = read.geometry.map(|geometry| serde_json::to_value(geometry).unwrap());
            prop_assert_eq!(other.is_some(), geometry.is_some());
            if let Some(other) = other {
                let own: Value = serde_json::from_slice(&own).unwrap();
                prop_assert_eq!(&other["type"], &own["type"]);
                prop_assert_eq!(numbers(&other["coordinates"]), numbers(&own["coordinates"]));
            }
        }
    }
}

/// All numbers in a value, as floats: whether `1` or `1.0` is written makes no difference.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}
