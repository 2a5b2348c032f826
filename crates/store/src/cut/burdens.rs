//! The regions clusters are cut by, and what makes cutting slow or doubtful: clusters of very many
//! records, and regions that overlap.

use std::sync::Arc;

use rayon::prelude::*;
use survey::RecordId;
use survey::ledger::{RegionMap, RegionShape, region_overlaps};

use super::{Component, GiantCluster, SharedLand};
use crate::error::TxResult;
use crate::land::{boundaries_of, by_record};
use crate::records::VersionRow;
use crate::sql_types::Id;
use crate::tx::Tx;

/// From here on a cluster is reported: one change in it costs noticeably more.
const GIANT_RECORDS: usize = 1_000;
/// Land that two regions may share before it is told, in square metres: one hectare. Neighbours
/// drawn from different maps share slivers.
const SHARED_M2_MAX: f64 = 10_000.0;
/// Pairs of overlapping regions told one by one.
const SHARED_TOLD_MAX: usize = 100;

impl Tx<'_> {
    /// The regions the ledger of a programme is cut by, as they are in this transaction.
    pub(crate) fn region_map(&mut self, programme: &str) -> TxResult<Arc<RegionMap>> {
        Ok(Arc::new(RegionMap::new(self.region_shapes(programme)?)))
    }

    /// Every boundary of the regions in force.
    pub(crate) fn region_shapes(&mut self, programme: &str) -> TxResult<Vec<RegionShape>> {
        let current = self.regions_current(programme)?;
        let (mut rows, changed): (Vec<VersionRow>, Vec<VersionRow>) =
            current.into_iter().partition(|row| row.version == 1);
        let changed: Vec<Id> = changed.into_iter().map(|row| row.id).collect();
        rows.extend(self.versions_of_records(programme, &changed)?);
        let versions: Vec<_> = by_record(&rows).collect();
        let shapes: Vec<Vec<RegionShape>> = versions
            .into_par_iter()
            .map(|(_, versions)| boundaries_of(versions))
            .collect::<TxResult<_>>()?;
        Ok(shapes.into_iter().flatten().collect())
    }
}

/// What regions of one level share on the same day.
pub(crate) fn shared_land(regions: &[RegionShape]) -> Vec<SharedLand> {
    let found = region_overlaps(regions, SHARED_M2_MAX);
    let told = found.into_iter().take(SHARED_TOLD_MAX).map(|overlap| SharedLand {
        counted_in: overlap.counted_in,
        not_in: overlap.not_in,
        area_m2: overlap.area.m2().round() as u64,
    });
    told.collect()
}

pub(crate) fn giants(components: &[Component]) -> Vec<GiantCluster> {
    let mut giants: Vec<GiantCluster> = components
        .iter()
        .filter(|component| component.records.len() >= GIANT_RECORDS)
        .map(|component| GiantCluster {
            id: RecordId::from(component.id.0),
            records: component.records.len() as u64,
        })
        .collect();
    giants.sort_by_key(|giant| std::cmp::Reverse(giant.records));
    giants
}
