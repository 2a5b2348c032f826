//! Vector tiles of a picture.

mod properties;

use std::collections::HashMap;
use std::sync::Arc;

use cql2::Filter;
use geometry::{Shape, ShapeKind};
use survey::progress::{Figures, GroupKey, ProgressQuery, Row};
use survey::records::{HazardousArea, Region as RegionRecord};
use survey::{Collection, CollectionRef, Day, Record as _, RecordId};
use tiles::{EXTENT, Frame, Layer, Tile, Value, encoded, world};

use self::properties::Told;
use crate::items::mentions;
use crate::record::{Place, Record};
use crate::regions::Region;
use crate::relief::{Relief, Standing, attributes_of, first_box, kind_of, names_of};
use crate::row::RecordRow;
use crate::snapshot::Snapshot;

/// Bytes a tile has at most; clients on slow lines wait for the largest.
pub const TILE_BYTES_MAX: usize = 500_000;

/// What a tile is to show.
#[derive(Clone, Debug)]
pub struct TileQuery {
    /// Which tile.
    pub tile: Tile,
    /// The collections, in the order of their layers.
    pub collections: Vec<CollectionRef>,
    /// Only records of which all of these are true.
    pub filters: Vec<Arc<Filter>>,
    /// Only records with one of these in a text, in small letters; all when there are none.
    pub terms: Vec<String>,
    /// Only records that took effect from the first to the last of these days.
    pub days: Option<(Day, Day)>,
    /// Only these properties where records have their properties; all when none are named.
    pub properties: Option<Vec<String>>,
}

impl TileQuery {
    /// Whether only some records are wanted.
    fn is_chosen(&self) -> bool {
        !self.filters.is_empty() || !self.terms.is_empty() || self.days.is_some()
    }

    fn takes(&self, snapshot: &Snapshot, collection: &Collection, record: &Record) -> bool {
        let row = RecordRow::new(record, snapshot, collection);
        self.days.is_none_or(|(from, to)| (from..=to).contains(&record.effective_on))
            && self.filters.iter().all(|filter| filter.matches(&row) == Some(true))
            && mentions(collection, &row, &self.terms)
    }
}

/// A tile, and how much of the records it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnTile {
    /// A Mapbox Vector Tile 2.1, not compressed; empty when there is nothing to show.
    pub bytes: Vec<u8>,
    /// How much is shown.
    pub detail: Detail,
}

/// How much of the records a tile shows. Whatever is shown, no area in the tile is left out: it is a
/// polygon, a point where it is too small for one, or counted in a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Every record with its properties.
    Records,
    /// Every record with the property it is coloured by.
    Kinds,
    /// As `Kinds`, drawn more coarsely.
    CoarseKinds,
    /// Large areas as `CoarseKinds`; how many there are, large ones included, by squares.
    Squares,
    /// As `Squares`, and only the largest areas.
    CoarseSquares,
    /// How many there are by squares, and nothing else.
    SquaresOnly,
}

/// How something is drawn.
#[derive(Clone, Copy, Debug)]
struct Manner {
    has_properties: bool,
    /// Units of the grid that vertices are snapped to.
    step: i64,
    /// Areas shorter than so many units become points, or are only counted.
    least: i64,
    /// Whether areas are counted by squares.
    has_squares: bool,
}

/// Each tile is divided into 2^6 squares along each side: 8 pixels of a display that shows it on
/// 512.
const SQUARES_DEPTH: u8 = 6;

/// More records than these are not tried with their properties, or one by one.
const RECORDS_MAX: usize = 1_200;
const KINDS_MAX: usize = 30_000;

/// So few records of a collection are drawn one by one even where others are counted.
const FEW: usize = 200;

impl Detail {
    const fn next(self) -> Option<Self> {
        Some(match self {
            Self::Records => Self::Kinds,
            Self::Kinds => Self::CoarseKinds,
            Self::CoarseKinds => Self::Squares,
            Self::Squares => Self::CoarseSquares,
            Self::CoarseSquares => Self::SquaresOnly,
            Self::SquaresOnly => return None,
        })
    }

    const fn manner(self) -> Manner {
        let (has_properties, step, least, has_squares) = match self {
            Self::Records => (true, 1, 16, false),
            Self::Kinds => (false, 4, 32, false),
            Self::CoarseKinds => (false, 8, 64, false),
            Self::Squares => (false, 8, 128, true),
            Self::CoarseSquares => (false, 16, 1_024, true),
            Self::SquaresOnly => (false, 16, i64::MAX, true),
        };
        Manner { has_properties, step, least, has_squares }
    }

    fn for_count(count: usize) -> Self {
        match count {
            0..=RECORDS_MAX => Self::Records,
            _ if count <= KINDS_MAX => Self::Kinds,
            _ => Self::Squares,
        }
    }

    /// How a collection is drawn that has so many records in the tile.
    fn manner_for(self, count: usize) -> Manner {
        match self {
            Self::Squares | Self::CoarseSquares if count <= FEW => Self::Records.manner(),
            _ => self.manner(),
        }
    }
}

/// The names under which records of a collection are counted by kind; none where all are of one.
pub fn kinds_counted(collection: &Collection) -> Option<[&'static str; tiles::KINDS]> {
    names_of(&collection.name)
}

/// What tiles tell of the records of a collection besides their properties: name and meaning.
pub fn tile_properties(
    collection: &Collection,
) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let told = match &*collection.name {
        HazardousArea::COLLECTION => OF_AREAS,
        RegionRecord::COLLECTION => OF_REGIONS,
        _ => &[],
    };
    OF_ALL.iter().chain(told)
}

