//! The engine's metrics. No label names a tenant or a file: their number has no bound.

use metrics::{Gauge, Histogram, gauge, histogram};

/// Handles, looked up once: install the recorder before the engine starts.
#[derive(Clone)]
pub(super) struct EngineMetrics {
    pub(super) batch_size: Histogram,
    pub(super) writer_queue_seconds: Histogram,
    pub(super) commit_seconds: Histogram,
    pub(super) reader_queue_seconds: Histogram,
    pub(super) writer_queue_depth: Gauge,
    pub(super) open_files: Gauge,
}

impl EngineMetrics {
    pub(super) fn new() -> Self {
        Self {
            batch_size: histogram!("neonex_writer_batch_size"),
            writer_queue_seconds: histogram!("neonex_writer_queue_seconds"),
            commit_seconds: histogram!("neonex_commit_seconds"),
            reader_queue_seconds: histogram!("neonex_reader_queue_seconds"),
            writer_queue_depth: gauge!("neonex_writer_queue_depth"),
            open_files: gauge!("neonex_engine_open_files"),
        }
    }
}
