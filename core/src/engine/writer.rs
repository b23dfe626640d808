//! The threads that run writes, shared over all files: a file is served by one of them at a time, a batch per
//! turn, and files take turns in the order in which they became ready.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender};

use super::batch::Batch;
use super::connection::WriteConnection;
use super::keeper::{after_commit, watch_wal};
use super::metrics::EngineMetrics;
use super::registry::{Lease, lock};
use super::task::Task;
use super::{EngineError, EngineOptions, Undo};

/// A write that waits.
pub(super) struct Unit {
    pub(super) task: Box<dyn Task>,
    pub(super) undo: Undo,
    pub(super) queued: Instant,
    /// Keeps the file open until the unit is answered.
    pub(super) lease: Lease,
}

/// The writes that wait for one file.
#[derive(Default)]
pub(super) struct Queue {
    units: VecDeque<Unit>,
    /// A writer has the file, or will take it: it stands in the ready channel at most once.
    scheduled: bool,
}

/// What a writer is told.
pub(super) enum WriteCall {
    /// A file with waiting writes.
    Ready(Lease),
    Stop,
}

/// Puts a unit in its file's queue, and the file in line if it is not there yet.
pub(super) fn enqueue(
    unit: Unit,
    ready: &Sender<WriteCall>,
    limit: usize,
    metrics: &EngineMetrics,
) -> Result<(), EngineError> {
    let lease = unit.lease.clone();
    let mut queue = lock(&lease.queue);
    if queue.units.len() >= limit {
        return Err(EngineError::Busy);
    }
    queue.units.push_back(unit);
    metrics.writer_queue_depth.increment(1.0);
    if !queue.scheduled {
        queue.scheduled = true;
        ready.send(WriteCall::Ready(lease.clone())).map_err(|_| EngineError::Closed)?;
    }
    Ok(())
}

/// A writer's thread.
pub(super) struct Writer {
    pub(super) ready: Receiver<WriteCall>,
    /// Back to the end of the line, for a file with more to do.
    pub(super) again: Sender<WriteCall>,
    pub(super) options: Arc<EngineOptions>,
    pub(super) metrics: EngineMetrics,
}

impl Writer {
    pub(super) fn run(self) {
        while let Ok(WriteCall::Ready(lease)) = self.ready.recv() {
            self.serve(&lease);
            let mut queue = lock(&lease.queue);
            if queue.units.is_empty() {
                queue.scheduled = false;
            } else {
                drop(self.again.send(WriteCall::Ready(lease.clone())));
            }
        }
    }

    /// One batch of the file's units.
    fn serve(&self, lease: &Lease) {
        let taken = lock(&lease.writer).take();
        let opened = match taken {
            Some(writer) => Ok(writer),
            None => self.open(lease),
        };
        let mut batch = Batch::default();
        let outcome = opened.and_then(|mut writer| {
            let outcome = self.fill(&mut batch, &mut writer, lease);
            if outcome.is_ok() {
                batch.answer(&Ok(()));
                after_commit(lease, &writer.conn, &self.options);
            }
            // Where even ROLLBACK fails, the connection is dropped, and the transaction with it.
            let clean = writer.conn.is_autocommit() || writer.conn.execute_batch("ROLLBACK").is_ok();
            if clean && writer.class == lease.class() {
                *lock(&lease.writer) = Some(writer);
            }
            outcome
        });
        if let Err(error) = outcome {
            // Those still waiting would fail the same way if the file cannot be opened or locked.
            if batch.is_empty() {
                while batch.len() < self.options.max_batch {
                    let Some(unit) = self.next(lease) else { break };
                    batch.refuse(unit);
                }
            }
            batch.answer(&Err(error));
        }
    }

    fn open(&self, lease: &Lease) -> Result<WriteConnection, EngineError> {
        let writer = WriteConnection::open(lease.file.path(), lease.class(), &self.options)?;
        watch_wal(&writer.conn);
        Ok(writer)
    }

    /// Runs what waits, without waiting for more, and commits.
    fn fill(
        &self,
        batch: &mut Batch,
        writer: &mut WriteConnection,
        lease: &Lease,
    ) -> Result<(), EngineError> {
        let started = Instant::now();
        Batch::begin(writer)?;
        while batch.len() < self.options.max_batch
            && (batch.is_empty() || started.elapsed() < self.options.max_batch_time)
        {
            let Some(unit) = self.next(lease) else { break };
            batch.run(unit, writer, self.options.statement_timeout)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a batch is far below 2^52")]
        self.metrics.batch_size.record(batch.len() as f64);
        let committing = Instant::now();
        Batch::commit(writer)?;
        self.metrics.commit_seconds.record(committing.elapsed());
        Ok(())
    }

    fn next(&self, lease: &Lease) -> Option<Unit> {
        let unit = lock(&lease.queue).units.pop_front()?;
        self.metrics.writer_queue_depth.decrement(1.0);
        self.metrics.writer_queue_seconds.record(unit.queued.elapsed());
        Some(unit)
    }
}
