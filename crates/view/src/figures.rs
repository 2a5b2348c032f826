//! Figures of land, work and items beyond progress: the balance and work.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use geometry::LonLat;
use rayon::prelude::*;
use survey::balance::{Balance, BalanceQuery, RegionLabel};
use survey::progress::{ClaimFact, DeviceFact, Fact, Figures, NO_WORD, Word};
use survey::records::{Activity, DeviceCount, HazardousArea, LandRelease};
use survey::work::{Work, WorkFact, WorkKey, last_day, work};
use survey::{Day, Record as _, RecordId, local_id_key};

use crate::error::{Corrupt, UnknownRegion};
use crate::record::{Place, Record};
use crate::regions::Region;
use crate::snapshot::Snapshot;

/// Which work is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkQuery {
    /// What rows stand for.
    pub group_by: Vec<WorkKey>,
    /// First day; `None` from the beginning.
    pub from: Option<Day>,
    /// Last day; `None` to the latest.
    pub to: Option<Day>,
    /// Only work in this region and its parts (`local_id`).
    pub region: Option<String>,
    /// The day by whose regions work is told; the latest edition if none is named.
    pub regions_on: Option<Day>,
}

/// What balances and maps of one picture are made from, gathered when it is first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    /// Items found and destroyed, read from the records.
    devices: OnceLock<Arc<[DeviceFact]>>,
    /// The claims of hazardous areas in the order of records.
    claims: OnceLock<Arc<[ClaimFact]>>,
    /// What was released of each region and its parts.
    pub(crate) regions: OnceLock<Arc<HashMap<RecordId, Figures>>>,
}

/// Parts in which claims are counted at the same time: some for each core there may be.
const CLAIM_PARTS: usize = 32;

impl Snapshot {
    /// The balance of a period.
    ///
    /// Items found are those of land releases and activities; a release that rests on an activity
    /// which reports items itself adds none, so that what two records tell counts once. Each record
    /// counts in the finest region that holds its place.
    ///
    /// # Errors
    /// [`UnknownRegion`] when the query names a region that is not there.
    pub fn balance(&self, query: &BalanceQuery) -> Result<Balance, UnknownRegion> {
        let inside = self.inside(query.figures.region.as_deref())?;
        let up = self.rolled_up(query.level);
        let is_inside = |region: Word| match &inside {
            None => true,
            Some(wanted) => wanted.get(region as usize) == Some(&true),
        };
        let up = |region: Word| up.get(region as usize).copied().unwrap_or(region);
        let fact =
            |fact: Fact| is_inside(fact.region).then(|| Fact { region: up(fact.region), ..fact });
        let claim = |claim: ClaimFact| {
            is_inside(claim.region).then(|| ClaimFact { region: up(claim.region), ..claim })
        };
        let device = |device: &DeviceFact| {
            is_inside(device.region).then(|| DeviceFact { region: up(device.region), ..*device })
        };
        let label = |code: &str| self.regions.by_local_id(code).map(label);
        let (ledger, day, figures) = (&self.ledger, query.figures.regions_on, &query.figures);
        if let Some(facts) = ledger.facts_with_regions_on(day)
            && let Some(claims) = ledger.claims_with_regions_on(day)
        {
            let facts = vec![facts.filter_map(fact)];
            let claims = vec![claims.filter_map(claim)];
            let devices = self.devices_told(day);
            let devices = devices.iter().filter_map(device);
            return Ok(Balance::of(facts, claims, devices, &self.dictionary, figures, label));
        }
        let facts = ledger.facts_in_parts().into_iter();
        let facts = facts.map(|facts| facts.copied().filter_map(fact)).collect();
        let claims = self.gathered.claims.get_or_init(|| ledger.claims_by_record());
        let claims = claims.chunks(claims.len() / CLAIM_PARTS + 1);
        let claims = claims.map(|claims| claims.iter().copied().filter_map(claim)).collect();
        let devices = self.gathered.devices.get_or_init(|| self.devices_told(None).into());
        let devices = devices.iter().filter_map(device);
        Ok(Balance::of(facts, claims, devices, &self.dictionary, figures, label))
    }

