//! The machine that the figures are from, as `/proc` and a few programs describe it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Serialize;

/// What a figure must not be read without.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// Processors that this process may use.
    pub(crate) cores: usize,
    /// The processor's name.
    pub(crate) cpu: String,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// File system and device of the data folders.
    pub(crate) disk: String,
    /// `YYYY-MM-DDThh:mm:ssZ`.
    pub(crate) date: String,
    /// The programs that took part.
    pub(crate) versions: Vec<String>,
}

impl Machine {
    /// Describes this machine, and the disk under `folder`.
    pub(crate) fn describe(folder: &Path, versions: Vec<String>) -> anyhow::Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
        let cpu = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let (file_system, device) = mount(folder)?;
        Ok(Self {
            cores: std::thread::available_parallelism()?.get(),
            cpu: cpu.map_or("unknown", |(_, name)| name).to_owned(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            disk: format!("{file_system} on {device}"),
            date: now(),
            versions,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "a report is dated, and nothing is tested with this time")]
fn now() -> String {
    format!("{:.0}", jiff::Timestamp::now())
}

/// Fails where `folder` lies in memory: a sync costs nothing there, and a durable write says nothing.
pub(crate) fn refuse_memory(folder: &Path) -> anyhow::Result<()> {
    let (file_system, _) = mount(folder)?;
    if matches!(file_system.as_str(), "tmpfs" | "ramfs") {
        bail!("{} is {file_system}: durable writes need a disk, name one with --dir", folder.display());
    }
    Ok(())
}

/// File system and device under `folder`, from the longest mount point above it (proc(5), `mounts`).
fn mount(folder: &Path) -> anyhow::Result<(String, String)> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let above = mounts.lines().filter_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let (device, point, file_system) = (columns.next()?, columns.next()?, columns.next()?);
        folder.starts_with(point).then_some((point.len(), file_system, device))
    });
    let (_, file_system, device) = above
        .max_by_key(|(length, ..)| *length)
        .with_context(|| format!("no mount above {}", folder.display()))?;
    Ok((file_system.to_owned(), device.to_owned()))
}

/// What `program` says of its version: the first line, cut before a copyright notice.
pub(crate) fn version(program: &Path, argument: &str) -> anyhow::Result<String> {
    let output = Command::new(program).arg(argument).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next().unwrap_or_default();
    Ok(line.split(" Copyright").next().unwrap_or_default().trim().to_owned())
}

/// The commit of the sources, where they are a checkout, and whether it was changed since.
pub(crate) fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output =
            Command::new("git").current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no", ":/", ":!/bench"])?;
    Some(if changed.is_empty() { commit } else { format!("{commit}, with changes") })
}
