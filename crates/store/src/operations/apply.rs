//! Applying a submission: records, versions, ledger, feed, audit and receipt in one transaction.

use std::collections::{HashMap, HashSet};

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::prelude::*;
use serde_json::{Value, json};
use survey::access::Role;
use survey::{LandSource, PreparedRecord, RecordId, SourceKey};
use uuid::Uuid;

use crate::audit::Line;
use crate::changes::Told;
use crate::cut::{ChangedLand, LedgerChange};
use crate::error::{Cause, ConflictKind, RecordConflict, StoreError, TxError, TxResult};
use crate::operations::moves::Earlier;
use crate::prepare::{Common, Draft, LandPart};
use crate::programmes::Advanced;
use crate::records::{KnownRow, VersionRow};
use crate::sql_types::{Id, Instant};
use crate::store::{By, KeptRegions, Revision, Store};
use crate::submissions::{Expected, OnError, StoredSubmission, SubmissionDraft, SubmissionStatus};
use crate::tx::Tx;

/// Records prepared and written together.
const CHUNK_RECORDS: usize = 1_000;
/// Contradictions told one by one; a submission with more has one cause that shows in these.
const CONFLICTS_MAX: usize = 1_000;

/// What applying a submission did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Applied {
    /// The submission.
    pub submission: Uuid,
    /// The programme's new revision.
    pub revision: Revision,
    /// Records that were new.
    pub created: u64,
    /// Records that got a further version.
    pub updated: u64,
    /// Records whose content was the same already.
    pub unchanged: u64,
    /// Features left out because they contradict recorded ones; only with [`OnError::Skip`].
    pub left_out: Vec<RecordConflict>,
    /// What it did to the ledger.
    pub ledger: LedgerChange,
}

/// What became of a submission that was to be applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was applied now.
    Applied(Applied),
    /// The same submission was decided before; this is what was answered then.
    Repeated(Box<StoredSubmission>),
}

impl Store {
    /// Applies a submission as one transaction. `records` is drawn from another thread while
    /// earlier records are written, and never held as a whole; whoever gives them may still be
    /// checking later ones, and ends the submission by an error. `answer` makes the receipt that is
    /// kept and given again when the submission is repeated.
    ///
    /// A record is found by its `local_id` within the collection, or by its id. Content equal to
    /// that in force makes no version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown programme or collection;
    /// [`StoreError::IdempotencyKeyReused`]; [`StoreError::RecordsRefused`] when features
    /// contradict recorded ones or each other and `on_error` is [`OnError::Reject`];
    /// [`StoreError::Source`] when `records` or the body fail; [`StoreError::Unstorable`] when a
    /// record cannot be kept. Nothing is written then.
    pub fn submission_apply<E: Into<Cause>>(
        &self,
        by: &By,
        mut draft: SubmissionDraft<'_>,
        records: impl Iterator<Item = Result<PreparedRecord, E>> + Send,
        answer: &dyn Fn(&Applied) -> Value,
    ) -> Result<Outcome, StoreError> {
        let mut repeated = None;
        let mut kept = KeptRegions::default();
        let applied = self.write_alone("submission_apply", |tx| {
            let advanced = tx.programme_advance(draft.programme, by)?;
            // Only now, behind the lock: the same submission may just have been applied.
            if let Some(row) = tx.submission_find(&draft.lookup())? {
                repeated = Some(row.decode()?);
                return Err(TxError::Abandoned);
            }
            let collection = tx.collection(&advanced, draft.collection)?;
            let submission = Uuid::now_v7();
            tx.submission_receive(submission, &mut draft, by)?;
            let common = Common { advanced: &advanced, collection: &collection, submission, by };
            let mut intake = Intake::new(common, &draft, true);
            take_all(tx, &mut intake, records)?;
            let (mut applied, changed, mut told) = intake.finish()?;
            let recut = self.bring_up_ledger(tx, &advanced, &changed, &mut kept)?;
            (applied.ledger, told.clusters_gone) = (recut.change, recut.gone);
            conclude(tx, by, &draft, &advanced, &applied, &told, answer)?;
            Ok(applied)
        });
        if let Some(earlier) = repeated {
            return Ok(Outcome::Repeated(Box::new(earlier)));
        }
        let applied = applied?;
        self.keep_regions(kept);
        Ok(Outcome::Applied(applied))
    }

    /// What [`Self::submission_apply`] would do to the records, or how it would refuse them;
    /// nothing is written. The ledger is not cut.
    ///
    /// # Errors
    /// As [`Self::submission_apply`].
    pub fn submission_try<E: Into<Cause>>(
        &self,
        by: &By,
        draft: &SubmissionDraft<'_>,
        records: impl Iterator<Item = Result<PreparedRecord, E>> + Send,
    ) -> Result<Applied, StoreError> {
        self.read("submission_try", |tx| {
            let current = tx.programme(draft.programme)?.decode()?;
            let advanced = Advanced {
                code: draft.programme.to_owned(),
                revision: current.revision + 1,
                regions_revision: current.revision,
                at: Instant(draft.received_at),
            };
            let collection = tx.collection(&advanced, draft.collection)?;
            let submission = Uuid::nil();
            let common = Common { advanced: &advanced, collection: &collection, submission, by };
            let mut intake = Intake::new(common, draft, false);
            take_all(tx, &mut intake, records)?;
            let (applied, _, _) = intake.finish()?;
            Ok(applied)
        })
    }
}

