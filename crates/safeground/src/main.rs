//! The Safeground programme: one binary with a command for each job.

mod archive;
mod arguments;
mod commands;
mod config;
mod demo;
mod table;
mod telemetry;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::config::Config;

/// Taking features in makes and drops many small texts; this takes a tenth less time over it, and keeps
/// records in a tenth less memory.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let config = Config::from_environment(&arguments.settings.flags())?;
    telemetry::install(&config)?;
    if let Command::Demo(demo) = &arguments.command
        && let Some(folder) = &demo.write
    {
        return commands::demo::write(demo, folder).map(|()| ExitCode::SUCCESS);
    }
    if let Command::Place(place) = &arguments.command {
        return commands::place::run(place).map(|()| ExitCode::SUCCESS);
    }
    if matches!(arguments.command, Command::Migrate) {
        return commands::migrate(&config).map(|()| ExitCode::SUCCESS);
    }
    let store = commands::open(&config).context("the database could not be opened")?;
    let done = match &arguments.command {
        Command::Migrate | Command::Place(_) => Ok(()),
        Command::Serve => commands::serve::serve(&store, &config),
        Command::Programme(command) => commands::programme::run(&store, command),
        Command::Token(command) => commands::token::run(&store, command),
        Command::Import(import) => return commands::import::run(&store, &config, import),
        Command::Layer(command) => return commands::layer::run(&store, &config, command),
        Command::Export(export) => commands::export::run(&store, export),
        Command::Tiles(tiles) => commands::tiles::run(&store, tiles),
        Command::Progress(progress) => commands::progress::run(&store, progress),
        Command::Report(command) => commands::report::run(&store, command),
        Command::Balance(balance) => commands::balance::run(&store, balance),
        Command::Work(work) => commands::work::run(&store, work),
        Command::Reported(reported) => commands::reported::run(&store, reported),
        Command::Doctor(doctor) => return commands::doctor::run(&store, doctor),
        Command::Rebuild { programme } => commands::doctor::rebuild(&store, programme),
        Command::Demo(demo) => commands::demo::run(&store, &config, demo),
    };
    done.map(|()| ExitCode::SUCCESS)
}

#[expect(clippy::print_stderr, reason = "the last word of a command-line programme")]
fn report(error: &anyhow::Error) {
    eprintln!("safeground: {error:#}");
}
