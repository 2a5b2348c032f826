//! Configuration: flags over environment over file over defaults. The only reader of the
//! environment.
//!
//! | key | environment | default | meaning |
//! |---|---|---|---|
//! | `database` | `SAFEGROUND_DATABASE` | `sqlite:safeground.sqlite` | `sqlite:PATH` or `postgres://…`; a PostgreSQL server elsewhere needs TLS |
//! | `listen` | `SAFEGROUND_LISTEN` | `127.0.0.1:8080` | address and port to serve on |
//! | `public_url` | `SAFEGROUND_PUBLIC_URL` | as asked | address clients reach the server at, for links behind a proxy |
//! | `basemap` | `SAFEGROUND_BASEMAP` | none | the map under the records in the viewer: a file `….pmtiles`, or `https://…/{z}/{x}/{y}.png` of another server |
//! | `basemap_attribution` | `SAFEGROUND_BASEMAP_ATTRIBUTION` | none | whose map it is |
//! | `upload_bytes_max` | `SAFEGROUND_UPLOAD_BYTES_MAX` | `536870912` | largest body taken, as sent |
//! | `upload_unpacked_bytes_max` | `SAFEGROUND_UPLOAD_UNPACKED_BYTES_MAX` | `4294967296` | largest body taken, after gzip |
//! | `upload_features_max` | `SAFEGROUND_UPLOAD_FEATURES_MAX` | `2000000` | most features in one submission |
//! | `exports_folder` | `SAFEGROUND_EXPORTS_FOLDER` | the system's | folder for files of exports in the background; nothing stays in it when the server ends |
//! | `exports_bytes_max` | `SAFEGROUND_EXPORTS_BYTES_MAX` | `10737418240` | bytes of all such files together |
//! | `workers` | `SAFEGROUND_WORKERS` | processors | HTTP worker threads |
//! | `webhook_private_addresses` | `SAFEGROUND_WEBHOOK_PRIVATE_ADDRESSES` | `false` | whether webhooks may be sent to closed networks and, also by http, to this machine |
//! | `log` | `SAFEGROUND_LOG` | `info` | `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,store=debug` |
//! | `log_format` | `SAFEGROUND_LOG_FORMAT` | `text` | `text` or `json` |
//!
//! The file is TOML with the same keys; it is named by `--config` or `SAFEGROUND_CONFIG`. Every
//! problem is reported at once, each with the place the value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use api::basemap::Basemap;

const PREFIX: &str = "SAFEGROUND_";

/// Variables that speak to the test suite, not to the programme.
const TEST_PREFIX: &str = "SAFEGROUND_TEST_";

const KEYS: &[(&str, &str)] = &[
    ("database", "sqlite:safeground.sqlite"),
    ("listen", "127.0.0.1:8080"),
    ("public_url", ""),
    ("basemap", ""),
    ("basemap_attribution", ""),
    ("upload_bytes_max", "536870912"),
    ("upload_unpacked_bytes_max", "4294967296"),
    ("upload_features_max", "2000000"),
    ("exports_folder", ""),
    ("exports_bytes_max", "10737418240"),
    ("workers", ""),
    ("webhook_private_addresses", "false"),
    ("log", "info"),
    ("log_format", "text"),
];

/// Looks up a variable that libpq would use behind our back, such as `PGHOST`.
#[expect(clippy::disallowed_methods, reason = "configuration is read here and nowhere else")]
pub fn libpq_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Everything the programme can be told, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// URL of the database.
    pub database: DatabaseUrl,
    /// Address and port to serve on.
    pub listen: SocketAddr,
    /// Address at which clients reach the server; `None` for the one they ask.
    pub public_url: Option<String>,
    /// The map under the records in the viewer; `None` for the countries it brings itself.
    pub basemap: Option<Basemap>,
    /// Largest body taken, in bytes as sent.
    pub upload_bytes_max: u64,
    /// Largest body taken, in bytes after decompression.
    pub upload_unpacked_bytes_max: u64,
    /// Most features in one submission.
    pub upload_features_max: u64,
    /// Folder for the files of exports; `None` for that of the system.
    pub exports_folder: Option<PathBuf>,
    /// Bytes of all files of exports together.
    pub exports_bytes_max: u64,
    /// HTTP worker threads; `None` means one a processor.
    pub workers: Option<usize>,
    /// Whether webhooks may be sent to closed networks and to this machine.
    pub webhook_private_addresses: bool,
    /// Log directives.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

/// A database URL; a password in it never reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(formatter, "{scheme}:***")
    }
}

