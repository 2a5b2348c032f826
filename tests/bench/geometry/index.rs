//! Questions to the index over very many polygons, and its size.

use std::sync::Arc;
use std::time::{Duration, Instant};

use geometry::{Bbox, HazardPolygon, LonLat, PolygonIndex, Route};
use geos::{CoordSeq, Geom, Geometry, STRtree, SpatialIndex};

use crate::Outcome;
use crate::land::{self, Ring};
use crate::table::{head, median, row, say, shown, timed};

const ROUNDS: usize = 5;
const POSITIONS: usize = 10_000;

/// Asks everything of an index of so many polygons.
pub fn answers(count: usize) -> Outcome<()> {
    let (rings, positions) = land::stars_in_degrees(count, POSITIONS);
    let coordinates = rings.iter().map(|ring| ring.len() * 16).sum::<usize>() as f64;
    let at: Vec<LonLat> =
        positions.iter().map(|[lon, lat]| Ok(LonLat::new(*lon, *lat)?)).collect::<Outcome<_>>()?;
    head(&format!("index of {count} polygons"), "here", "GEOS STRtree")?;
    let before = resident_bytes()?;
    let polygons: Vec<Arc<HazardPolygon>> =
        rings.iter().map(|ring| Ok(Arc::new(land::to_polygon(ring)?))).collect::<Outcome<_>>()?;
    let with_polygons = resident_bytes()?;
    let (load, index) =
        timed(|| Ok(PolygonIndex::bulk_load((0_u64..).zip(polygons.iter().cloned()).collect())))?;
    let with_index = resident_bytes()?;
    let n = count as f64;
    say(&format!(
        "  loaded in {}; the index takes {:.1} bytes a polygon; the polygons it shares with their \
         owner take {:.1} more than their coordinates",
        shown(load),
        (with_index - with_polygons) / n,
        (with_polygons - before - coordinates) / n,
    ))?;
    covering(&index, &at, &rings, &positions)?;
    others(&index, &at)?;
    changes(index, &polygons)
}

fn covering(
    index: &PolygonIndex<u64>,
    at: &[LonLat],
    rings: &[Ring],
    positions: &[[f64; 2]],
) -> Outcome<()> {
    let peers: Vec<Geometry> = rings.iter().map(land::to_geos).collect::<Outcome<_>>()?;
    let mut tree = STRtree::with_capacity(10)?;
    for (peer, number) in peers.iter().zip(0_usize..) {
        tree.insert(peer, number);
    }
    let points: Vec<Geometry> = positions
        .iter()
        .map(|p| Ok(Geometry::create_point(CoordSeq::new_from_vec(&[*p])?)?))
        .collect::<Outcome<_>>()?;
    let asked_of_peer = |point: &Geometry| {
        let mut found = Vec::new();
        tree.query(point, |number| {
            if peers[*number].covers(point).unwrap_or(false) {
                found.push(*number as u64);
            }
        });
        found.sort_unstable();
        found
    };
    // It builds its tree when it is first asked.
    asked_of_peer(&points[0]);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (time, here) =
            timed(|| Ok(at.iter().map(|at| index.covering(*at)).collect::<Vec<_>>()))?;
        ours.push(time / at.len() as u32);
        let (time, there) = timed(|| Ok(points.iter().map(asked_of_peer).collect::<Vec<_>>()))?;
        theirs.push(time / at.len() as u32);
        if here != there {
            return Err("the index and GEOS answer differently".into());
        }
    }
    row("polygons that cover a position", median(&mut ours), Some(median(&mut theirs)))
}

fn others(index: &PolygonIndex<u64>, at: &[LonLat]) -> Outcome<()> {
    let measured = |what: &str, ask: &dyn Fn(LonLat) -> Outcome<usize>| -> Outcome<()> {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..ROUNDS {
            let (time, count) = timed(|| at.iter().map(|at| ask(*at)).sum::<Outcome<usize>>())?;
            found = count;
            times.push(time / at.len() as u32);
        }
        let each = found as f64 / at.len() as f64;
        row(&format!("{what} ({each:.1} found)"), median(&mut times), None)
    };
    measured("the 10 nearest by true distance", &|at| Ok(index.nearest(at, 10).len()))?;
    measured("within 2 km", &|at| Ok(index.within(at, 2_000.0).len()))?;
    measured("in a box of 0.02°", &|at| {
        let bbox = Bbox::new(at.lon(), at.lat(), at.lon() + 0.02, at.lat() + 0.02)?;
        Ok(index.intersecting(&bbox).len())
    })?;
    measured("within 100 m of a road of 10 legs, 11 km", &|at| {
        let stop = |i: u32| {
            let off = f64::from(i) * 0.0075;
            LonLat::new(at.lon() + off, at.lat() + off * f64::from(i % 2))
        };
        let stops: Vec<LonLat> = (0..=10).map(stop).collect::<Result<_, _>>()?;
        Ok(index.along(&Route::new(&stops)?, 100.0).len())
    })
}

/// One polygon replaced after the other, with a snapshot taken after each.
fn changes(mut index: PolygonIndex<u64>, polygons: &[Arc<HazardPolygon>]) -> Outcome<()> {
    const CHANGES: usize = 3_000;
    let mut times = Vec::with_capacity(CHANGES);
    let (whole, ()) = timed(|| {
        for (id, polygon) in (0_u64..).zip(polygons).take(CHANGES) {
            let started = Instant::now();
            let snapshot = index.clone();
            index.remove(id, polygon);
            index.insert(id, Arc::clone(polygon));
            drop(snapshot);
            times.push(started.elapsed());
        }
        Ok(())
    })?;
    let mean = whole / CHANGES as u32;
    let worst = times.iter().max().copied().unwrap_or(Duration::ZERO);
    row("snapshot, remove, insert: median", median(&mut times), None)?;
    say(&format!("  mean {}, longest {} (readers wait for none)", shown(mean), shown(worst)))
}

/// The memory of this process that is in use, as Linux tells it.
fn resident_bytes() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.ok_or("no VmRSS in /proc/self/status")?.parse::<f64>()? * 1024.0)
}
