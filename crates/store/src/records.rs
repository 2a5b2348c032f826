//! Records: the heads that say which version holds, and the versions with the content.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use geometry::{Bbox, Geometry};
use rayon::prelude::*;
use serde_json::{Map, Value};
use survey::records::Region;
use survey::{Record, RecordId, StoredRecord, VersionState, local_id_key};
use uuid::Uuid;

use crate::error::{TxError, TxResult};
use crate::ledger::{IDS_PER_QUERY, PAGE_ROWS};
use crate::schema::{record_versions, records};
use crate::sql_types::{Id, Instant, Json};
use crate::store::Revision;
use crate::tx::{Tx, both, insert_rows};

macro_rules! known_records {
    () => {
        records::table
            .inner_join(
                record_versions::table.on(record_versions::programme
                    .eq(records::programme)
                    .and(record_versions::id.eq(records::id))
                    .and(record_versions::version.eq(records::version))),
            )
            .select((
                records::id,
                records::collection,
                records::local_id_key,
                records::version,
                records::state,
                record_versions::content_sha256,
                records::west,
                records::south,
                records::east,
                records::north,
            ))
    };
}

macro_rules! current_versions {
    () => {
        records::table
            .inner_join(
                record_versions::table.on(record_versions::programme
                    .eq(records::programme)
                    .and(record_versions::id.eq(records::id))
                    .and(record_versions::version.eq(records::version))),
            )
            .select(VersionRow::as_select())
    };
}

macro_rules! upsert_heads {
    ($heads:expr) => {
        diesel::insert_into(records::table)
            .values($heads)
            .on_conflict((records::programme, records::id))
            .do_update()
            .set((
                records::local_id.eq(excluded(records::local_id)),
                records::version.eq(excluded(records::version)),
                records::revision.eq(excluded(records::revision)),
                records::state.eq(excluded(records::state)),
                records::effective_on.eq(excluded(records::effective_on)),
                records::organisation.eq(excluded(records::organisation)),
                records::located.eq(excluded(records::located)),
                records::west.eq(excluded(records::west)),
                records::south.eq(excluded(records::south)),
                records::east.eq(excluded(records::east)),
                records::north.eq(excluded(records::north)),
                records::area_m2.eq(excluded(records::area_m2)),
            ))
    };
}

/// One version of a record with what its history tells beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredVersion {
    /// The version itself.
    pub record: StoredRecord,
    /// The submission that brought it; `None` for a withdrawal.
    pub submission: Option<Uuid>,
    /// Why the record was withdrawn; `None` for versions in force.
    pub reason: Option<String>,
    /// Area of the geometry in square metres; `None` for points and unlocated records.
    pub area_m2: Option<f64>,
}

/// Content of a version on its way in or out. The head is made of the same columns.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = record_versions, treat_none_as_default_value = false)]
pub(crate) struct VersionRow {
    pub programme: String,
    pub id: Id,
    pub version: i32,
    pub collection: String,
    pub local_id: String,
    pub revision: i64,
    pub submission_id: Option<Id>,
    pub state: String,
    pub reason: Option<String>,
    pub effective_on: NaiveDate,
    pub recorded_at: Instant,
    pub recorded_by: String,
    pub organisation: Option<String>,
    pub geometry: Option<Vec<u8>>,
    pub caution: Option<Vec<u8>>,
    pub raw_geometry: Option<String>,
    pub properties: Json,
    pub content_sha256: Vec<u8>,
    pub west: Option<f64>,
    pub south: Option<f64>,
    pub east: Option<f64>,
    pub north: Option<f64>,
    pub area_m2: Option<f64>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
struct HeadRow<'a> {
    programme: &'a str,
    id: Id,
    collection: &'a str,
    local_id: &'a str,
    local_id_key: String,
    version: i32,
    revision: i64,
    state: &'a str,
    effective_on: NaiveDate,
    organisation: Option<&'a str>,
    located: bool,
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
    area_m2: Option<f64>,
}

