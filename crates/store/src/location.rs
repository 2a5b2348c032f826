//! Where the database is, and whether it may be spoken to.
//!
//! A PostgreSQL server on another machine is spoken to over TLS or not at all: libpq without
//! TLS compiled in connects in plain text when `sslmode` is `prefer`, without a word.

use std::net::IpAddr;
use std::path::PathBuf;

/// A database this program can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A libpq connection URI, allowed by [`Location::parse`].
    Postgres(String),
}

/// Why a database URL was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("a database URL begins with sqlite: or postgres://, this one with \"{0}\"")]
    UnknownScheme(String),
    /// The database named is not compiled into this build.
    #[error("this build cannot speak to {0}")]
    NotCompiledIn(&'static str),
    /// The URL cannot be read.
    #[error("the database URL cannot be read: {0}")]
    Malformed(&'static str),
    /// The server is on another machine and TLS is not compiled in.
    #[error("\"{0}\" is another machine, and this build has no TLS to reach it over")]
    NoTls(String),
    /// The server is on another machine and `sslmode` does not insist on TLS.
    #[error(
        "\"{0}\" is another machine; add sslmode=verify-full (or verify-ca, require) to the URL"
    )]
    TlsNotRequired(String),
}

/// Looks up an environment variable; libpq takes defaults from there.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Location {
    /// Reads a database URL: `sqlite:PATH` or a libpq URI `postgres://…`.
    ///
    /// `environment` answers for `PGHOST`, `PGHOSTADDR`, `PGSSLMODE` and `PGSERVICE`, which
    /// libpq would use behind our back where the URL is silent.
    ///
    /// # Errors
    /// [`LocationError`], when the URL cannot be read, names a database not compiled in, or
    /// names another machine without requiring TLS.
    pub fn parse(url: &str, environment: Environment<'_>) -> Result<Self, LocationError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            if !cfg!(feature = "sqlite") {
                return Err(LocationError::NotCompiledIn("SQLite"));
            }
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('\0') {
                return Err(LocationError::Malformed("it names no file"));
            }
            if path == ":memory:" {
                return Err(LocationError::Malformed(
                    "records kept in memory only would be lost; name a file",
                ));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if !cfg!(feature = "postgres") {
                return Err(LocationError::NotCompiledIn("PostgreSQL"));
            }
            check_transport(url, cfg!(feature = "tls"), environment)?;
            return Ok(Self::Postgres(url.to_owned()));
        }
        let scheme = url.split(':').next().unwrap_or_default();
        Err(LocationError::UnknownScheme(scheme.chars().take(20).collect()))
    }
}

/// Decides whether a connection may be made: to this machine always, to another one only over
/// TLS that cannot be argued away.
///
/// # Errors
/// [`LocationError::NoTls`] and [`LocationError::TlsNotRequired`] name the first host that is
/// not this machine; [`LocationError::Malformed`] when it cannot be told.
pub fn check_transport(
    url: &str,
    tls: bool,
    environment: Environment<'_>,
) -> Result<(), LocationError> {
    let target = Target::read(url, environment)?;
    let Some(remote) = target.hosts.iter().find(|host| !is_this_machine(host)) else {
        return Ok(());
    };
    if !tls {
        return Err(LocationError::NoTls(remote.clone()));
    }
    match target.sslmode.as_deref() {
        Some("require" | "verify-ca" | "verify-full") => Ok(()),
        _ => Err(LocationError::TlsNotRequired(remote.clone())),
    }
}

struct Target {
    hosts: Vec<String>,
    sslmode: Option<String>,
}

