//! One round of load, made by `wrk` with a script of `bench/lua/`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::target::Target;

/// Where the scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lua");

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Work {
    /// A constant answer through the whole middleware: what the others are held against.
    Constant,
    /// A record by id.
    Read,
    /// Twenty records, filtered by an index and sorted.
    List,
    /// A new record.
    Create,
    /// Four reads to one new record.
    Mixed,
    /// A new record, one of those that the target has bodies of.
    #[value(skip)]
    Message,
}

impl Work {
    /// Its name, which is also that of its script.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Read => "read",
            Self::List => "list",
            Self::Create => "create",
            Self::Mixed => "mixed",
            Self::Message => "message",
        }
    }

    /// Whether each request makes a record.
    pub(crate) const fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Message)
    }
}

/// What one round came to.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Round {
    /// Answers.
    pub(crate) requests: f64,
    /// Answers per second.
    pub(crate) rate: f64,
    /// Median time of an answer.
    pub(crate) p50_ms: f64,
    /// One answer in a hundred took longer.
    pub(crate) p99_ms: f64,
    /// Processor time of the server for one answer.
    pub(crate) cpu_us: f64,
    /// Answers of 400 and above, failed connections, and created records that are not there. Any makes the round
    /// worthless.
    pub(crate) errors: f64,
}

/// The line that `bench/lua/report.lua` prints.
#[derive(Deserialize)]
struct Report {
    requests: f64,
    microseconds: f64,
    status: f64,
    socket: f64,
    p50: f64,
    p99: f64,
}

/// Where `wrk` is.
pub(crate) fn find() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join("wrk"));
    candidates.find(|candidate| candidate.is_file()).context(
        "`wrk` makes the load, and is not installed: on Debian, `apt-get install wrk`; elsewhere, see \
         https://github.com/wg/wrk",
    )
}

/// Asks `target` for `work` with `clients` connections for `seconds`. After creates, the records are counted: an
/// answered write that is not there is an error.
pub(crate) async fn run(
    program: &Path,
    target: &Target,
    work: Work,
    clients: u32,
    seconds: u32,
) -> anyhow::Result<Round> {
    if !work.creates() {
        return load(program, target, work, clients, seconds).await;
    }
    let before = target.count().await;
    let mut round = load(program, target, work, clients, seconds).await?;
    match (before, target.count().await) {
        (Ok(before), Ok(after)) => round.errors += (before + round.requests - after).max(0.0),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("{}: {error:#}", target.who);
            round.errors += 1.0;
        }
    }
    Ok(round)
}

/// The load alone. One thread of wrk: the server has to share the machine with as little as possible.
pub(crate) async fn load(
    program: &Path,
    target: &Target,
    work: Work,
    clients: u32,
    seconds: u32,
) -> anyhow::Result<Round> {
    let path = if work == Work::Constant { target.constant.as_str() } else { target.records.as_str() };
    let headers: Vec<_> = target.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let before = target.process.cpu_micros()?;
    let output = Command::new(program)
        .args(["-t1", &format!("-c{clients}"), &format!("-d{seconds}s"), "-s"])
        .arg(format!("{SCRIPTS}/{}.lua", work.name()))
        .arg(format!("{}{path}", target.address))
        .env("BENCH_LUA", SCRIPTS)
        .env("BENCH_SEED", "20261123")
        .env("BENCH_HEADERS", headers.concat())
        .env("BENCH_RECORDS", &target.records)
        .env("BENCH_LIST", &target.list)
        .env("BENCH_IDS", &target.ids)
        .env("BENCH_BODIES", target.bodies())
        .kill_on_drop(true)
        .output()
        .await?;
    let cpu = target.process.cpu_micros()? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(line) = text.lines().find_map(|line| line.strip_prefix("RESULT ")) else {
        bail!("wrk gave no result: {text}{}", String::from_utf8_lossy(&output.stderr));
    };
    let report: Report = serde_json::from_str(line)?;
    Ok(Round {
        requests: report.requests,
        rate: report.requests / report.microseconds * 1e6,
        p50_ms: report.p50 / 1000.0,
        p99_ms: report.p99 / 1000.0,
        cpu_us: cpu / report.requests.max(1.0),
        errors: report.status + report.socket,
    })
}
