//! One who asks at a steady, modest pace, and how long the answers take.
//!
//! Requests are sent when they are due, whether those before were answered or not, so that a wait is not hidden by
//! asking less.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::{Client, Method};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::call;
use crate::statistics::percentile;
use crate::target::{Target, post};

/// One request in this time.
const EVERY: Duration = Duration::from_millis(4);

/// How long answers took.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Latency {
    pub(crate) requests: usize,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Latency {
    pub(super) fn of(mut millis: Vec<f64>) -> Self {
        let (p50_ms, p99_ms) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
        Self { requests: millis.len(), p50_ms, p99_ms }
    }
}

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Steady<'t> {
    pub(super) target: &'t Target,
    /// One in so many requests is a create, the others are reads.
    pub(super) creates: Option<usize>,
}

impl Steady<'_> {
    /// Asks until `meanwhile` is done. Returns how long each answer took, in milliseconds.
    pub(super) async fn during<T>(
        self,
        meanwhile: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<(Vec<f64>, T)> {
        let ids = fs::read_to_string(&self.target.ids)?;
        let ids: Vec<String> = ids.lines().map(str::to_owned).collect();
        let (tell, told) = oneshot::channel();
        let asked = tokio::spawn(ask(self.target.clone(), self.creates, ids, told));
        let result = meanwhile.await;
        // Nobody listens any more only where asking has failed, which its own error says better.
        let _ = tell.send(());
        let millis = asked.await??;
        Ok((millis, result?))
    }
}

/// Nothing for so long.
pub(super) async fn pause(seconds: u64) -> anyhow::Result<()> {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    Ok(())
}

async fn ask(
    target: Target,
    creates: Option<usize>,
    ids: Vec<String>,
    mut told: oneshot::Receiver<()>,
) -> anyhow::Result<Vec<f64>> {
    let client = Client::new();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = JoinSet::new();
    for number in 0_usize.. {
        tokio::select! {
            biased;
            _ = &mut told => break,
            _ = ticks.tick() => {}
        }
        let (client, target) = (client.clone(), target.clone());
        let url = format!("{}{}", target.address, target.records);
        let read = ids.get(number * 7919 % ids.len()).context("no post was made")?;
        let is_create = creates.is_some_and(|creates| number.is_multiple_of(creates));
        let read = (!is_create).then(|| format!("{url}/{read}"));
        asked.spawn(async move {
            let started = Instant::now();
            match read {
                Some(url) => call(&client, Method::GET, &url, &target.headers, None).await?,
                None => call(&client, Method::POST, &url, &target.headers, Some(&post(number))).await?,
            };
            anyhow::Ok(started.elapsed().as_secs_f64() * 1000.0)
        });
    }
    asked.join_all().await.into_iter().collect()
}
