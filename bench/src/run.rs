//! The whole run: one server after the other, each on a folder of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use crate::args::Args;
use crate::disk::{self, Sync};
use crate::machine::{self, Machine};
use crate::neonex::{self, Durability};
use crate::pocketbase;
use crate::process::Memory;
use crate::scenario::{Outcome, Pace, plan, rate};
use crate::statistics::median;
use crate::target::Target;
use crate::tenants::{self, Tenants};
use crate::wrk::{self, Work};

/// Starts of the server that are timed.
const STARTS: usize = 10;
/// A server that has just been set up gets this long to come to rest before its memory is read.
const REST: Duration = Duration::from_secs(2);

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) machine: Machine,
    pub(crate) pace: Pace,
    pub(crate) peer: Option<String>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) syncs: Syncs,
    pub(crate) start: Option<Start>,
    pub(crate) memory: Vec<Usage>,
    pub(crate) tenants: Option<Tenants>,
}

/// `fdatasync` before and after the durable scenarios.
#[derive(Debug, Serialize)]
pub(crate) struct Syncs {
    pub(crate) before: Sync,
    pub(crate) after: Sync,
}

impl Syncs {
    /// Seconds of one sync during the run: the mean of the two medians.
    pub(crate) fn seconds(&self) -> f64 {
        f64::midpoint(self.before.median_ms, self.after.median_ms) / 1000.0
    }
}

/// Times from spawning the server on an empty folder to its first success on `/readyz`, in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Start {
    pub(crate) best_ms: f64,
    pub(crate) median_ms: f64,
}

/// Memory of a server with one tenant.
#[derive(Debug, Serialize)]
pub(crate) struct Usage {
    pub(crate) durability: Durability,
    /// Before the posts are made.
    pub(crate) idle: Memory,
    /// After all scenarios on it.
    pub(crate) after: Memory,
    /// The peer's, after all scenarios on it.
    pub(crate) peer: Option<Memory>,
}

struct Bench<'a> {
    args: &'a Args,
    wrk: PathBuf,
    binary: PathBuf,
    folder: PathBuf,
    pace: Pace,
}

/// Measures what `args` ask for.
pub(crate) async fn run(args: &Args) -> anyhow::Result<Figures> {
    let folder = args.folder()?;
    machine::refuse_memory(&folder)?;
    let pace = if args.quick { Pace::QUICK } else { Pace::FULL };
    let run = folder.join(format!("run-{}", std::process::id()));
    std::fs::create_dir(&run)?;
    let bench = Bench { args, wrk: wrk::find()?, binary: args.binary()?, folder: run, pace };
    let versions = bench.versions()?;
    let peer = args.pocketbase.as_deref().map(|path| machine::version(path, "--version")).transpose()?;
    let start = if args.wants("start") { Some(bench.starts().await?) } else { None };
    let mut outcomes = Vec::new();
    let mut memory = Vec::new();
    let before = disk::measure(&bench.folder)?;
    memory.extend(bench.server(Durability::Full, &mut outcomes).await?);
    let after = disk::measure(&bench.folder)?;
    memory.extend(bench.server(Durability::Normal, &mut outcomes).await?);
    let tenants = bench.tenants().await?;
    // Kept after an error, because the server's log is in it.
    std::fs::remove_dir_all(&bench.folder)?;
    let machine = Machine::describe(&folder, versions)?;
    Ok(Figures { machine, pace, peer, outcomes, syncs: Syncs { before, after }, start, memory, tenants })
}

impl Bench<'_> {
    fn versions(&self) -> anyhow::Result<Vec<String>> {
        let commit = machine::commit().map(|commit| format!(" ({commit})")).unwrap_or_default();
        let mut versions = vec![machine::version(&self.binary, "--version")? + &commit];
        versions.push(machine::version(&self.wrk, "-v")?);
        Ok(versions)
    }

    async fn starts(&self) -> anyhow::Result<Start> {
        let mut millis = Vec::with_capacity(STARTS);
        for number in 0..STARTS {
            let data = self.folder.join(format!("start-{number}"));
            let (process, _, took) = neonex::start(&self.binary, &data, Durability::Full).await?;
            drop(process);
            millis.push(took.as_secs_f64() * 1000.0);
        }
        let best_ms = millis.iter().copied().fold(f64::INFINITY, f64::min);
        Ok(Start { best_ms, median_ms: median(millis.into_iter()) })
    }

    /// Making a thousand tenants takes longer than all else of a short run, which leaves them out unless asked.
    async fn tenants(&self) -> anyhow::Result<Option<Tenants>> {
        if !self.args.wants("tenants") || (self.args.quick && self.args.only.is_none()) {
            return Ok(None);
        }
        Ok(Some(tenants::measure(&self.binary, &self.folder.join("tenants")).await?))
    }

    /// Runs the scenarios of one server, unless none of them was asked for.
    async fn server(
        &self,
        durability: Durability,
        outcomes: &mut Vec<Outcome>,
    ) -> anyhow::Result<Option<Usage>> {
        let wanted = |name: &str| self.args.wants(name);
        let scenarios: Vec<_> =
            plan(durability).iter().filter(|scenario| wanted(&scenario.name(durability))).collect();
        if scenarios.is_empty() && !wanted("memory") {
            return Ok(None);
        }
        let data = self.folder.join(durability.name());
        let (process, address, _) = neonex::start(&self.binary, &data, durability).await?;
        let target = neonex::prepare(&self.binary, &data, (process, address)).await?;
        tokio::time::sleep(REST).await;
        let idle = target.process.memory()?;
        ready(&target).await.context("Neonex does not answer as it should")?;
        let compared = scenarios.iter().any(|scenario| scenario.compared);
        let peer = match &self.args.pocketbase {
            Some(binary) if compared => Some(self.pocketbase(binary).await?),
            _ => None,
        };
        for scenario in scenarios {
            let outcome = scenario.run(&self.wrk, self.pace, durability, (&target, peer.as_ref()))?;
            eprintln!("{:<20} {:>9.0}/s", outcome.name, rate(&outcome.rounds));
            outcomes.push(outcome);
        }
        let peer = peer.map(|peer| peer.process.memory()).transpose()?;
        Ok(Some(Usage { durability, idle, after: target.process.memory()?, peer }))
    }

    async fn pocketbase(&self, binary: &Path) -> anyhow::Result<Target> {
        let target = pocketbase::start(binary, &self.folder.join("pocketbase")).await?;
        ready(&target).await.context("PocketBase does not answer as it should")?;
        Ok(target)
    }
}

async fn ready(target: &Target) -> anyhow::Result<()> {
    target.seed().await?;
    target.probe().await
}

impl Figures {
    /// The outcome of a scenario, if it ran and had no error.
    pub(crate) fn find(&self, work: Work, clients: u32, durability: Durability) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| {
            (outcome.work, outcome.clients, outcome.durability) == (work, clients, durability)
                && outcome.errors() == 0.0
        })
    }
}
