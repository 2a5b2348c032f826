//! The records of a programme, one after the other.

use std::collections::VecDeque;

use serde::Serialize;
use survey::Record;
use survey::records::{Activity, HazardousArea, LandRelease};

use super::belts::belts;
use super::calendar::Calendar;
use super::course::{Course, courses};
use super::ground::Country;
use super::member::{Cut, Member, write_position};
use super::placement::{Group, place};
use super::random::{Purpose, Random};
use super::records::Subject;
use super::{Counts, Feature, Settings};

/// All records of a programme: each hazardous area before its activities, and these before the
/// land releases.
///
/// Made by [`super::generate`]. Where each area lies and what becomes of it is decided first and
/// kept, in about 60 bytes a record; the records themselves are made as they are asked for.
#[derive(Debug)]
pub struct Records {
    settings: Settings,
    country: Country,
    groups: Vec<Group>,
    courses: Vec<Course>,
    /// The only collection wanted, if not all are.
    only: Option<&'static str>,
    next_group: usize,
    made: Counts,
    waiting: VecDeque<Feature>,
}

impl Records {
    pub(super) fn new(settings: Settings, country: Country, only: Option<&'static str>) -> Self {
        let counts = Counts::of(settings.records);
        let groups = place(settings, &country, counts.hazardous_areas);
        let courses = courses(settings, &groups, counts);
        Self {
            settings,
            country,
            groups,
            courses,
            only,
            next_group: 0,
            made: Counts::default(),
            waiting: VecDeque::new(),
        }
    }

    fn make_group(&mut self) {
        let number = self.next_group;
        self.next_group += 1;
        let group = &self.groups[number];
        let seed = self.settings.seed;
        let random = &mut Random::keyed(seed, Purpose::Stages, number);
        let belt = &belts(self.settings.programme)[usize::from(group.belt)];
        for mut member in Member::all(group, group.outline(seed, number), random) {
            let number = self.made.hazardous_areas;
            let course = self.courses[number];
            member.open_gap(course, random);
            let cuts = member.cuts(course, random);
            let calendar_random = &mut Random::keyed(seed, Purpose::Calendar, number);
            let subject = Subject {
                programme: self.settings.programme,
                seed,
                number,
                belt,
                form: group.form,
                province: group.province,
                province_name: self.country.province_name(group.province),
                member,
                course,
                calendar: Calendar::draw(belt, course, calendar_random),
                cuts,
            };
            make_records(&subject, self.only, &mut self.made, &mut self.waiting);
        }
    }
}

impl Iterator for Records {
    type Item = Feature;

    fn next(&mut self) -> Option<Feature> {
        while self.waiting.is_empty() && self.next_group < self.groups.len() {
            self.make_group();
        }
        self.waiting.pop_front()
    }
}

fn make_records(
    subject: &Subject<'_>,
    only: Option<&'static str>,
    made: &mut Counts,
    out: &mut VecDeque<Feature>,
) {
    let wanted = |collection| only.is_none_or(|only| only == collection);
    let area = |cut: Cut| move |text: &mut String| subject.member.write(cut, text);
    let point = |text: &mut String| {
        text.push_str(r#"{"type":"Point","coordinates":"#);
        write_position(subject.member.inside(), text);
        text.push('}');
    };
    made.hazardous_areas += 1;
    if wanted(HazardousArea::COLLECTION) {
        out.extend(feature(&subject.hazardous_area(), area(Cut::WHOLE)));
    }
    let stages = subject.course.stages();
    let mut activities = vec![None; stages.len()];
    for stage in 0..stages.len() {
        let first = subject.course.first_of_outcome(stage);
        if first < stage {
            activities[stage] = activities[first];
        } else if subject.course.is_recorded(stage) {
            activities[stage] = Some(made.activities);
            if wanted(Activity::COLLECTION) {
                out.extend(feature(&subject.activity(stage, made.activities), point));
            }
            made.activities += 1;
        }
    }
    if subject.course.further_activity {
        if wanted(Activity::COLLECTION) {
            out.extend(feature(&subject.further_activity(made.activities), point));
        }
        made.activities += 1;
    }
    for (stage, activity) in activities.into_iter().enumerate() {
        if wanted(LandRelease::COLLECTION) {
            let release = subject.land_release(stage, made.land_releases, activity);
            out.extend(feature(&release, area(subject.cuts[stage])));
        }
        made.land_releases += 1;
    }
}

/// A record as GeoJSON text on one line, marked as invented.
///
/// None if the record cannot be written as JSON, which records of these types always can.
fn feature<R: Record + Serialize>(record: &R, geometry: impl Fn(&mut String)) -> Option<Feature> {
    let mut json = String::with_capacity(2_048);
    json.push_str(r#"{"type":"Feature","properties":"#);
    json.push_str(&serde_json::to_string(record).ok()?);
    json.pop();
    json.push_str(r#","invented":true},"geometry":"#);
    geometry(&mut json);
    json.push('}');
    Some(Feature { collection: R::COLLECTION, json })
}