/// One thing wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Where the value came from, for example `environment SAFEGROUND_LISTEN`.
    pub place: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// All problems of a configuration, found in one pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<ConfigProblem>);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            write!(formatter, "\n  {}: {}", problem.place, problem.reason)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

#[derive(Debug, Clone)]
struct Given {
    text: String,
    place: String,
}

impl Config {
    /// Reads the process environment and the file it or the flags name.
    ///
    /// # Errors
    /// Every problem found, together.
    pub fn from_environment(flags: &BTreeMap<&'static str, String>) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX))
            .collect();
        Self::from_sources(flags, &environment, |path| {
            std::fs::read_to_string(path).map_err(|error| error.to_string())
        })
    }

    /// Combines the sources; pure but for `read_file`, so that tests need no environment.
    ///
    /// # Errors
    /// Every problem found, together.
    pub fn from_sources(
        flags: &BTreeMap<&'static str, String>,
        environment: &BTreeMap<String, String>,
        read_file: impl Fn(&PathBuf) -> Result<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut given: BTreeMap<&'static str, Given> = KEYS
            .iter()
            .map(|(key, default)| {
                (*key, Given { text: (*default).to_owned(), place: format!("default of {key}") })
            })
            .collect();

        let config_variable = format!("{PREFIX}CONFIG");
        let file = flags.get("config").or_else(|| environment.get(&config_variable));
        if let Some(path) = file {
            merge_file(&mut given, &mut problems, path, &read_file);
        }
        for (name, value) in environment.iter().filter(|(name, _)| **name != config_variable) {
            let key = name.trim_start_matches(PREFIX).to_lowercase();
            merge(&mut given, &mut problems, &key, value, format!("environment {name}"));
        }
        for (key, value) in flags.iter().filter(|(key, _)| **key != "config") {
            let place = format!("flag --{}", key.replace('_', "-"));
            merge(&mut given, &mut problems, key, value, place);
        }
        let config = Self::parse(&given, &mut problems);
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigError(problems)),
        }
    }

    fn parse(
        given: &BTreeMap<&'static str, Given>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Option<Self> {
        let database = parsed(given, problems, "database", |text| {
            let known = ["sqlite:", "postgres://", "postgresql://"];
            if known.iter().any(|scheme| text.starts_with(scheme)) {
                Ok(DatabaseUrl(text.to_owned()))
            } else {
                Err("a database is named sqlite:PATH or postgres://…".to_owned())
            }
        });
        let listen = parsed(given, problems, "listen", |text| {
            SocketAddr::from_str(text)
                .map_err(|_error| format!("\"{text}\" is not ADDRESS:PORT, as 127.0.0.1:8080"))
        });
        let public_url = parsed(given, problems, "public_url", |text| match text {
            "" => Ok(None),
            text if text.starts_with("https://") || text.starts_with("http://") => {
                Ok(Some(text.to_owned()))
            }
            other => Err(format!("\"{other}\" is not an address of http or https")),
        });
        let attribution = parsed(given, problems, "basemap_attribution", |it| Ok(it.to_owned()));
        let basemap = parsed(given, problems, "basemap", |text| match text {
            "" => Ok(None),
            text => Basemap::parse(text).map(Some),
        });
        let upload_bytes_max = parsed(given, problems, "upload_bytes_max", positive);
        let unpacked = parsed(given, problems, "upload_unpacked_bytes_max", positive);
        let features = parsed(given, problems, "upload_features_max", positive);
        let exports_folder = parsed(given, problems, "exports_folder", |text| {
            Ok(Some(text).filter(|text| !text.is_empty()).map(PathBuf::from))
        });
        let exports_bytes_max = parsed(given, problems, "exports_bytes_max", positive);
        let workers = parsed(given, problems, "workers", |text| {
            if text.is_empty() { Ok(None) } else { positive(text).map(|n| usize::try_from(n).ok()) }
        });
        let private_addresses =
            parsed(given, problems, "webhook_private_addresses", |text| match text {
                "true" => Ok(true),
                "false" => Ok(false),
                other => Err(format!("\"{other}\" is neither true nor false")),
            });
        let log = parsed(given, problems, "log", |text| {
            tracing_subscriber::EnvFilter::try_new(text)
                .map(|_filter| text.to_owned())
                .map_err(|error| format!("\"{text}\" is not a log directive: {error}"))
        });
        let log_format = parsed(given, problems, "log_format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(format!("\"{other}\" is neither text nor json")),
        });
        Some(Self {
            database: database?,
            listen: listen?,
            public_url: public_url?,
            basemap: basemap?.zip(attribution).map(|(map, words)| map.attributed_to(words)),
            upload_bytes_max: upload_bytes_max?,
            upload_unpacked_bytes_max: unpacked?,
            upload_features_max: features?,
            exports_folder: exports_folder?,
            exports_bytes_max: exports_bytes_max?,
            workers: workers?,
            webhook_private_addresses: private_addresses?,
            log: log?,
            log_format: log_format?,
        })
    }
}

