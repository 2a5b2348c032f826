//! What becomes of each hazardous area: whether it is worked on, and in which stages.

use super::belts::belts;
use super::placement::{Group, Sizes};
use super::random::{Purpose, Random};
use super::{Counts, Settings};
use survey::Outcome;

/// A stage of land release: how, and which share of the area.
pub(super) type Stage = (Outcome, f64);

/// Every course an area can take. What the shares leave over remains hazardous.
const COURSES: &[&[Stage]] = &[
    &[],
    &[(Outcome::Cancelled, 1.0)],
    &[(Outcome::Reduced, 1.0)],
    &[(Outcome::Cleared, 1.0)],
    &[(Outcome::Cancelled, 0.55), (Outcome::Cleared, 0.45)],
    &[(Outcome::Reduced, 0.5), (Outcome::Cleared, 0.5)],
    &[(Outcome::Cancelled, 0.4), (Outcome::Reduced, 0.3), (Outcome::Cleared, 0.3)],
    &[(Outcome::Cancelled, 0.5)],
    &[(Outcome::Reduced, 0.45)],
    &[(Outcome::Cleared, 0.35)],
    &[(Outcome::Cleared, 0.35), (Outcome::Cleared, 0.3)],
    &[(Outcome::Cancelled, 0.4), (Outcome::Cleared, 0.2), (Outcome::Cleared, 0.2)],
];

/// How often each course is taken by areas that are small, middling and large.
const WEIGHTS: [[f64; 12]; 3] = [
    [0.0, 22.0, 22.0, 42.0, 5.0, 4.0, 0.0, 2.0, 1.0, 2.0, 0.0, 0.0],
    [0.0, 16.0, 14.0, 22.0, 12.0, 11.0, 10.0, 4.0, 3.0, 5.0, 3.0, 0.0],
    [0.0, 10.0, 7.0, 10.0, 15.0, 12.0, 22.0, 6.0, 4.0, 5.0, 5.0, 4.0],
];

/// How many small, middling and large areas are worked on where work is average: the larger an
/// area, the sooner somebody gets to it.
const WORKED: [f64; 3] = [0.2, 0.36, 0.72];

/// The course of one hazardous area and the activities recorded about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    number: u8,
    /// Whether the activity behind each stage is recorded, by bit; stages of one outcome share it.
    recorded: u8,
    /// Whether work is recorded that has released nothing yet.
    pub(super) further_activity: bool,
}

impl Course {
    /// The stages in order of time.
    pub(super) fn stages(self) -> &'static [Stage] {
        COURSES[usize::from(self.number)]
    }

    /// Whether nothing remains.
    pub(super) fn is_complete(self) -> bool {
        self.stages().iter().map(|(_, share)| share).sum::<f64>() > 0.99
    }

    /// Whether the activity behind a stage is recorded.
    pub(super) fn is_recorded(self, stage: usize) -> bool {
        self.recorded >> self.first_of_outcome(stage) & 1 == 1
    }

    /// The first stage with the outcome of this one.
    pub(super) fn first_of_outcome(self, stage: usize) -> usize {
        let stages = self.stages();
        stages.iter().position(|(outcome, _)| *outcome == stages[stage].0).unwrap_or(stage)
    }

    fn releases(self) -> usize {
        self.stages().len()
    }

    pub(super) fn activities(self) -> usize {
        self.recorded.count_ones() as usize + usize::from(self.further_activity)
    }

    fn draw(worked: f64, size: usize, random: &mut Random) -> Self {
        let number = if random.chance(worked * WORKED[size]) {
            let mut left = random.unit() * WEIGHTS[size].iter().sum::<f64>();
            let taken = WEIGHTS[size].iter().position(|weight| {
                left -= weight;
                left < 0.0
            });
            taken.unwrap_or_default()
        } else {
            0
        };
        let mut course = Self { number: number as u8, recorded: 0, further_activity: false };
        for stage in 0..course.releases() {
            if course.first_of_outcome(stage) == stage && random.chance(0.7) {
                course.recorded |= 1 << stage;
            }
        }
        course.further_activity = !course.is_complete() && random.chance(0.2);
        course
    }

    /// Keeps the marks of stages that are still there.
    fn with_number(self, number: u8) -> Self {
        let mut course = Self { number, ..self };
        course.recorded &= (1 << course.releases()) - 1;
        course
    }
}

/// Draws the course of every hazardous area, so that the releases and the activities of all add
/// up to exactly what is asked for.
pub(super) fn courses(settings: Settings, groups: &[Group], counts: Counts) -> Vec<Course> {
    let median_m2 = Sizes::of(settings.programme, counts.hazardous_areas).median_m2;
    let belts = belts(settings.programme);
    let mut courses = Vec::with_capacity(counts.hazardous_areas);
    for group in groups {
        let size = match group.area_m2 / f64::from(group.members) / median_m2 {
            small if small < 0.4 => 0,
            middling if middling < 3.0 => 1,
            _ => 2,
        };
        for _ in 0..group.members {
            let mut random = Random::keyed(settings.seed, Purpose::Course, courses.len());
            courses.push(Course::draw(belts[usize::from(group.belt)].worked, size, &mut random));
        }
    }
    settle_releases(&mut courses, counts.land_releases);
    settle_activities(&mut courses, counts.activities);
    courses
}

const CLEARED_WHOLE: u8 = 3;

fn settle_releases(courses: &mut [Course], wanted: usize) {
    let mut have: usize = courses.iter().map(|course| course.releases()).sum();
    for nth in scattered(courses.len()) {
        let course = &mut courses[nth];
        let releases = course.releases();
        if have > wanted && releases > 0 && releases <= have - wanted {
            *course = course.with_number(0);
            have -= releases;
        } else if have < wanted && releases == 0 {
            *course = course.with_number(CLEARED_WHOLE);
            course.further_activity = false;
            have += 1;
        }
    }
}

fn settle_activities(courses: &mut [Course], wanted: usize) {
    let mut have: usize = courses.iter().map(|course| course.activities()).sum();
    // Work without a result is the easiest to add or leave out; then the record of work behind a
    // result.
    for nth in scattered(courses.len()) {
        let course = &mut courses[nth];
        if have > wanted && course.further_activity {
            course.further_activity = false;
            have -= 1;
        } else if have < wanted && !course.further_activity && !course.is_complete() {
            course.further_activity = true;
            have += 1;
        }
    }
    for nth in scattered(courses.len()) {
        let course = &mut courses[nth];
        for stage in 0..course.releases() {
            let recorded = course.is_recorded(stage);
            if have != wanted && recorded == (have > wanted) {
                course.recorded ^= 1 << course.first_of_outcome(stage);
                have = if recorded { have - 1 } else { have + 1 };
            }
        }
    }
}

/// The numbers below `count`, each once, spread all over.
fn scattered(count: usize) -> impl Iterator<Item = usize> {
    // A prime greater than any count has no divisor in common with it.
    const STRIDE: usize = 1_000_000_007;
    (0..count).map(move |nth| nth * STRIDE % count)
}
