//! Hazardous areas: land that is suspected or confirmed to hold explosive ordnance.

use geometry::Geometry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Beneficiaries, Blockage, ClosureReason, Contamination, Evidence, EvidenceKind, HazardStatus,
    LandUse, MarkedPoint, Marking, MinefieldType, Priority, Slope, Terrain, Vegetation,
    marked_point,
};
use crate::check::{area, dates, references};
use crate::feature::CheckContext;
use crate::finding::{Finding, Findings};
use crate::id::Day;
use crate::land::{Classification, LandRole};
use crate::lifecycle::TOLERANCE_M2;
use crate::record::{
    Attributes, GeometryRule, MissingGeometry, Record, Reference, code_of, code_of_all,
};
use crate::rules;

/// Land that is suspected or confirmed to hold explosive ordnance.
///
/// # Source
/// IMAS 07.11 and the minimum data requirements of IMAS 05.10.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HazardousArea {
    /// The number people use for it, for example `KH-HA-000123`; unique in the programme.
    #[schemars(length(min = 1, max = 100))]
    pub local_id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub name: Option<String>,
    /// How sure it is that the land is hazardous.
    pub classification: Classification,
    /// The day this boundary and classification took effect in the field.
    pub identified_on: Day,
    /// The day it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<Day>,
    /// How far the work on it has come.
    #[serde(default = "open")]
    pub status: HazardStatus,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closure_reason: Option<ClosureReason>,
    /// The `local_id`s of the hazardous areas that took its place, when it was closed as a
    /// duplicate, merged or split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000), inner(length(max = 100)))]
    pub continued_in: Vec<String>,
    /// Why this version differs from the one before. It is needed when a closed area is opened
    /// again, or a confirmed one becomes suspected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub change_reason: Option<String>,
    /// The organisation that identified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 300))]
    pub organisation: Option<String>,
    /// The kinds of explosive ordnance that are suspected or confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub contamination: Vec<Contamination>,
    /// The evidence it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub evidence: Vec<Evidence>,
    /// How mines were laid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minefield_type: Option<MinefieldType>,
    /// The shape of the land.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terrain: Option<Terrain>,
    /// What grows on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vegetation: Option<Vegetation>,
    /// How steep it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slope: Option<Slope>,
    /// How it is marked on the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
    /// What people cannot use because of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub blocked: Vec<Blockage>,
    /// What the land is to be used for after release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_use: Option<LandUse>,
    /// How urgent it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The people expected to gain from its release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiaries: Option<Beneficiaries>,
    /// A landmark outside the area from which the benchmark can be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_point: Option<MarkedPoint>,
    /// A marked point just outside the area from which its boundary can be found.
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
    /// The `local_id` of the hazardous area it was split from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub parent: Option<String>,
    /// The `local_id` of the region it is reported in. Figures are made by where its land is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub region: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub note: Option<String>,
}

const fn open() -> HazardStatus {
    HazardStatus::Open
}

impl HazardousArea {
    /// Tells whether work on it is finished.
    pub const fn is_closed(&self) -> bool {
        matches!(self.status, HazardStatus::Closed | HazardStatus::HandedOver)
    }

    /// Tells whether the record still says that its land is hazardous, unless released.
    pub fn is_in_force(&self) -> bool {
        !(self.is_closed() && self.closure_reason.is_some_and(ClosureReason::ends_the_record))
    }

    /// Tells whether it was closed because others take its place.
    fn is_continued(&self) -> bool {
        self.is_closed() && self.closure_reason.is_some_and(ClosureReason::has_successor)
    }

    fn check_dates(&self, context: &CheckContext<'_>, out: &mut Findings) {
        let steps =
            [("identified_on", Some(self.identified_on)), ("reported_on", self.reported_on)];
        dates::check_each(&steps, context.today, out);
        dates::check_order(&steps, out);
        for (i, evidence) in self.evidence.iter().enumerate() {
            if let Some(on) = evidence.on {
                let pointer = format!("/properties/evidence/{i}/on");
                dates::check_one("evidence", &pointer, on, context.today, out);
            }
        }
    }

