//! Opening connections with the settings of their role and their file's size class.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::functions;
use super::{Durability, EngineError, EngineOptions, SizeClass};

/// Virtual-machine steps between two looks at the clock: well below a millisecond, and not measurable.
const STEPS_PER_CHECK: i32 = 1_000;

/// Stops a connection's statements when their time is up. It sees only time spent in SQLite's virtual machine,
/// not one long call of a function.
#[derive(Clone)]
pub(super) struct Limit(Arc<LimitState>);

struct LimitState {
    epoch: Instant,
    /// Microseconds after `epoch`; 0 means no limit.
    deadline: AtomicU64,
    fired: AtomicBool,
}

impl Limit {
    fn install(conn: &Connection) -> rusqlite::Result<Self> {
        let limit = Self(Arc::new(LimitState {
            epoch: Instant::now(),
            deadline: AtomicU64::new(0),
            fired: AtomicBool::new(false),
        }));
        let seen = limit.clone();
        conn.progress_handler(STEPS_PER_CHECK, Some(move || seen.is_over()))?;
        Ok(limit)
    }

    fn is_over(&self) -> bool {
        let deadline = self.0.deadline.load(Ordering::Relaxed);
        let over = deadline != 0 && self.elapsed() >= deadline;
        if over {
            self.0.fired.store(true, Ordering::Relaxed);
        }
        over
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.0.epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn arm(&self, allowed: Duration) {
        let allowed = u64::try_from(allowed.as_micros()).unwrap_or(u64::MAX);
        self.0.fired.store(false, Ordering::Relaxed);
        self.0.deadline.store(self.elapsed().saturating_add(allowed).max(1), Ordering::Relaxed);
    }

    /// Lifts the limit, and tells whether it stopped a statement.
    pub(super) fn disarm(&self) -> bool {
        self.0.deadline.store(0, Ordering::Relaxed);
        self.0.fired.load(Ordering::Relaxed)
    }
}

/// A connection that cannot write.
pub(super) struct ReadConnection {
    pub(super) conn: Connection,
    pub(super) limit: Limit,
    /// How the file was treated when it was opened.
    pub(super) class: SizeClass,
}

impl ReadConnection {
    pub(super) fn open(path: &Path, class: SizeClass, options: &EngineOptions) -> Result<Self, EngineError> {
        let open = || {
            let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?;
            conn.pragma_update(None, "query_only", true)?;
            configure(&conn, class)?;
            let limit = Limit::install(&conn)?;
            Ok(Self { conn, limit, class })
        };
        open().map_err(|source| EngineError::opening(path, source))
    }

    /// Whether it is fit for another read: a transaction left open would pin the WAL, and show the next reader an old
    /// state.
    pub(super) fn is_clean(&self) -> bool {
        self.conn.is_autocommit() || self.conn.execute_batch("ROLLBACK").is_ok()
    }
}

/// The one connection of a file that writes.
pub(super) struct WriteConnection {
    pub(super) conn: Connection,
    pub(super) limit: Limit,
    pub(super) guard: Guard,
    /// How the file was treated when it was opened.
    pub(super) class: SizeClass,
}

impl WriteConnection {
    pub(super) fn open(path: &Path, class: SizeClass, options: &EngineOptions) -> Result<Self, EngineError> {
        let open = || {
            let conn = writable(path, class, options)?;
            let limit = Limit::install(&conn)?;
            let guard = Guard::install(&conn)?;
            Ok(Self { conn, limit, guard, class })
        };
        open().map_err(|source| EngineError::opening(path, source))
    }
}

/// Keeps units from ending the transaction that they share: only the engine's own COMMIT passes, any other
/// becomes a rollback, and every rollback of the whole is noticed, even if a unit began a new transaction.
#[derive(Clone)]
pub(super) struct Guard(Arc<GuardState>);

#[derive(Default)]
struct GuardState {
    may_commit: AtomicBool,
    rolled_back: AtomicBool,
}

impl Guard {
    fn install(conn: &Connection) -> rusqlite::Result<Self> {
        let guard = Self(Arc::new(GuardState::default()));
        let (committing, rolling) = (guard.clone(), guard.clone());
        conn.commit_hook(Some(move || !committing.0.may_commit.load(Ordering::Relaxed)))?;
        conn.rollback_hook(Some(move || rolling.0.rolled_back.store(true, Ordering::Relaxed)))?;
        Ok(guard)
    }

    pub(super) fn begin(&self) {
        self.0.rolled_back.store(false, Ordering::Relaxed);
    }

    pub(super) fn rolled_back(&self) -> bool {
        self.0.rolled_back.load(Ordering::Relaxed)
    }

    pub(super) fn committing<R>(&self, commit: impl FnOnce() -> R) -> R {
        self.0.may_commit.store(true, Ordering::Relaxed);
        let result = commit();
        self.0.may_commit.store(false, Ordering::Relaxed);
        result
    }
}

/// A connection that may write, in WAL mode. The file is created if its folder exists.
pub(super) fn writable(
    path: &Path,
    class: SizeClass,
    options: &EngineOptions,
) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let conn = connect(path, flags, options)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    let synchronous = match options.durability {
        Durability::Full => "full",
        Durability::Normal => "normal",
    };
    conn.pragma_update(None, "synchronous", synchronous)?;
    let size_limit = match class {
        SizeClass::Small => 4_i64 << 20,
        SizeClass::Large => 64_i64 << 20,
    };
    // The engine looks after the WAL: see `after_commit`.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "journal_size_limit", size_limit)?;
    // Immediate keys only: a deferred one that fails passes RELEASE and brings down everybody's COMMIT.
    conn.pragma_update(None, "foreign_keys", true)?;
    configure(&conn, class)?;
    Ok(conn)
}

fn connect(path: &Path, flags: OpenFlags, options: &EngineOptions) -> rusqlite::Result<Connection> {
    // No mutex: a connection moves between threads, but only one holds it at a time.
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(options.busy_timeout)?;
    Ok(conn)
}

fn configure(conn: &Connection, class: SizeClass) -> rusqlite::Result<()> {
    let (cache_kib, mmap, statements) = match class {
        SizeClass::Small => (512, 0, 32),
        // What is mapped is read without being copied, and counts as resident while it is warm: a bound on that.
        SizeClass::Large => (16_000, 32_i64 << 20, 128),
    };
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.pragma_update(None, "mmap_size", mmap)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A quoted name that is no column (any more) is an error, and not a text that reads like it.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_prepared_statement_cache_capacity(statements);
    functions::install(conn)?;
    Ok(())
}
