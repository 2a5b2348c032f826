//! `report`: freezing reports, and printing them as they were frozen.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::bail;
use api::report::ReportRequest;
use store::{By, ReportHead, Store};
use uuid::Uuid;

use crate::arguments::{ReportCommand, ReportFreeze};
use crate::commands::progress::picture;
use crate::commands::{now, say};
use crate::table::layout;

/// Reports read from the store at once.
const PAGE_REPORTS: usize = 1_000;

/// Runs a `report` command.
pub fn run(store: &Store, command: &ReportCommand) -> anyhow::Result<()> {
    match command {
        ReportCommand::Freeze(freeze) => self::freeze(store, freeze),
        ReportCommand::List { programme } => list(store, programme),
        ReportCommand::Show { id, programme } => {
            let report = store.report(programme, *id)?;
            let mut out = std::io::stdout().lock();
            out.write_all(report.document.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}

fn freeze(store: &Store, arguments: &ReportFreeze) -> anyhow::Result<()> {
    let mut given = BTreeMap::new();
    for parameter in &arguments.parameters {
        let Some((name, value)) = parameter.split_once('=') else {
            bail!("\"{parameter}\" is not NAME=VALUE");
        };
        if given.insert(name.to_owned(), value.to_owned()).is_some() {
            bail!("\"{name}\" is given twice; give it once");
        }
    }
    let request = ReportRequest::new(&arguments.title, &arguments.kind, given)?;
    let picture = picture(store, &arguments.programme, request.as_of)?;
    let document = request.document(&picture)?;
    let parameters = request.stored_parameters();
    let new = request.frozen(&arguments.programme, &picture, &parameters, &document);
    let id = store.report_freeze(&By::new(&arguments.actor, now()), &new)?;
    say(&format!("report {id} is frozen as of revision {}", new.revision))
}

fn list(store: &Store, programme: &str) -> anyhow::Result<()> {
    store.programme(programme)?;
    let rows: Vec<Vec<String>> = all(store, programme)?
        .into_iter()
        .map(|head| {
            let frozen = head.frozen_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let revision = head.revision.to_string();
            vec![head.id.to_string(), head.title, head.kind, revision, frozen, head.frozen_by]
        })
        .collect();
    let headings = ["id", "title", "kind", "revision", "frozen", "by"];
    say(&layout(&headings, &rows, None))
}

/// All frozen reports of a programme, newest first.
pub fn all(store: &Store, programme: &str) -> anyhow::Result<Vec<ReportHead>> {
    let mut heads: Vec<ReportHead> = Vec::new();
    loop {
        let before: Option<Uuid> = heads.last().map(|head| head.id);
        let page = store.reports(programme, before, PAGE_REPORTS)?;
        if page.is_empty() {
            return Ok(heads);
        }
        heads.extend(page);
    }
}
