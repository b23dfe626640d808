//! What can be said on the command line.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::bare;
use crate::profile;

/// Measures Neonex from outside, over HTTP, on this machine. `bench/README.md` says how to read the result.
#[derive(Debug, Parser)]
#[command(name = "neonex-bench", version, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// A short run: fewer and shorter rounds, smaller tables, for a first look; prints, keeps no report
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only what has one of these names, or a name that starts with one, apart by commas: full-read-64, peers, start, …;
    /// prints, keeps no report
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Where the data folders go, on the disk to be measured [default: the build folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) dir: Option<PathBuf>,
    /// The program to measure [default: `dist/neonex` of the build folder]
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) binary: Option<PathBuf>,
    /// Measure a PocketBase program side by side
    #[arg(long, value_name = "PATH")]
    pub(crate) pocketbase: Option<PathBuf>,
    /// Measure on this PostgreSQL server, in a database made for it
    #[arg(long, value_name = "URL", env = "NEONEX_TEST_POSTGRES_URL", hide_env_values = true)]
    pub(crate) postgres: Option<String>,
    /// Measure on this MariaDB server, in a database made for it
    #[arg(long, value_name = "URL", env = "NEONEX_TEST_MARIADB_URL", hide_env_values = true)]
    pub(crate) mariadb: Option<String>,
    /// Measure the Parse Server installed in this folder side by side, on PostgreSQL
    #[arg(long, value_name = "DIR")]
    pub(crate) parse_server: Option<PathBuf>,
    /// Measure the Directus installed in this folder side by side, on PostgreSQL
    #[arg(long, value_name = "DIR")]
    pub(crate) directus: Option<PathBuf>,
    /// Tenants that are made and touched once [default: 1000; 100 in a quick run]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) tenants: Option<usize>,
    /// The report
    #[arg(long, value_name = "PATH", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md"))]
    pub(crate) results: PathBuf,
    /// The figures as JSON, to compare two runs
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
}

/// What else this program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show where the server's processor time goes, with `perf`
    Profile(profile::Profile),
    /// Serve bare statements; the bench starts this itself
    #[command(hide = true)]
    Bare(bare::Place),
}

impl Args {
    /// The program to measure.
    pub(crate) fn binary(&self) -> anyhow::Result<PathBuf> {
        let path = match &self.binary {
            Some(path) => path.clone(),
            None => build_folder()?.join("dist/neonex"),
        };
        path.canonicalize().with_context(|| {
            format!("{} is missing; `make bench` builds it, or name one with --binary", path.display())
        })
    }

    /// The folder under which data folders are made.
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        let folder = match &self.dir {
            Some(folder) => folder.clone(),
            None => build_folder()?.join("bench"),
        };
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder.canonicalize()?)
    }

    /// Was something of this name asked for?
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }

    /// Is this the run whose report is kept: everything, at full length?
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && !self.quick
    }
}

/// The build folder that this program itself lies in, two levels up: `<folder>/dist/neonex-bench`.
fn build_folder() -> anyhow::Result<PathBuf> {
    let program = env::current_exe()?;
    let folder = program.ancestors().nth(2).map(Path::to_path_buf);
    folder.context("this program lies in no build folder; name --dir and --binary")
}
