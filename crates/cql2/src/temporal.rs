use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::{TemporalRelation, Value};

/// Begin and end, microseconds since 1970; open ends are the least and the greatest number.
type Span = (i64, i64);

/// Whether the relation holds (clause 7.7); unknown when an instant is absent.
///
/// A date is one instant among dates; beside timestamps it is the whole day.
pub(crate) fn relate(relation: TemporalRelation, a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    let days = !(has_time(a) || has_time(b));
    let ((a1, a2), (b1, b2)) = (span(a, days)?, span(b, days)?);
    Some(match relation {
        TemporalRelation::After => a1 > b2,
        TemporalRelation::Before => a2 < b1,
        TemporalRelation::Contains => a1 < b1 && a2 > b2,
        TemporalRelation::Disjoint => a1 > b2 || a2 < b1,
        TemporalRelation::During => a1 > b1 && a2 < b2,
        TemporalRelation::Equals => a1 == b1 && a2 == b2,
        TemporalRelation::FinishedBy => a1 < b1 && a2 == b2,
        TemporalRelation::Finishes => a1 > b1 && a2 == b2,
        TemporalRelation::Intersects => a1 <= b2 && a2 >= b1,
        TemporalRelation::Meets => a2 == b1,
        TemporalRelation::MetBy => a1 == b2,
        TemporalRelation::OverlappedBy => a1 > b1 && a1 < b2 && a2 > b2,
        TemporalRelation::Overlaps => a1 < b1 && a2 > b1 && a2 < b2,
        TemporalRelation::StartedBy => a1 == b1 && a2 > b2,
        TemporalRelation::Starts => a1 == b1 && a2 < b2,
    })
}

fn has_time(value: &Value<'_>) -> bool {
    match value {
        Value::Timestamp(_) => true,
        Value::Interval(ends) => ends.iter().any(has_time),
        _ => false,
    }
}

fn span(value: &Value<'_>, days: bool) -> Option<Span> {
    match value {
        Value::Date(date) => Some((first(*date), last(*date, days))),
        Value::Timestamp(time) => Some((micros(*time), micros(*time))),
        Value::Interval(ends) => {
            let start = match &ends[0] {
                Value::Open => i64::MIN,
                other => span(other, days)?.0,
            };
            let end = match &ends[1] {
                Value::Open => i64::MAX,
                other => span(other, days)?.1,
            };
            Some((start, end))
        }
        _ => None,
    }
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

fn first(date: NaiveDate) -> i64 {
    micros(date.and_time(NaiveTime::MIN).and_utc())
}

fn last(date: NaiveDate, days: bool) -> i64 {
    const DAY: i64 = 86_400_000_000;
    if days { first(date) } else { first(date) + DAY - 1 }
}