impl Target {
    fn read(url: &str, environment: Environment<'_>) -> Result<Self, LocationError> {
        let rest = url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        if rest.contains('#') {
            return Err(LocationError::Malformed("a # has no place in it; write %23"));
        }
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = before_query.split('/').next().unwrap_or_default();
        // A password may hold an @; hosts may not.
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
        let (mut host, mut hostaddr, mut sslmode) = (None, None, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match decoded(key)?.as_str() {
                "host" => &mut host,
                "hostaddr" => &mut hostaddr,
                "sslmode" => &mut sslmode,
                "service" | "servicefile" => {
                    return Err(LocationError::Malformed(
                        "a service file may lead anywhere; name the host",
                    ));
                }
                _ => continue,
            };
            if slot.replace(decoded(value)?).is_some() {
                return Err(LocationError::Malformed("a parameter is given twice"));
            }
        }
        if environment("PGSERVICE").is_some() {
            return Err(LocationError::Malformed("PGSERVICE is set and may lead anywhere"));
        }
        let named = match host.or_else(|| environment("PGHOST").filter(|_| hosts.is_empty())) {
            Some(list) => list.split(',').map(str::to_owned).collect(),
            None => authority_hosts(hosts)?,
        };
        let addresses = hostaddr.or_else(|| environment("PGHOSTADDR"));
        // An address, where given, is what libpq connects to; the name is then only checked
        // against the certificate.
        let hosts = match addresses.filter(|list| !list.is_empty()) {
            Some(list) => list.split(',').map(str::to_owned).collect(),
            None => named,
        };
        Ok(Self { hosts, sslmode: sslmode.or_else(|| environment("PGSSLMODE")) })
    }
}

fn authority_hosts(authority: &str) -> Result<Vec<String>, LocationError> {
    authority
        .split(',')
        .map(|host| {
            let name = match host.strip_prefix('[') {
                Some(address) => {
                    address
                        .split_once(']')
                        .ok_or(LocationError::Malformed("an IPv6 address lacks its ]"))?
                        .0
                }
                None => host.rsplit_once(':').map_or(host, |(name, _port)| name),
            };
            decoded(name)
        })
        .collect()
}

