//! The engine's threads and the channels that feed them.

use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::keeper::{Keeper, KeeperCall};
use super::metrics::EngineMetrics;
use super::reader::{ReadCall, Reader};
use super::registry::{Registry, lock};
use super::writer::{WriteCall, Writer};
use super::{EngineError, EngineOptions};

/// Two, so that one slow disk does not stop the closing and checkpoints of all other files.
const KEEPERS: usize = 2;

pub(super) struct Threads {
    pub(super) registry: Arc<Registry>,
    pub(super) reads: Sender<ReadCall>,
    pub(super) writes: Sender<WriteCall>,
    pub(super) options: Arc<EngineOptions>,
    pub(super) metrics: EngineMetrics,
    keepers: Vec<Sender<KeeperCall>>,
    handles: Mutex<Vec<JoinHandle<()>>>,
}

impl Threads {
    pub(super) fn start(mut options: EngineOptions) -> Result<Self, EngineError> {
        options.readers = options.readers.max(1);
        options.readers_per_file = options.readers_per_file.max(1);
        options.writers = options.writers.max(1);
        options.max_batch = options.max_batch.max(1);
        let options = Arc::new(options);
        let metrics = EngineMetrics::new();
        let (reads, calls) = bounded(options.read_queue_limit.max(1));
        let (writes, files) = unbounded();
        let (keepers, keeper_calls): (Vec<_>, Vec<_>) = (0..KEEPERS).map(|_| unbounded()).unzip();
        let registry =
            Arc::new(Registry::new(keepers.clone(), options.max_open_files.max(1), metrics.clone()));
        // Built first: if a thread cannot start, dropping it stops those that have.
        let threads = Self { registry, reads, writes, options, metrics, keepers, handles: Mutex::default() };
        threads.start_workers(&calls, &files)?;
        for (index, calls) in keeper_calls.into_iter().enumerate() {
            let (registry, options) = (Arc::clone(&threads.registry), Arc::clone(&threads.options));
            let keeper = Keeper { calls, registry, options, sweeps: index == 0 };
            threads.spawn("neonex-keeper", move || keeper.run())?;
        }
        Ok(threads)
    }

    fn start_workers(
        &self,
        read_calls: &Receiver<ReadCall>,
        ready: &Receiver<WriteCall>,
    ) -> Result<(), EngineError> {
        for _ in 0..self.options.readers {
            let (calls, options) = (read_calls.clone(), Arc::clone(&self.options));
            let reader = Reader { calls, options, metrics: self.metrics.clone() };
            self.spawn("neonex-reader", move || reader.run())?;
        }
        for _ in 0..self.options.writers {
            let (ready, again) = (ready.clone(), self.writes.clone());
            let (options, metrics) = (Arc::clone(&self.options), self.metrics.clone());
            let writer = Writer { ready, again, options, metrics };
            self.spawn("neonex-writer", move || writer.run())?;
        }
        Ok(())
    }

    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), EngineError> {
        let handle = Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .map_err(|error| EngineError::Threads(Arc::new(error)))?;
        lock(&self.handles).push(handle);
        Ok(())
    }

    /// Ends the threads; what waits before is done first.
    pub(super) fn stop_and_join(&self) {
        // Only the first caller finds handles; the threads it ends take exactly one Stop each.
        let handles = std::mem::take(&mut *lock(&self.handles));
        if !handles.is_empty() {
            for _ in 0..self.options.readers {
                drop(self.reads.send(ReadCall::Stop));
            }
            self.stop_writers_and_keepers();
        }
        for handle in handles {
            if handle.join().is_err() {
                tracing::error!("a database thread had panicked");
            }
        }
    }

    fn stop_writers_and_keepers(&self) {
        for _ in 0..self.options.writers {
            drop(self.writes.send(WriteCall::Stop));
        }
        for keeper in &self.keepers {
            drop(keeper.send(KeeperCall::Stop));
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if lock(&self.handles).is_empty() {
            return;
        }
        // Without waiting: this may be a thread of the async runtime. Readers end when their channel does.
        self.stop_writers_and_keepers();
    }
}
