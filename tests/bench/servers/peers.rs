//! Other servers of the same standards, over one PostGIS, each with as many workers as there are cores
//! and connections that stay open.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::subject::Subject;
use crate::Outcome;
use crate::client::Client;

/// How long a server may take until it answers.
const READY_WITHIN: Duration = Duration::from_secs(60);

const PYGEOAPI: &str = include_str!("pygeoapi.yml");
const MAPSERVER: &str = include_str!("mapserver.map");
const MAPSERVER_MAPS: &str = include_str!("mapserver.conf");
const MARTIN: &str = include_str!("martin.yml");
const LIGHTTPD: &str = include_str!("lighttpd.conf");

/// Where the database listens, in the parts that configurations want.
#[derive(Debug)]
pub struct Database {
    url: String,
    user: String,
    host: String,
    name: String,
}

impl Database {
    /// Reads `postgres://USER@%2FFOLDER/NAME`, as `cluster.sh` tells it.
    pub fn read(url: &str) -> Outcome<Self> {
        let parts = url.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        let (user, rest) = parts.ok_or("the database has no user")?;
        let (host, name) = rest.split_once('/').ok_or("the database has no name")?;
        let host = host.replace("%2F", "/");
        if !host.starts_with('/') {
            return Err("the other servers are given a database by its socket".into());
        }
        Ok(Self { url: url.into(), user: user.into(), host, name: name.into() })
    }
}

/// A running server of others; it ends with this value.
#[derive(Debug)]
pub struct PeerServer {
    process: Child,
    /// An address that answers once the server is ready.
    ready: String,
    pub subject: Subject,
}

impl Drop for PeerServer {
    fn drop(&mut self) {
        // Asked to stop, not killed: each has workers to take along.
        let process = self.process.id().to_string();
        let _gone_already = Command::new("kill").args(["-TERM", &process]).status();
        let _reaped = self.process.wait();
    }
}

/// Starts every other server that is installed, and tells of those that are not.
pub fn start_all(
    database: &Database,
    folder: &Path,
    python: Option<&Path>,
    martin: Option<&Path>,
    workers: usize,
) -> Outcome<(Vec<PeerServer>, Vec<String>)> {
    let setup = Setup { database, folder, workers: workers.to_string() };
    let (mut started, mut left_out) = (Vec::new(), Vec::new());
    if let Some(python) = python {
        started.push(setup.tipg(python)?);
        started.push(setup.pygeoapi(python)?);
    } else {
        left_out.push("tipg and pygeoapi: BENCH_PYTHON names no Python that has them".to_owned());
    }
    let (mapserv, lighttpd) = (Path::new("/usr/bin/mapserv"), Path::new("/usr/sbin/lighttpd"));
    if mapserv.exists() && lighttpd.exists() {
        started.push(setup.mapserver(lighttpd)?);
    } else {
        left_out.push("MapServer: cgi-mapserver or lighttpd is not installed".to_owned());
    }
    match martin {
        Some(martin) => started.push(setup.martin(martin)?),
        None => left_out.push("martin: BENCH_MARTIN names no file".to_owned()),
    }
    for server in &started {
        server.wait(READY_WITHIN)?;
    }
    Ok((started, left_out))
}

struct Setup<'a> {
    database: &'a Database,
    folder: &'a Path,
    workers: String,
}

