//! Checking polygons, small ones by the thousand and single large ones.

use std::time::Duration;

use geometry::HazardPolygon;
use geos::{Geom, Geometry};

use crate::Outcome;
use crate::land::{self, Ring};
use crate::table::{head, median, row, say, shown, timed};

const ROUNDS: usize = 7;

/// Small polygons, and large ones of growing size.
pub fn of_small_and_large(count: usize) -> Outcome<()> {
    head("checking validity", "here", "GEOS")?;
    let (rings, _) = land::stars_in_degrees(count, 0);
    measure(&format!("{count} polygons of 10 to 60 vertices, each"), &rings)?;
    let mut before: Option<Duration> = None;
    for corners in [500, 5_000, 50_000, 199_000] {
        let ours =
            measure(&format!("1 polygon of {corners} vertices"), &[land::large_star(corners)])?;
        if let Some(before) = before.replace(ours) {
            let growth = ours.as_secs_f64() / before.as_secs_f64();
            say(&format!("  {growth:.1} times the one before ({})", shown(before)))?;
        }
    }
    Ok(())
}

fn measure(what: &str, rings: &[Ring]) -> Outcome<Duration> {
    let peers: Vec<Geometry> = rings.iter().map(land::to_geos).collect::<Outcome<_>>()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        // Ours takes what it checks and keeps it.
        let sent: Vec<_> = rings.iter().map(|ring| vec![vec![ring.clone()]]).collect();
        let (time, kept) = timed(|| {
            let checked = sent.into_iter().map(HazardPolygon::new);
            Ok(checked.filter_map(Result::ok).collect::<Vec<_>>())
        })?;
        ours.push(time / rings.len() as u32);
        let (time, valid) = timed(|| {
            let mut valid = 0;
            for peer in &peers {
                valid += usize::from(peer.is_valid()?);
            }
            Ok(valid)
        })?;
        theirs.push(time / rings.len() as u32);
        if (kept.len(), valid) != (rings.len(), rings.len()) {
            return Err(format!(
                "of {} valid polygons {} are kept here and {valid} there",
                rings.len(),
                kept.len()
            )
            .into());
        }
    }
    let ours = median(&mut ours);
    row(what, ours, Some(median(&mut theirs)))?;
    Ok(ours)
}
