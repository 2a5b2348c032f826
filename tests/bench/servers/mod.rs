//! Safeground beside other servers of OGC API – Features and of vector tiles, on the same records.

mod load;
mod peers;
mod scan;
mod subject;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tiles::{Tile, world};

use crate::peer::Peer;
use crate::product::Product;
use crate::records::{Records, Shape, read_features};
use crate::{Outcome, say};
use load::Measured;
use peers::Database;
use subject::Subject;

const TABLE: &str = include_str!("table.sql");
const INDEX: &str = include_str!("index.sql");

/// What is asked of each record; the same of every server.
const PROPERTIES: [&str; 7] =
    ["local_id", "classification", "status", "identified_on", "name", "organisation", "priority"];

/// Width and height of a box, in degrees.
const BOX_DEG: f64 = 0.1;

/// Boxes and tiles that are asked for.
const PLACES: usize = 25;

const ZOOMS: [u8; 3] = [6, 10, 14];
const CONNECTIONS: [usize; 2] = [1, 8];
const COLLECTION: &str = "hazardous-areas";

/// What servers are asked for.
#[derive(Clone, Copy, PartialEq)]
pub enum Asked {
    All,
    Tiles,
}

/// Loads the records, starts every server, and prints what each does.
pub fn run(
    product: &Product,
    peer: &Peer,
    records: &Records,
    folder: &Path,
    asked: Asked,
) -> Outcome<()> {
    let programme = records.programmes().into_iter().next().ok_or("no programme")?;
    product.add_programmes(records)?;
    product.import_all(records)?;
    let server = product.serve()?;
    let corners = fill(peer, records, &programme, folder)?;
    let python = std::env::var_os("BENCH_PYTHON").map(PathBuf::from);
    let workers = std::thread::available_parallelism()?.get();
    let database = Database::read(peer.url()?)?;
    let martin = std::env::var_os("BENCH_MARTIN").map(PathBuf::from).filter(|it| it.is_file());
    let (others, left_out) =
        peers::start_all(&database, folder, python.as_deref(), martin.as_deref(), workers)?;

    let collection = format!("/programmes/{programme}/collections/{COLLECTION}");
    let base = format!("{}{collection}", server.base());
    let told = format!("properties={}", PROPERTIES.join(","));
    let ours = Subject {
        name: product.version()?,
        items: Some(format!("{base}/items?{told}&")),
        tile: Some(format!("{base}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?{told}")),
    };
    let subjects: Vec<&Subject> =
        std::iter::once(&ours).chain(others.iter().map(|it| &it.subject)).collect();
    let under = peer.ask(&["SELECT version()", "SELECT postgis_lib_version()"])?;
    let under: Vec<&str> = under.split_whitespace().collect();
    say(&format!(
        "{} areas of {programme}, {workers} cores and workers; the others over PostgreSQL {}, PostGIS {}",
        corners.len(),
        under.get(1).unwrap_or(&"?"),
        under.last().unwrap_or(&"?"),
    ))?;
    for reason in left_out {
        say(&format!("left out: {reason}"))?;
    }
    if asked == Asked::Tiles {
        return tiles_of(&subjects, &corners);
    }
    boxes(&subjects, &corners)?;
    paging(&subjects)?;
    tiles_of(&subjects, &corners)?;
    drop(others);
    scan::filters(&server, &format!("{collection}/items"), corners.len() as u64)?;
    scan::exports(&server, &format!("{collection}/items"))
}

/// Gives the areas of a programme to PostGIS; a corner of each.
fn fill(peer: &Peer, records: &Records, programme: &str, folder: &Path) -> Outcome<Vec<[f64; 2]>> {
    let path = folder.join("served.copy");
    let mut out = BufWriter::new(File::create(&path)?);
    let mut corners = Vec::new();
    for file in records.of_collection(COLLECTION).filter(|it| it.programme == programme) {
        for feature in read_features(&file.path)? {
            let Some(shape) = &feature.geometry else { continue };
            let Some(geometry) = shape.to_ewkb_hex() else { continue };
            corners.extend(first_corner(shape));
            write!(out, "{}", corners.len())?;
            for property in PROPERTIES {
                write!(out, "\t{}", feature.text(property).unwrap_or("\\N"))?;
            }
            writeln!(out, "\t{geometry}")?;
        }
    }
    out.flush()?;
    let copy = format!("\\copy served from '{}'", path.display());
    peer.ask(&[TABLE, &copy, INDEX])?;
    Ok(corners)
}

