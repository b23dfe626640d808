//! What the figures should reach. All are ratios within the run, or bounds that any machine can meet: absolute rates of
//! a machine that others share say little.

use serde::Serialize;

use crate::blocks::auth::USER;
use crate::blocks::servers::BARE;
use crate::neonex::{RULE, SECRET};
use crate::peers::{parse, pocketbase};
use crate::run::Figures;
use crate::scenario::Outcome;

/// A goal and how the run stands to it.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    /// `None` where the run has nothing to say.
    pub(crate) measured: Option<String>,
    pub(crate) wanted: String,
    pub(crate) met: Option<bool>,
    /// How much the machine drifted in the scenario, where it is one of those: see [`Outcome::drift`].
    pub(crate) drift: Option<f64>,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast,
    AtMost,
}
use Bound::{AtLeast, AtMost};

/// Goals as they are gathered.
struct Goals<'f> {
    figures: &'f Figures,
    goals: Vec<Goal>,
}

impl Goals<'_> {
    /// Adds a goal; `scenario` is the one that it is about, if any.
    fn add(
        &mut self,
        scenario: Option<&str>,
        what: &str,
        measured: Option<f64>,
        (bound, wanted): (Bound, f64),
        show: fn(f64) -> String,
    ) {
        let (sign, met) = match bound {
            AtLeast => ("≥", measured.map(|measured| measured >= wanted)),
            AtMost => ("≤", measured.map(|measured| measured <= wanted)),
        };
        self.goals.push(Goal {
            what: what.to_owned(),
            measured: measured.map(show),
            wanted: format!("{sign} {}", show(wanted)),
            met,
            drift: scenario.and_then(|name| self.outcome(name)).map(Outcome::drift),
        });
    }

    fn outcome(&self, name: &str) -> Option<&Outcome> {
        let outcomes = self.figures.blocks.iter().flat_map(|block| &block.outcomes);
        outcomes.into_iter().find(|outcome| outcome.name == name)
    }

    /// How many times the rate of `other` that of `who` is.
    fn ratio(&self, name: &str, who: &str, other: &str) -> Option<f64> {
        let outcome = self.outcome(name)?;
        Some(outcome.of(who)?.rate() / outcome.of(other)?.rate())
    }

    fn p99(&self, name: &str, who: &str) -> Option<f64> {
        Some(self.outcome(name)?.of(who)?.p99())
    }
}

/// The goals of the design, in its order. Of a partial run, only those that it can be held to.
pub(crate) fn goals(figures: &Figures, whole: bool) -> Vec<Goal> {
    let mut goals = Goals { figures, goals: Vec::new() };
    reads(&mut goals);
    durable_creates(&mut goals);
    writes(&mut goals);
    servers(&mut goals);
    users(&mut goals);
    resources(&mut goals);
    let mut goals = goals.goals;
    goals.push(Goal {
        what: "10,000 live subscribers on one collection (to come)".to_owned(),
        measured: None,
        wanted: "each change to all within 1 s".to_owned(),
        met: None,
        drift: None,
    });
    goals.retain(|goal| whole || goal.met.is_some());
    goals
}

fn reads(goals: &mut Goals<'_>) {
    let name = "full-read-64";
    let of_constant = goals.outcome(name).and_then(|outcome| {
        let read = outcome.of(RULE)?;
        Some(read.rate() / outcome.constant())
    });
    let what = "read by id, 64 clients, of the constant route";
    goals.add(Some(name), what, of_constant, (AtLeast, 0.75), percent);
    for (work, wanted) in [("read", 8.0), ("list", 7.0)] {
        let name = format!("peers-{work}-32");
        let ratio = goals.ratio(&name, RULE, pocketbase::WHO);
        let what = format!("{work}, 32 clients, of PocketBase");
        goals.add(Some(&name), &what, ratio, (AtLeast, wanted), times);
    }
}

/// A token is to cost little beside a key.
fn users(goals: &mut Goals<'_>) {
    let name = "auth-read-64";
    let ratio = goals.ratio(name, USER, RULE);
    goals.add(Some(name), "read by a user's token, of reads by a key", ratio, (AtLeast, 0.90), percent);
}

