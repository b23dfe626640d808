//! `neonex worker`: background work alone.

use std::path::PathBuf;

use super::load;
use crate::args::DatabaseArgs;
use crate::config::Config;
use crate::exit::CommandError;
use crate::process::{self, Shutdown};

pub(super) fn run(args: &DatabaseArgs, file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = load(file, args.flags())?;
    process::run_until_told(&config, |shutdown| work(&config, shutdown))
}

/// Runs the worker until `shutdown`.
#[expect(clippy::unused_async, reason = "the worker that it awaits is not built yet")]
async fn work(_config: &Config, _shutdown: Shutdown) -> Result<(), CommandError> {
    Err(CommandError::NotBuilt("worker"))
}
