//! `progress`: the figures of a programme, as a table or CSV.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use api::clocks::AsOf;
use serde_json::Value;
use store::Store;
use survey::Day;
use survey::progress::{Figures, GroupKey, ProgressQuery};
use view::{ProgrammeView, Snapshot};

use crate::arguments::Progress as Arguments;
use crate::commands::{now, say};
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

/// What lies in no region, has no outcome, …
const NONE: &str = "(none)";

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let query = query(arguments)?;
    let as_of = arguments.as_of.as_deref().map(AsOf::parse).transpose()?;
    let snapshot = picture(store, &arguments.programme, as_of)?;
    let progress = snapshot.progress(&query)?;
    if arguments.csv {
        let csv = exchange::table::to_csv(&progress.headings(), &progress.cells())?;
        return say(String::from_utf8(csv)?.trim_end());
    }
    say(&table(&snapshot, &query)?)
}

/// The picture of a programme as it was known at a time, or as it is known now.
pub fn picture(
    store: &Store,
    programme: &str,
    as_of: Option<AsOf>,
) -> anyhow::Result<Arc<Snapshot>> {
    let Some(as_of) = as_of else {
        let view = ProgrammeView::new();
        api::following::follow(store, programme, &view)?;
        return Ok(view.snapshot());
    };
    let revision = as_of.revision(store, programme, now())?;
    Ok(Arc::new(api::following::as_of(store, programme, revision)?))
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
        to: day(&arguments.to)?.into_iter().chain(day(&arguments.effective)?).min(),
        region: arguments.region.clone(),
        regions_on: day(&arguments.regions_on)?,
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
    let mut rows: Vec<Vec<String>> = progress
        .rows
        .iter()
        .map(|row| {
            let keys = progress.group_by.iter().zip(&row.keys).map(|(key, value)| match value {
                None => NONE.to_owned(),
                Some(code) if *key == GroupKey::Region => {
                    let region = snapshot.regions().by_local_id(code);
                    region.map_or_else(|| code.clone(), |region| region.name.to_string())
                }
                Some(text) => text.clone(),
            });
            keys.chain(figures(&row.figures)).collect()
        })
        .collect();
    // By what is shown, which for regions is their name and not their code.
    rows.sort_by_key(|row| {
        let keys = row.iter().take(progress.group_by.len());
        keys.map(|key| (key == NONE, key.clone())).collect::<Vec<_>>()
    });
    let mut total: Vec<String> = vec![String::new(); progress.group_by.len()];
    if let Some(first) = total.first_mut() {
        "total".clone_into(first);
    }
    total.extend(figures(&progress.total));
    Ok(layout(&headings, &rows, Some(&total)))
}
