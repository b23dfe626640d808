//! A noisy neighbour: one tenant writes as much as it can, another asks at a steady, modest pace.
//!
//! The other tenant's requests are sent when they are due, whether those before were answered or not, so that a wait
//! is not hidden by asking less.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::{Client, Method};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::bench::Bench;
use crate::client::call;
use crate::neonex::{self, Durability, RULE};
use crate::statistics::percentile;
use crate::target::{Target, post};
use crate::wrk::{self, Work};

/// One request of the quiet tenant in this time.
const EVERY: Duration = Duration::from_millis(4);
/// One in so many of its requests is a create, the others are reads.
const CREATES: usize = 5;
/// Connections of the neighbour, and seconds that it writes before its rows are counted.
pub(crate) const WRITERS: u32 = 16;
const WRITE_SECONDS: u32 = 2;

/// What the quiet tenant saw.
#[derive(Debug, Serialize)]
pub(crate) struct Neighbour {
    /// Rows that the neighbour wrote, and how many a second.
    pub(crate) rows: f64,
    pub(crate) rate: f64,
    /// Without a neighbour: before and after the noise.
    pub(crate) quiet: Latency,
    /// While the neighbour wrote.
    pub(crate) noisy: Latency,
}

/// How long answers took.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Latency {
    pub(crate) requests: usize,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Latency {
    fn of(mut millis: Vec<f64>) -> Self {
        let (p50_ms, p99_ms) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
        Self { requests: millis.len(), p50_ms, p99_ms }
    }
}

/// Measures quiet, noise, quiet on a server with durability `full`, if that was asked for.
pub(crate) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Option<Neighbour>> {
    if !bench.args.wants("neighbour") {
        return Ok(None);
    }
    bench.say("neighbour: one tenant at a steady pace beside one that writes as much as it can");
    let installation = neonex::on_files(&bench.binary, &bench.folder, "neighbour", Durability::Full);
    let (target, tenant) = installation.prepare().await?;
    let target = target.like(RULE, tenant.publishable);
    target.seed().await?;
    let operator = installation.operator()?;
    let other = neonex::tenant(&Client::new(), &target.address, &operator, "noisy").await?;
    let noisy = target.like("the neighbour", other.publishable);

    // The first requests open connections and files.
    steady(&target, pause(1)).await?;
    let quiet = bench.pace.quiet_seconds;
    let (mut calm, ()) = steady(&target, pause(quiet)).await?;
    let (storm, (rows, rate)) = steady(&target, write(bench, &noisy)).await?;
    calm.extend(steady(&target, pause(quiet)).await?.0);
    Ok(Some(Neighbour { rows, rate, quiet: Latency::of(calm), noisy: Latency::of(storm) }))
}

async fn pause(seconds: u64) -> anyhow::Result<()> {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    Ok(())
}

/// Rows written until there are as many as the pace asks for, and how many a second.
async fn write(bench: &Bench<'_>, noisy: &Target) -> anyhow::Result<(f64, f64)> {
    let (mut rows, started) = (0.0, Instant::now());
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    let wanted = bench.pace.bulk as f64;
    while rows < wanted {
        let round = wrk::load(&bench.wrk, noisy, Work::Create, WRITERS, WRITE_SECONDS).await?;
        anyhow::ensure!(round.errors == 0.0, "the neighbour had {} errors", round.errors);
        rows += round.requests;
    }
    Ok((rows, rows / started.elapsed().as_secs_f64()))
}

/// Asks at the steady pace until `meanwhile` is done. Returns how long each answer took, in milliseconds.
async fn steady<T>(
    target: &Target,
    meanwhile: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(Vec<f64>, T)> {
    let ids = fs::read_to_string(&target.ids)?;
    let ids: Vec<String> = ids.lines().map(str::to_owned).collect();
    let (tell, told) = oneshot::channel();
    let asked = tokio::spawn(ask(target.clone(), ids, told));
    let result = meanwhile.await;
    // Nobody listens any more only where asking has failed, which its own error says better.
    let _ = tell.send(());
    let millis = asked.await??;
    Ok((millis, result?))
}

async fn ask(target: Target, ids: Vec<String>, mut told: oneshot::Receiver<()>) -> anyhow::Result<Vec<f64>> {
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
        let read = (number % CREATES != 0).then(|| format!("{url}/{read}"));
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
