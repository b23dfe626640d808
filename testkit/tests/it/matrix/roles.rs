//! The table of roles in the reference says what is so: each operation is called by each role.
//!
//! `NEONEX_WRITE_ROLES=1` writes it anew.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use neonex_testkit::{Answer, TestApp};

use super::credentials::Credential;
use super::operations::entries;
use super::own::Own;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/roles.md");
const COLUMNS: [(Credential, &str); 7] = [
    (Credential::Owner, "owner"),
    (Credential::Admin, "admin"),
    (Credential::Developer, "developer"),
    (Credential::Viewer, "viewer"),
    (Credential::EveryScope, "secret key"),
    (Credential::Publishable, "publishable key"),
    (Credential::User, "user"),
];
const HEAD: &str = "\
# Who may do what

Each operation of the API, by the role of a member, and beside it by a secret key that has every scope, a publishable key
and a user of the app. It is made by calling each operation as each of them, and checked with every run of the tests.

- `yes`: it is done.
- `by rule`: where a rule of the collection allows it.
- `–`: it is refused.

A tenant's own role may what its permissions say: an operation that is refused names the one that it asks for. Operators
may everything in every tenant. Only owners make owners, and nobody gives or takes a role that allows more than they may
do themselves: see [accounts and members](accounts.md).

";

/// What a refusal is called that nothing in the request could change.
const REFUSED: [&str; 6] =
    ["scope_needed", "operator_needed", "user_needed", "account_needed", "session_needed", "rule_refused"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_reference_of_roles_is_so() {
    let app = TestApp::start().await.unwrap();
    app.platform.platform.set_public_url("https://neonex.test");
    let mut owns: Vec<Own> = join_all(COLUMNS.map(|(credential, _)| Own::start(&app, credential))).await;
    join_all(owns.iter_mut().map(Own::settle)).await;
    let columns = join_all(owns.into_iter().map(|own| tokio::spawn(column(own)))).await;
    let columns: Vec<_> = columns.into_iter().map(Result::unwrap).collect();
    let mut lines = vec![
        format!("| operation | {} |", COLUMNS.map(|(_, heading)| heading).join(" | ")),
        format!("|---|{}", "---|".repeat(COLUMNS.len())),
    ];
    for entry in entries() {
        let operation = entry.row.operation;
        let cells: Vec<_> = columns.iter().map(|column| column[operation]).collect();
        lines.push(format!("| `{operation}` | {} |", cells.join(" | ")));
    }
    let text = format!("{HEAD}{}\n", lines.join("\n"));
    if std::env::var_os("NEONEX_WRITE_ROLES").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert_eq!(written, text, "write it anew with NEONEX_WRITE_ROLES=1");
    app.remove().await.unwrap();
}

/// What one of them may, by operation.
async fn column(mut own: Own) -> BTreeMap<&'static str, &'static str> {
    let mut column = BTreeMap::new();
    for entry in entries() {
        let mut done = Vec::new();
        for collection in entry.collections() {
            let call = entry.own_call(&own, collection);
            let answer = own.carry_out(&entry, collection, &call).await;
            assert!(answer.status < 500, "{}: {}", entry.row.operation, call.told(&answer));
            done.push(!is_refused(&answer));
        }
        let word = match &done[..] {
            // Where no rule says anything.
            [true, ..] => "yes",
            [_, others @ ..] if others.contains(&true) => "by rule",
            _ => "–",
        };
        column.insert(entry.row.operation, word);
    }
    column
}

fn is_refused(answer: &Answer) -> bool {
    REFUSED.contains(&answer.code().as_str())
}
