//! One tree of the index, with what has been taken away from it since it was made.

use std::sync::Arc;

use rstar::{AABB, Envelope, RTree, RTreeObject, SelectionFunction};

use crate::bbox::{Bbox, PlainBox};
use crate::polygon::HazardPolygon;
use crate::shape::Shape;

/// What an index finds by its box.
pub(super) trait Placed: Clone + PartialEq {
    fn bbox(&self) -> Bbox;
    fn intersects_bbox(&self, bbox: &Bbox) -> bool;
}

impl Placed for HazardPolygon {
    fn bbox(&self) -> Bbox {
        self.bbox()
    }

    fn intersects_bbox(&self, bbox: &Bbox) -> bool {
        self.intersects_bbox(bbox)
    }
}

impl Placed for Shape {
    fn bbox(&self) -> Bbox {
        self.bbox()
    }

    fn intersects_bbox(&self, bbox: &Bbox) -> bool {
        self.intersects_bbox(bbox)
    }
}

/// What is placed, in one of the plain boxes of its own box; there are two at the antimeridian.
#[derive(Clone, Debug)]
pub(super) struct Entry<Id, P = HazardPolygon> {
    /// `[west, south, east, north]`, rounded outward. Half the width saves a third of the tree, and
    /// what is found is tested on the thing itself.
    bounds: [f32; 4],
    pub(super) id: Id,
    pub(super) placed: Arc<P>,
}

pub(super) type Bounds = AABB<[f32; 2]>;

impl<Id, P> RTreeObject for Entry<Id, P> {
    type Envelope = Bounds;

    fn envelope(&self) -> Bounds {
        let [west, south, east, north] = self.bounds;
        AABB::from_corners([west, south], [east, north])
    }
}

impl<Id, P: Placed> Entry<Id, P> {
    pub(super) fn plain_box(&self) -> PlainBox {
        self.bounds.map(f64::from)
    }

    pub(super) fn is_one_of_two(&self) -> bool {
        self.placed.bbox().pieces().count() > 1
    }
}

/// The box in the precision of the tree, no smaller than it was.
pub(super) fn bounds_around(plain: PlainBox) -> Bounds {
    let [west, south, east, north] = rounded_outward(plain);
    AABB::from_corners([west, south], [east, north])
}

pub(super) fn plain_box_of(bounds: &Bounds) -> PlainBox {
    let ([west, south], [east, north]) = (bounds.lower(), bounds.upper());
    [west, south, east, north].map(f64::from)
}

/// ±180 and ±90 are numbers of that precision, so nothing leaves the globe.
fn rounded_outward([west, south, east, north]: PlainBox) -> [f32; 4] {
    let down = |degrees: f64| {
        let near = degrees as f32;
        if f64::from(near) > degrees { near.next_down() } else { near }
    };
    let up = |degrees: f64| -down(-degrees);
    [down(west), down(south), up(east), up(north)]
}

fn entries_of<Id: Copy, P: Placed>(id: Id, placed: &Arc<P>) -> impl Iterator<Item = Entry<Id, P>> {
    placed.bbox().pieces().map(move |plain| {
        let bounds = rounded_outward(plain);
        Entry { bounds, id, placed: Arc::clone(placed) }
    })
}

/// A tree that does not change, and a list of what counts no longer; copies share both.
#[derive(Clone, Debug)]
pub(super) struct Level<Id, P = HazardPolygon> {
    pub(super) tree: Arc<RTree<Entry<Id, P>>>,
    removed: Arc<Vec<Mark<Id>>>,
    /// How many things count.
    pub(super) len: usize,
}

/// A level of fewer things than this is made anew with every change; it takes microseconds.
const SMALL: usize = 64;

/// Each level has at least so many times as many things as the next, which bounds their number.
const STEP: usize = 8;

/// Adds things to levels, at the cost of one change.
pub(super) fn add<Id: Copy + Ord, P: Placed>(
    levels: &mut Vec<Level<Id, P>>,
    things: Vec<(Id, Arc<P>)>,
) {
    let mut count = things.len();
    if count == 0 {
        return;
    }
    let mut entries = Vec::with_capacity(count);
    for (id, placed) in &things {
        entries.extend(entries_of(*id, placed));
    }
    drop(things);
    let is_small =
        |level: &Level<Id, P>, count| level.len < SMALL || level.len < STEP.saturating_mul(count);
    while let Some(level) = levels.pop_if(|last| is_small(last, count)) {
        entries.extend(level.entries().cloned());
        count += level.len;
    }
    levels.push(Level::new(entries, count));
}

/// Takes a thing away from levels; tells whether it was there.
pub(super) fn remove<Id: Copy + Ord, P: Placed>(
    levels: &mut Vec<Level<Id, P>>,
    id: Id,
    placed: &P,
) -> bool {
    let mut removed = false;
    for level in &mut *levels {
        if level.remove(id, placed) > 0 {
            removed = true;
            if level.is_worn() && level.len > 0 {
                *level = Level::new(level.entries().cloned().collect(), level.len);
            }
        }
    }
    levels.retain(|level| level.len > 0);
    removed
}

