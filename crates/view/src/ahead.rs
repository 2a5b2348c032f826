//! Memory that will be read soon, asked for together: without this, each line of it would be waited
//! for alone.

use std::hint::black_box;
use std::sync::Arc;

use crate::record::{Place, Record};
use crate::snapshot::Snapshot;

/// Records that are fetched from memory together.
pub const AHEAD: usize = 32;

/// Bytes that memory hands over at once.
const LINE_BYTES: usize = 64;

impl Snapshot {
    /// Reads a little of every line of memory that records will be written from; best of [`AHEAD`] at
    /// a time.
    pub fn fetch(&self, records: &[Arc<Record>]) {
        self.fetch_all(records.iter().map(|record| &**record), true);
    }

    /// As [`Self::fetch`], with or without their properties.
    pub(crate) fn fetch_all<'r>(
        &self,
        records: impl Iterator<Item = &'r Record> + Clone,
        has_properties: bool,
    ) {
        for record in records.clone() {
            black_box((record.version, record.starts.len(), record.cause.record));
        }
        for record in records.clone() {
            if let Place::Area(area) | Place::Caution(area) = &record.place {
                for ring in area.parts().flatten() {
                    ring.iter().step_by(LINE_BYTES / size_of::<[f64; 2]>()).for_each(|position| {
                        black_box(position[0]);
                    });
                }
            }
            if has_properties {
                black_box(record.starts.first().copied());
                record.properties.as_bytes().iter().step_by(LINE_BYTES).for_each(|byte| {
                    black_box(*byte);
                });
                black_box(self.ledger.lands().place(record.cause.record));
            }
        }
        if has_properties {
            for record in records.filter(|record| record.hazard.is_some()) {
                black_box(self.land(record).map(|land| (land.remaining, land.last_released_on)));
            }
        }
    }
}
