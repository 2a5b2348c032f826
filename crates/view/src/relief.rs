//! The records of a collection as maps see them: by place on the square of the world, and by kind.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use survey::records::{Activity, HazardousArea, LandRelease};
use survey::{Classification, Collection, CollectionRef, Record as _};
use tiles::{Entry, Ground, KINDS, Tile, Value, world};

use crate::record::{Place, Record};
use crate::row::text_at;

/// A record with the box of its place.
pub(crate) type Standing = Entry<Arc<Record>>;

/// How many of each kind are in each square of a tile, by row and column.
pub(crate) type Squares = HashMap<[u32; 2], [u32; KINDS]>;

/// An index made when it was first asked for, and what has changed since.
#[derive(Clone, Debug)]
pub(crate) struct Relief {
    collection: CollectionRef,
    ground: Arc<Ground<Arc<Record>>>,
    /// Records of the index that are no longer current, by where they are kept.
    gone: HashSet<usize>,
    gone_entries: Vec<Standing>,
    late: Vec<Standing>,
}

/// Changes that are kept beside an index before it is made anew: some, and a share of its size.
const BESIDE_MIN: usize = 1_024;
const BESIDE_SHARE: usize = 256;

impl Relief {
    pub(crate) fn of<'a>(
        collection: CollectionRef,
        records: impl Iterator<Item = &'a Arc<Record>>,
    ) -> Self {
        let entries = records.flat_map(|record| entries_of(&collection, record)).collect();
        Self {
            collection,
            ground: Arc::new(Ground::new(entries)),
            gone: HashSet::new(),
            gone_entries: Vec::new(),
            late: Vec::new(),
        }
    }

    /// The same after records have changed, each from an earlier version or none; none when so much
    /// has changed that the index is better made anew.
    pub(crate) fn changed(&self, steps: &[(Option<Arc<Record>>, Arc<Record>)]) -> Option<Self> {
        let beside = self.gone.len() + self.late.len() + steps.len();
        if beside > BESIDE_MIN + self.ground.len() / BESIDE_SHARE {
            return None;
        }
        let mut next = self.clone();
        for (before, after) in steps {
            if let Some(before) = before {
                let held = next.late.len();
                next.late.retain(|entry| !Arc::ptr_eq(&entry.item, before));
                let entries = entries_of(&self.collection, before);
                if next.late.len() == held && !entries.is_empty() {
                    next.gone.insert(address(before));
                    next.gone_entries.extend(entries);
                }
            }
            next.late.extend(entries_of(&self.collection, after));
        }
        Some(next)
    }

    /// Hands out the records whose box meets a box on the square of the world and is at least so
    /// long.
    pub(crate) fn meeting<'r>(
        &'r self,
        window: [f64; 4],
        least: f64,
        mut found: impl FnMut(&'r Standing),
    ) {
        self.ground.meeting(window, least, |entry| {
            if self.gone.is_empty() || !self.gone.contains(&address(&entry.item)) {
                found(entry);
            }
        });
        let late = self.late.iter().filter(|entry| entry.meets(window));
        late.filter(|entry| entry.longest() >= least).for_each(found);
    }

    /// About how many records have their middle in a tile.
    pub(crate) fn count_in(&self, tile: Tile) -> usize {
        self.ground.count_in(tile) + self.late.len()
    }

    /// Counts the records with their middle in a tile, by squares.
    pub(crate) fn squares(&self, tile: Tile, depth: u8) -> Squares {
        let squares = self.ground.squares(tile, depth);
        let mut counts: Squares =
            squares.into_iter().map(|it| ([it.row, it.column], it.counts)).collect();
        let places = |entries: &[Standing]| -> Vec<([u32; 2], usize)> {
            let place = |entry: &Standing| {
                let [column, row] = entry.square(tile, depth)?;
                Some(([row, column], usize::from(entry.kind?)))
            };
            entries.iter().filter_map(place).collect()
        };
        for (square, kind) in places(&self.gone_entries) {
            if let Some(count) = counts.get_mut(&square) {
                count[kind] = count[kind].saturating_sub(1);
            }
        }
        for (square, kind) in places(&self.late) {
            counts.entry(square).or_default()[kind] += 1;
        }
        counts.retain(|_, count| *count != [0; KINDS]);
        counts
    }
}

