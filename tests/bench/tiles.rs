//! Vector tiles beside `ST_AsMVT`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use tiles::{Tile, world};

use crate::figures::median;
use crate::peer::Peer;
use crate::product::Server;
use crate::records::{Records, each_feature};
use crate::{Outcome, row, say};

/// Zooms of a village, of a district and of a country.
const ZOOMS: [u8; 3] = [14, 10, 6];

/// Tiles asked for at each zoom.
const PLACES: usize = 25;

/// Times each is asked for; nobody keeps a tile.
const TIMES: usize = 3;

/// What the peer's tiles tell of an area: as much as ours, or next to nothing.
const ALL: &str = "local_id, properties";
const LITTLE: &str = "local_id, identified_on";

/// Tiles of hazardous areas over HTTP, read to the end, beside the same tiles made inside the peer:
/// all areas, with all attributes and with two, and without those under two pixels.
pub fn tiles(server: &Server, peer: &Peer, records: &Records, folder: &Path) -> Outcome<()> {
    peer.prepare_map(records, folder)?;
    let Some(programme) = records.programmes().into_iter().next() else { return Ok(()) };
    let places = places(records, &programme)?;
    let started = Instant::now();
    server.bytes(&path(&programme, Tile::holding(0, [0.5, 0.5])))?;
    say(&format!("{:<46}{:>12} ms", "first tile of a picture", started.elapsed().as_millis()))?;
    for zoom in ZOOMS {
        let chosen: BTreeSet<Tile> =
            places.iter().map(|place| Tile::holding(zoom, world(*place))).collect();
        let (mut ours, mut largest) = (vec![], 0);
        let (mut plain, mut little, mut dropping) = (vec![], vec![], vec![]);
        for tile in chosen.into_iter().take(PLACES) {
            for _ in 0..TIMES {
                let started = Instant::now();
                largest = largest.max(server.bytes(&path(&programme, tile))?);
                ours.push(started.elapsed());
                plain.push(inside(peer, &programme, tile, ALL, 0.0)?);
                little.push(inside(peer, &programme, tile, LITTLE, 0.0)?);
                dropping.push(inside(peer, &programme, tile, ALL, 2.0)?);
            }
        }
        let ours = median(&mut ours);
        row(&format!("tile of zoom {zoom}: ST_AsMVT of all"), ours, median(&mut plain))?;
        row(&format!("tile of zoom {zoom}: with two attributes"), ours, median(&mut little))?;
        row(&format!("tile of zoom {zoom}: without what is small"), ours, median(&mut dropping))?;
        say(&format!("{:<46}{:>12} kB", "  the largest", largest / 1_000))?;
    }
    Ok(())
}

/// Corners of hazardous areas, far from each other in the file.
fn places(records: &Records, programme: &str) -> Outcome<Vec<[f64; 2]>> {
    let mut corners = Vec::new();
    for file in records.of_collection("hazardous-areas").filter(|it| it.programme == programme) {
        each_feature(&file.path, &mut |feature| {
            let first = feature.geometry.as_ref().and_then(|shape| shape.parts().first());
            corners.extend(first.and_then(|rings| rings.first()?.first().copied()));
            Ok(())
        })?;
    }
    let step = (corners.len() / (4 * PLACES)).max(1);
    Ok(corners.into_iter().step_by(step).collect())
}

fn path(programme: &str, tile: Tile) -> String {
    let place = format!("{}/{}/{}", tile.zoom(), tile.row(), tile.column());
    format!("/programmes/{programme}/collections/hazardous-areas/tiles/WebMercatorQuad/{place}")
}

/// What a tile takes inside the peer: neither planning nor the way to the client is counted.
fn inside(peer: &Peer, programme: &str, tile: Tile, told: &str, pixels: f64) -> Outcome<Duration> {
    let place = format!("{}, {}, {}", tile.zoom(), tile.column(), tile.row());
    let pixel_m = 2.0 * 20_037_508.342_789 / 256.0 / f64::from(1_u32 << tile.zoom());
    let least_m = pixels * pixel_m;
    let query = format!(
        "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY) SELECT ST_AsMVT(drawn, 'hazardous-areas') FROM (
            SELECT {told},
                ST_AsMVTGeom(geom, ST_TileEnvelope({place}), 4096, 64, true) AS geom
            FROM hazard_map
            WHERE programme = '{programme}'
                AND geom && ST_TileEnvelope({place}, margin => 64.0 / 4096)
                AND greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) >= {least_m}
        ) AS drawn"
    );
    let answer = peer.ask(&["SET jit = off", &query])?;
    let line = answer.lines().find_map(|line| line.trim().strip_prefix("Execution Time: "));
    let milliseconds: f64 =
        line.and_then(|line| line.strip_suffix(" ms")).ok_or("no execution time")?.parse()?;
    Ok(Duration::from_secs_f64(milliseconds / 1e3))
}
