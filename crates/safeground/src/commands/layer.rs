//! `layer`: collections made of files.

use std::fs::File;
use std::process::ExitCode;

use anyhow::{Context, bail};
use exchange::ReadOptions;
use store::{By, Store};
use survey::layer::Layer;

use crate::arguments::{Import, LayerAdd, LayerCommand, OnErrorName};
use crate::commands::serve::read_limits;
use crate::commands::{import, now, say};
use crate::config::Config;
use crate::table::layout;

const ACTOR: &str = "command line";

/// Runs a `layer` command.
pub fn run(store: &Store, config: &Config, command: &LayerCommand) -> anyhow::Result<ExitCode> {
    match command {
        LayerCommand::Add(add) => self::add(store, config, add),
        LayerCommand::List { programme } => list(store, programme).map(|()| ExitCode::SUCCESS),
    }
}

fn add(store: &Store, config: &Config, add: &LayerAdd) -> anyhow::Result<ExitCode> {
    let programme = store.programme(&add.programme)?.programme;
    if programme.collection(&add.name).is_some() {
        bail!("there is a collection \"{}\" already; import into it", add.name);
    }
    let layer = found_out(config, add)?;
    if add.dry_run {
        say(&serde_json::to_string_pretty(&layer)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    store.layer_set(&By::new(ACTOR, now()), &add.programme, &layer)?;
    say(&format!("layer {} is there, with {} properties", layer.name, layer.properties.len()))?;
    let imported = import::run(store, config, &import_of(add, &layer))?;
    if imported != ExitCode::SUCCESS && store.records_count(&add.programme, &layer.name)? == 0 {
        // The same command is to be given again when the file is mended.
        store.layer_remove(&By::new(ACTOR, now()), &add.programme, &layer.name)?;
        say(&format!("layer {} is taken away again, since nothing was imported", layer.name))?;
    }
    Ok(imported)
}

fn import_of(add: &LayerAdd, layer: &Layer) -> Import {
    Import {
        files: vec![add.file.clone()],
        programme: add.programme.clone(),
        collection: Some(layer.name.clone()),
        on_error: OnErrorName::Reject,
        accept_repairs: false,
        dry_run: false,
        maps: Vec::new(),
        sets: Vec::new(),
        number_from: None,
        mapping: None,
        layer: add.layer.clone(),
        findings: None,
        actor: ACTOR.to_owned(),
    }
}

/// The definition by what the file holds and what the flags say.
fn found_out(config: &Config, add: &LayerAdd) -> anyhow::Result<Layer> {
    let path = add.file.display();
    let file = File::open(&add.file).with_context(|| format!("cannot read {path}"))?;
    let title = add.title.clone().unwrap_or_else(|| api::inference::title_of(&add.name));
    let options = ReadOptions { layer: add.layer.as_deref() };
    let inferred = api::inference::infer(file, read_limits(config), &options, &add.name, &title)
        .with_context(|| format!("cannot read {path}"))?;
    if inferred.features == 0 {
        bail!("{path} holds no features that can be read");
    }
    if let Some(fault) = inferred.faults.iter().find(|fault| fault.pointer == "/geometry") {
        bail!("{path} cannot be made a layer: {}", fault.message);
    }
    for name in &inferred.left_out {
        tracing::warn!("the property \"{name}\" cannot be part of a layer; rename it in the file");
    }
    let mut layer = inferred.layer;
    layer.description.clone_from(&add.description);
    if add.id_property.is_some() {
        layer.id_property.clone_from(&add.id_property);
        layer.numbered = false;
    }
    layer.effective_on.clone_from(&add.effective_on);
    layer.geometry_name.clone_from(&add.geometry_name);
    Ok(layer)
}

fn list(store: &Store, code: &str) -> anyhow::Result<()> {
    let programme = store.programme(code)?.programme;
    let mut rows = Vec::new();
    for collection in programme.layers.iter() {
        let Some(layer) = collection.layer() else { continue };
        let kinds: Vec<&str> = layer.geometry.iter().map(|kind| kind.words()).collect();
        let records = if layer.retired {
            "retired".to_owned()
        } else {
            store.records_count(code, &layer.name)?.to_string()
        };
        rows.push(vec![layer.name.clone(), layer.title.clone(), kinds.join(", "), records]);
    }
    say(&layout(&["name", "title", "geometry", "records"], &rows, None))
}
