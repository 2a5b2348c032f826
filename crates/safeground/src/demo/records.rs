//! The records of one hazardous area: the area itself, the activities, the land releases.

use super::DemoProgramme;
use super::belts::Belt;
use super::calendar::{Calendar, LAST_DAY, later};
use super::course::Course;
use super::member::{Cut, Member};
use super::outline::Form;
use super::random::{Purpose, Random};
use super::wording::{self, Surroundings};
use survey::records::{
    Activity, ActivityStatus, ActivityType, Beneficiaries, ClosureReason, Contamination, Evidence,
    HazardStatus, HazardousArea, LandRelease,
};
use survey::{Classification, Outcome};

/// One hazardous area and all that is known about it.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) programme: DemoProgramme,
    pub(super) seed: u64,
    /// The how manieth hazardous area it is, from 0.
    pub(super) number: usize,
    pub(super) belt: &'a Belt,
    pub(super) form: Form,
    pub(super) province: u8,
    pub(super) province_name: &'a str,
    pub(super) member: Member,
    pub(super) course: Course,
    pub(super) calendar: Calendar,
    pub(super) cuts: Vec<Cut>,
}

/// What each of the records of one hazardous area draws its words for.
#[derive(Clone, Copy)]
enum Subjects {
    Area,
    Contamination,
    FurtherActivity,
    /// Stages follow from here on.
    Activity = 4,
    Release = 8,
}

/// Numbers kept apart for the words of one hazardous area.
const SUBJECTS: usize = 16;

