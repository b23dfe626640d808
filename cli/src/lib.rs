//! The `neonex` command: arguments, configuration, output, and the set-up of the process.

pub mod config;
