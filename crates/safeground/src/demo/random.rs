//! Random numbers that are the same on every machine and in every release.

use rand::RngCore;
use rand_pcg::Pcg64Mcg;
use std::f64::consts::TAU;

/// A stream of random numbers that depends on nothing but what it was keyed with.
///
/// Written on the generator's raw output only: the distributions of `rand` may change between
/// its releases, and with them every committed digest.
#[derive(Debug)]
pub(super) struct Random {
    numbers: Pcg64Mcg,
    /// Normal deviates come in pairs.
    spare_normal: Option<f64>,
}

impl Random {
    /// The stream for one thing of one programme: the same key gives the same numbers whatever
    /// was drawn before for something else.
    pub(super) fn keyed(seed: u64, purpose: Purpose, index: usize) -> Self {
        let low = scramble(seed ^ scramble(purpose as u64));
        let high = scramble(low ^ scramble(index as u64));
        let numbers = Pcg64Mcg::new((u128::from(high) << 64) | u128::from(low));
        Self { numbers, spare_normal: None }
    }

    /// Uniform in 0 ≤ x < 1.
    pub(super) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.numbers.next_u64() >> 11) as f64 * STEP
    }

    /// Uniform in `low` ≤ x < `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform among the whole numbers `low..=high`.
    pub(super) fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.unit() * (high - low + 1) as f64) as usize
    }

    /// True in `share` of the cases.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Normally distributed, mean 0, standard deviation 1 (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let (sin, cos) = (TAU * self.unit()).sin_cos();
        self.spare_normal = Some(radius * sin);
        radius * cos
    }

    /// One of `items`, each as likely as the next.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.whole(0, items.len() - 1)]
    }

    /// One of `items` by the weight beside it.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [(f64, T)]) -> &'a T {
        let total: f64 = items.iter().map(|(weight, _)| weight).sum();
        let mut left = self.unit() * total;
        for (weight, item) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &items[items.len() - 1].1
    }
}

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Patchiness = 1,
    Placement,
    Outline,
    Course,
    Calendar,
    Stages,
    Wording,
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014): neighbouring keys give unrelated
/// numbers.
pub(super) fn scramble(key: u64) -> u64 {
    let mut mixed = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
