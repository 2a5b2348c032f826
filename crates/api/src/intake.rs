//! The one way in for records: uploads, command-line imports and the demo all come through here.
//!
//! A body is read as a stream in chunks; the features of a chunk are parsed and checked in
//! parallel, while the next chunk is read and the last one put away; what passed waits in a temporary file until the verdict on the whole is known, and is
//! then written by one transaction of the store. Memory is bounded by the chunk and by a few bytes
//! a feature, whatever the size of the body.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use crossbeam_channel::{Sender, bounded};
use exchange::{Incoming, ReadError, ReadLimits, ReadOptions};
use rayon::prelude::*;
use serde::Serialize;
use store::OnError;
use survey::{
    CheckContext, Checked, Collection, DuplicateBoundaries, DuplicateIds, Finding, MissingGeometry,
    PreparedRecord, Severity, WireFeature,
};

use crate::export::take_out;
use crate::mapping::Mapping;
use crate::prepared::{PreparedQueue, Ticket};
use crate::values;

/// Features parsed and checked together; enough to keep the processors busy.
const CHUNK_FEATURES: usize = 1_024;

/// Findings given one by one; beyond, they are only counted by rule.
pub const FINDINGS_MAX: usize = 10_000;

/// What was found in a body, before anything is written.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Summary {
    /// Features read.
    pub received: u64,
    /// Features without errors.
    pub accepted: u64,
    /// Features with at least one error.
    pub with_errors: u64,
    /// Features without errors but with at least one warning.
    pub with_warnings: u64,
    /// Hazardous areas that will be kept without a usable boundary, so that they do not vanish.
    pub unlocated: u64,
    /// How often each rule was met, findings beyond the list included.
    pub findings_by_rule: BTreeMap<String, u64>,
    /// Findings not listed one by one because there are too many.
    pub findings_omitted: u64,
    /// Indexes of the features that are left out when the rest is applied.
    pub left_out: Vec<u64>,
}

/// A body that was read to its end (or to where it became unreadable).
#[derive(Debug)]
pub struct Examined {
    /// Counts.
    pub summary: Summary,
    /// The first [`FINDINGS_MAX`] findings, in the order of the features.
    pub findings: Vec<Finding>,
    /// What would be written.
    pub queue: PreparedQueue,
    /// Where and why reading stopped early.
    pub broken: Option<ReadError>,
    may_be_unlocated: bool,
}

/// The bytes of a submission, and how they are to be read.
#[derive(Debug)]
pub struct Body<'a, R> {
    /// The bytes, of any format that [`exchange::read_any`] knows.
    pub bytes: R,
    /// Bounds while reading them.
    pub limits: ReadLimits,
    /// The layer, sheet or table of a file with several.
    pub layer: Option<&'a str>,
}

/// Reads, parses and checks a whole body. Writes nothing but a temporary file.
///
/// With [`OnError::Skip`] a hazardous area refused for its geometry alone is queued in its
/// unlocated form.
///
/// # Errors
/// When the temporary file cannot be written.
pub fn examine(
    body: Body<'_, impl Read + Seek + Send>,
    collection: &Collection,
    context: &CheckContext<'_>,
    on_error: OnError,
    mapping: &Mapping,
    progress: &mut dyn FnMut(u64),
) -> std::io::Result<Examined> {
    let mut examined = Examined {
        summary: Summary::default(),
        findings: Vec::new(),
        queue: PreparedQueue::new()?,
        broken: None,
        may_be_unlocated: collection.geometry.missing == MissingGeometry::Unlocated,
    };
    let mut met = Met {
        ids: DuplicateIds::default(),
        boundaries: collection
            .geometry
            .unique
            .then(|| DuplicateBoundaries::new(&context.programme.rules)),
    };
    let check_all = |chunk: Vec<Incoming>| -> Vec<(u64, Checked)> {
        let checked = chunk.into_par_iter();
        checked.map(|one| (one.index(), check(one, collection, context, mapping))).collect()
    };
    std::thread::scope(|scope| {
        let (sender, chunks) = bounded(1);
        scope.spawn(move || read_chunks(body, &sender));
        let mut waiting = Vec::new();
        for (chunk, broken) in chunks {
            let (checked, taken) = rayon::join(
                || check_all(chunk),
                || examined.take_all(std::mem::take(&mut waiting), on_error, &mut met),
            );
            taken?;
            waiting = checked;
            examined.broken = broken;
            progress(examined.summary.received);
        }
        examined.take_all(waiting, on_error, &mut met)
    })?;
    progress(examined.summary.received);
    Ok(examined)
}

