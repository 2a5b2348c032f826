//! `import`: files into a collection, by the same way as uploads.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::mapping::{CheckedMapping, Mapping, MappingFile};
use api::spool::Spooled;
use api::submission::{Answer, Outcome, Receipt, Request, submit};
use indicatif::{ProgressBar, ProgressStyle};
use store::{OnError, Store};
use survey::access::Role;
use survey::{Collection, CollectionRef, Finding, Programme};

use crate::arguments::{Import, OnErrorName};
use crate::commands::known::KnownRecords;
use crate::commands::serve::read_limits;
use crate::commands::{now, say};
use crate::config::Config;

/// Findings printed for each file; the rest is counted by rule and written with `--findings`.
const FINDINGS_SHOWN: usize = 10;

impl From<OnErrorName> for OnError {
    fn from(name: OnErrorName) -> Self {
        match name {
            OnErrorName::Reject => Self::Reject,
            OnErrorName::Skip => Self::Skip,
        }
    }
}

/// Imports each file as a submission of its own. The exit code is 1 when one was rejected.
pub fn run(store: &Store, config: &Config, import: &Import) -> anyhow::Result<ExitCode> {
    let programme = store.programme(&import.programme)?.programme;
    let files = destinations(&programme, import)?;
    let mut findings = import.findings.as_deref().map(writer).transpose()?;
    let mut worst = ExitCode::SUCCESS;
    for (path, collection) in files {
        let answer = send(store, config, import, &programme, path, &collection)
            .with_context(|| format!("importing {}", path.display()))?;
        let Answer::New(receipt) = answer else {
            say(&format!("{}: was dealt with before; nothing was done now", path.display()))?;
            continue;
        };
        if let Some(out) = &mut findings {
            for finding in &receipt.findings {
                serde_json::to_writer(&mut *out, finding)?;
                out.write_all(b"\n")?;
            }
        }
        say(&summary(path, &receipt))?;
        if matches!(receipt.outcome, Outcome::Rejected | Outcome::WouldReject) {
            worst = ExitCode::FAILURE;
        }
    }
    if let Some(mut out) = findings {
        out.flush()?;
    }
    Ok(worst)
}

/// The collection of each file: the one that was said, or those the files are named after, in the
/// order of the registry, in which records refer to earlier ones.
fn destinations<'a>(
    programme: &Programme,
    import: &'a Import,
) -> anyhow::Result<Vec<(&'a Path, CollectionRef)>> {
    let known = || -> String {
        let names: Vec<String> = programme.collections().map(|one| one.name.to_string()).collect();
        names.join(", ")
    };
    let paths = import.files.iter().map(PathBuf::as_path);
    if let Some(name) = &import.collection {
        let Some(collection) = programme.collection(name) else {
            bail!("there is no collection \"{name}\"; known are: {}", known());
        };
        return Ok(paths.map(|path| (path, collection.clone())).collect());
    }
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.split('.').next().unwrap_or_default();
        let Some(found) = programme.collections().enumerate().find(|(_, one)| one.name == stem)
        else {
            let path = path.display();
            bail!("{path} is named after no collection; give --collection, one of: {}", known());
        };
        files.push((found.0, path, found.1));
    }
    files.sort_by_key(|(place, ..)| *place);
    Ok(files.into_iter().map(|(_, path, collection)| (path, collection)).collect())
}