    /// Words of a region and its parts; `None` for everywhere.
    pub(crate) fn inside(&self, region: Option<&str>) -> Result<Option<Vec<bool>>, UnknownRegion> {
        let Some(code) = region else { return Ok(None) };
        let parts = self
            .regions
            .with_parts(code)
            .ok_or_else(|| UnknownRegion { local_id: code.to_owned() })?;
        Ok(Some(self.marked(&parts)))
    }

    pub(crate) fn marked(&self, regions: &[&Region]) -> Vec<bool> {
        let mut wanted = vec![false; self.dictionary.len()];
        for region in regions {
            let word = self.dictionary.find(&region.local_id);
            if let Some(slot) = word.and_then(|word| wanted.get_mut(word as usize)) {
                *slot = true;
            }
        }
        wanted
    }

    /// For the word of each region that of its ancestor at a level.
    pub(crate) fn rolled_up(&self, level: Option<u8>) -> Vec<Word> {
        let mut up: Vec<Word> = (0..self.dictionary.len() as Word).collect();
        let Some(level) = level else { return up };
        for region in self.regions.iter() {
            let above = self.dictionary.find(&self.regions.at_level(region, level).local_id);
            let word = self.dictionary.find(&region.local_id);
            if let (Some(word), Some(above)) = (word, above)
                && let Some(slot) = up.get_mut(word as usize)
            {
                *slot = above;
            }
        }
        up
    }

    /// The finest region that holds a record's place: its position, or the middle of its box where
    /// that lies inside, or its first turning point. Regions that were there on the day asked for,
    /// or without a day those of the latest edition, go before others.
    pub fn region_of(&self, record: &Record, on: Option<Day>) -> Option<&Region> {
        let position = match &record.place {
            Place::Point(position) => *position,
            Place::Area(area) => {
                let bbox = area.bbox();
                let (lon, lat) = ((bbox.west + bbox.east) / 2.0, (bbox.south + bbox.north) / 2.0);
                let middle = LonLat::new(lon, lat).ok().filter(|middle| area.covers(*middle));
                let [lon, lat] = *area.parts().flatten().next()?.first()?;
                match middle {
                    Some(middle) => middle,
                    None => LonLat::new(lon, lat).ok()?,
                }
            }
            Place::Caution(_) | Place::Shape(_) | Place::Unknown => return None,
        };
        let table = self.table(survey::records::Region::COLLECTION)?;
        let covering = table.areas.covering(position, &table.records);
        let covering = covering.filter_map(|region| self.regions.by_id(region.id));
        covering.min_by(|a, b| {
            let order = |it: &Region| (!it.is_valid_on(on), std::cmp::Reverse(it.level));
            let by_name = || (&a.local_id, a.id).cmp(&(&b.local_id, b.id));
            order(a).cmp(&order(b)).then_with(by_name)
        })
    }

    /// Records in force of a collection.
    pub(crate) fn in_force(&self, collection: &str) -> impl Iterator<Item = &Arc<Record>> {
        let records = self.table(collection).map(|table| table.records.iter());
        records.into_iter().flatten().map(|(_, record)| record).filter(|it| it.is_in_force())
    }

    /// Items found and destroyed, by record. Properties that do not read stop a view when it is
    /// loaded, so none are met here.
    fn devices_told(&self, regions_on: Option<Day>) -> Vec<DeviceFact> {
        let told = |collection| -> Vec<&Arc<Record>> {
            let tells = |record: &&Arc<Record>| record.properties.contains("\"devices\"");
            self.in_force(collection).filter(tells).collect()
        };
        let activities: Vec<(&Arc<Record>, Activity)> = read(&told(Activity::COLLECTION));
        let telling = activities.iter().filter(|(_, activity)| !activity.devices.is_empty());
        let telling: HashSet<String> =
            telling.map(|(_, activity)| local_id_key(&activity.local_id)).collect();
        let of_activity = |(record, activity): &(&Arc<Record>, Activity)| {
            let on = last_day(activity, record.recorded_at.date_naive());
            let region = self.region_of(record, regions_on);
            self.devices_of(
                (record, region),
                &activity.devices,
                &activity.hazardous_areas,
                on,
                None,
            )
        };
        let releases: Vec<(&Arc<Record>, LandRelease)> = read(&told(LandRelease::COLLECTION));
        let of_release = |(record, release): &(&Arc<Record>, LandRelease)| {
            let activity = release.activity.as_deref().map(local_id_key);
            if activity.is_some_and(|activity| telling.contains(&activity)) {
                return Vec::new();
            }
            let (named, on) = (&release.hazardous_areas, release.released_on);
            let region = self.region_of(record, regions_on);
            self.devices_of((record, region), &release.devices, named, on, Some(release.outcome))
        };
        let facts = activities.par_iter().flat_map_iter(of_activity);
        facts.chain(releases.par_iter().flat_map_iter(of_release)).collect()
    }

