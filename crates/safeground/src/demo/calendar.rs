//! When things happen to a hazardous area.

use super::belts::Belt;
use super::course::Course;
use super::random::Random;
use chrono::{Days, NaiveDate};
use survey::{Day, Outcome};

/// The last day of the demo's history.
pub(super) const LAST_DAY: Day = match NaiveDate::from_ymd_opt(2025, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The days of one hazardous area.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    pub(super) identified_on: Day,
    pub(super) reported_on: Day,
    /// First and last day of the work of each stage.
    pub(super) stages: Vec<(Day, Day)>,
}

impl Calendar {
    /// Draws the days: identified while the belt was surveyed, released later, all of it before
    /// the history ends.
    pub(super) fn draw(belt: &Belt, course: Course, random: &mut Random) -> Self {
        let [from, to] = belt
            .identified
            .map(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(LAST_DAY));
        let span = (to - from).num_days() as f64;
        // Most is found soon after a survey begins.
        let identified_on = later(from, span * random.unit().powf(1.4));
        let reported_on = later(identified_on, random.between(1.0, 50.0));
        let left = (LAST_DAY - reported_on).num_days() as f64;
        let stages = course.stages();
        let slot = left * random.between(0.15, 1.0) / stages.len().max(1) as f64;
        let mut begin = 0.0;
        let stages = stages
            .iter()
            .map(|(outcome, _)| {
                let longest = match outcome {
                    Outcome::Cancelled => 15.0,
                    Outcome::Reduced => 90.0,
                    Outcome::Cleared => 500.0,
                };
                let waited = slot * random.between(0.1, 0.45);
                let worked = (slot * random.between(0.2, 0.5)).min(longest);
                let started_on = later(reported_on, begin + waited);
                let ended_on = later(reported_on, begin + waited + worked);
                begin += slot;
                (started_on, ended_on)
            })
            .collect();
        Self { identified_on, reported_on, stages }
    }
}

/// So many days later, and not after the last day.
pub(super) fn later(day: Day, days: f64) -> Day {
    let moved = day.checked_add_days(Days::new(days.max(0.0) as u64));
    moved.map_or(LAST_DAY, |moved| moved.min(LAST_DAY))
}
