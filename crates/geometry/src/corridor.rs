//! The distance between a leg of a route and a polygon.

use crate::bbox::boxes_touch;
use crate::distance::{Origin, PIECE_DEG, between, least, longest_m};
use crate::lon_lat::LonLat;
use crate::polygon::{HazardPolygon, plain_box_of};
use crate::predicate::{Position, in_box_of, orient};
use crate::route::Leg;

/// Where a route and a polygon are nearest to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Contact {
    pub(crate) distance_m: f64,
    pub(crate) along_m: f64,
}

/// A piece of a leg that is short enough for the distance to an edge to have one minimum on it.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    ends: [Origin; 2],
    middle: Origin,
    half_m: f64,
    /// Its ends as shares of its leg.
    shares: [f64; 2],
}

impl Piece {
    pub(crate) fn middle(&self) -> &Origin {
        &self.middle
    }

    /// No place of the piece is further from its middle.
    pub(crate) fn half_m(&self) -> f64 {
        self.half_m
    }

    fn place(&self, share: f64) -> Position {
        between(self.ends[0].position(), self.ends[1].position(), share)
    }

    /// A length the distance to an edge does not fall short of.
    fn at_least_to_edge_m(&self, c: Position, d: Position) -> f64 {
        self.middle.at_least_to_edge_m(c, d) - self.half_m
    }

    /// The least distance between an end of one and the other, and the share of the piece.
    ///
    /// Of geodesics that do not cross this is the least distance.
    fn ends_apart_m(&self, c: Position, d: Position) -> (f64, f64) {
        let [a, b] = [0, 1].map(|i| self.ends[i].position());
        let onto_edge = [0, 1].map(|i| (self.ends[i].to_short_edge_m(c, d).0, i as f64));
        let onto_piece = [c, d].map(|end| origin(end).to_short_edge_m(a, b));
        let all = onto_edge.into_iter().chain(onto_piece);
        all.fold((f64::INFINITY, 0.0), |best, next| if next.0 < best.0 { next } else { best })
    }

    /// The least distance where both bow towards each other, as parallels do.
    fn insides_apart_m(&self, c: Position, d: Position) -> (f64, f64) {
        least(2.0 * self.half_m, |share| origin(self.place(share)).to_short_edge_m(c, d).0)
    }
}

impl Leg {
    /// Divides the leg into pieces; see [`Leg::piece_count`].
    pub(crate) fn pieces(&self, longest_m: f64) -> Vec<Piece> {
        let count = self.piece_count(longest_m);
        let share = |i: f64| i / f64::from(count);
        let place = |i: f64| if i == f64::from(count) { self.b } else { self.place(share(i)) };
        let piece = |i: u32| {
            let (first, last) = (f64::from(i), f64::from(i) + 1.0);
            let (a, b, middle) = (place(first), place(last), place(first + 0.5));
            let half_m = half_length_m(a, middle, b);
            Piece {
                ends: [origin(a), origin(b)],
                middle: origin(middle),
                half_m,
                shares: [share(first), share(last)],
            }
        };
        (0..count).map(piece).collect()
    }

    fn place(&self, share: f64) -> Position {
        between(self.a, self.b, share)
    }

    /// Finds where the leg is nearest to a polygon, if that is nearer than `best`, or no further
    /// than `metres` when nothing has been found yet. `pieces` are those that can be near.
    pub(crate) fn contact<'a>(
        &self,
        polygon: &HazardPolygon,
        pieces: impl Iterator<Item = &'a Piece> + Clone,
        best: Option<Contact>,
        metres: f64,
    ) -> Option<Contact> {
        if best.is_some_and(|best| best.distance_m <= 0.0) {
            return None;
        }
        if let Some(share) = self.first_touch(polygon) {
            return Some(Contact { distance_m: 0.0, along_m: self.along_m(share) });
        }
        let mut nearest = (best.map_or(metres, |best| best.distance_m), None);
        for piece in pieces {
            nearest = nearest_on(piece, polygon, nearest);
        }
        let (distance_m, share) = nearest;
        let is_new = best.is_none_or(|best| distance_m < best.distance_m);
        let share = share.filter(|_| is_new)?;
        Some(Contact { distance_m, along_m: self.along_m(share) })
    }

    /// Where the leg first meets the polygon, as a share of the leg.
    fn first_touch(&self, polygon: &HazardPolygon) -> Option<f64> {
        if polygon.covers(LonLat::trusted(self.a)) {
            return Some(0.0);
        }
        let mut first = touch(self.a, self.b, polygon);
        if self.a[0].abs() >= 180.0 && self.a[0] == self.b[0] {
            // The antimeridian has two names.
            let mirrored = |[lon, lat]: Position| [-lon, lat];
            first = earlier(first, touch(mirrored(self.a), mirrored(self.b), polygon));
        }
        earlier(first, polygon.covers(LonLat::trusted(self.b)).then_some(1.0))
    }
}

