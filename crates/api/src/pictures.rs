//! Pictures of a programme as of earlier times: made from the database when they are asked for, and
//! a few of them kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use store::Revision;
use survey::Day;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use view::Snapshot;

use crate::app::{App, Served};
use crate::clocks::{AsOf, Clocks};
use crate::following::{self, FollowError};
use crate::problem::{Problem, UNAVAILABLE};

/// Pictures made at one time in the whole server. Each reads a programme's history and cuts its
/// ledger on all cores; more at once would be no faster and take their memory together.
const BUILDING_MAX: usize = 2;

/// Pictures kept of each programme: those asked for last.
const KEPT_MAX: usize = 4;

/// Records in the kept pictures of a programme, of which the one asked for last is always kept.
const KEPT_RECORDS_MAX: usize = 1_000_000;

/// Pictures of each programme that listings were begun with.
const BEGUN_MAX: usize = 16;

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    programme: String,
    revision: Revision,
    effective: Option<Day>,
}

type Cell = Arc<OnceCell<Arc<Snapshot>>>;

/// The pictures that are kept, or being made, the one asked for last at the end.
#[derive(Debug)]
pub(crate) struct Pictures {
    shelf: Mutex<Vec<(Key, Cell)>>,
    building: Arc<Semaphore>,
    /// Live pictures that listings were begun with: they share nearly everything with the one of
    /// now, and so cost little.
    begun: Mutex<VecDeque<(String, Arc<Snapshot>)>>,
}

impl Default for Pictures {
    fn default() -> Self {
        let building = Arc::new(Semaphore::new(BUILDING_MAX));
        Self { shelf: Mutex::default(), building, begun: Mutex::default() }
    }
}

impl Pictures {
    /// The place of a picture; whoever asks for one that is being made waits for that one.
    fn cell(&self, key: &Key) -> Cell {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = match shelf.iter().position(|(known, _)| known == key) {
            Some(place) => shelf.remove(place).1,
            None => Cell::default(),
        };
        shelf.push((key.clone(), Arc::clone(&cell)));
        trim(&mut shelf, &key.programme);
        cell
    }

    /// A picture that a listing was begun with.
    fn begun(&self, programme: &str, revision: Revision) -> Option<Arc<Snapshot>> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let found = begun
            .iter()
            .find(|(code, picture)| code == programme && picture.revision() == revision);
        found.map(|(_, picture)| Arc::clone(picture))
    }

    fn trim(&self, programme: &str) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        trim(&mut shelf, programme);
    }

    fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.building).try_acquire_owned().map_err(|error| {
            let detail = format!(
                "{BUILDING_MAX} pictures of earlier times are being made now; ask again shortly"
            );
            Problem::new(UNAVAILABLE, detail).caused_by(error)
        })
    }
}

/// Takes the pictures of a programme away that were asked for longest ago, beyond what is kept.
fn trim(shelf: &mut Vec<(Key, Cell)>, programme: &str) {
    let (mut kept, mut records) = (0, 0);
    let mut stays: Vec<bool> = shelf
        .iter()
        .rev()
        .map(|(key, cell)| {
            if key.programme != programme {
                return true;
            }
            kept += 1;
            records += cell.get().map_or(0, |picture| picture.len());
            kept == 1 || (kept <= KEPT_MAX && records <= KEPT_RECORDS_MAX)
        })
        .collect();
    shelf.retain(|_| stays.pop().unwrap_or(true));
}

impl App {
    /// Keeps a live picture for the further pages of a listing that was begun with it.
    pub(crate) fn remember(&self, programme: &str, picture: &Arc<Snapshot>) {
        if picture.effective().is_some() {
            return;
        }
        let pictures = self.pictures();
        let mut begun = pictures.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this = |(code, known): &(String, Arc<Snapshot>)| {
            code == programme && known.revision() == picture.revision()
        };
        if begun.iter().any(of_this) {
            return;
        }
        begun.push_back((programme.to_owned(), Arc::clone(picture)));
        let of_programme = begun.iter().filter(|(code, _)| code == programme).count();
        if of_programme > BEGUN_MAX
            && let Some(oldest) = begun.iter().position(|(code, _)| code == programme)
        {
            begun.remove(oldest);
        }
    }

    /// The picture of a programme as it was known at a time: the live one, or one made from the
    /// versions that were there then. Its figures hold every day; of its records it has those that
    /// were current.
    ///
    /// # Errors
    /// `invalid-parameter` for a time in the future or before the first revision; `unavailable`
    /// when too many pictures are being made; `corrupt-record`.
    pub async fn picture(
        self: &Arc<Self>,
        served: &Served,
        as_of: Option<AsOf>,
    ) -> Result<Arc<Snapshot>, Problem> {
        let live = served.snapshot();
        let Some(as_of) = as_of else { return Ok(live) };
        let programme = served.programme().code.clone();
        let revision = match as_of {
            AsOf::Revision(revision) if (1..=live.revision()).contains(&revision) => revision,
            _ => {
                let code = programme.clone();
                self.block(move |app| as_of.revision(app.store(), &code, app.now())).await?
            }
        };
        if revision == live.revision() {
            return Ok(live);
        }
        if let Some(begun) = self.pictures().begun(&programme, revision) {
            return Ok(begun);
        }
        let key = Key { programme, revision, effective: None };
        self.kept(key, move |app, key| following::as_of(app.store(), &key.programme, revision))
            .await
    }

