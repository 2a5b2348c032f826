//! Times, and the table they are printed in.

use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use crate::Outcome;

/// Writes a line at once.
pub fn say(text: &str) -> Outcome<()> {
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

/// Starts a part of the table.
pub fn head(what: &str, ours: &str, theirs: &str) -> Outcome<()> {
    say(&format!("\n{what:<58}{ours:>13}{theirs:>13}{:>10}", "ratio"))
}

/// Writes a row; the ratio is their time by ours.
pub fn row(what: &str, ours: Duration, theirs: Option<Duration>) -> Outcome<()> {
    let Some(theirs) = theirs else {
        return say(&format!("{what:<58}{:>13}{:>13}{:>10}", shown(ours), "-", "-"));
    };
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    say(&format!("{what:<58}{:>13}{:>13}{ratio:>9.1}×", shown(ours), shown(theirs)))
}

/// A duration in a unit that suits it.
pub fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1e-3 {
        format!("{:.2} µs", seconds * 1e6)
    } else if seconds < 1.0 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

/// Takes the time of a piece of work, and what it made.
///
/// On Linux it is the time that this thread had a processor, so that what else runs on the machine
/// counts less.
pub fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(Duration, T)> {
    let (started, busy_before) = (Instant::now(), busy());
    let made = work()?;
    let elapsed = started.elapsed();
    let busy = busy().zip(busy_before).map(|(after, before)| after.saturating_sub(before));
    Ok((busy.filter(|busy| !busy.is_zero()).unwrap_or(elapsed), made))
}

fn busy() -> Option<Duration> {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    account.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The middle of the times.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Says how far two areas are apart, relative to the second.
pub fn difference(ours_m2: f64, theirs_m2: f64) -> String {
    let relative = (ours_m2 - theirs_m2) / theirs_m2;
    format!("  areas {ours_m2:.3} m² and {theirs_m2:.3} m²: {relative:+.1e}")
}
