//! Rings of whole numbers: cut to a square, without idle points, and whether they are simple.

/// A point in tile units.
pub(crate) type Point = [i64; 2];

/// Cuts a ring to a square from `low` to `high` in both directions.
///
/// # Source
/// Sutherland & Hodgman (1974), "Reentrant polygon clipping", Communications of the ACM 17.
pub(crate) fn cut(ring: &mut Vec<Point>, spare: &mut Vec<Point>, low: i64, high: i64) {
    for (axis, limit, keeps_less) in
        [(0, low, false), (0, high, true), (1, low, false), (1, high, true)]
    {
        let outside = |point: &Point| {
            if keeps_less { point[axis] > limit } else { point[axis] < limit }
        };
        if !ring.iter().any(outside) {
            continue;
        }
        let Some(mut from) = ring.last().copied() else { return };
        spare.clear();
        for &to in ring.iter() {
            if outside(&from) != outside(&to) {
                spare.push(crossing(from, to, axis, limit));
            }
            if !outside(&to) {
                spare.push(to);
            }
            from = to;
        }
        std::mem::swap(ring, spare);
    }
}

/// Where an edge meets the line on which a coordinate is `limit`; the same for both its directions.
fn crossing(a: Point, b: Point, axis: usize, limit: i64) -> Point {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let other = 1 - axis;
    let share = (limit - a[axis]) as f64 / (b[axis] - a[axis]) as f64;
    let mut point = [limit; 2];
    point[other] = a[other] + (share * (b[other] - a[other]) as f64).round() as i64;
    point
}