/// The record is not what whoever sends the submission has read.
fn stale(record: RecordId, expected: Expected, current: Option<u32>) -> StoreError {
    match (expected, current) {
        (Expected::Version(expected), Some(current)) => {
            StoreError::Stale { id: record.to_string(), expected, found: current }
        }
        (Expected::Absent, _) => StoreError::Exists { kind: "record", id: record.to_string() },
        _ => StoreError::NotFound { kind: "record", id: record.to_string() },
    }
}

/// Writes what the operation leaves behind besides the records.
fn conclude(
    tx: &mut Tx<'_>,
    by: &By,
    draft: &SubmissionDraft<'_>,
    advanced: &Advanced,
    applied: &Applied,
    told: &Told,
    answer: &dyn Fn(&Applied) -> Value,
) -> TxResult<()> {
    tx.findings_append(draft.programme, applied.submission, &(draft.findings)())?;
    let decision = (SubmissionStatus::Applied, Some(advanced.revision));
    let receipt = answer(applied);
    tx.submission_decide(&advanced.code, applied.submission, decision, advanced.at, &receipt)?;
    tx.change_append(advanced, "submission_apply", by, told)?;
    let detail = json!({
        "collection": draft.collection,
        "created": applied.created,
        "updated": applied.updated,
        "unchanged": applied.unchanged,
        "left_out": applied.left_out.len(),
        "ledger": applied.ledger,
    });
    tx.audit_append(
        by,
        Line {
            chain: &advanced.code,
            at: advanced.at,
            operation: "submission_apply",
            subject: format!("submission {}", applied.submission),
            revision: Some(advanced.revision),
            detail,
        },
    )
}

/// Prepares records on another thread and writes them on this one.
fn take_all<E: Into<Cause>>(
    tx: &mut Tx<'_>,
    intake: &mut Intake<'_>,
    records: impl Iterator<Item = Result<PreparedRecord, E>> + Send,
) -> TxResult<()> {
    let (prepared, chunks) = bounded::<TxResult<Vec<Draft>>>(1);
    let common = intake.common;
    std::thread::scope(|scope| {
        // Dropped before the thread is waited for, which ends it also when this one fails.
        let chunks: Receiver<_> = chunks;
        scope.spawn(move || prepare_all(common, records, &prepared));
        for chunk in &chunks {
            let chunk = chunk?;
            intake.take(tx, chunk)?;
        }
        Ok(())
    })
}

fn prepare_all<E: Into<Cause>>(
    common: Common<'_>,
    mut records: impl Iterator<Item = Result<PreparedRecord, E>>,
    prepared: &Sender<TxResult<Vec<Draft>>>,
) {
    loop {
        let chunk: Result<Vec<PreparedRecord>, E> = records.by_ref().take(CHUNK_RECORDS).collect();
        let drafts = match chunk {
            Ok(chunk) if chunk.is_empty() => return,
            Ok(chunk) => chunk.into_par_iter().map(|record| Draft::new(record, common)).collect(),
            Err(error) => Err(StoreError::Source(error.into()).into()),
        };
        let failed = drafts.is_err();
        if prepared.send(drafts).is_err() || failed {
            return;
        }
    }
}

/// Sorts the records of one submission into new, changed and unchanged ones.
struct Intake<'a> {
    common: Common<'a>,
    on_error: OnError,
    expects: Option<(RecordId, Expected)>,
    role: Role,
    /// Whether anything is written.
    writes: bool,
    /// Every record met in this submission.
    seen: HashSet<Id>,
    applied: Applied,
    changed: ChangedLand,
    told: Told,
    conflicts: Vec<RecordConflict>,
}

/// Which record a draft is.
enum Target<'known> {
    New(Id),
    Known(&'known KnownRow),
}

impl<'a> Intake<'a> {
    fn new(common: Common<'a>, draft: &SubmissionDraft<'_>, writes: bool) -> Self {
        let applied = Applied {
            submission: common.submission,
            revision: common.advanced.revision,
            created: 0,
            updated: 0,
            unchanged: 0,
            left_out: Vec::new(),
            ledger: LedgerChange::default(),
        };
        let told = Told {
            submission: Some(common.submission),
            collection: Some(draft.collection.to_owned()),
            ..Told::default()
        };
        Self {
            common,
            on_error: draft.on_error,
            expects: draft.expects,
            role: draft.role,
            writes,
            seen: HashSet::new(),
            applied,
            changed: ChangedLand::default(),
            told,
            conflicts: Vec::new(),
        }
    }

