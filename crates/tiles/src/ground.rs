//! What lies where, among a million areas.

use crate::tile::Tile;

/// Kinds of entries that are counted apart.
pub const KINDS: usize = 4;

/// Something that covers a box on the square of the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// West, north, east, south; see [`crate::world`].
    pub bounds: [f64; 4],
    /// Its kind, less than [`KINDS`]; none if it is not to be counted.
    pub kind: Option<u8>,
    /// Positions it is drawn from.
    pub vertex_count: u32,
    /// What it is.
    pub item: T,
}

impl<T> Entry<T> {
    /// Whether its box meets another.
    pub fn meets(&self, window: [f64; 4]) -> bool {
        boxes_meet(self.bounds, window)
    }

    /// Whether its box lies in another.
    pub fn is_within(&self, window: [f64; 4]) -> bool {
        let (a, b) = (self.bounds, window);
        a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3]
    }

    /// The middle of its box.
    pub fn middle(&self) -> [f64; 2] {
        let [west, north, east, south] = self.bounds;
        [(west + east) / 2.0, (north + south) / 2.0]
    }

    /// The longer side of its box.
    pub fn longest(&self) -> f64 {
        let [west, north, east, south] = self.bounds;
        (east - west).max(south - north)
    }

    /// The square of a tile that holds its middle, of 2^`depth` squares along each side.
    pub fn square(&self, tile: Tile, depth: u8) -> Option<[u32; 2]> {
        let side = f64::from(1_u32 << depth) * f64::from(1_u32 << tile.zoom());
        let [x, y] = self.middle().map(|part| (part * side).clamp(0.0, side - 1.0) as u32);
        let number = |at: u32, first: u32| at.checked_sub(first << depth);
        let square = [number(x, tile.column())?, number(y, tile.row())?];
        (square[0] < 1 << depth && square[1] < 1 << depth).then_some(square)
    }
}

/// Entries by place: a packed tree over boxes that lie in the order of a curve on which every tile
/// of every zoom is one stretch, so that entries in a square are counted without looking at them.
#[derive(Clone, Debug)]
pub struct Ground<T> {
    entries: Box<[Entry<T>]>,
    /// Where the middle of each entry stands on the curve, ascending.
    keys: Box<[u64]>,
    /// Runs of [`RUN`] entries, runs of such runs and so on.
    levels: Vec<Box<[Run]>>,
    /// How many of each kind come before each entry, and how many there are.
    tallies: Box<[[u32; KINDS]]>,
}

/// Entries, or runs, that share a box one level up.
const RUN: usize = 16;

/// The box of all entries below, and the longest side one of them has.
#[derive(Clone, Copy, Debug)]
struct Run {
    bounds: [f64; 4],
    longest: f64,
}

impl Run {
    fn of(entries: impl Iterator<Item = Self>) -> Self {
        let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        entries.fold(Self { bounds: nothing, longest: 0.0 }, |run, next| {
            let (a, b) = (run.bounds, next.bounds);
            Self {
                bounds: [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])],
                longest: run.longest.max(next.longest),
            }
        })
    }
}

/// The entries whose middle is in one square of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Square {
    /// Counted from the west of the tile.
    pub column: u32,
    /// Counted from the north of the tile.
    pub row: u32,
    /// How many of each kind.
    pub counts: [u32; KINDS],
}