fn half_length_m(a: Position, middle: Position, b: Position) -> f64 {
    longest_m(a, middle).max(longest_m(middle, b))
}

fn origin(place: Position) -> Origin {
    Origin::new(LonLat::trusted(place))
}

fn earlier(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Where the line from `a` to `b` first meets an edge of the polygon.
fn touch(a: Position, b: Position, polygon: &HazardPolygon) -> Option<f64> {
    let line = plain_box_of(&[a, b]);
    let edges = polygon.rings().flat_map(|(_, ring)| ring.windows(2));
    let near = edges
        .map(|edge| (edge[0], edge[1]))
        .filter(|(c, d)| boxes_touch(line, plain_box_of(&[*c, *d])));
    near.filter_map(|(c, d)| meeting(a, b, c, d)).reduce(f64::min)
}

/// Where the line from `a` to `b` first meets the edge from `c` to `d`; whether it does is exact.
fn meeting(a: Position, b: Position, c: Position, d: Position) -> Option<f64> {
    let (a_side, b_side) = (orient(c, d, a), orient(c, d, b));
    let (c_side, d_side) = (orient(a, b, c), orient(a, b, d));
    let apart = |p: f64, q: f64| (p > 0.0 && q > 0.0) || (p < 0.0 && q < 0.0);
    if apart(a_side, b_side) || apart(c_side, d_side) {
        return None;
    }
    if a_side != b_side {
        return Some((a_side / (a_side - b_side)).clamp(0.0, 1.0));
    }
    let axis = usize::from((b[0] - a[0]).abs() < (b[1] - a[1]).abs());
    let share = |p: Position| (p[axis] - a[axis]) / (b[axis] - a[axis]);
    let on_line = [c, d].into_iter().filter(|p| in_box_of(a, b, *p)).map(share);
    let from_a = in_box_of(c, d, a).then_some(0.0);
    on_line.chain(from_a).reduce(f64::min)
}

/// Finds a place on the piece that is nearer to the polygon than the nearest so far.
fn nearest_on(
    piece: &Piece,
    polygon: &HazardPolygon,
    nearest: (f64, Option<f64>),
) -> (f64, Option<f64>) {
    let mut best = nearest;
    let improve = |best: &mut (f64, Option<f64>), (metres, share): (f64, f64)| {
        if metres < best.0 || (metres <= best.0 && best.1.is_none()) {
            let [first, last] = piece.shares;
            *best = (metres, Some(first + share * (last - first)));
        }
    };
    let mut bowed: Vec<([Position; 2], f64)> = Vec::new();
    for edge in polygon.rings().flat_map(|(_, ring)| ring.windows(2)) {
        for [c, d] in short_edges(edge[0], edge[1]) {
            if piece.at_least_to_edge_m(c, d) > best.0 {
                continue;
            }
            let apart = piece.ends_apart_m(c, d);
            improve(&mut best, apart);
            let [a, b] = [0, 1].map(|i| piece.ends[i].position());
            let at_least = apart.0 - bow_m(a, b) - bow_m(c, d);
            if apart.0 - at_least > NO_BOW_M {
                bowed.push(([c, d], at_least));
            }
        }
    }
    for ([c, d], at_least) in bowed {
        if at_least < best.0 {
            improve(&mut best, piece.insides_apart_m(c, d));
        }
    }
    best
}

/// Less than this is no part of a millimetre that matters.
const NO_BOW_M: f64 = 1e-4;

/// Smallest radius of the Earth in metres, roundly.
const RADIUS_M: f64 = 6_330_000.0;

/// A length in metres by which no place of an edge is off the geodesic between its ends.
fn bow_m(a: Position, b: Position) -> f64 {
    let lat = a[1].abs().max(b[1].abs()).min(89.99);
    let length = longest_m(a, b);
    length * length * lat.to_radians().tan() / (8.0 * RADIUS_M)
}

fn short_edges(a: Position, b: Position) -> impl Iterator<Item = [Position; 2]> {
    let extent = (b[0] - a[0]).abs().max((b[1] - a[1]).abs());
    let pieces = (extent / PIECE_DEG).ceil().max(1.0);
    let place = move |i: u32| {
        if f64::from(i) == pieces { b } else { between(a, b, f64::from(i) / pieces) }
    };
    (0..pieces as u32).map(move |i| [place(i), place(i + 1)])
}
