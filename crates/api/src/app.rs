//! What every handler shares: the store, the live views, the limits, and the one place that
//! decides who may do what.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use chrono::{DateTime, Utc};
use exchange::ReadLimits;
use store::StoredProgramme;
use store::{Store, StoreError};
use survey::access::{Action, decide};
use survey::{Day, Programme};
use tokio::sync::Mutex;
use view::{ProgrammeView, Snapshot};

use crate::actor::Caller;
use crate::basemap::Basemap;
use crate::export::jobs::Jobs;
use crate::export::{ExportSettings, Exports};
use crate::following::FollowError;
use crate::live::{Listeners, Live};
use crate::pictures::Pictures;
use crate::problem::{CORRUPT_RECORD, FORBIDDEN, Problem, UNAUTHENTICATED, UNAVAILABLE};
use crate::webhooks::Sender;
use crate::webhooks::address::Reach;
use crate::webhooks::worker::Bell;

/// Bounds on what a client may send.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// Bytes of a body as sent.
    pub bytes_max: u64,
    /// Bounds while reading it.
    pub read: ReadLimits,
}

/// Programmes that are loaded at the same time; each takes two threads.
const LOADED_AT_ONCE: usize = 4;

/// Tells the time; tests give their own.
pub type Clock = fn() -> DateTime<Utc>;

/// A programme as it is served: its settings and its live view.
#[derive(Debug)]
pub struct Served {
    programme: RwLock<Arc<Programme>>,
    view: ProgrammeView,
    /// One refresh at a time; the others wait and find it done.
    refreshing: Mutex<()>,
    /// Set while a stored record or parcel cannot be understood: nothing is answered then, since
    /// what is not understood may be a hazard.
    stopped: AtomicBool,
    /// What cursors are signed with: the same for every server of one database.
    cursor_key: Vec<u8>,
    live: Live,
}

impl Served {
    /// The programme's settings.
    pub fn programme(&self) -> Arc<Programme> {
        Arc::clone(&self.programme.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn set_programme(&self, programme: Programme) {
        *self.programme.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Arc::new(programme);
    }

    /// What cursors of the programme are signed with.
    pub(crate) fn cursor_key(&self) -> &[u8] {
        &self.cursor_key
    }

    /// What tells listeners of changes.
    pub(crate) fn live(&self) -> &Live {
        &self.live
    }

    /// The picture of the records that readers see now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.view.snapshot()
    }
}

/// Shared by all workers.
#[derive(Debug)]
pub struct App {
    store: Store,
    served: RwLock<BTreeMap<String, Arc<Served>>>,
    limits: UploadLimits,
    clock: Clock,
    pictures: Pictures,
    exports: Exports,
    jobs: Jobs,
    public_url: Option<String>,
    basemap: Option<Basemap>,
    listeners: Listeners,
    bell: Bell,
    sender: Sender,
}

impl App {
    /// Loads every programme of the store.
    ///
    /// A programme that holds a record which cannot be understood is stopped, and the others are
    /// served.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn load(store: Store, limits: UploadLimits, clock: Clock) -> Result<Self, StoreError> {
        let (served, pictures) = (RwLock::default(), Pictures::default());
        let app = Self {
            store,
            served,
            limits,
            clock,
            pictures,
            exports: Exports::default(),
            jobs: Jobs::default(),
            public_url: None,
            basemap: None,
            listeners: Listeners::default(),
            bell: Bell::default(),
            sender: Sender::new(Reach::Public),
        };
        app.refresh_all()?;
        Ok(app)
    }

    /// The same, telling clients to come to this address rather than to the one they came to.
    #[must_use]
    pub fn at(mut self, public_url: Option<String>) -> Self {
        self.public_url = public_url;
        self
    }

    /// The same, sending the messages of webhooks within a reach.
    #[must_use]
    pub fn reaching(mut self, reach: Reach) -> Self {
        self.sender = Sender::new(reach);
        self
    }

