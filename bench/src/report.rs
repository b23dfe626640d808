//! The report: one Markdown text, for the terminal and for `RESULTS.md`.

use std::fmt::{self, Write as _};

use crate::bench::Block;
use crate::blocks::auth::{Flood, SIGNING_IN};
use crate::blocks::import::Import;
use crate::blocks::neighbour::{Neighbour, WRITERS};
use crate::blocks::steady::Latency;
use crate::blocks::tenants::Tenants;
use crate::disk::Sync;
use crate::goals::Goal;
use crate::machine::Activity;
use crate::process::Memory;
use crate::run::Figures;
use crate::scenario::{Entry, Outcome, YARDSTICK_CLIENTS};
use crate::statistics::{median, spread};

/// Writes the whole report.
pub(crate) fn markdown(figures: &Figures, goals: &[Goal]) -> Result<String, fmt::Error> {
    let mut out =
        String::from("# Results\n\nWritten by `make bench`; `bench/README.md` says how to read it.\n\n");
    machine(&mut out, figures)?;
    if !goals.is_empty() {
        writeln!(out, "\n## Goals\n")?;
        let rows = goals.iter().map(|goal| {
            let measured = goal.measured.clone().unwrap_or_else(|| "–".to_owned());
            let met = match goal.met {
                Some(true) => "met",
                Some(false) => "**not met**",
                None => "not measured",
            };
            let drift = goal.drift.map_or_else(String::new, percent);
            vec![goal.what.clone(), measured, goal.wanted.clone(), met.to_owned(), drift]
        });
        table(&mut out, &["Goal", "Measured", "Wanted", "", "Drift"], rows.collect())?;
    }
    for block in &figures.blocks {
        scenarios(&mut out, block)?;
    }
    resources(&mut out, figures)?;
    if !figures.failures.is_empty() {
        writeln!(out, "\n## What could not be measured\n")?;
        for failure in &figures.failures {
            writeln!(out, "- {failure}")?;
        }
    }
    Ok(out)
}

fn machine(out: &mut String, figures: &Figures) -> fmt::Result {
    let machine = &figures.machine;
    let (pace, minutes) = (figures.pace, figures.seconds / 60);
    let activity = |activity: Activity| {
        format!(
            "{:.0} % busy, {:.1} % taken by the host, load average {:.2}",
            activity.busy * 100.0,
            activity.stolen * 100.0,
            activity.load
        )
    };
    writeln!(out, "- date: {}, {minutes} min {} s", machine.date, figures.seconds % 60)?;
    writeln!(out, "- machine: {} × {}, Linux {}", machine.cores, machine.cpu, machine.kernel)?;
    writeln!(out, "- disk: {}", machine.disk)?;
    writeln!(out, "- before the run: {}", activity(machine.before))?;
    writeln!(out, "- during the run: {}", activity(machine.during))?;
    writeln!(out, "- rounds: {} of {} s, medians shown", pace.rounds, pace.seconds)?;
    for version in &machine.versions {
        writeln!(out, "- {version}")?;
    }
    Ok(())
}

fn scenarios(out: &mut String, block: &Block) -> fmt::Result {
    writeln!(out, "\n## `{}`: {}\n", block.name, block.title)?;
    let constant = format!("Of {YARDSTICK_CLIENTS}-client constant");
    let head = [
        "Scenario",
        "Who",
        "req/s",
        "Spread",
        "Ratio",
        &constant,
        "p50 ms",
        "p99 ms",
        "CPU µs/req",
        "Errors",
    ];
    let rows =
        block.outcomes.iter().flat_map(|outcome| outcome.entries.iter().map(|entry| row(outcome, entry)));
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        table(out, &head, rows)?;
        writeln!(out)?;
        let rows = block.outcomes.iter().map(yardstick).collect();
        table(out, &["Scenario", "Constant route, req/s", "Its drift", "fdatasync before", "after"], rows)?;
        writeln!(out)?;
    }
    let rows = block.memory.iter().map(|usage| {
        let memory = |memory: Memory| format!("{:.0} ({:.0})", memory.resident, memory.anonymous);
        let figures = [usage.idle, usage.before, usage.after].map(memory);
        let peak = format!("{:.0}", usage.after.peak);
        [usage.who.clone()].into_iter().chain(figures).chain([peak]).collect()
    });
    let head = ["Memory, MiB resident (anonymous)", "Idle", "With posts", "After load", "Peak"];
    table(out, &head, rows.collect())?;
    for remark in &block.remarks {
        writeln!(out, "\n{remark}")?;
    }
    Ok(())
}