fn address(record: &Arc<Record>) -> usize {
    Arc::as_ptr(record).addr()
}

/// The record by its box; by two where it crosses the antimeridian, of which the first counts.
pub(crate) fn entries_of(collection: &Collection, record: &Arc<Record>) -> Vec<Standing> {
    let Some(bbox) = record.bbox().filter(|_| record.is_in_force()) else { return Vec::new() };
    let ([west, north], [east, south]) =
        (world([bbox.west, bbox.north]), world([bbox.east, bbox.south]));
    let kind = Some(kind_of(collection, record));
    let vertex_count = u32::try_from(record.vertex_count()).unwrap_or(u32::MAX);
    let entry = |kind, west, east| Entry {
        bounds: [west, north, east, south],
        kind,
        vertex_count,
        item: Arc::clone(record),
    };
    if bbox.crosses_antimeridian() {
        return vec![entry(kind, west, 1.0), entry(None, 0.0, east)];
    }
    vec![entry(kind, west, east)]
}

/// What the kinds of a collection are told by.
pub(crate) struct Kinds {
    collection: &'static str,
    property: &'static str,
    codes: [&'static str; KINDS],
}

const KINDS_OF: &[Kinds] = &[
    Kinds {
        collection: LandRelease::COLLECTION,
        property: "outcome",
        codes: ["cancelled", "reduced", "cleared", "other"],
    },
    Kinds {
        collection: Activity::COLLECTION,
        property: "activity_type",
        codes: ["non_technical_survey", "technical_survey", "clearance", "other"],
    },
];

fn kinds(collection: &str) -> Option<&'static Kinds> {
    KINDS_OF.iter().find(|kinds| kinds.collection == collection)
}

/// The kind a record is counted and coloured by.
pub(crate) fn kind_of(collection: &Collection, record: &Record) -> u8 {
    if let Some(claim) = record.hazard {
        let is_confirmed = claim.classification == Classification::Confirmed;
        return u8::from(is_confirmed) + 2 * u8::from(claim.closed);
    }
    let Some(kinds) = kinds(&collection.name) else { return 0 };
    let slot = collection.queryables().iter().position(|it| it.name == kinds.property);
    let code = slot.and_then(|slot| text_at(record, slot)).unwrap_or_default();
    let known = kinds.codes.iter().position(|known| *known == code);
    known.unwrap_or(KINDS - 1) as u8
}

/// The attributes that all records of a kind have.
pub(crate) fn attributes_of(collection: &str, kind: u8) -> Vec<(&'static str, Value<'static>)> {
    if collection == HazardousArea::COLLECTION {
        let classification =
            if kind % 2 == 1 { Classification::Confirmed } else { Classification::Suspected };
        return vec![
            ("classification", Value::Text(classification.name())),
            ("closed", Value::Boolean(kind >= 2)),
        ];
    }
    let Some(kinds) = kinds(collection) else { return Vec::new() };
    let code = kinds.codes.get(usize::from(kind)).filter(|_| usize::from(kind) < KINDS - 1);
    code.map(|code| (kinds.property, Value::Text(code))).into_iter().collect()
}

/// The names under which the kinds of a collection are counted; none where all are of one kind.
pub(crate) fn names_of(collection: &str) -> Option<[&'static str; KINDS]> {
    if collection == HazardousArea::COLLECTION {
        return Some(["suspected", "confirmed", "closed_suspected", "closed_confirmed"]);
    }
    kinds(collection).map(|kinds| kinds.codes)
}

/// The box of the first of the entries of a record whose place crosses the antimeridian.
pub(crate) fn first_box(record: &Record) -> Option<[f64; 4]> {
    let bbox = record.bbox()?;
    let ([west, north], [_, south]) =
        (world([bbox.west, bbox.north]), world([bbox.east, bbox.south]));
    Some([west, north, 1.0, south])
}

/// Whether a record is drawn without being located: by its caution area.
pub(crate) fn is_unlocated(record: &Record) -> bool {
    matches!(record.place, Place::Caution(_) | Place::Unknown)
}
