//! Logging: to stderr, pretty for people and one JSON object a line for programs.
//!
//! An error is logged with its causes. What must not be logged is kept out where it is held: secrets have types
//! whose `Debug` masks them.

mod json;

use std::env;
use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Sends the process's log to stderr from here on. A second call changes nothing.
pub fn start(config: &LogConfig) {
    let terminal = io::stderr().is_terminal();
    let pretty = match config.format {
        LogFormat::Auto => terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.filter))
        .with_writer(io::stderr)
        .with_ansi(terminal && pretty && colour_is_welcome());
    let _started_before = if pretty {
        builder.try_init()
    } else {
        builder.fmt_fields(json::Fields).event_format(json::Json).try_init()
    };
}

/// <https://no-color.org>
fn colour_is_welcome() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
