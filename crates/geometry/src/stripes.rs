//! A sweep over boxes, stripe by stripe: which of many boxes overlap.

use std::ops::ControlFlow;

use crate::grid::GridBox;

/// Boxes sorted into horizontal stripes, within each by their western side.
///
/// Stripes are about twice as high as the mean box, so that a box is in one or two of them and a
/// sweep from west to east inside a stripe has few boxes open at a time: close to O(n log n)
/// together, for any mixture of sizes in which few boxes are far larger than the mean.
#[derive(Debug)]
pub(crate) struct Stripes {
    bottom: i64,
    /// Binary logarithm of the height of a stripe.
    shift: u32,
    /// For each stripe where its items start; one more at the end.
    starts: Vec<u32>,
    items: Vec<u32>,
}

/// Up to this many boxes all pairs are compared, which is then faster than sorting.
const FEW: usize = 24;

impl Stripes {
    /// Sorts boxes into stripes.
    pub(crate) fn new(boxes: &[GridBox]) -> Self {
        let bottom = boxes.iter().map(|b| b.min.y).min().unwrap_or(0);
        let top = boxes.iter().map(|b| b.max.y).max().unwrap_or(0);
        let n = boxes.len() as i64;
        if boxes.len() <= FEW {
            let items: Vec<u32> = (0..boxes.len() as u32).collect();
            return Self { bottom, shift: 62, starts: vec![0, items.len() as u32], items };
        }
        let mean = boxes.iter().map(|b| i128::from(b.max.y - b.min.y)).sum::<i128>() as i64 / n;
        let height = (2 * mean).max((top - bottom) / (2 * n)).max(1);
        let shift = 64 - height.leading_zeros();
        let stripe = |y: i64| ((y - bottom) >> shift) as usize;
        let mut starts = vec![0_u32; stripe(top) + 2];
        for b in boxes {
            for s in stripe(b.min.y)..=stripe(b.max.y) {
                starts[s + 1] += 1;
            }
        }
        for s in 1..starts.len() {
            starts[s] += starts[s - 1];
        }
        let mut by_west: Vec<(i64, u32)> =
            boxes.iter().zip(0..).map(|(b, i)| (b.min.x, i)).collect();
        by_west.sort_unstable();
        let mut ends = starts.clone();
        let mut items = vec![0; starts.last().copied().unwrap_or(0) as usize];
        for (_, i) in by_west {
            let b = &boxes[i as usize];
            for end in &mut ends[stripe(b.min.y)..=stripe(b.max.y)] {
                items[*end as usize] = i;
                *end += 1;
            }
        }
        Self { bottom, shift, starts, items }
    }

    /// Gives the boxes of each stripe, from west to east if there are more than a few.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|w| &self.items[w[0] as usize..w[1] as usize])
    }

    /// Gives the boxes of the stripe that holds this height; none above and below the boxes.
    pub(crate) fn at(&self, y: i64) -> &[u32] {
        if y < self.bottom {
            return &[];
        }
        let stripe = ((y - self.bottom) >> self.shift) as usize;
        match self.starts.get(stripe..stripe + 2) {
            Some(&[start, end]) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Hands out every pair of boxes that touch or overlap, once, the smaller number first, until told
    /// to break off.
    pub(crate) fn try_each_overlap(
        &self,
        boxes: &[GridBox],
        mut found: impl FnMut(u32, u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if boxes.len() <= FEW {
            for (i, a) in boxes.iter().enumerate() {
                for (j, b) in boxes.iter().enumerate().skip(i + 1) {
                    if a.intersects(b) {
                        found(i as u32, j as u32)?;
                    }
                }
            }
            return ControlFlow::Continue(());
        }
        let mut open: Vec<(GridBox, u32)> = Vec::new();
        for (stripe, items) in self.iter().enumerate() {
            open.clear();
            for &i in items {
                let new = boxes[i as usize];
                let mut k = 0;
                while let Some(&(old, j)) = open.get(k) {
                    if old.max.x < new.min.x {
                        open.swap_remove(k);
                        continue;
                    }
                    k += 1;
                    let lowest = old.min.y.max(new.min.y);
                    // A pair that shares several stripes is handed out in the first.
                    if lowest <= old.max.y.min(new.max.y)
                        && ((lowest - self.bottom) >> self.shift) as usize == stripe
                    {
                        found(i.min(j), i.max(j))?;
                    }
                }
                open.push((new, i));
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::GridPoint;
    use rand::{Rng, SeedableRng};
    use rand_pcg::Pcg64;

    #[test]
    fn the_sweep_finds_the_pairs_that_comparing_all_finds() {
        let mut rng = Pcg64::seed_from_u64(11);
        for round in 0..200 {
            let n = round * 3;
            let reach = [3, 30, 1000, 1 << 39][round % 4];
            let boxes: Vec<GridBox> = (0..n)
                .map(|_| {
                    let mut v = || rng.random_range(-reach..=reach);
                    let (a, b) = (GridPoint::new(v(), v()), GridPoint::new(v(), v()));
                    let size = 1 + reach / 20;
                    let near = GridPoint::new(a.x + b.x % size, a.y + b.y % size);
                    GridBox::new(a, near)
                })
                .collect();
            let stripes = Stripes::new(&boxes);
            let mut found = Vec::new();
            let all = stripes.try_each_overlap(&boxes, |i, j| {
                found.push((i, j));
                ControlFlow::Continue(())
            });
            assert!(all.is_continue());
            found.sort_unstable();
            let mut expected = Vec::new();
            for i in 0..n {
                for j in i + 1..n {
                    if boxes[i].intersects(&boxes[j]) {
                        expected.push((i as u32, j as u32));
                    }
                }
            }
            assert_eq!(found, expected);
            for (i, b) in boxes.iter().enumerate() {
                assert!(stripes.at(b.min.y).contains(&(i as u32)));
                assert!(stripes.at(b.max.y).contains(&(i as u32)));
            }
        }
    }
}
