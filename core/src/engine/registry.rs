//! The files that are open, and who uses them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::WriteConnection;
use super::keeper::{KeeperCall, WalState};
use super::metrics::EngineMetrics;
use super::reader::Reads;
use super::writer::Queue;
use super::{DbFile, EngineError, SizeClass};

/// Locks, whatever a panicking holder left: every critical section here leaves its data whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open file: its connections, its waiting writes, its users.
pub(super) struct Entry {
    pub(super) file: DbFile,
    pub(super) reads: Mutex<Reads>,
    pub(super) writer: Mutex<Option<WriteConnection>>,
    pub(super) checkpointer: Mutex<Option<Connection>>,
    pub(super) queue: Mutex<Queue>,
    pub(super) wal: WalState,
    /// The thread that closes and checkpoints this file; always the same, so that its calls keep their order.
    pub(super) keeper: Sender<KeeperCall>,
    large: AtomicBool,
    users: AtomicUsize,
    closing: AtomicBool,
    close_waiters: Mutex<Vec<oneshot::Sender<()>>>,
    /// Milliseconds after the registry's start.
    last_used: AtomicU64,
}

impl Entry {
    fn new(file: DbFile, keeper: Sender<KeeperCall>) -> Arc<Self> {
        let large = file.class() == SizeClass::Large || is_large(file.path());
        Arc::new(Self {
            file,
            large: AtomicBool::new(large),
            reads: Mutex::default(),
            writer: Mutex::default(),
            checkpointer: Mutex::default(),
            queue: Mutex::default(),
            wal: WalState::default(),
            keeper,
            users: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            close_waiters: Mutex::default(),
            last_used: AtomicU64::new(0),
        })
    }

    /// How the file is treated now.
    pub(super) fn class(&self) -> SizeClass {
        if self.large.load(Ordering::Relaxed) { SizeClass::Large } else { SizeClass::Small }
    }

    /// Connections that were opened for a small file are used once more at most, and then opened anew.
    pub(super) fn treat_as_large(&self) {
        self.large.store(true, Ordering::Relaxed);
    }

    /// Drops every connection. The writer goes last: the last to close moves the WAL into the file, which a
    /// read-only one cannot.
    pub(super) fn drop_connections(&self) {
        drop(lock(&self.reads).take_idle());
        drop(lock(&self.checkpointer).take());
        drop(lock(&self.writer).take());
    }
}

/// Proof that a file is in use: it is neither evicted nor closed before the last lease is gone.
pub(super) struct Lease(Arc<Entry>);

impl Lease {
    fn new(entry: &Arc<Entry>) -> Self {
        entry.users.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(entry))
    }
}

impl Clone for Lease {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl std::ops::Deref for Lease {
    type Target = Entry;
    fn deref(&self) -> &Entry {
        &self.0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let last = self.0.users.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && self.0.closing.load(Ordering::SeqCst) {
            // Fails only when the keeper has stopped, and then nothing is left to close.
            drop(self.0.keeper.send(KeeperCall::Close(Arc::clone(&self.0))));
        }
    }
}

#[derive(Default)]
struct Files {
    open: HashMap<Arc<Path>, Arc<Entry>>,
    stopping: bool,
}

/// From this size on a file is treated as a large one from the start.
const LARGE_BYTES: u64 = 16 << 20;

fn is_large(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.len() >= LARGE_BYTES)
}

/// All open files. Leases are taken under its lock, so whoever holds it for writing sees who is in use.
pub(super) struct Registry {
    files: RwLock<Files>,
    keepers: Vec<Sender<KeeperCall>>,
    max_open: usize,
    started: Instant,
    metrics: EngineMetrics,
}

impl Registry {
    pub(super) fn new(keepers: Vec<Sender<KeeperCall>>, max_open: usize, metrics: EngineMetrics) -> Self {
        Self { files: RwLock::default(), keepers, max_open, started: Instant::now(), metrics }
    }

