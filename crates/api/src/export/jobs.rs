//! Exports that are made in the background: which there are, whose they are, how far they have come.
//!
//! # Source
//! OGC API – Processes 18-062r2, clause 7.12 (status), 7.13 (results), 7.14 (dismiss). Ours: an
//! export is shown to whoever made it and to nobody else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use store::Revision;
use survey::CollectionRef;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;
use view::ItemsQuery;

use super::kept::{ExportSettings, Kept, Room};
use crate::clocks::Clocks;
use crate::ogc::choice::Style;
use crate::ogc::downloads::Download;
use crate::problem::{EXPORT_GONE, Problem, TOO_MANY_EXPORTS};

/// Exports that are written at one time: each takes a core and holds a picture.
const RUNNING_MAX: usize = 2;

/// Exports of one maker that are not finished.
const UNFINISHED_OF_ONE_MAX: usize = 4;

/// Exports of everybody that are not finished.
const UNFINISHED_MAX: usize = 32;

/// Exports of one maker that are known, finished ones included; the oldest of them makes room.
const KNOWN_OF_ONE_MAX: usize = 16;

/// How long a finished export is kept.
const KEPT_H: i64 = 24;

/// What is to be written.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) collection: CollectionRef,
    pub(crate) query: ItemsQuery,
    pub(crate) style: Style,
    /// Of which picture; its revision is always named.
    pub(crate) clocks: Clocks,
    pub(crate) revision: Revision,
    pub(crate) download: Download,
    /// The parameters as they were sent.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// How far an export has come.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// It waits for its turn.
    Accepted,
    /// It is being written.
    Running,
    /// The file is there.
    Successful(Arc<Kept>),
    /// The code of a problem, and what is wrong.
    Failed { code: &'static str, detail: String },
    /// Its maker does not want it any more.
    Dismissed,
}

impl State {
    /// The word for it (OGC 18-062r2, schema `statusCode`).
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Running => "running",
            Self::Successful(_) => "successful",
            Self::Failed { .. } => "failed",
            Self::Dismissed => "dismissed",
        }
    }

    fn is_finished(&self) -> bool {
        !matches!(self, Self::Accepted | Self::Running)
    }
}

/// Where an export is, and since when.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    pub(crate) state: State,
    pub(crate) created: DateTime<Utc>,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) finished: Option<DateTime<Utc>>,
}

impl Course {
    /// When it is thrown away; not before it is finished.
    pub(crate) fn expires(&self) -> Option<DateTime<Utc>> {
        self.finished.and_then(|at| at.checked_add_signed(TimeDelta::hours(KEPT_H)))
    }

    fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires().is_some_and(|end| end <= now)
    }
}

/// One export.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: Uuid,
    pub(crate) programme: String,
    maker: String,
    pub(crate) wanted: Wanted,
    course: Mutex<Course>,
    written: AtomicU64,
    /// Features there will be; `u64::MAX` while they are not counted.
    matched: AtomicU64,
    unwanted: AtomicBool,
}

