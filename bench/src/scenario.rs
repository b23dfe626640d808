//! What is measured, and the rounds in which it is.

use std::path::Path;

use serde::Serialize;

use crate::neonex::Durability;
use crate::statistics::median;
use crate::target::Target;
use crate::wrk::{self, Round, Work};

/// Clients of the yardstick that runs between the rounds of everything else.
pub(crate) const YARDSTICK_CLIENTS: u32 = 64;

/// How long everything takes.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Pace {
    /// Rounds of a scenario.
    pub(crate) rounds: usize,
    /// Seconds of a round.
    pub(crate) seconds: u32,
    /// Seconds of the yardstick before each round.
    pub(crate) yardstick_seconds: u32,
    /// Seconds of load before the first round, which do not count.
    pub(crate) warm_up_seconds: u32,
}

impl Pace {
    /// For figures that are kept.
    pub(crate) const FULL: Self = Self { rounds: 5, seconds: 4, yardstick_seconds: 2, warm_up_seconds: 2 };
    /// For a first look.
    pub(crate) const QUICK: Self = Self { rounds: 2, seconds: 2, yardstick_seconds: 1, warm_up_seconds: 1 };
}

/// A kind of work by so many clients.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) work: Work,
    pub(crate) clients: u32,
    /// Runs on the peer as well.
    pub(crate) compared: bool,
}

/// What runs on the durable server, in this order. Reads come before writes make the table grow.
const FULL: &[Scenario] = &[
    alone(Work::Constant, 64),
    alone(Work::Read, 64),
    alone(Work::List, 64),
    alone(Work::Create, 1),
    alone(Work::Create, 16),
    alone(Work::Create, 64),
    alone(Work::Create, 256),
];

/// What runs with durability `normal`. Peers have it by default, so this is where they are compared.
const NORMAL: &[Scenario] = &[
    compared(Work::Constant),
    compared(Work::Read),
    compared(Work::List),
    compared(Work::Mixed),
    compared(Work::Create),
    alone(Work::Create, 1),
    alone(Work::Create, 16),
    alone(Work::Create, 64),
    alone(Work::Create, 256),
];

const fn alone(work: Work, clients: u32) -> Scenario {
    Scenario { work, clients, compared: false }
}

const fn compared(work: Work) -> Scenario {
    Scenario { work, clients: 32, compared: true }
}

/// What runs on the server with `durability`.
pub(crate) const fn plan(durability: Durability) -> &'static [Scenario] {
    match durability {
        Durability::Full => FULL,
        Durability::Normal => NORMAL,
    }
}

impl Scenario {
    /// Its name on the command line and in the report.
    pub(crate) fn name(self, durability: Durability) -> String {
        format!("{}-{}-{}", self.work.name(), self.clients, durability.name())
    }

    /// Warms up, then measures in rounds. Each begins with the yardstick and ends with the peer, where there is
    /// one, so that a machine that slows down or speeds up does so for all of them.
    pub(crate) fn run(
        self,
        wrk: &Path,
        pace: Pace,
        durability: Durability,
        (target, peer): (&Target, Option<&Target>),
    ) -> anyhow::Result<Outcome> {
        let peer = peer.filter(|_| self.compared);
        let mut outcome = Outcome::new(self, durability);
        for warmed in [Some(target), peer].into_iter().flatten() {
            wrk::run(wrk, warmed, self.work, self.clients, pace.warm_up_seconds)?;
        }
        for _ in 0..pace.rounds {
            let seconds = pace.yardstick_seconds;
            outcome.yardstick.push(wrk::run(wrk, target, Work::Constant, YARDSTICK_CLIENTS, seconds)?);
            outcome.rounds.push(wrk::run(wrk, target, self.work, self.clients, pace.seconds)?);
            if let Some(peer) = peer {
                outcome.peer.push(wrk::run(wrk, peer, self.work, self.clients, pace.seconds)?);
            }
        }
        Ok(outcome)
    }
}

/// The rounds of a scenario.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) clients: u32,
    pub(crate) durability: Durability,
    /// Its own rounds.
    pub(crate) rounds: Vec<Round>,
    /// The yardstick between them.
    pub(crate) yardstick: Vec<Round>,
    /// The same on the peer; empty without one.
    pub(crate) peer: Vec<Round>,
}

impl Outcome {
    fn new(scenario: Scenario, durability: Durability) -> Self {
        Self {
            name: scenario.name(durability),
            work: scenario.work,
            clients: scenario.clients,
            durability,
            rounds: Vec::new(),
            yardstick: Vec::new(),
            peer: Vec::new(),
        }
    }

    /// Errors of all rounds, the yardstick's and the peer's too: a ratio is worth no more than either side.
    pub(crate) fn errors(&self) -> f64 {
        self.rounds.iter().chain(&self.yardstick).chain(&self.peer).map(|round| round.errors).sum()
    }

    /// The median round's rate, held against the yardstick's between the same rounds.
    pub(crate) fn of_yardstick(&self) -> f64 {
        rate(&self.rounds) / rate(&self.yardstick)
    }

    /// How many times the peer's rate, where there was a peer.
    pub(crate) fn of_peer(&self) -> Option<f64> {
        (!self.peer.is_empty()).then(|| rate(&self.rounds) / rate(&self.peer))
    }
}

/// Median of the rounds' rates.
pub(crate) fn rate(rounds: &[Round]) -> f64 {
    median(rounds.iter().map(|round| round.rate))
}

/// Median of the rounds' 99th percentiles, in milliseconds.
pub(crate) fn p99(rounds: &[Round]) -> f64 {
    median(rounds.iter().map(|round| round.p99_ms))
}
