//! Outlines of invented hazardous areas, and the pieces they are released in.
//!
//! Two families, both simple by construction: a [`Band`] lies between a lower and an upper chain
//! over the same ascending stations; a star has strictly ascending angles round its centre.
//! Pieces are bounded by vertices and chords of the outline itself, so that a stage and the rest
//! share their boundary to the last bit, also after rounding.

use super::random::Random;
use std::f64::consts::{PI, TAU};

/// A position in metres from the middle of the outline, along and across its main direction.
pub(super) type Local = [f64; 2];

/// Rings of one part, the shell first; not closed.
pub(super) type Rings = Vec<Vec<Local>>;

/// The families of outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A long barrier minefield, several to twenty times as long as wide.
    Belt,
    /// A field laid to a pattern: few corners, straight sides.
    Field,
    /// A rounded, irregular area drawn round evidence.
    Blob,
    /// An irregular area seen from a centre, such as a strike.
    Star,
    /// Survey boxes of equal side joined into one area, as cluster munition survey leaves them.
    Boxes,
}

/// A band of stations: `x` ascending, at each a lower and an upper edge.
#[derive(Clone, Debug)]
pub(super) struct Band {
    stations: Vec<Station>,
}

#[derive(Clone, Copy, Debug)]
struct Station {
    x: f64,
    lower: f64,
    upper: f64,
}

/// The outline of one group of hazardous areas.
#[derive(Clone, Debug)]
pub(super) enum Outline {
    Band(Band),
    Star(Vec<Local>),
}

/// A piece of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece {
    Whole,
    /// From one station to another, both included (bands).
    Along(usize, usize),
    /// What lies below a line through the middle (bands).
    Lower,
    /// What lies above it (bands).
    Upper,
    /// Between two scaled copies of the outline, 0 ≤ inner < outer ≤ 1 (stars).
    Ring {
        inner: f64,
        outer: f64,
    },
}

impl Outline {
    /// Draws an outline of `area_m2` with enough vertices for `members` neighbouring areas.
    pub(super) fn draw(form: Form, area_m2: f64, members: usize, random: &mut Random) -> Self {
        let mut outline = match form {
            Form::Belt => Self::Band(belt(members, random)),
            Form::Field => Self::Band(field(members, random)),
            Form::Blob => Self::Band(blob(members, random)),
            Form::Boxes => Self::Band(boxes(random)),
            Form::Star => Self::Star(star(random)),
        };
        let scale = (area_m2 / outline.area_m2()).sqrt();
        outline.scale(scale);
        outline
    }

    /// The area in m² in the local plane.
    pub(super) fn area_m2(&self) -> f64 {
        rings_area_m2(&self.piece(Piece::Whole, 0.0))
    }

    fn scale(&mut self, by: f64) {
        match self {
            Self::Band(band) => {
                for station in &mut band.stations {
                    station.x *= by;
                    station.lower *= by;
                    station.upper *= by;
                }
            }
            Self::Star(vertices) => {
                for vertex in vertices {
                    *vertex = [vertex[0] * by, vertex[1] * by];
                }
            }
        }
    }

    /// Half the length of an axis and a distance from it, both in metres, that hold the outline.
    pub(super) fn capsule_m(&self) -> (f64, f64) {
        let rings = self.piece(Piece::Whole, 0.0);
        let positions = || rings.iter().flatten();
        let reach = |axis: usize| positions().map(|p| p[axis].abs()).fold(0.0, f64::max);
        let half = (reach(0) - reach(1)).max(0.0);
        let radius_squared = positions()
            .map(|p| (p[0].abs() - half).max(0.0).powi(2) + p[1] * p[1])
            .fold(0.0, f64::max);
        (half, radius_squared.sqrt())
    }

    /// A position inside the outline.
    pub(super) fn inside(&self) -> Local {
        match self {
            Self::Band(band) => {
                let middle = band.stations[band.stations.len() / 2];
                [middle.x, (middle.lower + middle.upper) / 2.0]
            }
            Self::Star(_) => [0.0, 0.0],
        }
    }