/// The things that have a position in common with a box, in order of id.
pub(super) fn intersecting<Id: Copy + Ord, P: Placed>(
    levels: &[Level<Id, P>],
    bbox: &Bbox,
) -> Vec<Id> {
    let found = bbox.pieces().flat_map(|piece| {
        let entries = levels.iter().flat_map(move |level| level.meeting(piece));
        entries.filter(move |entry| {
            within(entry.plain_box(), piece) || entry.placed.intersects_bbox(bbox)
        })
    });
    in_order(found.map(|entry| entry.id))
}

pub(super) fn in_order<Id: Ord>(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn within(inner: PlainBox, outer: PlainBox) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

/// Tells an entry from all others of its level: its id, and where what it stands for is kept.
type Mark<Id> = (Id, usize);

fn mark_of<Id: Copy, P>(entry: &Entry<Id, P>) -> Mark<Id> {
    (entry.id, Arc::as_ptr(&entry.placed).addr())
}

impl<Id: Copy + Ord, P: Placed> Level<Id, P> {
    fn new(entries: Vec<Entry<Id, P>>, len: usize) -> Self {
        Self { tree: Arc::new(RTree::bulk_load(entries)), removed: Arc::default(), len }
    }

    pub(super) fn counts(&self, entry: &Entry<Id, P>) -> bool {
        self.removed.is_empty() || self.removed.binary_search(&mark_of(entry)).is_err()
    }

    /// The entries that count.
    fn entries(&self) -> impl Iterator<Item = &Entry<Id, P>> {
        self.tree.iter().filter(|entry| self.counts(entry))
    }

    /// The entries that count and whose box meets another.
    pub(super) fn meeting(&self, plain: PlainBox) -> impl Iterator<Item = &Entry<Id, P>> {
        let found = self.tree.locate_in_envelope_intersecting(bounds_around(plain));
        found.filter(|entry| self.counts(entry))
    }

    /// The entries that count and whose box has all edges within so many degrees of those of
    /// another.
    pub(super) fn alike(
        &self,
        bounds: PlainBox,
        margins: [f64; 2],
    ) -> impl Iterator<Item = &Entry<Id, P>> {
        let found = self.tree.locate_with_selection_function(NearlyBox { bounds, margins });
        found.filter(|entry| self.counts(entry))
    }

    /// Takes a thing away; tells how often it was there.
    fn remove(&mut self, id: Id, placed: &P) -> usize {
        let Some(first) = placed.bbox().pieces().next() else { return 0 };
        let same = BoxOf { id, bounds: bounds_around(first) };
        let found = self.tree.locate_with_selection_function(same);
        let marks: Vec<Mark<Id>> = found
            .filter(|entry| self.counts(entry) && *entry.placed == *placed)
            .map(mark_of)
            .collect();
        let count = marks.len();
        if count > 0 {
            let removed = Arc::make_mut(&mut self.removed);
            for mark in marks {
                if let Err(place) = removed.binary_search(&mark) {
                    removed.insert(place, mark);
                }
            }
            self.len -= count;
        }
        count
    }

    /// Tells whether so much has been taken away that the level had better be made anew.
    ///
    /// A list of √n marks is copied in the time that one n-th of √n new levels costs.
    fn is_worn(&self) -> bool {
        let bearable = 64 + 4 * self.len.isqrt();
        self.removed.len() > bearable.min(self.tree.size() / 2)
    }
}

/// Selects the entries of an id by the box they were added with.
struct BoxOf<Id> {
    id: Id,
    bounds: Bounds,
}

impl<Id: Copy + Ord, P> SelectionFunction<Entry<Id, P>> for BoxOf<Id> {
    fn should_unpack_parent(&self, bounds: &Bounds) -> bool {
        bounds.contains_envelope(&self.bounds)
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id, P>) -> bool {
        leaf.id == self.id && leaf.envelope() == self.bounds
    }
}

/// Selects the entries whose box has all edges within the margins of those of another box.
struct NearlyBox {
    bounds: PlainBox,
    margins: [f64; 2],
}

impl<Id, P: Placed> SelectionFunction<Entry<Id, P>> for NearlyBox {
    fn should_unpack_parent(&self, bounds: &Bounds) -> bool {
        // What is inside reaches at least as far as the box less its margins.
        let [west, south, east, north] = plain_box_of(bounds);
        let ([lon, lat], bounds) = (self.margins, self.bounds);
        west <= bounds[0] + lon
            && south <= bounds[1] + lat
            && east >= bounds[2] - lon
            && north >= bounds[3] - lat
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id, P>) -> bool {
        let [lon, lat] = self.margins;
        // The box in the tree is rounded, by more than the margins may be.
        leaf.placed.bbox().pieces().any(|piece| {
            let off = |i: usize| (piece[i] - self.bounds[i]).abs();
            off(0) <= lon && off(2) <= lon && off(1) <= lat && off(3) <= lat
        })
    }
}
