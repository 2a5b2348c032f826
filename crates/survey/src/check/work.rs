//! Work judged by what is recorded of the areas and the work it names, and by how much is done.

use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::id::Day;
use crate::records::{ActivityType, Method};
use crate::rules;

/// Judges work in areas whose closure was recorded before it: an item found there means that the
/// land is contaminated, and any other work that the area is not done with.
pub(crate) fn check_closed_areas(
    areas: &[String],
    (step, on): (&'static str, Day),
    found: u64,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let judged = ["hazardous_areas", "devices", step];
    for (i, area) in areas.iter().enumerate() {
        let closed = context.known.closed_on(area).filter(|closed| on > *closed);
        let Some(closed) = closed else { continue };
        let pointer = format!("/properties/hazardous_areas/{i}");
        let finding = if found > 0 {
            Finding::new(&rules::ITEMS_FOUND_AFTER_CLOSURE, pointer).with("found", found)
        } else {
            Finding::new(&rules::WORK_AFTER_CLOSURE, pointer)
        };
        out.judge(&judged, finding.with("on", on).with("area", area).with("closed", closed));
    }
}

/// Judges a cancellation by the work it rests on: an item found is evidence.
pub(crate) fn check_cancelling_work(
    activity: Option<&str>,
    context: &CheckContext<'_>,
    out: &mut Findings,
) {
    let Some(activity) = activity else { return };
    let Some(found) = context.known.items_found(activity).filter(|found| *found > 0) else {
        return;
    };
    let rule = &rules::CANCELLED_BY_WORK_THAT_FOUND_ITEMS;
    let finding =
        Finding::new(rule, "/properties/activity").with("found", found).with("activity", activity);
    out.judge(&["activity", "outcome"], finding);
}

/// Square metres that one person clears in a day by hand; more is rarely meant.
const MANUAL_M2_A_DAY: f64 = 100.0;
/// Square metres that one animal searches in a day.
const ANIMAL_M2_A_DAY: f64 = 2_000.0;
/// Square metres that one machine works in an hour: 20,000 in a day of eight.
const MACHINE_M2_AN_HOUR: f64 = 2_500.0;

/// What an activity reports of its output.
pub(crate) struct Output<'a> {
    pub activity_type: ActivityType,
    pub methods: &'a [Method],
    pub worked_area_m2: Option<f64>,
    pub person_days: Option<f64>,
    pub animal_days: Option<f64>,
    pub machine_hours: Option<f64>,
}

impl Output<'_> {
    /// Judges the area worked on for each day or hour of work, where it is done by one means.
    pub(crate) fn check(&self, out: &mut Findings) {
        let goes_in = matches!(
            self.activity_type,
            ActivityType::TechnicalSurvey
                | ActivityType::Clearance
                | ActivityType::SubsurfaceBattleAreaClearance
        );
        let (effort, spent, limit) = match self.methods {
            [Method::Manual] => ("person_days", self.person_days, MANUAL_M2_A_DAY),
            [Method::Dog | Method::Rat] => ("animal_days", self.animal_days, ANIMAL_M2_A_DAY),
            [Method::Mechanical] => ("machine_hours", self.machine_hours, MACHINE_M2_AN_HOUR),
            _ => return,
        };
        let spent = spent.filter(|spent| goes_in && *spent > 0.0);
        let (Some(worked), Some(spent)) = (self.worked_area_m2, spent) else { return };
        let each = worked / spent;
        if each > limit {
            let finding = Finding::new(&rules::OUTPUT_UNUSUAL, "/properties/worked_area_m2")
                .with("each", each.round())
                .with("effort", effort)
                .with("limit", limit);
            out.judge(&["worked_area_m2", effort, "methods"], finding);
        }
    }
}