    /// The rings of a piece; `reach_m` > 0 widens it beyond the outline by about that much.
    pub(super) fn piece(&self, piece: Piece, reach_m: f64) -> Rings {
        match self {
            Self::Band(band) => vec![band.ring(piece, reach_m)],
            Self::Star(vertices) => {
                let (inner, outer) = match piece {
                    Piece::Ring { inner, outer } => (inner, outer),
                    Piece::Whole | Piece::Along(..) | Piece::Lower | Piece::Upper => (0.0, 1.0),
                };
                let outer =
                    if reach_m > 0.0 { outer + reach_m / mean_radius(vertices) } else { outer };
                let scaled = |by: f64| vertices.iter().map(move |v| [v[0] * by, v[1] * by]);
                let mut rings: Rings = vec![scaled(outer).collect()];
                if inner > 0.0 {
                    rings.push(scaled(inner).rev().collect());
                }
                rings
            }
        }
    }

    /// Splits the outline into consecutive pieces with about these shares of its area, which
    /// add up to 1 or less; what is left over is the last piece returned, if it is any.
    pub(super) fn split(&self, shares: &[f64], random: &mut Random) -> Vec<Piece> {
        match self {
            Self::Band(band)
                if band.is_smooth()
                    && band.len() >= 5
                    && shares.len() == 2
                    && shares[0] + shares[1] > 0.99
                    && random.chance(0.35) =>
            {
                vec![Piece::Lower, Piece::Upper]
            }
            Self::Band(band) => band.split(shares),
            Self::Star(_) => {
                let mut outer = 1.0;
                let mut left = 1.0;
                let mut pieces = Vec::with_capacity(shares.len() + 1);
                for share in shares {
                    left -= share;
                    let inner = if left > 0.02 { left.sqrt() } else { 0.0 };
                    pieces.push(Piece::Ring { inner, outer });
                    outer = inner;
                }
                if outer > 0.0 {
                    pieces.push(Piece::Ring { inner: 0.0, outer });
                }
                pieces
            }
        }
    }

    /// The same piece, reaching a little into the piece before it.
    pub(super) fn widened(&self, piece: Piece) -> Piece {
        match (self, piece) {
            (Self::Band(band), Piece::Along(from, to)) => {
                let before = from.saturating_sub(1);
                // A piece of survey boxes begins with a whole box.
                let step = usize::from(band.steps_after(before));
                Piece::Along(before.saturating_sub(step), to)
            }
            (Self::Star(_), Piece::Ring { inner, outer }) => {
                Piece::Ring { inner, outer: (outer * 1.06).min(1.0) }
            }
            (_, other) => other,
        }
    }
}

impl Band {
    /// How many stations there are.
    pub(super) fn len(&self) -> usize {
        self.stations.len()
    }

