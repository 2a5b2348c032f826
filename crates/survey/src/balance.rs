//! The balance of a period: what was hazardous, what became of it, what is hazardous now.
//!
//! A balance is progress seen as an account, with the areas behind the land and the items found:
//! [`EQUATION`] holds in every row, and in the total, to the last grid unit. Rows grouped by what
//! only releases or items have (outcome, organisation, method, device type) have flows and no
//! stocks: land that is still hazardous was released by nobody and by no method, so opening and
//! closing are empty there, and only the total carries them. Land is of no device type: grouped by
//! it, all land stands in the row without one, and the other rows hold the items of their kind.

use serde_json::{Map, Value, json};

use crate::facts::{ClaimFact, DeviceFact, Dictionary, Fact};
use crate::progress::{self, Figures, GroupKey, Progress, ProgressQuery};

/// The law of every row.
pub const EQUATION: &str = "opening + newly identified + re-contaminated + reclassified \
                            − cancelled − reduced − cleared + adjustments = closing";

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BalanceQuery {
    /// Rows, period and region.
    pub figures: ProgressQuery,
    /// Figures of finer regions are those of their ancestor of this level; none for the finest.
    pub level: Option<u8>,
}

/// A balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Rows and total.
    pub figures: Progress,
    /// The region of each row, where rows are grouped by it and the land lies in one.
    pub regions: Vec<Option<RegionLabel>>,
}

/// A region, as a report names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionLabel {
    /// Its name.
    pub name: String,
    /// 0 for the country, 1 for its first division, and so on.
    pub level: u8,
    /// The `local_id` of the region it is a part of.
    pub parent: Option<String>,
}

impl Balance {
    /// Adds up a balance; `label` tells about regions.
    ///
    /// # Shape
    /// Facts, claims and items in any order, with regions rolled up already; what lies outside the
    /// region asked for must be left out by the caller, who knows the hierarchy. Facts and claims
    /// come in any parts, which are added up at the same time.
    pub fn of(
        facts: Vec<impl Iterator<Item = Fact> + Send>,
        claims: Vec<impl Iterator<Item = ClaimFact> + Send>,
        devices: impl Iterator<Item = DeviceFact>,
        dictionary: &Dictionary,
        query: &ProgressQuery,
        label: impl Fn(&str) -> Option<RegionLabel>,
    ) -> Self {
        let figures = progress::balance(facts, claims, devices, dictionary, query);
        let place = figures.group_by.iter().position(|key| *key == GroupKey::Region);
        let regions = figures.rows.iter().map(|row| {
            let region = place.and_then(|place| row.keys.get(place)?.as_deref());
            region.and_then(&label)
        });
        let regions = regions.collect();
        Self { figures, regions }
    }

    fn is_by_region(&self) -> bool {
        self.figures.group_by.contains(&GroupKey::Region)
    }

    /// The balance as JSON; `revision` is that of the records it was made from.
    pub fn document(&self, revision: u64) -> Value {
        let rows = self.figures.rows.iter().zip(&self.regions).map(|(row, region)| {
            let mut object = Map::new();
            for (key, value) in self.figures.group_by.iter().zip(&row.keys) {
                object.insert(key.word().to_owned(), json!(value));
            }
            if self.is_by_region() {
                let label = region.as_ref();
                object.insert("region_name".to_owned(), json!(label.map(|label| &label.name)));
                object.insert("level".to_owned(), json!(label.map(|label| label.level)));
                object.insert(
                    "parent".to_owned(),
                    json!(label.and_then(|label| label.parent.as_ref())),
                );
            }
            object.extend(named(&row.figures));
            Value::Object(object)
        });
        json!({
            "revision": revision,
            "equation": EQUATION,
            "group_by": self.figures.group_by.iter().map(|key| key.word()).collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
            "total": Value::Object(named(&self.figures.total)),
        })
    }

