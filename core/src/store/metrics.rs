//! A pool's metrics. Their labels have bounds: the pool's name and a connection's state.

use std::time::Duration;

use deadpool::Status;
use metrics::{Gauge, Histogram, gauge, histogram};

/// Handles, looked up once: install the recorder before the pool is built.
#[derive(Clone)]
pub(crate) struct PoolMetrics {
    used: Gauge,
    idle: Gauge,
    max: Gauge,
    waiting: Gauge,
    wait_seconds: Histogram,
}

impl PoolMetrics {
    pub(crate) fn new(pool: &'static str) -> Self {
        let connections =
            |state: &'static str| gauge!("neonex_pool_connections", "pool" => pool, "state" => state);
        Self {
            used: connections("used"),
            idle: connections("idle"),
            max: gauge!("neonex_pool_connections_max", "pool" => pool),
            waiting: gauge!("neonex_pool_waiting", "pool" => pool),
            wait_seconds: histogram!("neonex_pool_wait_seconds", "pool" => pool),
        }
    }

    /// Somebody has waited for a connection, whether or not they got one.
    pub(crate) fn waited(&self, time: Duration) {
        self.wait_seconds.record(time);
    }

    /// How the pool stands now.
    #[expect(clippy::cast_precision_loss, reason = "connections are far below 2^52")]
    pub(crate) fn observe(&self, status: Status) {
        self.used.set(status.size.saturating_sub(status.available) as f64);
        self.idle.set(status.available as f64);
        self.max.set(status.max_size as f64);
        self.waiting.set(status.waiting as f64);
    }
}
