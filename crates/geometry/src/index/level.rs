//! One tree of the index, with what has been taken away from it since it was made.

use std::sync::Arc;

use rstar::{AABB, Envelope, RTree, RTreeObject, SelectionFunction};

use crate::bbox::PlainBox;
use crate::polygon::HazardPolygon;

/// A polygon in one of the plain boxes of its own box; there are two at the antimeridian.
#[derive(Clone, Debug)]
pub(super) struct Entry<Id> {
    /// `[west, south, east, north]`, rounded outward. Half the width saves a third of the tree, and
    /// what is found is tested on the polygon itself.
    bounds: [f32; 4],
    pub(super) id: Id,
    pub(super) polygon: Arc<HazardPolygon>,
}

pub(super) type Bounds = AABB<[f32; 2]>;

impl<Id> RTreeObject for Entry<Id> {
    type Envelope = Bounds;

    fn envelope(&self) -> Bounds {
        let [west, south, east, north] = self.bounds;
        AABB::from_corners([west, south], [east, north])
    }
}

impl<Id> Entry<Id> {
    pub(super) fn plain_box(&self) -> PlainBox {
        self.bounds.map(f64::from)
    }

    pub(super) fn is_one_of_two(&self) -> bool {
        self.polygon.bbox().pieces().count() > 1
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

pub(super) fn entries_of<Id: Copy>(
    id: Id,
    polygon: &Arc<HazardPolygon>,
) -> impl Iterator<Item = Entry<Id>> {
    polygon.bbox().pieces().map(move |plain| {
        let bounds = rounded_outward(plain);
        Entry { bounds, id, polygon: Arc::clone(polygon) }
    })
}

/// A tree that does not change, and a list of what counts no longer; copies share both.
#[derive(Clone, Debug)]
pub(super) struct Level<Id> {
    pub(super) tree: Arc<RTree<Entry<Id>>>,
    removed: Arc<Vec<Mark<Id>>>,
    /// Polygons that count.
    pub(super) polygons: usize,
}

/// Tells an entry from all others of its level: its id, and where its polygon is kept.
type Mark<Id> = (Id, usize);

fn mark_of<Id: Copy>(entry: &Entry<Id>) -> Mark<Id> {
    (entry.id, Arc::as_ptr(&entry.polygon).addr())
}

impl<Id: Copy + Ord> Level<Id> {
    pub(super) fn new(entries: Vec<Entry<Id>>, polygons: usize) -> Self {
        Self { tree: Arc::new(RTree::bulk_load(entries)), removed: Arc::default(), polygons }
    }

    pub(super) fn counts(&self, entry: &Entry<Id>) -> bool {
        self.removed.is_empty() || self.removed.binary_search(&mark_of(entry)).is_err()
    }

    /// The entries that count.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry<Id>> {
        self.tree.iter().filter(|entry| self.counts(entry))
    }

    /// The entries that count and whose box meets another.
    pub(super) fn meeting(&self, plain: PlainBox) -> impl Iterator<Item = &Entry<Id>> {
        let found = self.tree.locate_in_envelope_intersecting(bounds_around(plain));
        found.filter(|entry| self.counts(entry))
    }

    /// The entries that count and whose box has all edges within so many degrees of those of
    /// another.
    pub(super) fn alike(
        &self,
        bounds: PlainBox,
        margins: [f64; 2],
    ) -> impl Iterator<Item = &Entry<Id>> {
        let found = self.tree.locate_with_selection_function(NearlyBox { bounds, margins });
        found.filter(|entry| self.counts(entry))
    }

    /// Takes a polygon away; tells how often it was there.
    pub(super) fn remove(&mut self, id: Id, polygon: &HazardPolygon) -> usize {
        let Some(first) = polygon.bbox().pieces().next() else { return 0 };
        let same = BoxOf { id, bounds: bounds_around(first) };
        let found = self.tree.locate_with_selection_function(same);
        let marks: Vec<Mark<Id>> = found
            .filter(|entry| self.counts(entry) && *entry.polygon == *polygon)
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
            self.polygons -= count;
        }
        count
    }

    /// Tells whether so much has been taken away that the level had better be made anew.
    ///
    /// A list of √n marks is copied in the time that one n-th of √n new levels costs.
    pub(super) fn is_worn(&self) -> bool {
        let bearable = 64 + 4 * self.polygons.isqrt();
        self.removed.len() > bearable.min(self.tree.size() / 2)
    }
}

/// Selects the entries of an id by the box they were added with.
struct BoxOf<Id> {
    id: Id,
    bounds: Bounds,
}

impl<Id: Copy + Ord> SelectionFunction<Entry<Id>> for BoxOf<Id> {
    fn should_unpack_parent(&self, bounds: &Bounds) -> bool {
        bounds.contains_envelope(&self.bounds)
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id>) -> bool {
        leaf.id == self.id && leaf.envelope() == self.bounds
    }
}

/// Selects the entries whose box has all edges within the margins of those of another box.
struct NearlyBox {
    bounds: PlainBox,
    margins: [f64; 2],
}

impl<Id> SelectionFunction<Entry<Id>> for NearlyBox {
    fn should_unpack_parent(&self, bounds: &Bounds) -> bool {
        // What is inside reaches at least as far as the box less its margins.
        let [west, south, east, north] = plain_box_of(bounds);
        let ([lon, lat], bounds) = (self.margins, self.bounds);
        west <= bounds[0] + lon
            && south <= bounds[1] + lat
            && east >= bounds[2] - lon
            && north >= bounds[3] - lat
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id>) -> bool {
        let [lon, lat] = self.margins;
        // The box in the tree is rounded, by more than the margins may be.
        leaf.polygon.bbox().pieces().any(|piece| {
            let off = |i: usize| (piece[i] - self.bounds[i]).abs();
            off(0) <= lon && off(2) <= lon && off(1) <= lat && off(3) <= lat
        })
    }
}
