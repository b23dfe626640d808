//! A file of many rows, sent as one request: how fast it goes in, and what it costs the server in memory.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use reqwest::Client;
use serde::Serialize;
use serde_json::Value;

use crate::bench::Bench;
use crate::neonex::{self, Durability};
use crate::process::Memory;
use crate::report::thousands;
use crate::target::{Target, post};

/// What it came to.
#[derive(Debug, Serialize)]
pub(crate) struct Import {
    pub(crate) rows: usize,
    /// Of the file.
    pub(crate) mebibytes: f64,
    pub(crate) seconds: f64,
    /// Memory with an empty collection, and when the file was in.
    pub(crate) before: Memory,
    pub(crate) after: Memory,
}

/// Imports posts into a server with durability `full`, if that was asked for.
pub(crate) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Option<Import>> {
    if !bench.args.wants("import") {
        return Ok(None);
    }
    let rows = bench.pace.imported;
    bench.say(&format!("import: a file of {} rows", thousands(rows)));
    let installation = neonex::on_files(&bench.binary, &bench.folder, "import", Durability::Full);
    let (target, _) = installation.prepare().await?;
    let path = bench.folder.join("import.ndjson");
    write(&path, rows)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of bytes")]
    let mebibytes = path.metadata()?.len() as f64 / (1024.0 * 1024.0);
    let before = target.process.memory()?;
    let started = Instant::now();
    let report = send(&target, &path).await?;
    let seconds = started.elapsed().as_secs_f64();
    let after = target.process.memory()?;
    std::fs::remove_file(&path)?;
    let created =
        report.get("created").and_then(Value::as_u64).and_then(|created| usize::try_from(created).ok());
    ensure!(created == Some(rows), "{rows} rows were sent, and the report says {report}");
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    let missing = rows as f64 - target.count().await?;
    ensure!(missing == 0.0, "{missing} rows are not there");
    Ok(Some(Import { rows, mebibytes, seconds, before, after }))
}

/// The posts with which the other parts begin, and so on.
fn write(path: &Path, rows: usize) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for number in 0..rows {
        writeln!(file, "{}", post(number))?;
    }
    Ok(file.flush()?)
}

async fn send(target: &Target, path: &Path) -> anyhow::Result<Value> {
    let url = format!("{}{}/import?format=ndjson", target.address, target.records);
    let mut request = Client::new().post(url).body(tokio::fs::File::open(path).await?);
    for (name, value) in &target.headers {
        request = request.header(*name, value);
    }
    let answer = request.header("Content-Type", "application/x-ndjson").send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    ensure!(status.is_success(), "the import was answered {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("the import answered no JSON: {text}"))
}
