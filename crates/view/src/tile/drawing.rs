//! The layers of one collection in a tile.

use geometry::{Shape, ShapeKind};
use rayon::prelude::*;
use survey::Collection;
use tiles::{EXTENT, Frame, Layer, Value, world};

use super::properties::Told;
use super::{Manner, SQUARES_DEPTH, TileQuery};
use crate::ahead::AHEAD;
use crate::record::Place;
use crate::relief::{Relief, Standing, attributes_of, first_box, kind_of, names_of};
use crate::snapshot::Snapshot;

/// Fewer records than these are not shared out to be drawn at the same time: waking a core that
/// rests takes longer than they do.
pub(super) const SHARE_LEAST: usize = 192;

/// The layers of one collection.
pub(super) struct Drawing<'a> {
    snapshot: &'a Snapshot,
    query: &'a TileQuery,
    collection: &'a Collection,
    manner: Manner,
    told: Told<'a>,
    areas: Layer<'a>,
    points: Layer<'a>,
    squares: Layer<'a>,
    /// For each kind the attributes of the layers for areas and points.
    tags: Vec<[Vec<u32>; 2]>,
}

/// Whether a record is drawn as itself or by a point that stands for it.
#[derive(Clone, Copy, PartialEq)]
enum As {
    Itself,
    Dot,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        query: &'a TileQuery,
        collection: &'a Collection,
        manner: Manner,
    ) -> Self {
        let name = &*collection.name;
        let mut areas = Layer::new(name);
        let mut points = Layer::new(format!("{name}-points"));
        let tags = (0..tiles::KINDS as u8).map(|kind| {
            let attributes = attributes_of(name, kind);
            [areas.tags_of(&attributes), points.tags_of(&attributes)]
        });
        let tags = if manner.has_properties { Vec::new() } else { tags.collect() };
        let squares = Layer::new(format!("{name}-squares"));
        let told = Told::new(snapshot, query, collection);
        Self { snapshot, query, collection, manner, told, areas, points, squares, tags }
    }

    pub(super) fn drawn(mut self, relief: &Relief) -> [Layer<'a>; 3] {
        let (tile, manner) = (self.query.tile, self.manner);
        let units = (EXTENT * (1_i64 << tile.zoom())) as f64;
        let least = manner.least as f64 / units;
        let is_chosen = self.query.is_chosen();
        let lower_bound = if manner.has_squares { least } else { 0.0 };
        for (copy, window) in tile.windows() {
            let mut found: Vec<&Standing> = Vec::new();
            relief.meeting(window, lower_bound, |entry| found.push(entry));
            let drawn = |entries: &[&Standing]| {
                let mut part = Self::new(self.snapshot, self.query, self.collection, manner);
                part.areas.reserve(entries.len());
                let mut frame = Frame::new(tile, copy, manner.step, manner.least);
                for ahead in entries.chunks(AHEAD) {
                    let has_properties = manner.has_properties;
                    let read = ahead.iter().filter(|it| has_properties || it.longest() >= least);
                    part.snapshot.fetch_all(read.map(|it| &*it.item), has_properties);
                    let chosen = ahead.iter().filter(|entry| {
                        !is_chosen || self.query.takes(self.snapshot, self.collection, &entry.item)
                    });
                    chosen.for_each(|entry| part.draw(&mut frame, entry, window, least));
                }
                part
            };
            let share = found.len().div_ceil(rayon::current_num_threads()).max(SHARE_LEAST);
            let parts: Vec<Self> = match found.len() {
                0 => Vec::new(),
                few if few <= share => vec![drawn(&found)],
                _ => found.par_chunks(share).map(drawn).collect(),
            };
            for part in parts {
                self.areas.append(part.areas);
                self.points.append(part.points);
            }
        }
        if manner.has_squares {
            self.count(relief, is_chosen);
        }
        [self.areas, self.points, self.squares]
    }

    fn draw(&mut self, frame: &mut Frame, entry: &Standing, window: [f64; 4], least: f64) {
        // The second piece of what crosses the antimeridian, when the first is drawn here too.
        if entry.kind.is_none()
            && first_box(&entry.item).is_some_and(|first| tiles::boxes_meet(first, window))
        {
            return;
        }
        if entry.longest() < least {
            let is_position = entry.longest() == 0.0;
            if let Some(dot) = frame.dot(entry.middle()) {
                let way = if is_position { As::Itself } else { As::Dot };
                self.tag(entry, way);
                self.layer(way).point(dot);
            }
            return;
        }
        match &entry.item.place {
            Place::Area(area) | Place::Caution(area) => {
                let outline = frame.outline(area, is_inside(entry, window));
                if !outline.is_empty() {
                    self.tag(entry, As::Itself);
                    self.areas.polygon(outline);
                }
                for dot in outline.dots() {
                    self.tag(entry, As::Dot);
                    self.points.point(*dot);
                }
            }
            Place::Point(at) => {
                if let Some(dot) = frame.dot(world([at.lon(), at.lat()])) {
                    self.tag(entry, As::Itself);
                    self.areas.point(dot);
                }
            }
            Place::Shape(shape) => self.draw_shape(frame, entry, window, shape),
            Place::Unknown => {}
        }
    }

    fn draw_shape(&mut self, frame: &mut Frame, entry: &Standing, window: [f64; 4], shape: &Shape) {
        if shape.kind().is_area() {
            let outline = frame.outline_of(shape.parts(), is_inside(entry, window));
            if !outline.is_empty() {
                self.tag(entry, As::Itself);
                self.areas.polygon(outline);
            }
            for dot in outline.dots() {
                self.tag(entry, As::Dot);
                self.points.point(*dot);
            }
        } else if shape.kind() == ShapeKind::MultiPoint {
            for at in shape.parts().flatten().flatten() {
                if let Some(dot) = frame.dot(world(*at)) {
                    self.tag(entry, As::Itself);
                    self.areas.point(dot);
                }
            }
        } else {
            let pieces: Vec<_> =
                shape.parts().flatten().flat_map(|line| frame.line(line)).collect();
            if !pieces.is_empty() {
                self.tag(entry, As::Itself);
                self.areas.line(&pieces);
            }
        }
    }

    fn layer(&mut self, way: As) -> &mut Layer<'a> {
        match way {
            As::Itself => &mut self.areas,
            As::Dot => &mut self.points,
        }
    }

    fn tag(&mut self, entry: &Standing, way: As) {
        if self.manner.has_properties {
            let layer = match way {
                As::Itself => &mut self.areas,
                As::Dot => &mut self.points,
            };
            return self.told.tag(layer, &entry.item);
        }
        let kind = entry.kind.unwrap_or_else(|| kind_of(self.collection, &entry.item));
        let Some(tags) = self.tags.get(usize::from(kind)) else { return };
        match way {
            As::Itself => self.areas.tag_all(&tags[0]),
            As::Dot => self.points.tag_all(&tags[1]),
        }
    }

    /// Counts records by squares, one by one where not all are wanted.
    fn count(&mut self, relief: &Relief, is_chosen: bool) {
        let tile = self.query.tile;
        let counts = if is_chosen {
            let mut counts = crate::relief::Squares::new();
            for (_, window) in tile.windows() {
                relief.meeting(window, 0.0, |entry| {
                    let Some([column, row]) = entry.square(tile, SQUARES_DEPTH) else { return };
                    let Some(kind) = entry.kind else { return };
                    if !self.query.takes(self.snapshot, self.collection, &entry.item) {
                        return;
                    }
                    counts.entry([row, column]).or_default()[usize::from(kind)] += 1;
                });
            }
            counts
        } else {
            relief.squares(tile, SQUARES_DEPTH)
        };
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable();
        let names = names_of(&self.collection.name);
        let side = (EXTENT >> SQUARES_DEPTH) as i32;
        for ([row, column], kinds) in counts {
            let total: u32 = kinds.iter().sum();
            self.squares.tag("count", Value::Integer(i64::from(total)));
            for (name, count) in names.iter().flatten().zip(kinds) {
                if count > 0 {
                    self.squares.tag(name, Value::Integer(i64::from(count)));
                }
            }
            let middle = |number: u32| number as i32 * side + side / 2;
            self.squares.point([middle(column), middle(row)]);
        }
    }
}

/// Whether all of a record lies in a window: of one that reaches the antimeridian, more may lie beyond.
fn is_inside(entry: &Standing, window: [f64; 4]) -> bool {
    let [west, _, east, _] = entry.bounds;
    entry.is_within(window) && west > 0.0 && east < 1.0
}
