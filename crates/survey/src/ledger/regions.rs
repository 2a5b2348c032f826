//! The regions of a programme, edition by edition, ready to cut clusters by.

use std::collections::{BTreeMap, BTreeSet};

use geometry::{GridArea, GridBox, GridShape, RegionClipper, try_faces};
use rayon::prelude::*;

use crate::id::{Day, RecordId};
use crate::land::RegionSpan;

/// An administrative region as it was bounded for a time, for cutting.
#[derive(Debug, Clone)]
pub struct RegionShape {
    /// The record.
    pub record: RecordId,
    /// The name people use for it.
    pub local_id: String,
    /// Depth in the hierarchy; the highest is the finest.
    pub level: u8,
    /// The first day on which it was bounded so; always, if none.
    pub valid_from: Option<Day>,
    /// The last day on which it was bounded so.
    pub valid_to: Option<Day>,
    /// Its land.
    pub shape: GridShape,
}

impl RegionShape {
    fn is_valid_on(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// Two regions of one level that share land on the same day; the land is counted in the first.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionOverlap {
    /// The region in which the land is counted.
    pub counted_in: String,
    /// The other.
    pub not_in: String,
    /// How much land they share.
    pub area: GridArea,
}

/// The regions of a programme, ready to cut clusters by.
///
/// Regions that were valid on the same days are an edition. Land is cut by the regions of every
/// edition, so that figures can be told by any; before the first edition the first stands, and
/// times for which no region is known take the edition before.
#[derive(Debug)]
pub struct RegionMap {
    /// In the order in which they are asked: the finest level first, then by local id.
    regions: Vec<MappedRegion>,
    /// Oldest first.
    editions: Vec<Edition>,
}

#[derive(Debug)]
struct MappedRegion {
    record: RecordId,
    bbox: GridBox,
    clipper: RegionClipper,
}

/// The regions valid until a day (the last edition: until further notice).
#[derive(Debug, PartialEq, Eq)]
struct Edition {
    until: Option<Day>,
    /// Places among the regions, ascending.
    regions: Vec<usize>,
}

/// What the regions say about a window of the plane.
pub(super) struct Window {
    /// Regions that hold part of it, with their places among the regions.
    partial: Vec<(usize, RecordId, GridShape)>,
    /// Oldest first; empty when there are no regions.
    editions: Vec<WindowEdition>,
}

struct WindowEdition {
    until: Option<Day>,
    /// Places of regions that hold part of the window.
    partial: BTreeSet<usize>,
    /// The region of what is left, if one holds it all.
    rest: Option<(usize, RecordId)>,
}

/// What a clipped region holds of a window.
enum Held {
    Nothing,
    Part(GridShape),
    Whole,
}

impl RegionMap {
    /// Prepares regions; those without land are left out.
    pub fn new(mut regions: Vec<RegionShape>) -> Self {
        regions.retain(|region| !region.shape.is_empty());
        regions.sort_by(|a, b| {
            (b.level, &a.local_id, a.record, a.valid_from).cmp(&(
                a.level,
                &b.local_id,
                b.record,
                b.valid_from,
            ))
        });
        let editions = editions(&regions);
        let regions = regions
            .into_iter()
            .filter_map(|region| {
                let bbox = region.shape.bbox()?;
                let clipper = RegionClipper::new(&region.shape);
                Some(MappedRegion { record: region.record, bbox, clipper })
            })
            .collect();
        Self { regions, editions }
    }

    /// In how many ways the country has been divided.
    pub fn edition_count(&self) -> usize {
        self.editions.len()
    }

    pub(super) fn window(&self, window: GridBox) -> Window {
        let mut held: BTreeMap<usize, Held> = BTreeMap::new();
        let mut editions = Vec::with_capacity(self.editions.len());
        for edition in &self.editions {
            let mut of_window =
                WindowEdition { until: edition.until, partial: BTreeSet::new(), rest: None };
            for place in &edition.regions {
                let Some(region) = self.regions.get(*place) else { continue };
                match held.entry(*place).or_insert_with(|| region.held(&window)) {
                    Held::Nothing => {}
                    Held::Part(_) => drop(of_window.partial.insert(*place)),
                    Held::Whole => {
                        of_window.rest = Some((*place, region.record));
                        break;
                    }
                }
            }
            editions.push(of_window);
        }
        let partial = held.into_iter().filter_map(|(place, held)| match held {
            Held::Part(shape) => Some((place, self.regions.get(place)?.record, shape)),
            Held::Nothing | Held::Whole => None,
        });
        Window { partial: partial.collect(), editions }
    }
}

impl MappedRegion {
    fn held(&self, window: &GridBox) -> Held {
        if !self.bbox.intersects(window) {
            return Held::Nothing;
        }
        let width = i128::from(window.max.x) - i128::from(window.min.x);
        let height = i128::from(window.max.y) - i128::from(window.min.y);
        let shape = self.clipper.clipped_to(window);
        if shape.area() == GridArea::from_doubled(2 * width * height) {
            Held::Whole
        } else if shape.is_empty() {
            Held::Nothing
        } else {
            Held::Part(shape)
        }
    }
}

impl Window {
    /// The shapes a cluster in the window is to be cut by.
    pub(super) fn shapes(&self) -> impl Iterator<Item = GridShape> {
        self.partial.iter().map(|(_, _, shape)| shape.clone())
    }

