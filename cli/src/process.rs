//! The set-up of the process: cryptography, file descriptors, threads, signals.

mod notify;
mod shutdown;

use std::error::Error;

use tokio::runtime::{Builder, Runtime};

pub use self::notify::Notifier;
pub use self::shutdown::Shutdown;
use crate::config::{Config, RuntimeConfig};
use crate::exit::CommandError;
use crate::logging;

/// What must happen before anything else: libraries bring two providers of cryptography along, and TLS panics
/// unless one of them is named first.
pub(crate) fn prepare() {
    let _named_before = rustls::crypto::ring::default_provider().install_default();
}

/// Runs a short piece of work to its end. An interrupt ends the process, as it does any command.
pub(crate) fn run<T>(
    config: &Config,
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    logging::start(&config.log);
    runtime(&config.runtime)?.block_on(work)
}

/// Runs what runs until it is told to stop.
pub(crate) fn run_until_told<W: Future<Output = Result<(), CommandError>>>(
    config: &Config,
    work: impl FnOnce(Shutdown) -> W,
) -> Result<(), CommandError> {
    logging::start(&config.log);
    raise_file_limit();
    runtime(&config.runtime)?.block_on(async {
        let shutdown = Shutdown::on_signals().map_err(CommandError::io("signals cannot be received"))?;
        work(shutdown).await
    })
}

/// How requests get their threads: benchmarks decide, and this is the place.
fn runtime(config: &RuntimeConfig) -> Result<Runtime, CommandError> {
    Builder::new_multi_thread()
        .worker_threads(config.worker_threads)
        .thread_name("neonex")
        .enable_all()
        .build()
        .map_err(CommandError::io("the threads could not be started"))
}

/// A connection and a database file each take a descriptor, and the usual soft limit of 1,024 is a relic of
/// `select`. As many as the hard limit grants are taken.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => tracing::debug!(limit, "file descriptors"),
        Err(error) => tracing::warn!(
            error = &error as &(dyn Error + 'static),
            "the limit of file descriptors could not be raised"
        ),
    }
}
