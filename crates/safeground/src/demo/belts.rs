//! Where contamination lies in the demo programmes: coarse lines drawn by hand for this demo.
//!
//! The lines follow what is public knowledge about the course of two wars. They were taken from
//! no register: nothing derived from them says where explosive ordnance is.

use super::DemoProgramme;
use super::ground::{Country, Frame, Position, to_segment};
use super::random::{Purpose, Random, scramble};

/// A line along which hazardous areas lie.
#[derive(Debug)]
pub(super) struct Belt {
    /// From where to where, longitude first.
    pub(super) line: &'static [Position],
    /// Standard deviation of the distance from the line.
    pub(super) spread_km: f64,
    /// Share of the hazardous areas, in any unit.
    pub(super) weight: f64,
    /// How much of the land has been worked on, 1 being the average.
    pub(super) worked: f64,
    /// First and last year and month in which hazardous areas were identified.
    pub(super) identified: [(i32, u32); 2],
    pub(super) ordnance: Ordnance,
}

/// What kind of contamination is usual in a belt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ordnance {
    Mines,
    ClusterMunitions,
    Mixed,
}

/// The belts of a programme.
pub(super) fn belts(programme: DemoProgramme) -> &'static [Belt] {
    match programme {
        DemoProgramme::Cambodia => CAMBODIA,
        DemoProgramme::Ukraine => UKRAINE,
    }
}

const fn mines(
    line: &'static [Position],
    spread_km: f64,
    weight: f64,
    worked: f64,
    identified: [(i32, u32); 2],
) -> Belt {
    Belt { line, spread_km, weight, worked, identified, ordnance: Ordnance::Mines }
}

const fn mixed(
    line: &'static [Position],
    spread_km: f64,
    weight: f64,
    worked: f64,
    identified: [(i32, u32); 2],
) -> Belt {
    Belt { line, spread_km, weight, worked, identified, ordnance: Ordnance::Mixed }
}

const fn cluster(line: &'static [Position], spread_km: f64, weight: f64, worked: f64) -> Belt {
    let identified = [(2015, 1), (2022, 12)];
    Belt { line, spread_km, weight, worked, identified, ordnance: Ordnance::ClusterMunitions }
}

const SURVEYED: [(i32, u32); 2] = [(2015, 1), (2022, 12)];

const CAMBODIA: &[Belt] = &[
    // The K5 belt along the north-western border.
    mines(
        &[[102.55, 12.62], [102.47, 12.80], [102.46, 13.02], [102.40, 13.25]],
        4.5,
        0.13,
        0.9,
        SURVEYED,
    ),
    mines(
        &[[102.38, 13.30], [102.37, 13.54], [102.58, 13.63], [102.72, 13.78]],
        4.0,
        0.15,
        1.1,
        SURVEYED,
    ),
    mines(
        &[[102.72, 13.78], [102.82, 13.98], [102.96, 14.16], [103.20, 14.28]],
        4.5,
        0.13,
        1.0,
        SURVEYED,
    ),
    mines(
        &[[103.20, 14.28], [103.62, 14.38], [103.90, 14.30], [104.15, 14.32]],
        4.5,
        0.12,
        0.9,
        SURVEYED,
    ),
    mines(
        &[[104.15, 14.32], [104.50, 14.33], [104.80, 14.38], [105.05, 14.18], [105.20, 14.27]],
        4.0,
        0.08,
        0.9,
        SURVEYED,
    ),
    mines(&[[102.70, 12.20], [102.75, 12.42], [102.58, 12.60]], 4.0, 0.03, 0.6, SURVEYED),
    // Lines of the 1980s and 1990s further inland.
    mines(&[[102.62, 12.78], [102.85, 12.90], [103.05, 12.98]], 6.0, 0.08, 1.3, SURVEYED),
    mines(&[[102.75, 13.15], [102.80, 13.40], [103.00, 13.60]], 7.0, 0.05, 1.3, SURVEYED),
    mines(&[[103.45, 13.90], [103.85, 13.80], [104.20, 13.65]], 8.0, 0.05, 1.1, SURVEYED),
    mines(&[[104.70, 13.90], [104.95, 13.60], [105.05, 13.20]], 10.0, 0.03, 1.0, SURVEYED),
    mines(&[[103.30, 12.35], [103.70, 12.45], [104.10, 12.30]], 9.0, 0.025, 1.0, SURVEYED),
    mines(&[[104.95, 12.95], [105.00, 12.60]], 9.0, 0.015, 1.0, SURVEYED),
    mines(&[[104.15, 10.85], [104.30, 11.20], [104.25, 11.55]], 9.0, 0.02, 1.2, SURVEYED),
    // Cluster munition strikes in the east.
    cluster(&[[105.85, 14.05], [106.05, 13.75], [106.15, 13.45]], 11.0, 0.03, 1.0),
    cluster(&[[106.85, 14.15], [107.15, 13.85], [107.30, 13.50]], 11.0, 0.025, 1.0),
    cluster(&[[106.95, 12.75], [107.20, 12.40]], 10.0, 0.02, 0.9),
    cluster(&[[106.10, 12.45], [106.35, 12.15], [106.55, 12.05]], 9.0, 0.025, 1.0),
    cluster(&[[105.65, 11.85], [105.95, 11.85], [106.20, 11.80]], 8.0, 0.025, 1.1),
    cluster(&[[105.55, 11.45], [105.80, 11.20], [105.95, 11.00]], 7.0, 0.02, 1.1),
];

