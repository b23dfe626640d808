//! Time that moves when told, and randomness that is the same in every run.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use neonex_core::clock::{Clock, Timestamp};
use neonex_core::rng::{RandomnessUnavailable, Rng};
use sha2::{Digest as _, Sha256};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `micros` after 1970.
    pub const fn at(micros: i64) -> Self {
        Self(AtomicI64::new(micros))
    }

    /// Moves it, backwards too.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Bytes from SHA-256 over a seed and a counter. What it gives depends on nothing but these, and how often it was asked.
#[derive(Debug, Default)]
pub struct SeededRng {
    seed: u64,
    asked: AtomicU64,
}

impl SeededRng {
    /// Another source than the default one.
    pub const fn of(seed: u64) -> Self {
        Self { seed, asked: AtomicU64::new(0) }
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessUnavailable> {
        for chunk in bytes.chunks_mut(32) {
            let asked = self.asked.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::digest([self.seed.to_be_bytes(), asked.to_be_bytes()].concat());
            chunk.iter_mut().zip(block).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}
