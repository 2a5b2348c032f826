//! Work in the field, released or not: how much was worked on, and at what pace.
//!
//! An activity counts once, in the period of the last day it tells about: the day it ended, or was
//! last reported while it goes on. Planned work is none. Worked areas are as reported, and count in
//! no figure of released land: only the boundaries of land releases do.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde_json::{Map, Value, json};

use crate::id::Day;
use crate::record::{Attributes, Record, code_of};
use crate::records::{Activity, ActivityStatus};
use crate::reported::{Key, cell};

/// What rows stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKey {
    /// Administrative region.
    Region,
    /// Who does it.
    Organisation,
    /// By what means.
    Method,
    /// What kind of work.
    ActivityType,
    /// How far it has come.
    Status,
    /// Calendar year of the last day.
    Year,
    /// Calendar quarter of the last day.
    Quarter,
    /// Calendar month of the last day.
    Month,
}

impl WorkKey {
    /// Every key, with the word for it in requests and answers.
    pub const ALL: &[(&'static str, Self)] = &[
        ("region", Self::Region),
        ("organisation", Self::Organisation),
        ("method", Self::Method),
        ("activity_type", Self::ActivityType),
        ("status", Self::Status),
        ("year", Self::Year),
        ("quarter", Self::Quarter),
        ("month", Self::Month),
    ];

    /// The key of a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, key)| *key)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, key)| *key == self).map_or("", |(word, _)| word)
    }
}

/// One activity, ready to be added up.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkFact {
    /// The region it lies in.
    pub region: Option<String>,
    /// Who does it.
    pub organisation: Option<String>,
    /// What it is grouped by besides.
    pub attributes: Attributes,
    /// How far it has come.
    pub status: ActivityStatus,
    /// The last day it tells about.
    pub on: Day,
    /// Calendar days from the first to the last, both counted.
    pub days: i64,
    /// The area worked on, in square metres.
    pub worked_area_m2: Option<f64>,
    /// Days of work of all people together.
    pub person_days: Option<f64>,
    /// Days of work of all animals together.
    pub animal_days: Option<f64>,
    /// Hours of work of all machines together.
    pub machine_hours: Option<f64>,
    /// Whether a land release rests on it.
    pub released: bool,
}

impl WorkFact {
    /// Takes what is to be added up from an activity; none for planned work.
    ///
    /// `recorded_on` stands for the last day of work that goes on and does not tell when it was
    /// reported.
    pub fn of(
        activity: &Activity,
        region: Option<String>,
        recorded_on: Day,
        released: bool,
    ) -> Option<Self> {
        if activity.status == ActivityStatus::Planned {
            return None;
        }
        let on = last_day(activity, recorded_on);
        Some(Self {
            region,
            organisation: activity.organisation.clone(),
            attributes: activity.attributes(),
            status: activity.status,
            on,
            days: (on - activity.started_on).num_days() + 1,
            worked_area_m2: activity.worked_area_m2,
            person_days: activity.person_days,
            animal_days: activity.animal_days,
            machine_hours: activity.machine_hours,
            released,
        })
    }

    fn key(&self, key: WorkKey) -> Key {
        let (year, month0) = (self.on.year(), self.on.month0());
        let text = match key {
            WorkKey::Region => self.region.clone(),
            WorkKey::Organisation => self.organisation.clone(),
            WorkKey::Method => self.attributes.method.clone(),
            WorkKey::ActivityType => self.attributes.activity_type.clone(),
            WorkKey::Status => Some(code_of(&self.status)),
            WorkKey::Year => Some(format!("{year:04}")),
            WorkKey::Quarter => Some(format!("{year:04}-Q{}", month0 / 3 + 1)),
            WorkKey::Month => Some(format!("{year:04}-{:02}", month0 + 1)),
        };
        text.into()
    }
}

/// The last day an activity tells about.
pub fn last_day(activity: &Activity, recorded_on: Day) -> Day {
    let goes_on = matches!(activity.status, ActivityStatus::Ongoing | ActivityStatus::Suspended);
    let last = match activity.ended_on {
        Some(ended) => ended,
        None if goes_on => activity.reported_on.unwrap_or(recorded_on),
        None => activity.started_on,
    };
    last.max(activity.started_on)
}

/// Work added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WorkFigures {
    /// Activities that have begun.
    pub activities: u64,
    /// Of those, activities that go on or are interrupted.
    pub in_progress: u64,
    /// Activities that tell no worked area.
    pub without_area: u64,
    /// The area worked on, in square metres.
    pub worked_area_m2: f64,
    /// Of that, worked on by activities on which no land release rests.
    pub not_released_m2: f64,
    person_days: f64,
    animal_days: f64,
    machine_hours: f64,
    per_day: Pace,
    per_person_day: Pace,
    per_animal_day: Pace,
    per_machine_hour: Pace,
}

/// Area and effort of those activities that tell both.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pace {
    area_m2: f64,
    effort: f64,
}

impl Pace {
    fn add(&mut self, area_m2: Option<f64>, effort: Option<f64>) {
        if let (Some(area_m2), Some(effort)) = (area_m2, effort)
            && effort > 0.0
        {
            self.area_m2 += area_m2;
            self.effort += effort;
        }
    }

    fn output(&self) -> Option<f64> {
        (self.effort > 0.0).then(|| self.area_m2 / self.effort)
    }
}

