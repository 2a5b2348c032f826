//! The land ledger as it is stored: which records it is cut from, and the parcels.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use geometry::{GridArea, GridBox, GridPoint, GridShape};
use survey::{Parcel, RecordId};
use uuid::Uuid;

use crate::error::{TxError, TxResult};
use crate::history;
use crate::operations::ledger::StoredParcel;
use crate::schema::{ledger_records, parcels};
use crate::sql_types::{Id, Json, UuidSql};
use crate::store::Revision;
use crate::tx::{Tx, both, insert_rows};

/// Values of one `IN (…)` list.
pub(crate) const IDS_PER_QUERY: usize = 1_000;
/// Boxes asked for by one query.
const BOXES_PER_QUERY: usize = 32;
/// Boxes up to 2¹⁷ grid units (16 m) wide are of one class: smaller ones would only add ranges.
const BOX_CLASS_MIN: i16 = 17;
/// Class of the widest box the grid can hold, 2⁴⁰ units.
const BOX_CLASS_MAX: i16 = 40;

/// All parcels of one cluster of touching records.
///
/// A cluster's parcels are always replaced together; a cluster without parcels is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCluster {
    /// The least id among its records.
    pub id: RecordId,
    /// Revision in which it was cut.
    pub revision: Revision,
    /// Its parcels, in their fixed order.
    pub parcels: Vec<Parcel>,
}

/// A record of the ledger: its cluster and the box around the versions that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub record: Id,
    pub cluster: Id,
    pub bounds: GridBox,
}

#[derive(Debug, Queryable, QueryableByName, Insertable)]
#[diesel(table_name = ledger_records)]
struct MemberRow {
    #[diesel(sql_type = Text)]
    programme: String,
    #[diesel(sql_type = UuidSql)]
    record_id: Id,
    #[diesel(sql_type = UuidSql)]
    cluster_id: Id,
    #[diesel(sql_type = diesel::sql_types::SmallInt)]
    box_class: i16,
    #[diesel(sql_type = BigInt)]
    min_x: i64,
    #[diesel(sql_type = BigInt)]
    min_y: i64,
    #[diesel(sql_type = BigInt)]
    max_x: i64,
    #[diesel(sql_type = BigInt)]
    max_y: i64,
}

/// A parcel as a row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = parcels, treat_none_as_default_value = false)]
pub(crate) struct ParcelRow {
    pub programme: String,
    pub cluster_id: Id,
    pub parcel_no: i32,
    pub revision: i64,
    pub region_id: Option<Id>,
    pub doubled_area: i64,
    pub area_m2: f64,
    pub min_x: i64,
    pub min_y: i64,
    pub max_x: i64,
    pub max_y: i64,
    pub shape: Vec<u8>,
    pub history: Json,
}

/// The class a box is found by: the least *n* such that it is no wider than 2ⁿ grid units.
fn box_class(bounds: &GridBox) -> i16 {
    let width = (bounds.max.x - bounds.min.x).unsigned_abs();
    let class = match width {
        0 | 1 => 0,
        _ => 64 - (width - 1).leading_zeros(),
    };
    i16::try_from(class).unwrap_or(BOX_CLASS_MAX).clamp(BOX_CLASS_MIN, BOX_CLASS_MAX)
}

impl MemberRow {
    fn new(programme: &str, member: &Member) -> Self {
        let Member { record, cluster, bounds } = *member;
        Self {
            programme: programme.to_owned(),
            record_id: record,
            cluster_id: cluster,
            box_class: box_class(&bounds),
            min_x: bounds.min.x,
            min_y: bounds.min.y,
            max_x: bounds.max.x,
            max_y: bounds.max.y,
        }
    }

    fn decode(self) -> Member {
        let min = GridPoint { x: self.min_x, y: self.min_y };
        let max = GridPoint { x: self.max_x, y: self.max_y };
        Member { record: self.record_id, cluster: self.cluster_id, bounds: GridBox { min, max } }
    }
}

impl ParcelRow {
    pub(crate) fn new(
        programme: &str,
        cluster: Id,
        parcel_no: usize,
        revision: Revision,
        parcel: &Parcel,
    ) -> TxResult<Self> {
        let refuse = |reason: &str| {
            TxError::corrupt(format!("parcel {parcel_no} of cluster {}", cluster.0), reason)
        };
        let bounds = parcel.shape.bbox().ok_or_else(|| refuse("it has no extent"))?;
        let history = history::write(&parcel.timeline, &parcel.stretches, &parcel.earlier_regions)
            .map_err(|error| refuse(&error.to_string()))?;
        let doubled_area = i64::try_from(parcel.area.doubled())
            .map_err(|_too_large| refuse("its area is beyond the limits of geometries"))?;
        Ok(Self {
            programme: programme.to_owned(),
            cluster_id: cluster,
            parcel_no: i32::try_from(parcel_no).map_err(|_many| refuse("too many parcels"))?,
            revision: revision.cast_signed(),
            region_id: parcel.region.map(|region| Id(region.uuid())),
            doubled_area,
            area_m2: parcel.area.m2(),
            min_x: bounds.min.x,
            min_y: bounds.min.y,
            max_x: bounds.max.x,
            max_y: bounds.max.y,
            shape: parcel.shape.to_bytes(),
            history: Json(history),
        })
    }