/// What is known of a record before it is written to.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct KnownRow {
    pub id: Id,
    pub collection: String,
    pub local_id_key: String,
    pub version: i32,
    pub state: String,
    pub content_sha256: Vec<u8>,
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
}

impl KnownRow {
    pub(crate) fn bbox(&self) -> Option<Bbox> {
        stored_bbox(self.west, self.south, self.east, self.north)
    }

    pub(crate) fn is_in_force(&self) -> bool {
        self.state == VersionState::InForce.name()
    }
}

pub(crate) fn stored_bbox(
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
) -> Option<Bbox> {
    Some(Bbox { west: west?, south: south?, east: east?, north: north? })
}

impl VersionRow {
    pub(crate) fn bbox(&self) -> Option<Bbox> {
        stored_bbox(self.west, self.south, self.east, self.north)
    }

    fn head(&self) -> HeadRow<'_> {
        HeadRow {
            programme: &self.programme,
            id: self.id,
            collection: &self.collection,
            local_id: &self.local_id,
            local_id_key: local_id_key(&self.local_id),
            version: self.version,
            revision: self.revision,
            state: &self.state,
            effective_on: self.effective_on,
            organisation: self.organisation.as_deref(),
            located: self.geometry.is_some(),
            west: self.west,
            south: self.south,
            east: self.east,
            north: self.north,
            area_m2: self.area_m2,
        }
    }

    /// Whether the version was there at a revision.
    pub(crate) fn is_known(&self, as_of: Revision) -> bool {
        self.revision <= as_of.cast_signed()
    }

    fn corrupt(&self, reason: impl std::fmt::Display) -> TxError {
        let Self { programme, collection, id: Id(id), version, .. } = self;
        TxError::corrupt(format!("{programme}/{collection}/{id} version {version}"), reason)
    }

    /// The located polygon or point of this version.
    pub(crate) fn geometry(&self) -> TxResult<Option<Geometry>> {
        let read = self.geometry.as_deref().map(Geometry::from_wkb).transpose();
        read.map_err(|error| self.corrupt(error))
    }

    pub(crate) fn properties(&self) -> TxResult<Map<String, Value>> {
        serde_json::from_str(&self.properties.0).map_err(|error| self.corrupt(error))
    }

    pub(crate) fn state(&self) -> TxResult<VersionState> {
        [VersionState::InForce, VersionState::Withdrawn]
            .into_iter()
            .find(|state| state.name() == self.state)
            .ok_or_else(|| self.corrupt("its state is unknown"))
    }

    pub(crate) fn decode(self) -> TxResult<StoredRecord> {
        let geometry = self.geometry()?;
        let caution = match self.caution.as_deref().map(Geometry::from_wkb).transpose() {
            Ok(Some(Geometry::Polygon(polygon))) => Some(polygon),
            Ok(None) => None,
            Ok(Some(Geometry::Point(_) | Geometry::Shape(_))) => {
                return Err(self.corrupt("its caution area is no polygon"));
            }
            Err(error) => return Err(self.corrupt(error)),
        };
        let (state, properties) = (self.state()?, self.properties()?);
        Ok(StoredRecord {
            id: RecordId::from(self.id.0),
            version: self.version.unsigned_abs(),
            revision: self.revision.unsigned_abs(),
            state,
            effective_on: self.effective_on,
            recorded_at: self.recorded_at.0,
            recorded_by: self.recorded_by,
            organisation: self.organisation,
            geometry,
            caution,
            raw_geometry: self.raw_geometry,
            properties,
            collection: self.collection,
            local_id: self.local_id,
        })
    }
}

impl VersionRow {
    pub(crate) fn decode_version(mut self) -> TxResult<StoredVersion> {
        let (submission, reason) = (self.submission_id.map(|Id(id)| id), self.reason.take());
        let area_m2 = self.area_m2;
        Ok(StoredVersion { record: self.decode()?, submission, reason, area_m2 })
    }
}

