//! The index against looking at every polygon.

use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::thread;

use geometry::suspicion::LikenessLimits;
use geometry::{Bbox, HazardPolygon, LonLat, PolygonIndex, Route};
use proptest::prelude::*;

use crate::shapes::{any_area, any_position, at, for_all, polygon, rectangle};

type Polygons = Vec<(u32, Arc<HazardPolygon>)>;

fn many() -> impl Strategy<Value = Polygons> {
    let caps = prop_oneof![
        (-170.0..170.0, 85.0..89.9).prop_map(|(lon, lat)| polygon(vec![vec![rectangle(
            lon,
            lat,
            lon + 9.0,
            90.0
        )]])),
        (-170.0..170.0, -89.9..-85.0).prop_map(|(lon, lat)| polygon(vec![vec![rectangle(
            lon,
            -90.0,
            lon + 9.0,
            lat
        )]])),
        Just(polygon(vec![vec![rectangle(170.0, -10.0, 180.0, 10.0)]])),
    ];
    let areas = prop_oneof![9 => any_area(), 1 => caps];
    prop::collection::vec(areas, 0..60).prop_map(|polygons| {
        polygons.into_iter().map(Arc::new).zip(0..).map(|(polygon, id)| (id, polygon)).collect()
    })
}

fn ids(polygons: &Polygons, holds: impl Fn(&HazardPolygon) -> bool) -> Vec<u32> {
    polygons.iter().filter(|(_, polygon)| holds(polygon)).map(|(id, _)| *id).collect()
}

fn by_distance(polygons: &Polygons, position: LonLat) -> Vec<(u32, f64)> {
    let mut all: Vec<_> =
        polygons.iter().map(|(id, polygon)| (*id, polygon.distance_m(position))).collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all
}

fn assert_answers(index: &PolygonIndex<u32>, polygons: &Polygons, position: LonLat, bbox: &Bbox) {
    assert_eq!(index.len(), polygons.len());
    assert_eq!(index.covering(position), ids(polygons, |polygon| polygon.covers(position)));
    assert_eq!(index.intersecting(bbox), ids(polygons, |polygon| polygon.intersects_bbox(bbox)));
    let all = by_distance(polygons, position);
    assert_eq!(index.nearest(position, 7), all[..all.len().min(7)]);
    for metres in [-1.0, 0.0, 5_000.0, 500_000.0, 3e7] {
        let within: Vec<_> = all.iter().copied().filter(|(_, d)| *d <= metres).collect();
        assert_eq!(index.within(position, metres), within);
    }
}

fn any_box() -> impl Strategy<Value = Bbox> {
    let corners = (any_position(), any_position());
    corners.prop_map(|(a, b)| {
        Bbox::new(a.lon(), a.lat().min(b.lat()), b.lon(), a.lat().max(b.lat())).unwrap()
    })
}

#[test]
fn answers_are_those_of_looking_at_every_polygon() {
    let positions = prop_oneof![
        9 => any_position(),
        1 => (-180.0..180.0, prop_oneof![Just(90.0), Just(-90.0)]).prop_map(|(lon, lat)| at(lon, lat)),
    ];
    for_all(250, (many(), positions, any_box()), |(polygons, position, bbox)| {
        let index = PolygonIndex::bulk_load(polygons.clone());
        assert_answers(&index, &polygons, position, &bbox);
        let vertex = polygons.first().and_then(|(_, p)| p.parts().flatten().flatten().next());
        if let Some(&[lon, lat]) = vertex {
            assert_answers(&index, &polygons, at(lon, lat), &bbox);
        }
    });
}

#[test]
fn answers_stay_right_while_polygons_come_and_go() {
    let changes = (many(), many(), any::<prop::sample::Index>(), any_position(), any_box());
    for_all(150, changes, |(first, more, removed, position, bbox)| {
        let mut index = PolygonIndex::bulk_load(first.clone());
        let before = index.clone();
        let mut now = first.clone();
        for (id, polygon) in more {
            index.insert(id + 1000, Arc::clone(&polygon));
            now.push((id + 1000, polygon));
        }
        if !now.is_empty() {
            let (id, polygon) = now.remove(removed.index(now.len()));
            assert!(index.remove(id, &polygon));
            assert!(!index.remove(id, &polygon), "it is gone");
        }
        assert_answers(&index, &now, position, &bbox);
        assert_answers(&before, &first, position, &bbox);
    });
}

#[test]
fn an_empty_index_finds_nothing() {
    let index = PolygonIndex::<u32>::new();
    assert!(index.is_empty());
    assert!(index.covering(at(0.0, 0.0)).is_empty());
    assert!(index.nearest(at(0.0, 0.0), 10).is_empty());
    assert!(index.within(at(0.0, 0.0), f64::INFINITY).is_empty());
}

#[test]
fn the_nearest_across_the_antimeridian_is_found_first() {
    let across = Arc::new(polygon(vec![vec![rectangle(-179.99, 0.0, -179.9, 0.1)]]));
    let beside = Arc::new(polygon(vec![vec![rectangle(179.5, 0.0, 179.9, 0.1)]]));
    let index = PolygonIndex::bulk_load(vec![(1, beside), (2, across)]);
    let found = index.nearest(at(179.99, 0.05), 2);
    assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 1]);
    assert!((found[0].1 - 2226.4).abs() < 0.1, "{found:?}");
    assert_eq!(index.within(at(179.99, 0.05), 3_000.0).len(), 1);
}

#[test]
fn a_distance_that_is_no_number_finds_nothing() {
    let square = Arc::new(polygon(vec![vec![rectangle(0.0, 0.0, 1.0, 1.0)]]));
    let index = PolygonIndex::bulk_load(vec![(1, square)]);
    assert!(index.within(at(0.5, 0.5), f64::NAN).is_empty());
}

