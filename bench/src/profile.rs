//! `neonex-bench profile`: where the server's processor time goes under one kind of load.
//!
//! The program is the one that is packaged, so its stacks are unwound by their debugging information (`dwarf`) rather
//! than by frame pointers, which it has not.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, bail};
use tokio::process::Command;

use crate::args::Args;
use crate::bench::Bench;
use crate::neonex::{self, Durability, RULE};
use crate::scenario::Pace;
use crate::wrk::{self, Work};

/// Samples a second of each processor that the server uses. No divisor of the timer's frequency.
const FREQUENCY: &str = "497";
/// Bytes of stack that are kept with a sample, at most; deeper frames are not seen.
const STACK: &str = "dwarf,65528";

/// What is to be profiled.
#[derive(Debug, clap::Args)]
pub(crate) struct Profile {
    /// The load
    #[arg(long, value_enum, default_value = "read")]
    work: Work,
    /// Its clients
    #[arg(long, default_value_t = 64)]
    clients: u32,
    #[arg(long, value_enum, default_value = "full")]
    durability: Durability,
    /// Ask with a publishable key, so that the rule decides; else a secret key
    #[arg(long)]
    rule: bool,
    /// Seconds that are sampled
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Symbols with a smaller share, in percent, are left out
    #[arg(long, default_value_t = 0.5)]
    least: f64,
}

/// Loads a server, samples it, and prints where its time went: by thread, by function, and by function with all that
/// it calls.
pub(crate) async fn run(args: &Args, wanted: &Profile) -> anyhow::Result<()> {
    let folder = args.folder()?.join(format!("profile-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let bench = Bench {
        args,
        wrk: wrk::find()?,
        binary: args.binary()?,
        folder,
        pace: Pace::QUICK,
        started: Instant::now(),
    };
    let installation = neonex::on_files(&bench.binary, &bench.folder, "data", wanted.durability);
    let (mut target, tenant) = installation.prepare().await?;
    bench.fill(&target).await?;
    if wanted.rule {
        target = target.like(RULE, tenant.publishable);
    }
    let load = |seconds| wrk::run(&bench.wrk, &target, wanted.work, wanted.clients, seconds);
    load(2).await?;
    let samples = bench.folder.join("perf.data");
    let id = target.process.id().to_string();
    let seconds = wanted.seconds.to_string();
    let record = perf(&["record", "--quiet", "-F", FREQUENCY, "--call-graph", STACK, "-p", &id])
        .arg("-o")
        .arg(&samples)
        .args(["--", "sleep", &seconds])
        .status();
    // The load goes on until sampling has ended.
    let (recorded, round) = tokio::join!(record, load(wanted.seconds + 1));
    let (recorded, round) = (recorded.context("`perf` does not start: install linux-perf")?, round?);
    if !recorded.success() {
        bail!("`perf record` failed: {recorded}; /proc/sys/kernel/perf_event_paranoid may forbid it");
    }
    bench.say(&format!(
        "{} by {} clients, durability {}: {:.0}/s, {:.1} µs of processor time each, {:.0} errors",
        wanted.work.name(),
        wanted.clients,
        wanted.durability.name(),
        round.rate,
        round.cpu_us,
        round.errors
    ));
    drop(target);
    let least = format!("--percent-limit={}", wanted.least);
    let all = |_: &str| true;
    let ours = |line: &str| line.contains("neonex_");
    show(&samples, "By thread", &["--no-children", "--sort", "comm"], all).await?;
    show(&samples, "By function", &["--no-children", "--sort", "symbol", &least], all).await?;
    let callees = ["--children", "--sort", "symbol", &least];
    show(&samples, "Ours, with what they call", &callees, ours).await?;
    show(&samples, "All, with what they call", &callees, all).await?;
    bench.say(&format!("the samples are in {}", samples.display()));
    remove_data(&bench.folder, &samples)
}

fn perf(arguments: &[&str]) -> Command {
    let mut command = Command::new("perf");
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Prints a table. `--no-inline`: looking up inlined functions takes minutes.
async fn show(
    samples: &Path,
    title: &str,
    arguments: &[&str],
    keep: impl Fn(&str) -> bool,
) -> anyhow::Result<()> {
    let mut command = perf(&["report", "--stdio", "--no-inline", "-g", "none"]);
    let output = command.args(arguments).arg("-i").arg(samples).output().await?;
    if !output.status.success() {
        bail!("`perf report` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    println!("\n## {title}\n");
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    for line in lines.filter(|line| keep(line)) {
        // Behind a symbol stand columns that only processors with more counters fill.
        println!("{}", line.trim_end_matches([' ', '-']));
    }
    Ok(())
}

/// Leaves the samples alone.
fn remove_data(folder: &Path, samples: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        match path.is_dir() {
            true => std::fs::remove_dir_all(path)?,
            false if path != samples => std::fs::remove_file(path)?,
            false => {}
        }
    }
    Ok(())
}
