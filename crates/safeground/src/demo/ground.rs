//! A country's outline and provinces, and what lies how near to what.

use serde::Deserialize;
use std::collections::HashMap;
use std::f64::consts::PI;

/// A position `[longitude, latitude]` in degrees.
pub(super) type Position = [f64; 2];

/// Metres per degree round a position, on the WGS 84 ellipsoid; good to 0.1 % within 5 km.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    origin: Position,
    metres: [f64; 2],
}

impl Frame {
    pub(super) fn at(origin: Position) -> Self {
        const EQUATOR_M: f64 = 6_378_137.0;
        const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_14;
        let (sin, cos) = origin[1].to_radians().sin_cos();
        let bulge = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
        let along_parallel = EQUATOR_M / bulge.sqrt() * cos;
        let along_meridian = EQUATOR_M * (1.0 - ECCENTRICITY_SQUARED) / bulge.powf(1.5);
        Self { origin, metres: [along_parallel * PI / 180.0, along_meridian * PI / 180.0] }
    }

    /// Metres east and north of the origin.
    pub(super) fn local(&self, position: Position) -> [f64; 2] {
        [
            (position[0] - self.origin[0]) * self.metres[0],
            (position[1] - self.origin[1]) * self.metres[1],
        ]
    }

    /// The inverse of [`Frame::local`].
    pub(super) fn position(&self, local: [f64; 2]) -> Position {
        [self.origin[0] + local[0] / self.metres[0], self.origin[1] + local[1] / self.metres[1]]
    }
}

/// Everything within `radius_m` of a straight axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capsule {
    pub(super) axis: [Position; 2],
    pub(super) radius_m: f64,
}

impl Capsule {
    /// Metres between this capsule's axis and a segment, on the plane of `frame`.
    fn axis_distance_m(&self, frame: &Frame, segment: [Position; 2]) -> f64 {
        segments_distance(self.axis.map(|p| frame.local(p)), segment.map(|p| frame.local(p)))
    }

    /// How far the capsule reaches from the start of its axis.
    fn reach_m(&self, frame: &Frame) -> f64 {
        let [east, north] = frame.local(self.axis[1]);
        (east * east + north * north).sqrt() + self.radius_m
    }

    /// West, south, east, north in degrees.
    fn bounds(&self) -> [f64; 4] {
        let frame = Frame::at(self.axis[0]);
        let [lon, lat] = [self.radius_m / frame.metres[0], self.radius_m / frame.metres[1]];
        let [p, q] = self.axis;
        [p[0].min(q[0]) - lon, p[1].min(q[1]) - lat, p[0].max(q[0]) + lon, p[1].max(q[1]) + lat]
    }
}

/// What a capsule meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Touches {
    pub(super) outline: bool,
    pub(super) province_border: bool,
}

/// The provinces of one country.
#[derive(Debug)]
pub(super) struct Country {
    provinces: Vec<Province>,
    edges: Vec<Edge>,
    rows: Vec<Vec<u32>>,
    tiles: Tiles<u32>,
    bounds: [f64; 4],
}

/// A boundary segment with the provinces on its sides; one of them only on the outline.
#[derive(Debug)]
struct Edge {
    ends: [Position; 2],
    sides: [Option<u8>; 2],
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Province,
    geometry: ProvinceGeometry,
}

