//! What the generator promises.

use std::collections::{BTreeMap, HashMap};

use geometry::{HazardPolygon, LonLat};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{DemoProgramme, Settings, generate, generate_collection};

const RECORDS: usize = 4_000;

/// One record, read back.
struct Read {
    collection: &'static str,
    properties: Value,
    polygon: Option<HazardPolygon>,
}

impl Read {
    fn text(&self, property: &str) -> &str {
        self.properties[property].as_str().unwrap_or_default()
    }
}

fn settings(programme: DemoProgramme, records: usize) -> Settings {
    Settings { seed: 1, records, programme }
}

fn parts(geometry: &Value) -> Vec<Vec<Vec<[f64; 2]>>> {
    let coordinates = geometry["coordinates"].clone();
    match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![serde_json::from_value(coordinates).unwrap()],
        "MultiPolygon" => serde_json::from_value(coordinates).unwrap(),
        _ => Vec::new(),
    }
}

fn read_all(programme: DemoProgramme) -> Vec<Read> {
    generate(settings(programme, RECORDS))
        .unwrap()
        .map(|feature| {
            let mut json: Value = serde_json::from_str(&feature.json).unwrap();
            let parts = parts(&json["geometry"]);
            let polygon = (!parts.is_empty()).then(|| {
                HazardPolygon::new(parts)
                    .unwrap_or_else(|defects| panic!("{defects:?} in {}", feature.json))
            });
            let properties = json["properties"].take();
            Read { collection: feature.collection, properties, polygon }
        })
        .collect()
}

fn provinces(programme: DemoProgramme) -> Vec<HazardPolygon> {
    let regions: Value = serde_json::from_str(programme.regions()).unwrap();
    let features = regions["features"].as_array().unwrap().iter();
    features.map(|region| HazardPolygon::new(parts(&region["geometry"])).unwrap()).collect()
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let digest = |settings| {
        let mut digest = Sha256::new();
        for feature in generate(settings).unwrap() {
            digest.update(feature.json);
            digest.update("\n");
        }
        digest
            .finalize()
            .iter()
            .take(8)
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    };
    let cambodia = settings(DemoProgramme::Cambodia, 1_000);
    let ukraine = settings(DemoProgramme::Ukraine, 1_000);
    assert_eq!(digest(cambodia), "71e3f8e5f12c3c4f");
    assert_eq!(digest(ukraine), "1bd60b1da4792111");
    assert_ne!(digest(Settings { seed: 2, ..cambodia }), digest(cambodia));
}

#[test]
fn there_are_as_many_records_as_asked_for() {
    for records in [0, 1, 2, 3, 5, 17, 100, 999, 2_500] {
        for programme in DemoProgramme::ALL {
            let mut counts = BTreeMap::new();
            for feature in generate(settings(programme, records)).unwrap() {
                *counts.entry(feature.collection).or_insert(0) += 1;
            }
            let count = |collection| counts.get(collection).copied().unwrap_or(0);
            assert_eq!(count("activities"), records / 4);
            assert_eq!(count("land-releases"), records / 4);
            assert_eq!(count("hazardous-areas"), records - 2 * (records / 4));
        }
    }
}

#[test]
fn a_collection_alone_is_the_same_as_among_all() {
    let settings = settings(DemoProgramme::Ukraine, 400);
    for collection in ["hazardous-areas", "activities", "land-releases"] {
        let all = generate(settings).unwrap().filter(|feature| feature.collection == collection);
        assert!(all.eq(generate_collection(settings, collection).unwrap()), "{collection}");
    }
}

#[test]
fn boundaries_are_valid_and_in_the_country() {
    for programme in DemoProgramme::ALL {
        let provinces = provinces(programme);
        let (mut areas, mut crossing) = (0, 0);
        for record in read_all(programme) {
            let Some(polygon) = record.polygon else { continue };
            let mut at: Vec<usize> = Vec::new();
            for position in polygon.parts().flatten().flatten() {
                let position = LonLat::new(position[0], position[1]).unwrap();
                let province = provinces.iter().position(|province| province.covers(position));
                at.push(province.unwrap_or_else(|| panic!("{} is abroad", record.properties)));
            }
            if record.collection == "hazardous-areas" {
                areas += 1;
                crossing += usize::from(at.iter().any(|province| *province != at[0]));
            }
        }
        assert!(crossing > 0, "no area crosses a province border");
        assert!(crossing * 50 < areas, "{crossing} of {areas} areas cross a province border");
    }
}

