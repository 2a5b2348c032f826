//! Cutting pairs, and dissolving very many polygons into one.

use std::time::Duration;

use geometry::{GridArea, GridBox, GridShape, OverlayOp, union_all};
use geos::{Geom, Geometry};

use crate::Outcome;
use crate::land::{self, Ring};
use crate::shapely::Shapely;
use crate::table::{difference, head, median, row, say, timed};

const ROUNDS: usize = 5;

const OPERATIONS: [(&str, OverlayOp); 4] = [
    ("intersection", OverlayOp::Intersection),
    ("union", OverlayOp::Union),
    ("difference", OverlayOp::Difference),
    ("symmetric difference", OverlayOp::SymmetricDifference),
];

/// All pairs of polygons that intersect, each operation on each of them.
pub fn pairs(count: usize) -> Outcome<()> {
    let rings = land::stars_in_metres(count, 400_000.0 * (count as f64 / 100_000.0).sqrt());
    let shapes: Vec<GridShape> = rings.iter().map(land::to_shape).collect::<Outcome<_>>()?;
    let peers: Vec<Geometry> = rings.iter().map(land::to_geos).collect::<Outcome<_>>()?;
    let mut pairs = Vec::new();
    for (i, j) in touching(&shapes) {
        if peers[i].intersects(&peers[j])? {
            pairs.push((i, j));
        }
    }
    head(&format!("{} pairs of {count} polygons that intersect", pairs.len()), "here", "GEOS")?;
    for (name, op) in OPERATIONS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (mut ours_m2, mut theirs_m2) = (0.0, 0.0);
        for _ in 0..ROUNDS {
            let (time, area) = timed(|| Ok(ours_on(&shapes, &pairs, op)))?;
            ours.push(time);
            ours_m2 = area;
            let (time, area) = timed(|| theirs_on(&peers, &pairs, op))?;
            theirs.push(time);
            theirs_m2 = area;
        }
        let each = |times: &mut [Duration]| median(times) / pairs.len().max(1) as u32;
        row(&format!("{name}, each pair"), each(&mut ours), Some(each(&mut theirs)))?;
        say(&difference(ours_m2, theirs_m2))?;
    }
    Ok(())
}

fn touching(shapes: &[GridShape]) -> Vec<(usize, usize)> {
    let mut boxes: Vec<(GridBox, usize)> =
        shapes.iter().enumerate().filter_map(|(i, shape)| Some((shape.bbox()?, i))).collect();
    boxes.sort_unstable_by_key(|(bounds, _)| bounds.min.x);
    let mut pairs = Vec::new();
    for (k, (a, i)) in boxes.iter().enumerate() {
        let rest = boxes[k + 1..].iter().take_while(|(b, _)| b.min.x <= a.max.x);
        pairs.extend(rest.filter(|(b, _)| a.intersects(b)).map(|(_, j)| (*i, *j)));
    }
    pairs
}

fn ours_on(shapes: &[GridShape], pairs: &[(usize, usize)], op: OverlayOp) -> f64 {
    let areas = pairs.iter().map(|&(i, j)| geometry::overlay(op, &shapes[i], &shapes[j]).area());
    areas.sum::<GridArea>().m2()
}

fn theirs_on(peers: &[Geometry], pairs: &[(usize, usize)], op: OverlayOp) -> Outcome<f64> {
    let mut area_m2 = 0.0;
    for &(i, j) in pairs {
        let (a, b) = (&peers[i], &peers[j]);
        let made = match op {
            OverlayOp::Intersection => a.intersection(b)?,
            OverlayOp::Union => a.union(b)?,
            OverlayOp::Difference => a.difference(b)?,
            OverlayOp::SymmetricDifference => a.sym_difference(b)?,
        };
        area_m2 += made.area()?;
    }
    Ok(area_m2)
}

/// All polygons joined into one.
pub fn dissolve(count: usize, with_plain_union: bool) -> Outcome<()> {
    let rings = land::stars_in_metres(count, 400_000.0 * (count as f64 / 100_000.0).sqrt());
    let vertices: usize = rings.iter().map(|ring| ring.len() - 1).sum();
    let shapes: Vec<GridShape> = rings.iter().map(land::to_shape).collect::<Outcome<_>>()?;
    let mut shapely = Shapely::start(&rings)?;
    let version =
        shapely.as_ref().map_or("GEOS".to_owned(), |s| format!("GEOS {}", s.geos_version));
    head(&format!("dissolving {count} polygons of {vertices} vertices"), "here", &version)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut ours_m2, mut theirs_m2) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let (time, joined) = timed(|| Ok(union_all(&shapes)))?;
        ours.push(time);
        ours_m2 = joined.area().m2();
        if let Some(shapely) = &mut shapely {
            let (time, area_m2) = shapely.union("disjoint_subset_union_all")?;
            theirs.push(time);
            theirs_m2 = area_m2;
        }
    }
    let ours = median(&mut ours);
    if shapely.is_some() {
        row("disjoint-subset union (shapely)", ours, Some(median(&mut theirs)))?;
        say(&difference(ours_m2, theirs_m2))?;
    } else {
        row("disjoint-subset union: no Python with shapely 2 found", ours, None)?;
    }
    if with_plain_union {
        plain_union(&rings, ours, ours_m2)?;
        if let Some(shapely) = &mut shapely {
            let (time, area_m2) = shapely.union("union_all")?;
            row("plain union (shapely), one run", ours, Some(time))?;
            say(&difference(ours_m2, area_m2))?;
        }
    }
    Ok(())
}

fn plain_union(rings: &[Ring], ours: Duration, ours_m2: f64) -> Outcome<()> {
    let peers = rings.iter().map(land::to_geos).collect::<Outcome<_>>()?;
    let all = Geometry::create_multipolygon(peers)?;
    let (time, area_m2) = timed(|| Ok(all.unary_union()?.area()?))?;
    row("plain union (C interface), one run", ours, Some(time))?;
    say(&difference(ours_m2, area_m2))
}