const SINCE_APRIL_2022: [(i32, u32); 2] = [(2022, 4), (2023, 10)];
const SINCE_AUTUMN_2022: [(i32, u32); 2] = [(2022, 10), (2024, 12)];
const AT_THE_FRONT: [(i32, u32); 2] = [(2022, 6), (2025, 6)];

const UKRAINE: &[Belt] = &[
    // Left by the occupier in spring 2022.
    mixed(
        &[[29.75, 51.30], [29.85, 50.95], [29.90, 50.65], [30.15, 50.48]],
        11.0,
        0.065,
        1.5,
        SINCE_APRIL_2022,
    ),
    mixed(&[[30.90, 50.75], [31.20, 50.60], [31.45, 50.65]], 10.0, 0.03, 1.5, SINCE_APRIL_2022),
    mixed(
        &[[31.20, 51.85], [31.20, 51.50], [31.60, 51.25], [31.85, 51.00]],
        12.0,
        0.07,
        1.5,
        SINCE_APRIL_2022,
    ),
    mixed(
        &[[33.80, 52.20], [34.15, 51.75], [34.50, 51.20], [35.00, 51.00], [35.30, 50.70]],
        9.0,
        0.06,
        0.8,
        SINCE_APRIL_2022,
    ),
    mixed(&[[34.30, 50.95], [34.90, 50.50], [35.10, 50.25]], 9.0, 0.03, 1.3, SINCE_APRIL_2022),
    // Left in autumn 2022.
    mixed(
        &[[35.75, 50.30], [36.15, 50.25], [36.55, 50.15], [36.95, 50.20]],
        8.0,
        0.07,
        1.0,
        SINCE_AUTUMN_2022,
    ),
    mines(
        &[[36.50, 49.70], [36.80, 49.45], [37.10, 49.25], [37.40, 49.10], [37.70, 49.00]],
        9.0,
        0.15,
        1.5,
        SINCE_AUTUMN_2022,
    ),
    mixed(&[[36.75, 49.95], [37.20, 49.75], [37.60, 49.72]], 9.0, 0.05, 1.2, SINCE_AUTUMN_2022),
    mines(
        &[
            [33.65, 47.72],
            [33.40, 47.50],
            [33.15, 47.25],
            [32.85, 47.05],
            [32.55, 46.85],
            [32.20, 46.70],
        ],
        8.0,
        0.16,
        1.5,
        SINCE_AUTUMN_2022,
    ),
    // The front of 2023 and 2024, hardly worked on.
    mines(
        &[[37.75, 49.90], [37.90, 49.50], [38.10, 49.20], [38.20, 48.95]],
        7.0,
        0.05,
        0.1,
        AT_THE_FRONT,
    ),
    mines(
        &[[38.15, 48.85], [38.00, 48.60], [37.85, 48.40], [37.72, 48.15]],
        6.5,
        0.05,
        0.15,
        AT_THE_FRONT,
    ),
    mines(
        &[[37.72, 48.15], [37.48, 47.92], [37.22, 47.78], [36.82, 47.82]],
        6.5,
        0.05,
        0.15,
        AT_THE_FRONT,
    ),
    mines(
        &[[36.82, 47.82], [36.30, 47.65], [35.80, 47.55], [35.30, 47.48]],
        7.0,
        0.08,
        0.15,
        AT_THE_FRONT,
    ),
    mines(&[[36.30, 47.35], [35.75, 47.25], [35.20, 47.22]], 6.0, 0.02, 0.0, AT_THE_FRONT),
    mixed(
        &[[34.60, 47.55], [33.90, 47.30], [33.35, 46.85], [32.75, 46.66], [32.20, 46.52]],
        6.0,
        0.05,
        0.4,
        AT_THE_FRONT,
    ),
    // The line of contact of 2015 to 2021.
    mines(
        &[[39.45, 48.65], [39.00, 48.75], [38.55, 48.65], [38.25, 48.40], [37.95, 48.35]],
        5.0,
        0.04,
        0.5,
        [(2015, 3), (2021, 10)],
    ),
    mines(
        &[[37.75, 48.15], [37.52, 47.93], [37.60, 47.60], [37.80, 47.20]],
        5.0,
        0.03,
        0.5,
        [(2015, 3), (2021, 10)],
    ),
];

/// Draws places for hazardous areas, by belt.
#[derive(Debug)]
pub(super) struct Density {
    belts: &'static [Belt],
    reaches: Vec<Reach>,
    cell_deg: f64,
}

/// The cells a belt reaches, with the weight of all up to and with each.
#[derive(Debug)]
struct Reach {
    cells: Vec<Position>,
    cumulated: Vec<f64>,
}

const CELL_DEG: f64 = 0.02;