impl Setup<'_> {
    fn tipg(&self, python: &Path) -> Outcome<PeerServer> {
        let port = free_port()?;
        let mut command = Command::new(python);
        command
            .args(["-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port", &port])
            .args(["--workers", &self.workers, "--log-level", "error", "--no-access-log"])
            .env("DATABASE_URL", &self.database.url)
            .env("DB_MIN_CONN_SIZE", "4")
            .env("TIPG_DB_SCHEMAS", "[\"public\"]");
        let base = format!("http://127.0.0.1:{port}/collections");
        let subject = Subject {
            name: format!("tipg {}", version(python, "tipg")?),
            items: Some(format!("{base}/public.served/items?")),
            tile: Some(format!("{base}/public.served_map/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}")),
        };
        self.start(command, subject.items_url("limit=1").unwrap_or_default(), subject)
    }

    fn pygeoapi(&self, python: &Path) -> Outcome<PeerServer> {
        let port = free_port()?;
        let settings = self.write("pygeoapi.yml", PYGEOAPI, &port)?;
        let document = self.folder.join("pygeoapi-openapi.yml");
        let generated = Command::new(python.with_file_name("pygeoapi"))
            .args(["openapi", "generate"])
            .arg(&settings)
            .arg("--output-file")
            .arg(&document)
            .output()?;
        if !generated.status.success() {
            return Err(String::from_utf8_lossy(&generated.stderr).into_owned().into());
        }
        let mut command = Command::new(python);
        command
            .args(["-m", "gunicorn", "--workers", &self.workers, "--log-level", "error"])
            .args(["--bind", &format!("127.0.0.1:{port}"), "--keep-alive", "60"])
            .args(["--worker-class", "gthread", "--threads", "4", "pygeoapi.flask_app:APP"])
            .env("PYGEOAPI_CONFIG", settings)
            .env("PYGEOAPI_OPENAPI", document);
        let subject = Subject {
            name: format!("pygeoapi {}", version(python, "pygeoapi")?),
            items: Some(format!("http://127.0.0.1:{port}/collections/served/items?f=json&")),
            tile: None,
        };
        self.start(command, subject.items_url("limit=1").unwrap_or_default(), subject)
    }

    fn mapserver(&self, lighttpd: &Path) -> Outcome<PeerServer> {
        let port = free_port()?;
        self.write("mapserver.map", MAPSERVER, &port)?;
        self.write("mapserver.conf", MAPSERVER_MAPS, &port)?;
        let settings = self.write("lighttpd.conf", LIGHTTPD, &port)?;
        let mut command = Command::new(lighttpd);
        command.arg("-D").arg("-f").arg(settings);
        let told = Command::new("/usr/bin/mapserv").arg("-v").output()?;
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let base = format!("http://127.0.0.1:{port}");
        let tile = "mode=tile&tilemode=gmap&layers=served_map&map.imagetype=mvt&tile={x}+{y}+{z}";
        let subject = Subject {
            name: format!("MapServer {}", told.split_whitespace().nth(2).unwrap_or_default()),
            items: Some(format!("{base}/served/ogcapi/collections/served/items?f=json&")),
            tile: Some(format!("{base}/?map=served&{tile}")),
        };
        self.start(command, subject.items_url("limit=1").unwrap_or_default(), subject)
    }

    fn martin(&self, martin: &Path) -> Outcome<PeerServer> {
        let port = free_port()?;
        let settings = self.write("martin.yml", MARTIN, &port)?;
        let mut command = Command::new(martin);
        // The database listens on a socket, where there is no TLS.
        let connection = format!("{}?sslmode=disable", self.database.url);
        command.arg("--config").arg(settings).env("CONNECTION", connection);
        let told = Command::new(martin).arg("--version").output()?;
        let base = format!("http://127.0.0.1:{port}");
        let subject = Subject {
            name: String::from_utf8(told.stdout)?.trim().to_owned(),
            items: None,
            tile: Some(format!("{base}/served_map/{{z}}/{{x}}/{{y}}")),
        };
        self.start(command, format!("{base}/health"), subject)
    }

    fn start(&self, mut command: Command, ready: String, subject: Subject) -> Outcome<PeerServer> {
        let log = fs::File::create(self.folder.join(format!("{}.log", subject.name)))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(PeerServer { process: command.spawn()?, ready, subject })
    }

    fn write(&self, name: &str, template: &str, port: &str) -> Outcome<PathBuf> {
        let path = self.folder.join(name);
        let text = template
            .replace("FOLDER", &self.folder.display().to_string())
            .replace("PORT", port)
            .replace("HOST", &self.database.host)
            .replace("DATABASE", &self.database.name)
            .replace("USER", &self.database.user)
            .replace("WORKERS", &self.workers);
        fs::write(&path, text)?;
        Ok(path)
    }
}

/// A port that is free now; each server is started right away.
fn free_port() -> Outcome<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string())
}

fn version(python: &Path, package: &str) -> Outcome<String> {
    let script = format!("import importlib.metadata as m; print(m.version('{package}'))");
    let told = Command::new(python).args(["-c", &script]).output()?;
    Ok(String::from_utf8(told.stdout)?.trim().to_owned())
}

impl PeerServer {
    fn wait(&self, within: Duration) -> Outcome<()> {
        let started = Instant::now();
        while Client::new().get(&self.ready).is_err() {
            if started.elapsed() > within {
                return Err(format!("{} does not answer", self.subject.name).into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}
