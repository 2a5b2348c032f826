//! Exact predicates on grid points.
//!
//! Coordinates keep within [`crate::GRID_LIMIT`] = 2³⁹, differences within 2⁴⁰, so that products
//! of two fit in 2⁸¹ and those of three in 2¹²³; `i128` holds them all.

use std::cmp::Ordering;

use crate::grid::GridPoint;

/// Twice the signed area of the triangle o, a, b: positive if b lies left of the line from o to a.
#[inline]
pub(crate) fn cross(o: GridPoint, a: GridPoint, b: GridPoint) -> i128 {
    i128::from(a.x - o.x) * i128::from(b.y - o.y) - i128::from(a.y - o.y) * i128::from(b.x - o.x)
}

/// Says whether c lies in the box spanned by a and b, its boundary included.
#[inline]
pub(crate) fn in_span(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    a.x.min(b.x) <= c.x && c.x <= a.x.max(b.x) && a.y.min(b.y) <= c.y && c.y <= a.y.max(b.y)
}

/// Says whether the segment a–b meets the pixel of c, given `area` = [`cross`] of a, b, c and that
/// c lies in the span of a and b.
///
/// A pixel is the square of side 1 centred on its point, with its southern and western sides and
/// the south-western corner, without the others; so each point of the plane is in one pixel only.
///
/// The corners of the pixel lie at ±½ from c. Twice the cross product of a corner is
/// 2·area ± dx ± dy, where (dx, dy) = b − a. The line meets the open square if these have both
/// signs. If it touches the square in a corner only, that must be the south-western one. Within the
/// span, what holds for the line holds for the segment, because its ends are pixel centres.
#[inline]
pub(crate) fn meets_pixel(a: GridPoint, b: GridPoint, area: i128) -> bool {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let reach = i128::from(dx.abs() + dy.abs());
    let twice = 2 * area;
    twice.abs() < reach || (twice.abs() == reach && twice == i128::from(dx - dy))
}

/// Gives the point where two segments cross in the inside of both, rounded to its pixel; `None` if
/// they do not.
///
/// The arguments are the segments a–b and c–d, then the cross products (a, b, c), (a, b, d),
/// (c, d, a) and (c, d, b).
pub(crate) fn proper_crossing(
    [a, b]: [GridPoint; 2],
    [abc, abd, cda, cdb]: [i128; 4],
) -> Option<GridPoint> {
    let apart = |p: i128, q: i128| (p < 0 && q > 0) || (p > 0 && q < 0);
    if !apart(abc, abd) || !apart(cda, cdb) {
        return None;
    }
    // From a the crossing lies at cda / (cda − cdb) of the way to b.
    let (num, den) = if cda > 0 { (cda, cda - cdb) } else { (-cda, cdb - cda) };
    Some(GridPoint::new(
        a.x + rounded_share(b.x - a.x, num, den),
        a.y + rounded_share(b.y - a.y, num, den),
    ))
}

/// Computes ⌊length · num / den + ½⌋ for 0 ≤ num ≤ den, exactly.
pub(crate) fn rounded_share(length: i64, num: i128, den: i128) -> i64 {
    let top = 2 * i128::from(length) * num + den;
    let bottom = 2 * den;
    match (i64::try_from(top), i64::try_from(bottom)) {
        (Ok(top), Ok(bottom)) => top.div_euclid(bottom),
        _ => top.div_euclid(bottom) as i64,
    }
}

/// Orders directions counter-clockwise from east; equal only for the same direction.
pub(crate) fn compare_directions((ax, ay): (i64, i64), (bx, by): (i64, i64)) -> Ordering {
    let lower = |x: i64, y: i64| y < 0 || (y == 0 && x < 0);
    lower(ax, ay)
        .cmp(&lower(bx, by))
        .then_with(|| (i128::from(ay) * i128::from(bx)).cmp(&(i128::from(ax) * i128::from(by))))
}

/// Counts how often a ring winds counter-clockwise round a point; `None` if the point is on it.
pub(crate) fn winding(ring: &[GridPoint], p: GridPoint) -> Option<i32> {
    let Some(&(mut last)) = ring.last() else { return Some(0) };
    let mut count = 0;
    for &here in ring {
        if last.y.min(here.y) <= p.y && p.y <= last.y.max(here.y) {
            let side = cross(last, here, p);
            if side == 0 && in_span(last, here, p) {
                return None;
            }
            count += ray_crossing(last, here, p, side);
        }
        last = here;
    }
    Some(count)
}

