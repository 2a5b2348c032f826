//! Points by place.

use std::ops::Bound;
use std::sync::Arc;

use geometry::{Bbox, LonLat};
use survey::RecordId;

use crate::record::{Place, Record};
use crate::shelves::Shelves;

/// Points sorted by bands of latitude and, within a band, by longitude.
#[derive(Clone, Debug, Default)]
pub(crate) struct Points {
    table: Shelves<Key, ()>,
}

/// Band of latitude, longitude as an ordered number, record.
type Key = (u16, u64, RecordId);

/// Bands in a degree of latitude: one is 5.5 km high, so that a box of a province meets some
/// twenty.
const BANDS_A_DEGREE: f64 = 20.0;

impl Points {
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Arc<Record>>) -> Self {
        Self { table: Shelves::of(records.filter_map(key_of).map(|key| (key, ())).collect()) }
    }

    /// The points after records have changed, each from an earlier version or none.
    pub(crate) fn changed(&self, changed: &[(Option<Arc<Record>>, Arc<Record>)]) -> Self {
        let gone = changed.iter().filter_map(|(before, _)| Some((key_of(before.as_ref()?)?, None)));
        let here = changed.iter().filter_map(|(_, after)| Some((key_of(after)?, Some(()))));
        Self { table: self.table.changed(gone.chain(here).collect()) }
    }

    /// Records that may lie in a box: all that do, and few others.
    pub(crate) fn near(&self, bbox: &Bbox) -> Vec<RecordId> {
        if self.table.len() == 0 {
            return Vec::new();
        }
        let whole = [(-180.0, 180.0)];
        let split = [(bbox.west, 180.0), (-180.0, bbox.east)];
        let edge = [(bbox.west, bbox.east), (-180.0, -180.0)];
        let spans: &[(f64, f64)] = if bbox.north >= 90.0 || bbox.south <= -90.0 {
            &whole
        } else if bbox.west > bbox.east {
            &split
        } else if bbox.east >= 180.0 {
            &edge
        } else {
            &edge[..1]
        };
        let mut found = Vec::new();
        for band in band_of(bbox.south)..=band_of(bbox.north) {
            for (west, east) in spans {
                let start = (band, ordered(*west), RecordId::from(0));
                let end = (band, ordered(*east), RecordId::from(u128::MAX));
                let behind = self.table.from(Bound::Included(&start)).map(|(key, ())| *key);
                found.extend(behind.take_while(|key| *key <= end).map(|(_, _, id)| id));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn key_of(record: &Arc<Record>) -> Option<Key> {
    let Place::Point(at) = record.place else { return None };
    record.is_in_force().then(|| (band_of(at.lat()), ordered(same_side(at)), record.id))
}

/// The longitude of a position; 180 is where −180 is.
fn same_side(at: LonLat) -> f64 {
    if at.lon() >= 180.0 { -180.0 } else { at.lon() }
}

fn band_of(lat: f64) -> u16 {
    ((lat + 90.0) * BANDS_A_DEGREE).clamp(0.0, 180.0 * BANDS_A_DEGREE) as u16
}

/// A number that grows with the longitude: floats of one sign are ordered as their bits are.
fn ordered(lon: f64) -> u64 {
    (lon + 180.0).max(0.0).to_bits()
}
