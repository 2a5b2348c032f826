//! What keeping a ledger costs and gives: a rebuild, a balance, one approval, the first report.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::figures::{median, percentile};
use crate::product::{Product, Server};
use crate::records::{Records, read_features};
use crate::{Outcome, say, seconds};

/// Approvals of one release each; the slowest of twenty is the 95th percentile of them.
const APPROVALS: usize = 200;

/// Times asked for a balance.
const BALANCES: usize = 25;

/// Cuts the ledger of every programme anew, by the command that does it.
pub fn rebuild(product: &Product, records: &Records) -> Outcome<()> {
    let started = Instant::now();
    for programme in records.programmes() {
        product.rebuild(&programme)?;
    }
    say(&format!("{:<46}{:>14}", "ledger cut anew and stored", seconds(started.elapsed())))
}

/// A balance by region of the first level and year, over HTTP, of each programme.
pub fn balance(server: &Server, records: &Records) -> Outcome<()> {
    for programme in records.programmes() {
        let path = format!("/programmes/{programme}/balance?group_by=region,year&level=1");
        let mut times = Vec::new();
        for _ in 0..BALANCES {
            let started = Instant::now();
            server.get(&path)?;
            times.push(started.elapsed());
        }
        let what = format!("balance by province and year, {programme}");
        say(&format!("{what:<46}{:>14}", seconds(median(&mut times))))?;
    }
    Ok(())
}

/// One release after the other is sent, checked, cut into the ledger and on disk before its answer.
pub fn approvals(product: &Product, server: &Server, records: &Records) -> Outcome<()> {
    for programme in records.programmes() {
        let token = product.token(&programme)?;
        let releases = further_releases(records, &programme)?;
        let mut times = Vec::with_capacity(releases.len());
        for release in &releases {
            let started = Instant::now();
            server.submit(&programme, "land-releases", &token, release)?;
            times.push(started.elapsed());
        }
        let (middle, slow) = (median(&mut times), percentile(&mut times, 95));
        let what = format!("one release approved, {programme}: median, 95 %");
        say(&format!("{what:<46}{:>14}{:>14}", seconds(middle), seconds(slow)))?;
    }
    Ok(())
}

/// How long from the files to the first answer.
pub fn first_report(ours: Duration, theirs: Duration) -> Outcome<()> {
    crate::row("files to first report", ours, theirs)
}

/// Releases of the files, evenly taken, under names that are not recorded yet and on a later day.
fn further_releases(records: &Records, programme: &str) -> Outcome<Vec<String>> {
    let mut releases = Vec::new();
    for file in records.of_collection("land-releases").filter(|file| file.programme == programme) {
        let features = read_features(&file.path)?;
        let step = (features.len() / APPROVALS).max(1);
        for feature in features.iter().step_by(step).take(APPROVALS) {
            let Some(geometry) = &feature.geometry else { continue };
            let mut properties = feature.properties().clone();
            let name = feature.text("local_id").ok_or("a record without local_id")?;
            properties.insert("local_id".to_owned(), json!(format!("{name}-B")));
            properties.insert("released_on".to_owned(), json!("2026-06-01"));
            properties.remove("reported_on");
            let geometry = json!({ "type": "MultiPolygon", "coordinates": geometry.parts() });
            let feature: Value =
                json!({ "type": "Feature", "properties": properties, "geometry": geometry });
            releases.push(feature.to_string());
        }
    }
    Ok(releases)
}
