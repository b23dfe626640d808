//! Benchmarks: real servers on fresh data folders, loaded by `wrk`, held against each other within one run.
//! `bench/README.md` says how to run this and how to read what it prints.

mod args;
mod client;
mod disk;
mod goals;
mod machine;
mod neonex;
mod pocketbase;
mod process;
mod report;
mod run;
mod scenario;
mod statistics;
mod target;
mod tenants;
mod wrk;

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;

use crate::args::Args;

/// Exit code 0: every scenario is valid. Goals that are not met are reported, not punished: whether they are is a
/// question about the machine as well.
#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let figures = run::run(&args).await?;
    let goals = goals::goals(&figures);
    let report = report::markdown(&figures, &goals)?;
    println!("{report}");
    // What was left out of a partial run would be missing from the kept report.
    if args.only.is_none() {
        let path = args.results.display();
        fs::write(&args.results, &report).with_context(|| format!("cannot write {path}"))?;
    }
    if let Some(path) = &args.json {
        let all = serde_json::json!({ "figures": figures, "goals": goals });
        fs::write(path, format!("{all:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let invalid = figures.outcomes.iter().filter(|outcome| outcome.errors() > 0.0).count();
    if invalid > 0 {
        eprintln!("{invalid} scenarios had errors; their figures are worth nothing");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
