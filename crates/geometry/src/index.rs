//! A spatial index that answers exactly.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use rstar::{AABB, Envelope, ParentNode, RTree, RTreeNode, RTreeObject, SelectionFunction};

use crate::bbox::{Bbox, PlainBox};
use crate::distance::Origin;
use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;
use crate::suspicion::{BoxMargin, LikenessLimits};

/// Polygons with ids, found by place.
///
/// Answers are exact, not candidates: every polygon found has been tested with its boundary, and
/// none is missed, whether at the antimeridian, at a pole, or when it only touches. Polygons are
/// shared, so a copy of an index costs its tree but not its coordinates.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use geometry::{HazardPolygon, LonLat, PolygonIndex};
///
/// let square = |lon: f64, lat: f64| {
///     let (east, north) = (lon + 0.01, lat + 0.01);
///     let shell = vec![[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]];
///     Arc::new(HazardPolygon::new(vec![vec![shell]]).unwrap())
/// };
/// let index = PolygonIndex::bulk_load(vec![(1, square(103.0, 13.0)), (2, square(103.5, 13.0))]);
///
/// let corner = LonLat::new(103.01, 13.01)?;
/// assert_eq!(index.covering(corner), [1]);
/// let nearest = index.nearest(LonLat::new(103.02, 13.0)?, 2);
/// assert_eq!(nearest[0].0, 1);
/// assert!((nearest[0].1 - 1085.0).abs() < 1.0, "metres to the polygon's edge");
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug)]
pub struct PolygonIndex<Id> {
    tree: RTree<Entry<Id>>,
    polygons: usize,
}

/// A polygon in one of the plain boxes of its own box; there are two at the antimeridian.
#[derive(Clone, Debug)]
struct Entry<Id> {
    bounds: PlainBox,
    id: Id,
    polygon: Arc<HazardPolygon>,
}

impl<Id> RTreeObject for Entry<Id> {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        envelope_of(self.bounds)
    }
}

fn envelope_of([west, south, east, north]: PlainBox) -> AABB<[f64; 2]> {
    AABB::from_corners([west, south], [east, north])
}

fn bounds_of(envelope: &AABB<[f64; 2]>) -> PlainBox {
    let ([west, south], [east, north]) = (envelope.lower(), envelope.upper());
    [west, south, east, north]
}

fn entries_of<Id: Copy>(id: Id, polygon: &Arc<HazardPolygon>) -> impl Iterator<Item = Entry<Id>> {
    let pieces = polygon.bbox().pieces();
    pieces.map(move |bounds| Entry { bounds, id, polygon: Arc::clone(polygon) })
}

impl<Id: Copy + Ord> Default for PolygonIndex<Id> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Id: Copy + Ord> PolygonIndex<Id> {
    /// Makes an index of nothing.
    pub fn new() -> Self {
        Self { tree: RTree::new(), polygons: 0 }
    }

    /// Makes an index of many polygons at once, which is faster and gives a better tree than
    /// inserting one after the other.
    ///
    /// Ids are expected to be different; a polygon given twice is found once but removed twice.
    pub fn bulk_load(polygons: Vec<(Id, Arc<HazardPolygon>)>) -> Self {
        let count = polygons.len();
        let mut entries = Vec::with_capacity(count);
        for (id, polygon) in &polygons {
            entries.extend(entries_of(*id, polygon));
        }
        drop(polygons);
        Self { tree: RTree::bulk_load(entries), polygons: count }
    }

    /// Adds a polygon.
    pub fn insert(&mut self, id: Id, polygon: Arc<HazardPolygon>) {
        for entry in entries_of(id, &polygon) {
            self.tree.insert(entry);
        }
        self.polygons += 1;
    }

