//! `neonex token`: credentials made on the machine itself.

use std::path::PathBuf;

use super::load;
use crate::args::TokenCommand;
use crate::config::Config;
use crate::exit::CommandError;
use crate::output;
use crate::process;

pub(super) fn run(command: TokenCommand, file: Option<PathBuf>) -> Result<(), CommandError> {
    let TokenCommand::Create { database, name, json } = command;
    let config = load(file, database.flags())?;
    let token = process::run(&config, create(&config, &name))?;
    if json {
        output::json(&serde_json::json!({ "token": token }))
    } else {
        output::text(&format!("{token}\n"))
    }
}

/// Makes an operator's token named `name`, whether or not the server is running, and returns its text.
#[expect(clippy::unused_async, reason = "the operation that it awaits is not built yet")]
async fn create(_config: &Config, _name: &str) -> Result<String, CommandError> {
    Err(CommandError::NotBuilt("token create"))
}