/// Counts the crossing of a segment with the ray from p to the west: 1 downward, −1 upward.
///
/// A ring that runs counter-clockwise round p goes down on its western side. `side` is the
/// [`cross`] of the segment and p; p is not on the segment.
#[inline]
pub(crate) fn ray_crossing(a: GridPoint, b: GridPoint, p: GridPoint, side: i128) -> i32 {
    match (a.y > p.y, b.y > p.y) {
        (true, false) if side > 0 => 1,
        (false, true) if side < 0 => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_pcg::Pcg64;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint::new(x, y)
    }

    /// Clips the segment to the pixel in rational arithmetic with common denominators, the long way.
    fn meets_pixel_by_clipping(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
        // Parameters t in [0, 1] with low <= a + t (b - a) - c < high, times two, each as a
        // fraction; the interval's ends may be open.
        let mut low = (0_i128, 1_i128, true);
        let mut high = (1_i128, 1_i128, true);
        for (start, delta) in [(a.x - c.x, b.x - a.x), (a.y - c.y, b.y - a.y)] {
            let (start, delta) = (i128::from(2 * start), i128::from(2 * delta));
            if delta == 0 {
                if !(-1..1).contains(&start) {
                    return false;
                }
                continue;
            }
            let (at_low, at_high) = (-1 - start, 1 - start);
            let (enter, leave) = if delta > 0 {
                ((at_low, delta, true), (at_high, delta, false))
            } else {
                ((-at_high, -delta, false), (-at_low, -delta, true))
            };
            if enter.0 * low.1 > low.0 * enter.1 || (enter.0 * low.1 == low.0 * enter.1 && !enter.2)
            {
                low = enter;
            }
            if leave.0 * high.1 < high.0 * leave.1
                || (leave.0 * high.1 == high.0 * leave.1 && !leave.2)
            {
                high = leave;
            }
        }
        match (low.0 * high.1).cmp(&(high.0 * low.1)) {
            Ordering::Less => true,
            Ordering::Equal => low.2 && high.2,
            Ordering::Greater => false,
        }
    }

    #[test]
    fn the_pixel_test_agrees_with_clipping() {
        for (ax, ay) in (0..7).flat_map(|x| (0..7).map(move |y| (x, y))) {
            for (bx, by) in (0..7).flat_map(|x| (0..7).map(move |y| (x, y))) {
                for (cx, cy) in (-1..8).flat_map(|x| (-1..8).map(move |y| (x, y))) {
                    let (a, b, c) = (p(ax, ay), p(bx, by), p(cx, cy));
                    if a == b {
                        continue;
                    }
                    let quick = in_span(a, b, c) && meets_pixel(a, b, cross(a, b, c));
                    assert_eq!(quick, meets_pixel_by_clipping(a, b, c), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }

    #[test]
    fn a_segment_through_a_pixel_corner_meets_one_pixel_there() {
        // The line x + y = 1 passes through (½, ½), the common corner of four pixels.
        let (a, b) = (p(-3, 4), p(4, -3));
        let met = |c| in_span(a, b, c) && meets_pixel(a, b, cross(a, b, c));
        assert!(met(p(1, 1)) && met(p(0, 1)) && met(p(1, 0)) && !met(p(0, 0)));
    }

    #[test]
    fn crossings_round_alike_from_every_side() {
        let mut rng = Pcg64::seed_from_u64(4);
        let mut found = 0;
        for round in 0..20_000 {
            let reach = if round % 2 == 0 { 20 } else { 1 << 39 };
            let mut point =
                || p(rng.random_range(-reach..=reach), rng.random_range(-reach..=reach));
            let (a, b, c, d) = (point(), point(), point(), point());
            let cut = |a, b, c, d| {
                proper_crossing(
                    [a, b],
                    [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)],
                )
            };
            let first = cut(a, b, c, d);
            found += usize::from(first.is_some());
            for other in [cut(b, a, c, d), cut(a, b, d, c), cut(c, d, a, b), cut(d, c, b, a)] {
                assert_eq!(first, other);
            }
            if let Some(at) = first {
                for (s, t) in [(a, b), (c, d)] {
                    assert!(in_span(s, t, at) && meets_pixel(s, t, cross(s, t, at)));
                }
            }
        }
        assert!(found > 3_000);
    }

    #[test]
    fn directions_are_ordered_counter_clockwise() {
        let round = [(5, 0), (3, 1), (1, 1), (0, 2), (-1, 1), (-2, 0), (-1, -1), (0, -1), (1, -1)];
        for (i, &a) in round.iter().enumerate() {
            for (j, &b) in round.iter().enumerate() {
                assert_eq!(compare_directions(a, b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
        assert_eq!(compare_directions((2, 4), (1, 2)), Ordering::Equal);
    }

    #[test]
    fn winding_counts_turns_and_knows_the_boundary() {
        let square = [p(0, 0), p(4, 0), p(4, 4), p(0, 4)];
        let reversed: Vec<_> = square.iter().rev().copied().collect();
        for (x, y) in (-1..6).flat_map(|x| (-1..6).map(move |y| (x, y))) {
            let inside = (1..4).contains(&x) && (1..4).contains(&y);
            let outside = !(0..=4).contains(&x) || !(0..=4).contains(&y);
            let expected = if outside { Some(0) } else { inside.then_some(1) };
            assert_eq!(winding(&square, p(x, y)), expected, "{x} {y}");
            assert_eq!(winding(&reversed, p(x, y)), expected.map(|w| -w));
        }
        let twice = [square, square].concat();
        assert_eq!(winding(&twice, p(2, 2)), Some(2));
        assert_eq!(winding(&[], p(0, 0)), Some(0));
    }
}
