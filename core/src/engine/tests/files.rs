use std::time::Duration;

use super::support::{Bench, PATIENCE, eventually, queued};
use crate::engine::{DbFile, EngineError, EngineOptions, Undo};

#[tokio::test]
async fn files_beyond_the_limit_are_closed_and_open_again() {
    let bench = Bench::new(EngineOptions { max_open_files: 2, ..EngineOptions::default() });
    for round in 0..3 {
        for name in ["a", "b", "c", "d"] {
            let path = bench.folder.path().join(name);
            let file = DbFile::small(&path);
            if round == 0 {
                bench.prepare(file.clone()).await;
            }
            bench.insert(&file, round).await.unwrap().unwrap();
            assert_eq!(bench.keys(&file).await, (0..=round).collect::<Vec<_>>());
        }
    }
    // A thread may still be putting away the file it served last; one of the next openings finds it idle.
    let mut more = (0..50).map(|number| DbFile::small(bench.folder.path().join(format!("more-{number}"))));
    while bench.engine.open_files() > 2 {
        bench.prepare(more.next().expect("files are not closed")).await;
    }
    let last = DbFile::small(bench.folder.path().join("e"));
    eventually(|| {
        bench.engine.threads.registry.close_idle(Duration::ZERO);
        bench.engine.open_files() == 0
    })
    .await;
    bench.prepare(last).await;
    assert_eq!(bench.engine.open_files(), 1);
}

#[tokio::test]
async fn an_idle_file_is_closed_and_opens_again() {
    let bench =
        Bench::new(EngineOptions { idle_close: Duration::from_millis(1), ..EngineOptions::default() });
    let file = bench.table("a").await;
    eventually(|| bench.engine.open_files() == 0).await;
    // The last connection to close has moved the WAL into the file, and deleted it.
    eventually(|| !bench.folder.path().join("a-wal").exists()).await;
    bench.insert(&file, 1).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [1]);
}

#[tokio::test]
async fn close_waits_for_queued_work_and_refuses_more() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    bench.keys(&file).await;
    let (release, held) = bench.hold(&file).await;
    let waiting = queued(bench.insert(&file, 1));
    let closing = queued(bench.engine.close(&file));
    assert!(matches!(bench.insert(&file, 2).await, Err(EngineError::Closed)));
    release.send(()).unwrap();
    closing.await.unwrap();
    waiting.await.unwrap().unwrap();
    held.await.unwrap();
    assert!(!bench.folder.path().join("a-wal").exists() && bench.engine.open_files() == 0);
    std::fs::remove_file(file.path()).unwrap();
    bench.engine.close(&file).await.unwrap();
    assert!(bench.engine.read(&file, |_| ()).await.is_err());
}

#[tokio::test]
async fn shutdown_commits_what_waits_and_refuses_more() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let waiting = queued(bench.insert(&file, 1));
    let shutdown = queued(bench.engine.shutdown());
    release.send(()).unwrap();
    shutdown.await;
    waiting.await.unwrap().unwrap();
    held.await.unwrap();
    assert!(matches!(bench.insert(&file, 2).await, Err(EngineError::Closed)));
    assert!(matches!(bench.engine.read(&file, |_| ()).await, Err(EngineError::Closed)));
    bench.engine.shutdown().await;
    let conn = rusqlite::Connection::open(file.path()).unwrap();
    assert_eq!(super::support::keys(&conn), [1]);
}

#[tokio::test]
async fn a_file_in_no_folder_cannot_be_opened() {
    let bench = Bench::new(EngineOptions::default());
    let file = DbFile::small(bench.folder.path().join("missing/a"));
    assert!(matches!(bench.insert(&file, 1).await, Err(EngineError::CannotOpen { .. })));
    assert!(matches!(bench.engine.read(&file, |_| ()).await, Err(EngineError::CannotOpen { .. })));
}

/// The header of the WAL counts how often it has started over.
fn restarts(bench: &Bench) -> u32 {
    let wal = std::fs::read(bench.folder.path().join("a-wal")).unwrap();
    u32::from_be_bytes(wal[12..16].try_into().unwrap())
}

