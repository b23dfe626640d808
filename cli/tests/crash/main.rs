//! `kill -9` loses nothing that was acknowledged, and leaves nothing half done.
//!
//! Clients write as fast as they are answered and remember every answer. The server is killed at a random moment and
//! started again on the same data; every acknowledged write must be there, a write without an answer wholly or not
//! at all, the change log must agree with the records, and every SQLite file must pass its integrity check.
//!
//! The kernel survives: this does not show what a power cut leaves, which is why durable writes are synced.
//!
//! `NEONEX_TEST_BACKEND` names the database, as for the integration tests; `NEONEX_CRASH_ROUNDS` the number of kills
//! (20), `NEONEX_CRASH_SEED` the seed of a run to be repeated.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test as the test itself does")]
#![expect(clippy::panic, clippy::indexing_slicing, reason = "the same")]

mod ledger;
mod server;
mod verify;

use std::collections::HashMap;
use std::env;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use neonex_core::clock::{Clock as _, SystemClock};
use neonex_core::engine::EngineOptions;
use neonex_core::ids::TenantId;
use neonex_core::store::Store;
use neonex_testkit::{
    Backend, Logged, TestStore, change_log, check_integrity, copy_databases, wait_until_unused,
};
use reqwest::Method;
use uuid::Uuid;

use crate::ledger::{Choices, Ledger, Write, content};
use crate::server::{Home, Server, text};
use crate::verify::{Findings, compare, records};

/// Clients that write at the same time.
const CLIENTS: u64 = 16;
/// Acknowledged writes a second below which the rounds show too little. 200 and more is what it is to be; a build machine
/// that is busy with something else may fall below that, and the figure that is printed says so.
const RATE: f64 = 50.0;
/// A platform starts afresh after so many kills; its records are all looked at after each.
const ROUNDS_EACH: u32 = 10;

