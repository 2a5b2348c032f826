//! `progress`: the figures of a programme, as a table or CSV.

use std::sync::Arc;

use anyhow::Context;
use api::clocks::AsOf;
use store::Store;
use survey::Day;
use survey::progress::{Figures, GroupKey, ProgressQuery};
use view::{ProgrammeView, Snapshot};

use crate::arguments::{Period, Picture, Progress as Arguments};
use crate::commands::{now, say};
use crate::table::{columns, layout, total};

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
pub const NONE: &str = "(none)";

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let query = query(arguments)?;
    let snapshot = known(store, &arguments.period.picture)?;
    let progress = snapshot.progress(&query)?;
    if arguments.period.picture.csv {
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

/// The picture of a programme as it was known, each record as of its last version.
pub fn known(store: &Store, asked: &Picture) -> anyhow::Result<Arc<Snapshot>> {
    let as_of = asked.as_of.as_deref().map(AsOf::parse).transpose()?;
    picture(store, &asked.programme, as_of)
}

/// The picture of a programme as it was known, each record as it was in the field on the day asked
/// for.
pub fn picture_on(store: &Store, asked: &Picture) -> anyhow::Result<Arc<Snapshot>> {
    let known = known(store, asked)?;
    let Some(day) = day(asked.effective.as_deref())? else { return Ok(known) };
    Ok(Arc::new(api::following::effective_on(store, &asked.programme, &known, day)?))
}

/// A day that is given as text.
pub fn day(text: Option<&str>) -> anyhow::Result<Option<Day>> {
    text.map(|text| {
        text.parse().with_context(|| format!("\"{text}\" is not a day written YYYY-MM-DD"))
    })
    .transpose()
}

/// The last day of a period: nothing that took effect later counts.
pub fn last_day(period: &Period) -> anyhow::Result<Option<Day>> {
    Ok(day(period.to.as_deref())?
        .into_iter()
        .chain(day(period.picture.effective.as_deref())?)
        .min())
}

/// The query that the arguments ask.
pub fn query(arguments: &Arguments) -> anyhow::Result<ProgressQuery> {
    let group_by = arguments.group_by.iter().map(|word| Ok(word.parse::<GroupKey>()?));
    let period = &arguments.period;
    Ok(ProgressQuery {
        group_by: group_by.collect::<anyhow::Result<_>>()?,
        from: day(period.from.as_deref())?,
        to: last_day(period)?,
        region: period.region.clone(),
        regions_on: day(period.picture.regions_on.as_deref())?,
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
    let figures = |figures: &Figures| columns(figures.columns(), COLUMNS);
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
    let total = total(progress.group_by.len(), figures(&progress.total));
    Ok(layout(&headings, &rows, Some(&total)))
}
