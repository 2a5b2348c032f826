//! `work`: work in the field and its output, released or not, as a table or CSV.

use store::Store;
use survey::reported::Key;
use survey::work::{WorkFigures, WorkKey};
use view::{Snapshot, WorkQuery};

use crate::arguments::Work as Arguments;
use crate::commands::{progress, say};
use crate::table::{columns, layout, total};

/// Columns of the table for people; CSV has them all.
const COLUMNS: &[(&str, &str)] = &[
    ("activities", "activities"),
    ("in_progress", "in progress"),
    ("worked_area_m2", "worked m²"),
    ("not_released_m2", "not released m²"),
    ("person_days", "person days"),
    ("m2_per_day", "m² a day"),
    ("m2_per_person_day", "m² a person day"),
    ("m2_per_machine_hour", "m² a machine hour"),
];

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let query = query(arguments)?;
    let snapshot = progress::picture_on(store, &arguments.period.picture)?;
    let work = snapshot.work(&query)?;
    if arguments.period.picture.csv {
        let csv = exchange::table::to_csv(&work.headings(), &work.cells())?;
        return say(String::from_utf8(csv)?.trim_end());
    }
    let keys = query.group_by.iter().map(|key| key.word());
    let headings: Vec<&str> = keys.chain(COLUMNS.iter().map(|(_, heading)| *heading)).collect();
    let figures = |figures: &WorkFigures| columns(figures.columns(), COLUMNS);
    let rows: Vec<Vec<String>> = work
        .rows
        .iter()
        .map(|(of_row, of_work)| {
            let keys = query.group_by.iter().zip(of_row);
            let names = keys.map(|(key, value)| name(&snapshot, *key == WorkKey::Region, value));
            names.chain(figures(of_work)).collect()
        })
        .collect();
    say(&layout(&headings, &rows, Some(&total(query.group_by.len(), figures(&work.total)))))
}

/// What a key is called: regions by their names.
pub fn name(snapshot: &Snapshot, is_region: bool, key: &Key) -> String {
    let Some(text) = key.text() else { return progress::NONE.to_owned() };
    let region = if is_region { snapshot.regions().by_local_id(text) } else { None };
    region.map_or_else(|| text.to_owned(), |region| region.name.to_string())
}

fn query(arguments: &Arguments) -> anyhow::Result<WorkQuery> {
    let key = |word: &String| {
        WorkKey::named(word).ok_or_else(|| {
            let known: Vec<&str> = WorkKey::ALL.iter().map(|(word, _)| *word).collect();
            anyhow::anyhow!("--group-by: \"{word}\" is not one of: {}", known.join(", "))
        })
    };
    let group_by = arguments.group_by.iter().map(key).collect::<anyhow::Result<_>>()?;
    let period = &arguments.period;
    let (from, to) = (progress::day(period.from.as_deref())?, progress::last_day(period)?);
    if let (Some(from), Some(to)) = (from, to) {
        anyhow::ensure!(from <= to, "--from: {from} lies after the last day ({to})");
    }
    let regions_on = progress::day(period.picture.regions_on.as_deref())?;
    Ok(WorkQuery { group_by, from, to, region: period.region.clone(), regions_on })
}