/// Parses rows on all cores, in order.
pub(crate) fn decode_all(rows: Vec<VersionRow>) -> TxResult<Vec<StoredRecord>> {
    rows.into_par_iter().map(VersionRow::decode).collect()
}

impl Tx<'_> {
    /// Looks up records of a programme by the keys of their local ids within a collection.
    pub(crate) fn records_by_local_id(
        &mut self,
        programme: &str,
        collection: &str,
        keys: &[String],
    ) -> TxResult<Vec<KnownRow>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        Ok(both!(self, |conn| known_records!()
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .filter(records::local_id_key.eq_any(keys))
            .load(*conn))?)
    }

    /// Looks up records of a programme by id, whatever their collection.
    pub(crate) fn records_by_id(&mut self, programme: &str, ids: &[Id]) -> TxResult<Vec<KnownRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(both!(self, |conn| known_records!()
            .filter(records::programme.eq(programme))
            .filter(records::id.eq_any(ids))
            .load(*conn))?)
    }

    /// Appends versions and points the heads to them.
    pub(crate) fn versions_append(&mut self, rows: &[VersionRow]) -> TxResult<()> {
        // Apart, since statements with a conflict clause are compiled anew each time.
        let (new, known): (Vec<HeadRow<'_>>, Vec<HeadRow<'_>>) =
            rows.iter().map(VersionRow::head).partition(|head| head.version == 1);
        insert_rows!(self, records::table, &new);
        match self {
            #[cfg(feature = "sqlite")]
            Tx::Sqlite(conn) => {
                for head in &known {
                    upsert_heads!(head).execute(*conn)?;
                }
            }
            #[cfg(feature = "postgres")]
            Tx::Postgres(conn) => {
                for heads in known.chunks(crate::tx::ROWS_PER_INSERT) {
                    upsert_heads!(heads).execute(*conn)?;
                }
            }
        }
        insert_rows!(self, record_versions::table, rows);
        Ok(())
    }

    /// The current version of one record.
    pub(crate) fn record_current(
        &mut self,
        programme: &str,
        collection: &str,
        id: RecordId,
    ) -> TxResult<Option<VersionRow>> {
        Ok(both!(self, |conn| current_versions!()
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .filter(records::id.eq(Id(id.uuid())))
            .first(*conn)
            .optional())?)
    }

    /// A page of current versions, withdrawn ones too, in the order of ids, after `after`.
    pub(crate) fn records_page(
        &mut self,
        programme: &str,
        after: Id,
        limit: usize,
    ) -> TxResult<Vec<VersionRow>> {
        Ok(both!(self, |conn| current_versions!()
            .filter(records::programme.eq(programme))
            .filter(records::id.gt(after))
            .order(records::id)
            .limit(limit as i64)
            .load(*conn))?)
    }

    /// A page of current versions, withdrawn ones too, in the order of revision and id, after
    /// the revision and id given.
    pub(crate) fn records_changed_page(
        &mut self,
        programme: &str,
        (revision, after): (Revision, Id),
        limit: usize,
    ) -> TxResult<Vec<VersionRow>> {
        let revision = revision.cast_signed();
        // Two ranges of one index; a single condition with OR would be scanned from its start.
        let mut rows: Vec<VersionRow> = both!(self, |conn| current_versions!()
            .filter(records::programme.eq(programme))
            .filter(records::revision.eq(revision))
            .filter(records::id.gt(after))
            .order(records::id)
            .limit(limit as i64)
            .load(*conn))?;
        let rest = limit - rows.len();
        if rest > 0 {
            rows.extend(both!(self, |conn| current_versions!()
                .filter(records::programme.eq(programme))
                .filter(records::revision.gt(revision))
                .order((records::revision, records::id))
                .limit(rest as i64)
                .load::<VersionRow>(*conn))?);
        }
        Ok(rows)
    }

    /// All versions of one record, oldest first.
    pub(crate) fn versions_of(
        &mut self,
        programme: &str,
        collection: &str,
        id: RecordId,
    ) -> TxResult<Vec<VersionRow>> {
        Ok(both!(self, |conn| record_versions::table
            .filter(record_versions::programme.eq(programme))
            .filter(record_versions::id.eq(Id(id.uuid())))
            .filter(record_versions::collection.eq(collection))
            .order(record_versions::version)
            .select(VersionRow::as_select())
            .load(*conn))?)
    }

    /// All versions of these records, in the order of records and versions.
    pub(crate) fn versions_of_records(
        &mut self,
        programme: &str,
        records: &[Id],
    ) -> TxResult<Vec<VersionRow>> {
        let mut sorted = records.to_vec();
        sorted.sort_unstable();
        let mut rows = Vec::with_capacity(records.len());
        for ids in sorted.chunks(IDS_PER_QUERY) {
            rows.extend(both!(self, |conn| record_versions::table
                .filter(record_versions::programme.eq(programme))
                .filter(record_versions::id.eq_any(ids))
                .order((record_versions::id, record_versions::version))
                .select(VersionRow::as_select())
                .load::<VersionRow>(*conn))?);
        }
        Ok(rows)
    }

    /// Goes through the versions of a programme that were there at a revision, in the order of
    /// records and versions; each call of `each` gets all those of some records.
    pub(crate) fn versions_by_record(
        &mut self,
        programme: &str,
        as_of: Revision,
        each: &mut dyn FnMut(&[VersionRow]) -> TxResult<()>,
    ) -> TxResult<()> {
        let mut after = Id(Uuid::nil());
        loop {
            let mut page: Vec<VersionRow> = both!(self, |conn| record_versions::table
                .filter(record_versions::programme.eq(programme))
                .filter(record_versions::id.gt(after))
                .filter(record_versions::revision.le(as_of.cast_signed()))
                .order((record_versions::id, record_versions::version))
                .limit(PAGE_ROWS as i64)
                .select(VersionRow::as_select())
                .load(*conn))?;
            let Some(last) = page.last().map(|row| row.id) else { return Ok(()) };
            let full = page.len() == PAGE_ROWS;
            if full {
                // The last record may go on beyond the page; it comes whole.
                page.retain(|row| row.id != last);
                let whole = self.versions_of_records(programme, &[last])?;
                page.extend(whole.into_iter().filter(|row| row.is_known(as_of)));
            }
            each(&page)?;
            if !full {
                return Ok(());
            }
            after = last;
        }
    }

    /// The regions in force.
    pub(crate) fn regions_current(&mut self, programme: &str) -> TxResult<Vec<VersionRow>> {
        Ok(both!(self, |conn| current_versions!()
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(Region::COLLECTION))
            .filter(records::state.eq(VersionState::InForce.name()))
            .order(records::id)
            .load(*conn))?)
    }

    /// How many records of a collection are in force.
    pub(crate) fn records_count(&mut self, programme: &str, collection: &str) -> TxResult<u64> {
        let count: i64 = both!(self, |conn| records::table
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .filter(records::state.eq(VersionState::InForce.name()))
            .count()
            .get_result(*conn))?;
        Ok(count.unsigned_abs())
    }

    /// Keys of the local ids of a collection, withdrawn records left out.
    pub(crate) fn local_id_keys(
        &mut self,
        programme: &str,
        collection: &str,
    ) -> TxResult<Vec<String>> {
        Ok(both!(self, |conn| records::table
            .filter(records::programme.eq(programme))
            .filter(records::collection.eq(collection))
            .filter(records::state.eq(VersionState::InForce.name()))
            .select(records::local_id_key)
            .load(*conn))?)
    }
}
