//! The threads that close files and move write-ahead logs into them, so that neither a caller nor a writer
//! waits for it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::oneshot;

use super::connection::writable;
use super::registry::{Entry, Lease, Registry, lock};
use super::{EngineOptions, SizeClass};

/// What a keeper is asked to do.
pub(super) enum KeeperCall {
    /// Nobody uses the file any more.
    Close(Arc<Entry>),
    Checkpoint(Lease),
    /// Everything asked before is done.
    Answer(oneshot::Sender<()>),
    Stop,
}

/// How far a file's checkpoints have come.
#[derive(Default)]
pub(super) struct WalState {
    /// Frames in the WAL when the last pass was asked for.
    asked_at: AtomicU32,
    pending: AtomicBool,
    /// Passes of a small file.
    passes: AtomicU32,
    /// A background pass has ended since the last inline one.
    pub(super) just_ended: AtomicBool,
}

thread_local! {
    /// Frames in the WAL after this thread's last commit. SQLite's hook is a plain function, and runs on the
    /// thread that commits.
    static WAL_FRAMES: Cell<u32> = const { Cell::new(0) };
}

/// Has the writer's commits report the WAL's length.
pub(super) fn watch_wal(conn: &Connection) {
    conn.wal_hook(Some(note_frames));
}

#[expect(clippy::unnecessary_wraps, reason = "SQLite's hook has this shape")]
fn note_frames(_: &Wal, frames: i32) -> rusqlite::Result<()> {
    WAL_FRAMES.set(u32::try_from(frames).unwrap_or(0));
    Ok(())
}

/// Frames after which the writer of a small file makes a pass itself, as SQLite does where nobody else looks after it.
const SMALL_FRAMES: u32 = 1_000;
/// A small file that has had so many passes is busy (16 MiB have been written), and from then on treated as a large one,
/// until it is closed.
const BUSY_PASSES: u32 = 4;

/// After a commit. Of a large file: asks for a background pass, or makes the short inline one that lets the WAL start
/// over from its beginning (a background pass alone never does while commits go on).
pub(super) fn after_commit(lease: &Lease, conn: &Connection, options: &EngineOptions) {
    // Taken: a commit that changed nothing reports nothing, and the last one may have been another file's.
    let (wal, frames) = (&lease.wal, WAL_FRAMES.take());
    if lease.class() == SizeClass::Small {
        if frames >= SMALL_FRAMES {
            pass(conn, lease);
            if wal.passes.fetch_add(1, Ordering::Relaxed) + 1 >= BUSY_PASSES {
                lease.treat_as_large();
            }
        }
        return;
    }
    if wal.pending.load(Ordering::Acquire) {
        return;
    }
    if frames > options.restart_frames && wal.just_ended.swap(false, Ordering::AcqRel) {
        pass(conn, lease);
        return;
    }
    let asked_at = wal.asked_at.load(Ordering::Relaxed);
    // Fewer frames than at the last pass: the WAL has started over.
    let new = if frames < asked_at { frames } else { frames - asked_at };
    if new >= options.checkpoint_frames {
        wal.asked_at.store(frames, Ordering::Relaxed);
        wal.pending.store(true, Ordering::Release);
        drop(lease.keeper.send(KeeperCall::Checkpoint(lease.clone())));
    }
}

/// A keeper's thread. One of them also closes files that have been idle for long.
pub(super) struct Keeper {
    pub(super) calls: Receiver<KeeperCall>,
    pub(super) registry: Arc<Registry>,
    pub(super) options: Arc<EngineOptions>,
    pub(super) sweeps: bool,
}

impl Keeper {
    pub(super) fn run(self) {
        let period = (self.options.idle_close / 4).clamp(Duration::from_millis(50), Duration::from_secs(30));
        let mut next_sweep = Instant::now() + period;
        loop {
            let call = if self.sweeps {
                self.calls.recv_deadline(next_sweep)
            } else {
                self.calls.recv().map_err(RecvTimeoutError::from)
            };
            match call {
                Ok(KeeperCall::Close(entry)) => {
                    entry.drop_connections();
                    self.registry.closed(&entry);
                }
                Ok(KeeperCall::Checkpoint(lease)) => self.checkpoint(&lease),
                Ok(KeeperCall::Answer(done)) => done.send(()).unwrap_or_default(),
                Ok(KeeperCall::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.sweeps && Instant::now() >= next_sweep {
                self.registry.close_idle(self.options.idle_close);
                next_sweep = Instant::now() + period;
            }
        }
    }

    fn checkpoint(&self, lease: &Lease) {
        let mut slot = lock(&lease.checkpointer);
        if slot.is_none() {
            match writable(lease.file.path(), SizeClass::Large, &self.options) {
                Ok(conn) => *slot = Some(conn),
                Err(error) => tracing::warn!(%error, "cannot open a database for its checkpoint"),
            }
        }
        if let Some(conn) = slot.as_ref() {
            pass(conn, lease);
        }
        lease.wal.just_ended.store(true, Ordering::Release);
        lease.wal.pending.store(false, Ordering::Release);
    }
}

/// PASSIVE: takes what it can without making anyone wait. A failure costs only disk space, until the next pass.
fn pass(conn: &Connection, lease: &Lease) {
    if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(%error, file = %lease.file.path().display(), "a checkpoint failed");
    }
}