#[derive(Debug, Deserialize)]
struct Province {
    name: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum ProvinceGeometry {
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

const ROW_DEG: f64 = 0.05;
const TILE_DEG: f64 = 0.1;

impl Country {
    /// Reads a `regions` collection whose neighbours share their borders vertex by vertex.
    ///
    /// # Errors
    /// The text is no such collection.
    pub(super) fn read(regions: &str) -> Result<Self, serde_json::Error> {
        let collection: Collection = serde_json::from_str(regions)?;
        let mut provinces = Vec::new();
        let mut edges: Vec<Edge> = Vec::new();
        let mut known: HashMap<[u64; 4], usize> = HashMap::new();
        for (province, feature) in (0u8..).zip(collection.features) {
            provinces.push(feature.properties);
            let parts = match feature.geometry {
                ProvinceGeometry::Polygon(rings) => vec![rings],
                ProvinceGeometry::MultiPolygon(parts) => parts,
            };
            for pair in parts.iter().flatten().flat_map(|ring| ring.windows(2)) {
                let key = |p: Position, q: Position| [p[0], p[1], q[0], q[1]].map(f64::to_bits);
                if let Some(&edge) = known.get(&key(pair[1], pair[0])) {
                    edges[edge].sides[1] = Some(province);
                } else {
                    known.insert(key(pair[0], pair[1]), edges.len());
                    edges.push(Edge { ends: [pair[0], pair[1]], sides: [Some(province), None] });
                }
            }
        }
        Ok(Self::indexed(provinces, edges))
    }

    fn indexed(provinces: Vec<Province>, edges: Vec<Edge>) -> Self {
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for position in edges.iter().flat_map(|edge| edge.ends) {
            bounds[0] = bounds[0].min(position[0]);
            bounds[1] = bounds[1].min(position[1]);
            bounds[2] = bounds[2].max(position[0]);
            bounds[3] = bounds[3].max(position[1]);
        }
        let row_count = ((bounds[3] - bounds[1]) / ROW_DEG) as usize + 1;
        let mut rows = vec![Vec::new(); row_count];
        let mut tiles = Tiles::new(bounds, TILE_DEG);
        for (nth, edge) in (0u32..).zip(&edges) {
            let [p, q] = edge.ends;
            let row = |lat: f64| ((lat - bounds[1]) / ROW_DEG) as usize;
            for row in &mut rows[row(p[1].min(q[1]))..=row(p[1].max(q[1]))] {
                row.push(nth);
            }
            tiles.add(nth, Capsule { axis: edge.ends, radius_m: 0.0 }.bounds());
        }
        Self { provinces, edges, rows, tiles, bounds }
    }

    /// West, south, east, north in degrees.
    pub(super) fn bounds(&self) -> [f64; 4] {
        self.bounds
    }

    /// The name of a province.
    pub(super) fn province_name(&self, province: u8) -> &str {
        &self.provinces[usize::from(province)].name
    }

    /// The province that holds a position.
    pub(super) fn province_at(&self, position: Position) -> Option<u8> {
        let [lon, lat] = position;
        let row = self.rows.get(((lat - self.bounds[1]) / ROW_DEG) as usize)?;
        let mut crossings = [0u8; 64];
        for edge in row.iter().map(|&edge| &self.edges[edge as usize]) {
            let [p, q] = edge.ends;
            if (p[1] > lat) != (q[1] > lat)
                && lon < p[0] + (lat - p[1]) / (q[1] - p[1]) * (q[0] - p[0])
            {
                for side in edge.sides.into_iter().flatten() {
                    crossings[usize::from(side)] ^= 1;
                }
            }
        }
        crossings.iter().position(|&odd| odd == 1).map(|province| province as u8)
    }

    /// Which boundaries a capsule meets or comes within `spare_m` of.
    pub(super) fn touches(&self, capsule: &Capsule, spare_m: f64) -> Touches {
        let frame = Frame::at(capsule.axis[0]);
        let wide = Capsule { radius_m: capsule.radius_m + spare_m, ..*capsule };
        let mut touches = Touches::default();
        for &nth in self.tiles.near(wide.bounds()) {
            let edge = &self.edges[nth as usize];
            let outline = edge.sides[1].is_none();
            let seen = if outline { touches.outline } else { touches.province_border };
            if !seen && wide.axis_distance_m(&frame, edge.ends) <= wide.radius_m {
                touches.outline |= outline;
                touches.province_border |= !outline;
            }
        }
        touches
    }
}

/// Places already taken.
#[derive(Debug)]
pub(super) struct Taken {
    /// Each capsule with how far it reaches from the start of its axis.
    tiles: Tiles<(Capsule, f64)>,
}

impl Taken {
    /// For capsules mostly shorter than `tile_deg` degrees.
    pub(super) fn new(bounds: [f64; 4], tile_deg: f64) -> Self {
        Self { tiles: Tiles::new(bounds, tile_deg) }
    }

    /// Whether a capsule meets none of those already taken.
    pub(super) fn is_free(&self, capsule: &Capsule) -> bool {
        let frame = Frame::at(capsule.axis[0]);
        let reach_m = capsule.reach_m(&frame);
        self.tiles.near(capsule.bounds()).all(|(other, other_reach_m)| {
            let [x, y] = frame.local(other.axis[0]);
            let near_m = reach_m + other_reach_m;
            x * x + y * y > near_m * near_m
                || capsule.axis_distance_m(&frame, other.axis) > capsule.radius_m + other.radius_m
        })
    }

    pub(super) fn take(&mut self, capsule: Capsule) {
        let reach_m = capsule.reach_m(&Frame::at(capsule.axis[0]));
        self.tiles.add((capsule, reach_m), capsule.bounds());
    }
}

/// A grid of lists: which things lie in or near each tile.
#[derive(Debug)]
struct Tiles<T> {
    west: f64,
    south: f64,
    size_deg: f64,
    columns: usize,
    lists: Vec<Vec<T>>,
}

impl<T: Copy> Tiles<T> {
    fn new(bounds: [f64; 4], size_deg: f64) -> Self {
        let columns = ((bounds[2] - bounds[0]) / size_deg) as usize + 1;
        let rows = ((bounds[3] - bounds[1]) / size_deg) as usize + 1;
        let lists = vec![Vec::new(); columns * rows];
        Self { west: bounds[0], south: bounds[1], size_deg, columns, lists }
    }

    fn tiles(&self, bounds: [f64; 4]) -> impl Iterator<Item = usize> + use<T> {
        // What lies beyond the edge counts to the outermost tile: `as` takes negative numbers to 0.
        let (columns, rows) = (self.columns, self.lists.len() / self.columns);
        let column = |lon: f64| (((lon - self.west) / self.size_deg) as usize).min(columns - 1);
        let row = |lat: f64| (((lat - self.south) / self.size_deg) as usize).min(rows - 1);
        let (first, last) = (column(bounds[0]), column(bounds[2]));
        (row(bounds[1])..=row(bounds[3]))
            .flat_map(move |row| (first..=last).map(move |column| row * columns + column))
    }

    fn add(&mut self, thing: T, bounds: [f64; 4]) {
        for tile in self.tiles(bounds) {
            self.lists[tile].push(thing);
        }
    }

    /// Everything in the tiles that `bounds` meets, some of it more than once.
    fn near(&self, bounds: [f64; 4]) -> impl Iterator<Item = &T> {
        self.tiles(bounds).flat_map(|tile| &self.lists[tile])
    }
}

/// Distance of a position from a segment on the plane.
pub(super) fn to_segment(p: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let [x, y] = [p[0] - a[0] - along * dx, p[1] - a[1] - along * dy];
    (x * x + y * y).sqrt()
}

fn segments_distance(s: [[f64; 2]; 2], t: [[f64; 2]; 2]) -> f64 {
    let turn = |[a, b]: [[f64; 2]; 2], c: [f64; 2]| {
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    };
    if turn(s, t[0]) * turn(s, t[1]) < 0.0 && turn(t, s[0]) * turn(t, s[1]) < 0.0 {
        return 0.0;
    }
    [to_segment(s[0], t), to_segment(s[1], t), to_segment(t[0], s), to_segment(t[1], s)]
        .into_iter()
        .fold(f64::INFINITY, f64::min)
}
