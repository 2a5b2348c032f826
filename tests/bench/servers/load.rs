//! Requests under load: several connections, each asking one question after the other.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::client::Client;
use crate::figures::{median, percentile};

/// How long a round of one server lasts.
const WINDOW: Duration = Duration::from_secs(2);

/// How long a listing is read in a round. A server that skips what was read before takes the longer
/// for a page the further it is: what is cut off is where it would be slowest.
const READING: Duration = Duration::from_secs(20);

/// Rounds of each server; the servers take turns.
const ROUNDS: usize = 3;

/// What servers did, medians of the rounds.
#[derive(Debug)]
pub struct Measured {
    /// Requests, or items, a second.
    pub per_second: f64,
    /// The time that 99 of 100 requests do not exceed.
    pub p99: Duration,
}

/// Asks each server for its addresses, round after round in turns.
pub fn take_turns(urls: &[Vec<String>], connections: usize) -> Outcome<Vec<Measured>> {
    let mut rounds: Vec<Vec<(f64, Duration)>> = vec![Vec::new(); urls.len()];
    for _ in 0..ROUNDS {
        for (server, of_server) in urls.iter().zip(&mut rounds) {
            of_server.push(press(server, connections)?);
        }
    }
    Ok(rounds.into_iter().map(|rounds| middle(&rounds)).collect())
}

/// Has each server read out page by page by several readers at once, for so long at most; items a
/// second, and the times of pages.
pub fn read_out(firsts: &[String], readers: usize) -> Outcome<Vec<Measured>> {
    let mut rounds: Vec<Vec<(f64, Duration)>> = vec![Vec::new(); firsts.len()];
    for _ in 0..ROUNDS {
        for (first, of_server) in firsts.iter().zip(&mut rounds) {
            of_server.push(pages(first, readers)?);
        }
    }
    Ok(rounds.into_iter().map(|rounds| middle(&rounds)).collect())
}

fn pages(first: &str, readers: usize) -> Outcome<(f64, Duration)> {
    let started = Instant::now();
    let read = together(readers, |_| {
        let client = Client::new();
        let (mut items, mut times, mut next) = (0, Vec::new(), Some(first.to_owned()));
        while let Some(url) = next.filter(|_| started.elapsed() < READING) {
            let asked = Instant::now();
            let (found, following) =
                client.page(&url).map_err(|error| format!("{url}: {error}"))?;
            times.push(asked.elapsed());
            items += found;
            next = following;
        }
        Ok((items, times))
    })?;
    let elapsed = started.elapsed();
    let items: u64 = read.iter().map(|(items, _)| items).sum();
    let mut times: Vec<Duration> = read.into_iter().flat_map(|(_, times)| times).collect();
    Ok((items as f64 / elapsed.as_secs_f64(), percentile(&mut times, 99)))
}

fn middle(rounds: &[(f64, Duration)]) -> Measured {
    let mut rates: Vec<f64> = rounds.iter().map(|it| it.0).collect();
    rates.sort_by(f64::total_cmp);
    let mut times: Vec<Duration> = rounds.iter().map(|it| it.1).collect();
    Measured {
        per_second: rates.get(rates.len() / 2).copied().unwrap_or_default(),
        p99: median(&mut times),
    }
}

fn press(urls: &[String], connections: usize) -> Outcome<(f64, Duration)> {
    let started = Instant::now();
    let mut times: Vec<Duration> = together(connections, |number| {
        let client = Client::new();
        let mut times = Vec::new();
        // Each begins elsewhere, so that connections do not ask for the same at once.
        for url in urls.iter().cycle().skip(number * urls.len() / connections) {
            if started.elapsed() > WINDOW {
                break;
            }
            let asked = Instant::now();
            client.read(url).map_err(|error| format!("{url}: {error}"))?;
            times.push(asked.elapsed());
        }
        Ok(times)
    })?
    .concat();
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    Ok((rate, percentile(&mut times, 99)))
}

/// Runs work on several threads; the first failure is the outcome.
fn together<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, String> + Sync,
) -> Outcome<Vec<T>> {
    let done: Vec<Result<T, String>> = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || work(number))).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_panicked| Err("a client panicked".to_owned()))
        });
        joined.collect()
    });
    Ok(done.into_iter().collect::<Result<_, _>>()?)
}