    /// What sends the messages of webhooks.
    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// What wakes those who tell webhooks of changes.
    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// A programme whose changes webhooks are told of: one that is served, and not stopped.
    pub(crate) fn served_to_webhooks(&self, code: &str) -> Option<Arc<Served>> {
        let is_shown = |served: &Arc<Served>| {
            served.view.is_loaded() && !served.stopped.load(Ordering::SeqCst)
        };
        self.find(code).filter(is_shown)
    }

    /// The same, with a map of the operator's under the records in the viewer.
    #[must_use]
    pub fn over(mut self, basemap: Option<Basemap>) -> Self {
        self.basemap = basemap;
        self
    }

    /// The map under the records in the viewer, if the operator has one.
    pub(crate) fn basemap(&self) -> Option<&Basemap> {
        self.basemap.as_ref()
    }

    /// The same, keeping the files of exports as these settings say.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn keeping(mut self, settings: ExportSettings) -> std::io::Result<Self> {
        self.jobs = Jobs::new(settings);
        self.jobs.assert_writable()?;
        Ok(self)
    }

    /// The address clients are told to come to, if one is set.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Bounds on what a client may send.
    pub fn limits(&self) -> UploadLimits {
        self.limits
    }

    /// The pictures of earlier times that are kept.
    pub(crate) fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// The files being sent.
    pub(crate) fn exports(&self) -> &Exports {
        &self.exports
    }

    /// The exports that are made in the background.
    pub(crate) fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Those who listen to changes.
    pub(crate) fn listeners(&self) -> &Listeners {
        &self.listeners
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// The present day in UTC.
    pub fn today(&self) -> Day {
        self.now().date_naive()
    }

    /// Programmes this caller may read and that are there to be read, by code.
    pub fn readable(&self, caller: &Caller) -> Vec<Arc<Served>> {
        let served = self.served.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        served
            .values()
            .filter(|served| {
                let programme = served.programme();
                let is_there = served.view.is_loaded() || served.stopped.load(Ordering::SeqCst);
                is_there
                    && decide(
                        caller.role(&programme.code),
                        programme.public_read,
                        Action::ReadRecords,
                    )
                    .is_ok()
            })
            .cloned()
            .collect()
    }

    /// The programme, if the caller may do `action` in it. The only place that decides.
    ///
    /// A programme the caller may not read is indistinguishable from one that does not exist.
    ///
    /// # Errors
    /// `unauthenticated`, `not-found` or `forbidden`; `corrupt-record` while a stored record of the
    /// programme cannot be understood, `unavailable` before it is loaded.
    pub fn programme(
        &self,
        caller: &Caller,
        code: &str,
        action: Action,
    ) -> Result<Arc<Served>, Problem> {
        let found = self.find(code);
        let (role, public_read) = match &found {
            Some(served) => (caller.role(code), served.programme().public_read),
            None => (None, false),
        };
        if decide(role, public_read, Action::ReadRecords).is_err() {
            return Err(if caller.is_public() {
                Problem::new(UNAUTHENTICATED, "send a token: \"Authorization: Bearer …\"")
            } else {
                Problem::not_found("programme", code)
            });
        }
        if let Err(refusal) = decide(role, public_read, action) {
            let kind = if caller.is_public() { UNAUTHENTICATED } else { FORBIDDEN };
            return Err(Problem::new(kind, refusal.to_string()));
        }
        let served = found.ok_or_else(|| Problem::not_found("programme", code))?;
        if served.stopped.load(Ordering::SeqCst) {
            return Err(Problem::new(
                CORRUPT_RECORD,
                format!("a stored record of {code} cannot be read; `safeground doctor` names it"),
            ));
        }
        if !served.view.is_loaded() {
            return Err(Problem::new(UNAVAILABLE, format!("{code} is being loaded")));
        }
        Ok(served)
    }

    fn find(&self, code: &str) -> Option<Arc<Served>> {
        let served = self.served.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        served.get(code).cloned()
    }

    /// Runs blocking work of the store away from the network threads.
    ///
    /// # Errors
    /// What `work` answers, as a problem; `internal` when it panics.
    pub async fn block<T, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&App) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&app))
            .await
            .map_err(Problem::internal)?
            .map_err(Into::into)
    }

    /// The caller whom a token's secret belongs to, if it is in force.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn token_bearer(self: &Arc<Self>, secret: String) -> Result<Option<Caller>, Problem> {
        self.block(move |app| {
            let bearer = app.store.token_actor(&secret, app.now())?;
            Ok::<_, StoreError>(bearer.map(|bearer| Caller::bearer(bearer.name, bearer.roles)))
        })
        .await
    }

    /// Brings a programme's live view up to the store, so that whoever wrote reads what it wrote.
    ///
    /// # Errors
    /// `unavailable` when the store cannot be read.
    pub async fn refresh(self: &Arc<Self>, served: &Arc<Served>) -> Result<(), Problem> {
        let _turn = served.refreshing.lock().await;
        let served = Arc::clone(served);
        self.block(move |app| app.follow(&served)).await
    }

    /// Brings every view up to the store and learns of new programmes. Called at start and then
    /// regularly, since other processes may write to the same database. A programme that cannot be
    /// read now is not shown until it can be; the others are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refresh_all(&self) -> Result<(), StoreError> {
        let mut known = Vec::new();
        for StoredProgramme { programme, .. } in self.store.programmes()? {
            let served = match self.find(&programme.code) {
                Some(served) => served,
                None => Arc::new(Served {
                    programme: RwLock::new(Arc::new(programme.clone())),
                    view: ProgrammeView::new(),
                    refreshing: Mutex::new(()),
                    stopped: AtomicBool::new(false),
                    cursor_key: self.store.audit_root(&programme.code)?,
                    live: Live::default(),
                }),
            };
            known.push((programme, served));
        }
        let views: Vec<&Served> = known.iter().map(|(_, served)| &**served).collect();
        let followed = self.follow_all(&views);
        // Those that were loaded stay, whatever became of the others.
        for (programme, served) in known {
            let code = programme.code.clone();
            served.set_programme(programme);
            self.served
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(code, served);
        }
        followed
    }

    /// Follows some programmes, those that are to be loaded a few at the same time.
    fn follow_all(&self, views: &[&Served]) -> Result<(), StoreError> {
        let follow = |served: &&Served| match self.follow(served) {
            Ok(()) | Err(FollowError::Corrupt(_)) => Ok(()),
            Err(FollowError::Store(error)) => Err(error),
        };
        let (loaded, new): (Vec<&Served>, Vec<&Served>) =
            views.iter().partition(|served| served.view.is_loaded());
        let mut all = loaded.iter().map(follow).fold(Ok(()), Result::and);
        for some in new.chunks(LOADED_AT_ONCE) {
            let followed = std::thread::scope(|scope| {
                let loading: Vec<_> =
                    some.iter().map(|served| scope.spawn(move || follow(served))).collect();
                let done = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                };
                loading.into_iter().map(done).fold(Ok(()), Result::and)
            });
            all = all.and(followed);
        }
        all
    }

    fn follow(&self, served: &Served) -> Result<(), FollowError> {
        let code = served.programme().code.clone();
        let followed = crate::following::follow(&self.store, &code, &served.view);
        match &followed {
            Ok(settings) => {
                served.stopped.store(false, Ordering::SeqCst);
                if let Some(settings) = settings {
                    served.set_programme(settings.clone());
                }
                if served.live.shows(served.view.snapshot().revision()) {
                    self.bell.ring();
                }
            }
            Err(FollowError::Corrupt(corrupt)) => {
                if !served.stopped.swap(true, Ordering::SeqCst) {
                    tracing::error!(programme = code, %corrupt, "the programme is stopped");
                }
            }
            // The view is behind, and says so by its revision.
            Err(FollowError::Store(_)) => {}
        }
        followed.map(|_settings| ())
    }

    /// Answers when every view that can shows the newest revision of the store.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn assert_ready(self: &Arc<Self>) -> Result<(), Problem> {
        self.block(|app| {
            app.refresh_all().map_err(|error| {
                Problem::new(UNAVAILABLE, "the live view does not reach the database")
                    .caused_by(error)
            })
        })
        .await
    }
}
