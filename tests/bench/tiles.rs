//! Vector tiles beside `ST_AsMVT`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use tiles::{Tile, world};

use crate::figures::median;
use crate::peer::{Peer, Session};
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

/// Tiles of hazardous areas beside the same tiles of the peer: all areas, with all attributes and with
/// two, and without those under two pixels. Like is held against like: what drawing takes inside
/// either, and what a client of either waits for over a connection that is open.
pub fn tiles(server: &Server, peer: &Peer, records: &Records, folder: &Path) -> Outcome<()> {
    peer.prepare_map(records, folder)?;
    let Some(programme) = records.programmes().into_iter().next() else { return Ok(()) };
    let places = places(records, &programme)?;
    let started = Instant::now();
    server.bytes(&path(&programme, Tile::holding(0, [0.5, 0.5])))?;
    say(&format!("{:<46}{:>12} ms", "first tile of a picture", started.elapsed().as_millis()))?;
    let mut session = peer.connect()?;
    for zoom in ZOOMS {
        let chosen: BTreeSet<Tile> =
            places.iter().map(|place| Tile::holding(zoom, world(*place))).collect();
        let (mut ours, mut largest) = (Times::default(), 0);
        let (mut plain, mut little, mut dropping) =
            (Times::default(), Times::default(), Times::default());
        for tile in chosen.into_iter().take(PLACES) {
            for _ in 0..TIMES {
                largest = largest.max(ours.ask(server, &path(&programme, tile))?);
                plain.take(&mut session, &drawing(&programme, tile, ALL, 0.0))?;
                little.take(&mut session, &drawing(&programme, tile, LITTLE, 0.0))?;
                dropping.take(&mut session, &drawing(&programme, tile, ALL, 2.0))?;
            }
        }
        let others = [
            ("ST_AsMVT of all", plain),
            ("with two attributes", little),
            ("without what is small", dropping),
        ];
        let (waited, inside) = (median(&mut ours.waited), median(&mut ours.inside));
        for (what, mut theirs) in others {
            row(&format!("zoom {zoom}, drawn: {what}"), inside, median(&mut theirs.inside))?;
            row(&format!("zoom {zoom}, received: {what}"), waited, median(&mut theirs.waited))?;
        }
        say(&format!("{:<46}{:>12} kB", "  the largest", largest / 1_000))?;
    }
    Ok(())
}

/// How long tiles took: to be drawn inside the server, and for the client that waits for them.
#[derive(Default)]
struct Times {
    inside: Vec<Duration>,
    waited: Vec<Duration>,
}

impl Times {
    /// Asks ours for a tile, once for each as the peer is asked; the bytes of the tile.
    fn ask(&mut self, server: &Server, path: &str) -> Outcome<usize> {
        self.inside.push(server.bytes_timed(path)?.1);
        let started = Instant::now();
        let bytes = server.bytes(path)?;
        self.waited.push(started.elapsed());
        Ok(bytes)
    }

    /// Asks the peer for a tile, once for each.
    fn take(&mut self, session: &mut Session, query: &str) -> Outcome<()> {
        self.inside.push(session.run_inside(query)?);
        self.waited.push(session.wait_for(query)?);
        Ok(())
    }
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

/// The query by which the peer draws a tile.
fn drawing(programme: &str, tile: Tile, told: &str, pixels: f64) -> String {
    let place = format!("{}, {}, {}", tile.zoom(), tile.column(), tile.row());
    let pixel_m = 2.0 * 20_037_508.342_789 / 256.0 / f64::from(1_u32 << tile.zoom());
    let least_m = pixels * pixel_m;
    format!(
        "SELECT ST_AsMVT(drawn, 'hazardous-areas') FROM (
            SELECT {told},
                ST_AsMVTGeom(geom, ST_TileEnvelope({place}), 4096, 64, true) AS geom
            FROM hazard_map
            WHERE programme = '{programme}'
                AND geom && ST_TileEnvelope({place}, margin => 64.0 / 4096)
                AND greatest(ST_XMax(geom) - ST_XMin(geom), ST_YMax(geom) - ST_YMin(geom)) >= {least_m}
        ) AS drawn"
    )
}