fn first_corner(shape: &Shape) -> Option<[f64; 2]> {
    shape.parts().first()?.first()?.first().copied()
}

/// Some of the corners, far from each other in the file.
fn places(corners: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> {
    corners.iter().copied().step_by((corners.len() / PLACES).max(1)).take(PLACES)
}

/// Those that serve items, and not only tiles.
fn serving<'a>(subjects: &[&'a Subject]) -> Vec<&'a Subject> {
    subjects.iter().copied().filter(|subject| subject.items.is_some()).collect()
}

fn boxes(subjects: &[&Subject], corners: &[[f64; 2]]) -> Outcome<()> {
    let half = BOX_DEG / 2.0;
    let questions: Vec<String> = places(corners)
        .map(|[lon, lat]| {
            let (west, south, east, north) = (lon - half, lat - half, lon + half, lat + half);
            format!("limit=1000&bbox={west:.6},{south:.6},{east:.6},{north:.6}")
        })
        .collect();
    let subjects = &serving(subjects);
    let urls: Vec<Vec<String>> = subjects
        .iter()
        .map(|subject| questions.iter().filter_map(|it| subject.items_url(it)).collect())
        .collect();
    let mut found = Vec::new();
    for subject in subjects {
        let counts: Outcome<Vec<u64>> = questions.iter().map(|it| subject.found(it)).collect();
        found.push(counts?.iter().sum::<u64>().to_string());
    }
    for connections in CONNECTIONS {
        let measured = load::take_turns(&urls, connections)?;
        let what = format!("items in a box of {BOX_DEG}°, {connections} connection(s): requests");
        table(&what, subjects, &measured)?;
    }
    say(&format!("  items in the {} boxes: {}", questions.len(), found.join(", ")))
}

fn paging(subjects: &[&Subject]) -> Outcome<()> {
    let subjects = &serving(subjects);
    let firsts: Vec<String> = subjects.iter().filter_map(|it| it.items_url("limit=1000")).collect();
    for readers in CONNECTIONS {
        let measured = load::read_out(&firsts, readers)?;
        let what = format!("all items by pages of 1,000, {readers} reader(s): items");
        table(&what, subjects, &measured)?;
    }
    Ok(())
}

fn tiles_of(subjects: &[&Subject], corners: &[[f64; 2]]) -> Outcome<()> {
    let drawing: Vec<&Subject> = subjects.iter().copied().filter(|it| it.tile.is_some()).collect();
    for zoom in ZOOMS {
        let tiles: BTreeSet<Tile> =
            places(corners).map(|place| Tile::holding(zoom, world(place))).collect();
        let urls: Vec<Vec<String>> = drawing
            .iter()
            .map(|subject| tiles.iter().filter_map(|it| subject.tile_url(*it)).collect())
            .collect();
        for connections in CONNECTIONS {
            let measured = load::take_turns(&urls, connections)?;
            let what = format!(
                "{} tile(s) of zoom {zoom}, {connections} connection(s): tiles",
                tiles.len()
            );
            table(&what, &drawing, &measured)?;
        }
    }
    Ok(())
}

/// Prints what each did, and its rate by that of the fastest.
fn table(what: &str, subjects: &[&Subject], measured: &[Measured]) -> Outcome<()> {
    let fastest = measured.iter().map(|it| it.per_second).fold(0.0, f64::max);
    say(&format!("\n{what} a second"))?;
    for (subject, of_it) in subjects.iter().zip(measured) {
        let milliseconds = of_it.p99.as_secs_f64() * 1e3;
        say(&format!(
            "  {:<24}{:>12.1}/s           p99 {milliseconds:>10.1} ms{:>10.3}",
            subject.name,
            of_it.per_second,
            of_it.per_second / fastest,
        ))?;
    }
    Ok(())
}
