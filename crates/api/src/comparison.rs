//! In what two versions of a record differ.

use exchange::{GeometryRef, write_geometry};
use geometry::{Contrast, Geometry, GridShape, contrast};
use serde_json::{Map, Value, json};
use store::StoredVersion;
use survey::StoredRecord;

/// What changed from one version of a record to another.
///
/// `changed` names what differs: `state`, `effective_on`, `properties`, `geometry`. `properties`
/// holds each that differs with both values. `geometry` tells whether anything drawn differs and, of
/// areas, which land was added and removed and how much stayed. Land is compared as it was drawn: a
/// withdrawn version claims none of it, as `state` tells, and a boundary that could not be used is no
/// land.
///
/// # Units
/// Areas in square metres, of the land as the ledger measures it: added and unchanged land make up
/// the later area to the last unit, removed and unchanged land the earlier one.
pub fn comparison(before: &StoredVersion, after: &StoredVersion) -> Map<String, Value> {
    let (old, new) = (&before.record, &after.record);
    let properties = properties(&old.properties, &new.properties);
    let redrawn = is_redrawn(old, new);
    let differs = [
        ("state", old.state != new.state),
        ("effective_on", old.effective_on != new.effective_on),
        ("properties", !properties.is_empty()),
        ("geometry", redrawn),
    ];
    let changed: Vec<&str> =
        differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    let mut document = Map::new();
    document.insert("changed".to_owned(), json!(changed));
    document.insert("properties".to_owned(), Value::Array(properties));
    document.insert("geometry".to_owned(), geometry(old, new, redrawn));
    document
}

fn is_redrawn(old: &StoredRecord, new: &StoredRecord) -> bool {
    (&old.geometry, &old.caution, &old.raw_geometry)
        != (&new.geometry, &new.caution, &new.raw_geometry)
}

/// Each property that differs, by name; a property that is not there is not the same as `null`.
fn properties(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Value> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differing = names.into_iter().filter_map(|name| {
        let (before, after) = (old.get(name), new.get(name));
        let change = match (before, after) {
            (Some(before), Some(after)) if before == after => return None,
            (Some(_), Some(_)) => "changed",
            (None, _) => "added",
            (_, None) => "removed",
        };
        Some(json!({ "name": name, "change": change, "before": before, "after": after }))
    });
    differing.collect()
}

fn geometry(old: &StoredRecord, new: &StoredRecord, redrawn: bool) -> Value {
    let mut document = json!({
        "changed": redrawn,
        "before": old.geometry.as_ref().map(kind),
        "after": new.geometry.as_ref().map(kind),
    });
    let areas = [old, new].map(|one| one.geometry.as_ref().and_then(land));
    if let [None, None] = areas {
        return document;
    }
    let [first, second] = areas.map(Option::unwrap_or_default);
    match contrast(&first, &second) {
        Some(found) => document["land"] = land_document(&found),
        None => {
            document["not_compared"] = json!(
                "the two boundaries cross so often that their land cannot be laid over one another"
            );
        }
    }
    document
}

fn kind(geometry: &Geometry) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::Polygon(polygon) if polygon.part_count() == 1 => "Polygon",
        Geometry::Polygon(_) => "MultiPolygon",
        Geometry::Shape(shape) => shape.kind().name(),
    }
}

/// The land of an area; points, lines and areas that are only drawn have none that is measured.
fn land(geometry: &Geometry) -> Option<GridShape> {
    match geometry {
        Geometry::Polygon(polygon) => Some(polygon.to_grid()),
        Geometry::Point(_) | Geometry::Shape(_) => None,
    }
}

fn land_document(found: &Contrast) -> Value {
    let [removed, added, unchanged] = found.areas();
    json!({
        "added": { "area_m2": added.m2(), "geometry": geojson(&found.second) },
        "removed": { "area_m2": removed.m2(), "geometry": geojson(&found.first) },
        "unchanged": { "area_m2": unchanged.m2() },
    })
}

/// Land as a GeoJSON geometry; `null` where there is none.
fn geojson(shape: &GridShape) -> Value {
    let parts = shape.to_polygon_parts();
    let mut text = Vec::new();
    write_geometry(&mut text, GeometryRef::Parts(&parts));
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_that_came_went_or_changed_are_told_and_others_are_not() {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        let old = map(json!({ "a": 1, "b": { "c": [1, 2] }, "gone": null, "same": "x" }));
        let new = map(json!({ "a": 2, "b": { "c": [1] }, "new": null, "same": "x" }));
        let found = properties(&old, &new);
        let told: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one["name"].as_str().unwrap(), one["change"].as_str().unwrap()))
            .collect();
        let expected = [("a", "changed"), ("b", "changed"), ("gone", "removed"), ("new", "added")];
        assert_eq!(told, expected);
        assert_eq!((&found[1]["before"], &found[1]["after"]), (&old["b"], &new["b"]));
    }
}
