//! The threads that run reads, shared over all files. A file has at most so many of them at a time, so that
//! the slow queries of one tenant leave a thread to the others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::connection::ReadConnection;
use super::metrics::EngineMetrics;
use super::registry::{Lease, lock};
use super::task::{Ran, Task};
use super::{EngineError, EngineOptions, SizeClass};

/// A read that waits.
pub(super) struct Read {
    pub(super) lease: Lease,
    pub(super) task: Box<dyn Task>,
    pub(super) queued: Instant,
}

/// What a reader is told.
pub(super) enum ReadCall {
    Run(Read),
    Stop,
}

/// A file's reads.
#[derive(Default)]
pub(super) struct Reads {
    /// Connections not in use. The last one put back is taken first: its cache is warm.
    idle: Vec<ReadConnection>,
    /// Threads that run a read of this file.
    running: usize,
    /// Reads that wait for one of these threads.
    waiting: VecDeque<Read>,
    /// Until when no read is tried on its caller's thread.
    not_quick_until: Option<Instant>,
}

impl Reads {
    pub(super) fn take_idle(&mut self) -> Vec<ReadConnection> {
        std::mem::take(&mut self.idle)
    }

    /// An idle connection that was opened as the file is treated now.
    fn pop(&mut self, class: SizeClass) -> Option<ReadConnection> {
        std::iter::from_fn(|| self.idle.pop()).find(|reader| reader.class == class)
    }

    /// A connection for a read on its caller's thread, where such reads are tried.
    pub(super) fn take_quick(&mut self, class: SizeClass) -> Option<ReadConnection> {
        if let Some(until) = self.not_quick_until {
            if Instant::now() < until {
                return None;
            }
            self.not_quick_until = None;
        }
        self.pop(class)
    }

    pub(super) fn put_back(&mut self, reader: ReadConnection) {
        self.idle.push(reader);
    }

    pub(super) const fn rest_until(&mut self, until: Instant) {
        self.not_quick_until = Some(until);
    }
}

/// A reader's thread.
pub(super) struct Reader {
    pub(super) calls: Receiver<ReadCall>,
    pub(super) options: Arc<EngineOptions>,
    pub(super) metrics: EngineMetrics,
}

impl Reader {
    pub(super) fn run(self) {
        while let Ok(ReadCall::Run(read)) = self.calls.recv() {
            let mut next = self.admit(read);
            while let Some((read, pooled)) = next {
                next = self.serve(read, pooled);
            }
        }
    }

    /// The read with an idle connection, if there is one; nothing if the file has enough threads.
    fn admit(&self, read: Read) -> Option<(Read, Option<ReadConnection>)> {
        let lease = read.lease.clone();
        let mut reads = lock(&lease.reads);
        if reads.running < self.options.readers_per_file {
            reads.running += 1;
            return Some((read, reads.pop(lease.class())));
        }
        if reads.waiting.len() < self.options.queue_limit {
            reads.waiting.push_back(read);
        } else {
            drop(reads);
            read.task.answer(Err(EngineError::Busy));
        }
        None
    }

    /// Runs the read, and gives the next one that waits for the file.
    fn serve(&self, read: Read, pooled: Option<ReadConnection>) -> Option<(Read, Option<ReadConnection>)> {
        let Read { lease, mut task, queued } = read;
        self.metrics.reader_queue_seconds.record(queued.elapsed());
        let (verdict, connection) =
            if task.abandoned() { (Ok(()), pooled) } else { self.execute(&lease, task.as_mut(), pooled) };
        let mut reads = lock(&lease.reads);
        let next = if let Some(next) = reads.waiting.pop_front() {
            Some((next, connection))
        } else {
            reads.running -= 1;
            reads.idle.extend(connection);
            None
        };
        drop(reads);
        // The connection is back and the file free before the caller goes on.
        drop(lease);
        task.answer(verdict);
        next
    }

    /// Gives the connection back if it is fit for another read.
    fn execute(
        &self,
        lease: &Lease,
        task: &mut dyn Task,
        pooled: Option<ReadConnection>,
    ) -> (Result<(), EngineError>, Option<ReadConnection>) {
        let opened =
            pooled.map_or_else(|| ReadConnection::open(lease.file.path(), lease.class(), &self.options), Ok);
        let mut reader = match opened {
            Ok(reader) => reader,
            Err(error) => return (Err(error), None),
        };
        reader.limit.arm(self.options.statement_timeout);
        let ran = task.run(&mut reader.conn);
        let timed_out = reader.limit.disarm();
        if ran == Ran::Panicked {
            // Whatever state it left goes with the connection.
            return (Err(EngineError::UnitPanicked), None);
        }
        let clean = reader.is_clean();
        let verdict = if timed_out { Err(EngineError::Timeout) } else { Ok(()) };
        (verdict, clean.then_some(reader))
    }
}
