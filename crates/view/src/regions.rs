//! Regions: names, levels, and which is part of which.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use survey::{Day, RecordId, local_id_key};

use crate::error::Corrupt;
use crate::record::Record;

/// A region by which figures are reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The record.
    pub id: RecordId,
    /// The code people use for it.
    pub local_id: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// 0 for the country, 1 for its first division, and so on.
    pub level: u8,
    /// The `local_id` of the region it is a part of.
    pub parent: Option<Box<str>>,
    /// The first and the last day on which it was so bounded; without end where none is told.
    pub valid: (Option<Day>, Option<Day>),
}

impl Region {
    /// Whether it was there on a day; of none, whether it is there until further notice.
    pub fn is_valid_on(&self, day: Option<Day>) -> bool {
        let (from, to) = self.valid;
        match day {
            None => to.is_none(),
            Some(day) => from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to),
        }
    }
}

/// The regions of a programme that are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    by_id: BTreeMap<RecordId, Region>,
    by_key: HashMap<String, RecordId>,
}

#[derive(serde::Deserialize)]
struct Properties<'a> {
    #[serde(borrow, default)]
    name: std::borrow::Cow<'a, str>,
    #[serde(default = "first_division")]
    level: u8,
    #[serde(borrow, default)]
    parent: Option<std::borrow::Cow<'a, str>>,
    #[serde(default)]
    valid_from: Option<Day>,
    #[serde(default)]
    valid_to: Option<Day>,
}

fn first_division() -> u8 {
    1
}

impl Regions {
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Arc<Record>>) -> Result<Self, Corrupt> {
        let mut regions = Self::default();
        for record in records.filter(|record| record.is_in_force()) {
            let read: Properties<'_> =
                serde_json::from_str(&record.properties).map_err(|error| Corrupt {
                    what: format!("region {}", record.id),
                    reason: error.to_string(),
                })?;
            regions.by_key.insert(local_id_key(&record.local_id), record.id);
            regions.by_id.insert(
                record.id,
                Region {
                    id: record.id,
                    local_id: record.local_id.clone(),
                    name: read.name.into(),
                    level: read.level,
                    parent: read.parent.map(Into::into),
                    valid: (read.valid_from, read.valid_to),
                },
            );
        }
        Ok(regions)
    }

    /// All regions, in order of id.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.by_id.values()
    }

    /// The region of a record.
    pub fn by_id(&self, id: RecordId) -> Option<&Region> {
        self.by_id.get(&id)
    }

    /// The region people use a code for.
    pub fn by_local_id(&self, local_id: &str) -> Option<&Region> {
        self.by_id.get(self.by_key.get(&local_id_key(local_id))?)
    }

    /// The region by which another is told at a level: itself or its nearest ancestor that is no
    /// finer, or its highest one where no ancestor is.
    pub fn at_level<'a>(&'a self, region: &'a Region, level: u8) -> &'a Region {
        let mut found = region;
        let mut seen = HashSet::new();
        while found.level > level && seen.insert(found.id) {
            let parent = found.parent.as_deref().and_then(|code| self.by_local_id(code));
            let Some(parent) = parent else { break };
            found = parent;
        }
        found
    }

    /// A region and all that are part of it, by code; `None` when there is no such region.
    pub fn with_parts(&self, local_id: &str) -> Option<Vec<&Region>> {
        let mut parts: HashMap<String, Vec<&Region>> = HashMap::new();
        for region in self.iter() {
            if let Some(parent) = &region.parent {
                parts.entry(local_id_key(parent)).or_default().push(region);
            }
        }
        let mut found = vec![self.by_local_id(local_id)?];
        let mut seen: HashSet<RecordId> = found.iter().map(|region| region.id).collect();
        let mut next = 0;
        while let Some(region) = found.get(next) {
            let own = parts.get(&local_id_key(&region.local_id)).into_iter().flatten();
            found.extend(own.filter(|part| seen.insert(part.id)));
            next += 1;
        }
        Some(found)
    }
}
