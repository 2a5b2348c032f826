//! `demo`: invented programmes, loaded by the same way as any other data.

use std::io::Read;
use std::path::Path;

use api::mapping::Mapping;
use api::spool::Spooled;
use api::submission::{Answer, Outcome, Request, submit};
use store::{By, NewToken, OnError, Store, StoreError};
use survey::access::Role;
use survey::progress::{GroupKey, ProgressQuery};
use view::ProgrammeView;

use crate::arguments::Demo;
use crate::commands::known::KnownRecords;
use crate::commands::progress::table;
use crate::commands::serve::{read_limits, serve};
use crate::commands::{now, say};
use crate::config::Config;
use crate::demo::{DemoProgramme, Feature, Settings, generate_collection, write_files};

const ACTOR: &str = "demo";

/// Writes the records as files and nothing else.
pub fn write(demo: &Demo, folder: &Path) -> anyhow::Result<()> {
    for programme in DemoProgramme::ALL {
        let settings = Settings { seed: demo.seed, records: demo.records, programme };
        for written in write_files(folder, settings)? {
            say(&written.path.display().to_string())?;
        }
    }
    Ok(())
}

/// Loads both programmes where they are missing, prints their progress and a token, and serves.
pub fn run(store: &Store, config: &Config, demo: &Demo) -> anyhow::Result<()> {
    for programme in DemoProgramme::ALL {
        match store.programme(programme.code()) {
            Ok(_) => say(&format!("{} is loaded already", programme.code()))?,
            Err(StoreError::NotFound { .. }) => load(store, config, demo, programme)?,
            Err(error) => return Err(error.into()),
        }
        say(&report(store, programme)?)?;
    }
    let secret = token(store)?;
    say(&format!("\nA token that may submit to both programmes:\n{secret}\n"))?;
    if demo.serve { serve(store, config) } else { Ok(()) }
}

fn load(
    store: &Store,
    config: &Config,
    demo: &Demo,
    programme: DemoProgramme,
) -> anyhow::Result<()> {
    let settings = Settings { seed: demo.seed, records: demo.records, programme };
    let mut document = programme.programme();
    document.public_read = true;
    store.programme_add(&By::new(ACTOR, now()), &document)?;
    for collection in survey::COLLECTIONS {
        let body = if collection.name == "regions" {
            Spooled::from_reader(programme.regions().as_bytes())?
        } else {
            let features = generate_collection(settings, &collection.name)?;
            Spooled::from_reader(Lines::new(features))?
        };
        let request = Request {
            programme: &document,
            collection,
            actor: ACTOR,
            role: Role::Manager,
            idempotency_key: None,
            on_error: OnError::Reject,
            accept_repairs: false,
            dry_run: false,
            mapping: &Mapping::default(),
            body: &body,
            limits: read_limits(config),
            layer: None,
            received_at: now(),
            edits: None,
        };
        let known = KnownRecords::of(store, &document.code, collection)?;
        match submit(store, &known, &request, &mut |_features| ())? {
            Answer::New(receipt) if receipt.outcome == Outcome::Applied => say(&format!(
                "{}: {} {} loaded",
                document.code, receipt.features.accepted, collection.name
            ))?,
            answer => anyhow::bail!("the sample was not taken: {}", answer.document()),
        }
    }
    Ok(())
}

fn report(store: &Store, programme: DemoProgramme) -> anyhow::Result<String> {
    let view = ProgrammeView::new();
    api::following::follow(store, programme.code(), &view)?;
    let query = ProgressQuery { group_by: vec![GroupKey::Region], ..ProgressQuery::default() };
    let table = table(&view.snapshot(), &query)?;
    Ok(format!("\n{}\n\n{table}\n", programme.programme().name))
}

fn token(store: &Store) -> anyhow::Result<String> {
    let at = now();
    let roles = DemoProgramme::ALL.map(|one| (one.code().to_owned(), Role::Contributor));
    let name = format!("demo {}", at.format("%Y-%m-%d %H:%M:%S%.3f"));
    let new = NewToken { name, expires_at: None, roles: roles.into_iter().collect() };
    Ok(store.token_issue(&By::new(ACTOR, at), &new)?.secret)
}

/// Features as newline-delimited GeoJSON, made as they are read.
struct Lines<I> {
    features: I,
    line: Vec<u8>,
    taken: usize,
}

impl<I> Lines<I> {
    fn new(features: I) -> Self {
        Self { features, line: Vec::new(), taken: 0 }
    }
}

impl<I: Iterator<Item = Feature>> Read for Lines<I> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.taken == self.line.len() {
            let Some(feature) = self.features.next() else { return Ok(0) };
            self.line = feature.json.into_bytes();
            self.line.push(b'\n');
            self.taken = 0;
        }
        let rest = self.line.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.taken += count;
        Ok(count)
    }
}
