//! Land releases: land that is cancelled, reduced or cleared.

use geometry::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Activity, ActivityType, Beneficiaries, DeviceCount, HazardousArea, MarkedPoint, Method,
    devices, marked_point,
};
use crate::check::{area, dates, references, work};
use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::id::Day;
use crate::land::{LandRole, Outcome};
use crate::record::{
    Attributes, GeometryRule, MissingGeometry, Record, Reference, code_of, code_of_all,
};
use crate::rules;

/// Land that was released: cancelled, reduced or cleared.
///
/// # Source
/// IMAS 07.11 and the minimum data requirements of IMAS 05.10, land release product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LandRelease {
    /// The number people use for it; unique in the programme.
    #[schemars(length(min = 1, max = 100))]
    pub local_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub name: Option<String>,
    /// How the land was released.
    pub outcome: Outcome,
    /// The day the release took effect: the last day of the work it rests on.
    pub released_on: Day,
    /// The first day of the work it rests on. The release is judged against the hazardous areas as
    /// they were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<Day>,
    /// The day it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<Day>,
    /// The `local_id`s of the hazardous areas it acts on; if there are none, all it touches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(max = 100)))]
    pub hazardous_areas: Vec<String>,
    /// The `local_id` of the activity it is the outcome of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub activity: Option<String>,
    /// What kind of work it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityType>,
    /// By what means the work was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub methods: Vec<Method>,
    /// The organisation that did the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub organisation: Option<String>,
    /// The depth in centimetres to which the land was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2_000.0))]
    pub depth_cm: Option<f64>,
    /// The items found and destroyed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub devices: Vec<DeviceCount>,
    /// The people who gained from the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiaries: Option<Beneficiaries>,
    /// A marked point outside the area from which its boundary can be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<MarkedPoint>,
    /// How accurately the turning points were measured, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 100_000.0))]
    pub accuracy_m: Option<f64>,
    /// Its area as reported, in square metres. It is compared with the area of its boundary, and
    /// counts in no figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0e13))]
    pub reported_area_m2: Option<f64>,
    /// The `local_id` of the region it is reported in. Figures are made by where its land is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub region: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub note: Option<String>,
}

impl LandRelease {
    fn check_work(&self, out: &mut Findings) {
        if let Some(kind) = self.activity_type
            && !kind.fits(self.outcome)
        {
            let finding = Finding::new(&rules::ACTIVITY_DOES_NOT_FIT, "/properties/activity_type")
                .with("activity", code_of(&kind))
                .with("outcome", self.outcome);
            out.judge(&["activity_type", "outcome"], finding);
        }
        if self.outcome != Outcome::Cancelled {
            return;
        }
        if let Some(i) = self.methods.iter().position(|method| method.is_technical()) {
            let pointer = format!("/properties/methods/{i}");
            let finding = Finding::new(&rules::METHOD_DOES_NOT_FIT, pointer)
                .with("method", code_of(&self.methods[i]));
            out.judge(&["methods", "outcome"], finding);
        }
        let found = devices::found(&self.devices);
        if found > 0 {
            let finding = Finding::new(&rules::CANCELLED_WITH_ITEMS_FOUND, "/properties/devices")
                .with("found", found);
            out.judge(&["devices", "outcome"], finding);
        }
    }

    /// Judges the release by the areas and the work it names.
    fn check_named(&self, context: &CheckContext<'_>, out: &mut Findings) {
        let began =
            self.started_on.map_or(("released_on", self.released_on), |on| ("started_on", on));
        let found = devices::found(&self.devices);
        work::check_closed_areas(&self.hazardous_areas, began, found, context, out);
        if self.outcome == Outcome::Cancelled {
            work::check_cancelling_work(self.activity.as_deref(), context, out);
        }
    }

    fn check_depth(&self, context: &CheckContext<'_>, out: &mut Findings) {
        let judged = ["outcome", "depth_cm"];
        let pointer = "/properties/depth_cm";
        let minimum = context.programme.rules.minimum_clearance_depth_cm;
        if self.activity_type == Some(ActivityType::SurfaceBattleAreaClearance) {
            return;
        }
        match (self.outcome, self.depth_cm) {
            (Outcome::Cleared, None) => {
                out.judge(&judged, Finding::new(&rules::CLEARED_WITHOUT_DEPTH, pointer));
            }
            (Outcome::Cleared, Some(depth)) if depth < minimum => {
                let finding = Finding::new(&rules::DEPTH_BELOW_MINIMUM, pointer)
                    .with("depth", depth)
                    .with("minimum", minimum);
                out.judge(&judged, finding);
            }
            (_, Some(depth)) if depth > MAX_USUAL_DEPTH_CM => {
                let finding = Finding::new(&rules::DEPTH_UNUSUAL, pointer)
                    .with("depth", depth)
                    .with("limit", MAX_USUAL_DEPTH_CM);
                out.judge(&judged, finding);
            }
            _ => {}
        }
    }
}

/// Depth in centimetres below which hardly any land is cleared; a greater number is more likely
/// millimetres.
const MAX_USUAL_DEPTH_CM: f64 = 200.0;

impl Record for LandRelease {
    const COLLECTION: &'static str = "land-releases";
    const TITLE: &'static str = "Land releases";
    const DESCRIPTION: &'static str =
        "Land that was cancelled, reduced or cleared, with the work this rests on (IMAS 07.11).";
    const GEOMETRY: GeometryRule =
        GeometryRule { point: false, missing: MissingGeometry::Refused, unique: true };
    const EFFECTIVE_ON: &'static str = "released_on";

    fn local_id(&self) -> &str {
        &self.local_id
    }

    fn effective_on(&self) -> Day {
        self.released_on
    }

    fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    fn check(&self, geometry: Option<&Geometry>, context: &CheckContext<'_>, out: &mut Findings) {
        let steps = [
            ("started_on", self.started_on),
            ("released_on", Some(self.released_on)),
            ("reported_on", self.reported_on),
        ];
        dates::check_each(&steps, context.today, out);
        dates::check_order(&steps, out);
        self.check_work(out);
        self.check_named(context, out);
        self.check_depth(context, out);
        devices::check(&self.devices, out);
        let measured = area::measure(geometry);
        area::check_reported(self.reported_area_m2, measured, context, out);
        area::check_outline(measured, self.accuracy_m, context, out);
        area::check_accuracy(self.accuracy_m, context, out);
        marked_point::check("benchmark", self.benchmark.as_ref(), out);
        if let Some(beneficiaries) = &self.beneficiaries {
            beneficiaries.check(out);
        }
    }

    fn land_role(&self) -> Option<LandRole> {
        Some(LandRole::Release {
            outcome: self.outcome,
            on: self.released_on,
            started_on: self.started_on,
            names: self.hazardous_areas.clone(),
        })
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let mut named = references::of_list(
            "hazardous_areas",
            HazardousArea::COLLECTION,
            &self.hazardous_areas,
        );
        named.extend(references::of_one(
            "activity",
            Activity::COLLECTION,
            self.activity.as_deref(),
        ));
        named
    }

    fn attributes(&self) -> Attributes {
        Attributes {
            outcome: Some(self.outcome),
            method: code_of_all(&self.methods, "combined"),
            activity_type: self.activity_type.as_ref().map(code_of),
            ..Attributes::default()
        }
    }
}
