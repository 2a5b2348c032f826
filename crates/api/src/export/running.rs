//! An export in the background, from its turn to its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use exchange::WriteError;
use view::{Snapshot, Total};

use super::Records;
use super::jobs::{Job, State};
use super::kept::Kept;
use crate::app::{App, Served};
use crate::problem::{NOT_ACCEPTABLE, Problem, UNAVAILABLE};

/// How often a picture of an earlier time is asked for, while others are being made.
const PICTURE_TRIES: u32 = 120;
const PICTURE_PAUSE: Duration = Duration::from_secs(1);

/// Has an export made as soon as it is its turn.
pub(crate) fn start(app: &Arc<App>, served: Arc<Served>, job: Arc<Job>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let Some(_turn) = app.jobs().turn().await else { return };
        if !job.begins(app.now()) {
            return;
        }
        let state = match make(&app, &served, &job).await {
            Ok(kept) => {
                let (bytes, features) = (kept.bytes(), job.written());
                tracing::info!(export.id = %job.id, bytes, features, "an export is finished");
                State::Successful(Arc::new(kept))
            }
            Err(problem) => {
                let code = problem.kind().code;
                tracing::warn!(export.id = %job.id, code, %problem, "an export has failed");
                State::Failed { code, detail: problem.detail().to_owned() }
            }
        };
        job.ends(state, app.now());
    });
}

async fn make(app: &Arc<App>, served: &Arc<Served>, job: &Arc<Job>) -> Result<Kept, Problem> {
    let picture = picture(app, served, job).await?;
    let job = Arc::clone(job);
    app.block(move |app| write(app, &job, picture)).await
}

/// The picture to export; waits while too many others are being made.
async fn picture(app: &Arc<App>, served: &Served, job: &Job) -> Result<Arc<Snapshot>, Problem> {
    for _ in 1..PICTURE_TRIES {
        match app.picture_on(served, job.wanted.clocks).await {
            Err(problem) if problem.kind() == UNAVAILABLE && !job.is_unwanted() => {
                tokio::time::sleep(PICTURE_PAUSE).await;
            }
            done => return done,
        }
    }
    app.picture_on(served, job.wanted.clocks).await
}

fn write(app: &App, job: &Job, picture: Arc<Snapshot>) -> Result<Kept, Problem> {
    let wanted = &job.wanted;
    let go_on = || !job.is_unwanted();
    if let Total::Exactly(count) = picture.total(&wanted.collection, &wanted.query, &go_on) {
        job.count(count as u64);
    }
    let records = Records::All(Box::new(wanted.query.clone()));
    let collection = wanted.collection.clone();
    let exported = wanted.download.of(app, &picture, collection, &wanted.style, records);
    let mut draft = app.jobs().room().begin().map_err(Problem::internal)?;
    let written = exported.write_watched(Box::new(&mut draft), &mut || {
        job.wrote_one();
        if job.is_unwanted() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "nobody wants it").into());
        }
        Ok(())
    });
    written.and_then(|()| Ok(draft.finish()?)).map_err(|error| match error {
        WriteError::Format(reason) => Problem::new(NOT_ACCEPTABLE, reason),
        WriteError::Io(error) if error.kind() == io::ErrorKind::StorageFull => {
            let detail = format!(
                "there is no room for the file: all exports together have {} bytes; delete some, \
                 or ask for less",
                app.jobs().room().bytes_max()
            );
            Problem::new(UNAVAILABLE, detail).caused_by(error)
        }
        other => Problem::internal(other),
    })
}