#[tokio::test]
async fn a_writer_checkpoints_a_long_wal_itself_after_a_background_pass() {
    let options =
        EngineOptions { checkpoint_frames: u32::MAX, restart_frames: 0, ..EngineOptions::default() };
    let bench = Bench::new(options);
    let file = bench.prepare(DbFile::large(bench.folder.path().join("a"))).await;
    bench.insert(&file, 1).await.unwrap().unwrap();
    assert_eq!(restarts(&bench), 0);
    let lease = bench.engine.threads.registry.lease(&file).unwrap();
    lease.wal.just_ended.store(true, std::sync::atomic::Ordering::Release);
    bench.insert(&file, 2).await.unwrap().unwrap();
    bench.insert(&file, 3).await.unwrap().unwrap();
    assert_eq!(restarts(&bench), 1);
}

#[tokio::test]
async fn the_wal_of_a_large_file_does_not_grow_for_ever() {
    let options = EngineOptions { checkpoint_frames: 20, restart_frames: 100, ..EngineOptions::default() };
    let bench = Bench::new(EngineOptions { durability: crate::engine::Durability::Normal, ..options });
    let file = bench.prepare(DbFile::large(bench.folder.path().join("a"))).await;
    let create =
        |conn: &mut rusqlite::Connection| conn.execute("CREATE TABLE IF NOT EXISTS big (b BLOB)", []);
    bench.engine.write(&file, Undo::Savepoint, create).await.unwrap().unwrap();
    let begun = std::time::Instant::now();
    while restarts(&bench) < 3 {
        assert!(begun.elapsed() < PATIENCE, "the WAL only grows");
        let add =
            |conn: &mut rusqlite::Connection| conn.execute("INSERT INTO big VALUES (zeroblob(3000))", []);
        bench.engine.write(&file, Undo::Savepoint, add).await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_clients_on_more_files_than_may_be_open_lose_nothing() {
    let bench =
        std::sync::Arc::new(Bench::new(EngineOptions { max_open_files: 3, ..EngineOptions::default() }));
    let mut files = Vec::new();
    for number in 0..12 {
        files.push(bench.table(&number.to_string()).await);
    }
    let client = |client: i64| {
        let (bench, files) = (std::sync::Arc::clone(&bench), files.clone());
        tokio::spawn(async move {
            for (turn, file) in
                (0..).zip(files.iter().cycle().skip(usize::try_from(client).unwrap()).take(48))
            {
                let key = client * 1_000 + turn;
                bench.insert(file, key).await.unwrap().unwrap();
                assert!(bench.keys(file).await.contains(&key));
            }
        })
    };
    let clients: Vec<_> = (0..16).map(client).collect();
    for client in clients {
        client.await.unwrap();
    }
    for file in &files {
        assert_eq!(bench.keys(file).await.len(), 64);
    }
    bench.engine.shutdown().await;
    assert_eq!(bench.engine.open_files(), 0);
}

fn cache_size(conn: &mut rusqlite::Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "cache_size", |row| row.get(0))
}

#[tokio::test]
async fn a_busy_file_is_treated_as_a_large_one() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let five_mebibytes = |conn: &mut rusqlite::Connection| {
        conn.execute_batch("CREATE TABLE IF NOT EXISTS b (b); INSERT INTO b VALUES (zeroblob(5 << 20))")
    };
    assert_eq!(bench.engine.read(&file, cache_size).await.unwrap().unwrap(), -512);
    for _ in 0..4 {
        bench.engine.write(&file, Undo::Savepoint, five_mebibytes).await.unwrap().unwrap();
    }
    assert_eq!(bench.engine.write(&file, Undo::Savepoint, cache_size).await.unwrap().unwrap(), -16_000);
    assert_eq!(bench.engine.read(&file, cache_size).await.unwrap().unwrap(), -16_000);
    // Its size says so when it is opened again.
    bench.engine.close(&file).await.unwrap();
    assert_eq!(bench.engine.read(&file, cache_size).await.unwrap().unwrap(), -16_000);
}
