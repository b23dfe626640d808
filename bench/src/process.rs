//! A server process: started, watched through `/proc`, ended.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_mins(1);
/// Microseconds of one tick in `/proc/<pid>/stat`: `USER_HZ` is 100 on every Linux that Rust supports.
const TICK: f64 = 10_000.0;

/// Memory of a process, in MiB.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Memory {
    /// All of it that is resident (`VmRSS`): mapped files too, which the kernel may take back.
    pub(crate) resident: f64,
    /// What only this process has (`RssAnon`).
    pub(crate) anonymous: f64,
    /// The most that ever was resident (`VmHWM`).
    pub(crate) peak: f64,
}

/// A server that runs. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command`, with its log in `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let output = fs::File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child })
    }

    /// Asks the server to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").arg(self.id().to_string()).status()?;
        if !asked.success() {
            bail!("`kill {}` failed", self.id());
        }
        let started = Instant::now();
        while self.child.try_wait()?.is_none() {
            if started.elapsed() > PATIENCE {
                bail!("the server did not stop within {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `url` answers `client` with success, and says how long it took from `started`. The client is
    /// made before, so that making it does not count.
    pub(crate) async fn ready(
        &mut self,
        client: &reqwest::Client,
        url: &str,
        started: Instant,
    ) -> anyhow::Result<Duration> {
        loop {
            if client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended before it was ready: {status}");
            }
            if started.elapsed() > PATIENCE {
                bail!("the server was not ready after {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Processor time used so far, by all threads in user and kernel, in microseconds.
    pub(crate) fn cpu_micros(&self) -> anyhow::Result<f64> {
        cpu_micros(self.id())
    }

    /// Memory in use.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let mebibytes = |name: &str| -> anyhow::Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes: f64 = line
                .and_then(|rest| rest.trim_end_matches("kB").trim_matches([':', ' ', '\t']).parse().ok())
                .with_context(|| format!("/proc/{}/status has no {name}", self.id()))?;
            Ok(kibibytes / 1024.0)
        };
        Ok(Memory {
            resident: mebibytes("VmRSS")?,
            anonymous: mebibytes("RssAnon")?,
            peak: mebibytes("VmHWM")?,
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fields 14 and 15 of proc(5) `stat`, which follow the program's name in brackets.
fn cpu_micros(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("/proc/<pid>/stat names no program")?;
    let ticks = fields.split_ascii_whitespace().skip(11).take(2);
    Ok(ticks.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * TICK)
}

/// A run of `program` that no setting of this shell reaches: a figure must say what was measured.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NEONEX_")) {
        command.env_remove(name);
    }
    command
}

/// An address of this machine on which nobody listens at present.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