impl WorkFigures {
    fn add(&mut self, fact: &WorkFact) {
        let area_m2 = fact.worked_area_m2;
        let goes_on = matches!(fact.status, ActivityStatus::Ongoing | ActivityStatus::Suspended);
        self.activities += 1;
        self.in_progress += u64::from(goes_on);
        self.without_area += u64::from(area_m2.is_none());
        self.worked_area_m2 += area_m2.unwrap_or_default();
        if !fact.released {
            self.not_released_m2 += area_m2.unwrap_or_default();
        }
        self.person_days += fact.person_days.unwrap_or_default();
        self.animal_days += fact.animal_days.unwrap_or_default();
        self.machine_hours += fact.machine_hours.unwrap_or_default();
        self.per_day.add(area_m2, Some(fact.days as f64));
        self.per_person_day.add(area_m2, fact.person_days);
        self.per_animal_day.add(area_m2, fact.animal_days);
        self.per_machine_hour.add(area_m2, fact.machine_hours);
    }

    /// Every column with its name.
    pub fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("activities", json!(self.activities)),
            ("in_progress", json!(self.in_progress)),
            ("without_area", json!(self.without_area)),
            ("worked_area_m2", json!(self.worked_area_m2)),
            ("not_released_m2", json!(self.not_released_m2)),
            ("person_days", json!(self.person_days)),
            ("animal_days", json!(self.animal_days)),
            ("machine_hours", json!(self.machine_hours)),
            ("m2_per_day", json!(self.per_day.output())),
            ("m2_per_person_day", json!(self.per_person_day.output())),
            ("m2_per_animal_day", json!(self.per_animal_day.output())),
            ("m2_per_machine_hour", json!(self.per_machine_hour.output())),
        ]
    }

    /// The columns by name.
    pub fn document(&self) -> Map<String, Value> {
        self.columns().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Work by its keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    /// What rows stand for.
    pub group_by: Vec<WorkKey>,
    /// In the order of their keys; "none" last.
    pub rows: BTreeMap<Vec<Key>, WorkFigures>,
    /// All of it.
    pub total: WorkFigures,
}

impl Work {
    /// Names of the columns of a table.
    pub fn headings(&self) -> Vec<&'static str> {
        let keys = self.group_by.iter().map(|key| key.word());
        keys.chain(self.total.columns().into_iter().map(|(name, _)| name)).collect()
    }

    /// Cells for a table, the total as last row.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let figures = |figures: &WorkFigures| figures.columns().into_iter().map(cell);
        let rows = self.rows.iter().map(|(keys, of_row)| {
            let keys = keys.iter().map(|key| key.text().unwrap_or_default().to_owned());
            keys.chain(figures(of_row)).collect()
        });
        let total = (0..self.group_by.len()).map(|place| if place == 0 { "total" } else { "" });
        let total = total.map(str::to_owned).chain(figures(&self.total)).collect();
        rows.chain([total]).collect()
    }
}

/// Adds up activities whose last day is from the first to the last day asked for.
pub fn work(
    facts: impl Iterator<Item = WorkFact>,
    group_by: &[WorkKey],
    from: Option<Day>,
    to: Option<Day>,
) -> Work {
    let mut work = Work { group_by: group_by.to_vec(), ..Work::default() };
    for fact in facts {
        if from.is_some_and(|from| fact.on < from) || to.is_some_and(|to| fact.on > to) {
            continue;
        }
        let keys = group_by.iter().map(|key| fact.key(*key)).collect();
        work.rows.entry(keys).or_default().add(&fact);
        work.total.add(&fact);
    }
    work
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(properties: &Value) -> Activity {
        let mut all = json!({"local_id": "A-1", "activity_type": "clearance"});
        all.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn fact(properties: &Value) -> Option<WorkFact> {
        WorkFact::of(&activity(properties), None, "2024-02-01".parse().unwrap(), false)
    }

    #[test]
    fn work_that_goes_on_is_told_up_to_the_day_it_was_reported_or_recorded() {
        let started = json!({"started_on": "2024-01-02", "status": "ongoing"});
        assert_eq!(fact(&started).unwrap().days, 31);
        let mut reported = started.clone();
        reported["reported_on"] = json!("2024-01-11");
        assert_eq!(fact(&reported).unwrap().days, 10);
        assert_eq!(fact(&json!({"started_on": "2024-01-02", "status": "planned"})), None);
    }

    #[test]
    fn output_is_told_from_those_activities_that_tell_both_area_and_effort() {
        let facts = [
            json!({"started_on": "2024-01-01", "ended_on": "2024-01-10", "worked_area_m2": 500.0,
                   "person_days": 20.0}),
            json!({"started_on": "2024-01-01", "ended_on": "2024-01-10", "worked_area_m2": 300.0}),
            json!({"started_on": "2024-01-01", "ended_on": "2024-01-10", "person_days": 1000.0}),
        ];
        let facts = facts.iter().filter_map(fact);
        let total = work(facts, &[WorkKey::Year], None, None).total.document();
        assert_eq!(total["worked_area_m2"], 800.0);
        assert_eq!(total["without_area"], 1);
        assert_eq!(total["m2_per_person_day"], 25.0);
        assert_eq!(total["m2_per_day"], 40.0);
        assert_eq!(total["m2_per_machine_hour"], Value::Null);
    }
}
