//! Changes as they happen: server-sent events.
//!
//! # Source
//! WHATWG HTML, section 9.2, "Server-sent events".

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use geometry::Bbox;
use store::{Change, Revision, Store, StoreError, StoredWebhook};
use survey::access::Action;
use survey::bears_on;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::actor::Caller;
use crate::app::{App, Served};
use crate::changes::{change_document, unknown_since};
use crate::problem::{INVALID_HEADER, Problem, UNAVAILABLE};
use crate::programmes::collection;
use crate::query::Parameters;

/// Streams at one time in the whole server.
const LISTENERS_MAX: usize = 10_000;

/// A stream says that it is there at least this often, since proxies close silent ones.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A stream ends after this time, and its listener comes back: tokens expire and are revoked.
const STREAM_MAX: Duration = Duration::from_secs(3_600);

/// Changes kept in memory of each programme, so that many listeners cost one look into the store.
const RECENT_MAX: usize = 1_024;

/// Changes taken from the store at once.
const BATCH: usize = 100;

/// What tells the listeners of a programme of its changes.
#[derive(Debug, Default)]
pub struct Live {
    /// The revision that readers see.
    newest: watch::Sender<Revision>,
    /// The changes told last, without gaps, the oldest first.
    recent: Mutex<VecDeque<Arc<Change>>>,
}

impl Live {
    /// Wakes listeners when readers see a new revision; tells whether they do.
    pub(crate) fn shows(&self, revision: Revision) -> bool {
        self.newest.send_if_modified(|shown| {
            let is_new = revision > *shown;
            *shown = revision.max(*shown);
            is_new
        })
    }

    /// The next changes after a revision, at most [`BATCH`]: those kept, or else those of the store.
    /// Some may be newer than what readers see.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn after(
        &self,
        store: &Store,
        programme: &str,
        after: Revision,
    ) -> Result<Vec<Arc<Change>>, StoreError> {
        let kept = self.recent(after);
        if !kept.is_empty() {
            return Ok(kept);
        }
        let found = store.changes(programme, after, BATCH)?;
        let changes: Vec<Arc<Change>> = found.into_iter().map(Arc::new).collect();
        self.keep(&changes);
        Ok(changes)
    }

    /// The changes after a revision, if the first of them is among those kept.
    fn recent(&self, after: Revision) -> Vec<Arc<Change>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let reaches_back = recent.front().is_some_and(|first| first.revision <= after + 1);
        if !reaches_back {
            return Vec::new();
        }
        let start = recent.partition_point(|change| change.revision <= after);
        recent.range(start..).take(BATCH).cloned().collect()
    }

    /// Keeps changes that are newer than those kept, which go when there is a gap between them.
    fn keep(&self, changes: &[Arc<Change>]) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            let last = recent.back().map_or(0, |last| last.revision);
            if change.revision > last {
                if change.revision > last + 1 {
                    recent.clear();
                }
                recent.push_back(Arc::clone(change));
            }
        }
        let surplus = recent.len().saturating_sub(RECENT_MAX);
        recent.drain(..surplus);
    }
}

/// Those who listen, and the sign for all of them to end.
#[derive(Debug, Default)]
pub struct Listeners {
    count: AtomicUsize,
    ending: watch::Sender<bool>,
}

impl Listeners {
    /// Ends every stream: the server is to stop.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }
}

/// A place among the listeners, given back when the stream ends.
struct Seat(Arc<App>);

