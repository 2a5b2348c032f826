//! The history of a parcel as it is stored: JSON in which each cause is written once.
//!
//! ```json
//! { "causes": [["0192…", 1], ["0193…", 2]],
//!   "timeline": [["2015-03-01", 0, 0], ["2019-08-20", 8, 1]],
//!   "stretches": [[0, "2015-03-01", ["2019-08-20", 1, "cleared"]]],
//!   "regions": [["2013-12-30", "0191…"]] }
//! ```
//! A cause is a record and its version; other lists name causes by position. Changes are the
//! numbers of [`LandChange::code`]. Regions are those the land lay in before, each until a day;
//! most land has always lain in one and the list is left out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use survey::{
    Day, LandChange, LandEntry, Outcome, RecordId, RegionSpan, SourceKey, Stretch, StretchEnd,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    causes: Vec<(RecordId, u32)>,
    timeline: Vec<(Day, u8, usize)>,
    stretches: Vec<(usize, Day, Option<(Day, usize, Option<Outcome>)>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<(Day, Option<RecordId>)>,
}

/// What is stored of a parcel besides its land.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ParcelHistory {
    pub timeline: Vec<LandEntry>,
    pub stretches: Vec<Stretch>,
    pub earlier_regions: Vec<RegionSpan>,
}

/// Writes a history.
pub(crate) fn write(
    timeline: &[LandEntry],
    stretches: &[Stretch],
    earlier_regions: &[RegionSpan],
) -> serde_json::Result<String> {
    let named = timeline.iter().map(|entry| entry.cause);
    let named = named.chain(stretches.iter().map(|stretch| stretch.hazard));
    let named = named.chain(stretches.iter().filter_map(|stretch| Some(stretch.end?.by)));
    let causes: Vec<SourceKey> = named.collect::<BTreeSet<_>>().into_iter().collect();
    // Every cause written below was collected above.
    let position = |cause: SourceKey| causes.binary_search(&cause).unwrap_or(usize::MAX);
    serde_json::to_string(&History {
        causes: causes.iter().map(|cause| (cause.record, cause.version)).collect(),
        timeline: timeline
            .iter()
            .map(|entry| (entry.on, entry.change.code(), position(entry.cause)))
            .collect(),
        stretches: stretches
            .iter()
            .map(|stretch| {
                let end = stretch.end.map(|end| (end.on, position(end.by), end.outcome));
                (position(stretch.hazard), stretch.from, end)
            })
            .collect(),
        regions: earlier_regions.iter().map(|span| (span.until, span.region)).collect(),
    })
}

/// Reads a history back; the error tells what is wrong with it.
pub(crate) fn read(text: &str) -> Result<ParcelHistory, String> {
    let history: History = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let cause = |position: usize| match history.causes.get(position) {
        Some(&(record, version)) => Ok(SourceKey { record, version }),
        None => Err(format!("it has no cause {position}")),
    };
    let timeline = history.timeline.iter().map(|&(on, code, by)| {
        let change = LandChange::from_code(code).ok_or(format!("{code} is no change"))?;
        Ok(LandEntry { on, change, cause: cause(by)? })
    });
    let stretches = history.stretches.iter().map(|&(hazard, from, end)| {
        let end: Option<Result<StretchEnd, String>> =
            end.map(|(on, by, outcome)| Ok(StretchEnd { on, by: cause(by)?, outcome }));
        Ok(Stretch { hazard: cause(hazard)?, from, end: end.transpose()? })
    });
    Ok(ParcelHistory {
        timeline: timeline.collect::<Result<_, String>>()?,
        stretches: stretches.collect::<Result<_, String>>()?,
        earlier_regions: history
            .regions
            .iter()
            .map(|&(until, region)| RegionSpan { until, region })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(record: u128, version: u32) -> SourceKey {
        SourceKey { record: RecordId::from(record), version }
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_history_survives_being_written_and_read() {
        let timeline: Vec<LandEntry> = (0..=u8::MAX)
            .filter_map(LandChange::from_code)
            .enumerate()
            .map(|(number, change)| LandEntry {
                on: day("2015-03-01"),
                change,
                cause: cause(number as u128 % 5, 1 + number as u32 % 3),
            })
            .collect();
        let end =
            StretchEnd { on: day("2019-08-20"), by: cause(77, 1), outcome: Some(Outcome::Cleared) };
        let stretches = vec![
            Stretch { hazard: cause(1, 1), from: day("2015-03-01"), end: Some(end) },
            Stretch {
                hazard: cause(2, 1),
                from: day("2015-03-01"),
                end: Some(StretchEnd { outcome: None, ..end }),
            },
            Stretch { hazard: cause(3, 9), from: day("2015-03-01"), end: None },
        ];
        for earlier_regions in [
            vec![],
            vec![RegionSpan { until: day("2013-12-30"), region: Some(RecordId::from(71)) }],
        ] {
            let text = write(&timeline, &stretches, &earlier_regions).unwrap();
            assert_eq!(text.contains("regions"), !earlier_regions.is_empty());
            let history = ParcelHistory {
                timeline: timeline.clone(),
                stretches: stretches.clone(),
                earlier_regions,
            };
            assert_eq!(read(&text), Ok(history));
        }
    }

    #[test]
    fn a_history_with_a_cause_that_is_not_there_is_refused() {
        let text = r#"{"causes":[],"timeline":[["2015-03-01",0,0]],"stretches":[]}"#;
        assert!(read(text).is_err());
        let text = r#"{"causes":[],"timeline":[["2015-03-01",255,0]],"stretches":[]}"#;
        assert!(read(text).is_err());
    }
}
