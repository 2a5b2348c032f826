//! From record versions to the sources the ledger is cut from. Pure.

use geometry::{Geometry, GridBox, GridShape};
use survey::ledger::RegionShape;
use survey::{
    Collection, LandRole, LandSource, RecordId, SourceKey, StoredFacts, VersionState, collection,
};

use crate::error::{TxError, TxResult};
use crate::records::VersionRow;
use crate::sql_types::Id;

/// The sources of one record, from all its versions, oldest first.
///
/// A hazardous area counts with every version, since a release is judged against the area as it
/// was when the work began; a version without a usable polygon takes over the land of the one
/// before, since an area does not become smaller by our no longer knowing where it is. A release
/// counts with its latest version, if that has a polygon.
pub(crate) fn sources_of(versions: &[VersionRow]) -> TxResult<Vec<LandSource>> {
    let mut sources = Vec::new();
    if versions.first().is_some_and(|row| collection(&row.collection).is_none()) {
        return Ok(sources);
    }
    let mut last_shape: Option<GridShape> = None;
    for (position, row) in versions.iter().enumerate() {
        let role = land_role(row)?;
        let located = match row.geometry()? {
            Some(Geometry::Polygon(polygon)) => {
                last_shape = Some(polygon.to_grid());
                true
            }
            Some(Geometry::Point(_) | Geometry::Shape(_)) | None => false,
        };
        let is_latest = position + 1 == versions.len();
        let role = match (role, row.state()?) {
            (Some(LandRole::Hazard { classification, closed, .. }), VersionState::Withdrawn) => {
                LandRole::Hazard { classification, in_force: false, closed, continued_in: None }
            }
            (Some(role @ LandRole::Hazard { .. }), VersionState::InForce) => role,
            (Some(role @ LandRole::Release { .. }), VersionState::InForce)
                if is_latest && located =>
            {
                role
            }
            (Some(LandRole::Release { .. } | LandRole::Region { .. }) | None, _) => continue,
        };
        let Some(shape) = last_shape.clone() else { continue };
        sources.push(LandSource {
            key: SourceKey {
                record: RecordId::from(row.id.0),
                version: row.version.unsigned_abs(),
            },
            local_id: row.local_id.clone(),
            effective_on: row.effective_on,
            role,
            shape,
        });
    }
    Ok(sources)
}

/// The box around all sources of a record; `None` if it takes no part in the ledger.
pub(crate) fn bounds_of(sources: &[LandSource]) -> Option<GridBox> {
    sources
        .iter()
        .filter_map(|source| source.shape.bbox())
        .reduce(|around, bounds| around.union(&bounds))
}

/// The boundaries a region has had, from all its versions, oldest first: each until the next took
/// effect. A later version that takes effect on the same day or earlier is a correction.
pub(crate) fn boundaries_of(versions: &[VersionRow]) -> TxResult<Vec<RegionShape>> {
    let mut standing: Vec<&VersionRow> = Vec::with_capacity(versions.len());
    for version in versions {
        while standing.last().is_some_and(|last| last.effective_on >= version.effective_on) {
            standing.pop();
        }
        standing.push(version);
    }
    let mut boundaries = Vec::with_capacity(standing.len());
    for (place, row) in standing.iter().enumerate() {
        let (Some(LandRole::Region { level, valid_from, valid_to }), Some(Geometry::Polygon(land))) =
            (land_role(row)?, row.geometry()?)
        else {
            continue;
        };
        if row.state()? == VersionState::Withdrawn {
            continue;
        }
        let replaced = standing.get(place + 1).and_then(|next| next.effective_on.pred_opt());
        boundaries.push(RegionShape {
            record: RecordId::from(row.id.0),
            local_id: row.local_id.clone(),
            level,
            valid_from,
            valid_to: valid_to.into_iter().chain(replaced).min(),
            shape: land.to_grid(),
        });
    }
    Ok(boundaries)
}

/// Whether a version is that of a region.
pub(crate) fn is_region(row: &VersionRow) -> TxResult<bool> {
    Ok(matches!(land_role(row)?, Some(LandRole::Region { .. })))
}

/// Layers do nothing to land, and are read with the programme they belong to.
fn land_role(row: &VersionRow) -> TxResult<Option<LandRole>> {
    let Some(typed) = collection(&row.collection) else { return Ok(None) };
    Ok(facts(row, typed)?.land_role)
}

fn facts(row: &VersionRow, typed: &Collection) -> TxResult<StoredFacts> {
    let subject =
        || format!("{}/{}/{} version {}", row.programme, row.collection, row.id.0, row.version);
    typed
        .read_stored(&row.properties()?)
        .map_err(|finding| TxError::corrupt(subject(), finding.message))
}

/// Splits rows in the order of records into the versions of each.
pub(crate) fn by_record(rows: &[VersionRow]) -> impl Iterator<Item = (Id, &[VersionRow])> {
    rows.chunk_by(|a, b| a.id == b.id).filter_map(|versions| Some((versions.first()?.id, versions)))
}