    fn take(&mut self, tx: &mut Tx<'_>, drafts: Vec<Draft>) -> TxResult<()> {
        let (programme, collection) =
            (self.common.advanced.code.as_str(), &*self.common.collection.name);
        let keys: Vec<String> = drafts.iter().map(|draft| draft.key.clone()).collect();
        let ids: Vec<Id> = drafts.iter().filter_map(|draft| draft.id).collect();
        let by_key: HashMap<String, KnownRow> = tx
            .records_by_local_id(programme, collection, &keys)?
            .into_iter()
            .map(|known| (known.local_id_key.clone(), known))
            .collect();
        let by_id: HashMap<Id, KnownRow> =
            tx.records_by_id(programme, &ids)?.into_iter().map(|known| (known.id, known)).collect();
        if let Some((record, expected)) = self.expects {
            let current = by_id.get(&Id(record.uuid())).map(|known| known.version);
            let current = current.and_then(|version| u32::try_from(version).ok());
            if !expected.is_met(current) {
                return Err(stale(record, expected, current).into());
            }
        }
        let earlier = Earlier::read(tx, programme, &drafts, &by_key, &by_id)?;
        let mut rows = Vec::with_capacity(drafts.len());
        let mut new_keys = HashSet::new();
        for draft in drafts {
            let target = if new_keys.contains(&draft.key) {
                Err(ConflictKind::RepeatedInSubmission)
            } else {
                self.target(&draft, &by_key, &by_id)
            };
            match target {
                Ok(Target::New(id)) => {
                    new_keys.insert(draft.key.clone());
                    rows.push(self.create(draft, id));
                }
                Ok(Target::Known(known)) => match earlier.check(tx, known, &draft, self.role)? {
                    Ok(()) => rows.extend(self.update(draft, known)),
                    Err(kind) => self.refuse(&draft, kind)?,
                },
                Err(kind) => self.refuse(&draft, kind)?,
            }
        }
        self.told.record_count += rows.len() as u64;
        if self.writes { tx.versions_append(&rows) } else { Ok(()) }
    }

    fn target<'known>(
        &mut self,
        draft: &Draft,
        by_key: &'known HashMap<String, KnownRow>,
        by_id: &'known HashMap<Id, KnownRow>,
    ) -> Result<Target<'known>, ConflictKind> {
        let named = draft.id.and_then(|id| by_id.get(&id));
        let target = match (named, by_key.get(&draft.key)) {
            (Some(known), _) if known.collection != self.common.collection.name => {
                return Err(ConflictKind::IdInOtherCollection);
            }
            (Some(known), _) if known.local_id_key != draft.key => {
                return Err(ConflictKind::IdHasOtherLocalId);
            }
            (None, Some(known)) if draft.id.is_some_and(|id| id != known.id) => {
                return Err(ConflictKind::LocalIdHasOtherId);
            }
            (Some(known), _) | (None, Some(known)) => Target::Known(known),
            (None, None) => Target::New(draft.id.unwrap_or_else(|| Id(Uuid::now_v7()))),
        };
        let id = match target {
            Target::New(id) => id,
            Target::Known(known) => known.id,
        };
        if self.seen.insert(id) { Ok(target) } else { Err(ConflictKind::RepeatedInSubmission) }
    }

    fn create(&mut self, draft: Draft, id: Id) -> VersionRow {
        self.applied.created += 1;
        self.told.touch(draft.row.bbox());
        match draft.land {
            LandPart::None => {}
            LandPart::Source(source) => {
                let (role, shape) = *source;
                self.changed.create(LandSource {
                    key: SourceKey { record: RecordId::from(id.0), version: 1 },
                    local_id: draft.row.local_id.clone(),
                    effective_on: draft.row.effective_on,
                    role,
                    shape,
                });
            }
            LandPart::Region => self.changed.regions = true,
        }
        VersionRow { id, ..draft.row }
    }

    fn update(&mut self, draft: Draft, known: &KnownRow) -> Option<VersionRow> {
        if known.is_in_force() && known.content_sha256 == draft.row.content_sha256 {
            self.applied.unchanged += 1;
            return None;
        }
        self.applied.updated += 1;
        self.told.touch(known.bbox());
        self.told.touch(draft.row.bbox());
        self.changed.regions |= matches!(draft.land, LandPart::Region);
        if self.common.collection.layer().is_none() {
            self.changed.updated.push(known.id);
        }
        Some(VersionRow { id: known.id, version: known.version + 1, ..draft.row })
    }

    fn refuse(&mut self, draft: &Draft, kind: ConflictKind) -> TxResult<()> {
        self.conflicts.push(RecordConflict {
            index: draft.index,
            local_id: draft.row.local_id.clone(),
            kind,
        });
        if self.conflicts.len() >= CONFLICTS_MAX && self.on_error == OnError::Reject {
            return Err(StoreError::RecordsRefused(std::mem::take(&mut self.conflicts)).into());
        }
        Ok(())
    }

    fn finish(mut self) -> TxResult<(Applied, ChangedLand, Told)> {
        match self.on_error {
            OnError::Reject if !self.conflicts.is_empty() => {
                Err(StoreError::RecordsRefused(self.conflicts).into())
            }
            OnError::Reject | OnError::Skip => {
                self.applied.left_out = self.conflicts;
                Ok((self.applied, self.changed, self.told))
            }
        }
    }
}