    /// Removes a polygon by its id and the boundary it was added with; tells whether it was there.
    ///
    /// The index keeps no list by id, which would double its size; whoever replaces a polygon still
    /// has the old one.
    pub fn remove(&mut self, id: Id, polygon: &HazardPolygon) -> bool {
        let mut removed = false;
        for bounds in polygon.bbox().pieces() {
            let selection = ById { id, envelope: envelope_of(bounds) };
            removed |= self.tree.remove_with_selection_function(selection).is_some();
        }
        self.polygons -= usize::from(removed);
        removed
    }

    /// The number of polygons.
    pub fn len(&self) -> usize {
        self.polygons
    }

    /// Tells whether there are no polygons.
    pub fn is_empty(&self) -> bool {
        self.polygons == 0
    }

    /// The polygons the position is inside or on the boundary of, in order of id.
    pub fn covering(&self, position: LonLat) -> Vec<Id> {
        let [lon, lat] = position.into();
        let place =
            if lat.abs() >= 90.0 { [-180.0, lat, 180.0, lat] } else { [lon, lat, lon, lat] };
        let found = self.tree.locate_in_envelope_intersecting(envelope_of(place));
        let ids = found.filter(|entry| entry.polygon.covers(position)).map(|entry| entry.id);
        in_order(ids.collect())
    }

    /// The polygons that have a position in common with the box, in order of id.
    pub fn intersecting(&self, bbox: &Bbox) -> Vec<Id> {
        let mut ids = Vec::new();
        for piece in bbox.pieces() {
            let found = self.tree.locate_in_envelope_intersecting(envelope_of(piece));
            let meets = |entry: &&Entry<Id>| {
                within(entry.bounds, piece) || entry.polygon.intersects_bbox(bbox)
            };
            ids.extend(found.filter(meets).map(|entry| entry.id));
        }
        in_order(ids)
    }

    /// The polygons whose box is nearly that of another one, so that their boundaries may be nearly
    /// the same; [`likeness`](crate::suspicion::likeness) tells. In no order.
    ///
    /// A polygon across the antimeridian may be found twice.
    pub fn alike(
        &self,
        bbox: &Bbox,
        limits: &LikenessLimits,
    ) -> impl Iterator<Item = (Id, &Arc<HazardPolygon>)> {
        let margins = BoxMargin::new(limits.distance_m, limits.overlap).degrees(bbox);
        let found = bbox.pieces().flat_map(move |bounds| {
            self.tree.locate_with_selection_function(ByBox { bounds, margins })
        });
        found.map(|entry| (entry.id, &entry.polygon))
    }

    /// The polygons no further than `metres` from the position, each with its distance in metres;
    /// the nearest first, and in order of id where distances are equal.
    ///
    /// A distance is 0 inside and on the boundary; its accuracy is that of
    /// [`HazardPolygon::distance_m`]. A distance that is negative or not a number finds nothing.
    pub fn within(&self, position: LonLat, metres: f64) -> Vec<(Id, f64)> {
        let origin = Origin::new(position);
        let mut found = Vec::new();
        let mut parents = vec![self.tree.root()];
        while let Some(parent) = parents.pop() {
            for child in parent.children() {
                if origin.at_least_to_box_m(bounds_of(&child.envelope())) > metres {
                    continue;
                }
                match child {
                    RTreeNode::Parent(parent) => parents.push(parent),
                    RTreeNode::Leaf(entry) => {
                        let distance = origin.to_polygon_m(&entry.polygon);
                        if distance <= metres {
                            found.push((entry.id, distance));
                        }
                    }
                }
            }
        }
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.dedup_by_key(|(id, _)| *id);
        found
    }

