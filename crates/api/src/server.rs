//! The server: listening, answering, following the store, stopping gracefully.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath};
use actix_web::{HttpServer, web};

use crate::app::App;
use crate::routes::configure;

/// How often the live views look for what other processes wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

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
    let shared = web::Data::from(app);
    let mut server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .wrap(Compress::default())
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(NormalizePath::trim())
            .configure(configure)
    })
    .shutdown_timeout(SHUTDOWN_S);
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    tracing::info!(%address, "serving");
    let result = server.listen(listener)?.run().await;
    following.abort();
    tracing::info!("stopped");
    result
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
        if let Err(problem) = app.assert_ready().await {
            tracing::warn!(%problem, "the live views lag behind the database");
        }
    }
}
