//! Counting distinct records by row and in all.

use rayon::prelude::*;

/// The records that were met in each row, hazardous areas and releases apart.
#[derive(Debug, Default)]
pub(super) struct Counted {
    hazards: Vec<u64>,
    releases: Vec<u64>,
}

impl Counted {
    /// A record in the row of a slot.
    pub(super) fn take(&mut self, slot: u32, is_hazard: bool, record: u32) {
        let met = if is_hazard { &mut self.hazards } else { &mut self.releases };
        let one = met_in(record, slot);
        // The parcels of one record stand beside each other, mostly.
        if met.last() != Some(&one) {
            met.push(one);
        }
    }

    /// What another has met too; `slots` are ours for those of the other.
    pub(super) fn absorb(&mut self, other: &Self, slots: &[u32]) {
        let ours = |one: &u64| {
            let (record, slot) = record_and_slot(*one);
            met_in(record, slots.get(slot as usize).copied().unwrap_or(slot))
        };
        self.hazards.extend(other.hazards.iter().map(ours));
        self.releases.extend(other.releases.iter().map(ours));
    }

    /// Tells the slot and the kind of each record once for each slot it was met in; returns the
    /// number of hazardous areas and of releases.
    pub(super) fn count(self, mut each: impl FnMut(u32, bool)) -> (u64, u64) {
        let Self { mut hazards, mut releases } = self;
        rayon::join(|| hazards.par_sort_unstable(), || releases.par_sort_unstable());
        let mut of_kind = |mut met: Vec<u64>, is_hazard: bool| {
            met.dedup();
            for one in &met {
                each(record_and_slot(*one).1, is_hazard);
            }
            met.chunk_by(|a, b| record_and_slot(*a).0 == record_and_slot(*b).0).count() as u64
        };
        (of_kind(hazards, true), of_kind(releases, false))
    }
}

/// One number for a record and a slot, ordered by record first.
fn met_in(record: u32, slot: u32) -> u64 {
    u64::from(record) << 32 | u64::from(slot)
}

fn record_and_slot(met: u64) -> (u32, u32) {
    ((met >> 32) as u32, met as u32)
}
