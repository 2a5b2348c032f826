//! The records as they were in the field on a day.

use std::collections::HashMap;
use std::sync::Arc;

use survey::{Day, RecordId, StoredRecord};

use crate::collection::Table;
use crate::error::Corrupt;
use crate::figures::Gathered;
use crate::record::{Keeper, Record};
use crate::snapshot::Snapshot;
use crate::view::keep;

impl Snapshot {
    /// Records with more than one version, withdrawn ones included: what they were on a day stands
    /// in their versions, which a snapshot does not hold.
    pub fn revised(&self) -> Vec<RecordId> {
        let records = self.tables.iter().flat_map(|(_, table)| table.records.iter());
        records.filter(|(_, record)| record.version > 1).map(|(id, _)| *id).collect()
    }

    /// The day whose records it holds; none when it holds those of now.
    pub fn effective(&self) -> Option<Day> {
        self.effective
    }

    /// The same picture with each record as it was at the end of a day: the version that was in
    /// effect, and no record that was not there yet. Regions, figures and the ledger stay: they hold
    /// every day already.
    ///
    /// # Shape
    /// `versions` gives for each of [`Self::revised`] the version of that day
    /// ([`survey::effective::version_on`]); a record it does not name was not there yet.
    ///
    /// # Errors
    /// [`Corrupt`] when a version cannot be understood.
    pub fn effective_on(
        &self,
        day: Day,
        versions: impl IntoIterator<Item = StoredRecord>,
    ) -> Result<Self, Corrupt> {
        let mut next = Self { gathered: Gathered::default(), ..self.clone() };
        next.effective = Some(day);
        let mut keeper = Keeper::default();
        let mut revised: HashMap<RecordId, Arc<Record>> = HashMap::new();
        for stored in versions {
            let Some(now) = self.record(stored.id) else { continue };
            let number = now.cause.record;
            let (_, record) =
                keep(stored, number, &mut keeper, &self.layers, &mut next.dictionary)?;
            revised.insert(record.id, Arc::new(record));
        }
        let of_day = |(id, record): (&RecordId, &Arc<Record>)| match record.version {
            0 | 1 => (record.effective_on <= day).then(|| Arc::clone(record)),
            _ => revised.get(id).cloned(),
        };
        next.tables = self
            .tables
            .iter()
            .map(|(name, table)| {
                (Arc::clone(name), Table::of(table.records.iter().filter_map(of_day).collect()))
            })
            .collect();
        Ok(next)
    }
}
