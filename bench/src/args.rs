//! What can be said on the command line.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;

/// Measures Neonex from outside, over HTTP, on this machine. `bench/README.md` says how to read the result.
#[derive(Debug, Parser)]
#[command(name = "neonex-bench", version)]
pub(crate) struct Args {
    /// Where the data folders go, on the disk to be measured [default: the build folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// A short run: fewer and shorter rounds, for a first look
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only what has this name, or a name that starts with it: read, list-32, create-64-full, start, …
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Option<String>,
    /// The program to measure [default: `dist/neonex` of the build folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) binary: Option<PathBuf>,
    /// Measure a PocketBase program side by side
    #[arg(long, value_name = "PATH")]
    pub(crate) pocketbase: Option<PathBuf>,
    /// The report
    #[arg(long, value_name = "PATH", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/RESULTS.md"))]
    pub(crate) results: PathBuf,
    /// The figures as JSON, to compare two runs
    #[arg(long, value_name = "PATH")]
    pub(crate) json: Option<PathBuf>,
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
        self.only.as_deref().is_none_or(|only| name.starts_with(only))
    }
}

/// The build folder that this program itself lies in, two levels up: `<folder>/release/neonex-bench`.
fn build_folder() -> anyhow::Result<PathBuf> {
    let program = env::current_exe()?;
    let folder = program.ancestors().nth(2).map(Path::to_path_buf);
    folder.context("this program lies in no build folder; name --dir and --binary")
}