/// What all rounds came to.
#[derive(Default)]
struct Totals {
    rounds: u32,
    acknowledged: u64,
    seconds: f64,
    doubts: usize,
    doubts_kept: usize,
    lost: usize,
    half: usize,
    files: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_keeps_every_acknowledged_write() {
    let number = |name: &str| env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let rounds = u32::try_from(number("NEONEX_CRASH_ROUNDS").unwrap_or(20)).unwrap();
    let fresh = || SystemClock.now().as_micros().unsigned_abs();
    let seed = number("NEONEX_CRASH_SEED").unwrap_or_else(fresh);
    println!("NEONEX_CRASH_SEED={seed}");
    let mut choices = Choices(seed);
    let mut totals = Totals::default();
    while totals.rounds < rounds {
        let kills = ROUNDS_EACH.min(rounds - totals.rounds);
        platform(kills, &mut choices, &mut totals).await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = totals.acknowledged as f64 / totals.seconds;
    // Of all rounds: a busy machine may starve one of them.
    assert!(rate >= RATE, "only {rate:.0} writes a second were acknowledged, which is no load");
    let Totals { rounds, acknowledged, doubts, doubts_kept, lost, half, files, .. } = totals;
    let integrity = if files == 0 { "the server's".to_owned() } else { format!("{files}/{files} files") };
    println!(
        "crash test: {rounds} rounds, {acknowledged} acknowledged writes ({rate:.0}/s), \
         {doubts} in doubt ({doubts_kept} kept), lost {lost}, half-applied {half}, integrity {integrity}",
    );
}

/// A fresh platform, killed `kills` times.
async fn platform(kills: u32, choices: &mut Choices, totals: &mut Totals) -> anyhow::Result<()> {
    let mut folder = tempfile::tempdir()?;
    // A failure leaves the folder behind, with the server's log, to be looked at.
    folder.disable_cleanup(true);
    let test = match Backend::of_this_run()? {
        Backend::Sqlite => None,
        Backend::Postgres | Backend::MariaDb => Some(TestStore::create().await?),
    };
    let home = Home::new(folder.path(), test.as_ref().and_then(TestStore::url));
    if let Some(test) = &test {
        // Only the server is to be connected.
        test.store.close().await;
    }
    let mut server = Server::start(&home).await?;
    let (tenant, key) = server.prepare(&home).await?;
    let tenant: TenantId = tenant.parse()?;
    let mut ledgers: Vec<_> = (0..CLIENTS)
        .map(|client| Ledger::new(format!("client-{client}"), Choices(choices.below(u64::MAX))))
        .collect();
    for _ in 0..kills {
        let until_kill = Duration::from_millis(200 + choices.below(800));
        let (acknowledged, elapsed) = write_until_killed(&server, &key, &mut ledgers, until_kill).await?;
        let log = match &home.database {
            Some(url) => change_log_of_server(url, tenant).await?,
            None => change_log_of_files(&home, tenant, totals).await?,
        };
        server = Server::start(&home).await?;
        let findings = compare(&mut ledgers, records(&server, &key).await?, log)?;
        totals.add(acknowledged, elapsed, findings);
    }
    server.kill().await?;
    if let Some(test) = test {
        test.remove().await?;
    }
    folder.disable_cleanup(false);
    Ok(())
}

/// Reads the change log when the dead server's last commits are through, one way or the other.
async fn change_log_of_server(url: &str, tenant: TenantId) -> anyhow::Result<HashMap<Uuid, Logged>> {
    wait_until_unused(url).await?;
    let store = Store::server(url, 1, Duration::from_secs(20)).await?;
    let log = change_log(&store, tenant).await?;
    store.close().await;
    Ok(log)
}

/// Looks at a copy of the files as the crash left them: the restarted server must not be what repairs them.
async fn change_log_of_files(
    home: &Home,
    tenant: TenantId,
    totals: &mut Totals,
) -> anyhow::Result<HashMap<Uuid, Logged>> {
    let copy = tempfile::tempdir()?;
    copy_databases(&home.data, copy.path())?;
    totals.files += check_integrity(copy.path())?;
    let store = Store::embedded(copy.path(), EngineOptions::default())?;
    let log = change_log(&store, tenant).await?;
    store.close().await;
    Ok(log)
}

/// Lets all clients write, kills the server after `until_kill`, and returns how many writes were acknowledged in
/// which time.
async fn write_until_killed(
    server: &Server,
    key: &str,
    ledgers: &mut [Ledger],
    until_kill: Duration,
) -> anyhow::Result<(u64, Duration)> {
    let started = Instant::now();
    let clients = ledgers.iter_mut().map(|ledger| write(server, key, ledger));
    // The moment of the kill is what is random here; nothing waits for the sleep to have been long enough.
    let kill = async {
        tokio::time::sleep(until_kill).await;
        let elapsed = started.elapsed();
        server.kill().await?;
        anyhow::Ok(elapsed)
    };
    let (acknowledged, elapsed) = futures_util::future::try_join(try_join_all(clients), kill).await?;
    Ok((acknowledged.into_iter().sum(), elapsed))
}

/// Writes until the server answers no more; returns how many writes it acknowledged.
async fn write(server: &Server, key: &str, ledger: &mut Ledger) -> anyhow::Result<u64> {
    let mut acknowledged = 0;
    loop {
        let write = ledger.next();
        let path = "/v1/collections/posts/records";
        let one = |id| format!("{path}/{id}");
        let answer = match &write {
            Write::Create(title) => server.call(Method::POST, path, key, Some(&content(title, 1))).await,
            Write::Update(title, id, version) => {
                server.call(Method::PATCH, &one(id), key, Some(&content(title, *version))).await
            }
            Write::Delete(_, id) => server.call(Method::DELETE, &one(id), key, None).await,
        };
        let Ok(answer) = answer else { return Ok(acknowledged) };
        let answer = answer?;
        let created = match &write {
            Write::Create(_) => Some(text(&answer, "id")?.parse()?),
            Write::Update(..) | Write::Delete(..) => None,
        };
        ledger.acknowledge(&write, created);
        acknowledged += 1;
    }
}

impl Totals {
    /// Adds a round; fails where a promise was broken.
    fn add(&mut self, acknowledged: u64, elapsed: Duration, findings: Findings) {
        let Findings { lost, half, doubts, doubts_kept } = findings;
        self.rounds += 1;
        self.acknowledged += acknowledged;
        self.seconds += elapsed.as_secs_f64();
        self.doubts += doubts;
        self.doubts_kept += doubts_kept;
        self.lost += lost.len();
        self.half += half.len();
        let round = self.rounds;
        assert!(
            lost.is_empty(),
            "round {round} lost {} acknowledged writes: {:#?}",
            lost.len(),
            sample(&lost)
        );
        assert!(half.is_empty(), "round {round} left {} writes half done: {:#?}", half.len(), sample(&half));
    }
}

fn sample(sentences: &[String]) -> &[String] {
    &sentences[..sentences.len().min(5)]
}