    /// Whether both are the same land with the same history, whenever they were cut. Histories are
    /// compared as read, since a database may write the same JSON in other words.
    pub(crate) fn is_same_land(&self, other: &Self) -> bool {
        (self.parcel_no, self.region_id, self.doubled_area, &self.shape)
            == (other.parcel_no, other.region_id, other.doubled_area, &other.shape)
            && history::read(&self.history.0) == history::read(&other.history.0)
    }

    fn corrupt(&self, reason: impl std::fmt::Display) -> TxError {
        let Self { programme, cluster_id, parcel_no, .. } = self;
        TxError::corrupt(
            format!("{programme}: parcel {parcel_no} of cluster {}", cluster_id.0),
            reason,
        )
    }

    pub(crate) fn decode_stored(self) -> TxResult<StoredParcel> {
        Ok(StoredParcel {
            cluster: RecordId::from(self.cluster_id.0),
            number: self.parcel_no.unsigned_abs(),
            revision: self.revision.unsigned_abs(),
            parcel: self.decode()?,
        })
    }

    fn decode(self) -> TxResult<Parcel> {
        let history = history::read(&self.history.0).map_err(|reason| self.corrupt(reason))?;
        let shape = GridShape::from_bytes(&self.shape).map_err(|error| self.corrupt(error))?;
        Ok(Parcel {
            region: self.region_id.map(|Id(id)| RecordId::from(id)),
            area: GridArea::from_doubled(i128::from(self.doubled_area)),
            shape,
            timeline: history.timeline,
            stretches: history.stretches,
            earlier_regions: history.earlier_regions,
        })
    }
}

/// Groups rows in the order of clusters into clusters. Runs on the calling thread's cores.
pub(crate) fn decode_cluster(rows: Vec<ParcelRow>) -> TxResult<Option<StoredCluster>> {
    let Some(first) = rows.first() else { return Ok(None) };
    let (id, revision) = (RecordId::from(first.cluster_id.0), first.revision.unsigned_abs());
    let parcels = rows.into_iter().map(ParcelRow::decode).collect::<TxResult<_>>()?;
    Ok(Some(StoredCluster { id, revision, parcels }))
}

