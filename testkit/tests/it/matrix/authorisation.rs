//! Who may do what: every operation by every credential, with names of its own tenant only.

use std::collections::BTreeMap;

use neonex_testkit::Answer;

use super::credentials::Credential;
use super::operations::{Entry, Needs, entries};
use super::own::{Own, RULED};
use super::world::World;

/// What each credential got of each line of the table.
type Cells = BTreeMap<(usize, &'static str), String>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_may_do_what() {
    let World { app, owns, .. } = World::start().await;
    let columns = owns.into_iter().map(|own| tokio::spawn(column(own)));
    let mut cells = Cells::new();
    for column in futures_util::future::join_all(columns).await {
        cells.extend(column.unwrap());
    }
    let lines: Vec<[String; 2]> = entries().iter().flat_map(lines).collect();
    let table = [&Credential::GOOD[..], &Credential::BAD].map(|some| table(&lines, &cells, some)).join("\n");
    insta::assert_snapshot!("who_may_do_what", table);
    app.remove().await.unwrap();
}

/// What one credential gets.
async fn column(mut own: Own) -> Cells {
    let mut cells = Cells::new();
    for entry in entries() {
        for collection in entry.collections() {
            let call = entry.own_call(&own, collection);
            let answer = own.carry_out(&entry, collection, &call).await;
            assert!(answer.status < 500, "{}: {}", entry.row.operation, call.told(&answer));
            cells.insert((cells.len(), own.credential.heading()), cell(&answer));
        }
    }
    cells
}

/// The status, and of a refusal what is in its code beside that.
fn cell(answer: &Answer) -> String {
    let code = answer.code();
    let why = code.trim_end_matches("_needed").trim_end_matches("_refused").trim_start_matches("tenant_");
    match answer.status {
        200..300 | 401 | 404 => answer.status.to_string(),
        status => format!("{status} {why}"),
    }
}

/// An operation's lines: its name, and what it needs.
fn lines(entry: &Entry) -> Vec<[String; 2]> {
    let line = |collection| {
        let rule = RULED.iter().find(|(name, _)| *name == collection);
        let needs = match (entry.row.needs, rule) {
            (Needs::Nobody, _) => "nothing".to_owned(),
            (Needs::Operator, _) => "an operator".to_owned(),
            (Needs::Account, _) => "an account".to_owned(),
            (Needs::Tenant, _) => "a tenant".to_owned(),
            (Needs::User, _) => "a user".to_owned(),
            (Needs::PastRules(scope), _)
            | (Needs::Scope(scope) | Needs::Rule(scope), None | Some((_, None))) => scope.to_owned(),
            (Needs::Scope(scope) | Needs::Rule(scope), Some((_, Some(rule)))) => format!("{scope} or {rule}"),
        };
        [entry.row.operation.to_owned(), needs]
    };
    entry.collections().into_iter().map(line).collect()
}

fn table(lines: &[[String; 2]], cells: &Cells, credentials: &[Credential]) -> String {
    let headings = credentials.iter().map(|credential| credential.heading().to_owned());
    let mut rows: Vec<Vec<String>> =
        vec![["operation".to_owned(), "needs".to_owned()].into_iter().chain(headings).collect()];
    for (at, line) in lines.iter().enumerate() {
        let cells = credentials.iter().map(|credential| cells[&(at, credential.heading())].clone());
        rows.push(line.iter().cloned().chain(cells).collect());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let print = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(print).collect()
}
