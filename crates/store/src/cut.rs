//! Recomputes the land ledger: after a write the clusters it touched, or all of it.
//!
//! Records whose boxes touch are one cluster, and a cluster is cut on its own. What touched before
//! and what touches now are both known from boxes alone: the clusters to recompute are those of
//! the changed records and those of the records their new boxes touch. Together these are closed,
//! since old clusters are, so one look-up finds them. Incremental and rebuilt ledgers are equal
//! because both come from [`crate::land::sources_of`] and from the same boxes, and because a
//! cluster is named after the least id among its records.

mod burdens;
mod told;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crossbeam_channel::bounded;
use geometry::GridBox;
use rayon::prelude::*;
use survey::ledger::{RegionMap, TangledRecords, cut_cluster};
use survey::{LandSource, Parcel};
use uuid::Uuid;

use crate::error::{StoreError, TxError, TxResult};
use crate::land::{bounds_of, by_record, sources_of};
use crate::ledger::{IDS_PER_QUERY, Member, ParcelRow};
use crate::programmes::Advanced;
use crate::records::VersionRow;
use crate::sql_types::Id;
use crate::store::Revision;
use crate::tx::Tx;
pub(crate) use burdens::{giants, shared_land};
pub use told::{GiantCluster, LedgerChange, Progress, SharedLand};

/// Beyond this many changed records all boxes of the programme are read at once, rather than
/// those around each.
const BULK_RECORDS: usize = 1_000;
/// Records whose versions are read and cut together.
const BATCH_RECORDS: usize = 1_000;
/// Vertices of new records kept in memory until their clusters are cut: 128 MB.
const FRESH_VERTICES: usize = 8 << 20;

/// As known now: later than every revision.
pub(crate) const NEWEST: Revision = i64::MAX.cast_unsigned();

/// One component of touching records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    pub id: Id,
    pub records: Vec<Id>,
}

/// The records a write has changed, as far as the ledger goes.
#[derive(Debug, Default)]
pub(crate) struct ChangedLand {
    /// New records and their boxes.
    created: Vec<(Id, GridBox)>,
    /// The sources of new records, as many as may be kept; the others are read back.
    fresh: Fresh,
    fresh_vertices: usize,
    /// Records with a further version.
    pub updated: Vec<Id>,
    /// Whether a region is among them.
    pub regions: bool,
}

/// Records known to have one source only, and that source.
pub(crate) type Fresh = HashMap<Id, LandSource>;

impl ChangedLand {
    /// Adds a new record by its only source.
    pub(crate) fn create(&mut self, source: LandSource) {
        let Some(bounds) = source.shape.bbox() else { return };
        let id = Id(source.key.record.uuid());
        self.created.push((id, bounds));
        if self.fresh_vertices < FRESH_VERTICES {
            self.fresh_vertices += source.shape.vertex_count();
            self.fresh.insert(id, source);
        }
    }