    /// The picture of a programme as it was known at a time, its records as they were in the field
    /// on a day.
    ///
    /// # Errors
    /// As [`Self::picture`].
    pub async fn picture_on(
        self: &Arc<Self>,
        served: &Served,
        clocks: Clocks,
    ) -> Result<Arc<Snapshot>, Problem> {
        let picture = self.picture(served, clocks.as_of).await?;
        let Some(day) = clocks.effective else { return Ok(picture) };
        let programme = served.programme().code.clone();
        let key = Key { programme, revision: picture.revision(), effective: Some(day) };
        let build = move |app: &App, key: &Key| {
            following::effective_on(app.store(), &key.programme, &picture, day)
        };
        self.kept(key, build).await
    }

    /// A picture that is kept, or is made now. It is made to its end even if whoever asked for it
    /// goes away, since it was paid for.
    async fn kept(
        self: &Arc<Self>,
        key: Key,
        build: impl FnOnce(&App, &Key) -> Result<Snapshot, FollowError> + Send + 'static,
    ) -> Result<Arc<Snapshot>, Problem> {
        let cell = self.pictures().cell(&key);
        if let Some(picture) = cell.get() {
            return Ok(Arc::clone(picture));
        }
        let app = Arc::clone(self);
        let making = async move {
            let made = cell.get_or_try_init(|| async {
                let turn = app.pictures().turn()?;
                let picture = app.block(move |app| {
                    let _turn = turn;
                    let picture = Arc::new(build(app, &key)?);
                    Ok::<_, FollowError>((picture, key.programme))
                });
                let (picture, programme) = picture.await?;
                app.pictures().trim(&programme);
                Ok::<_, Problem>(picture)
            });
            made.await.map(Arc::clone)
        };
        tokio::spawn(making).await.map_err(Problem::internal)?
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};
    use exchange::ReadLimits;
    use store::{By, Location, MigrateOptions, OpenOptions, Store};
    use survey::Programme;
    use survey::access::{Action, Role};
    use tempfile::TempDir;

    use super::*;
    use crate::actor::Caller;
    use crate::app::UploadLimits;

    fn now() -> DateTime<Utc> {
        "2026-11-26T12:00:00Z".parse().unwrap()
    }

    /// A programme of seven revisions.
    fn scene() -> (Arc<App>, Arc<Served>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.sqlite"));
        store::migrate(&location, &MigrateOptions { postgis: false }).unwrap();
        let store = Store::open(&location, &OpenOptions::default()).unwrap();
        let (by, programme) = (By::new("setup", now()), Programme::new("kh", "Cambodia"));
        store.programme_add(&by, &programme).unwrap();
        for _ in 1..7 {
            store.programme_update(&by, &programme).unwrap();
        }
        let limits = UploadLimits { bytes_max: 1_000, read: ReadLimits::default() };
        let app = Arc::new(App::load(store, limits, now).unwrap());
        let roles = BTreeMap::from([("kh".to_owned(), Role::Reader)]);
        let caller = Caller::bearer("an analyst".to_owned(), roles);
        let served = app.programme(&caller, "kh", Action::ReadRecords).unwrap();
        (app, served, folder)
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    async fn ask(app: &Arc<App>, served: &Served, revision: Revision) -> Arc<Snapshot> {
        app.picture(served, Some(AsOf::Revision(revision))).await.unwrap()
    }

    #[test]
    fn too_many_pictures_at_once_are_refused_and_may_be_asked_for_again() {
        let (app, served, _folder) = scene();
        run(async {
            let turns: Vec<_> = (0..BUILDING_MAX).map(|_| app.pictures().turn().unwrap()).collect();
            let refused = app.picture(&served, Some(AsOf::Revision(3))).await.unwrap_err();
            assert_eq!(refused.kind(), UNAVAILABLE);
            assert_eq!(app.picture(&served, None).await.unwrap().revision(), 7);
            drop(turns);
            assert_eq!(ask(&app, &served, 3).await.revision(), 3);
        });
    }

    #[test]
    fn a_picture_that_is_kept_is_not_made_again() {
        let (app, served, _folder) = scene();
        run(async {
            let (first, second) = (ask(&app, &served, 3).await, ask(&app, &served, 3).await);
            assert!(Arc::ptr_eq(&first, &second));
            assert!(Arc::ptr_eq(&ask(&app, &served, 7).await, &served.snapshot()));
        });
    }

    #[test]
    fn only_the_pictures_asked_for_last_are_kept() {
        let (app, served, _folder) = scene();
        run(async {
            for revision in [1, 2, 3, 4, 5, 2, 6] {
                ask(&app, &served, revision).await;
            }
        });
        let shelf = app.pictures().shelf.lock().unwrap();
        let kept: Vec<Revision> = shelf.iter().map(|(key, _)| key.revision).collect();
        assert_eq!(kept, [4, 5, 2, 6]);
    }
}
