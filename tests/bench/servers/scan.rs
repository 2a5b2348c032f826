//! Filters that look at every record, and whole collections sent as files.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::figures::median;
use crate::product::Server;
use crate::{Outcome, say};

/// Times each question is asked.
const TIMES: usize = 15;

/// How much of a file is read at a time, in bytes.
const PIECE_BYTES: usize = 1 << 16;

/// Filters that match few or none: what they cost is the looking.
const FILTERS: &[(&str, &str)] = &[
    ("a number", "reported_area_m2 > 1e12"),
    ("a text", "name = 'nowhere'"),
    ("a text, without case", "CASEI(name) LIKE casei('nowhere%')"),
    ("two of them", "priority = 'none' AND accuracy_m > 1e6"),
];

const FORMATS: &[&str] = &["geojsonseq", "csv"];

/// Records a second that filters look at, by the time over that of an unfiltered page.
pub fn filters(server: &Server, items: &str, records: u64) -> Outcome<()> {
    let client = Client::new();
    let ask = |question: &str| -> Outcome<Duration> {
        let url = format!("{}{items}?limit=1&skipGeometry=true{question}", server.base());
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let asked = Instant::now();
            client.get(&url)?;
            times.push(asked.elapsed());
        }
        Ok(median(&mut times))
    };
    ask("")?;
    let plain = ask("")?;
    say(&format!("\nfilters over {records} records, beyond an unfiltered page ({plain:.1?})"))?;
    for (what, filter) in FILTERS {
        let filter = filter.replace('%', "%25").replace(' ', "%20").replace('>', "%3E");
        let looking = ask(&format!("&filter={filter}"))?.saturating_sub(plain);
        let rate = records as f64 / looking.as_secs_f64().max(1e-9) / 1e6;
        say(&format!("  {what:<30}{:>12}{rate:>12.1} million/s", format!("{looking:.1?}")))?;
    }
    Ok(())
}

/// Whole collections as files: first byte, rate, and what the server grows by meanwhile.
pub fn exports(server: &Server, items: &str) -> Outcome<()> {
    say("\nwhole collections as files")?;
    for format in FORMATS {
        let before = server.resident_bytes()?;
        let started = Instant::now();
        let answer = ureq::get(format!("{}{items}?f={format}", server.base())).call()?;
        let mut body = answer.into_body().into_reader();
        let mut piece = vec![0; PIECE_BYTES];
        let (mut bytes, mut first, mut most) = (0_u64, None, before);
        loop {
            let read = body.read(&mut piece)?;
            if read == 0 {
                break;
            }
            first.get_or_insert_with(|| started.elapsed());
            bytes += read as u64;
            most = most.max(server.resident_bytes()?);
        }
        let took = started.elapsed();
        let megabytes = bytes as f64 / 1e6;
        say(&format!(
            "  {format:<12} first byte {:.1?}, {megabytes:.1} MB in {took:.2?} ({:.0} MB/s), resident \
             {} MB, at most {:+.1} MB",
            first.unwrap_or_default(),
            megabytes / took.as_secs_f64(),
            before / 1_000_000,
            (most - before) as f64 / 1e6,
        ))?;
    }
    Ok(())
}
