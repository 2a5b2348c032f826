//! Tiles as an independent reader of the same standard finds them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use geometry::{HazardPolygon, LonLat, planar};
use mvt_reader::Reader;
use mvt_reader::feature::Value as ReadValue;
use proptest::prelude::*;
use tiles::{EXTENT, Frame, Layer, MARGIN, Outline, Tile, Value, encoded, world};

type Rings = Vec<Vec<[f64; 2]>>;

fn closed(ring: &[[i32; 2]]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = ring.iter().map(|point| point.map(f64::from)).collect();
    points.extend(points.first().copied());
    points
}

/// Twice the area by the surveyor's formula, as the specification reckons it.
fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    let swept = |([ax, ay], [bx, by]): (&[i32; 2], &[i32; 2])| {
        i64::from(*ax) * i64::from(*by) - i64::from(*bx) * i64::from(*ay)
    };
    ring.iter().zip(next).map(swept).sum()
}

/// The parts of an outline: a ring that turns the right way begins one.
fn parts(outline: &Outline) -> Vec<Rings> {
    let mut parts: Vec<Rings> = Vec::new();
    for ring in outline.rings() {
        if doubled_area(ring) > 0 {
            parts.push(vec![closed(ring)]);
        } else {
            parts.last_mut().unwrap().push(closed(ring));
        }
    }
    parts
}

/// A star around a place: one radius in degrees for each direction.
fn star(lon: f64, lat: f64, radii: &[f64]) -> Vec<[f64; 2]> {
    let count = radii.len() as f64;
    let corner = |(number, radius): (usize, &f64)| {
        let angle = number as f64 / count * std::f64::consts::TAU;
        [lon + radius * angle.cos(), lat + radius * angle.sin()]
    };
    let mut ring: Vec<[f64; 2]> = radii.iter().enumerate().map(corner).collect();
    ring.push(ring[0]);
    ring
}

/// Stars with a hole, near a corner of a tile of zoom 10.
fn hollow_star() -> impl Strategy<Value = HazardPolygon> {
    let radii = prop::collection::vec(0.01_f64..1.0, 3..40);
    let place = (103.0..103.8_f64, 12.6..13.4_f64);
    (radii, place, -4.0..0.0_f64, 0.2..0.9_f64).prop_filter_map(
        "a valid polygon",
        |(radii, (lon, lat), size, share)| {
            let size = 10_f64.powf(size);
            let shell: Vec<f64> = radii.iter().map(|radius| radius * size).collect();
            let hole: Vec<f64> = shell.iter().map(|radius| radius * share).collect();
            let mut hole = star(lon, lat, &hole);
            hole.reverse();
            HazardPolygon::new(vec![vec![star(lon, lat, &shell), hole]]).ok()
        },
    )
}

fn tile_at(zoom: u8, lon: f64, lat: f64) -> Tile {
    Tile::holding(zoom, world([lon, lat]))
}

fn steps() -> impl Strategy<Value = i64> {
    prop_oneof![Just(1), Just(4), Just(16)]
}