impl Density {
    /// Spreads the belts over a country; `widened` ≥ 1 makes each that much broader.
    pub(super) fn new(
        programme: DemoProgramme,
        country: &Country,
        seed: u64,
        widened: f64,
    ) -> Self {
        let belts = belts(programme);
        let reaches = belts.iter().map(|belt| Reach::of(belt, country, seed, widened)).collect();
        Self { belts, reaches, cell_deg: CELL_DEG }
    }

    /// A belt, by weight.
    pub(super) fn belt(&self, random: &mut Random) -> u8 {
        let total: f64 = self.belts.iter().map(|belt| belt.weight).sum();
        let mut left = random.unit() * total;
        for (nth, belt) in (0u8..).zip(self.belts) {
            left -= belt.weight;
            if left < 0.0 {
                return nth;
            }
        }
        0
    }

    /// A position of a belt; near the outline it may lie outside the country.
    pub(super) fn position(&self, belt: u8, random: &mut Random) -> Position {
        let reach = &self.reaches[usize::from(belt)];
        let wanted = random.unit() * reach.cumulated.last().copied().unwrap_or_default();
        let cell = reach.cumulated.partition_point(|&sum| sum <= wanted);
        let [west, south] = reach.cells[cell.min(reach.cells.len() - 1)];
        [west + random.unit() * self.cell_deg, south + random.unit() * self.cell_deg]
    }

    /// The direction of a belt next to a position, in radians from east towards north.
    pub(super) fn direction(&self, belt: u8, position: Position) -> f64 {
        let frame = Frame::at(position);
        let [from, to] = nearest(&frame, self.belts[usize::from(belt)].line).1;
        (to[1] - from[1]).atan2(to[0] - from[0])
    }
}

impl Reach {
    fn of(belt: &Belt, country: &Country, seed: u64, widened: f64) -> Self {
        let spread_km = belt.spread_km * widened;
        // A tail broader than the normal distribution's, cut where nothing would be left.
        let furthest_km = 4.5 * spread_km;
        let bounds = country.bounds();
        let [mut west, mut south, mut east, mut north] =
            [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for position in belt.line {
            let [lon, lat] = Frame::at(*position).position([furthest_km * 1e3, furthest_km * 1e3]);
            let margin = [lon - position[0], lat - position[1]];
            west = west.min(position[0] - margin[0]).max(bounds[0]);
            south = south.min(position[1] - margin[1]).max(bounds[1]);
            east = east.max(lon).min(bounds[2]);
            north = north.max(lat).min(bounds[3]);
        }
        let cell = |deg: f64| (deg / CELL_DEG).floor() as i64;
        let mut reach = Self { cells: Vec::new(), cumulated: Vec::new() };
        let mut sum = 0.0;
        for row in cell(south)..=cell(north) {
            for column in cell(west)..=cell(east) {
                let corner = [column as f64 * CELL_DEG, row as f64 * CELL_DEG];
                let middle = [corner[0] + CELL_DEG / 2.0, corner[1] + CELL_DEG / 2.0];
                let distance_km = nearest(&Frame::at(middle), belt.line).0 / 1e3;
                if distance_km > furthest_km || country.province_at(middle).is_none() {
                    continue;
                }
                let from_line = distance_km / spread_km;
                sum += (-0.5 * from_line * from_line).exp().max(0.02 / (1.0 + from_line))
                    * patchiness(seed, middle).powf(1.0 / widened);
                reach.cells.push(corner);
                reach.cumulated.push(sum);
            }
        }
        reach
    }
}

/// Distance in metres from a frame's origin to a line, and the nearest segment in the frame.
fn nearest(frame: &Frame, line: &[Position]) -> (f64, [[f64; 2]; 2]) {
    let mut best = (f64::INFINITY, [[0.0, 0.0], [1.0, 0.0]]);
    for pair in line.windows(2) {
        let segment = [frame.local(pair[0]), frame.local(pair[1])];
        let distance = to_segment([0.0, 0.0], segment);
        if distance < best.0 {
            best = (distance, segment);
        }
    }
    best
}

/// Some districts were fought over and others were not: smooth noise at two scales, mean near 1.
fn patchiness(seed: u64, position: Position) -> f64 {
    let districts = smooth(seed, position, 0.16);
    let villages = smooth(scramble(seed), position, 0.05);
    (0.9 * districts + 0.7 * villages).exp()
}

/// Noise between normal deviates at the nodes of a grid.
fn smooth(seed: u64, position: Position, grid_deg: f64) -> f64 {
    let [x, y] = position.map(|deg| deg / grid_deg);
    let node = |column: f64, row: f64| {
        // Kept positive: column and row within ±180/0.05.
        let index = ((column + 4_000.0) * 8_000.0 + row + 4_000.0) as usize;
        Random::keyed(seed, Purpose::Patchiness, index).normal()
    };
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (across, up) = (ease(x - x.floor()), ease(y - y.floor()));
    let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
    mix(
        mix(node(x.floor(), y.floor()), node(x.floor() + 1.0, y.floor()), across),
        mix(node(x.floor(), y.floor() + 1.0), node(x.floor() + 1.0, y.floor() + 1.0), across),
        up,
    )
}