    /// The `count` polygons nearest to the position by true distance to their edges, each with that
    /// distance in metres; the nearest first, and in order of id where distances are equal.
    pub fn nearest(&self, position: LonLat, count: usize) -> Vec<(Id, f64)> {
        let origin = Origin::new(position);
        let mut found: Vec<(Id, f64)> = Vec::new();
        let mut queue = BinaryHeap::from([Candidate::parent(&origin, self.tree.root())]);
        while found.len() < count
            && let Some(candidate) = queue.pop()
        {
            match candidate.what {
                What::Parent(parent) => {
                    queue.extend(parent.children().iter().map(|child| match child {
                        RTreeNode::Parent(parent) => Candidate::parent(&origin, parent),
                        RTreeNode::Leaf(entry) => Candidate::leaf(&origin, entry),
                    }));
                }
                What::Leaf(entry) => {
                    let metres = origin.to_polygon_m(&entry.polygon);
                    queue.push(Candidate { metres, what: What::Measured(entry) });
                }
                What::Measured(entry) => {
                    // The two entries of a polygon at the antimeridian follow each other closely.
                    if found.iter().all(|(id, _)| *id != entry.id) {
                        found.push((entry.id, candidate.metres));
                    }
                }
            }
        }
        found
    }
}

fn in_order<Id: Ord>(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn within(inner: PlainBox, outer: PlainBox) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

/// Selects the entry of an id by the envelope it was added with.
struct ById<Id> {
    id: Id,
    envelope: AABB<[f64; 2]>,
}

impl<Id: Copy + Ord> SelectionFunction<Entry<Id>> for ById<Id> {
    fn should_unpack_parent(&self, envelope: &AABB<[f64; 2]>) -> bool {
        envelope.contains_envelope(&self.envelope)
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id>) -> bool {
        leaf.id == self.id && leaf.envelope() == self.envelope
    }
}

/// Selects the entries whose box has all edges within the margins of those of another box.
struct ByBox {
    bounds: PlainBox,
    margins: [f64; 2],
}

impl<Id> SelectionFunction<Entry<Id>> for ByBox {
    fn should_unpack_parent(&self, envelope: &AABB<[f64; 2]>) -> bool {
        // What is inside reaches at least as far as the box less its margins.
        let [west, south, east, north] = bounds_of(envelope);
        let ([lon, lat], bounds) = (self.margins, self.bounds);
        west <= bounds[0] + lon
            && south <= bounds[1] + lat
            && east >= bounds[2] - lon
            && north >= bounds[3] - lat
    }

    fn should_unpack_leaf(&self, leaf: &Entry<Id>) -> bool {
        let off = |i: usize| (leaf.bounds[i] - self.bounds[i]).abs();
        let [lon, lat] = self.margins;
        off(0) <= lon && off(2) <= lon && off(1) <= lat && off(3) <= lat
    }
}

/// Something the nearest polygon may come from, no nearer than `metres`.
struct Candidate<'a, Id> {
    metres: f64,
    what: What<'a, Id>,
}

enum What<'a, Id> {
    Parent(&'a ParentNode<Entry<Id>>),
    Leaf(&'a Entry<Id>),
    Measured(&'a Entry<Id>),
}

impl<'a, Id: Ord> Candidate<'a, Id> {
    fn parent(origin: &Origin, parent: &'a ParentNode<Entry<Id>>) -> Self {
        let metres = origin.at_least_to_box_m(bounds_of(&parent.envelope()));
        Self { metres, what: What::Parent(parent) }
    }

    fn leaf(origin: &Origin, entry: &'a Entry<Id>) -> Self {
        Self { metres: origin.at_least_to_box_m(entry.bounds), what: What::Leaf(entry) }
    }

    /// At one distance, what is measured waits until nothing unmeasured is left, and then comes in
    /// order of id.
    fn rank(&self) -> (u8, Option<&Id>) {
        match &self.what {
            What::Parent(_) => (0, None),
            What::Leaf(_) => (1, None),
            What::Measured(entry) => (2, Some(&entry.id)),
        }
    }
}

impl<Id: Ord> Ord for Candidate<'_, Id> {
    /// The nearest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        other.metres.total_cmp(&self.metres).then_with(|| other.rank().cmp(&self.rank()))
    }
}

impl<Id: Ord> PartialOrd for Candidate<'_, Id> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Id: Ord> PartialEq for Candidate<'_, Id> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<Id: Ord> Eq for Candidate<'_, Id> {}
