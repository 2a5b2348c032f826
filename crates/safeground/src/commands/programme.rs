//! `programme`: adding and listing programmes.

use store::{By, Store};
use survey::Programme;

use crate::arguments::{ProgrammeAdd, ProgrammeCommand};
use crate::commands::{now, say};
use crate::table::layout;

/// Runs a `programme` command.
pub fn run(store: &Store, command: &ProgrammeCommand) -> anyhow::Result<()> {
    match command {
        ProgrammeCommand::Add(add) => {
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