proptest! {
    #[test]
    fn what_is_drawn_is_valid_and_winds_as_the_standard_says(
        area in hollow_star(), zoom in 0_u8..16, step in steps(),
    ) {
        let tile = tile_at(zoom, 103.4, 13.0);
        let outline = Frame::new(tile, 0, step, 1).outline(&area, false).clone();
        let drawn = parts(&outline);
        prop_assert!(planar::validity(&drawn).is_ok(), "{drawn:?}");
        for ring in outline.rings() {
            for [x, y] in ring {
                let limits = i32::try_from(-MARGIN).unwrap()..=i32::try_from(EXTENT + MARGIN).unwrap();
                prop_assert!(limits.contains(x) && limits.contains(y));
            }
        }
    }

    #[test]
    fn an_area_in_a_tile_is_a_polygon_or_a_point(
        area in hollow_star(), zoom in 0_u8..18, step in steps(), least in 1_i64..64,
    ) {
        let at = area.parts().flatten().next().unwrap()[0];
        let tile = tile_at(zoom, at[0], at[1]);
        let outline = Frame::new(tile, 0, step, least).outline(&area, false).clone();
        prop_assert!(!outline.is_empty() || !outline.dots().is_empty());
    }

    #[test]
    fn land_further_from_the_edge_than_a_step_stays_covered(
        radii in prop::collection::vec(3.0..30.0_f64, 3..40), zoom in 4_u8..16, step in steps(),
        place in (103.0..103.8_f64, 12.6..13.4_f64),
    ) {
        let degrees = step as f64 * 360.0 / (f64::from(1_u32 << zoom) * EXTENT as f64);
        let radii: Vec<f64> = radii.iter().map(|radius| radius * degrees).collect();
        let (lon, lat) = place;
        let area = HazardPolygon::new(vec![vec![star(lon, lat, &radii)]]).unwrap();
        // With few directions the middle may lie near an edge.
        prop_assume!((0..16).all(|hour| {
            let angle = f64::from(hour) / 16.0 * std::f64::consts::TAU;
            let (x, y) = (1.5 * degrees * angle.cos(), 1.5 * degrees * angle.sin());
            area.covers(LonLat::new(lon + x, lat + y).unwrap())
        }));
        let mut frame = Frame::new(tile_at(zoom, lon, lat), 0, step, 1);
        let dot = frame.dot(world([lon, lat])).unwrap();
        let shape = planar::Polygon::new(&parts(frame.outline(&area, false))).unwrap();
        prop_assert!(winds_round(&shape, dot.map(f64::from)));
    }

    #[test]
    fn neighbours_agree_where_they_meet(area in hollow_star(), zoom in 4_u8..14, step in steps()) {
        let west = tile_at(zoom, 103.4, 13.0);
        let east = Tile::new(zoom, west.row(), west.column() + 1).unwrap();
        let places = area.parts().flatten().flatten().map(|position| world(*position));
        let (a, b) = (Frame::new(west, 0, step, 1), Frame::new(east, 0, step, 1));
        for place in places {
            if let (Some(here), Some(there)) = (a.dot(place), b.dot(place)) {
                prop_assert_eq!(here, [there[0] + i32::try_from(EXTENT).unwrap(), there[1]]);
            }
        }
    }

    #[test]
    fn another_reader_finds_what_was_written(area in hollow_star(), count in any::<i64>()) {
        let tile = tile_at(9, 103.4, 13.0);
        let mut frame = Frame::new(tile, 0, 1, 1);
        let outline = frame.outline(&area, false).clone();
        prop_assume!(!outline.is_empty());
        let mut layer = Layer::new("areas");
        layer.tag("count", Value::Integer(count));
        layer.tag("name", Value::Text("ភូមិ"));
        layer.polygon(&outline);
        layer.tag("count", Value::Integer(count));
        layer.tag("area_m2", Value::Number(0.5));
        layer.tag("located", Value::Boolean(false));
        layer.point([4_096, -64]);
        let reader = Reader::new(encoded([&layer, &Layer::new("nothing")])).unwrap();
        let metadata = reader.get_layer_metadata().unwrap();
        prop_assert_eq!(metadata.len(), 1);
        prop_assert_eq!((metadata[0].version, metadata[0].extent), (2, 4_096));
        let features = reader.get_features(0).unwrap();
        let text = format!("{:?}", features[0].geometry);
        for point in outline.rings().flatten().take(5) {
            prop_assert!(text.contains(&format!("{:?}", f64::from(point[0]))), "{text}");
        }
        let properties = features[1].properties.as_ref().unwrap();
        prop_assert_eq!(&properties["count"], &ReadValue::Int(count));
        prop_assert_eq!(&properties["area_m2"], &ReadValue::Double(0.5));
        prop_assert_eq!(&properties["located"], &ReadValue::Bool(false));
        let name = ReadValue::String("ភូមិ".to_owned());
        prop_assert_eq!(&features[0].properties.as_ref().unwrap()["name"], &name);
    }
}

/// Whether a shape's rings wind round a place, its boundary included.
fn winds_round(shape: &planar::Polygon, [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    for ring in shape.parts().iter().flatten() {
        for edge in ring.windows(2) {
            let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
            let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            let between =
                (ax.min(bx)..=ax.max(bx)).contains(&x) && (ay.min(by)..=ay.max(by)).contains(&y);
            if side == 0.0 && between {
                return true;
            }
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                inside = !inside;
            }
        }
    }
    inside
}

fn square(west: f64, south: f64, size: f64) -> HazardPolygon {
    let (east, north) = (west + size, south + size);
    let ring = vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
    HazardPolygon::new(vec![vec![ring]]).unwrap()
}

#[test]
fn the_other_side_of_the_antimeridian_is_drawn_in_the_margin() {
    let tile = tile_at(6, 179.99, -17.0);
    let area = square(-180.0, -17.1, 0.05);
    let windows: Vec<_> = tile.windows().collect();
    assert_eq!(windows.iter().map(|(copy, _)| *copy).collect::<Vec<_>>(), [-1, 0]);
    let drawn = Frame::new(tile, -1, 1, 1).outline(&area, false).clone();
    let first = drawn.rings().next().unwrap();
    assert!(first.iter().all(|[x, _]| (4_096..=4_160).contains(x)), "{first:?}");
    assert!(Frame::new(tile, 0, 1, 1).outline(&area, false).is_empty());
}

#[test]
fn what_lies_beyond_the_map_towards_a_pole_comes_to_its_edge() {
    let tile = tile_at(5, 20.0, 89.0);
    assert_eq!(tile.row(), 0);
    let beyond = Frame::new(tile, 0, 1, 8).outline(&square(20.0, 87.0, 0.01), false).clone();
    assert_eq!(beyond.dots().len(), 1);
    assert_eq!(beyond.dots()[0][1], 0);
    let across = Frame::new(tile, 0, 1, 8).outline(&square(20.0, 84.0, 3.0), false).clone();
    assert!(!across.is_empty());
}