    fn check_evidence(&self, out: &mut Findings) {
        let direct = self.evidence.iter().any(|e| e.kind == EvidenceKind::Direct);
        let rule = match (self.classification, direct) {
            (Classification::Confirmed, false) => &rules::CONFIRMED_WITHOUT_DIRECT_EVIDENCE,
            (Classification::Suspected, true) => &rules::SUSPECTED_WITH_DIRECT_EVIDENCE,
            (Classification::Confirmed, true) | (Classification::Suspected, false) => return,
        };
        out.judge(
            &["classification", "evidence"],
            Finding::new(rule, "/properties/classification"),
        );
    }

    /// Closing releases nothing; what is not released yet is told.
    fn check_remaining(&self, context: &CheckContext<'_>, out: &mut Findings) {
        if !self.is_closed() || !self.is_in_force() {
            return;
        }
        let remaining = context.known.remaining_m2(Self::COLLECTION, &self.local_id);
        if let Some(remaining) = remaining.filter(|remaining| *remaining > TOLERANCE_M2) {
            let finding = Finding::new(&rules::CLOSED_WITH_LAND_REMAINING, "/properties/status")
                .with("remaining", remaining.round());
            out.judge(&["status"], finding);
        }
    }

    fn check_closure(&self, out: &mut Findings) {
        let judged = ["status", "closure_reason", "continued_in"];
        let pointer = "/properties/closure_reason";
        match (self.status, self.closure_reason) {
            (HazardStatus::Closed, None) => {
                out.judge(&judged, Finding::new(&rules::CLOSED_WITHOUT_REASON, pointer));
            }
            (_, Some(reason)) if !self.is_closed() => {
                let finding = Finding::new(&rules::REASON_WITHOUT_CLOSURE, pointer)
                    .with("reason", code_of(&reason))
                    .with("status", code_of(&self.status));
                out.judge(&judged, finding);
            }
            (_, Some(reason)) if reason.has_successor() && self.continued_in.is_empty() => {
                let finding =
                    Finding::new(&rules::CLOSED_WITHOUT_SUCCESSOR, "/properties/continued_in")
                        .with("reason", code_of(&reason));
                out.judge(&judged, finding);
            }
            _ => {}
        }
    }
}

impl Record for HazardousArea {
    const COLLECTION: &'static str = "hazardous-areas";
    const TITLE: &'static str = "Hazardous areas";
    const DESCRIPTION: &'static str =
        "Land that is suspected or confirmed to hold explosive ordnance (IMAS 07.11).";
    const GEOMETRY: GeometryRule =
        GeometryRule { point: false, missing: MissingGeometry::Unlocated, unique: true };
    const EFFECTIVE_ON: &'static str = "identified_on";

    fn local_id(&self) -> &str {
        &self.local_id
    }

    fn effective_on(&self) -> Day {
        self.identified_on
    }

    fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    fn check(&self, geometry: Option<&Geometry>, context: &CheckContext<'_>, out: &mut Findings) {
        self.check_dates(context, out);
        self.check_evidence(out);
        self.check_closure(out);
        self.check_remaining(context, out);
        let measured = area::measure(geometry);
        area::check_reported(self.reported_area_m2, measured, context, out);
        area::check_outline(measured, self.accuracy_m, context, out);
        area::check_accuracy(self.accuracy_m, context, out);
        marked_point::check("reference_point", self.reference_point.as_ref(), out);
        marked_point::check("benchmark", self.benchmark.as_ref(), out);
        if let Some(beneficiaries) = &self.beneficiaries {
            beneficiaries.check(out);
        }
    }

    fn land_role(&self) -> Option<LandRole> {
        Some(LandRole::Hazard {
            classification: self.classification,
            in_force: self.is_in_force(),
            closed: self.is_closed(),
            continued_in: self.is_continued().then(|| self.continued_in.clone()),
        })
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let mut named = references::of_list("continued_in", Self::COLLECTION, &self.continued_in);
        named.extend(references::of_one("parent", Self::COLLECTION, self.parent.as_deref()));
        named
    }

    fn attributes(&self) -> Attributes {
        Attributes {
            classification: Some(self.classification),
            hazard_type: code_of_all(&self.contamination, "mixed"),
            ..Attributes::default()
        }
    }
}
