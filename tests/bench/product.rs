//! Safeground as a user has it: its commands and its HTTP answers.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Outcome;
use crate::client::Client;
use crate::figures::Figures;
use crate::records::Records;

/// How long a server of a million records may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// The built programme and a database of its own.
#[derive(Debug)]
pub struct Product {
    programme: PathBuf,
    database: String,
}

impl Product {
    /// Takes the programme that was built beside this one.
    pub fn new(folder: &Path) -> Outcome<Self> {
        let programme = std::env::current_exe()?.with_file_name("safeground");
        if !programme.is_file() {
            return Err(format!("{} is not built", programme.display()).into());
        }
        let database = format!("sqlite:{}", folder.join("bench.sqlite").display());
        Ok(Self { programme, database })
    }

    /// Its name and version.
    pub fn version(&self) -> Outcome<String> {
        let told = Command::new(&self.programme).arg("--version").output()?;
        Ok(String::from_utf8(told.stdout)?.trim().to_owned())
    }

    /// Writes generated records: `records` in all, half in each of the two programmes.
    pub fn write_records(&self, folder: &Path, records: usize, seed: u64) -> Outcome<()> {
        let (records, seed) = ((records / 2).to_string(), seed.to_string());
        let mut demo = self.command();
        demo.args(["demo", "--records", &records, "--seed", &seed, "--write"]).arg(folder);
        finish(&mut demo)
    }

    /// Adds the programmes of the records, for anybody to read.
    pub fn add_programmes(&self, records: &Records) -> Outcome<()> {
        for programme in records.programmes() {
            let mut add = self.command();
            add.args(["programme", "add", &programme, "--name", &programme, "--public-read"]);
            finish(&mut add)?;
        }
        Ok(())
    }

    /// Imports the files of each programme through the command line; each is on disk when this
    /// returns.
    pub fn import_all(&self, records: &Records) -> Outcome<()> {
        for programme in records.programmes() {
            let files = records.files().iter().filter(|file| file.programme == programme);
            let mut import = self.command();
            import.args(["import", "--programme", &programme]).args(files.map(|file| &file.path));
            finish(&mut import)?;
        }
        Ok(())
    }

    /// Cuts the ledger of a programme anew.
    pub fn rebuild(&self, programme: &str) -> Outcome<()> {
        finish(self.command().args(["rebuild", "--programme", programme]))
    }

    /// A token with which records may be sent.
    pub fn token(&self, programme: &str) -> Outcome<String> {
        let name = format!("bench {programme}");
        let mut add = self.command();
        add.args(["token", "add", "--role", "manager", "--programme", programme, "--name", &name]);
        let output = add.stdout(Stdio::piped()).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Starts the server on a free port of this machine and waits until it is ready.
    pub fn serve(&self) -> Outcome<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut serve = self.command();
        serve.args(["serve", "--log", "warn", "--listen", &address.to_string()]);
        let base = format!("http://{address}");
        let server = Server { process: serve.spawn()?, base, client: Client::new() };
        let started = Instant::now();
        while server.get("/health/ready").is_err() {
            if started.elapsed() > READY_WITHIN {
                return Err("the server did not get ready".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.programme);
        command.args(["--database", &self.database]).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

fn finish(command: &mut Command) -> Outcome<()> {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&said)).into())
}

/// A running server, and a connection to it that stays open; it ends with this value.
#[derive(Debug)]
pub struct Server {
    process: Child,
    base: String,
    client: Client,
}

impl Server {
    /// Its address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The progress of each programme by region and year, as sent.
    pub fn progress(&self, programmes: &[String]) -> Outcome<Vec<(String, String)>> {
        let answers = programmes.iter().map(|programme| {
            let path = format!("/programmes/{programme}/progress?group_by=region,year");
            Ok((programme.clone(), self.get(&path)?))
        });
        answers.collect()
    }

    /// Sends one feature and waits until it is recorded.
    pub fn submit(
        &self,
        programme: &str,
        collection: &str,
        token: &str,
        feature: &str,
    ) -> Outcome<()> {
        let path = format!("/programmes/{programme}/submissions?collection={collection}");
        self.client.send(&format!("{}{path}", self.base), token, feature)
    }

    /// What the server keeps in memory, as Linux tells it.
    pub fn resident_bytes(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0");
        Ok(kilobytes.parse::<u64>()? * 1024)
    }

    /// The number of bytes of the answer to a GET, read to the end.
    pub fn bytes(&self, path: &str) -> Outcome<usize> {
        Ok(self.client.get(&format!("{}{path}", self.base))?.len())
    }

    /// As [`Self::bytes`], and how long the server says that it worked on the answer.
    pub fn bytes_timed(&self, path: &str) -> Outcome<(usize, Duration)> {
        let (body, worked) = self.client.get_timed(&format!("{}{path}", self.base))?;
        Ok((body.len(), worked))
    }

    /// The answer to a GET, read to the end.
    pub fn get(&self, path: &str) -> Outcome<String> {
        Ok(String::from_utf8(self.client.get(&format!("{}{path}", self.base))?)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// Square metres still hazardous by region at the end of the years.
pub fn remaining(answers: &[(String, String)], years: &[i32]) -> Outcome<Figures> {
    let mut figures = Figures::new();
    for (programme, answer) in answers {
        let answer: Value = serde_json::from_str(answer)?;
        let rows = answer["rows"].as_array().ok_or("a progress answer without rows")?;
        for row in rows {
            let (Some(region), Some(year)) = (row["region"].as_str(), row["year"].as_str()) else {
                continue;
            };
            let (year, area) = (year.parse()?, row["remaining_m2"].as_f64().unwrap_or_default());
            if years.contains(&year) && area > 0.0 {
                figures.insert((programme.clone(), region.to_owned(), year), area);
            }
        }
    }
    Ok(figures)
}
