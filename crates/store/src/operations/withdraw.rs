//! Withdrawing a record.

use serde_json::json;
use survey::{Day, RecordId, VersionState};

use crate::audit::Line;
use crate::changes::Told;
use crate::cut::{ChangedLand, LedgerChange};
use crate::error::{StoreError, TxError};
use crate::land::is_region;
use crate::sql_types::Id;
use crate::store::{By, KeptRegions, Revision, Store};

/// Which record is to be withdrawn, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal<'a> {
    /// Code of the programme.
    pub programme: &'a str,
    /// Name of the collection.
    pub collection: &'a str,
    /// The record.
    pub id: RecordId,
    /// The version the caller has seen.
    pub expected_version: u32,
    /// Day from which on it claims nothing.
    pub effective_on: Day,
    /// Why; kept with the version.
    pub reason: &'a str,
}

/// What writing one record did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The record's new version.
    pub version: u32,
    /// The programme's new revision.
    pub revision: Revision,
    /// What it did to the ledger.
    pub ledger: LedgerChange,
}

impl Store {
    /// Withdraws a record: a further version that claims nothing. Land it alone claimed becomes an
    /// adjustment in the ledger, never a release.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such record or it is withdrawn already;
    /// [`StoreError::Stale`] when it is not at the expected version.
    pub fn record_withdraw(
        &self,
        by: &By,
        withdrawal: &Withdrawal<'_>,
    ) -> Result<Written, StoreError> {
        let Withdrawal { programme, collection, id, .. } = *withdrawal;
        let mut kept = KeptRegions::default();
        let written = self.write("record_withdraw", |tx| {
            let advanced = tx.programme_advance(programme, by)?;
            let missing =
                || TxError::from(StoreError::NotFound { kind: "record", id: id.to_string() });
            let mut row = tx.record_current(programme, collection, id)?.ok_or_else(missing)?;
            let found = row.version.unsigned_abs();
            if found != withdrawal.expected_version {
                let expected = withdrawal.expected_version;
                return Err(StoreError::Stale { id: id.to_string(), expected, found }.into());
            }
            if row.state()? == VersionState::Withdrawn {
                return Err(missing());
            }
            row.version += 1;
            row.revision = advanced.revision.cast_signed();
            row.submission_id = None;
            VersionState::Withdrawn.name().clone_into(&mut row.state);
            row.reason = Some(withdrawal.reason.to_owned());
            row.effective_on = withdrawal.effective_on;
            row.recorded_at = advanced.at;
            row.recorded_by.clone_from(&by.actor);
            tx.versions_append(std::slice::from_ref(&row))?;
            let changed = ChangedLand::of_update(Id(id.uuid()), is_region(&row)?);
            let recut = self.bring_up_ledger(tx, &advanced, &changed, &mut kept)?;
            let mut told = Told {
                collection: Some(collection.to_owned()),
                record_count: 1,
                clusters_gone: recut.gone,
                ..Told::default()
            };
            told.touch(row.bbox());
            tx.change_append(&advanced, "record_withdraw", by, &told)?;
            tx.audit_append(
                by,
                Line {
                    chain: programme,
                    at: advanced.at,
                    operation: "record_withdraw",
                    subject: format!("{collection}/{id}"),
                    revision: Some(advanced.revision),
                    detail: json!({ "version": row.version, "reason": withdrawal.reason }),
                },
            )?;
            let version = row.version.unsigned_abs();
            Ok(Written { version, revision: advanced.revision, ledger: recut.change })
        })?;
        self.keep_regions(kept);
        Ok(written)
    }
}
