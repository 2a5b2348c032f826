//! Exact answers to the three questions every other module asks.
//!
//! # Source
//! Shewchuk (1997), "Adaptive precision floating-point arithmetic and fast robust geometric
//! predicates", through the `robust` crate.
#![expect(clippy::float_cmp, reason = "coordinates are compared for being the same number")]

use robust::Coord;

/// A position as it is stored: longitude, latitude.
pub(crate) type Position = [f64; 2];

/// Where a position lies with regard to a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Inside,
    Boundary,
    Outside,
}

/// Positive when `c` is to the left of the line from `a` to `b`, 0 when on it; the sign is exact.
pub(crate) fn orient(a: Position, b: Position, c: Position) -> f64 {
    let coord = |p: Position| Coord { x: p[0], y: p[1] };
    robust::orient2d(coord(a), coord(b), coord(c))
}

/// Tells whether the position is in the box around `a` and `b`.
pub(crate) fn in_box_of(a: Position, b: Position, p: Position) -> bool {
    let within = |a: f64, b: f64, p: f64| (a <= p && p <= b) || (b <= p && p <= a);
    within(a[0], b[0], p[0]) && within(a[1], b[1], p[1])
}

/// Tells on which side of a closed ring the position lies, by the even-odd rule.
pub(crate) fn side_of_ring(p: Position, ring: &[Position]) -> Side {
    let mut inside = false;
    for edge in ring.windows(2) {
        let (a, b) = (edge[0], edge[1]);
        if (a[1] > p[1]) == (b[1] > p[1]) {
            if a[1] == p[1] && (a[0] == p[0] || (b[1] == p[1] && in_box_of(a, b, p))) {
                return Side::Boundary;
            }
            continue;
        }
        if a[0] < p[0] && b[0] < p[0] {
            continue;
        }
        if a[0] > p[0] && b[0] > p[0] {
            inside = !inside;
            continue;
        }
        let turn = orient(a, b, p);
        if turn == 0.0 {
            return Side::Boundary;
        }
        if (turn > 0.0) == (b[1] > a[1]) {
            inside = !inside;
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// Orders positions from west to east and, on one meridian, from south to north.
pub(crate) fn compare(a: Position, b: Position) -> std::cmp::Ordering {
    a[0].total_cmp(&b[0]).then_with(|| a[1].total_cmp(&b[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Position; 5] = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [0.0, 0.0]];

    #[test]
    fn the_boundary_is_neither_inside_nor_outside() {
        assert_eq!(side_of_ring([1.0, 1.0], &SQUARE), Side::Inside);
        for on_edge in [[0.0, 0.0], [2.0, 2.0], [1.0, 0.0], [1.0, 2.0], [0.0, 1.0], [2.0, 0.5]] {
            assert_eq!(side_of_ring(on_edge, &SQUARE), Side::Boundary, "{on_edge:?}");
        }
        for outside in [[-1.0, 0.0], [3.0, 0.0], [3.0, 2.0], [-1.0, 2.0], [1.0, -1e-300]] {
            assert_eq!(side_of_ring(outside, &SQUARE), Side::Outside, "{outside:?}");
        }
    }

    #[test]
    fn a_position_one_rounding_step_off_an_edge_is_not_on_it() {
        let ring = [[0.0, 0.0], [3.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
        let third: f64 = 1.0 / 3.0;
        let below = [1.0, f64::from_bits(third.to_bits() - 1)];
        let above = [1.0, f64::from_bits(third.to_bits() + 1)];
        assert_eq!(side_of_ring(below, &ring), Side::Outside);
        assert_eq!(side_of_ring(above, &ring), Side::Inside);
    }
}