    fn devices_of(
        &self,
        (record, region): (&Record, Option<&Region>),
        devices: &[DeviceCount],
        hazardous_areas: &[String],
        on: Day,
        outcome: Option<survey::Outcome>,
    ) -> Vec<DeviceFact> {
        let region = region.and_then(|region| self.dictionary.find(&region.local_id));
        let table = self.table(HazardousArea::COLLECTION);
        let mut types = hazardous_areas.iter().map(|name| {
            let area = table.and_then(|table| table.by_local_id(name));
            area.map_or(NO_WORD, |area| area.cause.hazard_type)
        });
        let first = types.next().unwrap_or(NO_WORD);
        let hazard_type = if types.all(|other| other == first) { first } else { NO_WORD };
        let fact = |device: &DeviceCount| DeviceFact {
            region: region.unwrap_or(NO_WORD),
            organisation: record.cause.organisation,
            method: record.cause.method,
            hazard_type,
            outcome,
            on,
            category: device.category,
            found: device.found,
            destroyed: device.destroyed,
        };
        devices.iter().map(fact).collect()
    }

    /// Work in the field, released or not.
    ///
    /// # Errors
    /// [`UnknownRegion`] when the query names a region that is not there.
    pub fn work(&self, query: &WorkQuery) -> Result<Work, UnknownRegion> {
        let wanted: Option<HashSet<&str>> = match &query.region {
            None => None,
            Some(code) => {
                let parts = self.regions.with_parts(code);
                let parts = parts.ok_or_else(|| UnknownRegion { local_id: code.clone() })?;
                Some(parts.into_iter().map(|part| &*part.local_id).collect())
            }
        };
        let released: HashSet<String> = self
            .in_force(LandRelease::COLLECTION)
            .filter(|release| release.properties.contains("\"activity\""))
            .filter_map(|release| serde_json::from_str::<LandRelease>(&release.properties).ok())
            .filter_map(|release| Some(local_id_key(&release.activity?)))
            .collect();
        let facts = self.in_force(Activity::COLLECTION).filter_map(|record| {
            let activity: Activity = serde_json::from_str(&record.properties).ok()?;
            let region =
                self.region_of(record, query.regions_on).map(|region| region.local_id.to_string());
            if let Some(wanted) = &wanted {
                region.as_deref().filter(|region| wanted.contains(region))?;
            }
            let rests = released.contains(&local_id_key(&activity.local_id));
            WorkFact::of(&activity, region, record.recorded_at.date_naive(), rests)
        });
        Ok(work(facts, &query.group_by, query.from, query.to))
    }
}

/// Reads the properties of records.
fn read<'r, T: serde::de::DeserializeOwned + Send>(
    records: &[&'r Arc<Record>],
) -> Vec<(&'r Arc<Record>, T)> {
    let read =
        |record: &&'r Arc<Record>| Some((*record, serde_json::from_str(&record.properties).ok()?));
    records.par_iter().filter_map(read).collect()
}

fn label(region: &Region) -> RegionLabel {
    RegionLabel {
        name: region.name.to_string(),
        level: region.level,
        parent: region.parent.as_deref().map(str::to_owned),
    }
}

pub(crate) fn unreadable(record: &Record, error: &serde_json::Error) -> Corrupt {
    Corrupt { what: format!("record {}", record.id), reason: error.to_string() }
}
