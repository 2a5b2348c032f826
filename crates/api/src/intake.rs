//! The one way in for records: uploads, command-line imports and the demo all come through here.
//!
//! A body is read as a stream in chunks; the features of a chunk are parsed and checked in
//! parallel, while the next chunk is read and the last one handed on to the store, which writes it
//! in a transaction that ends with the verdict on the whole. Memory is bounded by the chunk and by a
//! few bytes a feature, whatever the size of the body.

mod listed;

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

use crate::boundaries::{Ticket, WaitingBoundaries};
use crate::export::take_out;
use crate::mapping::Mapping;
use crate::values;
pub use listed::FINDINGS_MAX;
use listed::Listed;

/// Features parsed and checked together; enough to keep the processors busy.
const CHUNK_FEATURES: usize = 1_024;

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
#[derive(Debug, Default)]
pub struct Examined {
    /// Counts.
    pub summary: Summary,
    /// The first [`FINDINGS_MAX`] findings, the gravest if there are more, in the order of the
    /// features.
    pub findings: Vec<Finding>,
    /// Where and why reading stopped early.
    pub broken: Option<ReadError>,
}

/// Records to be written, or that nothing of the body is to be applied.
pub type Batch = Result<Vec<PreparedRecord>, Refused>;

/// Nothing of the body is to be applied.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body is refused")]
pub struct Refused;

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

/// How a body is to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// The collection its features belong to.
    pub collection: &'a Collection,
    /// What they are compared with.
    pub context: &'a CheckContext<'a>,
    /// What happens when some features have errors.
    pub on_error: OnError,
    /// Changes to foreign properties.
    pub mapping: &'a Mapping,
}

