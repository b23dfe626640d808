//! `neonex serve`: API, console and worker in one process.

use std::path::PathBuf;

use super::load;
use crate::args::ServeArgs;
use crate::config::Config;
use crate::exit::CommandError;
use crate::process::{self, Shutdown};

pub(super) fn run(args: &ServeArgs, file: Option<PathBuf>) -> Result<(), CommandError> {
    let config = load(file, args.flags())?;
    let with_worker = !args.no_worker;
    process::run_until_told(&config, |shutdown| serve(&config, with_worker, shutdown))
}

/// Runs the server until `shutdown`.
#[expect(clippy::unused_async, reason = "the server that it awaits is not built yet")]
async fn serve(_config: &Config, _with_worker: bool, _shutdown: Shutdown) -> Result<(), CommandError> {
    Err(CommandError::NotBuilt("serve"))
}