fn send(
    store: &Store,
    config: &Config,
    import: &Import,
    programme: &Programme,
    path: &Path,
    collection: &Collection,
) -> anyhow::Result<Answer> {
    let file = import.mapping.as_deref().map(|path| mapping_file(path, collection)).transpose()?;
    let file = file.unwrap_or_default();
    let layer = import.layer.clone().or_else(|| file.layer().map(str::to_owned));
    let mapping =
        Mapping::parse(&import.maps, &import.sets, import.number_from.clone())?.after(file);
    let body = Spooled::from_reader(File::open(path).context("cannot read it")?)?;
    let bar = progress_bar(path);
    let request = Request {
        programme,
        collection,
        actor: &import.actor,
        role: Role::Manager,
        idempotency_key: None,
        on_error: import.on_error.into(),
        accept_repairs: import.accept_repairs,
        dry_run: import.dry_run,
        mapping: &mapping,
        body: &body,
        limits: read_limits(config),
        layer: layer.as_deref(),
        received_at: now(),
        edits: None,
    };
    let known = KnownRecords::of(store, &programme.code, collection)?;
    let answer = submit(store, &known, &request, &mut |features| bar.set_position(features))?;
    bar.finish_and_clear();
    Ok(answer)
}

/// Reads a mapping file: TOML, or JSON by its ending.
fn mapping_file(path: &Path, collection: &Collection) -> anyhow::Result<CheckedMapping> {
    let told = || format!("the mapping {}", path.display());
    let text = std::fs::read_to_string(path).with_context(told)?;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let file: MappingFile = if is_json {
        serde_json::from_str(&text).with_context(told)?
    } else {
        toml::from_str(&text).with_context(told)?
    };
    file.checked(collection).with_context(told)
}

fn writer(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(BufWriter::new(file))
}

fn progress_bar(path: &Path) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {msg}: {human_pos} features, {per_sec}")
    {
        bar.set_style(style);
    }
    bar.set_message(path.display().to_string());
    bar
}

/// What became of a file, for people.
fn summary(path: &Path, receipt: &Receipt) -> String {
    let features = &receipt.features;
    let verdict = match receipt.outcome {
        Outcome::Applied => "applied",
        Outcome::Rejected => "REJECTED; nothing was applied",
        Outcome::WouldApply => "would be applied",
        Outcome::WouldReject => "WOULD BE REJECTED",
    };
    let mut lines = vec![
        format!("{}: {verdict}", path.display()),
        format!(
            "  features: {} read, {} without errors, {} with errors ({} left out), {} with warnings, \
             {} kept as unlocated",
            features.received,
            features.accepted,
            features.with_errors,
            features.left_out.len(),
            features.with_warnings,
            features.unlocated,
        ),
    ];
    if let Some(applied) = &receipt.applied {
        lines.push(format!(
            "  records: {} created, {} updated, {} unchanged; revision {}; {} cluster(s) cut into {} \
             parcel(s)",
            applied.created,
            applied.updated,
            applied.unchanged,
            applied.revision,
            applied.ledger.clusters,
            applied.ledger.parcels,
        ));
        for giant in &applied.ledger.giant_clusters {
            lines
                .push(format!("  slow: {} records touch each other in one cluster", giant.records));
        }
        for pair in &applied.ledger.region_overlaps {
            lines.push(format!(
                "  warning: regions {} and {} share {} m², which count in {}",
                pair.counted_in, pair.not_in, pair.area_m2, pair.counted_in
            ));
        }
    }
    if let Some(unreadable) = &receipt.unreadable {
        lines.push(format!("  unreadable: {} ({})", unreadable.message, unreadable.code));
    }
    for (rule, count) in &features.findings_by_rule {
        lines.push(format!("  {count:>8} × {rule}"));
    }
    // What refuses a feature is told before what only questions it.
    let mut findings: Vec<&Finding> = receipt.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    for finding in findings.into_iter().take(FINDINGS_SHOWN) {
        let feature = finding.index.map(|index| format!("feature {index}")).unwrap_or_default();
        let severity = finding.severity;
        lines.push(format!("  {severity}: {feature}{}: {}", finding.pointer, finding.message));
    }
    if receipt.findings.len() > FINDINGS_SHOWN {
        let listed = receipt.findings.len();
        let all = match features.findings_omitted {
            0 => "all findings".to_owned(),
            omitted => format!("the gravest {listed} of {} findings", listed as u64 + omitted),
        };
        lines.push(format!("  … ({all}: --findings FILE)"));
    }
    lines.join("\n")
}