/// A durable create cannot be faster than the disk, nor than the server answers at all: the goal is a share of
/// whichever is less.
fn durable_creates(goals: &mut Goals<'_>) {
    for clients in [64_u32, 256] {
        let name = format!("full-create-{clients}");
        let found = goals.outcome(&name).and_then(|outcome| {
            let (create, sync) = (outcome.of(RULE)?, outcome.sync_seconds()?);
            Some((create.rate(), create.p99(), sync, outcome.constant()))
        });
        let (disk, constant) = match found {
            Some((_, _, sync, constant)) => (0.75 * f64::from(clients) / sync, 0.40 * constant),
            None => (f64::INFINITY, f64::INFINITY),
        };
        let (less, more) = ("75 % of clients ÷ fdatasync", "40 % of the constant route");
        let (less, more) = if disk < constant { (less, more) } else { (more, less) };
        let what = format!("durable create, {clients} clients: {less} (less than {more})");
        let rate = found.map(|found| found.0);
        goals.add(Some(&name), &what, rate, (AtLeast, disk.min(constant)), per_second);
        let wanted = found.map_or(f64::INFINITY, |found| 4000.0 * found.2 + 10.0);
        let what = format!("durable create, {clients} clients: p99, of 4 × fdatasync + 10 ms");
        goals.add(Some(&name), &what, found.map(|found| found.1), (AtMost, wanted), millis);
    }
}

fn writes(goals: &mut Goals<'_>) {
    for (work, limit) in [("create", 15.0), ("mixed", 20.0)] {
        let name = format!("peers-{work}-32");
        let ratio = goals.ratio(&name, RULE, pocketbase::WHO);
        let what = format!("{work}, 32 clients, normal, of PocketBase");
        goals.add(Some(&name), &what, ratio, (AtLeast, 8.0), times);
        let what = format!("{work}, 32 clients, normal: p99");
        goals.add(Some(&name), &what, goals.p99(&name, RULE), (AtMost, limit), millis);
    }
}

fn servers(goals: &mut Goals<'_>) {
    for work in ["read", "create"] {
        let name = format!("postgres-{work}-32");
        let ratio = goals.ratio(&name, SECRET, BARE);
        let what = format!("PostgreSQL, {work}, of bare sqlx");
        goals.add(Some(&name), &what, ratio, (AtLeast, 0.80), percent);
        let ratio = goals.ratio(&name, RULE, parse::WHO);
        let what = format!("PostgreSQL, {work}, of Parse Server");
        goals.add(Some(&name), &what, ratio, (AtLeast, 5.0), times);
    }
}

fn resources(goals: &mut Goals<'_>) {
    let figures = goals.figures;
    let usage = figures.block("full").and_then(|block| block.memory.first());
    let idle = usage.map(|usage| usage.idle.resident);
    goals.add(None, "resident memory, one tenant, idle", idle, (AtMost, 40.0), mebibytes);
    let ran = |name: &str| figures.block(name).filter(|block| !block.outcomes.is_empty());
    for name in ["full", "peers"] {
        let after = ran(name).and_then(|block| block.memory.first()).map(|usage| usage.after.resident);
        let what = format!("resident memory after the runs of `{name}`");
        goals.add(None, &what, after, (AtMost, 120.0), mebibytes);
    }
    let tenants = figures.tenants.as_ref().filter(|tenants| tenants.number >= 1000);
    let memory = tenants.map(|tenants| tenants.after.resident);
    goals.add(None, "resident memory, 1,000 tenants touched once", memory, (AtMost, 300.0), mebibytes);
    let first = tenants.map(|tenants| tenants.first_p99_ms);
    goals.add(None, "first request of a tenant after a start: p99", first, (AtMost, 50.0), millis);
    let start = figures.starts.as_ref().map(|starts| starts.median_ms);
    goals.add(None, "start to ready, empty data folder", start, (AtMost, 300.0), millis);
    let ratio = figures.neighbour.as_ref().map(|found| found.noisy.p99_ms / found.quiet.p99_ms);
    let what = "noisy neighbour: p99 of the other tenant, of its baseline";
    goals.add(None, what, ratio, (AtMost, 2.0), times);
}

fn percent(ratio: f64) -> String {
    format!("{:.0} %", ratio * 100.0)
}

fn times(ratio: f64) -> String {
    format!("{ratio:.1}×")
}

fn per_second(rate: f64) -> String {
    format!("{rate:.0}/s")
}

fn millis(millis: f64) -> String {
    format!("{millis:.1} ms")
}

fn mebibytes(size: f64) -> String {
    format!("{size:.0} MiB")
}