impl<T> Ground<T> {
    /// Puts entries in order.
    pub fn new(entries: Vec<Entry<T>>) -> Self {
        let mut keyed: Vec<(u64, Entry<T>)> =
            entries.into_iter().map(|entry| (key_of(entry.middle()), entry)).collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        let mut tally = [0; KINDS];
        let mut tallies = Vec::with_capacity(keyed.len() + 1);
        tallies.push(tally);
        let mut keys = Vec::with_capacity(keyed.len());
        let mut sorted = Vec::with_capacity(keyed.len());
        for (key, entry) in keyed {
            if let Some(count) = entry.kind.and_then(|kind| tally.get_mut(usize::from(kind))) {
                *count += 1;
            }
            tallies.push(tally);
            keys.push(key);
            sorted.push(entry);
        }
        let mut levels: Vec<Box<[Run]>> = Vec::new();
        if !sorted.is_empty() {
            let of_one = |entry: &Entry<T>| Run { bounds: entry.bounds, longest: entry.longest() };
            let run = |entries: &[Entry<T>]| Run::of(entries.iter().map(of_one));
            levels.push(sorted.chunks(RUN).map(run).collect());
        }
        while let Some(last) = levels.last().filter(|last| last.len() > 1) {
            let next = last.chunks(RUN).map(|runs| Run::of(runs.iter().copied())).collect();
            levels.push(next);
        }
        Self { entries: sorted.into(), keys: keys.into(), levels, tallies: tallies.into() }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Hands out the entries whose box meets a box on the square of the world and is at least so
    /// long, in parts of that square, one way or the other.
    pub fn meeting<'g>(
        &'g self,
        window: [f64; 4],
        least: f64,
        mut found: impl FnMut(&'g Entry<T>),
    ) {
        let Some(top) = self.levels.len().checked_sub(1) else { return };
        let mut open: Vec<(usize, usize)> = vec![(top, 0)];
        while let Some((level, place)) = open.pop() {
            let whole = self.levels[level][place];
            if whole.longest < least || !boxes_meet(whole.bounds, window) {
                continue;
            }
            let first = place * RUN;
            if level > 0 {
                let last = (first + RUN).min(self.levels[level - 1].len());
                open.extend((first..last).rev().map(|below| (level - 1, below)));
                continue;
            }
            let run = &self.entries[first..(first + RUN).min(self.entries.len())];
            let wanted = |entry: &&Entry<T>| {
                boxes_meet(entry.bounds, window) && (least <= 0.0 || entry.longest() >= least)
            };
            run.iter().filter(wanted).for_each(&mut found);
        }
    }

    /// How many entries have their middle in a tile.
    pub fn count_in(&self, tile: Tile) -> usize {
        let (start, end) = self.stretch(prefix_of(tile), tile.zoom());
        end - start
    }

    /// Counts the entries with their middle in a tile by squares, 2^`depth` along each side; squares
    /// without any are left out.
    pub fn squares(&self, tile: Tile, depth: u8) -> Vec<Square> {
        let (mut start, end) = self.stretch(prefix_of(tile), tile.zoom());
        let shift = 64 - 2 * u32::from(tile.zoom() + depth);
        let mut squares = Vec::new();
        while start < end {
            let square = self.keys[start] >> shift;
            let run = self.keys[start..end].partition_point(|key| key >> shift == square);
            let (before, after) = (self.tallies[start], self.tallies[start + run]);
            let counts = std::array::from_fn(|kind| after[kind] - before[kind]);
            let mask = (1 << depth) - 1;
            let (column, row) = (compact(square) & mask, compact(square >> 1) & mask);
            squares.push(Square { column, row, counts });
            start += run;
        }
        squares
    }

    /// The entries of a tile on the curve: the first, and the one behind the last.
    fn stretch(&self, prefix: u64, zoom: u8) -> (usize, usize) {
        let shift = 64 - 2 * u32::from(zoom);
        if shift == 64 {
            return (0, self.keys.len());
        }
        let start = self.keys.partition_point(|key| key >> shift < prefix);
        let end = self.keys.partition_point(|key| key >> shift <= prefix);
        (start, end)
    }
}

/// Whether two boxes on the square of the world have a place in common.
pub fn boxes_meet(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// The bits of both coordinates by turns, the one to the south first.
fn key_of(place: [f64; 2]) -> u64 {
    const SIDE: f64 = 4_294_967_296.0;
    let [x, y] = place.map(|part| (part * SIDE).clamp(0.0, SIDE - 1.0) as u32);
    spread(x) | spread(y) << 1
}

fn prefix_of(tile: Tile) -> u64 {
    spread(tile.column()) | spread(tile.row()) << 1
}

/// The bits of a number with a zero before each.
fn spread(number: u32) -> u64 {
    let mut bits = u64::from(number);
    for (shift, mask) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

/// Takes out again what [`spread`] has put in.
fn compact(bits: u64) -> u32 {
    let mut bits = bits & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ] {
        bits = (bits | bits >> shift) & mask;
    }
    bits as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(places: &[(f64, f64, f64)]) -> Vec<Entry<usize>> {
        let entry = |(item, (x, y, size)): (usize, &(f64, f64, f64))| Entry {
            bounds: [*x, *y, (x + size).min(1.0), (y + size).min(1.0)],
            kind: Some((item % KINDS) as u8),
            vertex_count: 4,
            item,
        };
        places.iter().enumerate().map(entry).collect()
    }

    proptest! {
        #[test]
        fn entries_are_found_and_counted_as_looking_at_each_would(
            places in prop::collection::vec((0.0..=1.0_f64, 0.0..=1.0_f64, 0.0..0.1_f64), 0..400),
            zoom in 0_u8..5,
            at in (0_u32..16, 0_u32..16),
        ) {
            let tile = Tile::new(zoom, at.0 % (1 << zoom), at.1 % (1 << zoom)).unwrap();
            let all = entries(&places);
            let ground = Ground::new(all.clone());
            for (_, window) in tile.windows() {
                let mut found = Vec::new();
                ground.meeting(window, 0.0, |entry| found.push(entry.item));
                found.sort_unstable();
                let wanted = all.iter().filter(|entry| boxes_meet(entry.bounds, window));
                prop_assert_eq!(found, wanted.map(|entry| entry.item).collect::<Vec<_>>());
            }
            let squares = ground.squares(tile, 2);
            let total: u32 = squares.iter().flat_map(|square| square.counts).sum();
            prop_assert_eq!(total as usize, ground.count_in(tile));
            for square in &squares {
                let here = |entry: &&Entry<usize>| {
                    entry.square(tile, 2) == Some([square.column, square.row])
                };
                let count = all.iter().filter(here).count();
                prop_assert_eq!(square.counts.iter().sum::<u32>() as usize, count);
            }
        }
    }
}