/// What tiles tell of every record besides its properties: name and meaning.
const OF_ALL: &[(&str, &str)] = &[
    ("id", "The id of the record."),
    ("version", "The version of the record, from 1."),
    ("located", "False where a caution area is drawn, since the boundary is not known."),
];

const OF_REGIONS: &[(&str, &str)] = &[
    ("identified_m2", "Land that became hazardous in it and its parts, in square metres."),
    ("cancelled_m2", "Land released by non-technical survey, in square metres."),
    ("reduced_m2", "Land released by technical survey, in square metres."),
    ("cleared_m2", "Land released by clearance, in square metres."),
    ("remaining_m2", "Land that is still hazardous, in square metres."),
];

const OF_AREAS: &[(&str, &str)] = &[
    ("closed", "Whether the area is recorded as closed or handed over."),
    ("stage", "How far the area has come, by the land ledger."),
    ("remaining_m2", "Land that is still hazardous by it, in square metres."),
];

/// The layers of one collection.
struct Drawing<'a> {
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

impl Snapshot {
    /// Draws a tile: for each collection a layer of its name, one named `…-points` for areas too
    /// small to be drawn, and one named `…-squares` where there are too many.
    ///
    /// Unlocated records are drawn by their caution area and have `located` false. Records of which
    /// nothing usable is known where they are, are in no tile; [`Self::counts`] tells how many.
    pub fn tile(&self, query: &TileQuery) -> DrawnTile {
        let reliefs: Vec<(&CollectionRef, &Relief, usize)> = query
            .collections
            .iter()
            .filter_map(|collection| {
                let relief = self.relief(collection)?;
                Some((collection, relief, self.count_for(query, collection, relief)))
            })
            .collect();
        let mut detail = Detail::for_count(reliefs.iter().map(|(_, _, count)| count).sum());
        loop {
            let mut layers = Vec::with_capacity(reliefs.len() * 3);
            for (collection, relief, count) in &reliefs {
                let manner = detail.manner_for(*count);
                layers.extend(Drawing::new(self, query, collection, manner).drawn(relief));
            }
            let size: usize = layers.iter().map(Layer::size).sum();
            match detail.next() {
                Some(next) if size > TILE_BYTES_MAX - LAYERS_BYTES => detail = next,
                _ => return DrawnTile { bytes: encoded(&layers), detail },
            }
        }
    }

    /// How many records a collection has in the tile, about; of some that are chosen exactly, as
    /// far as it matters.
    fn count_for(&self, query: &TileQuery, collection: &CollectionRef, relief: &Relief) -> usize {
        if !query.is_chosen() {
            return relief.count_in(query.tile);
        }
        let mut count = 0;
        for (_, window) in query.tile.windows() {
            relief.meeting(window, 0.0, |entry| {
                let is_counted = count <= KINDS_MAX && query.takes(self, collection, &entry.item);
                count += usize::from(is_counted);
            });
        }
        count
    }

    /// What was released of a region and its parts, and what remains.
    fn progress_of(&self, region: RecordId) -> Option<Figures> {
        let all = self.gathered.regions.get_or_init(|| Arc::new(self.added_up_by_region()));
        all.get(&region).copied()
    }

    fn added_up_by_region(&self) -> HashMap<RecordId, Figures> {
        let query = ProgressQuery { group_by: vec![GroupKey::Region], ..ProgressQuery::default() };
        let rows = self.progress(&query).map(|progress| progress.rows).unwrap_or_default();
        let of_row = |row: &Row| Some((row.keys.first()?.clone()?, row.figures));
        let own: HashMap<String, Figures> = rows.iter().filter_map(of_row).collect();
        let regions = self.regions();
        let added_up = |region: &Region| {
            let parts = regions.with_parts(&region.local_id).unwrap_or_default();
            let figures = parts.iter().filter_map(|part| own.get(&*part.local_id));
            let sum = figures.fold(Figures::default(), |sum, part| Figures {
                identified: sum.identified + part.identified,
                cancelled: sum.cancelled + part.cancelled,
                reduced: sum.reduced + part.reduced,
                cleared: sum.cleared + part.cleared,
                remaining: Some(
                    sum.remaining.unwrap_or_default() + part.remaining.unwrap_or_default(),
                ),
                ..sum
            });
            (region.id, sum)
        };
        regions.iter().map(added_up).collect()
    }

    fn relief(&self, collection: &CollectionRef) -> Option<&Relief> {
        let table = self.table(&collection.name)?;
        let records = || table.records.iter().map(|(_, record)| record);
        Some(table.relief.get_or_init(|| Relief::of(collection.clone(), records())))
    }
}

/// Bytes kept free for the names of layers and properties.
const LAYERS_BYTES: usize = 8_000;

impl<'a> Drawing<'a> {
    fn new(
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

    fn drawn(mut self, relief: &Relief) -> [Layer<'a>; 3] {
        let (tile, manner) = (self.query.tile, self.manner);
        let units = (EXTENT * (1_i64 << tile.zoom())) as f64;
        let least = manner.least as f64 / units;
        let is_chosen = self.query.is_chosen();
        for (copy, window) in tile.windows() {
            let mut frame = Frame::new(tile, copy, manner.step, manner.least);
            let lower_bound = if manner.has_squares { least } else { 0.0 };
            relief.meeting(window, lower_bound, |entry| {
                if is_chosen && !self.query.takes(self.snapshot, self.collection, &entry.item) {
                    return;
                }
                self.draw(&mut frame, entry, window, least);
            });
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
                let outline = frame.outline(area, entry.is_within(window));
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
            let outline = frame.outline_of(shape.parts(), entry.is_within(window));
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
