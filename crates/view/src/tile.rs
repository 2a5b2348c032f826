//! Vector tiles of a picture.

mod drawing;
mod properties;

use std::collections::HashMap;
use std::sync::Arc;

use cql2::Filter;
use survey::progress::{Figures, GroupKey, ProgressQuery, Row};
use survey::records::{HazardousArea, Region as RegionRecord};
use survey::{Collection, CollectionRef, Day, Record as _, RecordId};
use tiles::{Layer, Tile, encoded};

use self::drawing::{Drawing, SHARE_LEAST};
use crate::items::mentions;
use crate::record::Record;
use crate::regions::Region;
use crate::relief::{Relief, names_of};
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

    /// Whether a tile is drawn so soon that it is not worth handing to another thread: it shows few
    /// records with few vertices, and what it is drawn from is there.
    pub fn is_soon_drawn(&self, query: &TileQuery) -> bool {
        let (mut records, mut vertices) = (0, 0);
        let is_light = |collection: &CollectionRef| {
            let Some(table) = self.table(&collection.name) else { return true };
            let Some(relief) = table.relief.get() else { return false };
            records += relief.count_in(query.tile);
            if records > SHARE_LEAST || collection.name == RegionRecord::COLLECTION {
                return false;
            }
            for (_, window) in query.tile.windows() {
                relief.meeting(window, 0.0, |entry| vertices += u64::from(entry.vertex_count));
            }
            vertices <= SOON_VERTICES
        };
        !query.is_chosen() && query.collections.iter().all(is_light)
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

/// Vertices that are drawn soon.
const SOON_VERTICES: u64 = 20_000;

/// Bytes kept free for the names of layers and properties.
const LAYERS_BYTES: usize = 8_000;
