//! Structured logs, to standard error so that tables and CSV on standard output stay clean.

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Installs the log writer for the whole process.
///
/// # Errors
/// When the directives do not parse or a writer is installed already.
pub fn install(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    }
    .map_err(|error| anyhow::anyhow!("the log writer could not be installed: {error}"))
}