/// Reads, parses and checks a whole body, and hands on what is to be written as it goes; once it
/// is known that nothing is, it says so, once, and goes on for the findings. It stops when nobody
/// takes the records any more.
///
/// With [`OnError::Skip`] a hazardous area refused for its geometry alone is handed on in its
/// unlocated form.
///
/// # Errors
/// When a temporary file cannot be written.
pub fn examine(
    body: Body<'_, impl Read + Seek + Send>,
    measure: Measure<'_>,
    records: &Sender<Batch>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> std::io::Result<Examined> {
    let mut intake = Intake::new(measure, records)?;
    let check_all = |chunk: Vec<Incoming>| -> Vec<(u64, Checked)> {
        let checked = chunk.into_par_iter();
        checked.map(|one| (one.index(), check(one, measure))).collect()
    };
    std::thread::scope(|scope| {
        let (sender, chunks) = bounded(1);
        scope.spawn(move || read_chunks(body, &sender));
        let mut waiting = Vec::new();
        for (chunk, broken) in chunks {
            let (checked, taken) =
                rayon::join(|| check_all(chunk), || intake.take_all(std::mem::take(&mut waiting)));
            // Not while both are done: whoever waits must not keep a core from whoever it waits for.
            intake.hand_on(taken?);
            if intake.is_over {
                break;
            }
            waiting = checked;
            intake.examined.broken = broken;
            progress(intake.examined.summary.received);
        }
        let last = intake.take_all(waiting)?;
        intake.hand_on(last);
        std::io::Result::Ok(())
    })?;
    progress(intake.examined.summary.received);
    Ok(Examined { findings: intake.listed.into_ordered(), ..intake.examined })
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

fn check(incoming: Incoming, measure: Measure<'_>) -> Checked {
    let is_row = incoming.is_row();
    match incoming.into_feature() {
        Ok(mut feature) => {
            measure.mapping.apply(&mut feature);
            take_out(measure.collection, &mut feature.properties);
            if is_row {
                values::fit(&mut feature, measure.collection);
            } else {
                values::unfold(&mut feature, measure.collection);
            }
            measure.collection.check(feature, measure.context)
        }
        Err(findings) => Checked { findings, record: None, fallback: None },
    }
}

/// A body on its way through.
struct Intake<'a> {
    examined: Examined,
    listed: Listed,
    on_error: OnError,
    may_be_unlocated: bool,
    records: &'a Sender<Batch>,
    /// Nothing is to be applied, and that was said.
    is_refused: bool,
    /// Nobody takes records any more.
    is_over: bool,
    /// What the features so far have, that no other may have as well.
    ids: DuplicateIds,
    boundaries: Option<(DuplicateBoundaries<Ticket>, WaitingBoundaries)>,
}

impl<'a> Intake<'a> {
    fn new(measure: Measure<'_>, records: &'a Sender<Batch>) -> std::io::Result<Self> {
        let Measure { collection, context, on_error, .. } = measure;
        let boundaries = if collection.geometry.unique {
            let met = DuplicateBoundaries::new(&context.programme.rules);
            Some((met, WaitingBoundaries::new()?))
        } else {
            None
        };
        Ok(Self {
            examined: Examined::default(),
            listed: Listed::default(),
            on_error,
            may_be_unlocated: collection.geometry.missing == MissingGeometry::Unlocated,
            records,
            is_refused: false,
            is_over: false,
            ids: DuplicateIds::default(),
            boundaries,
        })
    }

    /// Counts features and keeps their findings. Returns what is to be written of them.
    fn take_all(&mut self, checked: Vec<(u64, Checked)>) -> std::io::Result<Vec<PreparedRecord>> {
        let taken = checked.into_iter().map(|(index, one)| self.take(index, one));
        taken.filter_map(Result::transpose).collect()
    }

    /// Hands records on, or says that nothing is to be applied, if that is so and was not said.
    fn hand_on(&mut self, records: Vec<PreparedRecord>) {
        let is_spoilt = self.examined.is_spoilt(self.on_error);
        if self.is_refused || (records.is_empty() && !is_spoilt) {
            return;
        }
        self.is_refused = is_spoilt;
        let batch = if is_spoilt { Err(Refused) } else { Ok(records) };
        self.is_over = self.records.send(batch).is_err() && !is_spoilt;
    }

    fn take(
        &mut self,
        index: u64,
        mut checked: Checked,
    ) -> std::io::Result<Option<PreparedRecord>> {
        let summary = &mut self.examined.summary;
        summary.received += 1;
        if let Some(record) = checked.record.as_ref().or(checked.fallback.as_ref())
            && let Some(finding) = self.ids.meet(index, &record.local_id)
        {
            checked = Checked { findings: vec![finding], record: None, fallback: None };
        }
        if let (Some(record), Some((met, waiting))) = (&checked.record, &mut self.boundaries)
            && let (Some(geometry), Some(polygon)) = (&record.geometry, record.boundary())
        {
            let ticket = waiting.push(geometry)?;
            let mut earlier = |ticket: &Ticket| waiting.get(*ticket);
            let found = met.meet(index, &record.local_id, polygon, ticket, &mut earlier)?;
            checked.findings.extend(found);
        }
        let worst = checked.findings.iter().map(|finding| finding.severity).min();
        let kept = if checked.record.is_some() {
            summary.accepted += 1;
            summary.with_warnings += u64::from(worst == Some(Severity::Warning));
            checked.record
        } else {
            summary.with_errors += 1;
            let fallback = checked.fallback.filter(|_| self.on_error == OnError::Skip);
            if fallback.is_none() {
                summary.left_out.push(index);
            }
            fallback
        };
        let is_unlocated = |record: &PreparedRecord| record.geometry.is_none();
        summary.unlocated +=
            u64::from(self.may_be_unlocated && kept.as_ref().is_some_and(is_unlocated));
        self.note(checked.findings);
        Ok(kept)
    }

    fn note(&mut self, findings: Vec<Finding>) {
        let summary = &mut self.examined.summary;
        for finding in findings {
            *summary.findings_by_rule.entry(finding.rule.to_owned()).or_default() += 1;
            summary.findings_omitted += u64::from(self.listed.take(finding));
        }
    }
}

impl Examined {
    /// Whether what was met so far forbids that anything is applied.
    fn is_spoilt(&self, on_error: OnError) -> bool {
        self.broken.is_some() || (on_error == OnError::Reject && self.summary.with_errors > 0)
    }

    /// Whether nothing may be applied under `on_error`.
    pub fn is_refused(&self, on_error: OnError) -> bool {
        self.is_spoilt(on_error) || self.summary.received == 0
    }
}

/// A feature with properties taken from elsewhere; see [`Mapping`].
pub(crate) fn is_missing(feature: &WireFeature, property: &str) -> bool {
    feature.properties.get(property).is_none_or(serde_json::Value::is_null)
}
