//! Commands on databases: a new folder or, as `NEONEX_TEST_BACKEND` says, an empty database on a server.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use neonex_core::engine::DataFolder;
use neonex_core::store::Scope;
use neonex_testkit::{Backend, TestStore, terminate};
use serde_json::Value;

use super::{Outcome, Place};

pub(crate) const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// Nobody listens on port 1.
const NOBODY: &str = "postgres://app@127.0.0.1:1/neonex";

pub(crate) struct Database {
    pub(crate) place: Place,
    server: Option<TestStore>,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let server = match Backend::of_this_run().unwrap() {
            Backend::Sqlite => None,
            Backend::Postgres | Backend::MariaDb => Some(TestStore::create().await.unwrap()),
        };
        Self { place: Place::new(), server }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        match self.url() {
            None => self.place.run(arguments),
            Some(url) => {
                self.place.run_with(arguments, &[("NEONEX_DATABASE_URL", &url), ("NEONEX_MASTER_KEY", KEY)])
            }
        }
    }

    pub(crate) fn url(&self) -> Option<String> {
        self.server.as_ref().map(|server| server.url().unwrap())
    }

    /// What `migrate status` says: databases, migrations, whether they are applied.
    fn status(&self) -> Vec<(String, String, bool)> {
        let outcome = self.run(&["migrate", "status", "--json"]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let status: Value = serde_json::from_str(&outcome.stdout).unwrap();
        let items = status["items"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items
            .map(|item| (text(&item["database"]), text(&item["migration"]), item["applied_at"].is_string()))
            .collect()
    }

    pub(crate) async fn remove(self) {
        if let Some(server) = self.server {
            server.remove().await.unwrap();
        }
    }
}

/// Every migration with the database that it is for, in the order in which they are applied.
fn migrations(database: &Database) -> Vec<(&'static str, &'static str)> {
    let shared = database.server.as_ref().map(|_| ("tenants", Scope::Tenant));
    let places = std::iter::once(("control", Scope::Control)).chain(shared);
    places
        .flat_map(|(place, scope)| scope.migrations().iter().map(move |migration| (place, migration.name)))
        .collect()
}

/// What taking back does, turn by turn: the newest of all from each database that has it, the control database's last.
fn turns(mut migrations: Vec<(&'static str, &'static str)>) -> Vec<Vec<(&'static str, &'static str)>> {
    let mut turns = Vec::new();
    while let Some(newest) = migrations.iter().map(|(_, name)| *name).max() {
        let (turn, older) = migrations.into_iter().rev().partition(|(_, name)| *name == newest);
        turns.push(turn);
        migrations = older;
        migrations.reverse();
    }
    turns
}

/// Checks code and stdout.
fn said(outcome: &Outcome, stdout: &str) {
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), stdout), "{}", outcome.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_up_and_come_back() {
    let database = Database::new().await;
    let every = migrations(&database);
    let all = |applied: bool| {
        let rows = every.iter().map(|(place, name)| ((*place).to_owned(), (*name).to_owned(), applied));
        rows.collect::<Vec<_>>()
    };
    let lines = |word: &str, some: &[(&str, &str)]| {
        let lines = some.iter().flat_map(|(place, name)| [word, " ", *place, " ", *name, "\n"]);
        lines.collect::<String>()
    };

    assert_eq!(database.status(), all(false));
    said(&database.run(&["migrate", "up", "--dry-run"]), &lines("would apply", &every));
    said(&database.run(&["migrate", "down", "--yes"]), "");
    assert_eq!(database.status(), all(false));
    assert!(!database.place.path().join("data").exists(), "looking made a folder");
    if database.server.is_some() {
        let early = database.run(&["token", "create"]);
        assert!(early.code == Some(5) && early.stderr.contains("`neonex migrate up`"), "{early:?}");
    }

    said(&database.run(&["migrate", "up"]), &lines("applied", &every));
    assert_eq!(database.status(), all(true));
    let again = database.run(&["migrate", "up"]);
    said(&again, "");
    assert!(again.stderr.contains("nothing to apply"), "{again:?}");
    let table = database.run(&["migrate", "status"]);
    let shown: Vec<_> = table.stdout.lines().collect();
    let applied = |line: &str, name: &str| line.contains(name) && line.trim_end().ends_with('Z');
    assert_eq!(shown.len(), every.len(), "{table:?}");
    assert!(shown.iter().zip(&every).all(|(line, (_, name))| applied(line, name)), "{table:?}");

    for turn in turns(every.clone()) {
        let before = database.status();
        said(&database.run(&["migrate", "down", "--dry-run"]), &lines("would take back", &turn));
        assert_eq!(database.status(), before);
        said(&database.run(&["migrate", "down", "--yes"]), &lines("took back", &turn));
    }
    assert_eq!(database.status(), all(false));
    said(&database.run(&["migrate", "down", "--yes"]), "");
    said(&database.run(&["migrate", "up"]), &lines("applied", &every));
    assert_eq!(database.run(&["token", "create"]).code, Some(0));
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_token_is_another() {
    let database = Database::new().await;
    if database.server.is_some() {
        assert_eq!(database.run(&["migrate", "up"]).code, Some(0));
    }
    let plain = database.run(&["token", "create"]);
    assert!(plain.code == Some(0) && plain.stdout.ends_with('\n'), "{plain:?}");
    let mut tokens = HashSet::from([plain.stdout.trim_end().to_owned()]);
    for name in ["cli", "a laptop"] {
        let made = database.run(&["token", "create", "--json", "--name", name]);
        assert_eq!(made.code, Some(0), "{made:?}");
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        let keys: Vec<_> = made.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "name", "token"]);
        assert!(made["id"].as_str().unwrap().starts_with("pat_") && made["name"] == name, "{made}");
        tokens.insert(made["token"].as_str().unwrap().to_owned());
    }
    assert!(tokens.len() == 3 && tokens.iter().all(|token| token.starts_with("nx_pat_")), "{tokens:?}");

    let nameless = database.run(&["token", "create", "--name", " "]);
    assert_eq!((nameless.code, nameless.stdout.as_str()), (Some(2), ""), "{nameless:?}");
    database.remove().await;
}

