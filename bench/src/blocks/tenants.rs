//! Many tenants on one server, each touched once after a start: what an idle tenant costs, and how long the first
//! request of one waits.

use std::time::Instant;

use futures_util::future::try_join_all;
use reqwest::{Client, Method};
use serde::Serialize;

use crate::bench::Bench;
use crate::client::{call, text};
use crate::neonex::{self, Durability};
use crate::process::Memory;
use crate::statistics::percentile;
use crate::target::post;

/// Clients that make them.
const MAKERS: usize = 8;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Tenants {
    /// How many there are, each with a collection and a record.
    pub(crate) number: usize,
    /// Seconds that making them took.
    pub(crate) making_seconds: f64,
    /// Memory after the start, before any was touched.
    pub(crate) before: Memory,
    /// Memory after each was touched once.
    pub(crate) after: Memory,
    /// Time of a tenant's first request, median.
    pub(crate) first_p50_ms: f64,
    /// One first request in a hundred took longer.
    pub(crate) first_p99_ms: f64,
}

/// Makes the tenants, starts the server anew, and reads a record of each in turn, if that was asked for.
pub(crate) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Option<Tenants>> {
    if !bench.args.wants("tenants") {
        return Ok(None);
    }
    let number = bench.args.tenants.unwrap_or(bench.pace.tenants);
    bench.say(&format!("tenants: making {number}"));
    let client = Client::new();
    let installation = neonex::on_files(&bench.binary, &bench.folder, "tenants", Durability::Full);
    let running = installation.start().await?;
    let operator = installation.operator()?;
    let started = Instant::now();
    let makers = (0..MAKERS).map(|maker| {
        let (client, address, operator) = (&client, &running.address, &operator);
        async move {
            let mut made = Vec::with_capacity(number / MAKERS + 1);
            for number in (maker..number).step_by(MAKERS) {
                let tenant = neonex::tenant(client, address, operator, &format!("bench-{number}")).await?;
                let url = format!("{address}{}", neonex::RECORDS);
                let record = call(client, Method::POST, &url, &tenant.secret, Some(&post(number))).await?;
                made.push((tenant.secret, text(&record, "/id")?));
            }
            anyhow::Ok(made)
        }
    });
    let made = try_join_all(makers).await?.concat();
    let making_seconds = started.elapsed().as_secs_f64();
    running.process.stop().await?;

    bench.say("tenants: touching each once after a start");
    let running = installation.start().await?;
    let before = running.process.memory()?;
    let mut millis = Vec::with_capacity(number);
    for (key, id) in &made {
        let url = format!("{}{}/{id}", running.address, neonex::RECORDS);
        let started = Instant::now();
        call(&client, Method::GET, &url, key, None).await?;
        millis.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let (first_p50_ms, first_p99_ms) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
    let after = running.process.memory()?;
    running.process.stop().await?;
    Ok(Some(Tenants { number, making_seconds, before, after, first_p50_ms, first_p99_ms }))
}
