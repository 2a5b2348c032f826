//! Measures Safeground beside PostGIS on the same generated records; see `README.md` beside this file.
//!
//! Needs `SAFEGROUND_TEST_POSTGRES` (`make bench` sets it) and the release build of `safeground` in
//! the folder of this programme.

mod client;
mod figures;
mod ledger;
mod peer;
mod product;
mod records;
mod servers;
mod tiles;

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use figures::{Figures, compare, median};
use peer::Peer;
use product::{Product, Server};
use records::Records;
use servers::Asked;

/// How often the peer answers; ours is asked as often as fits into a round beside it.
const ROUNDS: usize = 3;
const QUESTIONS_A_ROUND: usize = 25;

/// At whose ends the areas that remain are compared.
const YEARS: [i32; 3] = [2017, 2021, 2025];

/// Any failure ends the benchmark: a figure from half a run is worse than none.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let Arguments { records, areas, seed, beside } = arguments()?;
    let folder = tempfile::tempdir()?;
    let database = std::env::var_os("SAFEGROUND_TEST_POSTGRES")
        .ok_or("SAFEGROUND_TEST_POSTGRES is not set; `make bench` sets it")?;
    let peer = Peer::new(database);
    let product = Product::new(folder.path())?;

    say(&format!("generating {records} records, seed {seed}"))?;
    product.write_records(&folder.path().join("records"), records, seed)?;
    let mut records = Records::find(&folder.path().join("records"))?;
    if areas.is_some() {
        let programme = records.programmes().into_iter().next().unwrap_or_default();
        records = records.only_areas_of(&programme)?;
    }
    say(&format!("{records}\n"))?;
    if let Beside::Servers(asked) = beside {
        return servers::run(&product, &peer, &records, folder.path(), asked);
    }

    say(&format!("{:<46}{:>14}{:>14}{:>10}", "", "Safeground", "PostGIS", "ratio"))?;
    if areas.is_some() {
        load(&product, &peer, &records, folder.path())?;
        return tiles::tiles(&product.serve()?, &peer, &records, folder.path());
    }
    let (ours, theirs) = load(&product, &peer, &records, folder.path())?;
    let server = progress(&product, &peer, &records, ours, theirs)?;
    ledger::balance(&server, &records)?;
    tiles::tiles(&server, &peer, &records, folder.path())?;
    ledger::approvals(&product, &server, &records)?;
    drop(server);
    ledger::rebuild(&product, &records)
}

/// What Safeground is measured beside.
#[derive(Clone, Copy, PartialEq)]
enum Beside {
    PostGis,
    Servers(Asked),
}

/// What is measured.
struct Arguments {
    records: usize,
    /// Only maps, of so many hazardous areas in one programme.
    areas: Option<usize>,
    seed: u64,
    beside: Beside,
}

fn arguments() -> Outcome<Arguments> {
    let mut arguments =
        Arguments { records: 100_000, areas: None, seed: 1, beside: Beside::PostGis };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--records" => arguments.records = value.parse()?,
            // Half of the records of each of the two programmes are areas.
            "--areas" => {
                arguments.areas = Some(value.parse()?);
                arguments.records = 4 * value.parse::<usize>()?;
            }
            "--seed" => arguments.seed = value.parse()?,
            "--beside" => {
                arguments.beside = match value.as_str() {
                    "postgis" => Beside::PostGis,
                    "servers" => Beside::Servers(Asked::All),
                    "tile-servers" => Beside::Servers(Asked::Tiles),
                    _ => return Err("--beside is postgis, servers or tile-servers".into()),
                }
            }
            _ => {
                let known = "--records, --areas, --seed, --beside";
                return Err(format!("unknown argument {word}; known: {known}").into());
            }
        }
    }
    Ok(arguments)
}

/// Files to answers: ours parses, checks, cuts and commits to disk; the peer is given its own format
/// ready-made, and copies, indexes and checks.
fn load(
    product: &Product,
    peer: &Peer,
    records: &Records,
    folder: &Path,
) -> Outcome<(Duration, Duration)> {
    peer.prepare(records, folder)?;
    product.add_programmes(records)?;
    let started = Instant::now();
    product.import_all(records)?;
    let ours = started.elapsed();
    let theirs = peer.load(folder)?;
    row("load: check, index, commit durably", ours, theirs)?;
    let rate = records.features() as f64 / ours.as_secs_f64();
    say(&format!("{:<46}{:>12.0}/s", "  features", rate))?;
    Ok((ours, theirs))
}

/// Answers to the same question, the first of each counted from the files on.
fn progress(
    product: &Product,
    peer: &Peer,
    records: &Records,
    loaded: Duration,
    peer_loaded: Duration,
) -> Outcome<Server> {
    let started = Instant::now();
    let server = product.serve()?;
    let ready = started.elapsed();
    server.progress(&records.programmes())?;
    let first = loaded + started.elapsed();
    let (mut ours, mut clipped_last, mut clipped_first) = (vec![], vec![], vec![]);
    let mut figures = Figures::new();
    for _ in 0..ROUNDS {
        for _ in 0..QUESTIONS_A_ROUND {
            let started = Instant::now();
            let answers = server.progress(&records.programmes())?;
            ours.push(started.elapsed());
            figures = product::remaining(&answers, &YEARS)?;
        }
        clipped_last.push(peer.time(peer::UNION_THEN_CLIP)?);
        clipped_first.push(peer.time(peer::CLIP_THEN_UNION)?);
    }
    let ours = median(&mut ours);
    let (last, first_of_peer) = (median(&mut clipped_last), median(&mut clipped_first));
    row("released m² by region and year, over HTTP", ours, last.min(first_of_peer))?;
    say(&format!(
        "  (PostGIS: union then clip {}, clip then union {})",
        seconds(last),
        seconds(first_of_peer)
    ))?;
    ledger::first_report(first, peer_loaded + last.min(first_of_peer))?;
    say(&format!("{:<46}{:>14}", "start until ready", seconds(ready)))?;
    let resident = server.resident_bytes()? as f64 / records.features() as f64;
    say(&format!("{:<46}{:>12.0} B", "  resident, a record", resident))?;
    say(&format!("\n{}\n", compare(&figures, &peer.remaining()?)))?;
    Ok(server)
}

fn row(what: &str, ours: Duration, theirs: Duration) -> Outcome<()> {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    say(&format!("{what:<46}{:>14}{:>14}{ratio:>9.1}×", seconds(ours), seconds(theirs)))
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 { format!("{:.3} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

fn say(text: &str) -> Outcome<()> {
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}