    /// A further version of one record.
    pub(crate) fn of_update(id: Id, regions: bool) -> Self {
        Self { updated: vec![id], regions, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty()
    }
}

/// The outcome for the feed and the receipt.
#[derive(Debug, Default)]
pub(crate) struct Recut {
    pub change: LedgerChange,
    /// Clusters that got parcels.
    made: BTreeSet<Uuid>,
    /// Clusters that have no parcels any more, ascending.
    pub gone: Vec<Uuid>,
}

impl Tx<'_> {
    /// Brings the ledger up to the records after a write.
    pub(crate) fn ledger_update(
        &mut self,
        advanced: &Advanced,
        regions: &Arc<RegionMap>,
        changed: &ChangedLand,
    ) -> TxResult<Recut> {
        let programme = advanced.code.as_str();
        let mut after: HashMap<Id, GridBox> = changed.created.iter().copied().collect();
        let mut touched: BTreeSet<Id> = after.keys().copied().collect();
        for ids in changed.updated.chunks(IDS_PER_QUERY) {
            let rows = self.versions_of_records(programme, ids)?;
            let bounds: Vec<(Id, Option<GridBox>)> = by_record(&rows)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|(id, versions)| Ok((id, bounds_of(&sources_of(versions)?))))
                .collect::<TxResult<_>>()?;
            after.extend(bounds.into_iter().filter_map(|(id, bounds)| Some((id, bounds?))));
            touched.extend(ids);
        }
        let before = if touched.len() > BULK_RECORDS {
            self.members_all(programme)?
        } else {
            self.members_around(programme, &touched, &after)?
        };
        let plan = Plan::new(&before, &touched, &after);
        self.carry_out(advanced, regions, &changed.fresh, &before, plan)
    }

    /// The members that share an old cluster with a changed record, or that a changed record
    /// touches now.
    fn members_around(
        &mut self,
        programme: &str,
        touched: &BTreeSet<Id>,
        after: &HashMap<Id, GridBox>,
    ) -> TxResult<Vec<Member>> {
        let touched: Vec<Id> = touched.iter().copied().collect();
        let mut boxes: Vec<GridBox> = after.values().copied().collect();
        boxes.sort_unstable_by_key(|bounds| (bounds.min.x, bounds.min.y));
        let mut near = self.members_by_record(programme, &touched)?;
        near.extend(self.members_touching(programme, &boxes)?);
        let clusters: BTreeSet<Id> = near.iter().map(|member| member.cluster).collect();
        let clusters: Vec<Id> = clusters.into_iter().collect();
        self.members_by_cluster(programme, &clusters)
    }

    fn carry_out(
        &mut self,
        advanced: &Advanced,
        regions: &Arc<RegionMap>,
        fresh: &Fresh,
        before: &[Member],
        plan: Plan,
    ) -> TxResult<Recut> {
        let programme = advanced.code.as_str();
        let known: HashMap<Id, &Member> =
            before.iter().map(|member| (member.record, member)).collect();
        let had_parcels = self.clusters_having_parcels(programme, &plan.old_clusters)?;
        self.parcels_delete(programme, &plan.old_clusters)?;
        let (mut stale, mut new) = (plan.removed, Vec::new());
        for member in plan.members {
            match known.get(&member.record) {
                Some(&&old) if old == member => {}
                Some(_) => {
                    stale.push(member.record);
                    new.push(member);
                }
                None => new.push(member),
            }
        }
        self.members_delete(programme, &stale)?;
        let cut = Cut { regions, fresh, components: &plan.components, members: &new };
        let mut recut = self.cut(advanced, cut, &mut |_| ())?;
        recut.finish(had_parcels);
        Ok(recut)
    }

    /// Empties and rebuilds the whole ledger of a programme from its records.
    pub(crate) fn ledger_remake(
        &mut self,
        advanced: &Advanced,
        regions: &Arc<RegionMap>,
        progress: &mut dyn FnMut(Progress),
    ) -> TxResult<Recut> {
        let programme = advanced.code.as_str();
        let had_parcels = self.clusters_with_parcels(programme)?;
        self.ledger_delete(programme)?;
        let (members, components) =
            self.members_from_records(programme, NEWEST, &mut |_| Ok(()))?;
        let (fresh, components) = (&Fresh::new(), &components[..]);
        let cut = Cut { regions, fresh, components, members: &members };
        let mut recut = self.cut(advanced, cut, progress)?;
        recut.finish(had_parcels);
        Ok(recut)
    }

    /// The members and components as they follow from the records alone, as known at a revision;
    /// `each` sees all the versions of some records on their way.
    pub(crate) fn members_from_records(
        &mut self,
        programme: &str,
        as_of: Revision,
        each: &mut dyn FnMut(&[VersionRow]) -> TxResult<()>,
    ) -> TxResult<(Vec<Member>, Vec<Component>)> {
        let mut boxes: Vec<(Id, GridBox)> = Vec::new();
        self.versions_by_record(programme, as_of, &mut |rows| {
            each(rows)?;
            let bounds: Vec<(Id, Option<GridBox>)> = by_record(rows)
                .collect::<Vec<_>>()
                .into_par_iter()
                .map(|(id, versions)| Ok((id, bounds_of(&sources_of(versions)?))))
                .collect::<TxResult<_>>()?;
            boxes.extend(bounds.into_iter().filter_map(|(id, bounds)| Some((id, bounds?))));
            Ok(())
        })?;
        let components = components(&boxes);
        let clusters = cluster_of(&components);
        let members = boxes
            .into_iter()
            .filter_map(|(record, bounds)| {
                Some(Member { record, cluster: *clusters.get(&record)?, bounds })
            })
            .collect();
        Ok((members, components))
    }

    /// Cuts clusters and writes their parcels, and the members while the next are cut.
    fn cut(
        &mut self,
        advanced: &Advanced,
        Cut { regions, fresh, components, members }: Cut<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> TxResult<Recut> {
        let mut recut = Recut::default();
        let mut members = members.chunks(BATCH_RECORDS);
        let cutting = Cutting {
            programme: &advanced.code,
            revision: advanced.revision,
            as_of: NEWEST,
            regions,
            fresh,
            components,
        };
        let write = &mut |tx: &mut Self, _: &[Component], rows: Vec<ParcelRow>| {
            recut.change.parcels += rows.len() as u64;
            recut.made.extend(rows.iter().map(|row| row.cluster_id.0));
            if let Some(members) = members.next() {
                tx.members_insert(&advanced.code, members)?;
            }
            tx.parcels_insert(&rows)
        };
        self.cut_each(cutting, write, progress)?;
        for members in members {
            self.members_insert(&advanced.code, members)?;
        }
        recut.change.clusters = components.len() as u64;
        recut.change.giant_clusters = giants(components);
        for giant in &recut.change.giant_clusters {
            let (cluster, records) = (giant.id, giant.records);
            tracing::warn!(programme = advanced.code, %cluster, records, "a giant cluster was cut");
        }
        Ok(recut)
    }

    /// Cuts clusters batch by batch and hands over their parcels in the order of components.
    ///
    /// One thread keeps the other cores busy with cutting while this one reads and writes.
    pub(crate) fn cut_each(
        &mut self,
        cutting: Cutting<'_>,
        each: &mut dyn FnMut(&mut Self, &[Component], Vec<ParcelRow>) -> TxResult<()>,
        progress: &mut dyn FnMut(Progress),
    ) -> TxResult<()> {
        let (to_cut, work) = bounded::<(&[Component], Vec<VersionRow>)>(1);
        let (cut, done) = bounded::<TxResult<Vec<ParcelRow>>>(1);
        let mut so_far =
            Progress { clusters_total: cutting.components.len() as u64, ..Progress::default() };
        let mut take = |tx: &mut Self, batch: &[Component], parcels: Vec<ParcelRow>| {
            so_far.clusters += batch.len() as u64;
            so_far.parcels += parcels.len() as u64;
            each(tx, batch, parcels)?;
            progress(so_far);
            TxResult::Ok(())
        };
        std::thread::scope(|scope| {
            // Dropped before the thread is waited for, which ends it also when this one fails.
            let done = done;
            scope.spawn(move || {
                for (components, rows) in work {
                    if cut.send(cutting.cut_batch(components, &rows)).is_err() {
                        break;
                    }
                }
            });
            let lost = || TxError::corrupt("the ledger", "cutting it stopped");
            let mut ahead = None;
            for batch in batches(cutting.components) {
                let ids: Vec<Id> = batch
                    .iter()
                    .flat_map(|component| component.records.iter().copied())
                    .filter(|id| !cutting.fresh.contains_key(id))
                    .collect();
                let mut rows = self.versions_of_records(cutting.programme, &ids)?;
                rows.retain(|row| row.is_known(cutting.as_of));
                to_cut.send((batch, rows)).map_err(|_stopped| lost())?;
                if let Some(earlier) = ahead.replace(batch) {
                    take(self, earlier, done.recv().map_err(|_stopped| lost())??)?;
                }
            }
            drop(to_cut);
            if let Some(last) = ahead {
                take(self, last, done.recv().map_err(|_stopped| lost())??)?;
            }
            Ok(())
        })
    }
}

