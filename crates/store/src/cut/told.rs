//! What cutting tells: what it did, and how far it has come.

use survey::RecordId;

/// What a write did to the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct LedgerChange {
    /// Clusters cut anew.
    pub clusters: u64,
    /// Clusters that have no parcels any more.
    pub clusters_gone: u64,
    /// Parcels written.
    pub parcels: u64,
    /// Clusters of many records that were cut, the largest first.
    pub giant_clusters: Vec<GiantCluster>,
    /// Regions of one level that share land on the same day, most land first. Each piece of it is
    /// counted once, in the first of the two.
    pub region_overlaps: Vec<SharedLand>,
}

/// Land in two regions of one level on the same day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SharedLand {
    /// The `local_id` of the region in which the land is counted.
    pub counted_in: String,
    /// The `local_id` of the other.
    pub not_in: String,
    /// How much land they share, in whole square metres.
    pub area_m2: u64,
}

/// A cluster in which every change is slow.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GiantCluster {
    /// The cluster.
    pub id: RecordId,
    /// Records in it.
    pub records: u64,
}

/// How far a long operation has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Parcels cut so far.
    pub parcels: u64,
    /// Clusters cut so far.
    pub clusters: u64,
    /// Clusters in all.
    pub clusters_total: u64,
}
