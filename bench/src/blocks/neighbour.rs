//! A noisy neighbour: one tenant writes as much as it can, another asks at a steady, modest pace.

use std::time::Instant;

use reqwest::Client;
use serde::Serialize;

use super::steady::{Latency, Steady, pause};
use crate::bench::Bench;
use crate::neonex::{self, Durability, RULE};
use crate::target::Target;
use crate::wrk::{self, Work};

/// One in so many of the quiet tenant's requests is a create, the others are reads.
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

    let steady = Steady { target: &target, creates: Some(CREATES) };
    // The first requests open connections and files.
    steady.during(pause(1)).await?;
    let quiet = bench.pace.quiet_seconds;
    let (mut calm, ()) = steady.during(pause(quiet)).await?;
    let (storm, (rows, rate)) = steady.during(write(bench, &noisy)).await?;
    calm.extend(steady.during(pause(quiet)).await?.0);
    Ok(Some(Neighbour { rows, rate, quiet: Latency::of(calm), noisy: Latency::of(storm) }))
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
