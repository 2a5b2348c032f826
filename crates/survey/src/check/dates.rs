//! Days: in order, not in the future, not before there were registers.

use crate::finding::{Finding, Findings};
use crate::id::Day;
use crate::rules;

/// The first day that can be meant.
pub(crate) const FIRST_DAY: Day = match Day::from_ymd_opt(1945, 1, 1) {
    Some(day) => day,
    None => Day::MIN,
};

/// A property and its day, if it has one.
pub(crate) type Step = (&'static str, Option<Day>);

/// Judges one day of a property, at a place inside it.
pub(crate) fn check_one(
    property: &'static str,
    pointer: &str,
    day: Day,
    today: Day,
    out: &mut Findings,
) {
    let finding = if day > today {
        Finding::new(&rules::DATE_IN_FUTURE, pointer).with("day", day).with("today", today)
    } else if day < FIRST_DAY {
        Finding::new(&rules::DATE_TOO_EARLY, pointer).with("day", day)
    } else {
        return;
    };
    out.judge(&[property], finding);
}

/// Judges each day by itself.
pub(crate) fn check_each(steps: &[Step], today: Day, out: &mut Findings) {
    for &(property, day) in steps {
        if let Some(day) = day {
            check_one(property, &format!("/properties/{property}"), day, today, out);
        }
    }
}

/// Judges whether the days that are given come in this order; one day may be several steps.
pub(crate) fn check_order(steps: &[Step], out: &mut Findings) {
    let given = steps.iter().filter_map(|&(property, day)| Some((property, day?)));
    let given: Vec<_> = given.filter(|(property, _)| !out.is_faulty(property)).collect();
    for pair in given.windows(2) {
        let [(earlier, earlier_day), (later, later_day)] = [pair[0], pair[1]];
        if later_day < earlier_day {
            let finding = Finding::new(&rules::DATES_OUT_OF_ORDER, format!("/properties/{later}"))
                .with("later", later)
                .with("later_day", later_day)
                .with("earlier", earlier)
                .with("earlier_day", earlier_day);
            out.push(finding);
        }
    }
}
