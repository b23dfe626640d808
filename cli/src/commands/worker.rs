//! `neonex worker`: background work alone.

use std::path::PathBuf;

use super::load;
use crate::args::DatabaseArgs;
use crate::config::Config;
use crate::exit::CommandError;
use crate::platform;
use crate::process::{self, Shutdown};

pub(super) fn run(args: &DatabaseArgs, file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = load(file, args.flags())?;
    process::run_until_told(&config, |shutdown| work(&config, shutdown))
}

/// Runs the worker until `shutdown`. An embedded database has one process, and that is the server.
async fn work(config: &Config, shutdown: Shutdown) -> Result<(), CommandError> {
    if config.data.database_url.is_none() {
        let message = "the worker runs by itself beside a database server only; on embedded databases it is part \
                       of `neonex serve`";
        return Err(CommandError::Usage(message.to_owned()));
    }
    let opened = platform::open(config).await?;
    platform::share(&opened.platform, config)?;
    platform::send_mails(&opened.platform, config)?;
    tracing::info!("working");
    neonex_worker::run(opened.platform.clone(), shutdown.told()).await;
    opened.platform.close().await;
    Ok(())
}