impl Recut {
    /// Leaves in `gone` the clusters that had parcels and have none now.
    fn finish(&mut self, had_parcels: Vec<Id>) {
        let had: BTreeSet<Uuid> = had_parcels.into_iter().map(|Id(id)| id).collect();
        self.gone = had.difference(&self.made).copied().collect();
        self.change.clusters_gone = self.gone.len() as u64;
    }
}

/// What is to be done to the ledger.
#[derive(Debug)]
struct Plan {
    /// Components to be cut.
    components: Vec<Component>,
    /// Their records.
    members: Vec<Member>,
    /// Records that take no part any more.
    removed: Vec<Id>,
    /// Clusters whose parcels are to be replaced.
    old_clusters: Vec<Id>,
}

impl Plan {
    /// Compares the members before a write with the boxes after it. `before` holds at least every
    /// old cluster of a touched record and of whatever a touched record touches now.
    fn new(before: &[Member], touched: &BTreeSet<Id>, after: &HashMap<Id, GridBox>) -> Self {
        let mut boxes: BTreeMap<Id, GridBox> =
            before.iter().map(|member| (member.record, member.bounds)).collect();
        let mut removed = Vec::new();
        for id in touched {
            match after.get(id) {
                Some(bounds) => {
                    boxes.insert(*id, *bounds);
                }
                None => removed.extend(boxes.remove(id).map(|_| *id)),
            }
        }
        let old: HashMap<Id, Id> =
            before.iter().map(|member| (member.record, member.cluster)).collect();
        let mut sizes: HashMap<Id, usize> = HashMap::new();
        for member in before {
            *sizes.entry(member.cluster).or_default() += 1;
        }
        let boxes: Vec<(Id, GridBox)> = boxes.into_iter().collect();
        let mut plan =
            Self { components: Vec::new(), members: Vec::new(), removed, old_clusters: Vec::new() };
        let mut old_clusters: BTreeSet<Id> =
            touched.iter().filter_map(|id| old.get(id)).copied().collect();
        let bounds: HashMap<Id, GridBox> = boxes.iter().copied().collect();
        for component in components(&boxes) {
            let is_untouched = !component.records.iter().any(|id| touched.contains(id))
                && component.records.iter().all(|id| old.get(id) == Some(&component.id))
                && sizes.get(&component.id) == Some(&component.records.len());
            if is_untouched {
                continue;
            }
            for id in &component.records {
                old_clusters.extend(old.get(id));
                if let Some(bounds) = bounds.get(id) {
                    let cluster = component.id;
                    plan.members.push(Member { record: *id, cluster, bounds: *bounds });
                }
            }
            plan.components.push(component);
        }
        plan.old_clusters = old_clusters.into_iter().collect();
        plan
    }
}

