//! Mails, beside everything else: a mail server that is slow holds up nobody but mails.
//!
//! What a request of this process has caused goes out at once. What others have caused, and what is to be tried again,
//! is found by a sweep, which asks one indexed query when there is nothing.

use std::time::Duration;

use neonex_core::platform::{Platform, Swept};
use neonex_core::store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::{every, note};

const SWEEP: Duration = Duration::from_secs(5);
/// Work under way at once. What does not fit waits for a sweep.
const MOST: usize = 16;
/// How long mails that are under way may take to end when the process does. What does not is tried again by the next.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is under way.
enum Work {
    Sweep,
    Woken,
}

/// Sends mails until it is told to stop.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let mut work: JoinSet<(Work, Result<Swept<usize>, StoreError>)> = JoinSet::new();
    let (mut sweep, mut is_sweeping) = (every(SWEEP), false);
    if let Err(error) = platform.deliver_what_waited().await {
        note::<()>("mail", Err(error));
    }
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            () = platform.mail_woken() => {
                if work.len() < MOST {
                    let platform = platform.clone();
                    work.spawn(async move { (Work::Woken, Ok(platform.deliver_woken().await)) });
                }
            }
            _ = sweep.tick(), if !is_sweeping => {
                is_sweeping = true;
                let platform = platform.clone();
                work.spawn(async move { (Work::Sweep, platform.deliver_due().await) });
            }
            Some(ended) = work.join_next() => match ended {
                Ok((Work::Sweep, outcome)) => {
                    is_sweeping = false;
                    note("mail", outcome);
                }
                Ok((Work::Woken, outcome)) => note("mail_at_once", outcome),
                Err(error) => {
                    // Nothing of it panics; were it to, mails go on.
                    is_sweeping = false;
                    tracing::error!(error = &error as &dyn std::error::Error, "mails were not sent");
                }
            },
        }
    }
    let ended = timeout(PATIENCE, async { while work.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!("mails that were under way are tried again after the next start");
    }
}