#[test]
fn a_folder_that_a_process_is_only_setting_up_is_left_to_it() {
    let place = Place::new();
    let _lock = DataFolder::open(place.path().join("data"), 1).unwrap();
    for command in [&["token", "create"][..], &["migrate", "up"], &["serve", "--listen", "127.0.0.1:0"]] {
        let outcome = place.run(command);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(5), ""), "{command:?}: {outcome:?}");
        let process = format!("(process {})", std::process::id());
        assert!(
            outcome.stderr.contains(&process) && outcome.stderr.contains("stop that process"),
            "{outcome:?}"
        );
    }
}

#[test]
fn instances_on_a_server_share_a_master_key_that_is_never_made_on_the_quiet() {
    let place = Place::new();
    for command in [&["token", "create"][..], &["worker"], &["serve", "--listen", "127.0.0.1:0"]] {
        let outcome = place.run_with(command, &[("NEONEX_DATABASE_URL", NOBODY)]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{command:?}: {outcome:?}");
        assert!(outcome.stderr.contains("NEONEX_MASTER_KEY"), "{outcome:?}");
    }
    assert!(!place.path().join("data/master.key").exists());
    // With a key file the next thing to fail is the server.
    place.write("data/master.key", KEY);
    let outcome = place.run_with(&["token", "create"], &[("NEONEX_DATABASE_URL", NOBODY)]);
    assert_eq!(outcome.code, Some(7), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_runs_beside_a_server_until_it_is_told_to_stop() {
    let database = Database::new().await;
    let Some(url) = database.url() else {
        let outcome = database.run(&["worker"]);
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        return assert!(outcome.stderr.contains("`neonex serve`"), "{outcome:?}");
    };
    assert_eq!(database.run(&["migrate", "up"]).code, Some(0));
    let environment = [("NEONEX_DATABASE_URL", url.as_str()), ("NEONEX_MASTER_KEY", KEY)];
    let mut worker =
        database.place.command(&["worker"], &environment).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(worker.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("working")), "the worker ended before it began");
    terminate(worker.id()).unwrap();
    assert_eq!(worker.wait().unwrap().code(), Some(0));
    database.remove().await;
}
