//! The land ledger: records that touch, cut into parcels which each have one history.
//!
//! The same records give the same parcels, bit for bit, whatever their order and whether they are
//! cut one cluster at a time or all at once.

mod regions;

use std::collections::{BTreeMap, BTreeSet};

use geometry::{Face, GridShape, try_faces};

use crate::id::{RecordId, SourceKey};
pub use crate::land::{LandEntry, LandRole, LandSource, Parcel, RegionSpan, Stretch};
use crate::timeline::{HazardCover, HazardVersion, ReleaseCover, history};
use regions::Window;
pub use regions::{RegionMap, RegionOverlap, RegionShape, region_overlaps};

/// Land just around a cluster is cut along, so that no region's edge coincides with the window's.
const MARGIN: i64 = 8_192;

/// Cuts the records of one cluster into parcels.
///
/// # Shape
/// `sources` are all versions of hazardous areas and the latest versions in force of releases, of
/// records whose boxes touch, in any order. Parcels come in a fixed order and do not overlap; land
/// which no claim in force ever covered is in none.
///
/// # Errors
/// [`TangledRecords`], when boundaries cross one another so often that they are not cut. What cannot
/// be cut is to be refused when it comes in, so that no land is left out.
pub fn cut_cluster(
    sources: &[LandSource],
    regions: &RegionMap,
) -> Result<Vec<Parcel>, TangledRecords> {
    let mut sources: Vec<&LandSource> = sources.iter().collect();
    sources.sort_by_key(|source| source.key);
    let boxes = sources.iter().filter_map(|source| source.shape.bbox());
    let Some(window) = boxes.reduce(|all, next| all.union(&next)) else { return Ok(Vec::new()) };
    let window = regions.window(window.expanded(MARGIN));

    let mut shapes: Vec<GridShape> = sources.iter().map(|source| source.shape.clone()).collect();
    shapes.extend(window.shapes());
    let records = Records::new(&sources);
    let tangled = |tangled: geometry::Tangled| {
        let of = |place: &u32| sources.get(*place as usize);
        let mut records: Vec<(RecordId, String)> = Vec::new();
        for source in tangled.sources.iter().filter_map(of) {
            if !records.iter().any(|(id, _)| *id == source.key.record) {
                records.push((source.key.record, source.local_id.clone()));
            }
        }
        TangledRecords { records }
    };
    let mut parcels: Vec<(Vec<SourceKey>, Parcel)> = try_faces(&shapes)
        .map_err(tangled)?
        .into_iter()
        .filter_map(|face| parcel(face, &sources, &records, &window))
        .collect();
    parcels.sort_by(|(keys_a, a), (keys_b, b)| {
        (keys_a, a.region, &a.earlier_regions).cmp(&(keys_b, b.region, &b.earlier_regions))
    });
    Ok(parcels.into_iter().map(|(_, parcel)| parcel).collect())
}

/// Records whose boundaries cross so often that they cannot be cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("boundaries cross one another too often to be cut")]
pub struct TangledRecords {
    /// Their ids and what people call them, those with the most crossings first; none when it is the
    /// boundaries of regions.
    pub records: Vec<(RecordId, String)>,
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
    let behind = face.sources.iter().filter_map(|at| (*at as usize).checked_sub(sources.len()));
    let (region, earlier_regions) = window.regions_of(behind);

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
        earlier_regions,
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
        if let LandRole::Hazard { classification, in_force, closed, continued_in } = &source.role {
            // Releases name an area as it is called now.
            local_id = &source.local_id;
            versions.push(HazardVersion {
                version: source.key.version,
                effective_on: source.effective_on,
                classification: *classification,
                in_force: *in_force,
                closed: *closed,
                continued_in: continued_in.as_deref(),
                covers: covering.contains(place),
            });
        }
    }
    HazardCover { record, local_id, versions }
}
