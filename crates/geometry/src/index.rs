//! A spatial index that answers exactly.

mod level;
mod nearest;

use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use rstar::RTreeNode;

use crate::bbox::{Bbox, PlainBox};
use crate::corridor::Contact;
use crate::distance::Origin;
use crate::lon_lat::LonLat;
use crate::polygon::HazardPolygon;
use crate::route::Route;
use crate::shape::Shape;
use crate::suspicion::{BoxMargin, LikenessLimits};
use level::{Entry, Level, in_order, plain_box_of};
use nearest::Candidate;

/// Polygons with ids, found by place.
///
/// Answers are exact, not candidates: every polygon found has been tested with its boundary, and
/// none is missed, whether at the antimeridian, at a pole, or when it only touches.
///
/// A copy is a snapshot: it costs next to nothing, whatever the size, and never changes, while the
/// index it was taken from goes on. Whoever reads a copy waits for nobody. Inside are a few trees
/// of growing size that are never altered: what is added comes into a small one, trees are put
/// together when they have become many, and what is removed is marked.
///
/// # Units
/// Distances are true metres on the WGS 84 ellipsoid, to the polygon's edge, 0 inside and on the
/// boundary; their accuracy is that of [`HazardPolygon::distance_m`].
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
/// let mut index =
///     PolygonIndex::bulk_load(vec![(1, square(103.0, 13.0)), (2, square(103.5, 13.0))]);
///
/// let corner = LonLat::new(103.01, 13.01)?;
/// assert_eq!(index.covering(corner), [1]);
/// let nearest = index.nearest(LonLat::new(103.02, 13.0)?, 2);
/// assert_eq!(nearest[0].0, 1);
/// assert!((nearest[0].1 - 1085.0).abs() < 1.0, "metres to the polygon's edge");
///
/// let snapshot = index.clone();
/// index.insert(3, square(103.005, 13.0));
/// assert_eq!((snapshot.covering(corner), index.covering(corner)), (vec![1], vec![1, 3]));
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug)]
pub struct PolygonIndex<Id> {
    /// The largest first.
    levels: Vec<Level<Id>>,
}

/// A polygon near a route; see [`PolygonIndex::along`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Encounter<Id> {
    /// The polygon.
    pub id: Id,
    /// Least distance between the polygon and the route in metres; 0 where they touch or overlap.
    pub distance_m: f64,
    /// Where on the route that is, in metres from its start: where it first meets the polygon, or
    /// else a place where it is nearest.
    pub along_m: f64,
}

impl<Id: Copy + Ord> Default for PolygonIndex<Id> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Id: Copy + Ord> PolygonIndex<Id> {
    /// Makes an index of nothing.
    pub fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// Makes an index of many polygons at once, which is faster and gives a better tree than
    /// inserting one after the other.
    ///
    /// Ids are expected to be different. Two polygons with one id are both found; a polygon given
    /// twice is found once, and [`Self::remove`] takes both away.
    pub fn bulk_load(polygons: Vec<(Id, Arc<HazardPolygon>)>) -> Self {
        let mut index = Self::new();
        index.insert_all(polygons);
        index
    }

    /// Adds a polygon.
    ///
    /// Copies of the index do not change. The cost is microseconds; now and then, when trees are
    /// put together, that of loading them anew.
    pub fn insert(&mut self, id: Id, polygon: Arc<HazardPolygon>) {
        self.insert_all(vec![(id, polygon)]);
    }

    /// Adds many polygons, at the cost of one change.
    pub fn insert_all(&mut self, polygons: Vec<(Id, Arc<HazardPolygon>)>) {
        level::add(&mut self.levels, polygons);
    }

    /// Removes a polygon by its id and the boundary it was added with; tells whether it was there.
    ///
    /// The index keeps no list by id, which would double its size; whoever replaces a polygon still
    /// has the old one. Copies of the index do not change.
    pub fn remove(&mut self, id: Id, polygon: &HazardPolygon) -> bool {
        level::remove(&mut self.levels, id, polygon)
    }