impl Job {
    /// How far it has come.
    pub(crate) fn course(&self) -> Course {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Features written.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Features there will be, once they are counted.
    pub(crate) fn matched(&self) -> Option<u64> {
        Some(self.matched.load(Ordering::Relaxed)).filter(|count| *count != u64::MAX)
    }

    pub(super) fn count(&self, matched: u64) {
        self.matched.store(matched, Ordering::Relaxed);
    }

    pub(super) fn wrote_one(&self) {
        self.written.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether nobody wants it any more.
    pub(super) fn is_unwanted(&self) -> bool {
        self.unwanted.load(Ordering::Acquire)
    }

    /// Begins, unless it was dismissed while it waited.
    pub(super) fn begins(&self, now: DateTime<Utc>) -> bool {
        let mut course = self.locked();
        if !matches!(course.state, State::Accepted) {
            return false;
        }
        (course.state, course.started) = (State::Running, Some(now));
        true
    }

    /// Ends, unless it has ended already.
    pub(super) fn ends(&self, state: State, now: DateTime<Utc>) {
        let mut course = self.locked();
        if !course.state.is_finished() {
            (course.state, course.finished) = (state, Some(now));
        }
    }

    /// Stops it, or throws its file away.
    pub(crate) fn dismiss(&self, now: DateTime<Utc>) {
        self.unwanted.store(true, Ordering::Release);
        let mut course = self.locked();
        course.state = State::Dismissed;
        course.finished.get_or_insert(now);
    }
}

/// The exports of this server. They are in memory: a server that starts knows none.
#[derive(Debug)]
pub(crate) struct Jobs {
    known: Mutex<Vec<Arc<Job>>>,
    turns: Arc<Semaphore>,
    room: Room,
}

impl Default for Jobs {
    fn default() -> Self {
        Self::new(ExportSettings::default())
    }
}

impl Jobs {
    pub(crate) fn new(settings: ExportSettings) -> Self {
        let turns = Arc::new(Semaphore::new(RUNNING_MAX));
        Self { known: Mutex::default(), turns, room: Room::new(settings) }
    }

    /// Tries whether files can be kept at all.
    ///
    /// # Errors
    /// When not.
    pub(crate) fn assert_writable(&self) -> std::io::Result<()> {
        self.room.begin().map(drop)
    }

    pub(super) fn room(&self) -> &Room {
        &self.room
    }

    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    fn known(&self, now: DateTime<Utc>) -> MutexGuard<'_, Vec<Arc<Job>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|job| !job.locked().has_expired(now));
        known
    }

    /// Takes an export on.
    ///
    /// # Errors
    /// `too-many-exports` when its maker, or everybody together, has too many that are not finished.
    pub(crate) fn accept(
        &self,
        programme: &str,
        maker: &str,
        wanted: Wanted,
        now: DateTime<Utc>,
    ) -> Result<Arc<Job>, Problem> {
        let mut known = self.known(now);
        let is_unfinished = |job: &&Arc<Job>| !job.locked().state.is_finished();
        let of_maker = |job: &&Arc<Job>| job.maker == maker;
        let (all, own) = (
            known.iter().filter(is_unfinished).count(),
            known.iter().filter(of_maker).filter(is_unfinished).count(),
        );
        if own >= UNFINISHED_OF_ONE_MAX || all >= UNFINISHED_MAX {
            let detail = format!(
                "{own} exports of yours and {all} in all are not finished; up to \
                 {UNFINISHED_OF_ONE_MAX} and {UNFINISHED_MAX} may be; wait, or delete one"
            );
            return Err(Problem::new(TOO_MANY_EXPORTS, detail));
        }
        if known.iter().filter(of_maker).count() >= KNOWN_OF_ONE_MAX
            && let Some(oldest) = known.iter().position(|job| {
                let is_finished = job.locked().state.is_finished();
                job.maker == maker && is_finished
            })
        {
            known.remove(oldest);
        }
        let course = Course { state: State::Accepted, created: now, started: None, finished: None };
        let job = Arc::new(Job {
            id: Uuid::now_v7(),
            programme: programme.to_owned(),
            maker: maker.to_owned(),
            wanted,
            course: Mutex::new(course),
            written: AtomicU64::new(0),
            matched: AtomicU64::new(u64::MAX),
            unwanted: AtomicBool::new(false),
        });
        known.push(Arc::clone(&job));
        Ok(job)
    }

    /// The exports of a maker in a programme, newest first.
    pub(crate) fn of(&self, programme: &str, maker: &str, now: DateTime<Utc>) -> Vec<Arc<Job>> {
        let known = self.known(now);
        let own = known.iter().rev().filter(|job| job.programme == programme && job.maker == maker);
        own.cloned().collect()
    }

    /// An export, for its maker.
    ///
    /// # Errors
    /// `export-gone` when it is not here any more; that of somebody else looks the same.
    pub(crate) fn find(
        &self,
        programme: &str,
        maker: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Job>, Problem> {
        let Ok(id) = text.parse::<Uuid>() else { return Err(Problem::not_found("export", text)) };
        let found = self.of(programme, maker, now).into_iter().find(|job| job.id == id);
        found.ok_or_else(|| {
            let detail = format!(
                "no export {id} of yours is kept here: a finished one is kept for {KEPT_H} hours, \
                 and none when the server starts anew; ask for it again"
            );
            Problem::new(EXPORT_GONE, detail)
        })
    }

    /// Throws away what has expired.
    pub(crate) fn tidy(&self, now: DateTime<Utc>) {
        drop(self.known(now));
    }

    /// Stops what is being written, since the server ends.
    pub(crate) fn end(&self) {
        self.turns.close();
        for job in self.known.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            job.unwanted.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::query::Parameters;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24).parse().unwrap()
    }

    fn wanted() -> Wanted {
        let format = exchange::Format::by_word("csv").unwrap();
        let none = Parameters::of(BTreeMap::new(), &[]).unwrap();
        Wanted {
            collection: CollectionRef::BuiltIn(survey::collection("regions").unwrap()),
            query: ItemsQuery::default(),
            style: Style::default(),
            clocks: Clocks::default(),
            revision: 1,
            download: Download::new(format, &none, &Style::default()).unwrap(),
            parameters: BTreeMap::new(),
        }
    }

    fn accept(jobs: &Jobs, maker: &str, hour: u32) -> Result<Arc<Job>, Problem> {
        jobs.accept("kh", maker, wanted(), at(hour))
    }

    fn file(jobs: &Jobs) -> State {
        let mut draft = jobs.room().begin().unwrap();
        draft.write_all(b"id\r\n").unwrap();
        State::Successful(Arc::new(draft.finish().unwrap()))
    }

    #[test]
    fn an_export_is_shown_to_its_maker_and_to_nobody_else() {
        let jobs = Jobs::default();
        let id = accept(&jobs, "an analyst", 1).unwrap().id.to_string();
        assert!(jobs.find("kh", "an analyst", &id, at(2)).is_ok());
        let gone = |programme, maker| jobs.find(programme, maker, &id, at(2)).unwrap_err().kind();
        assert_eq!(gone("kh", "somebody else"), EXPORT_GONE);
        assert_eq!(gone("ua", "an analyst"), EXPORT_GONE);
        assert!(jobs.of("kh", "somebody else", at(2)).is_empty());
    }

    #[test]
    fn unfinished_exports_of_one_maker_and_of_all_are_bounded() {
        let jobs = Jobs::default();
        for _ in 0..UNFINISHED_OF_ONE_MAX {
            accept(&jobs, "an analyst", 1).unwrap();
        }
        assert_eq!(accept(&jobs, "an analyst", 1).unwrap_err().kind(), TOO_MANY_EXPORTS);
        jobs.of("kh", "an analyst", at(1))[0].dismiss(at(1));
        accept(&jobs, "an analyst", 1).unwrap();
        let makers: Vec<String> = (0..UNFINISHED_MAX).map(|it| format!("maker {it}")).collect();
        let taken = makers.iter().filter(|maker| accept(&jobs, maker, 1).is_ok()).count();
        assert_eq!(taken, UNFINISHED_MAX - UNFINISHED_OF_ONE_MAX);
    }

    #[test]
    fn a_finished_export_is_kept_for_a_day_and_its_bytes_are_given_back() {
        let jobs = Jobs::new(ExportSettings { folder: None, bytes_max: 4 });
        let job = accept(&jobs, "an analyst", 1).unwrap();
        assert!(job.begins(at(1)));
        job.ends(file(&jobs), at(2));
        let id = job.id.to_string();
        drop(job);
        assert!(jobs.room().begin().unwrap().write_all(b"1").is_err(), "the room is taken");
        assert_eq!(jobs.of("kh", "an analyst", at(25)).len(), 1);
        jobs.tidy(at(26));
        assert_eq!(jobs.find("kh", "an analyst", &id, at(26)).unwrap_err().kind(), EXPORT_GONE);
        jobs.room().begin().unwrap().write_all(b"1234").unwrap();
    }

    #[test]
    fn the_oldest_finished_export_of_a_maker_makes_room_for_a_new_one() {
        let jobs = Jobs::default();
        let oldest = accept(&jobs, "an analyst", 1).unwrap();
        oldest.ends(file(&jobs), at(1));
        for _ in 1..=KNOWN_OF_ONE_MAX {
            accept(&jobs, "an analyst", 1).unwrap().dismiss(at(1));
        }
        let known = jobs.of("kh", "an analyst", at(1));
        assert_eq!(known.len(), KNOWN_OF_ONE_MAX);
        assert!(known.iter().all(|job| job.id != oldest.id));
    }

    #[test]
    fn what_was_dismissed_neither_begins_nor_ends_otherwise() {
        let jobs = Jobs::default();
        let job = accept(&jobs, "an analyst", 1).unwrap();
        job.dismiss(at(1));
        assert!(!job.begins(at(2)));
        job.ends(file(&jobs), at(2));
        assert_eq!(job.course().state.word(), "dismissed");
        assert_eq!(job.course().finished, Some(at(1)));
    }
}
