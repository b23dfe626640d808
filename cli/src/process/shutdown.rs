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

#[cfg(test)]
mod tests {
    use std::env;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// The process that the test below sends signals to: told to stop, it never does.
    #[tokio::test]
    #[ignore = "ends only by a signal; run by the test below"]
    async fn stubborn() {
        let shutdown = Shutdown::on_signals().unwrap();
        let clone = shutdown.clone();
        println!("\nlistening");
        shutdown.told().await;
        clone.told().await;
        println!("told");
        std::future::pending::<()>().await;
    }

    fn send(signal: &str, child: &Child) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
        assert!(sent.unwrap().success());
    }

    #[test]
    fn the_first_signal_asks_and_the_second_insists() {
        for (first, second) in [("TERM", "INT"), ("INT", "TERM"), ("INT", "INT")] {
            let mut child = Command::new(env::current_exe().unwrap())
                .args(["--exact", "process::shutdown::tests::stubborn", "--ignored", "--nocapture"])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
            assert!(lines.any(|line| line == "listening"), "{first}");
            send(first, &child);
            assert!(lines.any(|line| line == "told"), "{first}");
            assert_eq!(child.try_wait().unwrap(), None, "{first}");
            send(second, &child);
            assert_eq!(child.wait().unwrap().code(), Some(130), "{second}");
        }
    }
}
