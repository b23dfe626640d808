//! Benchmarks: real servers on fresh data folders, loaded by `wrk`, held against each other within one run.
//! `bench/README.md` says how to run this and how to read what it prints.

mod args;
mod bare;
mod bench;
mod blocks;
mod client;
mod database;
mod disk;
mod goals;
mod machine;
mod neonex;
mod peers;
mod process;
mod profile;
mod report;
mod run;
mod scenario;
mod statistics;
mod target;
mod wrk;

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;

use crate::args::{Args, Command};

/// As in Neonex itself: what it is held against must not suffer from another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut args = Args::parse();
    match args.command.take() {
        Some(Command::Bare(place)) => bare::serve(place).await.map(|()| ExitCode::SUCCESS),
        Some(Command::Profile(wanted)) => profile::run(&args, &wanted).await.map(|()| ExitCode::SUCCESS),
        None => measure(&args).await,
    }
}

/// Exit code 0: everything ran and is valid. Goals that are not met are reported, not punished: whether they are is a
/// question about the machine as well.
async fn measure(args: &Args) -> anyhow::Result<ExitCode> {
    let figures = run::run(args).await?;
    let goals = goals::goals(&figures, args.is_whole());
    let report = report::markdown(&figures, &goals)?;
    println!("{report}");
    // What was left out of a partial run would be missing from the kept report.
    if args.is_whole() {
        let path = args.results.display();
        fs::write(&args.results, &report).with_context(|| format!("cannot write {path}"))?;
    }
    if let Some(path) = &args.json {
        let all = serde_json::json!({ "figures": figures, "goals": goals });
        fs::write(path, format!("{all:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if figures.is_sound() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{} scenarios had errors, {} parts failed", figures.invalid(), figures.failures.len());
    Ok(ExitCode::FAILURE)
}
