//! `progress`: the figures of a programme, as a table or CSV.

use std::collections::HashMap;

use anyhow::Context;
use serde_json::Value;
use store::Store;
use survey::Day;
use survey::progress::{Figures, GroupKey, ProgressQuery};
use view::{ProgrammeView, Snapshot};

use crate::arguments::Progress as Arguments;
use crate::commands::say;
use crate::table::{grouped, layout};

/// Columns of the table for people; CSV has them all.
const COLUMNS: &[(&str, &str)] = &[
    ("identified_m2", "identified m²"),
    ("cancelled_m2", "cancelled m²"),
    ("reduced_m2", "reduced m²"),
    ("cleared_m2", "cleared m²"),
    ("adjusted_m2", "adjusted m²"),
    ("remaining_m2", "remaining m²"),
    ("outside_m2", "outside m²"),
    ("overlapping_m2", "overlapping m²"),
    ("hazardous_areas", "areas"),
    ("releases", "releases"),
];

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let query = query(arguments)?;
    let view = ProgrammeView::new();
    api::following::follow(store, &arguments.programme, &view)?;
    let snapshot = view.snapshot();
    let progress = snapshot.progress(&query)?;
    if arguments.csv {
        let csv = exchange::table::to_csv(&progress.headings(), &progress.cells())?;
        return say(String::from_utf8(csv)?.trim_end());
    }
    say(&table(&snapshot, &query)?)
}

/// The query that the arguments ask.
pub fn query(arguments: &Arguments) -> anyhow::Result<ProgressQuery> {
    let day = |text: &Option<String>| -> anyhow::Result<Option<Day>> {
        text.as_ref()
            .map(|text| {
                text.parse().with_context(|| format!("\"{text}\" is not a day written YYYY-MM-DD"))
            })
            .transpose()
    };
    let group_by = arguments.group_by.iter().map(|word| Ok(word.parse::<GroupKey>()?));
    Ok(ProgressQuery {
        group_by: group_by.collect::<anyhow::Result<_>>()?,
        from: day(&arguments.from)?,
        to: day(&arguments.to)?,
        region: arguments.region.clone(),
    })
}

/// The figures as a table, regions by their names.
pub fn table(snapshot: &Snapshot, query: &ProgressQuery) -> anyhow::Result<String> {
    let progress = snapshot.progress(query)?;
    let headings: Vec<&str> = progress
        .group_by
        .iter()
        .map(|key| key.word())
        .chain(COLUMNS.iter().map(|(_, heading)| *heading))
        .collect();
    let figures = |figures: &Figures| -> Vec<String> {
        let all: HashMap<&str, Value> = figures.columns().into_iter().collect();
        COLUMNS
            .iter()
            .map(|(name, _)| all.get(name).and_then(Value::as_f64).map(grouped).unwrap_or_default())
            .collect()
    };
    let rows: Vec<Vec<String>> = progress
        .rows
        .iter()
        .map(|row| {
            let keys = progress.group_by.iter().zip(&row.keys).map(|(key, value)| match value {
                None => "(none)".to_owned(),
                Some(code) if *key == GroupKey::Region => {
                    let region = snapshot.regions().by_local_id(code);
                    region.map_or_else(|| code.clone(), |region| region.name.to_string())
                }
                Some(text) => text.clone(),
            });
            keys.chain(figures(&row.figures)).collect()
        })
        .collect();
    let mut total: Vec<String> = vec![String::new(); progress.group_by.len()];
    if let Some(first) = total.first_mut() {
        "total".clone_into(first);
    }
    total.extend(figures(&progress.total));
    Ok(layout(&headings, &rows, Some(&total)))
}
