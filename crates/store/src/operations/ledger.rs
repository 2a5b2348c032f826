//! Rebuilding and checking the whole ledger of a programme.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::json;
use survey::{Parcel, RecordId};

use crate::audit::Line;
use crate::changes::Told;
use crate::cut::{
    Component, Cutting, Fresh, GiantCluster, LedgerChange, NEWEST, Progress, SharedLand, giants,
    shared_land,
};
use crate::error::{StoreError, TxResult};
use crate::ledger::{Member, ParcelRow, StoredCluster, decode_cluster};
use crate::records::{StoredVersion, VersionRow};
use crate::sql_types::Id;
use crate::store::{By, Revision, Store};
use crate::tx::Tx;

/// Differences told one by one; a ledger with more is wrong as a whole.
const DIFFERENCES_MAX: usize = 1_000;

/// One way in which the stored ledger is not what the records say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LedgerDifference {
    /// The cluster.
    pub cluster: RecordId,
    /// What differs.
    pub what: DifferenceKind,
}

/// A parcel as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredParcel {
    /// Its cluster.
    pub cluster: RecordId,
    /// Its number in the cluster, from 0.
    pub number: u32,
    /// Revision in which the cluster was cut.
    pub revision: Revision,
    /// The parcel with its shape.
    pub parcel: Parcel,
}

/// All versions of a record and, for one of the ledger, its cluster, from one snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordLedger {
    /// The revision they are of.
    pub revision: Revision,
    /// All versions, oldest first.
    pub versions: Vec<StoredVersion>,
    /// The cluster; none when no claim of it ever had land.
    pub cluster: Option<StoredCluster>,
}

/// What differs between a stored and a rebuilt cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// The records say there is such a cluster, the ledger does not.
    Missing,
    /// The ledger holds a cluster the records know nothing of.
    Unfounded,
    /// It holds other records, or with other boxes.
    Records,
    /// Its parcels differ.
    Parcels,
}

impl Store {
    /// Parcels by cluster and number, with their shapes; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when one cannot be read.
    pub fn parcels(
        &self,
        programme: &str,
        wanted: &[(RecordId, u32)],
    ) -> Result<Vec<StoredParcel>, StoreError> {
        let keys: HashSet<(Id, i32)> = wanted
            .iter()
            .filter_map(|(cluster, number)| {
                Some((Id(cluster.uuid()), i32::try_from(*number).ok()?))
            })
            .collect();
        self.read("parcels", |tx| {
            let rows = tx.parcels_numbered(programme, &keys)?;
            rows.into_iter().map(ParcelRow::decode_stored).collect::<TxResult<_>>()
        })
    }

    /// All versions of a record and the parcels of its cluster.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when anything cannot be read.
    pub fn record_ledger(
        &self,
        programme: &str,
        collection: &str,
        id: RecordId,
    ) -> Result<RecordLedger, StoreError> {
        self.read("record_ledger", |tx| {
            let revision = tx.programme(programme)?.decode()?.revision;
            let rows = tx.versions_of(programme, collection, id)?;
            if rows.is_empty() {
                return Err(StoreError::NotFound { kind: "record", id: id.to_string() }.into());
            }
            let versions =
                rows.into_iter().map(VersionRow::decode_version).collect::<TxResult<_>>()?;
            let member = tx.members_by_record(programme, &[Id(id.uuid())])?.pop();
            let cluster = match member {
                None => None,
                Some(member) => {
                    decode_cluster(tx.parcels_of_clusters(programme, &[member.cluster])?)?
                }
            };
            Ok(RecordLedger { revision, versions, cluster })
        })
    }

    /// Throws a programme's ledger away and cuts it anew from the records.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when a record cannot be read, which
    /// leaves the ledger as it was.
    pub fn ledger_rebuild(
        &self,
        by: &By,
        programme: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Revision, LedgerChange), StoreError> {
        self.write_alone("ledger_rebuild", |tx| {
            let advanced = tx.programme_advance(programme, by)?;
            let regions = tx.region_map(programme)?;
            let recut = tx.ledger_remake(&advanced, &regions, progress)?;
            let told = Told { clusters_gone: recut.gone, ..Told::default() };
            tx.change_append(&advanced, "ledger_rebuild", by, &told)?;
            tx.audit_append(
                by,
                Line {
                    chain: programme,
                    at: advanced.at,
                    operation: "ledger_rebuild",
                    subject: format!("programme {programme}"),
                    revision: Some(advanced.revision),
                    detail: json!({ "ledger": recut.change }),
                },
            )?;
            Ok((advanced.revision, recut.change))
        })
    }

