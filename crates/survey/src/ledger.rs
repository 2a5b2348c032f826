//! The land ledger: records that touch, cut into parcels which each have one history.
//!
//! The same records give the same parcels, bit for bit, whatever their order and whether they are
//! cut one cluster at a time or all at once.

use std::collections::{BTreeMap, BTreeSet};

use geometry::{Face, GridArea, GridBox, GridShape, RegionClipper, faces};

use crate::id::{RecordId, SourceKey};
pub use crate::land::{LandEntry, LandRole, LandSource, Parcel, Stretch};
use crate::timeline::{HazardCover, HazardVersion, ReleaseCover, history};

/// An administrative region, for cutting.
#[derive(Debug, Clone)]
pub struct RegionShape {
    /// The record.
    pub record: RecordId,
    /// The name people use for it.
    pub local_id: String,
    /// Depth in the hierarchy; the highest is the finest.
    pub level: u8,
    /// Its land.
    pub shape: GridShape,
}

/// The regions of a programme, ready to cut clusters by.
#[derive(Debug)]
pub struct RegionMap {
    /// In the order in which they are asked: the finest level first, then by local id.
    regions: Vec<MappedRegion>,
}

#[derive(Debug)]
struct MappedRegion {
    record: RecordId,
    bbox: GridBox,
    clipper: RegionClipper,
}

/// What the regions say about a window of the plane.
struct Window {
    /// Regions that hold part of it, in the order in which they are asked.
    partial: Vec<(RecordId, GridShape)>,
    /// The region of what is left, if one holds it all.
    rest: Option<RecordId>,
}

impl RegionMap {
    /// Prepares regions; those without land are left out.
    pub fn new(mut regions: Vec<RegionShape>) -> Self {
        regions.sort_by(|a, b| {
            (b.level, &a.local_id, a.record).cmp(&(a.level, &b.local_id, b.record))
        });
        let regions = regions
            .into_iter()
            .filter_map(|region| {
                let bbox = region.shape.bbox()?;
                let clipper = RegionClipper::new(&region.shape);
                Some(MappedRegion { record: region.record, bbox, clipper })
            })
            .collect();
        Self { regions }
    }

    fn window(&self, window: GridBox) -> Window {
        let width = i128::from(window.max.x) - i128::from(window.min.x);
        let height = i128::from(window.max.y) - i128::from(window.min.y);
        let whole = GridArea::from_doubled(2 * width * height);
        let mut partial = Vec::new();
        for region in self.regions.iter().filter(|region| region.bbox.intersects(&window)) {
            let shape = region.clipper.clipped_to(&window);
            if shape.area() == whole {
                return Window { partial, rest: Some(region.record) };
            }
            if !shape.is_empty() {
                partial.push((region.record, shape));
            }
        }
        Window { partial, rest: None }
    }
}

/// Land just around a cluster is cut along, so that no region's edge coincides with the window's.
const MARGIN: i64 = 8_192;

/// Cuts the records of one cluster into parcels.
///
/// # Shape
/// `sources` are all versions of hazardous areas and the latest versions in force of releases, of
/// records whose boxes touch, in any order. Parcels come in a fixed order and do not overlap; land
/// which no claim in force ever covered is in none.
pub fn cut_cluster(sources: &[LandSource], regions: &RegionMap) -> Vec<Parcel> {
    let mut sources: Vec<&LandSource> = sources.iter().collect();
    sources.sort_by_key(|source| source.key);
    let boxes = sources.iter().filter_map(|source| source.shape.bbox());
    let Some(window) = boxes.reduce(|all, next| all.union(&next)) else { return Vec::new() };
    let window = regions.window(window.expanded(MARGIN));

    let mut shapes: Vec<GridShape> = sources.iter().map(|source| source.shape.clone()).collect();
    shapes.extend(window.partial.iter().map(|(_, shape)| shape.clone()));
    let records = Records::new(&sources);
    let mut parcels: Vec<(Vec<SourceKey>, Parcel)> = faces(&shapes)
        .into_iter()
        .filter_map(|face| parcel(face, &sources, &records, &window))
        .collect();
    parcels.sort_by(|(keys_a, a), (keys_b, b)| (keys_a, a.region).cmp(&(keys_b, b.region)));
    parcels.into_iter().map(|(_, parcel)| parcel).collect()
}

/// The places of each hazardous area's versions among the sources.
struct Records {
    versions: BTreeMap<RecordId, Vec<usize>>,
}

impl Records {
    fn new(sources: &[&LandSource]) -> Self {
        let mut versions: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
        for (place, source) in sources.iter().enumerate() {
            versions.entry(source.key.record).or_default().push(place);
        }
        Self { versions }
    }
}

fn parcel(
    face: Face,
    sources: &[&LandSource],
    records: &Records,
    window: &Window,
) -> Option<(Vec<SourceKey>, Parcel)> {
    let covering: BTreeSet<usize> =
        face.sources.iter().map(|place| *place as usize).filter(|at| *at < sources.len()).collect();
    let region = face
        .sources
        .iter()
        .filter_map(|place| (*place as usize).checked_sub(sources.len()))
        .min()
        .and_then(|place| window.partial.get(place))
        .map(|(record, _)| *record)
        .or(window.rest);

    let mut hazards: BTreeMap<RecordId, HazardCover<'_>> = BTreeMap::new();
    let mut releases = Vec::new();
    for source in covering.iter().filter_map(|place| sources.get(*place)) {
        match &source.role {
            LandRole::Hazard { .. } => {
                let record = source.key.record;
                hazards
                    .entry(record)
                    .or_insert_with(|| hazard(record, sources, records, &covering));
            }
            LandRole::Release { outcome, on, started_on, names } => releases.push(ReleaseCover {
                key: source.key,
                on: *on,
                started_on: *started_on,
                outcome: *outcome,
                names,
            }),
            LandRole::Region { .. } => {}
        }
    }
    let hazards: Vec<HazardCover<'_>> = hazards.into_values().collect();
    let history = history(&hazards, &releases);
    if history.timeline.is_empty() {
        return None;
    }
    let keys = covering.iter().filter_map(|place| Some(sources.get(*place)?.key)).collect();
    let parcel = Parcel {
        region,
        area: face.area,
        shape: face.shape,
        timeline: history.timeline,
        stretches: history.stretches,
    };
    Some((keys, parcel))
}

/// The area with all its versions: a version that leaves the land out ends the one before it.
fn hazard<'a>(
    record: RecordId,
    sources: &[&'a LandSource],
    records: &Records,
    covering: &BTreeSet<usize>,
) -> HazardCover<'a> {
    let places = records.versions.get(&record).map(Vec::as_slice).unwrap_or_default();
    let mut local_id = "";
    let mut versions = Vec::with_capacity(places.len());
    for place in places {
        let Some(source) = sources.get(*place) else { continue };
        if let LandRole::Hazard { classification, in_force, closed } = source.role {
            // Releases name an area as it is called now.
            local_id = &source.local_id;
            versions.push(HazardVersion {
                version: source.key.version,
                effective_on: source.effective_on,
                classification,
                in_force,
                closed,
                covers: covering.contains(place),
            });
        }
    }
    HazardCover { record, local_id, versions }
}