    /// The number of polygons.
    pub fn len(&self) -> usize {
        self.levels.iter().map(|level| level.len).sum()
    }

    /// Tells whether there are no polygons.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// The polygons the position is inside or on the boundary of, in order of id.
    pub fn covering(&self, position: LonLat) -> Vec<Id> {
        let [lon, lat] = position.into();
        let place =
            if lat.abs() >= 90.0 { [-180.0, lat, 180.0, lat] } else { [lon, lat, lon, lat] };
        let found = self.levels.iter().flat_map(|level| level.meeting(place));
        in_order(found.filter(|entry| entry.placed.covers(position)).map(|entry| entry.id))
    }

    /// The polygons that have a position in common with the box, in order of id.
    pub fn intersecting(&self, bbox: &Bbox) -> Vec<Id> {
        level::intersecting(&self.levels, bbox)
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
            self.levels.iter().flat_map(move |level| level.alike(bounds, margins))
        });
        found.map(|entry| (entry.id, &entry.placed))
    }

    /// The polygons no further than `metres` from the position, each with its distance in metres;
    /// the nearest first, and in order of id where distances are equal.
    ///
    /// A distance that is negative or not a number finds nothing.
    pub fn within(&self, position: LonLat, metres: f64) -> Vec<(Id, f64)> {
        let origin = Origin::new(position);
        let mut found = Vec::new();
        self.for_each_near(&origin, metres, |entry| {
            let distance = origin.to_polygon_m(&entry.placed);
            if distance <= metres {
                found.push((entry.id, distance));
            }
        });
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found.dedup();
        found
    }

    /// The `count` polygons nearest to the position by true distance to their edges, each with that
    /// distance in metres; the nearest first, and in order of id where distances are equal.
    pub fn nearest(&self, position: LonLat, count: usize) -> Vec<(Id, f64)> {
        let origin = Origin::new(position);
        let mut found: Vec<(Id, f64)> = Vec::new();
        let roots = self.levels.iter().map(|level| Candidate::level(&origin, level));
        let mut queue: BinaryHeap<_> = roots.collect();
        while found.len() < count
            && let Some(candidate) = queue.pop()
        {
            let Some((entry, metres)) = candidate.open(&origin, |inside| queue.push(inside)) else {
                continue;
            };
            // A polygon at the antimeridian has two entries, which may come one long after the other.
            if !entry.is_one_of_two() || found.iter().all(|(id, _)| *id != entry.id) {
                found.push((entry.id, metres));
            }
        }
        found
    }

    /// The polygons no further than `metres` from a route, each with its least distance and where
    /// along the route that is; in the order in which the route comes by, then of id.
    ///
    /// A distance that is negative or not a number finds nothing.
    ///
    /// # Accuracy
    /// Whether the route touches a polygon is decided exactly, but for a crossing of the
    /// antimeridian, which is placed by rounding. Distances: one millimetre.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    /// use geometry::{HazardPolygon, LonLat, PolygonIndex, Route};
    ///
    /// let shell = vec![[0.0, 0.001], [0.1, 0.001], [0.1, 0.1], [0.0, 0.1], [0.0, 0.001]];
    /// let polygon = Arc::new(HazardPolygon::new(vec![vec![shell]]).unwrap());
    /// let index = PolygonIndex::bulk_load(vec![("north of the road", polygon)]);
    /// let road = Route::new(&[LonLat::new(-0.1, 0.0)?, LonLat::new(0.0, 0.0)?])?;
    /// let found = index.along(&road, 500.0);
    /// assert!((found[0].distance_m - 110.574).abs() < 0.001);
    /// assert!((found[0].along_m - 11_131.949).abs() < 0.001);
    /// assert!(index.along(&road, 110.0).is_empty());
    /// # Ok::<(), geometry::Defect>(())
    /// ```
    pub fn along(&self, route: &Route, metres: f64) -> Vec<Encounter<Id>> {
        if metres.is_nan() || metres < 0.0 {
            return Vec::new();
        }
        // Long pieces catch many boxes that a corridor does not reach; short ones are many.
        let longest_m = metres.clamp(500.0, 20_000.0);
        let mut met: BTreeMap<(Id, usize), Contact> = BTreeMap::new();
        for leg in route.legs() {
            let pieces = leg.pieces(longest_m);
            let mut near: BTreeMap<(Id, usize), (&HazardPolygon, Vec<u32>)> = BTreeMap::new();
            for (piece, number) in pieces.iter().zip(0..) {
                self.for_each_near(piece.middle(), metres + piece.half_m(), |entry| {
                    let key = (entry.id, Arc::as_ptr(&entry.placed).addr());
                    near.entry(key).or_insert((&entry.placed, Vec::new())).1.push(number);
                });
            }
            for (key, (polygon, numbers)) in near {
                let near = numbers.iter().map(|&number| &pieces[number as usize]);
                let nearer = leg.contact(polygon, near, met.get(&key).copied(), metres);
                met.extend(nearer.map(|contact| (key, contact)));
            }
        }
        let mut found: Vec<Encounter<Id>> = met
            .into_iter()
            .map(|((id, _), Contact { distance_m, along_m })| Encounter { id, distance_m, along_m })
            .collect();
        found.sort_by(|a, b| a.along_m.total_cmp(&b.along_m).then(a.id.cmp(&b.id)));
        found.dedup();
        found
    }

    /// Hands out the entries that may be as near as `metres`.
    fn for_each_near<'a>(
        &'a self,
        origin: &Origin,
        metres: f64,
        mut found: impl FnMut(&'a Entry<Id>),
    ) {
        let near = |plain: PlainBox| origin.at_least_to_box_m(plain) <= metres;
        for level in &self.levels {
            let mut parents = vec![level.tree.root()];
            while let Some(parent) = parents.pop() {
                for child in parent.children() {
                    match child {
                        RTreeNode::Parent(parent) if near(plain_box_of(&parent.envelope())) => {
                            parents.push(parent);
                        }
                        RTreeNode::Leaf(entry)
                            if near(entry.plain_box()) && level.counts(entry) =>
                        {
                            found(entry);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Shapes with ids, found by box; a copy is a snapshot as that of a [`PolygonIndex`] is.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use geometry::{Bbox, RawGeometry, Shape, ShapeIndex};
///
/// let road = Shape::new(RawGeometry::LineString(vec![[103.0, 13.0], [103.2, 13.2]])).unwrap();
/// let mut index = ShapeIndex::new();
/// index.insert_all(vec![(1, Arc::new(road))]);
/// let on_it = Bbox::new(103.05, 13.05, 103.1, 13.1)?;
/// let beside = Bbox::new(103.0, 13.1, 103.05, 13.2)?;
/// assert_eq!((index.intersecting(&on_it), index.intersecting(&beside)), (vec![1], vec![]));
/// # Ok::<(), geometry::Defect>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShapeIndex<Id> {
    /// The largest first.
    levels: Vec<Level<Id, Shape>>,
}

impl<Id: Copy + Ord> Default for ShapeIndex<Id> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Id: Copy + Ord> ShapeIndex<Id> {
    /// Makes an index of nothing.
    pub fn new() -> Self {
        Self { levels: Vec::new() }
    }

    /// Adds shapes, at the cost of one change. Copies of the index do not change.
    pub fn insert_all(&mut self, shapes: Vec<(Id, Arc<Shape>)>) {
        level::add(&mut self.levels, shapes);
    }

    /// Removes a shape by its id and as it was added; tells whether it was there.
    pub fn remove(&mut self, id: Id, shape: &Shape) -> bool {
        level::remove(&mut self.levels, id, shape)
    }

    /// The shapes that have a position in common with the box, in order of id.
    pub fn intersecting(&self, bbox: &Bbox) -> Vec<Id> {
        level::intersecting(&self.levels, bbox)
    }
}
