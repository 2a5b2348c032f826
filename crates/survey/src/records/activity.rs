//! Activities: survey, clearance and other work in the field.

use geometry::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActivityStatus, ActivityType, DeviceCount, HazardousArea, Method, devices};
use crate::check::{area, dates, references, work};
use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::id::Day;
use crate::record::{
    Attributes, GeometryRule, MissingGeometry, Record, Reference, code_of, code_of_all,
};
use crate::rules;

/// Survey, clearance or other work in the field.
///
/// # Source
/// The minimum data requirements of IMAS 05.10, activities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Activity {
    /// The number people use for it; unique in the programme.
    #[schemars(length(min = 1, max = 100))]
    pub local_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub name: Option<String>,
    /// What kind of work it is.
    pub activity_type: ActivityType,
    /// By what means it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub methods: Vec<Method>,
    /// How far it has come.
    #[serde(default = "completed")]
    pub status: ActivityStatus,
    /// The organisation that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub organisation: Option<String>,
    /// The team that does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub team: Option<String>,
    /// The number of the task order it is done under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub task: Option<String>,
    /// The first day of work; the planned one while it is planned.
    pub started_on: Day,
    /// The last day of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Day>,
    /// The day it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<Day>,
    /// The `local_id`s of the hazardous areas it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(max = 100)))]
    pub hazardous_areas: Vec<String>,
    /// Days of work of all people together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 10_000_000.0))]
    pub person_days: Option<f64>,
    /// Days of work of all dogs and rats together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 10_000_000.0))]
    pub animal_days: Option<f64>,
    /// Hours of work of all machines together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100_000_000.0))]
    pub machine_hours: Option<f64>,
    /// The area worked on, released or not, in square metres. It counts in no figure of released
    /// land.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0e13))]
    pub worked_area_m2: Option<f64>,
    /// The items found and destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub devices: Vec<DeviceCount>,
    /// How accurately its position was measured, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub accuracy_m: Option<f64>,
    /// The `local_id` of the region it is reported in. Figures are made by where its land is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub region: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub note: Option<String>,
}

const fn completed() -> ActivityStatus {
    ActivityStatus::Completed
}

impl Activity {
    fn check_dates(&self, context: &CheckContext<'_>, out: &mut Findings) {
        let steps = [
            ("started_on", Some(self.started_on)),
            ("ended_on", self.ended_on),
            ("reported_on", self.reported_on),
        ];
        // What is planned lies ahead, and is reported before it begins.
        if self.status == ActivityStatus::Planned {
            dates::check_order(&steps[..2], out);
            return;
        }
        dates::check_each(&steps, context.today, out);
        match self.status {
            // Work that goes on is reported before it ends.
            ActivityStatus::Ongoing | ActivityStatus::Suspended => {
                dates::check_order(&steps[..2], out);
                dates::check_order(&[steps[0], steps[2]], out);
            }
            ActivityStatus::Planned | ActivityStatus::Completed | ActivityStatus::Aborted => {
                dates::check_order(&steps, out);
            }
        }
    }
}

impl Activity {
    /// Judges what is done where. Marking an area, handing it over and looking at it once more come
    /// after its closure.
    fn check_work(&self, context: &CheckContext<'_>, out: &mut Findings) {
        let found = devices::found(&self.devices);
        let comes_after = matches!(
            self.activity_type,
            ActivityType::Marking
                | ActivityType::Completion
                | ActivityType::Handover
                | ActivityType::Other
        );
        if found > 0 || !comes_after {
            let began = ("started_on", self.started_on);
            work::check_closed_areas(&self.hazardous_areas, began, found, context, out);
        }
        let output = work::Output {
            activity_type: self.activity_type,
            methods: &self.methods,
            worked_area_m2: self.worked_area_m2,
            person_days: self.person_days,
            animal_days: self.animal_days,
            machine_hours: self.machine_hours,
        };
        output.check(out);
    }
}

impl Record for Activity {
    const COLLECTION: &'static str = "activities";
    const TITLE: &'static str = "Activities";
    const DESCRIPTION: &'static str =
        "Survey, clearance and other work in the field (IMAS 05.10, minimum data requirements).";
    const GEOMETRY: GeometryRule =
        GeometryRule { point: true, missing: MissingGeometry::Allowed, unique: false };
    const EFFECTIVE_ON: &'static str = "started_on";

    fn local_id(&self) -> &str {
        &self.local_id
    }

    fn effective_on(&self) -> Day {
        self.started_on
    }

    fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    fn check(&self, _: Option<&Geometry>, context: &CheckContext<'_>, out: &mut Findings) {
        self.check_dates(context, out);
        self.check_work(context, out);
        if self.status == ActivityStatus::Planned && !self.devices.is_empty() {
            let finding = Finding::new(&rules::FOUND_BEFORE_WORK, "/properties/devices");
            out.judge(&["status", "devices"], finding);
        }
        area::check_accuracy(self.accuracy_m, context, out);
        devices::check(&self.devices, out);
    }

    fn references(&self) -> Vec<Reference<'_>> {
        references::of_list("hazardous_areas", HazardousArea::COLLECTION, &self.hazardous_areas)
    }

    fn attributes(&self) -> Attributes {
        Attributes {
            method: code_of_all(&self.methods, "combined"),
            activity_type: Some(code_of(&self.activity_type)),
            ..Attributes::default()
        }
    }
}