    /// The stations `from..=to` as a band of their own.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        Self { stations: self.stations[from..=to].to_vec() }
    }

    /// Moves the edges a little, as a second survey of the same ground would find them.
    pub(super) fn surveyed_again(mut self, random: &mut Random) -> Self {
        for station in &mut self.stations {
            let width = station.upper - station.lower;
            station.lower += width * random.between(-0.08, 0.08);
            station.upper += width * random.between(-0.08, 0.08);
        }
        self
    }

    /// Whether no two stations are at one place, as they are in survey boxes.
    pub(super) fn is_smooth(&self) -> bool {
        self.stations.windows(2).all(|pair| pair[0].x < pair[1].x)
    }

    fn split(&self, shares: &[f64]) -> Vec<Piece> {
        let last = self.len() - 1;
        let total = self.area_between(0, last);
        let mut pieces = Vec::with_capacity(shares.len() + 1);
        let mut from = 0;
        let mut wanted = 0.0;
        for (nth, share) in shares.iter().enumerate() {
            wanted += share;
            let keep = usize::from(wanted < 0.98);
            let pieces_to_come = shares.len() - nth - 1 + keep;
            // Room for the pieces to come; a box has two stations.
            let each = if self.is_smooth() { 1 } else { 2 };
            let furthest = last.saturating_sub(each * pieces_to_come).max(from + 1).min(last);
            let mut to = if pieces_to_come == 0 { last } else { from + 1 };
            while to < furthest && self.area_between(0, to) < wanted * total {
                to += 1;
            }
            // Between two stations at one place the outline steps: a piece ends on the first of
            // them and the next begins on the second.
            if to < last && !self.steps_after(to) && self.steps_after(to - 1) && to > from + 1 {
                to -= 1;
            }
            pieces.push(Piece::Along(from, to));
            from = if self.steps_after(to) { to + 1 } else { to };
            if from >= last {
                return pieces;
            }
        }
        pieces.push(Piece::Along(from, last));
        pieces
    }

    fn steps_after(&self, at: usize) -> bool {
        self.stations.get(at + 1).is_some_and(|next| next.x <= self.stations[at].x)
    }

    fn area_between(&self, from: usize, to: usize) -> f64 {
        self.stations[from..=to]
            .windows(2)
            .map(|pair| {
                let heights = pair[0].upper - pair[0].lower + pair[1].upper - pair[1].lower;
                (pair[1].x - pair[0].x) * heights / 2.0
            })
            .sum()
    }

    fn ring(&self, piece: Piece, reach_m: f64) -> Vec<Local> {
        let last = self.len() - 1;
        let (from, to) = if let Piece::Along(from, to) = piece { (from, to) } else { (0, last) };
        let middle = |at: usize, station: &Station| {
            if at == 0 || at == last {
                station.lower
            } else {
                (station.lower + station.upper) / 2.0
            }
        };
        let mut lower = Vec::with_capacity(2 * (to - from + 1));
        let mut upper = Vec::with_capacity(to - from + 1);
        for (at, station) in self.stations.iter().enumerate().take(to + 1).skip(from) {
            let x = match at {
                0 => station.x - reach_m,
                at if at == last => station.x + reach_m,
                _ => station.x,
            };
            let (low, high) = match piece {
                Piece::Lower => (station.lower, middle(at, station)),
                Piece::Upper => (middle(at, station), station.upper),
                Piece::Whole | Piece::Along(..) | Piece::Ring { .. } => {
                    (station.lower - reach_m, station.upper + reach_m)
                }
            };
            lower.push([x, low]);
            upper.push([x, high]);
        }
        lower.extend(upper.into_iter().rev());
        lower.dedup();
        if lower.len() > 1 && lower.first() == lower.last() {
            lower.pop();
        }
        lower
    }
}

/// The area of a part in m²: its shell less its holes.
pub(super) fn rings_area_m2(rings: &Rings) -> f64 {
    let doubled = |ring: &Vec<Local>| -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(p, q)| p[0] * q[1] - q[0] * p[1]).sum()
    };
    rings.iter().map(doubled).sum::<f64>().abs() / 2.0
}

fn mean_radius(vertices: &[Local]) -> f64 {
    vertices.iter().map(|v| v[0].hypot(v[1])).sum::<f64>() / vertices.len() as f64
}

/// Stations at uneven steps from −1 to 1.
fn steps(count: usize, random: &mut Random) -> Vec<f64> {
    let last = (count - 1) as f64;
    (0..count)
        .map(|at| {
            let jitter = if at == 0 || at == count - 1 { 0.0 } else { random.between(-0.33, 0.33) };
            2.0 * (at as f64 + jitter) / last - 1.0
        })
        .collect()
}

fn belt(members: usize, random: &mut Random) -> Band {
    let count = random.whole(13, 30) * members - (members - 1) * 6;
    let aspect = random.between(6.0_f64.ln(), 18.0_f64.ln()).exp();
    let (bend, bow) = (random.between(-0.9, 0.9), random.between(-0.5, 0.5));
    let phase = random.between(0.0, TAU);
    let taper = random.between(-0.25, 0.25);
    let mut wander = 0.0;
    let mut stations = Vec::with_capacity(count);
    for t in steps(count, random) {
        wander = 0.7 * wander + 0.12 * random.normal().clamp(-2.0, 2.0);
        let axis = bend * t * t + bow * (PI * t + phase).sin() + wander.clamp(-0.5, 0.5);
        let half = 1.0 + taper * t;
        stations.push(Station {
            x: aspect * t,
            lower: axis - half * random.between(0.75, 1.2),
            upper: axis + half * random.between(0.75, 1.2),
        });
    }
    Band { stations }.centred()
}

