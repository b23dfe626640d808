//! What the figures should reach. All are ratios within the run, or bounds that any machine can meet: absolute
//! rates of a machine that others share say little.

use serde::Serialize;

use crate::neonex::Durability::{Full, Normal};
use crate::run::Figures;
use crate::scenario::{Outcome, p99, rate};
use crate::wrk::Work::{Create, List, Mixed, Read};

/// A goal and how the run stands to it.
#[derive(Debug, Serialize)]
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) wanted: String,
    pub(crate) met: bool,
}

impl Goal {
    fn at_least(what: &str, measured: f64, wanted: f64, show: fn(f64) -> String) -> Self {
        Self {
            what: what.to_owned(),
            measured: show(measured),
            wanted: format!("≥ {}", show(wanted)),
            met: measured >= wanted,
        }
    }

    fn at_most(what: &str, measured: f64, wanted: f64, show: fn(f64) -> String) -> Self {
        Self {
            what: what.to_owned(),
            measured: show(measured),
            wanted: format!("≤ {}", show(wanted)),
            met: measured <= wanted,
        }
    }
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

/// The goals that this run can be held to; a scenario that did not run, or had errors, has none.
pub(crate) fn goals(figures: &Figures) -> Vec<Goal> {
    let mut goals = Vec::new();
    if let Some(read) = figures.find(Read, 64, Full) {
        let ratio = read.of_yardstick();
        goals.push(Goal::at_least("read by id, 64 clients, of the constant route", ratio, 0.60, percent));
        goals.push(Goal::at_least("the same, as designed", ratio, 0.75, percent));
    }
    for clients in [64, 256] {
        if let Some(create) = figures.find(Create, clients, Full) {
            durable_create(figures, create, &mut goals);
        }
    }
    for (work, clients, limit) in [(Create, 32, 15.0), (Mixed, 32, 20.0)] {
        if let Some(outcome) = figures.find(work, clients, Normal) {
            let what = format!("{}, {clients} clients, normal: p99", work.name());
            goals.push(Goal::at_most(&what, p99(&outcome.rounds), limit, millis));
        }
    }
    for (work, wanted) in [(Read, 8.0), (List, 7.0), (Create, 8.0), (Mixed, 8.0)] {
        if let Some(ratio) = figures.find(work, 32, Normal).and_then(Outcome::of_peer) {
            let what = format!("{}, 32 clients, normal, of PocketBase", work.name());
            goals.push(Goal::at_least(&what, ratio, wanted, times));
        }
    }
    resources(figures, &mut goals);
    goals
}

/// A durable create cannot be faster than the disk, nor than the server answers at all: the goal is a share of
/// whichever is less.
fn durable_create(figures: &Figures, create: &Outcome, goals: &mut Vec<Goal>) {
    let (clients, sync) = (create.clients, figures.syncs.seconds());
    let disk = 0.75 * f64::from(clients) / sync;
    let constant = rate(&create.yardstick);
    let measured = rate(&create.rounds);
    let mut share_of = |share: f64, label: &str| {
        let what = format!(
            "durable create, {clients} clients{label}: smaller of {} of the constant route and 75 % of \
             clients ÷ fdatasync ({})",
            percent(share),
            per_second(disk)
        );
        goals.push(Goal::at_least(&what, measured, disk.min(share * constant), per_second));
    };
    if clients == 64 {
        share_of(0.30, "");
    }
    share_of(0.40, ", as designed");
    let what = format!("durable create, {clients} clients: p99 within 4 × fdatasync + 10 ms");
    goals.push(Goal::at_most(&what, p99(&create.rounds), 4000.0 * sync + 10.0, millis));
}

fn resources(figures: &Figures, goals: &mut Vec<Goal>) {
    for usage in &figures.memory {
        let durability = usage.durability.name();
        let what = format!("resident memory, one tenant, idle ({durability})");
        goals.push(Goal::at_most(&what, usage.idle.resident, 40.0, mebibytes));
        let what = format!("resident memory after the runs ({durability})");
        goals.push(Goal::at_most(&what, usage.after.resident, 120.0, mebibytes));
    }
    if let Some(tenants) = &figures.tenants {
        let memory = tenants.memory.resident;
        goals.push(Goal::at_most("resident memory, 1,000 tenants touched once", memory, 300.0, mebibytes));
        let what = "first request of a tenant after a start: p99";
        goals.push(Goal::at_most(what, tenants.first_p99_ms, 50.0, millis));
    }
    if let Some(start) = &figures.start {
        goals.push(Goal::at_most("start to ready, empty data folder", start.median_ms, 300.0, millis));
    }
}
