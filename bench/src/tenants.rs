//! Many tenants on one server, each touched once after a start: what an idle tenant costs, and how long the first
//! request of one waits.

use std::path::Path;
use std::time::Instant;

use futures_util::future::try_join_all;
use reqwest::{Client, Method};
use serde::Serialize;

use crate::client::{call, text};
use crate::neonex::{self, Durability};
use crate::process::Memory;
use crate::statistics::percentile;
use crate::target::post;

/// Tenants, each with a collection and a record.
const TENANTS: usize = 1_000;
/// Clients that make them.
const MAKERS: usize = 8;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Tenants {
    /// Memory after each tenant was touched once.
    pub(crate) memory: Memory,
    /// Time of a tenant's first request, median.
    pub(crate) first_p50_ms: f64,
    /// One first request in a hundred took longer.
    pub(crate) first_p99_ms: f64,
}

/// Makes the tenants in the empty folder `data`, starts the server anew, and reads a record of each in turn.
pub(crate) async fn measure(binary: &Path, data: &Path) -> anyhow::Result<Tenants> {
    let client = Client::new();
    let (process, address, _) = neonex::start(binary, data, Durability::Full).await?;
    let operator = neonex::operator(binary, data)?;
    let makers = (0..MAKERS).map(|maker| {
        let (client, address, operator) = (&client, &address, &operator);
        async move {
            let mut made = Vec::with_capacity(TENANTS / MAKERS);
            for number in (maker..TENANTS).step_by(MAKERS) {
                let slug = format!("bench-{number}");
                let key = neonex::tenant(client, address, operator, &slug).await?;
                let url = format!("{address}{}", neonex::RECORDS);
                let record = call(client, Method::POST, &url, &key, Some(&post(number))).await?;
                made.push((key, text(&record, "id")?));
            }
            anyhow::Ok(made)
        }
    });
    let made = try_join_all(makers).await?.concat();
    process.stop().await?;

    let (process, address, _) = neonex::start(binary, data, Durability::Full).await?;
    let mut millis = Vec::with_capacity(TENANTS);
    for (key, id) in &made {
        let url = format!("{address}{}/{id}", neonex::RECORDS);
        let started = Instant::now();
        call(&client, Method::GET, &url, key, None).await?;
        millis.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let (first_p50_ms, first_p99_ms) = (percentile(&mut millis, 50), percentile(&mut millis, 99));
    Ok(Tenants { memory: process.memory()?, first_p50_ms, first_p99_ms })
}
