//! A sorted table of which a changed copy costs little.

use std::borrow::Borrow;
use std::ops::Bound;
use std::sync::Arc;

/// Entries sorted by key, on shelves of some hundred entries that copies share.
///
/// A copy with a few changes made to it costs one new row of shelves and a new shelf for each
/// change: some ten microseconds in a table of a million entries, and the old copy stays as it
/// was for those who read it.
#[derive(Debug)]
pub(crate) struct Shelves<K, V> {
    row: Arc<[Shelf<K, V>]>,
    len: usize,
}

type Shelf<K, V> = Arc<[(K, V)]>;

/// Entries on a shelf when it is made; the square root of a large table, so that the row and a
/// shelf cost about the same to copy.
const FULL: usize = 512;

/// Parts that may be gone through at the same time: some for each core there may be.
const PARTS: usize = 32;

impl<K, V> Clone for Shelves<K, V> {
    fn clone(&self) -> Self {
        Self { row: Arc::clone(&self.row), len: self.len }
    }
}

impl<K, V> Default for Shelves<K, V> {
    fn default() -> Self {
        Self { row: Arc::from([]), len: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> Shelves<K, V> {
    /// Makes a table of entries in any order; of several with one key the last stays.
    pub(crate) fn of(mut entries: Vec<(K, V)>) -> Self {
        sort_keeping_last(&mut entries);
        let len = entries.len();
        let mut row = Vec::with_capacity(len.div_ceil(FULL));
        lay_out(entries, &mut row);
        Self { row: row.into(), len }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let shelf = self.row.get(self.shelf_of(key)?)?;
        let place = shelf.binary_search_by(|(known, _)| known.borrow().cmp(key)).ok()?;
        shelf.get(place).map(|(_, value)| value)
    }

    /// All entries in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.row.iter().flat_map(|shelf| shelf.iter()).map(|(key, value)| (key, value))
    }

    /// All entries in a few parts of about one size, each in the order of keys.
    pub(crate) fn parts(&self) -> Vec<impl Iterator<Item = (&K, &V)>> {
        let parts = self.row.chunks(self.row.len() / PARTS + 1);
        let entries = parts.map(|part| part.iter().flat_map(|shelf| shelf.iter()));
        entries.map(|entries| entries.map(|(key, value)| (key, value))).collect()
    }

    /// Entries from a key on, in the order of their keys.
    pub(crate) fn from<Q: Ord + ?Sized>(&self, start: Bound<&Q>) -> impl Iterator<Item = (&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (shelf, place) = match start {
            Bound::Unbounded => (0, 0),
            Bound::Included(key) => self.place_of(key, false),
            Bound::Excluded(key) => self.place_of(key, true),
        };
        let first = self.row.get(shelf).map_or(&[][..], |shelf| &shelf[place.min(shelf.len())..]);
        let rest = self.row.iter().skip(shelf + 1).flat_map(|shelf| shelf.iter());
        first.iter().chain(rest).map(|(key, value)| (key, value))
    }

    /// The table with entries set (`Some`) or taken away (`None`); of several changes to one key
    /// the last counts.
    pub(crate) fn changed(&self, mut changes: Vec<(K, Option<V>)>) -> Self {
        if changes.is_empty() {
            return self.clone();
        }
        sort_keeping_last(&mut changes);
        let mut row: Vec<Shelf<K, V>> = Vec::with_capacity(self.row.len() + 1);
        let mut changes = changes.into_iter().peekable();
        for (place, shelf) in self.row.iter().enumerate() {
            let next_first = self.row.get(place + 1).and_then(|next| next.first());
            let mut of_shelf = Vec::new();
            while let Some(change) =
                changes.next_if(|(key, _)| next_first.is_none_or(|(next_key, _)| key < next_key))
            {
                of_shelf.push(change);
            }
            if of_shelf.is_empty() {
                row.push(Arc::clone(shelf));
            } else {
                lay_out(merged(shelf, of_shelf), &mut row);
            }
        }
        let added = changes.filter_map(|(key, value)| Some((key, value?)));
        lay_out(added.collect(), &mut row);
        let len = row.iter().map(|shelf| shelf.len()).sum();
        Self { row: row.into(), len }
    }

    /// The shelf on which a key stands, or would stand.
    fn shelf_of<Q: Ord + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let begins_behind =
            |shelf: &Shelf<K, V>| shelf.first().is_some_and(|(first, _)| first.borrow() <= key);
        self.row.partition_point(begins_behind).checked_sub(1)
    }

    fn place_of<Q: Ord + ?Sized>(&self, key: &Q, behind: bool) -> (usize, usize)
    where
        K: Borrow<Q>,
    {
        let Some(shelf) = self.shelf_of(key) else { return (0, 0) };
        let place = self.row.get(shelf).map_or(0, |entries| {
            entries.partition_point(|(known, _)| {
                let known = known.borrow();
                known < key || (behind && known == key)
            })
        });
        (shelf, place)
    }
}

fn sort_keeping_last<K: Ord, T>(entries: &mut Vec<(K, T)>) {
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    // `dedup_by` keeps the first of equal neighbours, and offers it as its second argument.
    entries.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
}

fn merged<K: Ord + Clone, V: Clone>(shelf: &[(K, V)], changes: Vec<(K, Option<V>)>) -> Vec<(K, V)> {
    let mut entries = Vec::with_capacity(shelf.len() + changes.len());
    let mut old = shelf.iter().peekable();
    for (key, value) in changes {
        while let Some(entry) = old.next_if(|entry| entry.0 < key) {
            entries.push(entry.clone());
        }
        old.next_if(|entry| entry.0 == key);
        if let Some(value) = value {
            entries.push((key, value));
        }
    }
    entries.extend(old.cloned());
    entries
}

/// Puts sorted entries on shelves behind the last one of a row, which they join if there is room.
fn lay_out<K: Ord + Clone, V: Clone>(mut entries: Vec<(K, V)>, row: &mut Vec<Shelf<K, V>>) {
    if entries.is_empty() {
        return;
    }
    if let Some(last) = row.pop_if(|last| last.len() + entries.len() <= FULL) {
        entries.splice(0..0, last.iter().cloned());
    }
    if entries.len() <= FULL * 2 {
        row.push(entries.into());
        return;
    }
    let mut entries = entries.into_iter();
    while entries.len() > 0 {
        row.push(entries.by_ref().take(FULL).collect());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn contents(table: &Shelves<u32, u32>) -> Vec<(u32, u32)> {
        table.iter().map(|(key, value)| (*key, *value)).collect()
    }

    #[test]
    fn a_large_table_stays_on_shelves_of_some_hundred() {
        let mut table = Shelves::of((0..100_000).map(|n| (n * 2, n)).collect());
        for n in 0..3_000 {
            table = table.changed(vec![(n * 2 + 1, Some(n))]);
        }
        assert_eq!(table.len(), 103_000);
        assert!(table.row.iter().all(|shelf| (1..=FULL * 2).contains(&shelf.len())));
        assert!(table.row.len() < 250, "{}", table.row.len());
    }

    proptest! {
        #[test]
        fn a_table_answers_as_a_map_does(
            start in prop::collection::vec((0_u32..3_000, any::<u32>()), 0..2_000),
            batches in prop::collection::vec(
                prop::collection::vec((0_u32..3_000, any::<Option<u32>>()), 0..400), 0..6),
            asked in prop::collection::vec(0_u32..3_000, 8),
        ) {
            let mut map: BTreeMap<u32, u32> = start.iter().copied().collect();
            let mut table = Shelves::of(start);
            for batch in batches {
                let before = contents(&table);
                let next = table.changed(batch.clone());
                prop_assert_eq!(contents(&table), before);
                table = next;
                for (key, value) in batch {
                    match value {
                        Some(value) => map.insert(key, value),
                        None => map.remove(&key),
                    };
                }
            }
            prop_assert_eq!(table.len(), map.len());
            prop_assert_eq!(contents(&table), map.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>());
            for key in asked {
                prop_assert_eq!(table.get(&key), map.get(&key));
                prop_assert!(table.from(Bound::Included(&key)).eq(map.range(key..)));
                prop_assert!(table.from(Bound::Excluded(&key)).eq(map.range(key + 1..)));
            }
            prop_assert!(table.from::<u32>(Bound::Unbounded).eq(map.iter()));
        }
    }
}