fn field(members: usize, random: &mut Random) -> Band {
    let count = random.whole(6, 13) + 5 * (members - 1);
    let aspect = random.between(1.0, 3.6);
    let slant = random.between(-0.45, 0.45);
    let dog_leg = random.between(-0.6, 0.6) * random.between(0.0, 1.0);
    let corner = random.between(-0.4, 0.4);
    let taper = random.between(-0.3, 0.3);
    let ragged = random.between(0.01, 0.12);
    let mut stations = Vec::with_capacity(count);
    for t in steps(count, random) {
        let axis = slant * t + dog_leg * (t - corner).max(0.0);
        let half = 1.0 + taper * t;
        stations.push(Station {
            x: aspect * t,
            lower: axis - half * (1.0 + ragged * random.normal().clamp(-2.0, 2.0)),
            upper: axis + half * (1.0 + ragged * random.normal().clamp(-2.0, 2.0)),
        });
    }
    Band { stations }.centred()
}

fn blob(members: usize, random: &mut Random) -> Band {
    let count = random.whole(15, 30) * members - (members - 1) * 6;
    let aspect = random.between(1.0, 2.6);
    let fullness = random.between(0.35, 0.65);
    let lean = random.between(-0.35, 0.35);
    let rough = random.between(0.04, 0.16);
    let (mut above, mut below) = (0.0, 0.0);
    let mut stations = Vec::with_capacity(count);
    for t in steps(count, random) {
        above = 0.65 * above + rough * random.normal().clamp(-2.0, 2.0);
        below = 0.65 * below + rough * random.normal().clamp(-2.0, 2.0);
        let half = (1.0 - t * t).powf(fullness) + 0.12;
        let axis = lean * t;
        stations.push(Station {
            x: aspect * t,
            lower: axis - half * (1.0 + below.clamp(-0.5, 0.6)),
            upper: axis + half * (1.0 + above.clamp(-0.5, 0.6)),
        });
    }
    Band { stations }.centred()
}

fn boxes(random: &mut Random) -> Band {
    let columns = random.whole(4, 13);
    let mut stations = Vec::with_capacity(2 * columns);
    let (mut low, mut high) = (0, random.whole(2, 4) as i64);
    for column in 0..columns {
        let x = column as f64;
        stations.push(Station { x, lower: low as f64, upper: high as f64 });
        stations.push(Station { x: x + 1.0, lower: low as f64, upper: high as f64 });
        // Neighbouring columns keep at least one box in common.
        let next_low = (low + random.whole(0, 2) as i64 - 1).min(high - 1);
        let next_high = (high + random.whole(0, 2) as i64 - 1).max(low + 1).max(next_low + 1);
        (low, high) = (next_low, next_high);
    }
    Band { stations }.centred()
}

impl Band {
    fn centred(mut self) -> Self {
        let middle = |low: f64, high: f64| f64::midpoint(low, high);
        let fold = |pick: fn(&Station) -> f64, with: fn(f64, f64) -> f64, start: f64| {
            self.stations.iter().map(pick).fold(start, with)
        };
        let across = middle(
            fold(|s| s.lower, f64::min, f64::INFINITY),
            fold(|s| s.upper, f64::max, f64::NEG_INFINITY),
        );
        let along = middle(
            fold(|s| s.x, f64::min, f64::INFINITY),
            fold(|s| s.x, f64::max, f64::NEG_INFINITY),
        );
        for station in &mut self.stations {
            station.x -= along;
            station.lower -= across;
            station.upper -= across;
        }
        self
    }
}

fn star(random: &mut Random) -> Vec<Local> {
    let count = random.whole(24, 60);
    let stretch = random.between(1.0, 2.0);
    // Amplitudes of the cosine and sine of twice to five times the angle.
    let waves = [2.0, 3.0, 4.0, 5.0].map(|wave| {
        let (sin, cos) = random.between(0.0, TAU).sin_cos();
        let size = random.between(0.0, 0.42 / wave);
        [size * cos, size * sin]
    });
    (0..count)
        .map(|at| {
            let angle = TAU * (at as f64 + random.between(-0.3, 0.3)) / count as f64;
            let (sin, cos) = angle.sin_cos();
            let (mut of_wave, mut swell) = ([cos, sin], 0.0);
            for [even, odd] in waves {
                let [c, s] = of_wave;
                of_wave = [c * cos - s * sin, s * cos + c * sin];
                swell += even * of_wave[0] + odd * of_wave[1];
            }
            let radius = (1.0 + swell + random.between(-0.05, 0.05)).max(0.35);
            [stretch * radius * cos, radius * sin]
        })
        .collect()
}
