use std::time::Duration;

use super::support::{Bench, insert, keys, queued};
use crate::engine::{EngineError, EngineOptions, Undo, check_sqlite};

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

fn endless(conn: &mut rusqlite::Connection) -> rusqlite::Result<i64> {
    conn.query_row(ENDLESS, [], |row| row.get(0))
}

#[tokio::test]
async fn a_panic_is_undone_and_the_thread_lives() {
    let bench = Bench::new(EngineOptions { readers: 1, writers: 1, ..EngineOptions::default() });
    let file = bench.table("a").await;
    let unit = bench.engine.write(&file, Undo::Savepoint, |conn| -> Result<(), ()> {
        insert(conn, 1).unwrap();
        panic!("on purpose")
    });
    assert!(matches!(unit.await, Err(EngineError::UnitPanicked)));
    let read = bench.engine.read(&file, |_| -> () { panic!("on purpose") });
    assert!(matches!(read.await, Err(EngineError::UnitPanicked)));
    bench.insert(&file, 2).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [2]);
}

#[tokio::test]
async fn a_statement_over_its_time_is_stopped() {
    let options = EngineOptions {
        readers: 1,
        statement_timeout: Duration::from_millis(20),
        ..EngineOptions::default()
    };
    let bench = Bench::new(options);
    let file = bench.table("a").await;
    assert!(matches!(bench.engine.read(&file, endless).await, Err(EngineError::Timeout)));
    assert!(matches!(bench.engine.write(&file, Undo::Savepoint, endless).await, Err(EngineError::Timeout)));
    let insert_endless =
        |conn: &mut rusqlite::Connection| conn.execute(&format!("INSERT INTO t {ENDLESS}"), []);
    let unit = bench.engine.write(&file, Undo::Savepoint, insert_endless).await;
    assert!(matches!(unit, Err(EngineError::Timeout)));
    bench.insert(&file, 1).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [1]);
}

#[tokio::test]
async fn a_read_that_is_not_quick_is_left_to_the_readers() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    assert!(bench.engine.read_quick(&file, |conn| keys(conn)).is_none(), "no connection is open yet");
    bench.insert(&file, 1).await.unwrap().unwrap();
    bench.keys(&file).await;
    assert_eq!(bench.engine.read_quick(&file, |conn| keys(conn)), Some(vec![1]));
    // A transaction that is left open shows the next one no old state.
    let left_open = |conn: &mut rusqlite::Connection| conn.execute_batch("BEGIN; SELECT * FROM t").is_ok();
    assert_eq!(bench.engine.read_quick(&file, left_open), Some(true));
    bench.insert(&file, 2).await.unwrap().unwrap();
    assert_eq!(bench.engine.read_quick(&file, |conn| keys(conn)), Some(vec![1, 2]));
    assert!(bench.engine.read_quick(&file, endless).is_none());
    assert!(bench.engine.read_quick(&file, |conn| keys(conn)).is_none(), "quick reads rest");
    assert_eq!(bench.keys(&file).await, [1, 2]);
}

#[tokio::test]
async fn a_unit_cannot_end_the_shared_transaction() {
    let endings = ["COMMIT", "ROLLBACK", "COMMIT; BEGIN", "ROLLBACK; BEGIN"];
    let both = endings.into_iter().flat_map(|sql| [(sql, Undo::Savepoint), (sql, Undo::None)]);
    for (sql, undo) in both.chain([("RELEASE neonex_unit", Undo::Savepoint)]) {
        let bench = Bench::new(EngineOptions::default());
        let file = bench.table("a").await;
        let ending = bench.engine.write(&file, undo, move |conn| {
            insert(conn, 1).unwrap();
            // One by one: the refused COMMIT reports an error, and the unit goes on regardless.
            for statement in sql.split("; ") {
                conn.execute_batch(statement).ok();
            }
            insert(conn, 2).ok();
            Ok::<_, ()>(())
        });
        assert!(matches!(ending.await, Err(EngineError::EndedTransaction)), "{sql}");
        assert!(bench.keys(&file).await.is_empty(), "{sql}");
        bench.insert(&file, 3).await.unwrap().unwrap();
        assert_eq!(bench.keys(&file).await, [3], "{sql}");
    }
}

