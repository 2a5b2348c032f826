//! Clusters: what hangs together because its boxes touch.

use crate::grid::GridBox;
use crate::stripes::Stripes;

/// Divides boxes into clusters: two boxes are in one if a chain of touching boxes joins them.
///
/// Shapes in different clusters have no point in common, so each cluster can be cut on its own.
///
/// # Shape
/// The numbers of the boxes of each cluster, ascending; the clusters in the order of their first
/// members. Every box is in one cluster.
///
/// # Examples
/// ```
/// use geometry::{GridBox, GridPoint, clusters};
///
/// let square = |x| GridBox::new(GridPoint::new(x, 0), GridPoint::new(x + 10, 10));
/// assert_eq!(clusters(&[square(0), square(100), square(10)]), [vec![0, 2], vec![1]]);
/// ```
pub fn clusters(boxes: &[GridBox]) -> Vec<Vec<u32>> {
    let mut sets = DisjointSets::new(boxes.len());
    join_touching(boxes, &mut sets);
    let mut cluster_of_root = vec![u32::MAX; boxes.len()];
    let mut clusters: Vec<Vec<u32>> = Vec::new();
    for i in 0..boxes.len() as u32 {
        let slot = &mut cluster_of_root[sets.root(i) as usize];
        if *slot == u32::MAX {
            *slot = clusters.len() as u32;
            clusters.push(Vec::new());
        }
        clusters[*slot as usize].push(i);
    }
    clusters
}

fn join_touching(boxes: &[GridBox], sets: &mut DisjointSets) {
    let mut open: Vec<(GridBox, u32)> = Vec::new();
    for items in Stripes::new(boxes).iter() {
        // A handful comes unsorted.
        let sorted =
            items.windows(2).all(|w| boxes[w[0] as usize].min.x <= boxes[w[1] as usize].min.x);
        open.clear();
        for &i in items {
            let new = boxes[i as usize];
            let mut hidden = false;
            open.retain(|&(old, j)| {
                if sorted && old.max.x < new.min.x {
                    return false;
                }
                if !new.intersects(&old) {
                    return true;
                }
                sets.join(i, j);
                // What lies within another in height and ends no later can be forgotten: whatever
                // touches it later touches the other too. It keeps deep stacks of boxes cheap.
                let within = |a: &GridBox, b: &GridBox| {
                    sorted && a.max.x <= b.max.x && a.min.y >= b.min.y && a.max.y <= b.max.y
                };
                hidden |= within(&new, &old);
                hidden || !within(&old, &new)
            });
            if !hidden {
                open.push((new, i));
            }
        }
    }
}

/// Disjoint sets of numbers that can be joined; the root of a set is its smallest member.
///
/// # Source
/// Tarjan & van Leeuwen (1984), "Worst-case analysis of set union algorithms": path halving.
#[derive(Debug)]
pub(crate) struct DisjointSets(Vec<u32>);

impl DisjointSets {
    pub(crate) fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    pub(crate) fn root(&mut self, mut i: u32) -> u32 {
        while self.0[i as usize] != i {
            let above = self.0[self.0[i as usize] as usize];
            self.0[i as usize] = above;
            i = above;
        }
        i
    }

    pub(crate) fn join(&mut self, i: u32, j: u32) {
        let (i, j) = (self.root(i), self.root(j));
        self.0[i.max(j) as usize] = i.min(j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::GridPoint;
    use rand::{Rng, SeedableRng};
    use rand_pcg::Pcg64;

    fn by_comparing_all(boxes: &[GridBox]) -> Vec<Vec<u32>> {
        let mut sets = DisjointSets::new(boxes.len());
        for i in 0..boxes.len() {
            for j in 0..i {
                if boxes[i].intersects(&boxes[j]) {
                    sets.join(i as u32, j as u32);
                }
            }
        }
        let roots: Vec<u32> = (0..boxes.len() as u32).map(|i| sets.root(i)).collect();
        let mut firsts = roots.clone();
        firsts.sort_unstable();
        firsts.dedup();
        firsts
            .iter()
            .map(|f| (0..boxes.len() as u32).filter(|&i| roots[i as usize] == *f).collect())
            .collect()
    }

    #[test]
    fn clusters_are_those_found_by_comparing_all_boxes() {
        let mut rng = Pcg64::seed_from_u64(5);
        for round in 0..300 {
            let reach = [20, 200, 1 << 38][round % 3];
            let widest = 1 + reach / [2, 10, 40][round / 3 % 3];
            let boxes: Vec<GridBox> = (0..round)
                .map(|_| {
                    let min =
                        GridPoint::new(rng.random_range(0..reach), rng.random_range(0..reach));
                    let mut size = || rng.random_range(0..widest) / rng.random_range(1..=8);
                    GridBox { min, max: GridPoint::new(min.x + size(), min.y + size()) }
                })
                .collect();
            assert_eq!(clusters(&boxes), by_comparing_all(&boxes), "round {round}");
        }
    }

    #[test]
    fn a_deep_stack_of_boxes_is_one_cluster_at_once() {
        let square = |by: i64| GridBox::new(GridPoint::new(-by, -by), GridPoint::new(by, by));
        let stack: Vec<GridBox> = (0..100_000).map(|i| square(i % 1000)).collect();
        assert_eq!(clusters(&stack).len(), 1);
        assert!(clusters(&[]).is_empty());
    }
}
