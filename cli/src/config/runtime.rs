//! Threads of the process.

use std::thread::available_parallelism;

use super::parse;
use super::setting::{Form, Section, Setting, Unset};
use super::values::Values;

/// Threads of the process.
#[derive(Debug, Clone)]
pub struct RuntimeConfig {
    /// Threads that serve requests.
    pub worker_threads: usize,
}

const WORKER_THREADS: Setting =
    Setting::new("runtime.worker_threads", "NEONEX_WORKER_THREADS", Unset::Means("the number of cores"))
        .form(Form::Number)
        .must_be("a whole number from 1 to 1024")
        .about("Threads that serve requests. Databases have threads of their own.");

impl RuntimeConfig {
    pub(super) const SECTION: Section =
        Section { name: "runtime", about: "Threads of the process.", settings: &[&WORKER_THREADS] };

    pub(super) fn read(values: &mut Values<'_>) -> Self {
        let threads = values.get(&WORKER_THREADS, |text| parse::number(text, 1..=1024));
        let cores = || available_parallelism().map_or(2, std::num::NonZero::get);
        Self { worker_threads: threads.unwrap_or_else(cores) }
    }
}
