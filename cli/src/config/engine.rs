//! Threads and files of the embedded database.

use neonex_core::engine::EngineOptions;

use super::data::DataConfig;
use super::parse;
use super::setting::{Form, Section, Setting, Unset};
use super::values::Values;

/// Threads and files of the embedded database. What is `None` is left to the engine's measured values.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Threads that read.
    pub readers: Option<usize>,
    /// Threads that write.
    pub writers: Option<usize>,
    /// Database files kept open.
    pub max_open_files: usize,
}

const READERS: Setting = Setting::new(
    "engine.readers",
    "NEONEX_ENGINE_READERS",
    Unset::Means("the number of cores, at most 8, plus 2"),
)
.form(Form::Number)
.must_be("a whole number from 1 to 256")
.about("Threads that read from SQLite files.");
const WRITERS: Setting = Setting::new(
    "engine.writers",
    "NEONEX_ENGINE_WRITERS",
    Unset::Means("twice the number of cores, at least 4 and at most 8"),
)
.form(Form::Number)
.must_be("a whole number from 1 to 256")
.about("Threads that write to SQLite files. A file is written by one at a time.");
const MAX_OPEN_FILES: Setting =
    Setting::new("engine.max_open_files", "NEONEX_MAX_OPEN_FILES", Unset::Value("1024"))
        .form(Form::Number)
        .must_be("a whole number from 1 to 1000000")
        .about(
            "SQLite files kept open; idle ones are closed beyond it. A file takes three descriptors or more.",
        );

impl EngineConfig {
    pub(super) const SECTION: Section = Section {
        name: "engine",
        about: "The embedded database. The defaults are measured; few installations need others.",
        settings: &[&READERS, &WRITERS, &MAX_OPEN_FILES],
    };

    pub(super) fn read(values: &mut Values<'_>) -> Option<Self> {
        let readers = values.get(&READERS, |text| parse::number(text, 1..=256));
        let writers = values.get(&WRITERS, |text| parse::number(text, 1..=256));
        let max_open_files = values.get(&MAX_OPEN_FILES, |text| parse::number(text, 1..=1_000_000));
        Some(Self { readers, writers, max_open_files: max_open_files? })
    }

    /// What the engine is started with.
    pub fn options(&self, data: &DataConfig) -> EngineOptions {
        let measured = EngineOptions::default();
        let readers = self.readers.unwrap_or(measured.readers);
        EngineOptions {
            readers,
            readers_per_file: measured.readers_per_file.min(readers),
            writers: self.writers.unwrap_or(measured.writers),
            durability: data.durability,
            max_open_files: self.max_open_files,
            statement_timeout: data.statement_timeout,
            ..measured
        }
    }
}