#[test]
fn a_polygon_entered_twice_is_found_by_its_box_and_its_neighbours_are_not() {
    let square = |lon: f64, lat: f64, side: f64| {
        let (east, north) = (lon + side, lat + side);
        let shell = vec![[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]];
        Arc::new(HazardPolygon::new(vec![vec![shell]]).unwrap())
    };
    let mut polygons = Vec::new();
    for i in 0..40 {
        for j in 0..40 {
            let (lon, lat) = (103.0 + f64::from(i) * 0.001, 13.0 + f64::from(j) * 0.001);
            polygons.push((i * 40 + j, square(lon, lat, 0.001)));
        }
    }
    // One that holds all of them, and one across the antimeridian.
    polygons.push((5_000, square(103.0, 13.0, 0.04)));
    let strip = |west: f64, east: f64| {
        vec![vec![[west, 0.0], [east, 0.0], [east, 0.01], [west, 0.01], [west, 0.0]]]
    };
    let across = HazardPolygon::new(vec![strip(179.99, 180.0), strip(-180.0, -179.99)]).unwrap();
    polygons.push((5_001, Arc::new(across.clone())));
    let index = PolygonIndex::bulk_load(polygons.clone());
    let limits = LikenessLimits::default();
    let alike = |polygon: &HazardPolygon| -> Vec<i32> {
        let mut ids: Vec<i32> = index.alike(&polygon.bbox(), &limits).map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    for (id, polygon) in &polygons {
        assert_eq!(alike(polygon), [*id]);
    }
    assert_eq!(alike(&square(103.020_02, 13.020_01, 0.000_98)), [20 * 40 + 20], "measured again");
    assert_eq!(alike(&square(103.020_1, 13.020, 0.001)), [0; 0], "11 m off");
    let again =
        HazardPolygon::new(vec![strip(179.990_01, 180.0), strip(-180.0, -179.990_01)]).unwrap();
    assert_eq!(alike(&again), [5_001]);
}

/// Small squares here and there, some on the antimeridian.
fn square(number: u32) -> Arc<HazardPolygon> {
    let lon = f64::from(number * 37 % 359) - 180.0;
    let lat = f64::from(number * 61 % 171) - 85.0;
    Arc::new(polygon(vec![vec![rectangle(lon, lat, lon + 1.0, lat + 1.0)]]))
}

fn assert_same_answers(one: &PolygonIndex<u32>, other: &PolygonIndex<u32>) {
    assert_eq!((one.len(), one.is_empty()), (other.len(), other.is_empty()));
    let bbox = Bbox::new(100.0, -40.0, -100.0, 60.0).unwrap();
    assert_eq!(one.intersecting(&bbox), other.intersecting(&bbox));
    for (lon, lat) in [(0.0, 0.0), (180.0, 10.0), (-59.5, 33.5), (77.0, 90.0)] {
        let position = at(lon, lat);
        assert_eq!(one.covering(position), other.covering(position));
        assert_eq!(one.nearest(position, 25), other.nearest(position, 25));
        assert_eq!(one.within(position, 2e6), other.within(position, 2e6));
    }
    let route = Route::new(&[at(170.0, 0.0), at(-170.0, 30.0)]).unwrap();
    assert_eq!(one.along(&route, 2e5), other.along(&route, 2e5));
}

#[test]
fn inserts_and_removes_in_any_order_give_the_answers_of_a_bulk_load() {
    let order = prop::collection::vec((0_u32..400, any::<bool>()), 600..1_500);
    for_all(12, (0_u32..300, order), |(first, changes)| {
        let mut held: BTreeMap<u32, Arc<HazardPolygon>> =
            (0..first).map(|number| (number, square(number))).collect();
        let mut index = PolygonIndex::bulk_load(held.clone().into_iter().collect());
        let snapshots: Vec<_> = changes
            .chunks(300)
            .map(|changes| {
                for &(number, keep) in changes {
                    if !keep {
                        let removed = index.remove(number, &square(number));
                        assert_eq!(removed, held.remove(&number).is_some());
                    } else if held.insert(number, square(number)).is_none() {
                        index.insert(number, square(number));
                    }
                }
                (index.clone(), held.clone())
            })
            .collect();
        for (snapshot, held) in snapshots {
            assert_same_answers(&snapshot, &PolygonIndex::bulk_load(held.into_iter().collect()));
        }
    });
}

#[test]
fn what_is_removed_hides_nothing_else_under_its_id() {
    let [old, new] = [square(1), square(2)];
    let mut index = PolygonIndex::bulk_load(vec![(7, Arc::clone(&old)), (7, Arc::clone(&new))]);
    assert!(index.remove(7, &old));
    index.insert(7, Arc::clone(&old));
    assert!(index.remove(7, &old));
    assert_eq!(index.len(), 1);
    assert_eq!(index.nearest(at(0.0, 0.0), 2).len(), 1);
    assert!(index.remove(7, &new) && index.is_empty());
}

#[test]
fn readers_keep_their_snapshot_while_a_writer_goes_on() {
    let (send, receive) = mpsc::channel::<(u32, PolygonIndex<u32>)>();
    let reader = thread::spawn(move || {
        for (count, snapshot) in receive {
            assert_eq!(snapshot.len(), count as usize);
            let all = snapshot.nearest(at(0.0, 0.0), 1_000);
            let mut ids: Vec<u32> = all.iter().map(|found| found.0).collect();
            ids.sort_unstable();
            assert_eq!(ids, (0..count).collect::<Vec<_>>());
        }
    });
    let mut index = PolygonIndex::new();
    for number in 0..300 {
        send.send((number, index.clone())).unwrap();
        index.insert(number, square(number));
    }
    drop(send);
    reader.join().unwrap();
}
