//! PostGIS, spoken to through `psql`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::figures::Figures;
use crate::records::{Feature, Records, Shape, each_feature};

pub const UNION_THEN_CLIP: &str = include_str!("peer_union_then_clip.sql");
pub const CLIP_THEN_UNION: &str = include_str!("peer_clip_then_union.sql");

const SCHEMA: &str = include_str!("peer_schema.sql");
const INDEX: &str = include_str!("peer_index.sql");
const MAP_SCHEMA: &str = include_str!("peer_map_schema.sql");
const MAP: &str = include_str!("peer_map.sql");
const REMAINING: &str = include_str!("peer_remaining.sql");

/// Tables of the peer and the collections they are filled from.
const TABLES: &[(&str, &str)] =
    &[("region", "regions"), ("hazard", "hazardous-areas"), ("release", "land-releases")];

/// A PostGIS database.
#[derive(Debug)]
pub struct Peer {
    database: OsString,
}

impl Peer {
    pub fn new(database: OsString) -> Self {
        Self { database }
    }

    /// Where it is.
    pub fn url(&self) -> Outcome<&str> {
        self.database.to_str().ok_or_else(|| "the database's address is no text".into())
    }

    /// Lays the tables out and the records ready in the peer's own format; neither is timed.
    pub fn prepare(&self, records: &Records, folder: &Path) -> Outcome<()> {
        self.run(&[SCHEMA])?;
        let mut acts_on = BufWriter::new(File::create(folder.join("acts_on.copy"))?);
        for (table, collection) in TABLES {
            let mut out = BufWriter::new(File::create(folder.join(format!("{table}.copy")))?);
            for file in records.of_collection(collection) {
                each_feature(&file.path, &mut |feature| {
                    let Some(geometry) = feature.geometry.as_ref().and_then(Shape::to_ewkb_hex)
                    else {
                        return Ok(());
                    };
                    let id = feature.text("local_id").ok_or("a record without local_id")?;
                    write!(out, "{}\t{id}\t", file.programme)?;
                    match *table {
                        "hazard" => write!(out, "{}\t", day(&feature, "identified_on")?)?,
                        "release" => {
                            let names = feature.texts("hazardous_areas");
                            let on = day(&feature, "released_on")?;
                            write!(out, "{}\t{on}\t{}\t", &on[..4], !names.is_empty())?;
                            for name in names {
                                writeln!(acts_on, "{}\t{id}\t{name}", file.programme)?;
                            }
                        }
                        _ => {}
                    }
                    Ok(writeln!(out, "{geometry}")?)
                })?;
            }
            out.flush()?;
        }
        Ok(acts_on.flush()?)
    }

    /// Gives every hazardous area all its properties, which only maps need; not timed.
    pub fn prepare_map(&self, records: &Records, folder: &Path) -> Outcome<()> {
        let path = folder.join("properties.copy");
        let mut out = BufWriter::new(File::create(&path)?);
        for file in records.of_collection("hazardous-areas") {
            each_feature(&file.path, &mut |feature| {
                let id = feature.text("local_id").ok_or("a record without local_id")?;
                let properties = serde_json::to_string(feature.properties())?.replace('\\', "\\\\");
                Ok(writeln!(out, "{}\t{id}\t{properties}", file.programme)?)
            })?;
        }
        out.flush()?;
        let copy = format!("\\copy hazard_properties from '{}'", path.display());
        self.run(&[MAP_SCHEMA, &copy, MAP])?;
        Ok(())
    }

    /// Copies the records in, indexes them and checks that they are valid.
    pub fn load(&self, folder: &Path) -> Outcome<Duration> {
        let tables = TABLES.iter().map(|(table, _)| *table).chain(["acts_on"]);
        let copies: Vec<String> = tables
            .map(|table| format!("\\copy {table} from '{}/{table}.copy'", folder.display()))
            .collect();
        let mut statements: Vec<&str> = copies.iter().map(String::as_str).collect();
        statements.push(INDEX);
        let started = Instant::now();
        let answer = self.run(&statements)?;
        let elapsed = started.elapsed();
        let invalid = answer.lines().last().unwrap_or_default();
        if invalid != "0" {
            return Err(format!("{invalid} generated records are invalid to the peer").into());
        }
        Ok(elapsed)
    }