/// A ratio is the subject's rate divided by this one's.
fn row(outcome: &Outcome, entry: &Entry) -> Vec<String> {
    let rounds = &entry.rounds;
    let subject = outcome.entries.first().map_or(0.0, Entry::rate);
    let is_subject = outcome.entries.first().is_some_and(|first| first.who == entry.who);
    let ratio = if is_subject { String::new() } else { format!("{:.2}×", subject / entry.rate()) };
    // One side's errors make the whole scenario invalid: a ratio is worth no more than either.
    let (errors, invalid) = (entry.errors(), outcome.errors() > 0.0);
    vec![
        outcome.name.clone(),
        entry.who.clone(),
        format!("{:.0}", entry.rate()),
        percent(spread(rounds.iter().map(|round| round.rate))),
        ratio,
        percent(entry.rate() / outcome.constant()),
        format!("{:.2}", median(rounds.iter().map(|round| round.p50_ms))),
        format!("{:.2}", entry.p99()),
        format!("{:.1}", median(rounds.iter().map(|round| round.cpu_us))),
        if invalid { format!("**{errors:.0}, invalid**") } else { "0".to_owned() },
    ]
}

fn yardstick(outcome: &Outcome) -> Vec<String> {
    let sync = |at: usize| {
        let sync = outcome.syncs.and_then(|syncs| syncs.get(at).copied());
        sync.map_or_else(String::new, |Sync { median_ms, p99_ms }| {
            format!("{median_ms:.2} ms, p99 {p99_ms:.2} ms")
        })
    };
    let rate = format!("{:.0}", outcome.constant());
    vec![outcome.name.clone(), rate, percent(outcome.drift()), sync(0), sync(1)]
}

fn resources(out: &mut String, figures: &Figures) -> fmt::Result {
    let mut rows = Vec::new();
    if let Some(starts) = &figures.starts {
        let figure = format!(
            "median {:.0} ms, best {:.0} ms, worst {:.0} ms of {}",
            starts.median_ms, starts.best_ms, starts.worst_ms, starts.number
        );
        rows.push(vec!["start to ready, empty data folder".to_owned(), figure]);
    }
    rows.extend(figures.import.iter().flat_map(import));
    rows.extend(figures.tenants.iter().flat_map(tenants));
    rows.extend(figures.neighbour.iter().flat_map(neighbour));
    rows.extend(figures.flood.iter().flat_map(flood));
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Start, import, tenants, neighbour, sign-ins\n")?;
    table(out, &["", ""], rows)
}

fn import(import: &Import) -> Vec<Vec<String>> {
    let Import { mebibytes, seconds, before, after, .. } = import;
    let rows = thousands(import.rows);
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    let rate = import.rows as f64 / seconds;
    let figure = format!("{seconds:.1} s, {rate:.0} rows/s, {:.1} MiB/s", mebibytes / seconds);
    let memory = format!(
        "{:.0} MiB before, at most {:.0} MiB, {:.0} MiB after",
        before.resident, after.peak, after.resident
    );
    vec![
        vec![format!("import of {rows} rows ({mebibytes:.0} MiB of NDJSON), durability full"), figure],
        vec![format!("resident memory, import of {rows} rows"), memory],
    ]
}

fn tenants(tenants: &Tenants) -> Vec<Vec<String>> {
    let number = thousands(tenants.number);
    let memory = |memory: Memory| {
        format!("{:.0} MiB resident, {:.0} MiB anonymous", memory.resident, memory.anonymous)
    };
    let first = format!("median {:.1} ms, p99 {:.1} ms", tenants.first_p50_ms, tenants.first_p99_ms);
    vec![
        vec![format!("making {number} tenants"), format!("{:.1} s", tenants.making_seconds)],
        vec![format!("memory, {number} tenants, after a start"), memory(tenants.before)],
        vec![format!("memory, {number} tenants touched once"), memory(tenants.after)],
        vec!["first request of a tenant after a start".to_owned(), first],
    ]
}

fn latency(latency: Latency) -> String {
    format!("p50 {:.2} ms, p99 {:.2} ms of {} requests", latency.p50_ms, latency.p99_ms, latency.requests)
}

fn flood(flood: &Flood) -> Vec<Vec<String>> {
    vec![
        vec!["a user who reads at a steady pace".to_owned(), latency(flood.quiet)],
        vec![
            format!("while {SIGNING_IN} others sign in without a pause, {:.0}/s", flood.rate),
            latency(flood.flooded),
        ],
    ]
}

fn neighbour(found: &Neighbour) -> Vec<Vec<String>> {
    vec![
        vec!["a tenant at a steady pace, alone".to_owned(), latency(found.quiet)],
        vec![
            format!("beside one that wrote {:.0} rows by {WRITERS} clients, {:.0}/s", found.rows, found.rate),
            latency(found.noisy),
        ],
    ]
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A number with commas.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A Markdown table with its columns aligned, so that it reads well in a terminal too.
fn table(out: &mut String, head: &[&str], rows: Vec<Vec<String>>) -> fmt::Result {
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default().max(3)
        })
        .collect();
    let rule = widths.iter().map(|&width| "-".repeat(width)).collect();
    for row in [head, rule].into_iter().chain(rows) {
        for (cell, width) in row.iter().zip(&widths) {
            write!(out, "| {cell:<width$} ")?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn numbers_have_commas() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(10_000), "10,000");
        assert_eq!(thousands(1_000_000), "1,000,000");
    }
}
