//! The built product, run as its users run it: commands, a server, tokens, requests.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

/// How long a server may take to be ready on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long a server may take to end when it is told to: longer than it gives what is under way.
const ENDED_WITHIN: Duration = Duration::from_secs(60);

/// The programme's executable, as `cargo test --workspace` built it beside the running test.
///
/// It is not built from here: that would compile most of the workspace a second time, since its
/// dependencies have other features without the tests.
///
/// # Panics
/// When it is not there, or older than what it was built from.
pub fn executable() -> &'static Path {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    EXECUTABLE.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its own file");
        let profile = test.ancestors().nth(2).expect("tests lie in PROFILE/deps");
        let executable = profile.join("safeground");
        let built = modified(&executable);
        let sources = std::fs::read_to_string(executable.with_extension("d")).unwrap_or_default();
        let newer = sources.split_whitespace().skip(1).find(|source| modified(source) > built);
        assert!(
            built.is_some() && newer.is_none(),
            "{} is not built, or older than {newer:?}; run `cargo test --workspace`",
            executable.display()
        );
        executable
    })
}

fn modified(path: impl AsRef<Path>) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|found| found.modified()).ok()
}

/// A database of its own and the commands run on it.
#[derive(Debug)]
pub struct Product {
    folder: TempDir,
    database: String,
}

impl Product {
    /// On a new SQLite file.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = format!("sqlite:{}", folder.path().join("safeground.sqlite").display());
        Self { folder, database }
    }

    /// On a database that is there already.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    pub fn on(database: String) -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), database }
    }

    /// The file of its SQLite database.
    pub fn database_file(&self) -> PathBuf {
        self.folder.path().join("safeground.sqlite")
    }

    /// A folder for files of the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file for the test.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("the temporary folder can be written");
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(executable());
        command
            .args(arguments)
            .env("SAFEGROUND_DATABASE", &self.database)
            .env("SAFEGROUND_LISTEN", "127.0.0.1:0")
            .env("SAFEGROUND_LOG", "warn")
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the programme starts")
    }

    /// Runs a command that must succeed, and gives its standard output.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.try_run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?} failed\n{errors}\n{text}");
        text
    }

    /// Makes a token.
    ///
    /// # Panics
    /// When that fails.
    pub fn token(&self, programme: &str, role: &str) -> String {
        let name = format!("{role} of {programme}");
        let arguments = ["token", "add", "--name", &name, "--programme", programme, "--role", role];
        self.run(&arguments).trim().to_owned()
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// As [`Product::serve`], with settings in the environment.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Server {
        let mut child = self
            .command(&["serve"])
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the programme starts");
        let output = child.stdout.take().expect("standard output is a pipe");
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).expect("the server says where it is");
        let address = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"))
            .and_then(|url| url.split('/').next())
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        let server = Server { child, address, _output: output };
        let begun = Instant::now();
        while server.get("/health/ready").status != 200 {
            assert!(begun.elapsed() < READY_WITHIN, "the server is not ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    /// Kept open, since a server may say more.
    _output: BufReader<ChildStdout>,
}

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{} is not JSON: {error}", String::from_utf8_lossy(&self.body))
        })
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of a header that is there several times.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The stable code of the problem document.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One request with its headers.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    headers: Vec<(String, String)>,
}

impl Asking {
    /// With a bearer token.
    pub fn with_token(token: &str) -> Self {
        Self::default().header("Authorization", &format!("Bearer {token}"))
    }

    /// With a further header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

fn agent() -> &'static ureq::Agent {
    static AGENT: OnceLock<ureq::Agent> = OnceLock::new();
    AGENT.get_or_init(|| {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        ureq::Agent::new_with_config(config)
    })
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let Ok(mut response) = result else {
        return Answer { status: 0, headers: Vec::new(), body: Vec::new() };
    };
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap_or_default();
    Answer { status, headers, body }
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http://") {
            return path.to_owned();
        }
        format!("http://{}{path}", self.address)
    }

    /// GET without a token.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(path, &Asking::default())
    }

    /// GET.
    pub fn ask(&self, path: &str, asking: &Asking) -> Answer {
        let mut request = agent().get(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.call())
    }

    /// DELETE.
    pub fn delete(&self, path: &str, asking: &Asking) -> Answer {
        let mut request = agent().delete(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.call())
    }

    /// POST.
    pub fn post(&self, path: &str, asking: &Asking, body: &[u8]) -> Answer {
        let mut request = agent().post(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.send(body))
    }

    /// PUT.
    pub fn put(&self, path: &str, asking: &Asking, body: &[u8]) -> Answer {
        let mut request = agent().put(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.send(body))
    }

    /// PATCH.
    pub fn patch(&self, path: &str, asking: &Asking, body: &[u8]) -> Answer {
        let mut request = agent().patch(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.send(body))
    }

    /// HEAD.
    pub fn head(&self, path: &str, asking: &Asking) -> Answer {
        let mut request = agent().head(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.call())
    }

    /// OPTIONS.
    pub fn options(&self, path: &str, asking: &Asking) -> Answer {
        let mut request = agent().options(self.url(path));
        for (name, value) in &asking.headers {
            request = request.header(name, value);
        }
        answer(request.call())
    }

    /// Ends it without warning, as a power cut would.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop, and tells whether it did so in order.
    ///
    /// # Panics
    /// When the signal cannot be sent, or it does not end.
    pub fn stop(mut self) -> bool {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &process]).status().expect("kill runs");
        assert!(sent.success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is a child") {
                return status.success();
            }
            assert!(begun.elapsed() < ENDED_WITHIN, "the server does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn end(&mut self) {
        // A server that has ended by itself needs no killing.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