    /// Times one query, its answer thrown away.
    pub fn time(&self, query: &str) -> Outcome<Duration> {
        let started = Instant::now();
        self.run(&["SET jit = off", query])?;
        Ok(started.elapsed())
    }

    /// Square metres still hazardous by region at the end of some years.
    pub fn remaining(&self) -> Outcome<Figures> {
        let answer = self.run(&[REMAINING])?;
        let mut figures = Figures::new();
        for line in answer.lines() {
            let [programme, region, year, area] = line.split('\t').collect::<Vec<_>>()[..] else {
                continue;
            };
            figures.insert((programme.into(), region.into(), year.parse()?), area.parse()?);
        }
        Ok(figures)
    }

    /// Runs statements, and gives what they answer.
    pub fn ask(&self, statements: &[&str]) -> Outcome<String> {
        self.run(statements)
    }

    /// Opens a connection that stays open, as map servers keep theirs.
    pub fn connect(&self) -> Outcome<Session> {
        let mut psql = self.psql();
        let mut process = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().ok_or("psql without input")?;
        let output = process.stdout.take().ok_or("psql without output")?;
        let mut session = Session { process, input, output: BufReader::new(output) };
        session.ask("SET jit = off")?;
        Ok(session)
    }

    fn psql(&self) -> Command {
        let mut psql = Command::new("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--field-separator=\t",
        ]);
        psql.arg("--set=ON_ERROR_STOP=1").arg("--dbname").arg(&self.database);
        psql.env("PGOPTIONS", "-c client_min_messages=warning");
        psql
    }

    fn run(&self, statements: &[&str]) -> Outcome<String> {
        let mut psql = self.psql();
        for statement in statements {
            psql.args(["--command", statement]);
        }
        let output = psql.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// A connection that stays open.
#[derive(Debug)]
pub struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What `psql` prints when it has answered.
const ANSWERED: &str = "-- answered";

impl Session {
    /// What a query answers.
    pub fn ask(&mut self, query: &str) -> Outcome<String> {
        self.tell(&format!("{query};"))
    }

    /// How long a query takes for whoever waits for its answer, which is thrown away.
    pub fn wait_for(&mut self, query: &str) -> Outcome<Duration> {
        let told =
            self.tell(&format!("\\timing on\n\\o /dev/null\n{query};\n\\o\n\\timing off"))?;
        milliseconds(&told, "Time: ")
    }

    /// How long a query takes inside the server: neither planning nor the way to the client is counted.
    pub fn run_inside(&mut self, query: &str) -> Outcome<Duration> {
        let told = self.ask(&format!("EXPLAIN (ANALYZE, TIMING OFF, SUMMARY) {query}"))?;
        milliseconds(&told, "Execution Time: ")
    }

    fn tell(&mut self, lines: &str) -> Outcome<String> {
        writeln!(self.input, "{lines}\n\\echo {ANSWERED}")?;
        self.input.flush()?;
        let (mut answer, mut line) = (String::new(), String::new());
        while self.output.read_line(&mut line)? > 0 {
            if line.trim_end() == ANSWERED {
                return Ok(answer);
            }
            answer.push_str(&line);
            line.clear();
        }
        Err(format!("psql ended after {answer:?}").into())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _waited_for = self.process.wait();
    }
}

/// The time that a line tells behind a label.
fn milliseconds(answer: &str, label: &str) -> Outcome<Duration> {
    let line = answer.lines().find_map(|line| line.trim().strip_prefix(label));
    let number = line.and_then(|line| line.split(' ').next()).ok_or("no time was told")?;
    Ok(Duration::from_secs_f64(number.parse::<f64>()? / 1e3))
}

/// A day of a generated record, all of which are whole.
fn day<'a>(feature: &'a Feature, property: &str) -> Outcome<&'a str> {
    let day = feature.text(property).filter(|day| day.len() == "2015-01-01".len());
    day.ok_or_else(|| format!("a record without {property}").into())
}
