use super::support::{Bench, PATIENCE, insert, keys, queued};
use crate::engine::{DbFile, Durability, EngineError, EngineOptions, Undo};

#[tokio::test]
async fn waiting_units_share_one_commit() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let waiting: Vec<_> = (0..20).map(|key| queued(bench.insert(&file, key))).collect();
    let path = file.path().to_owned();
    let look = move |conn: &mut rusqlite::Connection| {
        let outside = rusqlite::Connection::open(path).unwrap();
        Ok::<_, ()>((keys(conn).len(), keys(&outside).len()))
    };
    let last = queued(bench.engine.write(&file, Undo::Savepoint, look));
    release.send(()).unwrap();
    for unit in waiting {
        unit.await.unwrap().unwrap();
    }
    held.await.unwrap();
    assert_eq!(last.await.unwrap().unwrap(), (20, 0), "all rows are there, and none is committed yet");
    assert_eq!(bench.keys(&file).await.len(), 20);
}

#[tokio::test]
async fn a_batch_has_at_most_its_limit() {
    let bench = Bench::new(EngineOptions { max_batch: 2, ..EngineOptions::default() });
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let first = queued(bench.insert(&file, 1));
    // The third of the queue is in the next transaction: what readers see then includes the first batch.
    let path = file.path().to_owned();
    let look =
        move |_: &mut rusqlite::Connection| Ok::<_, ()>(keys(&rusqlite::Connection::open(path).unwrap()));
    let second = queued(bench.engine.write(&file, Undo::Savepoint, look));
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    held.await.unwrap();
    assert_eq!(second.await.unwrap().unwrap(), [1]);
}

#[tokio::test]
async fn a_failing_unit_does_not_touch_its_neighbours() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let before = queued(bench.insert(&file, 1));
    let failing = queued(bench.engine.write(&file, Undo::Savepoint, |conn| {
        insert(conn, 2).unwrap();
        Err::<(), _>("changed my mind")
    }));
    let after = queued(bench.insert(&file, 3));
    release.send(()).unwrap();
    before.await.unwrap().unwrap();
    assert_eq!(failing.await.unwrap(), Err("changed my mind"));
    after.await.unwrap().unwrap();
    held.await.unwrap();
    assert_eq!(bench.keys(&file).await, [1, 3]);
}

#[tokio::test]
async fn without_undo_a_failure_after_a_change_undoes_the_batch() {
    let bench = Bench::new(EngineOptions { max_batch_time: PATIENCE, ..EngineOptions::default() });
    let file = bench.table("a").await;
    let (entered, inside) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let first = queued(bench.engine.write(&file, Undo::Savepoint, move |conn| {
        entered.send(()).unwrap();
        released.recv().unwrap();
        insert(conn, 1)
    }));
    inside.recv().unwrap();
    let unchanged = queued(bench.engine.write(&file, Undo::None, |_| Err::<(), _>("nothing changed")));
    let failing = queued(bench.engine.write(&file, Undo::None, |conn| {
        insert(conn, 2).unwrap();
        Err::<(), _>("too late")
    }));
    release.send(()).unwrap();
    let error = first.await.unwrap_err();
    assert!(matches!(error, EngineError::BatchAborted) && error.is_retryable());
    assert!(matches!(unchanged.await, Err(EngineError::BatchAborted)));
    assert_eq!(failing.await.unwrap(), Err("too late"));
    assert!(bench.keys(&file).await.is_empty());
}

#[tokio::test]
async fn without_undo_a_failure_that_changed_nothing_is_the_units_own() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let before = queued(bench.engine.write(&file, Undo::None, |conn| insert(conn, 1)));
    let duplicate = queued(bench.engine.write(&file, Undo::None, |conn| insert(conn, 1)));
    let after = queued(bench.engine.write(&file, Undo::None, |conn| insert(conn, 2)));
    release.send(()).unwrap();
    before.await.unwrap().unwrap();
    assert!(duplicate.await.unwrap().is_err());
    after.await.unwrap().unwrap();
    held.await.unwrap();
    assert_eq!(bench.keys(&file).await, [1, 2]);
}

