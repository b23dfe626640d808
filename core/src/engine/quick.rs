//! Reads on the caller's own thread. To hand a read by key to a reader and its answer back costs more than the read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::registry::lock;
use super::{DbFile, Engine};

/// What a caller's thread, which serves others too, is kept by one read at most, counted as time in SQLite's virtual
/// machine. A read by key takes some ten microseconds.
const QUICK: Duration = Duration::from_millis(1);
/// How long a file's reads go to the readers once one of them was not quick.
const REST: Duration = Duration::from_millis(100);

impl Engine {
    /// Runs `f`, which is expected to take microseconds, on a read-only connection to the file here and now, and sees
    /// every write that has been answered. `None` where that cannot be: no connection is idle, the file's reads were
    /// not quick lately, or this one was not and was broken off. Then it is for [`read`](Self::read).
    pub fn read_quick<T>(&self, file: &DbFile, f: impl FnOnce(&mut Connection) -> T) -> Option<T> {
        let lease = self.threads.registry.lease(file).ok()?;
        let mut reader = lock(&lease.reads).take_quick(lease.class())?;
        reader.limit.arm(QUICK);
        // After a panic the connection is dropped; the reader that does it again reports it.
        let value = catch_unwind(AssertUnwindSafe(|| f(&mut reader.conn))).ok()?;
        let broken_off = reader.limit.disarm();
        let clean = reader.is_clean();
        let mut reads = lock(&lease.reads);
        if clean {
            reads.put_back(reader);
        }
        if broken_off {
            reads.rest_until(Instant::now() + REST);
            return None;
        }
        Some(value)
    }
}