impl Tx<'_> {
    /// All records of the ledger, in the order of ids.
    pub(crate) fn members_all(&mut self, programme: &str) -> TxResult<Vec<Member>> {
        let mut members: Vec<Member> = Vec::new();
        let mut after = Id(Uuid::nil());
        loop {
            let page: Vec<MemberRow> = both!(self, |conn| ledger_records::table
                .filter(ledger_records::programme.eq(programme))
                .filter(ledger_records::record_id.gt(after))
                .order(ledger_records::record_id)
                .limit(PAGE_ROWS as i64)
                .load(*conn))?;
            let full = page.len() == PAGE_ROWS;
            members.extend(page.into_iter().map(MemberRow::decode));
            match members.last() {
                Some(last) if full => after = last.record,
                _ => return Ok(members),
            }
        }
    }

    pub(crate) fn members_by_record(
        &mut self,
        programme: &str,
        records: &[Id],
    ) -> TxResult<Vec<Member>> {
        let mut members = Vec::new();
        for ids in records.chunks(IDS_PER_QUERY) {
            let rows: Vec<MemberRow> = both!(self, |conn| ledger_records::table
                .filter(ledger_records::programme.eq(programme))
                .filter(ledger_records::record_id.eq_any(ids))
                .load(*conn))?;
            members.extend(rows.into_iter().map(MemberRow::decode));
        }
        Ok(members)
    }

    pub(crate) fn members_by_cluster(
        &mut self,
        programme: &str,
        clusters: &[Id],
    ) -> TxResult<Vec<Member>> {
        let mut members = Vec::new();
        for ids in clusters.chunks(IDS_PER_QUERY) {
            let rows: Vec<MemberRow> = both!(self, |conn| ledger_records::table
                .filter(ledger_records::programme.eq(programme))
                .filter(ledger_records::cluster_id.eq_any(ids))
                .load(*conn))?;
            members.extend(rows.into_iter().map(MemberRow::decode));
        }
        Ok(members)
    }

    /// Records whose boxes touch one of these, some perhaps more than once.
    ///
    /// A box of class *n* that touches begins at most 2ⁿ units west of the one asked for, so each
    /// class is one range of an ordinary index. This needs no spatial index, and so is the same on
    /// both databases.
    pub(crate) fn members_touching(
        &mut self,
        programme: &str,
        boxes: &[GridBox],
    ) -> TxResult<Vec<Member>> {
        let mut members = Vec::new();
        for boxes in boxes.chunks(BOXES_PER_QUERY) {
            let probes: Vec<String> = boxes
                .iter()
                .flat_map(|asked| {
                    let (min, max) = (asked.min, asked.max);
                    (BOX_CLASS_MIN..=BOX_CLASS_MAX).map(move |class| {
                        let low = min.x.saturating_sub(1_i64 << class);
                        format!("({class}, {low}, {}, {}, {}, {})", max.x, min.x, min.y, max.y)
                    })
                })
                .collect();
            let query = format!(
                "WITH probe (class, low, high, min_x, min_y, max_y) AS (VALUES {}) \
                 SELECT r.programme, r.record_id, r.cluster_id, r.box_class, \
                        r.min_x, r.min_y, r.max_x, r.max_y \
                 FROM probe CROSS JOIN ledger_records r \
                 WHERE r.programme = $1 AND r.box_class = probe.class \
                   AND r.min_x BETWEEN probe.low AND probe.high AND r.max_x >= probe.min_x \
                   AND r.min_y <= probe.max_y AND r.max_y >= probe.min_y",
                probes.join(", ")
            );
            let rows: Vec<MemberRow> = both!(self, |conn| diesel::sql_query(query)
                .bind::<Text, _>(programme)
                .load(*conn))?;
            members.extend(rows.into_iter().map(MemberRow::decode));
        }
        Ok(members)
    }

    pub(crate) fn members_delete(&mut self, programme: &str, records: &[Id]) -> TxResult<()> {
        for ids in records.chunks(IDS_PER_QUERY) {
            both!(self, |conn| diesel::delete(
                ledger_records::table
                    .filter(ledger_records::programme.eq(programme))
                    .filter(ledger_records::record_id.eq_any(ids))
            )
            .execute(*conn))?;
        }
        Ok(())
    }

    pub(crate) fn members_insert(&mut self, programme: &str, members: &[Member]) -> TxResult<()> {
        let rows: Vec<MemberRow> =
            members.iter().map(|member| MemberRow::new(programme, member)).collect();
        insert_rows!(self, ledger_records::table, &rows);
        Ok(())
    }

    pub(crate) fn parcels_insert(&mut self, rows: &[ParcelRow]) -> TxResult<()> {
        insert_rows!(self, parcels::table, rows);
        Ok(())
    }

    pub(crate) fn parcels_delete(&mut self, programme: &str, clusters: &[Id]) -> TxResult<()> {
        for ids in clusters.chunks(IDS_PER_QUERY) {
            both!(self, |conn| diesel::delete(
                parcels::table
                    .filter(parcels::programme.eq(programme))
                    .filter(parcels::cluster_id.eq_any(ids))
            )
            .execute(*conn))?;
        }
        Ok(())
    }

    /// Empties the ledger of a programme.
    pub(crate) fn ledger_delete(&mut self, programme: &str) -> TxResult<()> {
        both!(self, |conn| diesel::delete(
            parcels::table.filter(parcels::programme.eq(programme))
        )
        .execute(*conn))?;
        both!(self, |conn| diesel::delete(
            ledger_records::table.filter(ledger_records::programme.eq(programme))
        )
        .execute(*conn))?;
        Ok(())
    }

    /// Clusters that have parcels.
    pub(crate) fn clusters_with_parcels(&mut self, programme: &str) -> TxResult<Vec<Id>> {
        Ok(both!(self, |conn| parcels::table
            .filter(parcels::programme.eq(programme))
            .filter(parcels::parcel_no.eq(0))
            .order(parcels::cluster_id)
            .select(parcels::cluster_id)
            .load(*conn))?)
    }

    /// Which of these clusters have parcels.
    pub(crate) fn clusters_having_parcels(
        &mut self,
        programme: &str,
        clusters: &[Id],
    ) -> TxResult<Vec<Id>> {
        let mut having = Vec::new();
        for ids in clusters.chunks(IDS_PER_QUERY) {
            having.extend(both!(self, |conn| parcels::table
                .filter(parcels::programme.eq(programme))
                .filter(parcels::cluster_id.eq_any(ids))
                .filter(parcels::parcel_no.eq(0))
                .select(parcels::cluster_id)
                .load::<Id>(*conn))?);
        }
        Ok(having)
    }

    pub(crate) fn parcels_of_clusters(
        &mut self,
        programme: &str,
        clusters: &[Id],
    ) -> TxResult<Vec<ParcelRow>> {
        let mut rows = Vec::new();
        for ids in clusters.chunks(IDS_PER_QUERY) {
            rows.extend(both!(self, |conn| parcels::table
                .filter(parcels::programme.eq(programme))
                .filter(parcels::cluster_id.eq_any(ids))
                .order((parcels::cluster_id, parcels::parcel_no))
                .select(ParcelRow::as_select())
                .load::<ParcelRow>(*conn))?);
        }
        Ok(rows)
    }

    /// Parcels by cluster and number, in the order of both.
    pub(crate) fn parcels_numbered(
        &mut self,
        programme: &str,
        keys: &HashSet<(Id, i32)>,
    ) -> TxResult<Vec<ParcelRow>> {
        let mut sorted: Vec<(Id, i32)> = keys.iter().copied().collect();
        sorted.sort_unstable();
        let mut rows = Vec::new();
        for keys_of_query in sorted.chunks(IDS_PER_QUERY) {
            let clusters: BTreeSet<Id> =
                keys_of_query.iter().map(|(cluster, _)| *cluster).collect();
            let numbers: BTreeSet<i32> = keys_of_query.iter().map(|(_, number)| *number).collect();
            let found: Vec<ParcelRow> = both!(self, |conn| parcels::table
                .filter(parcels::programme.eq(programme))
                .filter(parcels::cluster_id.eq_any(clusters))
                .filter(parcels::parcel_no.eq_any(numbers))
                .order((parcels::cluster_id, parcels::parcel_no))
                .select(ParcelRow::as_select())
                .load(*conn))?;
            // Each cluster is asked for the numbers wanted of any; a cluster may also be divided
            // between two queries.
            let wanted = |row: &ParcelRow| {
                keys_of_query.binary_search(&(row.cluster_id, row.parcel_no)).is_ok()
            };
            rows.extend(found.into_iter().filter(wanted));
        }
        Ok(rows)
    }

    /// A page of parcels in the order of clusters, after the parcel given.
    pub(crate) fn parcels_page(
        &mut self,
        programme: &str,
        (cluster, parcel_no): (Id, i32),
        limit: usize,
    ) -> TxResult<Vec<ParcelRow>> {
        // Two ranges of the primary key; a single condition with OR would be scanned.
        let mut rows: Vec<ParcelRow> = both!(self, |conn| parcels::table
            .filter(parcels::programme.eq(programme))
            .filter(parcels::cluster_id.eq(cluster))
            .filter(parcels::parcel_no.gt(parcel_no))
            .order(parcels::parcel_no)
            .limit(limit as i64)
            .select(ParcelRow::as_select())
            .load(*conn))?;
        let rest = limit - rows.len();
        if rest > 0 {
            rows.extend(both!(self, |conn| parcels::table
                .filter(parcels::programme.eq(programme))
                .filter(parcels::cluster_id.gt(cluster))
                .order((parcels::cluster_id, parcels::parcel_no))
                .limit(rest as i64)
                .select(ParcelRow::as_select())
                .load::<ParcelRow>(*conn))?);
        }
        Ok(rows)
    }

    /// Clusters cut after a revision, in the order of ids.
    pub(crate) fn clusters_cut_since(
        &mut self,
        programme: &str,
        revision: Revision,
    ) -> TxResult<Vec<Id>> {
        let mut clusters: Vec<Id> = both!(self, |conn| parcels::table
            .filter(parcels::programme.eq(programme))
            .filter(parcels::revision.gt(revision.cast_signed()))
            .select(parcels::cluster_id)
            .load(*conn))?;
        // Asked for distinct ones, SQLite goes through all parcels in the order of clusters.
        clusters.sort_unstable();
        clusters.dedup();
        Ok(clusters)
    }
}

/// Rows read at once.
pub(crate) const PAGE_ROWS: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(width: i64) -> GridBox {
        GridBox { min: GridPoint { x: -5, y: 0 }, max: GridPoint { x: width - 5, y: 9 } }
    }

    #[test]
    fn a_box_is_never_wider_than_its_class() {
        for width in [0, 1, 2, 131_072, 131_073, 262_144, 262_145, 1 << 40] {
            let class = box_class(&wide(width));
            assert!(width <= 1 << class, "{width}");
            assert!(class == BOX_CLASS_MIN || width > 1 << (class - 1), "{width}");
        }
    }
}