    /// The clusters of so many touching records that every change in one is slow, the largest
    /// first; and what regions of one level share.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when a region cannot be read.
    pub fn ledger_burdens(
        &self,
        programme: &str,
    ) -> Result<(Vec<GiantCluster>, Vec<SharedLand>), StoreError> {
        self.read("ledger_burdens", |tx| {
            tx.programme(programme)?;
            let clusters = grouped(tx.members_all(programme)?);
            let components: Vec<Component> = clusters
                .into_iter()
                .map(|(id, members)| {
                    let records = members.into_iter().map(|member| member.record).collect();
                    Component { id, records }
                })
                .collect();
            Ok((giants(&components), shared_land(&tx.region_shapes(programme)?)))
        })
    }

    /// Cuts a programme's ledger anew beside the stored one and compares them. Writes nothing.
    ///
    /// Returns the first 1,000 differences; none means that they are equal to the bit.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] when a record or parcel cannot be read.
    pub fn ledger_check(
        &self,
        programme: &str,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<LedgerDifference>, StoreError> {
        self.read("ledger_check", |tx| {
            tx.programme(programme)?;
            let stored = grouped(tx.members_all(programme)?);
            let (members, components) =
                tx.members_from_records(programme, NEWEST, &mut |_| Ok(()))?;
            let rebuilt = grouped(members);
            let mut differences = BTreeMap::new();
            for (cluster, members) in &rebuilt {
                match stored.get(cluster) {
                    None => drop(differences.insert(*cluster, DifferenceKind::Missing)),
                    Some(other) if other != members => {
                        differences.insert(*cluster, DifferenceKind::Records);
                    }
                    Some(_) => {}
                }
            }
            let with_parcels = tx.clusters_with_parcels(programme)?;
            for cluster in stored.keys().chain(&with_parcels) {
                if !rebuilt.contains_key(cluster) {
                    differences.insert(*cluster, DifferenceKind::Unfounded);
                }
            }
            let regions = tx.region_map(programme)?;
            let cutting = Cutting {
                programme,
                revision: 0,
                as_of: NEWEST,
                regions: &regions,
                fresh: &Fresh::new(),
                components: &components,
            };
            let compare = &mut |tx: &mut Tx<'_>, batch: &[Component], rows| -> TxResult<()> {
                let ids: Vec<Id> = batch.iter().map(|component| component.id).collect();
                let stored = by_cluster(tx.parcels_of_clusters(programme, &ids)?);
                let rebuilt = by_cluster(rows);
                for id in ids {
                    if !same_land(stored.get(&id), rebuilt.get(&id)) {
                        differences.entry(id).or_insert(DifferenceKind::Parcels);
                    }
                }
                Ok(())
            };
            tx.cut_each(cutting, compare, progress)?;
            let told = |(Id(id), what)| LedgerDifference { cluster: RecordId::from(id), what };
            Ok(differences.into_iter().take(DIFFERENCES_MAX).map(told).collect())
        })
    }
}

fn grouped(members: Vec<Member>) -> BTreeMap<Id, Vec<Member>> {
    let mut clusters: BTreeMap<Id, Vec<Member>> = BTreeMap::new();
    for member in members {
        clusters.entry(member.cluster).or_default().push(member);
    }
    for members in clusters.values_mut() {
        members.sort_unstable_by_key(|member| member.record);
    }
    clusters
}

fn by_cluster(rows: Vec<ParcelRow>) -> HashMap<Id, Vec<ParcelRow>> {
    let mut clusters: HashMap<Id, Vec<ParcelRow>> = HashMap::new();
    for row in rows {
        clusters.entry(row.cluster_id).or_default().push(row);
    }
    clusters
}

fn same_land(stored: Option<&Vec<ParcelRow>>, rebuilt: Option<&Vec<ParcelRow>>) -> bool {
    match (stored, rebuilt) {
        (None, None) => true,
        (Some(stored), Some(rebuilt)) => {
            stored.len() == rebuilt.len()
                && stored.iter().zip(rebuilt).all(|(a, b)| a.is_same_land(b))
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}