/// Features read together, and why reading stopped after them if it did.
type Chunk = (Vec<Incoming>, Option<ReadError>);

/// Reads a body chunk by chunk, as long as somebody takes them.
fn read_chunks(body: Body<'_, impl Read + Seek>, sender: &Sender<Chunk>) {
    let mut chunk = Vec::with_capacity(CHUNK_FEATURES);
    let options = ReadOptions { layer: body.layer };
    let outcome = exchange::read_any(body.bytes, body.limits, &options, &mut |one| {
        chunk.push(one);
        if chunk.len() < CHUNK_FEATURES {
            return ControlFlow::Continue(());
        }
        let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_FEATURES));
        match sender.send((full, None)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_nobody) => ControlFlow::Break(()),
        }
    });
    // Where nobody takes them any more, there is nobody to tell.
    let _nobody = sender.send((chunk, outcome.err()));
}

/// What the features of one body so far have, that no other may have as well.
struct Met {
    ids: DuplicateIds,
    boundaries: Option<DuplicateBoundaries<Ticket>>,
}

fn check(
    incoming: Incoming,
    collection: &Collection,
    context: &CheckContext<'_>,
    mapping: &Mapping,
) -> Checked {
    let is_row = incoming.is_row();
    match incoming.into_feature() {
        Ok(mut feature) => {
            mapping.apply(&mut feature);
            take_out(collection, &mut feature.properties);
            if is_row {
                values::fit(&mut feature, collection);
            } else {
                values::unfold(&mut feature, collection);
            }
            collection.check(feature, context)
        }
        Err(findings) => Checked { findings, record: None, fallback: None },
    }
}

impl Examined {
    fn take_all(
        &mut self,
        checked: Vec<(u64, Checked)>,
        on_error: OnError,
        met: &mut Met,
    ) -> std::io::Result<()> {
        checked.into_iter().try_for_each(|(index, one)| self.take(index, one, on_error, met))
    }

    fn take(
        &mut self,
        index: u64,
        mut checked: Checked,
        on_error: OnError,
        met: &mut Met,
    ) -> std::io::Result<()> {
        self.summary.received += 1;
        if let Some(record) = checked.record.as_ref().or(checked.fallback.as_ref())
            && let Some(finding) = met.ids.meet(index, &record.local_id)
        {
            checked = Checked { findings: vec![finding], record: None, fallback: None };
        }
        if let (Some(record), Some(boundaries)) = (&checked.record, &mut met.boundaries)
            && let Some(polygon) = record.boundary()
        {
            let ticket = self.queue.next_ticket();
            let mut waiting = |ticket: &Ticket| self.queue.boundary(*ticket);
            let found = boundaries.meet(index, &record.local_id, polygon, ticket, &mut waiting)?;
            checked.findings.extend(found);
        }
        let worst = checked.findings.iter().map(|finding| finding.severity).min();
        if let Some(record) = checked.record {
            self.summary.accepted += 1;
            self.summary.with_warnings += u64::from(worst == Some(Severity::Warning));
            self.enqueue(record)?;
        } else {
            self.summary.with_errors += 1;
            match checked.fallback.filter(|_| on_error == OnError::Skip) {
                Some(unlocated) => self.enqueue(unlocated)?,
                None => self.summary.left_out.push(index),
            }
        }
        for finding in checked.findings {
            *self.summary.findings_by_rule.entry(finding.rule.to_owned()).or_default() += 1;
            if self.findings.len() < FINDINGS_MAX {
                self.findings.push(finding);
            } else {
                self.summary.findings_omitted += 1;
            }
        }
        Ok(())
    }

    fn enqueue(&mut self, record: PreparedRecord) -> std::io::Result<()> {
        let unlocated = self.may_be_unlocated && record.geometry.is_none();
        self.summary.unlocated += u64::from(unlocated);
        self.queue.push(&record)
    }

    /// Whether nothing may be applied under `on_error`.
    pub fn is_refused(&self, on_error: OnError) -> bool {
        self.broken.is_some()
            || (on_error == OnError::Reject && self.summary.with_errors > 0)
            || self.summary.received == 0
    }
}

/// A feature with properties taken from elsewhere; see [`Mapping`].
pub(crate) fn is_missing(feature: &WireFeature, property: &str) -> bool {
    feature.properties.get(property).is_none_or(serde_json::Value::is_null)
}
