//! GEOS's newer unions, through shapely: only there is there one that keeps apart what is apart.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempPath;

use crate::Outcome;
use crate::land::{Ring, to_wkb};

const SCRIPT: &str = include_str!("unions.py");

/// A Python that has read the polygons and waits for orders.
pub struct Shapely {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _polygons: TempPath,
    pub geos_version: String,
}

impl Shapely {
    /// Starts the Python that `SHAPELY_PYTHON` names, or else `python3`; `None` if there is none, or
    /// it has no shapely 2.
    pub fn start(rings: &[Ring]) -> Outcome<Option<Self>> {
        let mut file = tempfile::NamedTempFile::new()?;
        write(&mut file, rings)?;
        let polygons = file.into_temp_path();
        let python = std::env::var_os("SHAPELY_PYTHON").unwrap_or_else(|| "python3".into());
        let started = Command::new(python)
            .args(["-c", SCRIPT])
            .arg(&polygons)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else { return Ok(None) };
        let (Some(orders), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            return Ok(None);
        };
        let mut answers = BufReader::new(answers);
        let geos_version = next_line(&mut answers)?;
        if geos_version.is_empty() {
            process.wait()?;
            return Ok(None);
        }
        Ok(Some(Self { process, orders, answers, _polygons: polygons, geos_version }))
    }

    /// Runs a union by name; answers the time it took inside and the area in square metres.
    pub fn union(&mut self, name: &str) -> Outcome<(Duration, f64)> {
        writeln!(self.orders, "{name}")?;
        self.orders.flush()?;
        let answer = next_line(&mut self.answers)?;
        let (seconds, area_m2) =
            answer.split_once(' ').ok_or_else(|| format!("shapely's {name} failed"))?;
        Ok((Duration::from_secs_f64(seconds.parse()?), area_m2.parse()?))
    }
}

impl Drop for Shapely {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _gone_already = self.process.wait();
    }
}

fn next_line(answers: &mut BufReader<ChildStdout>) -> Outcome<String> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn write(file: &mut impl Write, rings: &[Ring]) -> Outcome<()> {
    let mut file: BufWriter<&mut dyn Write> = BufWriter::new(file);
    for ring in rings {
        let bytes = to_wkb(ring);
        file.write_all(&(bytes.len() as u32).to_le_bytes())?;
        file.write_all(&bytes)?;
    }
    file.flush()?;
    Ok(())
}
