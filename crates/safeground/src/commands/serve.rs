//! `serve`: the API over HTTP.

use std::sync::Arc;

use anyhow::Context;
use api::Reach;
use api::app::{App, UploadLimits};
use api::export::ExportSettings;
use exchange::ReadLimits;
use store::Store;

use crate::commands::{now, say};
use crate::config::Config;

/// Bounds on uploads, as configured.
pub fn upload_limits(config: &Config) -> UploadLimits {
    UploadLimits { bytes_max: config.upload_bytes_max, read: read_limits(config) }
}

/// Bounds while reading a body or a file, as configured.
pub fn read_limits(config: &Config) -> ReadLimits {
    ReadLimits {
        decompressed_bytes: config.upload_unpacked_bytes_max,
        features: config.upload_features_max,
        ..ReadLimits::default()
    }
}

fn export_settings(config: &Config) -> ExportSettings {
    ExportSettings { folder: config.exports_folder.clone(), bytes_max: config.exports_bytes_max }
}

/// Loads the programmes and serves them until told to stop.
pub fn serve(store: &Store, config: &Config) -> anyhow::Result<()> {
    let listener = api::server::listen(config.listen)
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    if let Some(basemap) = &config.basemap {
        basemap.looked_at().context("the map under the records cannot be used")?;
    }
    let address = listener.local_addr()?;
    let app = App::load(store.clone(), upload_limits(config), now)
        .context("the programmes could not be loaded")?
        .at(config.public_url.clone())
        .reaching(if config.webhook_private_addresses { Reach::Private } else { Reach::Public })
        .over(config.basemap.clone())
        .keeping(export_settings(config))
        .context("the folder for exports (exports_folder) cannot be written to")?;
    say(&format!(
        "Open http://{address}/programmes for the programmes and their collections.\n\
         Ask http://{address}/programmes/{{code}}/progress?group_by=region for figures.\n\
         Send GeoJSON with POST http://{address}/programmes/{{code}}/submissions?collection=…"
    ))?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(api::server::serve(Arc::new(app), listener, config.workers))?;
    Ok(())
}