/// Twice the area a ring winds round, positive when it turns from east to south.
pub(crate) fn doubled_area(ring: &[Point]) -> i64 {
    let Some(&[x0, y0]) = ring.first() else { return 0 };
    let swept = |edge: &[Point]| {
        let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
        (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    };
    ring.windows(2).map(swept).sum()
}

/// Whether a ring goes once round the middle of its points, ever in one direction: then it touches
/// itself nowhere. Many areas do, and this is told from each edge once.
pub(crate) fn is_star(ring: &[Point]) -> bool {
    let count = ring.len() as i64;
    let Some(last) = ring.last().filter(|_| count >= 3) else { return false };
    let [x, y] = ring.iter().fold([0, 0], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
    let middle = [x / count, y / count];
    let (mut from, mut ups, mut rights) = (last, 0, 0);
    for to in ring {
        let way = turn(middle, *from, *to);
        if way == 0 {
            return false;
        }
        rights += i64::from(way > 0);
        ups += i64::from(from[1] < middle[1] && to[1] >= middle[1]);
        from = to;
    }
    ups == 1 && (rights == 0 || rights == count)
}

/// Takes points out that are where the one before is, or on the straight line between their
/// neighbours, spikes included: what is left covers the same.
pub(crate) fn tidy(ring: &mut Vec<Point>) {
    let mut kept = 0;
    for place in 0..ring.len() {
        let point = ring[place];
        while kept >= 2 && is_straight(ring[kept - 2], ring[kept - 1], point) {
            kept -= 1;
        }
        if kept == 0 || ring[kept - 1] != point {
            ring[kept] = point;
            kept += 1;
        }
    }
    ring.truncate(kept);
    let mut start = 0;
    while ring.len() - start >= 3 {
        let (first, last) = (ring[start], ring[ring.len() - 1]);
        if first == last || is_straight(ring[ring.len() - 2], last, first) {
            ring.pop();
        } else if is_straight(last, first, ring[start + 1]) {
            start += 1;
        } else {
            break;
        }
    }
    ring.drain(..start);
    if ring.len() < 3 {
        ring.clear();
    }
}

fn is_straight(a: Point, b: Point, c: Point) -> bool {
    turn(a, b, c) == 0
}

/// Positive when `c` is to the right of the way from `a` to `b` on a plane whose second axis goes
/// down. Coordinates that were cut to a tile never overflow it.
fn turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point) -> i64 {
    (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
}

/// An edge, its lesser end in the first coordinate first.
#[derive(Clone, Copy, Debug)]
struct Edge {
    a: [i32; 2],
    b: [i32; 2],
    top: i32,
    bottom: i32,
    /// Its ring, and its place and number of places there.
    ring: u32,
    place: u32,
    count: u32,
}

/// Room to hold the edges of rings against each other in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges {
    all: Vec<Edge>,
    /// From the west: where each begins, as far as that can be compared without a sign, and which
    /// it is.
    order: Vec<u64>,
    /// West, east, north and south ends of the edges, in steps of [`SIDE`] to their box.
    bounds: [Vec<i8>; 4],
}

/// So few edges are held against each other one by one.
const FEW: usize = 128;

/// Edges whose boxes are compared at once.
const LANES: usize = 16;

/// Steps to the longer side of what edges are compared in: as many as a byte tells apart.
const SIDE: i32 = 256;

impl Edges {
    /// Tells whether rings that were cut to a tile touch neither themselves nor each other.
    pub(crate) fn are_simple<'a>(&mut self, rings: impl Iterator<Item = &'a [Point]>) -> bool {
        self.all.clear();
        for (number, ring) in rings.enumerate() {
            let Some(mut from) = ring.last().map(narrow) else { continue };
            for (place, to) in ring.iter().enumerate() {
                let to = narrow(to);
                let (a, b) = if from <= to { (from, to) } else { (to, from) };
                self.all.push(Edge {
                    a,
                    b,
                    top: a[1].min(b[1]),
                    bottom: a[1].max(b[1]),
                    ring: number as u32,
                    place: place as u32,
                    count: ring.len() as u32,
                });
                from = to;
            }
        }
        if self.all.len() <= FEW { self.keep_apart() } else { self.keep_apart_from_the_west() }
    }

    /// Holds every edge against every other: their boxes first, several in one instruction.
    fn keep_apart(&mut self) -> bool {
        self.take_bounds();
        let [west, east, north, south] = &self.bounds;
        for (place, edge) in self.all.iter().enumerate() {
            let others = &self.all[place + 1..];
            if others.first().is_some_and(|next| touch(edge, next)) {
                return false;
            }
            let mut first = place + 2;
            while first < self.all.len() {
                let lanes = first..first + LANES;
                let (w, e) = (&west[lanes.clone()], &east[lanes.clone()]);
                let (n, s) = (&north[lanes.clone()], &south[lanes.clone()]);
                let (mut meeting, mut any) = ([0_i8; LANES], 0);
                for lane in 0..LANES {
                    meeting[lane] = i8::from(w[lane] <= east[place])
                        & i8::from(e[lane] >= west[place])
                        & i8::from(n[lane] <= south[place])
                        & i8::from(s[lane] >= north[place]);
                    any |= meeting[lane];
                }
                let mut near = self.all[first..].iter().zip(meeting);
                if any != 0 && near.any(|(other, meets)| meets != 0 && touch(edge, other)) {
                    return false;
                }
                first += LANES;
            }
        }
        true
    }

    /// Takes the boxes of the edges so coarsely that a byte holds an end; boxes that meet still do.
    fn take_bounds(&mut self) {
        let ends = self.all.iter().map(|edge| [edge.a[0], edge.top, edge.b[0], edge.bottom]);
        let whole =
            ends.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        let [left, top, right, bottom] = whole.unwrap_or_default();
        let longer = (right - left).max(bottom - top);
        let shift = (i32::BITS - (longer / SIDE).leading_zeros()).min(i32::BITS - 1);
        let small = |part: i32, first: i32| (((part - first) >> shift) - SIDE / 2) as i8;
        let [west, east, north, south] = &mut self.bounds;
        for bounds in [&mut *west, &mut *east, &mut *north, &mut *south] {
            bounds.clear();
        }
        west.extend(self.all.iter().map(|edge| small(edge.a[0], left)));
        east.extend(self.all.iter().map(|edge| small(edge.b[0], left)));
        north.extend(self.all.iter().map(|edge| small(edge.top, top)));
        south.extend(self.all.iter().map(|edge| small(edge.bottom, top)));
        // What fills the last lanes meets nothing.
        for (least, most) in [(west, east), (north, south)] {
            least.extend([i8::MAX; LANES]);
            most.extend([i8::MIN; LANES]);
        }
    }

    /// Holds edges against those that begin before they end, as seen from the west.
    fn keep_apart_from_the_west(&mut self) -> bool {
        self.order.clear();
        let begins = |edge: &Edge| u64::from(edge.a[0].cast_unsigned() ^ (1 << 31));
        let keys = self.all.iter().enumerate();
        self.order.extend(keys.map(|(place, edge)| begins(edge) << 32 | place as u64));
        self.order.sort_unstable();
        let edge = |key: &u64| &self.all[(*key & u64::from(u32::MAX)) as usize];
        for (place, key) in self.order.iter().enumerate() {
            let one = edge(key);
            for other in self.order[place + 1..].iter().map(edge) {
                if other.a[0] > one.b[0] {
                    break;
                }
                if touch(one, other) {
                    return false;
                }
            }
        }
        true
    }
}

fn narrow([x, y]: &Point) -> [i32; 2] {
    [*x as i32, *y as i32]
}