impl Subject<'_> {
    fn random(&self, subject: Subjects, stage: usize) -> Random {
        let index = self.number * SUBJECTS + subject as usize + stage;
        Random::keyed(self.seed, Purpose::Wording, index)
    }

    pub(super) fn local_id(&self) -> String {
        local_id(self.programme, "HA", self.number)
    }

    fn contamination(&self) -> Vec<Contamination> {
        let mut random = self.random(Subjects::Contamination, 0);
        wording::contamination(self.belt.ordnance, self.programme, &mut random)
    }

    pub(super) fn hazardous_area(&self) -> HazardousArea {
        let random = &mut self.random(Subjects::Area, 0);
        let calendar = &self.calendar;
        let last_outcome = self.course.stages().last().map(|(outcome, _)| *outcome);
        let classification = wording::classification(last_outcome, self.programme, random);
        let (kind, evidence_type) = wording::evidence(classification, random);
        let surroundings = Surroundings::draw(random);
        let organisation =
            wording::organisation(ActivityType::NonTechnicalSurvey, self.province, random);
        let (status, closure_reason) = self.status(random);
        let accuracy_m = if random.chance(0.005) { 12.0 } else { random.between(0.5, 6.0).round() };
        let people = random.between(2.0, 60.0) as u32;
        HazardousArea {
            local_id: self.local_id(),
            name: Some(format!("Invented area {}, {}", self.number + 1, self.province_name)),
            classification,
            identified_on: calendar.identified_on,
            reported_on: Some(calendar.reported_on),
            status,
            closure_reason,
            continued_in: Vec::new(),
            change_reason: None,
            organisation: Some(organisation.to_owned()),
            contamination: self.contamination(),
            evidence: vec![Evidence {
                kind,
                evidence_type: Some(evidence_type),
                on: Some(calendar.identified_on),
                note: None,
            }],
            minefield_type: wording::minefield_type(self.form, self.belt.ordnance),
            terrain: Some(surroundings.terrain),
            vegetation: Some(surroundings.vegetation),
            slope: Some(surroundings.slope),
            marking: Some(surroundings.marking),
            blocked: surroundings.blocked,
            intended_use: Some(surroundings.intended_use),
            priority: Some(surroundings.priority),
            beneficiaries: (classification == Classification::Confirmed).then(|| Beneficiaries {
                total: Some(5 * people),
                direct: Some(people),
                groups: Vec::new(),
            }),
            reference_point: None,
            benchmark: None,
            accuracy_m: Some(accuracy_m.max(1.0)),
            reported_area_m2: Some(wording::reported_m2(self.member.area_m2(Cut::WHOLE), random)),
            parent: None,
            region: None,
            note: None,
        }
    }

    fn status(&self, random: &mut Random) -> (HazardStatus, Option<ClosureReason>) {
        let stages = self.course.stages();
        if !self.course.is_complete() {
            let status = match (stages.is_empty(), self.course.further_activity) {
                (true, false) => HazardStatus::Open,
                _ if random.chance(0.12) => HazardStatus::Suspended,
                _ => HazardStatus::WorkedOn,
            };
            return (status, None);
        }
        let reason = match stages {
            [(Outcome::Cancelled, _)] => ClosureReason::Cancelled,
            [(Outcome::Reduced, _)] => ClosureReason::Reduced,
            [(Outcome::Cleared, _)] => ClosureReason::Cleared,
            _ => ClosureReason::Mixed,
        };
        let cleared = stages.iter().any(|(outcome, _)| *outcome == Outcome::Cleared);
        let handed_over = cleared && random.chance(0.45);
        let status = if handed_over { HazardStatus::HandedOver } else { HazardStatus::Closed };
        (status, Some(reason))
    }

    /// The activity behind a stage, under a number of its own.
    pub(super) fn activity(&self, stage: usize, number: usize) -> Activity {
        let random = &mut self.random(Subjects::Activity, stage);
        let stages = self.course.stages();
        let outcome = stages[stage].0;
        let last = stages.iter().rposition(|(other, _)| *other == outcome).unwrap_or(stage);
        let (started_on, ended_on) = (self.calendar.stages[stage].0, self.calendar.stages[last].1);
        let work = wording::work(outcome, self.belt.ordnance);
        let worked_m2: f64 = (stage..=last)
            .filter(|nth| stages[*nth].0 == outcome)
            .map(|nth| self.member.area_m2(self.cuts[nth]))
            .sum();
        let goes_on = !self.course.is_complete()
            && last + 1 == stages.len()
            && outcome == Outcome::Cleared
            && random.chance(0.4);
        let mut activity = self.activity_of(work, number, random);
        activity.started_on = started_on;
        if goes_on {
            activity.status = ActivityStatus::Ongoing;
            activity.reported_on = Some(LAST_DAY);
        } else {
            activity.ended_on = Some(ended_on);
            activity.reported_on = Some(later(ended_on, random.between(1.0, 30.0)));
        }
        let days = (ended_on - started_on).num_days() as f64 + 1.0;
        activity.person_days = Some((days * 5.0 / 7.0 * random.between(2.0, 9.0)).ceil());
        activity.worked_area_m2 = Some(worked_m2.round());
        activity
    }

    /// Work that has released nothing yet.
    pub(super) fn further_activity(&self, number: usize) -> Activity {
        let random = &mut self.random(Subjects::FurtherActivity, 0);
        let work = *random.weighted(&[
            (5.0, ActivityType::NonTechnicalSurvey),
            (2.0, ActivityType::TechnicalSurvey),
            (2.0, ActivityType::Marking),
            (2.0, wording::work(Outcome::Cleared, self.belt.ordnance)),
        ]);
        let after = self.calendar.stages.last().map_or(self.calendar.reported_on, |days| days.1);
        let left = (LAST_DAY - after).num_days() as f64;
        let mut activity = self.activity_of(work, number, random);
        activity.started_on = later(after, left * random.between(0.05, 0.8));
        if random.chance(0.6) {
            let ended_on = later(activity.started_on, left * random.between(0.0, 0.2));
            activity.ended_on = Some(ended_on);
            activity.reported_on = Some(later(ended_on, random.between(1.0, 30.0)));
        } else {
            let going_on = random.chance(0.7);
            activity.status =
                if going_on { ActivityStatus::Ongoing } else { ActivityStatus::Suspended };
            activity.reported_on = Some(LAST_DAY);
        }
        activity
    }

    fn activity_of(&self, work: ActivityType, number: usize, random: &mut Random) -> Activity {
        Activity {
            local_id: local_id(self.programme, "AC", number),
            name: Some(format!("Invented activity {}, {}", number + 1, self.province_name)),
            activity_type: work,
            methods: wording::methods(work, random),
            status: ActivityStatus::Completed,
            organisation: Some(wording::organisation(work, self.province, random).to_owned()),
            team: Some(format!("Demo team {}", random.whole(1, 12))),
            task: None,
            started_on: self.calendar.reported_on,
            ended_on: None,
            reported_on: None,
            hazardous_areas: vec![self.local_id()],
            person_days: None,
            animal_days: None,
            machine_hours: None,
            worked_area_m2: None,
            devices: Vec::new(),
            accuracy_m: None,
            region: None,
            note: None,
        }
    }

    /// The land release of a stage. `activity` is the number of the activity recorded behind it;
    /// the organisation and the methods are those of that activity, recorded or not.
    pub(super) fn land_release(
        &self,
        stage: usize,
        number: usize,
        activity: Option<usize>,
    ) -> LandRelease {
        let first = self.course.first_of_outcome(stage);
        let behind = self.activity(first, activity.unwrap_or_default());
        let random = &mut self.random(Subjects::Release, stage);
        let outcome = self.course.stages()[stage].0;
        let area_m2 = self.member.area_m2(self.cuts[stage]);
        let released_on = self.calendar.stages[stage].1;
        let people = random.between(2.0, 60.0) as u32;
        LandRelease {
            local_id: local_id(self.programme, "LR", number),
            name: Some(format!("Invented release {}, {}", number + 1, self.province_name)),
            outcome,
            released_on,
            started_on: Some(self.calendar.stages[first].0),
            reported_on: Some(later(released_on, random.between(2.0, 45.0))),
            // Some registers do not say which area was released.
            hazardous_areas: if random.chance(0.03) { Vec::new() } else { vec![self.local_id()] },
            activity: activity.map(|_| behind.local_id),
            activity_type: Some(behind.activity_type),
            methods: behind.methods,
            organisation: behind.organisation,
            depth_cm: (outcome == Outcome::Cleared)
                .then(|| *random.weighted(&[(8.0, 20.0), (1.0, 15.0), (1.0, 25.0), (1.0, 30.0)])),
            devices: wording::devices(outcome, &self.contamination(), area_m2, random),
            beneficiaries: (outcome == Outcome::Cleared).then(|| Beneficiaries {
                total: Some(5 * people),
                direct: Some(people),
                groups: Vec::new(),
            }),
            benchmark: None,
            accuracy_m: Some(random.between(1.0, 5.0).round()),
            reported_area_m2: Some(wording::reported_m2(area_m2, random)),
            region: None,
            note: None,
        }
    }
}

/// The number of a record as people would write it.
fn local_id(programme: DemoProgramme, kind: &str, number: usize) -> String {
    let country = match programme {
        DemoProgramme::Cambodia => "KH",
        DemoProgramme::Ukraine => "UA",
    };
    format!("{country}-{kind}-{:06}", number + 1)
}
