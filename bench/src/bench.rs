//! What every part of a run needs: its settings, its folder, and how a scenario is measured.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;

use crate::args::Args;
use crate::disk;
use crate::process::Memory;
use crate::scenario::{Entry, Outcome, Pace, YARDSTICK_CLIENTS};
use crate::target::Target;
use crate::wrk::{self, Round, Work};

/// A server that has just been set up gets this long to come to rest before its memory is read.
const REST: Duration = Duration::from_secs(2);

/// A run.
pub(crate) struct Bench<'a> {
    pub(crate) args: &'a Args,
    pub(crate) wrk: PathBuf,
    pub(crate) binary: PathBuf,
    /// Of this run alone.
    pub(crate) folder: PathBuf,
    pub(crate) pace: Pace,
    pub(crate) started: Instant,
}

/// Scenarios on the same servers.
#[derive(Debug, Serialize)]
pub(crate) struct Block {
    pub(crate) name: &'static str,
    /// One line for the report.
    pub(crate) title: String,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) memory: Vec<Usage>,
    /// What the report should say beside the figures.
    pub(crate) remarks: Vec<String>,
}

/// Memory of a server.
#[derive(Debug, Serialize)]
pub(crate) struct Usage {
    pub(crate) who: String,
    /// With one tenant, before the posts are made.
    pub(crate) idle: Memory,
    /// With the posts, before the scenarios.
    pub(crate) before: Memory,
    /// After the scenarios.
    pub(crate) after: Memory,
}

impl Bench<'_> {
    /// Says what is being done, on standard error, with the seconds since the start.
    pub(crate) fn say(&self, text: &str) {
        eprintln!("[{:>4} s] {text}", self.started.elapsed().as_secs());
    }

    /// Those of the works by so many clients that were asked for, with the names that they have in `block`.
    pub(crate) fn wanted(&self, block: &str, plan: &[(Work, u32)]) -> Vec<(String, Work, u32)> {
        let named = plan.iter().map(|&(work, clients)| {
            let name = format!("{block}-{}-{clients}", work.name());
            (name, work, clients)
        });
        named.filter(|(name, ..)| self.args.wants(name)).collect()
    }

    /// Lets the server rest and reads its memory, fills it, looks at its answers, and reads its memory again.
    pub(crate) async fn fill(&self, target: &Target) -> anyhow::Result<(Memory, Memory)> {
        tokio::time::sleep(REST).await;
        let idle = target.process.memory()?;
        target.seed().await?;
        target.probe().await.context("the answers are not as they should be")?;
        Ok((idle, target.process.memory()?))
    }

    /// Warms up, then measures in rounds. The yardstick runs before the first and after each, and all targets take
    /// their turn in every round, so that a machine that slows down or speeds up does so for all of them.
    pub(crate) async fn scenario(
        &self,
        (name, work, clients): (String, Work, u32),
        targets: &[&Target],
    ) -> anyhow::Result<Outcome> {
        let subject = targets.first().context("a scenario without a target")?;
        for target in targets {
            self.round(target, work, clients, self.pace.warm_up_seconds).await?;
        }
        let sync = || work.creates().then(|| disk::measure(&self.folder)).transpose();
        let before = sync()?;
        let mut yardstick = vec![self.yardstick(subject).await?];
        let mut entries: Vec<_> =
            targets.iter().map(|target| Entry { who: target.who.clone(), rounds: Vec::new() }).collect();
        for _ in 0..self.pace.rounds {
            for (entry, target) in entries.iter_mut().zip(targets) {
                entry.rounds.push(self.round(target, work, clients, self.pace.seconds).await?);
            }
            yardstick.push(self.yardstick(subject).await?);
        }
        let syncs = before.zip(sync()?).map(|(before, after)| [before, after]);
        let outcome = Outcome { name, work, clients, entries, yardstick, syncs };
        self.tell(&outcome);
        Ok(outcome)
    }

    async fn yardstick(&self, subject: &Target) -> anyhow::Result<Round> {
        self.round(subject, Work::Constant, YARDSTICK_CLIENTS, self.pace.yardstick_seconds).await
    }

    async fn round(&self, target: &Target, work: Work, clients: u32, seconds: u32) -> anyhow::Result<Round> {
        let round = wrk::run(&self.wrk, target, work, clients, seconds).await;
        round.with_context(|| format!("{} by {clients} clients on {}", work.name(), target.who))
    }

    /// Removes the data folders of servers that have ended, and leaves their logs.
    pub(crate) fn clear(&self) -> anyhow::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_dir() {
                std::fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }

    fn tell(&self, outcome: &Outcome) {
        let rates = outcome.entries.iter().map(|entry| format!("{} {:.0}/s", entry.who, entry.rate()));
        let rates = rates.collect::<Vec<_>>().join(", ");
        let errors = outcome.errors();
        let errors = if errors > 0.0 { format!("; INVALID: {errors:.0} errors") } else { String::new() };
        self.say(&format!(
            "{:<20} {rates}; constant {:.0}/s ± {:.0} %{errors}",
            outcome.name,
            outcome.constant(),
            outcome.drift() * 50.0
        ));
    }
}
