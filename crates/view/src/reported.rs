//! Areas as reported beside areas as derived, of all records of a collection.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Datelike;
use geometry::GridArea;
use serde_json::{Value, json};
use survey::progress::FactChange;
use survey::records::LandRelease;
use survey::reported::{Compared, Groups, Key, ReportedKey, Summary, cell};
use survey::{Day, LandChange, Record as _};

use crate::error::Corrupt;
use crate::figures::unreadable;
use crate::record::{Place, Record};
use crate::snapshot::Snapshot;

/// Which records are compared, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedQuery {
    /// The collection.
    pub collection: String,
    /// What groups stand for; no groups if none is named.
    pub group_by: Option<ReportedKey>,
    /// By how much areas may differ, in hundredths of the derived one.
    pub tolerance_percent: f64,
    /// The day by whose regions records are told; the latest edition if none is named.
    pub regions_on: Option<Day>,
}

/// A record with its area as reported and as derived from its boundary.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedRecord {
    /// The record.
    pub record: Arc<Record>,
    /// Both areas.
    pub areas: Compared,
    /// For a land release: how much land counts as released by it.
    pub released: Option<GridArea>,
}

/// Records with both areas, and their sums.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReportedAreas {
    /// In order of id.
    pub records: Vec<ComparedRecord>,
    /// All of them.
    pub summary: Summary,
    /// Sums by key, when they were asked for.
    pub groups: Groups,
}

/// The names of the columns of [`Snapshot::reported_columns`].
const HEADINGS: [&str; 12] = [
    "local_id",
    "id",
    "version",
    "effective_on",
    "organisation",
    "region",
    "reported_area_m2",
    "derived_area_m2",
    "difference_m2",
    "ratio",
    "beyond_tolerance",
    "counted_as_released_m2",
];

#[derive(serde::Deserialize)]
struct Reported {
    reported_area_m2: Option<f64>,
}

impl Snapshot {
    /// Reported and derived area of each record in force, and of all together.
    ///
    /// # Errors
    /// [`Corrupt`] when a record cannot be read.
    pub fn reported(&self, query: &ReportedQuery) -> Result<ReportedAreas, Corrupt> {
        let records = self.compared(&query.collection)?;
        let (mut summary, mut groups) = (Summary::default(), Groups::default());
        for one in &records {
            summary.add(&one.areas, query.tolerance_percent);
            let key = match query.group_by {
                None => continue,
                Some(ReportedKey::Region) => self.region_id(one, query.regions_on),
                Some(ReportedKey::Organisation) => {
                    one.record.organisation.as_deref().map(str::to_owned)
                }
                Some(ReportedKey::Year) => Some(format!("{:04}", one.record.effective_on.year())),
            };
            groups.entry(Key::from(key)).or_default().add(&one.areas, query.tolerance_percent);
        }
        Ok(ReportedAreas { records, summary, groups })
    }

    /// What is told of one record.
    pub fn reported_columns(
        &self,
        query: &ReportedQuery,
        one: &ComparedRecord,
    ) -> Vec<(&'static str, Value)> {
        let record = &one.record;
        let mut columns = vec![
            ("local_id", json!(record.local_id)),
            ("id", json!(record.id)),
            ("version", json!(record.version)),
            ("effective_on", json!(record.effective_on)),
            ("organisation", json!(record.organisation.as_deref())),
            ("region", json!(self.region_id(one, query.regions_on))),
        ];
        columns.extend(one.areas.columns());
        columns.push(("beyond_tolerance", json!(one.areas.is_beyond(query.tolerance_percent))));
        columns.push(("counted_as_released_m2", json!(one.released.map(|area| area.m2()))));
        columns
    }

    /// A table of the groups where they were asked for, and of these records otherwise.
    pub fn reported_table(
        &self,
        query: &ReportedQuery,
        areas: &ReportedAreas,
        records: &[ComparedRecord],
    ) -> (Vec<&'static str>, Vec<Vec<String>>) {
        let Some(key) = query.group_by else {
            let row = |one| self.reported_columns(query, one).into_iter().map(cell).collect();
            return (HEADINGS.to_vec(), records.iter().map(row).collect());
        };
        let names = areas.summary.columns().into_iter().map(|(name, _)| name);
        let row = |key: &str, summary: &Summary| -> Vec<String> {
            let sums = summary.columns().into_iter().map(cell);
            [key.to_owned()].into_iter().chain(sums).collect()
        };
        let groups = areas.groups.iter();
        let groups = groups.map(|(key, summary)| row(key.text().unwrap_or_default(), summary));
        let rows = groups.chain([row("total", &areas.summary)]).collect();
        ([key.word()].into_iter().chain(names).collect(), rows)
    }

    fn region_id(&self, one: &ComparedRecord, on: Option<Day>) -> Option<String> {
        self.region_of(&one.record, on).map(|region| region.local_id.to_string())
    }

    fn compared(&self, collection: &str) -> Result<Vec<ComparedRecord>, Corrupt> {
        let released = (collection == LandRelease::COLLECTION).then(|| self.released_by());
        let compared = |record: &Arc<Record>| {
            let read: Reported = serde_json::from_str(&record.properties)
                .map_err(|error| unreadable(record, &error))?;
            let derived = match &record.place {
                Place::Area(area) => Some(area.to_grid().area()),
                Place::Point(_) | Place::Caution(_) | Place::Shape(_) | Place::Unknown => None,
            };
            let areas = Compared { reported_m2: read.reported_area_m2, derived };
            let released = released
                .as_ref()
                .map(|released| released.get(&record.cause.record).copied().unwrap_or_default());
            Ok(ComparedRecord { record: Arc::clone(record), areas, released })
        };
        self.in_force(collection).map(compared).collect()
    }

    /// How much of each release's land counts as released by it, by the number of its record; on the
    /// day whose records the picture holds.
    fn released_by(&self) -> HashMap<u32, GridArea> {
        let mut areas: HashMap<u32, GridArea> = HashMap::new();
        let day = self.effective.unwrap_or(Day::MAX);
        for fact in self.ledger.facts().filter(|fact| fact.on <= day) {
            if matches!(fact.change, FactChange::Land(LandChange::Released { .. })) {
                *areas.entry(fact.record).or_default() += fact.area;
            }
        }
        areas
    }
}
