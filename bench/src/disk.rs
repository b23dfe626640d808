//! What one durable write costs on the disk, below everything else.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::statistics::percentile;

const SAMPLES: usize = 200;

/// Times of an append of 4 KiB and its `fdatasync`, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Sync {
    /// Half are faster.
    pub(crate) median_ms: f64,
    /// One in a hundred is slower.
    pub(crate) p99_ms: f64,
}

/// Measures in `folder`. The file grows, as a write-ahead log does.
pub(crate) fn measure(folder: &Path) -> anyhow::Result<Sync> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let block = [0x5a_u8; 4096];
    let mut millis = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let started = Instant::now();
        file.write_all(&block)?;
        // `fdatasync` on Linux.
        file.sync_data()?;
        millis.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    drop(file);
    fs::remove_file(path)?;
    Ok(Sync { median_ms: percentile(&mut millis, 50), p99_ms: percentile(&mut millis, 99) })
}
