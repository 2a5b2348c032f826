//! `doctor`: is what is stored still true? And `rebuild`, which makes the ledger anew.

use std::process::ExitCode;

use geometry::Geometry;
use indicatif::{ProgressBar, ProgressStyle};
use store::{By, Item, Store, StoreError};
use survey::StoredRecord;
use survey::layer::Layers;

use crate::arguments::Doctor;
use crate::commands::{now, report, say};

/// Faults of records told one by one.
const FAULTS_SHOWN: usize = 20;

/// Checks every programme, or one. The exit code is 1 when anything is wrong.
pub fn run(store: &Store, doctor: &Doctor) -> anyhow::Result<ExitCode> {
    let codes = match &doctor.programme {
        Some(code) => vec![code.clone()],
        None => store.programmes()?.into_iter().map(|stored| stored.programme.code).collect(),
    };
    let mut worst = ExitCode::SUCCESS;
    for code in codes {
        if !is_well(store, &code)? {
            worst = ExitCode::FAILURE;
        }
    }
    Ok(worst)
}

fn is_well(store: &Store, code: &str) -> anyhow::Result<bool> {
    let (records, faults) = records(store, code)?;
    say(&format!("{code}: {records} records checked, {} with faults", faults.len()))?;
    for fault in faults.iter().take(FAULTS_SHOWN) {
        say(&format!("  {fault}"))?;
    }
    let (giants, shared) = store.ledger_burdens(code)?;
    for giant in giants {
        say(&format!(
            "{code}: cluster {} joins {} records that touch; every change in it cuts all of them \
             anew",
            giant.id, giant.records
        ))?;
    }
    for pair in shared {
        say(&format!(
            "{code}: regions {} and {} share {} m², which count in {}",
            pair.counted_in, pair.not_in, pair.area_m2, pair.counted_in
        ))?;
    }
    let bar = ledger_bar("comparing the ledger with the records");
    let differences = store.ledger_check(code, &mut |progress| {
        bar.set_length(progress.clusters_total);
        bar.set_position(progress.clusters);
    })?;
    bar.finish_and_clear();
    if differences.is_empty() {
        say(&format!("{code}: the ledger rebuilt from the records shows no difference"))?;
    }
    for difference in &differences {
        say(&format!("{code}: cluster {}: {:?}", difference.cluster, difference.what))?;
    }
    let audit = store.audit_verify(code)?;
    let chain = audit.fault.as_deref().unwrap_or("unbroken");
    say(&format!("{code}: audit of {} lines, {chain}", audit.lines))?;
    let reports_hold = reports(store, code)?;
    Ok(faults.is_empty() && differences.is_empty() && audit.fault.is_none() && reports_hold)
}

/// Makes each frozen report again from what was known at its revision; tells whether all are as they
/// were frozen.
fn reports(store: &Store, code: &str) -> anyhow::Result<bool> {
    let mut heads = report::all(store, code)?;
    heads.sort_by_key(|head| head.revision);
    let mut faults = Vec::new();
    for of_revision in heads.chunk_by(|a, b| a.revision == b.revision) {
        let Some(revision) = of_revision.first().map(|head| head.revision) else { continue };
        let picture = api::following::as_of(store, code, revision);
        for head in of_revision {
            let stored = store.report(code, head.id)?;
            let fault = match &picture {
                Ok(picture) => api::report::fault(&stored, picture),
                Err(error) => Some(format!("revision {revision} cannot be read: {error}")),
            };
            faults.extend(
                fault.map(|fault| format!("report {} \"{}\": {fault}", head.id, head.title)),
            );
        }
    }
    say(&format!(
        "{code}: {} frozen reports made again, {} with faults",
        heads.len(),
        faults.len()
    ))?;
    for fault in &faults {
        say(&format!("  {fault}"))?;
    }
    Ok(faults.is_empty())
}

/// A bar that counts clusters. Records are read before the first is cut.
fn ledger_bar(doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let shape = "{msg} {bar:40} {human_pos}/{human_len} clusters, {eta} to go";
    if let Ok(style) = ProgressStyle::with_template(shape) {
        bar.set_style(style);
    }
    bar.set_message(doing);
    bar.tick();
    bar
}

/// Holds every current record against its rules; returns how many there are, and the faults.
fn records(store: &Store, code: &str) -> Result<(u64, Vec<String>), StoreError> {
    let (mut count, mut faults) = (0, Vec::new());
    let mut layers = Layers::default();
    store.load(code, &mut |item| {
        match item {
            Item::Programme(programme) => layers = programme.layers.clone(),
            Item::Record(record) => {
                count += 1;
                faults.extend(fault(&record, &layers));
            }
            Item::Cluster(_) => {}
        }
        Ok(())
    })?;
    Ok((count, faults))
}

fn fault(record: &StoredRecord, layers: &Layers) -> Option<String> {
    let name = format!("{}/{}", record.collection, record.local_id);
    let Some(collection) = layers.collection(&record.collection) else {
        return Some(format!("{name}: its collection is unknown"));
    };
    if let Err(finding) = collection.read_stored(&record.properties) {
        return Some(format!("{name}: {}", finding.message));
    }
    let recheck = record.geometry.as_ref().map(Geometry::recheck);
    match recheck {
        Some(Err(defects)) => defects.first().map(|defect| format!("{name}: {}", defect.reason)),
        Some(Ok(())) | None => None,
    }
}

/// Cuts the ledger of a programme anew.
pub fn rebuild(store: &Store, code: &str) -> anyhow::Result<()> {
    let bar = ledger_bar("cutting the ledger anew");
    let by = By::new("command line", now());
    let (revision, change) = store.ledger_rebuild(&by, code, &mut |progress| {
        bar.set_length(progress.clusters_total);
        bar.set_position(progress.clusters);
    })?;
    bar.finish_and_clear();
    say(&format!(
        "{code}: {} clusters cut into {} parcels at revision {revision}",
        change.clusters, change.parcels
    ))
}