    /// Takes the file into use, opening it if necessary.
    pub(super) fn lease(&self, file: &DbFile) -> Result<Lease, EngineError> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = files.open.get(file.path()) {
            return self.use_entry(entry);
        }
        drop(files);
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if files.stopping {
            return Err(EngineError::Closed);
        }
        let keeper = self.keeper(file.path()).ok_or(EngineError::Closed)?;
        let entry = files.open.entry(file.key()).or_insert_with(|| Entry::new(file.clone(), keeper));
        let lease = self.use_entry(entry)?;
        if files.open.len() > self.max_open {
            self.evict(&mut files);
        }
        self.count(&files);
        Ok(lease)
    }

    fn use_entry(&self, entry: &Arc<Entry>) -> Result<Lease, EngineError> {
        if entry.closing.load(Ordering::SeqCst) {
            return Err(EngineError::Closed);
        }
        entry.last_used.store(self.now(), Ordering::Relaxed);
        Ok(Lease::new(entry))
    }

    /// Closes the least recently used idle files, somewhat more than needed, so that a run of new files
    /// does not look through all of them each time.
    fn evict(&self, files: &mut Files) {
        let surplus = files.open.len().saturating_sub(self.max_open) + self.max_open / 32;
        let mut idle: Vec<_> = files
            .open
            .iter()
            .filter(|(_, entry)| is_idle(entry))
            .map(|(path, entry)| (entry.last_used.load(Ordering::Relaxed), Arc::clone(path)))
            .collect();
        idle.sort_unstable();
        for (_, path) in idle.into_iter().take(surplus) {
            remove(files, &path);
        }
    }

    /// Closes what has not been used for `age`.
    pub(super) fn close_idle(&self, age: Duration) {
        let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let Some(before) = self.now().checked_sub(age) else { return };
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let idle: Vec<_> = files
            .open
            .iter()
            .filter(|(_, entry)| is_idle(entry) && entry.last_used.load(Ordering::Relaxed) <= before)
            .map(|(path, _)| Arc::clone(path))
            .collect();
        for path in idle {
            remove(&mut files, &path);
        }
        self.count(&files);
    }

    /// Lets the file's users finish, refuses new ones, then closes it; the answer comes when it is closed.
    pub(super) fn close(&self, path: &Path) -> oneshot::Receiver<()> {
        let (done, closed) = oneshot::channel();
        let files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = files.open.get(path) {
            start_closing(entry, done);
        } else if let Some(keeper) = self.keeper(path) {
            // Not open; but an eviction may still be under way, and the keeper answers after it.
            drop(keeper.send(KeeperCall::Answer(done)));
        }
        closed
    }

    /// Refuses all new work, and closes every file when its users have finished.
    pub(super) fn close_all(&self) -> Vec<oneshot::Receiver<()>> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        files.stopping = true;
        let close = |entry: &Arc<Entry>| {
            let (done, closed) = oneshot::channel();
            start_closing(entry, done);
            closed
        };
        files.open.values().map(close).collect()
    }

    /// The keeper has closed the file's connections.
    pub(super) fn closed(&self, entry: &Arc<Entry>) {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if files.open.get(entry.file.path()).is_some_and(|known| Arc::ptr_eq(known, entry)) {
            files.open.remove(entry.file.path());
            self.count(&files);
        }
        drop(files);
        for waiter in std::mem::take(&mut *lock(&entry.close_waiters)) {
            // Whoever asked may have gone.
            waiter.send(()).ok();
        }
    }

    pub(super) fn open_files(&self) -> usize {
        self.files.read().unwrap_or_else(PoisonError::into_inner).open.len()
    }

    fn keeper(&self, path: &Path) -> Option<Sender<KeeperCall>> {
        // Any stable spread will do; the length of a path is not one, its last bytes are.
        let bytes = path.as_os_str().as_encoded_bytes();
        let sum = bytes
            .iter()
            .rev()
            .take(32)
            .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        self.keepers.get(sum % self.keepers.len().max(1)).cloned()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    #[expect(clippy::cast_precision_loss, reason = "a number of files is far below 2^52")]
    fn count(&self, files: &Files) {
        self.metrics.open_files.set(files.open.len() as f64);
    }
}

fn is_idle(entry: &Entry) -> bool {
    entry.users.load(Ordering::SeqCst) == 0 && !entry.closing.load(Ordering::SeqCst)
}

fn remove(files: &mut Files, path: &Path) {
    if let Some(entry) = files.open.remove(path) {
        let keeper = entry.keeper.clone();
        drop(keeper.send(KeeperCall::Close(entry)));
    }
}

fn start_closing(entry: &Arc<Entry>, done: oneshot::Sender<()>) {
    lock(&entry.close_waiters).push(done);
    entry.closing.store(true, Ordering::SeqCst);
    if entry.users.load(Ordering::SeqCst) == 0 {
        drop(entry.keeper.send(KeeperCall::Close(Arc::clone(entry))));
    }
}
