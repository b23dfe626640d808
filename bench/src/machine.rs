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
    /// How busy the machine was when the run began, before anything of it ran.
    pub(crate) before: Activity,
    /// And over the whole run.
    pub(crate) during: Activity,
    /// The programs that took part.
    pub(crate) versions: Vec<String>,
}

/// What the processors did in a span of time.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Activity {
    /// Share of their time in which they did anything.
    pub(crate) busy: f64,
    /// Share of their time that the host gave to other machines.
    pub(crate) stolen: f64,
    /// Load average over a minute, at the end of the span.
    pub(crate) load: f64,
}

/// Where a span of time begins.
pub(crate) struct Watch {
    busy: f64,
    stolen: f64,
    all: f64,
}

impl Watch {
    /// Begins now.
    pub(crate) fn begin() -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let ticks = stat.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1);
        // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user and nice.
        let ticks: Vec<f64> = ticks.take(8).filter_map(|field| field.parse().ok()).collect();
        let [user, nice, system, idle, wait, irq, soft, stolen] = ticks.as_slice() else {
            bail!("/proc/stat begins with no line of eight figures");
        };
        let busy = user + nice + system + irq + soft;
        Ok(Self { busy, stolen: *stolen, all: busy + stolen + idle + wait })
    }

    /// What happened since.
    pub(crate) fn end(&self) -> anyhow::Result<Activity> {
        let now = Self::begin()?;
        let all = (now.all - self.all).max(1.0);
        let average = fs::read_to_string("/proc/loadavg")?;
        let load = average.split_ascii_whitespace().next().and_then(|load| load.parse().ok());
        Ok(Activity {
            busy: (now.busy - self.busy) / all,
            stolen: (now.stolen - self.stolen) / all,
            load: load.context("/proc/loadavg begins with no figure")?,
        })
    }
}

impl Machine {
    /// Describes this machine, and the disk under `folder`.
    pub(crate) fn describe(
        folder: &Path,
        versions: Vec<String>,
        (before, during): (Activity, Activity),
    ) -> anyhow::Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo")?;
        let cpu = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let (file_system, device) = mount(folder)?;
        Ok(Self {
            cores: std::thread::available_parallelism()?.get(),
            cpu: cpu.map_or("unknown", |(_, name)| name).to_owned(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            disk: format!("{file_system} on {device}"),
            date: now(),
            before,
            during,
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

/// Name and version of an npm package that is installed in `folder`.
pub(crate) fn package(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(format!("node_modules/{name}/package.json"));
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let version = crate::client::text(&serde_json::from_str(&text)?, "/version")?;
    Ok(format!("{name} {version}"))
}