impl Seat {
    fn take(app: &Arc<App>) -> Result<Self, Problem> {
        let listeners = app.listeners();
        let seat = Self(Arc::clone(app));
        if listeners.count.fetch_add(1, Ordering::Relaxed) >= LISTENERS_MAX {
            let detail = format!("{LISTENERS_MAX} clients listen to changes now; ask again later");
            return Err(Problem::new(UNAVAILABLE, detail));
        }
        Ok(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.listeners().count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Which changes a listener wants.
pub(crate) struct Wanted {
    /// Names of collections, of whose records a change tells something new; all when empty.
    collections: Vec<String>,
    bbox: Option<Bbox>,
}

impl Wanted {
    /// What a webhook wants.
    pub(crate) fn of(webhook: &StoredWebhook) -> Self {
        Self { collections: webhook.collections.clone(), bbox: webhook.bbox }
    }

    /// Changes of which it is not known what or where they are about are told to everybody.
    pub(crate) fn takes(&self, change: &Change) -> bool {
        let of_collection = match &change.collection {
            Some(changed) if !self.collections.is_empty() => {
                self.collections.iter().any(|wanted| bears_on(changed, wanted))
            }
            _ => true,
        };
        let is_near = match (self.bbox, change.bbox) {
            (Some(wanted), Some(bbox)) => wanted.intersects(&bbox),
            _ => true,
        };
        of_collection && is_near
    }
}

/// A listener: what it has been told, and what it waits for.
struct Listener {
    app: Arc<App>,
    served: Arc<Served>,
    wanted: Wanted,
    with_people: bool,
    told: Revision,
    newest: watch::Receiver<Revision>,
    ending: watch::Receiver<bool>,
    ends_at: Instant,
    is_greeted: bool,
    _seat: Seat,
}

impl Listener {
    /// What is to be sent next; none when the stream ends.
    async fn next(&mut self) -> Option<String> {
        if !self.is_greeted {
            self.is_greeted = true;
            return Some(format!("retry: 3000\nid: {}\n\n", self.told));
        }
        loop {
            if *self.ending.borrow() || Instant::now() >= self.ends_at {
                return None;
            }
            let newest = *self.newest.borrow_and_update();
            if newest > self.told {
                match self.batch(newest).await {
                    Ok(Some(text)) => return Some(text),
                    Ok(None) => continue,
                    // The listener comes back and goes on where it was.
                    Err(problem) => {
                        tracing::warn!(%problem, "a stream of changes ends");
                        return None;
                    }
                }
            }
            let woken = async {
                tokio::select! {
                    _ = self.newest.changed() => {}
                    _ = self.ending.changed() => {}
                }
            };
            if timeout(HEARTBEAT, woken).await.is_err() {
                return Some(format!(": nothing new\nid: {}\n\n", self.told));
            }
        }
    }

    /// The next changes that readers see, as events; none when none of them is wanted.
    async fn batch(&mut self, newest: Revision) -> Result<Option<String>, Problem> {
        let mut changes = self.served.live().recent(self.told);
        if changes.is_empty() {
            let (served, told) = (Arc::clone(&self.served), self.told);
            let read =
                move |app: &App| served.live().after(app.store(), &served.programme().code, told);
            changes = self.app.block(read).await?;
        }
        changes.retain(|change| change.revision <= newest);
        let Some(last) = changes.last().map(|change| change.revision) else {
            let reason = "the feed does not reach the revision that readers see";
            return Err(Problem::internal(reason));
        };
        self.told = last;
        let wanted = changes.iter().filter(|change| self.wanted.takes(change));
        let text: String = wanted.map(|change| event(change, self.with_people)).collect();
        Ok((!text.is_empty()).then_some(text))
    }
}

fn event(change: &Change, with_people: bool) -> String {
    let document = change_document(change, with_people);
    format!("id: {}\nevent: change\ndata: {document}\n\n", change.revision)
}

/// Where a listener goes on: behind the revision that `Last-Event-ID` names, or `since`.
fn resumed(
    headers: &HeaderMap,
    parameters: &Parameters,
    newest: Revision,
) -> Result<Revision, Problem> {
    let revision = |text: &str| text.trim().parse().ok().filter(|revision| *revision <= newest);
    if let Some(header) = headers.get("Last-Event-ID") {
        let known = header.to_str().ok().and_then(revision);
        return known.ok_or_else(|| {
            let detail = format!("Last-Event-ID is a revision up to {newest}, as events give it");
            Problem::new(INVALID_HEADER, detail)
        });
    }
    match parameters.text("since") {
        None => Ok(newest),
        Some(text) => revision(text).ok_or_else(|| unknown_since(newest)),
    }
}

/// The parameters.
pub const PARAMETERS: &[&str] = &["since", "collection", "bbox"];

/// `GET /programmes/{programme}/changes/stream`: changes as they happen, as server-sent events.
///
/// The id of an event is its revision. A listener that comes back with `Last-Event-ID` misses none.
/// Whoever is told of a revision can read it: events follow the live view. `collection` and `bbox`
/// narrow what is told: who listens to hazardous areas hears of land releases too, which change what
/// remains. Changes of which it is not known what they are about are told to everybody.
pub async fn stream_changes(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let parameters = Parameters::read(&request, PARAMETERS)?;
    let programme = served.programme();
    let named = |name| collection(&programme, name).map(|it| it.name.to_string());
    let wanted = Wanted {
        collections: parameters.text("collection").map(named).transpose()?.into_iter().collect(),
        bbox: parameters.bbox()?,
    };
    let with_people = caller.is_member(&code);
    let newest = served.live().newest.subscribe();
    let told = resumed(request.headers(), &parameters, served.snapshot().revision())?;
    let app = app.into_inner();
    let listener = Listener {
        wanted,
        with_people,
        told,
        newest,
        ending: app.listeners().ending.subscribe(),
        ends_at: Instant::now() + STREAM_MAX,
        is_greeted: false,
        _seat: Seat::take(&app)?,
        app,
        served,
    };
    let events = stream::unfold(listener, |mut listener| async move {
        let text = listener.next().await?;
        Some((Ok::<_, Problem>(web::Bytes::from(text)), listener))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept"))
        // What is compressed is held back until there is enough of it.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}
