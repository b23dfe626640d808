//! The whole run: one part after the other, each on fresh folders.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::args::Args;
use crate::bench::{Bench, Block};
use crate::blocks::auth::{self, Flood};
use crate::blocks::import::{self, Import};
use crate::blocks::neighbour::{self, Neighbour};
use crate::blocks::starts::{self, Starts};
use crate::blocks::tenants::{self, Tenants};
use crate::blocks::{files, messages, relations, rows, servers};
use crate::database::{self, Kind};
use crate::machine::{self, Machine, Watch};
use crate::neonex::Durability;
use crate::scenario::Pace;
use crate::wrk;

/// The machine is watched for so long before anything of the run begins.
const WATCH: Duration = Duration::from_secs(3);
/// A machine that is busier than this before the run is said to be.
const BUSY: f64 = 0.05;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) machine: Machine,
    pub(crate) pace: Pace,
    /// Seconds of the whole run.
    pub(crate) seconds: u64,
    pub(crate) blocks: Vec<Block>,
    pub(crate) starts: Option<Starts>,
    pub(crate) import: Option<Import>,
    pub(crate) tenants: Option<Tenants>,
    pub(crate) neighbour: Option<Neighbour>,
    pub(crate) flood: Option<Flood>,
    /// Parts that could not be measured, and why.
    pub(crate) failures: Vec<String>,
}

impl Figures {
    /// The block of that name.
    pub(crate) fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// Scenarios that had errors.
    pub(crate) fn invalid(&self) -> usize {
        let outcomes = self.blocks.iter().flat_map(|block| &block.outcomes);
        outcomes.filter(|outcome| outcome.errors() > 0.0).count()
    }

    /// Did everything run, and without an error?
    pub(crate) fn is_sound(&self) -> bool {
        self.invalid() == 0 && self.failures.is_empty()
    }
}

/// Measures what `args` ask for. A part that fails leaves the others in place.
pub(crate) async fn run(args: &Args) -> anyhow::Result<Figures> {
    let folder = args.folder()?;
    machine::refuse_memory(&folder)?;
    let pace = if args.quick { Pace::QUICK } else { Pace::FULL };
    let run = folder.join(format!("run-{}", std::process::id()));
    std::fs::create_dir(&run)?;
    let started = Instant::now();
    let bench = Bench { args, wrk: wrk::find()?, binary: args.binary()?, folder: run, pace, started };
    let versions = versions(&bench).await?;
    let watch = Watch::begin()?;
    tokio::time::sleep(WATCH).await;
    let before = watch.end()?;
    if before.busy > BUSY {
        bench
            .say(&format!("others keep this machine {:.0} % busy: figures will suffer", before.busy * 100.0));
    }

    let watch = Watch::begin()?;
    let mut parts = Parts { bench: &bench, blocks: Vec::new(), failures: Vec::new() };
    let starts = parts.keep("start", starts::measure(&bench).await);
    parts.block("full", files::alone(&bench, Durability::Full).await);
    parts.block("normal", files::alone(&bench, Durability::Normal).await);
    parts.block("peers", files::peers(&bench).await);
    parts.block("rows", rows::block(&bench).await);
    parts.block("relations", relations::block(&bench).await);
    parts.block("messages", messages::block(&bench).await);
    let users = parts.keep("auth", auth::measure(&bench).await.map(Some));
    let (block, flood) = users.unwrap_or_default();
    parts.blocks.extend(block);
    for (kind, url) in [(Kind::Postgres, &args.postgres), (Kind::MariaDb, &args.mariadb)] {
        parts.block(kind.name(), servers::block(&bench, kind, url.as_deref()).await);
    }
    let import = parts.keep("import", import::measure(&bench).await);
    let neighbour = parts.keep("neighbour", neighbour::measure(&bench).await);
    let tenants = parts.keep("tenants", tenants::measure(&bench).await);
    let (blocks, failures) = (parts.blocks, parts.failures);
    let machine = Machine::describe(&folder, versions, (before, watch.end()?))?;
    let seconds = started.elapsed().as_secs();
    let figures =
        Figures { machine, pace, seconds, blocks, starts, import, tenants, neighbour, flood, failures };
    if figures.is_sound() {
        std::fs::remove_dir_all(&bench.folder)?;
    } else {
        eprintln!("the servers' logs are kept in {}", bench.folder.display());
    }
    Ok(figures)
}

/// What the parts came to so far.
struct Parts<'b> {
    bench: &'b Bench<'b>,
    blocks: Vec<Block>,
    failures: Vec<String>,
}

impl Parts<'_> {
    fn block(&mut self, name: &str, result: anyhow::Result<Option<Block>>) {
        let block = self.keep(name, result);
        self.blocks.extend(block);
    }

    /// Notes a failure, and makes room: the part's servers have ended.
    fn keep<T>(&mut self, name: &str, result: anyhow::Result<Option<T>>) -> Option<T> {
        let result = result.and_then(|found| self.bench.clear().map(|()| found));
        result.unwrap_or_else(|error| {
            let failure = format!("{name}: {error:#}");
            self.bench.say(&format!("FAILED: {failure}"));
            self.failures.push(failure);
            None
        })
    }
}

async fn versions(bench: &Bench<'_>) -> anyhow::Result<Vec<String>> {
    let commit = machine::commit().map(|commit| format!(" ({commit})")).unwrap_or_default();
    let mut versions = vec![machine::version(&bench.binary, "--version")? + &commit];
    versions.push(machine::version(&bench.wrk, "-v")?);
    if let Some(pocketbase) = &bench.args.pocketbase {
        versions.push(machine::version(pocketbase, "--version")?);
    }
    for (kind, url) in [(Kind::Postgres, &bench.args.postgres), (Kind::MariaDb, &bench.args.mariadb)] {
        if let Some(url) = url {
            versions.push(database::version(kind, url).await?);
        }
    }
    for (name, folder) in [("parse-server", &bench.args.parse_server), ("directus", &bench.args.directus)] {
        if let Some(folder) = folder {
            versions.push(machine::package(folder, name)?);
        }
    }
    Ok(versions)
}
