//! When to stop: the first SIGTERM or SIGINT asks, the second one insists.

use std::io;
use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::exit::Exit;

/// Resolves once the process has been told to stop. Clones resolve together.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// One that the process's signals end. A second signal ends the process at once.
    pub(super) fn on_signals() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (told, shutdown) = watch::channel(false);
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            tracing::info!("stopping; a second signal ends the process at once");
            told.send_replace(true);
            either(&mut terminate, &mut interrupt).await;
            process::exit(Exit::Interrupted as i32);
        });
        Ok(Self(shutdown))
    }

    /// Waits until the process is told to stop; returns at once where it has been.
    pub async fn told(mut self) {
        // An error means that nobody is left who could tell, which happens only when the runtime is ending.
        let _ended = self.0.wait_for(|told| *told).await;
    }
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
