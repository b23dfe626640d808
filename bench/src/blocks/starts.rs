//! How long a server takes from nothing to its first answer.

use serde::Serialize;

use crate::bench::Bench;
use crate::neonex::{self, Durability};
use crate::statistics::median;

/// Times from spawning the server on an empty folder to its first success on `/readyz`, in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Starts {
    pub(crate) number: usize,
    pub(crate) best_ms: f64,
    pub(crate) median_ms: f64,
    pub(crate) worst_ms: f64,
}

/// Starts servers one after the other, if that was asked for.
pub(crate) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Option<Starts>> {
    if !bench.args.wants("start") {
        return Ok(None);
    }
    let number = bench.pace.starts;
    bench.say(&format!("start: {number} times on an empty folder"));
    let mut millis = Vec::with_capacity(number);
    for start in 0..number {
        let name = format!("start-{start}");
        let installation = neonex::on_files(&bench.binary, &bench.folder, &name, Durability::Full);
        let running = installation.start().await?;
        millis.push(running.took.as_secs_f64() * 1000.0);
        running.process.stop().await?;
    }
    Ok(Some(Starts {
        number,
        best_ms: millis.iter().copied().fold(f64::INFINITY, f64::min),
        worst_ms: millis.iter().copied().fold(0.0, f64::max),
        median_ms: median(millis.into_iter()),
    }))
}