#[tokio::test]
async fn the_others_of_an_ended_transaction_are_told_to_retry() {
    let bench =
        Bench::new(EngineOptions { max_batch_time: Duration::from_mins(1), ..EngineOptions::default() });
    let file = bench.table("a").await;
    let (entered, inside) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let neighbour = queued(bench.engine.write(&file, Undo::Savepoint, move |conn| {
        entered.send(()).unwrap();
        released.recv().unwrap();
        insert(conn, 1)
    }));
    inside.recv().unwrap();
    let ending = queued(bench.engine.write(&file, Undo::Savepoint, |conn| conn.execute_batch("ROLLBACK")));
    release.send(()).unwrap();
    assert!(matches!(neighbour.await, Err(EngineError::BatchAborted)));
    assert!(matches!(ending.await, Err(EngineError::EndedTransaction)));
    assert!(bench.keys(&file).await.is_empty());
}

#[tokio::test]
async fn a_failed_commit_is_everyones() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    let schema = "CREATE TABLE child (k INTEGER REFERENCES t (k) DEFERRABLE INITIALLY DEFERRED)";
    bench
        .engine
        .write(&file, Undo::Savepoint, move |conn| conn.execute_batch(schema))
        .await
        .unwrap()
        .unwrap();
    let unit =
        bench.engine.write(&file, Undo::Savepoint, |conn| conn.execute("INSERT INTO child VALUES (7)", []));
    assert!(matches!(unit.await, Err(EngineError::Sqlite(_))));
    bench.insert(&file, 1).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [1]);
}

#[tokio::test]
async fn readers_cannot_write_nor_keep_a_transaction() {
    let bench = Bench::new(EngineOptions { readers: 1, ..EngineOptions::default() });
    let file = bench.table("a").await;
    assert!(bench.engine.read(&file, |conn| insert(conn, 1)).await.unwrap().is_err());
    let seen = bench.engine.read(&file, |conn| {
        conn.execute_batch("BEGIN").unwrap();
        keys(conn)
    });
    assert!(seen.await.unwrap().is_empty());
    bench.insert(&file, 1).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [1]);
}

#[tokio::test]
async fn a_quoted_name_that_is_no_column_is_no_text() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    bench.insert(&file, 1).await.unwrap().unwrap();
    let ask = |conn: &mut rusqlite::Connection| {
        conn.query_row("SELECT \"gone\" FROM t", [], |row| row.get::<_, String>(0))
    };
    assert!(bench.engine.read(&file, ask).await.unwrap().is_err());
    assert!(bench.engine.write(&file, Undo::Savepoint, ask).await.unwrap().is_err());
    let index = |conn: &mut rusqlite::Connection| conn.execute_batch("CREATE INDEX i ON t (\"gone\")");
    assert!(bench.engine.write(&file, Undo::Savepoint, index).await.unwrap().is_err());
}

#[test]
fn an_old_sqlite_is_refused() {
    let message = check_sqlite(3_051_002, "3.51.2").unwrap_err().to_string();
    assert!(message.contains("3.51.2") && message.contains("3.51.3 or later"), "{message}");
    check_sqlite(3_051_003, "3.51.3").unwrap();
}

#[tokio::test]
async fn a_full_disk_leaves_the_file_usable() {
    let bench = Bench::new(EngineOptions::default());
    let file = bench.table("a").await;
    // SQLite reports its own limit on pages as it does a full disk.
    let filling = bench.engine.write(&file, Undo::Savepoint, |conn| {
        insert(conn, 1)?;
        conn.pragma_update(None, "max_page_count", 3)?;
        conn.execute_batch("CREATE TABLE big (b BLOB); INSERT INTO big VALUES (zeroblob(100000))")
    });
    let error = filling.await.unwrap().unwrap_err();
    assert!(matches!(EngineError::from(error), EngineError::DiskFull));
    bench.insert(&file, 2).await.unwrap().unwrap();
    assert_eq!(bench.keys(&file).await, [2]);
}
