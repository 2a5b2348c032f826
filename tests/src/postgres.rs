//! PostgreSQL for tests: a database of its own for each, on the throw-away server of `make test`.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names the server where databases may be made; `skip` leaves PostgreSQL out on purpose.
pub const VARIABLE: &str = "SAFEGROUND_TEST_POSTGRES";

/// A new, empty database, or `None` where PostgreSQL is left out on purpose.
///
/// # Panics
/// When no server is named: a test that silently tests nothing is worse than none.
#[expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test fails by panicking, and is told its server so"
)]
#[must_use]
pub fn new_database() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("set {VARIABLE} to a server's URL, or run `make test`"));
    if server == "skip" {
        return None;
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("product_{}_{number}", std::process::id());
    let statement = format!("CREATE DATABASE {name}");
    let made = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--dbname", &server, "--command", &statement])
        .status()
        .expect("psql runs");
    assert!(made.success(), "the database {name} must be made");
    let (before, _database) = server.rsplit_once('/').expect("a URL names a database");
    Some(format!("{before}/{name}"))
}