fn touch(one: &Edge, other: &Edge) -> bool {
    let is_beside = one.a[0] > other.b[0] || other.a[0] > one.b[0];
    if is_beside || one.top > other.bottom || other.top > one.bottom {
        return false;
    }
    let apart = one.place.abs_diff(other.place);
    let neighbours = one.ring == other.ring && (apart == 1 || apart == one.count - 1);
    let wide = |[x, y]: [i32; 2]| [i64::from(x), i64::from(y)];
    let sides = |edge: &Edge, of: &Edge| {
        let (a, b) = (wide(edge.a), wide(edge.b));
        (turn(a, b, wide(of.a)).signum(), turn(a, b, wide(of.b)).signum())
    };
    let first = sides(one, other);
    if neighbours {
        // They share an end; more only if they lie on one line and on one side of it, which tidying
        // has taken away, or if a ring of two edges goes there and back.
        return first == (0, 0);
    }
    if first.0 * first.1 > 0 {
        return false;
    }
    let second = sides(other, one);
    second.0 * second.1 <= 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_idle_goes_and_the_rest_covers_the_same() {
        let mut ring = vec![[0, 0], [2, 0], [2, 0], [4, 0], [4, 4], [4, 9], [4, 4], [0, 4], [0, 2]];
        tidy(&mut ring);
        assert_eq!(ring, [[0, 0], [4, 0], [4, 4], [0, 4]]);
        let mut line = vec![[0, 0], [5, 5], [2, 2]];
        tidy(&mut line);
        assert!(line.is_empty());
    }

    #[test]
    fn a_ring_is_cut_to_the_square() {
        let mut ring = vec![[-10, -10], [5, 5], [-10, 20]];
        cut(&mut ring, &mut Vec::new(), 0, 10);
        tidy(&mut ring);
        assert_eq!(doubled_area(&ring).abs(), 50);
        let mut outside = vec![[20, 20], [30, 20], [30, 30]];
        cut(&mut outside, &mut Vec::new(), 0, 10);
        assert!(outside.is_empty());
    }

    #[test]
    fn many_edges_are_held_against_each_other_as_few_are() {
        // Zigzags of many edges, of which one may cross another far along the ring.
        for (teeth, dent) in [(20_i64, 0), (20, 9), (20, 10), (50, 0), (50, 9), (50, 15), (150, 15)]
        {
            let mut ring: Vec<Point> = (0..teeth).map(|it| [it * 10, 20 + it % 2 * 10]).collect();
            ring.extend([[teeth * 10, 0], [0, 0]]);
            ring[teeth as usize / 2][1] -= 2 * dent;
            let mut edges = Edges::default();
            let is_simple = edges.are_simple([ring.as_slice()].into_iter());
            assert_eq!(is_simple, edges.keep_apart(), "{teeth} {dent}");
            assert_eq!(is_simple, edges.keep_apart_from_the_west(), "{teeth} {dent}");
            let crosses = ring[teeth as usize / 2][1] <= 0;
            assert_eq!(is_simple, !crosses, "{teeth} {dent}: {ring:?}");
        }
    }

    #[test]
    fn a_ring_once_round_its_middle_is_simple() {
        let arm = |number: i64, count: i64, turns: i64, reach: f64| {
            let angle = std::f64::consts::TAU * (number * turns) as f64 / count as f64;
            [(reach * angle.cos()) as i64 + 500, (reach * angle.sin()) as i64 + 500]
        };
        let ring = |count, turns, short: f64| -> Vec<Point> {
            let reach = |number: i64| if number % 2 == 0 { 900.0 } else { short };
            (0..count).map(|number| arm(number, count, turns, reach(number))).collect()
        };
        let mut star = ring(16, 1, 200.0);
        assert!(is_star(&star));
        star.reverse();
        assert!(is_star(&star));
        assert!(!is_star(&ring(5, 2, 900.0)), "a pentagram goes round twice");
        let eight = [[0, 0], [9, 9], [9, 0], [0, 9]];
        assert!(!is_star(&eight));
        let hook = [[0, 0], [90, 0], [90, 90], [0, 90], [0, 80], [80, 80], [80, 10], [0, 10]];
        assert!(!is_star(&hook), "its middle sees not all of it, and it is simple all the same");
        assert!(!is_star(&[[0, 0], [9, 0]]));
    }

    #[test]
    fn no_ring_is_taken_for_simple_that_is_not() {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % below) as i64
        };
        let mut stars = 0;
        for _ in 0..20_000 {
            let count = 3 + draw(6);
            let mut ring: Vec<Point> = (0..count).map(|_| [draw(30), draw(30)]).collect();
            tidy(&mut ring);
            if is_star(&ring) {
                stars += 1;
                assert!(Edges::default().are_simple([ring.as_slice()].into_iter()), "{ring:?}");
            }
        }
        assert!(stars > 1_000, "{stars}");
    }

    #[test]
    fn rings_that_touch_are_told() {
        let simple = |rings: &[&[Point]]| Edges::default().are_simple(rings.iter().copied());
        let square: &[Point] = &[[0, 0], [9, 0], [9, 9], [0, 9]];
        assert!(simple(&[square]));
        assert!(simple(&[square, &[[2, 2], [2, 4], [4, 4]]]));
        assert!(!simple(&[square, &[[0, 2], [2, 4], [4, 4]]]), "it touches an edge");
        assert!(!simple(&[&[[0, 0], [9, 9], [9, 0], [0, 9]]]), "it crosses itself");
        assert!(!simple(&[&[[0, 0], [4, 0], [4, 4], [8, 8], [0, 8], [4, 4]]]), "a point twice");
    }
}