/// Components of touching boxes, each named after its least record and in the order of names.
/// `boxes` is in the order of records.
fn components(boxes: &[(Id, GridBox)]) -> Vec<Component> {
    let bounds: Vec<GridBox> = boxes.iter().map(|(_, bounds)| *bounds).collect();
    let mut components: Vec<Component> = geometry::clusters(&bounds)
        .into_iter()
        .filter_map(|positions| {
            let records: Vec<Id> = positions
                .into_iter()
                .filter_map(|position| boxes.get(position as usize).map(|(id, _)| *id))
                .collect();
            Some(Component { id: records.iter().min().copied()?, records })
        })
        .collect();
    components.sort_unstable_by_key(|component| component.id);
    components
}

fn cluster_of(components: &[Component]) -> HashMap<Id, Id> {
    components
        .iter()
        .flat_map(|component| component.records.iter().map(|record| (*record, component.id)))
        .collect()
}

/// Splits components into runs of about [`BATCH_RECORDS`] records.
fn batches(components: &[Component]) -> impl Iterator<Item = &[Component]> {
    let mut rest = components;
    std::iter::from_fn(move || {
        let mut records = 0;
        let fits = |component: &&Component| {
            let fits = records < BATCH_RECORDS;
            records += component.records.len();
            fits
        };
        let (batch, after) = rest.split_at(rest.iter().take_while(fits).count());
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

/// What is to be cut and written.
#[derive(Clone, Copy)]
struct Cut<'a> {
    regions: &'a RegionMap,
    fresh: &'a Fresh,
    components: &'a [Component],
    /// Members that are not written yet.
    members: &'a [Member],
}

/// What is to be cut, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Cutting<'a> {
    pub programme: &'a str,
    /// The revision that stands in the parcels.
    pub revision: Revision,
    /// Versions recorded later take no part.
    pub as_of: Revision,
    pub regions: &'a RegionMap,
    pub fresh: &'a Fresh,
    pub components: &'a [Component],
}

impl Cutting<'_> {
    /// Cuts a batch of components on all cores.
    fn cut_batch(&self, batch: &[Component], rows: &[VersionRow]) -> TxResult<Vec<ParcelRow>> {
        let versions: HashMap<Id, &[VersionRow]> = by_record(rows).collect();
        let parcels: Vec<Vec<ParcelRow>> = batch
            .par_iter()
            .map(|component| self.cut_one(component, &versions))
            .collect::<TxResult<_>>()?;
        Ok(parcels.into_iter().flatten().collect())
    }

    fn cut_one(
        &self,
        component: &Component,
        versions: &HashMap<Id, &[VersionRow]>,
    ) -> TxResult<Vec<ParcelRow>> {
        let mut sources: Vec<LandSource> = Vec::new();
        for id in &component.records {
            if let Some(source) = self.fresh.get(id) {
                sources.push(source.clone());
                continue;
            }
            let missing = || StoreError::NotFound { kind: "record", id: id.0.to_string() };
            sources.extend(sources_of(versions.get(id).ok_or_else(missing)?)?);
        }
        let parcels: Vec<Parcel> = cut_cluster(&sources, self.regions).map_err(tangled)?;
        let row = |(number, parcel)| {
            ParcelRow::new(self.programme, component.id, number, self.revision, parcel)
        };
        parcels.iter().enumerate().map(row).collect()
    }
}

/// The write is refused as a whole: land that cannot be cut must not be left out of the ledger.
fn tangled(error: TangledRecords) -> StoreError {
    let records = error.records.into_iter().map(|(_, local_id)| local_id).collect();
    StoreError::Tangled { records }
}
