//! The threads that run reads, shared over all files.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::connection::ReadConnection;
use super::metrics::EngineMetrics;
use super::registry::{Lease, lock};
use super::task::{Ran, Task};
use super::{EngineError, EngineOptions};

/// What waits for a reader.
pub(super) enum ReadCall {
    Run { lease: Lease, task: Box<dyn Task>, queued: Instant },
    Stop,
}

/// A reader's thread.
pub(super) struct Reader {
    pub(super) calls: Receiver<ReadCall>,
    pub(super) options: Arc<EngineOptions>,
    pub(super) metrics: EngineMetrics,
}

impl Reader {
    pub(super) fn run(self) {
        while let Ok(ReadCall::Run { lease, mut task, queued }) = self.calls.recv() {
            self.metrics.reader_queue_seconds.record(queued.elapsed());
            if task.abandoned() {
                continue;
            }
            let verdict = self.serve(&lease, task.as_mut());
            // The connection is back and the file free before the caller goes on.
            drop(lease);
            task.answer(verdict);
        }
    }

    fn serve(&self, lease: &Lease, task: &mut dyn Task) -> Result<(), EngineError> {
        let pooled = lock(&lease.readers).pop();
        let mut reader = match pooled {
            Some(reader) => reader,
            None => ReadConnection::open(&lease.file, &self.options)?,
        };
        reader.limit.arm(self.options.statement_timeout);
        let ran = task.run(&mut reader.conn);
        let timed_out = reader.limit.disarm();
        if ran == Ran::Panicked {
            // Whatever state it left goes with the connection.
            return Err(EngineError::UnitPanicked);
        }
        // A transaction left open would pin the WAL, and show the next reader an old state.
        if reader.conn.is_autocommit() || reader.conn.execute_batch("ROLLBACK").is_ok() {
            lock(&lease.readers).push(reader);
        }
        if timed_out { Err(EngineError::Timeout) } else { Ok(()) }
    }
}
