//! The `neonex` command: arguments, configuration, output, and the set-up of the process.

mod address;
pub mod args;
mod commands;
pub mod config;
pub mod exit;
pub mod logging;
pub mod output;
mod platform;
pub mod process;
pub mod remote;
mod schema;
mod types;

use clap::Parser as _;

use crate::exit::Exit;

/// Does what the command line says, and says how it went.
pub fn run() -> Exit {
    process::prepare();
    match commands::run(args::Cli::parse()) {
        Ok(()) => Exit::Ok,
        Err(error) => {
            output::error(&error);
            Exit::from(&error)
        }
    }
}