/// An empty host is libpq's own socket directory; `/…` a socket directory, `@…` an abstract
/// socket.
fn is_this_machine(host: &str) -> bool {
    if host.is_empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" {
        return true;
    }
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn decoded(text: &str) -> Result<String, LocationError> {
    const MALFORMED: LocationError =
        LocationError::Malformed("a percent sign is not followed by two hex digits");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()];
        let [Some(high), Some(low)] = digits.map(|digit| digit.and_then(hex_digit)) else {
            return Err(MALFORMED);
        };
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes)
        .map_err(|_not_utf8| LocationError::Malformed("it is not UTF-8"))
        .and_then(|text| {
            if text.contains('\0') {
                Err(LocationError::Malformed("it holds a NUL character"))
            } else {
                Ok(text)
            }
        })
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_environment(_name: &str) -> Option<String> {
        None
    }

    fn verdict(url: &str, tls: bool) -> &'static str {
        match check_transport(url, tls, &no_environment) {
            Ok(()) => "allowed",
            Err(LocationError::NoTls(_)) => "no TLS",
            Err(LocationError::TlsNotRequired(_)) => "TLS not required",
            Err(LocationError::Malformed(_)) => "malformed",
            Err(other) => panic!("{url}: {other}"),
        }
    }

    #[test]
    fn only_this_machine_is_reached_without_tls() {
        let table = [
            ("postgres:///db", "allowed", "allowed"),
            ("postgres://user:pw@/db", "allowed", "allowed"),
            ("postgres://localhost/db", "allowed", "allowed"),
            ("postgres://u:p%40ss@localhost:5432/db", "allowed", "allowed"),
            ("postgres://u:p@ss@localhost:5432/db", "allowed", "allowed"),
            ("postgres://127.0.0.1:5432/db", "allowed", "allowed"),
            ("postgres://127.9.9.9/db", "allowed", "allowed"),
            ("postgres://[::1]:5432/db", "allowed", "allowed"),
            ("postgres://%2Frun%2Fsocket:5432/db", "allowed", "allowed"),
            ("postgres:///db?host=/run/socket", "allowed", "allowed"),
            ("postgres:///db?host=%2Frun%2Fsocket&port=5", "allowed", "allowed"),
            ("postgres:///db?host=@abstract", "allowed", "allowed"),
            ("postgres://localhost,127.0.0.1:5,[::1]:6/db", "allowed", "allowed"),
            ("postgres://localhost.example.org/db", "no TLS", "TLS not required"),
            ("postgres://database.example.org/db", "no TLS", "TLS not required"),
            ("postgres://localhost,database/db", "no TLS", "TLS not required"),
            ("postgres://localhost@database/db", "no TLS", "TLS not required"),
            ("postgres://10.0.0.7/db", "no TLS", "TLS not required"),
            ("postgres://0.0.0.0/db", "no TLS", "TLS not required"),
            ("postgres://[fe80::1]/db", "no TLS", "TLS not required"),
            ("postgres://[::ffff:10.0.0.7]/db", "no TLS", "TLS not required"),
            ("postgres://localhost/db?host=database", "no TLS", "TLS not required"),
            ("postgres://localhost/db?hostaddr=10.0.0.7", "no TLS", "TLS not required"),
            ("postgres://database/db?hostaddr=127.0.0.1", "allowed", "allowed"),
            ("postgres://database/db?sslmode=prefer", "no TLS", "TLS not required"),
            ("postgres://database/db?sslmode=disable", "no TLS", "TLS not required"),
            ("postgres://database/db?sslmode=require", "no TLS", "allowed"),
            ("postgres://database/db?sslmode=verify-ca", "no TLS", "allowed"),
            ("postgres://database/db?sslmode=verify-full", "no TLS", "allowed"),
            ("postgres://database/db?sslmode=require&sslmode=disable", "malformed", "malformed"),
            ("postgres://localhost/db?%68ost=database", "no TLS", "TLS not required"),
            ("postgres://localhost/db?service=far", "malformed", "malformed"),
            ("postgres://localhost#@database/db", "malformed", "malformed"),
            ("postgres://[::1/db", "malformed", "malformed"),
            ("postgres://%zz/db", "malformed", "malformed"),
            ("postgres://local%00host/db", "malformed", "malformed"),
        ];
        for (url, without, with) in table {
            assert_eq!(verdict(url, false), without, "{url} without TLS compiled in");
            assert_eq!(verdict(url, true), with, "{url} with TLS compiled in");
        }
    }

    #[test]
    fn the_environment_counts_where_the_url_is_silent() {
        let far_host = |name: &str| (name == "PGHOST").then(|| "database".to_owned());
        assert!(check_transport("postgres:///db", false, &far_host).is_err());
        assert!(check_transport("postgres://localhost/db", false, &far_host).is_ok());
        let far_address = |name: &str| (name == "PGHOSTADDR").then(|| "10.0.0.7".to_owned());
        assert!(check_transport("postgres://localhost/db", false, &far_address).is_err());
        let mode = |name: &str| (name == "PGSSLMODE").then(|| "verify-full".to_owned());
        assert!(check_transport("postgres://database/db", true, &mode).is_ok());
        let service = |name: &str| (name == "PGSERVICE").then(|| "far".to_owned());
        assert!(check_transport("postgres://localhost/db", true, &service).is_err());
    }

    #[test]
    fn other_urls_are_refused_with_a_reason() {
        let parse = |url| Location::parse(url, &no_environment);
        assert_eq!(parse("mysql://x"), Err(LocationError::UnknownScheme("mysql".into())));
        assert_eq!(parse("sqlite:"), Err(LocationError::Malformed("it names no file")));
        assert!(parse("sqlite::memory:").is_err());
        assert_eq!(parse("sqlite:var/db"), Ok(Location::Sqlite("var/db".into())));
        assert_eq!(parse("sqlite:///var/db"), Ok(Location::Sqlite("/var/db".into())));
    }
}