    /// Headings for a table: the group keys, what tells about regions, then the columns.
    pub fn headings(&self) -> Vec<&'static str> {
        let mut headings: Vec<&'static str> =
            self.figures.group_by.iter().map(|key| key.word()).collect();
        if self.is_by_region() {
            headings.extend(["region_name", "level", "parent"]);
        }
        headings.extend(columns(&self.figures.total).into_iter().map(|(name, _)| name));
        headings
    }

    /// Cells for a table, the total as last row.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let cell = |(_, value): (&str, Value)| match value {
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let mut rows: Vec<Vec<String>> = Vec::with_capacity(self.figures.rows.len() + 1);
        for (row, region) in self.figures.rows.iter().zip(&self.regions) {
            let mut cells: Vec<String> =
                row.keys.iter().map(|key| key.clone().unwrap_or_default()).collect();
            if self.is_by_region() {
                let label = region.as_ref();
                cells.push(label.map(|label| label.name.clone()).unwrap_or_default());
                cells.push(label.map(|label| label.level.to_string()).unwrap_or_default());
                cells.push(label.and_then(|label| label.parent.clone()).unwrap_or_default());
            }
            cells.extend(columns(&row.figures).into_iter().map(cell));
            rows.push(cells);
        }
        let mut total = vec![String::new(); self.figures.group_by.len()];
        total.extend(vec![String::new(); if self.is_by_region() { 3 } else { 0 }]);
        if let Some(first) = total.first_mut() {
            "total".clone_into(first);
        }
        total.extend(columns(&self.figures.total).into_iter().map(cell));
        rows.push(total);
        rows
    }
}

fn named(figures: &Figures) -> Map<String, Value> {
    columns(figures).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Every column of a balance with its name, areas in square metres. Adjustments carry the sign
/// they have in [`EQUATION`].
pub fn columns(figures: &Figures) -> Vec<(&'static str, Value)> {
    let nothing = geometry::GridArea::default();
    let mut columns = vec![
        ("opening_m2", json!(figures.opening.map(|area| area.m2()))),
        ("newly_identified_m2", json!((figures.identified - figures.identified_again).m2())),
        ("recontaminated_m2", json!(figures.identified_again.m2())),
        ("reclassified_m2", json!(figures.reclassified.m2())),
        ("cancelled_m2", json!(figures.cancelled.m2())),
        ("reduced_m2", json!(figures.reduced.m2())),
        ("cleared_m2", json!(figures.cleared.m2())),
        ("adjustments_m2", json!((nothing - figures.adjusted).m2())),
        ("closing_m2", json!(figures.remaining.map(|area| area.m2()))),
        ("areas_open_at_opening", json!(figures.areas.map(|areas| areas.open_at_opening))),
        ("areas_identified", json!(figures.areas.map(|areas| areas.identified))),
        ("areas_closed", json!(figures.areas.map(|areas| areas.closed))),
        ("areas_released_completely", json!(figures.areas.map(|areas| areas.released_completely))),
        ("areas_open_at_closing", json!(figures.areas.map(|areas| areas.open_at_closing))),
        ("items_found", json!(figures.devices.total().0)),
        ("items_destroyed", json!(figures.devices.total().1)),
    ];
    for ((found_name, destroyed_name), (_, found, destroyed)) in
        DEVICE_COLUMNS.into_iter().zip(figures.devices.kinds())
    {
        columns.push((found_name, json!(found)));
        columns.push((destroyed_name, json!(destroyed)));
    }
    columns
}

/// Columns of items found and destroyed, in the order of
/// [`DeviceCategory::ALL`](crate::records::DeviceCategory::ALL).
const DEVICE_COLUMNS: [(&str, &str); 9] = [
    ("anti_personnel_mine_found", "anti_personnel_mine_destroyed"),
    ("anti_vehicle_mine_found", "anti_vehicle_mine_destroyed"),
    ("submunition_found", "submunition_destroyed"),
    ("unexploded_ordnance_found", "unexploded_ordnance_destroyed"),
    ("abandoned_ordnance_found", "abandoned_ordnance_destroyed"),
    ("improvised_explosive_device_found", "improvised_explosive_device_destroyed"),
    ("booby_trap_found", "booby_trap_destroyed"),
    ("small_arms_ammunition_found", "small_arms_ammunition_destroyed"),
    ("other_found", "other_destroyed"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::DeviceCategory;

    #[test]
    fn the_columns_of_items_are_named_by_their_kinds() {
        for ((name, _), (found, destroyed)) in DeviceCategory::ALL.into_iter().zip(DEVICE_COLUMNS) {
            assert_eq!(
                (found, destroyed),
                (format!("{name}_found").as_str(), format!("{name}_destroyed").as_str())
            );
        }
    }
}