fn positive(text: &str) -> Result<u64, String> {
    match text.parse::<u64>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("\"{text}\" is not a whole number from 1")),
    }
}

fn parsed<T>(
    given: &BTreeMap<&'static str, Given>,
    problems: &mut Vec<ConfigProblem>,
    key: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let value = given.get(key)?;
    parse(value.text.trim())
        .map_err(|reason| problems.push(ConfigProblem { place: value.place.clone(), reason }))
        .ok()
}

fn merge(
    given: &mut BTreeMap<&'static str, Given>,
    problems: &mut Vec<ConfigProblem>,
    key: &str,
    value: &str,
    place: String,
) {
    if let Some(slot) = given.get_mut(key) {
        *slot = Given { text: value.to_owned(), place };
    } else {
        let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        let reason = format!("there is no setting of that name; known are: {}", keys.join(", "));
        problems.push(ConfigProblem { place, reason });
    }
}

fn merge_file(
    given: &mut BTreeMap<&'static str, Given>,
    problems: &mut Vec<ConfigProblem>,
    path: &str,
    read_file: &impl Fn(&PathBuf) -> Result<String, String>,
) {
    let place = format!("file {path}");
    let table = read_file(&PathBuf::from(path))
        .and_then(|text| text.parse::<toml::Table>().map_err(|error| error.to_string()));
    match table {
        Err(reason) => problems.push(ConfigProblem { place, reason }),
        Ok(table) => {
            for (key, value) in table {
                let text = match value {
                    toml::Value::String(text) => text,
                    other => other.to_string(),
                };
                merge(given, problems, &key, &text, format!("{place}, key {key}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_file(_path: &PathBuf) -> Result<String, String> {
        Err("no such file".to_owned())
    }

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn nothing_given_means_a_local_sqlite_file_and_a_loopback_address() {
        let config = Config::from_sources(&BTreeMap::new(), &BTreeMap::new(), no_file).unwrap();
        assert_eq!(config.database, DatabaseUrl("sqlite:safeground.sqlite".to_owned()));
        assert!(config.listen.ip().is_loopback());
    }

    #[test]
    fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
        let read = |_: &PathBuf| Ok("listen = \"127.0.0.1:1\"\nlog = \"warn\"\nworkers = 3".into());
        let flags =
            BTreeMap::from([("config", "a.toml".to_owned()), ("listen", "127.0.0.1:3".to_owned())]);
        let environment =
            environment(&[("SAFEGROUND_LISTEN", "127.0.0.1:2"), ("SAFEGROUND_LOG", "debug")]);
        let config = Config::from_sources(&flags, &environment, read).unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.log, "debug");
        assert_eq!(config.workers, Some(3));
    }

    #[test]
    fn all_problems_are_reported_at_once_with_their_places() {
        let environment = environment(&[
            ("SAFEGROUND_LISTEN", "everywhere"),
            ("SAFEGROUND_UPLOAD_BYTES_MAX", "-1"),
            ("SAFEGROUND_LISTEM", "127.0.0.1:1"),
            ("SAFEGROUND_CONFIG", "missing.toml"),
            ("SAFEGROUND_DATABASE", "mysql://somewhere"),
        ]);
        let error = Config::from_sources(&BTreeMap::new(), &environment, no_file).unwrap_err();
        let places: Vec<&str> = error.0.iter().map(|problem| problem.place.as_str()).collect();
        assert_eq!(
            places,
            [
                "file missing.toml",
                "environment SAFEGROUND_LISTEM",
                "environment SAFEGROUND_DATABASE",
                "environment SAFEGROUND_LISTEN",
                "environment SAFEGROUND_UPLOAD_BYTES_MAX",
            ]
        );
    }

    #[test]
    fn a_password_in_the_database_url_is_never_printed() {
        let url = DatabaseUrl("postgres://someone:secret@example.org/db".to_owned());
        assert_eq!(format!("{url:?}"), "postgres:***");
    }
}
