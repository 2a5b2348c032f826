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
    a: Point,
    b: Point,
    top: i64,
    bottom: i64,
    /// Its ring, and its place and number of places there.
    ring: u32,
    place: u32,
    count: u32,
}

/// Tells whether rings touch neither themselves nor each other.
///
/// Edges are held against those that begin before they end, as seen from the west.
pub(crate) fn are_simple<'a>(rings: impl Iterator<Item = &'a [Point]>) -> bool {
    let mut edges: Vec<Edge> = Vec::with_capacity(64);
    for (number, ring) in rings.enumerate() {
        let Some(mut from) = ring.last().copied() else { continue };
        for (place, &to) in ring.iter().enumerate() {
            let (a, b) = if from <= to { (from, to) } else { (to, from) };
            edges.push(Edge {
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
    edges.sort_unstable_by_key(|edge| edge.a[0]);
    for (place, edge) in edges.iter().enumerate() {
        for other in &edges[place + 1..] {
            if other.a[0] > edge.b[0] {
                break;
            }
            if other.top <= edge.bottom && other.bottom >= edge.top && touch(edge, other) {
                return false;
            }
        }
    }
    true
}

fn touch(one: &Edge, other: &Edge) -> bool {
    let apart = one.place.abs_diff(other.place);
    let neighbours = one.ring == other.ring && (apart == 1 || apart == one.count - 1);
    let sides = |edge: &Edge, of: &Edge| {
        (turn(edge.a, edge.b, of.a).signum(), turn(edge.a, edge.b, of.b).signum())
    };
    let (first, second) = (sides(one, other), sides(other, one));
    if neighbours {
        // They share an end; more only if they lie on one line and on one side of it, which tidying
        // has taken away, or if a ring of two edges goes there and back.
        return first == (0, 0);
    }
    first.0 * first.1 <= 0 && second.0 * second.1 <= 0
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
    fn rings_that_touch_are_told() {
        let simple = |rings: &[&[Point]]| are_simple(rings.iter().copied());
        let square: &[Point] = &[[0, 0], [9, 0], [9, 9], [0, 9]];
        assert!(simple(&[square]));
        assert!(simple(&[square, &[[2, 2], [2, 4], [4, 4]]]));
        assert!(!simple(&[square, &[[0, 2], [2, 4], [4, 4]]]), "it touches an edge");
        assert!(!simple(&[&[[0, 0], [9, 9], [9, 0], [0, 9]]]), "it crosses itself");
        assert!(!simple(&[&[[0, 0], [4, 0], [4, 4], [8, 8], [0, 8], [4, 4]]]), "a point twice");
    }
}