#[test]
fn sizes_and_vertices_are_those_of_a_real_register() {
    for programme in DemoProgramme::ALL {
        let records = read_all(programme);
        let of = |collection: &'static str| {
            records.iter().filter(move |record| record.collection == collection)
        };
        let mut sizes: Vec<f64> = of("hazardous-areas")
            .filter_map(|record| record.polygon.as_ref().map(HazardPolygon::area_m2))
            .collect();
        sizes.sort_by(f64::total_cmp);
        let at = |share: f64| sizes[(share * sizes.len() as f64) as usize] / 1e4;
        assert!((3.0..5.0).contains(&at(0.5)), "median {} ha", at(0.5));
        assert!((50.0..130.0).contains(&at(0.99)), "99th percentile {} ha", at(0.99));
        assert!(sizes.iter().all(|size| (250.0..=3.1e6).contains(size)));

        let vertices: Vec<usize> = records
            .iter()
            .filter_map(|record| record.polygon.as_ref().map(HazardPolygon::vertex_count))
            .collect();
        let mean = vertices.iter().sum::<usize>() as f64 / vertices.len() as f64;
        assert!((32.0..40.0).contains(&mean), "{mean} vertices on average");
    }
}

#[test]
fn less_than_half_of_the_land_is_released() {
    for programme in DemoProgramme::ALL {
        let records = read_all(programme);
        let sum = |collection, outcome: &str| -> f64 {
            let chosen = records.iter().filter(|record| record.collection == collection);
            let chosen = chosen.filter(|record| record.text("outcome") == outcome);
            chosen.filter_map(|record| record.polygon.as_ref()).map(HazardPolygon::area_m2).sum()
        };
        let hazardous = sum("hazardous-areas", "");
        let [cancelled, reduced, cleared] = ["cancelled", "reduced", "cleared"]
            .map(|outcome| sum("land-releases", outcome) / hazardous);
        let released = cancelled + reduced + cleared;
        assert!((0.38..0.52).contains(&released), "{released} of the land is released");
        for share in [cancelled, reduced, cleared] {
            assert!(share > 0.08, "{cancelled} cancelled, {reduced} reduced, {cleared} cleared");
        }
    }
}

#[test]
fn histories_run_forwards() {
    for programme in DemoProgramme::ALL {
        let mut identified: HashMap<String, String> = HashMap::new();
        let mut started: HashMap<String, String> = HashMap::new();
        for record in read_all(programme) {
            let day = |property| record.text(property).to_owned();
            let local_id = day("local_id");
            let days = match record.collection {
                "hazardous-areas" => {
                    identified.insert(local_id, day("identified_on"));
                    [day("identified_on"), day("reported_on"), String::new()]
                }
                "activities" => {
                    started.insert(local_id, day("started_on"));
                    [day("started_on"), day("ended_on"), day("reported_on")]
                }
                _ => {
                    let activity = record.text("activity");
                    assert!(activity.is_empty() || started[activity] == day("started_on"));
                    [day("started_on"), day("released_on"), day("reported_on")]
                }
            };
            let days: Vec<&String> = days.iter().filter(|day| !day.is_empty()).collect();
            assert!(days.is_sorted(), "{}", record.properties);
            assert!(days.iter().all(|day| ("2015-01-01"..="2025-12-31").contains(&day.as_str())));
            // Areas come before what is done about them, in the file and in time.
            for area in record.properties["hazardous_areas"].as_array().into_iter().flatten() {
                assert!(identified[area.as_str().unwrap()] <= day("started_on"));
            }
        }
    }
}

#[test]
fn some_areas_overlap_a_neighbour_and_some_share_a_border() {
    for programme in DemoProgramme::ALL {
        let records = read_all(programme);
        let areas: Vec<&HazardPolygon> = records
            .iter()
            .filter(|record| record.collection == "hazardous-areas")
            .filter_map(|record| record.polygon.as_ref())
            .collect();
        let (mut overlapping, mut touching) = (0, 0);
        for (nth, area) in areas.iter().enumerate() {
            // Neighbours follow each other; two outlines of one group never are further apart.
            let near = areas[nth.saturating_sub(2)..(nth + 3).min(areas.len())].iter();
            let near = near.filter(|other| !std::ptr::eq(**other, *area));
            let mut overlaps = false;
            let mut touches = false;
            for other in near.filter(|other| other.bbox().intersects(&area.bbox())) {
                let [a, b] = [area.to_grid(), other.to_grid()];
                let common = geometry::overlay(geometry::OverlayOp::Intersection, &a, &b);
                overlaps |= common.area().m2() > 1.0;
                touches |= area.parts().flatten().flatten().any(|position| {
                    other.parts().flatten().flatten().any(|corner| corner == position)
                });
            }
            overlapping += usize::from(overlaps);
            touching += usize::from(touches && !overlaps);
        }
        let share = |count: usize| count as f64 / areas.len() as f64;
        assert!((0.05..0.10).contains(&share(overlapping)), "{overlapping} overlap");
        assert!(share(touching) > 0.02, "{touching} share a border");
    }
}

#[test]
fn every_record_says_that_it_is_invented() {
    for programme in DemoProgramme::ALL {
        for record in read_all(programme) {
            assert_eq!(record.properties["invented"], true);
            assert!(record.text("name").starts_with("Invented "));
            assert!(record.text("organisation").starts_with("Demo "));
        }
    }
}
