//! `programme`: adding and listing programmes.

use anyhow::{Context, bail};
use geometry::crs::Crs;
use store::{By, Store};
use survey::Programme;

use crate::arguments::{ProgrammeAdd, ProgrammeCommand};
use crate::commands::{now, say};
use crate::table::layout;

/// Runs a `programme` command.
pub fn run(store: &Store, command: &ProgrammeCommand) -> anyhow::Result<()> {
    match command {
        ProgrammeCommand::Add(add) => {
            judge(add)?;
            let programme = document(add);
            store.programme_add(&By::new("command line", now()), &programme)?;
            for name in &programme.locking_required {
                if survey::collection(name).is_none() {
                    say(&format!(
                        "\"{name}\" is no record type; a layer of that name will be locked"
                    ))?;
                }
            }
            say(&format!("programme {} is there", programme.code))
        }
        ProgrammeCommand::List => list(store),
    }
}

/// Characters of a code; the database holds no longer ones.
const CODE_MAX: usize = 32;

/// Refuses what would be found out only when the programme is used.
fn judge(add: &ProgrammeAdd) -> anyhow::Result<()> {
    let code = &add.code;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if code.is_empty() || code.len() > CODE_MAX || !code.chars().all(fits) {
        bail!(
            "\"{code}\" stands in addresses; write it with up to {CODE_MAX} small letters, digits \
             and hyphens"
        );
    }
    if let Some(epsg) = add.national_crs {
        Crs::from_epsg(epsg).with_context(|| format!("--national-crs {epsg} cannot be used"))?;
    }
    Ok(())
}

fn document(add: &ProgrammeAdd) -> Programme {
    let mut programme = Programme::new(&add.code, &add.name);
    programme.time_zone.clone_from(&add.time_zone);
    programme.national_crs = add.national_crs;
    programme.public_read = add.public_read;
    programme.locking_required.clone_from(&add.locking_required);
    programme.extent = add.extent;
    programme
}

fn list(store: &Store) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = store
        .programmes()?
        .into_iter()
        .map(|stored| {
            let programme = stored.programme;
            let readers = if programme.public_read { "anybody" } else { "by token" };
            vec![programme.code, programme.name, programme.time_zone, readers.to_owned()]
        })
        .collect();
    say(&layout(&["code", "name", "time zone", "reading"], &rows, None))
}
