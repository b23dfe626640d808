//! A scenario, and the rounds in which it is measured.

use serde::Serialize;

use crate::disk::Sync;
use crate::statistics::{median, spread};
use crate::wrk::{Round, Work};

/// Clients of the yardstick that runs between the rounds of everything else.
pub(crate) const YARDSTICK_CLIENTS: u32 = 64;

/// How long everything takes.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Pace {
    /// Rounds of a scenario.
    pub(crate) rounds: usize,
    /// Seconds of a round.
    pub(crate) seconds: u32,
    /// Seconds of the yardstick before the first round and after each.
    pub(crate) yardstick_seconds: u32,
    /// Seconds of load before the first round, which do not count.
    pub(crate) warm_up_seconds: u32,
    /// Rows of the large table.
    pub(crate) rows: usize,
    /// Rows of the file that is imported.
    pub(crate) imported: usize,
    /// Tenants that are touched once.
    pub(crate) tenants: usize,
    /// Rows that the noisy neighbour writes.
    pub(crate) bulk: usize,
    /// Seconds of quiet before and after the neighbour's noise.
    pub(crate) quiet_seconds: u64,
    /// Starts that are timed.
    pub(crate) starts: usize,
}

impl Pace {
    /// For figures that are kept.
    pub(crate) const FULL: Self = Self {
        rounds: 5,
        seconds: 3,
        yardstick_seconds: 1,
        warm_up_seconds: 2,
        rows: 1_000_000,
        imported: 1_000_000,
        tenants: 1_000,
        bulk: 100_000,
        quiet_seconds: 8,
        starts: 10,
    };
    /// For a first look.
    pub(crate) const QUICK: Self = Self {
        rounds: 2,
        seconds: 1,
        yardstick_seconds: 1,
        warm_up_seconds: 1,
        rows: 100_000,
        imported: 20_000,
        tenants: 100,
        bulk: 20_000,
        quiet_seconds: 2,
        starts: 3,
    };
}

/// The rounds of a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    /// `block-work-clients`.
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) clients: u32,
    /// Who was asked. The first is the subject, which the others are held against.
    pub(crate) entries: Vec<Entry>,
    /// The constant route of the subject's server: before the first round and after each.
    pub(crate) yardstick: Vec<Round>,
    /// `fdatasync` before and after the rounds, where a sync is part of the work.
    pub(crate) syncs: Option<[Sync; 2]>,
}

/// One of those who took part in a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) who: String,
    pub(crate) rounds: Vec<Round>,
}

impl Outcome {
    /// Errors of all rounds, the yardstick's and the peers' too: a ratio is worth no more than either side.
    pub(crate) fn errors(&self) -> f64 {
        self.entries.iter().map(Entry::errors).sum::<f64>() + errors(&self.yardstick)
    }

    /// The rounds of `who`, if they took part and nothing of the scenario failed.
    pub(crate) fn of(&self, who: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.who == who && self.errors() == 0.0)
    }

    /// Median rate of the yardstick.
    pub(crate) fn constant(&self) -> f64 {
        rate(&self.yardstick)
    }

    /// How far the yardstick's rates lie apart, as a share of their median: what the machine did meanwhile.
    pub(crate) fn drift(&self) -> f64 {
        spread(self.yardstick.iter().map(|round| round.rate))
    }

    /// Seconds of one sync during the rounds: the mean of the two medians.
    pub(crate) fn sync_seconds(&self) -> Option<f64> {
        self.syncs.map(|[before, after]| f64::midpoint(before.median_ms, after.median_ms) / 1000.0)
    }
}

impl Entry {
    /// Median of the rounds' rates.
    pub(crate) fn rate(&self) -> f64 {
        rate(&self.rounds)
    }

    /// Errors of its rounds.
    pub(crate) fn errors(&self) -> f64 {
        errors(&self.rounds)
    }

    /// Median of the rounds' 99th percentiles, in milliseconds.
    pub(crate) fn p99(&self) -> f64 {
        median(self.rounds.iter().map(|round| round.p99_ms))
    }
}

fn errors(rounds: &[Round]) -> f64 {
    rounds.iter().map(|round| round.errors).sum()
}

fn rate(rounds: &[Round]) -> f64 {
    median(rounds.iter().map(|round| round.rate))
}
