//! The commands, one file each.

mod account;
mod advice;
mod config;
mod files;
mod generate;
mod migrate;
mod schema;
mod serve;
mod token;
mod users;
mod worker;

use std::path::PathBuf;

use crate::args::{Cli, Command};
use crate::config::{Config, Setting, Sources};
use crate::exit::CommandError;
use crate::output;

/// Does what was asked.
pub(crate) fn run(cli: Cli) -> Result<(), CommandError> {
    let file = cli.config;
    match cli.command {
        Command::Serve(args) => serve::run(&args, file),
        Command::Worker(args) => worker::run(&args, file),
        Command::Migrate(command) => migrate::run(command, file),
        Command::Token(command) => token::run(command, file),
        Command::Account(command) => account::run(command, file),
        Command::Config(command) => config::run(&command, file),
        Command::Import(args) => files::import(&args),
        Command::Export(args) => files::export(&args),
        Command::Users(command) => users::run(&command),
        Command::Schema(command) => schema::run(command),
        Command::Advice(args) => advice::run(&args),
        Command::Generate(command) => generate::run(&command),
        Command::Openapi => output::text(&neonex_api::document::yaml::<neonex_api::Operations>()),
    }
}

/// The configuration of a command that was given `flags`.
fn load(file: Option<PathBuf>, flags: Vec<(&'static Setting, String)>) -> Result<Config, CommandError> {
    Ok(Config::load(&Sources::of_process(file, flags))?)
}
