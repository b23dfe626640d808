//! The background worker: what is done without being asked.
//!
//! Each sweep asks one indexed query, or nothing at all, when there is nothing to do: tenants are never walked over.

mod mail;

use std::time::Duration;

use metrics::{counter, describe_counter};
use neonex_core::platform::{Platform, Swept};
use neonex_core::store::StoreError;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

const USAGE: Duration = Duration::from_secs(30);
const PURGE: Duration = Duration::from_mins(1);
const HISTORY: Duration = Duration::from_mins(1);
const SWEEPS: &str = "neonex_worker_sweeps_total";

/// Works until `shutdown`. What fails of a sweep is logged and tried again at a later turn.
pub async fn run(platform: Platform, shutdown: impl Future<Output = ()>) {
    describe_counter!(SWEEPS, "Sweeps of the background worker, by kind and outcome.");
    describe_counter!("neonex_mails_total", "Tries to send a mail, by outcome.");
    let (stop, stopped) = watch::channel(false);
    let mails = tokio::spawn(mail::run(platform.clone(), stopped));
    let (mut usage, mut purge, mut history) = (every(USAGE), every(PURGE), every(HISTORY));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            _ = usage.tick() => flush(&platform).await,
            _ = purge.tick() => note("purge", platform.purge_tenants().await),
            _ = history.tick() => note("history", platform.prune_history().await),
        }
    }
    flush(&platform).await;
    // Nobody listens any more where it has ended by itself.
    let _ = stop.send(true);
    if let Err(error) = mails.await {
        tracing::error!(error = &error as &dyn std::error::Error, "mails were not sent to the end");
    }
}

/// Writes what this process notes in memory until `shutdown`: for one whose other work is done elsewhere.
pub async fn keep_notes(platform: Platform, shutdown: impl Future<Output = ()>) {
    let mut usage = every(USAGE);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            _ = usage.tick() => flush(&platform).await,
        }
    }
    flush(&platform).await;
}

async fn flush(platform: &Platform) {
    note("usage", Ok(platform.flush_usage().await));
    note("slow_queries", Ok(platform.flush_slow_queries().await));
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}

/// A sweep has failed where a part of it has: which one is in the log already.
fn note<T>(sweep: &'static str, outcome: Result<Swept<T>, StoreError>) {
    let word = if outcome.as_ref().is_ok_and(|swept| swept.failed == 0) { "ok" } else { "failed" };
    counter!(SWEEPS, "sweep" => sweep, "outcome" => word).increment(1);
    if let Err(error) = outcome {
        tracing::warn!(sweep, error = &error as &dyn std::error::Error, "a sweep failed");
    }
}

#[cfg(test)]
mod tests;
