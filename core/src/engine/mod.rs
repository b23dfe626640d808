//! The SQLite engine: shared reader threads, and writers that commit what waits for a file in one transaction
//! (group commit). Thousands of files share these few threads; an idle file costs none.
//!
//! What can still go wrong: a unit whose statement SQLite interrupts or cannot store (time limit, full disk)
//! ends the transaction of everyone in its batch; they hear [`EngineError::BatchAborted`] and may retry.

mod batch;
mod connection;
mod error;
mod file;
mod folder;
mod functions;
mod keeper;
mod metrics;
mod options;
mod quick;
mod reader;
mod registry;
mod task;
mod threads;
mod writer;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::TrySendError;
use rusqlite::Connection;

pub use self::error::EngineError;
pub use self::file::{DbFile, SizeClass};
pub use self::folder::{DataFolder, DataFolderError};
pub use self::options::{Durability, EngineOptions};

use self::reader::{Read, ReadCall};
use self::task::task;
use self::threads::Threads;
use self::writer::{Unit, enqueue};

/// How a unit's changes are undone if it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// By a savepoint of its own: its neighbours in the commit are not touched.
    Savepoint,
    /// Not at all, which is faster: for a single statement that changes rows (not the schema), or a unit whose
    /// later statements cannot fail logically. If it fails after having changed something, the whole batch is
    /// rolled back and everyone else in it hears [`EngineError::BatchAborted`].
    None,
}

/// The engine. Cheap to clone. Call [`shutdown`](Self::shutdown) at the end; an engine that is merely dropped
/// stops its threads without waiting for them.
#[derive(Clone)]
pub struct Engine {
    threads: Arc<Threads>,
}

impl Engine {
    /// Starts the threads. Install the metrics recorder before.
    pub fn start(options: EngineOptions) -> Result<Self, EngineError> {
        check_sqlite(rusqlite::version_number(), rusqlite::version())?;
        Ok(Self { threads: Arc::new(Threads::start(options)?) })
    }

    /// Runs `f` on a read-only connection to the file, which must exist. It sees every write that has been
    /// answered. Statements of `f` see one state only within a transaction that it begins itself. If the
    /// caller goes away before `f` has begun, it is not run.
    pub async fn read<T, F>(&self, file: &DbFile, f: F) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> T + Send + 'static,
    {
        let lease = self.threads.registry.lease(file)?;
        let (task, answer) = task(move |conn| Ok::<T, Infallible>(f(conn)));
        let call = ReadCall::Run(Read { lease, task, queued: Instant::now() });
        self.threads.reads.try_send(call).map_err(|error| match error {
            TrySendError::Full(_) => EngineError::Busy,
            TrySendError::Disconnected(_) => EngineError::Closed,
        })?;
        let Ok(value) = answer.await.map_err(|_| EngineError::Closed)??;
        Ok(value)
    }

    /// Runs `f` as a unit on the file's writing connection, inside a transaction shared with other units, and
    /// answers once that is committed. The file is created if its folder exists. `f` must not begin, commit
    /// or roll back; savepoints are its own affair. It is run even if the caller has gone away.
    ///
    /// The outer error is the engine's, and nothing was kept; the inner one is `f`'s own, and its changes were
    /// undone.
    pub async fn write<T, E, F>(&self, file: &DbFile, undo: Undo, f: F) -> Result<Result<T, E>, EngineError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    {
        let threads = &self.threads;
        let lease = threads.registry.lease(file)?;
        let (task, answer) = task(f);
        let unit = Unit { task, undo, queued: Instant::now(), lease };
        enqueue(unit, &threads.writes, threads.options.queue_limit, &threads.metrics)?;
        answer.await.map_err(|_| EngineError::Closed)?
    }

    /// Closes all connections to the file, after the work that waits for it; needed before the file is moved
    /// or deleted. Work that arrives meanwhile is refused with [`EngineError::Closed`]; work that arrives
    /// afterwards opens the file again, and a write creates it.
    pub async fn close(&self, file: &DbFile) -> Result<(), EngineError> {
        self.threads.registry.close(file.path()).await.map_err(|_| EngineError::Closed)
    }

    /// Files open at present.
    pub fn open_files(&self) -> usize {
        self.threads.registry.open_files()
    }

    /// Refuses new work, finishes and commits what waits, closes all files, and ends the threads.
    pub async fn shutdown(&self) {
        for closed in self.threads.registry.close_all() {
            // An error means that another shutdown has already ended the threads.
            drop(closed.await);
        }
        let threads = Arc::clone(&self.threads);
        // Only a panic there could fail, and the runtime has reported it.
        drop(tokio::task::spawn_blocking(move || threads.stop_and_join()).await);
    }
}

/// Versions before 3.51.3 can corrupt a WAL database when a checkpoint meets a write that restarts the log.
fn check_sqlite(number: i32, name: &str) -> Result<(), EngineError> {
    if number < 3_051_003 { Err(EngineError::OldSqlite { found: name.to_owned() }) } else { Ok(()) }
}
