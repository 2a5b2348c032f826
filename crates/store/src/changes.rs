//! The ordered feed: one row for each committed write of a programme.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use geometry::Bbox;
use uuid::Uuid;

use crate::error::TxResult;
use crate::ledger::IDS_PER_QUERY;
use crate::programmes::Advanced;
use crate::records::stored_bbox;
use crate::schema::{changes, submissions};
use crate::sql_types::{Id, Instant};
use crate::store::{By, Revision};
use crate::tx::{Tx, both};

/// One committed write of a programme.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The revision it made; revisions have no gaps.
    pub revision: Revision,
    /// Name of the operation.
    pub operation: String,
    /// The submission it applied.
    pub submission: Option<Uuid>,
    /// The collection of the records; `None` where it changed none, and where it is not known.
    pub collection: Option<String>,
    /// Record versions it added.
    pub record_count: u64,
    /// Around the changed records, before and after; `None` if none of them has a place.
    pub bbox: Option<Bbox>,
    /// When, UTC.
    pub recorded_at: DateTime<Utc>,
    /// Who.
    pub actor: String,
}

/// What one write tells the feed.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub submission: Option<Uuid>,
    /// The collection of the records.
    pub collection: Option<String>,
    pub record_count: u64,
    pub bbox: Option<Bbox>,
    /// Clusters that have no parcels any more, ascending.
    pub clusters_gone: Vec<Uuid>,
}

impl Told {
    /// Widens the box by that of a changed record.
    pub(crate) fn touch(&mut self, bbox: Option<Bbox>) {
        self.bbox = match (self.bbox, bbox) {
            (Some(known), Some(new)) => Some(known.union(&new)),
            (known, new) => known.or(new),
        };
    }
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct ChangeRow {
    programme: String,
    revision: i64,
    operation: String,
    submission_id: Option<Id>,
    record_count: i64,
    west: Option<f64>,
    south: Option<f64>,
    east: Option<f64>,
    north: Option<f64>,
    clusters_gone: Vec<u8>,
    recorded_at: Instant,
    actor: String,
    collection: Option<String>,
}

impl ChangeRow {
    fn decode(self, of_submissions: &HashMap<Uuid, String>) -> Change {
        let submission = self.submission_id.map(|Id(id)| id);
        let of_submission = || of_submissions.get(&submission?).cloned();
        Change {
            collection: self.collection.or_else(of_submission),
            submission,
            bbox: stored_bbox(self.west, self.south, self.east, self.north),
            revision: self.revision.unsigned_abs(),
            operation: self.operation,
            record_count: self.record_count.unsigned_abs(),
            recorded_at: self.recorded_at.0,
            actor: self.actor,
        }
    }
}

impl Tx<'_> {
    pub(crate) fn change_append(
        &mut self,
        advanced: &Advanced,
        operation: &str,
        by: &By,
        told: &Told,
    ) -> TxResult<()> {
        let row = ChangeRow {
            programme: advanced.code.clone(),
            revision: advanced.revision.cast_signed(),
            operation: operation.to_owned(),
            submission_id: told.submission.map(Id),
            record_count: told.record_count.cast_signed(),
            west: told.bbox.map(|bbox| bbox.west),
            south: told.bbox.map(|bbox| bbox.south),
            east: told.bbox.map(|bbox| bbox.east),
            north: told.bbox.map(|bbox| bbox.north),
            clusters_gone: told.clusters_gone.iter().flat_map(|id| *id.as_bytes()).collect(),
            recorded_at: advanced.at,
            actor: by.actor.clone(),
            collection: told.collection.clone(),
        };
        both!(self, |conn| diesel::insert_into(changes::table).values(&row).execute(*conn))?;
        Ok(())
    }

    pub(crate) fn changes(
        &mut self,
        programme: &str,
        after: Revision,
        limit: usize,
    ) -> TxResult<Vec<Change>> {
        let rows: Vec<ChangeRow> = both!(self, |conn| changes::table
            .filter(changes::programme.eq(programme))
            .filter(changes::revision.gt(after.cast_signed()))
            .order(changes::revision)
            .limit(limit as i64)
            .select(ChangeRow::as_select())
            .load(*conn))?;
        // Those recorded before changes had a collection.
        let unnamed = rows.iter().filter(|row| row.collection.is_none());
        let mut unnamed: Vec<Id> = unnamed.filter_map(|row| row.submission_id).collect();
        let mut collections = HashMap::new();
        while !unnamed.is_empty() {
            let ids = unnamed.split_off(unnamed.len().saturating_sub(IDS_PER_QUERY));
            let found: Vec<(Id, String)> = both!(self, |conn| submissions::table
                .filter(submissions::programme.eq(programme))
                .filter(submissions::id.eq_any(&ids))
                .select((submissions::id, submissions::collection))
                .load(*conn))?;
            collections.extend(found.into_iter().map(|(Id(id), name)| (id, name)));
        }
        Ok(rows.into_iter().map(|row| row.decode(&collections)).collect())
    }

    /// The newest revision recorded no later than an instant.
    pub(crate) fn revision_at(
        &mut self,
        programme: &str,
        at: Instant,
    ) -> TxResult<Option<Revision>> {
        let newest: Option<i64> = both!(self, |conn| changes::table
            .filter(changes::programme.eq(programme))
            .filter(changes::recorded_at.le(at))
            .order((changes::recorded_at.desc(), changes::revision.desc()))
            .select(changes::revision)
            .first(*conn)
            .optional())?;
        Ok(newest.map(i64::unsigned_abs))
    }

    /// Clusters that lost all their parcels after a revision. One may have been made anew since.
    pub(crate) fn clusters_gone(
        &mut self,
        programme: &str,
        after: Revision,
    ) -> TxResult<Vec<Uuid>> {
        let lists: Vec<Vec<u8>> = both!(self, |conn| changes::table
            .filter(changes::programme.eq(programme))
            .filter(changes::revision.gt(after.cast_signed()))
            .select(changes::clusters_gone)
            .load(*conn))?;
        let mut gone: Vec<Uuid> = lists
            .iter()
            .flat_map(|list| list.chunks_exact(16))
            .filter_map(|bytes| Uuid::from_slice(bytes).ok())
            .collect();
        gone.sort_unstable();
        gone.dedup();
        Ok(gone)
    }
}