#[tokio::test]
async fn a_reader_sees_what_was_answered() {
    let bench = Bench::new(EngineOptions { readers: 3, ..EngineOptions::default() });
    let file = bench.table("a").await;
    for key in 0..200 {
        bench.insert(&file, key).await.unwrap().unwrap();
        assert_eq!(bench.keys(&file).await.last(), Some(&key));
    }
}

#[tokio::test]
async fn a_full_queue_is_busy() {
    let bench = Bench::new(EngineOptions { queue_limit: 2, ..EngineOptions::default() });
    let file = bench.table("a").await;
    let (release, held) = bench.hold(&file).await;
    let waiting = [queued(bench.insert(&file, 1)), queued(bench.insert(&file, 2))];
    let refused = bench.insert(&file, 3).await;
    assert!(matches!(&refused, Err(EngineError::Busy)), "{refused:?}");
    release.send(()).unwrap();
    for unit in waiting {
        unit.await.unwrap().unwrap();
    }
    held.await.unwrap();
    assert_eq!(bench.keys(&file).await, [1, 2]);
}

#[tokio::test]
async fn a_slow_unit_does_not_hold_up_another_file() {
    let bench = Bench::new(EngineOptions { writers: 2, ..EngineOptions::default() });
    let (slow, quick) = (bench.table("slow").await, bench.table("quick").await);
    let (release, held) = bench.hold(&slow).await;
    let waiting = queued(bench.insert(&slow, 1));
    for key in 0..10 {
        bench.insert(&quick, key).await.unwrap().unwrap();
    }
    release.send(()).unwrap();
    waiting.await.unwrap().unwrap();
    held.await.unwrap();
}

#[tokio::test]
async fn slow_reads_of_one_file_leave_a_reader_to_others() {
    let bench = Bench::new(EngineOptions { readers: 2, readers_per_file: 1, ..EngineOptions::default() });
    let (slow, quick) = (bench.table("slow").await, bench.table("quick").await);
    let hold = || {
        let (release, released) = std::sync::mpsc::channel::<()>();
        (release, queued(bench.engine.read(&slow, move |_| released.recv_timeout(PATIENCE).is_ok())))
    };
    let (releases, holding): (Vec<_>, Vec<_>) = [hold(), hold()].into_iter().unzip();
    let waiting: Vec<_> = (0..5).map(|_| queued(bench.engine.read(&slow, |conn| keys(conn)))).collect();
    assert!(bench.keys(&quick).await.is_empty());
    // Both at once: which of the two a reader admitted, while the other waits for it to end, is not settled.
    for release in releases {
        release.send(()).unwrap();
    }
    for held in holding {
        assert!(held.await.unwrap());
    }
    for read in waiting {
        assert!(read.await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn settings_follow_durability_and_class() {
    for (durability, expected) in [(Durability::Full, 2), (Durability::Normal, 1)] {
        let bench = Bench::new(EngineOptions { durability, ..EngineOptions::default() });
        let path = |name| bench.folder.path().join(name);
        for (file, cache) in [(DbFile::small(path("s")), -512), (DbFile::large(path("l")), -16_000)] {
            let pragmas = |conn: &mut rusqlite::Connection| {
                let number = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
                let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                assert_eq!(mode, "wal");
                let names =
                    ["synchronous", "foreign_keys", "trusted_schema", "cache_size", "wal_autocheckpoint"];
                names.into_iter().map(number).collect::<rusqlite::Result<Vec<_>>>()
            };
            let found = bench.engine.write(&file, Undo::Savepoint, pragmas).await.unwrap().unwrap();
            assert_eq!(found, [expected, 1, 0, cache, 0]);
        }
    }
}
