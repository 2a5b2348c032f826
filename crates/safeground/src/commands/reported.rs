//! `reported`: areas as reported beside areas as derived from boundaries, as a table or CSV.

use store::Store;
use survey::Record as _;
use survey::records::{HazardousArea, LandRelease};
use survey::reported::{ReportedKey, Summary};
use view::ReportedQuery;

use crate::arguments::Reported as Arguments;
use crate::commands::{progress, say, work};
use crate::table::{columns, layout, total};

/// Columns of the table of records for people; CSV has them all.
const OF_RECORDS: &[(&str, &str)] = &[
    ("effective_on", "effective on"),
    ("organisation", "organisation"),
    ("reported_area_m2", "reported m²"),
    ("derived_area_m2", "derived m²"),
    ("difference_m2", "difference m²"),
    ("beyond_tolerance", "beyond tolerance"),
];

/// Columns of the table of sums.
const OF_GROUPS: &[(&str, &str)] = &[
    ("records", "records"),
    ("compared", "compared"),
    ("not_reported", "not reported"),
    ("not_derived", "not derived"),
    ("beyond_tolerance", "beyond tolerance"),
    ("reported_area_m2", "reported m²"),
    ("derived_area_m2", "derived m²"),
    ("difference_m2", "difference m²"),
];

/// Runs the command.
pub fn run(store: &Store, arguments: &Arguments) -> anyhow::Result<()> {
    let known = [LandRelease::COLLECTION, HazardousArea::COLLECTION];
    let collection = &*arguments.collection;
    anyhow::ensure!(
        known.contains(&collection),
        "--collection: \"{collection}\" is not one of: {}",
        known.join(", ")
    );
    let settings = store.programme(&arguments.picture.programme)?.programme;
    let query = ReportedQuery {
        collection: collection.to_owned(),
        group_by: arguments.group_by.as_deref().map(key).transpose()?,
        tolerance_percent: settings.rules.area_tolerance_percent,
        regions_on: progress::day(arguments.picture.regions_on.as_deref())?,
    };
    let snapshot = progress::picture_on(store, &arguments.picture)?;
    let areas = snapshot.reported(&query)?;
    if arguments.picture.csv {
        let (headings, rows) = snapshot.reported_table(&query, &areas, &areas.records);
        let csv = exchange::table::to_csv(&headings, &rows)?;
        return say(String::from_utf8(csv)?.trim_end());
    }
    let headings = |first: &'static str, shown: &[(&str, &'static str)]| -> Vec<&'static str> {
        [first].into_iter().chain(shown.iter().map(|(_, heading)| *heading)).collect()
    };
    let sums = |summary: &Summary| columns(summary.columns(), OF_GROUPS);
    let Some(key) = query.group_by else {
        let rows: Vec<Vec<String>> = areas
            .records
            .iter()
            .map(|one| {
                let told = columns(snapshot.reported_columns(&query, one), OF_RECORDS);
                [one.record.local_id.to_string()].into_iter().chain(told).collect()
            })
            .collect();
        return say(&layout(&headings("local_id", OF_RECORDS), &rows, None));
    };
    let rows: Vec<Vec<String>> = areas
        .groups
        .iter()
        .map(|(group, summary)| {
            let name = work::name(&snapshot, key == ReportedKey::Region, group);
            [name].into_iter().chain(sums(summary)).collect()
        })
        .collect();
    let total = total(1, sums(&areas.summary));
    say(&layout(&headings(key.word(), OF_GROUPS), &rows, Some(&total)))
}

fn key(word: &str) -> anyhow::Result<ReportedKey> {
    ReportedKey::named(word).ok_or_else(|| {
        let known: Vec<&str> = ReportedKey::ALL.iter().map(|(word, _)| *word).collect();
        anyhow::anyhow!("--group-by: \"{word}\" is not one of: {}", known.join(", "))
    })
}
