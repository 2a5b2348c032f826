//! `balance`: opening, what changed and closing of a period, as a table or CSV.

use store::Store;
use survey::balance::{BalanceQuery, EQUATION, columns};
use survey::progress::{Figures, GroupKey};

use crate::arguments::Balance as Arguments;
use crate::commands::{progress, say};
use crate::table::{self, layout, total};

/// Columns of the table for people; CSV has them all.
const COLUMNS: &[(&str, &str)] = &[
    ("opening_m2", "opening m²"),
    ("newly_identified_m2", "newly identified m²"),
    ("recontaminated_m2", "re-contaminated m²"),
    ("cancelled_m2", "cancelled m²"),
    ("reduced_m2", "reduced m²"),
    ("cleared_m2", "cleared m²"),
    ("adjustments_m2", "adjustments m²"),
    ("closing_m2", "closing m²"),
    ("areas_open_at_closing", "open areas"),
    ("items_found", "items found"),
];

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let query =
        BalanceQuery { figures: progress::query(&arguments.figures)?, level: arguments.level };
    let by_region = query.figures.group_by.contains(&GroupKey::Region);
    anyhow::ensure!(query.level.is_none() || by_region, "--level needs --group-by region");
    let picture = progress::known(store, &arguments.figures.period.picture)?;
    let balance = picture.balance(&query)?;
    if arguments.figures.period.picture.csv {
        let csv = exchange::table::to_csv(&balance.headings(), &balance.cells())?;
        return say(String::from_utf8(csv)?.trim_end());
    }
    let keys = &balance.figures.group_by;
    let headings: Vec<&str> = keys
        .iter()
        .map(|key| key.word())
        .chain(COLUMNS.iter().map(|(_, heading)| *heading))
        .collect();
    let rows: Vec<Vec<String>> = balance
        .figures
        .rows
        .iter()
        .zip(&balance.regions)
        .map(|(row, region)| {
            let keys = keys.iter().zip(&row.keys).map(|(key, value)| match (value, region) {
                (None, _) => "(none)".to_owned(),
                (Some(_), Some(region)) if *key == GroupKey::Region => region.name.clone(),
                (Some(text), _) => text.clone(),
            });
            keys.chain(figures(&row.figures)).collect()
        })
        .collect();
    let total = total(keys.len(), figures(&balance.figures.total));
    say(&format!("{}\n\n{EQUATION}", layout(&headings, &rows, Some(&total))))
}

fn figures(figures: &Figures) -> Vec<String> {
    table::columns(columns(figures), COLUMNS)
}
