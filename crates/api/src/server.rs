//! The server: listening, answering, following the store, stopping gracefully.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath, from_fn};
use actix_web::{HttpServer, web};

use crate::app::App;
use crate::routes::configure;
use crate::tagging;

/// How often the live views look for what other processes wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Headers that pages of other origins may read.
const EXPOSED: [&str; 13] = [
    "ETag",
    "Content-Range",
    "Content-Disposition",
    "Last-Modified",
    "Link",
    "Location",
    "Content-Crs",
    "OGC-NumberMatched",
    "OGC-NumberReturned",
    "Retry-After",
    "Allow",
    "Accept-Patch",
    "Accept-Post",
];

/// Methods that some address answers.
const ANSWERED: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Requests under way get this long to finish when the server stops.
const SHUTDOWN_S: u64 = 30;

/// Serves until the process is asked to stop (SIGINT, SIGTERM), then finishes what is under way.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    workers: Option<usize>,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let following = tokio::spawn(follow(Arc::clone(&app)));
    let telling = tokio::spawn(crate::webhooks::worker::run(Arc::clone(&app)));
    let stopping = Arc::clone(&app);
    let shared = web::Data::from(app);
    let mut server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .wrap(from_fn(tagging::tag))
            .wrap(Compress::default())
            .wrap(open_to_all_origins())
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(NormalizePath::trim())
            .configure(configure)
    })
    .disable_signals()
    // A compressed answer comes in pieces; the last would wait for the client to have acknowledged the first.
    .tcp_nodelay(true)
    .shutdown_timeout(SHUTDOWN_S);
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    tracing::info!(%address, "serving");
    let running = server.listen(listener)?.run();
    let handle = running.handle();
    let watching = tokio::spawn(async move {
        told_to_stop().await;
        // Streams of changes have no end of their own, and would be waited for.
        stopping.listeners().end();
        stopping.jobs().end();
        handle.stop(true).await;
    });
    let result = running.await;
    watching.abort();
    following.abort();
    telling.abort();
    tracing::info!("stopped");
    result
}

/// Waits for SIGINT or SIGTERM.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

/// Pages of any origin may ask: what they may read is decided by the token they send, and no
/// cookies are looked at.
fn open_to_all_origins() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allowed_methods(ANSWERED)
        .allow_any_header()
        .expose_headers(EXPOSED)
        .max_age(3_600)
}

/// Listens on an address.
///
/// # Errors
/// When it is taken or not ours.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address)
}

async fn follow(app: Arc<App>) {
    let mut pause = tokio::time::interval(FOLLOW_EVERY);
    loop {
        pause.tick().await;
        app.jobs().tidy(app.now());
        if let Err(problem) = app.assert_ready().await {
            tracing::warn!(%problem, "the live views lag behind the database");
        }
    }
}