    /// The region of a face in the latest edition and in those before, from the positions of its
    /// sources among [`Self::shapes`].
    pub(super) fn regions_of(
        &self,
        sources: impl Iterator<Item = usize>,
    ) -> (Option<RecordId>, Vec<RegionSpan>) {
        let holding: Vec<(usize, RecordId)> = sources
            .filter_map(|source| self.partial.get(source))
            .map(|(place, record, _)| (*place, *record))
            .collect();
        let mut spans: Vec<RegionSpan> = Vec::new();
        let mut latest = None;
        for edition in &self.editions {
            let partial = holding.iter().filter(|(place, _)| edition.partial.contains(place));
            let region = partial.chain(edition.rest.as_ref()).min().map(|(_, record)| *record);
            match (edition.until, spans.last_mut()) {
                (None, _) => latest = region,
                (Some(until), Some(last)) if last.region == region => last.until = until,
                (Some(until), _) => spans.push(RegionSpan { until, region }),
            }
        }
        while spans.last().is_some_and(|last| last.region == latest) {
            spans.pop();
        }
        (latest, spans)
    }
}

/// The times between changes, each with the regions then valid.
fn editions(regions: &[RegionShape]) -> Vec<Edition> {
    let mut starts: BTreeSet<Day> = BTreeSet::new();
    for region in regions {
        starts.extend(region.valid_from);
        starts.extend(region.valid_to.and_then(|to| to.succ_opt()));
    }
    let before = starts.first().and_then(Day::pred_opt).unwrap_or_default();
    let mut editions: Vec<Edition> = Vec::new();
    for start in std::iter::once(before).chain(starts) {
        let valid = regions.iter().enumerate().filter(|(_, region)| region.is_valid_on(start));
        let regions: Vec<usize> = valid.map(|(place, _)| place).collect();
        let is_same = editions.last().is_some_and(|last| last.regions == regions);
        if regions.is_empty() || is_same {
            continue;
        }
        if let Some(last) = editions.last_mut() {
            last.until = start.pred_opt();
        }
        editions.push(Edition { until: None, regions });
    }
    editions
}

/// Pairs of regions of one level that share more than so much land on the same day, most land
/// first. Neighbours drawn from different maps share slivers, which are no error.
pub fn region_overlaps(regions: &[RegionShape], more_than_m2: f64) -> Vec<RegionOverlap> {
    let mut sorted: Vec<(&RegionShape, GridBox)> =
        regions.iter().filter_map(|region| Some((region, region.shape.bbox()?))).collect();
    sorted.sort_by(|(a, _), (b, _)| (&a.local_id, a.record).cmp(&(&b.local_id, b.record)));
    let mut found: Vec<RegionOverlap> = sorted
        .par_iter()
        .enumerate()
        .flat_map_iter(|(place, (a, bounds))| {
            sorted.iter().skip(place + 1).filter_map(move |(b, other)| {
                let may = a.record != b.record
                    && a.level == b.level
                    && bounds.intersects(other)
                    && at_once(a, b);
                let area = may.then(|| shared(&a.shape, &b.shape))?;
                let (counted_in, not_in) = (a.local_id.clone(), b.local_id.clone());
                (area.m2() > more_than_m2).then_some(RegionOverlap { counted_in, not_in, area })
            })
        })
        .collect();
    found.sort_by(|a, b| {
        (b.area, &a.counted_in, &a.not_in).cmp(&(a.area, &b.counted_in, &b.not_in))
    });
    found
}

fn at_once(a: &RegionShape, b: &RegionShape) -> bool {
    let begins_in_time = |one: &RegionShape, other: &RegionShape| {
        one.valid_from.is_none_or(|from| other.valid_to.is_none_or(|to| from <= to))
    };
    begins_in_time(a, b) && begins_in_time(b, a)
}

fn shared(a: &GridShape, b: &GridShape) -> GridArea {
    match try_faces(&[a.clone(), b.clone()]) {
        Ok(faces) => {
            let both = faces.into_iter().filter(|face| face.sources == [0, 1]);
            both.map(|face| face.area).fold(GridArea::ZERO, |sum, area| sum + area)
        }
        // Not known; the most they can share is told.
        Err(_tangled) => a.area().min(b.area()),
    }
}
