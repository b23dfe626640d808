//! The report: one Markdown text, for the terminal and for `RESULTS.md`.

use std::fmt::{self, Write as _};

use crate::goals::Goal;
use crate::process::Memory;
use crate::run::{Figures, Usage};
use crate::scenario::{Outcome, YARDSTICK_CLIENTS, p99, rate};
use crate::statistics::median;
use crate::wrk::Round;

/// Writes the whole report.
pub(crate) fn markdown(figures: &Figures, goals: &[Goal]) -> Result<String, fmt::Error> {
    let mut out =
        String::from("# Results\n\nWritten by `make bench`; `bench/README.md` says how to read it.\n\n");
    machine(&mut out, figures)?;
    scenarios(&mut out, figures)?;
    if figures.peer.is_some() {
        peers(&mut out, figures)?;
    }
    resources(&mut out, figures)?;
    writeln!(out, "\n## Goals\n")?;
    let rows = goals.iter().map(|goal| {
        let met = if goal.met { "met" } else { "**not met**" };
        vec![goal.what.clone(), goal.measured.clone(), goal.wanted.clone(), met.to_owned()]
    });
    table(&mut out, &["Goal", "Measured", "Wanted", ""], rows.collect())?;
    Ok(out)
}

fn machine(out: &mut String, figures: &Figures) -> fmt::Result {
    let machine = &figures.machine;
    let versions = machine.versions.iter().chain(&figures.peer).cloned().collect::<Vec<_>>().join("; ");
    let pace = figures.pace;
    let rows = vec![
        vec!["date".to_owned(), machine.date.clone()],
        vec!["processor".to_owned(), format!("{} × {}", machine.cores, machine.cpu)],
        vec!["kernel".to_owned(), machine.kernel.clone()],
        vec!["disk".to_owned(), machine.disk.clone()],
        vec!["programs".to_owned(), versions],
        vec!["rounds".to_owned(), format!("{} of {} s, medians shown", pace.rounds, pace.seconds)],
    ];
    table(out, &["", ""], rows)
}

fn scenarios(out: &mut String, figures: &Figures) -> fmt::Result {
    let heading = format!("Of {YARDSTICK_CLIENTS}-client constant");
    writeln!(out, "\n## Scenarios\n")?;
    let head =
        ["Scenario", "Clients", "Durability", "req/s", &heading, "p50 ms", "p99 ms", "CPU µs/req", "Errors"];
    let rows = figures.outcomes.iter().map(|outcome| {
        let mut row = vec![
            outcome.work.name().to_owned(),
            outcome.clients.to_string(),
            outcome.durability.name().to_owned(),
            format!("{:.0}", rate(&outcome.rounds)),
            format!("{:.0} %", outcome.of_yardstick() * 100.0),
        ];
        row.extend(latency(&outcome.rounds));
        row.push(validity(outcome));
        row
    });
    table(out, &head, rows.collect())
}

fn latency(rounds: &[Round]) -> [String; 3] {
    [
        format!("{:.2}", median(rounds.iter().map(|round| round.p50_ms))),
        format!("{:.2}", p99(rounds)),
        format!("{:.1}", median(rounds.iter().map(|round| round.cpu_us))),
    ]
}

fn validity(outcome: &Outcome) -> String {
    let errors = outcome.errors();
    if errors == 0.0 { "0".to_owned() } else { format!("**{errors:.0}: invalid**") }
}

fn peers(out: &mut String, figures: &Figures) -> fmt::Result {
    writeln!(out, "\n## PocketBase, in the same rounds\n")?;
    let head = ["Scenario", "Clients", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "Neonex"];
    let compared = figures.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.of_peer()?)));
    let rows = compared.map(|(outcome, ratio)| {
        let mut row = vec![
            outcome.work.name().to_owned(),
            outcome.clients.to_string(),
            format!("{:.0}", rate(&outcome.peer)),
        ];
        row.extend(latency(&outcome.peer));
        row.push(format!("{ratio:.1}×"));
        row
    });
    table(out, &head, rows.collect())
}

fn resources(out: &mut String, figures: &Figures) -> fmt::Result {
    writeln!(out, "\n## Disk, memory, start\n")?;
    let sync = |label: &str, sync: crate::disk::Sync| {
        let figure = format!("{:.2} ms, p99 {:.2} ms", sync.median_ms, sync.p99_ms);
        vec![format!("append of 4 KiB and `fdatasync`, {label} the durable scenarios"), figure]
    };
    let mut rows = vec![sync("before", figures.syncs.before), sync("after", figures.syncs.after)];
    rows.extend(figures.memory.iter().flat_map(memory));
    if let Some(tenants) = &figures.tenants {
        rows.push(memory_row("memory, 1,000 tenants touched once".to_owned(), tenants.memory));
        let figure = format!("median {:.1} ms, p99 {:.1} ms", tenants.first_p50_ms, tenants.first_p99_ms);
        rows.push(vec!["first request of a tenant after a start".to_owned(), figure]);
    }
    if let Some(start) = &figures.start {
        let figure = format!("best {:.0} ms, median {:.0} ms of 10", start.best_ms, start.median_ms);
        rows.push(vec!["start to ready, empty data folder".to_owned(), figure]);
    }
    table(out, &["", ""], rows)
}

fn memory(usage: &Usage) -> Vec<Vec<String>> {
    let durability = usage.durability.name();
    let mut rows = vec![
        memory_row(format!("memory, one tenant, idle ({durability})"), usage.idle),
        memory_row(format!("memory after the runs ({durability})"), usage.after),
    ];
    rows.extend(usage.peer.map(|peer| memory_row("PocketBase's memory after the runs".to_owned(), peer)));
    rows
}

fn memory_row(label: String, memory: Memory) -> Vec<String> {
    vec![label, format!("{:.0} MiB resident, {:.0} MiB anonymous", memory.resident, memory.anonymous)]
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
