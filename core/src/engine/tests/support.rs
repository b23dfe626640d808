//! A folder, an engine and a table to test with.

use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::engine::{DbFile, Engine, EngineError, EngineOptions, Undo};

/// Far above what any step takes; only a hang reaches it.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) folder: TempDir,
}

impl Bench {
    pub(super) fn new(options: EngineOptions) -> Self {
        Self { engine: Engine::start(options).unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// A file with a table `t (k INTEGER PRIMARY KEY)`.
    pub(super) async fn table(&self, name: &str) -> DbFile {
        self.prepare(DbFile::small(self.folder.path().join(name))).await
    }

    pub(super) async fn prepare(&self, file: DbFile) -> DbFile {
        let create =
            |conn: &mut rusqlite::Connection| conn.execute_batch("CREATE TABLE t (k INTEGER PRIMARY KEY)");
        self.engine.write(&file, Undo::Savepoint, create).await.unwrap().unwrap();
        file
    }

    pub(super) async fn insert(&self, file: &DbFile, key: i64) -> Result<rusqlite::Result<()>, EngineError> {
        self.engine.write(file, Undo::Savepoint, move |conn| insert(conn, key)).await
    }

    pub(super) async fn keys(&self, file: &DbFile) -> Vec<i64> {
        self.engine.read(file, |conn| keys(conn)).await.unwrap()
    }

    /// Occupies the file's writer until the sender is used or dropped; returns once it is occupied.
    pub(super) async fn hold(&self, file: &DbFile) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
        let (engine, file) = (self.engine.clone(), file.clone());
        let (release, released) = mpsc::channel::<()>();
        let (entered, inside) = tokio::sync::oneshot::channel();
        let held = tokio::spawn(async move {
            let wait = move |_: &mut rusqlite::Connection| {
                entered.send(()).unwrap();
                released.recv_timeout(PATIENCE).ok();
                Ok::<_, ()>(())
            };
            engine.write(&file, Undo::Savepoint, wait).await.unwrap().unwrap();
        });
        inside.await.unwrap();
        (release, held)
    }
}

pub(super) fn insert(conn: &rusqlite::Connection, key: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO t VALUES (?1)")?.execute([key]).map(drop)
}

pub(super) fn keys(conn: &rusqlite::Connection) -> Vec<i64> {
    let mut rows = conn.prepare_cached("SELECT k FROM t ORDER BY k").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Starts `unit` and returns when it stands in the queue: the first poll of a write puts it there.
pub(super) fn queued<F>(unit: F) -> impl Future<Output = F::Output>
where
    F: Future,
{
    let mut unit = Box::pin(unit);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(unit.as_mut().poll(&mut context).is_pending());
    unit
}

/// Until `condition` holds; fails the test rather than hang.
pub(super) async fn eventually(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the condition did not come true");
}
