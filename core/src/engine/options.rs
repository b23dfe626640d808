//! How many threads, how much memory and how much patience the engine has.

use std::thread::available_parallelism;
use std::time::Duration;

/// When a commit counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every commit is on the disk before anyone is answered (`synchronous=FULL`).
    #[default]
    Full,
    /// A power cut may lose the last commits, never the file's consistency (`synchronous=NORMAL`).
    Normal,
}

/// Settings of an [`Engine`](super::Engine); `Default` holds the measured values.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Threads that run reads, shared over all files.
    pub readers: usize,
    /// Readers that one file may occupy at a time. Fewer than `readers`, so that slow queries of one tenant do
    /// not hold up all others; as many as cores, so that one busy file can use them all.
    pub readers_per_file: usize,
    /// Threads that run writes, shared over all files. More than cores, because they mostly wait for a disk.
    pub writers: usize,
    /// When a commit counts as done.
    pub durability: Durability,
    /// Files kept open; the least recently used idle ones are closed beyond it. Only files in use at the
    /// same moment can push the number above it. A file takes three descriptors, and one more per further
    /// connection.
    pub max_open_files: usize,
    /// A file unused for this long is closed.
    pub idle_close: Duration,
    /// Units in one commit. Too few hurts the slowest answers under many clients.
    pub max_batch: usize,
    /// A batch takes no further unit after this time. It never waits for one.
    pub max_batch_time: Duration,
    /// Writes, and reads, that may wait for one file; beyond it they are [`Busy`](super::EngineError::Busy).
    pub queue_limit: usize,
    /// Reads that may wait for a reader, over all files; beyond it a read is busy.
    pub read_queue_limit: usize,
    /// Time a read, or a unit of a write, may run in SQLite.
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock held by another connection or process.
    pub busy_timeout: Duration,
    /// A background checkpoint of a large file starts after this many new WAL frames.
    pub checkpoint_frames: u32,
    /// A large file's writer makes one short checkpoint itself when the WAL has grown to this many frames,
    /// because background passes alone never let a busy WAL start over.
    pub restart_frames: u32,
}

impl Default for EngineOptions {
    fn default() -> Self {
        let cores = available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            readers: cores.clamp(1, 8) + 2,
            readers_per_file: cores.clamp(1, 8),
            writers: cores.saturating_mul(2).clamp(4, 8),
            durability: Durability::Full,
            max_open_files: 1_024,
            idle_close: Duration::from_mins(5),
            max_batch: 256,
            max_batch_time: Duration::from_millis(5),
            queue_limit: 4_096,
            read_queue_limit: 16_384,
            statement_timeout: Duration::from_secs(5),
            busy_timeout: Duration::from_secs(5),
            checkpoint_frames: 500,
            restart_frames: 16_000,
        }
    }
}
