//! What is logged, and how it looks.

use tracing_subscriber::EnvFilter;

use super::setting::{Section, Setting, Unset};
use super::values::Values;

/// What is logged, and how it looks.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged: directives that have been checked.
    pub filter: String,
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

const FORMAT: Setting = Setting::new("log.format", "NEONEX_LOG_FORMAT", Unset::Value("auto"))
    .must_be("`auto`, `pretty` or `json`")
    .about("How a log line looks. `auto` is pretty on a terminal and JSON elsewhere.");
const FILTER: Setting = Setting::new("log.filter", "NEONEX_LOG", Unset::Value("info"))
    .must_be("a filter such as `info` or `warn,neonex_core=debug`")
    .about("What is logged: levels, by module if need be, in the syntax of `tracing_subscriber::EnvFilter`.");

impl LogConfig {
    pub(super) const SECTION: Section =
        Section { name: "log", about: "What is logged, and how it looks.", settings: &[&FORMAT, &FILTER] };

    pub(super) fn read(values: &mut Values<'_>) -> Option<Self> {
        let format = values.get(&FORMAT, format);
        let filter = values.get(&FILTER, |text| EnvFilter::try_new(text).ok().map(|_| text.to_owned()));
        Some(Self { format: format?, filter: filter? })
    }
}

fn format(text: &str) -> Option<LogFormat> {
    match text {
        "auto" => Some(LogFormat::Auto),
        "pretty" => Some(LogFormat::Pretty),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
