//! What can go wrong in the engine itself; what a unit of work says of its own is its own error type.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

/// A fault of the engine. Cheap to clone, because one failed commit is told to everyone in its batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// Too much is waiting, or the file is locked by someone else.
    #[error("the database is busy; try again shortly")]
    Busy,
    /// The statement ran longer than it may.
    #[error("the database statement took too long and was stopped")]
    Timeout,
    /// The file is being closed (it may be moved, and be back soon), or the engine shuts down.
    #[error("the database is closed")]
    Closed,
    /// The disk has no room. Nothing of the batch was kept.
    #[error("the disk is full")]
    DiskFull,
    /// Another unit in the same commit brought it down; nothing was kept, and a retry is safe.
    #[error("the write was undone together with another that failed; try again")]
    BatchAborted,
    /// The unit ended the engine's transaction (`COMMIT`, `ROLLBACK`, `ON CONFLICT ROLLBACK`) or released its
    /// savepoint. Nothing of the batch was kept.
    #[error("a unit of work ended the transaction that it shares with others")]
    EndedTransaction,
    /// The closure panicked; its work was undone.
    #[error("a unit of work panicked")]
    UnitPanicked,
    /// The file could not be opened.
    #[error("cannot open the database file {path}")]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: Arc<rusqlite::Error>,
    },
    /// Any other fault of SQLite; when a commit fails, everyone in the batch gets it.
    #[error("the database failed")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// The linked SQLite has known faults.
    #[error(
        "SQLite {found} is linked, but Neonex needs 3.51.3 or later; build with the bundled SQLite \
         (rusqlite's `bundled` feature), or update the SQLite library"
    )]
    OldSqlite {
        /// The version found.
        found: String,
    },
    /// The operating system refused a thread.
    #[error("cannot start the database threads")]
    Threads(#[source] Arc<std::io::Error>),
}

impl EngineError {
    /// Whether the same call may succeed if made again. Nothing was kept of a write that failed so.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::BatchAborted | Self::Closed => true,
            Self::Timeout
            | Self::DiskFull
            | Self::EndedTransaction
            | Self::UnitPanicked
            | Self::CannotOpen { .. }
            | Self::Sqlite(_)
            | Self::OldSqlite { .. }
            | Self::Threads(_) => false,
        }
    }

    /// A failure to open `path`.
    pub(super) fn opening(path: &Path, source: rusqlite::Error) -> Self {
        match Self::from(source) {
            Self::Sqlite(source) => Self::CannotOpen { path: path.to_owned(), source },
            known => known,
        }
    }
}

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::OperationInterrupted) => Self::Timeout,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}
