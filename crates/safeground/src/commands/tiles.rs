//! `tiles`: the map of an area as one file, for phones without a network.

use std::path::PathBuf;

use anyhow::{Context, bail};
use geometry::Bbox;
use store::Store;
use survey::Programme;
use tiles::{LATITUDE_MAX, Tile};
use view::{ProgrammeView, Snapshot, TileQuery};

use crate::archive::{Archive, Description, create, place_of};
use crate::arguments::Tiles;
use crate::commands::say;

/// Tiles in one file; a country down to zoom 14 has some hundred thousand.
const TILES_MAX: usize = 2_000_000;

/// Runs the command.
pub fn run(store: &Store, asked: &Tiles) -> anyhow::Result<()> {
    let view = ProgrammeView::new();
    api::following::follow(store, &asked.programme, &view)?;
    let snapshot = view.snapshot();
    let programme = store.programme(&asked.programme)?.programme;
    for name in &asked.collections {
        if programme.collection(name).is_none() {
            bail!("{} has no collection {name}", programme.code);
        }
    }
    let query = query(asked, &programme);
    let extents = query.collections.iter().filter_map(|one| snapshot.extent(&one.name));
    let extent =
        extents.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    let Some(bounds) = asked.bbox.or(extent) else {
        bail!("{} has no record with a place", asked.programme);
    };
    let [west, south, east, north] = bounds;
    let drawn = |lat: f64| lat.clamp(-LATITUDE_MAX, LATITUDE_MAX);
    let bounds = [west, drawn(south), east, drawn(north)];
    let wanted = Bbox::new(bounds[0], bounds[1], bounds[2], bounds[3])
        .map_err(|defect| anyhow::anyhow!(defect.reason))?;
    let about = Description {
        name: programme.name,
        revision: snapshot.revision(),
        bounds,
        zooms: asked.zoom,
        layers: query.collections.iter().flat_map(|it| api::tilejson::layers(it)).collect(),
    };
    // Under its name stands a whole file or none.
    let part = PathBuf::from(format!("{}.part", asked.out.display()));
    let _ = std::fs::remove_file(&part);
    let archive = create(&part, &asked.out, about)?;
    let count = match write(&snapshot, query, &wanted, asked.zoom, archive) {
        Ok(count) => count,
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            return Err(error);
        }
    };
    std::fs::rename(&part, &asked.out)
        .with_context(|| format!("cannot write {}", asked.out.display()))?;
    let revision = snapshot.revision();
    say(&format!("{}: {count} tiles of revision {revision}", asked.out.display()))
}

fn query(asked: &Tiles, programme: &Programme) -> TileQuery {
    let is_wanted = |name: &str| {
        asked.collections.is_empty() || asked.collections.iter().any(|wanted| wanted == name)
    };
    TileQuery {
        tile: Tile::holding(0, [0.5, 0.5]),
        collections: programme.collections().filter(|one| is_wanted(&one.name)).collect(),
        filters: Vec::new(),
        terms: Vec::new(),
        days: None,
        properties: None,
    }
}

/// Draws zoom by zoom; where a tile shows nothing, none below it does.
fn write(
    snapshot: &Snapshot,
    mut query: TileQuery,
    wanted: &Bbox,
    [least, greatest]: [u8; 2],
    mut archive: Box<dyn Archive>,
) -> anyhow::Result<usize> {
    let mut level = vec![query.tile];
    let mut count = 0;
    for zoom in 0..=greatest {
        let mut next = Vec::new();
        for tile in level {
            query.tile = tile;
            let drawn = snapshot.tile(&query);
            if drawn.bytes.is_empty() {
                continue;
            }
            if zoom >= least {
                count += 1;
                if count > TILES_MAX {
                    bail!("more than {TILES_MAX} tiles; choose a smaller box or a lower zoom");
                }
                archive.add(tile, &drawn.bytes)?;
            }
            next.extend(tile.children().filter(|child| child.bbox().intersects(wanted)));
        }
        next.sort_unstable_by_key(|tile| place_of(*tile));
        level = next;
    }
    archive.finish()?;
    Ok(count)
}
