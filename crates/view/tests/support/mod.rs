//! Records and parcels to fill a view with.

use geometry::{Geometry, GridArea, HazardPolygon, LonLat};
use serde_json::{Map, Value, json};
use survey::{
    Classification, Day, LandChange, LandEntry, Outcome, RecordId, SourceKey, StoredRecord,
    Stretch, VersionState,
};
use uuid::Uuid;
use view::ParcelFacts;

/// Where a record is.
#[derive(Clone, Copy, Debug)]
pub enum Where {
    Square { west: f64, south: f64, size: f64 },
    Caution { west: f64, south: f64, size: f64 },
    Point { lon: f64, lat: f64 },
    Nowhere,
}

pub fn square(west: f64, south: f64, size: f64) -> HazardPolygon {
    let (east, north) = (west + size, south + size);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    HazardPolygon::new(vec![vec![ring.to_vec()]]).unwrap()
}

pub fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

pub fn day(year: i32) -> Day {
    Day::from_ymd_opt(year, 6, 15).unwrap()
}

/// A record of a collection with the properties it cannot do without.
pub fn record(collection: &str, id: u128, version: u32, place: Where) -> StoredRecord {
    let local_id = format!("{}-{id}", &collection[..1].to_uppercase());
    let mut record = StoredRecord {
        collection: collection.to_owned(),
        id: RecordId::from(id),
        local_id: local_id.clone(),
        version,
        revision: 1,
        state: VersionState::InForce,
        effective_on: day(2020),
        recorded_at: chrono::DateTime::from_timestamp(1_600_000_000, 0).unwrap(),
        recorded_by: "somebody".to_owned(),
        organisation: None,
        geometry: None,
        caution: None,
        raw_geometry: None,
        properties: Map::new(),
    };
    match place {
        Where::Square { west, south, size } => {
            record.geometry = Some(Geometry::Polygon(square(west, south, size)));
        }
        Where::Caution { west, south, size } => record.caution = Some(square(west, south, size)),
        Where::Point { lon, lat } => record.geometry = Some(Geometry::Point(at(lon, lat))),
        Where::Nowhere => {}
    }
    let properties = match collection {
        "regions" => json!({"name": format!("Region {id}")}),
        "activities" => json!({"activity_type": "clearance", "started_on": "2020-01-02"}),
        "land-releases" => json!({"outcome": "cleared", "released_on": "2021-02-03"}),
        _ => json!({"classification": "suspected", "identified_on": "2019-03-04"}),
    };
    record.properties.clone_from(properties.as_object().unwrap());
    with(record, "local_id", local_id.into())
}

/// The record with a property set.
pub fn with(mut record: StoredRecord, property: &str, value: Value) -> StoredRecord {
    if property == "organisation" {
        record.organisation = value.as_str().map(str::to_owned);
    }
    record.properties.insert(property.to_owned(), value);
    record
}

/// A parcel that was identified by a hazardous area and, perhaps, released.
pub fn parcel(
    cluster: u128,
    region: Option<u128>,
    doubled_area: i128,
    hazard: u128,
    release: Option<u128>,
) -> ParcelFacts {
    let key = |record: u128| SourceKey { record: RecordId::from(record), version: 1 };
    let classification = Classification::Suspected;
    let identified = LandChange::Identified { classification, again: false };
    let mut timeline = vec![LandEntry { on: day(2019), change: identified, cause: key(hazard) }];
    if let Some(release) = release {
        let change = LandChange::Released { outcome: Outcome::Cleared };
        timeline.push(LandEntry { on: day(2021), change, cause: key(release) });
    }
    ParcelFacts {
        cluster: Uuid::from_u128(cluster),
        region: region.map(RecordId::from),
        earlier_regions: Vec::new(),
        area: GridArea::from_doubled(doubled_area),
        timeline,
        stretches: vec![Stretch { hazard: key(hazard), from: day(2019), end: None }],
    }
}
